// SPDX-License-Identifier: Apache-2.0
//
// The timer of the machine as the scheduler's clock: it interrupts with the period of a tick, at machine.h's
// kTickVector, and says how long ago that was. Only the root partition has it. timer_ARCH.cc says which device it is.
#ifndef PIP_SCHEDULER_EDF_PARTITION_TIMER_H_
#define PIP_SCHEDULER_EDF_PARTITION_TIMER_H_

#include <cstdint>

namespace pip::edf {

class Timer {
 public:
  // Interrupts with the period of a tick, or with an equal part of it when a tick is longer than the device can count.
  void Start(std::uint32_t tick_microseconds);

  // How many interrupts make a tick.
  std::uint32_t interrupts_per_tick() const { return interrupts_per_tick_; }
  // How many counts there are between two interrupts.
  std::uint32_t period() const { return period_; }
  // How many counts ago it interrupted, or should have.
  std::uint32_t Elapsed() const;

  // First thing in the interrupt's handler, to which a child may yield as well: whether it is a true one, if Elapsed
  // was `then` when the child got the processor. A true one is acknowledged.
  bool TakeInterrupt(std::uint32_t then);

  // After a true one: until its interrupt waits in the controller, if it has not been delivered.
  void Settle() const;

  // Rounded up.
  std::uint32_t ToMicroseconds(std::uint32_t counts) const;

 private:
  std::uint32_t period_ = 0;
  std::uint32_t interrupts_per_tick_ = 1;
  std::uint32_t last_ = 0;  // where the device cannot tell: its count at the last interrupt that was taken
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_TIMER_H_
