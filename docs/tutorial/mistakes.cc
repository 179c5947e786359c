// SPDX-License-Identifier: Apache-2.0
//
// The usual mistakes of docs/tutorial.md, each with what the kernel answers.
#include <cstdint>
#include <optional>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/vidt.h"
#include "pip/fpinfo.h"

namespace {

using pip::Page;
using pip::Rights;

constexpr Page kSomewhere = Page::Containing(0x00C00000);
constexpr Page kWithoutTables = Page::Containing(0x40000000);
constexpr std::uint32_t kNothingSaved = 61;
constexpr std::uint32_t kBadSlot = 62;

// Prints the answer; a mistake that is not refused ends the run.
void Refused(const char* what, pip::Status status) {
  printf("%s: %s\n", what, pip::to_string(status).data());
  if (status == pip::Status::kDone) {
    pip::exit_fail("mistakes: %s should have been refused", what);
  }
}

void Refused(const char* what, pip_status_t status) { Refused(what, pip::ToStatus(status)); }

void Require(pip::Status status) {
  if (status != pip::Status::kDone) {
    pip::exit_fail("mistakes: what is no mistake: %s", pip::to_string(status).data());
  }
}

Page TakePage() {
  const std::optional<Page> page = pip::PageAllocator::OfPartition().Take();
  if (!page.has_value()) {
    pip::exit_fail("mistakes: no page is left");
  }
  return *page;
}

void MistakesWithMemory(pip::ChildBuilder& builder) {
  const Page child = builder.descriptor();
  const Page page = TakePage();
  const std::uint32_t source = page.address();
  Refused("no prepare", pip::AddPage(page, child, kWithoutTables, Rights::kReadWrite));
  Refused("an address that is no page's", pip_add_vaddr(source + 4, child.address(), kSomewhere.address(), PIP_READ));
  Refused("the kernel's address", pip::AddPage(page, child, Page::Containing(0xD0000000), Rights::kRead));
  Refused("a source that we have not", pip::AddPage(Page::Containing(0xA0000000), child, kSomewhere, Rights::kRead));
  Refused("a child that is none", pip::AddPage(page, page, kSomewhere, Rights::kRead));
  Require(builder.Share(page, kSomewhere, Rights::kReadWrite));
  Refused("a page given twice", pip::AddPage(page, child, kSomewhere + 1, Rights::kRead));
  Refused("two pages in one place", pip::AddPage(TakePage(), child, kSomewhere, Rights::kRead));
  Refused("tables in use", pip_collect(child.address(), kSomewhere.address()).status);
  Refused("a page that the child has not", pip::RemovePage(child, kSomewhere + 1));
  Refused("a descriptor as memory", pip::AddPage(child, child, kSomewhere + 1, Rights::kRead));
}

void MistakesWithYield(pip::ChildBuilder& builder) {
  Refused("a child without VIDT", builder.Yield({.save_slot = kNothingSaved}));
  Require(builder.PrepareStart({}));
  Refused("a vector that names no context", builder.Yield({.vector = 5, .save_slot = kNothingSaved}));
  Refused("a vector that is none", builder.Yield({.vector = 2000, .save_slot = kNothingSaved}));
  pip::Vidt::Own().Set(kBadSlot, 0xA0000000);
  Refused("a context where nothing is mapped", builder.Yield({.save_slot = kBadSlot}));
  Refused("the root's parent", pip::YieldToParent({.save_slot = kNothingSaved}));
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  Pip_InitPaging(boot->membegin, boot->memend);
  pip::ChildBuilder builder(pip::PageAllocator::OfPartition());
  Require(builder.Create());
  MistakesWithMemory(builder);
  MistakesWithYield(builder);
  Require(builder.Destroy());
  pip::exit_pass("mistakes: each was refused, and none changed anything");
}
