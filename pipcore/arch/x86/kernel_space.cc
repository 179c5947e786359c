// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/kernel_space.h"

#include <algorithm>

#include "pip/layout.h"

namespace pip::x86 {
namespace {

// Intel SDM volume 3A, tables 4-4 to 4-6.
constexpr std::uint32_t kPresent = 1U << 0;
constexpr std::uint32_t kWritable = 1U << 1;
constexpr std::uint32_t kLarge = 1U << 7;
constexpr std::uint32_t kGlobal = 1U << 8;

constexpr std::uint32_t kWindowSlots = PIP_LAST_WINDOW_SLOT - PIP_FIRST_WINDOW_SLOT + 1;

constexpr std::uint32_t Entry(std::uint32_t frame, std::uint32_t flags) { return frame * kPageBytes | flags; }

}  // namespace

std::uint32_t WindowFrames(std::uint32_t memory_end) { return std::min(memory_end, kWindowSlots * kEntriesPerTable); }

std::uint32_t WindowTables(std::uint32_t window_frames, PagingFeatures features) {
  const std::uint32_t slots = (window_frames + kEntriesPerTable - 1) / kEntriesPerTable;
  return features.large_pages || slots == 0 ? 0 : slots - 1;
}

void FillKernelTables(const KernelTables& tables, const KernelImage& image, std::uint32_t window_frames,
                      PagingFeatures features, std::span<TablePage> window_tables, std::uint32_t window_tables_frame) {
  const std::uint32_t global = features.global_pages ? kGlobal : 0;
  tables.directory.fill(0);
  tables.directory[0] = Entry(tables.image_frame, kPresent | kWritable);
  tables.image.fill(0);
  for (std::uint32_t frame = image.all.begin; frame < image.all.end; ++frame) {
    if (frame != image.guard) {
      tables.image[frame] = Entry(frame, kPresent | global | (frame < image.data ? 0 : kWritable));
    }
  }

  // The first slot has pages, since some of them are left out; the others are large where that is possible.
  tables.directory[PIP_FIRST_WINDOW_SLOT] = Entry(tables.first_window_frame, kPresent | kWritable);
  for (std::uint32_t frame = 0; frame < kEntriesPerTable; ++frame) {
    const bool kernel = image.all.begin <= frame && frame < image.all.end;
    tables.first_window[frame] = kernel ? 0 : Entry(frame, kPresent | kWritable | global);
  }
  for (std::uint32_t slot = 1; slot * kEntriesPerTable < window_frames; ++slot) {
    const std::uint32_t first = slot * kEntriesPerTable;
    std::uint32_t& entry = tables.directory[PIP_FIRST_WINDOW_SLOT + slot];
    if (features.large_pages) {
      entry = Entry(first, kPresent | kWritable | kLarge | global);
      continue;
    }
    TablePage& table = window_tables[slot - 1];
    entry = Entry(window_tables_frame + slot - 1, kPresent | kWritable);
    for (std::uint32_t i = 0; i < kEntriesPerTable; ++i) {
      table[i] = Entry(first + i, kPresent | kWritable | global);
    }
  }
}

}  // namespace pip::x86
