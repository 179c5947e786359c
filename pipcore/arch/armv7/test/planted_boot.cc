// SPDX-License-Identifier: Apache-2.0
//
// A kernel that breaks what it has built just before the boot check.  The linker puts this in the place of check_boot
// (--wrap); the root image's command line says what to break.
#include <array>
#include <cstdint>

#include "pipcore/arch/armv7/layout.h"
#include "pipcore/arch/armv7/root_partition.h"
#include "pipcore/kernel/boot_information.h"

extern "C" {
#include "boot_check.h"
#include "pip/mal.h"

extern char kernel_begin[];

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

struct Plant {
  const char* name;
  void (*break_it)();
};

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
    Plant{"other-table", [] { load_mmu_root(frame_of(physical_memory[root_partition][1]) * PIP_PAGE_BYTES); }},
};

bool Equal(const char* a, const char* b) {
  for (; *a == *b; ++a, ++b) {
    if (*a == '\0') {
      return true;
    }
  }
  return false;
}

// The word after the image's name on its command line.
const char* Argument() {
  const page_t frame = frame_of(Leaf(0, kRootBootInformation));
  // Right because boot has just filled this page as a BootInformation.
  const auto& information = *reinterpret_cast<const kernel::BootInformation*>(&physical_memory[frame]);
  const char* text = information.arguments.data();
  while (*text != ' ' && *text != '\0') {
    ++text;
  }
  return *text == ' ' ? text + 1 : text;
}

}  // namespace
}  // namespace pip::armv7

boot_finding_t __wrap_check_boot() {
  for (const pip::armv7::Plant& plant : pip::armv7::kPlants) {
    if (pip::armv7::Equal(plant.name, pip::armv7::Argument())) {
      plant.break_it();
    }
  }
  return __real_check_boot();
}
