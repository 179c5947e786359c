// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/root_partition.h"

#include <array>

extern "C" {
#include "pip/mal.h"
}

namespace pip::x86 {
namespace {

constexpr std::array kDevices = {kernel::DeviceRange{kRootVgaText, {0xB8, 0xC0}}};

constexpr kernel::RootLayout kLayout = {
    .image = kRootImage,
    .boot_information = kRootBootInformation,
    .stack_low = kRootStackLow,
    .stack_high = kRootStackHigh,
    .vidt = kRootVidt,
    .context = kRootContext,
    // The kernel's window begins above; VGA memory and 1 GiB of the child's own plans fit in between.
    .images_end = 0x80000000,
    .memory_end = kRootVgaText,
    .devices = kDevices,
};

}  // namespace

RootError BuildRootPartition(std::span<const Module> modules, FrameSet& free, RootPartition& root) {
  return kernel::BuildRootPartition(kLayout, modules, free, root);
}

void StartRootPartition(const RootPartition& root) {
  // docs/abi.md, "Boot on x86".
  constexpr index_t kEip = 0;
  constexpr index_t kEflags = 2;
  constexpr index_t kEsp = 6;
  constexpr index_t kEbx = 7;
  for (index_t i = 0; i < PIP_CONTEXT_WORDS; ++i) {
    write_register(i, 0);
  }
  write_register(kEip, kRootImage);
  write_register(kEflags, 2);
  write_register(kEsp, kRootContext);
  write_register(kEbx, kRootBootInformation);
  kernel::StartRootPartition(kLayout, root);
}

}  // namespace pip::x86
