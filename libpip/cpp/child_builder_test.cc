// SPDX-License-Identifier: Apache-2.0
//
// The child builder over the fake kernel: what a child gets, and that Destroy gives every page back, wherever the
// building stopped.
#include "libpip/cpp/child_builder.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "gtest/gtest.h"
#include "libpip/test/elf_writer.h"
#include "libpip/test/fake_kernel.h"

namespace {

using pip::ChildBuilder;
using pip::ElfError;
using pip::ElfImage;
using pip::Page;
using pip::PageAllocator;
using pip::Rights;
using pip::Status;
using pip::test::FakeKernel;
using pip::test::FakeMapping;
using pip::test::WordAt;

constexpr std::uint32_t kPages = 200;
constexpr Page kImage = Page::Containing(0x700000);

class ChildBuilderTest : public testing::Test {
 protected:
  ChildBuilderTest() : kernel_(kPages) {
    pip_page_pool_initialise(&pool_, kernel_.memory().begin(), kernel_.memory().end());
  }

  const std::map<std::uint32_t, FakeMapping>& MappingsOf(const ChildBuilder& child) const {
    return kernel_.children().at(child.descriptor().address()).mappings;
  }

  // The byte that the child sees at an address.
  std::uint8_t ByteOf(const ChildBuilder& child, std::uint32_t address) const {
    const FakeMapping& mapping = MappingsOf(child).at(address & ~0xFFFU);
    return *reinterpret_cast<const std::uint8_t*>(static_cast<std::uintptr_t>(mapping.source + (address & 0xFFF)));
  }

  std::uint32_t WordOf(const ChildBuilder& child, std::uint32_t address) const {
    return WordAt(MappingsOf(child).at(address & ~0xFFFU).source + (address & 0xFFF));
  }

  PageAllocator allocator() { return PageAllocator(pool_); }

  FakeKernel kernel_;
  pip_page_pool_t pool_;
};

std::vector<std::byte> Pattern(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>(i % 251 + 1);
  }
  return bytes;
}

TEST_F(ChildBuilderTest, LoadsAFlatImagePageByPage) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{4095}, std::size_t{4096}, std::size_t{4097}}) {
    ChildBuilder child(allocator());
    ASSERT_EQ(child.Create(), Status::kDone);
    const std::vector<std::byte> image = Pattern(size);
    ASSERT_EQ(child.LoadFlat(image, kImage), Status::kDone);
    const std::size_t pages = (size + 4095) / 4096;
    EXPECT_EQ(MappingsOf(child).size(), pages);
    for (std::size_t i = 0; i < pages * 4096; ++i) {
      const auto expected = i < size ? std::to_integer<std::uint8_t>(image[i]) : 0;
      ASSERT_EQ(ByteOf(child, 0x700000 + static_cast<std::uint32_t>(i)), expected) << size << ' ' << i;
    }
    EXPECT_EQ(child.Destroy(), Status::kDone);
    EXPECT_EQ(pool_.available, kPages);
  }
}

TEST_F(ChildBuilderTest, LoadsAnElfWithItsRights) {
  using pip::test::ElfContentOffset;
  const std::vector<std::byte> file = pip::test::WriteElf(
      0x700000,
      {{.offset = ElfContentOffset(2), .address = 0x700000, .file_bytes = 100, .memory_bytes = 100, .flags = 5},
       {.offset = ElfContentOffset(2), .address = 0x701FF0, .file_bytes = 32, .memory_bytes = 9000, .flags = 6}},
      100);
  ElfImage image;
  ASSERT_EQ(image.Parse(file, {.begin = PIP_USER_BEGIN, .end = PIP_USER_END}), ElfError::kNone);
  ChildBuilder child(allocator());
  ASSERT_EQ(child.Create(), Status::kDone);
  ASSERT_EQ(child.LoadElf(image), Status::kDone);
  EXPECT_EQ(MappingsOf(child).size(), 5U);
  EXPECT_EQ(MappingsOf(child).at(0x700000).rights, static_cast<std::uint32_t>(Rights::kReadExecute));
  EXPECT_EQ(MappingsOf(child).at(0x701000).rights, static_cast<std::uint32_t>(Rights::kReadWrite));
  EXPECT_EQ(ByteOf(child, 0x701FEF), 0);
  for (std::uint32_t i = 0; i < 32; ++i) {
    EXPECT_EQ(ByteOf(child, 0x701FF0 + i), i) << "across the end of a page";
  }
  EXPECT_EQ(ByteOf(child, 0x702010), 0) << "memory beyond the file's bytes is 0";
  EXPECT_EQ(child.Destroy(), Status::kDone);
  EXPECT_EQ(pool_.available, kPages);
}

TEST_F(ChildBuilderTest, PreparesTheStart) {
  ChildBuilder child(allocator());
  ASSERT_EQ(child.Create(), Status::kDone);
  ASSERT_EQ(child.PrepareStart({.entry = 0x700123,
                                .stack_pages = 3,
                                .interrupts = pip::Interrupts::kUnmasked,
                                .boot_information = 0x800000}),
            Status::kDone);
  for (const std::uint32_t page : {0xFFFFF000U, 0xFFFFE000U, 0xFFFFD000U, 0xFFFFC000U}) {
    EXPECT_EQ(MappingsOf(child).count(page), 1U) << page;
  }
  const std::uint32_t start = WordOf(child, 0xFFFFF000);
  EXPECT_EQ(start, 0xFFFFEFC0U);
  EXPECT_EQ(WordOf(child, start), 0x700123U) << "eip";
  EXPECT_EQ(WordOf(child, start + 4), 1U) << "pipflags";
  EXPECT_EQ(WordOf(child, start + 8), 2U) << "eflags";
  EXPECT_EQ(WordOf(child, start + 28), 0x800000U) << "ebx";
  EXPECT_EQ(WordOf(child, start + 44), 1U) << "valid";
  const std::uint32_t stack = WordOf(child, start + 24);
  const std::uint32_t masked = WordOf(child, 0xFFFFF000 + 4 * 48);
  const std::uint32_t unmasked = WordOf(child, 0xFFFFF000 + 4 * 49);
  EXPECT_LE(stack + 64, start + 64);
  EXPECT_GE(std::min(masked, unmasked), stack) << "an interrupt must not overwrite the stack";
  EXPECT_LE(std::max(masked, unmasked) + 64, start);
  EXPECT_GE(std::max(masked, unmasked) - std::min(masked, unmasked), 64U);
  child.context(PIP_VECTOR_SAVE_MASKED).eip = 0x1234;
  EXPECT_EQ(WordOf(child, masked), 0x1234U);
  EXPECT_EQ(child.Destroy(), Status::kDone);
  EXPECT_EQ(pool_.available, kPages);
}

TEST_F(ChildBuilderTest, SharesPagesWithoutFreeingThem) {
  ChildBuilder child(allocator());
  ASSERT_EQ(child.Create(), Status::kDone);
  const std::optional<Page> page = allocator().Take();
  ASSERT_EQ(child.Share(*page, kImage, Rights::kRead), Status::kDone);
  EXPECT_EQ(MappingsOf(child).at(0x700000).source, page->address());
  EXPECT_EQ(child.Share(*page, kImage + 1, Rights::kRead), Status::kAlreadyGiven);
  EXPECT_EQ(child.Destroy(), Status::kDone);
  EXPECT_EQ(pool_.available, kPages - 1);
}

TEST_F(ChildBuilderTest, SharesARangeAtTheSameAddresses) {
  ChildBuilder child(allocator());
  ASSERT_EQ(child.Create(), Status::kDone);
  std::uint32_t first = 0;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const std::uint32_t page = allocator().Take()->address();
    first = first == 0 ? page : first;
  }
  const auto* const bytes = reinterpret_cast<const std::byte*>(static_cast<std::uintptr_t>(first));
  ASSERT_EQ(child.ShareRange({bytes + 4095, 4098}, Rights::kRead), Status::kDone);
  EXPECT_EQ(MappingsOf(child).size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(MappingsOf(child).at(first + 4096 * i).source, first + 4096 * i);
  }
  EXPECT_EQ(child.ShareRange({bytes, std::size_t{0}}, Rights::kRead), Status::kBadAddress);
  EXPECT_EQ(child.ShareRange({bytes, 1}, Rights::kRead), Status::kAlreadyGiven);
  EXPECT_EQ(child.Destroy(), Status::kDone);
  EXPECT_EQ(pool_.available, kPages - 3);
}

TEST_F(ChildBuilderTest, RefusesWrongUse) {
  ChildBuilder child(allocator());
  EXPECT_EQ(child.LoadFlat(Pattern(1), kImage), Status::kNotAChild);
  EXPECT_EQ(child.PrepareStart({}), Status::kNotAChild);
  EXPECT_EQ(child.Destroy(), Status::kDone) << "there was nothing";
  ASSERT_EQ(child.Create(), Status::kDone);
  EXPECT_EQ(child.Create(), Status::kAlreadyGiven);
  EXPECT_EQ(child.LoadFlat({}, kImage), Status::kBadAddress);
  EXPECT_EQ(child.LoadFlat(Pattern(4097), Page::Containing(0xFFFFF000)), Status::kBadAddress) << "wraps around";
  EXPECT_EQ(child.LoadFlat(Pattern(1), Page::Containing(0)), Status::kBadAddress) << "the kernel's";
  EXPECT_EQ(child.LoadFlat(Pattern(1), kImage), Status::kDone);
  EXPECT_EQ(child.LoadFlat(Pattern(1), kImage), Status::kOccupied);
  EXPECT_EQ(child.LoadElf(ElfImage()), Status::kBadAddress);
  EXPECT_EQ(child.Destroy(), Status::kDone);
  EXPECT_EQ(pool_.available, kPages);
}

// Builds as much of a child as it can; kDone if all.
Status BuildAll(ChildBuilder& child) {
  if (const Status status = child.Create(); status != Status::kDone) {
    return status;
  }
  if (const Status status = child.LoadFlat(Pattern(10000), kImage); status != Status::kDone) {
    return status;
  }
  return child.PrepareStart({});
}

TEST_F(ChildBuilderTest, WhereverItIsRefusedAllPagesComeBack) {
  bool done = false;
  for (int calls = 0; !done; ++calls) {
    ASSERT_LT(calls, 100);
    ChildBuilder child(allocator());
    kernel_.RefuseAfter(calls, PIP_NOT_ORDINARY_MEMORY);
    const Status status = BuildAll(child);
    done = status == Status::kDone;
    EXPECT_TRUE(done || status == Status::kNotOrdinaryMemory) << to_string(status);
    kernel_.RefuseAfter(-1, PIP_DONE);
    EXPECT_EQ(child.Destroy(), Status::kDone);
    EXPECT_EQ(pool_.available, kPages) << "after call " << calls;
    EXPECT_TRUE(kernel_.children().empty());
  }
}

TEST_F(ChildBuilderTest, WhereverPagesRunOutAllComeBack) {
  bool done = false;
  for (std::uint32_t pages = 0; !done; ++pages) {
    ASSERT_LT(pages, 50U);
    pip_page_pool_t few;
    pip_page_pool_initialise(&few, kernel_.memory().begin(), kernel_.memory().begin() + pages * 4096);
    ChildBuilder child((PageAllocator(few)));
    const Status status = BuildAll(child);
    done = status == Status::kDone;
    EXPECT_TRUE(done || status == Status::kOutOfPages) << to_string(status);
    EXPECT_EQ(child.Destroy(), Status::kDone);
    EXPECT_EQ(few.available, pages);
  }
}

TEST_F(ChildBuilderTest, ARefusedDestroyKeepsEverything) {
  ChildBuilder child(allocator());
  ASSERT_EQ(BuildAll(child), Status::kDone);
  const std::uint32_t before = pool_.available;
  kernel_.RefuseAfter(0, PIP_NOT_ACCESSIBLE);
  EXPECT_EQ(child.Destroy(), Status::kNotAccessible);
  EXPECT_EQ(pool_.available, before);
  EXPECT_TRUE(child.exists());
  EXPECT_EQ(child.Destroy(), Status::kDone);
  EXPECT_EQ(pool_.available, kPages);
}

}  // namespace
