/* SPDX-License-Identifier: Apache-2.0 */
/* The processor as the proof of the shims sees it: stands in for pip/machine.h of x86, whose functions are single
   instructions.  What these contracts say is assumed, not proved; README.md lists it. */
#ifndef PIP_MACHINE_H
#define PIP_MACHINE_H

#include "pip/layout.h"
#include "pip/types.h"

/* Where the processor reads its root table, and the page that it forgot last. */
extern uint32_t loaded_mmu_root;
extern vaddr_t invalidated_page;

/*@ assigns loaded_mmu_root; ensures loaded: loaded_mmu_root == address; */
void load_mmu_root(uint32_t address);

/*@ assigns invalidated_page; ensures forgotten: invalidated_page == v; */
void invalidate(vaddr_t v);

/* Caches follow what is written; words stay as they are. */
/*@ assigns \nothing; */
void entry_written(page_t p, index_t i, entry_t e);
/*@ assigns \nothing; */
void table_written(page_t p);

/* The words of a context. */
/*@ requires \valid(to + (0 .. PIP_CONTEXT_WORDS - 1)) && \valid_read(from + (0 .. PIP_CONTEXT_WORDS - 1));
    requires \separated(to + (0 .. PIP_CONTEXT_WORDS - 1), from + (0 .. PIP_CONTEXT_WORDS - 1));
    assigns to[0 .. PIP_CONTEXT_WORDS - 1] \from from[0 .. PIP_CONTEXT_WORDS - 1];
    ensures copied: \forall integer i; 0 <= i < PIP_CONTEXT_WORDS ==> to[i] == \old(from[i]); */
void copy_context(uint32_t* to, const uint32_t* from);

/* A proof of a caller has to show that it never comes here. */
/*@ requires never: \false; assigns \nothing; */
void unreachable(void);

#endif
