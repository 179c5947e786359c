// SPDX-License-Identifier: Apache-2.0
//
// Mapping with tables, over the fake kernel: what a child gets, and that no page is lost when something is refused.
#include "pip/wrappers.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "libpip/test/fake_kernel.h"
#include "pip/paging.h"
#include "pip/services.h"

namespace {

using pip::test::FakeKernel;

constexpr std::uint32_t kDestination = 0x700000;

class WrappersTest : public testing::Test {
 protected:
  explicit WrappersTest(std::uint32_t pages = 32) : kernel_(pages) {
    const auto pointer = [](std::uint32_t address) {
      return reinterpret_cast<void*>(static_cast<std::uintptr_t>(address));
    };
    Pip_InitPaging(pointer(kernel_.memory().begin()), pointer(kernel_.memory().end()));
    std::uint32_t pages_of_child[5];
    for (std::uint32_t& page : pages_of_child) {
      page = Take();
    }
    child_ = pages_of_child[0];
    EXPECT_EQ(pip_create_partition(pages_of_child[0], pages_of_child[1], pages_of_child[2], pages_of_child[3],
                                   pages_of_child[4]),
              PIP_DONE);
  }

  std::uint32_t Take() { return pip_page_pool_take(pip_page_pool_of_partition()); }
  std::uint32_t available() const { return pip_page_pool_of_partition()->available; }

  FakeKernel kernel_;
  std::uint32_t child_ = 0;
};

class FewPagesTest : public WrappersTest {
 protected:
  FewPagesTest() : WrappersTest(8) {}  // five for the child, one to map, two: a table takes three
};

TEST_F(WrappersTest, MapsWithTablesAndTakesThemBack) {
  const std::uint32_t page = Take();
  const std::uint32_t before = available();
  EXPECT_EQ(Pip_MapPageWrapper(page, child_, kDestination), std::uint32_t{SUCCESS});
  EXPECT_EQ(available(), before - 3);
  EXPECT_EQ(pip_mapped_in_child(page).value, child_);
  const std::uint32_t second = Take();
  EXPECT_EQ(Pip_MapPageWrapperFlags(second, child_, kDestination + PGSIZE, PIP_READ), std::uint32_t{SUCCESS});
  EXPECT_EQ(available(), before - 4) << "the table is there already";
  EXPECT_EQ(kernel_.children().at(child_).mappings.at(kDestination + PGSIZE).rights, std::uint32_t{PIP_READ});

  std::uint32_t count = 99;
  EXPECT_EQ(pip_collect_to_pool(pip_page_pool_of_partition(), child_, kDestination, &count), PIP_NOT_EMPTY);
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(pip_remove_vaddr(child_, kDestination), PIP_DONE);
  EXPECT_EQ(pip_remove_vaddr(child_, kDestination + PGSIZE), PIP_DONE);
  EXPECT_EQ(pip_collect_to_pool(pip_page_pool_of_partition(), child_, kDestination, &count), PIP_DONE);
  EXPECT_EQ(count, 3U);
  EXPECT_EQ(available(), before - 1);
}

TEST_F(WrappersTest, AFullConfigurationListTakesAFourthPage) {
  kernel_.TakeExtraListPage();
  std::uint32_t pages = 0;
  EXPECT_EQ(pip_prepare_from_pool(pip_page_pool_of_partition(), child_, kDestination, &pages), PIP_DONE);
  EXPECT_EQ(pages, 4U);
  EXPECT_EQ(pip_prepare_from_pool(pip_page_pool_of_partition(), child_, kDestination, &pages), PIP_DONE);
  EXPECT_EQ(pages, 0U);
}

TEST_F(WrappersTest, RefusalsHaveTheOldNumbersAndLoseNoPage) {
  const std::uint32_t page = Take();
  const std::uint32_t before = available();
  EXPECT_EQ(Pip_MapPageWrapper(page, child_ + PGSIZE, kDestination), std::uint32_t{FAIL_PREPARE});
  EXPECT_EQ(Pip_MapPageWrapper(page, child_, 0x1000), std::uint32_t{FAIL_PREPARE});
  kernel_.RefuseAfter(1, PIP_NOT_ACCESSIBLE);
  EXPECT_EQ(Pip_MapPageWrapper(page, child_, kDestination), std::uint32_t{FAIL_PREPARE});
  EXPECT_EQ(available(), before) << "pages that prepare refused are back";
  EXPECT_EQ(Pip_MapPageWrapper(page + 1, child_, kDestination), std::uint32_t{FAIL_ADD_VADDR});
  EXPECT_EQ(Pip_MapPageWrapper(page, child_, kDestination), std::uint32_t{SUCCESS});
  EXPECT_EQ(Pip_MapPageWrapper(page, child_, kDestination + PGSIZE), std::uint32_t{FAIL_ADD_VADDR}) << "given already";
}

TEST_F(FewPagesTest, TooFewPagesForATable) {
  const std::uint32_t page = Take();
  EXPECT_EQ(available(), 2U);
  EXPECT_EQ(Pip_MapPageWrapper(page, child_, kDestination), std::uint32_t{FAIL_ALLOC_PAGE});
  EXPECT_EQ(available(), 2U);
}

}  // namespace
