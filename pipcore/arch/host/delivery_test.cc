// SPDX-License-Identifier: Apache-2.0
// Interrupts and faults: who is told, at which vector, and where the interrupted registers go.
#include <array>
#include <vector>

#include "pipcore/arch/host/scene_test.h"

namespace pip::host {
namespace {

using Registers = std::array<std::uint32_t, PIP_CONTEXT_WORDS>;

class DeliveryTest : public SceneTest {
 protected:
  // Root partition, child, grandchild: their descriptors' frames.
  DeliveryTest() {
    root_ = machine.View().root_partition;
    EnterChild(machine, scene.child.descriptor);
    child_ = machine.View().running_partition;
    EnterChild(machine, scene.grandchild.descriptor);
    grandchild_ = machine.View().running_partition;
    machine.Keep("in_the_grandchild");
  }
  // Changes a word of the running partition's VIDT, or of an ancestor's: levels up.
  void SetVidt(std::uint32_t levels, std::uint32_t vector, std::uint32_t word) {
    GoUp(levels);
    ASSERT_TRUE(machine.Store(kVidt + 4 * vector, word));
    GoDown(levels);
  }
  void GoUp(std::uint32_t levels) {
    for (; levels > 0; --levels) {
      ASSERT_TRUE(EnterParent(machine));
    }
  }
  void GoDown(std::uint32_t levels) {
    if (levels == 2) {
      ASSERT_TRUE(EnterChild(machine, scene.child.descriptor));
    }
    if (levels >= 1) {
      ASSERT_TRUE(EnterChild(machine, scene.grandchild.descriptor));
    }
  }
  void ExpectRunning(std::uint32_t partition, std::uint32_t vector) {
    EXPECT_EQ(machine.View().running_partition, partition);
    EXPECT_EQ(Register(kEip), HandlerEip(vector));
  }
  // The words of the context that a partition saved to a slot of its VIDT.
  Registers SavedBy(std::uint32_t partition, std::uint32_t slot) {
    Registers words = {};
    const std::uint32_t frame = *machine.Machine().EntryAt(partition, kContexts / kPage) / kPage;
    for (std::uint32_t i = 0; i < words.size(); ++i) {
      words[i] = machine.View().Word(frame, (ContextAddress(slot) - kContexts) / 4 + i);
    }
    return words;
  }
  Registers SomeRegisters() {
    Registers words = {};
    for (std::uint32_t i = 0; i < words.size(); ++i) {
      words[i] = 0x80000000U + i * 0x1111;
    }
    machine.SetRegisters(words);
    return words;
  }

  std::uint32_t root_ = 0;
  std::uint32_t child_ = 0;
  std::uint32_t grandchild_ = 0;
};

TEST_F(DeliveryTest, AnInterruptGoesToTheRootFromAnyDepth) {
  ASSERT_EQ(Status(Service::kDeliverInterrupt, {kTimerVector}), PIP_DONE);
  ExpectRunning(root_, kTimerVector);
  ASSERT_EQ(Status(Service::kDeliverInterrupt, {kTimerVector}), PIP_DONE);
  ExpectRunning(root_, kTimerVector);
}

TEST_F(DeliveryTest, TheStateChoosesTheSlotThatTheInterruptedContextGoesTo) {
  for (const std::uint32_t state : {0U, 1U}) {
    machine.Return("in_the_grandchild");
    ASSERT_EQ(Status(Service::kSetIntState, {state}), PIP_DONE);
    const Registers other = SavedBy(grandchild_, state == 0 ? kVstiSlot : kVcliSlot);
    Registers expected = SomeRegisters();
    expected[kPipflags] = state;
    expected[kValid] = 1;
    ASSERT_EQ(Status(Service::kDeliverInterrupt, {kTimerVector}), PIP_DONE);
    EXPECT_EQ(SavedBy(grandchild_, state == 0 ? kVcliSlot : kVstiSlot), expected);
    EXPECT_EQ(SavedBy(grandchild_, state == 0 ? kVstiSlot : kVcliSlot), other);
  }
}

TEST_F(DeliveryTest, TheInterruptedPartitionResumesWhereItWas) {
  const Registers before = SomeRegisters();
  ASSERT_EQ(Status(Service::kDeliverInterrupt, {kTimerVector}), PIP_DONE);
  ASSERT_TRUE(EnterChild(machine, scene.child.descriptor));
  // The parent resumes it at the slot that it was saved to.
  ASSERT_EQ(Status(Service::kYieldTo, {scene.grandchild.descriptor, kVcliSlot, kYieldSlot, 0, 0}), PIP_DONE);
  Registers after = {};
  std::ranges::copy(machine.Machine().Registers(), after.begin());
  Registers expected = before;
  expected[kPipflags] = 0;
  expected[kValid] = 1;
  EXPECT_EQ(after, expected);
}

TEST_F(DeliveryTest, WhatCannotBeSavedIsNotSavedAndTheInterruptIsDelivered) {
  for (const std::uint32_t place :
       {0U, 0x00001000U, 0xFFFFFFC1U, Scene::kKernelSpace, kChildMemory + 3 * kPage - 63, kVidt + 0xFC1, kModule}) {
    machine.Return("in_the_grandchild");
    ASSERT_TRUE(machine.Store(kVidt + 4 * kVcliSlot, place));
    const SimulatedMachine::Snapshot before = machine.Machine().Save();
    ASSERT_EQ(Status(Service::kDeliverInterrupt, {kTimerVector}), PIP_DONE) << place;
    ExpectRunning(root_, kTimerVector);
    EXPECT_TRUE(UserDataIs(before)) << place;
  }
}

TEST_F(DeliveryTest, APartitionWithoutVidtIsInterruptedToo) {
  machine.Return("in_the_grandchild");
  GoUp(1);
  ASSERT_EQ(Status(Service::kRemoveVAddr, {scene.grandchild.descriptor, kContexts}), PIP_DONE);
  GoDown(0);
  // It cannot be entered any more, so the VIDT goes while it runs: by its own hand.
  machine.Return("in_the_grandchild");
  ASSERT_EQ(Status(Service::kCreatePartition,
                   {kVidt, kContexts, kChildMemory, kChildMemory + kPage, kChildMemory + 2 * kPage}),
            PIP_DONE);
  ASSERT_EQ(Status(Service::kDeliverInterrupt, {kTimerVector}), PIP_DONE);
  ExpectRunning(root_, kTimerVector);
  // Its registers go nowhere, also when it has pages left to which frame 0, taken for a VIDT, would send them
  // (boot.cc).
  machine.Return("in_the_grandchild");
  GoUp(1);
  const Pages& p = scene.child_pages;
  ASSERT_EQ(Status(Service::kCreatePartition, {kVidt, p[0], p[1], p[2], p[3]}), PIP_DONE);
  ASSERT_EQ(Status(Service::kDeliverInterrupt, {kTimerVector}), PIP_DONE);
  ExpectRunning(root_, kTimerVector);
}

TEST_F(DeliveryTest, AFaultGoesToTheParent) {
  const Registers before = SomeRegisters();
  ASSERT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_DONE);
  ExpectRunning(child_, kPageFaultVector);
  EXPECT_EQ(SavedBy(grandchild_, kVcliSlot)[kEip], before[kEip]);
  ASSERT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_DONE);
  ExpectRunning(root_, kPageFaultVector);
}

TEST_F(DeliveryTest, TheRootsOwnFaultHasNoHandler) {
  GoUp(2);
  EXPECT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_NO_HANDLER);
}

TEST_F(DeliveryTest, ADeafParentIsSkippedAndItsParentToldOfADoubleFault) {
  // 0; unmapped; the kernel's; wrapping round: no context; each makes the child deaf for this vector.
  for (const std::uint32_t word : {0U, 0x00400000U, Scene::kKernelSpace, 0xFFFFFFC1U, 0xFFFFFFFFU}) {
    machine.Return("in_the_grandchild");
    SetVidt(1, kPageFaultVector, word);
    ASSERT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_DONE);
    ExpectRunning(root_, kDoubleFaultVector);
  }
}

TEST_F(DeliveryTest, AParentThatHandlesOnlyDoubleFaultsIsDeafToItsChildsFault) {
  SetVidt(1, 3, 0);
  ASSERT_EQ(Status(Service::kDeliverFault, {3}), PIP_DONE);
  ExpectRunning(root_, kDoubleFaultVector);
}

TEST_F(DeliveryTest, AChildThatTakesItsParentsVidtAwayIsNotItsMaster) {
  // The child shares its VIDT with the grandchild, which makes a kernel structure of it.
  GoUp(1);
  constexpr std::uint32_t kShared = kChildMemory + 3 * kPage;
  ASSERT_TRUE(Give(machine, kVidt, scene.grandchild.descriptor, kShared));
  GoDown(1);
  ASSERT_EQ(Status(Service::kCreatePartition,
                   {kShared, kChildMemory, kChildMemory + kPage, kChildMemory + 2 * kPage, kContexts}),
            PIP_DONE);
  ASSERT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_DONE);
  ExpectRunning(root_, kDoubleFaultVector);
}

TEST_F(DeliveryTest, AParentWithoutVidtIsSkipped) {
  // The child's VIDT is taken by the root partition while the grandchild cannot notice.
  GoUp(2);
  ASSERT_EQ(Status(Service::kRemoveVAddr, {scene.child.descriptor, kContexts}), PIP_DONE);
  machine.Return("in_the_grandchild");
  GoUp(1);
  // The child makes its own VIDT a structure, after the grandchild's entry is known; then it cannot yield any more.
  const Pages& p = scene.child_pages;
  ASSERT_EQ(Status(Service::kCreatePartition, {kVidt, p[0], p[1], p[2], p[3]}), PIP_DONE);
  EXPECT_EQ(Status(Service::kYieldTo, {scene.grandchild.descriptor, 0, kYieldSlot, 0, 0}), PIP_CALLER_VIDT_UNAVAILABLE);
  // Its own fault goes up, and the registers are lost: there is no VIDT that names a place.
  ASSERT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_DONE);
  ExpectRunning(root_, kPageFaultVector);
}

TEST_F(DeliveryTest, ARootThatHandlesNotThisVectorIsToldOfADoubleFault) {
  // Or else a child could stop the machine with any vector that the root partition did not think of.
  for (const std::uint32_t word : {0U, 0x00400000U, Scene::kKernelSpace, 0xFFFFFFC1U, 0xFFFFFFFFU}) {
    for (const std::uint32_t vector : {kPageFaultVector, 77U, 255U}) {
      machine.Return("in_the_grandchild");
      SetVidt(2, vector, word);
      GoUp(1);
      ASSERT_EQ(Status(Service::kDeliverFault, {vector}), PIP_DONE) << vector;
      ExpectRunning(root_, kDoubleFaultVector);
    }
  }
}

TEST_F(DeliveryTest, NobodyUpToTheRootCanBeTold) {
  SetVidt(1, kPageFaultVector, 0);
  SetVidt(2, kDoubleFaultVector, 0);
  const SimulatedMachine::Snapshot before = machine.Machine().Save();
  EXPECT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_NO_HANDLER);
  EXPECT_TRUE(machine.Machine().Save() == before);
}

TEST_F(DeliveryTest, TheRootHandlesTheFaultOfItsChildButNotAsADoubleFault) {
  // The root partition handles vector 3 itself, but hears of the grandchild's fault as a double fault only.
  SetVidt(1, 3, 0);
  SetVidt(2, 3, ContextAddress(kTimerVector));
  SetVidt(2, kDoubleFaultVector, 0);
  EXPECT_EQ(Status(Service::kDeliverFault, {3}), PIP_NO_HANDLER);
}

TEST_F(DeliveryTest, AHandlersContextDecidesItsInterruptState) {
  for (const std::uint32_t flags : {0U, 1U, 0x10000U}) {
    machine.Return("in_the_grandchild");
    GoUp(1);
    machine.Store(ContextAddress(kPageFaultVector) + 4 * kPipflags, flags);
    GoDown(1);
    ASSERT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_DONE);
    EXPECT_EQ(machine.View().Word(child_, PIP_DESCRIPTOR_VSTI), flags != 0);
  }
}

TEST_F(DeliveryTest, AnAncestorsContextInTwoPagesIsFound) {
  const std::uint32_t place = kChildMemory + 6 * kPage - 30;
  GoUp(1);
  machine.Store(place, 0x44332211);  // from place - 2 on: the lower two bytes of eip are what stood there, zeros
  machine.Store(kVidt + 4 * kPageFaultVector, place);
  GoDown(1);
  ASSERT_EQ(Status(Service::kDeliverFault, {kPageFaultVector}), PIP_DONE);
  EXPECT_EQ(machine.View().running_partition, child_);
  EXPECT_EQ(Register(kEip), 0x4433U);
}

TEST_F(DeliveryTest, EveryVectorOfTheVidtWorks) {
  for (std::uint32_t vector = 0; vector < 1023; ++vector) {
    machine.Return("in_the_grandchild");
    GoUp(1);
    const std::uint32_t save_slot = vector == kYieldSlot ? kVstiSlot : kYieldSlot;
    machine.Store(kVidt + 4 * vector, ContextAddress(kTimerVector));
    ASSERT_EQ(Status(Service::kYieldTo, {scene.grandchild.descriptor, kEntryVector, save_slot, 0, 0}), PIP_DONE);
    ASSERT_EQ(Status(Service::kDeliverFault, {vector}), PIP_DONE) << vector;
    ExpectRunning(child_, kTimerVector);
  }
}

}  // namespace
}  // namespace pip::host
