/* SPDX-License-Identifier: Apache-2.0 */
/* Primitives without memory: constants, tests, parts of addresses and of entries.  Each has the name and the meaning of
   the definition in pipcore/model/Primitives.v. */
#ifndef PIP_WORDS_H
#define PIP_WORDS_H

#include "pip/entries.h"

static const page_t no_page = 0U;
static const vaddr_t no_vaddr = 0U;
static const word_t zero = 0U;
static const level_t leaf_level = 0U;
static const level_t one_level = 1U;
static const level_t top_level = PIP_TOP_LEVEL;
static const index_t first_index = 0U;
static const index_t second_index = 1U;
static const index_t end_of_table = PIP_TABLE_SIZE;
static const entry_t no_entry = 0U;
static const gift_t nobody = 0U;
static const vaddr_t vidt = PIP_VIDT_PAGE;
static const index_t vcli_slot = 48U;
static const index_t vsti_slot = 49U;
static const word_t double_fault = 8U;
static const index_t pipflags_register = PIP_CONTEXT_FLAGS;
static const index_t valid_register = PIP_CONTEXT_VALID;
static const word_t valid_mark = 1U;

/* Fuel of loops: interior levels of a tree, entries of a table, leaf tables of a tree, words of a context, frames. */
static const uint32_t interior_levels = 1U;
static const uint32_t table_fuel = PIP_TABLE_SIZE;
static const uint32_t leaf_tables = 1024U;
static const uint32_t context_fuel = PIP_CONTEXT_WORDS;
#define page_fuel frame_count

/*@ assigns \nothing; ensures equal: (\result != 0) <==> a == b; */
static inline bool page_eq(page_t a, page_t b) { return a == b; }
/*@ assigns \nothing; ensures equal: (\result != 0) <==> a == b; */
static inline bool vaddr_eq(vaddr_t a, vaddr_t b) { return a == b; }
/*@ assigns \nothing; ensures equal: (\result != 0) <==> a == b; */
static inline bool index_eq(index_t a, index_t b) { return a == b; }
/*@ assigns \nothing; ensures less: (\result != 0) <==> a < b; */
static inline bool index_lt(index_t a, index_t b) { return a < b; }
/*@ assigns \nothing; ensures equal: (\result != 0) <==> a == b; */
static inline bool level_eq(level_t a, level_t b) { return a == b; }
/*@ assigns \nothing; ensures equal: (\result != 0) <==> a == b; */
static inline bool word_eq(word_t a, word_t b) { return a == b; }
/*@ assigns \nothing; ensures equal: (\result != 0) <==> a == b; */
static inline bool status_eq(pip_status_t a, pip_status_t b) { return a == b; }

/* Addresses. */

/*@ assigns \nothing; ensures aligned: (\result != 0) <==> (a & 0xFFF) == 0; */
static inline bool page_aligned(word_t a) { return PIP_LIKELY((a & 0xFFFU) == 0U); }
/*@ assigns \nothing; ensures number: \result == a >> 12; */
static inline vaddr_t page_number(word_t a) { return a >> 12; }
/*@ requires v < 0x100000; assigns \nothing; ensures address: \result == v * 4096; */
static inline word_t address_of(vaddr_t v) { return v * PIP_PAGE_BYTES; }
/*@ assigns \nothing; ensures offset: \result == (a & 0xFFF); */
static inline offset_t page_offset(word_t a) { return a & 0xFFFU; }
/*@ requires p < 0x100000 && o < 4096; assigns \nothing; ensures address: \result == p * 4096 + o; */
static inline word_t physical_address(page_t p, offset_t o) { return p * PIP_PAGE_BYTES + o; }

/*@ assigns \nothing; ensures user: (\result != 0) <==> (a & 0xFFF) == 0 && PIP_IS_USER_PAGE(a >> 12); */
static inline bool user_address(word_t a) { return page_aligned(a) && user_page(page_number(a)); }
/*@ assigns \nothing; ensures ordinary: (\result != 0) <==> PIP_FIRST_ORDINARY_FRAME <= p < frame_count; */
static inline bool ordinary_memory(page_t p) { return PIP_FIRST_ORDINARY_FRAME <= p && p < frame_count; }

/*@ requires l <= PIP_TOP_LEVEL; assigns \nothing; ensures index: \result == ((v >> (10 * l)) & 0x3FF); */
static inline index_t index_at(vaddr_t v, level_t l) { return (v >> (10U * l)) & 0x3FFU; }
/*@ requires base <= 0xFFC00 && i < PIP_TABLE_SIZE; assigns \nothing; ensures sum: \result == base + i; */
static inline vaddr_t vaddr_at(vaddr_t base, index_t i) { return base + i; }
/*@ requires base <= 0xFFC00; assigns \nothing; ensures sum: \result == ((base + PIP_TABLE_SIZE) & 0xFFFFF); */
static inline vaddr_t next_table(vaddr_t base) { return (base + PIP_TABLE_SIZE) & 0xFFFFFU; }
/*@ requires 0 < l <= PIP_TOP_LEVEL; assigns \nothing; ensures below: \result == l - 1; */
static inline level_t level_below(level_t l) { return l - 1U; }
/*@ requires l < PIP_TOP_LEVEL; assigns \nothing; ensures above: \result == l + 1; */
static inline level_t level_above(level_t l) { return l + 1U; }
/*@ requires i < PIP_TABLE_SIZE; assigns \nothing; ensures next: \result == i + 1; */
static inline index_t next_index(index_t i) { return i + 1U; }
/*@ requires i < PIP_CONTEXT_WORDS; assigns \nothing; ensures next: \result == i + 1; */
static inline index_t next_register(index_t i) { return i + 1U; }
/*@ requires l <= PIP_TOP_LEVEL; assigns \nothing; ensures pages: \result == 3 * l + (more ? 1 : 0); */
static inline word_t pages_needed(level_t l, bool more) {
  if (more) {
    return 3U * l + 1U;
  }
  return 3U * l;
}

/* Entries. */

/*@ assigns \nothing; ensures present: (\result != 0) <==> (e & PIP_ENTRY_PRESENT) != 0; */
static inline bool is_present(entry_t e) { return PIP_LIKELY((e & PIP_ENTRY_PRESENT) != 0U); }
/*@ assigns \nothing; ensures user: (\result != 0) <==> (e & PIP_ENTRY_USER) != 0; */
static inline bool is_user(entry_t e) { return PIP_LIKELY((e & PIP_ENTRY_USER) != 0U); }
/*@ assigns \nothing; ensures frame: \result == e >> 12; */
static inline page_t frame_of(entry_t e) { return e >> 12; }
/*@ assigns \nothing; ensures shown: \result == (e | PIP_ENTRY_USER); */
static inline entry_t shown(entry_t e) { return e | PIP_ENTRY_USER; }
/*@ assigns \nothing; ensures hidden: \result == (e & ~PIP_ENTRY_USER); */
static inline entry_t hidden(entry_t e) { return e & ~PIP_ENTRY_USER; }

/*@ assigns \nothing; ensures child: \result == g >> 12; */
static inline vaddr_t given_to(gift_t g) { return g >> 12; }
/*@ assigns \nothing; ensures descriptor: (\result != 0) <==> (g & PIP_GIFT_IS_DESCRIPTOR) != 0; */
static inline bool is_descriptor(gift_t g) { return (g & PIP_GIFT_IS_DESCRIPTOR) != 0U; }
/*@ requires child < 0x100000; assigns \nothing; ensures gift: \result == child * 4096; */
static inline gift_t gift_of(vaddr_t child) { return child * PIP_PAGE_BYTES; }
/*@ requires child < 0x100000; assigns \nothing; ensures gift: \result == child * 4096 + PIP_GIFT_IS_DESCRIPTOR; */
static inline gift_t descriptor_gift(vaddr_t child) { return child * PIP_PAGE_BYTES + PIP_GIFT_IS_DESCRIPTOR; }

/* Interrupt states, the VIDT, contexts. */

/*@ assigns \nothing; ensures wants: (\result != 0) <==> flags != 0; */
static inline bool wants_interrupts(word_t flags) { return flags != 0U; }
/*@ assigns \nothing; ensures word: \result == (vsti ? 1 : 0); */
static inline word_t flag_word(bool vsti) {
  if (vsti) {
    return 1U;
  }
  return 0U;
}
/*@ assigns \nothing; ensures index: (\result != 0) <==> w < 1023; */
static inline bool is_vidt_index(word_t w) { return PIP_LIKELY(w < 1023U); }
/*@ assigns \nothing; ensures index: \result == (w & 0x3FF); */
static inline index_t vidt_index(word_t w) { return w & 0x3FFU; }
/*@ assigns \nothing; ensures fits: (\result != 0) <==> a + PIP_CONTEXT_BYTES <= 0x100000000; */
static inline bool context_fits(word_t a) { return PIP_LIKELY(a <= PIP_LAST_CONTEXT); }
/*@ assigns \nothing; ensures one: (\result != 0) <==> (a & 0xFFF) + PIP_CONTEXT_BYTES <= 4096; */
static inline bool in_one_page(word_t a) { return PIP_LIKELY(page_offset(a) <= PIP_PAGE_BYTES - PIP_CONTEXT_BYTES); }
/*@ requires a <= PIP_LAST_CONTEXT; assigns \nothing; ensures end: \result == a + PIP_CONTEXT_BYTES - 1; */
static inline word_t context_end(word_t a) { return a + (PIP_CONTEXT_BYTES - 1U); }
/*@ assigns \nothing; ensures plain: (\result != 0) <==> (o & 3) == 0 && o + PIP_CONTEXT_BYTES <= 4096; */
static inline bool is_plain_offset(offset_t o) {
  return PIP_LIKELY((o & 3U) == 0U && o <= PIP_PAGE_BYTES - PIP_CONTEXT_BYTES);
}
/*@ assigns \nothing;
    ensures none: \result.partition == part && \result.first == 0 && \result.second == 0 && \result.offset == 0; */
static inline context_t no_context(page_t part) {
  return (context_t){.partition = part, .first = 0U, .second = 0U, .offset = 0U};
}

#endif
