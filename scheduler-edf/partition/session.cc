// SPDX-License-Identifier: Apache-2.0
#include "scheduler-edf/partition/session.h"

#include <cstdint>

#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/workloads/image.h"

// Last, since they define short names.
extern "C" {
#include "edf_primitives.h"
#include "edf_services.h"

// The scheduler's memory, which the generated functions work on.
struct edf_scheduler edf_scheduler;
}

namespace pip::edf {
namespace {

constexpr std::uint64_t kNever = UINT64_MAX;

kind_t KindOf(TaskKind kind) {
  switch (kind) {
    case TaskKind::kPeriodic:
      return PERIODIC;
    case TaskKind::kSporadic:
      return SPORADIC;
    case TaskKind::kSingle:
      return SINGLE;
  }
  return STOPPED;
}

const char* KindName(TaskKind kind) {
  switch (kind) {
    case TaskKind::kPeriodic:
      return "periodic";
    case TaskKind::kSporadic:
      return "sporadic";
    case TaskKind::kSingle:
      return "single";
  }
  return "";
}

bool IsWhole(const Promise& promise) { return promise.every == promise.ticks; }

// What is there in any case in an interval.
tick_t SupplyIn(const Promise& promise, tick_t length) {
  return IsWhole(promise) ? length : supply_bound(promise.every, promise.ticks, length);
}

// The answer of the admission test. Tasks that want more than there is are refused for the longest interval that the
// test knows; a shorter one is found here, since any in which the demand exceeds the supply is as good a reason.
Admission AskAdmission(const Promise& promise) {
  // The admission test is that of earliest deadline first.
  if (get_policy() != EARLIEST_DEADLINE_FIRST) return {Decision::kUndecided, 0, 0, 0};
  const verdict_t verdict = IsWhole(promise) ? edf_admit() : edf_admit_shared(promise.every, promise.ticks);
  if (verdict.verdict_decision == ACCEPTED) return {Decision::kAccepted, 0, 0, 0};
  if (verdict.verdict_decision != OVERLOADED) return {Decision::kUndecided, 0, 0, 0};
  for (tick_t length = 1; length < verdict.verdict_length; length *= 2) {
    const tick_t demand = demand_bound(length);
    const tick_t supply = SupplyIn(promise, length);
    if (demand > supply) return {Decision::kRefused, length, demand, supply};
  }
  return {Decision::kRefused, verdict.verdict_length, verdict.verdict_demand,
          SupplyIn(promise, verdict.verdict_length)};
}

}  // namespace

void Session::Begin(const WorkloadImage& image, const Output& output) {
  image_ = &image;
  output_ = output;
  admission_ = {};
  now_ = 0;
  current_ = {};
  announced_ = false;
  supplied_ = true;
  promise_ = {};
  serves_schedulers_ = false;
  sporadic_ = 0;
  sum_misses_ = 0;
  for (std::uint32_t i = 0; i < image.task_count(); ++i) records_[i] = {};
}

// In ticks: so many that their time without the overhead is enough.
std::uint64_t Session::BudgetOf(const Task& task) const {
  return edf_budget_for(task.budget_microseconds, image_->tick_microseconds(), image_->overhead_microseconds());
}

void Session::AddTasks() {
  edf_reset(image_->policy() == Policy::kFixedPriority ? FIXED_PRIORITY : EARLIEST_DEADLINE_FIRST);
  for (std::uint32_t i = 0; i < image_->task_count(); ++i) {
    const Task task = image_->task(i);
    // What is refused, because the budget does not fit before the deadline, leaves the count below that of the image.
    edf_add_task(KindOf(task.kind), BudgetOf(task), task.deadline, task.period, task.first_release, task.rank);
    if (task.kind == TaskKind::kSporadic) {
      sporadic_tasks_[sporadic_++] = i;
      PlanRequest(i);
    }
  }
}

Admission Session::Admit() {
  Line line;
  (line << "@ trace 1 tick_us " << image_->tick_microseconds() << " ticks " << image_->duration() << " tasks "
        << image_->task_count() << " name " << image_->name().data())
      .WriteTo(output_);
  if (image_->policy() == Policy::kFixedPriority) (line << "@ policy fixed_priority").WriteTo(output_);
  AddTasks();
  fits_ = get_count() == image_->task_count();
  for (std::uint32_t i = 0; i < image_->task_count(); ++i) PrintTask(i);
  if (fits_) admission_ = AskAdmission(promise_);
  switch (admission_.decision) {
    case Decision::kAccepted:
      line << "@ admission accepted";
      break;
    case Decision::kRefused:
      line << "@ admission refused length " << admission_.length << " demand " << admission_.demand;
      break;
    case Decision::kUndecided:
      line << "@ admission undecided";
      break;
  }
  line.WriteTo(output_);
  return admission_;
}

void Session::PrintTask(std::uint32_t index) {
  const Task task = image_->task(index);
  Line line;
  line << "@ task " << index << " " << KindName(task.kind) << " period " << task.period << " deadline " << task.deadline
       << " budget " << BudgetOf(task);
  if (image_->policy() == Policy::kFixedPriority) line << " rank " << task.rank;
  (line << " name " << task.name.data()).WriteTo(output_);
}

bool Session::may_run() const {
  return fits_ && (admission_.decision == Decision::kAccepted || image_->runs_when_refused());
}

void Session::PlanRequest(std::uint32_t index) {
  TaskRecord& record = records_[index];
  const Task task = image_->task(index);
  const bool more = record.next_request < task.releases_count;
  record.next_request_at = more ? image_->release(task, record.next_request) : kNever;
}

void Session::RequestSporadicJobs() {
  for (std::uint32_t i = 0; i < sporadic_; ++i) {
    const std::uint32_t index = sporadic_tasks_[i];
    if (records_[index].next_request_at != now_) continue;
    ++records_[index].next_request;
    PlanRequest(index);
    edf_request(index);
  }
}

Election Session::Elect(Outcome last, bool supplied) {
  const bool had_tick = !current_.idle;
  ReportLast(last);
  RequestSporadicJobs();
  const task_number_t elected = edf_elect(had_tick && last != Outcome::kRunning, supplied);
  ReportEvents();

  Election election;
  if (elected != no_task) {
    TaskRecord& record = records_[elected];
    election = {false, elected, record.releases - 1, !record.started};
    record.started = true;
  }
  ReportElection(election, supplied);
  current_ = election;
  supplied_ = supplied;
  ++now_;
  return election;
}

std::uint64_t Session::Overhead(std::uint64_t tick, std::uint64_t dispatch, std::uint64_t fault) {
  return edf_overhead(tick, dispatch, fault);
}

void Session::Stop(std::uint32_t task) { edf_stop(task); }

void Session::Event(const char* what, std::uint32_t task) {
  Line line;
  (line << "@ " << now_ << " " << what << " " << task << " " << records_[task].releases - 1).WriteTo(output_);
}

// What became of the job that had the tick before.
void Session::ReportLast(Outcome last) {
  if (current_.idle) return;
  TaskRecord& record = records_[current_.task];
  const bool share_given = serves_schedulers_ && last == Outcome::kRunning && get_left(current_.task) == 0;
  if (last == Outcome::kDone || share_given) {
    ++record.completions;
    const std::uint64_t response = now_ - record.released_at;
    if (response > record.worst_response) record.worst_response = response;
    Event("done", current_.task);
  } else if (last == Outcome::kCrashed) {
    ++record.crashes;
    Event("crash", current_.task);
  } else if (get_left(current_.task) == 0) {
    ++record.overruns;
    Event("exhausted", current_.task);
  }
}

void Session::ReportMiss(std::uint32_t task) {
  ++records_[task].misses;
  ++sum_misses_;
  Event("miss", task);
}

// Jobs whose deadline has come by the end, without having had their budget: no further tick reports them.
void Session::ReportLateAtEnd(Outcome last) {
  for (std::uint32_t i = 0; i < image_->task_count(); ++i) {
    const bool left = !current_.idle && current_.task == i && (last != Outcome::kRunning || get_left(i) == 0);
    if (is_active(i) && !left && get_due(i) <= now_) ReportMiss(i);
  }
}

// What the scheduler reports of the tick that begins.
void Session::ReportEvents() {
  for (position_t k = 0; k < get_reported(MISSED); ++k) ReportMiss(get_report(MISSED, k));
  // Only fixed priorities let a late job wait on, behind more urgent ones, when the next one of its task is due.
  for (position_t k = 0; k < get_reported(SKIPPED); ++k) Event("skip", get_report(SKIPPED, k));
  for (position_t k = 0; k < get_reported(RELEASED); ++k) {
    const task_number_t task = get_report(RELEASED, k);
    TaskRecord& record = records_[task];
    ++record.releases;
    record.released_at = now_;
    record.started = false;
    Line line;
    (line << "@ " << now_ << " release " << task << " " << record.releases - 1 << " " << get_due(task))
        .WriteTo(output_);
  }
}

// Only a change is printed: a job runs until the trace says otherwise.
void Session::ReportElection(const Election& election, bool supplied) {
  const bool same = announced_ && supplied == supplied_ && election.idle == current_.idle &&
                    (election.idle || (election.task == current_.task && election.job == current_.job));
  if (same) return;
  announced_ = true;
  if (!election.idle) return Event("run", election.task);
  Line line;
  (line << "@ " << now_ << (supplied ? " idle" : " away")).WriteTo(output_);
}

std::uint64_t Session::PrintTable() {
  Line line;
  (line << "task                            releases    done  worst response us  misses  overruns  crashes")
      .WriteTo(output_);
  for (std::uint32_t i = 0; i < image_->task_count(); ++i) {
    const TaskRecord& record = records_[i];
    const Task task = image_->task(i);
    line << task.name.data();
    line.RightAligned(record.releases, 40);
    line.RightAligned(record.completions, 48);
    line.RightAligned(record.worst_response * image_->tick_microseconds(), 67);
    line.RightAligned(record.misses, 75);
    line.RightAligned(record.overruns, 85);
    line.RightAligned(record.crashes, 94);
    line.WriteTo(output_);
  }
  return sum_misses_;
}

bool Session::Finish(Outcome last, Line& verdict) {
  verdict << image_->name().data() << ": ";
  if (!may_run()) {
    if (admission_.decision == Decision::kRefused) {
      verdict << "refused: in the " << admission_.length << " ticks after a common release, " << admission_.demand
              << " ticks of work fall due, " << admission_.demand - admission_.supply << " too many";
      if (!IsWhole(promise_)) verdict << " for " << promise_.ticks << " of every " << promise_.every;
    } else if (!fits_) {
      verdict << "refused: with the overhead of every tick, a budget does not fit before its deadline";
    } else if (image_->policy() == Policy::kFixedPriority) {
      verdict << "not admitted: fixed priorities have no admission test";
    } else {
      verdict << "not admitted: the admission test cannot decide";
    }
    return false;
  }
  ReportLast(last);
  ReportLateAtEnd(last);
  Line line;
  (line << "@ " << now_ << " end").WriteTo(output_);
  const std::uint64_t misses = PrintTable();
  // Without an accepted set no task is guaranteed.
  const bool accepted = admission_.decision == Decision::kAccepted;
  (line << "misses: " << (accepted ? misses : 0)).WriteTo(output_);
  if (accepted) {
    verdict << "all " << image_->task_count() << (serves_schedulers_ ? " schedulers" : " tasks") << " admitted; "
            << misses << " misses of guaranteed deadlines";
  } else {
    verdict << "nothing was guaranteed; " << misses << " misses";
  }
  return !accepted || misses == 0;
}

}  // namespace pip::edf
