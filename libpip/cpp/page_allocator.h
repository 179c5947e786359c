// SPDX-License-Identifier: Apache-2.0
//
// pip::PageAllocator: hands out the pages of a range of this partition's memory.
#ifndef LIBPIP_CPP_PAGE_ALLOCATOR_H_
#define LIBPIP_CPP_PAGE_ALLOCATOR_H_

#include <cstdint>
#include <optional>

#include "libpip/cpp/page.h"
#include "pip/paging.h"

namespace pip {

// A view of a pool (pip/paging.h), which must outlive it.
class PageAllocator {
 public:
  // Takes from `pool` and gives back to it.
  explicit PageAllocator(pip_page_pool_t& pool) : pool_(&pool) {}

  // The pool that Pip_InitPaging fills and Pip_AllocPage uses.
  static PageAllocator OfPartition() { return PageAllocator(*pip_page_pool_of_partition()); }

  // A page with arbitrary content, or nothing when none is left.
  std::optional<Page> Take() {
    const std::uint32_t address = pip_page_pool_take(pool_);
    if (address == 0) {
      return std::nullopt;
    }
    return Page::Containing(address);
  }

  // Gives back a page that nobody uses any more.  False when the page was not handed out by this pool.
  bool Give(Page page) { return pip_page_pool_give(pool_, page.address()) != 0; }

  // How many pages are left.
  std::uint32_t available() const { return pool_->available; }
  // The pool behind it.
  pip_page_pool_t& pool() { return *pool_; }

 private:
  pip_page_pool_t* pool_;
};

}  // namespace pip

#endif  // LIBPIP_CPP_PAGE_ALLOCATOR_H_
