// SPDX-License-Identifier: Apache-2.0
//
// The two 8259A interrupt controllers, and the 8254 timer that drives line 0.
#ifndef PIPCORE_ARCH_X86_INTERRUPT_CONTROLLER_H_
#define PIPCORE_ARCH_X86_INTERRUPT_CONTROLLER_H_

#include <cstdint>

#include "pipcore/arch/x86/ports.h"
#include "pipcore/arch/x86/processor.h"

namespace pip::x86 {

inline constexpr std::uint32_t kTimerLine = 0;

// All lines open, from vector 32 on.
void InitializeInterruptController();
// The timer ticks 100 times a second until the root partition decides otherwise.
void InitializeTimer();
inline constexpr std::uint8_t kEndOfInterrupt = 0x20;
inline constexpr std::uint32_t kMasterLines = 8;

// For lines 7 to 15, the slave's and those that may be spurious.
bool AcknowledgeUnusualInterrupt(std::uint32_t line);

// Tells the controllers that the interrupt of this line is taken.  False when there was none: a spurious interrupt.
inline bool AcknowledgeInterrupt(std::uint32_t line) {
  if (line >= kMasterLines - 1) [[unlikely]] {
    return AcknowledgeUnusualInterrupt(line);
  }
  WritePort8(kMasterCommand, kEndOfInterrupt);
  return true;
}

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_INTERRUPT_CONTROLLER_H_
