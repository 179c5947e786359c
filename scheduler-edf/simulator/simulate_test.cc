// SPDX-License-Identifier: Apache-2.0
//
// Properties of every run, on arbitrary workloads: what is admitted misses nothing, whatever the others do; what the
// run says of itself is what its trace shows; every job has one end.
#include "scheduler-edf/simulator/simulate.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scheduler-edf/workloads/image.h"
#include "tools/trace/history.h"
#include "tools/trace/trace.h"
#include "tools/workload/complaint.h"
#include "tools/workload/read_workload.h"
#include "tools/workload/workload.h"

namespace pip::edf {
namespace {

constexpr std::uint64_t kTick = 1000;
constexpr std::uint64_t kOverhead = 100;
constexpr std::uint64_t kDuration = 60;  // ticks

std::uint64_t From(std::uint64_t least, std::uint64_t most) {
  return *rc::gen::inRange<std::uint64_t>(least, most + 1);
}

workload::Task AnyTask(std::size_t number, Policy policy) {
  workload::Task task;
  task.name = "t" + std::to_string(number);
  task.kind = *rc::gen::element(TaskKind::kPeriodic, TaskKind::kSporadic, TaskKind::kSingle);
  const std::uint64_t period = From(2, 24);
  const std::uint64_t deadline = From(1, period);
  const std::uint64_t budget = From(1, deadline);
  task.relative_deadline_us = deadline * kTick;
  task.budget_us = budget * (kTick - kOverhead);
  if (task.kind != TaskKind::kSingle) task.period_us = period * kTick;
  if (task.kind == TaskKind::kSporadic) {
    for (std::uint64_t at = From(0, 10); at < kDuration; at += period + From(0, 10)) {
      task.releases_us.push_back(at * kTick);
    }
  } else {
    task.first_release_us = From(0, kDuration - 1) * kTick;
  }
  if (policy == Policy::kFixedPriority) task.rank = From(0, 5);
  task.compute_us = From(1, task.budget_us);
  task.misbehaviour = *rc::gen::element(Misbehaviour::kNone, Misbehaviour::kNone, Misbehaviour::kOverrun,
                                        Misbehaviour::kCrash, Misbehaviour::kAttack);
  if (task.misbehaviour != Misbehaviour::kNone) {
    task.from_job = static_cast<std::uint32_t>(From(0, 3));
    task.misbehaving_jobs = static_cast<std::uint32_t>(From(1, 4));
    task.stops_after_crash = *rc::gen::arbitrary<bool>();
  }
  return task;
}

workload::Workload AnyWorkload() {
  workload::Workload workload;
  workload.name = "any";
  workload.tick_us = kTick;
  workload.overhead_us = kOverhead;
  workload.duration_us = kDuration * kTick;
  workload.policy = *rc::gen::element(Policy::kEarliestDeadlineFirst, Policy::kFixedPriority);
  workload.runs_when_refused = true;
  const std::uint64_t tasks = From(1, 6);
  for (std::uint64_t i = 0; i < tasks; ++i) workload.tasks.push_back(AnyTask(i, workload.policy));
  return workload;
}

struct Run {
  bool kept = false;
  std::string text;
};

Run RunOf(const workload::Workload& workload) {
  const std::vector<std::uint8_t> bytes = workload::ToImage(workload);
  WorkloadImage image;
  RC_ASSERT(!WorkloadImage::Parse(bytes, image));
  Run run;
  run.kept = Simulate(image, {[](void* text, const char* line, std::size_t length) {
                                static_cast<std::string*>(text)->append(line, length);
                              },
                              &run.text});
  return run;
}

RC_GTEST_PROP(Simulate, KeepsItsPromiseAndSaysWhatHappened, ()) {
  const Run run = RunOf(AnyWorkload());
  workload::Complaints complaints;
  const std::optional<trace::Trace> read = trace::ReadTrace(run.text, complaints);
  RC_ASSERT(read);
  const trace::History history = trace::Follow(*read, complaints);
  if (!complaints.empty()) RC_FAIL(complaints.front().ToString("trace") + "\n" + run.text);
  RC_TAG(read->admission == trace::Admission::kAccepted);
  if (read->admission == trace::Admission::kAccepted) RC_ASSERT(history.misses == 0u);
  RC_ASSERT(run.kept == history.KeptPromise(*read));
  // The table and the last line, counted by the run itself and from its trace.
  const std::string verdict = trace::Verdict(*read, history);
  RC_ASSERT(run.text.size() > verdict.size());
  RC_ASSERT(run.text.substr(run.text.size() - verdict.size()) == verdict);
}

RC_GTEST_PROP(Simulate, EveryJobHasOneEnd, ()) {
  const Run run = RunOf(AnyWorkload());
  workload::Complaints complaints;
  const std::optional<trace::Trace> read = trace::ReadTrace(run.text, complaints);
  RC_ASSERT(read);
  const trace::History history = trace::Follow(*read, complaints);
  for (std::size_t i = 0; i < history.tasks.size(); ++i) {
    const trace::TaskSummary& task = history.tasks[i];
    const std::uint64_t ended = task.completions + task.misses + task.overruns + task.crashes;
    RC_ASSERT(task.releases == ended || task.releases == ended + 1);
  }
  // A job that still waits at the end is not late.
  for (const trace::Job& job : history.jobs) {
    RC_ASSERT(job.ending != trace::Ending::kPending || job.deadline > kDuration);
    RC_ASSERT(job.service <= read->tasks[job.task].budget);
  }
}

RC_GTEST_PROP(Workload, IsReadAsItWasWritten, ()) {
  const workload::Workload written = AnyWorkload();
  workload::Complaints complaints;
  const std::optional<workload::Workload> read = workload::ReadWorkload(workload::ToJson(written), complaints);
  if (!read) RC_FAIL(complaints.front().ToString("workload") + "\n" + workload::ToJson(written));
  // The kinds stand in lists of their own, so the order of tasks may be another.
  RC_ASSERT(read->tasks.size() == written.tasks.size());
  for (const workload::Task& task : written.tasks) {
    RC_ASSERT(std::find(read->tasks.begin(), read->tasks.end(), task) != read->tasks.end());
  }
}

}  // namespace
}  // namespace pip::edf
