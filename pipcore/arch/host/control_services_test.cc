// SPDX-License-Identifier: Apache-2.0
// What yield and the small services do when they succeed.  The refusals are in refusals_test.cc.
#include <array>

#include "pipcore/arch/host/scene_test.h"

namespace pip::host {
namespace {

using Registers = std::array<std::uint32_t, PIP_CONTEXT_WORDS>;

// Recognisable registers; what is saved of them is the same but for pipflags and the mark.
Registers Pattern(std::uint32_t seed) {
  Registers words = {};
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    words[i] = seed * 0x01010101U + (i << 24) + i;
  }
  return words;
}

Registers Saved(std::uint32_t seed, std::uint32_t flags) {
  Registers words = Pattern(seed);
  words[kPipflags] = flags;
  words[kValid] = 1;
  return words;
}

class ControlTest : public SceneTest {
 protected:
  Registers Now() {
    Registers words = {};
    std::ranges::copy(machine.Machine().Registers(), words.begin());
    return words;
  }
  // The context at an address of the running partition, at any alignment.
  Registers ContextAt(std::uint32_t address) {
    Registers words = {};
    for (std::uint32_t i = 0; i < PIP_CONTEXT_BYTES; ++i) {
      words[i / 4] |= Byte(address + i) << (8 * (i % 4));
    }
    return words;
  }
  std::uint32_t Byte(std::uint32_t address) { return Word(address) >> (8 * (address % 4)) & 0xFF; }
  void WriteByte(std::uint32_t address, std::uint32_t byte) {
    const std::uint32_t shift = 8 * (address % 4);
    ASSERT_TRUE(machine.Store(address, (Word(address) & ~(0xFFU << shift)) | (byte << shift)));
  }
  void WriteContext(std::uint32_t address, const Registers& words) {
    for (std::uint32_t i = 0; i < PIP_CONTEXT_BYTES; ++i) {
      WriteByte(address + i, words[i / 4] >> (8 * (i % 4)) & 0xFF);
    }
  }
  bool Vsti(const Child& child) { return Do(Service::kGetIntState, {child.descriptor}).value == 1; }
};

using YieldTest = ControlTest;
using IntStateTest = ControlTest;
using PhysicalAddressTest = ControlTest;

TEST_F(YieldTest, LoadsTheChildsContextAndSavesTheCallers) {
  WriteContext(scene.child.contexts, Pattern(3));
  machine.SetRegisters(Pattern(9));
  const std::uint32_t child = Frame(scene.child.descriptor);
  ASSERT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, kEntryVector, kYieldSlot, 1, 5}), PIP_DONE);
  EXPECT_EQ(Now(), Pattern(3));
  EXPECT_EQ(machine.View().running_partition, child);
  machine.SetRegisters(Pattern(7));
  ASSERT_EQ(Status(Service::kYieldTo, {0, kYieldSlot, kYieldSlot, 0, 0}), PIP_DONE);
  EXPECT_EQ(Now(), Saved(9, 5));
  EXPECT_EQ(ContextAt(scene.child.contexts + ContextAddress(kYieldSlot) - kContexts), Saved(7, 0));
}

// The last 16 bytes of a context are reserved: nothing is saved there.
TEST_F(YieldTest, LeavesTheReservedWordsAlone) {
  const std::uint32_t reserved = ContextAddress(kYieldSlot) + PIP_CONTEXT_WORDS * 4;
  for (std::uint32_t word = 0; word < 4; ++word) {
    ASSERT_TRUE(machine.Store(reserved + 4 * word, 0xABCD0001U + word));
  }
  ASSERT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, kEntryVector, kYieldSlot, 0, 0}), PIP_DONE);
  ASSERT_TRUE(EnterParent(machine));
  for (std::uint32_t word = 0; word < 4; ++word) {
    EXPECT_EQ(Word(reserved + 4 * word), 0xABCD0001U + word);
  }
}

TEST_F(YieldTest, SavesNothingWhenTheSlotIsZero) {
  ASSERT_TRUE(machine.Store(kVidt + 4 * 7, 0));
  const SimulatedMachine::Snapshot before = machine.Machine().Save();
  ASSERT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, kEntryVector, 7, 0, 0}), PIP_DONE);
  EXPECT_TRUE(UserDataIs(before));
}

TEST_F(YieldTest, TakesEverySlotUpToTheLastButOne) {
  ASSERT_TRUE(machine.Store(scene.child.vidt + 4 * 1022, ContextAddress(kEntryVector)));
  ASSERT_TRUE(machine.Store(kVidt + 4 * 1022, ContextAddress(kYieldSlot)));
  EXPECT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 1022, 1022, 0, 0}), PIP_DONE);
  EXPECT_EQ(Register(kEip), HandlerEip(kEntryVector));
}

// Every offset in the last 72 bytes of a page and some before: aligned or not, in one page or in two.
TEST_F(YieldTest, FindsContextsAtAnyAlignmentAndAcrossPages) {
  // The pages were given from the last on: what follows in the child lies before it in physical memory.
  const std::uint32_t child_base = kChildMemory + 5 * kPage;
  const std::uint32_t base = scene.pages[3];
  for (std::uint32_t offset = kPage - 72; offset < kPage; ++offset) {
    // Target: written by the child itself.
    EnterChildPartition();
    WriteContext(child_base + offset, Pattern(offset));
    machine.Store(kVidt + 4 * 60, child_base + offset);
    ASSERT_TRUE(EnterParent(machine));
    // The caller's context goes to a place with the same offset.
    machine.Store(kVidt + 4 * 61, base + offset);
    machine.SetRegisters(Pattern(offset + 1));
    ASSERT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 60, 61, 0, 1}), PIP_DONE) << offset;
    EXPECT_EQ(Now(), Pattern(offset)) << offset;
    ASSERT_TRUE(EnterParent(machine));
    EXPECT_EQ(ContextAt(base + offset), Saved(offset + 1, 1)) << offset;
  }
}

TEST_F(YieldTest, NeedsAllOfAContextThatLiesInTwoPages) {
  // The page at the end is a structure of the grandchild.
  const std::uint32_t end = kChildMemory + 22 * kPage;
  for (std::uint32_t address = end - 80; address < end; ++address) {
    machine.Store(scene.child.vidt, address);
    const bool fits = address + PIP_CONTEXT_BYTES <= end;
    EXPECT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 0, kYieldSlot, 0, 0}),
              fits ? PIP_DONE : PIP_TARGET_CONTEXT_UNAVAILABLE);
    if (fits) {
      ASSERT_TRUE(EnterParent(machine));
    }
  }
}

TEST_F(YieldTest, AcceptsAContextAtTheVeryEndOfTheAddressSpace) {
  ASSERT_TRUE(machine.Store(kVidt + 4 * 61, 0xFFFFFFC0));
  machine.SetRegisters(Pattern(1));
  ASSERT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 0, 61, 0, 1}), PIP_DONE);
  ASSERT_TRUE(EnterParent(machine));
  EXPECT_EQ(ContextAt(0xFFFFFFC0), Saved(1, 1));
}

TEST_F(YieldTest, MayLoadWhatItHasJustSaved) {
  // The child sees the page that the caller's context is saved to, and its VIDT names the same words.
  const std::uint32_t shared = scene.given;
  ASSERT_TRUE(machine.Store(kVidt + 4 * 61, shared + 128));
  ASSERT_TRUE(machine.Store(scene.child.vidt, kChildMemory + 128));
  machine.SetRegisters(Pattern(4));
  ASSERT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 0, 61, 0, 1}), PIP_DONE);
  EXPECT_EQ(Now(), Saved(4, 1));
}

TEST_F(YieldTest, SavingIntoTheVidtItselfComesAfterTheChecks) {
  // The place to save to is the caller's own VIDT: the slots were read before.
  ASSERT_TRUE(machine.Store(kVidt + 4 * 61, kVidt));
  machine.SetRegisters(Pattern(2));
  ASSERT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 0, 61, 0, 1}), PIP_DONE);
  EXPECT_EQ(Register(kEip), HandlerEip(kEntryVector));
}

TEST_F(YieldTest, ReadsContextsThatTheTargetMayOnlyRead) {
  ASSERT_EQ(Status(Service::kAddVAddr, {kModule, scene.child.descriptor, Scene::kEmptyTable, 1, 0, 0}), PIP_DONE);
  ASSERT_TRUE(machine.Store(scene.child.vidt, Scene::kEmptyTable));
  EXPECT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 0, kYieldSlot, 0, 0}), PIP_DONE);
  // Saving needs more.
  ASSERT_TRUE(machine.Store(kVidt + 4 * kVstiSlot, Scene::kEmptyTable));
  EXPECT_EQ(Status(Service::kYieldTo, {0, kYieldSlot, kVstiSlot, 0, 0}), PIP_CALLER_CONTEXT_UNAVAILABLE);
}

TEST_F(YieldTest, SetsTheInterruptStatesOfBothSides) {
  for (const std::uint32_t on_yield : {0U, 1U, 0x80000000U}) {
    for (const std::uint32_t target_flags : {0U, 1U, 0xFFFFFF00U}) {
      machine.Store(scene.child.contexts + 4 * kPipflags, target_flags);
      ASSERT_EQ(Status(Service::kYieldTo, {scene.child.descriptor, 0, kYieldSlot, 1, 0}), PIP_DONE);
      // The child yields back, and says what its state is while it is away.
      ASSERT_EQ(machine.View().Word(machine.View().running_partition, PIP_DESCRIPTOR_VSTI), target_flags != 0);
      ASSERT_EQ(Status(Service::kYieldTo, {0, kYieldSlot, kYieldSlot, on_yield, 1}), PIP_DONE);
      EXPECT_EQ(Vsti(scene.child), on_yield != 0);
    }
  }
}

TEST_F(YieldTest, ReachesOnlyTheNextPartitionUpAndDown) {
  EnterChildPartition();
  // The grandchild is a child of the child; in the root partition its descriptor is just a hidden page.
  ASSERT_TRUE(EnterParent(machine));
  const std::uint32_t above = scene.child.given[(scene.grandchild.descriptor - kChildMemory) / kPage];
  EXPECT_EQ(Status(Service::kYieldTo, {above, 0, kYieldSlot, 0, 0}), PIP_NOT_A_CHILD);
  EXPECT_EQ(Status(Service::kDeletePartition, {above}), PIP_NOT_A_CHILD);
  EnterChildPartition();
  ASSERT_TRUE(EnterChild(machine, scene.grandchild.descriptor));
  EXPECT_EQ(machine.Structure().partitions.size(), 5U);
  ASSERT_TRUE(EnterParent(machine));
  ASSERT_TRUE(EnterParent(machine));
  EXPECT_EQ(machine.View().running_partition, machine.View().root_partition);
  EXPECT_EQ(Status(Service::kYieldTo, {0, 0, kYieldSlot, 0, 0}), PIP_ROOT_HAS_NO_PARENT);
}

TEST_F(YieldTest, LoadsTheRootTableOnce) {
  const std::uint64_t before = machine.Machine().RootLoads();
  EnterChildPartition();
  EXPECT_EQ(machine.Machine().RootLoads(), before + 1);
}

TEST_F(IntStateTest, IsTheCallersOwn) {
  EnterChildPartition();
  EXPECT_EQ(Status(Service::kSetIntState, {1}), PIP_DONE);
  const std::uint32_t self = machine.View().running_partition;
  EXPECT_EQ(machine.View().Word(self, PIP_DESCRIPTOR_VSTI), 1U);
  EXPECT_EQ(Status(Service::kSetIntState, {0}), PIP_DONE);
  EXPECT_EQ(machine.View().Word(self, PIP_DESCRIPTOR_VSTI), 0U);
  EXPECT_EQ(Status(Service::kSetIntState, {0x100}), PIP_DONE);
  EXPECT_EQ(machine.View().Word(self, PIP_DESCRIPTOR_VSTI), 1U);
  EXPECT_EQ(Do(Service::kGetIntState, {scene.grandchild.descriptor}), (Answer{PIP_DONE, 0}));
}

TEST_F(PhysicalAddressTest, IsFrameAndOffset) {
  for (const std::uint32_t address : {kFreeMemory, kFreeMemory + 1, kVgaText + 0xFFF, kModule + 2, 0xFFFFFFFFU}) {
    EXPECT_EQ(Do(Service::kPhysicalAddress, {address}), (Answer{PIP_DONE, Frame(address) * kPage + address % kPage}));
  }
  EXPECT_EQ(Do(Service::kPhysicalAddress, {kVgaText}), (Answer{PIP_DONE, 0xB8000}));
}

}  // namespace
}  // namespace pip::host
