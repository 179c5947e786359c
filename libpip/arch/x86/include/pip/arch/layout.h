/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a partition finds things in its address space on x86 (docs/abi.md).  Usable from C and from assembly.
 */
#ifndef PIP_ARCH_LAYOUT_H_
#define PIP_ARCH_LAYOUT_H_

/* The VIDT; the page in which the stack begins; the boot information (pip/fpinfo.h). */
#define PIP_VIDT_ADDRESS 0xFFFFF000
#define PIP_STACK_PAGE_ADDRESS 0xFFFFE000
#define PIP_BOOT_INFORMATION_ADDRESS 0xFFFFC000
/* The context in which a partition starts lies at the end of its stack page; the stack grows down from it. */
#define PIP_INITIAL_CONTEXT_ADDRESS 0xFFFFEFC0
/* Where the image of a partition is, which begins with its first instruction. */
#define PIP_IMAGE_ADDRESS 0x700000

/* How far below a stack's end, which is a multiple of 16, the stack pointer of a function is that has just been called:
 * the return address is there (System V ABI for i386, section 2.2.2). */
#define PIP_CALLED_STACK_OFFSET 4

/* User addresses: the first 4 MiB and the window from 0xD0000000 on belong to the kernel, but not the last 4 MiB. */
#define PIP_USER_BEGIN 0x400000
#define PIP_USER_END 0xD0000000

/* What an executable for this machine says in its ELF header: EM_386. */
#define PIP_ELF_MACHINE 3

#endif /* PIP_ARCH_LAYOUT_H_ */
