// SPDX-License-Identifier: Apache-2.0
//
// The built-in program of a task: computes for as long as its job says, then yields, or misbehaves as it was told.
#include <cstddef>
#include <cstdint>

#include "libpip/cpp/services.h"
#include "pip/api.h"
#include "pip/fpinfo.h"
#include "pip/services.h"
#include "scheduler-edf/partition/machine.h"
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
  for (;;) pip::edf::UndefinedInstruction();
}

// A write to an address that this task does not have, or must not.
void Write(std::uint32_t address) {
  // There is no object: the attempt is the point. volatile, so that it is made.
  *reinterpret_cast<volatile std::uint32_t*>(static_cast<std::uintptr_t>(address)) = 0xDEAD;
}

// Calls every service with arguments that must be refused, among them this task's own pages: as a child's kernel
// structures, they would be lost to the scheduler if it still needed them.
void CallEverything() {
  constexpr std::uint32_t kPages[] = {0,
                                      0x00700000,
                                      0x00700001,
                                      0x007FF000,
                                      PIP_STACK_PAGE_ADDRESS,
                                      PIP_VIDT_ADDRESS,
                                      pip::edf::kKernelAddresses[0],
                                      pip::edf::kDeviceAddress,
                                      0xFFFFFFFF};
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
  constexpr std::uint32_t kAttacks = 6;
  const std::uint32_t attack = job % (kAttacks + pip::edf::kMachineAttacks);
  switch (attack) {
    case 0:
      Write(pip::edf::kKernelAddresses[0]);
      break;
    case 1:
      Write(pip::edf::kKernelAddresses[1]);
      break;
    case 2:
      CallEverything();
      break;
    case 3:
      Write(pip::edf::kJobAddress);
      break;  // read-only: the scheduler's
    case 4:
      Write(PIP_VIDT_ADDRESS + 4 * PIP_VECTOR_SAVE_MASKED);
      break;  // read-only: where registers are saved
    case 5:
      YieldToParent(pip::edf::kTickVector);
      break;  // a tick that is none
    default:
      pip::edf::AttackMachine(attack - kAttacks);
  }
  for (std::uint32_t vector = 1; vector < 1024; ++vector) {
    if (vector != pip::edf::kTickVector && vector != pip::edf::kJobDone) YieldToParent(vector);
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
