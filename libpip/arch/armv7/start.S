/* SPDX-License-Identifier: Apache-2.0
 *
 * The first instructions of a partition: the image's first byte is its entry (docs/abi.md).  The linker script
 * puts section .start first.  r0 holds the address of the boot information (0 in a child that was given none), sp a
 * stack.
 */
.section .start, "ax", %progbits
.arm
.globl _start
.type _start, %function
_start:
  mov fp, #0 /* ends a debugger's walk over stack frames */
  /* At a call the stack is aligned to 8 bytes (Procedure Call Standard for the ARM Architecture, section 5.2.1.2). */
  bic sp, sp, #7
  bl main
  /* main has nowhere to return to: end in a fault, which the parent, or the kernel, reports. */
  udf #0
.size _start, . - _start

.section .note.GNU-stack, "", %progbits
