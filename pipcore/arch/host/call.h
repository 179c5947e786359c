// SPDX-License-Identifier: Apache-2.0
// A service call as a value: what tests, random scripts, the simulated machine and the oracle exchange.
#ifndef PIPCORE_ARCH_HOST_CALL_H_
#define PIPCORE_ARCH_HOST_CALL_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>

#include "pip/types.h"
#include "pipcore/kernel/around/service.h"

namespace pip::host {

// How many arguments a service takes.
int ArgumentCount(Service service);

// The name of a status, as pip/types.h has it but for the prefix.
std::string_view Name(pip_status_t status);

// A call of a service; the arguments are raw words, as a partition passes them.  Missing arguments are 0.
struct Call {
  Call(Service called, std::initializer_list<std::uint32_t> words);

  Service service;
  std::array<std::uint32_t, 6> arguments = {};
};

// What a service answers; the value is 0 where the service has none.
struct Answer {
  pip_status_t status;
  std::uint32_t value;

  friend bool operator==(const Answer&, const Answer&) = default;
};

// "addVAddr(0x800000, 0x801000, 0x400000, 1, 0, 0)"
std::string Text(const Call& call);
// "DONE 0x0"
std::string Text(const Answer& answer);

std::ostream& operator<<(std::ostream& out, const Call& call);
std::ostream& operator<<(std::ostream& out, const Answer& answer);

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_CALL_H_
