// SPDX-License-Identifier: Apache-2.0
// Services on structures that somebody damaged.  The proof says that no partition can; should hardware do it, every
// loop ends all the same, nothing is given away, and what cannot go on stops the machine.  Beside that: loops make all
// the steps that their bounds allow, and what hardware reads by itself is announced to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "pip/machine.h"
#include "pipcore/arch/host/kernel.h"
#include "pipcore/arch/host/scene_test.h"

namespace pip::host {
namespace {

constexpr const char* kUnreachable = "where the proof says that nobody comes";

class DamageToStructuresTest : public SceneTest {
 protected:
  DamageToStructuresTest() : raw_(machine.Machine()) { Look(); }
  ~DamageToStructuresTest() override { frame_count = raw_.View().frames; }

  // Finds the scene's partitions, before anything is damaged.
  void Look() {
    FirstViolation(raw_.View(), anatomy_);
    for (const PartitionView& part : anatomy_.partitions) {
      if (part.depth == 1 && part.name * kPage == scene.child.descriptor) {
        child_ = part;
      } else if (part.depth == 2) {
        grandchild_ = part;
      }
    }
  }
  std::uint32_t& At(std::uint32_t frame, std::uint32_t i) {
    return raw_.MutableWords()[frame * std::size_t{PIP_TABLE_SIZE} + i];
  }
  const PartitionView::Leaf& LeafOf(const PartitionView& part, std::uint32_t address) {
    return part.leaves[part.leaf_of_slot[address / kPage / PIP_TABLE_SIZE] - 1U];
  }
  std::uint32_t RecordOf(std::uint32_t list, std::uint32_t table) {
    for (std::uint32_t i = 0; i < At(list, PIP_LIST_COUNT); ++i) {
      if (At(list, PIP_RECORD_PLACE(i)) / kPage == table) {
        return PIP_RECORD_PLACE(i);
      }
    }
    ADD_FAILURE() << "the table has no record";
    return 0;
  }
  // Moves the record of the child's kEmptyTable to another list page, at its beginning.
  void MoveRecord(std::uint32_t to) {
    const std::uint32_t record = RecordOf(child_.list, LeafOf(child_, Scene::kEmptyTable).mmu);
    for (std::uint32_t i = 0; i < PIP_RECORD_WORDS; ++i) {
      At(to, PIP_LIST_FIRST_RECORD + i) = At(child_.list, record + i);
    }
    At(child_.list, record) = 0;
    At(to, PIP_LIST_COUNT) = 1;
  }
  Answer Collect() { return raw_.Perform({Service::kCollect, {scene.child.descriptor, Scene::kEmptyTable}}); }
  void ExpectNotListed() {
    const SimulatedMachine::Snapshot before = raw_.Save();
    EXPECT_EQ(Collect(), (Answer{PIP_NOT_LISTED, 0}));
    EXPECT_TRUE(raw_.Save() == before);
  }
  // The child runs, is its own parent, and has each of its pages where it has it itself.
  void MakeChildItsOwnAncestor() {
    EnterChild(machine, scene.child.descriptor);
    At(child_.descriptor, PIP_DESCRIPTOR_PARENT) = child_.descriptor * kPage;
    const std::uint32_t origins = LeafOf(child_, kChildMemory).shadow2;
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      At(origins, i) = kChildMemory + i * kPage;
    }
  }

  SimulatedMachine& raw_;
  Anatomy anatomy_;
  PartitionView child_;
  PartitionView grandchild_;
};

TEST_F(DamageToStructuresTest, AnEndlessListIsSearchedToAnEnd) {
  At(child_.list, RecordOf(child_.list, LeafOf(child_, Scene::kEmptyTable).mmu)) = 0;
  At(child_.list, PIP_LIST_NEXT) = child_.list * kPage;
  ExpectNotListed();
}

TEST_F(DamageToStructuresTest, AListEndsAtItsLastPage) {
  // Frame 0 would be a list page with the right record, and lead to another one.
  const std::uint32_t forged = Frame(scene.pages[0]);
  MoveRecord(forged);
  At(0, PIP_LIST_NEXT) = forged * kPage;
  At(0, PIP_LIST_COUNT) = 0;
  ExpectNotListed();
  At(0, PIP_LIST_COUNT) = 1;
  std::ranges::copy(raw_.View().Frame(forged).subspan(PIP_LIST_FIRST_RECORD, PIP_RECORD_WORDS),
                    &At(0, PIP_LIST_FIRST_RECORD));
  ExpectNotListed();
}

TEST_F(DamageToStructuresTest, AnEmptyFirstPageOfAListHasNoLastRecord) {
  const std::uint32_t second = Frame(scene.pages[0]);
  MoveRecord(second);
  At(child_.list, PIP_LIST_COUNT) = 0;
  At(child_.list, PIP_LIST_NEXT) = second * kPage;
  ExpectNotListed();
}

TEST_F(DamageToStructuresTest, OriginsAreNeitherInTheKernelNorWhereNoTableIs) {
  const std::uint32_t table = LeafOf(child_, Scene::kEmptyTable).mmu;
  const std::uint32_t record = RecordOf(child_.list, table);
  const std::uint32_t right = At(child_.list, record + 1);
  constexpr std::uint32_t kFirstSlot = 0x00005000;
  // What the kernel's table of the first slot says, and what frame 0 would say as a table.
  const std::uint32_t first_table = kernel_directory[0] / kPage;
  At(first_table, kFirstSlot / kPage) = table * kPage | kEveryRight;
  At(child_.list, record + 1) = kFirstSlot;
  ExpectNotListed();
  At(0, Scene::kNoTable / kPage % PIP_TABLE_SIZE) = table * kPage | kEveryRight;
  At(child_.list, record + 1) = Scene::kNoTable;
  ExpectNotListed();
  At(child_.list, record + 1) = right;
  EXPECT_EQ(Collect().status, PIP_DONE);
}

TEST_F(DamageToStructuresTest, TheOriginOfAListPageMattersWhenItIsGivenBack) {
  // Not when the page stays:
  const SimulatedMachine::Snapshot good = raw_.Save();
  const std::uint32_t origin = At(child_.list, PIP_LIST_ORIGIN);
  for (const std::uint32_t wrong : {0U, scene.pages[0], Scene::kNoTable, Scene::kKernelSpace, scene.hidden}) {
    ASSERT_NE(wrong, origin);
    raw_.Restore(good);
    At(child_.list, PIP_LIST_ORIGIN) = wrong;
    EXPECT_EQ(Collect().status, PIP_DONE) << wrong;
  }
  // The child's list gets a page more, with one record.
  raw_.Restore(good);
  const std::uint32_t head = Frame(scene.pages[0]);
  MoveRecord(head);
  At(head, PIP_LIST_NEXT) = child_.list * kPage;
  At(child_.descriptor, PIP_DESCRIPTOR_LIST) = head * kPage;
  const SimulatedMachine::Snapshot longer = raw_.Save();
  for (const std::uint32_t wrong : {0U, scene.pages[1], Scene::kNoTable, Scene::kKernelSpace, scene.hidden}) {
    raw_.Restore(longer);
    At(head, PIP_LIST_ORIGIN) = wrong;
    ExpectNotListed();
  }
  At(head, PIP_LIST_ORIGIN) = scene.pages[0];
  EXPECT_EQ(Collect().status, PIP_DONE);
  EXPECT_TRUE(IsCleared(scene.pages[0]));
}

using DamageToStructuresDeathTest = DamageToStructuresTest;

TEST_F(DamageToStructuresDeathTest, WhoIsItsOwnAncestorStopsTheMachineThatHidesItsPages) {
  MakeChildItsOwnAncestor();
  const Pages& p = scene.child_pages;
  EXPECT_DEATH(raw_.Perform({Service::kCreatePartition, {p[0], p[1], p[2], p[3], p[4]}}), kUnreachable);
}

TEST_F(DamageToStructuresDeathTest, WhoIsItsOwnAncestorStopsTheMachineThatShowsItsPages) {
  MakeChildItsOwnAncestor();
  EXPECT_DEATH(raw_.Perform({Service::kDeletePartition, {scene.grandchild.descriptor}}), kUnreachable);
}

TEST_F(DamageToStructuresTest, AmongEndlessAncestorsWhoCannotBeToldNobodyIsTold) {
  EnterChild(machine, scene.child.descriptor);
  machine.Store(kVidt + 4 * kPageFaultVector, 0);
  machine.Store(kVidt + 4 * kDoubleFaultVector, 0);
  EnterChild(machine, scene.grandchild.descriptor);
  At(child_.descriptor, PIP_DESCRIPTOR_PARENT) = child_.descriptor * kPage;
  const SimulatedMachine::Snapshot before = raw_.Save();
  EXPECT_EQ(raw_.Perform({Service::kDeliverFault, {kPageFaultVector}}).status, PIP_NO_HANDLER);
  EXPECT_TRUE(raw_.Save() == before);
}

TEST_F(DamageToStructuresTest, AFrameThatDoesNotExistIsNoOrdinaryMemory) {
  const Pages& p = scene.pages;
  const std::uint32_t address = p[0];
  const PartitionView& root = anatomy_.partitions[0];
  std::uint32_t& entry = At(LeafOf(root, address).mmu, address / kPage % PIP_TABLE_SIZE);
  entry = raw_.View().frames * kPage + entry % kPage;
  EXPECT_EQ(raw_.Perform({Service::kCreatePartition, {p[0], p[1], p[2], p[3], p[4]}}).status, PIP_NOT_ORDINARY_MEMORY);
}

TEST_F(DamageToStructuresTest, DeletionLeavesTheKernelsSlotsAlone) {
  // A shadow table where shadow trees have none: its gifts look like those to the child.
  const std::uint32_t forged = Frame(scene.pages[0]);
  for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
    At(forged, i) = scene.child.descriptor;
  }
  const PartitionView& root = anatomy_.partitions[0];
  At(root.shadow1, 0) = forged * kPage | kEveryRight;
  EXPECT_EQ(raw_.Perform({Service::kDeletePartition, {scene.child.descriptor}}).status, PIP_DONE);
  for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
    ASSERT_EQ(At(forged, i), scene.child.descriptor);
  }
}

// Bounds are numbers of frames: as many steps are made as there are frames, neither more nor fewer.
TEST_F(DamageToStructuresTest, AListIsSearchedThroughAsManyPagesAsThereAreFrames) {
  const std::uint32_t second = Frame(scene.pages[0]);
  MoveRecord(second);
  At(child_.list, PIP_LIST_NEXT) = second * kPage;
  frame_count = 1;
  ExpectNotListed();
  frame_count = 2;
  EXPECT_EQ(Collect().status, PIP_DONE);
}

TEST_F(DamageToStructuresTest, AFaultClimbsOverAsManyPartitionsAsThereAreFrames) {
  EnterChild(machine, scene.child.descriptor);
  machine.Store(kVidt + 4 * kPageFaultVector, 0);
  EnterChild(machine, scene.grandchild.descriptor);
  frame_count = 1;
  EXPECT_EQ(raw_.Perform({Service::kDeliverFault, {kPageFaultVector}}).status, PIP_NO_HANDLER);
  frame_count = 2;
  EXPECT_EQ(raw_.Perform({Service::kDeliverFault, {kPageFaultVector}}).status, PIP_DONE);
  EXPECT_EQ(raw_.RunningPartition(), raw_.View().root_partition);
}

TEST_F(DamageToStructuresDeathTest, PagesAreShownInAsManyPartitionsAsThereAreFrames) {
  EnterChild(machine, scene.child.descriptor);
  const Call call(Service::kDeletePartition, {scene.grandchild.descriptor});
  frame_count = 1;
  EXPECT_DEATH(raw_.Perform(call), kUnreachable);
  frame_count = 2;
  EXPECT_EQ(raw_.Perform(call).status, PIP_DONE);
}

// Whether each word of an MMU table that a service changed was announced to the machine.
class AnnouncedTest : public DamageToStructuresTest {
 protected:
  void Expect(const Call& call) {
    const SimulatedMachine::Snapshot before = raw_.Save();
    ASSERT_EQ(raw_.Perform(call).status, PIP_DONE);
    const std::vector<std::uint32_t> announced = raw_.Announced();
    Anatomy after;
    ASSERT_EQ(FirstViolation(raw_.View(), after), std::nullopt);
    std::uint32_t changes = 0;
    for (std::uint32_t frame = 0; frame < raw_.View().frames; ++frame) {
      if (after.use[frame] != Use::kTopTable && after.use[frame] != Use::kLeafTable) {
        continue;
      }
      for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
        const std::uint32_t place = frame * PIP_TABLE_SIZE + i;
        if (before.words[place] != raw_.View().words[place]) {
          ++changes;
          EXPECT_TRUE(std::ranges::binary_search(announced, place)) << Text(call) << ": frame " << frame << ", " << i;
        }
      }
    }
    EXPECT_NE(changes, 0U) << Text(call);
  }
};

TEST_F(AnnouncedTest, EveryChangeOfATableThatHardwareReads) {
  const Pages& p = scene.pages;
  for (std::uint32_t i = 0; i < 9; ++i) {
    for (std::uint32_t word = 0; word < PIP_TABLE_SIZE; ++word) {
      ASSERT_TRUE(raw_.Store(p[i] + 4 * word, 0x55555555));
    }
  }
  ASSERT_TRUE(Link(raw_, {p[5], p[6], p[7]}));
  Expect({Service::kCreatePartition, {p[0], p[1], p[2], p[3], p[4]}});
  Expect({Service::kPrepare, {p[0], Scene::kNoTable, p[5]}});
  Expect({Service::kAddVAddr, {p[8], p[0], Scene::kNoTable, 1, 1, 1}});
  Expect({Service::kRemoveVAddr, {p[0], Scene::kNoTable}});
  Expect({Service::kCollect, {p[0], Scene::kNoTable}});
  Expect({Service::kDeletePartition, {p[0]}});
}

}  // namespace
}  // namespace pip::host
