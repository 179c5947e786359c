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

/* The bit of a shadow 1 leaf's entry which says that the child's page is a descriptor there. */
#define PIP_GIFT_IS_DESCRIPTOR 1U

/* The bits of an entry or of an address that say which frame or page. */
#define PIP_FRAME_MASK 0xFFFFF000U
/* How many bytes a page and a frame have. */
#define PIP_PAGE_BYTES 4096U
/* How many entries a table of any kind has. */
#define PIP_TABLE_SIZE 1024U
/* The level of a partition's first tables; their leaves are at level 0. */
#define PIP_TOP_LEVEL 1U

/* The words of a descriptor. */
#define PIP_DESCRIPTOR_MMU 0U     /* the top MMU table */
#define PIP_DESCRIPTOR_SHADOW1 1U /* the top table of shadow 1, which pages were given to a child */
#define PIP_DESCRIPTOR_SHADOW2 2U /* the top table of shadow 2, where each page came from */
#define PIP_DESCRIPTOR_LIST 3U    /* the first page of the configuration list */
#define PIP_DESCRIPTOR_PARENT 4U  /* the parent's descriptor */
#define PIP_DESCRIPTOR_VSTI 5U    /* 0 while the partition wants no interrupts */

/* The words of a page of the configuration list. */
#define PIP_LIST_NEXT 0U         /* the next page of the list */
#define PIP_LIST_ORIGIN 1U       /* where the parent mapped this page */
#define PIP_LIST_COUNT 2U        /* how many records are in use */
#define PIP_LIST_FIRST_RECORD 4U /* where the records begin */
#define PIP_RECORD_WORDS 4U      /* how many words a record has */
#define PIP_LIST_CAPACITY 255U   /* how many records a page has room for */
/* Where record j begins. */
#define PIP_RECORD_PLACE(j) (PIP_LIST_FIRST_RECORD + (j)*PIP_RECORD_WORDS)

/* The last address at which a context ends before the address space does. */
#define PIP_LAST_CONTEXT (0xFFFFFFFFU - (PIP_CONTEXT_BYTES - 1U))

/* The outcome that a successful service sees: compilers lay code out for it.  The value is the condition itself. */
#define PIP_LIKELY(condition) __builtin_expect((condition), 1)
/* A function that is hardly ever called: compilers keep it out of line, and out of the way of what is. */
#define PIP_SELDOM __attribute__((cold, noinline))

#endif
