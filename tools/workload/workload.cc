// SPDX-License-Identifier: Apache-2.0
#include "tools/workload/workload.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler-edf/workloads/image.h"

namespace pip::workload {
namespace {

using edf::Misbehaviour;
using edf::TaskKind;
using nlohmann::ordered_json;

// Appends little-endian numbers and padded names.
class ImageWriter {
 public:
  void Word(std::uint64_t value) { Bytes(value, 4); }
  void LongWord(std::uint64_t value) { Bytes(value, 8); }
  void Text(std::string_view text, std::size_t width) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    Zeros(width - text.size());
  }
  void Zeros(std::size_t count) { bytes_.insert(bytes_.end(), count, 0); }
  std::vector<std::uint8_t> Take() { return std::move(bytes_); }

 private:
  void Bytes(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  std::vector<std::uint8_t> bytes_;
};

void WriteTask(const Workload& workload, const Task& task, std::size_t releases_begin, ImageWriter& out) {
  out.Word(static_cast<std::uint32_t>(task.kind));
  out.Word(static_cast<std::uint32_t>(task.misbehaviour));
  out.LongWord(task.period_us / workload.tick_us);
  out.LongWord(task.relative_deadline_us / workload.tick_us);
  out.LongWord(task.budget_us);
  out.LongWord(task.first_release_us / workload.tick_us);
  out.Word(releases_begin);
  out.Word(task.releases_us.size());
  out.LongWord(task.compute_us);
  out.Word(task.from_job);
  out.Word(task.misbehaving_jobs);
  out.Word(task.stops_after_crash ? 1 : 0);
  out.Zeros(4);
  out.Text(task.name, edf::kNameBytes);
  out.Text(task.image, edf::kNameBytes);
  out.LongWord(task.rank);
}

const char* MisbehaviourName(Misbehaviour misbehaviour) {
  switch (misbehaviour) {
    case Misbehaviour::kNone:
      return "none";
    case Misbehaviour::kOverrun:
      return "overrun";
    case Misbehaviour::kCrash:
      return "crash";
    case Misbehaviour::kAttack:
      return "attack";
  }
  return "none";
}

ordered_json BehaviourToJson(const Task& task) {
  ordered_json behaviour;
  behaviour["compute_us"] = task.compute_us;
  if (task.misbehaviour != Misbehaviour::kNone) {
    behaviour["misbehaviour"] = MisbehaviourName(task.misbehaviour);
    behaviour["from_job"] = task.from_job;
    if (task.misbehaving_jobs != edf::kAllJobs) behaviour["misbehaving_jobs"] = task.misbehaving_jobs;
    if (task.stops_after_crash) behaviour["after_crash"] = "stop";
  }
  if (!task.image.empty()) behaviour["image"] = task.image;
  return behaviour;
}

ordered_json TaskToJson(const Workload& workload, const Task& task) {
  ordered_json result;
  result["name"] = task.name;
  switch (task.kind) {
    case TaskKind::kPeriodic:
      result["period_us"] = task.period_us;
      result["relative_deadline_us"] = task.relative_deadline_us;
      break;
    case TaskKind::kSporadic:
      result["minimum_separation_us"] = task.period_us;
      result["relative_deadline_us"] = task.relative_deadline_us;
      break;
    case TaskKind::kSingle:
      result["release_us"] = task.first_release_us;
      result["absolute_deadline_us"] = task.first_release_us + task.relative_deadline_us;
      break;
  }
  result["budget_us"] = task.budget_us;
  if (workload.policy == edf::Policy::kFixedPriority) result["rank"] = task.rank;
  if (task.kind == TaskKind::kPeriodic && task.first_release_us != 0) {
    result["first_release_us"] = task.first_release_us;
  }
  if (task.kind == TaskKind::kSporadic) result["releases_us"] = task.releases_us;
  result["behaviour"] = BehaviourToJson(task);
  return result;
}

}  // namespace

std::uint64_t BudgetInTicks(const Workload& workload, const Task& task) {
  const std::uint64_t useful = workload.tick_us - workload.overhead_us;
  return (task.budget_us + useful - 1) / useful;
}

std::uint64_t UsualComputingTime(const Workload& workload, const Task& task) {
  const std::uint64_t half = workload.tick_us / 2;
  const std::uint64_t ticks = (task.budget_us + half) / workload.tick_us;
  return ticks == 0 ? task.budget_us : ticks * workload.tick_us - half;
}

std::vector<std::uint8_t> ToImage(const Workload& workload) {
  std::size_t releases = 0;
  for (const Task& task : workload.tasks) releases += task.releases_us.size();

  ImageWriter out;
  out.Text("PIPWORK1", 8);
  out.Word(edf::kHeaderBytes + workload.tasks.size() * edf::kTaskBytes + releases * edf::kReleaseBytes);
  out.Word(workload.tick_us);
  out.LongWord(workload.duration_us / workload.tick_us);
  out.Word(workload.tasks.size());
  out.Word(releases);
  out.Word(workload.runs_when_refused ? 1 : 0);
  out.Word(static_cast<std::uint32_t>(workload.policy));
  out.Text(workload.name, edf::kNameBytes);
  out.Word(workload.overhead_us);
  out.Zeros(4);

  std::size_t releases_begin = 0;
  for (const Task& task : workload.tasks) {
    WriteTask(workload, task, releases_begin, out);
    releases_begin += task.releases_us.size();
  }
  for (const Task& task : workload.tasks) {
    for (const std::uint64_t release : task.releases_us) out.LongWord(release / workload.tick_us);
  }
  return out.Take();
}

std::string ToJson(const Workload& workload) {
  ordered_json result;
  result["format"] = "pip-workload/1";
  result["name"] = workload.name;
  if (!workload.description.empty()) result["description"] = workload.description;
  if (!workload.sources.empty()) result["sources"] = workload.sources;
  result["tick_us"] = workload.tick_us;
  result["overhead_us"] = workload.overhead_us;
  result["duration_us"] = workload.duration_us;
  if (workload.policy == edf::Policy::kFixedPriority) result["policy"] = "fixed_priority";
  if (workload.runs_when_refused) result["when_refused"] = "run_without_guarantee";
  for (const Task& task : workload.tasks) {
    const char* list = task.kind == TaskKind::kPeriodic   ? "periodic_tasks"
                       : task.kind == TaskKind::kSporadic ? "sporadic_tasks"
                                                          : "single_jobs";
    result[list].push_back(TaskToJson(workload, task));
  }
  return result.dump(2) + "\n";
}

}  // namespace pip::workload
