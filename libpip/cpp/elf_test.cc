// SPDX-License-Identifier: Apache-2.0
//
// The ELF reader: a sound file, then every way to be unsound that it names, then random damage.
#include "libpip/cpp/elf.h"

#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "libpip/test/elf_writer.h"

namespace {

using pip::AddressRange;
using pip::ElfError;
using pip::ElfImage;
using pip::test::ElfContentOffset;
using pip::test::ElfSegment;
using pip::test::Write16;
using pip::test::Write32;
using pip::test::WriteElf;

constexpr AddressRange kPermitted = {.begin = 0x400000, .end = 0xD0000000};
constexpr std::uint32_t kCode = 0x700000;
constexpr std::uint32_t kData = 0x710010;

// Code of 100 bytes; data of 50 in the file and 9000 in memory, which is three pages.
std::vector<ElfSegment> SoundSegments() {
  return {{.offset = ElfContentOffset(2), .address = kCode, .file_bytes = 100, .memory_bytes = 100, .flags = 5},
          {.offset = ElfContentOffset(2) + 100, .address = kData, .file_bytes = 50, .memory_bytes = 9000, .flags = 6}};
}

std::vector<std::byte> SoundFile() { return WriteElf(kCode + 4, SoundSegments(), 150); }

ElfError ErrorOf(std::span<const std::byte> file) { return ElfImage().Parse(file, kPermitted); }

// The sound file with one of its two segments replaced.
ElfError ErrorWith(std::size_t number, const ElfSegment& segment) {
  std::vector<ElfSegment> segments = SoundSegments();
  segments[number] = segment;
  return ErrorOf(WriteElf(kCode + 4, segments, 150));
}

TEST(ElfTest, ReadsASoundFile) {
  const std::vector<std::byte> file = SoundFile();
  ElfImage image;
  ASSERT_EQ(image.Parse(file, kPermitted), ElfError::kNone);
  EXPECT_EQ(image.entry(), kCode + 4);
  ASSERT_EQ(image.segments().size(), 2U);
  const pip::Segment& code = image.segments()[0];
  EXPECT_EQ(code.address, kCode);
  EXPECT_EQ(code.file_bytes.data(), file.data() + ElfContentOffset(2));
  EXPECT_EQ(code.file_bytes.size(), 100U);
  EXPECT_EQ(code.rights, pip::Rights::kReadExecute);
  const pip::Segment& data = image.segments()[1];
  EXPECT_EQ(data.memory_bytes, 9000U);
  EXPECT_EQ(data.rights, pip::Rights::kReadWrite);
  EXPECT_EQ(data.first_page().address(), 0x710000U);
  EXPECT_EQ(data.last_page().address(), 0x712000U);
}

TEST(ElfTest, EveryPrefixOfAFileIsRefused) {
  const std::vector<std::byte> file = SoundFile();
  EXPECT_EQ(ErrorOf(file), ElfError::kNone);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_NE(ErrorOf(std::span(file).first(size)), ElfError::kNone) << size;
  }
  EXPECT_EQ(ErrorOf({}), ElfError::kTooShort);
  EXPECT_EQ(ErrorOf(std::span(file).first(51)), ElfError::kTooShort);
}

TEST(ElfTest, RefusesOtherKindsOfFile) {
  const auto damaged = [](std::size_t at, std::uint32_t value) {
    std::vector<std::byte> file = SoundFile();
    file[at] = static_cast<std::byte>(value);
    return ErrorOf(file);
  };
  EXPECT_EQ(damaged(0, 'M'), ElfError::kNoMagic);
  EXPECT_EQ(damaged(4, 2), ElfError::kNot32Bit);
  EXPECT_EQ(damaged(5, 2), ElfError::kNotLittleEndian);
  EXPECT_EQ(damaged(6, 0), ElfError::kUnknownVersion);
  EXPECT_EQ(damaged(pip::test::kElfVersion, 2), ElfError::kUnknownVersion);
  EXPECT_EQ(damaged(pip::test::kElfType, 3), ElfError::kNotAnExecutable);
  EXPECT_EQ(damaged(pip::test::kElfMachine, 40), ElfError::kOtherMachine);
}

TEST(ElfTest, RefusesProgramHeadersOutsideTheFile) {
  const auto with_table = [](std::uint32_t offset, std::uint32_t bytes, std::uint32_t count) {
    std::vector<std::byte> file = SoundFile();
    Write32(file, pip::test::kElfProgramHeaders, offset);
    Write16(file, pip::test::kElfProgramHeaderBytes, bytes);
    Write16(file, pip::test::kElfProgramHeaderCount, count);
    return ErrorOf(file);
  };
  EXPECT_EQ(with_table(52, 32, 2), ElfError::kNone);
  EXPECT_EQ(with_table(52, 32, 0xFFFF), ElfError::kBadProgramHeaders);
  EXPECT_EQ(with_table(0xFFFFFFFF, 32, 2), ElfError::kBadProgramHeaders);
  EXPECT_EQ(with_table(0xFFFFFFE0, 32, 2), ElfError::kBadProgramHeaders);
  EXPECT_EQ(with_table(static_cast<std::uint32_t>(SoundFile().size()) - 63, 32, 2), ElfError::kBadProgramHeaders);
  EXPECT_EQ(with_table(52, 31, 2), ElfError::kBadProgramHeaders);
  EXPECT_EQ(with_table(52, 0, 2), ElfError::kBadProgramHeaders);
  EXPECT_EQ(with_table(52, 32, 0), ElfError::kNothingToLoad);
}

TEST(ElfTest, RefusesUnsoundSegments) {
  const ElfSegment data = SoundSegments()[1];
  const auto changed = [&data](auto change) {
    ElfSegment segment = data;
    change(segment);
    return ErrorWith(1, segment);
  };
  EXPECT_EQ(changed([](ElfSegment& s) { s.offset = 0xFFFFFFFF; }), ElfError::kSegmentOutsideFile);
  EXPECT_EQ(changed([](ElfSegment& s) { s.file_bytes = 51; }), ElfError::kSegmentOutsideFile);
  EXPECT_EQ(changed([](ElfSegment& s) { s.file_bytes = 0xFFFFFFFF; }), ElfError::kSegmentOutsideFile);
  EXPECT_EQ(changed([](ElfSegment& s) { s.memory_bytes = 49; }), ElfError::kSegmentSmallerThanFile);
  EXPECT_EQ(changed([](ElfSegment& s) { s.address = 0x3FFFFF; }), ElfError::kSegmentOutsideUserSpace);
  EXPECT_EQ(changed([](ElfSegment& s) { s.address = 0; }), ElfError::kSegmentOutsideUserSpace);
  EXPECT_EQ(changed([](ElfSegment& s) { s.address = 0xFFFFF000; }), ElfError::kSegmentOutsideUserSpace);
  EXPECT_EQ(changed([](ElfSegment& s) { s.memory_bytes = 0xFFFFFFFF; }), ElfError::kSegmentOutsideUserSpace);
  EXPECT_EQ(changed([](ElfSegment& s) { s.address = 0xD0000000 - 8999; }), ElfError::kSegmentOutsideUserSpace);
  EXPECT_EQ(changed([](ElfSegment& s) { s.address = 0xD0000000 - 9000; }), ElfError::kNone);
  EXPECT_EQ(changed([](ElfSegment& s) { s.flags = 2; }), ElfError::kSegmentUnreadable);
  EXPECT_EQ(changed([](ElfSegment& s) { s.address = kCode; }), ElfError::kSegmentsShareAPage);
  EXPECT_EQ(changed([](ElfSegment& s) { s.address = kCode + 100; }), ElfError::kSegmentsShareAPage);
  EXPECT_EQ(changed([](ElfSegment& s) { s.address = kCode - 8900; }), ElfError::kSegmentsShareAPage);
}

TEST(ElfTest, SkipsWhatIsNotLoaded) {
  ElfSegment note = SoundSegments()[1];
  note.type = 4;
  note.offset = 0xFFFFFFFF;  // not looked at
  EXPECT_EQ(ErrorWith(1, note), ElfError::kNone);
  ElfSegment empty = SoundSegments()[1];
  empty.memory_bytes = 0;
  empty.address = 0;
  EXPECT_EQ(ErrorWith(1, empty), ElfError::kNone);
}

TEST(ElfTest, TheEntryIsInExecutableMemory) {
  for (const std::uint32_t entry : {0U, kCode - 1, kCode + 100, kData, 0xFFFFFFFFU}) {
    EXPECT_EQ(ErrorOf(WriteElf(entry, SoundSegments(), 150)), ElfError::kEntryNotExecutable) << entry;
  }
  EXPECT_EQ(ErrorOf(WriteElf(kCode + 99, SoundSegments(), 150)), ElfError::kNone);
}

TEST(ElfTest, RefusesTooManySegments) {
  std::vector<ElfSegment> segments;
  for (std::uint32_t i = 0; i <= pip::kSegmentsMax; ++i) {
    segments.push_back({.offset = 0, .address = kCode + i * 0x1000, .file_bytes = 4, .memory_bytes = 4});
  }
  EXPECT_EQ(ErrorOf(WriteElf(kCode, segments, 0)), ElfError::kTooManySegments);
  segments.pop_back();
  EXPECT_EQ(ErrorOf(WriteElf(kCode, segments, 0)), ElfError::kNone);
}

// Whatever a file says, what is accepted is sound.
void ExpectSound(const ElfImage& image, std::span<const std::byte> file) {
  for (const pip::Segment& segment : image.segments()) {
    EXPECT_GE(segment.address, kPermitted.begin);
    EXPECT_LE(std::uint64_t{segment.address} + segment.memory_bytes, kPermitted.end);
    EXPECT_LE(segment.file_bytes.size(), segment.memory_bytes);
    if (!segment.file_bytes.empty()) {
      EXPECT_GE(segment.file_bytes.data(), file.data());
      EXPECT_LE(segment.file_bytes.data() + segment.file_bytes.size(), file.data() + file.size());
    }
  }
}

TEST(ElfTest, RandomDamageIsRefusedOrHarmless) {
  std::mt19937 random(4);
  int accepted = 0;
  for (int i = 0; i < 200000; ++i) {
    std::vector<std::byte> file = SoundFile();
    for (unsigned damage = random() % 4 + 1; damage != 0; --damage) {
      file[random() % ElfContentOffset(2)] = static_cast<std::byte>(random() % 3 == 0 ? 0xFF : random());
    }
    file.resize(random() % 8 == 0 ? random() % file.size() : file.size());
    ElfImage image;
    if (image.Parse(file, kPermitted) == ElfError::kNone) {
      ++accepted;
      ExpectSound(image, file);
    } else {
      EXPECT_TRUE(image.segments().empty());
    }
  }
  EXPECT_GT(accepted, 1000) << "damage to what nobody reads is no damage";
}

TEST(ElfTest, EveryErrorSaysSomethingElse) {
  std::vector<std::string_view> texts;
  for (std::uint32_t error = 0; error <= static_cast<std::uint32_t>(ElfError::kEntryNotExecutable); ++error) {
    for (const std::string_view other : texts) {
      EXPECT_NE(to_string(static_cast<ElfError>(error)), other);
    }
    texts.push_back(to_string(static_cast<ElfError>(error)));
  }
}

}  // namespace
