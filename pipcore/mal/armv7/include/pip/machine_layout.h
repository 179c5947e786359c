/* SPDX-License-Identifier: Apache-2.0 */
/* What ARMv7-A chooses: short descriptors (ARM DDI 0406C, section B3.5), TTBCR.N = 2, so that user space is the first
   GiB and a first-level table has 1024 entries; the simplified access permissions of SCTLR.AFE = 1 (section B3.7.1).

   MMU entry: a small page.  Bit 0 forbids execution, bit 1 says that there is a page, bits 2, 3, 6 are its memory type,
   bit 4 is the access flag, bit 5 lets user mode in, bit 9 forbids writing, bit 11 ties it to an address space.

   A second-level table has 256 entries in 1 KiB.  Four of them, for four MiB, make a page and are one leaf table of
   1024 entries; in the root table, four entries lead to them (pip/links.h). */
#ifndef PIP_MACHINE_LAYOUT_H
#define PIP_MACHINE_LAYOUT_H

#define PIP_ENTRY_PRESENT 2U
#define PIP_ENTRY_USER 0x20U
#define PIP_ENTRY_READ_ONLY 0x200U
#define PIP_ENTRY_NEVER_EXECUTE 1U
/* Present, accessed, not global; normal memory, write-back, write-allocate; or a device (table B3-10, TEX remap off).
 */
#define PIP_ENTRY_MEMORY 0x85EU
#define PIP_ENTRY_DEVICE 0x816U

/* A first-level entry that leads to a second-level table, in domain 0; where the next of the four begins. */
#define PIP_LINK_PRESENT 1U
#define PIP_LINK_TABLE_BYTES 0x400U
#define PIP_LINKS 4U

/* User space, in pages. */
#define PIP_USER_PAGES 0x40000U
/* For contracts: whether page v, a number without bound, is one of user space. */
#define PIP_IS_USER_PAGE(v) ((v) < PIP_USER_PAGES)

/* Frames from here on are devices: the peripherals of BCM2836, which end with those of its processors. */
#define PIP_FIRST_DEVICE_FRAME 0x3F000U
#ifndef PIP_MAXIMUM_FRAMES
#define PIP_MAXIMUM_FRAMES 0x40100U
#endif

/* Frames below belong to the firmware: the kernel's image is loaded at 0x8000. */
#define PIP_FIRST_ORDINARY_FRAME 8U

/* The page 0x3FFFF000 of each partition is its virtual interrupt descriptor table. */
#define PIP_VIDT_PAGE 0x3FFFFU

/* A context: spsr, sp, lr, r0 to r12, pc, pipflags, valid. */
#define PIP_CONTEXT_WORDS 19U
#define PIP_CONTEXT_BYTES 76U
#define PIP_CONTEXT_FLAGS 17U
#define PIP_CONTEXT_VALID 18U
/* pip/machine.h has copy_context: load and store multiple take a fifth of the instructions. */
#define PIP_COPIES_CONTEXTS

#endif
