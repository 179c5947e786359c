/* SPDX-License-Identifier: Apache-2.0 */
/* Everything of which there is so little that all of it can be tried: ports, selectors, flags before each way into the
   kernel, stacks.  Usable from C++ and from assembly. */
#ifndef NANNY_EXHAUSTIVE_X86_H_
#define NANNY_EXHAUSTIVE_X86_H_

#include "pip/calltable.h"

/* Pages of the partition that executes: code and data. */
#define NANNY_PIECES 0x00400000
#define NANNY_POINTER 0x00401000
#define NANNY_USER_CODE 0x1B
#define NANNY_SOFTWARE 0x80

#ifndef __ASSEMBLER__

#include <cstdint>

#include "nanny/world.h"

namespace nanny {

// Lets `attacker`, a child of the root with two pages of its own from NANNY_PIECES on, execute all of it; how many
// cases.
std::uint32_t TryEverything(World& world, Id attacker);

}  // namespace nanny

#endif
#endif
