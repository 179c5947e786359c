/* SPDX-License-Identifier: Apache-2.0 */
/* Links from interior tables to the tables below: on x86 they are entries like those of leaf tables.  With two
   levels, interior tables are root tables. */
#ifndef PIP_LINKS_H
#define PIP_LINKS_H

#include "pip/tables.h"

/*@ requires is_page(p) && PIP_IS_USER_PAGE(v) && l == PIP_TOP_LEVEL; assigns \nothing;
    ensures word: \result == physical_memory[p][v >> 10]; */
static inline entry_t read_link(page_t p, vaddr_t v, level_t l) {
  (void)l;
  return page_words(p)[v >> 10];
}
/*@ requires is_page(p) && PIP_IS_USER_PAGE(v) && l == PIP_TOP_LEVEL; assigns physical_memory[p][v >> 10];
    ensures word: physical_memory[p][v >> 10] == e;
    ensures frame: only_cell_changes{Pre, Post}(p, v >> 10); */
static inline void write_link(page_t p, vaddr_t v, level_t l, entry_t e) {
  (void)l;
  write_entry(p, v >> 10, e);
}

#endif
