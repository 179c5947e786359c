/* SPDX-License-Identifier: Apache-2.0
 *
 * The services on the host: plain functions, which a test defines (test/fake_kernel.cc).
 */
#ifndef PIP_ARCH_SERVICES_H_
#define PIP_ARCH_SERVICES_H_

#include <stdint.h>

#include "pip/status.h"

#ifdef __cplusplus
extern "C" {
#endif

pip_status_t pip_create_partition(uint32_t descriptor, uint32_t page_directory, uint32_t shadow1, uint32_t shadow2,
                                  uint32_t configuration_list);
pip_answer_t pip_count_to_map(uint32_t child, uint32_t va);
pip_answer_t pip_prepare(uint32_t child, uint32_t va, uint32_t first_page);
pip_status_t pip_add_vaddr(uint32_t source, uint32_t child, uint32_t destination, uint32_t rights);
pip_status_t pip_remove_vaddr(uint32_t child, uint32_t va);
pip_answer_t pip_mapped_in_child(uint32_t va);
pip_status_t pip_delete_partition(uint32_t child);
pip_answer_t pip_collect(uint32_t child, uint32_t va);
pip_status_t pip_yield(uint32_t child, uint32_t vector, uint32_t save_slot, uint32_t flags_on_yield,
                       uint32_t flags_on_wake);
pip_answer_t pip_get_int_state(uint32_t child);
pip_status_t pip_set_int_state(uint32_t state);

#ifdef __cplusplus
}
#endif

#endif /* PIP_ARCH_SERVICES_H_ */
