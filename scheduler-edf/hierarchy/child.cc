// SPDX-License-Identifier: Apache-2.0
//
// A scheduler that is the child of another partition, which gives it some of the slots. The session is that of the
// root scheduler; it is told of every slot of the root, also of those that went to somebody else.
//
// As in ../partition/main.cc, whatever happens starts a handler from its beginning. But here a slot may end in the
// middle of one. While a handler works, this partition is masked, and the root resumes it where it stands; while a task
// runs, or nothing, it is unmasked, and the root starts OnTick.
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/status.h"
#include "libpip/cpp/vidt.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"
#include "scheduler-edf/hierarchy/protocol.h"
#include "scheduler-edf/partition/console.h"
#include "scheduler-edf/partition/costs.h"
#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/partition/machine.h"
#include "scheduler-edf/partition/session.h"
#include "scheduler-edf/partition/task_partition.h"
#include "scheduler-edf/partition/task_protocol.h"
#include "scheduler-edf/workloads/image.h"

namespace pip::edf {
namespace {

constexpr std::uint32_t kReachableEntries = 256;
constexpr std::uint32_t kNever = UINT32_MAX;

// volatile: the root changes it at every slot.
const volatile Information* information;
constinit Console console;
Session session;
WorkloadImage workload;
Clock machine_clock;
std::array<TaskPartition*, kMaxTasks> tasks;
Costs costs;
bool can_restart = false;

bool idle = true;
Election running;
Outcome outcome = Outcome::kRunning;
std::uint32_t seen_slot = kNever;
std::uint32_t seen_given = 0;
std::uint32_t lost_slots = 0;
std::uint32_t longest_overhead = 0;  // counts of TimeStamp from a slot's beginning to its job

alignas(16) std::array<std::byte, 4 * kPageBytes> handler_stack;
std::array<user_ctx_t, kReachableEntries> handlers;
user_ctx_t printing;

// ---- talking to the root ----

[[noreturn]] void Leave(std::uint32_t vector) {
  for (;;) {
    (void)YieldToParent({.vector = vector, .save_slot = kNothingSaved, .while_away = Interrupts::kUnmasked});
  }
}

void Print(char c) {
  // No task may resume what is saved there.
  Vidt::Own().Set(kPrinted, printing);
  (void)YieldToParent({.vector = kCharacter + static_cast<unsigned char>(c), .save_slot = kPrinted});
  Vidt::Own().Set(kPrinted, 0);
}

Output SessionOutput() {
  return {[](void*, const char* text, std::size_t length) {
            for (std::size_t i = 0; i < length; ++i) {
              if (console.full()) Print(console.Take());
              console.Put(text + i, 1);
            }
          },
          nullptr};
}

void PrintAll() {
  while (!console.empty()) Print(console.Take());
}

[[noreturn]] void Refuse(const char* why) {
  Line line;
  (line << why).WriteTo(SessionOutput());
  PrintAll();
  Leave(kRefused);
}

void Require(Status status, const char* what) {
  if (status == Status::kDone) return;
  Line line;
  line << what << ": " << to_string(status).data();
  Refuse(line.text());
}

// ---- while it runs ----

// Until the next slot: prints what waits for it, then leaves the rest of this slot to the root.
[[noreturn]] void Idle() {
  idle = true;
  while (!console.empty() && information->slot == seen_slot) Print(console.Take());
  Vidt vidt = Vidt::Own();
  // From here on a slot that begins is a call of OnTick, and what happens here is forgotten.
  vidt.Set(PIP_VECTOR_SAVE_UNMASKED, 0);
  SetInterrupts(Interrupts::kUnmasked);
  Leave(information->slot == seen_slot ? kNothingToDo : kLate);
}

[[noreturn]] void JobCrashed(std::uint32_t vector) {
  outcome = Outcome::kCrashed;
  const Task task = workload.task(running.task);
  Line line;
  (line << task.name.data() << " job " << running.job << ": ended by vector " << vector).WriteTo(SessionOutput());
  if (task.stops_after_crash || !can_restart) {
    session.Stop(running.task);
  } else {
    tasks[running.task]->Condemn();
  }
  Idle();
}

template <std::uint32_t kVector>
[[noreturn]] void OnFault() {
  JobCrashed(kVector);
}

[[noreturn]] void RunJob() {
  idle = false;
  // Contexts of this partition were saved there; a job that raises these vectors shall find a handler.
  Vidt vidt = Vidt::Own();
  vidt.SetHandler(PIP_VECTOR_SAVE_UNMASKED, handlers[PIP_VECTOR_SAVE_UNMASKED], OnFault<PIP_VECTOR_SAVE_UNMASKED>,
                  handler_stack);
  vidt.SetHandler(PIP_VECTOR_SAVE_MASKED, handlers[PIP_VECTOR_SAVE_MASKED], OnFault<PIP_VECTOR_SAVE_MASKED>,
                  handler_stack);
  (void)tasks[running.task]->Run(Interrupts::kUnmasked);
  // The kernel refused: the child has made itself impossible to run.
  JobCrashed(PIP_VECTOR_DOUBLE_FAULT);
}

// What a verdict says behind the name of the workload: the root knows whose it is.
const char* WithoutName(const char* verdict) {
  const char* at = verdict;
  while (*at != 0 && *at != ':') ++at;
  return at[0] == ':' && at[1] == ' ' ? at + 2 : verdict;
}

[[noreturn]] void Finish() {
  Line verdict;
  bool kept = session.Finish(outcome, verdict);
  const std::uint32_t overhead = machine_clock.Microseconds(longest_overhead);
  Line line;
  (line << "from a slot's beginning to the job that has it, at most " << overhead << " us").WriteTo(SessionOutput());
  if (lost_slots > 0) {
    (line << lost_slots << " slots passed unnoticed").WriteTo(SessionOutput());
    kept = false;
  }
  if (overhead > workload.overhead_microseconds()) {
    (line << "the workload allows for " << workload.overhead_microseconds() << " us").WriteTo(SessionOutput());
    kept = false;
  }
  (line << WithoutName(verdict.text())).WriteTo(SessionOutput());
  PrintAll();
  Leave(kept ? kKept : kBroken);
}

// What the root tells this scheduler to do wrong; each does not come back.
void MisbehaveAsTold() {
  switch (static_cast<Misbehaviour>(information->misbehaviour)) {
    case Misbehaviour::kNone:
      return;
    case Misbehaviour::kOverrun:
      // volatile: an empty loop must stay one.
      for (;;) asm volatile("");
    case Misbehaviour::kAttack:
      // Devices that interrupt nobody: this scheduler is resumed.
      for (std::uint32_t i = 0; i < kDeviceVectors; ++i) {
        (void)YieldToParent({.vector = kFirstDeviceVector + i, .save_slot = PIP_VECTOR_SAVE_MASKED});
      }
      // A tick that is none: the root would give the next slot away early.
      Leave(kTickVector);
    case Misbehaviour::kCrash:
      for (;;) UndefinedInstruction();
  }
}

[[noreturn]] void StartSlot() {
  const std::uint32_t began = information->slot_began;
  const std::uint32_t given = information->given;
  const std::uint32_t slot = information->slot;
  lost_slots += given - seen_given - 1;
  seen_given = given;
  seen_slot = slot;
  MisbehaveAsTold();
  while (!session.over() && session.now() < slot) session.Elect(std::exchange(outcome, Outcome::kRunning), false);
  if (session.over()) Finish();
  running = session.Elect(std::exchange(outcome, Outcome::kRunning));
  if (running.idle) Idle();
  const std::uint32_t overhead = static_cast<std::uint32_t>(TimeStamp()) - began;
  if (overhead > longest_overhead) longest_overhead = overhead;
  if (running.first_tick) {
    // At the cost of the job that has the tick, whose task crashed.
    if (tasks[running.task]->RenewIfCondemned() != Status::kDone) JobCrashed(PIP_VECTOR_DOUBLE_FAULT);
    const Task task = workload.task(running.task);
    const std::uint64_t loops = task.compute_microseconds * information->loops_per_tick / workload.tick_microseconds();
    tasks[running.task]->Begin({running.job, static_cast<std::uint32_t>(task.BehaviourOf(running.job)), loops});
  }
  RunJob();
}

// The root forwards the timer; or a task yields to this entry.
[[noreturn]] void OnTick() {
  if (!idle && information->slot == seen_slot) JobCrashed(PIP_VECTOR_TIMER);
  StartSlot();
}

// The root was disturbed by a device and forwards nothing; or a task yields to this entry.
[[noreturn]] void OnDevice() {
  if (idle) Idle();
  RunJob();
}

[[noreturn]] void OnJobDone() {
  outcome = Outcome::kDone;
  Idle();
}

template <std::uint32_t... kVectors>
void SetFaultHandlers(Vidt& vidt, std::integer_sequence<std::uint32_t, kVectors...> /*vectors*/) {
  (vidt.SetHandler(kVectors, handlers[kVectors], OnFault<kVectors>, handler_stack), ...);
}

// ---- before it runs ----

std::span<const std::byte> At(std::uint32_t address, std::uint32_t bytes) {
  return {reinterpret_cast<const std::byte*>(static_cast<std::uintptr_t>(address)), bytes};
}

TaskPartition* MakeTask() {
  static_assert(sizeof(TaskPartition) <= kPageBytes);
  PageAllocator allocator = PageAllocator::OfPartition();
  const std::optional<Page> room = allocator.Take();
  if (!room) Refuse("no memory is left for a task");
  // A page of its own, aligned for anything; it is never freed.
  auto* const task = new (reinterpret_cast<void*>(static_cast<std::uintptr_t>(room->address())))
      TaskPartition(allocator, At(kTaskImageAddress, information->task_image_bytes));
  const std::uint64_t before = TimeStamp();
  Require(task->Make(), "making a task");
  Costs::Longest(costs.make, before);
  return task;
}

void ReadWorkload() {
  const std::span<const std::byte> bytes = At(kWorkloadAddress, information->workload_bytes);
  const ImageError error =
      WorkloadImage::Parse({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, workload);
  if (error) Refuse(error.what);
  if (workload.tick_microseconds() != information->tick_microseconds) Refuse("its tick is not that of the root");
  for (std::uint32_t i = 0; i < workload.task_count(); ++i) {
    if (workload.task(i).image[0] != 0) Refuse("its tasks can only be the built-in program");
  }
}

void Admit() {
  session.Begin(workload, SessionOutput());
  session.HasOnly({information->every, information->slots});
  session.Admit();
  if (session.may_run()) return;
  Line verdict;
  (void)session.Finish(Outcome::kRunning, verdict);
  Refuse(WithoutName(verdict.text()));
}

}  // namespace

[[noreturn]] void Main(std::uintptr_t address) {
  information = reinterpret_cast<const volatile Information*>(address);
  if (information->magic != kInformationMagic) Leave(kRefused);
  Pip_InitPaging(reinterpret_cast<void*>(static_cast<std::uintptr_t>(kMemoryAddress)),
                 reinterpret_cast<void*>(static_cast<std::uintptr_t>(information->memory_end)));
  Vidt vidt = Vidt::Own();
  SetFaultHandlers(vidt, std::make_integer_sequence<std::uint32_t, kReachableEntries>());
  vidt.SetHandler(PIP_VECTOR_TIMER, handlers[PIP_VECTOR_TIMER], OnTick, handler_stack);
  if (kDeviceVectors > 0) {
    vidt.SetHandler(kFirstDeviceVector, handlers[kFirstDeviceVector], OnDevice, handler_stack);
  }
  vidt.SetHandler(kJobDone, handlers[kJobDone], OnJobDone, handler_stack);
  vidt.Set(kNothingSaved, 0);
  ReadWorkload();
  machine_clock.Set(information->counts_per_tick, workload.tick_microseconds());
  Admit();
  for (std::uint32_t i = 0; i < workload.task_count(); ++i) tasks[i] = MakeTask();
  const std::uint64_t before = TimeStamp();
  Require(tasks[0]->Unmake(), "taking a task away");
  Costs::Longest(costs.unmake, before);
  Require(tasks[0]->Make(), "making a task anew");
  const std::uint32_t restart = machine_clock.Microseconds(costs.make + costs.unmake);
  can_restart = restart + workload.overhead_microseconds() < workload.tick_microseconds();
  PrintAll();
  Leave(kReady);
}

}  // namespace pip::edf

extern "C" void main(const pip_fpinfo* boot_information) {
  pip::edf::Main(reinterpret_cast<std::uintptr_t>(boot_information));
}
