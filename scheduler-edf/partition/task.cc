// SPDX-License-Identifier: Apache-2.0
//
// The built-in program of a task: computes for as long as its job says, then yields, or misbehaves as it was told.
#include <cstddef>
#include <cstdint>

#include "libpip/cpp/services.h"
#include "pip/api.h"
#include "pip/fpinfo.h"
#include "pip/services.h"
#include "scheduler-edf/partition/task_protocol.h"
#include "scheduler-edf/workloads/image.h"

namespace {

using pip::edf::Job;
using pip::edf::Misbehaviour;

// User memory that no task has.
constexpr std::uint32_t kNowhere = 0x00C00000;

void YieldToParent(std::uint32_t vector) {
  (void)pip::YieldToParent({.vector = vector, .save_slot = pip::edf::kNothingSaved});
}

[[noreturn]] void Fault() {
  for (;;) asm volatile("ud2");  // volatile: the fault is what it is for
}

// A write to an address that this task does not have, or must not.
void Write(std::uint32_t address) {
  // There is no object: the attempt is the point. volatile, so that it is made.
  *reinterpret_cast<volatile std::uint32_t*>(static_cast<std::uintptr_t>(address)) = 0xDEAD;
}

// Calls every service with arguments that must be refused, among them this task's own pages: as a child's kernel
// structures, they would be lost to the scheduler if it still needed them.
void CallEverything() {
  constexpr std::uint32_t kPages[] = {0,          0x00700000, 0x00700001, 0x007FF000, 0xFFFFE000,
                                      0xFFFFF000, 0xD0000000, 0xC00B8000, 0xFFFFFFFF};
  for (const std::uint32_t a : kPages) {
    for (const std::uint32_t b : kPages) {
      (void)pip_create_partition(a, b, b ^ 0x1000, a ^ 0x2000, b);
      (void)pip_prepare(a, b, a);
      (void)pip_add_vaddr(a, b, a, PIP_READ | PIP_WRITE | PIP_EXECUTE);
      (void)pip_collect(a, b);
    }
    (void)pip_remove_vaddr(0, a);
    (void)pip_delete_partition(a);
    (void)pip_mapped_in_child(a);
    (void)pip_get_int_state(a);
  }
}

// One attack per job, in turn; each ends in a fault, unless it succeeds.
[[noreturn]] void Attack(std::uint32_t job) {
  switch (job % 12) {
    case 0:
      asm volatile("cli");
      break;  // must fault
    case 1:
      asm volatile("outb %%al, $0x43" : : "a"(0x30));
      break;  // must fault: the scheduler's timer
    case 2:
      Write(0xD0000000);
      break;  // the kernel's memory
    case 3:
      Write(0x00100000);
      break;  // the kernel's code
    case 4:
      CallEverything();
      break;
    case 5:
      Write(pip::edf::kJobAddress);
      break;  // read-only: the scheduler's
    case 6:
      Write(PIP_VIDT_ADDRESS + 4 * PIP_VECTOR_SAVE_MASKED);
      break;  // read-only: where registers are saved
    case 7:
      YieldToParent(PIP_VECTOR_TIMER);
      break;  // a tick that is none
    case 8:
      asm volatile("int $0x80");
      break;  // must end at the parent
    case 9:
      asm volatile("int $49");
      break;  // the scheduler's own save slot
    case 10:
      Pip_Outb(0x43, 0x30);
      break;  // ports through the gate: not for a child
    case 11:
      asm volatile("movl $0, %%esp; pushl %%eax; ud2" : : : "memory");
      break;
    default:
      break;
  }
  for (std::uint32_t vector = 1; vector < 1024; ++vector) {
    if (vector != PIP_VECTOR_TIMER && vector != pip::edf::kJobDone) YieldToParent(vector);
  }
  Fault();
}

}  // namespace

// The boot information of a task is its job.
extern "C" void main(const pip_fpinfo* boot_information) {
  const Job job = *reinterpret_cast<const Job*>(boot_information);
  pip::edf::ComputeFor(job.loops);
  switch (static_cast<Misbehaviour>(job.misbehaviour)) {
    case Misbehaviour::kNone:
      break;
    case Misbehaviour::kOverrun:
      for (;;) pip::edf::ComputeFor(1);
    case Misbehaviour::kCrash:
      Write(kNowhere);
      break;
    case Misbehaviour::kAttack:
      Attack(job.number);
  }
  YieldToParent(pip::edf::kJobDone);
  Fault();
}
