/* SPDX-License-Identifier: Apache-2.0
 *
 * One C function per call gate.  A gate finds its arguments on top of the stack, last pushed first; the function's own
 * arguments lie above its return address, so they are pushed again.  EBX, ESI, EDI and EBP are kept by the kernel.
 */
#include "pip/calltable.h"

.text

.macro gate name, selector, arguments
  .globl \name
  .type \name, @function
\name:
  .rept \arguments
  /* Each push moves the stack by the distance to the next argument to push, so the offset stays the same. */
  pushl 4*\arguments(%esp)
  .endr
  lcall $\selector, $0
  addl $4*\arguments, %esp
  ret
  .size \name, . - \name
.endm

gate pip_gate_create_partition, PIP_GATE_CREATE_PARTITION, 5
gate pip_gate_count_to_map, PIP_GATE_COUNT_TO_MAP, 2
gate pip_gate_prepare, PIP_GATE_PREPARE, 3
gate pip_gate_add_vaddr, PIP_GATE_ADD_VADDR, 6
gate pip_gate_get_int_state, PIP_GATE_GET_INT_STATE, 1
gate pip_gate_set_int_state, PIP_GATE_SET_INT_STATE, 1
gate pip_gate_remove_vaddr, PIP_GATE_REMOVE_VADDR, 2
gate pip_gate_mapped_in_child, PIP_GATE_MAPPED_IN_CHILD, 1
gate pip_gate_delete_partition, PIP_GATE_DELETE_PARTITION, 1
gate pip_gate_collect, PIP_GATE_COLLECT, 2
gate pip_gate_yield, PIP_GATE_YIELD, 5
gate pip_gate_outb, PIP_GATE_OUTB, 2
gate pip_gate_outw, PIP_GATE_OUTW, 2
gate pip_gate_outl, PIP_GATE_OUTL, 2
gate pip_gate_outaddrl, PIP_GATE_OUTADDRL, 2
gate pip_gate_inb, PIP_GATE_INB, 1
gate pip_gate_inw, PIP_GATE_INW, 1
gate pip_gate_inl, PIP_GATE_INL, 1

.section .note.GNU-stack, "", @progbits
