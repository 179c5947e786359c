/* SPDX-License-Identifier: Apache-2.0 */
/* The types of pipcore/model/Types.v in C: what generated services, shims and kernel share.  The numbers of a status
   are those of status_number there. */
#ifndef PIP_TYPES_H
#define PIP_TYPES_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t page_t;   /* frame number; 0 is never a page of a partition */
typedef uint32_t vaddr_t;  /* virtual page number; 0 stands for "none" */
typedef uint32_t index_t;  /* position in a table, or the table's size: past the end */
typedef uint32_t level_t;  /* level of a table tree; leaves are at level 0 */
typedef uint32_t word_t;   /* argument, register, word of user memory, byte address */
typedef uint32_t offset_t; /* byte within a page */
typedef uint32_t entry_t;  /* entry of an MMU table or of an interior shadow table, see pip/layout.h */
typedef uint32_t gift_t;   /* entry of a shadow 1 leaf, see pip/layout.h */

typedef enum {
  PIP_DONE = 0,
  PIP_INVALID_VECTOR = 1,
  PIP_INVALID_SAVE_SLOT = 2,
  PIP_ROOT_HAS_NO_PARENT = 3,
  PIP_NOT_A_CHILD = 4,
  PIP_TARGET_VIDT_UNAVAILABLE = 5,
  PIP_CALLER_VIDT_UNAVAILABLE = 6,
  PIP_TARGET_MASKED = 7,
  PIP_TARGET_CONTEXT_UNAVAILABLE = 8,
  PIP_CALLER_CONTEXT_UNAVAILABLE = 9,
  PIP_BAD_ADDRESS = 10,
  PIP_NOT_MAPPED = 11,
  PIP_NOT_ACCESSIBLE = 12,
  PIP_ALREADY_GIVEN = 13,
  PIP_NOT_ORDINARY_MEMORY = 14,
  PIP_NOT_WRITABLE = 15,
  PIP_SAME_PAGE = 16,
  PIP_NO_TABLE = 17,
  PIP_OCCUPIED = 18,
  PIP_RIGHTS_EXCEEDED = 19,
  PIP_UNREADABLE = 20,
  PIP_NOT_EMPTY = 21,
  PIP_NOTHING_TO_COLLECT = 22,
  PIP_NOT_LISTED = 23,
  PIP_NO_HANDLER = 24,
  PIP_NOT_ROOT = 25
} pip_status_t;

/* A status and, where the service has one, a value (else 0). */
typedef struct {
  pip_status_t status;
  word_t value;
} pip_answer_t;

/* A page that a partition may give to the kernel, or the reason why not. */
typedef struct {
  pip_status_t status;
  page_t page;
} offer_t;

/* Where a walk ended: the lowest existing table, its level, and the table that points to it. */
typedef struct {
  page_t table;
  level_t level;
  page_t parent;
} place_t;

/* A record in a configuration list; page 0 if there is none. */
typedef struct {
  page_t page;
  index_t index;
} list_slot_t;

/* A context in user memory: its partition, the one or two pages that hold it (first 0: no such context), and the byte
   offset in the first. */
typedef struct {
  page_t partition;
  page_t first;
  page_t second;
  offset_t offset;
} context_t;

#endif
