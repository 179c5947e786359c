/* SPDX-License-Identifier: Apache-2.0 */
/* How the objects of pipcore/model/Machine.v are laid out in words, for machines with two levels of 1024 entries.

   MMU entry:        frame * 4096 | bits of the architecture (pip/machine_layout.h).  The absent entry is the word 0;
                     "user" implies "present", so one bit says whether user mode may use the page.
   Shadow 1 leaf:    child page * 4096 | is-descriptor
   Shadow 2 leaf:    origin page * 4096
   Descriptor:       the six words below, frames * 4096
   Configuration list page: next frame * 4096, origin page * 4096, number of records, 0, then records of four words:
                     frame of the MMU table * 4096, then the three origin pages * 4096

   The tests of bits are macros, not functions: Frama-C's simplifier must see the bit operations. */
#ifndef PIP_LAYOUT_H
#define PIP_LAYOUT_H

#include "pip/machine_layout.h"

#define PIP_GIFT_IS_DESCRIPTOR 1U

#define PIP_FRAME_MASK 0xFFFFF000U
#define PIP_PAGE_BYTES 4096U
#define PIP_TABLE_SIZE 1024U
#define PIP_TOP_LEVEL 1U

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

/* The last address at which a context ends before the address space does. */
#define PIP_LAST_CONTEXT (0xFFFFFFFFU - (PIP_CONTEXT_BYTES - 1U))

/* The outcome that a successful service sees: compilers lay code out for it.  The value is the condition itself. */
#define PIP_LIKELY(condition) __builtin_expect((condition), 1)
/* A function that is hardly ever called: compilers keep it out of line, and out of the way of what is. */
#define PIP_SELDOM __attribute__((cold, noinline))

#endif
