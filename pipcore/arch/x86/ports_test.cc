// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/ports.h"

#include <gtest/gtest.h>

namespace pip::x86 {
namespace {

TEST(Ports, TheKernelsOwn) {
  for (const std::uint16_t port : {0x20, 0x21, 0xA0, 0xA1}) {
    EXPECT_TRUE(IsKernelPort(port, 1)) << port;
  }
  for (const std::uint16_t port : {0x1F, 0x22, 0x9F, 0xA2, 0x40, 0x3F8, 0xFFFF, 0x120}) {
    EXPECT_FALSE(IsKernelPort(port, 1)) << port;
  }
}

TEST(Ports, WideAccessesReachOverNeighbours) {
  EXPECT_TRUE(IsKernelPort(0x1F, 2));
  EXPECT_TRUE(IsKernelPort(0x1D, 4));
  EXPECT_FALSE(IsKernelPort(0x1C, 4));
  EXPECT_TRUE(IsKernelPort(0x9D, 4));
  EXPECT_FALSE(IsKernelPort(0xFFFD, 4));
  EXPECT_FALSE(IsKernelPort(0xFFFF, 4));
}

}  // namespace
}  // namespace pip::x86
