// SPDX-License-Identifier: Apache-2.0
//
// Traces of the scheduler: what partition and simulator print (README.md has the form), read and checked.
#ifndef PIP_TOOLS_TRACE_TRACE_H_
#define PIP_TOOLS_TRACE_TRACE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/workload/complaint.h"

namespace pip::trace {

enum class EventKind { kRelease, kDone, kExhausted, kCrash, kMiss, kSkip, kRun, kIdle };

struct Event {
  std::uint64_t tick = 0;
  EventKind kind = EventKind::kIdle;
  std::uint32_t task = 0;
  std::uint32_t job = 0;
  std::uint64_t deadline = 0;  // of a release: absolute
  std::size_t line = 0;        // in the text
};

struct TraceTask {
  std::string name;
  std::string kind;  // periodic, sporadic, single
  std::uint64_t period = 0;
  std::uint64_t deadline = 0;
  std::uint64_t budget = 0;
  std::uint64_t rank = 0;  // under fixed priorities
};

enum class Admission { kAccepted, kRefused, kUndecided };

// Times are ticks.
struct Trace {
  std::string name;
  std::uint64_t tick_us = 0;
  std::uint64_t ticks = 0;
  bool fixed_priority = false;  // otherwise earliest deadline first
  std::vector<TraceTask> tasks;
  Admission admission = Admission::kUndecided;
  std::uint64_t refused_length = 0;
  std::uint64_t refused_demand = 0;
  std::vector<Event> events;
  bool complete = false;  // the end is there
};

// Reads the lines that begin with "@ "; other lines (the kernel's, the table of the verdict) are passed over. Nothing,
// and one complaint, when one of them does not have the form.
std::optional<Trace> ReadTrace(std::string_view text, workload::Complaints& complaints);

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_TRACE_H_
