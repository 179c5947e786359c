// SPDX-License-Identifier: Apache-2.0
//
// Reading the compact form of a workload. The bytes may be anything: every field is checked before it is used.
#include "scheduler-edf/workloads/image.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace pip::edf {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr char kMagic[] = "PIPWORK1";
constexpr std::size_t kMagicBytes = 8;

std::uint32_t Word(Bytes bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value |= std::uint32_t{bytes[offset + i]} << (8 * i);
  return value;
}

std::uint64_t LongWord(Bytes bytes, std::size_t offset) {
  return Word(bytes, offset) | std::uint64_t{Word(bytes, offset + 4)} << 32;
}

bool IsNameCharacter(char c, bool first) {
  const bool letter_or_digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  return letter_or_digit || (!first && (c == '_' || c == '.' || c == '-'));
}

// Name characters, then zeros to the end of the field.
bool IsName(const Name& name, bool may_be_empty) {
  std::size_t length = 0;
  while (length < name.size() && IsNameCharacter(name[length], length == 0)) ++length;
  if (length == name.size() || (length == 0 && !may_be_empty)) return false;
  for (std::size_t i = length; i < name.size(); ++i) {
    if (name[i] != 0) return false;
  }
  return true;
}

Name NameAt(Bytes bytes, std::size_t offset) {
  Name name{};
  for (std::size_t i = 0; i < name.size(); ++i) name[i] = static_cast<char>(bytes[offset + i]);
  return name;
}

std::size_t TaskOffset(std::uint32_t index) { return kHeaderBytes + index * kTaskBytes; }

Task ReadTask(Bytes bytes, std::size_t at) {
  Task task;
  task.kind = static_cast<TaskKind>(Word(bytes, at));
  task.misbehaviour = static_cast<Misbehaviour>(Word(bytes, at + 4));
  task.period = LongWord(bytes, at + 8);
  task.deadline = LongWord(bytes, at + 16);
  task.budget_microseconds = LongWord(bytes, at + 24);
  task.first_release = LongWord(bytes, at + 32);
  task.releases_begin = Word(bytes, at + 40);
  task.releases_count = Word(bytes, at + 44);
  task.compute_microseconds = LongWord(bytes, at + 48);
  task.from_job = Word(bytes, at + 56);
  task.misbehaving_jobs = Word(bytes, at + 60);
  task.stops_after_crash = Word(bytes, at + 64) != 0;
  task.name = NameAt(bytes, at + 72);
  task.image = NameAt(bytes, at + 104);
  task.rank = LongWord(bytes, at + 136);
  return task;
}

ImageError CheckHeader(Bytes bytes) {
  if (bytes.size() < kHeaderBytes) return {"the image is shorter than its header", bytes.size()};
  for (std::size_t i = 0; i < kMagicBytes; ++i) {
    if (bytes[i] != static_cast<std::uint8_t>(kMagic[i])) return {"this is not a workload image", i};
  }
  if (Word(bytes, 8) != bytes.size()) return {"the image is cut, or longer than it says", 8};
  const std::uint32_t tick = Word(bytes, 12);
  if (tick < kMinTickMicroseconds || tick > kMaxTickMicroseconds) return {"the tick is not 100 us to 100 ms", 12};
  if (LongWord(bytes, 16) == 0 || LongWord(bytes, 16) > kMaxTicks) return {"the duration is not 1 tick to 24 h", 16};
  if (Word(bytes, 24) == 0 || Word(bytes, 24) > kMaxTasks) return {"there are no tasks, or more than 10000", 24};
  if (Word(bytes, 28) > kMaxReleases) return {"there are more than 1000000 releases", 28};
  if (Word(bytes, 32) > 1) return {"the flags are not known", 32};
  if (Word(bytes, 36) > static_cast<std::uint32_t>(Policy::kFixedPriority)) return {"the policy is not known", 36};
  if (Word(bytes, 72) == 0 || Word(bytes, 72) >= tick) return {"the overhead is not 1 us to less than a tick", 72};
  if (Word(bytes, 76) != 0) return {"a reserved field is not zero", 76};
  if (!IsName(NameAt(bytes, 40), false)) return {"the workload's name is not a name", 40};
  const std::size_t length = TaskOffset(Word(bytes, 24)) + Word(bytes, 28) * kReleaseBytes;
  if (length != bytes.size()) return {"the number of tasks and releases does not fit the length", 24};
  return {};
}

// The times of a task of any kind.
ImageError CheckTimes(const Task& task, std::uint64_t tick, std::size_t at) {
  const bool single = task.kind == TaskKind::kSingle;
  if (single ? task.period != 0 : task.period == 0 || task.period > kMaxTicks) {
    return {"the period is out of range", at + 8};
  }
  if (task.deadline == 0 || task.deadline > (single ? kMaxTicks : task.period)) {
    return {"the deadline is zero or later than the period", at + 16};
  }
  if (task.budget_microseconds == 0 || task.budget_microseconds > task.deadline * tick) {
    return {"the budget is zero or more than the deadline", at + 24};
  }
  if (task.first_release > kMaxTicks || (task.kind == TaskKind::kSporadic && task.first_release != 0)) {
    return {"the first release is out of range", at + 32};
  }
  if (task.rank > kMaxRank) return {"the rank is out of range", at + 136};
  if (task.compute_microseconds == 0 || task.compute_microseconds > kMaxMicroseconds) {
    return {"the computing time is out of range", at + 48};
  }
  return {};
}

// `listed`: the releases of the tasks before. Tasks have their parts of the table in order, so the check is linear.
ImageError CheckReleases(Bytes bytes, const Task& task, std::size_t at, std::uint32_t listed) {
  const std::uint32_t in_table = Word(bytes, 28);
  if (task.releases_begin != listed) return {"the releases do not follow those of the task before", at + 40};
  if (task.kind != TaskKind::kSporadic && task.releases_count != 0) {
    return {"only a sporadic task lists releases", at + 44};
  }
  if (task.releases_count > in_table - listed) return {"the releases are not in the table", at + 44};
  const std::size_t table = TaskOffset(Word(bytes, 24));
  std::uint64_t earliest = 0;
  for (std::uint32_t i = 0; i < task.releases_count; ++i) {
    const std::size_t offset = table + (std::size_t{task.releases_begin} + i) * kReleaseBytes;
    const std::uint64_t release = LongWord(bytes, offset);
    if (release < earliest || release > kMaxTicks) return {"a release is too early or out of range", offset};
    earliest = release + task.period;
  }
  return {};
}

ImageError CheckTask(Bytes bytes, std::size_t at, std::uint32_t listed) {
  if (Word(bytes, at) > static_cast<std::uint32_t>(TaskKind::kSingle)) return {"the kind of task is not known", at};
  if (Word(bytes, at + 4) > static_cast<std::uint32_t>(Misbehaviour::kAttack)) {
    return {"the misbehaviour is not known", at + 4};
  }
  if (Word(bytes, at + 64) > 1) return {"the reaction to a crash is not known", at + 64};
  if (Word(bytes, at + 68) != 0) {
    return {"a reserved field is not zero", at + 68};
  }
  const Task task = ReadTask(bytes, at);
  if (!IsName(task.name, false)) return {"the task's name is not a name", at + 72};
  if (!IsName(task.image, true)) return {"the name of the task's image is not a name", at + 104};
  if (const ImageError error = CheckTimes(task, Word(bytes, 12), at)) return error;
  return CheckReleases(bytes, task, at, listed);
}

}  // namespace

Misbehaviour Task::BehaviourOf(std::uint32_t job) const {
  const bool in_range = job >= from_job && (misbehaving_jobs == kAllJobs || job - from_job < misbehaving_jobs);
  return in_range ? misbehaviour : Misbehaviour::kNone;
}

ImageError WorkloadImage::Parse(Bytes bytes, WorkloadImage& image) {
  if (const ImageError error = CheckHeader(bytes)) return error;
  const std::uint32_t tasks = Word(bytes, 24);
  std::uint32_t listed = 0;
  for (std::uint32_t i = 0; i < tasks; ++i) {
    if (const ImageError error = CheckTask(bytes, TaskOffset(i), listed)) return error;
    listed += Word(bytes, TaskOffset(i) + 44);
  }
  if (listed != Word(bytes, 28)) return {"the table has releases of no task", 28};
  image.bytes_ = bytes;
  image.name_ = NameAt(bytes, 40);
  image.tick_microseconds_ = Word(bytes, 12);
  image.overhead_microseconds_ = Word(bytes, 72);
  image.duration_ = LongWord(bytes, 16);
  image.task_count_ = tasks;
  image.runs_when_refused_ = Word(bytes, 32) == 1;
  image.policy_ = static_cast<Policy>(Word(bytes, 36));
  return {};
}

Task WorkloadImage::task(std::uint32_t index) const { return ReadTask(bytes_, TaskOffset(index)); }

std::uint64_t WorkloadImage::release(const Task& task, std::uint32_t index) const {
  return LongWord(bytes_, TaskOffset(task_count_) + (std::size_t{task.releases_begin} + index) * kReleaseBytes);
}

}  // namespace pip::edf
