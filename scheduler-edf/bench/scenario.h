// SPDX-License-Identifier: Apache-2.0
//
// States of the scheduler in which a tick is measured. The scheduler is one C global, so one of them exists at a time.
// Every function says whether the scheduler is in the state that it should be in: what does not, is not measured.
#ifndef PIP_SCHEDULER_EDF_BENCH_SCENARIO_H_
#define PIP_SCHEDULER_EDF_BENCH_SCENARIO_H_

#include <cstdint>

namespace pip::edf::bench {

// How long a tick of these scenarios takes is measured by calling it again and again; true if it did what it should.
using Tick = bool (*)();

// `jobs` jobs are queued; none arrives, none ends.
bool PrepareQuiet(std::uint32_t jobs);
bool QuietTick();

// `jobs` jobs are queued, one of which has just run. It is done, and the next job of its task arrives, which is more
// urgent than all others: the longest way through the heap, in and out.
bool PrepareUrgent(std::uint32_t jobs);
bool UrgentTick();

// `jobs` jobs are queued; the most urgent one is done, and another task releases a job, whose deadline is at a random
// place among the 512 next ones. Their tasks take turns. At least 2 jobs, and at most kMostInTurn.
inline constexpr std::uint32_t kMostInTurn = 9488;
bool PrepareInTurn(std::uint32_t jobs);
bool InTurnTick();

// All of `jobs` periodic tasks release a job in the next tick, the less urgent ones first, so that each goes to the
// top.
bool PrepareBurst(std::uint32_t jobs);
bool BurstTick();

// A set of random periodic tasks with periods from 1 ms to 1 s, in ticks of 1 us, of utilisation 0.99.
bool PrepareAdmission(std::uint32_t tasks);
// Asks the admission test; true if it could decide.
bool AskAdmission();

}  // namespace pip::edf::bench

#endif  // PIP_SCHEDULER_EDF_BENCH_SCENARIO_H_
