// SPDX-License-Identifier: Apache-2.0
//
// nanny::Random: numbers that follow from a seed alone, on every machine.
#ifndef NANNY_RANDOM_H_
#define NANNY_RANDOM_H_

#include <cstdint>

namespace nanny {

// xorshift32 (G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003).
class Random {
 public:
  explicit constexpr Random(std::uint32_t seed) : state_(seed * 2654435761U ^ 0x9E3779B9U) {
    if (state_ == 0) {
      state_ = 1;
    }
  }

  constexpr std::uint32_t Word() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }

  // 0 .. bound-1; bound is not 0.  The high bits are the better ones.
  constexpr std::uint32_t Below(std::uint32_t bound) { return (Word() >> 8) % bound; }

  // True once in `times`.
  constexpr bool OneIn(std::uint32_t times) { return Below(times) == 0; }

 private:
  std::uint32_t state_;
};

}  // namespace nanny

#endif  // NANNY_RANDOM_H_
