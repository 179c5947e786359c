/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that assembly and C++ share: selectors (docs/abi.md), vectors, registers of a context. */
#ifndef PIPCORE_ARCH_X86_LAYOUT_H_
#define PIPCORE_ARCH_X86_LAYOUT_H_

#define PIP_KERNEL_CODE 0x08
#define PIP_KERNEL_DATA 0x10
#define PIP_USER_CODE 0x1B
#define PIP_USER_DATA 0x23
#define PIP_TASK 0x28
#define PIP_FIRST_GATE 0x30
#define PIP_GATE_COUNT 19
/* Tasks for what must not run on the stack where it happens. */
#define PIP_NMI_TASK 0xC8
#define PIP_DOUBLE_FAULT_TASK 0xD0
#define PIP_MACHINE_CHECK_TASK 0xD8

#define PIP_STACK_BYTES 4096

#define PIP_FAULT_VECTORS 32
#define PIP_FIRST_INTERRUPT_VECTOR 32
#define PIP_INTERRUPT_LINES 16
#define PIP_FIRST_SOFTWARE_VECTOR 48
/* Line 7 of either interrupt controller may be spurious, lines from 8 on are the second controller's. */
#define PIP_FIRST_UNUSUAL_LINE 7
#define PIP_MASTER_COMMAND 0x20
#define PIP_END_OF_INTERRUPT 0x20

/* Byte offsets in registers[], which has the layout of a context (docs/abi.md). */
#define PIP_REGISTER_EIP 0
#define PIP_REGISTER_EFLAGS 8
#define PIP_REGISTER_EDI 12
#define PIP_REGISTER_ESI 16
#define PIP_REGISTER_EBP 20
#define PIP_REGISTER_ESP 24
#define PIP_REGISTER_EBX 28
#define PIP_REGISTER_EDX 32
#define PIP_REGISTER_ECX 36
#define PIP_REGISTER_EAX 40
/* Past the last of the registers that PUSHA stores. */
#define PIP_REGISTERS_PUSHA_END 44
#define PIP_REGISTERS_BYTES 48

/* Byte offset of the interrupt state in a descriptor: pip/layout.h, in words. */
#define PIP_DESCRIPTOR_VSTI_BYTES 20

/* EFLAGS (Intel SDM volume 1, section 3.4.3).  User mode may set CF PF AF ZF SF TF DF OF NT AC ID; bit 1 is always 1.
   IOPL, VM, VIF, VIP and RF stay 0; IF is the kernel's decision. */
#define PIP_EFLAGS_FIXED 0x2
#define PIP_EFLAGS_TF 0x100
#define PIP_EFLAGS_IF 0x200
#define PIP_EFLAGS_VM 0x20000
#define PIP_EFLAGS_ID 0x200000
#define PIP_EFLAGS_USER 0x244DD5

#define PIP_FAST_SERVICE_YIELD 10

#endif
