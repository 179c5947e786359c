// SPDX-License-Identifier: Apache-2.0
//
// The boot that ARMv7 builds is sound; broken in one place, it is found out, whatever the place.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <vector>

#include "pipcore/arch/armv7/root_partition.h"

extern "C" {
#include "boot_check.h"
#include "pip/mal.h"
#include "pipcore/boot-check/boot_words.h"

// What pip/memory.h, pip/machine.h and boot_words.h declare: a kernel of 64 frames at 32 KiB.
alignas(4096) std::uint32_t physical_memory[PIP_MAXIMUM_FRAMES][PIP_TABLE_SIZE];
std::uint32_t registers[PIP_CONTEXT_WORDS];
std::uint32_t kernel_directory[PIP_TABLE_SIZE];
page_t running_partition = 0;
page_t root_partition = 0;
std::uint32_t frame_count = 0;
page_t image_begin = 8;
page_t image_end = 72;
page_t tables_begin = 72;
page_t tables_end = 72;
std::uint32_t taken_frames[(PIP_MAXIMUM_FRAMES + 31U) / 32U];

static std::uint32_t mmu_root_address = 0;
std::uint32_t read_mmu_root() { return mmu_root_address; }
void load_mmu_root(std::uint32_t address) { mmu_root_address = address; }
void invalidate(vaddr_t /*v*/) {}
void entry_written(page_t /*p*/, index_t /*i*/, entry_t /*e*/) {}
void table_written(page_t /*p*/) {}
void copy_context(std::uint32_t* to, const std::uint32_t* from) { std::copy_n(from, PIP_CONTEXT_WORDS, to); }
void unreachable() { std::abort(); }
}

namespace pip {
namespace {

constexpr std::uint32_t kFrames = 4096;
constexpr std::uint32_t kUserPage = PIP_ENTRY_MEMORY | PIP_ENTRY_USER;  // writable, executable
constexpr std::uint32_t kDevice = PIP_ENTRY_DEVICE | PIP_ENTRY_USER | PIP_ENTRY_NEVER_EXECUTE;
constexpr std::uint32_t kSlots = 256;

class Armv7PlantedBootTest : public ::testing::Test {
 protected:
  Armv7PlantedBootTest() { Boot(); }

  void Boot() {
    frame_count = kFrames;
    std::fill(&physical_memory[0][0], &physical_memory[kFrames][0], 0xFFFFFFFF);
    std::ranges::fill(taken_frames, 0U);
    kernel::FrameSet free;
    free.Add({image_end, kFrames});
    std::vector<kernel::Module> modules(2);
    modules[0].begin = 0x200000;
    modules[0].end = 0x203001;
    modules[1].begin = 0x300000;
    modules[1].end = 0x300010;
    for (const kernel::Module& module : modules) {
      free.Remove(module.frames());
    }
    ASSERT_EQ(armv7::BuildRootPartition(modules, free, root_), kernel::RootError::kNone);
    armv7::StartRootPartition(root_);
    image_slot_ = root_.module_begin[0] >> 22;
    image_index_ = root_.module_begin[0] >> 12 & 1023;
  }

  std::uint32_t& Descriptor(std::uint32_t place) { return physical_memory[root_.descriptor][place]; }
  // Word k of the link in slot i of a top table; the entry at place i of the leaf table in a slot.
  std::uint32_t& Top(std::uint32_t tree, std::uint32_t i, std::uint32_t k = 0) {
    return physical_memory[Descriptor(tree) >> 12][4 * i + k];
  }
  std::uint32_t& Leaf(std::uint32_t tree, std::uint32_t slot, std::uint32_t i) {
    return physical_memory[Top(tree, slot) >> 12][i];
  }
  std::uint32_t& Image() { return Leaf(PIP_DESCRIPTOR_MMU, image_slot_, image_index_); }
  // A slot that boot leaves empty.
  std::uint32_t EmptySlot() {
    std::uint32_t slot = 0;
    while (Top(PIP_DESCRIPTOR_MMU, slot) != 0) {
      ++slot;
    }
    return slot;
  }

  // Boots, breaks the boot, and checks.
  boot_fault_t After(const std::function<void()>& plant) {
    Boot();
    plant();
    return check_boot().fault;
  }
  boot_fault_t WithImageEntry(std::uint32_t entry) {
    return After([&] { Image() = entry; });
  }

  kernel::RootPartition root_;
  std::uint32_t image_slot_ = 0;
  std::uint32_t image_index_ = 0;
};

TEST_F(Armv7PlantedBootTest, TheBootIsSound) {
  const std::vector<std::uint32_t> before(&physical_memory[0][0], &physical_memory[kFrames][0]);
  const boot_finding_t finding = check_boot();
  EXPECT_EQ(finding.fault, BOOT_SOUND) << "slot " << finding.slot << ", entry " << finding.index;
  EXPECT_TRUE(std::equal(before.begin(), before.end(), &physical_memory[0][0]));
}

TEST_F(Armv7PlantedBootTest, NoTableIsMapped) {
  for (std::uint32_t place = PIP_DESCRIPTOR_MMU; place <= PIP_DESCRIPTOR_LIST; ++place) {
    EXPECT_EQ(WithImageEntry(Descriptor(place) | kUserPage), BOOT_FRAME_TAKEN) << place;
  }
  for (std::uint32_t tree = PIP_DESCRIPTOR_MMU; tree <= PIP_DESCRIPTOR_SHADOW2; ++tree) {
    for (const std::uint32_t slot : {image_slot_, kSlots - 1}) {
      EXPECT_EQ(WithImageEntry((Top(tree, slot) & PIP_FRAME_MASK) | kUserPage), BOOT_FRAME_TAKEN);
    }
  }
  EXPECT_EQ(WithImageEntry(root_.descriptor << 12 | kUserPage), BOOT_FRAME_TAKEN);
}

TEST_F(Armv7PlantedBootTest, NoPageOfTheKernelIsMapped) {
  for (const page_t frame : {image_begin, image_end - 1}) {
    EXPECT_EQ(WithImageEntry(frame << 12 | kUserPage), BOOT_FRAME_TAKEN) << frame;
    EXPECT_EQ(WithImageEntry(frame << 12 | kUserPage | PIP_ENTRY_READ_ONLY), BOOT_FRAME_TAKEN) << frame;
  }
}

TEST_F(Armv7PlantedBootTest, NoFrameIsMappedTwice) {
  EXPECT_EQ(After([&] { Image() = Leaf(PIP_DESCRIPTOR_MMU, image_slot_, image_index_ + 1); }), BOOT_FRAME_TAKEN);
  EXPECT_EQ(After([&] { Image() = Leaf(PIP_DESCRIPTOR_MMU, kSlots - 1, 1023); }), BOOT_FRAME_TAKEN);
  EXPECT_EQ(WithImageEntry(0x3F000U << 12 | kDevice), BOOT_FRAME_TAKEN);
}

TEST_F(Armv7PlantedBootTest, NoWrongFrame) {
  EXPECT_EQ(WithImageEntry(kUserPage), BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(WithImageEntry(7U << 12 | kUserPage), BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(WithImageEntry(kFrames << 12 | kUserPage), BOOT_FRAME_OUTSIDE);
  // Between the devices that the root has, and behind them.
  for (const page_t frame : {0x3F400U, 0x3FFFFU, 0x40001U, 0x40100U, 0xFFFFFU}) {
    EXPECT_EQ(WithImageEntry(frame << 12 | kDevice), BOOT_FRAME_OUTSIDE) << frame;
  }
  // A device as memory, memory as a device.
  EXPECT_EQ(WithImageEntry(0x3F3FFU << 12 | kUserPage), BOOT_BAD_ENTRY);
  EXPECT_EQ(After([&] { Image() = (Image() & PIP_FRAME_MASK) | kDevice; }), BOOT_BAD_ENTRY);
}

TEST_F(Armv7PlantedBootTest, NoOtherBits) {
  const std::uint32_t entry = Image();
  EXPECT_EQ(WithImageEntry(entry ^ PIP_ENTRY_READ_ONLY), BOOT_SOUND);
  EXPECT_EQ(WithImageEntry(entry ^ PIP_ENTRY_NEVER_EXECUTE), BOOT_SOUND);
  // Absent or large, cached otherwise, no access flag, supervisor, another type, shared, global.
  for (const std::uint32_t bit : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 10U, 11U}) {
    EXPECT_EQ(WithImageEntry(entry ^ 1U << bit), BOOT_BAD_ENTRY) << bit;
  }
}

TEST_F(Armv7PlantedBootTest, LinksAreWhole) {
  for (std::uint32_t tree = PIP_DESCRIPTOR_MMU; tree <= PIP_DESCRIPTOR_SHADOW2; ++tree) {
    for (std::uint32_t k = 0; k < PIP_LINKS; ++k) {
      EXPECT_EQ(After([&] { Top(tree, image_slot_, k) = 0; }), BOOT_BAD_LINK) << tree << ' ' << k;
      // To the table beside it; a section of memory for user mode; another domain; never executed by the kernel.
      EXPECT_EQ(After([&] { Top(tree, image_slot_, k) ^= PIP_LINK_TABLE_BYTES; }), BOOT_BAD_LINK) << tree << ' ' << k;
      for (const std::uint32_t bits : {0xC02U ^ PIP_LINK_PRESENT, 1U << 5, 1U << 2, 1U << 1, 1U << 9}) {
        EXPECT_EQ(After([&] { Top(tree, image_slot_, k) ^= bits; }), BOOT_BAD_LINK) << tree << ' ' << k << ' ' << bits;
      }
      EXPECT_EQ(After([&] { Top(tree, EmptySlot(), k) = 0x205401; }), BOOT_BAD_LINK) << tree << ' ' << k;
    }
  }
}

TEST_F(Armv7PlantedBootTest, TheTreesAgree) {
  EXPECT_EQ(After([&] { std::fill_n(&Top(PIP_DESCRIPTOR_SHADOW1, image_slot_), PIP_LINKS, 0U); }), BOOT_BAD_LINK);
  EXPECT_EQ(After([&] {
              std::copy_n(&Top(PIP_DESCRIPTOR_MMU, image_slot_), PIP_LINKS, &Top(PIP_DESCRIPTOR_SHADOW1, image_slot_));
            }),
            BOOT_FRAME_TAKEN);
  EXPECT_EQ(After([&] { Descriptor(PIP_DESCRIPTOR_SHADOW2) = Descriptor(PIP_DESCRIPTOR_SHADOW1); }), BOOT_FRAME_TAKEN);
}

TEST_F(Armv7PlantedBootTest, NothingIsLeftOver) {
  for (std::uint32_t tree = PIP_DESCRIPTOR_SHADOW1; tree <= PIP_DESCRIPTOR_SHADOW2; ++tree) {
    for (const std::uint32_t i : {0U, 256U, 1023U}) {
      EXPECT_EQ(After([&] { Leaf(tree, image_slot_, i) = 0x1000; }), BOOT_LEFTOVER_IN_SHADOW);
      EXPECT_EQ(After([&] { Leaf(tree, kSlots - 1, i) = 1; }), BOOT_LEFTOVER_IN_SHADOW);
    }
  }
  const page_t list = Descriptor(PIP_DESCRIPTOR_LIST) >> 12;
  for (const std::uint32_t place : {PIP_LIST_NEXT, PIP_LIST_ORIGIN, PIP_LIST_COUNT}) {
    EXPECT_EQ(After([&] { physical_memory[list][place] = 0x1000; }), BOOT_BAD_LIST);
  }
}

TEST_F(Armv7PlantedBootTest, TheDescriptorIsTheRoots) {
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

TEST_F(Armv7PlantedBootTest, TheKernelStandsInMemory) {
  const page_t end = image_end;
  EXPECT_EQ(After([&] { image_end = kFrames + 1; }), BOOT_KERNEL_RANGE_OUTSIDE);
  image_end = end;
}

TEST_F(Armv7PlantedBootTest, SaysWhere) {
  Leaf(PIP_DESCRIPTOR_MMU, kSlots - 1, 1022) = kFrames << 12 | kUserPage;
  const boot_finding_t finding = check_boot();
  EXPECT_EQ(finding.fault, BOOT_FRAME_OUTSIDE);
  EXPECT_EQ(finding.slot, kSlots - 1);
  EXPECT_EQ(finding.index, 1022U);
}

}  // namespace
}  // namespace pip
