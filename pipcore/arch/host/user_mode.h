// SPDX-License-Identifier: Apache-2.0
// What the program of the running partition can do to a machine.
#ifndef PIPCORE_ARCH_HOST_USER_MODE_H_
#define PIPCORE_ARCH_HOST_USER_MODE_H_

#include <cstdint>
#include <optional>

#include "pipcore/arch/host/call.h"

namespace pip::host {

class UserMode {
 public:
  virtual ~UserMode() = default;

  // Calls a service.
  virtual Answer Perform(const Call& call) = 0;

  // Reads or writes the word at an address, whose lower two bits are ignored: nothing, or false, where the processor
  // would raise a page fault.
  virtual std::optional<std::uint32_t> Load(std::uint32_t address) = 0;
  virtual bool Store(std::uint32_t address, std::uint32_t word) = 0;
};

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_USER_MODE_H_
