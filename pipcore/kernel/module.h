// SPDX-License-Identifier: Apache-2.0
//
// The files that were booted along with the kernel.
#ifndef PIPCORE_KERNEL_MODULE_H_
#define PIPCORE_KERNEL_MODULE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "pipcore/kernel/frames.h"

namespace pip::kernel {

// The root image and at most 60 further modules: as many as the boot information page can name.
inline constexpr std::size_t kModulesMax = 61;

// A boot module: bytes of physical memory from begin up to end, and the string that came with it.
struct Module {
  static constexpr std::size_t kStringBytes = 160;

  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::array<char, kStringBytes> text{};  // cut, always with a terminating 0

  constexpr FrameRange frames() const {
    return {begin / kPageBytes, static_cast<std::uint32_t>((std::uint64_t{end} + kPageBytes - 1) / kPageBytes)};
  }
};

}  // namespace pip::kernel

#endif  // PIPCORE_KERNEL_MODULE_H_
