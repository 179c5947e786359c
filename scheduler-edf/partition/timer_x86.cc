// SPDX-License-Identifier: Apache-2.0
//
// Channel 0 of the programmable interval timer (Intel 8254 data sheet): counts down from a divisor at 1.193182 MHz and
// interrupts when it starts anew.
#include <cstdint>

#include "pip/api.h"
#include "scheduler-edf/partition/timer.h"

namespace pip::edf {
namespace {

constexpr std::uint16_t kChannel0 = 0x40;
constexpr std::uint16_t kControl = 0x43;
constexpr std::uint8_t kRateGenerator = 0x34;  // channel 0, both bytes, mode 2, binary
constexpr std::uint8_t kLatch = 0x00;          // channel 0: hold the count until it is read
constexpr std::uint64_t kHertz = 1'193'182;
// Microseconds that 16 bits can count, with room. Not 50'000: QEMU 7.2 rounds the time of an edge down; where there is
// nothing to round (the number of the interrupt, times the divisor, is one less than a multiple of 596'591) it loses
// the interrupt, and of a divisor of 59'659 that is the tenth.
constexpr std::uint32_t kLongest = 40'000;

}  // namespace

void Timer::Start(std::uint32_t tick_microseconds) {
  interrupts_per_tick_ = (tick_microseconds + kLongest - 1) / kLongest;
  const std::uint64_t counts = (std::uint64_t{tick_microseconds} * kHertz + 500'000) / 1'000'000;
  period_ = static_cast<std::uint32_t>(counts) / interrupts_per_tick_;
  Pip_Outb(kControl, kRateGenerator);
  Pip_Outb(kChannel0, static_cast<std::uint8_t>(period_ & 0xFF));
  Pip_Outb(kChannel0, static_cast<std::uint8_t>(period_ >> 8));
}

std::uint32_t Timer::Elapsed() const {
  Pip_Outb(kControl, kLatch);
  const std::uint32_t low = Pip_Inb(kChannel0);
  const std::uint32_t count = low | static_cast<std::uint32_t>(Pip_Inb(kChannel0)) << 8;
  return count < period_ ? period_ - count : 0;
}

// The count starts anew at an interrupt, so a true one finds it lower than it was.
bool Timer::TakeInterrupt(std::uint32_t then) { return Elapsed() < then; }

// The count may start anew a little before its interrupt is seen.
void Timer::Settle() const {
  constexpr std::uint32_t kCounts = 2;
  while (Elapsed() < kCounts) {
  }
}

std::uint32_t Timer::ToMicroseconds(std::uint32_t counts) const {
  return static_cast<std::uint32_t>((std::uint64_t{counts} * 1'000'000 + kHertz - 1) / kHertz);
}

}  // namespace pip::edf
