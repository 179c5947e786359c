// SPDX-License-Identifier: Apache-2.0
//
// The files that follow the kernel in its image: the root partition's, and further modules.  tools/bazel/package writes
// them there; no loader is needed but the firmware, which loads one file.
//
//   offset 0                word: magic "PipP", word: number of files, word: bytes of the package, word: 0
//   offset 16 + 168 * i     word: where file i begins, from the package's first byte, a multiple of 4096; word: its
//   bytes;
//                           160 bytes of text: its name and arguments, with a terminating 0
#ifndef PIPCORE_ARCH_ARMV7_PACKAGE_H_
#define PIPCORE_ARCH_ARMV7_PACKAGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pipcore/kernel/frames.h"
#include "pipcore/kernel/module.h"

namespace pip::armv7 {

inline constexpr std::uint32_t kPackageMagic = 0x50706950;
inline constexpr std::size_t kPackageHeaderBytes = 16 + 168 * kernel::kModulesMax;

struct Package {
  std::array<kernel::Module, kernel::kModulesMax> modules{};
  std::size_t module_count = 0;
};

enum class PackageError { kNone, kNoPackage, kCorrupt, kTooManyFiles, kFileEmpty, kOutsideMemory };

// One line for the person at the console.
const char* Describe(PackageError error);

// Reads the package whose bytes begin at `header` and at physical address `address`, and must end before `memory_end`.
PackageError ReadPackage(std::span<const std::byte, kPackageHeaderBytes> header, std::uint32_t address,
                         std::uint32_t memory_end, Package& package);

}  // namespace pip::armv7

#endif  // PIPCORE_ARCH_ARMV7_PACKAGE_H_
