// SPDX-License-Identifier: Apache-2.0
//
// From a service's number and its arguments, as raw words, to the generated function, and from its answer to the result
// that older partitions expect.
#ifndef PIPCORE_KERNEL_DISPATCH_H_
#define PIPCORE_KERNEL_DISPATCH_H_

#include <array>
#include <cstdint>

extern "C" {
#include "pip/types.h"
#include "services.h"
}

namespace pip::kernel {

// The numbers of the services at the fast entries (docs/abi.md, "SYSENTER"); on ARMv7 the number of a supervisor call.
enum class Service : std::uint32_t {
  kCreatePartition = 0,
  kCountToMap = 1,
  kPrepare = 2,
  kAddVAddr = 3,
  kGetIntState = 4,
  kSetIntState = 5,
  kRemoveVAddr = 6,
  kMappedInChild = 7,
  kDeletePartition = 8,
  kCollect = 9,
  kYield = 10,
  kPutCharacter = 11,  // not a service of the model: entries handle it
};

// The answer to a number that is no service: not a pip_status of any service.
inline constexpr std::uint32_t kNoSuchService = 0xFFFFFFFF;

using Arguments = std::array<std::uint32_t, 6>;

// The generated services check everything: any words are good arguments.  Inline, so that a constant service costs one
// call.
inline pip_answer_t Call(Service service, const Arguments& a) {
  const auto without_value = [](pip_status_t status) { return pip_answer_t{status, 0}; };
  switch (service) {
    case Service::kCreatePartition:
      return without_value(createPartition(a[0], a[1], a[2], a[3], a[4]));
    case Service::kCountToMap:
      return countToMap(a[0], a[1]);
    case Service::kPrepare:
      return prepare(a[0], a[1], a[2]);
    case Service::kAddVAddr:
      return without_value(addVAddr(a[0], a[1], a[2], a[3] != 0, a[4] != 0, a[5] != 0));
    case Service::kGetIntState:
      return getIntState(a[0]);
    case Service::kSetIntState:
      return without_value(setIntState(a[0]));
    case Service::kRemoveVAddr:
      return without_value(removeVAddr(a[0], a[1]));
    case Service::kMappedInChild:
      return mappedInChild(a[0]);
    case Service::kDeletePartition:
      return without_value(deletePartition(a[0]));
    case Service::kCollect:
      return collect(a[0], a[1]);
    case Service::kYield:
      return without_value(yieldTo(a[0], a[1], a[2], a[3], a[4]));
    case Service::kPutCharacter:
      break;
  }
  return {PIP_NOT_ROOT, 0};
}

// The result of docs/abi.md: what a partition sees that knows no pip_status.
std::uint32_t CompatibleResult(Service service, pip_answer_t answer);

}  // namespace pip::kernel

#endif  // PIPCORE_KERNEL_DISPATCH_H_
