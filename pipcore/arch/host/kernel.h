// SPDX-License-Identifier: Apache-2.0
// The kernel's C as C++ sees it: the generated services, and the objects that the shims work on.
#ifndef PIPCORE_ARCH_HOST_KERNEL_H_
#define PIPCORE_ARCH_HOST_KERNEL_H_

#include "pip/types.h"
#include "services.h"

extern "C" {
#include "pip/memory.h"
}

#endif  // PIPCORE_ARCH_HOST_KERNEL_H_
