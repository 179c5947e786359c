// SPDX-License-Identifier: Apache-2.0
//
// What the scheduler and the programs of its tasks agree upon.
//
// A task is a child partition. Each of its jobs starts the image at its entry, with the address of Job as boot
// information; memory is as the job before left it, except after a crash, when the child is made anew. A job that is
// done yields to its parent with vector kJobDone; it is never resumed after that.
#ifndef PIP_SCHEDULER_EDF_PARTITION_TASK_PROTOCOL_H_
#define PIP_SCHEDULER_EDF_PARTITION_TASK_PROTOCOL_H_

#include <cstdint>

#include "scheduler-edf/partition/machine.h"

namespace pip::edf {

inline constexpr std::uint32_t kJobDone = 60;
// An entry of a VIDT that stays 0: what is saved there is forgotten. Above 255, where no `int` of a child leads.
inline constexpr std::uint32_t kNothingSaved = 1022;

// Where the task finds its job: a page that it can read and not write, so it cannot give it away either.
inline constexpr std::uint32_t kJobAddress = 0x007FF000;

struct Job {
  std::uint32_t number;        // counted from 0
  std::uint32_t misbehaviour;  // a Misbehaviour
  std::uint64_t loops;         // of ComputeFor: as many as the job's computing time has
};

// Computes for that many rounds of a loop, whose length the scheduler has measured.
inline void ComputeFor(std::uint64_t loops) {
  for (; loops != 0;) {
    const std::uint32_t rounds = loops < 0x80000000u ? static_cast<std::uint32_t>(loops) : 0x80000000u;
    loops -= rounds;
    ComputeRounds(rounds);
  }
}

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_TASK_PROTOCOL_H_
