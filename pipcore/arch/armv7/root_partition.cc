// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/armv7/root_partition.h"

#include <array>

#include "pipcore/arch/armv7/layout.h"
#include "pipcore/arch/armv7/peripherals.h"

extern "C" {
#include "pip/mal.h"
}

namespace pip::armv7 {
namespace {

constexpr std::array kDevices = {
    kernel::DeviceRange{kRootDevices, {kPeripheralsFirstFrame, kPeripheralsEndFrame}},
    kernel::DeviceRange{kRootLocalDevices, {kLocalPeripheralsFrame, kLocalPeripheralsFrame + 1}},
};

constexpr kernel::RootLayout kLayout = {
    .image = kRootImage,
    .boot_information = kRootBootInformation,
    .stack_low = kRootStackLow,
    .stack_high = kRootStackHigh,
    .vidt = kRootVidt,
    .context = kRootContext,
    .images_end = kRootDevices,
    .memory_end = kRootDevices,
    .devices = kDevices,
};

}  // namespace

kernel::RootError BuildRootPartition(std::span<const kernel::Module> modules, kernel::FrameSet& free,
                                     kernel::RootPartition& root) {
  return kernel::BuildRootPartition(kLayout, modules, free, root);
}

void StartRootPartition(const kernel::RootPartition& root) {
  // As on x86 (docs/abi.md, "Boot on x86"), with the boot information in r0.
  for (index_t i = 0; i < PIP_CONTEXT_WORDS; ++i) {
    write_register(i, 0);
  }
  write_register(PIP_REGISTER_SPSR / 4, PIP_MODE_USER);
  write_register(PIP_REGISTER_SP / 4, kRootContext);
  write_register(PIP_REGISTER_R0 / 4, kRootBootInformation);
  write_register(PIP_REGISTER_PC / 4, kRootImage);
  kernel::StartRootPartition(kLayout, root);
}

}  // namespace pip::armv7
