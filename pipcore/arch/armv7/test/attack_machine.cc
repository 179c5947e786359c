// SPDX-License-Identifier: Apache-2.0
//
// The timer of BCM2836, which is among the root partition's devices.
#include "pipcore/arch/test/attack_machine.h"

#include <cstdint>

#include "pip/vidt.h"

void SetTimer(TimerSpeed speed) {
  // QA7 (BCM2836 ARM-local peripherals), section 4.11: 38.4 MHz, counted down from a value; interrupt and timer
  // enabled.
  constexpr std::uint32_t kControl = PIP_LOCAL_PERIPHERALS_ADDRESS + 0x34;
  constexpr std::uint32_t kEnable = 3U << 28;
  const std::uint32_t count = speed == TimerSpeed::kCalm ? 384000 : speed == TimerSpeed::kStorm ? 1920 : 19200;
  // A register of a device of this partition; volatile because the access acts outside the program.
  *reinterpret_cast<volatile std::uint32_t*>(kControl) = kEnable | count;
}

bool OtherRegistersAreFresh() {
  std::uint32_t thread = 0;
  // TPIDRURW (ARM DDI 0406C, B4.1.151); volatile: what was written last is no matter of the program.
  asm volatile("mrc p15, 0, %0, c13, c0, 2" : "=r"(thread));
  return thread == 0;
}

void PrepareAttacks() {}
