// SPDX-License-Identifier: Apache-2.0
//
// A mistake of docs/tutorial.md: the root saves itself at slot 0 of its VIDT and has no handler for the timer.  At boot
// VIDT[0] and VIDT[32] name the same context: the next tick goes on after the yield, as if the child had given back the
// processor.
#include <cstdint>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page_allocator.h"
#include "pip/fpinfo.h"

namespace {

// The child never gives the processor back.
void ChildMain() {
  for (;;) {
    asm volatile("");
  }
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  Pip_InitPaging(boot->membegin, boot->memend);
  pip::ChildBuilder builder(pip::PageAllocator::OfPartition());
  (void)builder.Create();
  (void)builder.ShareRange(pip::OwnImage(), pip::Rights::kAll);
  const auto entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&ChildMain));
  (void)builder.PrepareStart({.entry = entry});
  const pip::Status status = builder.Yield({.save_slot = 0});
  pip::exit_pass("slot_zero: back already: %s", pip::to_string(status).data());
}
