// SPDX-License-Identifier: Apache-2.0
//
// The form of a kernel trace: records of eight words, little-endian, which the tracing kernel writes to port 0xE9
// (QEMU's debug console) and the host reads.
#ifndef PIP_TOOLS_TRACE_KERNEL_RECORD_H_
#define PIP_TOOLS_TRACE_KERNEL_RECORD_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace pip::trace {

inline constexpr std::size_t kRecordWords = 8;
using Record = std::array<std::uint32_t, kRecordWords>;

// What the words are.
enum RecordWord : std::size_t {
  kHead = 0,       // kRecordMark << 16 | kind << 8 | status
  kBeginLow = 1,   // the time stamp counter when the kernel was called; with -icount it counts nanoseconds
  kBeginHigh = 2,  //
  kDuration = 3,   // until the kernel's answer
  kBefore = 4,     // frames of the descriptors of the partitions that run before and after
  kAfter = 5,
  kFirst = 6,  // two arguments; KindText has their names
  kSecond = 7,
};

inline constexpr std::uint32_t kRecordMark = 0x4950;  // "PI"

// The first record has kind kStart: the root partition runs before and after, kFirst is the version of the form.
inline constexpr std::uint32_t kTraceVersion = 1;

enum class Kind : std::uint32_t {
  kStart,
  kCreatePartition,
  kCountToMap,
  kPrepare,
  kAddVAddr,
  kRemoveVAddr,
  kMappedInChild,
  kDeletePartition,
  kCollect,
  kYield,
  kGetIntState,
  kSetIntState,
  kPhysicalAddress,
  kInterrupt,
  kFault,
  kCount,  // how many there are
};

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_KERNEL_RECORD_H_
