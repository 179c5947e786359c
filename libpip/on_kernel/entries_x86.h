// SPDX-License-Identifier: Apache-2.0
//
// What entries.cc needs of x86: SYSENTER, call gates, ports.
#ifndef LIBPIP_ON_KERNEL_ENTRIES_X86_H_
#define LIBPIP_ON_KERNEL_ENTRIES_X86_H_

#include <array>
#include <cstdint>

#include "libpip/on_kernel/machine.h"
#include "pip/api.h"
#include "pip/services.h"

namespace entries {

// 1: libpip takes SYSENTER; 0: the call gates.
inline void TakeEntry(std::uint8_t fast) { pip_cpu_has_sysenter = fast; }
inline const char* EntryName() { return pip_cpu_has_sysenter != 0 ? "SYSENTER" : "a gate"; }
inline bool HasAllEntries() { return pip_cpu_has_sysenter != 0; }

// Only SYSENTER has them: a gate that does not exist faults.
inline constexpr std::array<std::uint32_t, 5> kUnknownServices = {12, 13, 100, 255, 0xFFFFFFFF};
inline pip_answer_t CallUnknownService(std::uint32_t number) { return pip_fast_call3(number, 1, 2, 3); }

// Ports belong to the root, but the interrupt controllers' to the kernel.  The address register of PCI (0xCF8) keeps
// what is written to it, so it shows what arrives.
inline void RunMachineCases(std::uint32_t page, void (*expect)(const char*, std::uint32_t, std::uint32_t)) {
  constexpr std::uint16_t kPciAddress = 0xCF8;
  Pip_Outl(kPciAddress, 0x80001234);
  expect("inl after outl", Pip_Inl(kPciAddress), 0x80001234);
  Pip_Outaddrl(kPciAddress, page + 0x124);
  const std::uint32_t physical = Pip_Inl(kPciAddress);
  expect("outaddrl, offset in the page", physical % 4096, 0x124);
  Pip_Outaddrl(kPciAddress, MACHINE_DEVICE_ADDRESS + 0x10);
  expect("outaddrl of video memory", Pip_Inl(kPciAddress), 0xB8010);
  Pip_Outaddrl(kPciAddress, MACHINE_KERNEL_ADDRESS);
  expect("outaddrl of the kernel's address", Pip_Inl(kPciAddress), 0xB8010);
  constexpr std::array<std::uint16_t, 4> kInterruptControllers = {0x20, 0x21, 0xA0, 0xA1};
  for (const std::uint16_t port : kInterruptControllers) {
    Pip_Outb(port, 0xFF);
    expect("inb of an interrupt controller", Pip_Inb(port), 0);
  }
}

}  // namespace entries

#endif  // LIBPIP_ON_KERNEL_ENTRIES_X86_H_
