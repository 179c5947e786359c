/* SPDX-License-Identifier: Apache-2.0
 *
 * Input and output ports: the root partition has them, through the kernel's gates (docs/abi.md).
 */
#ifndef PIP_ARCH_PORTS_H_
#define PIP_ARCH_PORTS_H_

#include <stdint.h>

#include "pip/arch/gates.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A byte (b), 16 bits (w) or 32 bits (l) to a port. */
static inline void Pip_Outb(uint16_t port, uint8_t value) { pip_gate_outb(port, value); }
static inline void Pip_Outw(uint16_t port, uint16_t value) { pip_gate_outw(port, value); }
static inline void Pip_Outl(uint16_t port, uint32_t value) { pip_gate_outl(port, value); }
/* Writes the physical address of the page at `va` to the port: for devices that access memory themselves. */
static inline void Pip_Outaddrl(uint16_t port, uint32_t va) { pip_gate_outaddrl(port, va); }
/* A byte (b), 16 bits (w) or 32 bits (l) from a port. */
static inline uint8_t Pip_Inb(uint16_t port) { return (uint8_t)pip_gate_inb(port); }
static inline uint16_t Pip_Inw(uint16_t port) { return (uint16_t)pip_gate_inw(port); }
static inline uint32_t Pip_Inl(uint16_t port) { return pip_gate_inl(port); }

#ifdef __cplusplus
}
#endif

#endif /* PIP_ARCH_PORTS_H_ */
