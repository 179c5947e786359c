// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/armv7/kernel_table.h"

namespace pip::armv7 {
namespace {

constexpr std::uint32_t kKind = 3;
constexpr std::uint32_t kLink = 1;
constexpr std::uint32_t kSection = 2;
constexpr std::uint32_t kLinkAddress = 0xFFFFFC00;
constexpr std::uint32_t kTableBytes = 1024;

constexpr std::uint32_t kSectionNeverExecute = 1U << 4;
constexpr std::uint32_t kSectionUser = 1U << 11;
constexpr std::uint32_t kSectionReadOnly = 1U << 15;

constexpr std::uint32_t kPagePresent = 2;
constexpr std::uint32_t kPageNeverExecute = 1;
constexpr std::uint32_t kPageUser = 1U << 5;
constexpr std::uint32_t kPageReadOnly = 1U << 9;

bool IsClosedSection(std::uint32_t entry) {
  return (entry & kSectionUser) == 0 && (entry & (kSectionReadOnly | kSectionNeverExecute)) != 0;
}

// Absent, or a small page: large ones are not the kernel's.
bool IsClosedPage(std::uint32_t entry) {
  if ((entry & kKind) == 0) {
    return true;
  }
  return (entry & kPagePresent) != 0 && (entry & kPageUser) == 0 && (entry & (kPageReadOnly | kPageNeverExecute)) != 0;
}

}  // namespace

bool IsClosed(std::span<const std::uint32_t, kFirstLevelEntries> first,
              std::span<const std::uint32_t, kSecondLevelEntries> second, std::uint32_t second_address) {
  for (const std::uint32_t entry : first) {
    switch (entry & kKind) {
      case 0:
        break;
      case kLink:
        if ((entry & kLinkAddress) != second_address && (entry & kLinkAddress) != second_address + kTableBytes) {
          return false;
        }
        break;
      case kSection:
        if (!IsClosedSection(entry)) {
          return false;
        }
        break;
      default:
        return false;
    }
  }
  for (const std::uint32_t entry : second) {
    if (!IsClosedPage(entry)) {
      return false;
    }
  }
  return true;
}

}  // namespace pip::armv7
