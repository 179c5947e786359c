// SPDX-License-Identifier: Apache-2.0
//
// Reading ELF32 executables that nobody has checked: every field is verified before it is used.
//
// Format: Tool Interface Standard, ELF specification version 1.2, book I.
#ifndef LIBPIP_CPP_ELF_H_
#define LIBPIP_CPP_ELF_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "libpip/cpp/page.h"

namespace pip {

// What may be wrong with an ELF file; kNone: nothing.
enum class [[nodiscard]] ElfError : std::uint32_t{
    kNone,
    kTooShort,
    kNoMagic,
    kNot32Bit,
    kNotLittleEndian,
    kUnknownVersion,
    kNotAnExecutable,
    kOtherMachine,
    kBadProgramHeaders,
    kTooManySegments,
    kNothingToLoad,
    kSegmentOutsideFile,
    kSegmentSmallerThanFile,
    kSegmentOutsideUserSpace,
    kSegmentUnreadable,
    kSegmentsShareAPage,
    kEntryNotExecutable,
};

// One sentence that says what is wrong with the file.
std::string_view to_string(ElfError error);

// A part of the file that belongs into memory.  `address` need not be page-aligned; bytes of the memory beyond the
// file's are 0.
struct Segment {
  std::uint32_t address = 0;              // in the partition that runs it
  std::uint32_t memory_bytes = 0;         // at least as many as in the file
  std::span<const std::byte> file_bytes;  // what is copied
  Rights rights = Rights::kRead;          // what the partition may do there

  // The first page that the segment touches.
  constexpr Page first_page() const { return Page::Containing(address); }
  // The last one.
  constexpr Page last_page() const { return Page::Containing(address + (memory_bytes - 1)); }
};

// The most segments that an ElfImage holds.
inline constexpr std::size_t kSegmentsMax = 16;

// Where segments may lie: from `begin` up to, but not including, `end`.
struct AddressRange {
  std::uint32_t begin;  // the first byte
  std::uint32_t end;    // the byte after the last
};

// An executable whose segments are known to be sound: inside the file, inside the permitted addresses, never empty, no
// two in the same page, and the entry in one that may be executed.
class ElfImage {
 public:
  // Checks `file` and keeps views of it; `file` must outlive them.  On an error the image is empty.
  ElfError Parse(std::span<const std::byte> file, AddressRange permitted);

  // The address at which the program starts.
  std::uint32_t entry() const { return entry_; }
  // The segments, in the order of the file.
  std::span<const Segment> segments() const { return std::span(segments_).first(count_); }

 private:
  ElfError ParseSegments(std::span<const std::byte> file, AddressRange permitted);
  ElfError AddSegment(std::span<const std::byte> file, std::size_t header, AddressRange permitted);
  bool EntryIsExecutable() const;

  std::uint32_t entry_ = 0;
  std::array<Segment, kSegmentsMax> segments_{};
  std::size_t count_ = 0;
};

// Whether `file` says that it is an ELF file, sound or not.
bool LooksLikeElf(std::span<const std::byte> file);

}  // namespace pip

#endif  // LIBPIP_CPP_ELF_H_
