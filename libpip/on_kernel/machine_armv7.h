/* SPDX-License-Identifier: Apache-2.0
 *
 * What these tests know of ARMv7 and of the Raspberry Pi 2 (machine.h).
 */
#ifndef LIBPIP_ON_KERNEL_MACHINE_ARMV7_H_
#define LIBPIP_ON_KERNEL_MACHINE_ARMV7_H_

#include <stdint.h>

#include "pip/api.h"
#include "pip/context.h"
#include "pip/services.h"

/* The kernel's own memory, its view of all memory, a device's page, a user page where nothing is mapped. */
#define MACHINE_KERNEL_ADDRESS 0xF0008000u
#define MACHINE_WINDOW_ADDRESS 0x80000000u
#define MACHINE_DEVICE_ADDRESS 0x3F200000u
#define MACHINE_UNMAPPED_ADDRESS 0x3EFFF000u
/* What a page at address 0 is refused for: the address is one of user space. */
#define MACHINE_PAGE_ZERO PIP_NOT_MAPPED

/* What a parent is told of. */
#define MACHINE_FAULT_PRIVILEGED 0u
#define MACHINE_FAULT_MEMORY 2u
#define MACHINE_FAULT_BY_HAND 1u

/* A partition's own registers, set by hand. */
static inline void machine_set_start(user_ctx_t* start, uint32_t entry, uint32_t stack) {
  start->spsr = 0x10;
  start->reg[CTX_PC] = entry;
  start->reg[CTX_SP] = stack;
  start->valid = 1;
}

/* The end of a run (libpip/arch/armv7/power.cc): registers of devices, volatile because each access acts outside the
 * program. It is the same for all runs. */
static inline volatile uint32_t* machine_register(uint32_t address) { return (volatile uint32_t*)(uintptr_t)address; }
static inline int machine_serial_is_ready(void) {
  return (*machine_register(PIP_PERIPHERALS_ADDRESS + 0x201018) & 1u << 5) == 0;
}
static inline void machine_pass(void) {
  while ((*machine_register(PIP_PERIPHERALS_ADDRESS + 0x201018) & 1u << 3) != 0) {
  }
  *machine_register(PIP_PERIPHERALS_ADDRESS + 0x100020) = 0x5A000555;
  *machine_register(PIP_PERIPHERALS_ADDRESS + 0x100024) = 0x5A000001;
  *machine_register(PIP_PERIPHERALS_ADDRESS + 0x10001C) = 0x5A000020;
}
static inline void machine_fail(void) { machine_pass(); }

/* What a child can try: a service that does not exist, one that is the root's, a privileged instruction, a fault by
 * hand. The first two do nothing. */
static inline void machine_unknown_service(void) { __asm__ volatile("svc #0x55" : : : "r0", "r1"); }
#define MACHINE_UNKNOWN_SERVICE_FAULT UINT32_MAX
static inline void machine_service_of_root(void) { (void)pip_debug_putc('!'); }
static inline void machine_privileged_instruction(void) { __asm__ volatile("mcr p15, 0, %0, c2, c0, 0" : : "r"(0)); }
static inline void machine_fault_by_hand(void) { __asm__ volatile("bkpt #0"); }

#endif /* LIBPIP_ON_KERNEL_MACHINE_ARMV7_H_ */
