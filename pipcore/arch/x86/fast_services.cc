// SPDX-License-Identifier: Apache-2.0
//
// The services as SYSENTER calls them (libpip/include/pip/arch/services.h has the caller's side): EBX, ESI, EDI are the
// first three arguments; some services take more from EAX, above the service number, and from EBP.
#include <cstdint>

#include "pipcore/kernel/dispatch.h"

namespace {

using pip::kernel::Call;
using pip::kernel::Service;

using FastService = pip_answer_t (*)(std::uint32_t b, std::uint32_t s, std::uint32_t d, std::uint32_t a,
                                     std::uint32_t bp);

template <Service service>
pip_answer_t Plain(std::uint32_t b, std::uint32_t s, std::uint32_t d, std::uint32_t, std::uint32_t) {
  return Call(service, {b, s, d});
}

pip_answer_t CreatePartition(std::uint32_t b, std::uint32_t s, std::uint32_t d, std::uint32_t a, std::uint32_t bp) {
  return Call(Service::kCreatePartition, {b, s, d, bp, a & ~std::uint32_t{0xFFF}});
}

pip_answer_t AddVAddr(std::uint32_t b, std::uint32_t s, std::uint32_t d, std::uint32_t a, std::uint32_t) {
  return Call(Service::kAddVAddr, {b, s, d, a & 0x100, a & 0x200, a & 0x400});
}

}  // namespace

extern "C" const FastService fast_services[] = {
    CreatePartition,
    Plain<Service::kCountToMap>,
    Plain<Service::kPrepare>,
    AddVAddr,
    Plain<Service::kGetIntState>,
    Plain<Service::kSetIntState>,
    Plain<Service::kRemoveVAddr>,
    Plain<Service::kMappedInChild>,
    Plain<Service::kDeletePartition>,
    Plain<Service::kCollect>,
};
