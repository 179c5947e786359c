// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/export.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/trace/history.h"
#include "tools/trace/trace.h"

namespace pip::trace {
namespace {

using nlohmann::ordered_json;

constexpr int kProcess = 1;

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

ordered_json Metadata(const char* what, std::uint32_t thread, const ordered_json& arguments) {
  return {{"ph", "M"}, {"name", what}, {"pid", kProcess}, {"tid", thread}, {"args", arguments}};
}

ordered_json Mark(const std::string& name, const Job& job, std::uint64_t tick, const Trace& trace) {
  return {{"ph", "i"},
          {"name", name},
          {"cat", "job"},
          {"s", "t"},
          {"pid", kProcess},
          {"tid", job.task + 1},
          {"ts", tick * trace.tick_us},
          {"args", {{"job", job.number}, {"deadline_us", job.deadline * trace.tick_us}}}};
}

}  // namespace

std::string ToPerfetto(const Trace& trace, const History& history) {
  ordered_json events = ordered_json::array();
  events.push_back(Metadata("process_name", 0, {{"name", fmt::format("workload {}", trace.name)}}));
  for (std::uint32_t i = 0; i < trace.tasks.size(); ++i) {
    events.push_back(Metadata("thread_name", i + 1, {{"name", trace.tasks[i].name}}));
    events.push_back(Metadata("thread_sort_index", i + 1, {{"sort_index", i}}));
  }
  for (const Segment& segment : history.segments) {
    events.push_back({{"ph", "X"},
                      {"name", fmt::format("{} #{}", trace.tasks[segment.task].name, segment.job)},
                      {"cat", "run"},
                      {"pid", kProcess},
                      {"tid", segment.task + 1},
                      {"ts", segment.begin * trace.tick_us},
                      {"dur", (segment.end - segment.begin) * trace.tick_us}});
  }
  for (const Job& job : history.jobs) {
    events.push_back(Mark("release", job, job.release, trace));
    if (job.ending != Ending::kPending && job.ending != Ending::kDone) {
      events.push_back(Mark(EndingName(job.ending), job, job.ended, trace));
    }
  }
  return ordered_json({{"traceEvents", events}, {"displayTimeUnit", "ms"}}).dump() + "\n";
}

std::string ToChartData(const Trace& trace, const History& history) {
  ordered_json data;
  data["name"] = trace.name;
  data["tick_us"] = trace.tick_us;
  data["ticks"] = trace.ticks;
  data["admission"] = trace.admission == Admission::kAccepted  ? "accepted"
                      : trace.admission == Admission::kRefused ? "refused"
                                                               : "undecided";
  data["verdict"] = Verdict(trace, history);
  data["tasks"] = ordered_json::array();
  for (std::size_t i = 0; i < trace.tasks.size(); ++i) {
    const TaskSummary& summary = history.tasks[i];
    data["tasks"].push_back({{"name", trace.tasks[i].name},
                             {"kind", trace.tasks[i].kind},
                             {"period", trace.tasks[i].period},
                             {"deadline", trace.tasks[i].deadline},
                             {"budget", trace.tasks[i].budget},
                             {"releases", summary.releases},
                             {"completions", summary.completions},
                             {"worst_response", summary.worst_response},
                             {"misses", summary.misses},
                             {"overruns", summary.overruns},
                             {"crashes", summary.crashes}});
  }
  data["segments"] = ordered_json::array();
  for (const Segment& segment : history.segments) {
    data["segments"].push_back({segment.task, segment.job, segment.begin, segment.end});
  }
  data["jobs"] = ordered_json::array();
  for (const Job& job : history.jobs) {
    data["jobs"].push_back({job.task, job.number, job.release, job.deadline, EndingName(job.ending), job.ended});
  }
  return data.dump() + "\n";
}

}  // namespace pip::trace
