// SPDX-License-Identifier: Apache-2.0
//
// The architecture's entries, for entries.cc: the same names in each of these headers.
#ifndef LIBPIP_ON_KERNEL_ENTRIES_MACHINE_H_
#define LIBPIP_ON_KERNEL_ENTRIES_MACHINE_H_

#if defined(__arm__)
#include "libpip/on_kernel/entries_armv7.h"
#else
#include "libpip/on_kernel/entries_x86.h"
#endif

#endif  // LIBPIP_ON_KERNEL_ENTRIES_MACHINE_H_
