/* SPDX-License-Identifier: Apache-2.0
 *
 * The registers of a partition as the kernel saves and loads them on x86 (docs/abi.md).
 */
#ifndef PIP_ARCH_CONTEXT_H_
#define PIP_ARCH_CONTEXT_H_

#include <stdint.h>

/* The registers of a partition that does not run. */
typedef struct __attribute__((packed)) user_ctx {
  uint32_t eip;      /* the next instruction */
  uint32_t pipflags; /* interrupt state: 0 is VCLI, anything else VSTI */
  uint32_t eflags;   /* of its bits those that user mode may set */
  struct __attribute__((packed)) {
    uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
  } regs;          /* the general registers */
  uint32_t valid;  /* the kernel writes 1 when it saves a context, and never reads it */
  uint32_t nfu[4]; /* reserved */
} user_ctx_t;

/* The bytes of a context. */
#define PIP_CONTEXT_BYTES 64

/* Writes the context in which `entry` starts with `stack` as stack pointer and all other registers 0. */
static inline void pip_context_initialise(user_ctx_t* context, uint32_t entry, uint32_t stack, uint32_t pipflags) {
  __builtin_memset(context, 0, sizeof *context);
  context->eip = entry;
  context->pipflags = pipflags;
  context->eflags = 2; /* bit 1 of EFLAGS always reads as 1 */
  context->regs.esp = stack;
  context->valid = 1;
}

/* Where a partition finds the address of its boot information when it starts: EBX. */
static inline void pip_context_set_boot_information(user_ctx_t* context, uint32_t address) {
  context->regs.ebx = address;
}

#endif /* PIP_ARCH_CONTEXT_H_ */
