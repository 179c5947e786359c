// SPDX-License-Identifier: Apache-2.0
// The words of a machine, for those that only look: the invariant, and generators of calls.
#ifndef PIPCORE_ARCH_HOST_MACHINE_VIEW_H_
#define PIPCORE_ARCH_HOST_MACHINE_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "pip/layout.h"

namespace pip::host {

// Entry bits that the processor sets by itself: accessed, dirty (Intel SDM volume 3A, section 4.8).
inline constexpr std::uint32_t kAccessed = 0x20;
inline constexpr std::uint32_t kDirty = 0x40;
inline constexpr std::uint32_t kHardwareBits = kAccessed | kDirty;

// Whether a slot of a top table is user space.
constexpr bool IsUserSlot(std::uint32_t slot) {
  return slot != 0 && slot < PIP_TABLE_SIZE && (slot < PIP_FIRST_WINDOW_SLOT || slot > PIP_LAST_WINDOW_SLOT);
}

struct MachineView {
  std::span<const std::uint32_t> words;             // frame by frame
  std::span<const std::uint32_t> kernel_directory;  // what the kernel's slots of each top table hold
  std::uint32_t frames;
  std::uint32_t root_partition;
  std::uint32_t running_partition;
  std::uint32_t root_pages;  // how many pages the root partition maps, from boot to the end

  std::uint32_t Word(std::uint32_t frame, std::uint32_t index) const {
    return words[static_cast<std::size_t>(frame) * PIP_TABLE_SIZE + index];
  }
  std::span<const std::uint32_t> Frame(std::uint32_t frame) const {
    return words.subspan(static_cast<std::size_t>(frame) * PIP_TABLE_SIZE, PIP_TABLE_SIZE);
  }
};

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_MACHINE_VIEW_H_
