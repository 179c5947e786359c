// SPDX-License-Identifier: Apache-2.0
//
// What the firmware knows, through the mailbox to the video processor that runs it.
#ifndef PIPCORE_ARCH_ARMV7_FIRMWARE_H_
#define PIPCORE_ARCH_ARMV7_FIRMWARE_H_

#include <cstdint>
#include <optional>

namespace pip::armv7 {

// Bytes of memory from address 0 on that are not the video processor's; nothing when the firmware does not answer.
std::optional<std::uint32_t> MemoryBytes();

}  // namespace pip::armv7

#endif  // PIPCORE_ARCH_ARMV7_FIRMWARE_H_
