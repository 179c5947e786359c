/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's services under the names that partitions know (docs/abi.md).  A result that was a boolean is 0 or 1;
 * where the reason of a refusal is of interest, use pip/services.h.
 */
#ifndef PIP_API_H_
#define PIP_API_H_

#include <stdint.h>

#include "pip/context.h"
#include "pip/services.h"
#include "pip/vidt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 1: the five pages are a child now. 0: refused. */
static inline uint32_t Pip_CreatePartition(uint32_t descriptor, uint32_t page_directory, uint32_t shadow1,
                                           uint32_t shadow2, uint32_t configuration_list) {
  return pip_create_partition(descriptor, page_directory, shadow1, shadow2, configuration_list) == PIP_DONE;
}

/* How many pages Pip_Prepare needs before `va` can be mapped in the child. */
static inline uint32_t Pip_CountToMap(uint32_t child, uint32_t va) { return pip_count_to_map(child, va).value; }

/* Bit 0: done; the rest: the first page of the list that was not used. */
static inline uint32_t Pip_Prepare(uint32_t child, uint32_t va, uint32_t first_page) {
  const pip_answer_t answer = pip_prepare(child, va, first_page);
  return answer.status == PIP_DONE ? answer.value | 1u : first_page & ~1u;
}

/* 1: the child has the page. 0: refused. */
static inline uint32_t Pip_AddVAddr(uint32_t source, uint32_t child, uint32_t destination, uint32_t r, uint32_t w,
                                    uint32_t x) {
  const uint32_t rights = (r != 0 ? PIP_READ : 0u) | (w != 0 ? PIP_WRITE : 0u) | (x != 0 ? PIP_EXECUTE : 0u);
  return pip_add_vaddr(source, child, destination, rights) == PIP_DONE;
}

/* 0, 1, or 0xFFFFFFFF: no such child. */
static inline uint32_t Pip_Get_Int_State(uint32_t child) {
  const pip_answer_t answer = pip_get_int_state(child);
  return answer.status == PIP_DONE ? answer.value : UINT32_MAX;
}

/* The caller's own: 0 masks interrupts. */
static inline void Pip_Set_Int_State(uint32_t state) { (void)pip_set_int_state(state); }

/* 1: the child has the page no more. 0: refused. */
static inline uint32_t Pip_RemoveVAddr(uint32_t child, uint32_t va) { return pip_remove_vaddr(child, va) == PIP_DONE; }

/* The descriptor of the child that the page was given to, or 0. */
static inline uint32_t Pip_MappedInChild(uint32_t va) {
  const pip_answer_t answer = pip_mapped_in_child(va);
  return answer.status == PIP_DONE ? answer.value : 0;
}

/* 1: the child and all below it are gone. 0: refused. */
static inline uint32_t Pip_DeletePartition(uint32_t child) { return pip_delete_partition(child) == PIP_DONE; }

/* The first page of the list of pages given back, or 0. */
static inline uint32_t Pip_Collect(uint32_t child, uint32_t va) {
  const pip_answer_t answer = pip_collect(child, va);
  return answer.status == PIP_DONE ? answer.value : 0;
}

/* 0 when the caller was resumed, otherwise a number of docs/abi.md. */
static inline uint32_t Pip_Yield(uint32_t child, uint32_t vector, uint32_t save_slot, uint32_t flags_on_yield,
                                 uint32_t flags_on_wake) {
  return (uint32_t)pip_yield(child, vector, save_slot, flags_on_yield, flags_on_wake);
}

/* Writes one character to the serial port.  Only the root partition has one; elsewhere nothing happens. */
void Pip_Debug_Putc(char character);

/* An empty context in a page of Pip_AllocPage (a page serves many), or NULL.  It is never freed. */
user_ctx_t* Pip_AllocContext(void);

/* Makes `context` start `handler` on the stack whose highest address is `stack`, with the interrupt state `pipflags`,
 * and enters it into this partition's VIDT at `vector`.  Returns 0, and does nothing, when the vector is not usable. */
uint32_t Pip_RegisterInterrupt(user_ctx_t* context, uint32_t vector, void* handler, void* stack, uint32_t pipflags);

#ifdef __cplusplus
}
#endif

#include "pip/arch/ports.h"

#endif /* PIP_API_H_ */
