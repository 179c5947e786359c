// SPDX-License-Identifier: Apache-2.0
//
// libpip's list of statuses is the kernel's, and each says something of its own.
#include "pip/status.h"

#include <array>
#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "libpip/test/status_of_kernel.h"

namespace {

constexpr std::array kStatuses = {
    std::pair{PIP_DONE, "PIP_DONE"},
    std::pair{PIP_INVALID_VECTOR, "PIP_INVALID_VECTOR"},
    std::pair{PIP_INVALID_SAVE_SLOT, "PIP_INVALID_SAVE_SLOT"},
    std::pair{PIP_ROOT_HAS_NO_PARENT, "PIP_ROOT_HAS_NO_PARENT"},
    std::pair{PIP_NOT_A_CHILD, "PIP_NOT_A_CHILD"},
    std::pair{PIP_TARGET_VIDT_UNAVAILABLE, "PIP_TARGET_VIDT_UNAVAILABLE"},
    std::pair{PIP_CALLER_VIDT_UNAVAILABLE, "PIP_CALLER_VIDT_UNAVAILABLE"},
    std::pair{PIP_TARGET_MASKED, "PIP_TARGET_MASKED"},
    std::pair{PIP_TARGET_CONTEXT_UNAVAILABLE, "PIP_TARGET_CONTEXT_UNAVAILABLE"},
    std::pair{PIP_CALLER_CONTEXT_UNAVAILABLE, "PIP_CALLER_CONTEXT_UNAVAILABLE"},
    std::pair{PIP_BAD_ADDRESS, "PIP_BAD_ADDRESS"},
    std::pair{PIP_NOT_MAPPED, "PIP_NOT_MAPPED"},
    std::pair{PIP_NOT_ACCESSIBLE, "PIP_NOT_ACCESSIBLE"},
    std::pair{PIP_ALREADY_GIVEN, "PIP_ALREADY_GIVEN"},
    std::pair{PIP_NOT_ORDINARY_MEMORY, "PIP_NOT_ORDINARY_MEMORY"},
    std::pair{PIP_NOT_WRITABLE, "PIP_NOT_WRITABLE"},
    std::pair{PIP_SAME_PAGE, "PIP_SAME_PAGE"},
    std::pair{PIP_NO_TABLE, "PIP_NO_TABLE"},
    std::pair{PIP_OCCUPIED, "PIP_OCCUPIED"},
    std::pair{PIP_RIGHTS_EXCEEDED, "PIP_RIGHTS_EXCEEDED"},
    std::pair{PIP_UNREADABLE, "PIP_UNREADABLE"},
    std::pair{PIP_NOT_EMPTY, "PIP_NOT_EMPTY"},
    std::pair{PIP_NOTHING_TO_COLLECT, "PIP_NOTHING_TO_COLLECT"},
    std::pair{PIP_NOT_LISTED, "PIP_NOT_LISTED"},
    std::pair{PIP_NO_HANDLER, "PIP_NO_HANDLER"},
    std::pair{PIP_NOT_ROOT, "PIP_NOT_ROOT"},
};

std::string NameInLibpip(int number) {
  for (const auto& [status, name] : kStatuses) {
    if (static_cast<int>(status) == number) {
      return name;
    }
  }
  return "";
}

TEST(StatusTest, NumbersAreTheKernels) {
  for (int number = 0; number < 256; ++number) {
    const char* const name = pip_test_kernel_status_name(number);
    EXPECT_EQ(NameInLibpip(number), name != nullptr ? name : "") << number;
  }
}

TEST(StatusTest, EveryStatusHasItsOwnText) {
  const std::string unknown = pip_status_text(static_cast<pip_status_t>(255));
  std::set<std::string> texts = {unknown, pip_status_text(PIP_REFUSED), pip_status_text(PIP_OUT_OF_PAGES),
                                 pip_status_text(PIP_NO_SUCH_SERVICE)};
  EXPECT_EQ(texts.size(), 4U);
  for (const auto& [status, name] : kStatuses) {
    EXPECT_TRUE(texts.insert(pip_status_text(status)).second) << name;
  }
  EXPECT_EQ(pip_status_text(static_cast<pip_status_t>(0x7FFFFFFF)), unknown);
}

}  // namespace
