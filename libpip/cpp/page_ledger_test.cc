// SPDX-License-Identifier: Apache-2.0
//
// The ledger of pages, over more than one page of entries.
#include "libpip/cpp/page_ledger.h"

#include <cstdint>
#include <set>

#include "gtest/gtest.h"
#include "libpip/test/low_memory.h"

namespace {

pip_page_pool_t PoolOver(const pip::test::LowMemory& memory) {
  pip_page_pool_t pool;
  pip_page_pool_initialise(&pool, memory.begin(), memory.end());
  return pool;
}

TEST(PageLedgerTest, GivesBackAllItTook) {
  const pip::test::LowMemory memory(3000);
  pip_page_pool_t pool = PoolOver(memory);
  pip::PageLedger ledger((pip::PageAllocator(pool)));
  std::set<std::uint32_t> pages;
  for (int i = 0; i < 2500; ++i) {
    const std::optional<pip::Page> page = ledger.Take();
    ASSERT_TRUE(page.has_value());
    EXPECT_TRUE(pages.insert(page->address()).second);
    for (std::uint32_t& word : pip::Words(*page)) {
      word = 0xFFFFFFFF;  // the pages belong to the caller, whatever it writes
    }
  }
  EXPECT_EQ(pool.available, 3000U - 2500U - 3U) << "1022 entries in a page of the ledger";
  ledger.GiveAll();
  EXPECT_EQ(pool.available, 3000U);
  ledger.GiveAll();
  EXPECT_EQ(pool.available, 3000U);
}

TEST(PageLedgerTest, AnEmptyAllocatorIsNoHarm) {
  for (const std::uint32_t pages : {1U, 2U, 5U}) {
    const pip::test::LowMemory memory(pages);
    pip_page_pool_t pool = PoolOver(memory);
    pip::PageLedger ledger((pip::PageAllocator(pool)));
    std::uint32_t taken = 0;
    while (ledger.Take().has_value()) {
      ++taken;
    }
    EXPECT_EQ(taken, pages - 1) << "one page is the ledger's own";
    ledger.GiveAll();
    EXPECT_EQ(pool.available, pages);
  }
}

}  // namespace
