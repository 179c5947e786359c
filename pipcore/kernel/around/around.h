// SPDX-License-Identifier: Apache-2.0
//
// What a kernel for looking at defines: what happens before and after each call of a service.  Calls are never nested.
#ifndef PIPCORE_KERNEL_AROUND_AROUND_H_
#define PIPCORE_KERNEL_AROUND_AROUND_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "pipcore/kernel/around/service.h"

extern "C" {
#include "pip/mal.h"
}

namespace pip {

inline constexpr std::size_t kMostArguments = 6;
using ServiceArguments = std::array<std::uint32_t, kMostArguments>;

// The arguments that the service does not have are 0.
void BeforeService(Service service, const ServiceArguments& arguments);

// The answer of a service that has a status only has the value 0.
void AfterService(pip_answer_t answer);

}  // namespace pip

#endif  // PIPCORE_KERNEL_AROUND_AROUND_H_
