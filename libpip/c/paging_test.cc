// SPDX-License-Identifier: Apache-2.0
//
// The page allocator, with pages of the host.
#include "pip/paging.h"

#include <cstdint>
#include <random>
#include <set>

#include "gtest/gtest.h"
#include "libpip/test/low_memory.h"

namespace {

using pip::test::LowMemory;
using pip::test::WordAt;

pip_page_pool_t PoolOver(std::uint32_t begin, std::uint32_t end) {
  pip_page_pool_t pool;
  pip_page_pool_initialise(&pool, begin, end);
  return pool;
}

TEST(PagingTest, HandsOutEveryPageOnce) {
  const LowMemory memory(64);
  pip_page_pool_t pool = PoolOver(memory.begin(), memory.end());
  EXPECT_EQ(pool.available, 64U);
  std::set<std::uint32_t> pages;
  while (const std::uint32_t page = pip_page_pool_take(&pool)) {
    EXPECT_EQ(page % PGSIZE, 0U);
    EXPECT_GE(page, memory.begin());
    EXPECT_LT(page, memory.end());
    EXPECT_TRUE(pages.insert(page).second);
  }
  EXPECT_EQ(pages.size(), 64U);
  EXPECT_EQ(pool.available, 0U);
  EXPECT_EQ(pip_page_pool_take(&pool), 0U);
}

TEST(PagingTest, UsesOnlyWholePages) {
  EXPECT_EQ(PoolOver(0x10000001, 0x10003FFF).available, 2U);
  EXPECT_EQ(PoolOver(0x10000000, 0x10000FFF).available, 0U);
  EXPECT_EQ(PoolOver(0x10000FFF, 0x10001000).available, 0U);
  EXPECT_EQ(PoolOver(0x10002000, 0x10001000).available, 0U);
  EXPECT_EQ(PoolOver(0xFFFFFFFF, 0xFFFFFFFF).available, 0U);
  EXPECT_EQ(PoolOver(0xFFFFF001, 0x00001000).available, 0U);
}

TEST(PagingTest, PageZeroIsNotAPage) {
  const pip_page_pool_t pool = PoolOver(0, 0x3000);
  EXPECT_EQ(pool.available, 2U);
  EXPECT_EQ(pool.begin, PGSIZE);
}

TEST(PagingTest, RefusesWhatItDidNotHandOut) {
  const LowMemory memory(4);
  pip_page_pool_t pool = PoolOver(memory.begin(), memory.end());
  const std::uint32_t page = pip_page_pool_take(&pool);
  for (const std::uint32_t wrong : {0U, page + 4, page + PGSIZE, memory.begin() - PGSIZE, memory.end(), 0xFFFFF000U}) {
    EXPECT_EQ(pip_page_pool_give(&pool, wrong), 0) << wrong;
    EXPECT_EQ(pool.available, 3U);
  }
  EXPECT_EQ(pip_page_pool_give(&pool, page), 1);
  EXPECT_EQ(pip_page_pool_give(&pool, page), 0) << "nothing was out any more";
  EXPECT_EQ(pool.available, 4U);
}

TEST(PagingTest, RandomUseNeverSharesAPage) {
  const LowMemory memory(50);
  pip_page_pool_t pool = PoolOver(memory.begin(), memory.end());
  std::mt19937 random(3);
  std::set<std::uint32_t> out;
  for (int i = 0; i < 20000; ++i) {
    if (random() % 2 == 0) {
      const std::uint32_t page = pip_page_pool_take(&pool);
      EXPECT_EQ(page == 0, out.size() == 50);
      if (page != 0) {
        EXPECT_TRUE(out.insert(page).second);
        WordAt(page) = random();  // the owner may write anything
      }
    } else if (!out.empty()) {
      const auto page = std::next(out.begin(), static_cast<std::ptrdiff_t>(random() % out.size()));
      EXPECT_EQ(pip_page_pool_give(&pool, *page), 1);
      out.erase(page);
    }
    ASSERT_EQ(pool.available, 50 - out.size());
  }
}

TEST(PagingTest, OldNamesUseThePartitionsPool) {
  const LowMemory memory(2);
  const auto pointer = [](std::uint32_t address) { return &WordAt(address); };
  EXPECT_EQ(Pip_InitPaging(pointer(memory.begin()), pointer(memory.end() - 4) + 1), 2U);
  void* const first = Pip_AllocPage();
  void* const second = Pip_AllocPage();
  EXPECT_NE(first, second);
  EXPECT_EQ(Pip_AllocPage(), nullptr);
  Pip_FreePage(nullptr);
  EXPECT_EQ(Pip_AllocPage(), nullptr);
  Pip_FreePage(first);
  EXPECT_EQ(pip_page_pool_of_partition()->available, 1U);
  EXPECT_EQ(Pip_AllocPage(), first);
}

}  // namespace
