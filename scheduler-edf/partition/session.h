// SPDX-License-Identifier: Apache-2.0
//
// One run of the scheduler over a workload: everything between the generated functions and whoever has the processor.
// The simulator and the partition use the same session, so their traces can only differ in what the jobs did.
//
//   session.Begin(image, output);
//   session.Admit();                                   // the tasks go into the scheduler; prints the head of the trace
//   Outcome last = Outcome::kRunning;
//   while (session.may_run() && !session.over()) {
//     const Election election = session.Elect(last);   // start of a tick: who has the processor; prints what happened
//     last = ...                                       // the job runs for a tick
//   }
//   session.Finish(last, verdict);                     // the table; the verdict is PASS or FAIL, and a line that says
//   why
//
// The scheduler's state is the C global `edf_scheduler`: there is one session at a time. No memory is allocated; a
// session is large and lives in static memory.
#ifndef PIP_SCHEDULER_EDF_PARTITION_SESSION_H_
#define PIP_SCHEDULER_EDF_PARTITION_SESSION_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/workloads/image.h"

namespace pip::edf {

// What the job that had the tick before did in it.
enum class Outcome {
  kRunning,  // it is not finished; also when no job had the tick
  kDone,
  kCrashed,
};

enum class Decision { kAccepted, kRefused, kUndecided };

// The answer of the admission test; a refusal names the length of an interval and the demand in it, in ticks.
struct Admission {
  Decision decision = Decision::kUndecided;
  std::uint64_t length = 0;
  std::uint64_t demand = 0;
  std::uint64_t supply = 0;  // what is there in any case in that length; the length itself on a whole processor
};

// Ticks that a scheduler is given in any case: so many in every period of that length, which begin with its first tick.
struct Promise {
  std::uint64_t every = 1;
  std::uint64_t ticks = 1;
};

// Who has the tick.
struct Election {
  bool idle = true;
  std::uint32_t task = 0;
  std::uint32_t job = 0;
  bool first_tick = false;  // of this job
};

// What happened to the jobs of a task. Times are ticks.
struct TaskRecord {
  std::uint64_t released_at = 0;
  std::uint64_t worst_response = 0;
  std::uint32_t releases = 0;
  std::uint32_t completions = 0;
  std::uint32_t misses = 0;
  std::uint32_t overruns = 0;
  std::uint32_t crashes = 0;
  std::uint32_t next_request = 0;  // of a sporadic task: index of its next release, and when that is
  std::uint64_t next_request_at = 0;
  bool started = false;  // the current job has had a tick
};

class Session {
 public:
  // Both must outlive the session. It has the whole processor, for tasks, unless one of the next two says otherwise.
  void Begin(const WorkloadImage& image, const Output& output);
  // Before Admit: it is promised only a part of the ticks, as child of another scheduler.
  void HasOnly(const Promise& promise) { promise_ = promise; }
  // Before Admit: its tasks are schedulers, which never leave: a budget is a share, and used up it has been given.
  void ServesSchedulers() { serves_schedulers_ = true; }

  // Gives the tasks to the scheduler and asks whether they can miss a deadline.
  Admission Admit();
  // The set was accepted, or runs all the same.
  bool may_run() const;

  // The most that a tick may cost on a machine where its parts cost that much.
  static std::uint64_t Overhead(std::uint64_t tick, std::uint64_t dispatch, std::uint64_t fault);

  // All ticks of the workload have been given away.
  bool over() const { return now_ == image_->duration(); }
  // The number of the next tick.
  std::uint64_t now() const { return now_; }
  // The next tick; not over(). A tick that this scheduler was not given is not `supplied`: nobody has it.
  Election Elect(Outcome last, bool supplied = true);
  // No further jobs of a task, after a crash.
  void Stop(std::uint32_t task);

  // Prints the end of the trace, a table with a line for each task, and the number of misses. True for PASS: what was
  // promised was kept. `verdict` is what the canonical last line says behind PASS or FAIL.
  bool Finish(Outcome last, Line& verdict);

  // In ticks, with the overhead of each.
  std::uint64_t BudgetOf(const Task& task) const;

  const TaskRecord& record(std::uint32_t task) const { return records_[task]; }

 private:
  void AddTasks();
  void PlanRequest(std::uint32_t index);
  void RequestSporadicJobs();
  void ReportLast(Outcome last);
  void ReportEvents();
  void ReportMiss(std::uint32_t task);
  void ReportLateAtEnd(Outcome last);
  void ReportElection(const Election& election, bool supplied);
  void Event(const char* what, std::uint32_t task);
  void PrintTask(std::uint32_t task);
  std::uint64_t PrintTable();

  const WorkloadImage* image_ = nullptr;
  Output output_{};
  Admission admission_;
  bool fits_ = false;  // the scheduler has taken all tasks
  std::uint64_t now_ = 0;
  Election current_;
  bool announced_ = false;  // whether current_ is in the trace
  bool supplied_ = true;    // whether the tick of current_ was
  Promise promise_;
  bool serves_schedulers_ = false;
  std::uint32_t sporadic_ = 0;  // number of sporadic tasks
  std::uint64_t sum_misses_ = 0;
  std::array<std::uint32_t, kMaxTasks> sporadic_tasks_{};
  std::array<TaskRecord, kMaxTasks> records_{};
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_SESSION_H_
