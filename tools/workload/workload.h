// SPDX-License-Identifier: Apache-2.0
//
// A workload as the host's tools hold it: what a workload file says, checked. Times are microseconds, as in the file.
#ifndef PIP_TOOLS_WORKLOAD_WORKLOAD_H_
#define PIP_TOOLS_WORKLOAD_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "scheduler-edf/workloads/image.h"

namespace pip::workload {

struct Task {
  edf::TaskKind kind = edf::TaskKind::kPeriodic;
  std::string name;
  std::uint64_t period_us = 0;             // or minimum separation; 0 for a single job
  std::uint64_t relative_deadline_us = 0;  // of a single job: absolute deadline less release
  std::uint64_t budget_us = 0;
  std::uint64_t rank = 0;                  // under fixed priorities
  std::uint64_t first_release_us = 0;      // of a periodic task or a single job
  std::vector<std::uint64_t> releases_us;  // of a sporadic task
  std::uint64_t compute_us = 0;
  edf::Misbehaviour misbehaviour = edf::Misbehaviour::kNone;
  std::uint32_t from_job = 0;
  std::uint32_t misbehaving_jobs = edf::kAllJobs;
  bool stops_after_crash = false;
  std::string image;  // empty: the built-in program

  bool operator==(const Task&) const = default;
};

struct Workload {
  std::string name;
  std::string description;
  std::vector<std::string> sources;
  std::uint64_t tick_us = 0;
  std::uint64_t overhead_us = 0;  // of a tick; less than the tick
  std::uint64_t duration_us = 0;
  edf::Policy policy = edf::Policy::kEarliestDeadlineFirst;
  bool runs_when_refused = false;
  std::vector<Task> tasks;  // periodic, then sporadic, then single, each in the order of the file

  bool operator==(const Workload&) const = default;
};

// The ticks that a job needs to compute for its budget: as many as hold it when each loses the overhead.
std::uint64_t BudgetInTicks(const Workload& workload, const Task& task);

// What a job computes when its file does not say: as long as fits into its budget and ends in the middle of a tick, so
// that a machine whose ticks lose less than the overhead takes as many ticks as one whose ticks lose nothing.
std::uint64_t UsualComputingTime(const Workload& workload, const Task& task);

// The compact form, scheduler-edf/workloads/image.h.
std::vector<std::uint8_t> ToImage(const Workload& workload);

// The text of a workload file, for what was converted from another form.
std::string ToJson(const Workload& workload);

}  // namespace pip::workload

#endif  // PIP_TOOLS_WORKLOAD_WORKLOAD_H_
