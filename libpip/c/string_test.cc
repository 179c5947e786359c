// SPDX-License-Identifier: Apache-2.0
//
// libpip's string functions against the host's.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "libpip/test/string_renamed.h"

namespace {

int Sign(int value) { return (value > 0) - (value < 0); }

// Short texts over a small alphabet, so that many are equal or begin alike; bytes above 127 included.
std::string RandomText(std::mt19937& random) {
  std::string text(random() % 6, '\0');
  for (char& character : text) {
    character = "ab\xF0"[random() % 3];
  }
  return text;
}

TEST(StringTest, ComparisonsAgreeWithTheHost) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::string a = RandomText(random);
    const std::string b = RandomText(random);
    const std::size_t limit = random() % 8;
    EXPECT_EQ(Sign(pip_test_strcmp(a.c_str(), b.c_str())), Sign(std::strcmp(a.c_str(), b.c_str())));
    EXPECT_EQ(Sign(pip_test_strncmp(a.c_str(), b.c_str(), limit)), Sign(std::strncmp(a.c_str(), b.c_str(), limit)));
    const std::size_t common = std::min({limit, a.size(), b.size()});
    EXPECT_EQ(Sign(pip_test_memcmp(a.data(), b.data(), common)), Sign(std::memcmp(a.data(), b.data(), common)));
    EXPECT_EQ(pip_test_strlen(a.c_str()), a.size());
    EXPECT_EQ(pip_test_strnlen(a.c_str(), limit), std::min(limit, a.size()));
    for (const char character : {'a', 'b', '\xF0', 'z', '\0'}) {
      EXPECT_EQ(pip_test_strchr(a.c_str(), character), std::strchr(a.c_str(), character));
    }
  }
}

TEST(StringTest, MovesOverlapInBothDirections) {
  for (std::size_t from = 0; from < 16; ++from) {
    for (std::size_t to = 0; to < 16; ++to) {
      for (std::size_t size = 0; size <= 16; ++size) {
        std::array<char, 32> expected{};
        for (std::size_t i = 0; i < expected.size(); ++i) {
          expected[i] = static_cast<char>('A' + i);
        }
        std::array<char, 32> actual = expected;
        std::memmove(&expected[to], &expected[from], size);
        EXPECT_EQ(pip_test_memmove(&actual[to], &actual[from], size), &actual[to]);
        EXPECT_EQ(actual, expected) << from << ' ' << to << ' ' << size;
      }
    }
  }
}

// At every alignment, with and without whole lines.
TEST(StringTest, CopiesAndFillsOfAllLengths) {
  for (std::size_t from = 0; from < 8; ++from) {
    for (std::size_t to = 0; to < 8; ++to) {
      for (std::size_t size = 0; size <= 100; ++size) {
        std::array<unsigned char, 128> source;
        for (std::size_t i = 0; i < source.size(); ++i) {
          source[i] = static_cast<unsigned char>(3 * i + 1);
        }
        std::array<unsigned char, 128> expected{};
        std::array<unsigned char, 128> actual{};
        std::memcpy(&expected[to], &source[from], size);
        EXPECT_EQ(pip_test_memcpy(&actual[to], &source[from], size), &actual[to]);
        ASSERT_EQ(actual, expected) << from << ' ' << to << ' ' << size;
        std::memset(&expected[to], 0xA5, size);
        EXPECT_EQ(pip_test_memset(&actual[to], 0x1A5, size), &actual[to]);
        ASSERT_EQ(actual, expected) << to << ' ' << size;
      }
    }
  }
}

TEST(StringTest, CopiesStayInTheirPlace) {
  std::array<char, 8> buffer;
  for (const char* text : {"", "a", "abc", "abcdefgh"}) {
    for (std::size_t size = 0; size <= 6; ++size) {
      std::array<char, 8> expected;
      expected.fill('#');
      buffer.fill('#');
      pip_test_strncpy(buffer.data(), text, size);
      const std::string shown(text);
      for (std::size_t i = 0; i < size; ++i) {
        expected[i] = i < shown.size() ? shown[i] : '\0';
      }
      EXPECT_EQ(buffer, expected) << text << ' ' << size;
    }
  }
  buffer.fill('#');
  pip_test_strcpy(buffer.data(), "ab");
  pip_test_strcat(buffer.data(), "cd");
  EXPECT_STREQ(buffer.data(), "abcd");
  EXPECT_EQ(buffer[5], '#');
  pip_test_memset(buffer.data(), 'x' + 256, 3);
  pip_test_memcpy(buffer.data() + 4, "yz", 2);
  EXPECT_EQ(std::string(buffer.data(), 6), std::string("xxxdyz"));
}

}  // namespace
