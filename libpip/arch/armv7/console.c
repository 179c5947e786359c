/* SPDX-License-Identifier: Apache-2.0
 *
 * The serial port, through the kernel.
 */
#include <stdint.h>

#include "pip/api.h"

void Pip_Debug_Putc(char character) { (void)pip_debug_putc((uint8_t)character); }
