/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the printed sample: what the printer makes of recursion, exchanged parameters, records and branches. */
#include "sample.h"

#include <stdio.h>

cell_t memory[CELLS];

static int failures = 0;

static void expect(const char* what, uint32_t found, uint32_t wanted) {
  if (found != wanted) {
    printf("%s: %u, not %u\n", what, (unsigned)found, (unsigned)wanted);
    failures = failures + 1;
  }
}

/* Cells 0 <- 1 <- ... <- 15: each points to the one below. */
static void build_way(void) {
  memory[0] = 0U;
  for (cell_t c = 1U; c < CELLS; c = c + 1U) {
    memory[c] = c - 1U;
  }
}

int main(void) {
  build_way();
  expect("distance from 5", distance(CELLS, 5U), 5U);
  expect("distance with too little fuel", distance(3U, 5U), 3U);

  expect("end of the way turned round", turn_round(CELLS, 5U, 0U), 1U);
  expect("next after 1", memory[1], 2U);
  expect("next after 4", memory[4], 5U);
  expect("next after 5", memory[5], 0U);

  expect("no exchange", exchange(0U, 7U, 9U), 7U);
  expect("an odd number of exchanges", exchange(3U, 7U, 9U), 9U);
  expect("an even number of exchanges", exchange(4U, 7U, 9U), 7U);

  build_way();
  expect("3 is below 9", find_cell(CELLS, 9U, 3U).answer, FOUND);
  expect("3 itself", find_cell(CELLS, 9U, 3U).cell, 3U);
  expect("9 is not below 3", find_cell(CELLS, 3U, 9U).answer, MISSING);

  expect("a cell that does not exist", point(3U, CELLS, 1U, false), MISSING);
  expect("pointed at the smaller", point(9U, 7U, 4U, false), FOUND);
  expect("the smaller", memory[9], 4U);
  expect("nothing to do", point(9U, 4U, 7U, false), FOUND);
  expect("still the smaller", memory[9], 4U);
  expect("forced to 0", point(9U, 4U, 7U, true), FOUND);
  expect("0", memory[9], 0U);
  return failures == 0 ? 0 : 1;
}
