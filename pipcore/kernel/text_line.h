// SPDX-License-Identifier: Apache-2.0
//
// One line of text, built without memory allocation; what does not fit is cut.
#ifndef PIPCORE_KERNEL_TEXT_LINE_H_
#define PIPCORE_KERNEL_TEXT_LINE_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace pip::kernel {

class TextLine {
 public:
  static constexpr std::size_t kCapacity = 160;

  // Characters that are not printable ASCII become '?': the text may come from a loader.
  TextLine& Append(const char* text);
  TextLine& AppendDecimal(std::uint32_t number);
  TextLine& AppendHex(std::uint32_t number);

  const char* begin() const { return text_.data(); }
  const char* end() const { return text_.data() + size_; }

 private:
  TextLine& AppendCharacter(char character);

  std::array<char, kCapacity> text_;
  std::size_t size_ = 0;
};

}  // namespace pip::kernel

#endif  // PIPCORE_KERNEL_TEXT_LINE_H_
