// SPDX-License-Identifier: Apache-2.0
//
// The clock of the tracing kernel on x86, and where its records go.
#ifndef TOOLS_TRACE_KERNEL_X86_TRACE_MACHINE_H_
#define TOOLS_TRACE_KERNEL_X86_TRACE_MACHINE_H_

#include <cstdint>

#include "tools/trace/kernel/record.h"

namespace pip::trace {

// The time stamp counter; QEMU with -icount counts nanoseconds.
inline std::uint64_t ReadClock() {
  std::uint64_t value;
  // Volatile: each reading is another one.
  asm volatile("rdtsc" : "=A"(value));
  return value;
}

// QEMU's debug console, port 0xE9; in one instruction.
inline void Send(const Record& record) {
  constexpr std::uint16_t kDebugConsole = 0xE9;
  const std::uint32_t* words = record.data();
  std::uint32_t bytes = sizeof record;
  // Volatile: it acts on the machine; "memory", because it reads the record.
  asm volatile("rep outsb" : "+S"(words), "+c"(bytes) : "d"(kDebugConsole) : "memory");
}

}  // namespace pip::trace

#endif  // TOOLS_TRACE_KERNEL_X86_TRACE_MACHINE_H_
