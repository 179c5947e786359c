// SPDX-License-Identifier: Apache-2.0
//
// The form of a kernel trace: records of eight words, little-endian, which the tracing kernel writes to a device of
// QEMU and the host reads.
#ifndef PIP_TOOLS_TRACE_KERNEL_RECORD_H_
#define PIP_TOOLS_TRACE_KERNEL_RECORD_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "pipcore/kernel/around/service.h"

namespace pip::trace {

inline constexpr std::size_t kRecordWords = 8;
using Record = std::array<std::uint32_t, kRecordWords>;

// What the words are.
enum RecordWord : std::size_t {
  kHead = 0,       // kRecordMark << 16 | kind << 8 | status
  kBeginLow = 1,   // when the kernel was called, in nanoseconds
  kBeginHigh = 2,  //
  kDuration = 3,   // until the kernel's answer
  kBefore = 4,     // frames of the descriptors of the partitions that run before and after
  kAfter = 5,
  kFirst = 6,  // two arguments; EventText has their names
  kSecond = 7,
};

inline constexpr std::uint32_t kRecordMark = 0x4950;  // "PI"

// A kind is the number of a service, or one of these. The first record is the start: the root partition runs before and
// after, kFirst is the version of the form. The last is the end, which the recorder adds when the machine has stopped:
// kFirst is the number of records before it. A file without it has been cut off.
inline constexpr std::uint32_t kStartKind = 0xFE;
inline constexpr std::uint32_t kEndKind = 0xFF;
inline constexpr std::uint32_t kTraceVersion = 2;

constexpr std::uint32_t HeadOf(std::uint32_t kind, std::uint32_t status) {
  return kRecordMark << 16 | kind << 8 | status;
}

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_KERNEL_RECORD_H_
