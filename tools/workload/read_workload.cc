// SPDX-License-Identifier: Apache-2.0
//
// What a workload file means, once its form fits the schema: multiples of the tick, deadlines, budgets, names.
#include "tools/workload/read_workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "scheduler-edf/workloads/image.h"
#include "tools/workload/complaint.h"
#include "tools/workload/located_json.h"
#include "tools/workload/schema_check.h"
#include "tools/workload/workload.h"

namespace pip::workload {
namespace {

using edf::Misbehaviour;
using edf::TaskKind;
using nlohmann::json;
using Pointer = json::json_pointer;

class Reader {
 public:
  Reader(const LocatedJson& document, Complaints& complaints) : document_(document), complaints_(complaints) {}

  Workload Read() {
    const json& root = document_.value();
    workload_.name = root["name"];
    workload_.description = root.value("description", "");
    workload_.sources = root.value("sources", std::vector<std::string>());
    workload_.tick_us = root["tick_us"];
    workload_.duration_us = Ticks(Pointer(), "duration_us");
    ReadOverhead();
    workload_.runs_when_refused = root.value("when_refused", "stop") == "run_without_guarantee";
    ReadPolicy();
    ReadList("periodic_tasks", TaskKind::kPeriodic);
    ReadList("sporadic_tasks", TaskKind::kSporadic);
    ReadList("single_jobs", TaskKind::kSingle);
    CheckNumbers();
    return workload_;
  }

 private:
  const json& At(const Pointer& pointer) const { return document_.value().at(pointer); }

  void Complain(const Pointer& pointer, std::string what, std::string right) {
    complaints_.push_back({document_.PositionOf(pointer), std::move(what), std::move(right)});
  }

  void ReadOverhead() {
    workload_.overhead_us = At(Pointer() / "overhead_us");
    if (workload_.overhead_us < workload_.tick_us) return;
    Complain(
        Pointer() / "overhead_us",
        fmt::format("an overhead of {} us leaves nothing of a tick of {} us", workload_.overhead_us, workload_.tick_us),
        fmt::format("less than {}", workload_.tick_us));
    workload_.overhead_us = workload_.tick_us - 1;  // to go on with
  }

  void ReadPolicy() {
    const Pointer where = Pointer() / "policy";
    if (!document_.value().contains(where) || At(where) != "fixed_priority") return;
    workload_.policy = edf::Policy::kFixedPriority;
    if (workload_.runs_when_refused) return;
    Complain(where, "fixed priorities have no admission test, so nothing can be promised",
             "\"when_refused\": \"run_without_guarantee\" beside it");
  }

  void ReadRank(const Pointer& at, Task& task) {
    const bool ranked = workload_.policy == edf::Policy::kFixedPriority;
    if (At(at).contains("rank")) {
      task.rank = At(at / "rank");
      if (ranked) return;
      complaints_.push_back({document_.PositionOf(at / "rank", true), "\"rank\" has no effect under this policy",
                             "\"policy\": \"fixed_priority\" for the workload"});
    } else if (ranked) {
      Complain(at, fmt::format("\"{}\" has no \"rank\"", task.name), "a rank for each task, the least goes first");
    }
  }

  // A time that must be a multiple of the tick.
  std::uint64_t Ticks(const Pointer& object, const std::string& name) {
    const std::uint64_t value = At(object / name);
    CheckMultiple(object / name, fmt::format("\"{}\"", name), value);
    return value;
  }

  void CheckMultiple(const Pointer& where, const std::string& name, std::uint64_t value) {
    const std::uint64_t below = value / workload_.tick_us * workload_.tick_us;
    if (below == value) return;
    const std::string right =
        below == 0 ? fmt::format("{}", workload_.tick_us) : fmt::format("{} or {}", below, below + workload_.tick_us);
    Complain(where, fmt::format("{} is {}, not a multiple of the tick of {} us", name, value, workload_.tick_us),
             right);
  }

  void ReadList(const std::string& list, TaskKind kind) {
    const Pointer pointer = Pointer() / list;
    if (!document_.value().contains(pointer)) return;
    for (std::size_t i = 0; i < At(pointer).size(); ++i) ReadTask(pointer / i, kind);
  }

  void ReadTask(const Pointer& at, TaskKind kind) {
    Task task;
    task.kind = kind;
    task.name = At(at / "name");
    if (!names_.insert(task.name).second) {
      Complain(at / "name", fmt::format("the name \"{}\" is used twice", task.name), "a name of its own for each task");
    }
    task.budget_us = At(at / "budget_us");
    switch (kind) {
      case TaskKind::kPeriodic:
        ReadPeriodic(at, task);
        break;
      case TaskKind::kSporadic:
        ReadSporadic(at, task);
        break;
      case TaskKind::kSingle:
        ReadSingle(at, task);
        break;
    }
    const std::uint64_t budget = BudgetInTicks(workload_, task) * workload_.tick_us;
    if (task.relative_deadline_us != 0 && budget > task.relative_deadline_us) {
      Complain(
          at / "budget_us",
          fmt::format(
              "the budget of {} us, in whole ticks with their overhead {} us, is longer than the time to the deadline",
              task.budget_us, budget),
          fmt::format("at most {}",
                      task.relative_deadline_us / workload_.tick_us * (workload_.tick_us - workload_.overhead_us)));
    }
    ReadRank(at, task);
    ReadBehaviour(at, task);
    workload_.tasks.push_back(task);
  }

  void ReadPeriodic(const Pointer& at, Task& task) {
    task.period_us = Ticks(at, "period_us");
    task.relative_deadline_us = Ticks(at, "relative_deadline_us");
    if (At(at).contains("first_release_us")) task.first_release_us = Ticks(at, "first_release_us");
    if (task.first_release_us >= workload_.duration_us) {
      Complain(at / "first_release_us", "the task is first released when the run is over",
               fmt::format("less than duration_us, which is {}", workload_.duration_us));
    }
    CheckDeadline(at, task, "period_us");
  }

  void ReadSporadic(const Pointer& at, Task& task) {
    task.period_us = Ticks(at, "minimum_separation_us");
    task.relative_deadline_us = Ticks(at, "relative_deadline_us");
    CheckDeadline(at, task, "minimum_separation_us");
    std::uint64_t earliest = 0;
    for (std::size_t i = 0; i < At(at / "releases_us").size(); ++i) {
      const Pointer where = at / "releases_us" / i;
      const std::uint64_t release = At(where);
      CheckMultiple(where, "the release", release);
      if (release < earliest) {
        Complain(where, fmt::format("the release at {} is too early after the one before", release),
                 fmt::format("at least {}, minimum_separation_us later", earliest));
      }
      if (release >= workload_.duration_us) {
        Complain(where, fmt::format("the release at {} is when the run is over", release),
                 fmt::format("less than duration_us, which is {}", workload_.duration_us));
      }
      earliest = release + task.period_us;
      task.releases_us.push_back(release);
    }
  }

  void ReadSingle(const Pointer& at, Task& task) {
    task.first_release_us = Ticks(at, "release_us");
    const std::uint64_t deadline = Ticks(at, "absolute_deadline_us");
    if (deadline <= task.first_release_us) {
      Complain(at / "absolute_deadline_us",
               fmt::format("the deadline at {} is not after the release at {}", deadline, task.first_release_us),
               fmt::format("more than {}: absolute_deadline_us counts from the start, not from the release",
                           task.first_release_us));
    } else {
      task.relative_deadline_us = deadline - task.first_release_us;
    }
    if (task.first_release_us >= workload_.duration_us) {
      Complain(at / "release_us", "the job is released when the run is over",
               fmt::format("less than duration_us, which is {}", workload_.duration_us));
    }
  }

  void CheckDeadline(const Pointer& at, const Task& task, const std::string& period) {
    if (task.relative_deadline_us <= task.period_us) return;
    Complain(at / "relative_deadline_us",
             fmt::format("the deadline of {} us is longer than {}, {} us", task.relative_deadline_us, period,
                         task.period_us),
             fmt::format("at most {}: one job of a task is done before the next comes", task.period_us));
  }

  void ReadBehaviour(const Pointer& at, Task& task) {
    const Pointer where = at / "behaviour";
    task.compute_us = UsualComputingTime(workload_, task);
    if (!At(at).contains("behaviour")) return;
    const json& behaviour = At(where);
    task.image = behaviour.value("image", "");
    task.compute_us = behaviour.value("compute_us", task.compute_us);
    if (task.compute_us > task.budget_us) {
      Complain(where / "compute_us",
               fmt::format("the job computes {} us with a budget of {} us", task.compute_us, task.budget_us),
               fmt::format("at most {}; a job that is to exceed its budget says \"misbehaviour\": \"overrun\"",
                           task.budget_us));
    }
    ReadMisbehaviour(where, behaviour, task);
  }

  void ReadMisbehaviour(const Pointer& where, const json& behaviour, Task& task) {
    const std::string name = behaviour.value("misbehaviour", "none");
    task.misbehaviour = name == "overrun"  ? Misbehaviour::kOverrun
                        : name == "crash"  ? Misbehaviour::kCrash
                        : name == "attack" ? Misbehaviour::kAttack
                                           : Misbehaviour::kNone;
    task.from_job = behaviour.value("from_job", 0u);
    task.misbehaving_jobs = behaviour.value("misbehaving_jobs", edf::kAllJobs);
    task.stops_after_crash = behaviour.value("after_crash", "restart") == "stop";
    if (task.misbehaviour != Misbehaviour::kNone) return;
    for (const char* needless : {"from_job", "misbehaving_jobs", "after_crash"}) {
      if (!behaviour.contains(needless)) continue;
      complaints_.push_back({document_.PositionOf(where / needless, true),
                             fmt::format("\"{}\" has no effect on a task that behaves well", needless),
                             "\"misbehaviour\" beside it"});
    }
  }

  void CheckNumbers() {
    std::size_t releases = 0;
    for (const Task& task : workload_.tasks) releases += task.releases_us.size();
    if (workload_.tasks.empty()) {
      Complain(Pointer(), "there is no task", "a task in periodic_tasks, sporadic_tasks or single_jobs");
    }
    if (workload_.tasks.size() > edf::kMaxTasks) {
      Complain(Pointer(), fmt::format("there are {} tasks", workload_.tasks.size()),
               fmt::format("at most {} in all", edf::kMaxTasks));
    }
    if (releases > edf::kMaxReleases) {
      Complain(Pointer(), fmt::format("there are {} releases of sporadic tasks", releases),
               fmt::format("at most {} in all", edf::kMaxReleases));
    }
  }

  const LocatedJson& document_;
  Complaints& complaints_;
  Workload workload_;
  std::set<std::string> names_;
};

}  // namespace

std::optional<Workload> ReadWorkload(std::string_view text, Complaints& complaints) {
  const std::optional<LocatedJson> document = LocatedJson::Parse(text, LocatedJson::Dialect::kStrict, complaints);
  if (!document) return std::nullopt;
  complaints = CheckSchema(*document);
  if (!complaints.empty()) return std::nullopt;
  const Workload workload = Reader(*document, complaints).Read();
  if (complaints.empty()) return workload;
  std::stable_sort(complaints.begin(), complaints.end(),
                   [](const Complaint& a, const Complaint& b) { return a.where < b.where; });
  return std::nullopt;
}

}  // namespace pip::workload
