// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/translation_buffer.h"

#include <algorithm>
#include <span>

#include "pipcore/arch/host/machine_view.h"

namespace pip::host {

void TranslationBuffer::Fill(std::uint32_t root_frame) {
  used_ = 0;
  for (std::uint32_t slot = 0; slot < PIP_TABLE_SIZE; ++slot) {
    const std::uint32_t link = memory_[root_frame][slot];
    if ((link & PIP_ENTRY_PRESENT) == 0 || !IsUserSlot(slot)) {
      continue;
    }
    if (used_ == tables_.size()) {
      tables_.emplace_back();
    }
    RememberedTable& table = tables_[used_++];
    table.slot = slot;
    std::ranges::copy(memory_[link / PIP_PAGE_BYTES], table.entries.begin());
  }
}

void TranslationBuffer::Forget(std::uint32_t page) {
  for (RememberedTable& table : std::span(tables_).first(used_)) {
    if (table.slot == page / PIP_TABLE_SIZE) {
      table.entries[page % PIP_TABLE_SIZE] = 0;
    }
  }
}

std::optional<std::uint32_t> TranslationBuffer::FirstStalePage(std::uint32_t root_frame) const {
  for (const RememberedTable& table : std::span(tables_).first(used_)) {
    const std::uint32_t link = memory_[root_frame][table.slot];
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      const std::uint32_t remembered = table.entries[i];
      if ((remembered & PIP_ENTRY_PRESENT) == 0) {
        continue;
      }
      const std::uint32_t now = (link & PIP_ENTRY_PRESENT) == 0 ? 0 : memory_[link / PIP_PAGE_BYTES][i];
      if (((remembered ^ now) & ~kHardwareBits) != 0) {
        return table.slot * PIP_TABLE_SIZE + i;
      }
    }
  }
  return std::nullopt;
}

}  // namespace pip::host
