// SPDX-License-Identifier: Apache-2.0
//
// What entries.cc needs of ARMv7: libpip has one entry.
#ifndef LIBPIP_ON_KERNEL_ENTRIES_ARMV7_H_
#define LIBPIP_ON_KERNEL_ENTRIES_ARMV7_H_

#include <array>
#include <cstdint>

#include "pip/services.h"

namespace entries {

inline void TakeEntry(std::uint8_t /*fast*/) {}
inline const char* EntryName() { return "svc"; }
inline bool HasAllEntries() { return true; }

// The number of a service stands in the instruction.
inline constexpr std::array<std::uint32_t, 2> kUnknownServices = {12, 0x7F};
inline pip_answer_t CallUnknownService(std::uint32_t number) {
  register std::uint32_t r0 asm("r0") = 1;
  register std::uint32_t r1 asm("r1") = 2;
  if (number == kUnknownServices[0]) {
    asm volatile("svc #0x8C" : "+r"(r0), "+r"(r1) : : "memory", "cc");
  } else {
    asm volatile("svc #0xFF" : "+r"(r0), "+r"(r1) : : "memory", "cc");
  }
  const std::uint32_t status = r0;
  const std::uint32_t value = r1;
  // All ones are the answer of the old entry as well, which has no status for it.
  if (status == UINT32_MAX) {
    return pip_make_answer(PIP_NO_SUCH_SERVICE, value);
  }
  return pip_make_answer(status, value);
}

inline void RunMachineCases(std::uint32_t /*page*/, void (* /*expect*/)(const char*, std::uint32_t, std::uint32_t)) {}

}  // namespace entries

#endif  // LIBPIP_ON_KERNEL_ENTRIES_ARMV7_H_
