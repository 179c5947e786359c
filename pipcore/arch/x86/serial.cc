// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/serial.h"

#include <cstdint>

#include "pipcore/arch/x86/processor.h"

namespace pip::x86 {
namespace {

// A 16550 (National Semiconductor PC16550D data sheet, section 8).
constexpr std::uint16_t kPort = 0x3F8;
constexpr std::uint16_t kData = kPort;
constexpr std::uint16_t kInterruptEnable = kPort + 1;
constexpr std::uint16_t kFifoControl = kPort + 2;
constexpr std::uint16_t kLineControl = kPort + 3;
constexpr std::uint16_t kModemControl = kPort + 4;
constexpr std::uint16_t kLineStatus = kPort + 5;
constexpr std::uint8_t kDivisorLatch = 0x80;
constexpr std::uint8_t kEightBits = 0x03;
constexpr std::uint8_t kFifoOnAndClear = 0x07;
constexpr std::uint8_t kReady = 0x03;  // DTR, RTS
constexpr std::uint8_t kHoldingEmpty = 0x20;
constexpr std::uint8_t kAllEmpty = 0x40;
// Reads of a port take about a microsecond: ten characters' time at 9600 baud.
constexpr int kPatience = 10000;

void Await(std::uint8_t status) {
  for (int i = 0; i < kPatience && (ReadPort8(kLineStatus) & status) == 0; ++i) {
  }
}

}  // namespace

void InitializeSerial() {
  WritePort8(kInterruptEnable, 0);
  WritePort8(kLineControl, kDivisorLatch);
  WritePort8(kData, 1);
  WritePort8(kInterruptEnable, 0);
  WritePort8(kLineControl, kEightBits);
  WritePort8(kFifoControl, kFifoOnAndClear);
  WritePort8(kModemControl, kReady);
}

void PutSerial(char character) {
  Await(kHoldingEmpty);
  WritePort8(kData, static_cast<std::uint8_t>(character));
}

void DrainSerial() { Await(kAllEmpty); }

}  // namespace pip::x86
