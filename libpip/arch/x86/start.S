/* SPDX-License-Identifier: Apache-2.0
 *
 * The first instructions of a partition: the image's first byte is its entry (docs/abi.md).  The linker script puts
 * section .start first.  EBX holds the address of the boot information (0 in a child that was given none), ESP a stack.
 */
.section .start, "ax", @progbits
.globl _start
.type _start, @function
_start:
  xorl %ebp, %ebp /* ends a debugger's walk over stack frames */
  movl %ebx, %esi

  /* SYSENTER exists when CPUID.1:EDX.SEP (bit 11) is set, except on the first Pentium Pro, which has the bit but not
   * the instruction: signature below 0x633 (Intel SDM volume 2, SYSENTER). */
  movl $1, %eax
  cpuid
  btl $11, %edx
  jnc 1f
  andl $0x0FFF3FFF, %eax /* without the reserved bits and the processor type */
  cmpl $0x633, %eax
  jb 1f
  movb $1, pip_cpu_has_sysenter
1:
  /* At the call the stack is aligned to 16 bytes, as the System V ABI for i386 asks; the kernel's stack top is. */
  andl $-16, %esp
  subl $12, %esp
  pushl %esi
  call main
  /* main has nowhere to return to: end in a fault, which the parent, or the kernel, reports. */
  ud2
.size _start, . - _start

.bss
.globl pip_cpu_has_sysenter
.type pip_cpu_has_sysenter, @object
.size pip_cpu_has_sysenter, 1
pip_cpu_has_sysenter:
  .zero 1

.section .note.GNU-stack, "", @progbits
