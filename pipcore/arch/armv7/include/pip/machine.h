/* SPDX-License-Identifier: Apache-2.0 */
/* The primitives of pipcore/mal that are processor instructions, for ARMv7-A.  Sections are those of the ARM
   Architecture Reference Manual, ARMv7-A and ARMv7-R edition (ARM DDI 0406C).

   Order: a write to a table is done when a DSB after it is; a TLB operation is done when a DSB after it is, and binds
   instructions after a context synchronization (B3.10.1, A3.8.3).  Every way out of the kernel is a DSB and an
   exception return, which synchronizes the context (A3.8.3), so only what comes before needs barriers here. */
#ifndef PIP_MACHINE_H
#define PIP_MACHINE_H

#include "pip/memory.h"

/* TTBR0: walks read the tables through the caches, write-back and write-allocate (B4.1.154). */
#define PIP_TTBR_CACHED 0x48U

/* The processor translates user space with the root table at this physical address.  All partitions have the address
   space identifier 0, so what the translation buffer holds of the old one goes: all that is not global, that is, user
   space.  The tables of the new one were written before the kernel was last left.  Between the two writes no access to
   user space is made, and what walks in advance may have read of either table is forgotten (B3.10.4).  Branch
   predictors know addresses of the old space (B2.2.3).  The one register that user mode may write without owning it,
   TPIDRURW, starts at 0 (B4.1.151). */
static inline void load_mmu_root(uint32_t address) {
  /* volatile and "memory": accesses before and after must stay on their side of the change of address space. */
  __asm__ volatile(
      "mcr p15, 0, %0, c2, c0, 0\n\t" /* TTBR0 */
      "isb\n\t"
      "mcr p15, 0, %1, c8, c7, 2\n\t" /* TLBIASID */
      "mcr p15, 0, %1, c7, c5, 6\n\t" /* BPIALL */
      "mcr p15, 0, %1, c13, c0, 2"    /* TPIDRURW */
      :
      : "r"(address | PIP_TTBR_CACHED), "r"(0)
      : "memory");
}

/* The translation buffer forgets virtual page v (TLBIMVA with address space identifier 0, B4.2.2).  The new entry is in
   memory before. */
static inline void invalidate(vaddr_t v) {
  __asm__ volatile(
      "dsb\n\t"
      "mcr p15, 0, %0, c8, c7, 1\n\t" /* TLBIMVA */
      "mcr p15, 0, %1, c7, c5, 6"     /* BPIALL */
      :
      : "r"(v * PIP_PAGE_BYTES), "r"(0)
      : "memory");
}

/* The line of the data cache with this word is in memory where walks and instruction fetches look: DCCMVAU (B2.2.6).
   Processors with the multiprocessing extensions walk through the data cache and would not need it (B3.10.1). */
static inline void clean_line(const uint32_t* word) {
  __asm__ volatile("mcr p15, 0, %0, c7, c11, 1" : : "r"(word) : "memory");
}

/* Bytes of the smallest line of a data cache: CTR.DminLine (B4.1.42). */
static inline uint32_t cache_line_bytes(void) {
  uint32_t type;
  __asm__("mrc p15, 0, %0, c0, c0, 1" : "=r"(type));
  return 4U << ((type >> 16) & 0xFU);
}

static inline void clean_page(page_t p) {
  const uint32_t step = cache_line_bytes() / 4U;
  const uint32_t* const words = page_words(p);
  for (uint32_t i = 0U; i < PIP_TABLE_SIZE; i = i + step) {
    clean_line(&words[i]);
  }
}

/* What stands in the page can be executed: written back, and forgotten by instruction cache and branch predictors
   (B2.2.5, synchronization of instruction and data caches). */
static inline void instructions_written(page_t p) {
  clean_page(p);
  __asm__ volatile(
      "dsb\n\t"
      "mcr p15, 0, %0, c7, c5, 0\n\t" /* ICIALLU */
      "mcr p15, 0, %0, c7, c5, 6"     /* BPIALL */
      :
      : "r"(0)
      : "memory");
}

/* An entry was written.  Where it lets user mode execute a page, what was written to the page becomes instructions. */
static inline void entry_written(page_t p, index_t i, entry_t e) {
  clean_line(&page_words(p)[i]);
  if ((e & (PIP_ENTRY_PRESENT | PIP_ENTRY_USER | PIP_ENTRY_NEVER_EXECUTE)) == (PIP_ENTRY_PRESENT | PIP_ENTRY_USER)) {
    instructions_written(e >> 12);
  }
}
static inline void table_written(page_t p) { clean_page(p); }

/* The words of a context, five at a time: more would cost the registers of the caller more than they save. */
static inline void copy_context(uint32_t* to, const uint32_t* from) {
  uint32_t* t = to;
  const uint32_t* f = from;
  __asm__(
      "ldm %1!, {r0, r1, r2, r3, r4}\n\t"
      "stm %0!, {r0, r1, r2, r3, r4}\n\t"
      "ldm %1!, {r0, r1, r2, r3, r4}\n\t"
      "stm %0!, {r0, r1, r2, r3, r4}\n\t"
      "ldm %1!, {r0, r1, r2, r3, r4}\n\t"
      "stm %0!, {r0, r1, r2, r3, r4}\n\t"
      "ldm %1, {r0, r1, r2, r3}\n\t"
      "stm %0, {r0, r1, r2, r3}\n\t"
      : "+r"(t), "+r"(f), "=m"(*(uint32_t(*)[PIP_CONTEXT_WORDS])to)
      : "m"(*(const uint32_t(*)[PIP_CONTEXT_WORDS])from)
      : "r0", "r1", "r2", "r3", "r4");
}

/* Stops the machine with last words: the proof excludes that a service comes here. */
void unreachable(void);

#endif
