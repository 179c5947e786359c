// SPDX-License-Identifier: Apache-2.0
//
// Building a line of text without a library, and where lines go: used on the host and in the partition.
#ifndef PIP_SCHEDULER_EDF_PARTITION_LINE_H_
#define PIP_SCHEDULER_EDF_PARTITION_LINE_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace pip::edf {

// Takes whole lines, each ending in a newline.
struct Output {
  void (*write)(void* context, const char* text, std::size_t length);
  void* context;
};

// A line of limited length: what is too much is left out, the newline at its end never.
class Line {
 public:
  Line& operator<<(const char* text) {
    while (*text != 0) Put(*text++);
    return *this;
  }

  Line& operator<<(std::uint64_t number) {
    std::array<char, 20> digits;
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (count > 0) Put(digits[--count]);
    return *this;
  }

  // Spaces up to a column, which counts from 0.
  Line& PadTo(std::size_t column) {
    while (length_ < column) Put(' ');
    return *this;
  }

  // A number whose last digit stands before a column.
  Line& RightAligned(std::uint64_t number, std::size_t column) {
    std::size_t digits = 1;
    for (std::uint64_t rest = number; rest >= 10; rest /= 10) ++digits;
    if (column > digits) PadTo(column - digits);
    return *this << number;
  }

  // What it holds so far, ending in a 0.
  const char* text() {
    text_[length_] = 0;
    return text_.data();
  }

  void WriteTo(const Output& output) {
    text_[length_] = '\n';
    output.write(output.context, text_.data(), length_ + 1);
    length_ = 0;
  }

 private:
  void Put(char c) {
    if (length_ + 1 < text_.size()) text_[length_++] = c;
  }

  std::array<char, 160> text_;
  std::size_t length_ = 0;
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_LINE_H_
