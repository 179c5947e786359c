/* SPDX-License-Identifier: Apache-2.0
 *
 * On the host a context has the layout of x86: the tests of libpip read back what it writes for a child.
 */
#include "libpip/arch/x86/include/pip/arch/context.h"
