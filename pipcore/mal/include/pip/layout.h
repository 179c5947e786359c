/* SPDX-License-Identifier: Apache-2.0 */
/* How the objects of pipcore/model/Machine.v are laid out in words, for machines with two levels of 1024 entries: x86
   (Intel SDM volume 3A, section 4.3, 32-bit paging) and the host's simulation of it.

   MMU entry:        frame * 4096 | present | writable | user | executable.  Bits 5 and 6 (accessed, dirty) are the
                     hardware's and mean nothing here; bit 9 is one of those that hardware ignores.
                     "User" implies "present", so one bit says whether user mode may use the page.
                     The absent entry is the word 0.
   Shadow 1 leaf:    child page * 4096 | is-descriptor
   Shadow 2 leaf:    origin page * 4096
   Descriptor:       the six words below, frames * 4096
   Configuration list page: next frame * 4096, origin page * 4096, number of records, 0, then records of four words:
                     frame of the MMU table * 4096, then the three origin pages * 4096

   The tests of bits are macros, not functions: Frama-C's simplifier must see the bit operations. */
#ifndef PIP_LAYOUT_H
#define PIP_LAYOUT_H

#define PIP_ENTRY_PRESENT 1U
#define PIP_ENTRY_WRITABLE 2U
#define PIP_ENTRY_USER 4U
#define PIP_ENTRY_EXECUTABLE 0x200U

#define PIP_GIFT_IS_DESCRIPTOR 1U

#define PIP_FRAME_MASK 0xFFFFF000U
#define PIP_PAGE_BYTES 4096U
#define PIP_TABLE_SIZE 1024U
#define PIP_TOP_LEVEL 1U

/* Slots of a top MMU table that belong to the kernel: slot 0 and the window on physical memory. */
#define PIP_FIRST_WINDOW_SLOT 832U
#define PIP_LAST_WINDOW_SLOT 1022U

/* Frames below are devices and firmware. */
#define PIP_FIRST_ORDINARY_FRAME 0x100U

/* The page 0xFFFFF000 of each partition is its virtual interrupt descriptor table. */
#define PIP_VIDT_PAGE 0xFFFFFU

#define PIP_DESCRIPTOR_MMU 0U
#define PIP_DESCRIPTOR_SHADOW1 1U
#define PIP_DESCRIPTOR_SHADOW2 2U
#define PIP_DESCRIPTOR_LIST 3U
#define PIP_DESCRIPTOR_PARENT 4U
#define PIP_DESCRIPTOR_VSTI 5U

#define PIP_LIST_NEXT 0U
#define PIP_LIST_ORIGIN 1U
#define PIP_LIST_COUNT 2U
#define PIP_LIST_FIRST_RECORD 4U
#define PIP_RECORD_WORDS 4U
#define PIP_LIST_CAPACITY 255U
/* Where record j begins. */
#define PIP_RECORD_PLACE(j) (PIP_LIST_FIRST_RECORD + (j)*PIP_RECORD_WORDS)

/* A context has 64 bytes, of which the last 16 are reserved: never loaded, never saved. */
#define PIP_CONTEXT_WORDS 12U
#define PIP_CONTEXT_BYTES 64U

#endif
