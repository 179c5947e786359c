// SPDX-License-Identifier: Apache-2.0
#include "tools/workload/random_workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "tools/workload/workload.h"

namespace pip::workload {
namespace {

// From 0 (excluded) to 1. The standard's distributions differ between libraries; its engines do not.
double Uniform(std::mt19937_64& engine) {
  return (static_cast<double>(engine() >> 11) + 1.0) / static_cast<double>(std::uint64_t{1} << 53);
}

std::vector<double> Utilisations(const RandomOptions& options, std::mt19937_64& engine) {
  std::vector<double> result;
  double rest = options.utilisation;
  for (std::uint64_t left = options.tasks - 1; left > 0; --left) {
    const double next = rest * std::pow(Uniform(engine), 1.0 / static_cast<double>(left));
    result.push_back(rest - next);
    rest = next;
  }
  result.push_back(rest);
  return result;
}

// A whole number below `limit`, which is small enough for the bias not to matter.
std::uint64_t Below(std::uint64_t limit, std::mt19937_64& engine) { return engine() % limit; }

void MakeHostile(const Workload& workload, Task& task, std::mt19937_64& engine) {
  const std::uint64_t tick = workload.tick_us;
  const std::uint64_t slack = task.period_us / tick - BudgetInTicks(workload, task);
  task.relative_deadline_us -= Below(slack + 1, engine) * tick;
  task.first_release_us = Below(std::min(task.period_us, workload.duration_us) / tick, engine) * tick;
  if (Below(3, engine) != 0) return;
  task.misbehaviour = static_cast<edf::Misbehaviour>(1 + Below(3, engine));
  task.from_job = static_cast<std::uint32_t>(Below(4, engine));
  task.misbehaving_jobs = static_cast<std::uint32_t>(1 + Below(5, engine));
  task.stops_after_crash = Below(4, engine) == 0;
}

}  // namespace

Workload RandomWorkload(const RandomOptions& options) {
  std::mt19937_64 engine(options.seed);
  Workload workload;
  workload.name = fmt::format("random-{}", options.tasks);
  workload.description = fmt::format("{} random tasks of utilisation {} in all, seed {}.", options.tasks,
                                     options.utilisation, options.seed);
  workload.sources = {
      "tools/workload random: UUniFast (E. Bini, G. C. Buttazzo: Measuring the Performance of "
      "Schedulability Tests, Real-Time Systems 30, 2005) and log-uniform periods."};
  workload.tick_us = options.tick_us;
  if (options.rate_monotonic) workload.policy = edf::Policy::kFixedPriority;
  workload.overhead_us = options.tick_us / 10;
  workload.duration_us = options.duration_us;
  const double shortest = std::log(static_cast<double>(options.shortest_period_us));
  const double longest = std::log(static_cast<double>(options.longest_period_us));
  for (const double utilisation : Utilisations(options, engine)) {
    const double period = std::exp(shortest + (longest - shortest) * Uniform(engine));
    Task task;
    task.name = fmt::format("t{:02}", workload.tasks.size());
    const std::uint64_t ticks = static_cast<std::uint64_t>(period) / options.tick_us;
    task.period_us = std::max<std::uint64_t>(ticks, 1) * options.tick_us;
    task.relative_deadline_us = task.period_us;
    const double budget = utilisation * static_cast<double>(task.period_us) / static_cast<double>(options.tick_us);
    const std::uint64_t budget_ticks = std::max<std::uint64_t>(static_cast<std::uint64_t>(budget), 1);
    task.budget_us =
        std::min(budget_ticks, task.period_us / options.tick_us) * (options.tick_us - workload.overhead_us);
    task.compute_us = UsualComputingTime(workload, task);
    if (options.rate_monotonic) task.rank = std::min(task.period_us / options.tick_us, edf::kMaxRank);
    if (options.hostile) MakeHostile(workload, task, engine);
    workload.tasks.push_back(task);
  }
  workload.runs_when_refused = options.hostile || options.rate_monotonic;
  return workload;
}

}  // namespace pip::workload
