// SPDX-License-Identifier: Apache-2.0
//
// The nanny's phases before the busy beaver: everything in order, nothing at random.
#ifndef NANNY_PHASES_H_
#define NANNY_PHASES_H_

#include <cstdint>

#include "nanny/world.h"

namespace nanny {

// Every service with every kind of argument, through both entries, as the root and as partitions one and three levels
// down; each time each outcome that docs/services.md names must have been seen.
void TestServices(World& world);

// What partitions stand on vanishes: VIDTs, contexts, pages to run on, ancestors.
void TestVanishing(World& world);

// Partitions inside partitions until the pool's memory is used up; then everything back at once.
void TestNesting(World& world);

// Limits of the root's whole memory, pages from `begin` to `end`, without the reference: full configuration lists,
// first and last entries of tables, as many partitions as fit.
void TestLimits(World& world, std::uint32_t begin, std::uint32_t end);

// Partitions inside partitions in all of the root's memory, pages from `begin` to `end`; twice, to the same depth.
void TestDeepNesting(World& world, std::uint32_t begin, std::uint32_t end);

// One partition executes whatever can be made up, so many rounds of everything that is random; another must not notice.
void TestHostile(World& world, std::uint32_t rounds);

}  // namespace nanny

#endif  // NANNY_PHASES_H_
