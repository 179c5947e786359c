// SPDX-License-Identifier: Apache-2.0
#include "tools/workload/rt_app.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "scheduler-edf/workloads/image.h"
#include "tools/workload/complaint.h"
#include "tools/workload/located_json.h"
#include "tools/workload/read_workload.h"
#include "tools/workload/workload.h"

namespace pip::workload {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

constexpr std::uint64_t kMaxInstances = 1000;
constexpr std::array<std::uint64_t, 4> kTicks = {1000, 500, 200, 100};

// A name of ours from a name of theirs, which may be any string.
std::string SafeName(const std::string& name, std::uint64_t instance, std::uint64_t instances) {
  const std::string suffix = instances == 1 ? "" : fmt::format("-{}", instance);
  std::string result;
  for (const char c : name) {
    const bool known = std::isalnum(static_cast<unsigned char>(c)) != 0;
    result += known ? c : '-';
  }
  if (result.empty() || result[0] == '-') result = "t" + result;
  return result.substr(0, edf::kNameBytes - 1 - suffix.size()) + suffix;
}

// The last line with a name at or before a line of our own text: whose line it is.
std::string NameAbove(const std::string& text, std::size_t line) {
  std::istringstream lines(text);
  std::string found;
  std::string current;
  for (std::size_t i = 0; i < line && std::getline(lines, current); ++i) {
    if (current.find("\"name\": ") != std::string::npos) found = current.substr(current.find(": ") + 2);
  }
  if (!found.empty() && found.back() == ',') found.pop_back();
  return found;
}

class Converter {
 public:
  Converter(const LocatedJson& document, const RtAppOptions& options, Complaints& complaints)
      : document_(document), options_(options), complaints_(complaints) {}

  Workload Convert() {
    workload_.name = options_.name;
    workload_.description = "Converted from an rt-app file.";
    const json& root = document_.value();
    if (!root.is_object() || !root.contains("tasks") || !root["tasks"].is_object()) {
      Complain(Pointer(), "there is no object \"tasks\"", "an rt-app file");
      return workload_;
    }
    for (const auto& [name, thread] : root["tasks"].items()) ConvertThread(name, thread);
    workload_.duration_us = Duration();
    workload_.tick_us = Tick();
    workload_.overhead_us = workload_.tick_us / 10;
    // A duration is a multiple of the tick; a little longer does no harm.
    if (workload_.tick_us != 0) {
      workload_.duration_us = (workload_.duration_us + workload_.tick_us - 1) / workload_.tick_us * workload_.tick_us;
    }
    return workload_;
  }

 private:
  void Complain(const Pointer& pointer, std::string what, std::string right) {
    complaints_.push_back({document_.PositionOf(pointer), std::move(what), std::move(right)});
  }

  // A whole number from the thread, or from its only phase.
  std::optional<std::uint64_t> Number(const Pointer& thread, const std::string& name, std::uint64_t most) {
    Pointer where = thread / name;
    if (!document_.value().contains(where)) where = OnlyPhase(thread) / name;
    if (!document_.value().contains(where)) return std::nullopt;
    const json& value = document_.value().at(where);
    if (value.is_number_integer() && value >= 0 && value <= most) return value.get<std::uint64_t>();
    Complain(where, fmt::format("\"{}\" is {}", name, value.dump(-1, ' ', false, json::error_handler_t::replace)),
             fmt::format("a whole number from 0 to {}", most));
    return std::nullopt;
  }

  Pointer OnlyPhase(const Pointer& thread) const {
    const json& value = document_.value().at(thread);
    const auto phases = value.find("phases");
    if (phases == value.end() || !phases->is_object() || phases->size() != 1) return thread;
    return thread / "phases" / phases->begin().key();
  }

  void ConvertThread(const std::string& name, const json& thread) {
    const Pointer where = Pointer() / "tasks" / name;
    if (!thread.is_object())
      return Complain(where, fmt::format("the thread \"{}\" is not an object", name), "an object");
    if (thread.contains("phases") && OnlyPhase(where) == where) {
      return Complain(where / "phases", fmt::format("the thread \"{}\" has several phases", name),
                      "one phase: a task has one period and one budget");
    }
    const auto runtime = Number(where, "dl-runtime", edf::kMaxMicroseconds);
    const auto period = Number(where, "dl-period", edf::kMaxMicroseconds);
    if (!runtime || !period) {
      return Complain(where, fmt::format("the thread \"{}\" has no SCHED_DEADLINE reservation", name),
                      "dl-runtime and dl-period, in microseconds");
    }
    const std::uint64_t instances = Number(where, "instance", kMaxInstances).value_or(1);
    for (std::uint64_t i = 0; i < instances; ++i) {
      Task task;
      task.name = SafeName(name, i, instances);
      task.period_us = *period;
      task.relative_deadline_us = Number(where, "dl-deadline", edf::kMaxMicroseconds).value_or(*period);
      task.budget_us = *runtime;
      task.first_release_us = Number(where, "delay", edf::kMaxMicroseconds).value_or(0);
      const std::uint64_t run = Number(where, "run", edf::kMaxMicroseconds).value_or(*runtime);
      task.compute_us = std::min(std::max<std::uint64_t>(run, 1), task.budget_us);
      // rt-app lets a thread run longer than its reservation; here that is an overrun.
      if (run > task.budget_us) task.misbehaviour = edf::Misbehaviour::kOverrun;
      workload_.tasks.push_back(task);
    }
  }

  std::uint64_t Duration() {
    if (options_.duration_us != 0) return options_.duration_us;
    const Pointer where = Pointer() / "global" / "duration";
    if (document_.value().contains(where)) {
      const json& seconds = document_.value().at(where);
      if (seconds.is_number_integer() && seconds > 0 && seconds <= edf::kMaxMicroseconds / 1'000'000) {
        return seconds.get<std::uint64_t>() * 1'000'000;
      }
    }
    Complain(where, "the file does not say how long to run", "global.duration in seconds, or the option --duration-us");
    return 0;
  }

  std::uint64_t Tick() const {
    if (options_.tick_us != 0) return options_.tick_us;
    for (const std::uint64_t tick : kTicks) {
      const bool divides = std::all_of(workload_.tasks.begin(), workload_.tasks.end(), [tick](const Task& task) {
        return task.period_us % tick == 0 && task.relative_deadline_us % tick == 0 && task.first_release_us % tick == 0;
      });
      if (divides) return tick;
    }
    return kTicks.back();
  }

  const LocatedJson& document_;
  const RtAppOptions& options_;
  Complaints& complaints_;
  Workload workload_;
};

}  // namespace

std::optional<Workload> ReadRtApp(std::string_view text, const RtAppOptions& options, Complaints& complaints) {
  const std::optional<LocatedJson> document = LocatedJson::Parse(text, LocatedJson::Dialect::kRelaxed, complaints);
  if (!document) return std::nullopt;
  const Workload workload = Converter(*document, options, complaints).Convert();
  if (!complaints.empty()) return std::nullopt;
  // What was converted must stand the same checks as any other file.
  const std::string converted = ToJson(workload);
  Complaints ours;
  std::optional<Workload> checked = ReadWorkload(converted, ours);
  for (const Complaint& complaint : ours) {
    const std::string task = NameAbove(converted, complaint.where.line);
    complaints.push_back({{}, fmt::format("converted, {}: {}", task, complaint.what), complaint.right});
  }
  return checked;
}

}  // namespace pip::workload
