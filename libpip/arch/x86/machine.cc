// SPDX-License-Identifier: Apache-2.0
//
// The ends of a run on an emulated PC.
//
// QEMU: writing 0x2000 to port 0x604 powers the machine off (ACPI PM1a control of the i440FX machine: SLP_EN, S5);
// device isa-debug-exit at port 0xF4 ends QEMU with exit code 2*value+1.  Bochs: the text "Shutdown" written to port
// 0x8900 ends it (iodev/unmapped.cc).  Where none of this exists the partition stops in a loop after its last line.
#include "libpip/cpp/machine.h"

#include <cstdarg>
#include <cstdint>

#include "pip/api.h"

namespace pip {
namespace {

constexpr std::uint16_t kAcpiControlPort = 0x604;
constexpr std::uint16_t kAcpiPowerOff = 0x2000;
constexpr std::uint16_t kDebugExitPort = 0xF4;
constexpr std::uint8_t kDebugExitFailure = 0x01;  // QEMU's exit code is 3
constexpr std::uint16_t kBochsPort = 0x8900;

[[noreturn]] void Stop() {
  for (const char* letter = "Shutdown"; *letter != '\0'; ++letter) {
    Pip_Outb(kBochsPort, static_cast<std::uint8_t>(*letter));
  }
  for (;;) {
    asm volatile("pause");  // volatile: it has no result, only the effect of waiting gently
  }
}

}  // namespace

void exit_pass(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  printf("PASS ");
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
  Pip_Outw(kAcpiControlPort, kAcpiPowerOff);
  Stop();
}

void exit_fail(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  printf("FAIL ");
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
  Pip_Outb(kDebugExitPort, kDebugExitFailure);
  Stop();
}

}  // namespace pip
