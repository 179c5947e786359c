// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/trace/trace.h"
#include "tools/workload/complaint.h"

namespace pip::trace {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

class Follower {
 public:
  Follower(const Trace& trace, workload::Complaints& complaints)
      : trace_(trace), complaints_(complaints), current_(trace.tasks.size(), kNone) {
    history_.tasks.resize(trace.tasks.size());
  }

  History Run() {
    for (std::size_t i = 0; i < trace_.events.size();) {
      const std::uint64_t tick = trace_.events[i].tick;
      Advance(tick);
      for (; i < trace_.events.size() && trace_.events[i].tick == tick; ++i) Apply(trace_.events[i]);
      CheckDecision();
    }
    Advance(trace_.ticks);
    return std::move(history_);
  }

 private:
  void Complain(const std::string& what) { complaints_.push_back({{line_, 1}, what, ""}); }

  std::string NameOf(const Job& job) const { return fmt::format("{} #{}", trace_.tasks[job.task].name, job.number); }

  // Time goes on with the same job on the processor.
  void Advance(std::uint64_t tick) {
    const std::uint64_t length = tick - now_;
    if (running_ == kNone) {
      history_.idle += started_ ? length : 0;
    } else if (length > 0) {
      Job& job = history_.jobs[running_];
      job.service += length;
      if (!history_.segments.empty() && history_.segments.back().end == now_ &&
          history_.segments.back().task == job.task && history_.segments.back().job == job.number) {
        history_.segments.back().end = tick;
      } else {
        history_.segments.push_back({job.task, job.number, now_, tick});
      }
      if (job.service > trace_.tasks[job.task].budget) {
        Complain(fmt::format("{} has had {} ticks with a budget of {}", NameOf(job), job.service,
                             trace_.tasks[job.task].budget));
      }
    }
    now_ = tick;
  }

  void Apply(const Event& event) {
    line_ = event.line;
    started_ = true;
    switch (event.kind) {
      case EventKind::kRelease:
        return Release(event);
      case EventKind::kDone:
        return End(event, Ending::kDone);
      case EventKind::kExhausted:
        return End(event, Ending::kExhausted);
      case EventKind::kCrash:
        return End(event, Ending::kCrash);
      case EventKind::kMiss:
        return End(event, Ending::kMiss);
      case EventKind::kSkip:
        return Skip(event);
      case EventKind::kIdle:
        running_ = kNone;
        return;
      case EventKind::kRun: {
        running_ = Find(event);
        if (running_ == kNone) Complain("a job runs that is not pending");
        return;
      }
    }
  }

  void Release(const Event& event) {
    TaskSummary& summary = history_.tasks[event.task];
    const Job job{event.task, event.job, event.tick, event.deadline, 0, Ending::kPending, 0};
    if (event.job != summary.releases) Complain(fmt::format("{} is released out of order", NameOf(job)));
    if (current_[event.task] != kNone) {
      Complain(fmt::format("{} is released before the job before ended", NameOf(job)));
      pending_.erase({KeyOf(history_.jobs[current_[event.task]]), event.task});
    }
    if (event.deadline != event.tick + trace_.tasks[event.task].deadline) {
      Complain(fmt::format("{} has another deadline than its task", NameOf(job)));
    }
    ++summary.releases;
    current_[event.task] = history_.jobs.size();
    pending_.emplace(KeyOf(job), event.task);
    history_.jobs.push_back(job);
  }

  // A release that was not made, since the job before waits although it is late: never by earliest deadline.
  void Skip(const Event& event) {
    const std::size_t index = Find(event);
    if (index == kNone) return Complain("a release is skipped for a job that is not pending");
    const Job& job = history_.jobs[index];
    if (!trace_.fixed_priority || job.deadline > now_)
      Complain(fmt::format("{} is not late, and yet skips a release", NameOf(job)));
  }

  // What the policy compares: the deadline, or the rank of the task.
  std::uint64_t KeyOf(const Job& job) const {
    return trace_.fixed_priority ? trace_.tasks[job.task].rank : job.deadline;
  }

  // The pending job that an event speaks of.
  std::size_t Find(const Event& event) const {
    const std::size_t index = current_[event.task];
    return index != kNone && history_.jobs[index].number == event.job ? index : kNone;
  }

  void End(const Event& event, Ending ending) {
    const std::size_t index = Find(event);
    if (index == kNone) return Complain("a job ends that is not pending");
    Job& job = history_.jobs[index];
    job.ending = ending;
    job.ended = event.tick;
    current_[event.task] = kNone;
    pending_.erase({KeyOf(job), event.task});
    CheckEnd(job, index);
    if (running_ == index) running_ = kNone;
    Count(job);
  }

  void CheckEnd(const Job& job, std::size_t index) {
    const std::uint64_t budget = trace_.tasks[job.task].budget;
    switch (job.ending) {
      case Ending::kMiss:
        if (job.deadline > now_) Complain(fmt::format("{} missed a deadline that is still to come", NameOf(job)));
        if (job.service >= budget) Complain(fmt::format("{} missed its deadline with its whole budget", NameOf(job)));
        break;
      case Ending::kExhausted:
        if (job.service != budget) Complain(fmt::format("{} is out of budget early", NameOf(job)));
        [[fallthrough]];
      default:
        if (running_ != index) Complain(fmt::format("{} ended without running", NameOf(job)));
        if (job.deadline < now_) Complain(fmt::format("{} ended after its deadline", NameOf(job)));
    }
  }

  void Count(const Job& job) {
    TaskSummary& summary = history_.tasks[job.task];
    switch (job.ending) {
      case Ending::kDone:
        ++summary.completions;
        summary.worst_response = std::max(summary.worst_response, job.ended - job.release);
        break;
      case Ending::kExhausted:
        ++summary.overruns;
        break;
      case Ending::kCrash:
        ++summary.crashes;
        break;
      case Ending::kMiss:
        ++summary.misses;
        ++history_.misses;
        break;
      case Ending::kPending:
        break;
    }
  }

  // After all that happened in a tick: who runs has the least key, equal ones in order of tasks, and is not late; with
  // earliest deadlines nothing that is pending is.
  void CheckDecision() {
    if (now_ == trace_.ticks || pending_.empty()) return;
    const Job& first = history_.jobs[current_[pending_.begin()->second]];
    if (first.deadline <= now_) return Complain(fmt::format("{} is late, and nothing says so", NameOf(first)));
    if (running_ == kNone) return Complain(fmt::format("nothing runs, but {} waits", NameOf(first)));
    const Job& chosen = history_.jobs[running_];
    if (std::pair(KeyOf(chosen), chosen.task) != *pending_.begin()) {
      Complain(fmt::format("{} runs, but {} goes before it", NameOf(chosen), NameOf(first)));
    }
  }

  const Trace& trace_;
  workload::Complaints& complaints_;
  History history_;
  std::uint64_t now_ = 0;
  std::size_t line_ = 0;
  bool started_ = false;
  std::size_t running_ = kNone;
  std::vector<std::size_t> current_;                           // of each task: its pending job
  std::set<std::pair<std::uint64_t, std::uint32_t>> pending_;  // key and task
};

}  // namespace

const char* EndingName(Ending ending) {
  switch (ending) {
    case Ending::kPending:
      return "pending";
    case Ending::kDone:
      return "done";
    case Ending::kExhausted:
      return "overrun";
    case Ending::kCrash:
      return "crash";
    case Ending::kMiss:
      return "miss";
  }
  return "";
}

bool History::KeptPromise(const Trace& trace) const {
  return trace.complete && (trace.admission != Admission::kAccepted || misses == 0);
}

History Follow(const Trace& trace, workload::Complaints& complaints) { return Follower(trace, complaints).Run(); }

std::string Verdict(const Trace& trace, const History& history) {
  std::string text = fmt::format("{:<31} {:>8} {:>7} {:>18} {:>7} {:>9} {:>8}\n", "task", "releases", "done",
                                 "worst response us", "misses", "overruns", "crashes");
  for (std::size_t i = 0; i < trace.tasks.size(); ++i) {
    const TaskSummary& task = history.tasks[i];
    text +=
        fmt::format("{:<31} {:>8} {:>7} {:>18} {:>7} {:>9} {:>8}\n", trace.tasks[i].name, task.releases,
                    task.completions, task.worst_response * trace.tick_us, task.misses, task.overruns, task.crashes);
  }
  const bool accepted = trace.admission == Admission::kAccepted;
  text += fmt::format("misses: {}\n", accepted ? history.misses : 0);
  if (trace.admission == Admission::kRefused && trace.events.empty()) {
    return fmt::format(
        "FAIL {}: refused: in the {} ticks after a common release, {} ticks of work fall due, {} too many\n",
        trace.name, trace.refused_length, trace.refused_demand, trace.refused_demand - trace.refused_length);
  }
  if (!trace.complete) return text + fmt::format("FAIL {}: the trace ends too early\n", trace.name);
  if (!accepted) return text + fmt::format("PASS {}: nothing was guaranteed; {} misses\n", trace.name, history.misses);
  return text + fmt::format("{} {}: all {} tasks admitted; {} misses of guaranteed deadlines\n",
                            history.misses == 0 ? "PASS" : "FAIL", trace.name, trace.tasks.size(), history.misses);
}

}  // namespace pip::trace
