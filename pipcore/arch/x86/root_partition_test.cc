// SPDX-License-Identifier: Apache-2.0
//
// What boot builds, checked by the invariant of the isolation proof and against docs/abi.md.
#include "pipcore/arch/x86/root_partition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipcore/arch/host/invariant.h"
#include "pipcore/arch/host/simulated_machine.h"

extern "C" {
#include "pip/mal.h"
}

namespace pip::x86 {
namespace {

class RootPartitionTest : public ::testing::Test {
 protected:
  // The machine that instructions of the processor act on.
  RootPartitionTest() : machine_(16) {}

  RootError Build(std::uint32_t frames) {
    frame_count = frames;
    std::fill(&physical_memory[0][0], &physical_memory[frames][0], 0xFFFFFFFF);
    FrameSet free;
    free.Add({0x130, frames});
    for (const Module& module : modules_) {
      free.Remove(module.frames());
    }
    const RootError error = BuildRootPartition(modules_, free, root_);
    if (error == RootError::kNone) {
      StartRootPartition(root_);
    }
    return error;
  }
  void AddModule(std::uint32_t begin, std::uint32_t end) {
    Module module;
    module.begin = begin;
    module.end = end;
    modules_.push_back(module);
  }
  // The entry for an address of user space, or nothing where a table is missing.
  std::optional<entry_t> EntryAt(std::uint32_t address) const {
    if (!user_address(address)) {
      return std::nullopt;
    }
    const entry_t link = read_entry(mmu_root(root_.descriptor), index_at(page_number(address), top_level));
    if (!is_present(link)) {
      return std::nullopt;
    }
    return read_entry(frame_of(link), index_at(page_number(address), leaf_level));
  }
  std::uint32_t MappedPages() const {
    std::uint32_t pages = 0;
    for (std::uint32_t page = 1; page != 0x100000; ++page) {
      pages += is_user(EntryAt(page * kPageBytes).value_or(0)) ? 1 : 0;
    }
    return pages;
  }

  host::SimulatedMachine machine_;
  std::vector<Module> modules_;
  RootPartition root_;
};

TEST_F(RootPartitionTest, SatisfiesTheInvariant) {
  AddModule(0x200000, 0x203001);
  AddModule(0x300000, 0x300010);
  AddModule(0x301000, 0x302000);
  ASSERT_EQ(Build(4096), RootError::kNone);
  const host::MachineView view = {
      .words = {&physical_memory[0][0], std::size_t{frame_count} * PIP_TABLE_SIZE},
      .kernel_directory = kernel_directory,
      .frames = frame_count,
      .root_partition = root_partition,
      .running_partition = running_partition,
      .root_pages = MappedPages(),
  };
  EXPECT_EQ(host::FirstViolation(view), std::nullopt);
}

TEST_F(RootPartitionTest, HasWhatTheInterfacePromises) {
  AddModule(0x200000, 0x203001);
  AddModule(0x300000, 0x300010);
  ASSERT_EQ(Build(4096), RootError::kNone);

  EXPECT_EQ(frame_of(*EntryAt(kRootImage)), 0x200U);
  EXPECT_TRUE(is_writable(*EntryAt(kRootImage + 3 * kPageBytes)));
  EXPECT_TRUE(is_executable(*EntryAt(kRootImage)));
  EXPECT_FALSE(is_present(EntryAt(kRootImage + 4 * kPageBytes).value_or(0)));
  // Read-only, and nothing of the loader's after the last byte.
  const std::uint32_t module = root_.module_begin[1];
  EXPECT_EQ(frame_of(*EntryAt(module)), 0x300U);
  EXPECT_TRUE(is_user(*EntryAt(module)));
  EXPECT_FALSE(is_writable(*EntryAt(module)));
  EXPECT_EQ(physical_memory[0x300][3], 0xFFFFFFFFU);
  EXPECT_EQ(physical_memory[0x300][4], 0U);
  EXPECT_EQ(physical_memory[0x203][0], 0xFFU);
  EXPECT_EQ(physical_memory[0x203][1], 0U);

  for (std::uint32_t i = 0; i < 8; ++i) {
    EXPECT_EQ(frame_of(*EntryAt(kRootVgaText + i * kPageBytes)), 0xB8U + i);
  }
  for (const std::uint32_t address : {kRootBootInformation, kRootStackLow, kRootStackHigh, kRootVidt}) {
    EXPECT_TRUE(is_user(*EntryAt(address)));
    EXPECT_TRUE(is_writable(*EntryAt(address)));
  }
  EXPECT_EQ(physical_memory[root_.vidt][0], kRootContext);
  EXPECT_EQ(physical_memory[root_.vidt][32], kRootContext);

  for (std::uint32_t address = root_.memory_begin; address < root_.memory_end; address += kPageBytes) {
    ASSERT_TRUE(is_user(EntryAt(address).value_or(0)));
  }
  EXPECT_FALSE(is_present(EntryAt(root_.memory_end).value_or(0)));
}

TEST_F(RootPartitionTest, NoFrameIsMappedTwice) {
  AddModule(0x200000, 0x203001);
  ASSERT_EQ(Build(3000), RootError::kNone);
  std::set<page_t> frames;
  for (std::uint32_t page = 1; page != 0x100000; ++page) {
    const entry_t entry = EntryAt(page * kPageBytes).value_or(0);
    if (is_present(entry)) {
      EXPECT_TRUE(frames.insert(frame_of(entry)).second) << page;
    }
  }
  // All memory is either mapped or a table of the root partition: at most a few frames are left over.
  EXPECT_GT(frames.size(), 3000U - 0x130 - 40);
}

TEST_F(RootPartitionTest, BeginsAsTheInterfaceSays) {
  AddModule(0x200000, 0x203001);
  ASSERT_EQ(Build(3000), RootError::kNone);
  EXPECT_EQ(running_partition, root_.descriptor);
  EXPECT_FALSE(interrupt_state(root_.descriptor));
  EXPECT_EQ(registers[0], 0x700000U);
  EXPECT_EQ(registers[2], 2U);
  EXPECT_EQ(registers[6], 0xFFFFEFC0U);
  EXPECT_EQ(registers[7], 0xFFFFC000U);
  for (const int i : {3, 4, 5, 8, 9, 10}) {
    EXPECT_EQ(registers[i], 0U);
  }
}

TEST_F(RootPartitionTest, TooLittleMemory) {
  AddModule(0x200000, 0x203001);
  EXPECT_EQ(Build(0x130 + 3), RootError::kTooLittleMemory);
  EXPECT_EQ(Build(0x130 + 12), RootError::kTooLittleMemory);
  EXPECT_EQ(Build(0x130 + 100), RootError::kTooLittleMemory);
  EXPECT_EQ(Build(0x130 + 400), RootError::kNone);
}

TEST_F(RootPartitionTest, ImagesMustEndBelowTheWindow) {
  for (std::uint32_t i = 0; i < 61; ++i) {
    AddModule(0x200000, 0x2000000);
    modules_.back().end = 0x4000000;
  }
  frame_count = 0x4000;
  FrameSet free;
  free.Add({0x4000, 0x8000});
  EXPECT_EQ(BuildRootPartition(modules_, free, root_), RootError::kImagesTooLarge);
}

}  // namespace
}  // namespace pip::x86
