/* SPDX-License-Identifier: Apache-2.0 */
/* What x86 chooses (Intel SDM volume 3A, section 4.3, 32-bit paging); the host's simulation has the same layout.

   MMU entry: frame * 4096 | present | writable | user | executable.  Bits 5 and 6 (accessed, dirty) are the hardware's
   and mean nothing here; bit 9 is one of those that hardware ignores.  Links have the same form. */
#ifndef PIP_MACHINE_LAYOUT_H
#define PIP_MACHINE_LAYOUT_H

#define PIP_ENTRY_PRESENT 1U        /* the page is mapped */
#define PIP_ENTRY_WRITABLE 2U       /* it may be written */
#define PIP_ENTRY_USER 4U           /* user mode may use it */
#define PIP_ENTRY_EXECUTABLE 0x200U /* its code may run: hardware ignores this bit, the services do not */

/* Slots of a top MMU table that belong to the kernel: slot 0 and the window on physical memory. */
#define PIP_FIRST_WINDOW_SLOT 832U
#define PIP_LAST_WINDOW_SLOT 1022U
/* For contracts: whether page v, a number without bound, is one of user space. */
#define PIP_IS_USER_PAGE(v) \
  ((v) < 0x100000 && ((v) >> 10) != 0 && !(PIP_FIRST_WINDOW_SLOT <= ((v) >> 10) <= PIP_LAST_WINDOW_SLOT))

/* The window has 191 slots of 4 MiB. */
#ifndef PIP_MAXIMUM_FRAMES
#define PIP_MAXIMUM_FRAMES 195584U
#endif

/* Frames below are devices and firmware. */
#define PIP_FIRST_ORDINARY_FRAME 0x100U

/* The page 0xFFFFF000 of each partition is its virtual interrupt descriptor table. */
#define PIP_VIDT_PAGE 0xFFFFFU

/* A context has 64 bytes, of which the last 16 are reserved: never loaded, never saved. */
#define PIP_CONTEXT_WORDS 12U
#define PIP_CONTEXT_BYTES 64U
/* Which of its words are the interrupt state and the mark of a saved context. */
#define PIP_CONTEXT_FLAGS 1U
#define PIP_CONTEXT_VALID 11U

#endif
