/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables for a child (pip/wrappers.h).  The kernel takes and gives pages as lists: word 0 of each page holds the
 * address of the next, 0 ends the list.
 */
#include "pip/wrappers.h"

#include <stddef.h>

#include "pip/services.h"

/* Word 0 of a page of this partition; see paging.c for why the cast is right. */
static uint32_t* link_of(uint32_t page) { return (uint32_t*)(uintptr_t)page; }

/* Gives a list of pages back to the pool and says how many there were. */
static uint32_t give_list(pip_page_pool_t* pool, uint32_t first) {
  uint32_t count = 0;
  while (first != 0) {
    const uint32_t next = *link_of(first); /* before the pool uses that word itself */
    if (!pip_page_pool_give(pool, first)) {
      break;
    }
    first = next;
    ++count;
  }
  return count;
}

/* A list of `count` pages, or 0 when the pool has too few. */
static uint32_t take_list(pip_page_pool_t* pool, uint32_t count) {
  if (count > pool->available) {
    return 0;
  }
  uint32_t first = 0;
  for (uint32_t taken = 0; taken < count; ++taken) {
    const uint32_t page = pip_page_pool_take(pool);
    *link_of(page) = first;
    first = page;
  }
  return first;
}

pip_status_t pip_prepare_from_pool(pip_page_pool_t* pool, uint32_t child, uint32_t va, uint32_t* pages) {
  if (pages != NULL) {
    *pages = 0;
  }
  const pip_answer_t needed = pip_count_to_map(child, va);
  if (needed.status != PIP_DONE || needed.value == 0) {
    return needed.status;
  }
  const uint32_t first = take_list(pool, needed.value);
  if (first == 0) {
    return PIP_OUT_OF_PAGES;
  }
  const pip_answer_t rest = pip_prepare(child, va, first);
  if (rest.status != PIP_DONE) {
    (void)give_list(pool, first);
    return rest.status;
  }
  const uint32_t left = give_list(pool, rest.value);
  if (pages != NULL) {
    *pages = needed.value - left;
  }
  return PIP_DONE;
}

pip_status_t pip_map_page(pip_page_pool_t* pool, uint32_t source, uint32_t child, uint32_t destination,
                          uint32_t rights) {
  const pip_status_t status = pip_prepare_from_pool(pool, child, destination, NULL);
  return status == PIP_DONE ? pip_add_vaddr(source, child, destination, rights) : status;
}

pip_status_t pip_collect_to_pool(pip_page_pool_t* pool, uint32_t child, uint32_t va, uint32_t* pages) {
  const pip_answer_t first = pip_collect(child, va);
  const uint32_t count = first.status == PIP_DONE ? give_list(pool, first.value) : 0;
  if (pages != NULL) {
    *pages = count;
  }
  return first.status;
}

uint32_t Pip_MapPageWrapperFlags(uint32_t source, uint32_t child, uint32_t destination, uint32_t flags) {
  switch (pip_prepare_from_pool(pip_page_pool_of_partition(), child, destination, NULL)) {
    case PIP_DONE:
      return pip_add_vaddr(source, child, destination, flags) == PIP_DONE ? SUCCESS : FAIL_ADD_VADDR;
    case PIP_OUT_OF_PAGES:
      return FAIL_ALLOC_PAGE;
    default:
      return FAIL_PREPARE;
  }
}

uint32_t Pip_MapPageWrapper(uint32_t source, uint32_t child, uint32_t destination) {
  return Pip_MapPageWrapperFlags(source, child, destination, PIP_READ | PIP_WRITE | PIP_EXECUTE);
}
