// SPDX-License-Identifier: Apache-2.0
//
// A kernel that breaks what it has built, or itself, just before the boot check.  The linker puts this in the place of
// check_boot (--wrap); the root image's command line says what to break.
#include "pipcore/arch/test/planted_boot.h"

#include <array>
#include <cstdint>

#include "pipcore/arch/x86/root_partition.h"
#include "pipcore/kernel/last_words.h"

extern "C" {
#include "boot_check.h"
#include "pip/mal.h"

extern char kernel_begin[];
extern char kernel_stack_guard[];

boot_finding_t __real_check_boot();
boot_finding_t __wrap_check_boot();
[[noreturn]] void __real_BootKernel(std::uint32_t magic, std::uint32_t information);
[[noreturn]] void __wrap_BootKernel(std::uint32_t magic, std::uint32_t information);
}

namespace pip::x86 {
namespace {

std::uint32_t* Top(std::uint32_t tree) {
  return page_words(frame_of(physical_memory[root_partition][PIP_DESCRIPTOR_MMU + tree]));
}

// The root's leaf entry for an address, in its tree 0 (MMU), 1 or 2 (shadows).
std::uint32_t& Leaf(std::uint32_t tree, std::uint32_t address) {
  const vaddr_t v = page_number(address);
  return page_words(frame_of(Top(tree)[index_at(v, top_level)]))[index_at(v, leaf_level)];
}

// Right because kernel_begin is a linker symbol, identity-mapped: its address is a number.
std::uint32_t KernelFrame() {
  return page_number(static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(kernel_begin)));
}

// Frames that the kernel's window does not show: a stray pointer of the kernel.
[[gnu::noinline]] void ReadOwnImageThroughTheWindow() {
  const volatile std::uint32_t* const word = &physical_memory[KernelFrame()][0];
  static_cast<void>(*word);
}

// Right because these addresses are exactly those that the processor must refuse.
void WriteByte(char* address) { *reinterpret_cast<volatile char*>(address) = 1; }

// Falls off the end of the kernel's stack, a page: the guard page below has no room even for a fault.
[[gnu::noinline]] std::uint32_t Overflow(std::uint32_t depth) {
  std::array<volatile std::uint32_t, 64> frame{};
  frame[depth % 64] = depth;
  const std::uint32_t deeper = depth < 1000 ? Overflow(depth + 1) : 0;
  return deeper + frame[(depth + 1) % 64];
}

// When BootKernel began.
std::uint32_t boot_began = 0;

// QEMU with -icount shift=0 counts one for each instruction since power-on.
std::uint32_t Instructions() {
  std::uint32_t low;
  asm volatile("rdtsc" : "=a"(low) : : "edx");
  return low;
}

// Breaks nothing: counts.
void Count() {
  const std::uint32_t before = Instructions();
  const boot_fault_t fault = __real_check_boot().fault;
  const std::uint32_t after = Instructions();
  kernel::TextLine line;
  line.Append(fault == BOOT_SOUND ? "" : "not sound; ")
      .AppendDecimal(boot_began)
      .Append(" instructions before the kernel, ");
  line.AppendDecimal(before - boot_began).Append(" of boot, ").AppendDecimal(after - before).Append(" of its check");
  kernel::LastWords(line);
}

constexpr std::array kPlants = {
    Plant{"nothing", [] {}},
    Plant{"count", Count},
    Plant{"mapped-table", [] { Leaf(0, kRootImage) = Top(0)[kRootImage >> 22] | 7; }},
    Plant{"mapped-kernel", [] { Leaf(0, kRootImage) = user_entry(KernelFrame(), true, true); }},
    Plant{"mapped-twice", [] { Leaf(0, kRootImage) = Leaf(0, kRootVidt); }},
    Plant{"wrong-frame", [] { Leaf(0, kRootImage) = user_entry(frame_count, true, true); }},
    Plant{"supervisor-page", [] { Leaf(0, kRootImage) = hidden(Leaf(0, kRootImage)); }},
    Plant{"leftover", [] { Leaf(1, kRootImage) = 0x1000; }},
    Plant{"open-kernel", [] { Top(0)[0] = kernel_directory[0] |= PIP_ENTRY_USER; }},
    Plant{"changed-kernel", [] { Top(0)[PIP_LAST_WINDOW_SLOT] = user_entry(0x200, true, true); }},
    Plant{"lost-shadow", [] { Top(2)[kRootImage >> 22] = no_entry; }},
    Plant{"parent", [] { physical_memory[root_partition][PIP_DESCRIPTOR_PARENT] = 0x200000; }},
    Plant{"other-partition", [] { running_partition = 0x200; }},
    Plant{"other-table",
          [] { load_mmu_root(static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(kernel_directory))); }},
    Plant{"kernel-writes-text", [] { WriteByte(kernel_begin); }},
    Plant{"kernel-touches-guard", [] { WriteByte(kernel_stack_guard); }},
    Plant{"kernel-reads-itself", ReadOwnImageThroughTheWindow},
    Plant{"kernel-undefined", [] { asm volatile("ud2"); }},
    Plant{"kernel-overflows", [] { static_cast<void>(Overflow(0)); }},
    // The task of last resort, entered as the processor does for the exception.
    Plant{"machine-check", [] { asm volatile("int $18"); }},
    Plant{"kernel-unreachable", unreachable},
};

}  // namespace
}  // namespace pip::x86

void __wrap_BootKernel(std::uint32_t magic, std::uint32_t information) {
  pip::x86::boot_began = pip::x86::Instructions();
  __real_BootKernel(magic, information);
}

boot_finding_t __wrap_check_boot() {
  pip::BreakAsTold(pip::x86::kPlants, frame_of(pip::x86::Leaf(0, pip::x86::kRootBootInformation)));
  return __real_check_boot();
}
