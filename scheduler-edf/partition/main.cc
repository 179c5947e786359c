// SPDX-License-Identifier: Apache-2.0
//
// The scheduler's partition: root of the machine, owner of its time. Read main at the end first.
//
// It never waits inside a call. Whatever happens (a tick, a job that is done, a fault of a job) starts a handler on the
// one stack of handlers, from its beginning; a handler ends by giving the processor to a job or by idling until the
// next tick. So at any time there is one thing that this partition is doing, and nothing to unwind.
//
// A child may yield to any entry of our VIDT, and raise any `int`. So every entry that a child can reach leads to a
// handler that knows that it may have been called by a liar.
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
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
#include "scheduler-edf/partition/console.h"
#include "scheduler-edf/partition/costs.h"
#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/partition/machine.h"
#include "scheduler-edf/partition/modules.h"
#include "scheduler-edf/partition/session.h"
#include "scheduler-edf/partition/task_partition.h"
#include "scheduler-edf/partition/task_protocol.h"
#include "scheduler-edf/partition/timer.h"
#include "scheduler-edf/workloads/image.h"

namespace pip::edf {
namespace {

// What this partition is called in its complaints; what boots along with it.
constexpr const char* kName = "scheduler";
constexpr const char* kWorkloadModule = "workload";
constexpr const char* kTaskModule = "task";

// Entries 0..255 of the VIDT can be reached by a fault or an `int` of a child.
constexpr std::uint32_t kReachableEntries = 256;
// While idle, the tick sends a few characters at a time, so that a tick is not kept waiting.
constexpr std::size_t kCharactersAtATime = 16;

constinit Console console;
Session session;
WorkloadImage workload;
Timer timer;
std::uint64_t loops_per_tick;
std::array<TaskPartition*, kMaxTasks> tasks;

// What is measured before the run begins: one thing after another, each from the handler of the one before.
enum class Phase { kTicks, kDispatch, kFault, kOver };
constexpr std::uint32_t kMeasuredTicks = 4;
Phase phase = Phase::kTicks;
Costs costs;
Clock machine_clock;
std::uint32_t measured_ticks;
std::uint64_t measuring_since;
TaskPartition* probe;      // a task of the built-in program, for measuring
bool can_restart = false;  // a task can be made anew within a tick

// Who has the processor.
bool idle = true;
Election running;
Outcome outcome = Outcome::kRunning;
std::uint32_t interrupts_left;       // until the tick is over
std::uint32_t elapsed_at_dispatch;   // of the timer, when the job was last given the processor
std::uint32_t longest_overhead = 0;  // counts of the timer from an interrupt to the dispatch of a job
std::uint64_t last_tick;             // when the tick before began
std::uint64_t lost_ticks;
bool rehearsing;         // what the session prints is not for anybody
bool forestalled_timer;  // an interrupt that comes now was taken before it came

alignas(16) std::array<std::byte, 4 * kPageBytes> handler_stack;
std::array<user_ctx_t, kReachableEntries> handlers;

void Require(Status status, const char* what) {
  if (status != Status::kDone) exit_fail("scheduler: %s: %s", what, to_string(status).data());
}

Output SessionOutput() {
  return {[](void*, const char* text, std::size_t length) {
            if (!rehearsing) console.Put(text, length);
          },
          nullptr};
}

// ---- while it runs ----

// Until the next tick: prints what waits for it, then does nothing. Never returns: the tick starts its handler.
[[noreturn]] void Idle() {
  idle = true;
  // Our own registers need not be saved when the tick comes.
  Vidt::Own().Set(PIP_VECTOR_SAVE_UNMASKED, 0);
  while (!console.empty()) {
    console.Drain(kCharactersAtATime);
    SetInterrupts(Interrupts::kUnmasked);
    SetInterrupts(Interrupts::kMasked);
  }
  SetInterrupts(Interrupts::kUnmasked);
  // Not `pause`: an emulator takes it as an invitation to leave its fast path. volatile: an empty loop must stay one.
  for (;;) asm volatile("");
}

// The job that had the processor is gone until its next release.
[[noreturn]] void JobCrashed(std::uint32_t vector) {
  outcome = Outcome::kCrashed;
  const Task task = workload.task(running.task);
  Line line;
  (line << "scheduler: " << task.name.data() << " job " << running.job << ": ended by vector " << vector)
      .WriteTo(SessionOutput());
  if (task.stops_after_crash || !can_restart) {
    session.Stop(running.task);
  } else {
    tasks[running.task]->Condemn();
  }
  Idle();
}

[[noreturn]] void GiveProcessor() {
  idle = false;
  // If the job raises the vector of our own save slot, it shall find a handler.
  Vidt::Own().Set(PIP_VECTOR_SAVE_UNMASKED, handlers[PIP_VECTOR_SAVE_UNMASKED]);
  (void)tasks[running.task]->Run();
  // The kernel refused: the child has made itself impossible to run.
  JobCrashed(PIP_VECTOR_DOUBLE_FAULT);
}

[[noreturn]] void RunJob() {
  elapsed_at_dispatch = timer.Elapsed();
  GiveProcessor();
}

[[noreturn]] void Finish() {
  Line verdict;
  const bool kept = session.Finish(outcome, verdict);
  console.DrainAll();
  if (!session.over()) exit_fail("%s", verdict.text());
  const std::uint32_t tick = timer.ToMicroseconds(longest_overhead);
  const std::uint32_t overhead = tick + machine_clock.Microseconds(costs.dispatch);
  printf("scheduler: from a tick to the job that it elects, at most %u us; with the switch %u us\n", tick, overhead);
  if (lost_ticks > 0) exit_fail("scheduler: %u ticks were lost", static_cast<std::uint32_t>(lost_ticks));
  if (overhead > workload.overhead_microseconds()) {
    exit_fail("scheduler: a tick cost %u us; the workload allows for %u us", overhead,
              workload.overhead_microseconds());
  }
  if (kept) exit_pass("%s", verdict.text());
  exit_fail("%s", verdict.text());
}

[[noreturn]] void StartTick() {
  const std::uint64_t now = TimeStamp();
  const std::uint64_t lost = last_tick != 0 ? machine_clock.LostIn(now - last_tick) : 0;
  if (lost > 0) {
    lost_ticks += lost;
    Line line;
    (line << "scheduler: " << lost << " ticks were lost before tick " << session.now()).WriteTo(SessionOutput());
  }
  last_tick = now;
  if (session.over()) Finish();
  interrupts_left = timer.interrupts_per_tick();
  running = session.Elect(std::exchange(outcome, Outcome::kRunning));
  // The trace is printed while the processor is idle; if it hardly ever is, at the cost of the jobs.
  if (console.half_full()) console.Drain(workload.tick_microseconds() / 16);
  if (running.idle) Idle();
  const std::uint32_t overhead = timer.Elapsed();
  if (overhead > longest_overhead) longest_overhead = overhead;
  if (running.first_tick) {
    // At the cost of the job that has the tick, whose task crashed.
    Require(tasks[running.task]->RenewIfCondemned(), "making a task anew");
    const Task task = workload.task(running.task);
    const std::uint64_t loops = task.compute_microseconds * loops_per_tick / workload.tick_microseconds();
    tasks[running.task]->Begin({running.job, static_cast<std::uint32_t>(task.BehaviourOf(running.job)), loops});
  }
  RunJob();
}

// ---- what the machine costs, measured before it runs ----

[[noreturn]] void Probe(Phase next, Misbehaviour misbehaviour) {
  phase = next;
  idle = false;
  probe->Begin({0, static_cast<std::uint32_t>(misbehaviour), 0});
  measuring_since = TimeStamp();
  (void)probe->Run();
  exit_fail("scheduler: the task for measuring cannot run");
}

// A few interrupts tell how long a tick is and how long it takes until its handler runs. Then the election of tick 0 is
// rehearsed: all tasks that begin together release a job.
[[noreturn]] void MeasureTick() {
  const std::uint64_t now = TimeStamp();
  const std::uint32_t late = timer.Elapsed();
  // The first one may have waited until now.
  if (measured_ticks == 1) measuring_since = now;
  if (measured_ticks > 0 && late > longest_overhead) longest_overhead = late;
  if (measured_ticks++ <= kMeasuredTicks) Idle();
  const std::uint64_t interrupt = (now - measuring_since) / kMeasuredTicks;
  const std::uint64_t tick = interrupt * timer.interrupts_per_tick();
  machine_clock.Set(tick, workload.tick_microseconds());

  rehearsing = true;
  session.Begin(workload, SessionOutput());
  session.Admit();
  const std::uint64_t before = TimeStamp();
  session.Elect(Outcome::kRunning);
  Costs::Longest(costs.tick, before);
  costs.tick += interrupt * longest_overhead / timer.period();
  Probe(Phase::kDispatch, Misbehaviour::kNone);
}

// The workload says what a tick may cost, and its budgets are computed for that: no machine on which it costs more
// will do.
[[noreturn]] void EndMeasuring() {
  const std::uint64_t before = TimeStamp();
  Require(probe->Unmake(), "taking away the task for measuring");
  Costs::Longest(costs.unmake, before);
  const std::uint32_t tick = machine_clock.Microseconds(costs.tick);
  const std::uint32_t dispatch = machine_clock.Microseconds(costs.dispatch);
  const std::uint32_t fault = machine_clock.Microseconds(costs.fault);
  const std::uint32_t restart = machine_clock.Microseconds(costs.make + costs.unmake);
  const auto overhead = static_cast<std::uint32_t>(Session::Overhead(tick, dispatch, fault));
  const std::uint32_t allowed = workload.overhead_microseconds();
  can_restart = restart + allowed < workload.tick_microseconds();
  printf("scheduler: a tick costs %u us, a switch %u us, a fault %u us; the workload allows for %u us in all\n", tick,
         dispatch, fault, allowed);
  printf("scheduler: a crashed task is %s: to make one anew takes %u us\n",
         can_restart ? "restarted in its next job's budget" : "stopped", restart);
  if (overhead > allowed) {
    exit_fail("scheduler: a tick costs up to %u us here; the workload allows for %u us", overhead, allowed);
  }
  session.Begin(workload, SessionOutput());
  session.Admit();
  rehearsing = false;
  phase = Phase::kOver;
  longest_overhead = 0;
  // The next interrupt may have waited for all this; the one after it begins tick 0.
  interrupts_left = 2;
  Idle();
}

// ---- handlers ----

// A child that yields to the timer's entry just when the timer interrupts leaves the interrupt waiting in the
// controller. It comes here, where it means nothing, and not when the next job has begun, which would be blamed for it.
void TakeForestalledInterrupt() {
  forestalled_timer = true;
  timer.Settle();
  // Our own registers need not be saved: OnTimer begins anew.
  Vidt::Own().Set(PIP_VECTOR_SAVE_UNMASKED, 0);
  SetInterrupts(Interrupts::kUnmasked);
  SetInterrupts(Interrupts::kMasked);
}

// The timer, or a child that yields to its entry.
[[noreturn]] void OnTimer() {
  if (!forestalled_timer) {
    const bool true_interrupt = timer.TakeInterrupt(elapsed_at_dispatch);
    if (phase == Phase::kTicks) MeasureTick();
    if (phase != Phase::kOver) exit_fail("scheduler: ticks of %u us are too short here", workload.tick_microseconds());
    if (!idle && !true_interrupt) JobCrashed(kTickVector);
    if (!idle) TakeForestalledInterrupt();
  }
  forestalled_timer = false;
  --interrupts_left;
  if (interrupts_left == 0) StartTick();
  if (idle) Idle();
  RunJob();
}

// A device that is not ours, or a child that yields to its entry: who had the processor has it again, until the tick
// that may be waiting by now.
[[noreturn]] void OnDevice() {
  if (forestalled_timer) OnTimer();
  if (idle) Idle();
  if (phase == Phase::kOver) GiveProcessor();
  (void)probe->Run();
  exit_fail("scheduler: the task for measuring cannot run");
}

// The job says that it is done.
[[noreturn]] void OnJobDone() {
  if (phase == Phase::kDispatch) {
    Costs::Longest(costs.dispatch, measuring_since);
    Probe(Phase::kFault, Misbehaviour::kCrash);
  }
  outcome = Outcome::kDone;
  Idle();
}

// A fault of the job, an `int` that it raised, or a yield of it to an entry that is not for it.
template <std::uint32_t kVector>
[[noreturn]] void OnFault() {
  if (phase == Phase::kFault) {
    Costs::Longest(costs.fault, measuring_since);
    EndMeasuring();
  }
  JobCrashed(kVector);
}

template <std::uint32_t... kVectors>
void SetFaultHandlers(Vidt& vidt, std::integer_sequence<std::uint32_t, kVectors...> /*vectors*/) {
  (vidt.SetHandler(kVectors, handlers[kVectors], OnFault<kVectors>, handler_stack), ...);
}

void SetHandlers() {
  Vidt vidt = Vidt::Own();
  SetFaultHandlers(vidt, std::make_integer_sequence<std::uint32_t, kReachableEntries>());
  for (std::uint32_t i = 0; i < kDeviceVectors; ++i) {
    const std::uint32_t vector = kFirstDeviceVector + i;
    vidt.SetHandler(vector, handlers[vector], OnDevice, handler_stack);
  }
  vidt.SetHandler(kTickVector, handlers[kTickVector], OnTimer, handler_stack);
  vidt.SetHandler(kJobDone, handlers[kJobDone], OnJobDone, handler_stack);
  vidt.Set(kNothingSaved, 0);
}

// ---- before it runs ----

void ReadWorkload(const pip_fpinfo& boot) {
  const std::span<const std::byte> bytes = FindModule(boot, kName, kWorkloadModule);
  const ImageError error =
      WorkloadImage::Parse({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, workload);
  if (error) exit_fail("scheduler: workload, byte %zu: %s", error.offset, error.what);
}

// Rounds of ComputeFor in a tick, by the timer. Interrupts are masked.
std::uint64_t MeasureLoops() {
  for (std::uint64_t loops = 256;; loops *= 2) {
    const std::uint32_t before = timer.Elapsed();
    ComputeFor(loops);
    const std::uint32_t after = timer.Elapsed();
    if (after > before && after - before > timer.period() / 4) {
      return loops * timer.period() * timer.interrupts_per_tick() / (after - before);
    }
  }
}

TaskPartition* MakeTask(const pip_fpinfo& boot, const char* name, const char* image) {
  static_assert(sizeof(TaskPartition) <= kPageBytes);
  PageAllocator allocator = PageAllocator::OfPartition();
  const std::optional<Page> room = allocator.Take();
  if (!room) exit_fail("scheduler: no memory is left for task %s", name);
  const std::span<const std::byte> bytes = FindModule(boot, kName, image[0] == 0 ? kTaskModule : image);
  // A page of its own, aligned for anything; it is never freed.
  auto* const task =
      new (reinterpret_cast<void*>(static_cast<std::uintptr_t>(room->address()))) TaskPartition(allocator, bytes);
  const std::uint64_t before = TimeStamp();
  if (task->too_large()) {
    exit_fail("scheduler: the program of task %s is too large: %zu bytes", name, bytes.size());
  }
  const Status status = task->Make();
  if (status == Status::kOutOfPages) exit_fail("scheduler: no memory is left for task %s", name);
  Require(status, "making a task");
  Costs::Longest(costs.make, before);
  return task;
}

}  // namespace

[[noreturn]] void Main(const pip_fpinfo* boot) {
  if (boot == nullptr || boot->magic != FPINFO_MAGIC) exit_fail("scheduler: it must be the root partition");
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  printf("scheduler: kernel %s, %u pages of free memory\n", boot->revision, pages);
  ReadWorkload(*boot);
  session.Begin(workload, SessionOutput());
  session.Admit();
  console.DrainAll();
  if (!session.may_run()) Finish();

  SetHandlers();
  for (std::uint32_t i = 0; i < workload.task_count(); ++i) {
    const Task task = workload.task(i);
    tasks[i] = MakeTask(*boot, task.name.data(), task.image.data());
  }
  probe = MakeTask(*boot, "for measuring", kTaskModule);
  timer.Start(workload.tick_microseconds());
  loops_per_tick = MeasureLoops();
  printf("scheduler: %u tasks in %u pages, %u rounds of computing in a tick\n", workload.task_count(),
         pages - PageAllocator::OfPartition().available(), static_cast<std::uint32_t>(loops_per_tick));
  Idle();
}

}  // namespace pip::edf

extern "C" void main(const pip_fpinfo* boot) { pip::edf::Main(boot); }
