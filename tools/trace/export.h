// SPDX-License-Identifier: Apache-2.0
//
// Traces for other programs.
#ifndef PIP_TOOLS_TRACE_EXPORT_H_
#define PIP_TOOLS_TRACE_EXPORT_H_

#include <string>

#include "tools/trace/history.h"
#include "tools/trace/trace.h"

namespace pip::trace {

// Chrome's trace event format (JSON), which Perfetto (https://ui.perfetto.dev) opens: a track for each task with the
// times that it had the processor, and marks for releases, misses, overruns and crashes. Times are microseconds.
std::string ToPerfetto(const Trace& trace, const History& history);

// What gantt.js draws (its first comment says the form).
std::string ToChartData(const Trace& trace, const History& history);

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_EXPORT_H_
