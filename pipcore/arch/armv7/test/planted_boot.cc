// SPDX-License-Identifier: Apache-2.0
//
// A kernel that breaks what it has built just before the boot check.  The linker puts this in the place of check_boot
// (--wrap); the root image's command line says what to break.
#include "pipcore/arch/test/planted_boot.h"

#include <array>
#include <cstdint>

#include "pipcore/arch/armv7/layout.h"
#include "pipcore/arch/armv7/root_partition.h"

extern "C" {
#include "boot_check.h"
#include "pip/mal.h"

extern char kernel_begin[];
extern std::uint32_t kernel_table[];
extern std::uint32_t image_table[];

boot_finding_t __real_check_boot();
boot_finding_t __wrap_check_boot();
}

namespace pip::armv7 {
namespace {

// The four words of the link for an address, in the root's tree 0 (MMU), 1 or 2 (shadows).
std::uint32_t* Link(std::uint32_t tree, std::uint32_t address) {
  const page_t top = frame_of(physical_memory[root_partition][PIP_DESCRIPTOR_MMU + tree]);
  return &page_words(top)[PIP_LINK_PLACE(page_number(address))];
}

std::uint32_t& Leaf(std::uint32_t tree, std::uint32_t address) {
  return page_words(frame_of(*Link(tree, address)))[index_at(page_number(address), leaf_level)];
}

// Right because kernel_begin is a linker symbol: its address is a number.
page_t KernelFrame() {
  return page_number(static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(kernel_begin)) - PIP_IMAGE_OFFSET);
}

// The entry of the kernel's own first-level table for an address, and that of its image's table for a frame.
std::uint32_t& Section(std::uint32_t address) { return kernel_table[address >> 20]; }
std::uint32_t& ImagePage(page_t frame) { return image_table[frame]; }

constexpr std::array kPlants = {
    Plant{"nothing", [] {}},
    Plant{"mapped-table", [] { Leaf(0, kRootImage) = user_entry(frame_of(*Link(0, kRootImage)), true, true); }},
    Plant{"mapped-kernel", [] { Leaf(0, kRootImage) = user_entry(KernelFrame(), true, true); }},
    Plant{"mapped-twice", [] { Leaf(0, kRootImage) = Leaf(0, kRootVidt); }},
    Plant{"wrong-device", [] { Leaf(0, kRootImage) = user_entry(0x3F400, true, false); }},
    Plant{"supervisor-page", [] { Leaf(0, kRootImage) = hidden(Leaf(0, kRootImage)); }},
    Plant{"half-a-link", [] { Link(0, kRootImage)[3] = 0; }},
    // A mebibyte of memory, the kernel's among it, for user mode.
    Plant{"section", [] { Link(0, kRootImage)[2] = 0xC1E; }},
    Plant{"leftover", [] { Leaf(1, kRootImage) = 0x1000; }},
    // The kernel's own tables: memory for user mode, text that can be written.
    Plant{"open-window", [] { Section(PIP_WINDOW + 0x100000) |= 1U << 11; }},
    Plant{"writable-text", [] { ImagePage(KernelFrame()) &= ~(1U << 9); }},
    Plant{"other-table", [] { load_mmu_root(frame_of(physical_memory[root_partition][1]) * PIP_PAGE_BYTES); }},
};

}  // namespace
}  // namespace pip::armv7

boot_finding_t __wrap_check_boot() {
  pip::BreakAsTold(pip::armv7::kPlants, frame_of(pip::armv7::Leaf(0, pip::armv7::kRootBootInformation)));
  return __real_check_boot();
}
