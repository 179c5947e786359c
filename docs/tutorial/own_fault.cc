// SPDX-License-Identifier: Apache-2.0
//
// A mistake of docs/tutorial.md: the root uses a page that it has given to the kernel.
#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "pip/fpinfo.h"

extern "C" void main(const pip_fpinfo* boot) {
  Pip_InitPaging(boot->membegin, boot->memend);
  pip::ChildBuilder builder(pip::PageAllocator::OfPartition());
  (void)builder.Create();
  pip::Words(builder.descriptor())[0] = 1;
  pip::exit_fail("own_fault: the descriptor is writable");
}
