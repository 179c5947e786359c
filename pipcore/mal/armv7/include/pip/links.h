/* SPDX-License-Identifier: Apache-2.0 */
/* Links from a root table to the leaf tables below (ARM DDI 0406C, section B3.5.1): four first-level entries, for four
   MiB, lead to the four second-level tables that make a leaf table.  Interior shadow tables have the same form. */
#ifndef PIP_LINKS_H
#define PIP_LINKS_H

#include "pip/tables.h"

/* Where the first of the four entries for page v stands. */
#define PIP_LINK_PLACE(v) (((v) >> 8) & 0x3FCU)

/* The word in the table, as an entry. */
/*@ assigns \nothing;
    ensures none: (w & PIP_LINK_PRESENT) == 0 ==> \result == (w >> 12) * 4096;
    ensures link: (w & PIP_LINK_PRESENT) != 0 ==>
              \result == (w >> 12) * 4096 + PIP_ENTRY_PRESENT + PIP_ENTRY_USER; */
static inline entry_t entry_of_link(uint32_t w) {
  return frame_of(w) * PIP_PAGE_BYTES + (w & PIP_LINK_PRESENT) * (PIP_ENTRY_PRESENT + PIP_ENTRY_USER);
}

/*@ requires is_page(p) && PIP_IS_USER_PAGE(v) && l == PIP_TOP_LEVEL; assigns \nothing;
    ensures none: (physical_memory[p][PIP_LINK_PLACE(v)] & PIP_LINK_PRESENT) == 0 ==>
              \result == (physical_memory[p][PIP_LINK_PLACE(v)] >> 12) * 4096;
    ensures link: (physical_memory[p][PIP_LINK_PLACE(v)] & PIP_LINK_PRESENT) != 0 ==> \result ==
              (physical_memory[p][PIP_LINK_PLACE(v)] >> 12) * 4096 + PIP_ENTRY_PRESENT + PIP_ENTRY_USER; */
static inline entry_t read_link(page_t p, vaddr_t v, level_t l) {
  (void)l;
  return entry_of_link(page_words(p)[PIP_LINK_PLACE(v)]);
}

/*@ requires is_page(p) && PIP_IS_USER_PAGE(v) && l == PIP_TOP_LEVEL;
    assigns physical_memory[p][PIP_LINK_PLACE(v) .. PIP_LINK_PLACE(v) + PIP_LINKS - 1];
    ensures none: (e & PIP_ENTRY_PRESENT) == 0 ==> \forall integer k; 0 <= k < PIP_LINKS ==>
              physical_memory[p][PIP_LINK_PLACE(v) + k] == 0;
    ensures links: (e & PIP_ENTRY_PRESENT) != 0 ==> \forall integer k; 0 <= k < PIP_LINKS ==>
              physical_memory[p][PIP_LINK_PLACE(v) + k] ==
                (e >> 12) * 4096 + k * PIP_LINK_TABLE_BYTES + PIP_LINK_PRESENT; */
static inline void write_link(page_t p, vaddr_t v, level_t l, entry_t e) {
  (void)l;
  const index_t first = PIP_LINK_PLACE(v);
  uint32_t w = 0U;
  uint32_t step = 0U;
  if (is_present(e)) {
    w = frame_of(e) * PIP_PAGE_BYTES + PIP_LINK_PRESENT;
    step = PIP_LINK_TABLE_BYTES;
  }
  page_words(p)[first] = w;
  page_words(p)[first + 1U] = w + step;
  page_words(p)[first + 2U] = w + 2U * step;
  page_words(p)[first + 3U] = w + 3U * step;
  /* Sixteen bytes at a multiple of sixteen: one line of the data cache. */
  entry_written(p, first, no_entry);
}

#endif
