/* SPDX-License-Identifier: Apache-2.0
 *
 * The virtual interrupt descriptor table: one page at the same address in every partition, 1024 words, each the address
 * of a context or 0.  Indexes 0..1022 are usable.
 */
#ifndef PIP_VIDT_H_
#define PIP_VIDT_H_

#include <stdint.h>

#include "pip/arch/layout.h"
#include "pip/context.h"

/* The bytes of a page. */
#ifndef PAGE_SIZE
#define PAGE_SIZE 4096
#endif

/* Where the table is. */
#define VIDT_VADDR PIP_VIDT_ADDRESS

/* This partition's table: VIDT[n] is the context for vector n. */
#define VIDT ((user_ctx_t**)VIDT_VADDR)

/* Its usable entries. */
#define PIP_VIDT_ENTRIES 1023u

/* Vectors with a meaning (docs/abi.md). */
#define PIP_VECTOR_INITIAL 0u        /* where a new child starts */
#define PIP_VECTOR_DOUBLE_FAULT 8u   /* a child whose parent could not be told of a fault */
#define PIP_VECTOR_TIMER 32u         /* hardware interrupt n of the root is vector 32 + n */
#define PIP_VECTOR_SAVE_MASKED 48u   /* where an interrupted partition's context goes while it is VCLI */
#define PIP_VECTOR_SAVE_UNMASKED 49u /* the same, VSTI */

#endif /* PIP_VIDT_H_ */
