// SPDX-License-Identifier: Apache-2.0
// The invariant must notice: each test damages one word, or a few, of a sound machine as no service may.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "pipcore/arch/host/boot.h"
#include "pipcore/arch/host/scene_test.h"

namespace pip::host {
namespace {

// The words of a sound machine, with names for those that the tests damage.
class Words {
 public:
  explicit Words(Scene& scene) : machine_(scene.machine.Machine()) {
    FirstViolation(machine_.View(), anatomy_);
    // In the order of the walk: the children by address, then their children.
    for (std::uint32_t p = 1; p < anatomy_.partitions.size(); ++p) {
      const PartitionView& part = anatomy_.partitions[p];
      const std::uint32_t address = part.name * kPage;
      if (part.depth == 1 && address == scene.child.descriptor) {
        child = &part;
      } else if (part.depth == 1 && address == scene.sibling.descriptor) {
        sibling = &part;
      } else if (part.depth == 2) {
        grandchild = &part;
      }
    }
    root = &anatomy_.partitions[0];
  }

  std::uint32_t& At(std::uint32_t frame, std::uint32_t i) {
    return machine_.MutableWords()[frame * PIP_TABLE_SIZE + i];
  }
  std::uint32_t& Leaf(const PartitionView* part, std::uint32_t address, std::uint32_t PartitionView::Leaf::*tree) {
    const std::uint32_t page = address / kPage;
    const auto& leaf = part->leaves[part->leaf_of_slot[page / PIP_TABLE_SIZE] - 1U];
    return At(leaf.*tree, page % PIP_TABLE_SIZE);
  }
  std::uint32_t& Entry(const PartitionView* part, std::uint32_t address) {
    return Leaf(part, address, &PartitionView::Leaf::mmu);
  }
  std::uint32_t& Gift(const PartitionView* part, std::uint32_t address) {
    return Leaf(part, address, &PartitionView::Leaf::shadow1);
  }
  std::uint32_t& Origin(const PartitionView* part, std::uint32_t address) {
    return Leaf(part, address, &PartitionView::Leaf::shadow2);
  }

  const PartitionView* root = nullptr;
  const PartitionView* child = nullptr;
  const PartitionView* sibling = nullptr;
  const PartitionView* grandchild = nullptr;

 private:
  SimulatedMachine& machine_;
  Anatomy anatomy_;
};

struct Damage {
  std::string name;
  std::string message;  // part of what the invariant says
  std::function<void(Scene&, Words&)> apply;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

std::vector<Damage> AllDamages() {
  constexpr std::uint32_t kUser = PIP_ENTRY_USER;
  return {
      // Kernel data isolation.
      {"DescriptorIsAccessible", "user mode of", [](Scene& s, Words& w) { w.Entry(w.root, s.hidden) |= kUser; }},
      {"StructureOfGrandchildIsAccessibleInRoot", "user mode of",
       [](Scene& s, Words& w) { w.Entry(w.root, s.child.given[(s.child_hidden - kChildMemory) / kPage]) |= kUser; }},
      {"StructureIsMappedInItsPartition", "reaches",
       [](Scene&, Words& w) {
         w.Entry(w.child, kChildMemory) = w.child->mmu * kPage | (w.Entry(w.child, kChildMemory) % kPage);
       }},
      {"OrdinaryPageIsHidden", "is hidden, but", [](Scene& s, Words& w) { w.Entry(w.root, s.pages[0]) &= ~kUser; }},
      {"AncestorsStructureIsHiddenPageOfChild", "is no structure of a descendant",
       [](Scene&, Words& w) { w.Entry(w.child, kChildMemory) = w.root->list * kPage | PIP_ENTRY_PRESENT; }},
      {"SiblingsStructureIsHiddenPageOfChild", "children of one partition, share",
       [](Scene&, Words& w) { w.Entry(w.child, kChildMemory) = w.sibling->mmu * kPage | PIP_ENTRY_PRESENT; }},
      // Vertical sharing.
      {"ChildMapsAPageThatTheParentHasNot", "which the parent does not map",
       [](Scene&, Words& w) { w.Entry(w.child, kChildMemory) = 0x00050000U | kEveryRight; }},
      {"OriginIsWrong", "says that the parent has it at",
       [](Scene&, Words& w) { w.Origin(w.child, kChildMemory) += kPage; }},
      {"OriginOfRootPage", "has an origin", [](Scene& s, Words& w) { w.Origin(w.root, s.pages[0]) = kPage; }},
      {"MappedPageIsNotNotedAsGiven", "but its gift is", [](Scene& s, Words& w) { w.Gift(w.root, s.given) = 0; }},
      {"MappedPageIsNotedAsGivenToAnother", "but its gift is",
       [](Scene& s, Words& w) { w.Gift(w.root, s.given) = s.sibling.descriptor; }},
      {"StructureIsNotNotedAsGiven", "but its gift is",
       [](Scene& s, Words& w) { w.Gift(w.root, s.hidden + kPage) = 0; }},
      {"FreePageIsNotedAsGiven", "which does not have it",
       [](Scene& s, Words& w) { w.Gift(w.root, s.pages[0]) = s.child.descriptor; }},
      {"PageIsGivenToNoChild", "where there is no child",
       [](Scene& s, Words& w) { w.Gift(w.root, s.pages[0]) = s.pages[1]; }},
      {"FlagOfAnotherDescriptor", "the gift of the descriptor",
       [](Scene& s, Words& w) { w.Gift(w.root, s.hidden + kPage) |= PIP_GIFT_IS_DESCRIPTOR; }},
      // Rights.
      {"ChildMayWriteWhatTheParentMayNot", "more rights",
       [](Scene& s, Words& w) { w.Entry(w.root, s.given) &= ~PIP_ENTRY_WRITABLE; }},
      {"ChildMayExecuteWhatTheParentMayNot", "more rights",
       [](Scene& s, Words& w) { w.Entry(w.root, s.given) &= ~PIP_ENTRY_EXECUTABLE; }},
      // Horizontal isolation and frames with two uses.
      {"FrameTwiceInAPartition", "is mapped at pages",
       [](Scene& s, Words& w) { w.Entry(w.root, s.pages[1]) = w.Entry(w.root, s.pages[0]); }},
      {"SiblingsShareAPage", "children of one partition, share",
       [](Scene&, Words& w) {
         w.Entry(w.sibling, kChildMemory) = w.Entry(w.child, kChildMemory);
         w.Origin(w.sibling, kChildMemory) = w.Origin(w.child, kChildMemory);
       }},
      {"TableOfTwoSlots", " and an MMU leaf table of ",
       [](Scene&, Words& w) {
         for (const std::uint32_t top : {w.sibling->mmu, w.sibling->shadow1, w.sibling->shadow2}) {
           w.At(top, 500) = w.At(top, 1023);
         }
       }},
      {"TableOfTwoPartitions", " and an MMU leaf table of ",
       [](Scene&, Words& w) { w.At(w.sibling->mmu, 1023) = w.At(w.child->mmu, 1023); }},
      {"RootTableOfAnotherPartition", "the top MMU table",
       [](Scene&, Words& w) { w.At(w.sibling->descriptor, 0) = w.At(w.child->descriptor, 0); }},
      // Shapes.
      {"KernelSlotIsChanged", "the kernel's slot 900", [](Scene&, Words& w) { w.At(w.child->mmu, 900) ^= 1U << 20; }},
      {"KernelSlotZeroIsGone", "the kernel's slot 0", [](Scene&, Words& w) { w.At(w.child->mmu, 0) = 0; }},
      {"KernelSlotIsAccessible", "the kernel's slot 832", [](Scene&, Words& w) { w.At(w.child->mmu, 832) |= kUser; }},
      {"ShadowInKernelSlot", "shadow trees have entries",
       [](Scene&, Words& w) { w.At(w.child->shadow1, 832) = w.At(w.child->shadow1, 1023); }},
      {"ShadowTableIsMissing", "the link to a shadow 2 leaf",
       [](Scene&, Words& w) { w.At(w.child->shadow2, 1023) = 0; }},
      {"MmuTableIsMissing", "the link to an MMU table", [](Scene&, Words& w) { w.At(w.child->mmu, 1023) = 0; }},
      {"LinkIsNotAccessible", "the link to an MMU table", [](Scene&, Words& w) { w.At(w.child->mmu, 1023) &= ~kUser; }},
      {"LinkIsALargePage", "the link to an MMU table", [](Scene&, Words& w) { w.At(w.child->mmu, 1023) |= 0x80; }},
      {"AbsentEntryWithRights", "nothing is mapped",
       [](Scene&, Words& w) { w.Entry(w.child, Scene::kEmptyTable) = kUser; }},
      {"GiftOfNothing", "nothing is mapped",
       [](Scene& s, Words& w) { w.Gift(w.child, Scene::kEmptyTable) = s.grandchild.descriptor; }},
      {"OriginOfNothing", "nothing is mapped",
       [](Scene& s, Words& w) { w.Origin(w.child, Scene::kEmptyTable) = s.pages[0]; }},
      {"GlobalPage", "malformed word", [](Scene& s, Words& w) { w.Entry(w.root, s.given) |= 0x100; }},
      {"FrameBeyondMemory", "which does not exist",
       [](Scene&, Words& w) { w.Entry(w.child, kChildMemory) |= 0x7FFFF000; }},
      {"DeviceMemoryAsTable", "is not ordinary memory",
       [](Scene&, Words& w) { w.At(w.child->descriptor, 0) = kVgaFrame * kPage; }},
      // Descriptors.
      {"InterruptState", "the interrupt state", [](Scene&, Words& w) { w.At(w.child->descriptor, 5) = 2; }},
      {"Parent", "as the parent",
       [](Scene&, Words& w) { w.At(w.child->descriptor, 4) = w.sibling->descriptor * kPage; }},
      {"RootHasAParent", "as the parent",
       [](Scene&, Words& w) { w.At(w.root->descriptor, 4) = w.child->descriptor * kPage; }},
      {"UnalignedRootTable", "malformed word", [](Scene&, Words& w) { w.At(w.child->descriptor, 1) |= 4; }},
      // Configuration lists.
      {"ListIsACycle", " is a page of the configuration list",
       [](Scene&, Words& w) { w.At(w.child->list, 0) = w.child->list * kPage; }},
      {"ListOrigin", "the list says", [](Scene& s, Words& w) { w.At(w.child->list, 1) = s.pages[0]; }},
      {"RecordIsMissing", "leaf tables", [](Scene&, Words& w) { w.At(w.child->list, 2) -= 1; }},
      {"TooManyRecords", "records", [](Scene&, Words& w) { w.At(w.child->list, 2) = 256; }},
      {"RecordTwice", "two records",
       [](Scene&, Words& w) {
         for (std::uint32_t i = 0; i < 4; ++i) {
           w.At(w.child->list, 8 + i) = w.At(w.child->list, 4 + i);
         }
       }},
      {"RecordOfNoTable", "no leaf table", [](Scene&, Words& w) { w.At(w.child->list, 4) = w.sibling->mmu * kPage; }},
      {"RecordsOrigin", "the list says", [](Scene& s, Words& w) { w.At(w.child->list, 6) = s.pages[0]; }},
      // Conservation.
      {"RootLostAPage", "at boot it had", [](Scene& s, Words& w) { w.Entry(w.root, s.pages[0]) = 0; }},
      {"RootGotAPage", "at boot it had", [](Scene&, Words& w) { w.Entry(w.root, Scene::kUnmapped) = 0x00050007; }},
  };
}

class DamageTest : public testing::TestWithParam<Damage> {};

TEST_P(DamageTest, IsNoticed) {
  Scene scene;
  Words words(scene);
  ASSERT_EQ(FirstViolation(scene.machine.View()), std::nullopt);
  GetParam().apply(scene, words);
  const auto violation = FirstViolation(scene.machine.View());
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->find(GetParam().message), std::string::npos) << *violation;
}

INSTANTIATE_TEST_SUITE_P(Invariant, DamageTest, testing::ValuesIn(AllDamages()),
                         [](const auto& damage) { return damage.param.name; });

// The processor's own bits do not matter.
TEST(InvariantTest, AllowsAccessedAndDirtyBits) {
  Scene scene;
  Words words(scene);
  words.Entry(words.root, scene.given) |= kHardwareBits;
  words.Entry(words.child, kChildMemory) ^= kDirty;
  words.At(words.child->mmu, 1023) |= kAccessed;
  EXPECT_EQ(FirstViolation(scene.machine.View()), std::nullopt);
}

}  // namespace
}  // namespace pip::host
