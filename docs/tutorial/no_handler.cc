// SPDX-License-Identifier: Apache-2.0
//
// A mistake of docs/tutorial.md: the child faults at its first instruction, because nobody gave it an image, and the
// root has no handler for faults.
#include <array>
#include <cstddef>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/vidt.h"
#include "pip/fpinfo.h"

namespace {

constexpr std::uint32_t kNothingSaved = 61;

user_ctx_t timer_context;
alignas(16) std::array<std::byte, pip::kPageBytes> timer_stack;
pip::ChildBuilder* child;

void OnTimer() { (void)child->ResumeInterrupted(kNothingSaved); }

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  Pip_InitPaging(boot->membegin, boot->memend);
  pip::Vidt::Own().SetHandler(PIP_VECTOR_TIMER, timer_context, OnTimer, timer_stack);
  pip::ChildBuilder builder(pip::PageAllocator::OfPartition());
  child = &builder;
  (void)builder.Create();
  (void)builder.PrepareStart({});
  (void)builder.Yield({.save_slot = kNothingSaved});
  pip::exit_fail("no_handler: the child came back");
}
