// SPDX-License-Identifier: Apache-2.0
//
// A task that yields to the scheduler's entry of the timer just when the timer interrupts: it learns from two ticks
// when the third one comes, and yields a little before it, each job a little earlier.  Where it succeeds, the interrupt
// waits in the controller, and must not be laid to the job that is elected next.
#include <cstdint>

#include "libpip/cpp/services.h"
#include "pip/fpinfo.h"
#include "scheduler-edf/partition/machine.h"
#include "scheduler-edf/partition/task_protocol.h"

namespace {

using pip::edf::TimeStamp;

// Counts of TimeStamp that the loop below never takes, but the scheduler does, and by which a job comes earlier than
// the one before.
constexpr std::uint64_t kInterruption = 1000;
constexpr std::uint64_t kStep = 100;

// When this program was interrupted.
std::uint64_t AwaitTick() {
  for (std::uint64_t before = TimeStamp();;) {
    const std::uint64_t now = TimeStamp();
    if (now - before > kInterruption) return before;
    before = now;
  }
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot_information) {
  // The boot information of a task is its job.
  const pip::edf::Job job = *reinterpret_cast<const pip::edf::Job*>(boot_information);
  const std::uint64_t first = AwaitTick();
  const std::uint64_t second = AwaitTick();
  const std::uint64_t then = second + (second - first) - job.number * kStep;
  while (TimeStamp() < then) {
  }
  (void)pip::YieldToParent({.vector = pip::edf::kTickVector, .save_slot = pip::edf::kNothingSaved});
  for (;;) asm volatile("");  // volatile: an empty loop must stay one
}
