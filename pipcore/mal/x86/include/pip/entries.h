/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of MMU tables and of interior shadow tables on x86, and the pages that user mode may have. */
#ifndef PIP_ENTRIES_H
#define PIP_ENTRIES_H

#include "pip/memory.h"

/*@ assigns \nothing; ensures user: (\result != 0) <==> PIP_IS_USER_PAGE(v); */
static inline bool user_page(vaddr_t v) {
  const uint32_t slot = v >> 10;
  return PIP_LIKELY(slot - 1U < PIP_FIRST_WINDOW_SLOT - 1U) || slot == PIP_LAST_WINDOW_SLOT + 1U;
}

/* Entries. */

/*@ assigns \nothing; ensures writable: (\result != 0) <==> (e & PIP_ENTRY_WRITABLE) != 0; */
static inline bool is_writable(entry_t e) { return PIP_LIKELY((e & PIP_ENTRY_WRITABLE) != 0U); }
/*@ assigns \nothing; ensures executable: (\result != 0) <==> (e & PIP_ENTRY_EXECUTABLE) != 0; */
static inline bool is_executable(entry_t e) { return (e & PIP_ENTRY_EXECUTABLE) != 0U; }
/*@ requires p < 0x100000; assigns \nothing;
    ensures entry: \result == p * 4096 + (PIP_ENTRY_PRESENT | PIP_ENTRY_USER) + (w ? PIP_ENTRY_WRITABLE : 0) +
              (x ? PIP_ENTRY_EXECUTABLE : 0); */
static inline entry_t user_entry(page_t p, bool w, bool x) {
  entry_t e = p * PIP_PAGE_BYTES + (PIP_ENTRY_PRESENT | PIP_ENTRY_USER);
  /*@ assert bits: (2 | (5 + p * 4096)) == 7 + p * 4096 && (0x200 | (5 + p * 4096)) == 0x205 + p * 4096 &&
        (0x200 | (7 + p * 4096)) == 0x207 + p * 4096; */
  if (w) {
    e = e | PIP_ENTRY_WRITABLE;
  }
  if (x) {
    e = e | PIP_ENTRY_EXECUTABLE;
  }
  return e;
}
/*@ requires p < 0x100000; assigns \nothing;
    ensures entry: \result == p * 4096 + (PIP_ENTRY_PRESENT | PIP_ENTRY_WRITABLE | PIP_ENTRY_USER |
                              PIP_ENTRY_EXECUTABLE); */
static inline entry_t link_entry(page_t p) {
  return p * PIP_PAGE_BYTES + (PIP_ENTRY_PRESENT | PIP_ENTRY_WRITABLE | PIP_ENTRY_USER | PIP_ENTRY_EXECUTABLE);
}

#endif
