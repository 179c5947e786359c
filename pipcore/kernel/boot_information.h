// SPDX-License-Identifier: Apache-2.0
//
// The page that tells the root partition what it finds (docs/abi.md); libpip/include/pip/fpinfo.h is the same page
// seen from there.
#ifndef PIPCORE_KERNEL_BOOT_INFORMATION_H_
#define PIPCORE_KERNEL_BOOT_INFORMATION_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace pip::kernel {

// A further boot module: its bytes stand, read-only, from begin up to end.
struct ModuleRecord {
  std::uint32_t begin;
  std::uint32_t end;
  std::array<char, 56> name;  // the loader's string, cut, with a terminating 0
};

struct BootInformation {
  static constexpr std::uint32_t kMagic = 0xDEADCAFE;
  static constexpr std::uint32_t kExtensionVersion = 1;
  static constexpr std::size_t kModulesMax = 60;

  std::uint32_t magic;
  std::uint32_t memory_begin;  // free memory, with all tables for it
  std::uint32_t memory_end;
  std::array<char, 64> revision;  // of the kernel
  std::uint32_t hardware_count;   // 0: nothing is described
  std::uint32_t devices;          // 0
  std::uint32_t extension_version;
  std::uint32_t module_count;
  std::array<ModuleRecord, kModulesMax> modules;
  std::array<char, 160> arguments;  // the loader's string of the root image
};
static_assert(offsetof(BootInformation, revision) == 12);
static_assert(offsetof(BootInformation, hardware_count) == 76);
static_assert(offsetof(BootInformation, extension_version) == 84);
static_assert(offsetof(BootInformation, modules) == 92);
static_assert(offsetof(BootInformation, arguments) == 3932);
static_assert(sizeof(BootInformation) <= 4096);

// Copies text, cut so that a terminating 0 fits, and clears the rest of the array.
template <std::size_t size>
void CopyText(const char* text, std::array<char, size>& to) {
  std::size_t i = 0;
  for (; i + 1 < size && text[i] != '\0'; ++i) {
    to[i] = text[i];
  }
  for (; i < size; ++i) {
    to[i] = '\0';
  }
}

}  // namespace pip::kernel

#endif  // PIPCORE_KERNEL_BOOT_INFORMATION_H_
