/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that shims work on, and the machine state beside it.  The architecture defines these objects: on x86
   physical_memory is a linker symbol at the start of a window on all physical memory, on the host an array. */
#ifndef PIP_MEMORY_H
#define PIP_MEMORY_H

#include "pip/layout.h"
#include "pip/types.h"

extern uint32_t physical_memory[PIP_MAXIMUM_FRAMES][PIP_TABLE_SIZE];

/* The user's registers as entry saved them, in the layout of a context. */
extern uint32_t registers[PIP_CONTEXT_WORDS];

/* The page directory that boot used: the kernel's entries in the kernel's slots, 0 in all others. */
extern uint32_t kernel_directory[PIP_TABLE_SIZE];

/* Descriptors of the running partition and of the root partition; frames from frame_count on do not exist. */
extern page_t running_partition;
extern page_t root_partition;
extern uint32_t frame_count;

/*@ predicate is_page(integer p) = 0 <= p < PIP_MAXIMUM_FRAMES;
    predicate is_index(integer i) = 0 <= i < PIP_TABLE_SIZE;
    predicate is_cell(integer p, integer i) = is_page(p) && is_index(i);
    predicate only_cell_changes{L1, L2}(integer p, integer i) =
      \forall integer q, j; is_cell(q, j) && !(q == p && j == i) ==>
        \at(physical_memory[q][j], L1) == \at(physical_memory[q][j], L2);
    predicate only_page_changes{L1, L2}(integer p) =
      \forall integer q, j; is_cell(q, j) && q != p ==>
        \at(physical_memory[q][j], L1) == \at(physical_memory[q][j], L2);
*/

/* The words of a page.  The builtin repeats what is so, that pages are aligned; with it GCC adds the offset of the page
   and that of the word in one addressing mode. */
/*@ requires is_page(p); assigns \nothing; ensures words: \result == &physical_memory[p][0]; */
static inline uint32_t* page_words(page_t p) {
  return (uint32_t*)__builtin_assume_aligned(&physical_memory[p][0], PIP_PAGE_BYTES);
}

#endif
