// SPDX-License-Identifier: Apache-2.0
//
// pip::PageLedger: takes pages from an allocator and remembers them, so that all can be given back at once.
#ifndef LIBPIP_CPP_PAGE_LEDGER_H_
#define LIBPIP_CPP_PAGE_LEDGER_H_

#include <cstdint>
#include <optional>

#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"

namespace pip {

// A list of the pages that were taken from an allocator, so that all can be given back at once.
//
// The list is kept in pages of the same allocator, one for each 1022 pages taken: word 0 holds the address of the next
// page of the list (0: none), word 1 the number of entries, then the addresses.
class PageLedger {
 public:
  // An empty list.
  explicit PageLedger(PageAllocator allocator) : allocator_(allocator) {}

  // A page that is now in the list, or nothing when the allocator has none for it.
  std::optional<Page> Take();

  // Gives back every page of the list, and the list's own.  All must be accessible again.
  void GiveAll();

 private:
  static constexpr std::uint32_t kNext = 0;
  static constexpr std::uint32_t kCount = 1;
  static constexpr std::uint32_t kFirstEntry = 2;
  static constexpr std::uint32_t kEntriesMax = kPageWords - kFirstEntry;

  // Makes room for one more entry.
  bool Reserve();

  PageAllocator allocator_;
  std::optional<Page> head_;
};

}  // namespace pip

#endif  // LIBPIP_CPP_PAGE_LEDGER_H_
