/* SPDX-License-Identifier: Apache-2.0 */
/* What the proofs of the shims need to know of bit operations, and how they read builtins of GCC.

   Each axiom is a theorem in Facts.v, for the text that axioms_to_coq.py writes from this very file: one that does not
   hold on integers stops the build.  get_byte and set_byte are those of pipcore/model/Primitives.v. */
#ifndef PIP_FACTS_H
#define PIP_FACTS_H

#include <stdint.h>

/* Both say nothing about values: hints for the optimiser. */
#define __builtin_assume_aligned(pointer, alignment) (pointer)
#define __builtin_expect(condition, outcome) (condition)

/*@ axiomatic Words {
      axiom slot: \forall integer v; 0 <= v ==> 1024 * (v >> 10) <= v < 1024 * (v >> 10) + 1024;
      axiom slot_mask: \forall integer v; 0 <= v <= 0xFFFFFFFF ==> (0xFFFFFC00 & v) == 1024 * (v >> 10);
      axiom slot_mask_signed: \forall integer v; 0 <= v ==> (-1024 & v) == 1024 * (v >> 10);
      axiom slot_mask_page: \forall integer v; 0 <= v < 0x100000 ==> (0xFFC00 & v) == 1024 * (v >> 10);
      axiom page_of_address: \forall integer a; 0 <= a ==> 4096 * (a >> 12) <= a < 4096 * (a >> 12) + 4096;
      axiom add_writable: \forall integer p; 0 <= p ==> (2 | (5 + p * 4096)) == 7 + p * 4096;
      axiom add_executable: \forall integer p; 0 <= p ==> (0x200 | (5 + p * 4096)) == 0x205 + p * 4096;
      axiom add_both: \forall integer p; 0 <= p ==> (0x200 | (7 + p * 4096)) == 0x207 + p * 4096;
      axiom low_bit: \forall integer w; 0 <= w ==> ((1 & w) == 0 || (1 & w) == 1);
      axiom link_place: \forall integer v; 0 <= v < 0x40000 ==> (0x3FC & (v >> 8)) == 4 * (v >> 10);
      axiom low_bits: \forall integer o; 0 <= o ==>
        ((o & 3) == 0 || (o & 3) == 1 || (o & 3) == 2 || (o & 3) == 3);
      axiom word_of_offset: \forall integer o; 0 <= o ==> o == 4 * (o >> 2) + (o & 3);
      axiom word_in_first: \forall integer o; 0 <= o < 4096 ==> 4 * ((o >> 2) & 0x3FF) + (o & 3) == o;
      axiom word_in_second: \forall integer o; 4096 <= o < 8192 ==> 4 * ((o >> 2) & 0x3FF) + (o & 3) == o - 4096;
      axiom word_of_frame: \forall integer p; 0 <= p ==> 32 * (p >> 5) <= p < 32 * (p >> 5) + 32;
      axiom bit_of_frame: \forall integer p; 0 <= p ==> 0 <= (p & 31) <= 31;
    }

    axiomatic Bytes {
      logic integer get_byte(integer w, integer b);
      logic integer set_byte(integer w, integer b, integer x);
      axiom get_byte_is: \forall integer w, b; 0 <= w <= 0xFFFFFFFF && 0 <= b <= 3 ==>
        get_byte(w, b) == ((w >> (8 * b)) & 0xFF);
      axiom get_byte_0: \forall integer w; 0 <= w <= 0xFFFFFFFF ==> get_byte(w, 0) == (w & 0xFF);
      axiom get_byte_1: \forall integer w; 0 <= w <= 0xFFFFFFFF ==> get_byte(w, 1) == ((w >> 8) & 0xFF);
      axiom get_byte_2: \forall integer w; 0 <= w <= 0xFFFFFFFF ==> get_byte(w, 2) == ((w >> 16) & 0xFF);
      axiom get_byte_3: \forall integer w; 0 <= w <= 0xFFFFFFFF ==> get_byte(w, 3) == (w >> 24);
      axiom get_byte_bound: \forall integer w, b; 0 <= w && 0 <= b ==> 0 <= get_byte(w, b) <= 255;
      axiom set_byte_is: \forall integer m, w, b, x;
        0 <= w <= 0xFFFFFFFF && 0 <= b <= 3 && 0 <= x <= 255 && m == (uint32_t)(~(0xFF << (8 * b))) ==>
        set_byte(w, b, x) == ((m & w) | (uint32_t)(x << (8 * b)));
      axiom byte_set: \forall integer w, b, x; 0 <= w <= 0xFFFFFFFF && 0 <= b <= 3 && 0 <= x <= 255 ==>
        get_byte(set_byte(w, b, x), b) == x;
      axiom byte_kept: \forall integer w, b, c, x; 0 <= w <= 0xFFFFFFFF && 0 <= b <= 3 && 0 <= c <= 3 && c != b &&
        0 <= x <= 255 ==> get_byte(set_byte(w, b, x), c) == get_byte(w, c);
      axiom joined: \forall integer a, b, c, d;
        0 <= a <= 255 && 0 <= b <= 255 && 0 <= c <= 255 && 0 <= d <= 255 ==>
        (a | (uint32_t)(b << 8) | (uint32_t)(c << 16) | (uint32_t)(d << 24)) ==
          a + 256 * b + 65536 * c + 16777216 * d;
    }
*/

#endif
