// SPDX-License-Identifier: Apache-2.0
//
// Channel 0 of the programmable interval timer as the scheduler's clock (Intel 8254 data sheet): counts down from a
// divisor at 1.193182 MHz and interrupts when it starts anew. Only the root partition has its ports.
#ifndef PIP_SCHEDULER_EDF_PARTITION_PIT_H_
#define PIP_SCHEDULER_EDF_PARTITION_PIT_H_

#include <cstdint>

namespace pip::edf {

class Pit {
 public:
  // Interrupts with the period of a tick, or with an equal part of it when a tick is longer than the counter can count.
  void Start(std::uint32_t tick_microseconds);

  // How many interrupts make a tick.
  std::uint32_t interrupts_per_tick() const { return interrupts_per_tick_; }
  // How many counts there are between two interrupts.
  std::uint32_t divisor() const { return divisor_; }
  // How many counts ago it interrupted, or should have.
  std::uint32_t Elapsed() const;

  std::uint32_t ToMicroseconds(std::uint32_t counts) const;

 private:
  std::uint32_t divisor_ = 0;
  std::uint32_t interrupts_per_tick_ = 1;
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_PIT_H_
