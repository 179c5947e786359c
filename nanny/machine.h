// SPDX-License-Identifier: Apache-2.0
//
// Facts of the architecture: the same names in each of these headers.
#ifndef NANNY_MACHINE_H_
#define NANNY_MACHINE_H_

#if defined(__arm__)
#include "nanny/machine_armv7.h"
#else
#include "nanny/machine_x86.h"
#endif

#endif  // NANNY_MACHINE_H_
