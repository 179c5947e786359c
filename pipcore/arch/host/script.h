// SPDX-License-Identifier: Apache-2.0
// Random programs for partitions: each step is one number, from which one action of the running partition is made, with
// arguments that are mostly sensible for the state at hand and sometimes hostile.  Property tests and fuzzers share it.
#ifndef PIPCORE_ARCH_HOST_SCRIPT_H_
#define PIPCORE_ARCH_HOST_SCRIPT_H_

#include <cstdint>
#include <span>

#include "pipcore/arch/host/lock_step.h"

namespace pip::host {

// The free pages of the machine that scripts run on: few, so that they run out.
inline constexpr std::uint32_t kScriptPages = 150;

// Prepares the states that scripts start from: a freshly booted machine, and a family of nested partitions.
void KeepStartingStates(LockStep& machine);

// Runs one script; the lowest bit of the first step chooses the starting state.  Throws Difference.
void RunScript(LockStep& machine, std::span<const std::uint64_t> steps);

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_SCRIPT_H_
