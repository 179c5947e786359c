// SPDX-License-Identifier: Apache-2.0
//
// The end of a run on an emulated PC.
//
// QEMU: writing 0x2000 to port 0x604 powers the machine off (ACPI PM1a control of the i440FX machine: SLP_EN, S5);
// device isa-debug-exit at port 0xF4 ends QEMU with exit code 2*value+1.  Bochs: the text "Shutdown" written to port
// 0x8900 ends it (iodev/unmapped.cc).  Where none of this exists the partition stops in a loop after its last line.
#include "libpip/cpp/power.h"

#include <cstdint>

#include "pip/api.h"

namespace pip {
namespace {

constexpr std::uint16_t kAcpiControlPort = 0x604;
constexpr std::uint16_t kAcpiPowerOff = 0x2000;
constexpr std::uint16_t kDebugExitPort = 0xF4;
constexpr std::uint8_t kDebugExitFailure = 0x01;  // QEMU's exit code is 3
constexpr std::uint16_t kBochsPort = 0x8900;

}  // namespace

void PowerOff(bool passed) {
  if (passed) {
    Pip_Outw(kAcpiControlPort, kAcpiPowerOff);
  } else {
    Pip_Outb(kDebugExitPort, kDebugExitFailure);
  }
  for (const char* letter = "Shutdown"; *letter != '\0'; ++letter) {
    Pip_Outb(kBochsPort, static_cast<std::uint8_t>(*letter));
  }
  for (;;) {
    asm volatile("pause");  // volatile: it has no result, only the effect of waiting gently
  }
}

}  // namespace pip
