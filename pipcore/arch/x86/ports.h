// SPDX-License-Identifier: Apache-2.0
//
// Which ports are the kernel's own.
#ifndef PIPCORE_ARCH_X86_PORTS_H_
#define PIPCORE_ARCH_X86_PORTS_H_

#include <cstdint>

namespace pip::x86 {

// The two interrupt controllers: nobody but the kernel uses their ports (docs/abi.md).
inline constexpr std::uint16_t kMasterCommand = 0x20;
inline constexpr std::uint16_t kMasterData = 0x21;
inline constexpr std::uint16_t kSlaveCommand = 0xA0;
inline constexpr std::uint16_t kSlaveData = 0xA1;

// Whether an access of this many bytes touches one of them.
constexpr bool IsKernelPort(std::uint16_t port, std::uint32_t bytes) {
  for (std::uint32_t i = 0; i < bytes; ++i) {
    const std::uint16_t touched = static_cast<std::uint16_t>(port + i);
    if (touched == kMasterCommand || touched == kMasterData || touched == kSlaveCommand || touched == kSlaveData) {
      return true;
    }
  }
  return false;
}

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_PORTS_H_
