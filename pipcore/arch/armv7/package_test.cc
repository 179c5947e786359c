// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/armv7/package.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace pip::armv7 {
namespace {

constexpr std::uint32_t kAddress = 0x20000;
constexpr std::uint32_t kMemoryEnd = 0x1000000;
constexpr std::uint32_t kHeaderPages = 0x3000;

class PackageTest : public ::testing::Test {
 protected:
  PackageTest() : header_(kPackageHeaderBytes) {
    SetWord(0, kPackageMagic);
    SetWord(4, 2);
    SetWord(8, 0x6000);
    SetFile(0, kHeaderPages, 0x1801, "root.bin one two");
    SetFile(1, 0x5000, 1, "child.bin");
  }

  void SetWord(std::size_t offset, std::uint32_t word) { std::memcpy(&header_[offset], &word, sizeof(word)); }
  void SetFile(std::size_t number, std::uint32_t begin, std::uint32_t bytes, const std::string& text) {
    SetWord(16 + 168 * number, begin);
    SetWord(20 + 168 * number, bytes);
    std::ranges::transform(text, header_.begin() + static_cast<std::ptrdiff_t>(24 + 168 * number),
                           [](char c) { return static_cast<std::byte>(c); });
  }
  PackageError Read(std::uint32_t memory_end = kMemoryEnd) {
    return ReadPackage(std::span<const std::byte, kPackageHeaderBytes>(header_.data(), kPackageHeaderBytes), kAddress,
                       memory_end, package_);
  }

  std::vector<std::byte> header_;
  Package package_;
};

TEST_F(PackageTest, NamesTheFiles) {
  ASSERT_EQ(Read(), PackageError::kNone);
  ASSERT_EQ(package_.module_count, 2U);
  EXPECT_EQ(package_.modules[0].begin, kAddress + kHeaderPages);
  EXPECT_EQ(package_.modules[0].end, kAddress + kHeaderPages + 0x1801);
  EXPECT_STREQ(package_.modules[0].text.data(), "root.bin one two");
  EXPECT_EQ(package_.modules[1].frames(), (kernel::FrameRange{0x25, 0x26}));
  EXPECT_STREQ(package_.modules[1].text.data(), "child.bin");
}

TEST_F(PackageTest, AnythingElseIsNoPackage) {
  SetWord(0, 0);
  EXPECT_EQ(Read(), PackageError::kNoPackage);
  EXPECT_STREQ(Describe(Read()), "no root image: the kernel must be packed with the root partition's flat image");
}

TEST_F(PackageTest, CountsAreChecked) {
  SetWord(4, 0);
  EXPECT_EQ(Read(), PackageError::kCorrupt);
  SetWord(4, 62);
  EXPECT_EQ(Read(), PackageError::kTooManyFiles);
  SetWord(4, 0xFFFFFFFF);
  EXPECT_EQ(Read(), PackageError::kTooManyFiles);
}

TEST_F(PackageTest, FilesMustBeInsideAndApart) {
  SetFile(1, 0x5000, 0, "");
  EXPECT_EQ(Read(), PackageError::kFileEmpty);
  SetFile(1, 0x5001, 1, "");
  EXPECT_EQ(Read(), PackageError::kCorrupt);
  SetFile(1, 0x4000, 1, "");  // in the first
  EXPECT_EQ(Read(), PackageError::kCorrupt);
  SetFile(1, 0x5000, 0x1001, "");
  EXPECT_EQ(Read(), PackageError::kCorrupt);
  SetFile(1, 0xFFFFF000, 0x2000, "");  // wraps round
  EXPECT_EQ(Read(), PackageError::kCorrupt);
  SetFile(0, 0x1000, 1, "");  // in the header
  EXPECT_EQ(Read(), PackageError::kCorrupt);
}

TEST_F(PackageTest, AllMustBeInMemory) {
  EXPECT_EQ(Read(kAddress + 0x6000), PackageError::kNone);
  EXPECT_EQ(Read(kAddress + 0x5FFF), PackageError::kOutsideMemory);
  EXPECT_EQ(Read(kAddress - 1), PackageError::kOutsideMemory);
  SetWord(8, 0xFFFFFFFF);
  EXPECT_EQ(Read(), PackageError::kOutsideMemory);
}

TEST_F(PackageTest, TextsAlwaysEnd) {
  SetFile(0, kHeaderPages, 1, std::string(160, 'x'));
  ASSERT_EQ(Read(), PackageError::kNone);
  EXPECT_EQ(std::strlen(package_.modules[0].text.data()), 159U);
}

TEST_F(PackageTest, WhateverStandsThereNoFileLeavesMemory) {
  std::mt19937 random(7);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    PackageTest::SetWord(4, 1 + random() % 3);
    for (std::size_t file = 0; file < 3; ++file) {
      SetWord(16 + 168 * file, (random() % 8) * 0x1000 + (random() % 16 == 0 ? random() : 0));
      SetWord(20 + 168 * file, random() % 0x1800 + (random() % 16 == 0 ? random() : 0));
    }
    if (Read() != PackageError::kNone) {
      continue;
    }
    ++accepted;
    std::uint32_t before = kAddress + kHeaderPages;
    for (std::size_t i = 0; i < package_.module_count; ++i) {
      ASSERT_LE(before, package_.modules[i].begin);
      ASSERT_LT(package_.modules[i].begin, package_.modules[i].end);
      ASSERT_LE(package_.modules[i].end, kAddress + 0x6000);
      before = package_.modules[i].frames().end * kernel::kPageBytes;
    }
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace pip::armv7
