// SPDX-License-Identifier: Apache-2.0
//
// Writes small ELF32 files, sound ones, for tests to damage.
#ifndef LIBPIP_TEST_ELF_WRITER_H_
#define LIBPIP_TEST_ELF_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pip::test {

// A program header as it stands in the file.
struct ElfSegment {
  std::uint32_t type = 1;  // PT_LOAD
  std::uint32_t offset = 0;
  std::uint32_t address = 0;
  std::uint32_t file_bytes = 0;
  std::uint32_t memory_bytes = 0;
  std::uint32_t flags = 5;  // readable and executable
};

// Offsets of the header's fields, for damage.
inline constexpr std::size_t kElfType = 16;
inline constexpr std::size_t kElfMachine = 18;
inline constexpr std::size_t kElfVersion = 20;
inline constexpr std::size_t kElfEntry = 24;
inline constexpr std::size_t kElfProgramHeaders = 28;
inline constexpr std::size_t kElfProgramHeaderBytes = 42;
inline constexpr std::size_t kElfProgramHeaderCount = 44;

inline void Write16(std::vector<std::byte>& file, std::size_t at, std::uint32_t value) {
  file[at] = static_cast<std::byte>(value & 0xFF);
  file[at + 1] = static_cast<std::byte>(value >> 8 & 0xFF);
}

inline void Write32(std::vector<std::byte>& file, std::size_t at, std::uint32_t value) {
  Write16(file, at, value & 0xFFFF);
  Write16(file, at + 2, value >> 16);
}

// Where the bytes after all headers begin.
constexpr std::uint32_t ElfContentOffset(std::size_t segments) {
  return static_cast<std::uint32_t>(52 + 32 * segments);
}

// A file with these program headers, followed by `content` (byte i has the value i modulo 251).
inline std::vector<std::byte> WriteElf(std::uint32_t entry, const std::vector<ElfSegment>& segments,
                                       std::size_t content) {
  std::vector<std::byte> file(ElfContentOffset(segments.size()) + content);
  const std::uint8_t ident[] = {0x7F, 'E', 'L', 'F', 1, 1, 1};
  for (std::size_t i = 0; i < sizeof ident; ++i) {
    file[i] = std::byte{ident[i]};
  }
  Write16(file, kElfType, 2);
  Write16(file, kElfMachine, 3);
  Write32(file, kElfVersion, 1);
  Write32(file, kElfEntry, entry);
  Write32(file, kElfProgramHeaders, 52);
  Write16(file, 40, 52);
  Write16(file, kElfProgramHeaderBytes, 32);
  Write16(file, kElfProgramHeaderCount, static_cast<std::uint32_t>(segments.size()));
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::size_t header = 52 + 32 * i;
    const ElfSegment& segment = segments[i];
    const std::uint32_t fields[] = {segment.type,       segment.offset,       segment.address, segment.address,
                                    segment.file_bytes, segment.memory_bytes, segment.flags,   4096};
    for (std::size_t field = 0; field < 8; ++field) {
      Write32(file, header + 4 * field, fields[field]);
    }
  }
  for (std::size_t i = 0; i < content; ++i) {
    file[ElfContentOffset(segments.size()) + i] = static_cast<std::byte>(i % 251);
  }
  return file;
}

}  // namespace pip::test

#endif  // LIBPIP_TEST_ELF_WRITER_H_
