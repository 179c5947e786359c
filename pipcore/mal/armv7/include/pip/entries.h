/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of MMU tables on ARMv7-A, and the pages that user mode may have. */
#ifndef PIP_ENTRIES_H
#define PIP_ENTRIES_H

#include "pip/memory.h"

/*@ assigns \nothing; ensures user: (\result != 0) <==> PIP_IS_USER_PAGE(v); */
static inline bool user_page(vaddr_t v) { return PIP_LIKELY(v < PIP_USER_PAGES); }

/* The absent entry is neither writable nor executable. */
/*@ assigns \nothing;
    ensures writable: (\result != 0) <==> (e & PIP_ENTRY_PRESENT) != 0 && (e & PIP_ENTRY_READ_ONLY) == 0; */
static inline bool is_writable(entry_t e) {
  return PIP_LIKELY((e & PIP_ENTRY_PRESENT) != 0U && (e & PIP_ENTRY_READ_ONLY) == 0U);
}
/*@ assigns \nothing;
    ensures executable: (\result != 0) <==> (e & PIP_ENTRY_PRESENT) != 0 && (e & PIP_ENTRY_NEVER_EXECUTE) == 0; */
static inline bool is_executable(entry_t e) {
  return (e & PIP_ENTRY_PRESENT) != 0U && (e & PIP_ENTRY_NEVER_EXECUTE) == 0U;
}

/*@ requires p < 0x100000; assigns \nothing;
    ensures entry: \result == p * 4096 + (p < PIP_FIRST_DEVICE_FRAME ? PIP_ENTRY_MEMORY : PIP_ENTRY_DEVICE) +
              PIP_ENTRY_USER + (w ? 0 : PIP_ENTRY_READ_ONLY) + (x ? 0 : PIP_ENTRY_NEVER_EXECUTE); */
static inline entry_t user_entry(page_t p, bool w, bool x) {
  entry_t e = p * PIP_PAGE_BYTES + (PIP_ENTRY_MEMORY + PIP_ENTRY_USER);
  if (p >= PIP_FIRST_DEVICE_FRAME) {
    e = p * PIP_PAGE_BYTES + (PIP_ENTRY_DEVICE + PIP_ENTRY_USER);
  }
  if (!w) {
    e = e + PIP_ENTRY_READ_ONLY;
  }
  if (!x) {
    e = e + PIP_ENTRY_NEVER_EXECUTE;
  }
  return e;
}
/* A link as an entry; what stands in the table is another word (pip/links.h). */
/*@ requires p < 0x100000; assigns \nothing;
    ensures entry: \result == p * 4096 + PIP_ENTRY_PRESENT + PIP_ENTRY_USER; */
static inline entry_t link_entry(page_t p) { return p * PIP_PAGE_BYTES + (PIP_ENTRY_PRESENT + PIP_ENTRY_USER); }

#endif
