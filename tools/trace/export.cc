// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/export.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tools/trace/history.h"
#include "tools/trace/trace.h"

namespace pip::trace {
namespace {

using nlohmann::ordered_json;

// Tracks are threads of two processes.
constexpr int kSchedulerProcess = 1;
constexpr int kKernelProcess = 2;
constexpr std::uint32_t kKernelTrack = 1;

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

ordered_json Metadata(const char* what, int process, std::uint32_t thread, const ordered_json& arguments) {
  return {{"ph", "M"}, {"name", what}, {"pid", process}, {"tid", thread}, {"args", arguments}};
}

// Whole microseconds where they are whole.
ordered_json Microseconds(std::uint64_t nanoseconds) {
  if (nanoseconds % 1000 == 0) return nanoseconds / 1000;
  return static_cast<double>(nanoseconds) / 1000;
}

ordered_json Mark(const std::string& name, const Job& job, std::uint64_t tick, const TickClock& clock) {
  return {{"ph", "i"},
          {"name", name},
          {"cat", "job"},
          {"s", "t"},
          {"pid", kSchedulerProcess},
          {"tid", job.task + 1},
          {"ts", Microseconds(clock.At(tick))},
          {"args", {{"job", job.number}, {"deadline_us", Microseconds(clock.At(job.deadline))}}}};
}

ordered_json KernelSlice(const std::string& name, const char* category, std::uint32_t track, std::uint64_t begin,
                         std::uint64_t end) {
  return {{"ph", "X"},
          {"name", name},
          {"cat", category},
          {"pid", kKernelProcess},
          {"tid", track},
          {"ts", Microseconds(begin)},
          {"dur", Microseconds(end - begin)}};
}

std::string Hex(std::uint32_t value) { return fmt::format("{:#x}", value); }

ordered_json Arguments(const KernelEvent& event) {
  const KindText& text = TextOf(event.kind);
  ordered_json arguments = {{"status", StatusText(event.status)}};
  if (*text.first != '\0') arguments[text.first] = Hex(event.first);
  if (*text.second != '\0') arguments[text.second] = Hex(event.second);
  return arguments;
}

// The track of each partition, by its descriptor's frame, in the order in which they first run.
class PartitionTracks {
 public:
  explicit PartitionTracks(std::uint32_t root) : root_(root) {}

  std::uint32_t Of(std::uint32_t frame, ordered_json& events) {
    const auto [place, is_new] = tracks_.try_emplace(frame, kKernelTrack + 1 + tracks_.size());
    if (is_new) {
      const std::string name = frame == root_ ? "root partition" : fmt::format("partition of frame {:#x}", frame);
      events.push_back(Metadata("thread_name", kKernelProcess, place->second, {{"name", name}}));
      events.push_back(Metadata("thread_sort_index", kKernelProcess, place->second, {{"sort_index", place->second}}));
    }
    return place->second;
  }

 private:
  std::uint32_t root_;
  std::map<std::uint32_t, std::uint32_t> tracks_;
};

}  // namespace

void Perfetto::Add(const Trace& trace, const History& history, const TickClock& clock) {
  events_.push_back(Metadata("process_name", kSchedulerProcess, 0, {{"name", fmt::format("workload {}", trace.name)}}));
  for (std::uint32_t i = 0; i < trace.tasks.size(); ++i) {
    events_.push_back(Metadata("thread_name", kSchedulerProcess, i + 1, {{"name", trace.tasks[i].name}}));
    events_.push_back(Metadata("thread_sort_index", kSchedulerProcess, i + 1, {{"sort_index", i}}));
  }
  for (const Segment& segment : history.segments) {
    const std::uint64_t begin = clock.At(segment.begin);
    events_.push_back({{"ph", "X"},
                       {"name", fmt::format("{} #{}", trace.tasks[segment.task].name, segment.job)},
                       {"cat", "run"},
                       {"pid", kSchedulerProcess},
                       {"tid", segment.task + 1},
                       {"ts", Microseconds(begin)},
                       {"dur", Microseconds(clock.At(segment.end) - begin)}});
  }
  for (const Job& job : history.jobs) {
    events_.push_back(Mark("release", job, job.release, clock));
    if (job.ending != Ending::kPending && job.ending != Ending::kDone) {
      events_.push_back(Mark(EndingName(job.ending), job, job.ended, clock));
    }
  }
}

void Perfetto::Add(const KernelTrace& kernel) {
  events_.push_back(Metadata("process_name", kKernelProcess, 0, {{"name", "kernel"}}));
  events_.push_back(Metadata("thread_name", kKernelProcess, kKernelTrack, {{"name", "kernel"}}));
  PartitionTracks tracks(kernel.root);
  std::uint64_t since = 0;  // when the running partition was resumed
  for (const KernelEvent& event : kernel.events) {
    const std::uint64_t begin = event.begin - kernel.start;
    const std::uint64_t end = event.end - kernel.start;
    const std::uint32_t track = tracks.Of(event.before, events_);
    if (begin > since) events_.push_back(KernelSlice("runs", "run", track, since, begin));
    ordered_json slice = KernelSlice(TextOf(event.kind).name, "kernel", kKernelTrack, begin, end);
    slice["args"] = Arguments(event);
    slice["args"]["partition"] = Hex(event.before);
    events_.push_back(std::move(slice));
    if (event.kind == Kind::kFault || event.kind == Kind::kInterrupt) {
      events_.push_back({{"ph", "i"},
                         {"name", fmt::format("{} {}", TextOf(event.kind).name, event.first)},
                         {"cat", "kernel"},
                         {"s", "t"},
                         {"pid", kKernelProcess},
                         {"tid", track},
                         {"ts", Microseconds(begin)}});
    }
    since = end;
  }
}

std::string Perfetto::ToString() const {
  return ordered_json({{"traceEvents", events_}, {"displayTimeUnit", "ns"}}).dump() + "\n";
}

std::string ToPerfetto(const Trace& trace, const History& history) {
  Perfetto file;
  file.Add(trace, history, TickClock(trace));
  return file.ToString();
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
