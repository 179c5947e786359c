/* SPDX-License-Identifier: Apache-2.0
 *
 * The services on ARMv7 (docs/abi.md): `svc #n` with arguments in r0 to r5.  With bit 7 set in n, the kernel answers
 * with the status in r0 and the value in r1; without it, with the old result in r0.  Other registers are kept.
 */
#ifndef PIP_ARCH_SERVICES_H_
#define PIP_ARCH_SERVICES_H_

#include <stdint.h>

#include "pip/calltable.h"
#include "pip/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PIP_SERVICE_WITH_STATUS 0x80

/* One call with two, three, five or six arguments.  Each operand is an output or a named register, so the compiler
 * knows all that the kernel changes; memory is clobbered because a service may change any page of the caller. */
#define PIP_SERVICE_REGISTER(name, value) register uint32_t name __asm__(#name) = (value)
#define PIP_SERVICE_CALL(service, ...)                                                \
  __asm__ volatile("svc %[number]"                                                    \
                   : "+r"(r0), "+r"(r1)                                               \
                   : [number] "i"((service) | PIP_SERVICE_WITH_STATUS), ##__VA_ARGS__ \
                   : "memory", "cc")

#define PIP_SERVICE_CALL2(service, first, second) \
  PIP_SERVICE_REGISTER(r0, first);                \
  PIP_SERVICE_REGISTER(r1, second);               \
  PIP_SERVICE_CALL(service)

#define PIP_SERVICE_CALL3(service, first, second, third) \
  PIP_SERVICE_REGISTER(r0, first);                       \
  PIP_SERVICE_REGISTER(r1, second);                      \
  PIP_SERVICE_REGISTER(r2, third);                       \
  PIP_SERVICE_CALL(service, "r"(r2))

#define PIP_SERVICE_CALL5(service, first, second, third, fourth, fifth) \
  PIP_SERVICE_REGISTER(r0, first);                                      \
  PIP_SERVICE_REGISTER(r1, second);                                     \
  PIP_SERVICE_REGISTER(r2, third);                                      \
  PIP_SERVICE_REGISTER(r3, fourth);                                     \
  PIP_SERVICE_REGISTER(r4, fifth);                                      \
  PIP_SERVICE_CALL(service, "r"(r2), "r"(r3), "r"(r4))

#define PIP_SERVICE_CALL6(service, first, second, third, fourth, fifth, sixth) \
  PIP_SERVICE_REGISTER(r0, first);                                             \
  PIP_SERVICE_REGISTER(r1, second);                                            \
  PIP_SERVICE_REGISTER(r2, third);                                             \
  PIP_SERVICE_REGISTER(r3, fourth);                                            \
  PIP_SERVICE_REGISTER(r4, fifth);                                             \
  PIP_SERVICE_REGISTER(r5, sixth);                                             \
  PIP_SERVICE_CALL(service, "r"(r2), "r"(r3), "r"(r4), "r"(r5))

static inline pip_answer_t pip_make_answer(uint32_t status, uint32_t value) {
  const pip_answer_t answer = {(pip_status_t)status, value};
  return answer;
}

static inline pip_status_t pip_create_partition(uint32_t descriptor, uint32_t page_directory, uint32_t shadow1,
                                                uint32_t shadow2, uint32_t configuration_list) {
  PIP_SERVICE_CALL5(PIP_SERVICE_CREATE_PARTITION, descriptor, page_directory, shadow1, shadow2, configuration_list);
  return (pip_status_t)r0;
}

static inline pip_answer_t pip_count_to_map(uint32_t child, uint32_t va) {
  PIP_SERVICE_CALL2(PIP_SERVICE_COUNT_TO_MAP, child, va);
  return pip_make_answer(r0, r1);
}

static inline pip_answer_t pip_prepare(uint32_t child, uint32_t va, uint32_t first_page) {
  PIP_SERVICE_CALL3(PIP_SERVICE_PREPARE, child, va, first_page);
  return pip_make_answer(r0, r1);
}

static inline pip_status_t pip_add_vaddr(uint32_t source, uint32_t child, uint32_t destination, uint32_t rights) {
  PIP_SERVICE_CALL6(PIP_SERVICE_ADD_VADDR, source, child, destination, rights & 1u, rights >> 1 & 1u, rights >> 2 & 1u);
  return (pip_status_t)r0;
}

static inline pip_answer_t pip_get_int_state(uint32_t child) {
  PIP_SERVICE_CALL2(PIP_SERVICE_GET_INT_STATE, child, 0);
  return pip_make_answer(r0, r1);
}

static inline pip_status_t pip_set_int_state(uint32_t state) {
  PIP_SERVICE_CALL2(PIP_SERVICE_SET_INT_STATE, state, 0);
  return (pip_status_t)r0;
}

static inline pip_status_t pip_remove_vaddr(uint32_t child, uint32_t va) {
  PIP_SERVICE_CALL2(PIP_SERVICE_REMOVE_VADDR, child, va);
  return (pip_status_t)r0;
}

static inline pip_answer_t pip_mapped_in_child(uint32_t va) {
  PIP_SERVICE_CALL2(PIP_SERVICE_MAPPED_IN_CHILD, va, 0);
  return pip_make_answer(r0, r1);
}

static inline pip_status_t pip_delete_partition(uint32_t child) {
  PIP_SERVICE_CALL2(PIP_SERVICE_DELETE_PARTITION, child, 0);
  return (pip_status_t)r0;
}

static inline pip_answer_t pip_collect(uint32_t child, uint32_t va) {
  PIP_SERVICE_CALL2(PIP_SERVICE_COLLECT, child, va);
  return pip_make_answer(r0, r1);
}

static inline pip_status_t pip_yield(uint32_t child, uint32_t vector, uint32_t save_slot, uint32_t flags_on_yield,
                                     uint32_t flags_on_wake) {
  PIP_SERVICE_CALL5(PIP_SERVICE_YIELD, child, vector, save_slot, flags_on_yield, flags_on_wake);
  return (pip_status_t)r0;
}

/* Writes a character to the kernel's serial port; for the root partition. */
static inline pip_status_t pip_debug_putc(uint32_t character) {
  PIP_SERVICE_CALL2(PIP_SERVICE_DEBUG_PUTC, character, 0);
  return (pip_status_t)r0;
}

#ifdef __cplusplus
}
#endif

#endif /* PIP_ARCH_SERVICES_H_ */
