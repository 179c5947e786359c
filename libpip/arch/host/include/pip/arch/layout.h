/* SPDX-License-Identifier: Apache-2.0
 *
 * The tests on the host build children for x86.
 */
#include "libpip/arch/x86/include/pip/arch/layout.h"
