/* SPDX-License-Identifier: Apache-2.0 */
/* The primitives of pipcore/mal that are processor instructions, for x86. */
#ifndef PIP_MACHINE_H
#define PIP_MACHINE_H

#include "pip/types.h"

/* The processor translates with the root table at this physical address, and drops what its translation buffer holds of
   pages that are not global: all user pages (Intel SDM volume 3A, section 4.10.4.1). */
static inline void load_mmu_root(uint32_t address) {
  /* volatile and "memory": accesses before and after must stay on their side of the change of address space. */
  __asm__ volatile("movl %0, %%cr3" : : "r"(address) : "memory");
}

/* The translation buffer forgets virtual page v (Intel SDM volume 3A, section 4.10.4.1, INVLPG). */
static inline void invalidate(vaddr_t v) {
  /* volatile and "memory": the entry in the table is written before, and used after.  The operand names an address of
     user space, which C must not see as an object: so it is an integer, and the instruction dereferences it. */
  __asm__ volatile("invlpg (%0)" : : "r"(v * 4096U) : "memory");
}

/* An entry, or a whole table, was written: the processor's walks see it, for they read memory with the type that CR3
   and the entries above choose, here the same as for data, through coherent caches (Intel SDM volume 3A, section 4.9);
   code that was written is fetched anew after the next serializing instruction, such as IRET (section 11.6). */
static inline void entry_written(page_t p, index_t i, entry_t e) {
  (void)p;
  (void)i;
  (void)e;
}
/* The same of a whole table. */
static inline void table_written(page_t p) { (void)p; }

/* Stops the machine with last words: the proof excludes that a service comes here. */
void unreachable(void);

#endif
