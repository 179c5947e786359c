// SPDX-License-Identifier: Apache-2.0
//
// The root partition at boot (pipcore/kernel/root_partition.h) with what the interface says for x86 (docs/abi.md).
#ifndef PIPCORE_ARCH_X86_ROOT_PARTITION_H_
#define PIPCORE_ARCH_X86_ROOT_PARTITION_H_

#include <cstdint>
#include <span>

#include "pipcore/arch/x86/multiboot.h"
#include "pipcore/kernel/root_partition.h"

namespace pip::x86 {

// Addresses of the root's address space (docs/abi.md, "Boot on x86").
inline constexpr std::uint32_t kRootImage = 0x700000;
inline constexpr std::uint32_t kRootVgaText = 0xC00B8000;
inline constexpr std::uint32_t kRootBootInformation = 0xFFFFC000;
inline constexpr std::uint32_t kRootStackLow = 0xFFFFD000;
inline constexpr std::uint32_t kRootStackHigh = 0xFFFFE000;
inline constexpr std::uint32_t kRootVidt = 0xFFFFF000;
inline constexpr std::uint32_t kRootContext = 0xFFFFEFC0;

using kernel::kFreeFramesMin;
using kernel::RootError;
using kernel::RootPartition;

// kernel::BuildRootPartition with these addresses.
RootError BuildRootPartition(std::span<const Module> modules, FrameSet& free, RootPartition& root);

// Sets registers[] as the interface says, and starts the partition.
void StartRootPartition(const RootPartition& root);

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_ROOT_PARTITION_H_
