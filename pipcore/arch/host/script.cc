// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/script.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "pipcore/arch/host/boot.h"
#include "pipcore/arch/host/program.h"

namespace pip::host {
namespace {

constexpr const char* kBooted = "booted";
constexpr const char* kFamily = "family";

// A page that a partition maps, as its tables say.
struct OwnPage {
  std::uint32_t address;
  std::uint32_t entry;
  std::uint32_t gift;

  bool Accessible() const { return (entry & PIP_ENTRY_USER) != 0; }
  bool Writable() const { return Accessible() && (entry & PIP_ENTRY_WRITABLE) != 0; }
  // Whether it may become a kernel structure.
  bool Free() const { return Writable() && gift == 0 && entry / PIP_PAGE_BYTES >= PIP_FIRST_ORDINARY_FRAME; }
  bool IsDescriptor() const { return (gift & PIP_GIFT_IS_DESCRIPTOR) != 0; }
};

// One step: what to do, and numbers to make arguments from.
class Step {
 public:
  explicit Step(std::uint64_t bits)
      : action_(static_cast<std::uint32_t>(bits >> 1) & 0x7F),
        noise_(bits),
        seed_(static_cast<std::uint32_t>(bits >> 8)) {}

  std::uint32_t Action() const { return action_; }

  // A number below bound; small steps make small numbers.
  std::uint32_t Number(std::uint32_t bound) {
    const std::uint32_t number = bound == 0 ? 0 : seed_ % bound;
    // A fresh seed for the next number: a multiplicative hash of all bits of the step (0 stays 0).
    noise_ = noise_ * 6364136223846793005U;
    seed_ = static_cast<std::uint32_t>(noise_ >> 32);
    return number;
  }
  bool OneIn(std::uint32_t bound) { return Number(bound) == bound - 1; }

 private:
  std::uint32_t action_;
  std::uint64_t noise_;
  std::uint32_t seed_;
};

class Player {
 public:
  explicit Player(LockStep& machine) : machine_(machine) {}

  void Play(std::uint64_t bits) {
    Step step(bits);
    pages_ = PagesOf(Running());
    const std::uint32_t action = step.Action();
    if (action < 4) {
      MakeFamily(step);
    } else if (action < 12) {
      CreatePartition(step);
    } else if (action < 26) {
      PrepareTables(step);
    } else if (action < 44) {
      AddPage(step);
    } else if (action < 54) {
      machine_.Perform({Service::kRemoveVAddr, {ChildAddress(step), AddressInChild(step)}});
    } else if (action < 58) {
      machine_.Perform({Service::kMappedInChild, {Address(step)}});
    } else if (action < 62) {
      machine_.Perform({Service::kDeletePartition, {ChildAddress(step)}});
    } else if (action < 70) {
      machine_.Perform({Service::kCollect, {ChildAddress(step), TableAddress(step)}});
    } else if (action < 90) {
      Yield(step);
    } else if (action < 94) {
      machine_.Perform({Service::kCountToMap, {ChildAddress(step), TableAddress(step)}});
    } else if (action < 97) {
      machine_.Perform({Service::kGetIntState, {ChildAddress(step)}});
    } else if (action < 99) {
      machine_.Perform({Service::kSetIntState, {step.Number(3)}});
    } else if (action < 101) {
      machine_.Perform({Service::kPhysicalAddress, {Address(step) + step.Number(4096)}});
    } else if (action < 105) {
      machine_.Perform({Service::kDeliverInterrupt, {Vector(step)}});
    } else if (action < 112) {
      machine_.Perform({Service::kDeliverFault, {Vector(step)}});
    } else if (action < 121) {
      Write(step);
    } else if (action < 124) {
      machine_.Load(Address(step) + step.Number(1024) * 4);
    } else {
      Scramble(step);
    }
  }

 private:
  std::uint32_t Running() { return machine_.View().running_partition; }

  // What a partition maps, in the order of addresses.
  std::vector<OwnPage> PagesOf(std::uint32_t descriptor) {
    const MachineView view = machine_.View();
    std::vector<OwnPage> pages;
    const auto& partitions = machine_.Structure().partitions;
    const auto found = std::ranges::find(partitions, descriptor, &PartitionView::descriptor);
    for (const PartitionView::Leaf& leaf : found->leaves) {
      const auto entries = view.Frame(leaf.mmu);
      const auto gifts = view.Frame(leaf.shadow1);
      for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
        if (entries[i] != 0) {
          pages.push_back({(leaf.slot * PIP_TABLE_SIZE + i) * PIP_PAGE_BYTES, entries[i], gifts[i]});
        }
      }
    }
    return pages;
  }

  template <typename Predicate>
  std::uint32_t Choose(Step& step, const std::vector<OwnPage>& pages, Predicate suits, std::uint32_t otherwise) {
    const auto count = static_cast<std::uint32_t>(std::ranges::count_if(pages, suits));
    std::uint32_t skip = step.Number(count);
    for (const OwnPage& page : pages) {
      if (std::invoke(suits, page) && skip-- == 0) {
        return page.address;
      }
    }
    return otherwise;
  }

  // Words that break things.
  std::uint32_t Hostile(Step& step) {
    static constexpr std::array<std::uint32_t, 16> kWords = {
        0,          1,          0xFFF,      0x1000,     0x003FF000, 0x00400000, kFreeMemory + 4, 0xCFFFF000,
        0xD0000000, 0xFFBFF000, 0xFFC00000, 0xFFFFF000, 0xFFFFFFFC, 0xFFFFFFFF, kVgaText,        0x80000000};
    return step.OneIn(4) ? step.Number(0xFFFFFFFF) : kWords[step.Number(kWords.size())];
  }

  // An address of the running partition: mostly of an accessible page, now and then anything.
  std::uint32_t Address(Step& step) {
    switch (step.Number(8)) {
      case 6:
        return Choose(
            step, pages_, [](const OwnPage&) { return true; }, 0);
      case 7:
        return Hostile(step);
      default:
        return Choose(step, pages_, &OwnPage::Accessible, 0);
    }
  }

  // The address of a page that may be given, almost always.
  std::uint32_t FreeAddress(Step& step) {
    return step.OneIn(24) ? Address(step) : Choose(step, pages_, &OwnPage::Free, kFreeMemory);
  }

  std::uint32_t ChildAddress(Step& step) {
    return step.OneIn(24) ? Address(step) : Choose(step, pages_, &OwnPage::IsDescriptor, Hostile(step));
  }

  // An address in some child: mostly of a page that it maps.
  std::uint32_t AddressInChild(Step& step) {
    const std::uint32_t child = Choose(step, pages_, &OwnPage::IsDescriptor, 0);
    if (child == 0 || step.OneIn(16)) {
      return step.OneIn(2) ? Hostile(step) : TableAddress(step);
    }
    return Choose(
        step, PagesOf(FrameAt(child)), [](const OwnPage&) { return true; }, TableAddress(step));
  }

  std::uint32_t FrameAt(std::uint32_t address) {
    const auto page = std::ranges::find(pages_, address, &OwnPage::address);
    return page->entry / PIP_PAGE_BYTES;
  }

  // An address in one of a few tables, so that tables meet again.
  std::uint32_t TableAddress(Step& step) {
    static constexpr std::array<std::uint32_t, 6> kTables = {0x00400000, 0x00800000, 0x10000000,
                                                             0xCFC00000, 0xFFC00000, 0x00000000};
    return kTables[step.Number(step.OneIn(16) ? 6 : 5)] + step.Number(step.OneIn(4) ? 1024 : 12) * PIP_PAGE_BYTES;
  }

  std::uint32_t Vector(Step& step) {
    static constexpr std::array<std::uint32_t, 12> kVectors = {kEntryVector,
                                                               kEntryVector,
                                                               kPageFaultVector,
                                                               kTimerVector,
                                                               kDoubleFaultVector,
                                                               kEntryVector,
                                                               kVcliSlot,
                                                               kYieldSlot,
                                                               0,
                                                               1022,
                                                               1023,
                                                               0xFFFFFFFF};
    return kVectors[step.Number(kVectors.size())];
  }

  Pages FreePages() {
    Pages pages;
    for (const OwnPage& page : pages_) {
      // VIDT and contexts stay, so that the partition goes on living.
      if (page.Free() && page.address < kContexts) {
        pages.push_back(page.address);
      }
    }
    return pages;
  }

  // A whole child that can run, perhaps entered at once.
  void MakeFamily(Step& step) {
    Pages pages = FreePages();
    const std::optional<Child> child = BuildChild(machine_, pages, step.Number(40));
    if (child && step.OneIn(2)) {
      EnterChild(machine_, child->descriptor);
    }
  }

  void CreatePartition(Step& step) {
    std::array<std::uint32_t, 5> pages = {};
    for (std::uint32_t& page : pages) {
      page = FreeAddress(step);
    }
    // The same page twice is likely by chance; mostly take neighbours instead.
    if (!step.OneIn(4)) {
      const Pages free = FreePages();
      for (std::size_t i = 1; i < pages.size() && free.size() >= pages.size(); ++i) {
        const auto first = static_cast<std::size_t>(std::ranges::find(free, pages[0]) - free.begin());
        pages[i] = free[(first + i) % free.size()];
      }
    }
    machine_.Perform({Service::kCreatePartition, {pages[0], pages[1], pages[2], pages[3], pages[4]}});
  }

  void PrepareTables(Step& step) {
    const std::uint32_t child = ChildAddress(step);
    const std::uint32_t address = step.OneIn(16) ? Address(step) : TableAddress(step);
    Pages list;
    for (std::uint32_t i = 0; i < 4; ++i) {
      list.push_back(FreeAddress(step));
    }
    if (!step.OneIn(6)) {
      const Pages free = FreePages();
      const std::uint32_t first = step.Number(static_cast<std::uint32_t>(free.size()));
      for (std::uint32_t i = 0; i < list.size() && free.size() >= list.size(); ++i) {
        list[i] = free[(first + i) % free.size()];
      }
    }
    for (std::size_t i = 0; i + 1 < list.size(); ++i) {
      machine_.Store(list[i], list[i + 1]);
    }
    machine_.Perform({Service::kPrepare, {child, address, list[0]}});
  }

  void AddPage(Step& step) {
    const std::uint32_t source = FreeAddress(step);
    const std::uint32_t child = ChildAddress(step);
    const std::uint32_t destination = step.OneIn(3) ? AddressInChild(step) : TableAddress(step);
    const std::uint32_t rights = step.OneIn(3) ? step.Number(8) : 7;
    machine_.Perform({Service::kAddVAddr, {source, child, destination, rights & 1, rights & 2, rights & 4}});
  }

  void Yield(Step& step) {
    const bool is_root = Running() == machine_.View().root_partition;
    const std::uint32_t target = step.OneIn(is_root ? 16 : 2) ? 0 : ChildAddress(step);
    const std::uint32_t vector = Vector(step);
    static constexpr std::array<std::uint32_t, 4> kSlots = {kYieldSlot, kVcliSlot, kVstiSlot, 3};
    const std::uint32_t slot = step.OneIn(16) ? Vector(step) : kSlots[step.Number(kSlots.size())];
    machine_.Perform({Service::kYieldTo, {target, vector, slot, step.Number(2), step.Number(3)}});
  }

  // User mode writes: anywhere, or into VIDT and contexts.
  void Write(Step& step) {
    const std::uint32_t where = step.OneIn(2) ? Address(step) : (step.OneIn(2) ? kVidt : kContexts);
    const std::uint32_t offset = step.OneIn(2) ? step.Number(1024) : step.Number(52);
    std::uint32_t word = Address(step);
    if (step.OneIn(2)) {
      word += step.Number(PIP_PAGE_BYTES);  // a context at any alignment, perhaps over two pages
    }
    machine_.Store(where + 4 * offset, word);
  }

  void Scramble(Step& step) {
    std::array<std::uint32_t, PIP_CONTEXT_WORDS> words = {};
    for (std::uint32_t& word : words) {
      word = step.Number(0xFFFFFFFF);
    }
    machine_.SetRegisters(words);
  }

  LockStep& machine_;
  std::vector<OwnPage> pages_;  // of the running partition, before the step
};

}  // namespace

void KeepStartingStates(LockStep& machine) {
  WriteHandlers(machine, kVidt, kContexts);
  machine.Keep(kBooted);
  // Two children; the first has a child, which has one too.
  Pages pages = PagesFrom(kFreeMemory, kScriptPages);
  const std::optional<Child> first = BuildChild(machine, pages, 70);
  const std::optional<Child> second = BuildChild(machine, pages, 20);
  EnterChild(machine, first->descriptor);
  Pages inner_pages = PagesFrom(kChildMemory, 70);
  const std::optional<Child> inner = BuildChild(machine, inner_pages, 40);
  EnterChild(machine, inner->descriptor);
  Pages innermost_pages = PagesFrom(kChildMemory, 40);
  const std::optional<Child> innermost = BuildChild(machine, innermost_pages, 15);
  EnterParent(machine);
  machine.Keep(kFamily);
}

void RunScript(LockStep& machine, std::span<const std::uint64_t> steps) {
  machine.Return(!steps.empty() && (steps[0] & 1) != 0 ? kFamily : kBooted);
  Player player(machine);
  for (const std::uint64_t step : steps) {
    player.Play(step);
  }
}

}  // namespace pip::host
