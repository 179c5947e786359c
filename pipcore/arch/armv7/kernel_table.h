// SPDX-License-Identifier: Apache-2.0
//
// The kernel's own tables, which the processor uses above user space: no entry may let user mode pass, and nothing may
// be writable and executable.  boot.S fills them; boot looks at what stands there, as the boot check does not.
#ifndef PIPCORE_ARCH_ARMV7_KERNEL_TABLE_H_
#define PIPCORE_ARCH_ARMV7_KERNEL_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace pip::armv7 {

inline constexpr std::size_t kFirstLevelEntries = 4096;
inline constexpr std::size_t kSecondLevelEntries = 512;  // two tables

// Whether these tables (ARM DDI 0406C, section B3.5.1, with SCTLR.AFE = 1, section B3.7.1) are closed to user mode. The
// second-level ones stand at this physical address, and links lead only there.
bool IsClosed(std::span<const std::uint32_t, kFirstLevelEntries> first,
              std::span<const std::uint32_t, kSecondLevelEntries> second, std::uint32_t second_address);

}  // namespace pip::armv7

#endif  // PIPCORE_ARCH_ARMV7_KERNEL_TABLE_H_
