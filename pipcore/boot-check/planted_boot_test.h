// SPDX-License-Identifier: Apache-2.0
//
// Boots a root partition on the host, breaks what boot built, and asks the check. What differs between machines is
// declared here and stands in planted_boot_MACHINE_test.cc.
#ifndef PIPCORE_BOOT_CHECK_PLANTED_BOOT_TEST_H_
#define PIPCORE_BOOT_CHECK_PLANTED_BOOT_TEST_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <span>

#include "pipcore/kernel/root_partition.h"

extern "C" {
#include "boot_check.h"
#include "pip/mal.h"
#include "pipcore/boot-check/boot_words.h"
}

namespace pip {

inline constexpr std::uint32_t kFrames = 4096;
inline constexpr std::uint32_t kLastSlot = PIP_TOP_SLOTS - 1;

// What a machine's file defines.
extern const std::uint32_t kUserPage;          // bits of an entry for user mode: readable, writable, executable
extern const std::uint32_t kReadOnlyUserPage;  // the same, but not writable
extern const std::uint32_t kLinkWords;         // words of a link
extern std::uint32_t mmu_root_address;         // what read_mmu_root answers
// A machine that has done nothing yet.
void ResetMachine();
// Builds and starts the root partition; it must be possible.
void BootRoot(std::span<const kernel::Module> modules, kernel::FrameSet& free, kernel::RootPartition& root);

class PlantedBootTest : public ::testing::Test {
 protected:
  PlantedBootTest();

  void Boot();

  std::uint32_t& Descriptor(std::uint32_t place) { return physical_memory[root_.descriptor][place]; }
  // Word k of the link in slot i of a top table; the entry at place i of the leaf table in a slot.
  std::uint32_t& Top(std::uint32_t tree, std::uint32_t i, std::uint32_t k = 0) {
    return physical_memory[Descriptor(tree) >> 12][kLinkWords * i + k];
  }
  std::uint32_t& Leaf(std::uint32_t tree, std::uint32_t slot, std::uint32_t i) {
    return physical_memory[Top(tree, slot) >> 12][i];
  }
  // The entry of the first page of the root image.
  std::uint32_t& Image() { return Leaf(PIP_DESCRIPTOR_MMU, image_slot_, image_index_); }

  // Boots, breaks the boot, and checks.
  boot_fault_t After(const std::function<void()>& plant);
  boot_fault_t WithImageEntry(std::uint32_t entry) {
    return After([&] { Image() = entry; });
  }

  kernel::RootPartition root_;
  std::uint32_t image_slot_ = 0;
  std::uint32_t image_index_ = 0;
};

}  // namespace pip

#endif  // PIPCORE_BOOT_CHECK_PLANTED_BOOT_TEST_H_
