// SPDX-License-Identifier: Apache-2.0
//
// The image of this partition itself: code, constants and data, whole pages.
#ifndef LIBPIP_CPP_IMAGE_H_
#define LIBPIP_CPP_IMAGE_H_

#include <cstddef>
#include <span>

extern "C" {
// From the linker script: the first byte.
extern const std::byte pip_image_begin[];
// The byte behind the last.
extern const std::byte pip_image_end[];
}

namespace pip {

// The memory of this very program: code, constants and data.
inline std::span<const std::byte> OwnImage() { return {pip_image_begin, pip_image_end}; }

}  // namespace pip

#endif  // LIBPIP_CPP_IMAGE_H_
