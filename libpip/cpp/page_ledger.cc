// SPDX-License-Identifier: Apache-2.0
//
// The ledger: entries are added to the first page of the list only.
#include "libpip/cpp/page_ledger.h"

namespace pip {

bool PageLedger::Reserve() {
  if (head_.has_value() && Words(*head_)[kCount] < kEntriesMax) {
    return true;
  }
  const std::optional<Page> page = allocator_.Take();
  if (!page.has_value()) {
    return false;
  }
  Words(*page)[kNext] = head_.has_value() ? head_->address() : 0;
  Words(*page)[kCount] = 0;
  head_ = page;
  return true;
}

std::optional<Page> PageLedger::Take() {
  if (!Reserve()) {
    return std::nullopt;
  }
  const std::optional<Page> page = allocator_.Take();
  if (page.has_value()) {
    const auto words = Words(*head_);
    words[kFirstEntry + words[kCount]] = page->address();
    words[kCount] += 1;
  }
  return page;
}

void PageLedger::GiveAll() {
  while (head_.has_value()) {
    const Page list = *head_;
    const auto words = Words(list);
    for (std::uint32_t entry = 0; entry < words[kCount]; ++entry) {
      (void)allocator_.Give(Page::Containing(words[kFirstEntry + entry]));
    }
    const std::uint32_t next = words[kNext];
    head_ = next != 0 ? std::optional(Page::Containing(next)) : std::nullopt;
    (void)allocator_.Give(list);
  }
}

}  // namespace pip
