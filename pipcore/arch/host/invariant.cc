// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/invariant.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace pip::host {
namespace {

constexpr std::uint32_t kNobody = PartitionView::kNobody;
constexpr std::uint32_t kLink = PIP_ENTRY_PRESENT | PIP_ENTRY_WRITABLE | PIP_ENTRY_USER | PIP_ENTRY_EXECUTABLE;
constexpr std::uint32_t kRights = PIP_ENTRY_WRITABLE | PIP_ENTRY_EXECUTABLE;

struct Violation {
  std::string what;
};

// A frame or page number or word, printed in hexadecimal.
struct Hex {
  std::uint32_t value;
};

std::ostream& operator<<(std::ostream& out, Hex hex) { return out << "0x" << std::hex << hex.value << std::dec; }

std::uint32_t FrameOf(std::uint32_t word) { return word / PIP_PAGE_BYTES; }

class Checker {
 public:
  Checker(const MachineView& machine, Anatomy& anatomy) : machine_(machine), anatomy_(anatomy) {
    anatomy_.partitions.clear();
    anatomy_.use.assign(machine.frames, Use::kNone);
    anatomy_.owner.assign(machine.frames, kNobody);
  }

  void Run() {
    AddPartition(machine_.root_partition, kNobody, 0);
    for (std::uint32_t p = 0; p < anatomy_.partitions.size(); ++p) {
      WalkPartition(p);
    }
    CheckSiblings();
    ForEachPartition(&Checker::CheckMappings);
    ForEachPartition(&Checker::CheckStructures);
    ForEachPartition(&Checker::CheckGifts);
    ForEachPartition(&Checker::CheckList);
    CheckRoot();
  }

 private:
  void ForEachPartition(void (Checker::*check)(std::uint32_t)) {
    for (std::uint32_t p = 0; p < anatomy_.partitions.size(); ++p) {
      (this->*check)(p);
    }
  }

  template <typename... Parts>
  [[noreturn]] void Fail(const Parts&... parts) const {
    std::ostringstream out;
    (out << ... << parts);
    throw Violation{out.str()};
  }

  std::string Who(std::uint32_t p) const {
    std::ostringstream out;
    out << "partition " << Hex{anatomy_.partitions[p].descriptor} << " (depth " << anatomy_.partitions[p].depth << ")";
    return out.str();
  }

  // ---- first pass: which partitions there are, and what each frame is for ----

  // A frame becomes a structure of a partition; a second role for it is a violation.
  void Claim(std::uint32_t frame, Use use, std::uint32_t p) {
    if (frame < PIP_FIRST_ORDINARY_FRAME || frame >= machine_.frames) {
      Fail(Who(p), ": frame ", Hex{frame}, " as ", Name(use), " is not ordinary memory");
    }
    if (anatomy_.use[frame] != Use::kNone) {
      Fail("frame ", Hex{frame}, " is ", Name(use), " of ", Who(p), " and ", Name(anatomy_.use[frame]), " of ",
           Who(anatomy_.owner[frame]));
    }
    anatomy_.use[frame] = use;
    anatomy_.owner[frame] = p;
  }

  // The frame that a word names; its lower bits must be as given.
  std::uint32_t Pointer(std::uint32_t word, std::uint32_t low_bits, std::uint32_t p, const char* what) const {
    if ((word & ~PIP_FRAME_MASK) != low_bits) {
      Fail(Who(p), ": ", what, " is the malformed word ", Hex{word});
    }
    return FrameOf(word);
  }

  void AddPartition(std::uint32_t descriptor, std::uint32_t parent, std::uint32_t name) {
    const auto p = static_cast<std::uint32_t>(anatomy_.partitions.size());
    PartitionView& added = anatomy_.partitions.emplace_back();
    added.descriptor = descriptor;
    added.parent = parent;
    added.name = name;
    added.depth = parent == kNobody ? 0 : anatomy_.partitions[parent].depth + 1;
    Claim(descriptor, Use::kDescriptor, p);
    const auto words = machine_.Frame(descriptor);
    added.mmu = Pointer(words[PIP_DESCRIPTOR_MMU], 0, p, "the MMU root");
    added.shadow1 = Pointer(words[PIP_DESCRIPTOR_SHADOW1], 0, p, "the shadow 1 root");
    added.shadow2 = Pointer(words[PIP_DESCRIPTOR_SHADOW2], 0, p, "the shadow 2 root");
    added.list = Pointer(words[PIP_DESCRIPTOR_LIST], 0, p, "the configuration list");
    Claim(added.mmu, Use::kTopTable, p);
    Claim(added.shadow1, Use::kShadowTop, p);
    Claim(added.shadow2, Use::kShadowTop, p);
    if (words[PIP_DESCRIPTOR_VSTI] > 1) {
      Fail(Who(p), ": the interrupt state is ", Hex{words[PIP_DESCRIPTOR_VSTI]});
    }
    const std::uint32_t up = Pointer(words[PIP_DESCRIPTOR_PARENT], 0, p, "the parent");
    if (up != (parent == kNobody ? 0 : anatomy_.partitions[parent].descriptor)) {
      Fail(Who(p), ": the descriptor names ", Hex{up}, " as the parent");
    }
    ClaimList(p);
  }

  void ClaimList(std::uint32_t p) {
    std::uint32_t page = anatomy_.partitions[p].list;
    while (page != 0) {
      Claim(page, Use::kListPage, p);  // a cycle claims a page twice
      page = Pointer(machine_.Word(page, PIP_LIST_NEXT), 0, p, "the next page of the list");
    }
  }

  // The trees of a partition have one shape; the walk finds its tables, its pages and its children.
  void WalkPartition(std::uint32_t p) {
    {
      PartitionView& part = anatomy_.partitions[p];
      part.page_of.assign(machine_.frames, 0);
      part.leaf_of_slot.assign(PIP_TABLE_SIZE, 0);
    }
    for (std::uint32_t slot = 0; slot < PIP_TABLE_SIZE; ++slot) {
      const PartitionView& part = anatomy_.partitions[p];
      const std::uint32_t mmu = machine_.Word(part.mmu, slot);
      const std::uint32_t shadow1 = machine_.Word(part.shadow1, slot);
      const std::uint32_t shadow2 = machine_.Word(part.shadow2, slot);
      if (!IsUserSlot(slot)) {
        if ((mmu & ~kHardwareBits) != (machine_.kernel_directory[slot] & ~kHardwareBits)) {
          Fail(Who(p), ": the kernel's slot ", slot, " holds ", Hex{mmu});
        }
        if (shadow1 != 0 || shadow2 != 0) {
          Fail(Who(p), ": the shadow trees have entries in the kernel's slot ", slot);
        }
      } else if ((mmu | shadow1 | shadow2) != 0) {
        AddLeaf(p, {.slot = slot,
                    .mmu = Pointer(mmu & ~kHardwareBits, kLink, p, "the link to an MMU table"),
                    .shadow1 = Pointer(shadow1, kLink, p, "the link to a shadow 1 leaf"),
                    .shadow2 = Pointer(shadow2, kLink, p, "the link to a shadow 2 leaf")});
      }
    }
  }

  void AddLeaf(std::uint32_t p, const PartitionView::Leaf& leaf) {
    Claim(leaf.mmu, Use::kLeafTable, p);
    Claim(leaf.shadow1, Use::kShadow1Leaf, p);
    Claim(leaf.shadow2, Use::kShadow2Leaf, p);
    anatomy_.partitions[p].leaves.push_back(leaf);
    anatomy_.partitions[p].leaf_of_slot[leaf.slot] = static_cast<std::uint16_t>(anatomy_.partitions[p].leaves.size());
    const auto entries = machine_.Frame(leaf.mmu);
    const auto gifts = machine_.Frame(leaf.shadow1);
    const auto origins = machine_.Frame(leaf.shadow2);
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      if ((entries[i] | gifts[i] | origins[i]) != 0) {
        AddMapping(p, leaf.slot * PIP_TABLE_SIZE + i, entries[i], gifts[i], origins[i]);
      }
    }
  }

  void AddMapping(std::uint32_t p, std::uint32_t page, std::uint32_t entry, std::uint32_t gift, std::uint32_t origin) {
    if ((entry & PIP_ENTRY_PRESENT) == 0) {
      Fail(Who(p), ": nothing is mapped at page ", Hex{page}, ", but its words are entry ", Hex{entry}, ", gift ",
           Hex{gift}, ", origin ", Hex{origin});
    }
    if ((entry & ~PIP_FRAME_MASK & ~kHardwareBits & ~kLink) != 0) {
      Fail(Who(p), ": the entry of page ", Hex{page}, " is the malformed word ", Hex{entry});
    }
    const std::uint32_t frame = FrameOf(entry);
    if (frame == 0 || frame >= machine_.frames) {
      Fail(Who(p), ": page ", Hex{page}, " maps frame ", Hex{frame}, ", which does not exist");
    }
    std::uint32_t& mapped_at = anatomy_.partitions[p].page_of[frame];
    if (mapped_at != 0) {
      Fail(Who(p), ": frame ", Hex{frame}, " is mapped at pages ", Hex{mapped_at}, " and ", Hex{page});
    }
    mapped_at = page;
    Pointer(origin, 0, p, "an origin");
    if ((gift & PIP_GIFT_IS_DESCRIPTOR) != 0) {
      if (gift != page * PIP_PAGE_BYTES + PIP_GIFT_IS_DESCRIPTOR) {
        Fail(Who(p), ": the gift of the descriptor at page ", Hex{page}, " is ", Hex{gift});
      }
      AddPartition(frame, p, page);
    } else {
      Pointer(gift, 0, p, "a gift");
    }
  }

  // ---- second pass: partitions and their parents agree ----

  std::uint32_t LeafWord(std::uint32_t p, std::uint32_t page, std::uint32_t PartitionView::Leaf::*tree) const {
    const PartitionView& part = anatomy_.partitions[p];
    const std::uint32_t position = part.leaf_of_slot[page / PIP_TABLE_SIZE];
    return position == 0 ? 0 : machine_.Word(part.leaves[position - 1].*tree, page % PIP_TABLE_SIZE);
  }
  std::uint32_t Entry(std::uint32_t p, std::uint32_t page) const {
    return LeafWord(p, page, &PartitionView::Leaf::mmu);
  }
  std::uint32_t Gift(std::uint32_t p, std::uint32_t page) const {
    return LeafWord(p, page, &PartitionView::Leaf::shadow1);
  }
  std::uint32_t Origin(std::uint32_t p, std::uint32_t page) const {
    return FrameOf(LeafWord(p, page, &PartitionView::Leaf::shadow2));
  }

  bool IsBelow(std::uint32_t descendant, std::uint32_t p) const {
    do {
      descendant = anatomy_.partitions[descendant].parent;
    } while (descendant != kNobody && descendant != p);
    return descendant == p;
  }

  // Every page of a partition: accessible exactly when it is no structure (kernel data isolation); and, but for the
  // root partition's, the parent has it too (vertical sharing), knows whom it was given to, and holds at least its
  // rights.
  void CheckMappings(std::uint32_t p) {
    const PartitionView& part = anatomy_.partitions[p];
    for (std::uint32_t frame = 0; frame < machine_.frames; ++frame) {
      const std::uint32_t page = part.page_of[frame];
      if (page == 0) {
        continue;
      }
      const std::uint32_t entry = Entry(p, page);
      const bool user = (entry & PIP_ENTRY_USER) != 0;
      if (user && anatomy_.use[frame] != Use::kNone) {
        Fail("user mode of ", Who(p), " reaches at page ", Hex{page}, " frame ", Hex{frame}, ", ",
             Name(anatomy_.use[frame]), " of ", Who(anatomy_.owner[frame]));
      }
      if (!user && (anatomy_.use[frame] == Use::kNone || !IsBelow(anatomy_.owner[frame], p))) {
        Fail(Who(p), ": page ", Hex{page}, " is hidden, but frame ", Hex{frame}, " is no structure of a descendant");
      }
      if (part.parent == kNobody) {
        if (Origin(p, page) != 0) {
          Fail(Who(p), ": page ", Hex{page}, " of the root partition has an origin");
        }
      } else {
        CheckInherited(p, page, entry);
      }
    }
  }

  void CheckInherited(std::uint32_t p, std::uint32_t page, std::uint32_t entry) {
    const PartitionView& part = anatomy_.partitions[p];
    const std::uint32_t frame = FrameOf(entry);
    const std::uint32_t above = anatomy_.partitions[part.parent].page_of[frame];
    if (above == 0) {
      Fail(Who(p), ": page ", Hex{page}, " maps frame ", Hex{frame}, ", which the parent does not map");
    }
    if (Origin(p, page) != above) {
      Fail(Who(p), ": page ", Hex{page}, " says that the parent has it at page ", Hex{Origin(p, page)}, "; it is at ",
           Hex{above});
    }
    if (Gift(part.parent, above) != part.name * PIP_PAGE_BYTES) {
      Fail(Who(part.parent), ": page ", Hex{above}, " is mapped in the child ", Hex{part.name}, " but its gift is ",
           Hex{Gift(part.parent, above)});
    }
    const std::uint32_t parent_entry = Entry(part.parent, above);
    if ((entry & kRights & ~parent_entry) != 0) {
      Fail(Who(p), ": page ", Hex{page}, " has more rights than the parent's page ", Hex{above});
    }
    if ((entry & PIP_ENTRY_USER) != (parent_entry & PIP_ENTRY_USER)) {
      Fail(Who(p), ": page ", Hex{page}, " and the parent's page ", Hex{above}, " are not equally accessible");
    }
  }

  // Every structure of a partition: the parent maps it, noted as given to this child; the partition itself does not.
  void CheckStructure(std::uint32_t p, std::uint32_t frame) {
    const PartitionView& part = anatomy_.partitions[p];
    if (part.page_of[frame] != 0) {
      Fail(Who(p), ": its own structure, frame ", Hex{frame}, ", is mapped at page ", Hex{part.page_of[frame]});
    }
    if (part.parent == kNobody) {
      return;
    }
    const std::uint32_t above = anatomy_.partitions[part.parent].page_of[frame];
    if (above == 0) {
      Fail(Who(p), ": the parent does not map its structure, frame ", Hex{frame});
    }
    const std::uint32_t flag = frame == part.descriptor ? PIP_GIFT_IS_DESCRIPTOR : 0;
    if (Gift(part.parent, above) != part.name * PIP_PAGE_BYTES + flag) {
      Fail(Who(part.parent), ": page ", Hex{above}, " is ", Name(anatomy_.use[frame]), " of the child ", Hex{part.name},
           " but its gift is ", Hex{Gift(part.parent, above)});
    }
  }

  void CheckStructures(std::uint32_t p) {
    const PartitionView& part = anatomy_.partitions[p];
    for (const std::uint32_t frame : {part.descriptor, part.mmu, part.shadow1, part.shadow2}) {
      CheckStructure(p, frame);
    }
    for (const PartitionView::Leaf& leaf : part.leaves) {
      for (const std::uint32_t frame : {leaf.mmu, leaf.shadow1, leaf.shadow2}) {
        CheckStructure(p, frame);
      }
    }
    for (std::uint32_t page = part.list; page != 0; page = FrameOf(machine_.Word(page, PIP_LIST_NEXT))) {
      CheckStructure(p, page);
    }
  }

  // Every gift: the child exists, and holds the page as its own or as its structure (nothing is lost).
  void CheckGifts(std::uint32_t p) {
    const PartitionView& part = anatomy_.partitions[p];
    for (std::uint32_t frame = 0; frame < machine_.frames; ++frame) {
      const std::uint32_t page = part.page_of[frame];
      const std::uint32_t gift = page == 0 ? 0 : Gift(p, page);
      if (gift == 0) {
        continue;
      }
      const std::uint32_t child = ChildNamed(p, FrameOf(gift));
      if (child == kNobody) {
        Fail(Who(p), ": page ", Hex{page}, " is given to ", Hex{FrameOf(gift)}, ", where there is no child");
      }
      if (anatomy_.partitions[child].page_of[frame] == 0 && anatomy_.owner[frame] != child) {
        Fail(Who(p), ": page ", Hex{page}, " is given to the child ", Hex{FrameOf(gift)}, ", which does not have it");
      }
    }
  }

  std::uint32_t ChildNamed(std::uint32_t p, std::uint32_t name) const {
    const std::uint32_t entry = Entry(p, name);
    const std::uint32_t frame = FrameOf(entry);
    const bool found = (entry & PIP_ENTRY_PRESENT) != 0 && anatomy_.use[frame] == Use::kDescriptor &&
                       anatomy_.partitions[anatomy_.owner[frame]].parent == p;
    return found ? anatomy_.owner[frame] : kNobody;
  }

  // The configuration list: one record for each leaf table, with the right origins; only the head may have room.
  void CheckList(std::uint32_t p) {
    const PartitionView& part = anatomy_.partitions[p];
    std::vector<bool> seen(part.leaves.size(), false);
    std::size_t records = 0;
    for (std::uint32_t page = part.list; page != 0; page = FrameOf(machine_.Word(page, PIP_LIST_NEXT))) {
      const std::uint32_t count = machine_.Word(page, PIP_LIST_COUNT);
      const bool is_head = page == part.list;
      const bool is_last = FrameOf(machine_.Word(page, PIP_LIST_NEXT)) == 0;
      if (count > PIP_LIST_CAPACITY || (!is_head && count < PIP_LIST_CAPACITY) || (count == 0 && !is_last)) {
        Fail(Who(p), ": list page ", Hex{page}, " has ", count, " records");
      }
      CheckOrigin(p, page, machine_.Word(page, PIP_LIST_ORIGIN));
      for (std::uint32_t j = 0; j < count; ++j) {
        const std::uint32_t leaf = CheckRecord(p, page, PIP_LIST_FIRST_RECORD + j * PIP_RECORD_WORDS);
        if (seen[leaf]) {
          Fail(Who(p), ": two records are about slot ", part.leaves[leaf].slot);
        }
        seen[leaf] = true;
      }
      records += count;
    }
    // Nobody can collect the root partition's tables: boot records none.
    if (records != (part.parent == kNobody ? 0 : part.leaves.size())) {
      Fail(Who(p), ": the list has ", records, " records, but there are ", part.leaves.size(), " leaf tables");
    }
  }

  // The leaf tables that a record is about, by their position.
  std::uint32_t CheckRecord(std::uint32_t p, std::uint32_t page, std::uint32_t at) {
    const PartitionView& part = anatomy_.partitions[p];
    const std::uint32_t table = Pointer(machine_.Word(page, at), 0, p, "the table of a record");
    const auto found = std::ranges::find(part.leaves, table, &PartitionView::Leaf::mmu);
    if (found == part.leaves.end()) {
      Fail(Who(p), ": a record is about frame ", Hex{table}, ", which is no leaf table of it");
    }
    CheckOrigin(p, found->mmu, machine_.Word(page, at + 1));
    CheckOrigin(p, found->shadow1, machine_.Word(page, at + 2));
    CheckOrigin(p, found->shadow2, machine_.Word(page, at + 3));
    return static_cast<std::uint32_t>(found - part.leaves.begin());
  }

  // Whether the parent maps a structure where the list says.
  void CheckOrigin(std::uint32_t p, std::uint32_t frame, std::uint32_t origin) const {
    const PartitionView& part = anatomy_.partitions[p];
    const std::uint32_t where = part.parent == kNobody ? 0 : anatomy_.partitions[part.parent].page_of[frame];
    if (origin != where * PIP_PAGE_BYTES) {
      Fail(Who(p), ": the list says that frame ", Hex{frame}, " came from ", Hex{origin}, "; it is at page ",
           Hex{where});
    }
  }

  // Horizontal isolation, said directly: two children of one partition have no frame in common.
  void CheckSiblings() {
    // By frame: the child, of the partition at hand, that has it as its own or as its structure.
    std::vector<std::uint32_t> user(machine_.frames, kNobody);
    for (std::uint32_t p = 0; p < anatomy_.partitions.size(); ++p) {
      for (std::uint32_t child = p + 1; child < anatomy_.partitions.size(); ++child) {
        if (anatomy_.partitions[child].parent != p) {
          continue;
        }
        for (std::uint32_t frame = 0; frame < machine_.frames; ++frame) {
          if (anatomy_.partitions[child].page_of[frame] == 0 && anatomy_.owner[frame] != child) {
            continue;
          }
          const std::uint32_t other = user[frame];
          if (other != kNobody && anatomy_.partitions[other].parent == p) {
            Fail(Who(child), " and ", Who(other), ", children of one partition, share frame ", Hex{frame});
          }
          user[frame] = child;
        }
      }
    }
  }

  void CheckRoot() {
    const auto& pages = anatomy_.partitions[0].page_of;
    const auto mapped = static_cast<std::uint32_t>(machine_.frames - std::ranges::count(pages, 0U));
    if (mapped != machine_.root_pages) {
      Fail("the root partition maps ", mapped, " pages; at boot it had ", machine_.root_pages);
    }
    const std::uint32_t running = machine_.running_partition;
    if (running >= machine_.frames || anatomy_.use[running] != Use::kDescriptor) {
      Fail("the running partition is frame ", Hex{running}, ", which is no descriptor");
    }
  }

  const MachineView& machine_;
  Anatomy& anatomy_;
};

}  // namespace

const char* Name(Use use) {
  static constexpr std::array<const char*, 8> kNames = {
      "user data",          "the descriptor",  "the top MMU table", "an MMU leaf table",
      "a top shadow table", "a shadow 1 leaf", "a shadow 2 leaf",   "a page of the configuration list"};
  return kNames[static_cast<std::size_t>(use)];
}

std::optional<std::string> FirstViolation(const MachineView& machine, Anatomy& anatomy) {
  try {
    Checker(machine, anatomy).Run();
    return std::nullopt;
  } catch (const Violation& violation) {
    return violation.what;
  }
}

std::optional<std::string> FirstViolation(const MachineView& machine) {
  Anatomy anatomy;
  return FirstViolation(machine, anatomy);
}

}  // namespace pip::host
