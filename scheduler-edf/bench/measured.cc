// SPDX-License-Identifier: Apache-2.0
#include "scheduler-edf/bench/measured.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pip::edf::bench {
namespace {

struct Budget {
  std::string_view scenario;
  std::int64_t jobs;  // it holds up to this number
  double nanoseconds;
};

// docs/performance.md. In order: the first that fits counts.
constexpr std::array kBudgets = {
    Budget{"quiet tick", 10'000, 20.0},
    Budget{"one arrival, one completion, most urgent", 1'000, 100.0},
    Budget{"one arrival, one completion, most urgent", 10'000, 150.0},
    Budget{"one arrival, one completion, in turn", 1'000, 100.0},
    Budget{"one arrival, one completion, in turn", 10'000, 150.0},
    Budget{"all jobs arrive at once", 10'000, 3e6},
    Budget{"admission test", 100, 1e9},
};

std::optional<double> BudgetOf(std::string_view scenario, std::int64_t jobs) {
  const auto* const budget = std::find_if(kBudgets.begin(), kBudgets.end(), [&](const Budget& candidate) {
    return candidate.scenario == scenario && jobs <= candidate.jobs;
  });
  if (budget == kBudgets.end()) return std::nullopt;
  return budget->nanoseconds;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

bool Measured::ReportContext(const Context& /*context*/) { return true; }

void Measured::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    if (run.error_occurred) {
      failed_ = true;
      fmt::print(stderr, "{}: {}\n", run.run_name.str(), run.error_message);
      continue;
    }
    const Key key{run.run_name.function_name, std::stoll(run.run_name.args)};
    std::vector<double>& values = nanoseconds_[key];
    if (values.empty()) order_.push_back(key);
    values.push_back(run.run_name.time_type.empty() ? run.GetAdjustedCPUTime() : run.GetAdjustedRealTime());
  }
}

std::string Measured::Table() const {
  std::string table =
      fmt::format("{:42} {:>6} {:>12} {:>12} {:>12}\n", "scenario", "jobs", "median ns", "least ns", "budget ns");
  for (const Key& key : order_) {
    const auto& [scenario, jobs] = key;
    const std::vector<double>& values = nanoseconds_.at(key);
    const double median = Median(values);
    const std::optional<double> budget = BudgetOf(scenario, jobs);
    fmt::format_to(std::back_inserter(table), "{:42} {:6} {:12.1f} {:12.1f} {:>12}  {}\n", scenario, jobs, median,
                   *std::min_element(values.begin(), values.end()), budget ? fmt::format("{:.0f}", *budget) : "-",
                   !budget            ? ""
                   : median > *budget ? "missed"
                                      : "met");
  }
  return table;
}

std::string Measured::ToJson() const {
  nlohmann::ordered_json scenarios = nlohmann::ordered_json::object();
  for (const Key& key : order_) {
    scenarios[key.first].push_back({key.second, Median(nanoseconds_.at(key))});
  }
  return scenarios.dump(2);
}

}  // namespace pip::edf::bench
