// SPDX-License-Identifier: Apache-2.0
//
// The kernel's part of every address space: its own image in slot 0, and the window on physical memory.
#ifndef PIPCORE_ARCH_X86_KERNEL_SPACE_H_
#define PIPCORE_ARCH_X86_KERNEL_SPACE_H_

#include <array>
#include <cstdint>
#include <span>

#include "pipcore/kernel/frames.h"

namespace pip::x86 {

using kernel::FrameRange;
using kernel::kPageBytes;

inline constexpr std::uint32_t kEntriesPerTable = 1024;
using TablePage = std::array<std::uint32_t, kEntriesPerTable>;

// The kernel's image, in frames: read-only up to `data`, a guard page that nobody may touch.
struct KernelImage {
  FrameRange all;
  std::uint32_t data = 0;
  std::uint32_t guard = 0;
};

struct PagingFeatures {
  bool large_pages = false;
  bool global_pages = false;
};

// The tables that boot fills before paging is on, with the frames they stand in.
struct KernelTables {
  TablePage& directory;  // user slots stay 0: it is also the pattern of every partition's directory
  TablePage& image;
  std::uint32_t image_frame;
  TablePage& first_window;
  std::uint32_t first_window_frame;
};

// The number of frames of the window that a machine with memory up to `memory_end` (a frame) needs.
std::uint32_t WindowFrames(std::uint32_t memory_end);

// How many more tables the window needs where there are no large pages.
std::uint32_t WindowTables(std::uint32_t window_frames, PagingFeatures features);

// Fills the tables.  `window_tables` has WindowTables() pages, next to each other from `window_tables_frame` on.  The
// kernel's own frames are left out of the window: no stray write through it reaches them.
void FillKernelTables(const KernelTables& tables, const KernelImage& image, std::uint32_t window_frames,
                      PagingFeatures features, std::span<TablePage> window_tables, std::uint32_t window_tables_frame);

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_KERNEL_SPACE_H_
