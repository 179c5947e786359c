/* SPDX-License-Identifier: Apache-2.0
 *
 * The registers of a partition as the kernel saves and loads them on ARMv7 (docs/abi.md).
 */
#ifndef PIP_ARCH_CONTEXT_H_
#define PIP_ARCH_CONTEXT_H_

#include <stdint.h>

/* Positions in user_ctx_t.reg. */
enum {
  CTX_SP,
  CTX_LR,
  CTX_R0,
  CTX_R1,
  CTX_R2,
  CTX_R3,
  CTX_R4,
  CTX_R5,
  CTX_R6,
  CTX_R7,
  CTX_R8,
  CTX_R9,
  CTX_R10,
  CTX_R11,
  CTX_R12,
  CTX_PC,
  CTX_REGISTERS
};

/* The registers of a partition that does not run. */
typedef struct __attribute__((packed, aligned(4))) user_ctx {
  uint32_t spsr;               /* the status register; of its bits those that user mode may set */
  uint32_t reg[CTX_REGISTERS]; /* general registers, at the positions above */
  uint32_t pipflags;           /* interrupt state: 0 is VCLI, anything else VSTI */
  uint32_t valid;              /* the kernel writes 1 when it saves a context, and never reads it */
} user_ctx_t;

/* The bytes of a context. */
#define PIP_CONTEXT_BYTES 76

/* Writes the context in which `entry` starts with `stack` as stack pointer and all other registers 0.  An odd address
 * is that of Thumb code (ARM DDI 0406C, section A2.3.2). */
static inline void pip_context_initialise(user_ctx_t* context, uint32_t entry, uint32_t stack, uint32_t pipflags) {
  __builtin_memset(context, 0, sizeof *context);
  context->spsr = 0x10u | (entry & 1u) << 5; /* user mode, bit T */
  context->reg[CTX_PC] = entry & ~1u;
  context->reg[CTX_SP] = stack;
  context->pipflags = pipflags;
  context->valid = 1;
}

/* Where a partition finds the address of its boot information when it starts: r0. */
static inline void pip_context_set_boot_information(user_ctx_t* context, uint32_t address) {
  context->reg[CTX_R0] = address;
}

#endif /* PIP_ARCH_CONTEXT_H_ */
