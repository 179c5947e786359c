// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/armv7/serial.h"

#include <cstdint>

#include "pipcore/arch/armv7/peripherals.h"

namespace pip::armv7 {
namespace {

// ARM DDI 0183, section 3.2.
constexpr std::uint32_t kData = kUart + 0x00;
constexpr std::uint32_t kFlags = kUart + 0x18;
constexpr std::uint32_t kFlagBusy = 1U << 3;
constexpr std::uint32_t kFlagTransmitFull = 1U << 5;
constexpr std::uint32_t kBaudInteger = kUart + 0x24;
constexpr std::uint32_t kBaudFraction = kUart + 0x28;
constexpr std::uint32_t kLineControl = kUart + 0x2C;
constexpr std::uint32_t kControl = kUart + 0x30;
constexpr std::uint32_t kInterruptMask = kUart + 0x38;
constexpr std::uint32_t kInterruptClear = kUart + 0x44;

// BCM2835 ARM Peripherals, section 6.1: function 4 (ALT0) of pins 14 and 15 is UART0.
constexpr std::uint32_t kGpioFunction1 = kGpio + 0x04;

// Polls until a port that does not move is given up: a second at least.
constexpr std::uint32_t kPatience = 10'000'000;

void WaitWhile(std::uint32_t flag) {
  for (std::uint32_t poll = 0; poll < kPatience && (Register(kFlags) & flag) != 0; ++poll) {
  }
}

}  // namespace

void InitializeSerial() {
  Register(kGpioFunction1) = (Register(kGpioFunction1) & ~(0x3FU << 12)) | (0x24U << 12);
  DeviceBarrier();
  Register(kControl) = 0;
  Register(kInterruptMask) = 0;
  Register(kInterruptClear) = 0x7FF;
  // 48 MHz / (16 * 115200) = 26 + 3/64.
  Register(kBaudInteger) = 26;
  Register(kBaudFraction) = 3;
  Register(kLineControl) = 0x70;  // 8 bits, with the queues
  Register(kControl) = 0x301;     // transmitter, receiver, on
  DeviceBarrier();
}

void PutSerial(char character) {
  DeviceBarrier();
  WaitWhile(kFlagTransmitFull);
  Register(kData) = static_cast<std::uint8_t>(character);
  DeviceBarrier();
}

void DrainSerial() { WaitWhile(kFlagBusy); }

}  // namespace pip::armv7
