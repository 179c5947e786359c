/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that assembly and C++ share: the kernel's addresses, registers of a context, modes. */
#ifndef PIPCORE_ARCH_ARMV7_LAYOUT_H_
#define PIPCORE_ARCH_ARMV7_LAYOUT_H_

/* Where a physical address is in the kernel's view: of its own image, and of all memory and devices. */
#define PIP_IMAGE_OFFSET 0xF0000000
#define PIP_WINDOW 0x80000000

#define PIP_STACK_BYTES 4096

/* Byte offsets in registers[], which has the layout of a context (pip/arch/context.h of libpip). */
#define PIP_REGISTER_SPSR 0
#define PIP_REGISTER_SP 4
#define PIP_REGISTER_R0 12
#define PIP_REGISTER_R1 16
#define PIP_REGISTER_PC 64
/* The two variables behind it, at a multiple of 8. */
#define PIP_RUNNING_PARTITION 80

/* Byte offset of the interrupt state in a descriptor: pip/layout.h, in words. */
#define PIP_DESCRIPTOR_VSTI_BYTES 20

/* CPSR (ARM DDI 0406C, section B1.3.3). */
#define PIP_MODE_USER 0x10
#define PIP_MODE_FIQ 0x11
#define PIP_MODE_IRQ 0x12
#define PIP_MODE_SUPERVISOR 0x13
#define PIP_MODE_ABORT 0x17
#define PIP_MODE_HYPERVISOR 0x1A
#define PIP_MODE_UNDEFINED 0x1B
#define PIP_MODE_MASK 0x1F
#define PIP_PSR_THUMB 0x20
#define PIP_PSR_JAZELLE 0x1000000
#define PIP_PSR_FIQ_MASKED 0x40
#define PIP_PSR_IRQ_MASKED 0x80
/* What a partition may choose: conditions, Q, GE, E, T, and IT, which means something only in Thumb state. */
#define PIP_PSR_USER 0xFE0FFE20
#define PIP_PSR_IF_THEN 0x0600FC00

/* Faults (docs/abi.md, "VIDT, interrupts, faults"; their numbers are ARMv7's). */
#define PIP_FAULT_UNDEFINED 0
#define PIP_FAULT_PREFETCH_ABORT 1
#define PIP_FAULT_DATA_ABORT 2

/* svc #n is service n with the old results; with this bit set, the status comes in r0 and the value in r1. */
#define PIP_SVC_WITH_STATUS 0x80
#define PIP_SVC_YIELD 10

#endif
