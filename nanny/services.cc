// SPDX-License-Identifier: Apache-2.0
//
// Every service with every kind of argument: the product of all kinds, each call checked against the reference.
#include <array>
#include <cstdint>
#include <span>

#include "nanny/builder.h"
#include "nanny/phases.h"
#include "pip/stdio.h"
#include "pip/vidt.h"

namespace nanny {
namespace {

class Scene : public Builder {
 public:
  Scene(World& world, Id caller) : Builder(world), caller_(caller) {}

  void Build();
  void CallEverything();
  void TearDown() { Must(caller_, {Service::kDeletePartition, {reference_.at(child_).descriptor}}); }

 private:
  void Try(const Call& call);
  void CreateWithEverything();
  void AddWithEverything();
  void PrepareWithEverything();
  void YieldWithEverything();

  Id caller_;
  Id child_ = kNobody;
  std::uint32_t given_ = 0;  // pages of the caller: one that its child has, one that is a structure of its child
  std::uint32_t structure_ = 0;
  std::array<std::uint32_t, 20> kinds_{};
  std::uint32_t kind_count_ = 0;
  // The same in the child, where the root's own pages are not.
  std::array<std::uint32_t, 20> addresses_{};
  std::uint32_t address_count_ = 0;
};

// The caller's child has memory, and a child of its own, so that all kinds of pages exist.
void Scene::Build() {
  child_ = AddChild(caller_, 16);
  const Id grandchild = AddChild(child_, 2);
  for (const Mapping& mapping : reference_.at(caller_).mappings) {
    if (mapping.given == child_) {
      (reference_.IsKernels(mapping.frame) ? structure_ : given_) = mapping.address;
    }
  }
  std::uint32_t read_only = 0;
  for (const Mapping& mapping : reference_.at(caller_).mappings) {
    if (!mapping.write) {
      read_only = mapping.address;
    }
  }
  std::uint32_t childs_structure = 0;
  std::uint32_t childs_given = 0;
  for (const Mapping& mapping : reference_.at(child_).mappings) {
    if (mapping.given == grandchild) {
      (reference_.IsKernels(mapping.frame) ? childs_structure : childs_given) = mapping.address;
    }
  }
  const std::uint32_t good = Page(caller_);
  const std::array<std::uint32_t, 17> kinds = {kLowKinds[0],
                                               kLowKinds[1],
                                               kLowKinds[2],
                                               kChildMemory,
                                               kChildMemory + 15 * 4096,
                                               kChildMemory + 0x3FF000,
                                               childs_structure,
                                               childs_given,
                                               kNoTable,
                                               kHighKinds[0],
                                               kHighKinds[1],
                                               kHighKinds[2],
                                               given_,
                                               structure_,
                                               read_only,
                                               good + 1,
                                               good};
  for (const std::uint32_t kind : kinds) {
    addresses_[address_count_++] = kind;
    // The nanny's own pages are not for giving.
    if (caller_ != kRoot || kind < kChildMemory || reference_.Find(kRoot, kind) != nullptr ||
        !reference_.HasTable(kRoot, kind)) {
      kinds_[kind_count_++] = kind;
    }
  }
}

void Scene::Try(const Call& call) {
  for (const Entry entry : {Entry::kGate, Entry::kFast}) {
    if (!CanEnter(entry, call)) {
      continue;
    }
    const auto& a = call.arguments;
    const Id named = reference_.ChildAt(caller_, a[0]);
    const bool had_table = named != kNobody && reference_.HasTable(named, a[1]);
    Answer answer;
    if (!world_.Make(caller_, call, entry, &answer) || answer.status != PIP_DONE) {
      continue;
    }
    // What was done is undone.
    switch (call.service) {
      case Service::kCreatePartition:
        Must(caller_, {Service::kDeletePartition, {a[0]}});
        break;
      case Service::kAddVAddr:
        Must(caller_, {Service::kRemoveVAddr, {a[1], a[2]}});
        break;
      case Service::kRemoveVAddr:
        Must(caller_, {Service::kAddVAddr, {Page(caller_), a[0], a[1], kAllRights}});
        break;
      case Service::kPrepare:
        if (!had_table) {
          Must(caller_, {Service::kCollect, {a[0], a[1]}});
        }
        break;
      default:
        break;
    }
  }
}

// Each pair of arguments is wrong in all combinations: the first wrong one is the reason.
void Scene::CreateWithEverything() {
  std::array<std::uint32_t, 5> good{};
  std::uint32_t found = 0;
  for (const Mapping& mapping : reference_.at(caller_).mappings) {
    if (found < good.size() && mapping.write && mapping.given == kNobody && !reference_.IsKernels(mapping.frame) &&
        mapping.address != AGENT_HOME) {
      good[found++] = mapping.address;
    }
  }
  Try({Service::kCreatePartition, good});
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (std::size_t j = i + 1; j < good.size(); ++j) {
      for (std::uint32_t one = 0; one < kind_count_; ++one) {
        Call call{Service::kCreatePartition, good};
        call.arguments[i] = kinds_[one];
        Try(call);
        call.arguments[j] = kinds_[(one * 7 + j) % kind_count_];
        Try(call);
        call.arguments[i] = call.arguments[j];
        Try(call);
      }
    }
  }
}

void Scene::AddWithEverything() {
  const std::array<std::uint32_t, 4> names = {reference_.at(child_).descriptor, given_, kNoTable,
                                              reference_.at(child_).descriptor + 4};
  for (const std::uint32_t name : names) {
    for (std::uint32_t source = 0; source < kind_count_; ++source) {
      for (std::uint32_t destination = 0; destination < address_count_; ++destination) {
        const std::uint32_t rights = (source + destination) % 8;
        Try({Service::kAddVAddr, {kinds_[source], name, addresses_[destination], kAllRights}});
        Try({Service::kAddVAddr, {kinds_[source], name, addresses_[destination], rights}});
      }
    }
  }
}

// Lists of 0 to 3 good pages that end in each kind of address, or lead back to themselves.
void Scene::PrepareWithEverything() {
  const std::uint32_t name = reference_.at(child_).descriptor;
  std::array<std::uint32_t, 3> good{};
  std::uint32_t found = 0;
  for (const Mapping& mapping : reference_.at(caller_).mappings) {
    if (found < good.size() && mapping.write && mapping.given == kNobody && !reference_.IsKernels(mapping.frame) &&
        mapping.address != AGENT_HOME) {
      good[found++] = mapping.address;
    }
  }
  const auto link = [&](std::uint32_t from, std::uint32_t to) {
    reference_.WordsOf(reference_.Find(caller_, from)->frame)[0] = to;
  };
  for (std::uint32_t kind = 0; kind < kind_count_; ++kind) {
    for (std::uint32_t length = 0; length <= 3; ++length) {
      for (const std::uint32_t address : {kNoTable, kChildMemory, kKernelPage, kNoTable + 8}) {
        for (std::uint32_t i = 0; i < length; ++i) {
          link(good[i], i + 1 < length ? good[i + 1] : kinds_[kind]);
        }
        const std::uint32_t first = length == 0 ? kinds_[kind] : good[0];
        Try({Service::kPrepare, {name, address, first}});
        Try({Service::kPrepare, {kinds_[kind], address, first}});
      }
    }
  }
  for (std::uint32_t i = 0; i < good.size(); ++i) {
    for (std::uint32_t j = 0; j <= i; ++j) {
      link(good[0], good[1]);
      link(good[1], good[2]);
      link(good[i], good[j]);
      Try({Service::kPrepare, {name, kNoTable, good[0]}});
    }
  }
}

void Scene::YieldWithEverything() {
  const std::array<std::uint32_t, 5> names = {reference_.at(child_).descriptor, 0, given_, kNoTable, 0xFFFFFFFF};
  const std::array<std::uint32_t, 10> vectors = {AGENT_SLOT_ARRIVAL,
                                                 AGENT_SLOT_NOTHING,
                                                 1022,
                                                 1023,
                                                 0xFFFFFFFF,
                                                 AGENT_SLOT_GARBAGE,
                                                 AGENT_SLOT_GARBAGE + 4,
                                                 AGENT_SLOT_GARBAGE + 5,
                                                 AGENT_SLOT_GARBAGE + 9,
                                                 AGENT_SLOT_GARBAGE + 10};
  for (const std::uint32_t name : names) {
    for (const std::uint32_t vector : vectors) {
      for (const std::uint32_t slot : vectors) {
        Try({Service::kYield,
             {name, vector, slot == AGENT_SLOT_ARRIVAL ? AGENT_SLOT_AWAY : slot, vector % 2, slot % 2}});
      }
    }
  }
}

void Scene::CallEverything() {
  const std::uint32_t name = reference_.at(child_).descriptor;
  for (std::uint32_t one = 0; one < kind_count_; ++one) {
    Try({Service::kMappedInChild, {kinds_[one]}});
    Try({Service::kGetIntState, {kinds_[one]}});
    Try({Service::kDeletePartition, {kinds_[one] == name ? 0 : kinds_[one]}});
    for (const std::uint32_t child : {name, kinds_[one], given_}) {
      for (std::uint32_t two = 0; two < address_count_; ++two) {
        Try({Service::kCountToMap, {child, addresses_[two]}});
        Try({Service::kRemoveVAddr, {child, addresses_[two]}});
        Try({Service::kCollect, {child, addresses_[two]}});
      }
    }
  }
  Try({Service::kGetIntState, {name}});
  for (const std::uint32_t state : {0U, 1U, 0x80000000U, 0U}) {
    if (caller_ != kRoot || state == 0) {
      Try({Service::kSetIntState, {state}});
    }
  }
  CreateWithEverything();
  AddWithEverything();
  PrepareWithEverything();
  YieldWithEverything();
}

struct Outcomes {
  Service service;
  std::array<pip_status_t, 10> statuses;  // PIP_DONE and, until the first 0, the refusals
};

// What docs/services.md names.  Not here: NOT_ORDINARY_MEMORY (TestLimits), TARGET_MASKED (reserved),
// TARGET_VIDT_UNAVAILABLE (TestVanishing), CALLER_VIDT_UNAVAILABLE (the hostile attacks of each architecture),
// NOT_LISTED (cannot come about through the services: the list always knows).
constexpr std::array<Outcomes, kServices> kOutcomes = {{
    {Service::kCreatePartition,
     {PIP_BAD_ADDRESS, PIP_NOT_MAPPED, PIP_NOT_ACCESSIBLE, PIP_NOT_WRITABLE, PIP_ALREADY_GIVEN, PIP_SAME_PAGE}},
    {Service::kCountToMap, {PIP_NOT_A_CHILD, PIP_BAD_ADDRESS}},
    {Service::kPrepare,
     {PIP_NOT_A_CHILD, PIP_BAD_ADDRESS, PIP_NOT_MAPPED, PIP_NOT_ACCESSIBLE, PIP_NOT_WRITABLE, PIP_ALREADY_GIVEN,
      PIP_SAME_PAGE}},
    {Service::kAddVAddr,
     {PIP_UNREADABLE, PIP_BAD_ADDRESS, PIP_NOT_A_CHILD, PIP_NOT_MAPPED, PIP_NOT_ACCESSIBLE, PIP_RIGHTS_EXCEEDED,
      PIP_ALREADY_GIVEN, PIP_NO_TABLE, PIP_OCCUPIED}},
    {Service::kGetIntState, {PIP_NOT_A_CHILD}},
    {Service::kSetIntState, {}},
    {Service::kRemoveVAddr, {PIP_BAD_ADDRESS, PIP_NOT_A_CHILD, PIP_NOT_MAPPED, PIP_NOT_ACCESSIBLE, PIP_ALREADY_GIVEN}},
    {Service::kMappedInChild, {PIP_BAD_ADDRESS, PIP_NOT_MAPPED}},
    {Service::kDeletePartition, {PIP_NOT_A_CHILD}},
    {Service::kCollect, {PIP_NOT_A_CHILD, PIP_BAD_ADDRESS, PIP_NOTHING_TO_COLLECT, PIP_NOT_EMPTY}},
    {Service::kYield,
     {PIP_INVALID_VECTOR, PIP_INVALID_SAVE_SLOT, PIP_ROOT_HAS_NO_PARENT, PIP_NOT_A_CHILD,
      PIP_TARGET_CONTEXT_UNAVAILABLE, PIP_CALLER_CONTEXT_UNAVAILABLE}},
}};

// What a caller cannot be told: the root may write all its pages, everybody else has a parent.
bool IsPossible(std::uint32_t depth, pip_status_t status) {
  return depth == 0 ? status != PIP_NOT_WRITABLE && status != PIP_RIGHTS_EXCEEDED : status != PIP_ROOT_HAS_NO_PARENT;
}

// Beyond what was seen before: done and every refusal, in calls of one partition and those that built its scene.
using Seen = std::array<std::array<std::uint32_t, kStatuses>, kServices>;
void RequireAllOutcomes(const World& world, std::uint32_t depth, Seen& seen) {
  for (const Outcomes& outcomes : kOutcomes) {
    const auto is_new = [&](pip_status_t status) {
      std::uint32_t& before = seen[static_cast<std::size_t>(outcomes.service)][static_cast<std::size_t>(status)];
      const std::uint32_t now = world.CountOf(outcomes.service, status);
      const bool more = now != before;
      before = now;
      return more;
    };
    bool all = is_new(PIP_DONE);
    for (const pip_status_t status : outcomes.statuses) {
      if (status != PIP_DONE && !is_new(status) && IsPossible(depth, status)) {
        printf("nanny: %s never answers %d at depth %u\n", NameOf(outcomes.service), status, depth);
        all = false;
      }
    }
    if (!all) {
      world.Fail("a documented outcome was never seen");
    }
  }
}

}  // namespace

void TestServices(World& world) {
  Seen seen{};
  for (const std::uint32_t depth : {0U, 1U, 3U}) {
    Id caller = kRoot;
    for (std::uint32_t level = 0; level < depth; ++level) {
      caller = Builder(world).AddChild(caller, 160 - 30 * level);
    }
    Scene scene(world, caller);
    scene.Build();
    scene.CallEverything();
    scene.TearDown();
    DeleteAll(world);
    printf("nanny: every service with every kind of argument at depth %u: %u calls\n", depth, world.calls());
    RequireAllOutcomes(world, depth, seen);
  }
}

void TestNesting(World& world) {
  // Five pages for a partition, three tables, a home, and the page that it may only read; memory lies beside the home.
  constexpr std::uint32_t kPerLevel = 10;
  constexpr std::uint32_t kBesideHome = AGENT_HOME & ~0x3FFFFFU;
  Id partition = kRoot;
  std::uint32_t depth = 0;
  for (std::uint32_t pages = kFrames - kPerLevel; pages > kPerLevel; pages -= kPerLevel) {
    partition = Builder(world).AddChild(partition, pages, kBesideHome);
    ++depth;
  }
  world.Touch(partition, AGENT_HOME, true);
  world.Touch(partition, kBesideHome, true);
  world.Touch(partition, kKernelPage, false);
  (void)world.Make(partition, {Service::kYield, {0, AGENT_SLOT_ARRIVAL, AGENT_SLOT_AWAY, 1, 1}}, BestEntry());
  DeleteAll(world);
  printf("nanny: %u partitions inside one another, and all pages back\n", depth);
}

}  // namespace nanny
