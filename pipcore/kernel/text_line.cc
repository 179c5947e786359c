// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/text_line.h"

namespace pip::kernel {

TextLine& TextLine::AppendCharacter(char character) {
  if (size_ < kCapacity) {
    text_[size_] = character;
    ++size_;
  }
  return *this;
}

TextLine& TextLine::Append(const char* text) {
  for (; *text != '\0'; ++text) {
    AppendCharacter(*text >= ' ' && *text <= '~' ? *text : '?');
  }
  return *this;
}

TextLine& TextLine::AppendDecimal(std::uint32_t number) {
  std::uint32_t unit = 1;
  while (number / unit >= 10) {
    unit *= 10;
  }
  for (; unit != 0; unit /= 10) {
    AppendCharacter(static_cast<char>('0' + number / unit % 10));
  }
  return *this;
}

TextLine& TextLine::AppendHex(std::uint32_t number) {
  Append("0x");
  for (int shift = 28; shift >= 0; shift -= 4) {
    AppendCharacter("0123456789abcdef"[(number >> shift) & 0xF]);
  }
  return *this;
}

}  // namespace pip::kernel
