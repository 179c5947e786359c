/* SPDX-License-Identifier: Apache-2.0
 *
 * The services, each with its status (pip/status.h), and docs/services.md for what it checks. On x86 and ARMv7 the same
 * functions enter the kernel; on the host they are plain ones, which a test defines (test/fake_kernel.cc).
 */
#ifndef PIP_ARCH_SERVICES_H_
#define PIP_ARCH_SERVICES_H_

#include <stdint.h>

#include "pip/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes a child of five pages of the caller, which become its descriptor, the roots of its tables, and its list. */
pip_status_t pip_create_partition(uint32_t descriptor, uint32_t page_directory, uint32_t shadow1, uint32_t shadow2,
                                  uint32_t configuration_list);

/* The value: how many pages pip_prepare needs before `va` can be mapped in the child. */
pip_answer_t pip_count_to_map(uint32_t child, uint32_t va);

/* Makes tables for `va` of a list of pages, each of which names the next; the value: the first that was not used. */
pip_answer_t pip_prepare(uint32_t child, uint32_t va, uint32_t first_page);

/* Maps the page `source` of the caller in the child, with those of its rights: PIP_READ, PIP_WRITE, PIP_EXECUTE. */
pip_status_t pip_add_vaddr(uint32_t source, uint32_t child, uint32_t destination, uint32_t rights);

/* Takes the page at `va` of the child back. */
pip_status_t pip_remove_vaddr(uint32_t child, uint32_t va);

/* The value: the descriptor of the child to which the page at `va` was given, or 0. */
pip_answer_t pip_mapped_in_child(uint32_t va);

/* Ends the child with everything below it; all of its pages come back. */
pip_status_t pip_delete_partition(uint32_t child);

/* Takes back the tables of the child that are empty and serve only `va`; the value: a list like that of pip_prepare. */
pip_answer_t pip_collect(uint32_t child, uint32_t va);

/* Saves the caller at `save_slot` of its VIDT, and goes on with what the child's VIDT, or with child 0 the
 * parent's, names at `vector`. */
pip_status_t pip_yield(uint32_t child, uint32_t vector, uint32_t save_slot, uint32_t flags_on_yield,
                       uint32_t flags_on_wake);

/* The value: whether the child takes interrupts. */
pip_answer_t pip_get_int_state(uint32_t child);

/* Whether the caller takes interrupts: 0 masks them. */
pip_status_t pip_set_int_state(uint32_t state);

#ifdef __cplusplus
}
#endif

#endif /* PIP_ARCH_SERVICES_H_ */
