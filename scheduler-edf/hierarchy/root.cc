// SPDX-License-Identifier: Apache-2.0
//
// The root of a hierarchy: shares the machine's time between schedulers. Read Main at the end first.
//
// Its workload is an ordinary one: each task stands for a scheduler, with its share as budget, and the module that the
// task names as its image is that scheduler's own workload. Whether the shares fit is what edf_admit says, and who has
// a slot is what edf_elect says. Handlers work as in ../partition/main.cc.
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "libpip/cpp/machine.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/status.h"
#include "libpip/cpp/vidt.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"
#include "pip/stdio.h"
#include "scheduler-edf/hierarchy/protocol.h"
#include "scheduler-edf/hierarchy/scheduler_partition.h"
#include "scheduler-edf/partition/console.h"
#include "scheduler-edf/partition/costs.h"
#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/partition/machine.h"
#include "scheduler-edf/partition/modules.h"
#include "scheduler-edf/partition/session.h"
#include "scheduler-edf/partition/task_protocol.h"
#include "scheduler-edf/partition/timer.h"
#include "scheduler-edf/workloads/image.h"

namespace pip::edf {
namespace {

constexpr std::uint32_t kReachableEntries = 256;
constexpr std::size_t kCharactersAtATime = 16;
constexpr std::uint32_t kSchedulersMax = 16;
// Interrupts of the timer for which the root waits for a scheduler's first word, and for its last.
constexpr std::uint32_t kPatience = 500;

enum class Phase { kStarting, kServing, kReporting };

constinit Console console;
Session session;
WorkloadImage workload;
Timer timer;
Clock machine_clock;
Information told;
std::array<SchedulerPartition*, kSchedulersMax> schedulers;

Phase phase = Phase::kStarting;
std::uint32_t current = 0;  // the scheduler that has the processor, or had it last
bool idle = true;
std::uint32_t patience = kPatience;
std::uint32_t interrupts_left;  // until the slot is over
std::uint64_t counts_per_interrupt;
std::uint64_t last_interrupt;  // when it was, by TimeStamp
std::uint64_t last_slot;
std::uint64_t lost_slots;

alignas(16) std::array<std::byte, 4 * kPageBytes> handler_stack;
std::array<user_ctx_t, kReachableEntries> handlers;
std::array<user_ctx_t, kReachableEntries> character_handlers;
std::array<user_ctx_t, kBroken - kReady + 1> word_handlers;

Output RootOutput() {
  return {[](void*, const char* text, std::size_t length) { console.Put(text, length); }, nullptr};
}

const char* NameOf(std::uint32_t scheduler) {
  static Name name;
  name = workload.task(scheduler).name;
  return name.data();
}

[[noreturn]] void Fail(const char* what) {
  console.DrainAll();
  exit_fail("%s: scheduler %s: %s", workload.name().data(), NameOf(current), what);
}

// ---- the end ----

const char* LastWord(const SchedulerPartition& scheduler) {
  switch (scheduler.state) {
    case SchedulerState::kKept:
      return "kept its promises";
    case SchedulerState::kBroken:
      return "did not keep its promises";
    case SchedulerState::kCrashed:
      return "crashed";
    case SchedulerState::kStarting:
    case SchedulerState::kServing:
    case SchedulerState::kSilent:
      return "gives no report";
  }
  return "";
}

[[noreturn]] void Finish() {
  Line verdict;
  bool kept = session.Finish(Outcome::kRunning, verdict);
  Line line;
  std::uint32_t as_told = 0;
  for (std::uint32_t i = 0; i < workload.task_count(); ++i) {
    const SchedulerPartition& scheduler = *schedulers[i];
    const bool good = scheduler.state == SchedulerState::kKept;
    line << "scheduler " << NameOf(i) << ": " << LastWord(scheduler);
    if (scheduler.told_to_misbehave) line << ", and was told to misbehave";
    line.WriteTo(RootOutput());
    if (!good && scheduler.told_to_misbehave) ++as_told;
    if (!good && !scheduler.told_to_misbehave) verdict << "; " << NameOf(i) << " " << LastWord(scheduler);
    kept = kept && (good || scheduler.told_to_misbehave);
  }
  if (lost_slots > 0) {
    (line << lost_slots << " slots were lost").WriteTo(RootOutput());
    kept = false;
  }
  console.DrainAll();
  if (as_told > 0) verdict << "; " << as_told << " schedulers misbehaved as told";
  if (kept) exit_pass("%s", verdict.text());
  exit_fail("%s", verdict.text());
}

// ---- while it runs ----

// Until the next interrupt: prints what waits for it, then does nothing.
[[noreturn]] void Idle() {
  idle = true;
  // Our own registers need not be saved then.
  Vidt::Own().Set(PIP_VECTOR_SAVE_UNMASKED, 0);
  while (!console.empty()) {
    console.Drain(kCharactersAtATime);
    SetInterrupts(Interrupts::kUnmasked);
    SetInterrupts(Interrupts::kMasked);
  }
  SetInterrupts(Interrupts::kUnmasked);
  // volatile: an empty loop must stay one.
  for (;;) asm volatile("");
}

[[noreturn]] void StartScheduler();
[[noreturn]] void NextReport();

// The scheduler that has the processor is gone.
[[noreturn]] void Crashed(std::uint32_t vector) {
  SchedulerPartition& scheduler = *schedulers[current];
  if (phase == Phase::kStarting) Fail("it crashed before its first slot");
  scheduler.state = SchedulerState::kCrashed;
  scheduler.vector = vector;
  Line line;
  (line << "scheduler " << NameOf(current) << ": ended by vector " << vector).WriteTo(RootOutput());
  if (phase == Phase::kReporting) {
    ++current;
    NextReport();
  }
  // Its share stays its own, and unused: what the others were promised does not change.
  Idle();
}

// `enter` comes back only when the kernel refuses.
template <typename Enter>
[[noreturn]] void Give(const Enter& enter) {
  idle = false;
  // If the child raises the vector of our own save slot, it shall find a handler.
  Vidt::Own().Set(PIP_VECTOR_SAVE_UNMASKED, handlers[PIP_VECTOR_SAVE_UNMASKED]);
  (void)enter(*schedulers[current]);
  Crashed(PIP_VECTOR_DOUBLE_FAULT);
}

[[noreturn]] void GiveTick() {
  Give([](SchedulerPartition& scheduler) { return scheduler.Tick(); });
}

// Asks the schedulers for their last words, one after the other, from `current` on.
[[noreturn]] void NextReport() {
  phase = Phase::kReporting;
  while (current < workload.task_count() && schedulers[current]->state != SchedulerState::kServing) ++current;
  if (current == workload.task_count()) Finish();
  patience = kPatience;
  schedulers[current]->GiveSlot(static_cast<std::uint32_t>(workload.duration()),
                                static_cast<std::uint32_t>(TimeStamp()), 0);
  GiveTick();
}

[[noreturn]] void StartSlot(std::uint64_t began) {
  lost_slots += last_slot != 0 ? machine_clock.LostIn(began - last_slot) : 0;
  last_slot = began;
  if (session.over()) {
    current = 0;
    NextReport();
  }
  interrupts_left = timer.interrupts_per_tick();
  const auto slot = static_cast<std::uint32_t>(session.now());
  const Election election = session.Elect(Outcome::kRunning);
  if (console.half_full()) console.Drain(workload.tick_microseconds() / 16);
  if (election.idle) Idle();
  current = election.task;
  SchedulerPartition& scheduler = *schedulers[current];
  if (scheduler.state != SchedulerState::kServing) Idle();
  const Misbehaviour misbehaviour = workload.task(current).BehaviourOf(election.job);
  scheduler.GiveSlot(slot, static_cast<std::uint32_t>(began), static_cast<std::uint32_t>(misbehaviour));
  GiveTick();
}

// ---- handlers ----

[[noreturn]] void Wait() {
  if (--patience > 0) GiveTick();
  if (phase == Phase::kStarting) Fail("it does not begin");
  schedulers[current]->state = SchedulerState::kSilent;
  ++current;
  NextReport();
}

// The timer, or a scheduler that yields to its entry: it is the timer if its count has started anew since the last
// time.
[[noreturn]] void OnTimer() {
  (void)timer.TakeInterrupt(0);
  const std::uint64_t interrupt = TimeStamp() - counts_per_interrupt * timer.Elapsed() / timer.period();
  if (phase != Phase::kServing) Wait();
  // Rounding may make the same interrupt appear a little earlier than before.
  const auto since_last = static_cast<std::int64_t>(interrupt - last_interrupt);
  if (last_interrupt != 0 && since_last < static_cast<std::int64_t>(counts_per_interrupt / 2)) {
    if (idle) Idle();
    // The true one may come right after a yield that anticipated it, and then hits who has just begun to work.
    if (schedulers[current]->works()) GiveTick();
    Crashed(kTickVector);
  }
  last_interrupt = interrupt;
  --interrupts_left;
  if (interrupts_left == 0) StartSlot(interrupt);
  if (idle) Idle();
  GiveTick();
}

// A device that is not ours, or a scheduler that yields to its entry: who had the processor has it again.
[[noreturn]] void OnDevice() {
  if (idle) Idle();
  Give([](SchedulerPartition& scheduler) { return scheduler.Resume(); });
}

template <std::uint32_t kVector>
[[noreturn]] void OnFault() {
  Crashed(kVector);
}

template <std::uint32_t kCode>
[[noreturn]] void OnCharacter() {
  SchedulerPartition& scheduler = *schedulers[current];
  if (scheduler.AddCharacter(static_cast<char>(kCode))) {
    // Behind its name, so that no scheduler can speak for the root.
    Line line;
    (line << NameOf(current) << ": " << scheduler.line()).WriteTo(RootOutput());
  }
  Give([](SchedulerPartition& child) { return child.AfterPrinting(); });
}

[[noreturn]] void OnReady() {
  if (phase != Phase::kStarting) Crashed(kReady);
  schedulers[current]->state = SchedulerState::kServing;
  ++current;
  StartScheduler();
}

[[noreturn]] void OnRefused() {
  if (phase != Phase::kStarting) Crashed(kRefused);
  Fail(schedulers[current]->line());
}

[[noreturn]] void OnNothingToDo() {
  if (phase != Phase::kServing) Crashed(kNothingToDo);
  Idle();
}

[[noreturn]] void OnLate() {
  if (phase == Phase::kStarting) Crashed(kLate);
  GiveTick();
}

template <std::uint32_t kVector, SchedulerState kState>
[[noreturn]] void OnLastWord() {
  if (phase != Phase::kReporting) Crashed(kVector);
  schedulers[current]->state = kState;
  ++current;
  NextReport();
}

template <std::uint32_t... kVectors>
void SetManyHandlers(Vidt& vidt, std::integer_sequence<std::uint32_t, kVectors...> /*vectors*/) {
  (vidt.SetHandler(kVectors, handlers[kVectors], OnFault<kVectors>, handler_stack), ...);
  (vidt.SetHandler(kCharacter + kVectors, character_handlers[kVectors], OnCharacter<kVectors>, handler_stack), ...);
}

void SetHandlers() {
  Vidt vidt = Vidt::Own();
  SetManyHandlers(vidt, std::make_integer_sequence<std::uint32_t, kReachableEntries>());
  for (std::uint32_t i = 0; i < kDeviceVectors; ++i) {
    const std::uint32_t vector = kFirstDeviceVector + i;
    vidt.SetHandler(vector, handlers[vector], OnDevice, handler_stack);
  }
  vidt.SetHandler(kTickVector, handlers[kTickVector], OnTimer, handler_stack);
  const auto set = [&vidt](std::uint32_t vector, void (*handler)()) {
    vidt.SetHandler(vector, word_handlers[vector - kReady], handler, handler_stack);
  };
  set(kReady, OnReady);
  set(kRefused, OnRefused);
  set(kNothingToDo, OnNothingToDo);
  set(kLate, OnLate);
  set(kKept, OnLastWord<kKept, SchedulerState::kKept>);
  set(kBroken, OnLastWord<kBroken, SchedulerState::kBroken>);
  vidt.Set(kNothingSaved, 0);
}

// ---- before it runs ----

const pip_fpinfo* boot;

std::span<const std::byte> FindModule(const char* name) { return edf::FindModule(*boot, "hierarchy", name); }

WorkloadImage ReadWorkload(std::span<const std::byte> bytes, const char* name) {
  WorkloadImage image;
  const ImageError error =
      WorkloadImage::Parse({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, image);
  if (error) exit_fail("hierarchy: %s, byte %zu: %s", name, error.offset, error.what);
  return image;
}

// How long a slot is, by two counters. Interrupts are masked.
void Measure() {
  for (std::uint64_t loops = 256;; loops *= 2) {
    const std::uint32_t before = timer.Elapsed();
    const std::uint64_t begin = TimeStamp();
    ComputeFor(loops);
    const std::uint64_t end = TimeStamp();
    const std::uint32_t after = timer.Elapsed();
    if (after <= before || after - before <= timer.period() / 4) continue;
    const std::uint32_t interrupts = timer.interrupts_per_tick();
    told.loops_per_tick = static_cast<std::uint32_t>(loops * timer.period() * interrupts / (after - before));
    counts_per_interrupt = (end - begin) * timer.period() / (after - before);
    told.counts_per_tick = static_cast<std::uint32_t>(counts_per_interrupt * interrupts);
    machine_clock.Set(told.counts_per_tick, workload.tick_microseconds());
    return;
  }
}

// What a share must be for the theory of part of a processor.
void CheckShares() {
  if (workload.task_count() > kSchedulersMax) exit_fail("hierarchy: there are more than 16 schedulers");
  for (current = 0; current < workload.task_count(); ++current) {
    const Task task = workload.task(current);
    if (task.kind != TaskKind::kPeriodic || task.deadline != task.period || task.first_release != 0) {
      Fail("its share must be periodic from the start, with its period as deadline");
    }
    if (task.image[0] == 0) Fail("it names no workload as its image");
  }
}

// Makes the scheduler `current`, which begins at once; when all have begun, the slots begin.
[[noreturn]] void StartScheduler() {
  if (current == workload.task_count()) {
    phase = Phase::kServing;
    // The next interrupt may have waited for all this; the one after it begins slot 0.
    interrupts_left = 2;
    Idle();
  }
  const Task task = workload.task(current);
  const std::span<const std::byte> bytes = FindModule(task.image.data());
  const WorkloadImage image = ReadWorkload(bytes, task.image.data());
  if (image.duration() > workload.duration()) Fail("its workload lasts longer than the root's");
  PageAllocator allocator = PageAllocator::OfPartition();
  static_assert(sizeof(SchedulerPartition) <= kPageBytes);
  const std::optional<Page> room = allocator.Take();
  if (!room) Fail("no memory is left for it");
  // A page of its own, aligned for anything; it is never freed.
  schedulers[current] =
      new (reinterpret_cast<void*>(static_cast<std::uintptr_t>(room->address()))) SchedulerPartition(allocator);
  schedulers[current]->told_to_misbehave = task.misbehaviour != Misbehaviour::kNone;
  told.every = static_cast<std::uint32_t>(task.period);
  told.slots = static_cast<std::uint32_t>(session.BudgetOf(task));
  told.tick_microseconds = workload.tick_microseconds();
  const Status status =
      schedulers[current]->Make(FindModule("scheduler"), bytes, FindModule("task"), image.task_count(), told);
  if (status != Status::kDone) Fail(to_string(status).data());
  Line line;
  (line << "scheduler " << NameOf(current) << ": promised " << told.slots << " of every " << told.every << " slots")
      .WriteTo(RootOutput());
  patience = kPatience;
  Give([](SchedulerPartition& scheduler) { return scheduler.Begin(); });
}

}  // namespace

[[noreturn]] void Main(const pip_fpinfo* information) {
  boot = information;
  if (boot == nullptr || boot->magic != FPINFO_MAGIC) exit_fail("hierarchy: it must be the root partition");
  Pip_InitPaging(boot->membegin, boot->memend);
  workload = ReadWorkload(FindModule("workload"), "workload");
  CheckShares();
  session.Begin(workload, RootOutput());
  session.ServesSchedulers();
  session.Admit();
  console.DrainAll();
  if (!session.may_run()) {
    Line verdict;
    (void)session.Finish(Outcome::kRunning, verdict);
    exit_fail("the sharing of %s", verdict.text());
  }
  SetHandlers();
  timer.Start(workload.tick_microseconds());
  Measure();
  current = 0;
  StartScheduler();
}

}  // namespace pip::edf

extern "C" void main(const pip_fpinfo* boot) { pip::edf::Main(boot); }
