// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/gates.h"

#include "pipcore/arch/x86/ports.h"
#include "pipcore/arch/x86/processor.h"

extern "C" {
#include "pip/mal.h"
#include "services.h"
}

namespace pip::x86 {
namespace {

constexpr std::uint32_t Width(GateKind kind) {
  switch (kind) {
    case GateKind::kWrite8:
    case GateKind::kRead8:
      return 1;
    case GateKind::kWrite16:
    case GateKind::kRead16:
      return 2;
    default:
      return 4;
  }
}

}  // namespace

std::uint32_t UsePort(GateKind kind, std::uint32_t port_word, std::uint32_t value) {
  const std::uint16_t port = static_cast<std::uint16_t>(port_word);
  if (current_partition() != root_partition || IsKernelPort(port, Width(kind))) {
    return 0;
  }
  switch (kind) {
    case GateKind::kWrite8:
      WritePort8(port, static_cast<std::uint8_t>(value));
      return 0;
    case GateKind::kWrite16:
      WritePort16(port, static_cast<std::uint16_t>(value));
      return 0;
    case GateKind::kWrite32:
      WritePort32(port, value);
      return 0;
    case GateKind::kRead8:
      return ReadPort8(port);
    case GateKind::kRead16:
      return ReadPort16(port);
    case GateKind::kRead32:
      return ReadPort32(port);
    case GateKind::kWriteAddress: {
      const pip_answer_t address = physicalAddress(value);
      if (address.status == PIP_DONE) {
        WritePort32(port, address.value);
      }
      return 0;
    }
    case GateKind::kService:
      break;
  }
  return 0;
}

}  // namespace pip::x86
