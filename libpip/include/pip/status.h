/* SPDX-License-Identifier: Apache-2.0
 *
 * Why the kernel refused: the status that the fast entry returns in EAX (docs/abi.md).  The numbers are the kernel's
 * (pipcore/model/Types.v is their source); c/status_test.cc holds the two lists together.
 */
#ifndef PIP_STATUS_H_
#define PIP_STATUS_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a service answers. */
typedef enum pip_status {
  PIP_DONE = 0,                       /* done; after any other, nothing has changed */
  PIP_INVALID_VECTOR = 1,             /* the vector is not an index of a VIDT */
  PIP_INVALID_SAVE_SLOT = 2,          /* the save slot is not an index of a VIDT */
  PIP_ROOT_HAS_NO_PARENT = 3,         /* the root yields to its parent */
  PIP_NOT_A_CHILD = 4,                /* no child of the caller has its descriptor there */
  PIP_TARGET_VIDT_UNAVAILABLE = 5,    /* the target has no readable VIDT */
  PIP_CALLER_VIDT_UNAVAILABLE = 6,    /* the caller has no readable VIDT */
  PIP_TARGET_MASKED = 7,              /* reserved by the interface, never answered */
  PIP_TARGET_CONTEXT_UNAVAILABLE = 8, /* the target's VIDT names no readable context */
  PIP_CALLER_CONTEXT_UNAVAILABLE = 9, /* the caller's VIDT names no writable place to save to */
  PIP_BAD_ADDRESS = 10,               /* not page-aligned, or not an address of user space */
  PIP_NOT_MAPPED = 11,                /* the address maps no page */
  PIP_NOT_ACCESSIBLE = 12,            /* the page there is a kernel structure of a descendant */
  PIP_ALREADY_GIVEN = 13,             /* the page is given to a child */
  PIP_NOT_ORDINARY_MEMORY = 14,       /* device memory cannot hold kernel structures */
  PIP_NOT_WRITABLE = 15,              /* a page that the caller may not write cannot become a kernel structure */
  PIP_SAME_PAGE = 16,                 /* one page is offered twice */
  PIP_NO_TABLE = 17,                  /* no table is prepared for the address in the child */
  PIP_OCCUPIED = 18,                  /* the child already has a page there */
  PIP_RIGHTS_EXCEEDED = 19,           /* the caller asks for a right that it has not itself */
  PIP_UNREADABLE = 20,                /* a mapping without the right to read does not exist */
  PIP_NOT_EMPTY = 21,                 /* the table still maps something */
  PIP_NOTHING_TO_COLLECT = 22,        /* only the root table is left for that address */
  PIP_NOT_LISTED = 23,                /* the configuration list does not know where the table came from */
  PIP_NO_HANDLER = 24,                /* nobody up to the root can be told */
  PIP_NOT_ROOT = 25,                  /* only the root partition may ask this */

  PIP_NO_SUCH_SERVICE = -1, /* the kernel's answer to a number that is no service: 0xFFFFFFFF in the register */

  /* What libpip itself answers; the kernel does not know these. */
  PIP_REFUSED = 0x1000,     /* refused through a call gate, which does not say why */
  PIP_OUT_OF_PAGES = 0x1001 /* the page allocator is empty */
} pip_status_t;

/* A status and, where the service has one, a value (otherwise 0). */
typedef struct pip_answer {
  pip_status_t status; /* PIP_DONE, or the reason of a refusal */
  uint32_t value;      /* the page, address or number that the service answers */
} pip_answer_t;

/* One sentence that names the reason, for people; never NULL. */
const char* pip_status_text(pip_status_t status);

#ifdef __cplusplus
}
#endif

#endif /* PIP_STATUS_H_ */
