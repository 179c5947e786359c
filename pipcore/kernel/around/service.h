// SPDX-License-Identifier: Apache-2.0
//
// The functions that Gallina gives the kernel, as numbers and names.
#ifndef PIPCORE_KERNEL_AROUND_SERVICE_H_
#define PIPCORE_KERNEL_AROUND_SERVICE_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace pip {

enum class Service : std::uint8_t {
  kCreatePartition,
  kCountToMap,
  kPrepare,
  kAddVAddr,
  kRemoveVAddr,
  kMappedInChild,
  kDeletePartition,
  kCollect,
  kYieldTo,
  kGetIntState,
  kSetIntState,
  kPhysicalAddress,
  kDeliverInterrupt,
  kDeliverFault,
};

inline constexpr std::array kServiceNames = {
    "createPartition", "countToMap",      "prepare",          "addVAddr",     "removeVAddr",
    "mappedInChild",   "deletePartition", "collect",          "yieldTo",      "getIntState",
    "setIntState",     "physicalAddress", "deliverInterrupt", "deliverFault",
};

constexpr const char* Name(Service service) { return kServiceNames[static_cast<std::size_t>(service)]; }

}  // namespace pip

#endif  // PIPCORE_KERNEL_AROUND_SERVICE_H_
