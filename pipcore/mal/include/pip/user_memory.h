/* SPDX-License-Identifier: Apache-2.0 */
/* Primitives on user memory, whose words are arbitrary, and on the saved registers. */
#ifndef PIP_USER_MEMORY_H
#define PIP_USER_MEMORY_H

#include "pip/machine.h"
#include "pip/words.h"

/*@ requires is_cell(p, i); assigns \nothing; ensures word: \result == physical_memory[p][i]; */
static inline word_t read_word(page_t p, index_t i) { return page_words(p)[i]; }
/*@ requires is_cell(p, i); assigns physical_memory[p][i];
    ensures word: physical_memory[p][i] == w;
    ensures frame: only_cell_changes{Pre, Post}(p, i); */
static inline void write_word(page_t p, index_t i, word_t w) { page_words(p)[i] = w; }

/*@ requires i < PIP_CONTEXT_WORDS; assigns \nothing; ensures word: \result == registers[i]; */
static inline word_t read_register(index_t i) { return registers[i]; }
/*@ requires i < PIP_CONTEXT_WORDS; assigns registers[i]; ensures word: registers[i] == w; */
static inline void write_register(index_t i, word_t w) { registers[i] = w; }

/* The byte at offset o of the pages p and q, taken as consecutive.  get_byte(w, b) is byte b of the word w. */
/*@ logic integer byte_at{L}(integer p, integer q, integer o) =
      get_byte(o < PIP_PAGE_BYTES ? physical_memory[p][(o >> 2) & 0x3FF] : physical_memory[q][(o >> 2) & 0x3FF], o & 3);
    predicate only_byte_changes{L1, L2}(integer p, integer o) =
      \forall integer q, j, b; is_cell(q, j) && 0 <= b <= 3 && !(q == p && 4 * j + b == o) ==>
        get_byte(\at(physical_memory[q][j], L1), b) == get_byte(\at(physical_memory[q][j], L2), b);
    predicate only_bytes_change{L1, L2}(integer p, integer q, integer o, integer n) =
      \forall integer r, j, b; is_cell(r, j) && 0 <= b <= 3 && !(r == p && o <= 4 * j + b < o + n) &&
        !(r == q && o <= PIP_PAGE_BYTES + 4 * j + b < o + n) ==>
        get_byte(\at(physical_memory[r][j], L1), b) == get_byte(\at(physical_memory[r][j], L2), b);
*/
/*@ requires is_page(p) && is_page(q) && o < 2 * PIP_PAGE_BYTES; assigns \nothing;
    ensures byte: \result == byte_at(p, q, o); */
static inline word_t read_byte(page_t p, page_t q, word_t o) {
  page_t r = p;
  if (o >= PIP_PAGE_BYTES) {
    r = q;
  }
  return (physical_memory[r][(o >> 2) & 0x3FFU] >> (8U * (o & 3U))) & 0xFFU;
}
/*@ requires is_page(p) && is_page(q) && o < 2 * PIP_PAGE_BYTES && x < 256;
    assigns physical_memory[o < PIP_PAGE_BYTES ? p : q][(o >> 2) & 0x3FF];
    ensures first: o < PIP_PAGE_BYTES ==> physical_memory[p][(o >> 2) & 0x3FF] ==
              set_byte(\old(physical_memory[p][(o >> 2) & 0x3FF]), o & 3, x);
    ensures second: o >= PIP_PAGE_BYTES ==> physical_memory[q][(o >> 2) & 0x3FF] ==
              set_byte(\old(physical_memory[q][(o >> 2) & 0x3FF]), o & 3, x);
    ensures written: byte_at(p, q, o) == x;
    ensures first_frame: o < PIP_PAGE_BYTES ==> only_byte_changes{Pre, Post}(p, o);
    ensures second_frame: o >= PIP_PAGE_BYTES ==> only_byte_changes{Pre, Post}(q, o - PIP_PAGE_BYTES); */
static inline void write_byte(page_t p, page_t q, word_t o, word_t x) {
  page_t r = p;
  if (o >= PIP_PAGE_BYTES) {
    r = q;
  }
  const uint32_t shift = 8U * (o & 3U);
  const index_t i = (o >> 2) & 0x3FFU;
  physical_memory[r][i] = (physical_memory[r][i] & ~(0xFFU << shift)) | (x << shift);
  /*@ assert one_byte: physical_memory[r][i] ==
        set_byte(\at(physical_memory[\at(r, Here)][\at(i, Here)], Pre), o & 3, x); */
}

/* One register from or to its place in a context at byte o of p, which may go on in q: least significant byte first.
   Contexts are hardly ever so placed: these stay out of line, and the registers of the processor to the usual way. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wattributes"
static void load_register(page_t p, page_t q, offset_t o, index_t i) PIP_SELDOM;
static void store_register(page_t p, page_t q, offset_t o, index_t i) PIP_SELDOM;
/*@ requires is_page(p) && is_page(q) && o < PIP_PAGE_BYTES && i < PIP_CONTEXT_WORDS; assigns registers[i];
    ensures word: registers[i] == byte_at(p, q, o + 4 * i) + 256 * byte_at(p, q, o + 4 * i + 1) +
              65536 * byte_at(p, q, o + 4 * i + 2) + 16777216 * byte_at(p, q, o + 4 * i + 3); */
static inline void load_register(page_t p, page_t q, offset_t o, index_t i) {
  const word_t at = o + 4U * i;
  registers[i] = read_byte(p, q, at) | (read_byte(p, q, at + 1U) << 8) | (read_byte(p, q, at + 2U) << 16) |
                 (read_byte(p, q, at + 3U) << 24);
}
/*@ requires is_page(p) && is_page(q) && o < PIP_PAGE_BYTES && i < PIP_CONTEXT_WORDS;
    assigns physical_memory[p][0 .. PIP_TABLE_SIZE - 1], physical_memory[q][0 .. PIP_TABLE_SIZE - 1];
    ensures byte_0: byte_at(p, q, o + 4 * i) == get_byte(registers[i], 0);
    ensures byte_1: byte_at(p, q, o + 4 * i + 1) == get_byte(registers[i], 1);
    ensures byte_2: byte_at(p, q, o + 4 * i + 2) == get_byte(registers[i], 2);
    ensures byte_3: byte_at(p, q, o + 4 * i + 3) == get_byte(registers[i], 3);
    ensures frame: only_bytes_change{Pre, Post}(p, q, o + 4 * i, 4); */
static inline void store_register(page_t p, page_t q, offset_t o, index_t i) {
  const word_t at = o + 4U * i;
  const word_t w = registers[i];
  write_byte(p, q, at, w & 0xFFU);
  write_byte(p, q, at + 1U, (w >> 8) & 0xFFU);
  write_byte(p, q, at + 2U, (w >> 16) & 0xFFU);
  write_byte(p, q, at + 3U, w >> 24);
}
#pragma GCC diagnostic pop

/* All registers from or to words of one page, at byte o, a multiple of 4.  Where instructions copy many words at once,
   pip/machine.h has copy_context. */
/*@ requires is_page(p) && (o & 3) == 0 && o + PIP_CONTEXT_BYTES <= 4096; assigns registers[0 .. PIP_CONTEXT_WORDS - 1];
    ensures loaded: \forall integer i; 0 <= i < PIP_CONTEXT_WORDS ==>
              registers[i] == physical_memory[p][(o >> 2) + i]; */
static inline void load_registers(page_t p, offset_t o) {
  const uint32_t* const words = &page_words(p)[o >> 2];
#ifdef PIP_COPIES_CONTEXTS
  copy_context(registers, words);
#else
  /*@ loop invariant range: 0 <= i <= PIP_CONTEXT_WORDS;
      loop invariant copied: \forall integer j; 0 <= j < i ==> registers[j] == words[j];
      loop assigns i, registers[0 .. PIP_CONTEXT_WORDS - 1];
      loop variant PIP_CONTEXT_WORDS - i; */
  for (index_t i = 0U; i < PIP_CONTEXT_WORDS; i = i + 1U) {
    registers[i] = words[i];
  }
#endif
}
/*@ requires is_page(p) && (o & 3) == 0 && o + PIP_CONTEXT_BYTES <= 4096;
    assigns physical_memory[p][(o >> 2) .. (o >> 2) + PIP_CONTEXT_WORDS - 1];
    ensures stored: \forall integer i; 0 <= i < PIP_CONTEXT_WORDS ==>
              physical_memory[p][(o >> 2) + i] == registers[i]; */
static inline void store_registers(page_t p, offset_t o) {
  uint32_t* const words = &page_words(p)[o >> 2];
#ifdef PIP_COPIES_CONTEXTS
  copy_context(words, registers);
#else
  /*@ loop invariant range: 0 <= i <= PIP_CONTEXT_WORDS;
      loop invariant copied: \forall integer j; 0 <= j < i ==> words[j] == registers[j];
      loop assigns i, physical_memory[p][(o >> 2) .. (o >> 2) + PIP_CONTEXT_WORDS - 1];
      loop variant PIP_CONTEXT_WORDS - i; */
  for (index_t i = 0U; i < PIP_CONTEXT_WORDS; i = i + 1U) {
    words[i] = registers[i];
  }
#endif
}

#endif
