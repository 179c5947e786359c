// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/interrupt_controller.h"

#include "pipcore/arch/x86/layout.h"
#include "pipcore/arch/x86/ports.h"
#include "pipcore/arch/x86/processor.h"

namespace pip::x86 {
namespace {

static_assert(kMasterCommand == PIP_MASTER_COMMAND);

// Intel 8259A data sheet, "Initialization command words" and "Operation command words".
constexpr std::uint8_t kInitialize = 0x11;  // ICW1: edges, cascade, ICW4 follows
constexpr std::uint8_t kMasterHasSlaveOn2 = 0x04;
constexpr std::uint8_t kSlaveIsOn2 = 0x02;
constexpr std::uint8_t k8086Mode = 0x01;
constexpr std::uint8_t kReadInService = 0x0B;
constexpr std::uint32_t kMasterLines = 8;
constexpr std::uint8_t kSpuriousBit = 0x80;  // line 7 of either controller

// Intel 8254 data sheet, "Programming the 8254".
constexpr std::uint16_t kTimerChannel0 = 0x40;
constexpr std::uint16_t kTimerControl = 0x43;
constexpr std::uint8_t kChannel0RateGenerator = 0x34;
constexpr std::uint32_t kTimerHertz = 1193182;
constexpr std::uint32_t kDivisor = kTimerHertz / 100;

bool InService(std::uint16_t command) {
  WritePort8(command, kReadInService);
  return (ReadPort8(command) & kSpuriousBit) != 0;
}

}  // namespace

void InitializeInterruptController() {
  WritePort8(kMasterCommand, kInitialize);
  WritePort8(kSlaveCommand, kInitialize);
  WritePort8(kMasterData, PIP_FIRST_INTERRUPT_VECTOR);
  WritePort8(kSlaveData, PIP_FIRST_INTERRUPT_VECTOR + kMasterLines);
  WritePort8(kMasterData, kMasterHasSlaveOn2);
  WritePort8(kSlaveData, kSlaveIsOn2);
  WritePort8(kMasterData, k8086Mode);
  WritePort8(kSlaveData, k8086Mode);
  WritePort8(kMasterData, 0);
  WritePort8(kSlaveData, 0);
}

void InitializeTimer() {
  WritePort8(kTimerControl, kChannel0RateGenerator);
  WritePort8(kTimerChannel0, kDivisor & 0xFF);
  WritePort8(kTimerChannel0, kDivisor >> 8);
}

bool AcknowledgeInterrupt(std::uint32_t line) {
  if (line < kMasterLines) {
    const bool real = line != kMasterLines - 1 || InService(kMasterCommand);
    if (real) {
      WritePort8(kMasterCommand, PIP_END_OF_INTERRUPT);
    }
    return real;
  }
  const bool real = line != PIP_INTERRUPT_LINES - 1 || InService(kSlaveCommand);
  if (real) {
    WritePort8(kSlaveCommand, PIP_END_OF_INTERRUPT);
  }
  // The master saw the slave's request in any case.
  WritePort8(kMasterCommand, PIP_END_OF_INTERRUPT);
  return real;
}

}  // namespace pip::x86
