/* SPDX-License-Identifier: Apache-2.0 */
/* Links from interior tables to the tables below: on x86 they are entries like those of leaf tables.  With two
   levels, interior tables are root tables. */
#ifndef PIP_LINKS_H
#define PIP_LINKS_H

#include "pip/tables.h"

/*@ requires is_page(p) && l == PIP_TOP_LEVEL; assigns \nothing;
    ensures word: \result == physical_memory[p][(v >> 10) & 0x3FF]; */
static inline entry_t read_link(page_t p, vaddr_t v, level_t l) { return read_entry(p, index_at(v, l)); }
/*@ requires is_page(p) && l == PIP_TOP_LEVEL; assigns physical_memory[p][(v >> 10) & 0x3FF];
    ensures word: physical_memory[p][(v >> 10) & 0x3FF] == e;
    ensures frame: only_cell_changes{Pre, Post}(p, (v >> 10) & 0x3FF); */
static inline void write_link(page_t p, vaddr_t v, level_t l, entry_t e) { write_entry(p, index_at(v, l), e); }

#endif
