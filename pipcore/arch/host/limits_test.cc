// SPDX-License-Identifier: Apache-2.0
// The services at their limits: full lists, full and last tables, the deepest nesting that memory allows, deletion of
// all that at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

#include "pipcore/arch/host/boot.h"
#include "pipcore/arch/host/scene.h"

namespace pip::host {
namespace {

// A machine of its own size, with the oracle.
class Limits : public testing::Test {
 protected:
  void Boot(std::uint32_t free_pages) {
    machine_ = std::make_unique<LockStep>(free_pages, &SharedOracle());
    pages_ = PagesFrom(kFreeMemory, free_pages);
    free_pages_ = free_pages;
    WriteHandlers(*machine_, kVidt, kContexts);
  }
  Answer Do(Service service, std::initializer_list<std::uint32_t> arguments) {
    return machine_->Perform({service, arguments});
  }
  std::uint32_t Entry(std::uint32_t address) {
    return machine_->Machine().EntryAt(machine_->View().running_partition, address / kPage).value_or(0);
  }
  // Everything that the root partition had after boot is its own again; what was hidden before is cleared.
  void ExpectAllBack(const std::vector<std::uint32_t>& hidden_before) {
    for (std::uint32_t i = 0; i < free_pages_; ++i) {
      const std::uint32_t entry = Entry(kFreeMemory + i * kPage);
      EXPECT_NE(entry & PIP_ENTRY_USER, 0U);
      EXPECT_EQ(machine_->Machine().Perform({Service::kMappedInChild, {kFreeMemory + i * kPage}}),
                (Answer{PIP_DONE, 0}));
    }
    for (const std::uint32_t address : hidden_before) {
      const auto words = machine_->View().Frame(Entry(address) / kPage);
      EXPECT_EQ(std::ranges::count(words, 0U), static_cast<std::ptrdiff_t>(PIP_TABLE_SIZE)) << address;
    }
    EXPECT_EQ(machine_->Structure().partitions.size(), 1U);
  }
  std::vector<std::uint32_t> HiddenPages() {
    std::vector<std::uint32_t> hidden;
    for (std::uint32_t i = 0; i < free_pages_; ++i) {
      if ((Entry(kFreeMemory + i * kPage) & PIP_ENTRY_USER) == 0) {
        hidden.push_back(kFreeMemory + i * kPage);
      }
    }
    return hidden;
  }

  std::unique_ptr<LockStep> machine_;
  Pages pages_;
  std::uint32_t free_pages_ = 0;
};

// The n-th table of a child's user space.
constexpr std::uint32_t TableAddress(std::uint32_t n) { return 0x00400000 + n * 0x00400000; }

class FullListTest : public Limits {
 protected:
  FullListTest() {
    Boot(5 + 3 * 258 + 20);
    child_ = *Create(*machine_, pages_);
    for (std::uint32_t n = 0; n < PIP_LIST_CAPACITY; ++n) {
      EXPECT_TRUE(Prepare(*machine_, pages_, child_, TableAddress(n)));
    }
    machine_->Keep("full");
  }

  std::uint32_t child_ = 0;
};

TEST_F(FullListTest, OneMorePageIsNeededAndTaken) {
  const std::uint32_t address = TableAddress(PIP_LIST_CAPACITY);
  EXPECT_EQ(Do(Service::kCountToMap, {child_, address}), (Answer{PIP_DONE, 4}));
  const Pages four(pages_.end() - 4, pages_.end());
  Link(*machine_, four);
  machine_->Store(four[3], 0x12345678);
  EXPECT_EQ(Do(Service::kPrepare, {child_, address, four[0]}), (Answer{PIP_DONE, 0x12345678}));
  for (const std::uint32_t page : four) {
    EXPECT_EQ(Entry(page) & PIP_ENTRY_USER, 0U);
  }
  EXPECT_EQ(Do(Service::kCountToMap, {child_, TableAddress(256)}), (Answer{PIP_DONE, 3}));
}

TEST_F(FullListTest, TheFourthPageIsCheckedLikeTheOthers) {
  const Pages four(pages_.end() - 4, pages_.end());
  struct Wrong {
    pip_status_t status;
    std::uint32_t word;
  };
  for (const Wrong& wrong :
       {Wrong{PIP_BAD_ADDRESS, 0}, Wrong{PIP_BAD_ADDRESS, four[3] + 4}, Wrong{PIP_BAD_ADDRESS, 0xD0000000},
        Wrong{PIP_NOT_MAPPED, 0x20000000}, Wrong{PIP_NOT_ACCESSIBLE, child_}, Wrong{PIP_NOT_WRITABLE, kModule},
        Wrong{PIP_NOT_ORDINARY_MEMORY, kVgaText}, Wrong{PIP_SAME_PAGE, four[0]}, Wrong{PIP_SAME_PAGE, four[1]},
        Wrong{PIP_SAME_PAGE, four[2]}}) {
    Link(*machine_, {four[0], four[1], four[2]});
    machine_->Store(four[2], wrong.word);
    const SimulatedMachine::Snapshot before = machine_->Machine().Save();
    EXPECT_EQ(Do(Service::kPrepare, {child_, TableAddress(255), four[0]}), (Answer{wrong.status, four[0]}));
    EXPECT_TRUE(machine_->Machine().Save() == before);
  }
}

TEST_F(FullListTest, TheListShrinksAgainWithTheTables) {
  for (std::uint32_t n = PIP_LIST_CAPACITY; n < PIP_LIST_CAPACITY + 3; ++n) {
    ASSERT_TRUE(Prepare(*machine_, pages_, child_, TableAddress(n)));
  }
  // Records are found in the last page and filled up from the first; the fourth page comes back with the third table.
  for (const std::uint32_t n : {0U, 254U, 100U}) {
    const Answer answer = Do(Service::kCollect, {child_, TableAddress(n)});
    ASSERT_EQ(answer.status, PIP_DONE);
    std::uint32_t length = 0;
    for (std::uint32_t page = answer.value; page != 0; page = machine_->Load(page).value()) {
      ++length;
    }
    EXPECT_EQ(length, n == 100 ? 4U : 3U);
  }
  EXPECT_EQ(Do(Service::kCountToMap, {child_, TableAddress(0)}), (Answer{PIP_DONE, 4}));
  // And the remaining 255, the even ones from the first on, then the odd ones.
  for (const std::uint32_t parity : {0U, 1U}) {
    for (std::uint32_t n = parity; n < PIP_LIST_CAPACITY + 3; n += 2) {
      const bool gone = n == 0 || n == 100 || n == 254;
      EXPECT_EQ(Do(Service::kCollect, {child_, TableAddress(n)}).status, gone ? PIP_NOTHING_TO_COLLECT : PIP_DONE);
    }
  }
}

TEST_F(FullListTest, DeletionGivesTheListBack) {
  ASSERT_TRUE(Prepare(*machine_, pages_, child_, TableAddress(PIP_LIST_CAPACITY)));
  const auto hidden = HiddenPages();
  EXPECT_EQ(hidden.size(), 5U + 3U * 256U + 1U);
  ASSERT_EQ(Do(Service::kDeletePartition, {child_}).status, PIP_DONE);
  ExpectAllBack(hidden);
}

class TableTest : public Limits {};

TEST_F(TableTest, OnePageAnywhereInATableKeepsIt) {
  Boot(40);
  const std::uint32_t child = *Create(*machine_, pages_);
  ASSERT_TRUE(Prepare(*machine_, pages_, child, TableAddress(3)));
  for (const std::uint32_t position : {0U, 1U, 511U, 1022U, 1023U}) {
    const std::uint32_t address = TableAddress(3) + position * kPage;
    ASSERT_TRUE(Give(*machine_, pages_.back(), child, address));
    EXPECT_EQ(Do(Service::kCollect, {child, TableAddress(3)}), (Answer{PIP_NOT_EMPTY, 0}));
    ASSERT_EQ(Do(Service::kRemoveVAddr, {child, address}).status, PIP_DONE);
  }
  EXPECT_EQ(Do(Service::kCollect, {child, TableAddress(3) + 1023 * kPage}).status, PIP_DONE);
}

TEST_F(TableTest, WhatStandsBehindATableDoesNotKeepIt) {
  Boot(40);
  const std::uint32_t child = *Create(*machine_, pages_);
  ASSERT_TRUE(Link(*machine_, {pages_[1], pages_[3], pages_[5]}));
  ASSERT_EQ(Do(Service::kPrepare, {child, TableAddress(3), pages_[1]}), (Answer{PIP_DONE, 0}));
  ASSERT_EQ(Entry(pages_[2]) / kPage, Entry(pages_[1]) / kPage + 1);
  ASSERT_TRUE(machine_->Store(pages_[2], 0xFFFFFFFF));
  EXPECT_EQ(Do(Service::kCollect, {child, TableAddress(3)}).status, PIP_DONE);
}

TEST_F(TableTest, HundredsOfPagesInSeveralTablesComeBackFromOneDeletion) {
  Boot(2100);  // in three tables of the root partition
  const Child child = *BuildChild(*machine_, pages_, 1000);
  for (std::uint32_t n = 0; n < 2; ++n) {
    ASSERT_TRUE(Prepare(*machine_, pages_, child.descriptor, TableAddress(n)));
  }
  for (std::uint32_t i = 0; !pages_.empty(); ++i) {
    ASSERT_TRUE(Give(*machine_, pages_.back(), child.descriptor, TableAddress(0) + i * kPage));
    pages_.pop_back();
  }
  const auto hidden = HiddenPages();
  ASSERT_EQ(Do(Service::kDeletePartition, {child.descriptor}).status, PIP_DONE);
  ExpectAllBack(hidden);
}

// The kernel's slots map physical memory, in pages of 4 MiB: taken for a table, such a page holds what user mode wrote.
TEST_F(TableTest, NobodyWalksThroughTheKernelsSlots) {
  Boot(2100);
  constexpr std::uint32_t kWindow = 0xD0400000;  // the frames from 0x400 on
  constexpr std::uint32_t kWindowFrame = 0x400;
  const std::uint32_t child = BuildChild(*machine_, pages_, 1)->descriptor;
  const auto forged =
      std::ranges::find_if(pages_, [&](std::uint32_t page) { return Entry(page) / kPage == kWindowFrame; });
  ASSERT_NE(forged, pages_.end());
  for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
    ASSERT_TRUE(machine_->Store(*forged + 4 * i, Entry(pages_.front()) | PIP_ENTRY_USER | PIP_ENTRY_WRITABLE));
  }
  EXPECT_EQ(Do(Service::kPhysicalAddress, {kWindow}), (Answer{PIP_NOT_MAPPED, 0}));
  constexpr std::uint32_t kVector = 100;
  constexpr std::uint32_t kSlot = 101;
  machine_->Store(kVidt + 4 * kVector, kWindow + 0x40);
  EXPECT_EQ(Do(Service::kDeliverInterrupt, {kVector}), (Answer{PIP_NO_HANDLER, 0}));
  machine_->Store(kVidt + 4 * kSlot, kWindow);
  EXPECT_EQ(Do(Service::kYieldTo, {child, kEntryVector, kSlot, 0, 0}), (Answer{PIP_CALLER_CONTEXT_UNAVAILABLE, 0}));
}

// Frames below 0x100 are devices, whatever the root partition may do with them.
TEST_F(TableTest, OrdinaryMemoryBeginsAtItsFirstFrame) {
  Boot(20);
  const auto words = machine_->View().words;
  MachineImage image = {.root_partition = 0, .words = {words.begin(), words.end()}};
  const auto frame = [&](std::uint32_t number) {
    return std::span(image.words).subspan(number * std::size_t{PIP_TABLE_SIZE}, PIP_TABLE_SIZE);
  };
  const std::uint32_t mmu = frame(PIP_FIRST_ORDINARY_FRAME)[PIP_DESCRIPTOR_MMU] / kPage;
  const std::uint32_t leaf = frame(mmu)[pages_[0] / kPage / PIP_TABLE_SIZE] / kPage;
  const auto entry = [&](std::uint32_t page) -> std::uint32_t& { return frame(leaf)[page / kPage % PIP_TABLE_SIZE]; };
  // The root's descriptor, which boot puts into the first frame, goes to another, and the two pages change places.
  image.root_partition = entry(pages_[0]) / kPage;
  std::ranges::copy(frame(PIP_FIRST_ORDINARY_FRAME), frame(image.root_partition).begin());
  std::ranges::fill(frame(PIP_FIRST_ORDINARY_FRAME), 0U);
  entry(pages_[0]) = PIP_FIRST_ORDINARY_FRAME * kPage + entry(pages_[0]) % kPage;
  entry(pages_[1]) = (PIP_FIRST_ORDINARY_FRAME - 1) * kPage + entry(pages_[1]) % kPage;
  machine_ = std::make_unique<LockStep>(image, &SharedOracle());
  const Pages& p = pages_;
  EXPECT_EQ(Do(Service::kCreatePartition, {p[1], p[2], p[3], p[4], p[5]}).status, PIP_NOT_ORDINARY_MEMORY);
  EXPECT_EQ(Do(Service::kCreatePartition, {p[0], p[2], p[3], p[4], p[5]}).status, PIP_DONE);
}

class NestingTest : public Limits {
 protected:
  // Children in children until memory is used up; leaves the innermost running.  The descriptors' addresses, each in
  // its parent, from the root partition's child on.
  std::vector<std::uint32_t> Nest() {
    std::vector<std::uint32_t> descriptors;
    Pages pages = pages_;
    while (pages.size() >= kPagesOfAChild) {
      const auto gifts = static_cast<std::uint32_t>(pages.size()) - kPagesOfAChild;
      const Child child = *BuildChild(*machine_, pages, gifts);
      descriptors.push_back(child.descriptor);
      EXPECT_TRUE(EnterChild(*machine_, child.descriptor));
      pages = PagesFrom(kChildMemory, gifts);
    }
    return descriptors;
  }
};

TEST_F(NestingTest, PartitionsNestAsDeepAsMemoryAllows) {
  Boot(400);
  const auto descriptors = Nest();
  EXPECT_EQ(descriptors.size(), 40U);
  EXPECT_EQ(machine_->Structure().partitions.back().depth, 40U);
  const std::vector<std::uint32_t> hidden = [&] {
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
      EXPECT_TRUE(EnterParent(*machine_));
    }
    return HiddenPages();
  }();
  EXPECT_EQ(hidden.size(), 40U * 8U);
  ASSERT_EQ(Do(Service::kDeletePartition, {descriptors.front()}).status, PIP_DONE);
  ExpectAllBack(hidden);
}

TEST_F(NestingTest, AFaultClimbsOverAllDeafAncestors) {
  Boot(250);
  for (const std::uint32_t vector : {kPageFaultVector, kDoubleFaultVector}) {
    machine_->Store(kVidt + 4 * vector, ContextAddress(kTimerVector));
  }
  const auto descriptors = Nest();
  // Each ancestor is deaf to both vectors, but for the root partition.
  for (std::size_t up = 1; up < descriptors.size(); ++up) {
    ASSERT_TRUE(EnterParent(*machine_));
    for (const std::uint32_t vector : {kPageFaultVector, kDoubleFaultVector}) {
      machine_->Store(kVidt + 4 * vector, 0);
    }
  }
  for (std::size_t down = 1; down < descriptors.size(); ++down) {
    ASSERT_TRUE(EnterChild(*machine_, descriptors[down]));
  }
  ASSERT_EQ(machine_->View().running_partition, machine_->Structure().partitions.back().descriptor);
  ASSERT_EQ(Do(Service::kDeliverFault, {kPageFaultVector}).status, PIP_DONE);
  EXPECT_EQ(machine_->View().running_partition, machine_->View().root_partition);
  EXPECT_EQ(machine_->Machine().Registers()[kEip], HandlerEip(kTimerVector));
}

TEST_F(NestingTest, AFaultGoesToTheNearestAncestorThatHears) {
  Boot(100);
  const auto descriptors = Nest();
  ASSERT_TRUE(EnterParent(*machine_));
  for (const std::uint32_t vector : {kPageFaultVector, kDoubleFaultVector}) {
    machine_->Store(kVidt + 4 * vector, 0);
  }
  ASSERT_TRUE(EnterChild(*machine_, descriptors.back()));
  const auto& partitions = machine_->Structure().partitions;
  const std::uint32_t grandparent = partitions[partitions[partitions.back().parent].parent].descriptor;
  ASSERT_NE(grandparent, machine_->View().root_partition);
  ASSERT_EQ(Do(Service::kDeliverFault, {kPageFaultVector}).status, PIP_DONE);
  EXPECT_EQ(machine_->View().running_partition, grandparent);
  EXPECT_EQ(machine_->Machine().Registers()[kEip], HandlerEip(kDoubleFaultVector));
}

TEST_F(NestingTest, DeletionFromTheMiddleGivesTheSubtreeToItsParent) {
  Boot(200);
  const auto descriptors = Nest();
  const std::size_t middle = descriptors.size() / 2;
  for (std::size_t up = middle; up < descriptors.size(); ++up) {
    ASSERT_TRUE(EnterParent(*machine_));
  }
  ASSERT_EQ(Do(Service::kDeletePartition, {descriptors[middle]}).status, PIP_DONE);
  EXPECT_EQ(machine_->Structure().partitions.size(), middle + 1);
  // All of it can be used again, by the same partition, to the same depth.
  std::uint32_t count = 0;
  for (std::uint32_t page = kChildMemory; (Entry(page) & PIP_ENTRY_PRESENT) != 0; page += kPage) {
    EXPECT_NE(Entry(page) & PIP_ENTRY_USER, 0U);
    ++count;
  }
  pages_ = PagesFrom(kChildMemory, count);
  EXPECT_EQ(Nest().size(), descriptors.size() - middle);
}

}  // namespace
}  // namespace pip::host
