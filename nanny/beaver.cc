// SPDX-License-Identifier: Apache-2.0
#include "nanny/beaver.h"

#include <array>
#include <span>

#include "nanny/wild.h"
#include "pip/stdio.h"

namespace nanny {
namespace {

constexpr std::uint32_t kPage = 4096;
// So many pages are left in lists that never become longer.
constexpr std::uint32_t kMargin = 6;

constexpr std::array<std::uint32_t, 10> kNastyWords = {0,    1,      2,          1022,       1023,
                                                       1024, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
constexpr std::uint32_t kCallsBetweenGales = 500;
constexpr std::uint32_t kStepsBetweenWildRuns = 60;

}  // namespace

// The partitions' memory as a whole; pages of the root that are not of the pool stay out of the game.
std::uint32_t Beaver::AnyAddress(Id caller) {
  switch (random_.Below(8)) {
    case 0:
      return kNasty[random_.Below(kNasty.size())];
    case 1: {
      // Anything; but never a page on which the nanny itself stands.
      const std::uint32_t word = random_.OneIn(2) ? random_.Word() : random_.Word() & ~(kPage - 1);
      return caller == kRoot && reference_.HasTable(kRoot, word) ? word | 1 : word;
    }
    case 2:
      return OwnPage(caller) + random_.Below(kPage);
    case 3: {
      const std::uint32_t address = Destination();
      return caller == kRoot && reference_.HasTable(kRoot, address) ? address | 1 : address;
    }
    default:
      return OwnPage(caller);
  }
}

std::uint32_t Beaver::OwnPage(Id id) {
  const auto& mappings = reference_.at(id).mappings;
  return mappings.count == 0 ? 0 : mappings.values[random_.Below(mappings.count)].address;
}

// A page that may be given: accessible, writable, given to nobody, not the one to run on; 0 if there is none.
std::uint32_t Beaver::FreePage(Id id) {
  const auto& mappings = reference_.at(id).mappings;
  for (std::uint32_t attempt = 0; mappings.count != 0 && attempt < 20; ++attempt) {
    const Mapping& mapping = mappings.values[random_.Below(mappings.count)];
    if (mapping.write && mapping.given == kNobody && !reference_.IsKernels(mapping.frame) &&
        mapping.address != AGENT_HOME) {
      return mapping.address;
    }
  }
  return 0;
}

std::uint32_t Beaver::Destination() {
  return random_.OneIn(2)
             ? kDestinations[random_.Below(kDestinations.size())]
             : (kDestinations[random_.Below(kDestinations.size())] & 0xFFC00000) + random_.Below(1024) * kPage;
}

Id Beaver::RandomRunning() {
  for (std::uint32_t attempt = 0; attempt < 8; ++attempt) {
    const Id id = static_cast<Id>(random_.Below(static_cast<std::uint32_t>(kPartitions)));
    if (reference_.at(id).alive && world_.CanRun(id)) {
      return id;
    }
  }
  return kRoot;
}

Id Beaver::RandomChild(Id caller) {
  const std::uint32_t start = random_.Below(static_cast<std::uint32_t>(kPartitions));
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(kPartitions); ++i) {
    const Id id = static_cast<Id>((start + i) % static_cast<std::uint32_t>(kPartitions));
    if (id != kRoot && reference_.at(id).alive && reference_.at(id).parent == caller) {
      return id;
    }
  }
  return kNobody;
}

std::uint32_t Beaver::AnyChildName(Id caller) {
  const Id child = RandomChild(caller);
  return child == kNobody || random_.OneIn(4) ? AnyAddress(caller) : reference_.at(child).descriptor;
}

void Beaver::Make(Id caller, const Call& call) {
  const Entry entry = random_.OneIn(2) ? Entry::kGate : Entry::kFast;
  (void)world_.Make(caller, call, CanEnter(entry, call) ? entry : Entry::kGate);
}

// Pages of the caller, linked through their first words; the address of the first.
std::uint32_t Beaver::MakeList(Id caller, std::uint32_t pages) {
  std::uint32_t next = random_.OneIn(3) ? AnyAddress(caller) : 0;
  for (std::uint32_t i = 0; i < pages; ++i) {
    const std::uint32_t page = FreePage(caller);
    if (page == 0) {
      return next;
    }
    reference_.WordsOf(reference_.Find(caller, page)->frame)[0] = next;
    next = page;
  }
  return next;
}

bool Beaver::HasRoom(Id caller, Id child) {
  const Partition& partition = reference_.at(child);
  return reference_.at(caller).mappings.count + kMargin < kMappings && partition.mappings.count + kMargin < kMappings &&
         partition.tables.count + kMargin < kTables;
}

void Beaver::Build(Id caller) {
  Id child = RandomChild(caller);
  if (child == kNobody || random_.OneIn(10)) {
    if (reference_.RoomForPartition()) {
      Make(caller, {Service::kCreatePartition,
                    {FreePage(caller), FreePage(caller), FreePage(caller), FreePage(caller), FreePage(caller)}});
    }
    return;
  }
  if (!HasRoom(caller, child)) {
    return;
  }
  const std::uint32_t name = reference_.at(child).descriptor;
  const bool has_home = reference_.Find(child, AGENT_HOME) != nullptr;
  const std::uint32_t destination = has_home ? Destination() : AGENT_HOME;
  if (!reference_.HasTable(child, destination)) {
    Make(caller, {Service::kCountToMap, {name, destination}});
    Make(caller, {Service::kPrepare, {name, destination, MakeList(caller, 3)}});
  }
  const std::uint32_t rights = has_home && random_.OneIn(4) ? random_.Below(8) : PIP_READ | PIP_WRITE | PIP_EXECUTE;
  Make(caller, {Service::kAddVAddr, {FreePage(caller), name, destination, rights}});
}

void Beaver::Tear(Id caller) {
  const Id child = RandomChild(caller);
  if (child == kNobody) {
    return;
  }
  const std::uint32_t name = reference_.at(child).descriptor;
  switch (random_.Below(12)) {
    case 0:
      Make(caller, {Service::kDeletePartition, {name}});
      return;
    case 1:
    case 2:
    case 3:
      Make(caller, {Service::kCollect, {name, Destination()}});
      return;
    default:
      Make(caller, {Service::kRemoveVAddr, {name, OwnPage(child)}});
  }
}

Call Beaver::RandomYield(Id caller) {
  constexpr std::array<std::uint32_t, 5> kVectors = {AGENT_SLOT_ARRIVAL, AGENT_SLOT_ARRIVAL, AGENT_SLOT_NOTHING,
                                                     AGENT_SLOT_AWAY, AGENT_SLOT_GARBAGE};
  constexpr std::array<std::uint32_t, 4> kSlots = {AGENT_SLOT_AWAY, AGENT_SLOT_AWAY, AGENT_SLOT_NOTHING,
                                                   AGENT_SLOT_GARBAGE};
  std::uint32_t vector = kVectors[random_.Below(kVectors.size())];
  if (vector == AGENT_SLOT_GARBAGE) {
    vector += random_.Below(16);
  } else if (random_.OneIn(6)) {
    vector = random_.OneIn(2) ? random_.Below(1100) : kNastyWords[random_.Below(kNastyWords.size())];
  }
  std::uint32_t slot = kSlots[random_.Below(kSlots.size())];
  if (slot == AGENT_SLOT_GARBAGE) {
    slot += random_.Below(16);
  } else if (random_.OneIn(6)) {
    slot = random_.OneIn(2) ? random_.Below(1100) : kNastyWords[random_.Below(kNastyWords.size())];
  }
  const std::uint32_t name = random_.OneIn(3) ? 0 : AnyChildName(caller);
  return {Service::kYield, {name, vector, slot, random_.Below(2), random_.Below(2)}};
}

Call Beaver::AnyCall(Id caller) {
  const auto service = static_cast<Service>(random_.Below(kServices));
  Call call{service};
  auto& a = call.arguments;
  a[0] = AnyChildName(caller);
  a[1] = AnyAddress(caller);
  a[2] = AnyAddress(caller);
  switch (service) {
    case Service::kCreatePartition:
      for (std::uint32_t& address : a) {
        address = random_.OneIn(6) ? AnyAddress(caller) : FreePage(caller);
      }
      break;
    case Service::kPrepare:
      a[2] = MakeList(caller, random_.Below(4));
      break;
    case Service::kAddVAddr:
      a = {AnyAddress(caller), a[0], random_.OneIn(2) ? Destination() : a[2], random_.Below(8), 0};
      break;
    case Service::kMappedInChild:
      a[0] = AnyAddress(caller);
      break;
    case Service::kSetIntState:
      // The nanny itself stays masked: it handles a tick only while others run.
      a[0] = caller == kRoot ? 0 : random_.OneIn(2) ? 0 : random_.Word();
      break;
    case Service::kYield:
      call = RandomYield(caller);
      break;
    default:
      break;
  }
  return call;
}

void Beaver::Try(Id caller) {
  const Call call = AnyCall(caller);
  const auto& a = call.arguments;
  // The reference's lists have an end.
  if (call.service == Service::kCreatePartition && !reference_.RoomForPartition()) {
    return;
  }
  if (call.service == Service::kPrepare || call.service == Service::kAddVAddr) {
    const Id child = reference_.ChildAt(caller, a[call.service == Service::kPrepare ? 0 : 1]);
    if (child != kNobody && !HasRoom(caller, child)) {
      return;
    }
  }
  Make(caller, call);
}

void Beaver::Wild(Id id) {
  if (random_.OneIn(2) && HasFastEntry()) {
    std::array<Call, kCallsAtOnce> calls;
    for (Call& call : calls) {
      call = AnyCall(id);
    }
    (void)world_.RunCalls(id, calls);
  } else if (const std::uint32_t address = FreePage(id); address != 0) {
    std::uint32_t* const words = reference_.WordsOf(reference_.Find(id, address)->frame);
    (void)world_.RunWild(id, MakeWildCode(random_, std::span(words, kPage / 4), address), 1);
  } else {
    (void)world_.RunWild(id, MakeWildContext(random_, AGENT_HOME), 1);
  }
  world_.DeleteWild(id);
}

// Every byte that partitions can reach holds garbage from time to time; what the nanny needs it writes again.
void Beaver::WriteGarbage() {
  const std::uint32_t frame = random_.Below(kFrames);
  if (reference_.IsKernels(frame)) {
    return;
  }
  std::uint32_t* const words = reference_.WordsOf(frame);
  for (std::uint32_t i = 0; i < 1024; ++i) {
    if (i != AGENT_SIGNATURE / 4) {
      words[i] = random_.OneIn(4) ? kNasty[random_.Below(kNasty.size())] : random_.Word();
    }
  }
}

void Beaver::Step() {
  const Id caller = RandomRunning();
  if (caller != kRoot && random_.OneIn(kStepsBetweenWildRuns)) {
    Wild(caller);
    return;
  }
  switch (random_.Below(16)) {
    case 0:
      WriteGarbage();
      return;
    case 1:
    case 2:
      if (caller != kRoot) {
        world_.Touch(caller, AnyAddress(caller), random_.OneIn(2));
      }
      return;
    case 3:
    case 4:
      Tear(caller);
      return;
    case 5:
    case 6:
    case 7:
      Try(caller);
      return;
    case 8:
      if (Call call = RandomYield(caller); caller != kRoot || call.arguments[0] != 0) {
        Make(caller, call);
      }
      return;
    default:
      Build(caller);
  }
}

void Beaver::Run(std::uint32_t calls) {
  constexpr std::uint32_t kProgress = 20000;
  constexpr std::uint32_t kAudit = 2000;
  std::uint32_t next_progress = kProgress;
  std::uint32_t next_audit = kAudit;
  while (world_.calls() < calls) {
    Step();
    if (random_.OneIn(kCallsBetweenGales)) {
      SetTicks(kTickRates[random_.Below(kTickRates.size())]);
    }
    if (world_.calls() >= next_audit) {
      world_.Audit();
      next_audit = world_.calls() + kAudit;
    }
    if (world_.calls() >= next_progress) {
      printf("nanny: %u calls\n", world_.calls());
      next_progress += kProgress;
    }
  }
  SetTicks(kDefaultTicks);
  for (Id child = RandomChild(kRoot); child != kNobody; child = RandomChild(kRoot)) {
    Make(kRoot, {Service::kDeletePartition, {reference_.at(child).descriptor}});
  }
  world_.Audit();
  for (std::uint32_t frame = 0; frame < kFrames; ++frame) {
    if (reference_.IsKernels(frame)) {
      world_.Fail("a page is lost");
    }
  }
}

}  // namespace nanny
