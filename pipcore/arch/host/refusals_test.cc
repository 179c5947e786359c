// SPDX-License-Identifier: Apache-2.0
// Every refusal that a service documents: it is reached, it changes nothing, and of two reasons the first in the order
// of the checks is told.
#include <gtest/gtest.h>

#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pipcore/arch/host/boot.h"
#include "pipcore/arch/host/scene.h"

namespace pip::host {
namespace {

// One thing wrong with a call or with the machine.  Two defects that touch the same thing exclude each other.
struct Defect {
  pip_status_t status;
  std::uint32_t touches;  // set of arguments, or of other things
  std::function<void(Scene&, Call&)> apply;
};

// A service, a call of it that succeeds, and its defects in the order of the checks.
struct Refusals {
  std::string name;
  std::function<Call(Scene&)> valid;
  std::vector<Defect> defects;
  // What a refused call answers beside the status.
  std::function<std::uint32_t(const Call&)> value = [](const Call&) { return 0U; };
};

void PrintTo(const Refusals& refusals, std::ostream* out) { *out << refusals.name; }

constexpr std::uint32_t Argument(std::uint32_t i) { return 1U << i; }
// Beyond the arguments: what is in memory.
constexpr std::uint32_t kCaller = 1U << 7;
constexpr std::uint32_t kCallerVidt = 1U << 8;
constexpr std::uint32_t kTargetVidt = 1U << 9;
constexpr std::uint32_t kCallerContext = 1U << 11;
constexpr std::uint32_t Link(std::uint32_t i) { return 1U << (16 + i); }

Defect Wrong(pip_status_t status, std::uint32_t argument, std::uint32_t word) {
  return {status, Argument(argument), [=](Scene&, Call& call) { call.arguments[argument] = word; }};
}

Defect Wrong(pip_status_t status, std::uint32_t argument, std::uint32_t Scene::*word) {
  return {status, Argument(argument), [=](Scene& scene, Call& call) { call.arguments[argument] = scene.*word; }};
}

// What is no page-aligned address of user space.
std::vector<std::uint32_t> BadAddresses() {
  return {kFreeMemory + 1,     kFreeMemory + 4, kFreeMemory + 0x800, 0,          0x1000,    0x003FF000,
          Scene::kKernelSpace, 0xFFBFF000,      0xFFFFFFFF,          0xFFFFF001, 0xCFFFFFFF};
}

// What is no child of the root partition.
std::vector<Defect> NotAChild(std::uint32_t argument) {
  std::vector<Defect> defects;
  for (const std::uint32_t word : BadAddresses()) {
    if (word != 0) {  // which means the parent, to yield
      defects.push_back(Wrong(PIP_NOT_A_CHILD, argument, word));
    }
  }
  for (const std::uint32_t word : {Scene::kUnmapped, Scene::kNoTable, kFreeMemory, kVgaText}) {
    defects.push_back(Wrong(PIP_NOT_A_CHILD, argument, word));
  }
  defects.push_back(Wrong(PIP_NOT_A_CHILD, argument, &Scene::given));
  defects.push_back({PIP_NOT_A_CHILD, Argument(argument), [=](Scene& scene, Call& call) {
                       call.arguments[argument] = scene.child.vidt;  // given, and accessible
                     }});
  defects.push_back({PIP_NOT_A_CHILD, Argument(argument),
                     [=](Scene& scene, Call& call) { call.arguments[argument] = scene.child.descriptor + 1; }});
  defects.push_back({PIP_NOT_A_CHILD, Argument(argument), [=](Scene& scene, Call& call) {
                       // A structure of the child, but not its descriptor.
                       call.arguments[argument] = scene.child.descriptor + kPage;
                     }});
  return defects;
}

// What is wrong with a page that is offered, where set passes it on.
std::vector<Defect> NotOffered(std::uint32_t touches, const std::function<void(Scene&, Call&, std::uint32_t)>& set) {
  std::vector<Defect> defects;
  const auto add = [&](pip_status_t status, std::uint32_t word) {
    defects.push_back({status, touches, [=](Scene& scene, Call& call) { set(scene, call, word); }});
  };
  for (const std::uint32_t word : BadAddresses()) {
    add(PIP_BAD_ADDRESS, word);
  }
  add(PIP_NOT_MAPPED, Scene::kNoTable);
  add(PIP_NOT_MAPPED, Scene::kUnmapped);
  defects.push_back({PIP_NOT_ACCESSIBLE, touches, [=](Scene& scene, Call& call) { set(scene, call, scene.hidden); }});
  add(PIP_NOT_WRITABLE, kModule);
  add(PIP_NOT_ORDINARY_MEMORY, kVgaText);
  defects.push_back({PIP_ALREADY_GIVEN, touches, [=](Scene& scene, Call& call) { set(scene, call, scene.given); }});
  return defects;
}

void Append(std::vector<Defect>& defects, std::vector<Defect> more) {
  defects.insert(defects.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Refusals OfCreatePartition() {
  Refusals refusals = {"createPartition",
                       [](Scene& scene) {
                         const Pages& p = scene.pages;
                         return Call(Service::kCreatePartition, {p[0], p[1], p[2], p[3], p[4]});
                       },
                       {}};
  for (std::uint32_t i = 0; i < 5; ++i) {
    Append(refusals.defects,
           NotOffered(Argument(i), [i](Scene&, Call& call, std::uint32_t word) { call.arguments[i] = word; }));
  }
  for (std::uint32_t i = 0; i < 5; ++i) {
    for (std::uint32_t j = i + 1; j < 5; ++j) {
      refusals.defects.push_back({PIP_SAME_PAGE, Argument(i) | Argument(j),
                                  [i, j](Scene&, Call& call) { call.arguments[j] = call.arguments[i]; }});
    }
  }
  return refusals;
}

Refusals OfCountToMap() {
  Refusals refusals = {"countToMap",
                       [](Scene& scene) {
                         return Call(Service::kCountToMap, {scene.child.descriptor, Scene::kNoTable});
                       },
                       NotAChild(0)};
  for (const std::uint32_t word : BadAddresses()) {
    refusals.defects.push_back(Wrong(PIP_BAD_ADDRESS, 1, word));
  }
  return refusals;
}

Refusals OfPrepare() {
  Refusals refusals = {"prepare",
                       [](Scene& scene) {
                         Link(scene.machine, {scene.pages[0], scene.pages[1], scene.pages[2]});
                         return Call(Service::kPrepare, {scene.child.descriptor, Scene::kNoTable, scene.pages[0]});
                       },
                       NotAChild(0), [](const Call& call) { return call.arguments[2]; }};
  for (const std::uint32_t word : BadAddresses()) {
    refusals.defects.push_back(Wrong(PIP_BAD_ADDRESS, 1, word));
  }
  Append(refusals.defects,
         NotOffered(Argument(2), [](Scene&, Call& call, std::uint32_t word) { call.arguments[2] = word; }));
  for (std::uint32_t i = 0; i < 2; ++i) {
    Append(refusals.defects, NotOffered(Link(i), [i](Scene& scene, Call&, std::uint32_t word) {
             scene.machine.Store(scene.pages[i], word);
           }));
  }
  // The second page is the first, the third the first or the second.
  struct Repetition {
    std::size_t page;
    std::size_t next;
  };
  for (const Repetition& same : {Repetition{0, 0}, Repetition{1, 0}, Repetition{1, 1}}) {
    refusals.defects.push_back({PIP_SAME_PAGE, Argument(2) | Link(0) | Link(1), [same](Scene& scene, Call&) {
                                  scene.machine.Store(scene.pages[same.page], scene.pages[same.next]);
                                }});
  }
  return refusals;
}

Refusals OfAddVAddr() {
  Refusals refusals = {
      "addVAddr",
      [](Scene& scene) {
        return Call(Service::kAddVAddr, {scene.pages[0], scene.child.descriptor, Scene::kEmptyTable, 1, 1, 1});
      },
      {Wrong(PIP_UNREADABLE, 3, 0U)}};
  for (const std::uint32_t argument : {0U, 2U}) {
    for (const std::uint32_t word : BadAddresses()) {
      refusals.defects.push_back(Wrong(PIP_BAD_ADDRESS, argument, word));
    }
  }
  Append(refusals.defects, NotAChild(1));
  // In frame 0 stands what looks like a present entry at the second of these indices, and an absent one at the first.
  Append(refusals.defects,
         {Wrong(PIP_NOT_MAPPED, 0, Scene::kNoTable), Wrong(PIP_NOT_MAPPED, 0, Scene::kNoTable + kPage),
          Wrong(PIP_NOT_MAPPED, 0, Scene::kUnmapped), Wrong(PIP_NOT_ACCESSIBLE, 0, &Scene::hidden),
          Wrong(PIP_RIGHTS_EXCEEDED, 0, kModule), Wrong(PIP_RIGHTS_EXCEEDED, 0, kStack),
          Wrong(PIP_RIGHTS_EXCEEDED, 0, kVgaText), Wrong(PIP_ALREADY_GIVEN, 0, &Scene::given),
          Wrong(PIP_NO_TABLE, 2, Scene::kNoTable), Wrong(PIP_OCCUPIED, 2, kChildMemory), Wrong(PIP_OCCUPIED, 2, kVidt),
          Wrong(PIP_OCCUPIED, 2, &Scene::child_hidden)});
  return refusals;
}

Refusals OfRemoveVAddr() {
  Refusals refusals = {"removeVAddr",
                       [](Scene& scene) {
                         return Call(Service::kRemoveVAddr, {scene.child.descriptor, kChildMemory});
                       },
                       {}};
  for (const std::uint32_t word : BadAddresses()) {
    refusals.defects.push_back(Wrong(PIP_BAD_ADDRESS, 1, word));
  }
  Append(refusals.defects, NotAChild(0));
  Append(refusals.defects,
         {Wrong(PIP_NOT_MAPPED, 1, Scene::kNoTable), Wrong(PIP_NOT_MAPPED, 1, Scene::kEmptyTable),
          Wrong(PIP_NOT_ACCESSIBLE, 1, &Scene::child_hidden), Wrong(PIP_ALREADY_GIVEN, 1, &Scene::child_given)});
  return refusals;
}

Refusals OfMappedInChild() {
  Refusals refusals = {"mappedInChild", [](Scene& scene) { return Call(Service::kMappedInChild, {scene.given}); }, {}};
  for (const std::uint32_t word : BadAddresses()) {
    refusals.defects.push_back(Wrong(PIP_BAD_ADDRESS, 0, word));
  }
  refusals.defects.push_back(Wrong(PIP_NOT_MAPPED, 0, Scene::kNoTable));
  return refusals;
}

Refusals OfDeletePartition() {
  return {"deletePartition", [](Scene& scene) { return Call(Service::kDeletePartition, {scene.child.descriptor}); },
          NotAChild(0)};
}

Refusals OfGetIntState() {
  return {"getIntState", [](Scene& scene) { return Call(Service::kGetIntState, {scene.child.descriptor}); },
          NotAChild(0)};
}

Refusals OfCollect() {
  Refusals refusals = {"collect",
                       [](Scene& scene) {
                         return Call(Service::kCollect, {scene.child.descriptor, Scene::kEmptyTable});
                       },
                       NotAChild(0)};
  for (const std::uint32_t word : BadAddresses()) {
    refusals.defects.push_back(Wrong(PIP_BAD_ADDRESS, 1, word));
  }
  Append(refusals.defects, {Wrong(PIP_NOTHING_TO_COLLECT, 1, Scene::kNoTable), Wrong(PIP_NOT_EMPTY, 1, kVidt),
                            Wrong(PIP_NOT_EMPTY, 1, kChildMemory)});
  return refusals;
}

Refusals OfYieldTo() {
  Refusals refusals = {"yieldTo",
                       [](Scene& scene) {
                         return Call(Service::kYieldTo, {scene.child.descriptor, kEntryVector, kYieldSlot, 0, 0});
                       },
                       {}};
  for (const std::uint32_t word : {1023U, 1024U, 0x10000U, 0xFFFFFFFFU}) {
    refusals.defects.push_back(Wrong(PIP_INVALID_VECTOR, 1, word));
  }
  for (const std::uint32_t word : {1023U, 1024U, 0x10000U, 0xFFFFFFFFU}) {
    refusals.defects.push_back(Wrong(PIP_INVALID_SAVE_SLOT, 2, word));
  }
  refusals.defects.push_back(Wrong(PIP_ROOT_HAS_NO_PARENT, 0, 0U));
  Append(refusals.defects, NotAChild(0));
  refusals.defects.push_back({PIP_CALLER_VIDT_UNAVAILABLE, kCallerVidt | kCallerContext, [](Scene& scene, Call&) {
                                // The root partition's VIDT becomes a structure of a child.
                                const Pages& p = scene.pages;
                                scene.machine.Perform({Service::kCreatePartition, {kVidt, p[4], p[5], p[6], p[7]}});
                              }});
  refusals.defects.push_back(Wrong(PIP_TARGET_VIDT_UNAVAILABLE, 0, &Scene::bare));
  refusals.defects.push_back({PIP_TARGET_VIDT_UNAVAILABLE, Argument(0) | kTargetVidt, [](Scene& scene, Call&) {
                                scene.machine.Perform({Service::kRemoveVAddr, {scene.child.descriptor, kVidt}});
                              }});
  // 0; unmapped; of the kernel; wrapping round; the last page of a range; a structure.
  for (const std::uint32_t word : {0U, Scene::kNoTable, Scene::kEmptyTable, Scene::kKernelSpace, 0xFFFFFFC1U,
                                   0xFFFFFFFFU, kChildMemory + 31 * kPage - 4, kChildMemory - 4, 0xCFFFFFFCU}) {
    refusals.defects.push_back({PIP_TARGET_CONTEXT_UNAVAILABLE, kTargetVidt | Argument(1),
                                [word](Scene& scene, Call&) { scene.machine.Store(scene.child.vidt, word); }});
  }
  refusals.defects.push_back({PIP_TARGET_CONTEXT_UNAVAILABLE, kTargetVidt | Argument(1),
                              [](Scene& scene, Call&) { scene.machine.Store(scene.child.vidt, scene.child_hidden); }});
  refusals.defects.push_back(Wrong(PIP_TARGET_CONTEXT_UNAVAILABLE, 1, 1022U));
  // The same for the place where the caller's context should go, and: read-only, or its end is.
  for (const std::uint32_t word : {Scene::kNoTable, Scene::kUnmapped, Scene::kKernelSpace, 0xFFFFFFC1U, 0xFFFFFFFFU,
                                   kImage - 4, kModule, kModule - 4, kModule + kPage - 4, 0xCFFFFFFCU}) {
    refusals.defects.push_back({PIP_CALLER_CONTEXT_UNAVAILABLE, kCallerVidt | kCallerContext | Argument(2),
                                [word](Scene& scene, Call&) { scene.machine.Store(kVidt + 4 * kYieldSlot, word); }});
  }
  refusals.defects.push_back({PIP_CALLER_CONTEXT_UNAVAILABLE, kCallerVidt | kCallerContext | Argument(2),
                              [](Scene& scene, Call&) { scene.machine.Store(kVidt + 4 * kYieldSlot, scene.hidden); }});
  return refusals;
}

Refusals OfPhysicalAddress() {
  Refusals refusals = {
      "physicalAddress",
      [](Scene&) { return Call(Service::kPhysicalAddress, {kFreeMemory + 7}); },
      {{PIP_NOT_ROOT, kCaller, [](Scene& scene, Call&) { EnterChild(scene.machine, scene.child.descriptor); }}}};
  for (const std::uint32_t word : {0U, 0x1000U, Scene::kNoTable, Scene::kUnmapped, Scene::kKernelSpace, 0xFFBFFFFFU}) {
    refusals.defects.push_back(Wrong(PIP_NOT_MAPPED, 0, word));
  }
  refusals.defects.push_back(Wrong(PIP_NOT_MAPPED, 0, &Scene::hidden));
  return refusals;
}

Refusals OfDeliverInterrupt() {
  Refusals refusals = {"deliverInterrupt",
                       [](Scene&) { return Call(Service::kDeliverInterrupt, {kTimerVector}); },
                       {Wrong(PIP_NO_HANDLER, 0, kTimerVector + 1)}};
  for (const std::uint32_t word : {0U, Scene::kNoTable, 0xFFFFFFC1U}) {
    refusals.defects.push_back({PIP_NO_HANDLER, kCallerVidt,
                                [word](Scene& scene, Call&) { scene.machine.Store(kVidt + 4 * kTimerVector, word); }});
  }
  return refusals;
}

Refusals OfDeliverFault() {
  return {"deliverFault",
          [](Scene& scene) {
            EnterChild(scene.machine, scene.child.descriptor);
            return Call(Service::kDeliverFault, {kPageFaultVector});
          },
          {{PIP_NO_HANDLER, kCallerVidt,
            [](Scene& scene, Call&) {
              // Only the root partition is above, and it handles neither this vector nor a double fault.
              EnterParent(scene.machine);
              scene.machine.Store(kVidt + 4 * kPageFaultVector, 0);
              scene.machine.Store(kVidt + 4 * kDoubleFaultVector, 0);
              EnterChild(scene.machine, scene.child.descriptor);
            }},
           {PIP_NO_HANDLER, Argument(0), [](Scene& scene, Call&) { EnterParent(scene.machine); }}}};
}

const std::vector<Refusals>& AllRefusals() {
  static const std::vector<Refusals> all = {
      OfCreatePartition(), OfCountToMap(),       OfPrepare(),     OfAddVAddr(), OfRemoveVAddr(),
      OfMappedInChild(),   OfDeletePartition(),  OfCollect(),     OfYieldTo(),  OfGetIntState(),
      OfPhysicalAddress(), OfDeliverInterrupt(), OfDeliverFault()};
  return all;
}

class RefusalsTest : public testing::TestWithParam<Refusals> {
 protected:
  // Makes the call with defects; it must be refused as said, and change nothing.
  void ExpectRefused(const std::vector<const Defect*>& defects, pip_status_t status) {
    scene_.machine.Return("scene");
    Call call = GetParam().valid(scene_);
    for (const Defect* defect : defects) {
      defect->apply(scene_, call);
    }
    scene_.machine.Machine().SaveTo(before_);
    const Answer answer = scene_.machine.Perform(call);
    EXPECT_EQ(answer, (Answer{status, GetParam().value(call)})) << call;
    scene_.machine.Machine().SaveTo(after_);
    EXPECT_TRUE(after_ == before_) << call << " was refused but changed something";
  }

  Scene scene_;
  SimulatedMachine::Snapshot before_;
  SimulatedMachine::Snapshot after_;
};

TEST_P(RefusalsTest, CallWithoutDefectSucceeds) {
  EXPECT_EQ(scene_.machine.Perform(GetParam().valid(scene_)).status, PIP_DONE);
}

TEST_P(RefusalsTest, EveryDefectIsNamedAndNothingChanges) {
  for (const Defect& defect : GetParam().defects) {
    ExpectRefused({&defect}, defect.status);
  }
}

TEST_P(RefusalsTest, TheFirstOfTwoDefectsIsNamed) {
  const std::vector<Defect>& defects = GetParam().defects;
  for (std::size_t i = 0; i < defects.size(); ++i) {
    for (std::size_t j = i + 1; j < defects.size(); ++j) {
      if ((defects[i].touches & defects[j].touches) == 0 && defects[i].status != defects[j].status) {
        ExpectRefused({&defects[j], &defects[i]}, defects[i].status);
        if (HasFailure()) {
          return;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Services, RefusalsTest, testing::ValuesIn(AllRefusals()),
                         [](const auto& service) { return service.param.name; });

// The statuses that the comments in pipcore/services document; collect's NOT_LISTED, which no partition can bring
// about, has its tests in damage_test.cc and memory_services_test.cc.
TEST(RefusalsTableTest, HasEveryDocumentedReason) {
  const std::set<pip_status_t> offer = {PIP_BAD_ADDRESS,  PIP_NOT_MAPPED,          PIP_NOT_ACCESSIBLE,
                                        PIP_NOT_WRITABLE, PIP_NOT_ORDINARY_MEMORY, PIP_ALREADY_GIVEN,
                                        PIP_SAME_PAGE};
  std::set<pip_status_t> prepare = offer;
  prepare.insert(PIP_NOT_A_CHILD);
  const std::map<std::string, std::set<pip_status_t>> documented = {
      {"createPartition", offer},
      {"countToMap", {PIP_NOT_A_CHILD, PIP_BAD_ADDRESS}},
      {"prepare", prepare},
      {"addVAddr",
       {PIP_UNREADABLE, PIP_BAD_ADDRESS, PIP_NOT_A_CHILD, PIP_NOT_MAPPED, PIP_NOT_ACCESSIBLE, PIP_RIGHTS_EXCEEDED,
        PIP_ALREADY_GIVEN, PIP_NO_TABLE, PIP_OCCUPIED}},
      {"removeVAddr", {PIP_BAD_ADDRESS, PIP_NOT_A_CHILD, PIP_NOT_MAPPED, PIP_NOT_ACCESSIBLE, PIP_ALREADY_GIVEN}},
      {"mappedInChild", {PIP_BAD_ADDRESS, PIP_NOT_MAPPED}},
      {"deletePartition", {PIP_NOT_A_CHILD}},
      {"collect", {PIP_NOT_A_CHILD, PIP_BAD_ADDRESS, PIP_NOTHING_TO_COLLECT, PIP_NOT_EMPTY}},
      {"yieldTo",
       {PIP_INVALID_VECTOR, PIP_INVALID_SAVE_SLOT, PIP_ROOT_HAS_NO_PARENT, PIP_NOT_A_CHILD, PIP_CALLER_VIDT_UNAVAILABLE,
        PIP_TARGET_VIDT_UNAVAILABLE, PIP_TARGET_CONTEXT_UNAVAILABLE, PIP_CALLER_CONTEXT_UNAVAILABLE}},
      {"getIntState", {PIP_NOT_A_CHILD}},
      {"physicalAddress", {PIP_NOT_ROOT, PIP_NOT_MAPPED}},
      {"deliverInterrupt", {PIP_NO_HANDLER}},
      {"deliverFault", {PIP_NO_HANDLER}},
  };
  std::map<std::string, std::set<pip_status_t>> reached;
  for (const Refusals& refusals : AllRefusals()) {
    for (const Defect& defect : refusals.defects) {
      reached[refusals.name].insert(defect.status);
    }
  }
  EXPECT_EQ(reached, documented);
}

}  // namespace
}  // namespace pip::host
