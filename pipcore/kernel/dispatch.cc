// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/dispatch.h"

namespace pip::kernel {

std::uint32_t CompatibleResult(Service service, pip_answer_t answer) {
  const bool done = answer.status == PIP_DONE;
  switch (service) {
    case Service::kCreatePartition:
    case Service::kAddVAddr:
    case Service::kRemoveVAddr:
    case Service::kDeletePartition:
      return done ? 1 : 0;
    case Service::kPrepare:
      // Bit 0: done; the rest: the first page that was not used.
      return (answer.value & ~std::uint32_t{1}) | (done ? 1U : 0U);
    case Service::kCountToMap:
    case Service::kMappedInChild:
    case Service::kCollect:
      return done ? answer.value : 0;
    case Service::kGetIntState:
      return done ? answer.value : 0xFFFFFFFF;
    case Service::kYield:
      return static_cast<std::uint32_t>(answer.status);
    case Service::kSetIntState:
    case Service::kPutCharacter:
      break;
  }
  return 0;
}

}  // namespace pip::kernel
