/* SPDX-License-Identifier: Apache-2.0 */
/* What the shims ask of the machine, for the host's simulation; simulated_machine.cc provides them. */
#ifndef PIP_MACHINE_H
#define PIP_MACHINE_H

#include "pip/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Translation now goes through the root table at this byte address; the translation buffer forgets all it knows. */
void load_mmu_root(uint32_t address);

/* The translation buffer forgets what it knows of one page. */
void invalidate(vaddr_t v);

/* An entry, or a whole table, was written.  The simulation has no caches, but remembers that it was told. */
void entry_written(page_t p, index_t i, entry_t e);
void table_written(page_t p);

/* The services came where a proof says that nobody comes: ends the program. */
void unreachable(void);

#ifdef __cplusplus
}
#endif

#endif
