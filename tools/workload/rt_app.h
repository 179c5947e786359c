// SPDX-License-Identifier: Apache-2.0
//
// Reading rt-app's workload files (https://github.com/scheduler-tools/rt-app, doc/tutorial.txt).
//
// A thread with a SCHED_DEADLINE reservation becomes a periodic task: dl-period, dl-deadline (without it: the period),
// dl-runtime as budget, delay as first release, run as the time that a job computes, instance as number of tasks; all
// are microseconds there, and global.duration is seconds. What has no meaning here (CPUs, logging, locks) is ignored;
// a thread without a reservation is refused, since nothing says when its work is due.
#ifndef PIP_TOOLS_WORKLOAD_RT_APP_H_
#define PIP_TOOLS_WORKLOAD_RT_APP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/workload/complaint.h"
#include "tools/workload/workload.h"

namespace pip::workload {

struct RtAppOptions {
  std::string name = "rt-app";
  std::uint64_t tick_us = 0;  // 0: the longest of 1, 0.5, 0.2, 0.1 ms that divides all periods and deadlines
  // The overhead of a tick is taken to be a tenth of it.
  std::uint64_t duration_us = 0;  // 0: what the file says; required when that is "for ever"
};

// The workload; or nothing, and at least one complaint.
std::optional<Workload> ReadRtApp(std::string_view text, const RtAppOptions& options, Complaints& complaints);

}  // namespace pip::workload

#endif  // PIP_TOOLS_WORKLOAD_RT_APP_H_
