// SPDX-License-Identifier: Apache-2.0
//
// Registers of BCM2836, the Raspberry Pi 2's chip: BCM2835 ARM Peripherals (Broadcom, 2012), whose bus addresses
// 0x7E... are 0x3F... here, and BCM2836 ARM-local peripherals (QA7, revision 3.4).
#ifndef PIPCORE_ARCH_ARMV7_PERIPHERALS_H_
#define PIPCORE_ARCH_ARMV7_PERIPHERALS_H_

#include <cstdint>

#include "pipcore/arch/armv7/layout.h"

namespace pip::armv7 {

// Physical addresses.
inline constexpr std::uint32_t kInterruptController = 0x3F00B200;
inline constexpr std::uint32_t kMailbox = 0x3F00B880;
inline constexpr std::uint32_t kGpio = 0x3F200000;
inline constexpr std::uint32_t kUart = 0x3F201000;
inline constexpr std::uint32_t kLocalPeripherals = 0x40000000;

// Frames that a root partition may use: all but the last MiB of what any of its devices need, and the local ones.
inline constexpr std::uint32_t kPeripheralsFirstFrame = 0x3F000;
inline constexpr std::uint32_t kPeripheralsEndFrame = 0x3F400;
inline constexpr std::uint32_t kLocalPeripheralsFrame = 0x40000;

// A register of a device, through the kernel's window.  Right because the window maps all devices, as device memory;
// volatile because each access acts outside the program.
inline volatile std::uint32_t& Register(std::uint32_t physical_address) {
  return *reinterpret_cast<volatile std::uint32_t*>(PIP_WINDOW + physical_address);
}

// Accesses to one device stay in order by themselves, accesses to different devices do not (BCM2835 ARM Peripherals,
// section 1.3): between them stands this.
inline void DeviceBarrier() {
  // volatile: it has no result, only an effect on order.
  asm volatile("dmb" : : : "memory");
}

}  // namespace pip::armv7

#endif  // PIPCORE_ARCH_ARMV7_PERIPHERALS_H_
