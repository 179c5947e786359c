// SPDX-License-Identifier: Apache-2.0
// The state in which a simulated machine starts: what the x86 kernel's boot builds (docs/abi.md), in small.
#ifndef PIPCORE_ARCH_HOST_BOOT_H_
#define PIPCORE_ARCH_HOST_BOOT_H_

#include <cstdint>
#include <vector>

namespace pip::host {

// The root partition's address space, as virtual addresses.
inline constexpr std::uint32_t kImage = 0x00700000;       // one page, every right
inline constexpr std::uint32_t kModule = 0x00701000;      // one page, read-only
inline constexpr std::uint32_t kFreeMemory = 0x00800000;  // as many pages as asked for, every right
inline constexpr std::uint32_t kVgaText = 0xC00B8000;     // eight pages of device memory
inline constexpr std::uint32_t kVgaPages = 8;
inline constexpr std::uint32_t kVgaFrame = 0xB8;
inline constexpr std::uint32_t kBootInformation = 0xFFFFC000;  // from here on four pages that are not executable
inline constexpr std::uint32_t kStack = 0xFFFFD000;
inline constexpr std::uint32_t kFirstContext = 0xFFFFEFC0;
inline constexpr std::uint32_t kVidt = 0xFFFFF000;

struct BootedMachine {
  std::uint32_t frames;          // frames from here on do not exist
  std::uint32_t root_partition;  // frame of its descriptor
  std::uint32_t root_pages;      // how many pages it maps
};

// What another machine was when its first service was called, word by word.
struct MachineImage {
  std::uint32_t root_partition = 0;
  std::vector<std::uint32_t> words;  // frame by frame
};

// Makes the memory that image, and takes the kernel's slots of its root table for those of every table.
BootedMachine BootFromImage(const MachineImage& image);

// Clears the memory, and builds the root partition with its image, a module, device memory, boot information, stack,
// VIDT and this many pages of free memory.  Ends the program when there are not enough frames.
BootedMachine BootRootPartition(std::uint32_t free_pages);

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_BOOT_H_
