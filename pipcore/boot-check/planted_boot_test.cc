// SPDX-License-Identifier: Apache-2.0
//
// The boot that a machine builds is sound; broken in one place, it is found out, whatever the place. What all machines
// have in common.
#include "pipcore/boot-check/planted_boot_test.h"

#include <algorithm>
#include <vector>

namespace pip {

PlantedBootTest::PlantedBootTest() {
  ResetMachine();
  Boot();
}

void PlantedBootTest::Boot() {
  frame_count = kFrames;
  std::fill(&physical_memory[0][0], &physical_memory[kFrames][0], 0xFFFFFFFF);
  std::ranges::fill(taken_frames, 0U);
  kernel::FrameSet free;
  free.Add({tables_end, kFrames});
  std::vector<kernel::Module> modules(2);
  modules[0].begin = 0x200000;
  modules[0].end = 0x203001;
  modules[1].begin = 0x300000;
  modules[1].end = 0x300010;
  for (const kernel::Module& module : modules) {
    free.Remove(module.frames());
  }
  BootRoot(modules, free, root_);
  image_slot_ = root_.module_begin[0] >> 22;
  image_index_ = root_.module_begin[0] >> 12 & 1023;
}

boot_fault_t PlantedBootTest::After(const std::function<void()>& plant) {
  Boot();
  plant();
  return check_boot().fault;
}

namespace {

TEST_F(PlantedBootTest, TheBootIsSound) {
  const std::vector<std::uint32_t> before(&physical_memory[0][0], &physical_memory[kFrames][0]);
  const boot_finding_t finding = check_boot();
  EXPECT_EQ(finding.fault, BOOT_SOUND) << "slot " << finding.slot << ", entry " << finding.index;
  EXPECT_TRUE(std::equal(before.begin(), before.end(), &physical_memory[0][0]));
}

TEST_F(PlantedBootTest, NoTableIsMapped) {
  for (std::uint32_t place = PIP_DESCRIPTOR_MMU; place <= PIP_DESCRIPTOR_LIST; ++place) {
    EXPECT_EQ(WithImageEntry(Descriptor(place) | kUserPage), BOOT_FRAME_TAKEN) << place;
  }
  for (std::uint32_t tree = PIP_DESCRIPTOR_MMU; tree <= PIP_DESCRIPTOR_SHADOW2; ++tree) {
    for (const std::uint32_t slot : {image_slot_, kLastSlot}) {
      EXPECT_EQ(WithImageEntry((Top(tree, slot) & PIP_FRAME_MASK) | kUserPage), BOOT_FRAME_TAKEN);
    }
  }
  EXPECT_EQ(WithImageEntry(root_.descriptor << 12 | kUserPage), BOOT_FRAME_TAKEN);
}

TEST_F(PlantedBootTest, NoPageOfTheKernelIsMapped) {
  std::vector<page_t> frames = {image_begin, image_end - 1};
  if (tables_begin < tables_end) {
    frames.insert(frames.end(), {tables_begin, tables_end - 1});
  }
  for (const page_t frame : frames) {
    EXPECT_EQ(WithImageEntry(frame << 12 | kUserPage), BOOT_FRAME_TAKEN) << frame;
    EXPECT_EQ(WithImageEntry(frame << 12 | kReadOnlyUserPage), BOOT_FRAME_TAKEN) << frame;
  }
}

TEST_F(PlantedBootTest, NoFrameIsMappedTwice) {
  EXPECT_EQ(After([&] { Image() = Leaf(PIP_DESCRIPTOR_MMU, image_slot_, image_index_ + 1); }), BOOT_FRAME_TAKEN);
  EXPECT_EQ(After([&] { Image() = Leaf(PIP_DESCRIPTOR_MMU, kLastSlot, 1023); }), BOOT_FRAME_TAKEN);
  // A second mapping in a place that boot leaves empty.
  EXPECT_EQ(Leaf(PIP_DESCRIPTOR_MMU, image_slot_, image_index_ - 1), 0U);
  EXPECT_EQ(After([&] { Leaf(PIP_DESCRIPTOR_MMU, image_slot_, image_index_ - 1) = Image(); }), BOOT_FRAME_TAKEN);
}

TEST_F(PlantedBootTest, NoFrameOutsideMemory) {
  EXPECT_EQ(WithImageEntry(kUserPage), BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(WithImageEntry(kFrames << 12 | kUserPage), BOOT_FRAME_OUTSIDE);
}

TEST_F(PlantedBootTest, TheTreesAgree) {
  EXPECT_EQ(After([&] { std::fill_n(&Top(PIP_DESCRIPTOR_SHADOW1, image_slot_), kLinkWords, 0U); }), BOOT_BAD_LINK);
  EXPECT_EQ(After([&] {
              std::copy_n(&Top(PIP_DESCRIPTOR_MMU, image_slot_), kLinkWords, &Top(PIP_DESCRIPTOR_SHADOW1, image_slot_));
            }),
            BOOT_FRAME_TAKEN);
  EXPECT_EQ(After([&] { Descriptor(PIP_DESCRIPTOR_SHADOW2) = Descriptor(PIP_DESCRIPTOR_SHADOW1); }), BOOT_FRAME_TAKEN);
}

TEST_F(PlantedBootTest, NothingIsLeftOver) {
  for (std::uint32_t tree = PIP_DESCRIPTOR_SHADOW1; tree <= PIP_DESCRIPTOR_SHADOW2; ++tree) {
    for (const std::uint32_t i : {0U, 256U, image_index_, 1023U}) {
      EXPECT_EQ(After([&] { Leaf(tree, image_slot_, i) = 0x1000; }), BOOT_LEFTOVER_IN_SHADOW);
      EXPECT_EQ(After([&] { Leaf(tree, kLastSlot, i) = 1; }), BOOT_LEFTOVER_IN_SHADOW);
    }
  }
  const page_t list = Descriptor(PIP_DESCRIPTOR_LIST) >> 12;
  for (const std::uint32_t place : {PIP_LIST_NEXT, PIP_LIST_ORIGIN, PIP_LIST_COUNT}) {
    EXPECT_EQ(After([&] { physical_memory[list][place] = 0x1000; }), BOOT_BAD_LIST);
  }
}

TEST_F(PlantedBootTest, TheDescriptorIsTheRoots) {
  EXPECT_EQ(After([&] { Descriptor(PIP_DESCRIPTOR_PARENT) = root_.descriptor << 12; }), BOOT_BAD_DESCRIPTOR);
  EXPECT_EQ(After([&] { Descriptor(PIP_DESCRIPTOR_VSTI) = 1; }), BOOT_BAD_DESCRIPTOR);
  for (std::uint32_t place = PIP_DESCRIPTOR_MMU; place <= PIP_DESCRIPTOR_LIST; ++place) {
    EXPECT_EQ(After([&] { Descriptor(place) |= 8; }), BOOT_BAD_DESCRIPTOR);
    if (place != PIP_DESCRIPTOR_MMU) {
      EXPECT_EQ(After([&] { Descriptor(place) = kFrames << 12; }), BOOT_FRAME_OUTSIDE);
      EXPECT_EQ(After([&] { Descriptor(place) = 0; }), BOOT_FRAME_OUTSIDE);
      EXPECT_EQ(After([&] { Descriptor(place) = image_begin << 12; }), BOOT_FRAME_TAKEN);
    }
  }
  EXPECT_EQ(After([&] { running_partition = root_.descriptor + 1; }), BOOT_NOT_THE_ROOT);
  EXPECT_EQ(After([&] { running_partition = root_partition = image_begin; }), BOOT_FRAME_TAKEN);
  EXPECT_EQ(After([&] { mmu_root_address = 0x100000; }), BOOT_WRONG_TABLE_LOADED);
}

TEST_F(PlantedBootTest, TheKernelStandsInMemory) {
  const page_t end = image_end;
  EXPECT_EQ(After([&] { image_end = kFrames + 1; }), BOOT_KERNEL_RANGE_OUTSIDE);
  image_end = end;
}

TEST_F(PlantedBootTest, SaysWhere) {
  Leaf(PIP_DESCRIPTOR_MMU, kLastSlot, 1021) = 0;
  Leaf(PIP_DESCRIPTOR_MMU, kLastSlot, 1022) = kFrames << 12 | kUserPage;
  const boot_finding_t finding = check_boot();
  EXPECT_EQ(finding.fault, BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(finding.slot, kLastSlot);
  EXPECT_EQ(finding.index, 1022U);
}

}  // namespace
}  // namespace pip
