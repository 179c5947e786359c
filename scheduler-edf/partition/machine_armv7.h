// SPDX-License-Identifier: Apache-2.0
//
// What the scheduler and its tasks know of ARMv7 (machine.h). Sections are those of ARM DDI 0406C.
#ifndef PIP_SCHEDULER_EDF_PARTITION_MACHINE_ARMV7_H_
#define PIP_SCHEDULER_EDF_PARTITION_MACHINE_ARMV7_H_

#include <array>
#include <cstdint>

#include "pip/arch/layout.h"
#include "pip/services.h"

namespace pip::edf {

// The root's vector of the timer: line 1 of the peripherals' controller (pipcore/arch/armv7/README.md).
inline constexpr std::uint32_t kTickVector = 64 + 1;
// The lines of all other devices are disabled.
inline constexpr std::uint32_t kFirstDeviceVector = kTickVector + 1;
inline constexpr std::uint32_t kDeviceVectors = 0;

// CNTVCT (B4.1.34), which partitions may read.
inline std::uint64_t TimeStamp() {
  std::uint32_t low;
  std::uint32_t high;
  // volatile: it is another number each time.
  asm volatile("mrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high));
  return std::uint64_t{high} << 32 | low;
}

// A loop of that many rounds, at least one.
inline void ComputeRounds(std::uint32_t rounds) {
  // volatile: the time that it takes is its purpose.
  asm volatile(
      "1: subs %0, %0, #1\n"
      "bne 1b"
      : "+r"(rounds)
      :
      : "cc");
}

// volatile: the fault is what it is for.
inline void UndefinedInstruction() { asm volatile("udf #0" : : : "memory"); }

// Attacks with instructions: each must fault, or do nothing.
inline constexpr std::uint32_t kMachineAttacks = 6;
inline void AttackMachine(std::uint32_t which) {
  switch (which) {
    case 0:
      asm volatile("cpsid aif");
      break;
    case 1:
      asm volatile("mcr p15, 0, %0, c2, c0, 0" : : "r"(0));  // TTBR0
      break;
    case 2:
      asm volatile("setend be; svc #7; setend le" : : : "memory", "r0");  // mappedInChild of whatever
      break;
    case 3:
      asm volatile("mcr p15, 0, %0, c14, c3, 1" : : "r"(1));  // the virtual timer
      break;
    case 4:
      (void)pip_debug_putc('x');  // not for a child
      break;
    default:
      asm volatile("mov sp, #0; push {r0}; udf #0" : : : "memory");
      break;
  }
}
// The kernel's window, and its code.
inline constexpr std::array<std::uint32_t, 2> kKernelAddresses = {0x80000000, 0xF0008000};
// A device's memory.
inline constexpr std::uint32_t kDeviceAddress = PIP_PERIPHERALS_ADDRESS;

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_MACHINE_ARMV7_H_
