// SPDX-License-Identifier: Apache-2.0
//
// Step 4 of docs/tutorial.md: the child faults; what can be mended is mended, and otherwise the child ends.
#include <array>
#include <cstddef>
#include <cstdint>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/vidt.h"
#include "pip/context.h"
#include "pip/fpinfo.h"

namespace {

using pip::Page;

// Entries of our VIDT: faults have the processor's numbers, the others are free.
constexpr std::uint32_t kInvalidOpcode = 6;
constexpr std::uint32_t kPageFault = 14;
constexpr std::uint32_t kMainContinues = 60;
constexpr std::uint32_t kNothingSaved = 61;  // stays 0: what is saved there is forgotten

// The child expects memory here, and has none at first.
constexpr Page kHeap = Page::Containing(0x00C00000);
constexpr std::uint32_t kHeapPages = 3;

user_ctx_t main_context;
user_ctx_t timer_context;
user_ctx_t fault_contexts[2];
alignas(16) std::array<std::byte, pip::kPageBytes> timer_stack;
alignas(16) std::array<std::byte, pip::kPageBytes> fault_stack;

pip::ChildBuilder* child;
std::uint32_t heap_pages;

// Ends the run unless a service was done.
void Require(pip::Status status, const char* what) {
  if (status != pip::Status::kDone) {
    pip::exit_fail("first: %s: %s", what, pip::to_string(status).data());
  }
}

// What the child does: it uses memory that it has not, and in the end an instruction that does not exist.
void ChildMain() {
  for (std::uint32_t i = 0; i < kHeapPages; ++i) {
    pip::Words(kHeap + i)[0] = i;
  }
  asm volatile("ud2");
}

// A tick came while the child ran: the child goes on where it was.
void OnTimer() { Require(child->ResumeInterrupted(kNothingSaved), "resume the child"); }

// The next page of the heap, and the instruction that faulted is tried again.
void OnPageFault() {
  if (heap_pages == kHeapPages) {
    pip::exit_fail("first: the child wants more than its heap");
  }
  Require(child->AddPage(kHeap + heap_pages, pip::Rights::kReadWrite).status(), "add a page");
  ++heap_pages;
  printf("first: page fault, the child gets page %u\n", heap_pages);
  Require(child->ResumeInterrupted(kNothingSaved), "resume the child");
}

// There is no cure: main goes on.
void OnInvalidOpcode() {
  const std::uint32_t eip = child->context(PIP_VECTOR_SAVE_MASKED).eip;
  printf("first: invalid instruction at %#x, the child ends\n", eip);
  pip_context_resume(&main_context);
}

void SetHandlers() {
  pip::Vidt vidt = pip::Vidt::Own();
  vidt.Set(kMainContinues, main_context);
  vidt.Set(kNothingSaved, 0);
  vidt.SetHandler(PIP_VECTOR_TIMER, timer_context, OnTimer, timer_stack);
  vidt.SetHandler(kPageFault, fault_contexts[0], OnPageFault, fault_stack);
  vidt.SetHandler(kInvalidOpcode, fault_contexts[1], OnInvalidOpcode, fault_stack);
}

void MakeChild(pip::ChildBuilder& builder) {
  Require(builder.Create(), "create the child");
  Require(builder.ShareRange(pip::OwnImage(), pip::Rights::kAll), "share our image");
  const auto entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&ChildMain));
  Require(builder.PrepareStart({.entry = entry}), "prepare the start");
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
  Require(builder.Yield({.save_slot = kMainContinues}), "yield to the child");

  Require(builder.Destroy(), "delete the child");
  if (allocator.available() != pages) {
    pip::exit_fail("first: %u of %u pages came back", allocator.available(), pages);
  }
  pip::exit_pass("first: %u page faults mended, and all pages came back", heap_pages);
}
