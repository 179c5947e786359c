// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/dispatch.h"

#include <gtest/gtest.h>

namespace pip::kernel {
namespace {

TEST(CompatibleResult, YesAndNoAreWholeWords) {
  for (const Service service :
       {Service::kCreatePartition, Service::kAddVAddr, Service::kRemoveVAddr, Service::kDeletePartition}) {
    EXPECT_EQ(CompatibleResult(service, {PIP_DONE, 0}), 1U);
    EXPECT_EQ(CompatibleResult(service, {PIP_NOT_A_CHILD, 0}), 0U);
    EXPECT_EQ(CompatibleResult(service, {PIP_NOT_ROOT, 0x1234}), 0U);
  }
}

TEST(CompatibleResult, PrepareHasABitAndAnAddress) {
  EXPECT_EQ(CompatibleResult(Service::kPrepare, {PIP_DONE, 0x800000}), 0x800001U);
  EXPECT_EQ(CompatibleResult(Service::kPrepare, {PIP_NOT_MAPPED, 0x800000}), 0x800000U);
  EXPECT_EQ(CompatibleResult(Service::kPrepare, {PIP_BAD_ADDRESS, 0x800001}), 0x800000U);
}

TEST(CompatibleResult, ValuesAreZeroWhenRefused) {
  for (const Service service : {Service::kCountToMap, Service::kMappedInChild, Service::kCollect}) {
    EXPECT_EQ(CompatibleResult(service, {PIP_DONE, 0x900000}), 0x900000U);
    EXPECT_EQ(CompatibleResult(service, {PIP_NOT_A_CHILD, 0x900000}), 0U);
  }
}

TEST(CompatibleResult, InterruptStateOfNobody) {
  EXPECT_EQ(CompatibleResult(Service::kGetIntState, {PIP_DONE, 0}), 0U);
  EXPECT_EQ(CompatibleResult(Service::kGetIntState, {PIP_DONE, 1}), 1U);
  EXPECT_EQ(CompatibleResult(Service::kGetIntState, {PIP_NOT_A_CHILD, 0}), 0xFFFFFFFFU);
}

TEST(CompatibleResult, YieldKeepsItsNumbers) {
  for (std::uint32_t number = 0; number <= 9; ++number) {
    EXPECT_EQ(CompatibleResult(Service::kYield, {static_cast<pip_status_t>(number), 0}), number);
  }
}

}  // namespace
}  // namespace pip::kernel
