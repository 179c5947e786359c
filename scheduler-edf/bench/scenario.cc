// SPDX-License-Identifier: Apache-2.0
#include "scheduler-edf/bench/scenario.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "tools/workload/random_workload.h"
#include "tools/workload/workload.h"

// Last, since they define short names.
extern "C" {
#include "edf_primitives.h"
#include "edf_services.h"

struct edf_scheduler edf_scheduler;
}

namespace pip::edf::bench {
namespace {

constexpr tick_t kFar = tick_t{1} << 39;    // later than any measurement goes on
constexpr std::uint32_t kMostTurns = 1024;  // so many that a processor cannot foresee their order

// A job that waits: it is there from tick 0 on, and its deadline is far away.
bool AddWaiting(std::mt19937& random) { return edf_add_task(SINGLE, kFar, kFar + random(), 0, 0, 0) == DONE; }

bool IsQueued(std::uint32_t jobs) { return edf_scheduler.size[READY] == jobs; }

std::uint32_t burst;  // jobs that the next tick must release

}  // namespace

bool PrepareQuiet(std::uint32_t jobs) {
  std::mt19937 random(jobs);
  edf_reset(EARLIEST_DEADLINE_FIRST);
  for (std::uint32_t i = 0; i < jobs; ++i) {
    if (!AddWaiting(random)) return false;
  }
  return edf_elect(false, true) != no_task && IsQueued(jobs);
}

bool QuietTick() { return edf_elect(false, true) != no_task; }

bool PrepareUrgent(std::uint32_t jobs) {
  std::mt19937 random(jobs);
  edf_reset(EARLIEST_DEADLINE_FIRST);
  bool added = edf_add_task(PERIODIC, 1, 1, 1, 1, 0) == DONE;
  for (std::uint32_t i = 1; i < jobs; ++i) added = AddWaiting(random) && added;
  edf_elect(false, true);
  return added && edf_elect(false, true) == 0 && UrgentTick() && IsQueued(jobs);
}

// Task 0 releases, runs and is done.
bool UrgentTick() { return edf_elect(true, true) == 0; }

bool PrepareInTurn(std::uint32_t jobs) {
  const std::uint32_t turns = std::min(kMostTurns, jobs / 2 * 2);
  const std::uint32_t backlog = turns / 2;
  std::mt19937 random(jobs);
  edf_reset(EARLIEST_DEADLINE_FIRST);
  bool added = true;
  // Every tick one of them releases a job, and one job is done: the backlog of the first ticks stays. A job waits
  // a quarter of a turn less than its deadline allows, on the average and, since the earliest goes first, at the most.
  for (std::uint32_t i = 0; i < turns; ++i) {
    const tick_t deadline = backlog + 1 + random() % backlog;
    added = edf_add_task(PERIODIC, backlog + 1, deadline, turns, i, 0) == DONE && added;
  }
  for (std::uint32_t i = backlog; i < jobs; ++i) added = AddWaiting(random) && added;
  for (std::uint32_t tick = 0; tick < backlog; ++tick) edf_elect(false, true);
  for (std::uint32_t tick = 0; tick < 4 * turns; ++tick) added = InTurnTick() && added;
  return added && IsQueued(jobs);
}

bool InTurnTick() {
  edf_elect(true, true);
  return get_reported(RELEASED) == 1 && get_reported(MISSED) == 0;
}

bool PrepareBurst(std::uint32_t jobs) {
  burst = jobs;
  edf_reset(EARLIEST_DEADLINE_FIRST);
  bool added = true;
  const tick_t period = 2 * tick_t{jobs};
  for (std::uint32_t i = 0; i < jobs; ++i) {
    added = edf_add_task(PERIODIC, 1, period - i, period, 0, 0) == DONE && added;
  }
  return added;
}

bool BurstTick() { return edf_elect(false, true) != no_task && get_reported(RELEASED) == burst && IsQueued(burst); }

bool PrepareAdmission(std::uint32_t tasks) {
  const workload::Workload set = workload::RandomWorkload({.seed = 1,
                                                           .tasks = tasks,
                                                           .utilisation = 0.99,
                                                           .tick_us = 1,
                                                           .duration_us = 1'000'000,
                                                           .shortest_period_us = 1'000,
                                                           .longest_period_us = 1'000'000,
                                                           .hostile = false});
  edf_reset(EARLIEST_DEADLINE_FIRST);
  for (const workload::Task& task : set.tasks) {
    const tick_t period = task.period_us;
    if (edf_add_task(PERIODIC, task.budget_us, task.relative_deadline_us, period, 0, 0) != DONE) return false;
  }
  return true;
}

bool AskAdmission() { return edf_admit().verdict_decision != UNDECIDED; }

}  // namespace pip::edf::bench
