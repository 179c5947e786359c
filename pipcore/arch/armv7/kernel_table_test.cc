// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/armv7/kernel_table.h"

#include <gtest/gtest.h>

#include <array>

namespace pip::armv7 {
namespace {

constexpr std::uint32_t kSecondAddress = 0x20000;
// As boot.S writes them.
constexpr std::uint32_t kMemory = 0x141E;
constexpr std::uint32_t kDevice = 0x0416;
constexpr std::uint32_t kText = 0x25E;
constexpr std::uint32_t kData = 0x05F;

class KernelTableTest : public ::testing::Test {
 protected:
  KernelTableTest() {
    first_[0x800] = (kSecondAddress + 1024) | 1;
    first_[0x801] = 0x00100000 | kMemory;
    first_[0xBF0] = 0x3F000000 | kDevice;
    first_[0xF00] = kSecondAddress | 1;
    second_[8] = 0x8000 | kText;
    second_[16] = 0x10000 | kData;
    second_[256] = kData;
  }
  bool WithFirst(std::size_t i, std::uint32_t entry) {
    auto first = first_;
    first.at(i) = entry;
    return IsClosed(first, second_, kSecondAddress);
  }
  bool WithSecond(std::size_t i, std::uint32_t entry) {
    auto second = second_;
    second.at(i) = entry;
    return IsClosed(first_, second, kSecondAddress);
  }

  std::array<std::uint32_t, kFirstLevelEntries> first_{};
  std::array<std::uint32_t, kSecondLevelEntries> second_{};
};

TEST_F(KernelTableTest, WhatBootWritesIsClosed) {
  EXPECT_TRUE(IsClosed(first_, second_, kSecondAddress));
  std::array<std::uint32_t, kFirstLevelEntries> nothing{};
  EXPECT_TRUE(IsClosed(nothing, second_, kSecondAddress));
}

TEST_F(KernelTableTest, NoSectionIsOpen) {
  for (const std::size_t i : {0U, 0x801U, 0xFFFU}) {
    EXPECT_FALSE(WithFirst(i, kMemory | 1U << 11)) << "user";
    EXPECT_FALSE(WithFirst(i, kMemory | 1U << 11 | 1U << 15)) << "user, read-only";
    EXPECT_FALSE(WithFirst(i, kMemory & ~(1U << 4))) << "writable and executable";
    EXPECT_TRUE(WithFirst(i, (kMemory & ~(1U << 4)) | 1U << 15)) << "read-only and executable";
    EXPECT_FALSE(WithFirst(i, 3)) << "reserved";
  }
}

TEST_F(KernelTableTest, LinksLeadToTheTwoTables) {
  EXPECT_FALSE(WithFirst(1, (kSecondAddress + 2048) | 1));
  EXPECT_FALSE(WithFirst(1, (kSecondAddress - 1024) | 1));
  EXPECT_FALSE(WithFirst(0xFFF, 1));
}

TEST_F(KernelTableTest, NoPageIsOpen) {
  for (const std::size_t i : {0U, 8U, 511U}) {
    EXPECT_FALSE(WithSecond(i, kText | 1U << 5)) << "user";
    EXPECT_FALSE(WithSecond(i, kData | 1U << 5)) << "user";
    EXPECT_FALSE(WithSecond(i, kText & ~(1U << 9))) << "writable and executable";
    EXPECT_FALSE(WithSecond(i, 0x1)) << "large";
    EXPECT_TRUE(WithSecond(i, 0));
  }
}

}  // namespace
}  // namespace pip::armv7
