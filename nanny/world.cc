// SPDX-License-Identifier: Apache-2.0
#include "nanny/world.h"

#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "pip/stdio.h"
#include "pip/vidt.h"

namespace nanny {
namespace {

constexpr std::uint32_t kPage = 4096;

// The slot lies where the registers of an interrupted agent go: a tick on the way there would change it.
bool IsWrittenByTicks(std::uint32_t slot) {
  return slot >= AGENT_STOPPED / 4 && slot < (AGENT_STOPPED + PIP_CONTEXT_BYTES) / 4;
}

std::uint32_t AddressOf(const void* pointer) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer));
}

}  // namespace

void World::Initialise(const pip_fpinfo& boot, std::uint32_t pool, std::uint32_t seed) {
  random_ = Random(seed);
  const auto image = pip::OwnImage();
  reference_.Initialise(pool);
  reference_.AddRootTables(AddressOf(image.data()), AddressOf(image.data() + image.size()));
  reference_.AddRootTables(AddressOf(boot.membegin), AddressOf(boot.memend));
  reference_.AddRootTables(kDevice, kDeviceEnd);
  reference_.AddRootTables(PIP_VIDT_ADDRESS, PIP_VIDT_ADDRESS + kPage - 1);
  reference_.AddRootRange(AddressOf(image.data()), AddressOf(image.data() + image.size()));
  reference_.AddRootRange(PIP_VIDT_ADDRESS, kUserSpaceEnd);
  for (std::uint32_t frame = 0; frame < kFrames; ++frame) {
    reference_.WordsOf(frame)[AGENT_SIGNATURE / 4] = Signature(frame);
  }
  SetOwnVidt();
}

void World::Fail(const char* what) const {
  std::uint32_t a[5] = {};
  const char* name = "no call";
  if (current_ != nullptr) {
    name = NameOf(current_->service);
    for (std::size_t i = 0; i < 5; ++i) {
      a[i] = current_->arguments[i];
    }
  }
  const std::uint32_t depth = caller_ == kNobody ? 0 : reference_.DepthOf(caller_);
  pip::exit_fail("nanny: %s seed %u call %u: %s; %s(%#x, %#x, %#x, %#x, %#x) by partition %d at depth %u", phase_,
                 seed_, calls_, what, name, a[0], a[1], a[2], a[3], a[4], caller_, depth);
}

Home World::HomeOf(Id id) const { return Home(reference_.WordsOf(reference_.Find(id, AGENT_HOME)->frame)); }

bool World::CanRun(Id id) const {
  for (; id != kRoot; id = reference_.at(id).parent) {
    const Mapping* const home = reference_.Find(id, AGENT_HOME);
    if (home == nullptr || reference_.IsKernels(home->frame) || !home->write || home->given != kNobody) {
      return false;
    }
  }
  return true;
}

void World::FillHomes(Id id) {
  for (; id != kRoot; id = reference_.at(id).parent) {
    HomeOf(id).Fill(random_, Signature(reference_.Find(id, AGENT_HOME)->frame));
  }
}

// The partition and its ancestors are started from contexts that say VCLI, and leave so.
void World::MaskWay(Id id) {
  for (; id != kRoot; id = reference_.at(id).parent) {
    reference_.at(id).unmasked = false;
  }
}

// Tells every ancestor of `id` to yield on the way there; `id` is started at `vector`.
void World::SetWay(Id id, std::uint32_t vector) {
  for (Id parent = reference_.at(id).parent; parent != kRoot; parent = reference_.at(id).parent) {
    HomeOf(parent).SetYieldToChild(reference_.at(id).descriptor, vector);
    vector = AGENT_SLOT_GO;
    id = parent;
  }
  way_ = {Service::kYield, {reference_.at(id).descriptor, vector, AGENT_SLOT_NOTHING, 0, 0}};
}

// Lets the first on the way begin.
void World::Go() {
  const OwnResult result = CallAsRoot(way_, HasFastEntry() ? Entry::kFast : Entry::kGate);
  if (!result.told) {
    Fail("the way to the partition is closed");
  }
  told_ = result.vector;
}

// If `candidate` is the one that a tick stopped, lets it go on.
bool World::ResumeAfterTick(Id candidate) {
  if (candidate <= kRoot || !CanRun(candidate) || !HomeOf(candidate).stopped()) {
    return false;
  }
  HomeOf(candidate).Forget();
  MaskWay(reference_.at(candidate).parent);
  SetWay(candidate, PIP_VECTOR_SAVE_MASKED);
  Go();
  return true;
}

// Starts an agent; the vector that the nanny is told in the end.
std::uint32_t World::Start(Id id) {
  SetWay(id, AGENT_SLOT_GO);
  Go();
  return Follow(id, kNobody);
}

// Whoever is interrupted by the timer goes on: an agent on the way, or the one that it yields to.
std::uint32_t World::Follow(Id id, Id target) {
  while (told_ == kTimer) {
    ++ticks_;
    bool resumed = ResumeAfterTick(target);
    for (Id candidate = id; !resumed && candidate > kRoot; candidate = reference_.at(candidate).parent) {
      resumed = ResumeAfterTick(candidate);
    }
    if (!resumed) {
      break;
    }
  }
  return told_;
}

// Who is told of what a partition at depth 1 does is the nanny; deeper, nobody on the way up listens, and so it is told
// of a double fault.
std::uint32_t World::ToldOf(Id id, std::uint32_t vector) const {
  return reference_.DepthOf(id) == 1 ? vector : PIP_VECTOR_DOUBLE_FAULT;
}

std::uint32_t World::ContextWord(Id id, std::uint32_t address, std::uint32_t word) const {
  std::uint32_t result = 0;
  for (std::uint32_t i = 0; i < 4; ++i) {
    const std::uint32_t at = address + 4 * word + i;
    const std::uint32_t whole = reference_.WordAt(id, at & ~3U).value_or(0);
    result |= (whole >> (8 * (at % 4)) & 0xFF) << (8 * i);
  }
  return result;
}

Id World::TargetOf(Id caller, const Call& call) const {
  return call.arguments[0] == 0 ? reference_.at(caller).parent : reference_.ChildAt(caller, call.arguments[0]);
}

// A yield that the kernel does must end in a way that can be told from others.
bool World::CanFollow(Id caller, const Call& call) {
  const auto [name, vector, slot, unused3, unused4] = call.arguments;
  if (slot == PIP_VECTOR_SAVE_MASKED || slot == PIP_VECTOR_SAVE_UNMASKED || IsWrittenByTicks(slot) ||
      IsWrittenByTicks(vector)) {
    return false;
  }
  if (caller == kRoot && slot < kOwnHandlers && slot != AGENT_SLOT_AWAY && slot != AGENT_SLOT_NOTHING) {
    return false;  // it would write over the nanny's handlers
  }
  const Id target = TargetOf(caller, call);
  if (target == kNobody || vector >= PIP_VIDT_ENTRIES) {
    return true;
  }
  const std::uint32_t context = reference_.WordAt(target, PIP_VIDT_ADDRESS + 4 * vector).value_or(0);
  if (target == kRoot) {
    return vector < kOwnHandlers ? vector != kTimer && vector != AGENT_SLOT_AWAY
                                 : !reference_.Reaches(kRoot, context, false);
  }
  if (!reference_.Reaches(target, context, false)) {
    return true;
  }
  target_pc_ = ContextWord(target, context, kContextPc);
  target_fetch_ = FirstFetch(target_pc_, ContextWord(target, context, kContextStatus));
  target_state_ = ContextWord(target, context, kContextState);
  return !reference_.Reaches(target, target_pc_, false) || (CanRun(target) && context == AGENT_HOME + AGENT_ARRIVAL);
}

bool World::Make(Id caller, const Call& call, Entry entry, Answer* answer) {
  const bool yields = call.service == Service::kYield;
  if (!CanRun(caller) || (caller == kRoot && call.service == Service::kPrepare && OffersOwnPages(call.arguments[2]))) {
    return false;
  }
  current_ = &call;
  caller_ = caller;
  if (caller != kRoot) {
    FillHomes(caller);
    HomeOf(caller).SetCall(call, entry);
    started_ = HomeOf(caller).start();
    // The reference reads VIDTs, and slots above 511 are words of the contexts that the way is written to.
    SetWay(caller, AGENT_SLOT_GO);
  }
  if (yields) {
    const Id target = TargetOf(caller, call);
    if (target > kRoot && target != reference_.at(caller).parent && CanRun(target)) {
      HomeOf(target).Fill(random_, Signature(reference_.Find(target, AGENT_HOME)->frame));
    }
    if (!CanFollow(caller, call)) {
      current_ = nullptr;
      return false;
    }
  }
  ++calls_;
  MaskWay(caller);
  const Answer expected = reference_.Make(caller, call);
  ++counts_[static_cast<std::size_t>(call.service)][static_cast<std::size_t>(expected.status)];
  if (caller == kRoot) {
    MakeAsRoot(call, entry, expected);
  } else {
    MakeAsAgent(caller, call, entry, expected);
  }
  if (reference_.target() != kNobody && reference_.saved_context() != 0) {
    // The context may lie over signatures.
    Sign(caller, reference_.saved_context());
    Sign(caller, reference_.saved_context() + PIP_CONTEXT_BYTES - 1);
  }
  CheckReturned();
  if (answer != nullptr) {
    *answer = expected;
  }
  current_ = nullptr;
  return true;
}

// Whether a list of pages leads to memory of the nanny that is not of the pool: a page that some partition had may link
// to an address of that partition, where the nanny has its own code.
bool World::OffersOwnPages(std::uint32_t address) const {
  constexpr std::uint32_t kLongest = 4;
  for (std::uint32_t i = 0; i < kLongest; ++i) {
    const Mapping* const page = reference_.Find(kRoot, address);
    if (page == nullptr) {
      return address % kPage == 0 && reference_.HasTable(kRoot, address);
    }
    if (reference_.IsKernels(page->frame)) {
      return false;
    }
    address = reference_.WordsOf(page->frame)[0];
  }
  return false;
}

// A tick came before or after a call by which the caller gave away its home: it goes on if it still can.
std::uint32_t World::FollowWithoutHome(Id caller) {
  const Id parent = reference_.at(caller).parent;
  while (told_ == kTimer) {
    ++ticks_;
    SetWay(caller, PIP_VECTOR_SAVE_MASKED);
    const OwnResult result = CallAsRoot(way_, HasFastEntry() ? Entry::kFast : Entry::kGate);
    if (!result.told || (parent != kRoot && result.vector == ToldOf(parent, AGENT_DONE))) {
      // The last yield on the way is refused: the home is the kernel's, so the call was made.
      return ToldOf(caller, kFetchFault);
    }
    told_ = result.vector;
  }
  return told_;
}

void World::Compare(const Answer& seen, const Answer& expected) const {
  if (seen.status == expected.status && seen.value == expected.value) {
    return;
  }
  printf("nanny: the kernel answers %d, %#x; the reference %d, %#x\n", seen.status, seen.value, expected.status,
         expected.value);
  Fail("another answer than the reference's");
}

void World::MakeAsRoot(const Call& call, Entry entry, const Answer& expected) {
  const OwnResult result = CallAsRoot(call, entry);
  if (result.told) {
    if (expected.status != PIP_DONE) {
      printf("nanny: the reference says %d\n", expected.status);
      Fail("a yield is done that should be refused");
    }
    told_ = result.vector;
    CheckArrival(Follow(kRoot, reference_.target()));
    return;
  }
  if (call.service == Service::kYield && expected.status == PIP_DONE) {
    Fail("a yield is refused that should be done");
  }
  Compare(result.answer, Shown(entry, call, expected));
}

void World::MakeAsAgent(Id caller, const Call& call, Entry entry, const Answer& expected) {
  Go();
  std::uint32_t vector = Follow(caller, reference_.target());
  if (vector == kTimer && !CanRun(caller)) {
    vector = FollowWithoutHome(caller);
  }
  if (call.service == Service::kYield && expected.status == PIP_DONE) {
    if (call.arguments[2] == AGENT_SLOT_AWAY && !HomeOf(caller).SavedRegisters(call, entry, started_)) {
      Fail("the yield saved other registers than its caller's");
    }
    if (reference_.target() == kRoot) {
      if (vector != call.arguments[1]) {
        Fail("the yield to the root arrived elsewhere");
      }
    } else {
      CheckArrival(vector);
    }
    return;
  }
  if (reference_.IsKernels(reference_.Find(caller, AGENT_HOME)->frame)) {
    // It gave away the page on which it runs: it cannot come back from the call.
    if (vector != ToldOf(caller, kFetchFault)) {
      Fail("a partition runs on a page that it gave away");
    }
    return;
  }
  const Home home = HomeOf(caller);
  if (vector != ToldOf(caller, AGENT_DONE) || !home.HasDone(entry == Entry::kFast ? AGENT_FAST : AGENT_GATE)) {
    printf("nanny: told of %u, stopped at %#x\n", vector, PcOf(home.stop()));
    Fail("the call did not return to its caller");
  }
  Compare(home.Result(call, entry), Shown(entry, call, expected));
  if (!home.KeptRegisters(call, entry, started_)) {
    Fail("the call changed registers that it should keep");
  }
  if ((home.stop().pipflags != 0) != reference_.at(caller).unmasked) {
    Fail("the caller has another interrupt state than the reference says");
  }
}

// After a yield to an agent: it landed, or its context was garbage and it faulted at once.
void World::CheckArrival(std::uint32_t vector) {
  const Id target = reference_.target();
  reference_.at(target).unmasked = target_state_ != 0;
  if (vector == kTimer && !CanRun(target)) {
    return;  // a tick came before its first instruction, and there is no way back to it
  }
  const bool lands = target_pc_ == AGENT_CODE + AGENT_LANDED;
  if (vector != ToldOf(target, lands ? AGENT_LANDING : kFetchFault)) {
    printf("nanny: told of %u\n", vector);
    Fail("the target of the yield did something else than its context says");
  }
  if (!CanRun(target)) {
    return;
  }
  const Home home = HomeOf(target);
  if (lands ? !home.HasLanded() : !home.stopped() || PcOf(home.stop()) != target_fetch_) {
    Fail("the target of the yield was elsewhere than its context says");
  }
  if ((home.stop().pipflags != 0) != (target_state_ != 0)) {
    Fail("the target of the yield woke up in another interrupt state than its context says");
  }
}

void World::Sign(Id id, std::uint32_t address) {
  if (const Mapping* const mapping = reference_.Find(id, address); mapping != nullptr) {
    reference_.WordsOf(mapping->frame)[AGENT_SIGNATURE / 4] = Signature(mapping->frame);
  }
}

void World::CheckReturned() {
  if (deletes_wild_) {
    return;  // LookAfterDeletion
  }
  for (const Returned& page : reference_.returned()) {
    std::uint32_t* const words = reference_.WordsOf(page.frame);
    for (std::uint32_t i = 0; i < 1024; ++i) {
      if (words[i] != (i == 0 ? page.link : 0)) {
        Fail("a page that came back from the kernel is not cleared");
      }
    }
    words[AGENT_SIGNATURE / 4] = Signature(page.frame);
  }
}

void World::Touch(Id id, std::uint32_t address, bool write) {
  caller_ = id;
  FillHomes(id);
  MaskWay(id);
  const std::uint32_t at = (address & ~(kPage - 1)) + (write ? AGENT_SCRATCH : AGENT_SIGNATURE);
  const std::uint32_t value = random_.Word();
  HomeOf(id).SetTouch(at, write, value);
  const std::uint32_t vector = Start(id);
  ++touches_;
  const Home home = HomeOf(id);
  if (!reference_.Reaches(id, at, write)) {
    const std::uint32_t code = AGENT_CODE + (write ? AGENT_WRITE : AGENT_READ);
    if (vector != ToldOf(id, kAccessFault) || !home.stopped() || PcOf(home.stop()) != code) {
      printf("nanny: partition %d, address %#x\n", id, at);
      Fail("a partition reaches memory that is not its own");
    }
    return;
  }
  if (vector != ToldOf(id, AGENT_DONE) || !home.HasDone(write ? AGENT_WRITE : AGENT_READ)) {
    printf("nanny: partition %d, address %#x, told of %u, stopped %d at %#x\n", id, at, vector, home.stopped(),
           PcOf(home.stop()));
    Fail("a partition does not reach its own memory");
  }
  const std::uint32_t frame = reference_.Find(id, at)->frame;
  if (write ? reference_.WordsOf(frame)[AGENT_SCRATCH / 4] != value : home.WordRead() != Signature(frame)) {
    Fail("a partition has another page there than it was given");
  }
}

std::uint32_t World::RunWild(Id id, const user_ctx_t& start, std::uint32_t ticks) {
  FillHomes(id);
  return RunAgain(id, start, ticks);
}

std::uint32_t World::RunAgain(Id id, const user_ctx_t& start, std::uint32_t ticks) {
  caller_ = id;
  MaskWay(id);
  HomeOf(id).SetStart(start);
  ++wild_runs_;
  SetWay(id, AGENT_SLOT_GO);
  Go();
  for (; told_ == kTimer && ticks > 1; --ticks) {
    ++ticks_;
    bool resumed = false;
    for (Id candidate = id; !resumed && candidate > kRoot; candidate = reference_.at(candidate).parent) {
      resumed = ResumeAfterTick(candidate);
    }
    if (!resumed) {
      break;
    }
  }
  return told_;
}

std::uint32_t World::RunCalls(Id id, std::span<const Call> calls) {
  FillHomes(id);
  HomeOf(id).SetCalls(calls);
  return RunAsSet(id);
}

std::uint32_t World::RunAsSet(Id id) {
  caller_ = id;
  MaskWay(id);
  ++wild_runs_;
  SetWay(id, AGENT_SLOT_GO);
  // A tick ends it too: nobody knows whether the home is still there.
  Go();
  return told_;
}

// Which pages of the partition are the kernel's: its own structures, and what it made kernel structures of its
// descendants, however wild.  The kernel tells the root: it refuses to share such a page before it finds that the page
// is given.
void World::LookBeforeDeletion(Id id) {
  const Partition& partition = reference_.at(id);
  seen_.fill(Seen::kNothing);
  for (const Mapping& mapping : reference_.at(partition.parent).mappings) {
    if (mapping.given == id) {
      seen_[mapping.frame] = Seen::kHidden;
    }
  }
  Id child = id;
  while (reference_.at(child).parent != kRoot) {
    child = reference_.at(child).parent;
  }
  for (std::uint32_t frame = 0; frame < kFrames; ++frame) {
    if (seen_[frame] == Seen::kNothing) {
      continue;
    }
    const Call share{Service::kAddVAddr,
                     {reference_.AddressOf(frame), reference_.at(child).descriptor, AGENT_HOME, PIP_READ}};
    bool memory = false;
    for (const Mapping& mapping : partition.mappings) {
      memory = memory || mapping.frame == frame;
    }
    if (!CanEnter(Entry::kFast, share)) {
      seen_[frame] = memory ? Seen::kUntold : Seen::kHidden;  // a gate gives no reasons
      continue;
    }
    const std::int32_t status = CallAsRoot(share, Entry::kFast).answer.status;
    if (status != PIP_NOT_ACCESSIBLE && (status != PIP_ALREADY_GIVEN || !memory)) {
      printf("nanny: page %u of the pool: %d\n", frame, status);
      Fail("a page that a wild partition was given is neither its own nor the kernel's");
    }
    if (status == PIP_ALREADY_GIVEN) {
      seen_[frame] = Seen::kOpen;
      sums_[frame] = SumOf(frame);
    }
  }
}

void World::LookAfterDeletion() {
  for (std::uint32_t frame = 0; frame < kFrames; ++frame) {
    if (seen_[frame] == Seen::kNothing) {
      continue;
    }
    std::uint32_t* const words = reference_.WordsOf(frame);
    for (std::uint32_t i = 0; i < 1024 && seen_[frame] == Seen::kHidden; ++i) {
      if (words[i] != 0) {
        Fail("a page that was the kernel's below a wild partition is not cleared");
      }
    }
    if (seen_[frame] == Seen::kOpen && sums_[frame] != SumOf(frame)) {
      Fail("the deletion of a wild partition changed a page of user memory");
    }
    words[AGENT_SIGNATURE / 4] = Signature(frame);
  }
}

std::uint32_t World::SumOf(std::uint32_t frame) const {
  const std::uint32_t* const words = reference_.WordsOf(frame);
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < 1024; ++i) {
    sum = sum * 31 + words[i];
  }
  return sum;
}

void World::DeleteWild(Id id) {
  LookBeforeDeletion(id);
  deletes_wild_ = true;
  const Call call{Service::kDeletePartition, {reference_.at(id).descriptor}};
  if (!Make(reference_.at(id).parent, call, HasFastEntry() ? Entry::kFast : Entry::kGate)) {
    Fail("the parent of a partition that ran wild cannot run");
  }
  deletes_wild_ = false;
  LookAfterDeletion();
}

void World::Audit() {
  for (const Mapping& mapping : reference_.at(kRoot).mappings) {
    if (!reference_.IsKernels(mapping.frame) &&
        reference_.WordsOf(mapping.frame)[AGENT_SIGNATURE / 4] != Signature(mapping.frame)) {
      Fail("somebody changed a page behind its owner's back");
    }
    (void)Make(kRoot, {Service::kMappedInChild, {mapping.address}}, HasFastEntry() ? Entry::kFast : Entry::kGate);
  }
}

void World::PrintSummary() const {
  for (std::size_t service = 0; service < kServices; ++service) {
    printf("nanny: %-15s", NameOf(static_cast<Service>(service)));
    for (std::size_t status = 0; status < kStatuses; ++status) {
      if (counts_[service][status] != 0) {
        printf(" %zu:%u", status, counts_[service][status]);
      }
    }
    printf("\n");
  }
  printf("nanny: %u accesses to memory, %u wild runs, %u ticks of the timer on the way\n", touches_, wild_runs_,
         ticks_);
}

}  // namespace nanny
