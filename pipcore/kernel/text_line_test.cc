// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/text_line.h"

#include <gtest/gtest.h>

#include <string>

#include "pipcore/kernel/boot_information.h"

namespace pip::kernel {
namespace {

std::string Text(const TextLine& line) { return {line.begin(), line.end()}; }

TEST(TextLine, Numbers) {
  TextLine line;
  line.Append("a ").AppendDecimal(0).Append(" ").AppendDecimal(4294967295U).Append(" ").AppendHex(0xBEEF);
  EXPECT_EQ(Text(line), "a 0 4294967295 0x0000beef");
}

TEST(TextLine, StaysOneLineOfPrintableText) {
  TextLine line;
  line.Append("a\nb\x1b[2J\xff");
  EXPECT_EQ(Text(line), "a?b?[2J?");
}

TEST(TextLine, IsCut) {
  TextLine line;
  for (int i = 0; i < 100; ++i) {
    line.Append("0123456789");
  }
  EXPECT_EQ(Text(line).size(), TextLine::kCapacity);
}

TEST(CopyText, IsCutAndFilledWithZeros) {
  std::array<char, 4> to = {'x', 'x', 'x', 'x'};
  CopyText("abcdef", to);
  EXPECT_EQ(to, (std::array<char, 4>{'a', 'b', 'c', '\0'}));
  CopyText("a", to);
  EXPECT_EQ(to, (std::array<char, 4>{'a', '\0', '\0', '\0'}));
}

}  // namespace
}  // namespace pip::kernel
