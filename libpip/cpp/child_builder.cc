// SPDX-License-Identifier: Apache-2.0
//
// Making a child with the kernel's services, step by step.
#include "libpip/cpp/child_builder.h"

#include <array>

#include "pip/string.h"

namespace pip {
namespace {

// Where the three contexts lie in the last stack page of a child; below them the stack begins.
constexpr std::uint32_t kInitialContext = PIP_INITIAL_CONTEXT_ADDRESS;
constexpr std::uint32_t kMaskedContext = kInitialContext - PIP_CONTEXT_BYTES;
constexpr std::uint32_t kUnmaskedContext = kMaskedContext - PIP_CONTEXT_BYTES;
constexpr std::uint32_t kStackTop = kUnmaskedContext;

constexpr std::uint32_t AddressOfContext(std::uint32_t vector) {
  switch (vector) {
    case PIP_VECTOR_SAVE_MASKED:
      return kMaskedContext;
    case PIP_VECTOR_SAVE_UNMASKED:
      return kUnmaskedContext;
    default:
      return kInitialContext;
  }
}

void Clear(Page page) {
  for (std::uint32_t& word : Words(page)) {
    word = 0;
  }
}

}  // namespace

Status ChildBuilder::Create() {
  if (descriptor_.has_value()) {
    return Status::kAlreadyGiven;
  }
  std::array<std::uint32_t, 5> pages{};
  for (std::uint32_t& address : pages) {
    const std::optional<Page> page = ledger_.Take();
    if (!page.has_value()) {
      ledger_.GiveAll();
      return Status::kOutOfPages;
    }
    address = page->address();
  }
  const Status status = ToStatus(pip_create_partition(pages[0], pages[1], pages[2], pages[3], pages[4]));
  if (status != Status::kDone) {
    ledger_.GiveAll();
    return status;
  }
  descriptor_ = Page::Containing(pages[0]);
  return status;
}

Status ChildBuilder::PrepareTables(Page destination) {
  if (!descriptor_.has_value()) {
    return Status::kNotAChild;
  }
  const pip_answer_t needed = pip_count_to_map(descriptor_->address(), destination.address());
  if (needed.status != PIP_DONE || needed.value == 0) {
    return ToStatus(needed.status);
  }
  // The kernel takes a list of pages: word 0 of each names the next.
  std::uint32_t first = 0;
  for (std::uint32_t count = 0; count < needed.value; ++count) {
    const std::optional<Page> page = ledger_.Take();
    if (!page.has_value()) {
      return Status::kOutOfPages;  // what was taken waits in the ledger for Destroy
    }
    Words(*page)[0] = first;
    first = page->address();
  }
  return ToStatus(pip_prepare(descriptor_->address(), destination.address(), first).status);
}

Result<Page> ChildBuilder::AddPage(Page destination, Rights rights) {
  Status status = PrepareTables(destination);
  if (status != Status::kDone) {
    return status;
  }
  const std::optional<Page> page = ledger_.Take();
  if (!page.has_value()) {
    return Status::kOutOfPages;
  }
  Clear(*page);
  status = pip::AddPage(*page, *descriptor_, destination, rights);
  if (status != Status::kDone) {
    return status;
  }
  return *page;
}

Status ChildBuilder::Share(Page source, Page destination, Rights rights) {
  const Status status = PrepareTables(destination);
  return status == Status::kDone ? pip::AddPage(source, *descriptor_, destination, rights) : status;
}

Status ChildBuilder::ShareRange(std::span<const std::byte> range, Rights rights) {
  if (range.empty()) {
    return Status::kBadAddress;
  }
  const auto begin = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(range.data()));
  const Page last = Page::Containing(begin + static_cast<std::uint32_t>(range.size() - 1));
  for (Page page = Page::Containing(begin);; page = page + 1) {
    const Status status = Share(page, page, rights);
    if (status != Status::kDone || page == last) {
      return status;
    }
  }
}

Status ChildBuilder::LoadBytes(std::uint32_t address, std::uint32_t memory_bytes, std::span<const std::byte> bytes,
                               Rights rights) {
  const Page first = Page::Containing(address);
  const Page last = Page::Containing(address + (memory_bytes - 1));
  std::uint32_t offset = address % kPageBytes;  // where in the page the next byte goes
  for (Page destination = first;; destination = destination + 1) {
    const Result<Page> page = AddPage(destination, rights);
    if (!page.ok()) {
      return page.status();
    }
    const std::span<std::byte> room = Bytes(*page).subspan(offset);
    const std::size_t count = bytes.size() < room.size() ? bytes.size() : room.size();
    if (count != 0) {
      memcpy(room.data(), bytes.data(), count);
    }
    bytes = bytes.subspan(count);
    offset = 0;
    if (destination == last) {
      return Status::kDone;
    }
  }
}

Status ChildBuilder::LoadFlat(std::span<const std::byte> image, Page destination, Rights rights) {
  if (image.empty() || image.size() - 1 > UINT32_MAX - destination.address()) {
    return Status::kBadAddress;
  }
  return LoadBytes(destination.address(), static_cast<std::uint32_t>(image.size()), image, rights);
}

Status ChildBuilder::LoadElf(const ElfImage& image) {
  for (const Segment& segment : image.segments()) {
    const Status status = LoadBytes(segment.address, segment.memory_bytes, segment.file_bytes, segment.rights);
    if (status != Status::kDone) {
      return status;
    }
  }
  return image.segments().empty() ? Status::kBadAddress : Status::kDone;
}

Status ChildBuilder::PrepareStart(const StartOptions& options) {
  const Result<Page> vidt_page = AddPage(Page::Containing(PIP_VIDT_ADDRESS), Rights::kReadWrite);
  if (!vidt_page.ok()) {
    return vidt_page.status();
  }
  std::uint32_t address = PIP_STACK_PAGE_ADDRESS;
  const Result<Page> stack_page = AddPage(Page::Containing(address), Rights::kReadWrite);
  if (!stack_page.ok()) {
    return stack_page.status();
  }
  for (std::uint32_t more = 1; more < options.stack_pages; ++more) {
    address -= kPageBytes;
    const Result<Page> page = AddPage(Page::Containing(address), Rights::kReadWrite);
    if (!page.ok()) {
      return page.status();
    }
  }
  vidt_page_ = *vidt_page;
  stack_page_ = *stack_page;
  user_ctx_t& start = context(PIP_VECTOR_INITIAL);
  pip_context_initialise(&start, options.entry, kStackTop, static_cast<std::uint32_t>(options.interrupts));
  pip_context_set_boot_information(&start, options.boot_information);
  for (const std::uint32_t vector : {PIP_VECTOR_INITIAL, PIP_VECTOR_SAVE_MASKED, PIP_VECTOR_SAVE_UNMASKED}) {
    vidt().Set(vector, AddressOfContext(vector));
  }
  return Status::kDone;
}

user_ctx_t& ChildBuilder::context(std::uint32_t vector) const {
  const std::uint32_t offset = AddressOfContext(vector) % kPageBytes;
  // The page is this partition's memory, and the context lies in it whole.
  return *reinterpret_cast<user_ctx_t*>(static_cast<std::uintptr_t>(stack_page_->address() + offset));
}

Status ChildBuilder::ResumeInterrupted(std::uint32_t save_slot) {
  const Result<Interrupts> state = InterruptsOf(*descriptor_);
  if (!state.ok()) {
    return state.status();
  }
  return Yield({.vector = *state == Interrupts::kMasked ? PIP_VECTOR_SAVE_MASKED : PIP_VECTOR_SAVE_UNMASKED,
                .save_slot = save_slot});
}

Status ChildBuilder::Destroy() {
  if (descriptor_.has_value()) {
    const Status status = DeletePartition(*descriptor_);
    if (status != Status::kDone) {
      return status;
    }
  }
  descriptor_.reset();
  vidt_page_.reset();
  stack_page_.reset();
  ledger_.GiveAll();
  return Status::kDone;
}

}  // namespace pip
