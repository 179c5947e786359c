// SPDX-License-Identifier: Apache-2.0
//
// What planted_boot_test.h wants to know of ARMv7; what only ARMv7 has to break: its bits, its devices, its links of
// four words.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "pipcore/arch/armv7/root_partition.h"
#include "pipcore/boot-check/planted_boot_test.h"

extern "C" {
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

std::uint32_t read_mmu_root() { return pip::mmu_root_address; }
void load_mmu_root(std::uint32_t address) { pip::mmu_root_address = address; }
void invalidate(vaddr_t /*v*/) {}
void entry_written(page_t /*p*/, index_t /*i*/, entry_t /*e*/) {}
void table_written(page_t /*p*/) {}
void copy_context(std::uint32_t* to, const std::uint32_t* from) { std::copy_n(from, PIP_CONTEXT_WORDS, to); }
void unreachable() { std::abort(); }
}

namespace pip {

const std::uint32_t kUserPage = PIP_ENTRY_MEMORY | PIP_ENTRY_USER;
const std::uint32_t kReadOnlyUserPage = kUserPage | PIP_ENTRY_READ_ONLY;
const std::uint32_t kLinkWords = PIP_LINKS;
std::uint32_t mmu_root_address = 0;

void ResetMachine() { mmu_root_address = 0; }

void BootRoot(std::span<const kernel::Module> modules, kernel::FrameSet& free, kernel::RootPartition& root) {
  ASSERT_EQ(armv7::BuildRootPartition(modules, free, root), kernel::RootError::kNone);
  armv7::StartRootPartition(root);
}

namespace {

constexpr std::uint32_t kDevice = PIP_ENTRY_DEVICE | PIP_ENTRY_USER | PIP_ENTRY_NEVER_EXECUTE;

TEST_F(PlantedBootTest, NoDeviceIsMappedTwice) {
  EXPECT_EQ(WithImageEntry(0x3F000U << 12 | kDevice), BOOT_FRAME_TAKEN);
}

TEST_F(PlantedBootTest, NoFrameOfADevice) {
  EXPECT_EQ(WithImageEntry(7U << 12 | kUserPage), BOOT_FRAME_OUTSIDE);
  // Between the devices that the root has, and behind them.
  for (const page_t frame : {0x3F400U, 0x3FFFFU, 0x40001U, 0x40100U, 0xFFFFFU}) {
    EXPECT_EQ(WithImageEntry(frame << 12 | kDevice), BOOT_FRAME_OUTSIDE) << frame;
  }
  // A device as memory, memory as a device.
  EXPECT_EQ(WithImageEntry(0x3F3FFU << 12 | kUserPage), BOOT_BAD_ENTRY);
  EXPECT_EQ(After([&] { Image() = (Image() & PIP_FRAME_MASK) | kDevice; }), BOOT_BAD_ENTRY);
}

TEST_F(PlantedBootTest, NoOtherBits) {
  const std::uint32_t entry = Image();
  EXPECT_EQ(WithImageEntry(entry ^ PIP_ENTRY_READ_ONLY), BOOT_SOUND);
  EXPECT_EQ(WithImageEntry(entry ^ PIP_ENTRY_NEVER_EXECUTE), BOOT_SOUND);
  // Absent or large, cached otherwise, no access flag, supervisor, another type, shared, global.
  for (const std::uint32_t bit : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 10U, 11U}) {
    EXPECT_EQ(WithImageEntry(entry ^ 1U << bit), BOOT_BAD_ENTRY) << bit;
  }
}

TEST_F(PlantedBootTest, LinksAreWhole) {
  std::uint32_t empty = 0;  // a slot that boot leaves so
  while (Top(PIP_DESCRIPTOR_MMU, empty) != 0) {
    ++empty;
  }
  for (std::uint32_t tree = PIP_DESCRIPTOR_MMU; tree <= PIP_DESCRIPTOR_SHADOW2; ++tree) {
    for (std::uint32_t k = 0; k < PIP_LINKS; ++k) {
      EXPECT_EQ(After([&] { Top(tree, image_slot_, k) = 0; }), BOOT_BAD_LINK) << tree << ' ' << k;
      // To the table beside it; a section of memory for user mode; another domain; never executed by the kernel.
      EXPECT_EQ(After([&] { Top(tree, image_slot_, k) ^= PIP_LINK_TABLE_BYTES; }), BOOT_BAD_LINK) << tree << ' ' << k;
      for (const std::uint32_t bits : {0xC02U ^ PIP_LINK_PRESENT, 1U << 5, 1U << 2, 1U << 1, 1U << 9}) {
        EXPECT_EQ(After([&] { Top(tree, image_slot_, k) ^= bits; }), BOOT_BAD_LINK) << tree << ' ' << k << ' ' << bits;
      }
      EXPECT_EQ(After([&] { Top(tree, empty, k) = 0x205401; }), BOOT_BAD_LINK) << tree << ' ' << k;
    }
  }
}

}  // namespace
}  // namespace pip
