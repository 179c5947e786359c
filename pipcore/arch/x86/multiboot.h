// SPDX-License-Identifier: Apache-2.0
//
// What a Multiboot 1 loader tells the kernel, read without believing any of it.
// Source: Multiboot Specification version 0.6.96, section 3 (boot information format).
#ifndef PIPCORE_ARCH_X86_MULTIBOOT_H_
#define PIPCORE_ARCH_X86_MULTIBOOT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "pipcore/kernel/frames.h"
#include "pipcore/kernel/module.h"

namespace pip::x86 {

using kernel::FrameRange;
using kernel::FrameSet;
using kernel::FramesInside;
using kernel::FramesTouched;
using kernel::kPageBytes;
using kernel::Module;

// What a loader leaves in EAX.
inline constexpr std::uint32_t kMultibootMagic = 0x2BADB002;

// Physical memory as the loader left it: bytes from 0 up to `size`, which begin at `base`.
class PhysicalMemoryView {
 public:
  constexpr PhysicalMemoryView(std::uintptr_t base, std::uint64_t size) : base_(base), size_(size) {}

  constexpr bool Has(std::uint64_t address, std::uint64_t bytes) const {
    return address <= size_ && bytes <= size_ - address;
  }
  // The byte, or the little-endian word at any alignment, at an address that the view has.
  std::uint8_t Byte(std::uint64_t address) const;
  std::uint32_t Word(std::uint64_t address) const;

 private:
  std::uintptr_t base_;
  std::uint64_t size_;
};

struct MultibootInformation {
  static constexpr std::size_t kModulesMax = kernel::kModulesMax;

  FrameSet memory;                    // RAM that the firmware offers
  std::uint32_t unreachable_kib = 0;  // RAM above 4 GiB
  std::array<Module, kModulesMax> modules{};
  std::size_t module_count = 0;
  std::uint32_t modules_left_out = 0;
};

enum class MultibootError {
  kNone,
  kInformationOutOfRange,
  kNoMemorySize,
  kMemoryMapCorrupt,
  kNoModule,
  kModuleListCorrupt,
  kModuleEmpty,
  kModuleNotAligned,
  kModuleOutsideMemory,
  kModulesOverlap,
};

// One line for the person at the console.
const char* Describe(MultibootError error);

// Reads the information at `address`.  `kernel` are the kernel's own frames, which no module may touch.  Fills `result`
// as far as it gets.
MultibootError ReadMultiboot(const PhysicalMemoryView& view, std::uint32_t address, FrameRange kernel,
                             MultibootInformation& result);

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_MULTIBOOT_H_
