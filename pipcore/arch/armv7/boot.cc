// SPDX-License-Identifier: Apache-2.0
//
// From the first instructions (boot.S) to the root partition: translation is on, with the kernel's tables.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "pipcore/arch/armv7/firmware.h"
#include "pipcore/arch/armv7/interrupts.h"
#include "pipcore/arch/armv7/kernel_table.h"
#include "pipcore/arch/armv7/layout.h"
#include "pipcore/arch/armv7/package.h"
#include "pipcore/arch/armv7/root_partition.h"
#include "pipcore/arch/armv7/serial.h"
#include "pipcore/boot-check/require_sound_boot.h"
#include "pipcore/kernel/last_words.h"

extern "C" {
#include "pip/mal.h"
#include "pipcore/boot-check/boot_words.h"

// kernel.lds and entry.S.
extern char kernel_begin[];
extern char kernel_end[];
extern std::uint32_t kernel_table[pip::armv7::kFirstLevelEntries];
extern std::uint32_t image_table[pip::armv7::kSecondLevelEntries];
[[noreturn]] void enter_root();
[[noreturn]] void halt();

[[noreturn]] void BootKernel();

// What pip/memory.h declares.  Above user space the processor uses the kernel's own table, so a root table has nothing
// of the kernel's: all 0.
alignas(4096) std::uint32_t kernel_directory[PIP_TABLE_SIZE];
std::uint32_t frame_count = 0;

// What the boot check asks of the processor: the base address in TTBR0, with TTBCR.N = 2 its bits 31 to 12 (B4.1.154).
std::uint32_t read_mmu_root() {
  std::uint32_t base;
  asm volatile("mrc p15, 0, %0, c2, c0, 0" : "=r"(base));
  return base & PIP_FRAME_MASK;
}
}

namespace pip::kernel {

void PutConsole(char character) {
  if (character == '\n') {
    armv7::PutSerial('\r');
  }
  armv7::PutSerial(character);
}

void StopMachine() {
  armv7::DrainSerial();
  // An emulator that listens ends with exit code 3: semihosting call SYS_EXIT_EXTENDED with reason
  // ADP_Stopped_ApplicationExit (Arm, Semihosting for AArch32 and AArch64).  Where nobody does, this is a service call
  // of the kernel itself, which entry.S takes for the end.
  struct {
    std::uint32_t reason = 0x20026;
    std::uint32_t code = 3;
  } const block;
  register std::uint32_t operation asm("r0") = 0x20;
  register const void* argument asm("r1") = &block;
  asm volatile("svc 0x123456" : "+r"(operation) : "r"(argument), "m"(block) : "memory", "lr");
  halt();
}

}  // namespace pip::kernel

namespace pip::armv7 {
namespace {

constexpr char kRevision[] = "Pip, ARMv7";
constexpr std::uint32_t kMiB = 1U << 20;
constexpr std::uint32_t kMemoryMin = 8 * kMiB;

// Static, because the stack is a page.
Package package;
kernel::FrameSet free_memory;
kernel::RootPartition root;

// Right because the image's physical addresses are at a fixed distance.
std::uint32_t PhysicalAddressOf(const void* symbol) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(symbol)) - PIP_IMAGE_OFFSET;
}

std::uint32_t FindMemory() {
  const std::optional<std::uint32_t> bytes = MemoryBytes();
  if (!bytes.has_value()) {
    kernel::LastWords("cannot boot: the firmware does not say how much memory there is");
  }
  // Above are the devices.
  const std::uint32_t limit = PIP_FIRST_DEVICE_FRAME * kernel::kPageBytes;
  const std::uint32_t memory = *bytes < limit ? *bytes : limit;
  if (memory < kMemoryMin) {
    kernel::TextLine line;
    line.Append("too little memory: ").AppendDecimal(memory / kMiB).Append(" MiB; Pip needs 8 MiB");
    kernel::LastWords(line);
  }
  return memory;
}

void FindFiles(std::uint32_t memory_end) {
  const std::uint32_t address = PhysicalAddressOf(kernel_end);
  // Right because the window shows all memory, and the package stands behind the image.
  const auto* const bytes = reinterpret_cast<const std::byte*>(PIP_WINDOW + address);
  const PackageError error = ReadPackage(std::span<const std::byte, kPackageHeaderBytes>(bytes, kPackageHeaderBytes),
                                         address, memory_end, package);
  if (error != PackageError::kNone) {
    kernel::TextLine line;
    kernel::LastWords(line.Append("cannot boot: ").Append(Describe(error)));
  }
}

kernel::FrameRange Image() {
  return kernel::FramesTouched(PhysicalAddressOf(kernel_begin), PhysicalAddressOf(kernel_end));
}

void FindFreeMemory() {
  free_memory.Add({PIP_FIRST_ORDINARY_FRAME, frame_count});
  free_memory.Remove(Image());
  for (std::size_t i = 0; i < package.module_count; ++i) {
    free_memory.Remove(package.modules[i].frames());
  }
}

[[noreturn]] void Boot() {
  InitializeSerial();
  const std::uint32_t memory = FindMemory();
  frame_count = memory / kernel::kPageBytes;
  FindFiles(memory);
  FindFreeMemory();
  InitializeInterrupts();
  const std::span<const kernel::Module> modules(package.modules.data(), package.module_count);
  switch (BuildRootPartition(modules, free_memory, root)) {
    case kernel::RootError::kNone:
      break;
    case kernel::RootError::kTooLittleMemory: {
      kernel::TextLine line;
      line.Append("too little memory: of ").AppendDecimal(memory / kMiB);
      kernel::LastWords(line.Append(" MiB, the root image and its modules leave less than 1 MiB"));
    }
    case kernel::RootError::kImagesTooLarge:
      kernel::LastWords("the root image and its modules are too large for the address space");
  }
  kernel::FillBootInformation(root, modules, kRevision);
  StartRootPartition(root);
  // The root's table was loaded after the last write to a table, and nothing is written from here on.  The tables of
  // the window are in the image.
  const kernel::FrameRange image = Image();
  kernel::RequireSoundBoot({image.begin, image.end}, {image.end, image.end});
  if (!IsClosed(kernel_table, image_table, PhysicalAddressOf(image_table))) {
    kernel::LastWords("the kernel's own tables let user mode pass, or something be written and executed");
  }
  enter_root();
}

}  // namespace
}  // namespace pip::armv7

void BootKernel() { pip::armv7::Boot(); }
