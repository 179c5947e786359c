// SPDX-License-Identifier: Apache-2.0
//
// The compact form of a workload: what the scheduler partition and the simulator read. tools/workload writes it.
//
// All numbers are little-endian. A header of 80 bytes, then a record of 144 bytes for each task, then the table of
// releases of sporadic tasks, 8 bytes each:
//
//   header   0 char[8] "PIPWORK1"   8 u32 length of the whole image   12 u32 tick in microseconds
//           16 u64 duration in ticks   24 u32 tasks   28 u32 releases in the table
//           32 u32 1: run even when the set is refused, otherwise 0   36 u32 policy   40 char[32] name
//           72 u32 overhead of a tick in microseconds   76 u32 zero
//   task     0 u32 kind   4 u32 misbehaviour   8 u64 period   16 u64 relative deadline
//           24 u64 budget in microseconds
//           32 u64 first release   40 u32 first release in the table   44 u32 releases in the table
//           48 u64 computing time of a job in microseconds   56 u32 first misbehaving job   60 u32 misbehaving jobs
//           64 u32 1: a crash ends the task, otherwise 0   68 u32 zero   72 char[32] name   104 char[32] image
//          136 u64 rank, under fixed priorities
//
// Times are ticks except where it says microseconds. Bytes of a name after its end are zero. A single job's period
// is 0. Nothing of an image is trusted: Parse checks every field, and what it accepts can be used without a check.
#ifndef PIP_SCHEDULER_EDF_WORKLOADS_IMAGE_H_
#define PIP_SCHEDULER_EDF_WORKLOADS_IMAGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pip::edf {

inline constexpr std::size_t kHeaderBytes = 80;
inline constexpr std::size_t kTaskBytes = 144;
inline constexpr std::size_t kReleaseBytes = 8;
inline constexpr std::size_t kNameBytes = 32;

inline constexpr std::uint32_t kMaxTasks = 10'000;
inline constexpr std::uint32_t kMaxReleases = 1'000'000;
inline constexpr std::uint32_t kMinTickMicroseconds = 100;
inline constexpr std::uint32_t kMaxTickMicroseconds = 100'000;
// 24 hours, of the shortest ticks.
inline constexpr std::uint64_t kMaxMicroseconds = 86'400'000'000;
inline constexpr std::uint64_t kMaxTicks = kMaxMicroseconds / kMinTickMicroseconds;
inline constexpr std::uint64_t kMaxRank = 1'000'000;
// As a number of misbehaving jobs: all of them.
inline constexpr std::uint32_t kAllJobs = 0xFFFFFFFF;

// Who goes first: the earliest deadline, or the least rank. Equal ones in the order of tasks.
enum class Policy : std::uint32_t { kEarliestDeadlineFirst = 0, kFixedPriority = 1 };

enum class TaskKind : std::uint32_t { kPeriodic = 0, kSporadic = 1, kSingle = 2 };

enum class Misbehaviour : std::uint32_t {
  kNone = 0,
  kOverrun = 1,  // computes and never yields
  kCrash = 2,    // computes, then touches memory that it does not have
  kAttack = 3,   // computes, then asks the kernel for what it must refuse, then faults
};

using Name = std::array<char, kNameBytes>;

// One task, as Parse has checked it.
struct Task {
  TaskKind kind = TaskKind::kPeriodic;
  Misbehaviour misbehaviour = Misbehaviour::kNone;
  std::uint64_t period = 0;
  std::uint64_t deadline = 0;             // relative; at most the period, except of a single job
  std::uint64_t budget_microseconds = 0;  // of computing; how many ticks that takes depends on the overhead
  std::uint64_t first_release = 0;        // of a periodic task or a single job
  std::uint64_t rank = 0;                 // under fixed priorities
  std::uint32_t releases_begin = 0;
  std::uint32_t releases_count = 0;
  std::uint64_t compute_microseconds = 0;
  std::uint32_t from_job = 0;
  std::uint32_t misbehaving_jobs = 0;
  bool stops_after_crash = false;
  Name name{};   // always ends with a 0
  Name image{};  // empty: the built-in program; otherwise the name of a further module

  // What job number `job` does; jobs count from 0.
  Misbehaviour BehaviourOf(std::uint32_t job) const;
};

// What is wrong with an image, and at which byte. `what` is null when nothing is.
struct ImageError {
  const char* what = nullptr;
  std::size_t offset = 0;

  explicit operator bool() const { return what != nullptr; }
};

// A view of an image that was found good; the bytes must outlive it.
class WorkloadImage {
 public:
  WorkloadImage() = default;

  // Checks everything. `image` is written only when the result says that nothing is wrong.
  static ImageError Parse(std::span<const std::uint8_t> bytes, WorkloadImage& image);

  const Name& name() const { return name_; }
  std::uint32_t tick_microseconds() const { return tick_microseconds_; }
  // What each tick may cost the scheduler itself; less than the tick.
  std::uint32_t overhead_microseconds() const { return overhead_microseconds_; }
  std::uint64_t duration() const { return duration_; }
  std::uint32_t task_count() const { return task_count_; }
  bool runs_when_refused() const { return runs_when_refused_; }
  Policy policy() const { return policy_; }

  // `index` is below task_count().
  Task task(std::uint32_t index) const;
  // The releases of a sporadic task in order; `index` is below its releases_count.
  std::uint64_t release(const Task& task, std::uint32_t index) const;

 private:
  std::span<const std::uint8_t> bytes_;
  Name name_{};
  std::uint32_t tick_microseconds_ = 0;
  std::uint32_t overhead_microseconds_ = 0;
  std::uint64_t duration_ = 0;
  std::uint32_t task_count_ = 0;
  bool runs_when_refused_ = false;
  Policy policy_ = Policy::kEarliestDeadlineFirst;
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_WORKLOADS_IMAGE_H_
