/* SPDX-License-Identifier: Apache-2.0 */
/* The processor as the proof of the shims sees it: stands in for pip/machine.h of x86, whose functions are single
   instructions.  What these contracts say is assumed, not proved; README.md lists it. */
#ifndef PIP_MACHINE_H
#define PIP_MACHINE_H

#include "pip/types.h"

/* Where the processor reads its root table, and the page that it forgot last. */
extern uint32_t loaded_mmu_root;
extern vaddr_t invalidated_page;

/*@ assigns loaded_mmu_root; ensures loaded: loaded_mmu_root == address; */
void load_mmu_root(uint32_t address);

/*@ assigns invalidated_page; ensures forgotten: invalidated_page == v; */
void invalidate(vaddr_t v);

/* A proof of a caller has to show that it never comes here. */
/*@ requires never: \false; assigns \nothing; */
void unreachable(void);

#endif
