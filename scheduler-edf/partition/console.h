// SPDX-License-Identifier: Apache-2.0
//
// The serial port behind a buffer: what is printed at a tick must not take the tick's time from the job that is
// elected.
#ifndef PIP_SCHEDULER_EDF_PARTITION_CONSOLE_H_
#define PIP_SCHEDULER_EDF_PARTITION_CONSOLE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "pip/api.h"

namespace pip::edf {

class Console {
 public:
  void Put(const char* text, std::size_t length) {
    for (std::size_t i = 0; i < length; ++i) {
      if (filled_ == buffer_.size()) Drain(1);  // rather late than lost
      buffer_[(begin_ + filled_) % buffer_.size()] = text[i];
      ++filled_;
    }
  }

  bool empty() const { return filled_ == 0; }
  bool full() const { return filled_ == buffer_.size(); }
  bool half_full() const { return filled_ > buffer_.size() / 2; }

  // Sends up to `count` characters.
  void Drain(std::size_t count) {
    for (; count > 0 && filled_ > 0; --count) {
      Pip_Debug_Putc(Take());
    }
  }

  // The next character, for whoever prints it otherwise; not empty().
  char Take() {
    const char c = buffer_[begin_];
    begin_ = (begin_ + 1) % buffer_.size();
    --filled_;
    return c;
  }

  void DrainAll() { Drain(filled_); }

 private:
  std::array<char, 1 << 16> buffer_{};
  std::size_t begin_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_CONSOLE_H_
