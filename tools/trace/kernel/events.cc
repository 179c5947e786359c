// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/kernel/events.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pip/status.h"
#include "tools/trace/kernel/record.h"
#include "tools/workload/complaint.h"

namespace pip::trace {
namespace {

using workload::Complaints;

constexpr std::size_t kRecordBytes = sizeof(Record);

constexpr std::array<KindText, static_cast<std::size_t>(Kind::kCount)> kKinds = {{
    {"start", "version", ""},
    {"createPartition", "descriptor", ""},
    {"countToMap", "child", "address"},
    {"prepare", "child", "address"},
    {"addVAddr", "child", "address"},
    {"removeVAddr", "child", "address"},
    {"mappedInChild", "address", ""},
    {"deletePartition", "child", ""},
    {"collect", "child", "address"},
    {"yield", "child", "vector"},
    {"getIntState", "child", ""},
    {"setIntState", "state", ""},
    {"physicalAddress", "address", ""},
    {"interrupt", "vector", ""},
    {"fault", "vector", ""},
}};

Record RecordAt(std::string_view bytes, std::size_t number) {
  Record record{};
  for (std::size_t i = 0; i < kRecordBytes; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[number * kRecordBytes + i]);
    record[i / 4] |= std::uint32_t{byte} << (8 * (i % 4));
  }
  return record;
}

// Reads one record after the other; remembers what must hold of the next.
class Reader {
 public:
  // What is wrong with the record, and what would be right; nothing when it is good.
  std::optional<std::pair<std::string, std::string>> Take(const Record& record) {
    const std::uint32_t kind = record[kHead] >> 8 & 0xFF;
    KernelEvent event{.kind = static_cast<Kind>(kind),
                      .status = record[kHead] & 0xFF,
                      .begin = record[kBeginLow] | std::uint64_t{record[kBeginHigh]} << 32,
                      .before = record[kBefore],
                      .after = record[kAfter],
                      .first = record[kFirst],
                      .second = record[kSecond]};
    event.end = event.begin + record[kDuration];
    if (record[kHead] >> 16 != kRecordMark || kind >= kKinds.size()) {
      return {{fmt::format("{:#010x} begins no record", record[kHead]), "what a tracing kernel writes"}};
    }
    if (is_first_) return First(event);
    if (event.kind == Kind::kStart) return {{"a second beginning", "one run in the file"}};
    if (event.status > PIP_NOT_ROOT) return {{fmt::format("status {}", event.status), "one that a service answers"}};
    if (event.begin < time_ || event.end < event.begin) {
      return {{fmt::format("time {} after {}", event.begin, time_), "events in order"}};
    }
    if (event.before != running_) {
      return {
          {fmt::format("partition {:#x} calls while {:#x} runs", event.before, running_), "no record to be missing"}};
    }
    time_ = event.end;
    running_ = event.after;
    trace.events.push_back(event);
    return std::nullopt;
  }

  KernelTrace trace;

 private:
  std::optional<std::pair<std::string, std::string>> First(const KernelEvent& event) {
    if (event.kind != Kind::kStart) return {{"no beginning", "a trace from its first record on"}};
    if (event.first != kTraceVersion) {
      return {{fmt::format("version {}", event.first), fmt::format("version {}", kTraceVersion)}};
    }
    is_first_ = false;
    trace.root = event.before;
    trace.start = event.begin;
    running_ = event.after;
    time_ = event.begin;
    return std::nullopt;
  }

  bool is_first_ = true;
  std::uint32_t running_ = 0;
  std::uint64_t time_ = 0;
};

std::string Argument(const char* name, std::uint32_t value) {
  return *name == '\0' ? "" : fmt::format(" {}={:#x}", name, value);
}

}  // namespace

const KindText& TextOf(Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

const char* StatusText(std::uint32_t status) { return pip_status_text(static_cast<pip_status_t>(status)); }

std::optional<KernelTrace> ReadKernelTrace(std::string_view bytes, Complaints& complaints) {
  Reader reader;
  const std::size_t count = bytes.size() / kRecordBytes;
  if (bytes.empty()) {
    complaints.push_back({{}, "there is no kernel trace in the file", "records of a tracing kernel"});
    return std::nullopt;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (auto wrong = reader.Take(RecordAt(bytes, i))) {
      complaints.push_back({{i + 1, 1}, wrong->first, wrong->second});
      return std::nullopt;
    }
  }
  if (bytes.size() % kRecordBytes != 0) {
    const std::string what = fmt::format("the record has {} bytes", bytes.size() % kRecordBytes);
    complaints.push_back({{count + 1, 1}, what, fmt::format("{}: the trace was cut off", kRecordBytes)});
    return std::nullopt;
  }
  return std::move(reader.trace);
}

std::string ToText(const KernelTrace& trace) {
  std::string text;
  for (const KernelEvent& event : trace.events) {
    const KindText& kind = TextOf(event.kind);
    text += fmt::format("{:>14} ns  {:#x}  {}{}{}", event.begin - trace.start, event.before, kind.name,
                        Argument(kind.first, event.first), Argument(kind.second, event.second));
    if (event.status != PIP_DONE) text += fmt::format(": {}", StatusText(event.status));
    if (event.after != event.before) text += fmt::format(" -> {:#x}", event.after);
    text += '\n';
  }
  return text;
}

}  // namespace pip::trace
