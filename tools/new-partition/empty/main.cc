// SPDX-License-Identifier: Apache-2.0
//
// template_partition: a root partition that looks at its memory and ends.
#include <cstdint>

#include "libpip/cpp/machine.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"

extern "C" void main(const pip_fpinfo* boot) {
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  printf("template_partition: %u pages of free memory\n", pages);
  pip::exit_pass("template_partition: nothing else to do");
}
