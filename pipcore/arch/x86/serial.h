// SPDX-License-Identifier: Apache-2.0
//
// The first serial port, polled: what the kernel has to say, and characters of partitions that debug.
#ifndef PIPCORE_ARCH_X86_SERIAL_H_
#define PIPCORE_ARCH_X86_SERIAL_H_

namespace pip::x86 {

// 115200 baud, 8 data bits, no parity, 1 stop bit, no interrupts.
void InitializeSerial();
// Waits for the port at most some milliseconds: a port that is not there is silent, not a hang.
void PutSerial(char character);
// Returns when the last character has left, or is not going to.
void DrainSerial();

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_SERIAL_H_
