// SPDX-License-Identifier: Apache-2.0
//
// The root partition at boot: its descriptor, its trees, and what it has mapped (docs/abi.md).  Works on
// physical_memory through the primitives of pipcore/mal, so tests run it on the host.
#ifndef PIPCORE_KERNEL_ROOT_PARTITION_H_
#define PIPCORE_KERNEL_ROOT_PARTITION_H_

#include <array>
#include <cstdint>
#include <span>

#include "pip/types.h"
#include "pipcore/kernel/frames.h"
#include "pipcore/kernel/module.h"

namespace pip::kernel {

// Frames of a device that the root may use, at this address, readable and writable.
struct DeviceRange {
  std::uint32_t address;
  FrameRange frames;
};

// Addresses of the root's address space.
struct RootLayout {
  std::uint32_t image;
  std::uint32_t boot_information;
  std::uint32_t stack_low;
  std::uint32_t stack_high;
  std::uint32_t vidt;
  std::uint32_t context;     // in the upper page of the stack: where the root's first registers stand
  std::uint64_t images_end;  // where images must end, at the latest
  std::uint32_t memory_end;  // where free memory ends, at the latest
  std::span<const DeviceRange> devices;
};

// Less free memory than this is too little for a root partition that does anything: 1 MiB.
inline constexpr std::uint32_t kFreeFramesMin = 256;

// The parts of the root partition, for the boot information and for the first registers.
struct RootPartition {
  page_t descriptor = 0;
  page_t boot_information = 0;
  page_t stack_high = 0;
  page_t vidt = 0;
  std::array<std::uint32_t, kModulesMax> module_begin{};  // addresses; of the root image: where it is entered
  std::uint32_t memory_begin = 0;
  std::uint32_t memory_end = 0;
};

enum class RootError { kNone, kTooLittleMemory, kImagesTooLarge };

// Builds the partition from `modules`, the first of which is its image, and from `free`: frames that nothing else uses
// and that the window reaches.  Takes every frame of `free` that it can map.  What stands in the last page of a module
// after its last byte is cleared.
RootError BuildRootPartition(const RootLayout& layout, std::span<const Module> modules, FrameSet& free,
                             RootPartition& root);

// Fills the page that tells the root what it finds.
void FillBootInformation(const RootPartition& root, std::span<const Module> modules, const char* revision);

// Makes the root partition the running one.  registers[] are its first registers; they become the context that entries
// 0 and 32 of its VIDT name, so that it can be started again.
void StartRootPartition(const RootLayout& layout, const RootPartition& root);

}  // namespace pip::kernel

#endif  // PIPCORE_KERNEL_ROOT_PARTITION_H_
