// SPDX-License-Identifier: Apache-2.0
//
// How many instructions each service takes, through libpip, as a partition sees it.
//
// Run under QEMU with -icount shift=0, where the counter of the architecture counts instructions: the first thing
// measured is whether that is so.  The child is this very image, shared page by page, so that one program holds both
// sides. Prints a line for measure.py per row, tab-separated: "bench", number, name, samples, median, minimum, budget
// (0: none).
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "bench_machine.h"
#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/vidt.h"
#include "pip/api.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"

extern "C" {
// stopwatch.S of the architecture
std::uint32_t bench_start();
std::uint32_t bench_stop();
std::uint32_t bench_nops();
extern const std::byte bench_marks[];
void bench_timer_entry();
void bench_fault_entry();
[[noreturn]] void bench_spin(volatile std::uint32_t* last);
void bench_fault(volatile std::uint32_t* last);
[[noreturn]] void bench_on_timer(std::uint32_t now);
[[noreturn]] void bench_on_fault(std::uint32_t now);
}

namespace {

using pip::Page;
using pip::Rights;
using pip::Status;

constexpr std::size_t kSamples = 33;

// VIDT entries: where main and the child go on after a yield, where main goes on after a handler; 63 stays 0.
constexpr std::uint32_t kMainContinues = 60;
constexpr std::uint32_t kChildContinues = 61;
constexpr std::uint32_t kMainAfterHandler = 62;
constexpr std::uint32_t kNothingSaved = 63;

// Where the child has this image: where we have it, so that code and data have the same addresses in both.
constexpr Page kTarget = Page::Containing(0x900000);  // an address of the child that has no table yet

// What the child is to do when it gets the processor.
enum class Task { kAnswer, kSpin, kFault };

volatile Task task;
// Counters that one side stores and the other reads: volatile.
volatile std::uint32_t child_woke;
volatile std::uint32_t child_left;
volatile std::uint32_t last_count;
volatile std::uint32_t handler_count;

user_ctx_t main_context;
user_ctx_t child_context;
user_ctx_t timer_context;
user_ctx_t fault_context;
user_ctx_t other_context;
alignas(16) std::array<std::byte, pip::kPageBytes> handler_stack;

std::optional<pip::ChildBuilder> child;

// What start and stop cost without anything between them.
std::uint32_t overhead;

void Require(Status status, const char* what) {
  if (status != Status::kDone) {
    pip::exit_fail("bench: %s: %s", what, pip::to_string(status).data());
  }
}

void Require(pip_status_t status, const char* what) { Require(pip::ToStatus(status), what); }

// Shows in a trace that the next measurement is that of a row: the function there is a single return instruction.
void Mark(std::uint32_t row) {
  reinterpret_cast<void (*)()>(reinterpret_cast<std::uintptr_t>(bench_marks) + row * bench::kMarkBytes)();
}

// The samples of one service.
class Row {
 public:
  Row(const char* name, std::uint32_t budget) : name_(name), budget_(budget), number_(rows++) {}

  // Shows in a trace that the next measurement is this row's.
  void Mark() const { ::Mark(number_); }

  std::uint32_t number() const { return number_; }

  // One measurement: what the counter said at the end and at the beginning.
  void Add(std::uint32_t stop, std::uint32_t start) {
    samples_[count_] = stop - start - overhead;
    ++count_;
  }

  void Print() {
    const auto samples = std::span(samples_).first(count_);
    std::sort(samples.begin(), samples.end());
    printf("bench\t%u\t%s\t%zu\t%u\t%u\t%u\n", number_, name_, count_, samples[count_ / 2], samples[0], budget_);
  }

 private:
  static inline std::uint32_t rows = 0;

  const char* name_;
  std::uint32_t budget_;
  std::uint32_t number_;
  std::array<std::uint32_t, kSamples> samples_{};
  std::size_t count_ = 0;
};

// The row whose measurement the child begins.  A number, since rows are on a stack that the child does not have.
std::optional<std::uint32_t> child_row;

Page TakePage() {
  const std::optional<Page> page = pip::PageAllocator::OfPartition().Take();
  if (!page.has_value()) {
    pip::exit_fail("bench: no page is left");
  }
  return *page;
}

// The child: does its task, and gives the processor back each time.
void ChildMain() {
  pip::Vidt::Own().Set(kChildContinues, child_context);
  for (;;) {
    switch (task) {
      case Task::kSpin:
        bench_spin(&last_count);
      case Task::kFault:
        bench_fault(&last_count);
        break;
      case Task::kAnswer:
        break;
    }
    if (child_row.has_value()) {
      Mark(*child_row);
    }
    child_left = bench_start();
    const pip_status_t status = pip_yield(0, kMainContinues, kChildContinues, 0, 0);
    child_woke = bench_stop();
    if (status != PIP_DONE) {
      __builtin_trap();  // a fault that nobody expects: the handler ends the run
    }
  }
}

// Makes the child of this image.
void MakeChild() {
  child.emplace(pip::PageAllocator::OfPartition());
  Require(child->Create(), "createPartition");
  Require(child->ShareRange(pip::OwnImage(), Rights::kAll), "share the image");
  const auto entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&ChildMain));
  Require(child->PrepareStart({.entry = entry}), "prepare the child's start");
}

void MeasureOverhead() {
  overhead = 0;
  std::uint32_t least = UINT32_MAX;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const std::uint32_t start = bench_start();
    least = std::min(least, bench_stop() - start);
  }
  overhead = least;
  const std::uint32_t nops = bench_nops() - overhead;
  // bench_nops has one instruction more than a start and a stop: it keeps the first counter.
  printf("bench-unit\t%s\t%u\t%u\n", nops == 1000 || nops == 1001 ? "instructions" : "ticks", nops, overhead);
}

void MeasureYields() {
  Row down("yield to a child", 250);
  Row up("yield to the parent", 220);
  Row round("round trip", 470);
  task = Task::kAnswer;
  child_row = up.number();
  Require(child->Yield({.vector = PIP_VECTOR_INITIAL, .save_slot = kMainContinues}), "start the child");
  for (std::size_t i = 0; i < kSamples; ++i) {
    const std::uint32_t descriptor = child->descriptor().address();
    down.Mark();
    const std::uint32_t start = bench_start();
    const pip_status_t status = pip_yield(descriptor, kChildContinues, kMainContinues, 0, 0);
    const std::uint32_t stop = bench_stop();
    Require(status, "yield");
    down.Add(child_woke, start);
    up.Add(stop, child_left);
    // Both ways, without what the child does between.
    round.Add(stop - (child_left - child_woke) - overhead, start);
  }
  child_row.reset();
  down.Print();
  up.Print();
  round.Print();
}

void MeasureMappings() {
  Row count("countToMap", 0);
  Row prepare("prepare of one table", 5000);
  Row add("addVAddr", 300);
  Row mapped("mappedInChild", 100);
  Row remove("removeVAddr", 300);
  Row collect("collect", 6000);
  const std::uint32_t descriptor = child->descriptor().address();
  const std::uint32_t target = kTarget.address() & ~0x3FFFFFu;
  const Page page = TakePage();
  std::array<Page, 3> tables = {TakePage(), TakePage(), TakePage()};
  // A table for an address that has none, again and again.
  const std::uint32_t va = target + 0x400000 * 4;
  for (std::size_t i = 0; i < kSamples; ++i) {
    count.Mark();
    std::uint32_t start = bench_start();
    const pip_answer_t needed = pip_count_to_map(descriptor, va);
    count.Add(bench_stop(), start);
    if (needed.status != PIP_DONE || needed.value != tables.size()) {
      pip::exit_fail("bench: countToMap: %u pages: %s", needed.value, pip_status_text(needed.status));
    }
    for (std::size_t table = 0; table < tables.size(); ++table) {
      pip::Words(tables[table])[0] = table + 1 < tables.size() ? tables[table + 1].address() : 0;
    }
    prepare.Mark();
    start = bench_start();
    const pip_answer_t rest = pip_prepare(descriptor, va, tables[0].address());
    prepare.Add(bench_stop(), start);
    Require(rest.status, "prepare");

    const std::uint32_t destination = va + static_cast<std::uint32_t>(i) * pip::kPageBytes;
    add.Mark();
    start = bench_start();
    pip_status_t status = pip_add_vaddr(page.address(), descriptor, destination, PIP_READ | PIP_WRITE);
    add.Add(bench_stop(), start);
    Require(status, "addVAddr");

    mapped.Mark();
    start = bench_start();
    const pip_answer_t owner = pip_mapped_in_child(page.address());
    mapped.Add(bench_stop(), start);
    if (owner.status != PIP_DONE || owner.value != descriptor) {
      pip::exit_fail("bench: mappedInChild: %#x: %s", owner.value, pip_status_text(owner.status));
    }

    remove.Mark();
    start = bench_start();
    status = pip_remove_vaddr(descriptor, destination);
    remove.Add(bench_stop(), start);
    Require(status, "removeVAddr");

    collect.Mark();
    start = bench_start();
    const pip_answer_t first = pip_collect(descriptor, va);
    collect.Add(bench_stop(), start);
    Require(first.status, "collect");
  }
  add.Print();
  remove.Print();
  mapped.Print();
  count.Print();
  prepare.Print();
  collect.Print();
}

void MeasureLives() {
  Row create("createPartition", 8000);
  Row erase("deletePartition, empty", 0);
  std::array<Page, 5> pages = {TakePage(), TakePage(), TakePage(), TakePage(), TakePage()};
  for (std::size_t i = 0; i < kSamples; ++i) {
    create.Mark();
    std::uint32_t start = bench_start();
    pip_status_t status = pip_create_partition(pages[0].address(), pages[1].address(), pages[2].address(),
                                               pages[3].address(), pages[4].address());
    create.Add(bench_stop(), start);
    Require(status, "createPartition");
    erase.Mark();
    start = bench_start();
    status = pip_delete_partition(pages[0].address());
    erase.Add(bench_stop(), start);
    Require(status, "deletePartition");
  }
  create.Print();
  erase.Print();
}

void MeasureStates() {
  Row get("getIntState", 0);
  Row set("setIntState", 0);
  const std::uint32_t descriptor = child->descriptor().address();
  for (std::size_t i = 0; i < kSamples; ++i) {
    get.Mark();
    std::uint32_t start = bench_start();
    const pip_answer_t state = pip_get_int_state(descriptor);
    get.Add(bench_stop(), start);
    Require(state.status, "getIntState");
    set.Mark();
    start = bench_start();
    const pip_status_t status = pip_set_int_state(0);
    set.Add(bench_stop(), start);
    Require(status, "setIntState");
  }
  get.Print();
  set.Print();
}

void MeasureTimer() {
  Row timer("timer interrupt to root's handler", 180);
  bench::SpeedUpTimer();
  task = Task::kSpin;
  std::uint32_t vector = kChildContinues;
  for (std::size_t i = 0; i < kSamples; ++i) {
    timer.Mark();
    Require(child->Yield({.vector = vector, .save_slot = kMainAfterHandler}), "let the child spin");
    vector = PIP_VECTOR_SAVE_MASKED;
    timer.Add(handler_count, last_count);
  }
  timer.Print();
}

// Must come first among the uses of the child's slot for interrupted registers: spinning never ends.
void MeasureFault() {
  Row fault("fault to parent", 200);
  task = Task::kFault;
  for (std::size_t i = 0; i < kSamples; ++i) {
    fault.Mark();
    Require(child->Yield({.vector = kChildContinues, .save_slot = kMainAfterHandler}), "let the child fault");
    fault.Add(handler_count, last_count);
    bench::SkipFault(child->context(PIP_VECTOR_SAVE_MASKED));
    // The child goes on behind the fault and yields to where we are now.
    Require(child->Yield({.vector = PIP_VECTOR_SAVE_MASKED, .save_slot = kMainContinues}), "resume after the fault");
  }
  fault.Print();
}

[[noreturn]] void OnOtherFault() { pip::exit_fail("bench: the child faulted"); }

void SetHandlers() {
  pip::Vidt vidt = pip::Vidt::Own();
  for (std::uint32_t vector = 0; vector < PIP_VECTOR_TIMER; ++vector) {
    vidt.SetHandler(vector, other_context, OnOtherFault, handler_stack);
  }
  vidt.SetHandler(bench::kUndefinedInstruction, fault_context, bench_fault_entry, handler_stack);
  vidt.SetHandler(PIP_VECTOR_TIMER, timer_context, bench_timer_entry, handler_stack);
  vidt.Set(kMainContinues, main_context);
  vidt.Set(kMainAfterHandler, main_context);
  vidt.Set(kNothingSaved, 0);
}

}  // namespace

void bench_on_timer(std::uint32_t now) {
  if (task != Task::kSpin) {  // a tick at an unwelcome time: the child goes on as if nothing had been
    Require(child->Yield({.vector = PIP_VECTOR_SAVE_MASKED, .save_slot = kNothingSaved}), "resume the child");
  }
  handler_count = now;
  pip_context_resume(&main_context);
}

void bench_on_fault(std::uint32_t now) {
  if (task != Task::kFault) {
    OnOtherFault();
  }
  handler_count = now;
  pip_context_resume(&main_context);
}

extern "C" void main(const pip_fpinfo* boot) {
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  printf("bench: kernel %s, %u pages of free memory\n", boot->revision, pages);
  SetHandlers();
  MeasureOverhead();
  MakeChild();
  MeasureYields();
  MeasureMappings();
  MeasureLives();
  MeasureStates();
  MeasureFault();
  MeasureTimer();
  pip::exit_pass("bench: all services measured");
}
