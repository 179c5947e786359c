// SPDX-License-Identifier: Apache-2.0
//
// template_partition: a root partition that makes one child, lets it answer a question, and takes everything back.
//
// The child is a function of this program: it has the same image at the same addresses, but its own stack and no other
// memory.
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

// The entry of our VIDT with which we continue after the child.
constexpr std::uint32_t kMainContinues = 60;
// An entry that stays 0: what is saved there is forgotten.
constexpr std::uint32_t kNothingSaved = 61;

user_ctx_t main_context;
user_ctx_t timer_context;
user_ctx_t fault_context;
alignas(16) std::array<std::byte, pip::kPageBytes> handler_stack;

pip::ChildBuilder* child;
volatile std::uint32_t answer;  // written by the child: volatile

void Require(pip::Status status, const char* what) {
  if (status != pip::Status::kDone) {
    pip::exit_fail("template_partition: %s: %s", what, pip::to_string(status).data());
  }
}

// What the child does: it answers, and gives the processor back to us, for good.
void ChildMain() {
  answer = 42;
  // Comes back only if it is refused; then the fault tells the parent.
  (void)pip::YieldToParent({.vector = kMainContinues});
  asm volatile("ud2");
}

// Interrupts come to the root partition, even while the child runs.  After a tick the child goes on.
void OnTimer() { Require(child->ResumeInterrupted(kNothingSaved), "resume the child after a tick"); }

void OnFault() { pip::exit_fail("template_partition: the child faulted"); }

void SetHandlers() {
  pip::Vidt vidt = pip::Vidt::Own();
  for (std::uint32_t fault = 0; fault < PIP_VECTOR_TIMER; ++fault) {
    vidt.SetHandler(fault, fault_context, OnFault, handler_stack);
  }
  vidt.SetHandler(PIP_VECTOR_TIMER, timer_context, OnTimer, handler_stack);
  vidt.Set(kMainContinues, main_context);
  vidt.Set(kNothingSaved, 0);
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  printf("template_partition: %u pages of free memory\n", pages);
  SetHandlers();

  pip::PageAllocator allocator = pip::PageAllocator::OfPartition();
  pip::ChildBuilder builder(allocator);
  child = &builder;
  Require(builder.Create(), "create the child");
  Require(builder.ShareRange(pip::OwnImage(), pip::Rights::kAll), "share our image with the child");
  const auto entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&ChildMain));
  Require(builder.PrepareStart({.entry = entry}), "prepare the child's start");

  Require(builder.Yield({.save_slot = kMainContinues}), "yield to the child");
  printf("template_partition: the child says %u\n", answer);

  Require(builder.Destroy(), "delete the child");
  if (allocator.available() != pages) {
    pip::exit_fail("template_partition: %u of %u pages came back", allocator.available(), pages);
  }
  pip::exit_pass("template_partition: the child answered, and all pages came back");
}
