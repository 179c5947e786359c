// SPDX-License-Identifier: Apache-2.0
//
// When the scheduler's ticks were.
#ifndef PIP_TOOLS_TRACE_CLOCK_H_
#define PIP_TOOLS_TRACE_CLOCK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "tools/trace/kernel/events.h"
#include "tools/trace/trace.h"
#include "tools/workload/complaint.h"

namespace pip::trace {

// From ticks to nanoseconds.
class TickClock {
 public:
  // Tick 0 is the beginning, and all are as long as the trace says.
  explicit TickClock(const Trace& trace) : tick_ns_(trace.tick_us * 1000) {}

  // The ticks of a scheduler that was the root partition of the machine which the kernel's trace tells of: the last
  // tick is its last interrupt of the timer, and so back.  Nothing, and a complaint, when there are too few.
  static std::optional<TickClock> FromKernel(const Trace& trace, const KernelTrace& kernel,
                                             workload::Complaints& complaints);

  // Nanoseconds from the beginning of the trace, or with a kernel's trace from its beginning.
  std::uint64_t At(std::uint64_t tick) const { return tick < ticks_.size() ? ticks_[tick] : tick * tick_ns_; }

 private:
  std::uint64_t tick_ns_;
  std::vector<std::uint64_t> ticks_;
};

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_CLOCK_H_
