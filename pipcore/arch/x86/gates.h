// SPDX-License-Identifier: Apache-2.0
//
// The call gates of docs/abi.md: which gate is what, and the gates that are not services: ports.
#ifndef PIPCORE_ARCH_X86_GATES_H_
#define PIPCORE_ARCH_X86_GATES_H_

#include <array>
#include <cstdint>

#include "pipcore/arch/x86/layout.h"
#include "pipcore/kernel/dispatch.h"

namespace pip::x86 {

enum class GateKind : std::uint8_t {
  kService,
  kWrite8,
  kRead8,
  kWrite16,
  kRead16,
  kWrite32,
  kRead32,
  kWriteAddress,
};

struct Gate {
  GateKind kind = GateKind::kService;
  kernel::Service service = kernel::Service::kCreatePartition;
  std::uint8_t argument_count = 0;
};

// By number: (selector - 0x30) / 8.
inline constexpr std::array<Gate, PIP_GATE_COUNT> kGates = {{
    {GateKind::kWrite8, {}, 2},
    {GateKind::kRead8, {}, 1},
    {GateKind::kWrite16, {}, 2},
    {GateKind::kRead16, {}, 1},
    {GateKind::kWrite32, {}, 2},
    {GateKind::kRead32, {}, 1},
    {GateKind::kService, kernel::Service::kCreatePartition, 5},
    {GateKind::kService, kernel::Service::kCountToMap, 2},
    {GateKind::kService, kernel::Service::kPrepare, 3},
    {GateKind::kService, kernel::Service::kAddVAddr, 6},
    {GateKind::kService, kernel::Service::kGetIntState, 1},
    {GateKind::kWriteAddress, {}, 2},
    {},  // selector 0x90 has no gate
    {GateKind::kService, kernel::Service::kSetIntState, 1},
    {GateKind::kService, kernel::Service::kRemoveVAddr, 2},
    {GateKind::kService, kernel::Service::kMappedInChild, 1},
    {GateKind::kService, kernel::Service::kDeletePartition, 1},
    {GateKind::kService, kernel::Service::kCollect, 2},
    {GateKind::kService, kernel::Service::kYield, 5},
}};

// One access for the running partition.  Only the root partition may use ports; other partitions, and the kernel's
// ports, read 0 and ignore writes.  `value` is what to write, or the virtual address whose physical address to write.
std::uint32_t UsePort(GateKind kind, std::uint32_t port, std::uint32_t value);

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_GATES_H_
