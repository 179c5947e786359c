/* SPDX-License-Identifier: Apache-2.0
 *
 * Mapping a page in a child together with all tables that it takes.  The tables' pages come from Pip_AllocPage.
 */
#ifndef PIP_WRAPPERS_H_
#define PIP_WRAPPERS_H_

#include <stdint.h>

#include "pip/paging.h"
#include "pip/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the functions below return. */
#define SUCCESS 0
#define FAIL_ALLOC_PAGE 1
#define FAIL_PREPARE 2
#define FAIL_ADD_VADDR 3

/* Maps the caller's page `source` in `child` at `destination`, readable, writable and executable. */
uint32_t Pip_MapPageWrapper(uint32_t source, uint32_t child, uint32_t destination);

/* The same with rights: PIP_READ, PIP_WRITE, PIP_EXECUTE or-ed together. */
uint32_t Pip_MapPageWrapperFlags(uint32_t source, uint32_t child, uint32_t destination, uint32_t flags);

/* Gives the child the tables that `va` lacks, with pages from `pool`.  When it is refused, the pages are back in the
 * pool.  The number of pages that the child keeps is stored in `*pages` unless that is NULL. */
pip_status_t pip_prepare_from_pool(pip_page_pool_t* pool, uint32_t child, uint32_t va, uint32_t* pages);

/* pip_prepare_from_pool, then pip_add_vaddr. */
pip_status_t pip_map_page(pip_page_pool_t* pool, uint32_t source, uint32_t child, uint32_t destination,
                          uint32_t rights);

/* Takes the empty tables for `va` back and returns their pages to the pool; the number of them in `*pages` unless that
 * is NULL. */
pip_status_t pip_collect_to_pool(pip_page_pool_t* pool, uint32_t child, uint32_t va, uint32_t* pages);

#ifdef __cplusplus
}
#endif

#endif /* PIP_WRAPPERS_H_ */
