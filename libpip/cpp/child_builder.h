// SPDX-License-Identifier: Apache-2.0
//
// pip::ChildBuilder: makes a child partition that can run, and takes it apart again.
//
//   pip::ChildBuilder child(pip::PageAllocator::OfPartition());
//   if (Status s = child.Create(); s != Status::kDone) ...
//   if (Status s = child.LoadFlat(image, *Page::At(0x700000)); ...
//   if (Status s = child.PrepareStart({.entry = 0x700000}); ...
//   child.Yield({.save_slot = 60});
//   ...
//   child.Destroy();
//
// A call that fails leaves the child as far as it had come; Destroy gives everything back then too.
#ifndef LIBPIP_CPP_CHILD_BUILDER_H_
#define LIBPIP_CPP_CHILD_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libpip/cpp/elf.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/page_ledger.h"
#include "libpip/cpp/result.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/status.h"
#include "libpip/cpp/vidt.h"
#include "pip/context.h"

namespace pip {

// How a child begins.
struct StartOptions {
  std::uint32_t entry = PIP_IMAGE_ADDRESS;      // the address of its first instruction
  std::uint32_t stack_pages = 1;                // at least 1; they end where the VIDT begins
  Interrupts interrupts = Interrupts::kMasked;  // its state when it starts
  std::uint32_t boot_information = 0;           // an address in the child, which its main receives
};

// A child of this partition, from its creation to its end, and the pages that it was given.
class ChildBuilder {
 public:
  // Takes pages for the child from `allocator`, and gives them back there.
  explicit ChildBuilder(PageAllocator allocator) : allocator_(allocator), ledger_(allocator) {}

  // The destructor gives nothing back: that can be refused, so it is a call of its own.
  ChildBuilder(const ChildBuilder&) = delete;
  ChildBuilder& operator=(const ChildBuilder&) = delete;

  // Five pages become a partition without any memory.  Only once per builder, or again after Destroy.
  Status Create();

  // A new page of zeros in the child at `destination`, with all tables that it takes.  The result is the same page in
  // this partition, which keeps access to it.
  Result<Page> AddPage(Page destination, Rights rights);

  // Shows a page of this partition in the child.  Destroy takes it back but does not free it.
  Status Share(Page source, Page destination, Rights rights);

  // Shows a range of this partition's memory, from the page of `range`'s first byte to the page of its last, in the
  // child at the same addresses.  With OwnImage() (image.h) the child can run a function of this very program.
  Status ShareRange(std::span<const std::byte> range, Rights rights);

  // Copies `image` to new pages from `destination` on.  An empty image is refused (kBadAddress), as is one that does
  // not fit below the end of the address space.
  Status LoadFlat(std::span<const std::byte> image, Page destination, Rights rights = Rights::kAll);

  // Copies the segments to new pages with their rights.
  Status LoadElf(const ElfImage& image);

  // Gives the child a VIDT and a stack, and writes the context at which it starts to VIDT[0].  At the top of the stack
  // lie three contexts: that one, and the two where its registers go when it is interrupted (VIDT[48], VIDT[49]).
  Status PrepareStart(const StartOptions& options);

  // Starts the child, or resumes it.
  Status Yield(const YieldOptions& options) { return YieldToChild(*descriptor_, options); }

  // Resumes the child where an interrupt or a fault stopped it.
  Status ResumeInterrupted(std::uint32_t save_slot);

  // Deletes the child and everything below it; all pages are free again.
  Status Destroy();

  // The child's descriptor, by which the services know it.  Only after Create.
  Page descriptor() const { return *descriptor_; }
  // Whether there is a child: after Create, until Destroy.
  bool exists() const { return descriptor_.has_value(); }

  // The child's VIDT as this partition sees it.  Only after PrepareStart.
  Vidt vidt() const { return Vidt(*vidt_page_); }

  // A context at the top of the child's stack page, as this partition sees it: where the child stands since an
  // interrupt or a fault.  `vector` is PIP_VECTOR_INITIAL, PIP_VECTOR_SAVE_MASKED or PIP_VECTOR_SAVE_UNMASKED; only
  // after PrepareStart.
  user_ctx_t& context(std::uint32_t vector) const;

 private:
  Status PrepareTables(Page destination);
  Status LoadBytes(std::uint32_t address, std::uint32_t memory_bytes, std::span<const std::byte> bytes, Rights rights);

  PageAllocator allocator_;
  PageLedger ledger_;
  std::optional<Page> descriptor_;
  std::optional<Page> vidt_page_;
  std::optional<Page> stack_page_;
};

}  // namespace pip

#endif  // LIBPIP_CPP_CHILD_BUILDER_H_
