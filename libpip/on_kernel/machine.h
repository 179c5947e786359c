/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts of the architecture, for C and C++: the same names in each of these headers.
 */
#ifndef LIBPIP_ON_KERNEL_MACHINE_H_
#define LIBPIP_ON_KERNEL_MACHINE_H_

#if defined(__arm__)
#include "libpip/on_kernel/machine_armv7.h"
#else
#include "libpip/on_kernel/machine_x86.h"
#endif

#endif /* LIBPIP_ON_KERNEL_MACHINE_H_ */
