// SPDX-License-Identifier: Apache-2.0
//
// The end of a run on a Raspberry Pi 2 or QEMU's raspi2b: the power management of BCM2835, which is among the root
// partition's devices, restarts the machine from boot partition 63, which the firmware takes for "stay off".  It tells
// nobody how the run went: the last line does.
#include "libpip/cpp/power.h"

#include <cstdint>

#include "pip/vidt.h"

namespace pip {
namespace {

constexpr std::uint32_t kPower = PIP_PERIPHERALS_ADDRESS + 0x100000;
constexpr std::uint32_t kResetControl = kPower + 0x1C;
constexpr std::uint32_t kResetStatus = kPower + 0x20;
constexpr std::uint32_t kWatchdog = kPower + 0x24;
constexpr std::uint32_t kPassword = 0x5A000000;
constexpr std::uint32_t kFullReset = 0x20;
constexpr std::uint32_t kStayOff = 0x555;

constexpr std::uint32_t kUartFlags = PIP_PERIPHERALS_ADDRESS + 0x201018;
constexpr std::uint32_t kUartBusy = 1U << 3;  // ARM DDI 0183, section 3.3.3

// A register of a device of this partition; volatile because each access acts outside the program.
volatile std::uint32_t& Register(std::uint32_t address) { return *reinterpret_cast<volatile std::uint32_t*>(address); }

}  // namespace

void PowerOff(bool /*passed*/) {
  while ((Register(kUartFlags) & kUartBusy) != 0) {
  }
  Register(kResetStatus) = kPassword | kStayOff;
  Register(kWatchdog) = kPassword | 1;
  Register(kResetControl) = kPassword | kFullReset;
  for (;;) {
    asm volatile("wfi");  // volatile: it has no result, only the effect of waiting gently
  }
}

}  // namespace pip
