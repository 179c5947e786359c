/* SPDX-License-Identifier: Apache-2.0 */
/* What the attacks of an architecture (its attacks.S) and hostile.cc agree on. */
#ifndef PIPCORE_ARCH_TEST_ATTACKS_H_
#define PIPCORE_ARCH_TEST_ATTACKS_H_

/* Outcomes beside vectors. */
#define ATTACK_THROUGH 256     /* the child does all it wants and yields */
#define ATTACK_UNTIL_TICKS 257 /* the child spins until the timer has ticked a few times */
#define ATTACK_UNTIL_STORM 258 /* the child works while the timer ticks at full speed, many times */
#define ATTACK_LOST 259        /* the timer stops the child, and it cannot be resumed */
#define ATTACK_TO_AND_FRO 260  /* the child yields, is resumed, yields, many times, in a storm of ticks */
/* As a second outcome: a tick may stop the child where it can be saved nowhere; then it attacks once more */
#define ATTACK_AGAIN_IF_LOST 261

/* Slots of a VIDT: the root's, where it goes on; the child's, which stays 0, and where it goes on. */
#define ATTACK_DONE_SLOT 60
#define ATTACK_NO_SLOT 61
#define ATTACK_AGAIN_SLOT 62

#endif
