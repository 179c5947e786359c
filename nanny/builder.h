// SPDX-License-Identifier: Apache-2.0
//
// nanny::Builder: makes partitions with homes and memory, for phases that test something with them.
#ifndef NANNY_BUILDER_H_
#define NANNY_BUILDER_H_

#include <cstdint>

#include "nanny/world.h"

namespace nanny {

inline constexpr std::uint32_t kAllRights = PIP_READ | PIP_WRITE | PIP_EXECUTE;
// Where children have their memory.
inline constexpr std::uint32_t kChildMemory = 0x00400000;

// The entry with reasons, where the processor has it.
Entry BestEntry();

// Deletes the root's children; then every page of the pool is back.
void DeleteAll(World& world);

class Builder {
 public:
  explicit Builder(World& world) : world_(world), reference_(world.reference()) {}

  // A child of `parent` with a home, and pages of its own from `memory` on; the last of them only to read.
  Id AddChild(Id parent, std::uint32_t pages, std::uint32_t memory = kChildMemory);

 protected:
  // Makes a call that must be done.
  void Must(Id id, const Call& call);
  // A page that may be given.
  std::uint32_t Page(Id id);
  void Map(Id parent, Id child, std::uint32_t destination, std::uint32_t rights);
  void PrepareFor(Id parent, Id child, std::uint32_t address);

  World& world_;
  Reference& reference_;
};

}  // namespace nanny

#endif  // NANNY_BUILDER_H_
