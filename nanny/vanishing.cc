// SPDX-License-Identifier: Apache-2.0
//
// What a partition stands on vanishes: its VIDT, its contexts, the page that it runs on, its ancestors.  Each time
// somebody below, above or it itself takes it away; the kernel must refuse, or tell whoever can still be told.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "nanny/builder.h"
#include "nanny/hostile.h"
#include "nanny/machine.h"
#include "nanny/phases.h"
#include "pip/stdio.h"
#include "pip/vidt.h"

namespace nanny {
namespace {

constexpr std::uint32_t kPage = 4096;
// Where a partition's child gets what the partition itself stands on.
constexpr std::uint32_t kStolen = kChildMemory + 0x100000;
// A slot of a VIDT that agents do not use otherwise.
constexpr std::uint32_t kSlot = 270;
constexpr std::uint32_t kSpinTicks = kDefaultTicks / 5 + 1;

class Vanishing : public Builder {
 public:
  explicit Vanishing(World& world) : Builder(world) {}

  void OwnHome();
  void VidtOfATarget();
  void SavedContext();
  void GivenTwice();
  void AncestorOfWhoRan();
  // With lists of calls, which go through the entry with reasons.
  void VidtOfAnAncestor(std::uint32_t up, bool steal);
  void HandlerOfAnAncestor(bool steal);
  void OwnStoppedContext();

 private:
  void Require(bool condition, const char* what, std::uint32_t which, std::uint32_t told) {
    if (!condition) {
      printf("nanny: case %u, told of %u\n", which, told);
      world_.Fail(what);
    }
  }
  void Expect(Id caller, const Call& call, pip_status_t status) {
    for (const Entry entry : {Entry::kGate, Entry::kFast}) {
      if (!CanEnter(entry, call)) {
        continue;
      }
      Answer answer;
      if (!world_.Make(caller, call, entry, &answer) || answer.status != status) {
        printf("nanny: %s answers %d, not %d\n", NameOf(call.service), answer.status, status);
        world_.Fail("another refusal than the interface says");
      }
    }
  }
  // Partitions one inside the other; the innermost.
  Id Nest(std::uint32_t depth) {
    constexpr std::uint32_t kFirst = 150;
    constexpr std::uint32_t kLess = 24;
    Id id = kRoot;
    for (std::uint32_t level = 0; level < depth; ++level) {
      id = AddChild(id, kFirst - kLess * level);
    }
    return id;
  }
  Id AncestorAt(Id id, std::uint32_t depth) const {
    while (reference_.DepthOf(id) > depth) {
      id = reference_.at(id).parent;
    }
    return id;
  }
  // Pages of a partition that may be given, from the lowest on.
  template <std::size_t count>
  std::array<std::uint32_t, count> Pages(Id id) {
    std::array<std::uint32_t, count> pages{};
    std::size_t found = 0;
    for (const Mapping& mapping : reference_.at(id).mappings) {
      if (found < count && mapping.write && mapping.given == kNobody && !reference_.IsKernels(mapping.frame) &&
          mapping.address != AGENT_HOME) {
        pages[found++] = mapping.address;
      }
    }
    return pages;
  }
  std::span<std::uint32_t> Words(Id id, std::uint32_t address) {
    return std::span(reference_.WordsOf(reference_.Find(id, address)->frame), 1024);
  }
  Call Create(std::uint32_t descriptor, std::span<const std::uint32_t, 4> others) {
    return {Service::kCreatePartition, {descriptor, others[0], others[1], others[2], others[3]}};
  }
  Call YieldDown(Id child) { return {Service::kYield, {reference_.at(child).descriptor, AGENT_SLOT_GO, kNothing}}; }

  static constexpr std::uint32_t kNothing = AGENT_SLOT_NOTHING;
};

// A partition makes the page that it runs on, its VIDT and its stack a kernel structure, in each place of a partition
// and of a list of tables.  The call is done; there is nothing to come back to, and its parent is told.
void Vanishing::OwnHome() {
  for (std::uint32_t depth = 1; depth <= 3; ++depth) {
    for (std::uint32_t place = 0; place < 6; ++place) {
      for (const Entry entry : {Entry::kGate, Entry::kFast}) {
        const Id id = Nest(depth);
        Call call{Service::kCreatePartition, Pages<5>(id)};
        if (place < 5) {
          call.arguments[place] = AGENT_HOME;
        } else {
          const Id child = AddChild(id, 1);
          const auto [one, two] = Pages<2>(id);
          Words(id, one)[0] = two;
          Words(id, two)[0] = AGENT_HOME;
          call = {Service::kPrepare, {reference_.at(child).descriptor, kNoTable, one}};
        }
        Answer answer;
        if (CanEnter(entry, call) && (!world_.Make(id, call, entry, &answer) || answer.status != PIP_DONE)) {
          world_.Fail("a partition cannot give away the page it runs on");
        }
        DeleteAll(world_);
      }
    }
  }
}

// A yield to whom nobody gave a VIDT, and to whom it is taken from and given to again.
void Vanishing::VidtOfATarget() {
  for (const std::uint32_t depth : {0U, 2U}) {
    const Id caller = Nest(depth);
    const auto pages = Pages<5>(caller);
    Expect(caller, {Service::kGetIntState, {pages[0]}}, PIP_NOT_A_CHILD);
    Must(caller, {Service::kCreatePartition, pages});
    const std::array<std::uint32_t, 6> vectors = {
        0, AGENT_SLOT_GO, AGENT_SLOT_ARRIVAL, PIP_VECTOR_SAVE_MASKED, kSlot, PIP_VIDT_ENTRIES - 1};
    const auto all_refused = [&](std::uint32_t name) {
      for (const std::uint32_t vector : vectors) {
        Expect(caller, {Service::kYield, {name, vector, kNothing, 1, 1}}, PIP_TARGET_VIDT_UNAVAILABLE);
      }
    };
    all_refused(pages[0]);
    PrepareFor(caller, reference_.ChildAt(caller, pages[0]), AGENT_HOME);
    all_refused(pages[0]);
    const Id child = AddChild(caller, 3);
    const std::uint32_t name = reference_.at(child).descriptor;
    for (std::uint32_t round = 0; round < 3; ++round) {
      world_.Touch(child, kChildMemory, true);
      const std::uint32_t frame = reference_.Find(child, AGENT_HOME)->frame;
      std::uint32_t home = 0;
      for (const Mapping& mapping : reference_.at(caller).mappings) {
        home = mapping.frame == frame ? mapping.address : home;
      }
      Must(caller, {Service::kRemoveVAddr, {name, AGENT_HOME}});
      all_refused(name);
      Must(caller, {Service::kAddVAddr, {home, name, AGENT_HOME, kAllRights}});
      world_.Touch(child, kChildMemory, false);
    }
    DeleteAll(world_);
  }
}

// A partition left, and its registers lie across two pages, of which one is taken away: nobody can resume it there, nor
// can it save itself there, until the page is back.
void Vanishing::SavedContext() {
  const Entry entry = BestEntry();
  const Id id = AddChild(kRoot, 6);
  const std::uint32_t name = reference_.at(id).descriptor;
  constexpr std::uint32_t kContext = kChildMemory + kPage - PIP_CONTEXT_BYTES / 2;
  const Call leave{Service::kYield, {0, AGENT_DONE, kSlot, 0, 0}};
  const Call resume{Service::kYield, {name, kSlot, kNothing, 0, 0}};
  const auto run = [&](bool leaves) {
    std::uint32_t told = PIP_VECTOR_TIMER;
    while (told == PIP_VECTOR_TIMER) {  // a tick came first: once more
      world_.Ready(id);
      world_.HomeFor(id).SetSlot(kSlot, kContext);
      world_.HomeFor(id).SetCall(leave, entry);
      told = world_.RunAsSet(id);
    }
    const bool came_back = world_.HomeFor(id).HasDone(entry == Entry::kFast ? AGENT_FAST : AGENT_GATE);
    Require(told == AGENT_DONE && came_back != leaves, "a yield saves to a context that vanished", 0, told);
    if (!leaves) {
      const std::int32_t status = world_.HomeFor(id).Result(leave, entry).status;
      Require(status == PIP_CALLER_CONTEXT_UNAVAILABLE, "a yield saves to a context that vanished", 1,
              static_cast<std::uint32_t>(status));
    }
  };
  for (const std::uint32_t vanishing : {kChildMemory, kChildMemory + kPage}) {
    std::uint32_t source = 0;
    for (const Mapping& mapping : reference_.at(kRoot).mappings) {
      source = mapping.frame == reference_.Find(id, vanishing)->frame ? mapping.address : source;
    }
    run(true);
    Must(kRoot, {Service::kRemoveVAddr, {name, vanishing}});
    const OwnResult refused = CallAsRoot(resume, entry);
    Require(!refused.told && refused.answer.status == PIP_TARGET_CONTEXT_UNAVAILABLE,
            "a partition is resumed from a context that vanished", vanishing, refused.vector);
    run(false);
    Must(kRoot, {Service::kAddVAddr, {source, name, vanishing, kAllRights}});
    run(true);
    const OwnResult resumed = CallAsRoot(resume, entry);
    Require(resumed.told && (resumed.vector == AGENT_DONE || resumed.vector == PIP_VECTOR_TIMER),
            "a partition is not resumed from a context that came back", vanishing, resumed.vector);
    // Where it may only read, it can be resumed, but not saved.
    Must(kRoot, {Service::kRemoveVAddr, {name, vanishing}});
    Must(kRoot, {Service::kAddVAddr, {source, name, vanishing, PIP_READ}});
    run(false);
    Must(kRoot, {Service::kRemoveVAddr, {name, vanishing}});
    Must(kRoot, {Service::kAddVAddr, {source, name, vanishing, kAllRights}});
  }
  world_.DeleteWild(id);
  DeleteAll(world_);
}

// A page is given to one child once, whatever the other asks for; lists that come back to themselves are refused.
void Vanishing::GivenTwice() {
  for (const std::uint32_t depth : {0U, 1U, 3U}) {
    const Id caller = Nest(depth);
    const Id one = AddChild(caller, 18);
    const Id two = AddChild(caller, 2);
    const Id below = AddChild(one, 1);
    const std::uint32_t first = reference_.at(one).descriptor;
    const std::uint32_t second = reference_.at(two).descriptor;
    constexpr std::uint32_t kElsewhere = kStolen + kPage;
    PrepareFor(caller, one, kStolen);
    PrepareFor(caller, two, kStolen);
    PrepareFor(one, below, kStolen);
    const auto p = Pages<6>(caller);
    Must(caller, {Service::kAddVAddr, {p[0], first, kStolen, kAllRights}});
    Expect(caller, {Service::kAddVAddr, {p[0], first, kStolen, kAllRights}}, PIP_ALREADY_GIVEN);
    Expect(caller, {Service::kAddVAddr, {p[0], first, kElsewhere, kAllRights}}, PIP_ALREADY_GIVEN);
    Expect(caller, {Service::kAddVAddr, {p[0], second, kStolen, PIP_READ}}, PIP_ALREADY_GIVEN);
    Expect(caller, {Service::kAddVAddr, {p[1], first, kStolen, kAllRights}}, PIP_OCCUPIED);
    for (std::size_t place = 0; place < 5; ++place) {
      Call create{Service::kCreatePartition, {p[1], p[2], p[3], p[4], p[5]}};
      create.arguments[place] = p[0];
      Expect(caller, create, PIP_ALREADY_GIVEN);
      create.arguments[place] = create.arguments[(place + 1) % 5];
      Expect(caller, create, PIP_SAME_PAGE);
    }
    const auto link = [&](std::uint32_t from, std::uint32_t to) { Words(caller, from)[0] = to; };
    const Call prepare{Service::kPrepare, {first, kNoTable, p[1]}};
    link(p[1], p[1]);
    Expect(caller, prepare, PIP_SAME_PAGE);
    link(p[1], p[2]);
    link(p[2], p[1]);
    Expect(caller, prepare, PIP_SAME_PAGE);
    link(p[2], p[2]);
    Expect(caller, prepare, PIP_SAME_PAGE);
    link(p[2], p[0]);
    Expect(caller, prepare, PIP_ALREADY_GIVEN);
    // Given on, it can neither be given again nor taken back.
    const std::uint32_t name = reference_.at(below).descriptor;
    Must(one, {Service::kAddVAddr, {kStolen, name, kStolen, kAllRights}});
    Expect(one, {Service::kAddVAddr, {kStolen, name, kElsewhere, kAllRights}}, PIP_ALREADY_GIVEN);
    Expect(caller, {Service::kRemoveVAddr, {first, kStolen}}, PIP_ALREADY_GIVEN);
    Must(one, {Service::kRemoveVAddr, {name, kStolen}});
    Must(caller, {Service::kRemoveVAddr, {first, kStolen}});
    Must(caller, {Service::kAddVAddr, {p[0], second, kStolen, PIP_READ}});
    DeleteAll(world_);
  }
}

// Whoever is interrupted, or has just called, loses an ancestor: to its parent, at each depth, in a gale of ticks.
void Vanishing::AncestorOfWhoRan() {
  constexpr std::uint32_t kDepth = 5;
  for (std::uint32_t doomed = 1; doomed <= kDepth; ++doomed) {
    for (const bool interrupted : {false, true}) {
      const Id innermost = Nest(kDepth);
      const Id ancestor = AncestorAt(innermost, doomed);
      const std::uint32_t name = reference_.at(ancestor).descriptor;
      const Id parent = reference_.at(ancestor).parent;
      if (interrupted) {
        auto* const code = reinterpret_cast<std::uint8_t*>(Words(innermost, kChildMemory).data());  // code is bytes
        for (std::size_t i = 0; i < Hostile::kEndlessLoop.size(); ++i) {
          code[i] = Hostile::kEndlessLoop[i];
        }
        user_ctx_t context;
        pip_context_initialise(&context, kChildMemory, kChildMemory + 2 * kPage, 0);
        SetTicks(kSpinTicks);
        const std::uint32_t told = world_.RunWild(innermost, context, 1);
        Require(told == PIP_VECTOR_TIMER, "a partition that spins is not interrupted", doomed, told);
      } else {
        SetTicks(kSpinTicks);
        Must(innermost, {Service::kSetIntState, {doomed % 2}});
      }
      if (interrupted) {
        SetTicks(kTickRates.back());
      }
      Must(parent, {Service::kDeletePartition, {name}});
      SetTicks(kDefaultTicks);
      Expect(parent, {Service::kDeletePartition, {name}}, PIP_NOT_A_CHILD);
      Expect(parent, {Service::kYield, {name, AGENT_SLOT_GO, kNothing, 0, 0}}, PIP_NOT_A_CHILD);
      Expect(parent, {Service::kGetIntState, {name}}, PIP_NOT_A_CHILD);
      DeleteAll(world_);
    }
  }
}

// The VIDT's page of a partition comes to its child, or to the child's child, which makes a kernel structure of it.
// From then on the partition cannot be told or yielded to, and the root hears instead.
void Vanishing::VidtOfAnAncestor(std::uint32_t up, bool steal) {
  std::uint32_t told = PIP_VECTOR_TIMER;
  while (told == PIP_VECTOR_TIMER) {  // a tick came in between: once more
    const Id owner = AddChild(kRoot, 90);
    Id thief = owner;
    for (std::uint32_t i = 0; i < up; ++i) {
      thief = AddChild(thief, 60 - 25 * i);
    }
    const Id child = AncestorAt(thief, 2);
    world_.Ready(thief);
    PrepareFor(owner, child, kStolen);
    if (up == 2) {
      PrepareFor(child, thief, kStolen);
    }
    const auto pages = Pages<4>(thief);
    world_.Ready(thief);
    const auto pass = [&](Id from, std::uint32_t address, Id to) {
      const std::array<Call, 2> calls = {
          Call{Service::kAddVAddr, {address, reference_.at(to).descriptor, kStolen, kAllRights}}, YieldDown(to)};
      world_.HomeFor(from).SetCalls(calls);
    };
    pass(owner, AGENT_HOME, child);
    if (up == 2) {
      pass(child, kStolen, thief);
    }
    // The owner would listen to its child's end, and to a double fault; the one in between does not.
    for (const std::uint32_t vector : {std::uint32_t{AGENT_DONE}, std::uint32_t{PIP_VECTOR_DOUBLE_FAULT}}) {
      world_.HomeFor(owner).SetSlot(vector, AGENT_HOME + AGENT_ARRIVAL);
    }
    const Call theft = steal ? Create(kStolen, pages) : Call{Service::kMappedInChild, {kStolen}};
    const std::array<Call, 3> calls = {theft, Call{Service::kYield, {0, AGENT_SLOT_ARRIVAL, kNothing}},
                                       Call{Service::kYield, {0, PIP_VECTOR_SAVE_MASKED, kNothing}}};
    const bool yields = steal && up == 1;
    world_.HomeFor(thief).SetCalls(std::span(calls).first(yields ? 3 : 1));
    told = world_.RunAsSet(owner);
    if (told != PIP_VECTOR_TIMER) {
      Require(told == (steal ? PIP_VECTOR_DOUBLE_FAULT : AGENT_LANDING), "who lost its VIDT is told", up, told);
      Require(world_.HomeFor(thief).ListAnswer(0).status == PIP_DONE, "the VIDT cannot be taken", up, told);
      for (std::size_t i = 1; yields && i < 3; ++i) {
        Require(world_.HomeFor(thief).ListAnswer(i).status == PIP_TARGET_VIDT_UNAVAILABLE,
                "who lost its VIDT is yielded to", i, told);
      }
      const Call yield{Service::kYield, {reference_.at(owner).descriptor, AGENT_SLOT_GO, kNothing}};
      if (steal) {
        const OwnResult result = CallAsRoot(yield, Entry::kFast);
        Require(!result.told && result.answer.status == PIP_TARGET_VIDT_UNAVAILABLE, "who lost its VIDT is started", up,
                result.vector);
      }
    }
    world_.DeleteWild(owner);
    DeleteAll(world_);
  }
}

// The same for the page with the context at which it would be told.
void Vanishing::HandlerOfAnAncestor(bool steal) {
  std::uint32_t told = PIP_VECTOR_TIMER;
  while (told == PIP_VECTOR_TIMER) {
    const Id owner = AddChild(kRoot, 60);
    const Id thief = AddChild(owner, 30);
    PrepareFor(owner, thief, kStolen);
    const auto pages = Pages<4>(thief);
    const std::uint32_t page = Page(owner);
    world_.Ready(thief);
    // Contexts are words.
    auto* const context = reinterpret_cast<user_ctx_t*>(Words(owner, page).data());
    pip_context_initialise(context, AGENT_CODE + AGENT_LANDED, AGENT_HOME + AGENT_STACK_END, 0);
    world_.HomeFor(owner).SetSlot(AGENT_DONE, page);
    const std::array<Call, 2> calls = {
        Call{Service::kAddVAddr, {page, reference_.at(thief).descriptor, kStolen, kAllRights}}, YieldDown(thief)};
    world_.HomeFor(owner).SetCalls(calls);
    const std::array<Call, 1> theft = {steal ? Create(kStolen, pages) : Call{Service::kMappedInChild, {kStolen}}};
    world_.HomeFor(thief).SetCalls(theft);
    told = world_.RunAsSet(owner);
    Require(told == PIP_VECTOR_TIMER || told == (steal ? PIP_VECTOR_DOUBLE_FAULT : AGENT_LANDING),
            "a handler runs from a kernel structure", steal, told);
    world_.DeleteWild(owner);
    DeleteAll(world_);
  }
}

// A partition makes a kernel structure of the page where its registers would go when it is stopped: they are lost, and
// it cannot be resumed.
void Vanishing::OwnStoppedContext() {
  std::uint32_t told = PIP_VECTOR_TIMER;
  while (told == PIP_VECTOR_TIMER) {
    const Id id = AddChild(kRoot, 12);
    const auto pages = Pages<4>(id);
    const std::uint32_t page = Page(id);
    world_.Ready(id);
    for (const std::uint32_t slot : {std::uint32_t{PIP_VECTOR_SAVE_MASKED}, std::uint32_t{PIP_VECTOR_SAVE_UNMASKED}}) {
      world_.HomeFor(id).SetSlot(slot, page + 0x100);
    }
    const std::array<Call, 1> calls = {Create(page, pages)};
    world_.HomeFor(id).SetCalls(calls);
    told = world_.RunAsSet(id);
    if (told != PIP_VECTOR_TIMER) {
      Require(told == AGENT_DONE && world_.HomeFor(id).ListAnswer(0).status == PIP_DONE,
              "a partition cannot lose its context", 0, told);
      const Call resume{Service::kYield, {reference_.at(id).descriptor, PIP_VECTOR_SAVE_MASKED, kNothing}};
      const OwnResult result = CallAsRoot(resume, Entry::kFast);
      Require(!result.told && result.answer.status == PIP_TARGET_CONTEXT_UNAVAILABLE,
              "a partition is resumed from a kernel structure", 0, result.vector);
    }
    world_.DeleteWild(id);
    DeleteAll(world_);
  }
}

}  // namespace

void TestVanishing(World& world) {
  Vanishing scenes(world);
  scenes.OwnHome();
  scenes.VidtOfATarget();
  scenes.SavedContext();
  scenes.GivenTwice();
  scenes.AncestorOfWhoRan();
  if (HasFastEntry()) {
    for (const bool steal : {false, true}) {
      scenes.VidtOfAnAncestor(1, steal);
      scenes.VidtOfAnAncestor(2, steal);
      scenes.HandlerOfAnAncestor(steal);
    }
    scenes.OwnStoppedContext();
  }
  printf("nanny: VIDTs, contexts, pages to run on and ancestors vanish, and nobody else noticed\n");
}

}  // namespace nanny
