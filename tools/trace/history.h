// SPDX-License-Identifier: Apache-2.0
//
// What a trace says happened: the life of every job, and whether that is what the scheduler promises.
#ifndef PIP_TOOLS_TRACE_HISTORY_H_
#define PIP_TOOLS_TRACE_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tools/trace/trace.h"
#include "tools/workload/complaint.h"

namespace pip::trace {

// The processor for one job from one tick to another.
struct Segment {
  std::uint32_t task = 0;
  std::uint32_t job = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

enum class Ending { kPending, kDone, kExhausted, kCrash, kMiss };

// A word for it.
const char* EndingName(Ending ending);

struct Job {
  std::uint32_t task = 0;
  std::uint32_t number = 0;
  std::uint64_t release = 0;
  std::uint64_t deadline = 0;
  std::uint64_t service = 0;  // ticks that it had
  Ending ending = Ending::kPending;
  std::uint64_t ended = 0;
};

struct TaskSummary {
  std::uint64_t releases = 0;
  std::uint64_t completions = 0;
  std::uint64_t worst_response = 0;  // of completed jobs, in ticks
  std::uint64_t misses = 0;
  std::uint64_t overruns = 0;
  std::uint64_t crashes = 0;
};

struct History {
  std::vector<Segment> segments;  // in order of time
  std::vector<Job> jobs;          // in order of release
  std::vector<TaskSummary> tasks;
  std::uint64_t idle = 0;  // ticks
  std::uint64_t misses = 0;

  bool KeptPromise(const Trace& trace) const;
};

// Follows the trace tick by tick. What contradicts the scheduler's promises is a complaint at its line: a job that runs
// before its release, after its end, or longer than its budget; a job that runs while another has an earlier deadline;
// an idle processor while a job waits; a deadline that passes in silence, or a miss that is none.
History Follow(const Trace& trace, workload::Complaints& complaints);

// A table with a line for each task, the number of misses of guaranteed deadlines, and a last line PASS or FAIL.
std::string Verdict(const Trace& trace, const History& history);

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_HISTORY_H_
