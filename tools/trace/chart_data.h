// SPDX-License-Identifier: Apache-2.0
//
// What gantt.js draws (its first comment says the form).
#ifndef PIP_TOOLS_TRACE_CHART_DATA_H_
#define PIP_TOOLS_TRACE_CHART_DATA_H_

#include <string>

#include "tools/trace/history.h"
#include "tools/trace/trace.h"

namespace pip::trace {

std::string ToChartData(const Trace& trace, const History& history);

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_CHART_DATA_H_
