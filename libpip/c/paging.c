/* SPDX-License-Identifier: Apache-2.0
 *
 * The page allocator (pip/paging.h): a boundary that moves up through the range, and a list of pages given back.
 */
#include "pip/paging.h"

#include <stddef.h>

/* The first word of a free page: the next free page, or 0.  Turning the address into a pointer is right because the
 * caller promised that the page is its own, mapped, and used by nobody else. */
static uint32_t* link_of(uint32_t page) { return (uint32_t*)(uintptr_t)page; }

void pip_page_pool_initialise(pip_page_pool_t* pool, uint32_t begin, uint32_t end) {
  const uint32_t limit = end & PGMASK;
  uint32_t first = begin & PGMASK;
  if (first != begin) {
    first = limit > first ? first + PGSIZE : limit;
  }
  if (first == 0) {
    first = PGSIZE; /* address 0 means "no page" */
  }
  pool->begin = first;
  pool->end = limit > first ? limit : first;
  pool->unused = first;
  pool->free_list = 0;
  pool->available = (pool->end - first) / PGSIZE;
}

uint32_t pip_page_pool_take(pip_page_pool_t* pool) {
  uint32_t page = pool->free_list;
  if (page != 0) {
    pool->free_list = *link_of(page);
  } else if (pool->unused != pool->end) {
    page = pool->unused;
    pool->unused += PGSIZE;
  } else {
    return 0;
  }
  pool->available -= 1;
  return page;
}

int pip_page_pool_give(pip_page_pool_t* pool, uint32_t page) {
  const uint32_t handed_out = (pool->unused - pool->begin) / PGSIZE;
  const uint32_t never_used = (pool->end - pool->unused) / PGSIZE;
  const uint32_t given_back = pool->available - never_used;
  if ((page & ~PGMASK) != 0 || page < pool->begin || page >= pool->unused || given_back == handed_out) {
    return 0;
  }
  *link_of(page) = pool->free_list;
  pool->free_list = page;
  pool->available += 1;
  return 1;
}

static pip_page_pool_t partition_pool;

pip_page_pool_t* pip_page_pool_of_partition(void) { return &partition_pool; }

uint32_t Pip_InitPaging(void* begin, void* end) {
  pip_page_pool_initialise(&partition_pool, (uint32_t)(uintptr_t)begin, (uint32_t)(uintptr_t)end);
  return partition_pool.available;
}

void* Pip_AllocPage(void) { return (void*)(uintptr_t)pip_page_pool_take(&partition_pool); }

void Pip_FreePage(void* page) { (void)pip_page_pool_give(&partition_pool, (uint32_t)(uintptr_t)page); }
