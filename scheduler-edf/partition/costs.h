// SPDX-License-Identifier: Apache-2.0
//
// What the machine takes for itself, in counts of TimeStamp.
#ifndef PIP_SCHEDULER_EDF_PARTITION_COSTS_H_
#define PIP_SCHEDULER_EDF_PARTITION_COSTS_H_

#include <algorithm>
#include <cstdint>

#include "scheduler-edf/partition/machine.h"

namespace pip::edf {

// The longest of what was measured of each kind.
struct Costs {
  std::uint64_t tick = 0;      // from the timer's interrupt to the end of the election
  std::uint64_t dispatch = 0;  // from giving the processor to a job until a job that is done at once has given it back
  std::uint64_t fault = 0;     // the same for a job that faults at once
  std::uint64_t make = 0;      // making a task's partition
  std::uint64_t unmake = 0;    // taking one away

  static void Longest(std::uint64_t& cost, std::uint64_t begin) { cost = std::max(cost, TimeStamp() - begin); }
};

// TimeStamp against the tick.
class Clock {
 public:
  void Set(std::uint64_t counts_per_tick, std::uint32_t tick_microseconds) {
    counts_per_tick_ = counts_per_tick;
    tick_microseconds_ = tick_microseconds;
  }

  // Rounded up.
  std::uint32_t Microseconds(std::uint64_t counts) const {
    return static_cast<std::uint32_t>((counts * tick_microseconds_ + counts_per_tick_ - 1) / counts_per_tick_);
  }

  // How many ticks passed without anybody's noticing, if that much lies between two of them.
  std::uint64_t LostIn(std::uint64_t counts) const {
    const std::uint64_t ticks = (counts + counts_per_tick_ / 2) / counts_per_tick_;
    return ticks > 1 ? ticks - 1 : 0;
  }

 private:
  std::uint64_t counts_per_tick_ = 1;
  std::uint32_t tick_microseconds_ = 1;
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_COSTS_H_
