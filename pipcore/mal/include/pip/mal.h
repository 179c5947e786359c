/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that generated services may call: one C function, or constant, per definition of
   pipcore/model/Primitives.v, of the same name. */
#ifndef PIP_MAL_H
#define PIP_MAL_H

#include "pip/links.h"
#include "pip/machine.h"
#include "pip/tables.h"
#include "pip/user_memory.h"

/*@ assigns \nothing; ensures running: \result == running_partition; */
static inline page_t current_partition(void) { return running_partition; }

/* Makes p the running partition.  Its MMU root, loaded into the processor, flushes the translation buffer. */
/*@ requires is_page(p); assigns running_partition, loaded_mmu_root;
    ensures running: running_partition == p;
    ensures loaded: loaded_mmu_root == physical_memory[p][PIP_DESCRIPTOR_MMU]; */
static inline void switch_to(page_t p) {
  running_partition = p;
  load_mmu_root(physical_memory[p][PIP_DESCRIPTOR_MMU]);
}

#endif
