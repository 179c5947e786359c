// SPDX-License-Identifier: Apache-2.0
//
// The clock of the tracing kernel on ARMv7, and where its records go.
#ifndef TOOLS_TRACE_KERNEL_ARMV7_TRACE_MACHINE_H_
#define TOOLS_TRACE_KERNEL_ARMV7_TRACE_MACHINE_H_

#include <cstdint>

#include "pipcore/arch/armv7/peripherals.h"
#include "tools/trace/kernel/record.h"

namespace pip::trace {

// The virtual counter (ARM DDI 0406C, section B8.1.3), which QEMU is told to move once a nanosecond.
inline std::uint64_t ReadClock() {
  std::uint64_t value;
  // Volatile: each reading is another one.
  asm volatile("mrrc p15, 1, %Q0, %R0, c14" : "=r"(value));
  return value;
}

// The second serial port, the mini UART (BCM2835 ARM Peripherals, section 2.2), which the kernel has no other use for.
// QEMU takes each byte at once, so nobody waits.
inline void Send(const Record& record) {
  constexpr std::uint32_t kMiniUartData = 0x3F215040;
  armv7::DeviceBarrier();
  for (const std::uint32_t word : record) {
    for (int shift = 0; shift < 32; shift += 8) {
      armv7::Register(kMiniUartData) = word >> shift & 0xFF;
    }
  }
  armv7::DeviceBarrier();
}

}  // namespace pip::trace

#endif  // TOOLS_TRACE_KERNEL_ARMV7_TRACE_MACHINE_H_
