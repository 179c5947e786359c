// SPDX-License-Identifier: Apache-2.0
//
// Machine code and registers at random, with a preference for what matters to a kernel.
#ifndef NANNY_WILD_H_
#define NANNY_WILD_H_

#include <cstdint>
#include <span>

#include "nanny/random.h"
#include "pip/context.h"

namespace nanny {

// Code for a page that its partition has at `address`: the first bytes of `page`, and registers that begin there.
user_ctx_t MakeWildCode(Random& random, std::span<std::uint32_t> page, std::uint32_t address);

// Any bytes as a context; often it begins somewhere in the page at `address`.
user_ctx_t MakeWildContext(Random& random, std::uint32_t address);

}  // namespace nanny

#endif  // NANNY_WILD_H_
