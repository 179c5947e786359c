// SPDX-License-Identifier: Apache-2.0
//
// Step 2 of docs/tutorial.md: a child, which answers a question.
#include <array>
#include <cstddef>
#include <cstdint>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/vidt.h"
#include "pip/fpinfo.h"

namespace {

// Entries of our VIDT.
constexpr std::uint32_t kMainContinues = 60;
constexpr std::uint32_t kNothingSaved = 61;  // stays 0: what is saved there is forgotten

user_ctx_t main_context;
user_ctx_t timer_context;
alignas(16) std::array<std::byte, pip::kPageBytes> timer_stack;

pip::ChildBuilder* child;
volatile std::uint32_t answer;  // written by the child: volatile

// Ends the run unless a service was done.
void Require(pip::Status status, const char* what) {
  if (status != pip::Status::kDone) {
    pip::exit_fail("first: %s: %s", what, pip::to_string(status).data());
  }
}

// What the child does.
void ChildMain() {
  answer = 42;
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

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  printf("first: %u pages of free memory\n", pages);
  SetHandlers();

  pip::PageAllocator allocator = pip::PageAllocator::OfPartition();
  pip::ChildBuilder builder(allocator);
  child = &builder;
  MakeChild(builder);
  printf("first: the child took %u pages\n", pages - allocator.available());
  Require(builder.Yield({.save_slot = kMainContinues}), "yield to the child");
  printf("first: the child says %u\n", answer);

  Require(builder.Destroy(), "delete the child");
  if (allocator.available() != pages) {
    pip::exit_fail("first: %u of %u pages came back", allocator.available(), pages);
  }
  pip::exit_pass("first: all pages came back");
}
