// SPDX-License-Identifier: Apache-2.0
#include "nanny/builder.h"

#include <array>

#include "pip/stdio.h"

namespace nanny {

Entry BestEntry() { return HasFastEntry() ? Entry::kFast : Entry::kGate; }

void Builder::Must(Id id, const Call& call) {
  Answer answer;
  if (!world_.Make(id, call, CanEnter(BestEntry(), call) ? BestEntry() : Entry::kGate, &answer) ||
      answer.status != PIP_DONE) {
    printf("nanny: %s is refused: %d\n", NameOf(call.service), answer.status);
    world_.Fail("the scene cannot be built");
  }
}

// A page that may be given, from the highest on.
std::uint32_t Builder::Page(Id id) {
  const auto& mappings = reference_.at(id).mappings;
  for (std::uint32_t i = mappings.count; i-- > 0;) {
    const Mapping& mapping = mappings.values[i];
    if (mapping.write && mapping.given == kNobody && !reference_.IsKernels(mapping.frame) &&
        mapping.address != AGENT_HOME) {
      return mapping.address;
    }
  }
  world_.Fail("no page is left for the scene");
}

void Builder::PrepareFor(Id parent, Id child, std::uint32_t address) {
  if (reference_.HasTable(child, address)) {
    return;
  }
  std::array<std::uint32_t, 3> pages{};
  std::uint32_t found = 0;
  for (const Mapping& mapping : reference_.at(parent).mappings) {
    if (found < pages.size() && mapping.write && mapping.given == kNobody && !reference_.IsKernels(mapping.frame) &&
        mapping.address != AGENT_HOME) {
      pages[found++] = mapping.address;
    }
  }
  for (std::uint32_t i = 0; i < found; ++i) {
    reference_.WordsOf(reference_.Find(parent, pages[i])->frame)[0] = i + 1 < found ? pages[i + 1] : 0;
  }
  Must(parent, {Service::kPrepare, {reference_.at(child).descriptor, address, pages[0]}});
}

void Builder::Map(Id parent, Id child, std::uint32_t destination, std::uint32_t rights) {
  PrepareFor(parent, child, destination);
  Must(parent, {Service::kAddVAddr, {Page(parent), reference_.at(child).descriptor, destination, rights}});
}

Id Builder::AddChild(Id parent, std::uint32_t pages, std::uint32_t memory) {
  std::array<std::uint32_t, 5> five{};
  std::uint32_t found = 0;
  for (const Mapping& mapping : reference_.at(parent).mappings) {
    if (found < five.size() && mapping.write && mapping.given == kNobody && !reference_.IsKernels(mapping.frame) &&
        mapping.address != AGENT_HOME) {
      five[found++] = mapping.address;
    }
  }
  Must(parent, {Service::kCreatePartition, five});
  const Id child = reference_.ChildAt(parent, five[0]);
  Map(parent, child, AGENT_HOME, kAllRights);
  for (std::uint32_t i = 0; i < pages; ++i) {
    Map(parent, child, memory + i * 4096, i + 1 < pages ? kAllRights : PIP_READ);
  }
  return child;
}

void DeleteAll(World& world) {
  Reference& reference = world.reference();
  for (Id id = 1; id < kPartitions; ++id) {
    if (reference.at(id).alive && reference.at(id).parent == kRoot) {
      (void)world.Make(kRoot, {Service::kDeletePartition, {reference.at(id).descriptor}}, BestEntry());
    }
  }
  for (std::uint32_t frame = 0; frame < kFrames; ++frame) {
    if (reference.IsKernels(frame)) {
      world.Fail("a page is lost");
    }
  }
  world.Audit();
}

}  // namespace nanny
