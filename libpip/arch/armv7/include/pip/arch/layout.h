/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a partition finds things in its address space on ARMv7 (docs/abi.md).  Usable from C and from assembly.
 */
#ifndef PIP_ARCH_LAYOUT_H_
#define PIP_ARCH_LAYOUT_H_

/* The VIDT; the page in which the stack begins; the boot information (pip/fpinfo.h). */
#define PIP_VIDT_ADDRESS 0x3FFFF000
#define PIP_STACK_PAGE_ADDRESS 0x3FFFD000
#define PIP_BOOT_INFORMATION_ADDRESS 0x3FFFE000
/* The context in which a partition starts lies at the end of its stack page; the stack grows down from it. */
#define PIP_INITIAL_CONTEXT_ADDRESS 0x3FFFDFB4
/* Where the image of a partition is, which begins with its first instruction. */
#define PIP_IMAGE_ADDRESS 0x700000

/* How far below a stack's end, which is a multiple of 16, the stack pointer of a function is that has just been called:
 * at a multiple of 8 (Procedure Call Standard for the ARM Architecture, section 5.2.1.2). */
#define PIP_CALLED_STACK_OFFSET 0

/* User addresses: the first GiB; the root partition has its devices in the last 16 MiB of it. */
#define PIP_USER_BEGIN 0x1000
#define PIP_USER_END 0x3F000000

/* Devices of the root partition: the peripherals at their physical addresses, and the processors' own (BCM2836). */
#define PIP_PERIPHERALS_ADDRESS 0x3F000000
#define PIP_LOCAL_PERIPHERALS_ADDRESS 0x3F400000

/* What an executable for this machine says in its ELF header: EM_ARM. */
#define PIP_ELF_MACHINE 40

#endif /* PIP_ARCH_LAYOUT_H_ */
