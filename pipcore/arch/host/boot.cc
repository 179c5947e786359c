// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/boot.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "pipcore/arch/host/kernel.h"
#include "pipcore/arch/host/machine_view.h"

namespace pip::host {
namespace {

constexpr std::uint32_t kReadable = PIP_ENTRY_PRESENT | PIP_ENTRY_USER;
constexpr std::uint32_t kData = kReadable | PIP_ENTRY_WRITABLE;
constexpr std::uint32_t kEverything = kData | PIP_ENTRY_EXECUTABLE;

// Stand-ins for the kernel's own mappings, that no service may touch: present, writable, supervisor, global pages of
// 4 MiB (Intel SDM volume 3A, table 4-4), all different, so that a shifted copy shows.
constexpr std::uint32_t kKernelEntry = 0x183;
// The first slot has a table, present and writable.
constexpr std::uint32_t kKernelTable = 1;
constexpr std::uint32_t kKernelLink = 0x003;
constexpr std::uint32_t kSlotBytes = PIP_PAGE_BYTES * PIP_TABLE_SIZE;

void FillKernelDirectory() {
  std::ranges::fill(kernel_directory, 0U);
  kernel_directory[0] = kKernelTable * PIP_PAGE_BYTES + kKernelLink;
  for (std::uint32_t slot = PIP_FIRST_WINDOW_SLOT; slot <= PIP_LAST_WINDOW_SLOT; ++slot) {
    kernel_directory[slot] = (slot - PIP_FIRST_WINDOW_SLOT) * kSlotBytes + kKernelEntry;
  }
}

class Boot {
 public:
  BootedMachine Run(std::uint32_t free_pages) {
    descriptor_ = Take();
    for (std::uint32_t tree = PIP_DESCRIPTOR_MMU; tree <= PIP_DESCRIPTOR_LIST; ++tree) {
      physical_memory[descriptor_][tree] = Take() * PIP_PAGE_BYTES;
    }
    std::ranges::copy(kernel_directory, physical_memory[Root(PIP_DESCRIPTOR_MMU)]);
    MapNew(kImage, kEverything);
    MapNew(kModule, kReadable);
    for (std::uint32_t i = 0; i < kVgaPages; ++i) {
      Map(kVgaText + i * PIP_PAGE_BYTES, kVgaFrame + i, kData);
    }
    MapNew(kBootInformation, kData);
    MapNew(kStack, kData);
    const std::uint32_t stack = MapNew(kFirstContext & PIP_FRAME_MASK, kData);
    const std::uint32_t vidt_frame = MapNew(kVidt, kData);
    physical_memory[vidt_frame][0] = kFirstContext;
    physical_memory[vidt_frame][32] = kFirstContext;
    std::uint32_t* context = &physical_memory[stack][kFirstContext % PIP_PAGE_BYTES / 4];
    context[0] = kImage;
    context[6] = kFirstContext;
    for (std::uint32_t i = 0; i < free_pages; ++i) {
      MapNew(kFreeMemory + i * PIP_PAGE_BYTES, kEverything);
    }
    return {.frames = next_, .root_partition = descriptor_, .root_pages = mapped_};
  }

 private:
  // A cleared frame.
  std::uint32_t Take() {
    if (next_ == PIP_MAXIMUM_FRAMES) {
      std::fputs("host: the simulated machine has not so many frames\n", stderr);
      std::abort();
    }
    std::ranges::fill(physical_memory[next_], 0U);
    return next_++;
  }

  std::uint32_t Root(std::uint32_t tree) const { return physical_memory[descriptor_][tree] / PIP_PAGE_BYTES; }

  void Map(std::uint32_t address, std::uint32_t frame, std::uint32_t rights) {
    const std::uint32_t page = address / PIP_PAGE_BYTES;
    for (std::uint32_t tree = PIP_DESCRIPTOR_MMU; tree <= PIP_DESCRIPTOR_SHADOW2; ++tree) {
      std::uint32_t& link = physical_memory[Root(tree)][page / PIP_TABLE_SIZE];
      if (link == 0) {
        link = Take() * PIP_PAGE_BYTES + kEverything;
      }
    }
    const std::uint32_t table = physical_memory[Root(PIP_DESCRIPTOR_MMU)][page / PIP_TABLE_SIZE] / PIP_PAGE_BYTES;
    physical_memory[table][page % PIP_TABLE_SIZE] = frame * PIP_PAGE_BYTES + rights;
    ++mapped_;
  }

  std::uint32_t MapNew(std::uint32_t address, std::uint32_t rights) {
    const std::uint32_t frame = Take();
    Map(address, frame, rights);
    return frame;
  }

  std::uint32_t next_ = PIP_FIRST_ORDINARY_FRAME;
  std::uint32_t descriptor_ = 0;
  std::uint32_t mapped_ = 0;
};

std::uint32_t FrameOf(std::uint32_t word) { return word / PIP_PAGE_BYTES; }

// How many pages the tables below this one map.
std::uint32_t MappedPages(std::uint32_t top) {
  std::uint32_t pages = 0;
  for (std::uint32_t slot = 0; slot < PIP_TABLE_SIZE; ++slot) {
    const std::uint32_t link = physical_memory[top][slot];
    if (IsUserSlot(slot) && link != 0) {
      pages += static_cast<std::uint32_t>(PIP_TABLE_SIZE - std::ranges::count(physical_memory[FrameOf(link)], 0U));
    }
  }
  return pages;
}

}  // namespace

BootedMachine BootFromImage(const MachineImage& image) {
  std::ranges::copy(image.words, &physical_memory[0][0]);
  const std::uint32_t top = FrameOf(physical_memory[image.root_partition][PIP_DESCRIPTOR_MMU]);
  for (std::uint32_t slot = 0; slot < PIP_TABLE_SIZE; ++slot) {
    kernel_directory[slot] = IsUserSlot(slot) ? 0 : physical_memory[top][slot];
  }
  return {.frames = static_cast<std::uint32_t>(image.words.size() / PIP_TABLE_SIZE),
          .root_partition = image.root_partition,
          .root_pages = MappedPages(top)};
}

BootedMachine BootRootPartition(std::uint32_t free_pages) {
  FillKernelDirectory();
  // "No page" is frame 0, where a real machine has firmware's data.  A service that follows it, or goes through the
  // kernel's table, finds what looks like entries and gifts.
  constexpr std::uint32_t kTrap = PIP_FIRST_ORDINARY_FRAME * PIP_PAGE_BYTES + kEverything;
  std::ranges::fill(physical_memory[0], kTrap);
  // As gifts: to each page of free memory, which may be the name of a child.
  for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; i += 2) {
    physical_memory[0][i] = kFreeMemory + i / 2 * PIP_PAGE_BYTES + kEverything;
  }
  // As a VIDT: contexts in a page that partitions of tests have (kChildMemory in program.h is the first of them).
  for (const std::uint32_t vector : {0, 8, 14, 32, 48, 49, 50}) {
    physical_memory[0][vector] = 0xFFC05000;
  }
  std::ranges::fill(physical_memory[kKernelTable], kTrap);
  for (std::uint32_t i = 0; i < kVgaPages; ++i) {
    std::ranges::fill(physical_memory[kVgaFrame + i], 0U);
  }
  return Boot().Run(free_pages);
}

}  // namespace pip::host
