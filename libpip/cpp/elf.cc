// SPDX-License-Identifier: Apache-2.0
//
// The ELF32 reader: field offsets are those of the specification's Elf32_Ehdr and Elf32_Phdr.
#include "libpip/cpp/elf.h"

#include "pip/arch/layout.h"

namespace pip {
namespace {

constexpr std::array<std::byte, 4> kMagic = {std::byte{0x7F}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};

constexpr std::size_t kHeaderBytes = 52;
constexpr std::size_t kProgramHeaderBytes = 32;

// e_ident, and values of the header's fields.
constexpr std::size_t kIdentClass = 4;
constexpr std::size_t kIdentData = 5;
constexpr std::size_t kIdentVersion = 6;
constexpr std::byte kClass32{1};
constexpr std::byte kLittleEndian{1};
constexpr std::byte kVersion{1};
constexpr std::uint32_t kTypeExecutable = 2;

constexpr std::uint32_t kSegmentLoad = 1;
constexpr std::uint32_t kFlagExecute = 1;
constexpr std::uint32_t kFlagWrite = 2;
constexpr std::uint32_t kFlagRead = 4;

// Little-endian numbers at any alignment.  The caller has checked that they lie in the file.
std::uint32_t Read16(std::span<const std::byte> file, std::size_t at) {
  return std::to_integer<std::uint32_t>(file[at]) | std::to_integer<std::uint32_t>(file[at + 1]) << 8;
}

std::uint32_t Read32(std::span<const std::byte> file, std::size_t at) {
  return Read16(file, at) | Read16(file, at + 2) << 16;
}

// Whether `size` bytes from `begin` on lie within a range of `limit` bytes.
constexpr bool Fits(std::size_t begin, std::size_t size, std::size_t limit) {
  return begin <= limit && size <= limit - begin;
}

constexpr Rights RightsOf(std::uint32_t flags) {
  const bool write = (flags & kFlagWrite) != 0;
  const bool execute = (flags & kFlagExecute) != 0;
  if (write) {
    return execute ? Rights::kAll : Rights::kReadWrite;
  }
  return execute ? Rights::kReadExecute : Rights::kRead;
}

constexpr bool SharePage(const Segment& a, const Segment& b) {
  return a.first_page().number() <= b.last_page().number() && b.first_page().number() <= a.last_page().number();
}

constexpr bool IsExecutable(Rights rights) { return rights == Rights::kReadExecute || rights == Rights::kAll; }

ElfError CheckHeader(std::span<const std::byte> file) {
  if (!LooksLikeElf(file)) {
    return file.size() < kMagic.size() ? ElfError::kTooShort : ElfError::kNoMagic;
  }
  if (file.size() < kHeaderBytes) {
    return ElfError::kTooShort;
  }
  if (file[kIdentClass] != kClass32) {
    return ElfError::kNot32Bit;
  }
  if (file[kIdentData] != kLittleEndian) {
    return ElfError::kNotLittleEndian;
  }
  if (file[kIdentVersion] != kVersion || Read32(file, 20) != 1) {
    return ElfError::kUnknownVersion;
  }
  if (Read16(file, 16) != kTypeExecutable) {
    return ElfError::kNotAnExecutable;
  }
  if (Read16(file, 18) != std::uint32_t{PIP_ELF_MACHINE}) {
    return ElfError::kOtherMachine;
  }
  return ElfError::kNone;
}

}  // namespace

bool LooksLikeElf(std::span<const std::byte> file) {
  if (file.size() < kMagic.size()) {
    return false;
  }
  for (std::size_t i = 0; i < kMagic.size(); ++i) {
    if (file[i] != kMagic[i]) {
      return false;
    }
  }
  return true;
}

ElfError ElfImage::Parse(std::span<const std::byte> file, AddressRange permitted) {
  count_ = 0;
  entry_ = 0;
  ElfError error = CheckHeader(file);
  if (error == ElfError::kNone) {
    entry_ = Read32(file, 24);
    error = ParseSegments(file, permitted);
  }
  if (error != ElfError::kNone) {
    count_ = 0;
    entry_ = 0;
  }
  return error;
}

ElfError ElfImage::ParseSegments(std::span<const std::byte> file, AddressRange permitted) {
  const std::size_t table = Read32(file, 28);
  const std::size_t entry_bytes = Read16(file, 42);
  const std::size_t entries = Read16(file, 44);
  // At most 65535 headers of 32 bytes: the product does not overflow.
  if (entry_bytes != kProgramHeaderBytes || !Fits(table, entries * kProgramHeaderBytes, file.size())) {
    return ElfError::kBadProgramHeaders;
  }
  for (std::size_t i = 0; i < entries; ++i) {
    const ElfError error = AddSegment(file, table + i * kProgramHeaderBytes, permitted);
    if (error != ElfError::kNone) {
      return error;
    }
  }
  if (count_ == 0) {
    return ElfError::kNothingToLoad;
  }
  return EntryIsExecutable() ? ElfError::kNone : ElfError::kEntryNotExecutable;
}

ElfError ElfImage::AddSegment(std::span<const std::byte> file, std::size_t header, AddressRange permitted) {
  const std::uint32_t memory_bytes = Read32(file, header + 20);
  if (Read32(file, header) != kSegmentLoad || memory_bytes == 0) {
    return ElfError::kNone;  // nothing that is loaded
  }
  const std::uint32_t offset = Read32(file, header + 4);
  const std::uint32_t address = Read32(file, header + 8);
  const std::uint32_t file_bytes = Read32(file, header + 16);
  const std::uint32_t flags = Read32(file, header + 24);
  if (!Fits(offset, file_bytes, file.size())) {
    return ElfError::kSegmentOutsideFile;
  }
  if (file_bytes > memory_bytes) {
    return ElfError::kSegmentSmallerThanFile;
  }
  if (address < permitted.begin || address > permitted.end || memory_bytes > permitted.end - address) {
    return ElfError::kSegmentOutsideUserSpace;
  }
  if ((flags & kFlagRead) == 0) {
    return ElfError::kSegmentUnreadable;
  }
  const Segment segment = {.address = address,
                           .memory_bytes = memory_bytes,
                           .file_bytes = file.subspan(offset, file_bytes),
                           .rights = RightsOf(flags)};
  for (const Segment& other : segments()) {
    if (SharePage(segment, other)) {
      return ElfError::kSegmentsShareAPage;
    }
  }
  if (count_ == kSegmentsMax) {
    return ElfError::kTooManySegments;
  }
  segments_[count_] = segment;
  ++count_;
  return ElfError::kNone;
}

bool ElfImage::EntryIsExecutable() const {
  for (const Segment& segment : segments()) {
    if (IsExecutable(segment.rights) && entry_ >= segment.address && entry_ - segment.address < segment.memory_bytes) {
      return true;
    }
  }
  return false;
}

std::string_view to_string(ElfError error) {
  switch (error) {
    case ElfError::kNone:
      return "a sound executable";
    case ElfError::kTooShort:
      return "the file is shorter than an ELF header (52 bytes)";
    case ElfError::kNoMagic:
      return "not an ELF file: it does not begin with 7F 45 4C 46";
    case ElfError::kNot32Bit:
      return "not a 32-bit ELF file";
    case ElfError::kNotLittleEndian:
      return "not a little-endian ELF file";
    case ElfError::kUnknownVersion:
      return "the ELF version is not 1";
    case ElfError::kNotAnExecutable:
      return "not an executable with fixed addresses (ELF type 2)";
    case ElfError::kOtherMachine:
      return "for another machine (ELF header field e_machine)";
    case ElfError::kBadProgramHeaders:
      return "the program headers are not 32 bytes each, or not inside the file";
    case ElfError::kTooManySegments:
      return "more than 16 segments to load";
    case ElfError::kNothingToLoad:
      return "no segment to load";
    case ElfError::kSegmentOutsideFile:
      return "a segment's bytes are not inside the file";
    case ElfError::kSegmentSmallerThanFile:
      return "a segment has more bytes in the file than in memory";
    case ElfError::kSegmentOutsideUserSpace:
      return "a segment's addresses are not permitted to a partition";
    case ElfError::kSegmentUnreadable:
      return "a segment is not readable";
    case ElfError::kSegmentsShareAPage:
      return "two segments share a page";
    case ElfError::kEntryNotExecutable:
      return "the entry is not inside an executable segment";
  }
  return "an unknown error";
}

}  // namespace pip
