// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/armv7/package.h"

namespace pip::armv7 {
namespace {

using Header = std::span<const std::byte, kPackageHeaderBytes>;

constexpr std::size_t kFirstRecord = 16;
constexpr std::size_t kRecordBytes = 8 + kernel::Module::kStringBytes;

std::uint32_t WordAt(Header header, std::size_t offset) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    word |= std::to_integer<std::uint32_t>(header[offset + i]) << (8 * i);
  }
  return word;
}

}  // namespace

const char* Describe(PackageError error) {
  switch (error) {
    case PackageError::kNone:
      return "no error";
    case PackageError::kNoPackage:
      return "no root image: the kernel must be packed with the root partition's flat image";
    case PackageError::kCorrupt:
      return "the files packed with the kernel are corrupt";
    case PackageError::kTooManyFiles:
      return "too many files are packed with the kernel: at most 60 and the root image";
    case PackageError::kFileEmpty:
      return "a file that is packed with the kernel is empty";
    case PackageError::kOutsideMemory:
      return "the files packed with the kernel are too large for this machine";
  }
  return "unknown error";
}

PackageError ReadPackage(Header header, std::uint32_t address, std::uint32_t memory_end, Package& package) {
  package.module_count = 0;
  if (WordAt(header, 0) != kPackageMagic) {
    return PackageError::kNoPackage;
  }
  const std::uint32_t count = WordAt(header, 4);
  const std::uint32_t bytes = WordAt(header, 8);
  if (count == 0 || bytes < kPackageHeaderBytes) {
    return PackageError::kCorrupt;
  }
  if (count > kernel::kModulesMax) {
    return PackageError::kTooManyFiles;
  }
  if (address > memory_end || bytes > memory_end - address) {
    return PackageError::kOutsideMemory;
  }
  std::uint32_t end_before = kPackageHeaderBytes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t record = kFirstRecord + i * kRecordBytes;
    const std::uint32_t begin = WordAt(header, record);
    const std::uint32_t size = WordAt(header, record + 4);
    if (size == 0) {
      return PackageError::kFileEmpty;
    }
    // In order, on pages of their own.
    if (begin % kernel::kPageBytes != 0 || begin < end_before || begin > bytes || size > bytes - begin) {
      return PackageError::kCorrupt;
    }
    end_before = begin + size;
    kernel::Module& module = package.modules[i];
    module.begin = address + begin;
    module.end = module.begin + size;
    for (std::size_t j = 0; j + 1 < module.text.size(); ++j) {
      module.text[j] = std::to_integer<char>(header[record + 8 + j]);
    }
    module.text.back() = '\0';
    package.module_count = i + 1;
  }
  return PackageError::kNone;
}

}  // namespace pip::armv7
