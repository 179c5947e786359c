/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of memory for this partition: the free memory that it was given, page by page.
 *
 * Pip_InitPaging takes the range, Pip_AllocPage a page from it, Pip_FreePage gives one back.  A page is in one of these
 * states: never used, used, or free again; free pages are linked through their first word, so the allocator needs no
 * memory of its own.
 */
#ifndef PIP_PAGING_H_
#define PIP_PAGING_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The bytes of a page, and the bits of an address that name it. */
#define PGSIZE 4096u
#define PGMASK 0xFFFFF000u

/* A range of pages and which of them are free.  Addresses, not pointers: on every target both are the same. */
typedef struct pip_page_pool {
  uint32_t begin;     /* the range, page-aligned */
  uint32_t end;       /* the address after its last byte */
  uint32_t unused;    /* pages from here to the end were never handed out */
  uint32_t free_list; /* the page given back last, or 0 */
  uint32_t available; /* pages that can still be handed out */
} pip_page_pool_t;

/* Whole pages between begin and end; an empty pool when there are none. */
void pip_page_pool_initialise(pip_page_pool_t* pool, uint32_t begin, uint32_t end);

/* The address of a page, or 0 when none is left.  Its content is arbitrary. */
uint32_t pip_page_pool_take(pip_page_pool_t* pool);

/* Gives a page back.  Returns 0, and does nothing, for an address that is not a page that was handed out from this pool
 * or when all of its pages are free already.  The page must be accessible, and must not be used any more. */
int pip_page_pool_give(pip_page_pool_t* pool, uint32_t page);

/* The partition's own pool, used by the functions with the old names. */
pip_page_pool_t* pip_page_pool_of_partition(void);

uint32_t Pip_InitPaging(void* begin, void* end); /* how many pages there are */
void* Pip_AllocPage(void);                       /* NULL when none is left */
void Pip_FreePage(void* page);                   /* gives it back */

#ifdef __cplusplus
}
#endif

#endif /* PIP_PAGING_H_ */
