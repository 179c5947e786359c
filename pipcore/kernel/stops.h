// SPDX-License-Identifier: Apache-2.0
//
// The last words for what nobody can take: they name the partition that was running, and where.
#ifndef PIPCORE_KERNEL_STOPS_H_
#define PIPCORE_KERNEL_STOPS_H_

#include <cstdint>

namespace pip::kernel {

// What a fault was about: ", accessing " and the address; without words, nothing is said.
struct FaultDetail {
  const char* words = nullptr;
  std::uint32_t address = 0;
};

// A fault that nobody up to the root can be told of; `place` is the address of the instruction.
[[noreturn]] void StopForFault(std::uint32_t vector, std::uint32_t place, FaultDetail detail);

// A hardware interrupt that the root cannot take: it has lost control, and a child could run for ever.
[[noreturn]] void StopForInterrupt(std::uint32_t line, bool is_timer, std::uint32_t place);

// A service came where its proof says that it cannot.
[[noreturn]] void StopForUnreachable();

}  // namespace pip::kernel

#endif  // PIPCORE_KERNEL_STOPS_H_
