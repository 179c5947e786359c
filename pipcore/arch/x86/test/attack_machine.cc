// SPDX-License-Identifier: Apache-2.0
//
// The timer of a PC, and what attacks.S needs to know.
#include "pipcore/arch/test/attack_machine.h"

#include <array>
#include <cstdint>

#include "pip/api.h"
#include "pip/arch/services.h"

extern "C" {
// What the processor can do.
std::uint32_t attack_sysenter;
extern const std::array<std::uint32_t, 2> attack_bounds;
const std::array<std::uint32_t, 2> attack_bounds = {1, 2};
}

void SetTimer(TimerSpeed speed) {
  // Intel 8254 data sheet: 1193182 Hz, divided.
  const std::uint32_t divisor = speed == TimerSpeed::kCalm ? 0xFFFF : speed == TimerSpeed::kStorm ? 60 : 600;
  Pip_Outb(0x43, 0x34);
  Pip_Outb(0x40, static_cast<std::uint8_t>(divisor));
  Pip_Outb(0x40, static_cast<std::uint8_t>(divisor >> 8));
}

bool OtherRegistersAreFresh() {
  constexpr std::uint16_t kUserData = 0x23;
  std::uint16_t fs = 0;
  std::uint16_t gs = 0;
  // volatile: what was loaded last is no matter of the program.
  asm volatile("movw %%fs, %0\n\tmovw %%gs, %1" : "=r"(fs), "=r"(gs));
  return fs == kUserData && gs == kUserData;
}

void PrepareAttacks() { attack_sysenter = pip_cpu_has_sysenter; }
