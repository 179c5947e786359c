// SPDX-License-Identifier: Apache-2.0
//
// The serial port: UART0, an ARM PL011 (ARM DDI 0183), on pins 14 and 15 of the header.
#ifndef PIPCORE_ARCH_ARMV7_SERIAL_H_
#define PIPCORE_ARCH_ARMV7_SERIAL_H_

namespace pip::armv7 {

// 115200 baud, 8 bits, no parity, with the 48 MHz clock that the firmware gives (config.txt: init_uart_clock).
void InitializeSerial();
void PutSerial(char character);
// Waits until all has left.
void DrainSerial();

}  // namespace pip::armv7

#endif  // PIPCORE_ARCH_ARMV7_SERIAL_H_
