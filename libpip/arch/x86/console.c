/* SPDX-License-Identifier: Apache-2.0
 *
 * The serial port COM1, a 16550 (registers: National Semiconductor PC16550D data sheet, section 8).  The kernel has set
 * its speed at boot.
 */
#include <stdint.h>

#include "pip/api.h"

enum {
  kCom1 = 0x3F8,
  kLineStatus = kCom1 + 5,
  kTransmitterEmpty = 0x20, /* the transmitter holding register takes a character */
  kPatience = 100000,       /* polls until the port is given up: 115 characters' time on the slowest machine */
};

void Pip_Debug_Putc(char character) {
  for (uint32_t poll = 0; poll < kPatience; ++poll) {
    const uint8_t status = Pip_Inb(kLineStatus);
    if ((status & kTransmitterEmpty) != 0) {
      Pip_Outb(kCom1, (uint8_t)character);
      return;
    }
    if (status == 0) {
      return; /* ports of a partition that is not the root read 0; a real port that is busy holds 1 to 0x5F besides */
    }
  }
}
