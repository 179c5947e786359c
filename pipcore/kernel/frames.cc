// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/frames.h"

#include <algorithm>

namespace pip::kernel {
namespace {

constexpr std::uint64_t kFourGiB = std::uint64_t{1} << 32;

constexpr std::uint32_t FrameOf(std::uint64_t address) {
  return static_cast<std::uint32_t>(std::min(address, kFourGiB) / kPageBytes);
}

}  // namespace

FrameRange FramesInside(std::uint64_t begin, std::uint64_t end) {
  if (end <= begin) {
    return {};
  }
  const FrameRange range{FrameOf(std::min(begin, kFourGiB) + (kPageBytes - 1)), FrameOf(end)};
  return range.empty() ? FrameRange{} : range;
}

FrameRange FramesTouched(std::uint64_t begin, std::uint64_t end) {
  if (end <= begin || begin >= kFourGiB) {
    return {};
  }
  return {FrameOf(begin), FrameOf(std::min(end, kFourGiB) + (kPageBytes - 1))};
}

std::uint32_t FrameSet::frames() const {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    sum += ranges_[i].size();
  }
  return sum;
}

void FrameSet::Erase(std::size_t i) {
  for (std::size_t j = i + 1; j < size_; ++j) {
    ranges_[j - 1] = ranges_[j];
  }
  --size_;
}

void FrameSet::Add(FrameRange range) {
  if (range.empty()) {
    return;
  }
  // Swallow every range that overlaps or touches the new one, then insert it in order.
  std::size_t i = 0;
  while (i < size_) {
    if (ranges_[i].begin <= range.end && range.begin <= ranges_[i].end) {
      range.begin = std::min(range.begin, ranges_[i].begin);
      range.end = std::max(range.end, ranges_[i].end);
      Erase(i);
    } else {
      ++i;
    }
  }
  if (size_ == kCapacity) {
    return;
  }
  std::size_t at = size_;
  while (at > 0 && ranges_[at - 1].begin > range.begin) {
    ranges_[at] = ranges_[at - 1];
    --at;
  }
  ranges_[at] = range;
  ++size_;
}

void FrameSet::Remove(FrameRange range) {
  if (range.empty()) {
    return;
  }
  for (std::size_t i = 0; i < size_;) {
    const FrameRange old = ranges_[i];
    if (!old.Overlaps(range)) {
      ++i;
      continue;
    }
    Erase(i);
    Add({old.begin, std::min(old.end, range.begin)});
    Add({std::max(old.begin, range.end), old.end});
    i = 0;
  }
}

bool FrameSet::Contains(FrameRange range) const {
  for (std::size_t i = 0; i < size_; ++i) {
    if (ranges_[i].begin <= range.begin && range.end <= ranges_[i].end) {
      return true;
    }
  }
  return range.empty();
}

std::uint32_t FrameSet::TakeLowest() {
  if (size_ == 0) {
    return 0;
  }
  const std::uint32_t frame = ranges_[0].begin;
  ++ranges_[0].begin;
  if (ranges_[0].empty()) {
    Erase(0);
  }
  return frame;
}

}  // namespace pip::kernel
