/* SPDX-License-Identifier: Apache-2.0 */
/* The primitives of Sample.v. */
#ifndef SAMPLE_PRIMITIVES_H
#define SAMPLE_PRIMITIVES_H

#include <stdbool.h>
#include <stdint.h>

#define CELLS 16U

typedef uint32_t cell_t;
typedef uint32_t count_t;
typedef enum { FOUND, MISSING } answer_t;
typedef struct {
  answer_t answer;
  cell_t cell;
} pair_t;

extern cell_t memory[CELLS];

static inline cell_t get(cell_t c) { return memory[c]; }
static inline void put(cell_t c, cell_t to) { memory[c] = to; }
static inline count_t succ(count_t n) { return n + 1U; }

#endif
