// SPDX-License-Identifier: Apache-2.0
//
// The root partition at boot (pipcore/kernel/root_partition.h) with what the interface says for ARMv7 (docs/abi.md
// and README.md here).
#ifndef PIPCORE_ARCH_ARMV7_ROOT_PARTITION_H_
#define PIPCORE_ARCH_ARMV7_ROOT_PARTITION_H_

#include <cstdint>
#include <span>

#include "pipcore/kernel/root_partition.h"

namespace pip::armv7 {

// Addresses of the root's address space.  Devices stand at their physical addresses; the processors' own devices, whose
// physical address is not one of user space, behind them.
inline constexpr std::uint32_t kRootImage = 0x700000;
inline constexpr std::uint32_t kRootDevices = 0x3F000000;
inline constexpr std::uint32_t kRootLocalDevices = 0x3F400000;
inline constexpr std::uint32_t kRootStackLow = 0x3FFFC000;
inline constexpr std::uint32_t kRootStackHigh = 0x3FFFD000;
inline constexpr std::uint32_t kRootBootInformation = 0x3FFFE000;
inline constexpr std::uint32_t kRootVidt = 0x3FFFF000;
inline constexpr std::uint32_t kRootContext = 0x3FFFDFB4;

// kernel::BuildRootPartition with these addresses.
kernel::RootError BuildRootPartition(std::span<const kernel::Module> modules, kernel::FrameSet& free,
                                     kernel::RootPartition& root);

// Sets registers[] as the interface says, and starts the partition.
void StartRootPartition(const kernel::RootPartition& root);

}  // namespace pip::armv7

#endif  // PIPCORE_ARCH_ARMV7_ROOT_PARTITION_H_
