/* SPDX-License-Identifier: Apache-2.0
 *
 * The services on x86, through SYSENTER where the processor has it, otherwise through the call gates
 * (docs/abi.md).  The registers of the fast entry:
 *
 *   EAX        service number in bits 0..7; bits 8..31 carry what three services need besides
 *   EBX ESI EDI  arguments, kept by the kernel
 *   ECX, EDX   where to come back: stack pointer and instruction pointer, since SYSENTER saves neither
 *   returns    EAX = status, EDX = value, ECX unknown
 */
#ifndef PIP_ARCH_SERVICES_H_
#define PIP_ARCH_SERVICES_H_

#include <stdbool.h>
#include <stdint.h>

#include "pip/arch/gates.h"
#include "pip/calltable.h"
#include "pip/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Nonzero when the processor has SYSENTER; set by the start file before main. */
extern uint8_t pip_cpu_has_sysenter;

static inline pip_answer_t pip_make_answer(pip_status_t status, uint32_t value) {
  pip_answer_t answer;
  answer.status = status;
  answer.value = value;
  return answer;
}

/* Leaves ECX and EDX with the place to come back to, and enters. */
#define PIP_SYSENTER      \
  "movl %%esp, %%ecx\n\t" \
  "movl $1f, %%edx\n\t"   \
  "sysenter\n"            \
  "1:"

/* One fast call with one, two or three arguments.  Each operand is an output or a named register, so the compiler knows
 * all that the kernel changes; memory is clobbered because a service may change any page of the caller. */
static inline pip_answer_t pip_fast_call1(uint32_t service, uint32_t first) {
  uint32_t status = service;
  uint32_t value;
  uint32_t scratch;
  __asm__ volatile(PIP_SYSENTER : "+a"(status), "=&d"(value), "=&c"(scratch) : "b"(first) : "memory", "cc");
  return pip_make_answer((pip_status_t)status, value);
}

static inline pip_answer_t pip_fast_call2(uint32_t service, uint32_t first, uint32_t second) {
  uint32_t status = service;
  uint32_t value;
  uint32_t scratch;
  __asm__ volatile(PIP_SYSENTER
                   : "+a"(status), "=&d"(value), "=&c"(scratch)
                   : "b"(first), "S"(second)
                   : "memory", "cc");
  return pip_make_answer((pip_status_t)status, value);
}

static inline pip_answer_t pip_fast_call3(uint32_t service, uint32_t first, uint32_t second, uint32_t third) {
  uint32_t status = service;
  uint32_t value;
  uint32_t scratch;
  __asm__ volatile(PIP_SYSENTER
                   : "+a"(status), "=&d"(value), "=&c"(scratch)
                   : "b"(first), "S"(second), "D"(third)
                   : "memory", "cc");
  return pip_make_answer((pip_status_t)status, value);
}

/* A call gate answers only yes or no. */
static inline pip_status_t pip_gate_status(uint32_t done) { return done != 0 ? PIP_DONE : PIP_REFUSED; }

static inline pip_status_t pip_create_partition(uint32_t descriptor, uint32_t page_directory, uint32_t shadow1,
                                                uint32_t shadow2, uint32_t configuration_list) {
  if (!pip_cpu_has_sysenter) {
    return pip_gate_status(pip_gate_create_partition(descriptor, page_directory, shadow1, shadow2, configuration_list));
  }
  /* The configuration list shares EAX with the service number, so its low bits must be checked here. */
  if ((configuration_list & 0xFFFu) != 0) {
    return PIP_BAD_ADDRESS;
  }
  uint32_t status = configuration_list | PIP_SERVICE_CREATE_PARTITION;
  uint32_t value = shadow2;
  uint32_t scratch;
  /* EBP carries the fourth argument for the length of the call. */
  __asm__ volatile(
      "pushl %%ebp\n\t"
      "movl %%edx, %%ebp\n\t" PIP_SYSENTER
      "\n\t"
      "popl %%ebp"
      : "+a"(status), "+d"(value), "=&c"(scratch)
      : "b"(descriptor), "S"(page_directory), "D"(shadow1)
      : "memory", "cc");
  return (pip_status_t)status;
}

static inline pip_answer_t pip_count_to_map(uint32_t child, uint32_t va) {
  if (!pip_cpu_has_sysenter) {
    return pip_make_answer(PIP_DONE, pip_gate_count_to_map(child, va));
  }
  return pip_fast_call2(PIP_SERVICE_COUNT_TO_MAP, child, va);
}

static inline pip_answer_t pip_prepare(uint32_t child, uint32_t va, uint32_t first_page) {
  if (!pip_cpu_has_sysenter) {
    const uint32_t result = pip_gate_prepare(child, va, first_page);
    return pip_make_answer(pip_gate_status(result & 1u), result & ~1u);
  }
  return pip_fast_call3(PIP_SERVICE_PREPARE, child, va, first_page);
}

static inline pip_status_t pip_add_vaddr(uint32_t source, uint32_t child, uint32_t destination, uint32_t rights) {
  if (!pip_cpu_has_sysenter) {
    return pip_gate_status(
        pip_gate_add_vaddr(source, child, destination, rights & 1u, rights >> 1 & 1u, rights >> 2 & 1u));
  }
  return pip_fast_call3(PIP_SERVICE_ADD_VADDR | (rights & 7u) << 8, source, child, destination).status;
}

static inline pip_status_t pip_remove_vaddr(uint32_t child, uint32_t va) {
  if (!pip_cpu_has_sysenter) {
    return pip_gate_status(pip_gate_remove_vaddr(child, va));
  }
  return pip_fast_call2(PIP_SERVICE_REMOVE_VADDR, child, va).status;
}

static inline pip_answer_t pip_mapped_in_child(uint32_t va) {
  if (!pip_cpu_has_sysenter) {
    return pip_make_answer(PIP_DONE, pip_gate_mapped_in_child(va));
  }
  return pip_fast_call1(PIP_SERVICE_MAPPED_IN_CHILD, va);
}

static inline pip_status_t pip_delete_partition(uint32_t child) {
  if (!pip_cpu_has_sysenter) {
    return pip_gate_status(pip_gate_delete_partition(child));
  }
  return pip_fast_call1(PIP_SERVICE_DELETE_PARTITION, child).status;
}

static inline pip_answer_t pip_collect(uint32_t child, uint32_t va) {
  if (!pip_cpu_has_sysenter) {
    const uint32_t first = pip_gate_collect(child, va);
    return pip_make_answer(pip_gate_status(first), first);
  }
  return pip_fast_call2(PIP_SERVICE_COLLECT, child, va);
}

static inline pip_status_t pip_yield(uint32_t child, uint32_t vector, uint32_t save_slot, uint32_t flags_on_yield,
                                     uint32_t flags_on_wake) {
  if (!pip_cpu_has_sysenter) {
    return (pip_status_t)pip_gate_yield(child, vector, save_slot, flags_on_yield, flags_on_wake);
  }
  /* The vector and the save slot share a register; what does not fit is as invalid as what is clamped. */
  const uint32_t vector_field = vector > 0xFFFFu ? 0xFFFFu : vector;
  const uint32_t slot_field = save_slot > 0xFFFFu ? 0xFFFFu : save_slot;
  const uint32_t service = PIP_SERVICE_YIELD | (flags_on_yield != 0 ? 1u << 8 : 0u);
  return pip_fast_call3(service, child, vector_field | slot_field << 16, flags_on_wake).status;
}

static inline pip_answer_t pip_get_int_state(uint32_t child) {
  if (!pip_cpu_has_sysenter) {
    const uint32_t state = pip_gate_get_int_state(child);
    return state == UINT32_MAX ? pip_make_answer(PIP_NOT_A_CHILD, 0) : pip_make_answer(PIP_DONE, state);
  }
  return pip_fast_call1(PIP_SERVICE_GET_INT_STATE, child);
}

static inline pip_status_t pip_set_int_state(uint32_t state) {
  if (!pip_cpu_has_sysenter) {
    pip_gate_set_int_state(state);
    return PIP_DONE;
  }
  return pip_fast_call1(PIP_SERVICE_SET_INT_STATE, state).status;
}

#ifdef __cplusplus
}
#endif

#endif /* PIP_ARCH_SERVICES_H_ */
