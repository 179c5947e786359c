/* SPDX-License-Identifier: Apache-2.0
 *
 * How each service is named at the kernel's entries.  Usable from C and from assembly.
 */
#ifndef PIP_CALLTABLE_H_
#define PIP_CALLTABLE_H_

/* Numbers of the services: EAX at the fast entry of x86, `svc #n` on ARMv7 (docs/abi.md). */
#define PIP_SERVICE_CREATE_PARTITION 0
#define PIP_SERVICE_COUNT_TO_MAP 1
#define PIP_SERVICE_PREPARE 2
#define PIP_SERVICE_ADD_VADDR 3
#define PIP_SERVICE_GET_INT_STATE 4
#define PIP_SERVICE_SET_INT_STATE 5
#define PIP_SERVICE_REMOVE_VADDR 6
#define PIP_SERVICE_MAPPED_IN_CHILD 7
#define PIP_SERVICE_DELETE_PARTITION 8
#define PIP_SERVICE_COLLECT 9
#define PIP_SERVICE_YIELD 10
#define PIP_SERVICE_DEBUG_PUTC 11

/* Selectors of the call gates of x86 (docs/abi.md). */
#define PIP_GATE_OUTB 0x30
#define PIP_GATE_INB 0x38
#define PIP_GATE_OUTW 0x40
#define PIP_GATE_INW 0x48
#define PIP_GATE_OUTL 0x50
#define PIP_GATE_INL 0x58
#define PIP_GATE_CREATE_PARTITION 0x60
#define PIP_GATE_COUNT_TO_MAP 0x68
#define PIP_GATE_PREPARE 0x70
#define PIP_GATE_ADD_VADDR 0x78
#define PIP_GATE_GET_INT_STATE 0x80
#define PIP_GATE_OUTADDRL 0x88
#define PIP_GATE_SET_INT_STATE 0x98
#define PIP_GATE_REMOVE_VADDR 0xA0
#define PIP_GATE_MAPPED_IN_CHILD 0xA8
#define PIP_GATE_DELETE_PARTITION 0xB0
#define PIP_GATE_COLLECT 0xB8
#define PIP_GATE_YIELD 0xC0

#endif /* PIP_CALLTABLE_H_ */
