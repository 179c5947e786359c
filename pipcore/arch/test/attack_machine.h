// SPDX-License-Identifier: Apache-2.0
//
// What hostile.cc needs of the architecture.
#ifndef PIPCORE_ARCH_TEST_ATTACK_MACHINE_H_
#define PIPCORE_ARCH_TEST_ATTACK_MACHINE_H_

#include <cstdint>

// So seldom that an attack is hardly disturbed; as fast as a tick still leaves the child some time; and for what must
// get on in the meantime.
enum class TimerSpeed : std::uint8_t { kCalm, kStorm, kGale };

void SetTimer(TimerSpeed speed);

// Whether the registers that no context has, and that user mode may write, are as a partition gets them.
bool OtherRegistersAreFresh();

// Once, before the first attack.
void PrepareAttacks();

#endif  // PIPCORE_ARCH_TEST_ATTACK_MACHINE_H_
