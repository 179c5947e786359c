// SPDX-License-Identifier: Apache-2.0
//
// Sets of physical page frames, as boot needs them: what the firmware offers, less what is taken.
#ifndef PIPCORE_KERNEL_FRAMES_H_
#define PIPCORE_KERNEL_FRAMES_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace pip::kernel {

inline constexpr std::uint32_t kPageBytes = 4096;

// The frames from begin up to, not including, end.
struct FrameRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  constexpr bool empty() const { return begin >= end; }
  constexpr std::uint32_t size() const { return empty() ? 0 : end - begin; }
  constexpr bool Overlaps(const FrameRange& other) const {
    return !empty() && !other.empty() && begin < other.end && other.begin < end;
  }
  friend constexpr bool operator==(const FrameRange&, const FrameRange&) = default;
};

// The frames that lie wholly inside, and those that touch, the bytes from begin up to end.  Frames of physical memory
// above 4 GiB do not exist for 32-bit paging: such bytes are left out.
FrameRange FramesInside(std::uint64_t begin, std::uint64_t end);
FrameRange FramesTouched(std::uint64_t begin, std::uint64_t end);

// A set of frames, kept as disjoint ranges in ascending order.  It has room for a fixed number of ranges; memory that
// would need more is left out, never counted twice.
class FrameSet {
 public:
  static constexpr std::size_t kCapacity = 128;

  constexpr std::size_t size() const { return size_; }
  constexpr const FrameRange& operator[](std::size_t i) const { return ranges_[i]; }

  std::uint32_t frames() const;
  void Add(FrameRange range);
  void Remove(FrameRange range);
  bool Contains(FrameRange range) const;
  // The lowest frame, which leaves the set; 0 when the set is empty (frame 0 is never in a set that boot uses).
  std::uint32_t TakeLowest();

 private:
  void Erase(std::size_t i);

  std::array<FrameRange, kCapacity> ranges_{};
  std::size_t size_ = 0;
};

}  // namespace pip::kernel

#endif  // PIPCORE_KERNEL_FRAMES_H_
