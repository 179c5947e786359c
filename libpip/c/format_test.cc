// SPDX-License-Identifier: Apache-2.0
//
// libpip's formatter against the host's snprintf: chosen cases, then random formats.
#include "libpip/c/format.h"

#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace {

std::string Format(const char* format, ...) {
  std::vector<char> buffer(512);
  std::va_list arguments;
  va_start(arguments, format);
  const std::size_t length = pip_format_to_memory(buffer.data(), buffer.size(), format, arguments);
  va_end(arguments);
  EXPECT_LT(length, buffer.size());
  return std::string(buffer.data(), length);
}

std::string HostFormat(const char* format, ...) {
  std::vector<char> buffer(512);
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
  va_end(arguments);
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

TEST(FormatTest, TextAndCharacters) {
  EXPECT_EQ(Format("plain"), "plain");
  EXPECT_EQ(Format(""), "");
  EXPECT_EQ(Format("100%%"), "100%");
  EXPECT_EQ(Format("[%c][%3c][%-3c]", 'a', 'b', 'c'), "[a][  b][c  ]");
  EXPECT_EQ(Format("[%s][%5s][%-5s][%.2s]", "one", "two", "three", "four"), "[one][  two][three][fo]");
  EXPECT_EQ(Format("%s", static_cast<const char*>(nullptr)), "(null)");
}

TEST(FormatTest, PrecisionBoundsWhatIsReadOfAString) {
  const char letters[3] = {'a', 'b', 'c'};  // no terminating 0
  EXPECT_EQ(Format("%.3s|", letters), "abc|");
  EXPECT_EQ(Format("%.*s|", 2, letters), "ab|");
}

TEST(FormatTest, ExtremeIntegers) {
  EXPECT_EQ(Format("%d %d", INT_MIN, INT_MAX), "-2147483648 2147483647");
  EXPECT_EQ(Format("%lld %llu", LLONG_MIN, ULLONG_MAX), "-9223372036854775808 18446744073709551615");
  EXPECT_EQ(Format("%llx %llo", ULLONG_MAX, ULLONG_MAX), "ffffffffffffffff 1777777777777777777777");
  EXPECT_EQ(Format("%hhd %hd", 0x1FF, 0x18000), "-1 -32768");
  EXPECT_EQ(Format("[%.0d][%.0x]", 0, 0), "[][]");
}

TEST(FormatTest, UnknownConversionsAreShown) {
  // Through a variable: the compiler would rightly complain about these formats.
  for (const char* format : {"%", "a%", "%q", "%5", "%-08", "%l", "%.3"}) {
    EXPECT_EQ(Format(format), format);
  }
}

TEST(FormatTest, ShortBuffersAreCutAndTerminated) {
  const auto cut = [](char* buffer, std::size_t size, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    const std::size_t length = pip_format_to_memory(buffer, size, format, arguments);
    va_end(arguments);
    return length;
  };
  for (std::size_t size = 0; size <= 8; ++size) {
    std::string buffer(9, '#');
    EXPECT_EQ(cut(buffer.data(), size, "%d", 12345), 5U);
    const std::string whole = "12345";
    std::string expected(9, '#');
    for (std::size_t i = 0; i < size; ++i) {
      expected[i] = i + 1 == size || i >= whole.size() ? '\0' : whole[i];
      if (i >= whole.size()) {
        expected.replace(i + 1, std::string::npos, std::string(9 - i - 1, '#'));
        break;
      }
    }
    EXPECT_EQ(buffer, expected) << size;
  }
}

// A random specification whose meaning C11 defines (flags that exclude each other are left out by the caller).
std::string RandomSpecification(std::mt19937& random, const std::string& length, char conversion) {
  std::string text = "<%";
  const bool is_signed = conversion == 'd' || conversion == 'i';
  const bool has_alternate = conversion == 'x' || conversion == 'X' || conversion == 'o';
  for (const char flag : {'-', '0', '+', ' ', '#'}) {
    const bool permitted = (flag == '-' || flag == '0') || (is_signed && flag != '#') || (has_alternate && flag == '#');
    if (permitted && random() % 3 == 0) {
      text += flag;
    }
  }
  if (random() % 2 == 0) {
    text += std::to_string(random() % 30 + 1);
  }
  if (random() % 3 == 0) {
    text += '.' + (random() % 4 == 0 ? std::string() : std::to_string(random() % 30));
  }
  return text + length + conversion + '>';
}

TEST(FormatTest, RandomIntegersAgreeWithTheHost) {
  std::mt19937 random(2);
  for (int i = 0; i < 200000; ++i) {
    const char conversion = "diuxXo"[random() % 6];
    const std::uint64_t bits = (std::uint64_t{random()} << 32 | random()) >> (random() % 64);
    const std::uint64_t value = random() % 2 == 0 ? bits : 0 - bits;
    const unsigned kind = random() % 5;
    const char* const lengths[] = {"hh", "h", "", "l", "ll"};
    const std::string format = RandomSpecification(random, lengths[kind], conversion);
    if (kind < 3) {
      const int argument = static_cast<int>(value);
      ASSERT_EQ(Format(format.c_str(), argument), HostFormat(format.c_str(), argument)) << format << ' ' << argument;
    } else {
      const long long argument = static_cast<long long>(value);  // long is as wide on the host
      ASSERT_EQ(Format(format.c_str(), argument), HostFormat(format.c_str(), argument)) << format << ' ' << argument;
    }
  }
}

TEST(FormatTest, StarsAgreeWithTheHost) {
  for (int width = -12; width <= 12; ++width) {
    for (int precision = -3; precision <= 8; ++precision) {
      EXPECT_EQ(Format("%*.*d|", width, precision, -42), HostFormat("%*.*d|", width, precision, -42));
      EXPECT_EQ(Format("%*.*s|", width, precision, "text"), HostFormat("%*.*s|", width, precision, "text"));
    }
  }
  EXPECT_EQ(Format("%zu %td %jd", std::size_t{7}, std::ptrdiff_t{-7}, std::intmax_t{-8}), "7 -7 -8");
  int object = 0;
  EXPECT_EQ(Format("%p", static_cast<void*>(&object)), HostFormat("%p", static_cast<void*>(&object)));
}

}  // namespace
