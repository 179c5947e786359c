// SPDX-License-Identifier: Apache-2.0
//
// Traces for other programs.
#ifndef PIP_TOOLS_TRACE_EXPORT_H_
#define PIP_TOOLS_TRACE_EXPORT_H_

#include <nlohmann/json.hpp>
#include <string>

#include "tools/trace/clock.h"
#include "tools/trace/history.h"
#include "tools/trace/kernel/events.h"
#include "tools/trace/trace.h"

namespace pip::trace {

// A file in Chrome's trace event format (JSON), which Perfetto (https://ui.perfetto.dev) opens as TrackEvents. Times
// are microseconds.
class Perfetto {
 public:
  // A track for each task with the times that it had the processor, and marks for releases, misses, overruns and
  // crashes.
  void Add(const Trace& trace, const History& history, const TickClock& clock);

  // A track for each partition with the times that it ran, marks where it was interrupted or faulted, and a track of
  // the kernel with each call and its status.
  void Add(const KernelTrace& kernel);

  // The text of the file.
  std::string ToString() const;

 private:
  nlohmann::ordered_json events_ = nlohmann::ordered_json::array();
};

// The scheduler's trace alone.
std::string ToPerfetto(const Trace& trace, const History& history);

// What gantt.js draws (its first comment says the form).
std::string ToChartData(const Trace& trace, const History& history);

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_EXPORT_H_
