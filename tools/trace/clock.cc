// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace pip::trace {
namespace {

constexpr std::uint32_t kTimerVector = 32;

}  // namespace

std::optional<TickClock> TickClock::FromKernel(const Trace& trace, const KernelTrace& kernel,
                                               workload::Complaints& complaints) {
  TickClock clock(trace);
  for (const KernelEvent& event : kernel.events) {
    if (event.service == Service::kDeliverInterrupt && event.first == kTimerVector) {
      clock.ticks_.push_back(event.begin - kernel.start);
    }
  }
  // Tick 0 is where the scheduler began, one tick before the first interrupt that counts.
  if (clock.ticks_.size() < trace.ticks || !trace.complete || clock.ticks_.empty()) {
    const std::string what =
        fmt::format("the kernel tells of {} ticks, the scheduler of {}", clock.ticks_.size(), trace.ticks);
    complaints.push_back({{}, what, "both of one run, to its end"});
    return std::nullopt;
  }
  clock.ticks_.erase(clock.ticks_.begin(), clock.ticks_.end() - static_cast<std::ptrdiff_t>(trace.ticks));
  clock.ticks_.insert(clock.ticks_.begin(), clock.ticks_.front() - std::min(clock.ticks_.front(), clock.tick_ns_));
  return clock;
}

}  // namespace pip::trace
