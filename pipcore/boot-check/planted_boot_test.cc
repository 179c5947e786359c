// SPDX-License-Identifier: Apache-2.0
//
// The boot that x86 builds is sound; broken in one place, it is found out, whatever the place.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "pipcore/arch/host/simulated_machine.h"
#include "pipcore/arch/x86/root_partition.h"

extern "C" {
#include "boot_check.h"
#include "pip/mal.h"
#include "pipcore/boot-check/boot_words.h"

// What boot_words.h declares: a kernel of 40 frames at 1 MiB, three tables of its window.
page_t image_begin = 0x100;
page_t image_end = 0x128;
page_t tables_begin = 0x130;
page_t tables_end = 0x133;
std::uint32_t taken_frames[PIP_MAXIMUM_FRAMES / 32U];

static std::uint32_t mmu_root_address = 0;
std::uint32_t read_mmu_root() { return mmu_root_address; }
}

namespace pip {
namespace {

constexpr std::uint32_t kFrames = 4096;
constexpr std::uint32_t kUserPage = 0x207;  // present, writable, user, executable
constexpr std::uint32_t kFirstSlot = 0x700000 >> 22;

class PlantedBootTest : public ::testing::Test {
 protected:
  // The machine that the shims ask for instructions of the processor; it also fills kernel_directory.
  PlantedBootTest() : machine_(16) { Boot(); }

  void Boot() {
    frame_count = kFrames;
    std::fill(&physical_memory[0][0], &physical_memory[kFrames][0], 0xFFFFFFFF);
    std::ranges::fill(taken_frames, 0U);
    x86::FrameSet free;
    free.Add({0x133, kFrames});
    std::vector<x86::Module> modules(2);
    modules[0].begin = 0x200000;
    modules[0].end = 0x203001;
    modules[1].begin = 0x300000;
    modules[1].end = 0x300010;
    for (const x86::Module& module : modules) {
      free.Remove(module.frames());
    }
    ASSERT_EQ(x86::BuildRootPartition(modules, free, root_), x86::RootError::kNone);
    x86::StartRootPartition(root_);
    mmu_root_address = Descriptor(PIP_DESCRIPTOR_MMU);
  }

  std::uint32_t& Descriptor(std::uint32_t place) { return physical_memory[root_.descriptor][place]; }
  // The entry of slot i of a top table, of place i of the leaf table in a slot, in the tree of this root.
  std::uint32_t& Top(std::uint32_t tree, std::uint32_t i) { return physical_memory[Descriptor(tree) >> 12][i]; }
  std::uint32_t& Leaf(std::uint32_t tree, std::uint32_t slot, std::uint32_t i) {
    return physical_memory[Top(tree, slot) >> 12][i];
  }
  // The entry of the first page of the root image.
  std::uint32_t& Image() { return Leaf(PIP_DESCRIPTOR_MMU, kFirstSlot, 0x300); }

  // Boots, breaks the boot, and checks.
  boot_fault_t After(const std::function<void()>& plant) {
    Boot();
    plant();
    return check_boot().fault;
  }
  boot_fault_t WithImageEntry(std::uint32_t entry) {
    return After([&] { Image() = entry; });
  }

  host::SimulatedMachine machine_;
  x86::RootPartition root_;
};

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
    for (const std::uint32_t slot : {kFirstSlot, 1023U}) {
      EXPECT_EQ(WithImageEntry((Top(tree, slot) & PIP_FRAME_MASK) | kUserPage), BOOT_FRAME_TAKEN);
    }
  }
  EXPECT_EQ(WithImageEntry(root_.descriptor << 12 | kUserPage), BOOT_FRAME_TAKEN);
}

TEST_F(PlantedBootTest, NoPageOfTheKernelIsMapped) {
  for (const page_t frame : {image_begin, image_end - 1, tables_begin, tables_end - 1}) {
    EXPECT_EQ(WithImageEntry(frame << 12 | kUserPage), BOOT_FRAME_TAKEN) << frame;
    EXPECT_EQ(WithImageEntry(frame << 12 | PIP_ENTRY_PRESENT | PIP_ENTRY_USER), BOOT_FRAME_TAKEN) << frame;
  }
}

TEST_F(PlantedBootTest, NoFrameIsMappedTwice) {
  EXPECT_EQ(After([&] { Image() = Leaf(PIP_DESCRIPTOR_MMU, kFirstSlot, 0x301); }), BOOT_FRAME_TAKEN);
  EXPECT_EQ(After([&] { Image() = Leaf(PIP_DESCRIPTOR_MMU, 1023, 1023); }), BOOT_FRAME_TAKEN);
  // A second mapping in a place that boot leaves empty.
  EXPECT_EQ(After([&] { Leaf(PIP_DESCRIPTOR_MMU, kFirstSlot, 0x2FF) = Image(); }), BOOT_FRAME_TAKEN);
}

TEST_F(PlantedBootTest, NoWrongFrame) {
  EXPECT_EQ(WithImageEntry(kUserPage), BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(WithImageEntry(kFrames << 12 | kUserPage), BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(WithImageEntry(0xFFFFF000 | kUserPage), BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(WithImageEntry(0xA0000 | kUserPage), BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(After([&] {
              Top(PIP_DESCRIPTOR_MMU, 100) = Top(PIP_DESCRIPTOR_SHADOW1, 100) = Top(PIP_DESCRIPTOR_SHADOW2, 100) =
                  0xB8000 | kUserPage;
            }),
            BOOT_FRAME_OUTSIDE);
}

TEST_F(PlantedBootTest, NoOtherBits) {
  const std::uint32_t frame = Image() & PIP_FRAME_MASK;
  // Not present; supervisor; write-through, uncached, accessed, dirty, large or PAT, global, two for software.
  for (const std::uint32_t flags : {6U, 3U, 0xFU, 0x17U, 0x27U, 0x47U, 0x87U, 0x107U, 0x407U, 0x807U}) {
    EXPECT_EQ(WithImageEntry(frame | flags), BOOT_BAD_ENTRY) << flags;
  }
  EXPECT_EQ(WithImageEntry(0x1000), BOOT_BAD_ENTRY);
  for (const std::uint32_t flags : {3U, 5U, 0x87U, 0x287U, 0x227U}) {
    EXPECT_EQ(
        After([&] { Top(PIP_DESCRIPTOR_MMU, kFirstSlot) = Top(PIP_DESCRIPTOR_MMU, kFirstSlot) >> 12 << 12 | flags; }),
        BOOT_BAD_LINK)
        << flags;
  }
}

TEST_F(PlantedBootTest, TheTreesAgree) {
  EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_SHADOW1, kFirstSlot) = 0; }), BOOT_BAD_LINK);
  EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_SHADOW2, 300) = 0x205000 | kUserPage; }), BOOT_BAD_LINK);
  EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_SHADOW1, 0) = 1; }), BOOT_BAD_LINK);
  EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_SHADOW1, kFirstSlot) = Top(PIP_DESCRIPTOR_MMU, kFirstSlot); }),
            BOOT_FRAME_TAKEN);
  EXPECT_EQ(After([&] { Descriptor(PIP_DESCRIPTOR_SHADOW2) = Descriptor(PIP_DESCRIPTOR_SHADOW1); }), BOOT_FRAME_TAKEN);
}

TEST_F(PlantedBootTest, NothingIsLeftOver) {
  for (std::uint32_t tree = PIP_DESCRIPTOR_SHADOW1; tree <= PIP_DESCRIPTOR_SHADOW2; ++tree) {
    for (const std::uint32_t i : {0U, 0x300U, 1023U}) {
      EXPECT_EQ(After([&] { Leaf(tree, kFirstSlot, i) = 0x1000; }), BOOT_LEFTOVER_IN_SHADOW);
      EXPECT_EQ(After([&] { Leaf(tree, 1023, i) = 1; }), BOOT_LEFTOVER_IN_SHADOW);
    }
  }
  const page_t list = Descriptor(PIP_DESCRIPTOR_LIST) >> 12;
  for (const std::uint32_t place : {PIP_LIST_NEXT, PIP_LIST_ORIGIN, PIP_LIST_COUNT}) {
    EXPECT_EQ(After([&] { physical_memory[list][place] = 0x1000; }), BOOT_BAD_LIST);
  }
}

TEST_F(PlantedBootTest, TheKernelsSlotsAreTheKernels) {
  for (const std::uint32_t slot : {0U, PIP_FIRST_WINDOW_SLOT, PIP_LAST_WINDOW_SLOT}) {
    EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_MMU, slot) ^= PIP_ENTRY_USER; }), BOOT_KERNEL_ENTRY_CHANGED);
    EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_MMU, slot) = 0; }), BOOT_KERNEL_ENTRY_CHANGED);
    // What the MMU notes of the kernel's own accesses is no difference.
    EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_MMU, slot) ^= 0x60; }), BOOT_SOUND);
    EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_MMU, slot) ^= 0x160; }), BOOT_KERNEL_ENTRY_CHANGED);
    const std::uint32_t entry = kernel_directory[slot];
    EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_MMU, slot) = kernel_directory[slot] |= PIP_ENTRY_USER; }),
              BOOT_KERNEL_ENTRY_OPEN);
    kernel_directory[slot] = entry;
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
  Leaf(PIP_DESCRIPTOR_MMU, 1023, 1021) = 0;
  Leaf(PIP_DESCRIPTOR_MMU, 1023, 1022) = 7;
  const boot_finding_t finding = check_boot();
  EXPECT_EQ(finding.fault, BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(finding.slot, 1023U);
  EXPECT_EQ(finding.index, 1022U);
}

}  // namespace
}  // namespace pip
