// SPDX-License-Identifier: Apache-2.0
//
// The system timer of BCM2835 (ARM Peripherals, chapter 12): a counter of microseconds that runs for ever, and
// registers to compare it with; number 1 is ours. Its interrupt is line 1 of the peripherals' controller (section 7.5),
// which the kernel disables whenever it delivers it. The kernel's own timer is stopped.
#include <cstdint>

#include "pip/arch/layout.h"
#include "scheduler-edf/partition/timer.h"

namespace pip::edf {
namespace {

constexpr std::uint32_t kSystemTimer = PIP_PERIPHERALS_ADDRESS + 0x3000;
constexpr std::uint32_t kStatus = kSystemTimer;
constexpr std::uint32_t kCounterLow = kSystemTimer + 0x04;
constexpr std::uint32_t kCompare1 = kSystemTimer + 0x10;
constexpr std::uint32_t kMatch1 = 1U << 1;
constexpr std::uint32_t kEnable1 = PIP_PERIPHERALS_ADDRESS + 0xB210;
constexpr std::uint32_t kLine1 = 1U << 1;
// BCM2836 ARM-local peripherals (QA7), section 4.11.
constexpr std::uint32_t kLocalTimerControl = PIP_LOCAL_PERIPHERALS_ADDRESS + 0x34;

// A register of a device of this partition; volatile because each access acts outside the program.
volatile std::uint32_t& Register(std::uint32_t address) { return *reinterpret_cast<volatile std::uint32_t*>(address); }

// Accesses to different devices do not stay in order by themselves (BCM2835 ARM Peripherals, section 1.3).
void DeviceBarrier() {
  asm volatile("dmb" : : : "memory");  // volatile: it has no result, only an effect on order
}

// It interrupts when the counter is this number: one that has passed comes again in an hour.
void SetNext(std::uint32_t last, std::uint32_t period) {
  constexpr std::uint32_t kAhead = 2;
  std::uint32_t next = last + period;
  for (;;) {
    Register(kCompare1) = next;
    if (static_cast<std::int32_t>(next - Register(kCounterLow)) >= static_cast<std::int32_t>(kAhead)) return;
    next += period;
  }
}

}  // namespace

void Timer::Start(std::uint32_t tick_microseconds) {
  Register(kLocalTimerControl) = 0;
  DeviceBarrier();
  period_ = tick_microseconds;
  last_ = Register(kCounterLow);
  Register(kStatus) = kMatch1;
  SetNext(last_, period_);
  DeviceBarrier();
  Register(kEnable1) = kLine1;
  DeviceBarrier();
}

std::uint32_t Timer::Elapsed() const { return Register(kCounterLow) - last_; }

// Whether it interrupted the device knows: no child can make that true.
bool Timer::TakeInterrupt(std::uint32_t /*then*/) {
  if ((Register(kStatus) & kMatch1) == 0) return false;
  last_ = Register(kCompare1);
  Register(kStatus) = kMatch1;
  SetNext(last_, period_);
  DeviceBarrier();
  Register(kEnable1) = kLine1;
  DeviceBarrier();
  return true;
}

// What the device says is what the controller sees, and one that was acknowledged is gone there too.
void Timer::Settle() const {}

std::uint32_t Timer::ToMicroseconds(std::uint32_t counts) const { return counts; }

}  // namespace pip::edf
