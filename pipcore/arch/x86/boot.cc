// SPDX-License-Identifier: Apache-2.0
//
// From the loader to the root partition.  Before paging is on, an address is a physical address; after, the kernel's
// own addresses are the same and physical_memory reaches all of memory.
#include <array>
#include <cstdint>
#include <span>

#include "pipcore/arch/x86/descriptors.h"
#include "pipcore/arch/x86/interrupt_controller.h"
#include "pipcore/arch/x86/kernel_space.h"
#include "pipcore/arch/x86/layout.h"
#include "pipcore/arch/x86/multiboot.h"
#include "pipcore/arch/x86/processor.h"
#include "pipcore/arch/x86/root_partition.h"
#include "pipcore/arch/x86/serial.h"
#include "pipcore/boot-check/require_sound_boot.h"
#include "pipcore/kernel/last_words.h"

extern "C" {
#include "pip/mal.h"
#include "pipcore/boot-check/boot_words.h"

// kernel.lds, boot.S and entry.S.
extern char kernel_begin[];
extern char kernel_data_begin[];
extern char kernel_end[];
extern char kernel_stack_guard[];
void fast_entry();
[[noreturn]] void leave_kernel();

[[noreturn]] void BootKernel(std::uint32_t magic, std::uint32_t information);

// What pip/memory.h declares.
alignas(4096) std::uint32_t kernel_directory[PIP_TABLE_SIZE];
page_t running_partition = 0;
page_t root_partition = 0;
std::uint32_t frame_count = 0;

// What the boot check asks of the processor.
std::uint32_t read_mmu_root() { return pip::x86::ReadCr3(); }
}

namespace pip::kernel {

void PutConsole(char character) {
  if (character == '\n') {
    x86::PutSerial('\r');
  }
  x86::PutSerial(character);
}

void StopMachine() {
  x86::DrainSerial();
  // QEMU's isa-debug-exit device ends the emulator with exit code 3; Bochs stops at this text (its iodev/unmapped.cc).
  // A machine that has neither ignores both.
  x86::WritePort8(0xF4, 1);
  for (const char* letter = "Shutdown"; *letter != '\0'; ++letter) {
    x86::WritePort8(0x8900, static_cast<std::uint8_t>(*letter));
  }
  x86::HaltForever();
}

}  // namespace pip::kernel

namespace pip::x86 {
namespace {

constexpr char kRevision[] = "Pip, x86";
// What the kernel, its structures and a small root partition need.
constexpr std::uint32_t kMemoryMinMiB = 8;
constexpr std::uint32_t kFramesPerMiB = 256;

alignas(4096) TablePage image_table;
alignas(4096) TablePage first_window_table;
// Static, because the stack is a page.
MultibootInformation multiboot;
FrameSet free_memory;
RootPartition root;

// Right because the kernel is identity-mapped: its addresses are physical.
std::uint32_t AddressOf(const void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

KernelImage Image() {
  return {FramesTouched(AddressOf(kernel_begin), AddressOf(kernel_end)), AddressOf(kernel_data_begin) / kPageBytes,
          AddressOf(kernel_stack_guard) / kPageBytes};
}

// Intel SDM volume 2A, CPUID leaf 1 (EDX) and leaf 7 (EBX, ECX).
struct Features {
  PagingFeatures paging;
  bool machine_check = false;
  bool sysenter = false;
  std::uint32_t protections = 0;  // bits of CR4 that only forbid
};

Features ReadFeatures() {
  Features features;
  const std::uint32_t leaves = Cpuid(0).eax;
  const CpuidResult one = Cpuid(1);
  features.paging.large_pages = (one.edx & (1U << 3)) != 0;
  features.machine_check = (one.edx & (1U << 7)) != 0;
  features.paging.global_pages = (one.edx & (1U << 13)) != 0;
  // The first Pentium Pro has the bit but not the instruction (volume 2B, SYSENTER).
  features.sysenter = (one.edx & (1U << 11)) != 0 && (one.eax & 0x0FFF3FFF) >= 0x633;
  if (leaves >= 7) {
    const CpuidResult seven = Cpuid(7);
    features.protections |= (seven.ebx & (1U << 7)) != 0 ? kCr4SupervisorExecutionPrevention : 0;
    features.protections |= (seven.ecx & (1U << 2)) != 0 ? kCr4UserModeInstructionPrevention : 0;
  }
  return features;
}

// The last frame that anything stands in, plus one.
std::uint32_t MemoryEnd(const FrameSet& memory) { return memory.size() == 0 ? 0 : memory[memory.size() - 1].end; }

// Memory that is free once the kernel and the modules have theirs.
void FindFreeMemory(const KernelImage& image, std::uint32_t window_frames, FrameSet& free) {
  free = multiboot.memory;
  free.Remove({0, PIP_FIRST_ORDINARY_FRAME});
  free.Remove({window_frames, ~std::uint32_t{0}});
  free.Remove(image.all);
  for (std::size_t i = 0; i < multiboot.module_count; ++i) {
    free.Remove(multiboot.modules[i].frames());
  }
}

// The lowest run of free frames that is long enough, for tables that stand next to each other.
std::span<TablePage> TakeTables(FrameSet& free, std::uint32_t count) {
  for (std::size_t i = 0; i < free.size(); ++i) {
    if (free[i].size() >= count) {
      const std::uint32_t first = free[i].begin;
      free.Remove({first, first + count});
      // Right because paging is off: the address is that of free memory, which no object occupies.
      return {reinterpret_cast<TablePage*>(static_cast<std::uintptr_t>(first) * kPageBytes), count};
    }
  }
  kernel::LastWords("too little memory for the kernel's tables");
}

// Returns the frames of the window's tables, but for the first, which is part of the image.
FrameRange StartPaging(const KernelImage& image, std::uint32_t window_frames, const Features& features,
                       FrameSet& free) {
  const std::span<TablePage> more = TakeTables(free, WindowTables(window_frames, features.paging));
  // Right because std::array<uint32_t, n> is laid out as uint32_t[n], which is how C declares this table.
  TablePage& directory = reinterpret_cast<TablePage&>(kernel_directory);
  const KernelTables tables = {directory, image_table, AddressOf(image_table.data()) / kPageBytes, first_window_table,
                               AddressOf(first_window_table.data()) / kPageBytes};
  const std::uint32_t first = AddressOf(more.data()) / kPageBytes;
  FillKernelTables(tables, image, window_frames, features.paging, more, first);
  WriteCr3(AddressOf(kernel_directory));
  WriteCr4((features.paging.large_pages ? kCr4PageSizeExtensions : 0) |
           (features.machine_check ? kCr4MachineCheck : 0) | features.protections);
  // Floating point: EM makes each x87 instruction a fault #NM and each MMX and SSE instruction a fault #UD; MP and TS
  // do the same for WAIT (Intel SDM volume 3A, section 2.5).  No partition's floating-point state exists, so none
  // leaks.
  WriteCr0(kCr0Paging | kCr0WriteProtect | kCr0NumericError | kCr0TaskSwitched | kCr0Emulation |
           kCr0MonitorCoprocessor | kCr0ProtectionEnable);
  // PGE only with paging on (Intel SDM volume 3A, section 4.10.2.4 and 9.8.3).
  if (features.paging.global_pages) {
    WriteCr4((features.paging.large_pages ? kCr4PageSizeExtensions : 0) |
             (features.machine_check ? kCr4MachineCheck : 0) | features.protections | kCr4PageGlobal);
  }
  return {first, first + static_cast<std::uint32_t>(more.size())};
}

// Intel SDM volume 3A, section 5.8.7: with CS 0x08 the kernel's stack segment is 0x10.
void InitializeFastEntry() {
  constexpr std::uint32_t kSysenterCs = 0x174;
  constexpr std::uint32_t kSysenterEsp = 0x175;
  constexpr std::uint32_t kSysenterEip = 0x176;
  WriteModelSpecificRegister(kSysenterCs, PIP_KERNEL_CODE);
  WriteModelSpecificRegister(kSysenterEsp, AddressOf(registers) + PIP_REGISTERS_PUSHA_END);
  WriteModelSpecificRegister(kSysenterEip, static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(fast_entry)));
}

void ReadLoader(std::uint32_t magic, std::uint32_t information, const KernelImage& image) {
  if (magic != kMultibootMagic) {
    kernel::LastWords("not started by a Multiboot 1 loader");
  }
  constexpr std::uint64_t kAllAddresses = std::uint64_t{1} << 32;
  const MultibootError error = ReadMultiboot({0, kAllAddresses}, information, image.all, multiboot);
  const std::uint32_t mib = multiboot.memory.frames() / kFramesPerMiB;
  // Less than half a MiB below 1 MiB, and a little at the end, is the firmware's.
  if (multiboot.memory.size() != 0 && mib + 1 < kMemoryMinMiB) {
    kernel::TextLine line;
    line.Append("too little memory: ").AppendDecimal(mib).Append(" MiB; Pip needs ").AppendDecimal(kMemoryMinMiB);
    kernel::LastWords(line.Append(" MiB"));
  }
  if (error != MultibootError::kNone) {
    kernel::TextLine line;
    line.Append("cannot boot: ").Append(Describe(error));
    if (multiboot.module_count != 0) {
      line.Append("; the last good one is ").Append(multiboot.modules[multiboot.module_count - 1].text.data());
    }
    kernel::LastWords(line);
  }
}

void ReportUnused(std::uint32_t window_frames) {
  std::uint32_t unused = multiboot.unreachable_kib / 1024;
  for (std::size_t i = 0; i < multiboot.memory.size(); ++i) {
    const FrameRange range = multiboot.memory[i];
    if (range.end > window_frames) {
      unused += (range.end - (range.begin > window_frames ? range.begin : window_frames)) / kFramesPerMiB;
    }
  }
  if (unused != 0) {
    kernel::TextLine line;
    line.AppendDecimal(unused).Append(" MiB of memory beyond the kernel's window stay unused");
    kernel::Say(line);
  }
  if (multiboot.modules_left_out != 0) {
    kernel::TextLine line;
    line.AppendDecimal(multiboot.modules_left_out).Append(" modules are left out: at most 60 and the root image");
    kernel::Say(line);
  }
}

void CheckModulesReachable(std::uint32_t window_frames) {
  for (std::size_t i = 0; i < multiboot.module_count; ++i) {
    if (multiboot.modules[i].frames().end > window_frames) {
      kernel::TextLine line;
      line.Append("cannot boot: the loader put a module beyond the kernel's window: ");
      kernel::LastWords(line.Append(multiboot.modules[i].text.data()));
    }
  }
}

void BuildRoot(FrameSet& free) {
  const std::span<const Module> modules(multiboot.modules.data(), multiboot.module_count);
  switch (BuildRootPartition(modules, free, root)) {
    case RootError::kNone:
      return;
    case RootError::kTooLittleMemory: {
      kernel::TextLine line;
      line.Append("too little memory: of ").AppendDecimal(multiboot.memory.frames() / kFramesPerMiB);
      line.Append(" MiB, the root image and its modules leave less than ");
      kernel::LastWords(line.AppendDecimal(kFreeFramesMin / kFramesPerMiB).Append(" MiB"));
    }
    case RootError::kImagesTooLarge:
      kernel::LastWords("the root image and its modules are too large for the address space");
  }
}

[[noreturn]] void Boot(std::uint32_t magic, std::uint32_t information) {
  InitializeSerial();
  const KernelImage image = Image();
  InitializeDescriptors(AddressOf(kernel_directory));
  ReadLoader(magic, information, image);
  const std::uint32_t window_frames = WindowFrames(MemoryEnd(multiboot.memory));
  CheckModulesReachable(window_frames);
  ReportUnused(window_frames);
  frame_count = window_frames;
  FindFreeMemory(image, window_frames, free_memory);
  const Features features = ReadFeatures();
  const FrameRange window_tables = StartPaging(image, window_frames, features, free_memory);
  if (features.sysenter) {
    InitializeFastEntry();
  }
  InitializeInterruptController();
  InitializeTimer();
  BuildRoot(free_memory);
  kernel::FillBootInformation(root, {multiboot.modules.data(), multiboot.module_count}, kRevision);
  StartRootPartition(root);
  // The root's table was loaded after the last write to a table, and nothing is written from here on.
  kernel::RequireSoundBoot({image.all.begin, image.all.end}, {window_tables.begin, window_tables.end});
  leave_kernel();
}

}  // namespace
}  // namespace pip::x86

void BootKernel(std::uint32_t magic, std::uint32_t information) { pip::x86::Boot(magic, information); }
