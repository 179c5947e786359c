/* SPDX-License-Identifier: Apache-2.0
 *
 * Contexts and handlers of the partition itself (pip/api.h).
 */
#include <stddef.h>
#include <stdint.h>

#include "pip/api.h"
#include "pip/paging.h"
#include "pip/string.h"

user_ctx_t* Pip_AllocContext(void) {
  static user_ctx_t* next = NULL;
  static uint32_t left = 0;
  if (left == 0) {
    next = Pip_AllocPage();
    if (next == NULL) {
      return NULL;
    }
    left = PGSIZE / sizeof(user_ctx_t);
  }
  user_ctx_t* const context = next;
  next += 1;
  left -= 1;
  memset(context, 0, sizeof *context);
  return context;
}

uint32_t Pip_RegisterInterrupt(user_ctx_t* context, uint32_t vector, void* handler, void* stack, uint32_t pipflags) {
  if (vector >= PIP_VIDT_ENTRIES) {
    return 0;
  }
  pip_context_initialise(context, (uint32_t)(uintptr_t)handler, (uint32_t)(uintptr_t)stack, pipflags);
  VIDT[vector] = context;
  return 1;
}
