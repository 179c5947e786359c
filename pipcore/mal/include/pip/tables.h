/* SPDX-License-Identifier: Apache-2.0 */
/* Primitives on tables, descriptors and configuration lists: one word, or one page, of physical_memory each.  A proof
   excludes calls outside the ranges that the contracts require. */
#ifndef PIP_TABLES_H
#define PIP_TABLES_H

#include "pip/machine.h"
#include "pip/words.h"

/*@ requires is_cell(p, i); assigns \nothing; ensures word: \result == physical_memory[p][i]; */
static inline entry_t read_entry(page_t p, index_t i) { return page_words(p)[i]; }
/*@ requires is_cell(p, i); assigns physical_memory[p][i];
    ensures word: physical_memory[p][i] == e;
    ensures frame: only_cell_changes{Pre, Post}(p, i); */
static inline void write_entry(page_t p, index_t i, entry_t e) {
  page_words(p)[i] = e;
  entry_written(p, i, e);
}

/*@ requires is_cell(p, i); assigns \nothing; ensures word: \result == physical_memory[p][i]; */
static inline gift_t read_gift(page_t p, index_t i) { return page_words(p)[i]; }
/*@ requires is_cell(p, i); assigns physical_memory[p][i];
    ensures word: physical_memory[p][i] == g;
    ensures frame: only_cell_changes{Pre, Post}(p, i); */
static inline void write_gift(page_t p, index_t i, gift_t g) { page_words(p)[i] = g; }

/*@ requires is_cell(p, i); assigns \nothing; ensures page: \result == physical_memory[p][i] >> 12; */
static inline vaddr_t read_origin(page_t p, index_t i) { return page_words(p)[i] >> 12; }
/*@ requires is_cell(p, i) && v < 0x100000; assigns physical_memory[p][i];
    ensures word: physical_memory[p][i] == v * 4096;
    ensures frame: only_cell_changes{Pre, Post}(p, i); */
static inline void write_origin(page_t p, index_t i, vaddr_t v) { page_words(p)[i] = v * PIP_PAGE_BYTES; }

/* One pass without a branch per entry: the present bit of the disjunction of all entries. */
/*@ requires is_page(p); assigns \nothing;
    ensures empty: (\result != 0) <==>
              \forall integer i; is_index(i) ==> (physical_memory[p][i] & PIP_ENTRY_PRESENT) == 0; */
static inline bool is_empty_table(page_t p) {
  const uint32_t* const words = page_words(p);
  uint32_t all = 0U;
#pragma GCC unroll 8
  /*@ loop invariant range: 0 <= i <= PIP_TABLE_SIZE;
      loop invariant seen: (all & PIP_ENTRY_PRESENT) == 0 <==>
        \forall integer j; 0 <= j < i ==> (physical_memory[p][j] & PIP_ENTRY_PRESENT) == 0;
      loop assigns i, all;
      loop variant PIP_TABLE_SIZE - i; */
  for (index_t i = 0U; i < PIP_TABLE_SIZE; i = i + 1U) {
    all = all | words[i];
  }
  return (all & PIP_ENTRY_PRESENT) == 0U;
}

/* The first entry from position i on that is given to a child, or the end of the table. */
/*@ requires is_page(p) && i <= PIP_TABLE_SIZE; assigns \nothing;
    ensures range: i <= \result <= PIP_TABLE_SIZE;
    ensures found: \result < PIP_TABLE_SIZE ==> physical_memory[p][\result] >> 12 == child;
    ensures first: \forall integer j; i <= j < \result ==> physical_memory[p][j] >> 12 != child; */
static inline index_t next_gift(page_t p, index_t i, vaddr_t child) {
  const uint32_t* const words = page_words(p);
  index_t j = i;
  /*@ loop invariant range: i <= j <= PIP_TABLE_SIZE;
      loop invariant none: \forall integer k; i <= k < j ==> physical_memory[p][k] >> 12 != child;
      loop assigns j;
      loop variant PIP_TABLE_SIZE - j; */
  while (j < PIP_TABLE_SIZE && words[j] >> 12 != child) {
    j = j + 1U;
  }
  return j;
}

/* Descriptors. */

/*@ requires is_page(p); assigns \nothing;
    ensures frame: \result == physical_memory[p][PIP_DESCRIPTOR_MMU] >> 12; */
static inline page_t mmu_root(page_t p) { return physical_memory[p][PIP_DESCRIPTOR_MMU] >> 12; }
/*@ requires is_page(p); assigns \nothing;
    ensures frame: \result == physical_memory[p][PIP_DESCRIPTOR_SHADOW1] >> 12; */
static inline page_t shadow1_root(page_t p) { return physical_memory[p][PIP_DESCRIPTOR_SHADOW1] >> 12; }
/*@ requires is_page(p); assigns \nothing;
    ensures frame: \result == physical_memory[p][PIP_DESCRIPTOR_SHADOW2] >> 12; */
static inline page_t shadow2_root(page_t p) { return physical_memory[p][PIP_DESCRIPTOR_SHADOW2] >> 12; }
/*@ requires is_page(p); assigns \nothing;
    ensures frame: \result == physical_memory[p][PIP_DESCRIPTOR_LIST] >> 12; */
static inline page_t config_list(page_t p) { return physical_memory[p][PIP_DESCRIPTOR_LIST] >> 12; }
/*@ requires is_page(p); assigns \nothing;
    ensures frame: \result == physical_memory[p][PIP_DESCRIPTOR_PARENT] >> 12; */
static inline page_t parent_of(page_t p) { return physical_memory[p][PIP_DESCRIPTOR_PARENT] >> 12; }
/*@ requires is_page(p); assigns \nothing;
    ensures state: (\result != 0) <==> physical_memory[p][PIP_DESCRIPTOR_VSTI] != 0; */
static inline bool interrupt_state(page_t p) { return physical_memory[p][PIP_DESCRIPTOR_VSTI] != 0U; }
/*@ requires is_page(p) && q < 0x100000; assigns physical_memory[p][PIP_DESCRIPTOR_LIST];
    ensures word: physical_memory[p][PIP_DESCRIPTOR_LIST] == q * 4096;
    ensures frame: only_cell_changes{Pre, Post}(p, PIP_DESCRIPTOR_LIST); */
static inline void set_config_list(page_t p, page_t q) { physical_memory[p][PIP_DESCRIPTOR_LIST] = q * PIP_PAGE_BYTES; }
/*@ requires is_page(p); assigns physical_memory[p][PIP_DESCRIPTOR_VSTI];
    ensures state: physical_memory[p][PIP_DESCRIPTOR_VSTI] == (vsti ? 1 : 0);
    ensures frame: only_cell_changes{Pre, Post}(p, PIP_DESCRIPTOR_VSTI); */
static inline void set_interrupt_state(page_t p, bool vsti) { physical_memory[p][PIP_DESCRIPTOR_VSTI] = vsti; }

/* Configuration lists.  A record's place is computed here, in words of the page. */

/*@ requires j < PIP_LIST_CAPACITY; assigns \nothing;
    ensures place: \result == PIP_LIST_FIRST_RECORD + j * PIP_RECORD_WORDS; */
static inline index_t record_place(index_t j) { return PIP_LIST_FIRST_RECORD + j * PIP_RECORD_WORDS; }

/*@ requires is_page(q); assigns \nothing; ensures frame: \result == physical_memory[q][PIP_LIST_NEXT] >> 12; */
static inline page_t next_list_page(page_t q) { return physical_memory[q][PIP_LIST_NEXT] >> 12; }
/*@ requires is_page(q); assigns \nothing; ensures page: \result == physical_memory[q][PIP_LIST_ORIGIN] >> 12; */
static inline vaddr_t list_page_origin(page_t q) { return physical_memory[q][PIP_LIST_ORIGIN] >> 12; }
/*@ requires is_page(q); assigns \nothing; ensures count: \result == physical_memory[q][PIP_LIST_COUNT]; */
static inline index_t record_count(page_t q) { return physical_memory[q][PIP_LIST_COUNT]; }
/*@ requires is_page(q) && l <= PIP_TOP_LEVEL && physical_memory[q][PIP_LIST_COUNT] <= PIP_LIST_CAPACITY;
    assigns \nothing;
    ensures lacks: (\result != 0) <==> PIP_LIST_CAPACITY < physical_memory[q][PIP_LIST_COUNT] + l; */
static inline bool lacks_room(page_t q, level_t l) {
  return PIP_LIST_CAPACITY < physical_memory[q][PIP_LIST_COUNT] + l;
}
/*@ requires is_page(q) && physical_memory[q][PIP_LIST_COUNT] <= PIP_LIST_CAPACITY;
    assigns \nothing;
    ensures range: \result <= physical_memory[q][PIP_LIST_COUNT];
    ensures found: \result < physical_memory[q][PIP_LIST_COUNT] ==>
              physical_memory[q][PIP_RECORD_PLACE(\result)] >> 12 == table;
    ensures first: \forall integer j; 0 <= j < \result ==>
              physical_memory[q][PIP_RECORD_PLACE(j)] >> 12 != table; */
static inline index_t find_record(page_t q, page_t table) {
  const index_t count = physical_memory[q][PIP_LIST_COUNT];
  index_t j = 0U;
  /*@ loop invariant range: 0 <= j <= count;
      loop invariant none: \forall integer k; 0 <= k < j ==>
        physical_memory[q][PIP_RECORD_PLACE(k)] >> 12 != table;
      loop assigns j;
      loop variant count - j; */
  while (j < count && page_words(q)[record_place(j)] >> 12 != table) {
    j = j + 1U;
  }
  return j;
}
/*@ requires is_page(q) && j < PIP_LIST_CAPACITY; assigns \nothing;
    ensures page: \result == physical_memory[q][PIP_RECORD_PLACE(j) + 1] >> 12; */
static inline vaddr_t record_mmu_origin(page_t q, index_t j) { return page_words(q)[record_place(j) + 1U] >> 12; }
/*@ requires is_page(q) && j < PIP_LIST_CAPACITY; assigns \nothing;
    ensures page: \result == physical_memory[q][PIP_RECORD_PLACE(j) + 2] >> 12; */
static inline vaddr_t record_shadow1_origin(page_t q, index_t j) { return page_words(q)[record_place(j) + 2U] >> 12; }
/*@ requires is_page(q) && j < PIP_LIST_CAPACITY; assigns \nothing;
    ensures page: \result == physical_memory[q][PIP_RECORD_PLACE(j) + 3] >> 12; */
static inline vaddr_t record_shadow2_origin(page_t q, index_t j) { return page_words(q)[record_place(j) + 3U] >> 12; }
/*@ requires is_page(q) && physical_memory[q][PIP_LIST_COUNT] < PIP_LIST_CAPACITY;
    requires table < 0x100000 && mmu < 0x100000 && shadow1 < 0x100000 && shadow2 < 0x100000;
    assigns physical_memory[q][PIP_LIST_COUNT],
            physical_memory[q][PIP_RECORD_PLACE(\old(physical_memory[q][PIP_LIST_COUNT])) ..
                               PIP_RECORD_PLACE(\old(physical_memory[q][PIP_LIST_COUNT])) + 3];
    ensures count: physical_memory[q][PIP_LIST_COUNT] == \old(physical_memory[q][PIP_LIST_COUNT]) + 1;
    ensures table: physical_memory[q][PIP_RECORD_PLACE(\old(physical_memory[q][PIP_LIST_COUNT]))] == table * 4096;
    ensures mmu: physical_memory[q][PIP_RECORD_PLACE(\old(physical_memory[q][PIP_LIST_COUNT])) + 1] == mmu * 4096;
    ensures shadow1:
              physical_memory[q][PIP_RECORD_PLACE(\old(physical_memory[q][PIP_LIST_COUNT])) + 2] == shadow1 * 4096;
    ensures shadow2:
              physical_memory[q][PIP_RECORD_PLACE(\old(physical_memory[q][PIP_LIST_COUNT])) + 3] == shadow2 * 4096; */
static inline void add_record(page_t q, page_t table, vaddr_t mmu, vaddr_t shadow1, vaddr_t shadow2) {
  const index_t count = physical_memory[q][PIP_LIST_COUNT];
  const index_t place = record_place(count);
  page_words(q)[place] = table * PIP_PAGE_BYTES;
  page_words(q)[place + 1U] = mmu * PIP_PAGE_BYTES;
  page_words(q)[place + 2U] = shadow1 * PIP_PAGE_BYTES;
  page_words(q)[place + 3U] = shadow2 * PIP_PAGE_BYTES;
  physical_memory[q][PIP_LIST_COUNT] = count + 1U;
}
/*@ requires is_page(q) && 0 < physical_memory[q][PIP_LIST_COUNT];
    assigns physical_memory[q][PIP_LIST_COUNT];
    ensures count: physical_memory[q][PIP_LIST_COUNT] == \old(physical_memory[q][PIP_LIST_COUNT]) - 1;
    ensures frame: only_cell_changes{Pre, Post}(q, PIP_LIST_COUNT); */
static inline void drop_last_record(page_t q) {
  physical_memory[q][PIP_LIST_COUNT] = physical_memory[q][PIP_LIST_COUNT] - 1U;
}
/*@ requires is_page(q) && is_page(head) && j < PIP_LIST_CAPACITY;
    requires 0 < physical_memory[head][PIP_LIST_COUNT] <= PIP_LIST_CAPACITY;
    requires q == head ==> j < physical_memory[head][PIP_LIST_COUNT];
    assigns physical_memory[q][PIP_RECORD_PLACE(j) .. PIP_RECORD_PLACE(j) + 3];
    ensures copied: \forall integer c; PIP_RECORD_PLACE(j) <= c < PIP_RECORD_PLACE(j) + PIP_RECORD_WORDS ==>
              physical_memory[q][c] ==
                \old(physical_memory[head][c + (physical_memory[head][PIP_LIST_COUNT] - 1 - j) * PIP_RECORD_WORDS]); */
static inline void overwrite_record(page_t q, index_t j, page_t head) {
  const index_t from = record_place(physical_memory[head][PIP_LIST_COUNT] - 1U);
  const index_t to = record_place(j);
  /*@ loop invariant range: 0 <= k <= PIP_RECORD_WORDS;
      loop invariant copied: \forall integer c; to <= c < to + k ==>
        physical_memory[q][c] == \at(physical_memory[head][c + \at(from - to, Here)], Pre);
      loop invariant rest: \forall integer c; from + k <= c < from + PIP_RECORD_WORDS ==>
        physical_memory[head][c] == \at(physical_memory[head][c], Pre);
      loop assigns k, physical_memory[q][to .. to + PIP_RECORD_WORDS - 1];
      loop variant PIP_RECORD_WORDS - k; */
  for (index_t k = 0U; k < PIP_RECORD_WORDS; k = k + 1U) {
    page_words(q)[to + k] = page_words(head)[from + k];
  }
}

/* Pages that change their kind. */

/*@ requires is_page(p); assigns physical_memory[p][0 .. PIP_TABLE_SIZE - 1];
    ensures clear: \forall integer i; is_index(i) ==> physical_memory[p][i] == 0;
    ensures frame: only_page_changes{Pre, Post}(p); */
static inline void clear_page(page_t p) {
  /*@ loop invariant range: 0 <= i <= PIP_TABLE_SIZE;
      loop invariant clear: \forall integer j; 0 <= j < i ==> physical_memory[p][j] == 0;
      loop invariant frame: \forall integer q, j; is_cell(q, j) && q != p ==>
        physical_memory[q][j] == \at(physical_memory[q][j], Pre);
      loop assigns i, physical_memory[p][0 .. PIP_TABLE_SIZE - 1];
      loop variant PIP_TABLE_SIZE - i; */
  for (index_t i = 0U; i < PIP_TABLE_SIZE; i = i + 1U) {
    page_words(p)[i] = 0U;
  }
}

/* A top table begins as a copy of the directory that boot used: the kernel's slots, and nothing in the others. */
/*@ requires is_page(p) && l <= PIP_TOP_LEVEL; assigns physical_memory[p][0 .. PIP_TABLE_SIZE - 1];
    ensures entries: \forall integer i; is_index(i) ==>
              physical_memory[p][i] == (l == PIP_TOP_LEVEL ? kernel_directory[i] : 0);
    ensures frame: only_page_changes{Pre, Post}(p); */
static inline void format_mmu(page_t p, level_t l) {
  if (l == PIP_TOP_LEVEL) {
    /*@ loop invariant range: 0 <= i <= PIP_TABLE_SIZE;
        loop invariant copied: \forall integer j; 0 <= j < i ==> physical_memory[p][j] == kernel_directory[j];
        loop invariant frame: \forall integer q, j; is_cell(q, j) && q != p ==>
          physical_memory[q][j] == \at(physical_memory[q][j], Pre);
        loop assigns i, physical_memory[p][0 .. PIP_TABLE_SIZE - 1];
        loop variant PIP_TABLE_SIZE - i; */
    for (index_t i = 0U; i < PIP_TABLE_SIZE; i = i + 1U) {
      page_words(p)[i] = kernel_directory[i];
    }
  } else {
    clear_page(p);
  }
  table_written(p);
}
/* An empty shadow table is a page of zeros at every level. */
/*@ requires is_page(p); assigns physical_memory[p][0 .. PIP_TABLE_SIZE - 1];
    ensures clear: \forall integer i; is_index(i) ==> physical_memory[p][i] == 0;
    ensures frame: only_page_changes{Pre, Post}(p); */
static inline void format_shadow1(page_t p, level_t l) {
  (void)l;
  clear_page(p);
}
/*@ requires is_page(p); assigns physical_memory[p][0 .. PIP_TABLE_SIZE - 1];
    ensures clear: \forall integer i; is_index(i) ==> physical_memory[p][i] == 0;
    ensures frame: only_page_changes{Pre, Post}(p); */
static inline void format_shadow2(page_t p, level_t l) {
  (void)l;
  clear_page(p);
}
/* What a list page or a descriptor does not use keeps its old words: nobody reads them, and the page is cleared before
   user mode sees it again. */
/*@ requires is_page(p) && origin < 0x100000 && next < 0x100000; assigns physical_memory[p][0 .. 2];
    ensures next: physical_memory[p][PIP_LIST_NEXT] == next * 4096;
    ensures origin: physical_memory[p][PIP_LIST_ORIGIN] == origin * 4096;
    ensures count: physical_memory[p][PIP_LIST_COUNT] == 0;
    ensures frame: only_page_changes{Pre, Post}(p); */
static inline void format_list(page_t p, vaddr_t origin, page_t next) {
  physical_memory[p][PIP_LIST_NEXT] = next * PIP_PAGE_BYTES;
  physical_memory[p][PIP_LIST_ORIGIN] = origin * PIP_PAGE_BYTES;
  physical_memory[p][PIP_LIST_COUNT] = 0U;
}
/*@ requires is_page(p);
    requires mmu < 0x100000 && shadow1 < 0x100000 && shadow2 < 0x100000 && list < 0x100000 && parent < 0x100000;
    assigns physical_memory[p][0 .. 5];
    ensures mmu: physical_memory[p][PIP_DESCRIPTOR_MMU] == mmu * 4096;
    ensures shadow1: physical_memory[p][PIP_DESCRIPTOR_SHADOW1] == shadow1 * 4096;
    ensures shadow2: physical_memory[p][PIP_DESCRIPTOR_SHADOW2] == shadow2 * 4096;
    ensures list: physical_memory[p][PIP_DESCRIPTOR_LIST] == list * 4096;
    ensures parent: physical_memory[p][PIP_DESCRIPTOR_PARENT] == parent * 4096;
    ensures masked: physical_memory[p][PIP_DESCRIPTOR_VSTI] == 0;
    ensures frame: only_page_changes{Pre, Post}(p); */
static inline void format_descriptor(page_t p, page_t mmu, page_t shadow1, page_t shadow2, page_t list, page_t parent) {
  physical_memory[p][PIP_DESCRIPTOR_MMU] = mmu * PIP_PAGE_BYTES;
  physical_memory[p][PIP_DESCRIPTOR_SHADOW1] = shadow1 * PIP_PAGE_BYTES;
  physical_memory[p][PIP_DESCRIPTOR_SHADOW2] = shadow2 * PIP_PAGE_BYTES;
  physical_memory[p][PIP_DESCRIPTOR_LIST] = list * PIP_PAGE_BYTES;
  physical_memory[p][PIP_DESCRIPTOR_PARENT] = parent * PIP_PAGE_BYTES;
  physical_memory[p][PIP_DESCRIPTOR_VSTI] = 0U;
}

#endif
