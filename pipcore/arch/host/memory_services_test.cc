// SPDX-License-Identifier: Apache-2.0
// What the services that move memory do when they succeed.  The refusals are in refusals_test.cc.
#include <vector>

#include "pipcore/arch/host/scene_test.h"

namespace pip::host {
namespace {

using CreatePartitionTest = SceneTest;
using PrepareTest = SceneTest;
using AddVAddrTest = SceneTest;
using RemoveVAddrTest = SceneTest;
using MappedInChildTest = SceneTest;
using CollectTest = SceneTest;
using DeletePartitionTest = SceneTest;

TEST_F(CreatePartitionTest, HidesItsPagesInTheCallerAndInEveryAncestor) {
  EnterChildPartition();
  const Pages pages(scene.child_pages.end() - 5, scene.child_pages.end());
  ASSERT_TRUE(Create(machine, scene.child_pages));
  for (const std::uint32_t page : pages) {
    EXPECT_EQ(Rights(page), kHidden);
    EXPECT_EQ(machine.Load(page), std::nullopt);
    EXPECT_FALSE(machine.Store(page, 1));
  }
  ASSERT_TRUE(EnterParent(machine));
  for (const std::uint32_t page : pages) {
    const std::uint32_t above = scene.child.given[(page - kChildMemory) / kPage];
    EXPECT_EQ(Rights(above), kHidden);
    EXPECT_FALSE(machine.Store(above, 1));
  }
}

TEST_F(CreatePartitionTest, MakesAChildThatIsMaskedAndHasNoTables) {
  EXPECT_EQ(Do(Service::kGetIntState, {scene.bare}), (Answer{PIP_DONE, 0}));
  EXPECT_EQ(Do(Service::kCountToMap, {scene.bare, kVidt}), (Answer{PIP_DONE, 3}));
  EXPECT_EQ(Status(Service::kAddVAddr, {scene.pages[0], scene.bare, kVidt, 1, 0, 0}), PIP_NO_TABLE);
}

TEST_F(CreatePartitionTest, IgnoresWhatThePagesHeld) {
  // A page full of what would be entries, gifts and origins.
  for (std::uint32_t i = 0; i < 5; ++i) {
    for (std::uint32_t offset = 0; offset < kPage; offset += 4) {
      ASSERT_TRUE(machine.Store(scene.pages[i] + offset, 0x00100207));
    }
  }
  const Pages& p = scene.pages;
  EXPECT_EQ(Status(Service::kCreatePartition, {p[0], p[1], p[2], p[3], p[4]}), PIP_DONE);
  EXPECT_EQ(Do(Service::kCountToMap, {p[0], kVidt}), (Answer{PIP_DONE, 3}));
}

TEST_F(CreatePartitionTest, TakesTheVidtAndTheStackOfTheCaller) {
  const Pages& p = scene.pages;
  EXPECT_EQ(Status(Service::kCreatePartition, {kVidt, kContexts, kStack, p[0], p[1]}), PIP_DONE);
  EXPECT_EQ(machine.Load(kVidt), std::nullopt);
}

TEST_F(PrepareTest, AnswersTheFirstPageThatItDidNotUse) {
  const Pages& p = scene.pages;
  Link(machine, {p[0], p[1], p[2]});
  machine.Store(p[2], 0x12345678);
  EXPECT_EQ(Do(Service::kPrepare, {scene.child.descriptor, Scene::kNoTable, p[0]}), (Answer{PIP_DONE, 0x12345678}));
  for (const std::uint32_t page : {p[0], p[1], p[2]}) {
    EXPECT_EQ(Rights(page), kHidden);
  }
  EXPECT_EQ(Do(Service::kCountToMap, {scene.child.descriptor, Scene::kNoTable}), (Answer{PIP_DONE, 0}));
}

TEST_F(PrepareTest, UsesNothingWhenNothingIsMissing) {
  for (const std::uint32_t first : {0U, 1U, scene.pages[0], scene.hidden, 0xFFFFFFFFU}) {
    EXPECT_EQ(Do(Service::kPrepare, {scene.child.descriptor, kVidt, first}), (Answer{PIP_DONE, first}));
  }
  EXPECT_EQ(Rights(scene.pages[0]), kEveryRight);
}

TEST_F(PrepareTest, ServesTheWholeTableAndNotMore) {
  EXPECT_EQ(Do(Service::kCountToMap, {scene.child.descriptor, Scene::kEmptyTable + 0x3FF000}), (Answer{PIP_DONE, 0}));
  EXPECT_EQ(Do(Service::kCountToMap, {scene.child.descriptor, Scene::kEmptyTable + 0x400000}), (Answer{PIP_DONE, 3}));
  EXPECT_EQ(Do(Service::kCountToMap, {scene.child.descriptor, Scene::kEmptyTable - 0x1000}), (Answer{PIP_DONE, 3}));
}

TEST_F(PrepareTest, LetsTheChildNotSeeWhatThePagesHeld) {
  const Pages& p = scene.pages;
  for (std::uint32_t offset = 0; offset < kPage; offset += 4) {
    machine.Store(p[0] + offset, 0x00100207);
    machine.Store(p[1] + offset, 0x00100207);
  }
  Link(machine, {p[0], p[1], p[2]});
  ASSERT_EQ(Status(Service::kPrepare, {scene.child.descriptor, Scene::kNoTable, p[0]}), PIP_DONE);
  EnterChildPartition();
  EXPECT_EQ(machine.Load(Scene::kNoTable), std::nullopt);
  EXPECT_EQ(Do(Service::kMappedInChild, {Scene::kNoTable}), (Answer{PIP_DONE, 0}));
}

TEST_F(AddVAddrTest, SharesThePage) {
  const std::uint32_t page = scene.pages[0];
  machine.Store(page + 8, 77);
  ASSERT_EQ(Status(Service::kAddVAddr, {page, scene.child.descriptor, Scene::kEmptyTable, 1, 1, 1}), PIP_DONE);
  const std::uint32_t frame = Frame(page);
  EXPECT_EQ(Rights(page), kEveryRight);
  EnterChildPartition();
  EXPECT_EQ(Frame(Scene::kEmptyTable), frame);
  EXPECT_EQ(Word(Scene::kEmptyTable + 8), 77U);
  EXPECT_TRUE(machine.Store(Scene::kEmptyTable + 8, 78));
  ASSERT_TRUE(EnterParent(machine));
  EXPECT_EQ(Word(page + 8), 78U);
}

TEST_F(AddVAddrTest, GivesTheRightsThatAreAskedForOfThoseThatTheCallerHas) {
  const struct {
    std::uint32_t source;
    bool writable;
    bool executable;
  } kSources[] = {
      {scene.pages[0], true, true}, {kModule, false, false}, {kStack, true, false}, {kVgaText, true, false}};
  std::uint32_t destination = Scene::kEmptyTable;
  for (const auto& source : kSources) {
    for (const bool w : {false, true}) {
      for (const bool x : {false, true}) {
        const bool allowed = (!w || source.writable) && (!x || source.executable);
        EXPECT_EQ(Status(Service::kAddVAddr, {source.source, scene.child.descriptor, destination, 1, w, x}),
                  allowed ? PIP_DONE : PIP_RIGHTS_EXCEEDED);
        if (!allowed) {
          continue;
        }
        EnterChildPartition();
        EXPECT_EQ(Rights(destination), kReadOnly | (w ? PIP_ENTRY_WRITABLE : 0) | (x ? PIP_ENTRY_EXECUTABLE : 0));
        EXPECT_EQ(machine.Store(destination, 1), w);
        EXPECT_TRUE(machine.Load(destination));
        ASSERT_TRUE(EnterParent(machine));
        EXPECT_EQ(Status(Service::kRemoveVAddr, {scene.child.descriptor, destination}), PIP_DONE);
        destination += kPage;
      }
    }
  }
}

TEST_F(AddVAddrTest, NamesMissingRightsBeforeTheGift) {
  ASSERT_EQ(Status(Service::kAddVAddr, {kModule, scene.child.descriptor, Scene::kEmptyTable, 1, 0, 0}), PIP_DONE);
  EXPECT_EQ(Status(Service::kAddVAddr, {kModule, scene.child.descriptor, Scene::kEmptyTable + kPage, 1, 1, 0}),
            PIP_RIGHTS_EXCEEDED);
  EXPECT_EQ(Status(Service::kAddVAddr, {kModule, scene.child.descriptor, Scene::kEmptyTable + kPage, 1, 0, 0}),
            PIP_ALREADY_GIVEN);
}

TEST_F(AddVAddrTest, ReachesTheFirstAndTheLastPageOfUserSpace) {
  for (const std::uint32_t destination : {0x00400000U, 0xCFFFF000U}) {
    ASSERT_TRUE(Prepare(machine, scene.pages, scene.child.descriptor, destination));
    EXPECT_TRUE(Give(machine, scene.pages.back(), scene.child.descriptor, destination));
    scene.pages.pop_back();
  }
  ASSERT_EQ(Status(Service::kRemoveVAddr, {scene.child.descriptor, kVidt}), PIP_DONE);
  EXPECT_TRUE(Give(machine, scene.pages.back(), scene.child.descriptor, kVidt));
}

TEST_F(RemoveVAddrTest, UndoesAddVAddr) {
  const SimulatedMachine::Snapshot before = machine.Machine().Save();
  ASSERT_TRUE(Give(machine, scene.pages[0], scene.child.descriptor, Scene::kEmptyTable));
  EXPECT_EQ(Do(Service::kMappedInChild, {scene.pages[0]}), (Answer{PIP_DONE, scene.child.descriptor}));
  ASSERT_EQ(Status(Service::kRemoveVAddr, {scene.child.descriptor, Scene::kEmptyTable}), PIP_DONE);
  EXPECT_TRUE(machine.Machine().Save() == before);
}

TEST_F(RemoveVAddrTest, TakesTheVidtFromTheChild) {
  ASSERT_EQ(Status(Service::kRemoveVAddr, {scene.child.descriptor, kVidt}), PIP_DONE);
  EXPECT_EQ(Do(Service::kMappedInChild, {scene.child.vidt}), (Answer{PIP_DONE, 0}));
  EXPECT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 0, kYieldSlot, 0, 0}), PIP_TARGET_VIDT_UNAVAILABLE);
}

TEST_F(MappedInChildTest, NamesTheChild) {
  EXPECT_EQ(Do(Service::kMappedInChild, {scene.given}), (Answer{PIP_DONE, scene.child.descriptor}));
  EXPECT_EQ(Do(Service::kMappedInChild, {scene.sibling.vidt}), (Answer{PIP_DONE, scene.sibling.descriptor}));
  EXPECT_EQ(Do(Service::kMappedInChild, {scene.child.descriptor}), (Answer{PIP_DONE, scene.child.descriptor}));
  EXPECT_EQ(Do(Service::kMappedInChild, {scene.child.descriptor + kPage}), (Answer{PIP_DONE, scene.child.descriptor}));
  EXPECT_EQ(Do(Service::kMappedInChild, {scene.pages[0]}), (Answer{PIP_DONE, 0}));
  EXPECT_EQ(Do(Service::kMappedInChild, {Scene::kUnmapped}), (Answer{PIP_DONE, 0}));
}

TEST_F(CollectTest, GivesTheTablesBackAsAList) {
  const std::uint32_t child = scene.child.descriptor;
  const Pages taken(scene.pages.end() - 3, scene.pages.end());
  ASSERT_TRUE(Prepare(machine, scene.pages, child, Scene::kNoTable));
  const Answer answer = Do(Service::kCollect, {child, Scene::kNoTable + 5 * kPage});
  EXPECT_EQ(answer, (Answer{PIP_DONE, taken[0]}));
  EXPECT_EQ(Word(taken[0]), taken[1]);
  EXPECT_EQ(Word(taken[1]), taken[2]);
  EXPECT_EQ(Word(taken[2]), 0U);
  for (const std::uint32_t page : taken) {
    EXPECT_EQ(Rights(page), kEveryRight);
    EXPECT_EQ(Do(Service::kMappedInChild, {page}), (Answer{PIP_DONE, 0}));
    machine.Store(page, 0);
    EXPECT_TRUE(IsCleared(page));
  }
  EXPECT_EQ(Status(Service::kCollect, {child, Scene::kNoTable}), PIP_NOTHING_TO_COLLECT);
  EXPECT_EQ(Do(Service::kCountToMap, {child, Scene::kNoTable}), (Answer{PIP_DONE, 3}));
}

TEST_F(CollectTest, WorksForTheRunningPartitionsOwnChildrenAtAnyDepth) {
  EnterChildPartition();
  const std::uint32_t grandchild = scene.grandchild.descriptor;
  const Pages taken(scene.child_pages.end() - 3, scene.child_pages.end());
  ASSERT_TRUE(Prepare(machine, scene.child_pages, grandchild, Scene::kNoTable));
  ASSERT_EQ(Do(Service::kCollect, {grandchild, Scene::kNoTable}), (Answer{PIP_DONE, taken[0]}));
  ASSERT_TRUE(EnterParent(machine));
  for (const std::uint32_t page : taken) {
    EXPECT_EQ(Rights(scene.child.given[(page - kChildMemory) / kPage]), kEveryRight);
  }
}

TEST_F(CollectTest, RefusesWhatTheListGetsWrong) {
  // No partition can damage the list or the trees; should it happen, collect gives nothing away.
  const std::uint32_t list =
      machine.View().Word(Frame(scene.child.descriptor), PIP_DESCRIPTOR_LIST) / kPage * PIP_TABLE_SIZE;
  const std::uint32_t count = list + PIP_LIST_COUNT;
  const std::uint32_t record = list + PIP_LIST_FIRST_RECORD + PIP_RECORD_WORDS;  // the second, about kEmptyTable
  SimulatedMachine& raw = machine.Machine();
  const Call call(Service::kCollect, {scene.child.descriptor, Scene::kEmptyTable});
  const SimulatedMachine::Snapshot good = raw.Save();
  struct Damage {
    std::uint32_t position;
    std::uint32_t word;
  };
  std::vector<Damage> all = {{count, 0}, {count, 1}, {record, 0}, {record, scene.hidden}};
  for (std::uint32_t origin = 1; origin < PIP_RECORD_WORDS; ++origin) {
    for (const std::uint32_t word : {0U, scene.pages[0], scene.hidden, Scene::kNoTable, Scene::kUnmapped,
                                     Scene::kKernelSpace, kVidt, 0x00001000U}) {
      all.push_back({record + origin, word});
    }
  }
  for (const Damage& damage : all) {
    raw.Restore(good);
    raw.MutableWords()[damage.position] = damage.word;
    const SimulatedMachine::Snapshot before = raw.Save();
    EXPECT_EQ(raw.Perform(call), (Answer{PIP_NOT_LISTED, 0})) << damage.position << ' ' << damage.word;
    EXPECT_TRUE(raw.Save() == before);
  }
  raw.Restore(good);
  EXPECT_EQ(raw.Perform(call).status, PIP_DONE);
}

TEST_F(DeletePartitionTest, GivesEveryPageBackAndClearsKernelData) {
  const std::uint32_t marker = 0xCAFE;
  machine.Store(scene.given, marker);
  const MachineView view = machine.View();
  // What the root partition mapped with which entry before it had children is what it must have again.
  std::vector<std::uint32_t> hidden;
  for (std::uint32_t i = 0; i < 120; ++i) {
    const std::uint32_t page = kFreeMemory + i * kPage;
    if ((Entry(page) & PIP_ENTRY_USER) == 0) {
      hidden.push_back(page);
    }
  }
  ASSERT_GT(hidden.size(), 20U);
  for (const std::uint32_t child : {scene.child.descriptor, scene.bare, scene.sibling.descriptor}) {
    EXPECT_EQ(Status(Service::kDeletePartition, {child}), PIP_DONE);
    EXPECT_EQ(Status(Service::kDeletePartition, {child}), PIP_NOT_A_CHILD);
  }
  for (std::uint32_t i = 0; i < 120; ++i) {
    const std::uint32_t page = kFreeMemory + i * kPage;
    EXPECT_EQ(Rights(page), kEveryRight);
    EXPECT_EQ(Do(Service::kMappedInChild, {page}), (Answer{PIP_DONE, 0}));
  }
  for (const std::uint32_t page : hidden) {
    EXPECT_TRUE(IsCleared(page));
  }
  EXPECT_EQ(Word(scene.given), marker);
  EXPECT_EQ(machine.Structure().partitions.size(), 1U);
  EXPECT_EQ(view.root_pages, machine.View().root_pages);
}

TEST_F(DeletePartitionTest, LeavesSiblingsAlone) {
  ASSERT_EQ(Status(Service::kDeletePartition, {scene.child.descriptor}), PIP_DONE);
  EXPECT_TRUE(EnterChild(machine, scene.sibling.descriptor));
  EXPECT_EQ(Register(kEip), HandlerEip(kEntryVector));
}

TEST_F(DeletePartitionTest, ShowsItsPagesInEveryAncestor) {
  EnterChildPartition();
  ASSERT_EQ(Status(Service::kDeletePartition, {scene.grandchild.descriptor}), PIP_DONE);
  EXPECT_EQ(Rights(scene.grandchild.descriptor), kEveryRight);
  ASSERT_TRUE(EnterParent(machine));
  EXPECT_EQ(Rights(scene.child.given[(scene.grandchild.descriptor - kChildMemory) / kPage]), kEveryRight);
}

TEST_F(DeletePartitionTest, LetsTheNameBeUsedAgain) {
  const std::uint32_t name = scene.bare;
  ASSERT_EQ(Status(Service::kDeletePartition, {name}), PIP_DONE);
  const Pages& p = scene.pages;
  EXPECT_EQ(Status(Service::kCreatePartition, {name, p[0], p[1], p[2], p[3]}), PIP_DONE);
  EXPECT_EQ(Do(Service::kCountToMap, {name, kVidt}), (Answer{PIP_DONE, 3}));
}

}  // namespace
}  // namespace pip::host
