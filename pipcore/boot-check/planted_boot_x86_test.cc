// SPDX-License-Identifier: Apache-2.0
//
// What planted_boot_test.h wants to know of x86; what only x86 has to break: its bits, its slots of the kernel.
#include <cstdint>
#include <optional>

#include "pipcore/arch/host/simulated_machine.h"
#include "pipcore/arch/x86/root_partition.h"
#include "pipcore/boot-check/planted_boot_test.h"

extern "C" {
// What boot_words.h declares: a kernel of 40 frames at 1 MiB, three tables of its window.
page_t image_begin = 0x100;
page_t image_end = 0x128;
page_t tables_begin = 0x130;
page_t tables_end = 0x133;
std::uint32_t taken_frames[PIP_MAXIMUM_FRAMES / 32U];

std::uint32_t read_mmu_root() { return pip::mmu_root_address; }
}

namespace pip {

const std::uint32_t kUserPage = 0x207;
const std::uint32_t kReadOnlyUserPage = PIP_ENTRY_PRESENT | PIP_ENTRY_USER;
const std::uint32_t kLinkWords = 1;
std::uint32_t mmu_root_address = 0;

// The machine that the shims ask for instructions of the processor; it also fills kernel_directory.
void ResetMachine() {
  static std::optional<host::SimulatedMachine> machine;
  machine.emplace(16);
}

void BootRoot(std::span<const kernel::Module> modules, kernel::FrameSet& free, kernel::RootPartition& root) {
  ASSERT_EQ(x86::BuildRootPartition(modules, free, root), kernel::RootError::kNone);
  x86::StartRootPartition(root);
  mmu_root_address = physical_memory[root.descriptor][PIP_DESCRIPTOR_MMU];
}

namespace {

TEST_F(PlantedBootTest, NoFrameOfADevice) {
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
}

TEST_F(PlantedBootTest, LinksAreWhole) {
  for (const std::uint32_t flags : {3U, 5U, 0x87U, 0x287U, 0x227U}) {
    EXPECT_EQ(
        After([&] { Top(PIP_DESCRIPTOR_MMU, image_slot_) = Top(PIP_DESCRIPTOR_MMU, image_slot_) >> 12 << 12 | flags; }),
        BOOT_BAD_LINK)
        << flags;
  }
  EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_SHADOW2, 300) = 0x205000 | kUserPage; }), BOOT_BAD_LINK);
  EXPECT_EQ(After([&] { Top(PIP_DESCRIPTOR_SHADOW1, 0) = 1; }), BOOT_BAD_LINK);
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

}  // namespace
}  // namespace pip
