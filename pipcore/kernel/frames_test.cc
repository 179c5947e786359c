// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/frames.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace pip::kernel {
namespace {

constexpr std::uint64_t kFourGiB = std::uint64_t{1} << 32;

TEST(Frames, InsideRoundsInwards) {
  EXPECT_EQ(FramesInside(0, 4096), (FrameRange{0, 1}));
  EXPECT_EQ(FramesInside(1, 8192), (FrameRange{1, 2}));
  EXPECT_EQ(FramesInside(1, 8191), FrameRange{});
  EXPECT_EQ(FramesInside(8192, 4096), FrameRange{});
  EXPECT_EQ(FramesInside(0, ~std::uint64_t{0}), (FrameRange{0, 0x100000}));
  EXPECT_TRUE(FramesInside(kFourGiB, 2 * kFourGiB).empty());
  EXPECT_TRUE(FramesInside(~std::uint64_t{0} - 1, ~std::uint64_t{0}).empty());
}

TEST(Frames, TouchedRoundsOutwards) {
  EXPECT_EQ(FramesTouched(4095, 4097), (FrameRange{0, 2}));
  EXPECT_EQ(FramesTouched(4096, 4096), FrameRange{});
  EXPECT_EQ(FramesTouched(4096, ~std::uint64_t{0}), (FrameRange{1, 0x100000}));
  EXPECT_EQ(FramesTouched(kFourGiB, kFourGiB + 1), FrameRange{});
}

TEST(FrameSet, MergesAndSplits) {
  FrameSet set;
  set.Add({10, 20});
  set.Add({30, 40});
  set.Add({20, 30});
  ASSERT_EQ(set.size(), 1U);
  EXPECT_EQ(set[0], (FrameRange{10, 40}));
  set.Remove({15, 18});
  ASSERT_EQ(set.size(), 2U);
  EXPECT_EQ(set[0], (FrameRange{10, 15}));
  EXPECT_EQ(set[1], (FrameRange{18, 40}));
  EXPECT_TRUE(set.Contains({18, 40}));
  EXPECT_FALSE(set.Contains({14, 19}));
  EXPECT_EQ(set.TakeLowest(), 10U);
  set.Remove({0, 100});
  EXPECT_EQ(set.frames(), 0U);
  EXPECT_EQ(set.TakeLowest(), 0U);
}

// Whatever is added and removed, a frame is in the set once or not at all: compared with a plain list of bits.
TEST(FrameSet, AgreesWithBits) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    FrameSet set;
    std::vector<bool> bits(256);
    for (int step = 0; step < 100; ++step) {
      const std::uint32_t begin = random() % 256;
      const std::uint32_t end = begin + random() % 32;
      const bool add = random() % 2 == 0;
      add ? set.Add({begin, end}) : set.Remove({begin, end});
      for (std::uint32_t i = begin; i < end && i < 256; ++i) {
        bits[i] = add;
      }
      set.Remove({256, 1000});
    }
    std::vector<bool> found(256);
    for (std::size_t i = 0; i < set.size(); ++i) {
      ASSERT_TRUE(i == 0 || set[i - 1].end < set[i].begin);
      for (std::uint32_t frame = set[i].begin; frame < set[i].end; ++frame) {
        found[frame] = true;
      }
    }
    EXPECT_EQ(found, bits);
  }
}

TEST(FrameSet, LeavesOutWhatDoesNotFit) {
  FrameSet set;
  for (std::uint32_t i = 0; i < 2 * FrameSet::kCapacity; ++i) {
    set.Add({3 * i, 3 * i + 1});
  }
  EXPECT_EQ(set.size(), FrameSet::kCapacity);
  EXPECT_EQ(set.frames(), FrameSet::kCapacity);
}

}  // namespace
}  // namespace pip::kernel
