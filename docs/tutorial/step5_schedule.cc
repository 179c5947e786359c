// SPDX-License-Identifier: Apache-2.0
//
// Step 5 of docs/tutorial.md: three children that never give the processor back share it all the same.
#include <array>
#include <cstddef>
#include <cstdint>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/vidt.h"
#include "pip/context.h"
#include "pip/fpinfo.h"

namespace {

using pip::Page;

// Entries of our VIDT.
constexpr std::uint32_t kMainContinues = 60;
constexpr std::uint32_t kNothingSaved = 61;  // stays 0: what is saved there is forgotten

constexpr std::uint32_t kTicks = 12;

// Where each child has a page of its own, which we see as well.
constexpr Page kCounter = Page::Containing(0x00C00000);

user_ctx_t main_context;
user_ctx_t timer_context;
user_ctx_t fault_context;
// A fault never comes while a tick is handled, nor a tick while a fault is: one stack is enough.
alignas(16) std::array<std::byte, pip::kPageBytes> handler_stack;

struct Task {
  explicit Task(pip::PageAllocator allocator) : child(allocator) {}

  pip::ChildBuilder child;
  volatile std::uint32_t* counter = nullptr;  // written by the child: volatile
  std::uint32_t ticks = 0;
  bool is_alive = true;
};

std::array<Task*, 3> tasks;
std::size_t current = 0;
std::uint32_t ticks = 0;

// Ends the run unless a service was done.
void Require(pip::Status status, const char* what) {
  if (status != pip::Status::kDone) {
    pip::exit_fail("first: %s: %s", what, pip::to_string(status).data());
  }
}

// What the good children do: they count, for ever.
void CounterMain() {
  for (volatile std::uint32_t& counter = pip::Words(kCounter)[0];;) {
    counter = counter + 1;
  }
}

// What the bad child does.
void CrasherMain() { asm volatile("ud2"); }

// The next task that is alive has the processor.
void RunNext() {
  do {
    current = (current + 1) % tasks.size();
  } while (!tasks[current]->is_alive);
  Require(tasks[current]->child.ResumeInterrupted(kNothingSaved), "resume a child");
}

void OnTimer() {
  ++tasks[current]->ticks;
  if (++ticks == kTicks) {
    pip_context_resume(&main_context);
  }
  RunNext();
}

void OnFault() {
  printf("first: task %u faulted and is out\n", static_cast<unsigned>(current));
  tasks[current]->is_alive = false;
  RunNext();
}

void SetHandlers() {
  pip::Vidt vidt = pip::Vidt::Own();
  vidt.Set(kMainContinues, main_context);
  vidt.Set(kNothingSaved, 0);
  for (std::uint32_t fault = 0; fault < PIP_VECTOR_TIMER; ++fault) {
    vidt.SetHandler(fault, fault_context, OnFault, handler_stack);
  }
  vidt.SetHandler(PIP_VECTOR_TIMER, timer_context, OnTimer, handler_stack);
}

// A page can be given to one child only, so each gets a copy of our image.
void MakeChild(Task& task, void (*entry)()) {
  Require(task.child.Create(), "create a child");
  Require(task.child.LoadFlat(pip::OwnImage(), Page::Containing(PIP_IMAGE_ADDRESS)), "copy our image");
  const pip::Result<Page> page = task.child.AddPage(kCounter, pip::Rights::kReadWrite);
  Require(page.status(), "give a page");
  task.counter = pip::Words(*page).data();
  const auto address = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(entry));
  Require(task.child.PrepareStart({.entry = address}), "prepare the start");
  // It begins like a child that a tick has stopped at its first instruction.
  task.child.context(PIP_VECTOR_SAVE_MASKED) = task.child.context(PIP_VECTOR_INITIAL);
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  printf("first: %u pages of free memory\n", pages);
  SetHandlers();

  const pip::PageAllocator allocator = pip::PageAllocator::OfPartition();
  Task first(allocator);
  Task second(allocator);
  Task third(allocator);
  tasks = {&first, &second, &third};
  MakeChild(first, CounterMain);
  MakeChild(second, CrasherMain);
  MakeChild(third, CounterMain);
  Require(first.child.Yield({.save_slot = kMainContinues}), "yield to the first child");

  for (Task* const task : tasks) {
    printf("first: %u ticks, %s\n", task->ticks, *task->counter > 0 ? "counted" : "did not count");
    Require(task->child.Destroy(), "delete a child");
  }
  if (allocator.available() != pages) {
    pip::exit_fail("first: %u of %u pages came back", allocator.available(), pages);
  }
  pip::exit_pass("first: %u ticks shared out, and all pages came back", ticks);
}
