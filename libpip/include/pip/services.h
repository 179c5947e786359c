/* SPDX-License-Identifier: Apache-2.0
 *
 * The services of the kernel with the reason of a refusal.  All addresses are virtual byte addresses of the caller or
 * of the child; `child` is the address of the child's descriptor in the caller.  A refused call has changed nothing.
 *
 * The definitions are the architecture's: inline entries on x86, functions of the test on the host.
 *
 *   pip_create_partition   five pages of the caller become a child without any mapping
 *   pip_count_to_map       value: how many pages pip_prepare needs before `va` can be mapped in the child
 *   pip_prepare            takes pages from a list (word 0 of each holds the address of the next) as tables for `va`;
 *                          value: the first page it did not use
 *   pip_add_vaddr          shows the caller's page `source` in the child at `destination`; rights: PIP_READ | ...
 *   pip_remove_vaddr       takes the page at `va` in the child back
 *   pip_mapped_in_child    value: the descriptor of the child that the page at `va` was given to, or 0
 *   pip_delete_partition   takes the child away with everything below it
 *   pip_collect            takes the empty tables for `va` back; value: the first page of their list
 *   pip_yield              gives the processor to a child, or (child 0) to the parent, at VIDT[vector] there; returns
 *                          when someone yields to the context saved at the caller's VIDT[save_slot]
 *   pip_get_int_state      value: 0 when the child is VCLI (masked), otherwise 1
 *   pip_set_int_state      masks (0) or unmasks (1) the caller's interrupts
 */
#ifndef PIP_SERVICES_H_
#define PIP_SERVICES_H_

#include <stdint.h>

#include "pip/status.h"

/* Rights of a mapping. */
#define PIP_READ 1u
#define PIP_WRITE 2u
#define PIP_EXECUTE 4u

#include "pip/arch/services.h"

#endif /* PIP_SERVICES_H_ */
