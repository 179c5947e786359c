// SPDX-License-Identifier: Apache-2.0
//
// The two 8259A interrupt controllers, and the 8254 timer that drives line 0.
#ifndef PIPCORE_ARCH_X86_INTERRUPT_CONTROLLER_H_
#define PIPCORE_ARCH_X86_INTERRUPT_CONTROLLER_H_

#include <cstdint>

namespace pip::x86 {

inline constexpr std::uint32_t kTimerLine = 0;

// All lines open, from vector 32 on.
void InitializeInterruptController();
// The timer ticks 100 times a second until the root partition decides otherwise.
void InitializeTimer();
// Tells the controllers that the interrupt of this line is taken.  False when there was none: a spurious interrupt.
// (entry.S does the same for lines below 7.)
bool AcknowledgeInterrupt(std::uint32_t line);

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_INTERRUPT_CONTROLLER_H_
