// SPDX-License-Identifier: Apache-2.0
// The simulation itself: user accesses, the translation buffer, several machines at once.
#include "pipcore/arch/host/simulated_machine.h"

#include <gtest/gtest.h>

#include "pip/machine.h"
#include "pipcore/arch/host/invariant.h"
#include "pipcore/arch/host/program.h"

namespace pip::host {
namespace {

TEST(BootTest, SatisfiesTheInvariant) {
  for (const std::uint32_t pages : {0U, 1U, 100U, 5000U}) {
    SimulatedMachine machine(pages);
    EXPECT_EQ(FirstViolation(machine.View()), std::nullopt);
  }
}

TEST(BootTest, LooksAsTheInterfaceSays) {
  SimulatedMachine machine(4);
  EXPECT_EQ(machine.Load(kVidt), kFirstContext);
  EXPECT_EQ(machine.Load(kVidt + 32 * 4), kFirstContext);
  EXPECT_EQ(machine.Load(kFirstContext), kImage);
  for (const std::uint32_t address : {kImage, kFreeMemory, kFreeMemory + 3 * kPage, kStack, kVgaText}) {
    EXPECT_TRUE(machine.Store(address, 1));
  }
  EXPECT_EQ(machine.Load(kFreeMemory + 4 * kPage), std::nullopt);
}

TEST(UserModeTest, IsHeldByTheTables) {
  SimulatedMachine machine(8);
  EXPECT_EQ(machine.Load(kModule), 0U);
  EXPECT_FALSE(machine.Store(kModule, 1));
  EXPECT_EQ(machine.Load(0), std::nullopt);
  EXPECT_EQ(machine.Load(0xD0000000), std::nullopt);  // present, for the kernel only
  EXPECT_EQ(machine.Load(0x003FFFFC), std::nullopt);
  EXPECT_EQ(machine.Load(0x40000000), std::nullopt);
}

TEST(UserModeTest, SetsAccessedAndDirtyBits) {
  SimulatedMachine machine(8);
  const std::uint32_t root = machine.View().root_partition;
  EXPECT_EQ(*machine.EntryAt(root, kFreeMemory / kPage) & kHardwareBits, 0U);
  machine.Load(kFreeMemory);
  EXPECT_EQ(*machine.EntryAt(root, kFreeMemory / kPage) & kHardwareBits, kAccessed);
  machine.Store(kFreeMemory, 1);
  EXPECT_EQ(*machine.EntryAt(root, kFreeMemory / kPage) & kHardwareBits, kAccessed | kDirty);
}

TEST(TranslationBufferTest, IsCleanAfterServices) {
  SimulatedMachine machine(40);
  Pages pages = PagesFrom(kFreeMemory, 40);
  const Child child = *BuildChild(machine, pages, 3);
  EXPECT_EQ(machine.TranslationFault(), std::nullopt);
  EXPECT_GE(machine.Invalidations(), 8U);  // five pages of the child, three of tables
  EXPECT_TRUE(EnterChild(machine, child.descriptor));
  EXPECT_EQ(machine.TranslationFault(), std::nullopt);
  EXPECT_EQ(machine.RootLoads(), 1U);
}

// A service that loads another partition's tables than those of the partition that it makes the running one.
TEST(TranslationBufferTest, NoticesWrongTables) {
  SimulatedMachine machine(8);
  const std::uint32_t shadow = machine.View().Word(machine.View().root_partition, PIP_DESCRIPTOR_SHADOW1);
  load_mmu_root(shadow);
  machine.Perform({Service::kSetIntState, {0}});
  EXPECT_NE(machine.TranslationFault(), std::nullopt);
}

TEST(TranslationBufferTest, HoldsEveryPageUntilItIsForgotten) {
  constexpr std::uint32_t kRoot = 1;
  constexpr std::uint32_t kTable = 2;
  static std::uint32_t memory[3][PIP_TABLE_SIZE] = {};
  memory[kRoot][5] = kTable * kPage + 7;
  memory[kTable][9] = 0x00100007;
  TranslationBuffer buffer(memory);
  buffer.Fill(kRoot);
  EXPECT_EQ(buffer.FirstStalePage(kRoot), std::nullopt);
  memory[kTable][9] |= kHardwareBits;
  memory[kTable][10] = 0x00101007;  // what was not present cannot be stale
  EXPECT_EQ(buffer.FirstStalePage(kRoot), std::nullopt);
  memory[kTable][9] &= ~PIP_ENTRY_USER;
  EXPECT_EQ(buffer.FirstStalePage(kRoot), 5 * PIP_TABLE_SIZE + 9);
  buffer.Forget(5 * PIP_TABLE_SIZE + 8);
  EXPECT_EQ(buffer.FirstStalePage(kRoot), 5 * PIP_TABLE_SIZE + 9);
  buffer.Forget(5 * PIP_TABLE_SIZE + 9);
  EXPECT_EQ(buffer.FirstStalePage(kRoot), std::nullopt);
  buffer.Fill(kRoot);
  memory[kRoot][5] = 0;  // a whole table is gone
  EXPECT_NE(buffer.FirstStalePage(kRoot), std::nullopt);
  buffer.Flush();
  EXPECT_EQ(buffer.FirstStalePage(kRoot), std::nullopt);
}

TEST(SeveralMachinesTest, DoNotDisturbEachOther) {
  SimulatedMachine first(30);
  Pages pages = PagesFrom(kFreeMemory, 30);
  const Child child = *BuildChild(first, pages, 2);
  SimulatedMachine second(60);
  EXPECT_TRUE(second.Store(kFreeMemory, 42));
  EXPECT_TRUE(EnterChild(first, child.descriptor));
  EXPECT_EQ(second.Load(kFreeMemory), 42U);
  EXPECT_EQ(second.RunningPartition(), second.View().root_partition);
  EXPECT_NE(first.RunningPartition(), first.View().root_partition);
  EXPECT_EQ(first.Registers()[kEip], HandlerEip(kEntryVector));
  EXPECT_EQ(second.Registers()[kEip], 0U);
  EXPECT_EQ(FirstViolation(first.View()), std::nullopt);
  EXPECT_EQ(FirstViolation(second.View()), std::nullopt);
}

TEST(SnapshotTest, BringsEverythingBack) {
  SimulatedMachine machine(40);
  const SimulatedMachine::Snapshot booted = machine.Save();
  Pages pages = PagesFrom(kFreeMemory, 40);
  const Child child = *BuildChild(machine, pages, 3);
  EXPECT_TRUE(EnterChild(machine, child.descriptor));
  machine.Restore(booted);
  EXPECT_TRUE(machine.Save() == booted);
  EXPECT_EQ(FirstViolation(machine.View()), std::nullopt);
  pages = PagesFrom(kFreeMemory, 40);
  EXPECT_TRUE(BuildChild(machine, pages, 3));
}

}  // namespace
}  // namespace pip::host
