// SPDX-License-Identifier: Apache-2.0
//
// Random task sets of a given utilisation, for samples and measurements.
#ifndef PIP_TOOLS_WORKLOAD_RANDOM_WORKLOAD_H_
#define PIP_TOOLS_WORKLOAD_RANDOM_WORKLOAD_H_

#include <cstdint>

#include "tools/workload/workload.h"

namespace pip::workload {

struct RandomOptions {
  std::uint64_t seed = 1;
  std::uint64_t tasks = 50;  // 1 to 10000
  double utilisation = 0.9;  // above 0
  std::uint64_t tick_us = 1000;
  std::uint64_t duration_us = 1'000'000;
  std::uint64_t shortest_period_us = 10'000;
  std::uint64_t longest_period_us = 1'000'000;
  // Beside that: random first releases and shorter deadlines, a third of the tasks misbehaves, and the set runs even
  // when it is refused.
  bool hostile = false;
  // Fixed priorities, the shortest period first, without any guarantee.
  bool rate_monotonic = false;
};

// Periodic tasks with deadlines at their periods. The same options give the same tasks everywhere.
//
// Utilisations: UUniFast (E. Bini, G. C. Buttazzo: Measuring the Performance of Schedulability Tests, Real-Time Systems
// 30, 2005, figure 6), uniform over all sets of that utilisation. Periods: log-uniform, as the same paper advises.
// Periods are rounded to ticks, budgets down to at least one tick, so the utilisation is met roughly.
Workload RandomWorkload(const RandomOptions& options);

}  // namespace pip::workload

#endif  // PIP_TOOLS_WORKLOAD_RANDOM_WORKLOAD_H_
