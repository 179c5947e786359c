// SPDX-License-Identifier: Apache-2.0
//
// A task with a program of its own: counts its jobs. Its memory is as the job before left it, except after a crash,
// when it is as in the image again; the job that finds it otherwise never ends, which no trace of the simulator shows.
#include <cstdint>

#include "libpip/cpp/services.h"
#include "pip/fpinfo.h"
#include "scheduler-edf/partition/machine.h"
#include "scheduler-edf/partition/task_protocol.h"
#include "scheduler-edf/workloads/image.h"

namespace {

// Not zero, so that it lies in the image.
volatile std::uint32_t jobs_of_this_life = 0x1000;  // volatile: every job shall look at memory
std::uint32_t crashed_in = 0;

}  // namespace

extern "C" void main(const pip_fpinfo* boot_information) {
  // The boot information of a task is its job.
  const pip::edf::Job job = *reinterpret_cast<const pip::edf::Job*>(boot_information);
  const std::uint32_t counted = jobs_of_this_life - 0x1000;
  // Jobs 0 to 3 count; job 4 crashes; from job 5 on the count begins again.
  const std::uint32_t expected = job.number < 5 ? job.number : job.number - 5;
  while (counted != expected || crashed_in != 0) asm volatile("");  // volatile: an empty loop must stay one
  jobs_of_this_life = jobs_of_this_life + 1;
  if (job.misbehaviour == static_cast<std::uint32_t>(pip::edf::Misbehaviour::kCrash)) {
    crashed_in = job.number;
    pip::edf::UndefinedInstruction();
  }
  (void)pip::YieldToParent({.vector = pip::edf::kJobDone, .save_slot = pip::edf::kNothingSaved});
}
