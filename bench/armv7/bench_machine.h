// SPDX-License-Identifier: Apache-2.0
//
// What bench.cc needs of ARMv7.
#ifndef BENCH_ARMV7_BENCH_MACHINE_H_
#define BENCH_ARMV7_BENCH_MACHINE_H_

#include <cstdint>

#include "pip/api.h"

namespace bench {

inline constexpr std::uint32_t kUndefinedInstruction = 0;  // its fault
inline constexpr std::uint32_t kMarkBytes = 4;             // between the rows of bench_marks

// The local timer 10,000 times a second: 38.4 MHz divided by 3840 (BCM2836 ARM-local peripherals, QA7, section 4.11).
inline void SpeedUpTimer() {
  // A register of a device of this partition; volatile because the access acts outside the program.
  *reinterpret_cast<volatile std::uint32_t*>(PIP_LOCAL_PERIPHERALS_ADDRESS + 0x34) = (3U << 28) | 3840;
}

// Goes on behind the instruction of bench_fault that faulted, which has 4 bytes.
inline void SkipFault(user_ctx_t& context) { context.reg[CTX_PC] += 4; }

}  // namespace bench

#endif  // BENCH_ARMV7_BENCH_MACHINE_H_
