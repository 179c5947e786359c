// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/kernel_space.h"

#include <gtest/gtest.h>

#include <vector>

namespace pip::x86 {
namespace {

// As docs/abi.md says, not as layout.h does: this test judges it.
constexpr std::uint32_t kFirstWindowSlot = 832;
constexpr std::uint32_t kUser = 4;
constexpr std::uint32_t kLarge = 0x80;
constexpr KernelImage kImage = {{0x100, 0x120}, 0x110, 0x118};

class KernelSpaceTest : public ::testing::Test {
 protected:
  void Fill(std::uint32_t window_frames, PagingFeatures features) {
    more_.resize(WindowTables(window_frames, features));
    FillKernelTables({directory_, image_, 1000, window_, 1001}, kImage, window_frames, features, more_, 2000);
  }
  // The frame behind an address of the window, as the processor finds it; 0 if none.
  std::uint32_t Behind(std::uint32_t frame) const {
    const std::uint32_t entry = directory_[kFirstWindowSlot + frame / 1024];
    if (entry == 0) {
      return 0;
    }
    if ((entry & kLarge) != 0) {
      return (entry >> 12) + frame % 1024;
    }
    const TablePage& table = frame < 1024 ? window_ : more_.at((entry >> 12) - 2000);
    return table[frame % 1024] >> 12;
  }

  TablePage directory_;
  TablePage image_;
  TablePage window_;
  std::vector<TablePage> more_;
};

TEST_F(KernelSpaceTest, NothingIsForUsersAndUserSlotsAreEmpty) {
  Fill(5000, {.large_pages = true, .global_pages = true});
  for (std::uint32_t slot = 0; slot < 1024; ++slot) {
    EXPECT_EQ(directory_[slot] & kUser, 0U);
    if (slot != 0 && (slot < kFirstWindowSlot || slot > 1022)) {
      EXPECT_EQ(directory_[slot], 0U);
    }
  }
  for (std::uint32_t i = 0; i < 1024; ++i) {
    EXPECT_EQ(image_[i] & kUser, 0U);
    EXPECT_EQ(window_[i] & kUser, 0U);
  }
}

TEST_F(KernelSpaceTest, TheImageIsMappedAndItsTextIsReadOnly) {
  Fill(5000, {.large_pages = true, .global_pages = true});
  for (std::uint32_t frame = 0; frame < 1024; ++frame) {
    const bool mapped = frame >= 0x100 && frame < 0x120 && frame != 0x118;
    EXPECT_EQ(image_[frame] & 1, mapped ? 1U : 0U) << frame;
    EXPECT_EQ(image_[frame] & 2, mapped && frame >= 0x110 ? 2U : 0U) << frame;
  }
}

TEST_F(KernelSpaceTest, TheWindowShowsAllMemoryButTheKernel) {
  for (const bool large : {true, false}) {
    Fill(5000, {.large_pages = large, .global_pages = large});
    for (std::uint32_t frame = 1; frame < 5000; ++frame) {
      const bool kernel = frame >= 0x100 && frame < 0x120;
      ASSERT_EQ(Behind(frame), kernel ? 0 : frame);
    }
    EXPECT_EQ(directory_[kFirstWindowSlot + 5], 0U);
  }
}

TEST_F(KernelSpaceTest, TheWindowEndsBelowTheLastSlot) {
  EXPECT_EQ(WindowFrames(0x100000), 191U * 1024);
  EXPECT_EQ(WindowFrames(4096), 4096U);
  Fill(191 * 1024, {.large_pages = true, .global_pages = false});
  EXPECT_NE(directory_[1022], 0U);
  EXPECT_EQ(directory_[1023], 0U);
  EXPECT_EQ(WindowTables(191 * 1024, {.large_pages = false, .global_pages = false}), 190U);
}

}  // namespace
}  // namespace pip::x86
