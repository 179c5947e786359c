/* SPDX-License-Identifier: Apache-2.0
 *
 * What these tests know of x86 (machine.h).
 */
#ifndef LIBPIP_ON_KERNEL_MACHINE_X86_H_
#define LIBPIP_ON_KERNEL_MACHINE_X86_H_

#include <stdint.h>

#include "pip/api.h"
#include "pip/context.h"

/* The kernel's own memory, its view of all memory, a device's page, a user page where nothing is mapped. */
#define MACHINE_KERNEL_ADDRESS 0x00100000u
#define MACHINE_WINDOW_ADDRESS 0xD0000000u
#define MACHINE_DEVICE_ADDRESS 0xC00B8000u
#define MACHINE_UNMAPPED_ADDRESS 0xCFFFF000u
/* What a page at address 0 is refused for. */
#define MACHINE_PAGE_ZERO PIP_BAD_ADDRESS

/* What a parent is told of. */
#define MACHINE_FAULT_PRIVILEGED 13u
#define MACHINE_FAULT_MEMORY 14u
#define MACHINE_FAULT_BY_HAND 100u

/* A partition's own registers, set by hand. */
static inline void machine_set_start(user_ctx_t* start, uint32_t entry, uint32_t stack) {
  start->eip = entry;
  start->eflags = 2;
  start->regs.esp = stack;
  start->valid = 1;
}

/* The ends of a run (libpip/arch/x86/power.cc). */
static inline void machine_fail(void) { Pip_Outb(0xF4, 1); }
static inline void machine_pass(void) { Pip_Outw(0x604, 0x2000); }

/* The serial port is ready, says its status register. */
static inline int machine_serial_is_ready(void) { return (Pip_Inb(0x3FD) & 0x20) != 0; }

/* What a child can try: a service that does not exist, one that is the root's, a privileged instruction, a fault by
 * hand. The first is a fault; the second does nothing. */
static inline void machine_unknown_service(void) { __asm__ volatile("lcall $0xF8, $0"); }
#define MACHINE_UNKNOWN_SERVICE_FAULT 13u
static inline void machine_service_of_root(void) { pip_gate_outb(0xF4, 1); }
static inline void machine_privileged_instruction(void) { __asm__ volatile("outb %b0, %w1" : : "a"(1), "d"(0xF4)); }
static inline void machine_fault_by_hand(void) { __asm__ volatile("int $100"); }

#endif /* LIBPIP_ON_KERNEL_MACHINE_X86_H_ */
