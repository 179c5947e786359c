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
#include "pipcore/kernel/around/service.h"
#include "tools/trace/kernel/record.h"
#include "tools/workload/complaint.h"

namespace pip::trace {
namespace {

using workload::Complaints;

constexpr std::size_t kRecordBytes = sizeof(Record);

constexpr std::array<EventText, kServiceNames.size()> kEventTexts = {{
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

// What is wrong with a record, and what would be right; nothing when it is good.
using Wrong = std::optional<std::pair<std::string, std::string>>;

// Reads one record after the other; remembers what must hold of the next.
class Reader {
 public:
  Wrong Take(const Record& record) {
    const std::uint32_t kind = record[kHead] >> 8 & 0xFF;
    if (record[kHead] >> 16 != kRecordMark || (kind >= kEventTexts.size() && kind != kStartKind && kind != kEndKind)) {
      return {{fmt::format("{:#010x} begins no record", record[kHead]), "what a tracing kernel writes"}};
    }
    ++records_;
    if (has_ended_) return {{"a record after the end", "one run in the file"}};
    if (records_ == 1) return First(kind, record);
    if (kind == kStartKind) return {{"a second beginning", "one run in the file"}};
    if (kind == kEndKind) return Last(record);
    return Next(static_cast<Service>(kind), record);
  }

  // What is wrong when there are no more.
  Wrong Finish() const {
    if (has_ended_) return std::nullopt;
    return {{"no end", "a trace to its end: this one was cut off"}};
  }

  KernelTrace trace;

 private:
  static std::uint64_t Begin(const Record& record) {
    return record[kBeginLow] | std::uint64_t{record[kBeginHigh]} << 32;
  }

  Wrong First(std::uint32_t kind, const Record& record) {
    if (kind != kStartKind) return {{"no beginning", "a trace from its first record on"}};
    if (record[kFirst] != kTraceVersion) {
      return {{fmt::format("version {}", record[kFirst]), fmt::format("version {}", kTraceVersion)}};
    }
    trace.root = record[kBefore];
    trace.start = time_ = Begin(record);
    running_ = record[kAfter];
    return std::nullopt;
  }

  Wrong Next(Service service, const Record& record) {
    KernelEvent event{.service = service,
                      .status = record[kHead] & 0xFF,
                      .begin = Begin(record),
                      .end = Begin(record) + record[kDuration],
                      .before = record[kBefore],
                      .after = record[kAfter],
                      .first = record[kFirst],
                      .second = record[kSecond]};
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

  Wrong Last(const Record& record) {
    has_ended_ = true;
    if (record[kFirst] == records_ - 1) return std::nullopt;
    return {{fmt::format("the end of {} records", record[kFirst]), "no record to be missing"}};
  }

  std::size_t records_ = 0;
  bool has_ended_ = false;
  std::uint32_t running_ = 0;
  std::uint64_t time_ = 0;
};

std::string Argument(const char* name, std::uint32_t value) {
  return *name == '\0' ? "" : fmt::format(" {}={:#x}", name, value);
}

}  // namespace

const EventText& TextOf(Service service) { return kEventTexts.at(static_cast<std::size_t>(service)); }

const char* StatusText(std::uint32_t status) { return pip_status_text(static_cast<pip_status_t>(status)); }

std::string Seal(std::string_view bytes) {
  const std::size_t count = bytes.size() / kRecordBytes;
  std::string sealed(bytes.substr(0, count * kRecordBytes));
  Record end{};
  end[kHead] = HeadOf(kEndKind, 0);
  end[kFirst] = static_cast<std::uint32_t>(count);
  for (const std::uint32_t word : end) {
    for (int shift = 0; shift < 32; shift += 8) sealed += static_cast<char>(word >> shift & 0xFF);
  }
  return sealed;
}

std::optional<KernelTrace> ReadKernelTrace(std::string_view bytes, Complaints& complaints) {
  Reader reader;
  const std::size_t count = bytes.size() / kRecordBytes;
  if (bytes.empty()) {
    complaints.push_back({{}, "there is no kernel trace in the file", "records of a tracing kernel"});
    return std::nullopt;
  }
  Wrong wrong;
  std::size_t number = 0;
  while (number < count && !wrong) wrong = reader.Take(RecordAt(bytes, number++));
  if (!wrong && bytes.size() % kRecordBytes != 0) {
    ++number;
    wrong = {{fmt::format("the record has {} bytes", bytes.size() % kRecordBytes),
              fmt::format("{}: the trace was cut off", kRecordBytes)}};
  }
  if (!wrong && (wrong = reader.Finish())) ++number;
  if (!wrong) return std::move(reader.trace);
  complaints.push_back({{number, 1}, wrong->first, wrong->second});
  return std::nullopt;
}

std::string ToText(const KernelTrace& trace) {
  std::string text;
  for (const KernelEvent& event : trace.events) {
    const EventText& what = TextOf(event.service);
    text += fmt::format("{:>14} ns  {:#x}  {}{}{}", event.begin - trace.start, event.before, what.name,
                        Argument(what.first, event.first), Argument(what.second, event.second));
    if (event.status != PIP_DONE) text += fmt::format(": {}", StatusText(event.status));
    if (event.after != event.before) text += fmt::format(" -> {:#x}", event.after);
    text += '\n';
  }
  return text;
}

}  // namespace pip::trace
