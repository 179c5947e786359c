// SPDX-License-Identifier: Apache-2.0
//
// What bench.cc needs of x86.
#ifndef BENCH_X86_BENCH_MACHINE_H_
#define BENCH_X86_BENCH_MACHINE_H_

#include <cstdint>

#include "pip/api.h"

namespace bench {

inline constexpr std::uint32_t kUndefinedInstruction = 6;  // its fault
inline constexpr std::uint32_t kMarkBytes = 1;             // between the rows of bench_marks

// The timer 10,000 times a second: mode 2 of the 8254's counter 0, 1193182 Hz divided by 119 (Intel 8254 data sheet).
inline void SpeedUpTimer() {
  Pip_Outb(0x43, 0x34);
  Pip_Outb(0x40, 119);
  Pip_Outb(0x40, 0);
}

// Goes on behind the instruction of bench_fault that faulted, which has 2 bytes.
inline void SkipFault(user_ctx_t& context) { context.eip += 2; }

}  // namespace bench

#endif  // BENCH_X86_BENCH_MACHINE_H_
