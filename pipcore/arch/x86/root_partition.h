// SPDX-License-Identifier: Apache-2.0
//
// The root partition at boot: its descriptor, its trees, and what it has mapped (ABI.md section 5).  Works on
// physical_memory through the primitives of pipcore/mal, so tests run it on the host.
#ifndef PIPCORE_ARCH_X86_ROOT_PARTITION_H_
#define PIPCORE_ARCH_X86_ROOT_PARTITION_H_

#include <array>
#include <cstdint>
#include <span>

#include "pip/types.h"
#include "pipcore/arch/x86/frames.h"
#include "pipcore/arch/x86/multiboot.h"

namespace pip::x86 {

// Addresses of the root's address space (ABI.md section 5).
inline constexpr std::uint32_t kRootImage = 0x700000;
inline constexpr std::uint32_t kRootVgaText = 0xC00B8000;
inline constexpr std::uint32_t kRootBootInformation = 0xFFFFC000;
inline constexpr std::uint32_t kRootStackLow = 0xFFFFD000;
inline constexpr std::uint32_t kRootStackHigh = 0xFFFFE000;
inline constexpr std::uint32_t kRootVidt = 0xFFFFF000;
inline constexpr std::uint32_t kRootContext = 0xFFFFEFC0;

// Less free memory than this is too little for a root partition that does anything: 1 MiB.
inline constexpr std::uint32_t kFreeFramesMin = 256;

// The parts of the root partition, for the boot information and for the first registers.
struct RootPartition {
  page_t descriptor = 0;
  page_t boot_information = 0;
  page_t stack_high = 0;
  page_t vidt = 0;
  std::array<std::uint32_t, MultibootInformation::kModulesMax>
      module_begin{};  // addresses; of the root image: kRootImage
  std::uint32_t memory_begin = 0;
  std::uint32_t memory_end = 0;
};

enum class RootError { kNone, kTooLittleMemory, kImagesTooLarge };

// Builds the partition from `modules`, the first of which is its image, and from `free`: frames that nothing else uses
// and that the window reaches.  Takes every frame of `free` that it can map.  What stands in the last page of a module
// after its last byte is cleared.
RootError BuildRootPartition(std::span<const Module> modules, FrameSet& free, RootPartition& root);

// Fills the pages that the root partition finds at its start: the VIDT, and the context that it names.  Sets
// registers[] to that context, and makes the root partition the running one.
void StartRootPartition(const RootPartition& root);

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_ROOT_PARTITION_H_
