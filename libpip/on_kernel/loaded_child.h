// SPDX-License-Identifier: Apache-2.0
//
// What loader.cc and its child agree upon.
#ifndef LIBPIP_ON_KERNEL_LOADED_CHILD_H_
#define LIBPIP_ON_KERNEL_LOADED_CHILD_H_

#include <cstdint>

namespace loaded_child {

inline constexpr std::uint32_t kSharedAddress = 0x00C00000;
inline constexpr std::uint32_t kParentContinues = 60;
inline constexpr std::uint32_t kChildContinues = 61;

inline constexpr std::uint32_t kInitialised = 0x11223344;
inline constexpr std::uint32_t kConstant = 0x55667788;

// What the child tries.
enum class Task : std::uint32_t {
  kReport,
  kWriteToCode,
  kUnknownService,
  kServiceOfRoot,
  kPrivilegedInstruction,
  kReadKernel,
  kFaultByHand,
};

struct Shared {
  Task task;
  std::uint32_t initialised;
  std::uint32_t zero;
  std::uint32_t constant;
  std::uint32_t boot_information;
  std::uint32_t rounds;
};

}  // namespace loaded_child

#endif  // LIBPIP_ON_KERNEL_LOADED_CHILD_H_
