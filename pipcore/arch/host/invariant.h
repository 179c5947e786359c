// SPDX-License-Identifier: Apache-2.0
// The invariant of the isolation proof (docs/proof.md), as a check on the words of a machine.
//
// Independent of the services: it walks from the root partition, gives each frame the one role that it plays, and then
// compares what the trees of each partition say with what those of its parent say.
#ifndef PIPCORE_ARCH_HOST_INVARIANT_H_
#define PIPCORE_ARCH_HOST_INVARIANT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipcore/arch/host/machine_view.h"

namespace pip::host {

// What a frame is for.
enum class Use : std::uint8_t {
  kNone,  // user data, or no memory of a partition at all
  kDescriptor,
  kTopTable,   // the root of an MMU tree
  kLeafTable,  // a leaf table of an MMU tree
  kShadowTop,  // the root of a shadow tree
  kShadow1Leaf,
  kShadow2Leaf,
  kListPage,
};

const char* Name(Use use);

// A partition, as found on the walk.
struct PartitionView {
  static constexpr std::uint32_t kNobody = ~0U;

  struct Leaf {
    std::uint32_t slot;
    std::uint32_t mmu;
    std::uint32_t shadow1;
    std::uint32_t shadow2;
  };

  std::uint32_t descriptor;  // frame
  std::uint32_t parent;      // position among the partitions; kNobody for the root partition
  std::uint32_t name;        // virtual page of the descriptor in the parent
  std::uint32_t depth;
  std::uint32_t mmu;
  std::uint32_t shadow1;
  std::uint32_t shadow2;
  std::uint32_t list;
  std::vector<Leaf> leaves;
  std::vector<std::uint32_t> page_of;       // by frame: the virtual page that maps it, 0 if none
  std::vector<std::uint16_t> leaf_of_slot;  // by slot of the top table: 1 + position in leaves, 0 if none
};

// What the walk found: every partition, parents first, and the use of each frame.
struct Anatomy {
  std::vector<PartitionView> partitions;
  std::vector<Use> use;              // by frame
  std::vector<std::uint32_t> owner;  // by frame: the partition whose structure it is, or kNobody
};

// Checks the machine; answers a description of the first violation found, or nothing.  What it found on its way is left
// in anatomy, complete only when nothing is violated.
std::optional<std::string> FirstViolation(const MachineView& machine, Anatomy& anatomy);
std::optional<std::string> FirstViolation(const MachineView& machine);

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_INVARIANT_H_
