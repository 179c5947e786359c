// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/trace.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scheduler-edf/workloads/image.h"
#include "tools/workload/complaint.h"

namespace pip::trace {
namespace {

using workload::Complaint;
using workload::Complaints;

constexpr std::string_view kMark = "@ ";

// The words of a line, taken one by one; the first that does not fit ends the reading.
class Words {
 public:
  Words(std::string_view text, std::size_t line) : text_(text), line_(line) {}

  bool good() const { return !complaint_; }
  bool AtEnd() const { return at_ == text_.size(); }
  const std::optional<Complaint>& complaint() const { return complaint_; }

  std::string_view Next(const char* expected) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    begin_ = at_;
    while (at_ < text_.size() && text_[at_] != ' ') ++at_;
    const std::string_view word = text_.substr(begin_, at_ - begin_);
    if (word.empty()) Refuse("the line ends", expected);
    return word;
  }

  void Expect(const char* word) {
    const std::string_view found = Next(word);
    if (good() && found != word) Refuse(fmt::format("\"{}\"", found), fmt::format("\"{}\"", word));
  }

  std::uint64_t Number(std::uint64_t least, std::uint64_t most) {
    const std::string expected = fmt::format("a number from {} to {}", least, most);
    const std::string_view word = Next(expected.c_str());
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (good() && (error != std::errc() || end != word.data() + word.size() || value < least || value > most)) {
      Refuse(fmt::format("\"{}\"", word), expected);
    }
    return value;
  }

  void Refuse(const std::string& what, const std::string& expected) {
    if (!complaint_) complaint_ = Complaint{{line_, begin_ + kMark.size() + 1}, what, expected};
  }

 private:
  std::string_view text_;
  std::size_t line_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::optional<Complaint> complaint_;
};

class Reader {
 public:
  // False when the line is wrong.
  bool Line(std::string_view text, std::size_t number, Complaints& complaints) {
    Words words(text, number);
    Read(words, number);
    if (words.good() && !words.AtEnd()) {
      words.Next("the end of the line");
      words.Refuse("there is more on the line", "its end");
    }
    if (words.good()) return true;
    complaints.push_back(*words.complaint());
    return false;
  }

  Trace trace;

 private:
  void Read(Words& words, std::size_t number) {
    if (trace.complete) return words.Refuse("a line after the end of the trace", "one trace in the file");
    const std::string_view first = words.Next("trace, task, admission, or the number of a tick");
    if (trace.tick_us == 0) return first == "trace" ? Head(words) : words.Refuse(Quoted(first), "\"trace\" first");
    if (first == "policy") return PolicyLine(words);
    if (first == "task") return TaskLine(words);
    if (first == "admission") return AdmissionLine(words);
    if (!admitted_) return words.Refuse(Quoted(first), "task or admission before the first tick");
    EventLine(first, words, number);
  }

  static std::string Quoted(std::string_view word) { return fmt::format("\"{}\"", word); }

  void Head(Words& words) {
    words.Number(1, 1);
    words.Expect("tick_us");
    const std::uint64_t tick_us = words.Number(edf::kMinTickMicroseconds, edf::kMaxTickMicroseconds);
    words.Expect("ticks");
    trace.ticks = words.Number(1, edf::kMaxTicks);
    words.Expect("tasks");
    tasks_ = words.Number(1, edf::kMaxTasks);
    words.Expect("name");
    trace.name = words.Next("the name of the workload");
    trace.tick_us = tick_us;
  }

  void PolicyLine(Words& words) {
    if (admitted_ || !trace.tasks.empty()) return words.Refuse("the policy after the tasks", "the policy before them");
    words.Expect("fixed_priority");
    trace.fixed_priority = true;
  }

  void TaskLine(Words& words) {
    if (admitted_) return words.Refuse("a task after the admission", "all tasks before it");
    words.Number(trace.tasks.size(), trace.tasks.size());
    TraceTask task;
    task.kind = words.Next("periodic, sporadic or single");
    if (task.kind != "periodic" && task.kind != "sporadic" && task.kind != "single") {
      words.Refuse(Quoted(task.kind), "periodic, sporadic or single");
    }
    words.Expect("period");
    task.period = words.Number(0, edf::kMaxTicks);
    words.Expect("deadline");
    task.deadline = words.Number(1, edf::kMaxTicks);
    words.Expect("budget");
    task.budget = words.Number(1, task.deadline);
    if (trace.fixed_priority) {
      words.Expect("rank");
      task.rank = words.Number(0, edf::kMaxRank);
    }
    words.Expect("name");
    task.name = words.Next("the name of the task");
    trace.tasks.push_back(task);
  }

  void AdmissionLine(Words& words) {
    if (admitted_) return words.Refuse("a second admission", "one");
    if (trace.tasks.size() != tasks_) {
      return words.Refuse(fmt::format("the admission after {} tasks", trace.tasks.size()),
                          fmt::format("{} tasks, as the first line says", tasks_));
    }
    const std::string_view verdict = words.Next("accepted, refused or undecided");
    if (verdict == "accepted") {
      trace.admission = Admission::kAccepted;
    } else if (verdict == "refused") {
      trace.admission = Admission::kRefused;
      words.Expect("length");
      trace.refused_length = words.Number(1, UINT64_MAX);
      words.Expect("demand");
      trace.refused_demand = words.Number(trace.refused_length, UINT64_MAX);
    } else if (verdict != "undecided") {
      words.Refuse(Quoted(verdict), "accepted, refused or undecided");
    }
    admitted_ = true;
  }

  void EventLine(std::string_view first, Words& words, std::size_t number) {
    Event event;
    event.line = number;
    const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), event.tick);
    if (error != std::errc() || end != first.data() + first.size() || event.tick > trace.ticks) {
      return words.Refuse(Quoted(first), fmt::format("the number of a tick, at most {}", trace.ticks));
    }
    if (!trace.events.empty() && event.tick < trace.events.back().tick) {
      return words.Refuse(fmt::format("tick {} after tick {}", event.tick, trace.events.back().tick), "ticks in order");
    }
    const std::string_view kind = words.Next("what happened");
    if (kind == "end") {
      if (event.tick != trace.ticks) words.Refuse("the end is early", fmt::format("tick {}", trace.ticks));
      trace.complete = true;
      return;
    }
    if (!SetKind(kind, event)) {
      return words.Refuse(Quoted(kind), "release, done, exhausted, crash, miss, skip, run, idle or end");
    }
    if (event.kind != EventKind::kIdle) {
      event.task = static_cast<std::uint32_t>(words.Number(0, tasks_ - 1));
      event.job = static_cast<std::uint32_t>(words.Number(0, UINT32_MAX));
    }
    if (event.kind == EventKind::kRelease) event.deadline = words.Number(event.tick + 1, event.tick + edf::kMaxTicks);
    trace.events.push_back(event);
  }

  static bool SetKind(std::string_view word, Event& event) {
    static constexpr std::pair<std::string_view, EventKind> kKinds[] = {
        {"release", EventKind::kRelease}, {"done", EventKind::kDone}, {"exhausted", EventKind::kExhausted},
        {"crash", EventKind::kCrash},     {"miss", EventKind::kMiss}, {"skip", EventKind::kSkip},
        {"run", EventKind::kRun},         {"idle", EventKind::kIdle},
    };
    for (const auto& [name, kind] : kKinds) {
      if (word != name) continue;
      event.kind = kind;
      return true;
    }
    return false;
  }

  std::uint64_t tasks_ = 0;
  bool admitted_ = false;
};

}  // namespace

std::optional<Trace> ReadTrace(std::string_view text, Complaints& complaints) {
  Reader reader;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    // A serial line ends in CR LF.
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.substr(0, kMark.size()) != kMark) continue;
    if (!reader.Line(line.substr(kMark.size()), number, complaints)) return std::nullopt;
  }
  if (reader.trace.tick_us != 0) return std::move(reader.trace);
  complaints.push_back({{}, "there is no trace in the file", "a line that begins with \"@ trace\""});
  return std::nullopt;
}

}  // namespace pip::trace
