/* SPDX-License-Identifier: Apache-2.0
 *
 * The call gates of docs/abi.md as functions (gates.S).  Arguments and results are exactly the gate's.
 */
#ifndef PIP_ARCH_GATES_H_
#define PIP_ARCH_GATES_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint32_t pip_gate_create_partition(uint32_t descriptor, uint32_t page_directory, uint32_t shadow1, uint32_t shadow2,
                                   uint32_t configuration_list);
uint32_t pip_gate_count_to_map(uint32_t child, uint32_t va);
uint32_t pip_gate_prepare(uint32_t child, uint32_t va, uint32_t first_page);
uint32_t pip_gate_add_vaddr(uint32_t source, uint32_t child, uint32_t destination, uint32_t r, uint32_t w, uint32_t x);
uint32_t pip_gate_get_int_state(uint32_t child);
void pip_gate_set_int_state(uint32_t state);
uint32_t pip_gate_remove_vaddr(uint32_t child, uint32_t va);
uint32_t pip_gate_mapped_in_child(uint32_t va);
uint32_t pip_gate_delete_partition(uint32_t child);
uint32_t pip_gate_collect(uint32_t child, uint32_t va);
uint32_t pip_gate_yield(uint32_t child, uint32_t vector, uint32_t save_slot, uint32_t flags_on_yield,
                        uint32_t flags_on_wake);

void pip_gate_outb(uint32_t port, uint32_t value);
void pip_gate_outw(uint32_t port, uint32_t value);
void pip_gate_outl(uint32_t port, uint32_t value);
void pip_gate_outaddrl(uint32_t port, uint32_t va);
uint32_t pip_gate_inb(uint32_t port);
uint32_t pip_gate_inw(uint32_t port);
uint32_t pip_gate_inl(uint32_t port);

#ifdef __cplusplus
}
#endif

#endif /* PIP_ARCH_GATES_H_ */
