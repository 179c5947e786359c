// SPDX-License-Identifier: Apache-2.0
//
// What was measured: figures by scenario and number of jobs, beside the budgets of docs/performance.md.
#ifndef PIP_SCHEDULER_EDF_BENCH_MEASURED_H_
#define PIP_SCHEDULER_EDF_BENCH_MEASURED_H_

#include <benchmark/benchmark.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pip::edf::bench {

// Takes what Google Benchmark reports, repetition by repetition.
class Measured : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  // Some scenario did not get into its state, or a tick did not do what it should.
  bool failed() const { return failed_; }
  // A line for each scenario and number of jobs: median, least, budget.
  std::string Table() const;
  // The same as JSON: { "scenario": [[jobs, median], ...], ... }, in nanoseconds.
  std::string ToJson() const;

 private:
  using Key = std::pair<std::string, std::int64_t>;
  std::vector<Key> order_;
  std::map<Key, std::vector<double>> nanoseconds_;  // of one tick, by repetition
  bool failed_ = false;
};

}  // namespace pip::edf::bench

#endif  // PIP_SCHEDULER_EDF_BENCH_MEASURED_H_
