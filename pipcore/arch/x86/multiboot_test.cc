// SPDX-License-Identifier: Apache-2.0
//
// What loaders tell, good and corrupt.
#include "pipcore/arch/x86/multiboot.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace pip::x86 {
namespace {

constexpr FrameRange kKernel = {0x100, 0x120};
constexpr std::uint32_t kInformation = 0x9000;
constexpr std::uint32_t kList = 0x9100;
constexpr std::uint32_t kMap = 0x9800;
constexpr std::uint32_t kString = 0x9F00;

// Four MiB of physical memory with a well-formed information structure: 16 MiB of RAM, one module.
class MultibootTest : public ::testing::Test {
 protected:
  MultibootTest() : bytes_(4 << 20) {
    SetWord(kInformation, (1U << 3) | (1U << 6));
    SetModules(1);
    SetModule(0, 0x130000, 0x132345);
    SetWord(kInformation + 44, 2 * 24);
    SetWord(kInformation + 48, kMap);
    SetMapEntry(0, 20, 0, 0x9F000, 1);
    SetMapEntry(1, 20, 0x100000, 0xF00000, 1);
    std::strcpy(reinterpret_cast<char*>(&bytes_[kString]), "root.bin with words");
  }

  void SetWord(std::uint32_t address, std::uint32_t word) { std::memcpy(&bytes_[address], &word, 4); }
  void SetModules(std::uint32_t count) {
    SetWord(kInformation + 20, count);
    SetWord(kInformation + 24, kList);
  }
  void SetModule(std::uint32_t i, std::uint32_t begin, std::uint32_t end) {
    SetWord(kList + 16 * i, begin);
    SetWord(kList + 16 * i + 4, end);
    SetWord(kList + 16 * i + 8, kString);
  }
  void SetMapEntry(std::uint32_t i, std::uint32_t size, std::uint64_t base, std::uint64_t length, std::uint32_t type) {
    const std::uint32_t at = kMap + 24 * i;
    SetWord(at, size);
    std::memcpy(&bytes_[at + 4], &base, 8);
    std::memcpy(&bytes_[at + 12], &length, 8);
    SetWord(at + 20, type);
  }
  MultibootError Read(std::uint32_t address = kInformation) {
    result_ = {};
    return ReadMultiboot({reinterpret_cast<std::uintptr_t>(bytes_.data()), bytes_.size()}, address, kKernel, result_);
  }

  std::vector<std::uint8_t> bytes_;
  MultibootInformation result_;
};

TEST_F(MultibootTest, WellFormed) {
  ASSERT_EQ(Read(), MultibootError::kNone);
  ASSERT_EQ(result_.module_count, 1U);
  EXPECT_EQ(result_.modules[0].begin, 0x130000U);
  EXPECT_EQ(result_.modules[0].end, 0x132345U);
  EXPECT_EQ(result_.modules[0].frames(), (FrameRange{0x130, 0x133}));
  EXPECT_STREQ(result_.modules[0].text.data(), "root.bin with words");
  ASSERT_EQ(result_.memory.size(), 2U);
  EXPECT_EQ(result_.memory[0], (FrameRange{0, 0x9F}));
  EXPECT_EQ(result_.memory[1], (FrameRange{0x100, 0x1000}));
}

TEST_F(MultibootTest, MemorySizeInsteadOfMap) {
  SetWord(kInformation, (1U << 3) | (1U << 0));
  SetWord(kInformation + 8, 15 * 1024);
  ASSERT_EQ(Read(), MultibootError::kNone);
  EXPECT_EQ(result_.memory[0], (FrameRange{0x100, 0x1000}));
}

TEST_F(MultibootTest, NeitherMapNorSize) {
  SetWord(kInformation, 1U << 3);
  EXPECT_EQ(Read(), MultibootError::kNoMemorySize);
}

TEST_F(MultibootTest, InformationOutsideMemory) {
  EXPECT_EQ(Read(0xFFFFFFF0), MultibootError::kInformationOutOfRange);
  EXPECT_EQ(Read(static_cast<std::uint32_t>(bytes_.size()) - 8), MultibootError::kInformationOutOfRange);
}

TEST_F(MultibootTest, ReservedMemoryWinsOverRam) {
  SetWord(kInformation + 44, 4 * 24);
  SetMapEntry(2, 20, 0x200800, 0x1000, 2);
  SetMapEntry(3, 20, 0x100000, 0xF00000, 1);  // said twice: counted once
  ASSERT_EQ(Read(), MultibootError::kNone);
  EXPECT_FALSE(result_.memory.Contains({0x200, 0x201}));
  EXPECT_FALSE(result_.memory.Contains({0x201, 0x202}));
  EXPECT_TRUE(result_.memory.Contains({0x202, 0x1000}));
  EXPECT_EQ(result_.memory.frames(), 0x9FU + 0xF00U - 2);
}

TEST_F(MultibootTest, MemoryBeyondFourGiB) {
  SetWord(kInformation + 44, 3 * 24);
  SetMapEntry(2, 20, std::uint64_t{1} << 32, std::uint64_t{5} << 30, 1);
  ASSERT_EQ(Read(), MultibootError::kNone);
  EXPECT_EQ(result_.unreachable_kib, 5U << 20);
  SetMapEntry(2, 20, 0xFFFFF000, ~std::uint64_t{0}, 1);  // wraps around
  ASSERT_EQ(Read(), MultibootError::kNone);
  EXPECT_GT(result_.unreachable_kib, 0U);
}

TEST_F(MultibootTest, CorruptMaps) {
  SetMapEntry(1, 3, 0x100000, 0xF00000, 1);  // too short: would never end
  EXPECT_EQ(Read(), MultibootError::kMemoryMapCorrupt);
  SetMapEntry(1, 0xFFFFFFFC, 0x100000, 0xF00000, 1);  // its size wraps to 0
  EXPECT_EQ(Read(), MultibootError::kMemoryMapCorrupt);
  SetMapEntry(1, 400, 0x100000, 0xF00000, 1);
  EXPECT_EQ(Read(), MultibootError::kMemoryMapCorrupt);
  SetMapEntry(1, 20, 0x100000, 0xF00000, 1);
  SetWord(kInformation + 44, 2 * 24 + 1);  // a piece of an entry
  EXPECT_EQ(Read(), MultibootError::kMemoryMapCorrupt);
  SetWord(kInformation + 44, 0xFFFFFFFF);
  EXPECT_EQ(Read(), MultibootError::kMemoryMapCorrupt);
  SetWord(kInformation + 44, 0);
  EXPECT_EQ(Read(), MultibootError::kNoMemorySize);
}

TEST_F(MultibootTest, NoModule) {
  SetModules(0);
  EXPECT_EQ(Read(), MultibootError::kNoModule);
  SetModules(1);
  SetWord(kInformation, 1U << 6);
  EXPECT_EQ(Read(), MultibootError::kNoModule);
}

TEST_F(MultibootTest, CorruptModuleLists) {
  SetModules(0xFFFFFFFF);
  EXPECT_EQ(Read(), MultibootError::kModuleListCorrupt);
  SetModules(1);
  SetWord(kInformation + 24, 0xFFFFFFF8);
  EXPECT_EQ(Read(), MultibootError::kModuleListCorrupt);
}

TEST_F(MultibootTest, ImpossibleModules) {
  SetModule(0, 0x130000, 0x130000);
  EXPECT_EQ(Read(), MultibootError::kModuleEmpty);
  SetModule(0, 0x140000, 0x130000);
  EXPECT_EQ(Read(), MultibootError::kModuleEmpty);
  SetModule(0, 0x130001, 0x131000);
  EXPECT_EQ(Read(), MultibootError::kModuleNotAligned);
  SetModule(0, 0x130000, 0x1000001);
  EXPECT_EQ(Read(), MultibootError::kModuleOutsideMemory);
  SetModule(0, 0x130000, 0xFFFFFFFF);
  EXPECT_EQ(Read(), MultibootError::kModuleOutsideMemory);
  SetModule(0, 0x11F000, 0x130000);
  EXPECT_EQ(Read(), MultibootError::kModulesOverlap);
  SetModule(0, 0x130000, 0x132001);
  SetModule(1, 0x132000, 0x133000);  // shares a page with the first
  SetModules(2);
  EXPECT_EQ(Read(), MultibootError::kModulesOverlap);
}

TEST_F(MultibootTest, StringsAreCutAndMayBeMissing) {
  SetWord(kList + 8, 0);
  ASSERT_EQ(Read(), MultibootError::kNone);
  EXPECT_STREQ(result_.modules[0].text.data(), "");
  SetWord(kList + 8, 0xFFFFFFFF);
  ASSERT_EQ(Read(), MultibootError::kNone);
  EXPECT_STREQ(result_.modules[0].text.data(), "");
  std::memset(&bytes_[kString], 'x', 1000);
  SetWord(kList + 8, kString);
  ASSERT_EQ(Read(), MultibootError::kNone);
  EXPECT_EQ(std::string(result_.modules[0].text.data()).size(), Module::kStringBytes - 1);
}

TEST_F(MultibootTest, MoreModulesThanFitAreCounted) {
  constexpr std::uint32_t kCount = MultibootInformation::kModulesMax + 5;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    SetModule(i, 0x130000 + 0x1000 * i, 0x130001 + 0x1000 * i);
  }
  SetModules(kCount);
  ASSERT_EQ(Read(), MultibootError::kNone);
  EXPECT_EQ(result_.module_count, MultibootInformation::kModulesMax);
  EXPECT_EQ(result_.modules_left_out, 5U);
}

// Random damage to any bytes of the structures: an answer always comes, and what it accepts lies in memory.
TEST_F(MultibootTest, RandomDamage) {
  const std::vector<std::uint8_t> good = bytes_;
  std::mt19937 random(2);
  for (int round = 0; round < 20000; ++round) {
    std::memcpy(&bytes_[kInformation], &good[kInformation], 0x1000);
    for (int damage = 0; damage < 4; ++damage) {
      const std::uint32_t places[] = {kInformation + static_cast<std::uint32_t>(random() % 52),
                                      kList + static_cast<std::uint32_t>(random() % 32),
                                      kMap + static_cast<std::uint32_t>(random() % 48)};
      bytes_[places[random() % 3]] = static_cast<std::uint8_t>(random());
    }
    if (Read() == MultibootError::kNone) {
      ASSERT_GE(result_.module_count, 1U);
      for (std::size_t i = 0; i < result_.module_count; ++i) {
        ASSERT_TRUE(result_.memory.Contains(result_.modules[i].frames()));
        ASSERT_FALSE(result_.modules[i].frames().Overlaps(kKernel));
      }
    }
  }
}

TEST(MultibootError, EachHasWords) {
  for (int i = 0; i <= static_cast<int>(MultibootError::kModulesOverlap); ++i) {
    EXPECT_STRNE(Describe(static_cast<MultibootError>(i)), "unknown error");
  }
}

}  // namespace
}  // namespace pip::x86
