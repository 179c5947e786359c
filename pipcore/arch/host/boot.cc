// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/boot.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "pipcore/arch/host/kernel.h"

namespace pip::host {
namespace {

constexpr std::uint32_t kReadable = PIP_ENTRY_PRESENT | PIP_ENTRY_USER;
constexpr std::uint32_t kData = kReadable | PIP_ENTRY_WRITABLE;
constexpr std::uint32_t kEverything = kData | PIP_ENTRY_EXECUTABLE;

// Stand-ins for the kernel's own mappings, that no service may touch: present, writable, supervisor, global pages of
// 4 MiB (Intel SDM volume 3A, table 4-4), all different, so that a shifted copy shows.
constexpr std::uint32_t kKernelEntry = 0x183;
constexpr std::uint32_t kSlotBytes = PIP_PAGE_BYTES * PIP_TABLE_SIZE;

void FillKernelDirectory() {
  std::ranges::fill(kernel_directory, 0U);
  kernel_directory[0] = kKernelEntry;
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

}  // namespace

BootedMachine BootRootPartition(std::uint32_t free_pages) {
  FillKernelDirectory();
  // "No page" is frame 0, where a real machine has firmware's data.  A service that follows it finds what looks like
  // entries and gifts.
  constexpr std::uint32_t kTrap = PIP_FIRST_ORDINARY_FRAME * PIP_PAGE_BYTES + kEverything;
  std::ranges::fill(physical_memory[0], kTrap);
  for (std::uint32_t i = 0; i < kVgaPages; ++i) {
    std::ranges::fill(physical_memory[kVgaFrame + i], 0U);
  }
  return Boot().Run(free_pages);
}

}  // namespace pip::host
