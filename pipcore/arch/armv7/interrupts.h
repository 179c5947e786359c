// SPDX-License-Identifier: Apache-2.0
//
// The timer and the interrupt controllers of BCM2836.
//
// The timer's interrupt is vector 32; line n of the peripherals' controller (0 to 63) is vector 64 + n.  The kernel
// cannot quiet a device, so it disables a line when it delivers it; the root enables it again in the controller.
#ifndef PIPCORE_ARCH_ARMV7_INTERRUPTS_H_
#define PIPCORE_ARCH_ARMV7_INTERRUPTS_H_

#include <cstdint>

namespace pip::armv7 {

inline constexpr std::uint32_t kTimerVector = 32;
inline constexpr std::uint32_t kFirstDeviceVector = 64;

// The local timer ticks 100 times a second, on core 0; all lines of devices are disabled.
void InitializeInterrupts();

// What an interrupt is about: its vector, with what asked for it quieted; 0 when it was about nothing.
std::uint32_t AcknowledgeInterrupt();

}  // namespace pip::armv7

#endif  // PIPCORE_ARCH_ARMV7_INTERRUPTS_H_
