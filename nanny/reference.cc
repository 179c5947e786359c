// SPDX-License-Identifier: Apache-2.0
#include "nanny/reference.h"

#include "nanny/machine.h"
#include "pip/vidt.h"

namespace nanny {
namespace {

constexpr std::uint32_t kPage = 4096;
constexpr std::uint32_t kSlotShift = 22;
constexpr std::uint32_t kContextBytes = PIP_CONTEXT_BYTES;

constexpr std::array<const char*, kServices> kNames = {"createPartition", "countToMap",  "prepare",     "addVAddr",
                                                       "getIntState",     "setIntState", "removeVAddr", "mappedInChild",
                                                       "deletePartition", "collect",     "yield"};

constexpr std::uint32_t PageOf(std::uint32_t address) { return address & ~(kPage - 1); }

}  // namespace

const char* NameOf(Service service) { return kNames[static_cast<std::size_t>(service)]; }

bool IsUserAddress(std::uint32_t address) { return address % kPage == 0 && IsUserPage(address); }

void Reference::Initialise(std::uint32_t pool) {
  pool_ = pool;
  Partition& root = at(kRoot);
  root.alive = true;
  for (std::uint32_t frame = 0; frame < kFrames; ++frame) {
    root.mappings.Add({.address = AddressOf(frame), .frame = frame, .write = true, .execute = true});
  }
  AddRootTables(pool, pool + kFrames * kPage);
}

void Reference::AddRootTables(std::uint32_t begin, std::uint32_t end) {
  for (std::uint32_t slot = begin >> kSlotShift; slot <= (end - 1) >> kSlotShift; ++slot) {
    root_tables_[slot] = true;
  }
}

std::uint32_t* Reference::WordsOf(std::uint32_t frame) const {
  // The root's memory has no other name than its address.
  return reinterpret_cast<std::uint32_t*>(static_cast<std::uintptr_t>(AddressOf(frame)));
}

const Mapping* Reference::Find(Id id, std::uint32_t address) const {
  for (const Mapping& mapping : at(id).mappings) {
    if (mapping.address == PageOf(address)) {
      return &mapping;
    }
  }
  return nullptr;
}

Mapping* Reference::FindToChange(Id id, std::uint32_t address) {
  for (Mapping& mapping : at(id).mappings) {
    if (mapping.address == PageOf(address)) {
      return &mapping;
    }
  }
  return nullptr;
}

bool Reference::HasTable(Id id, std::uint32_t address) const {
  const std::uint32_t slot = address >> kSlotShift;
  if (id == kRoot) {
    return root_tables_[slot];
  }
  for (const Table& table : at(id).tables) {
    if (table.slot == slot) {
      return true;
    }
  }
  return false;
}

Id Reference::ChildAt(Id caller, std::uint32_t address) const {
  if (address == 0) {
    return kNobody;
  }
  for (Id id = 1; id < kPartitions; ++id) {
    if (at(id).alive && at(id).parent == caller && at(id).descriptor == address) {
      return id;
    }
  }
  return kNobody;
}

std::uint32_t Reference::DepthOf(Id id) const {
  std::uint32_t depth = 0;
  for (; id != kRoot; id = at(id).parent) {
    ++depth;
  }
  return depth;
}

bool Reference::RoomForPartition() const {
  for (const Partition& partition : partitions_) {
    if (!partition.alive) {
      return true;
    }
  }
  return false;
}

bool Reference::Reaches(Id id, std::uint32_t address, bool write) const {
  const Mapping* const mapping = Find(id, address);
  if (mapping != nullptr) {
    return !kernels_[mapping->frame] && (mapping->write || !write);
  }
  if (id == kRoot) {
    for (const RootRange& range : root_ranges_) {
      if (address >= range.begin && address - range.begin < range.end - range.begin) {
        return true;
      }
    }
  }
  return false;
}

std::optional<std::uint32_t> Reference::WordAt(Id id, std::uint32_t address) const {
  if (!Reaches(id, address, false)) {
    return std::nullopt;
  }
  if (const Mapping* const mapping = Find(id, address); mapping != nullptr) {
    return WordsOf(mapping->frame)[address % kPage / 4];
  }
  // A word of the root's own.
  return *reinterpret_cast<const std::uint32_t*>(static_cast<std::uintptr_t>(address));
}

Answer Reference::Make(Id caller, const Call& call) {
  returned_.count = 0;
  target_ = kNobody;
  const auto& a = call.arguments;
  switch (call.service) {
    case Service::kCreatePartition:
      return Create(caller, call);
    case Service::kCountToMap:
      return CountToMap(caller, call);
    case Service::kPrepare:
      return Prepare(caller, call);
    case Service::kAddVAddr:
      return {Add(caller, call), 0};
    case Service::kGetIntState: {
      const Id child = ChildAt(caller, a[0]);
      return child == kNobody ? Answer{PIP_NOT_A_CHILD, 0} : Answer{PIP_DONE, at(child).unmasked ? 1U : 0U};
    }
    case Service::kSetIntState:
      at(caller).unmasked = a[0] != 0;
      return {};
    case Service::kRemoveVAddr:
      return {Remove(caller, call), 0};
    case Service::kMappedInChild:
      return MappedInChild(caller, call);
    case Service::kDeletePartition:
      return {Delete(caller, call), 0};
    case Service::kCollect:
      return Collect(caller, call);
    case Service::kYield:
      return {Yield(caller, call), 0};
  }
  return {PIP_NO_SUCH_SERVICE, 0};
}

pip_status_t Reference::Offer(Id caller, std::uint32_t address) const {
  if (!IsUserAddress(address)) {
    return PIP_BAD_ADDRESS;
  }
  const Mapping* const mapping = Find(caller, address);
  if (mapping == nullptr) {
    return PIP_NOT_MAPPED;
  }
  if (kernels_[mapping->frame]) {
    return PIP_NOT_ACCESSIBLE;
  }
  if (!mapping->write) {
    return PIP_NOT_WRITABLE;
  }
  return mapping->given != kNobody ? PIP_ALREADY_GIVEN : PIP_DONE;
}

void Reference::Give(Id caller, std::uint32_t address, Id child) {
  Mapping* const mapping = FindToChange(caller, address);
  mapping->given = child;
  kernels_[mapping->frame] = true;
}

void Reference::TakeBack(Mapping& mapping, std::uint32_t link) {
  mapping.given = kNobody;
  if (kernels_[mapping.frame]) {
    kernels_[mapping.frame] = false;
    returned_.Add({mapping.frame, link});
  }
}

Answer Reference::Create(Id caller, const Call& call) {
  const auto& a = call.arguments;
  if (a[0] == 0) {
    return {PIP_BAD_ADDRESS, 0};
  }
  for (const std::uint32_t address : a) {
    if (const pip_status_t status = Offer(caller, address); status != PIP_DONE) {
      return {status, 0};
    }
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (a[i] == a[j]) {
        return {PIP_SAME_PAGE, 0};
      }
    }
  }
  Id id = 1;
  while (at(id).alive) {
    ++id;
  }
  Partition& child = at(id);
  child.alive = true;
  child.parent = caller;
  child.descriptor = a[0];
  child.unmasked = false;
  child.mappings.count = 0;
  child.tables.count = 0;
  for (const std::uint32_t address : a) {
    Give(caller, address, id);
  }
  return {};
}

Answer Reference::CountToMap(Id caller, const Call& call) const {
  const Id child = ChildAt(caller, call.arguments[0]);
  if (child == kNobody) {
    return {PIP_NOT_A_CHILD, 0};
  }
  if (!IsUserAddress(call.arguments[1])) {
    return {PIP_BAD_ADDRESS, 0};
  }
  // The configuration list of a child of the reference is never full: it has room for more tables than kTables.
  return {PIP_DONE, HasTable(child, call.arguments[1]) ? 0U : 3U};
}

Answer Reference::Prepare(Id caller, const Call& call) {
  const auto [name, address, first, unused3, unused4] = call.arguments;
  const Id child = ChildAt(caller, name);
  if (child == kNobody) {
    return {PIP_NOT_A_CHILD, first};
  }
  if (!IsUserAddress(address)) {
    return {PIP_BAD_ADDRESS, first};
  }
  if (HasTable(child, address)) {
    return {PIP_DONE, first};
  }
  Table table{.slot = address >> kSlotShift};
  std::uint32_t next = first;
  for (std::uint32_t& origin : table.origins) {
    if (const pip_status_t status = Offer(caller, next); status != PIP_DONE) {
      return {status, first};
    }
    origin = next;
    next = WordsOf(Find(caller, next)->frame)[0];
  }
  const auto& [one, two, three] = table.origins;
  if (one == two || one == three || two == three) {
    return {PIP_SAME_PAGE, first};
  }
  for (const std::uint32_t origin : table.origins) {
    Give(caller, origin, child);
  }
  at(child).tables.Add(table);
  return {PIP_DONE, next};
}

pip_status_t Reference::Add(Id caller, const Call& call) {
  const auto [source, name, destination, rights, unused4] = call.arguments;
  const bool write = (rights & PIP_WRITE) != 0;
  const bool execute = (rights & PIP_EXECUTE) != 0;
  if ((rights & PIP_READ) == 0) {
    return PIP_UNREADABLE;
  }
  if (!IsUserAddress(source) || !IsUserAddress(destination)) {
    return PIP_BAD_ADDRESS;
  }
  const Id child = ChildAt(caller, name);
  if (child == kNobody) {
    return PIP_NOT_A_CHILD;
  }
  Mapping* const from = FindToChange(caller, source);
  if (from == nullptr) {
    return PIP_NOT_MAPPED;
  }
  if (kernels_[from->frame]) {
    return PIP_NOT_ACCESSIBLE;
  }
  if ((write && !from->write) || (execute && !from->execute)) {
    return PIP_RIGHTS_EXCEEDED;
  }
  if (from->given != kNobody) {
    return PIP_ALREADY_GIVEN;
  }
  if (!HasTable(child, destination)) {
    return PIP_NO_TABLE;
  }
  if (Find(child, destination) != nullptr) {
    return PIP_OCCUPIED;
  }
  from->given = child;
  at(child).mappings.Add({.address = destination, .frame = from->frame, .write = write, .execute = execute});
  return PIP_DONE;
}

pip_status_t Reference::Remove(Id caller, const Call& call) {
  const auto [name, address, unused2, unused3, unused4] = call.arguments;
  if (!IsUserAddress(address)) {
    return PIP_BAD_ADDRESS;
  }
  const Id child = ChildAt(caller, name);
  if (child == kNobody) {
    return PIP_NOT_A_CHILD;
  }
  const Mapping* const mapping = Find(child, address);
  if (mapping == nullptr) {
    return PIP_NOT_MAPPED;
  }
  if (kernels_[mapping->frame]) {
    return PIP_NOT_ACCESSIBLE;
  }
  if (mapping->given != kNobody) {
    return PIP_ALREADY_GIVEN;
  }
  for (Mapping& from : at(caller).mappings) {
    if (from.frame == mapping->frame) {
      from.given = kNobody;
    }
  }
  at(child).mappings.Drop(static_cast<std::uint32_t>(mapping - at(child).mappings.begin()));
  return PIP_DONE;
}

Answer Reference::MappedInChild(Id caller, const Call& call) const {
  const std::uint32_t address = call.arguments[0];
  if (!IsUserAddress(address)) {
    return {PIP_BAD_ADDRESS, 0};
  }
  if (!HasTable(caller, address)) {
    return {PIP_NOT_MAPPED, 0};
  }
  const Mapping* const mapping = Find(caller, address);
  const bool given = mapping != nullptr && mapping->given != kNobody;
  return {PIP_DONE, given ? at(mapping->given).descriptor : 0};
}

void Reference::Kill(Id id) {
  at(id).alive = false;
  for (Id other = 1; other < kPartitions; ++other) {
    if (at(other).alive && at(other).parent == id) {
      Kill(other);
    }
  }
}

pip_status_t Reference::Delete(Id caller, const Call& call) {
  const Id child = ChildAt(caller, call.arguments[0]);
  if (child == kNobody) {
    return PIP_NOT_A_CHILD;
  }
  for (Mapping& mapping : at(caller).mappings) {
    if (mapping.given == child) {
      TakeBack(mapping, 0);
    }
  }
  Kill(child);
  return PIP_DONE;
}

Answer Reference::Collect(Id caller, const Call& call) {
  const auto [name, address, unused2, unused3, unused4] = call.arguments;
  const Id child = ChildAt(caller, name);
  if (child == kNobody) {
    return {PIP_NOT_A_CHILD, 0};
  }
  if (!IsUserAddress(address)) {
    return {PIP_BAD_ADDRESS, 0};
  }
  if (!HasTable(child, address)) {
    return {PIP_NOTHING_TO_COLLECT, 0};
  }
  const std::uint32_t slot = address >> kSlotShift;
  for (const Mapping& mapping : at(child).mappings) {
    if (mapping.address >> kSlotShift == slot) {
      return {PIP_NOT_EMPTY, 0};
    }
  }
  auto& tables = at(child).tables;
  std::uint32_t i = 0;
  while (tables.values[i].slot != slot) {
    ++i;
  }
  const Table table = tables.values[i];
  tables.Drop(i);
  for (std::size_t j = 0; j < table.origins.size(); ++j) {
    const std::uint32_t link = j + 1 < table.origins.size() ? table.origins[j + 1] : 0;
    TakeBack(*FindToChange(caller, table.origins[j]), link);
  }
  return {PIP_DONE, table.origins[0]};
}

bool Reference::ContextIsReachable(Id id, std::uint32_t address, bool write) const {
  return address != 0 && address <= UINT32_MAX - (kContextBytes - 1) && Reaches(id, address, write) &&
         Reaches(id, address + (kContextBytes - 1), write);
}

pip_status_t Reference::Yield(Id caller, const Call& call) {
  const auto [name, vector, slot, flags_on_yield, flags_on_wake] = call.arguments;
  if (vector >= PIP_VIDT_ENTRIES) {
    return PIP_INVALID_VECTOR;
  }
  if (slot >= PIP_VIDT_ENTRIES) {
    return PIP_INVALID_SAVE_SLOT;
  }
  const Id target = name == 0 ? at(caller).parent : ChildAt(caller, name);
  if (target == kNobody) {
    return name == 0 ? PIP_ROOT_HAS_NO_PARENT : PIP_NOT_A_CHILD;
  }
  const std::optional<std::uint32_t> save_at = WordAt(caller, PIP_VIDT_ADDRESS + 4 * slot);
  if (!save_at.has_value()) {
    return PIP_CALLER_VIDT_UNAVAILABLE;
  }
  const std::optional<std::uint32_t> resume_at = WordAt(target, PIP_VIDT_ADDRESS + 4 * vector);
  if (!resume_at.has_value()) {
    return PIP_TARGET_VIDT_UNAVAILABLE;
  }
  if (!ContextIsReachable(target, *resume_at, false)) {
    return PIP_TARGET_CONTEXT_UNAVAILABLE;
  }
  if (*save_at != 0 && !ContextIsReachable(caller, *save_at, true)) {
    return PIP_CALLER_CONTEXT_UNAVAILABLE;
  }
  at(caller).unmasked = flags_on_yield != 0;
  target_ = target;
  saved_context_ = *save_at;
  return PIP_DONE;
}

}  // namespace nanny
