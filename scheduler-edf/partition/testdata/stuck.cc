// SPDX-License-Identifier: Apache-2.0
//
// A task with a program that knows nothing of the scheduler: it never gives the processor back.
#include "pip/fpinfo.h"

extern "C" void main(const pip_fpinfo* /*boot_information*/) {
  for (;;) asm volatile("");  // volatile: an empty loop must stay one
}
