// SPDX-License-Identifier: Apache-2.0
//
// Step 3 of docs/tutorial.md: the child gets a page, works in it, and loses it again.
#include <array>
#include <cstddef>
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

// Entries of our VIDT.
constexpr std::uint32_t kMainContinues = 60;
constexpr std::uint32_t kNothingSaved = 61;  // stays 0: what is saved there is forgotten

// Where the child has the page.
constexpr Page kGift = Page::Containing(0x00C00000);

user_ctx_t main_context;
user_ctx_t timer_context;
alignas(16) std::array<std::byte, pip::kPageBytes> timer_stack;

pip::ChildBuilder* child;

// Ends the run unless a service was done.
void Require(pip::Status status, const char* what) {
  if (status != pip::Status::kDone) {
    pip::exit_fail("first: %s: %s", what, pip::to_string(status).data());
  }
}

void Require(pip_status_t status, const char* what) { Require(pip::ToStatus(status), what); }

// What the child does: squares, in the page that it was given.
void ChildMain() {
  for (std::uint32_t i = 0; i < pip::kPageWords; ++i) {
    pip::Words(kGift)[i] = i * i;
  }
  (void)pip::YieldToParent({.vector = kMainContinues});
  asm volatile("ud2");  // only if the parent could not be resumed
}

// A tick came while the child ran: the child goes on where it was.
void OnTimer() { Require(child->ResumeInterrupted(kNothingSaved), "resume the child"); }

void SetHandlers() {
  pip::Vidt vidt = pip::Vidt::Own();
  vidt.Set(kMainContinues, main_context);
  vidt.Set(kNothingSaved, 0);
  vidt.SetHandler(PIP_VECTOR_TIMER, timer_context, OnTimer, timer_stack);
}

void MakeChild(pip::ChildBuilder& builder) {
  Require(builder.Create(), "create the child");
  Require(builder.ShareRange(pip::OwnImage(), pip::Rights::kAll), "share our image");
  const auto entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&ChildMain));
  Require(builder.PrepareStart({.entry = entry}), "prepare the start");
}

Page TakePage(pip::PageAllocator& allocator) {
  const std::optional<Page> page = allocator.Take();
  if (!page.has_value()) {
    pip::exit_fail("first: no page is left");
  }
  return *page;
}

// Gives `page` to the child at `destination`, with the tables that the child lacks there.
void GivePage(pip::PageAllocator& allocator, Page page, Page destination) {
  const std::uint32_t name = child->descriptor().address();
  const pip_answer_t lacking = pip_count_to_map(name, destination.address());
  Require(lacking.status, "countToMap");
  // Word 0 of each page names the next, 0 ends the list.
  std::uint32_t list = 0;
  for (std::uint32_t i = 0; i < lacking.value; ++i) {
    const Page table = TakePage(allocator);
    pip::Words(table)[0] = list;
    list = table.address();
  }
  Require(pip_prepare(name, destination.address(), list).status, "prepare");
  printf("first: the kernel took %u pages for tables\n", lacking.value);
  Require(pip::AddPage(page, child->descriptor(), destination, pip::Rights::kReadWrite), "addVAddr");
}

// Takes the page at `destination` back, and then the tables, which nothing needs any more.
void TakeBack(pip::PageAllocator& allocator, Page destination) {
  const std::uint32_t name = child->descriptor().address();
  Require(pip::RemovePage(child->descriptor(), destination), "removeVAddr");
  const pip_answer_t tables = pip_collect(name, destination.address());
  Require(tables.status, "collect");
  for (std::uint32_t list = tables.value; list != 0;) {
    const Page table = Page::Containing(list);
    list = pip::Words(table)[0];
    allocator.Give(table);
  }
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  printf("first: %u pages of free memory\n", pages);
  SetHandlers();

  pip::PageAllocator allocator = pip::PageAllocator::OfPartition();
  pip::ChildBuilder builder(allocator);
  child = &builder;
  MakeChild(builder);

  const std::uint32_t before = allocator.available();
  const Page gift = TakePage(allocator);
  GivePage(allocator, gift, kGift);
  Require(builder.Yield({.save_slot = kMainContinues}), "yield to the child");
  TakeBack(allocator, kGift);
  printf("first: the square of 32 is %u\n", pip::Words(gift)[32]);
  allocator.Give(gift);
  if (allocator.available() != before) {
    pip::exit_fail("first: %u of %u pages came back", allocator.available(), before);
  }

  Require(builder.Destroy(), "delete the child");
  pip::exit_pass("first: the page and its tables came back");
}
