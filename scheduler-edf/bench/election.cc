// SPDX-License-Identifier: Apache-2.0
//
// What a tick costs on the host, by number of jobs. ./pip bench scheduler runs it; nothing here judges.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <string>

#include "scheduler-edf/bench/measured.h"
#include "scheduler-edf/bench/scenario.h"

namespace pip::edf::bench {
namespace {

using Prepare = bool (*)(std::uint32_t jobs);

std::uint32_t Jobs(const benchmark::State& state) { return static_cast<std::uint32_t>(state.range(0)); }

// Many ticks in a row, each of which leaves the scheduler as the next one needs it. They are timed all together: to
// look at the clock takes longer than a tick.
template <Prepare kPrepare, Tick kTick>
void Repeat(benchmark::State& state) {
  if (!kPrepare(Jobs(state))) return state.SkipWithError("the scheduler did not get into the state to be measured");
  bool right = true;
  for ([[maybe_unused]] auto _ : state) right &= kTick();
  if (!right) state.SkipWithError("a tick did not do what it should");
}

// A long tick that has to be prepared anew each time.
template <Prepare kPrepare, Tick kTick>
void Once(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    if (!kPrepare(Jobs(state))) return state.SkipWithError("the scheduler did not get into the state to be measured");
    const auto begin = std::chrono::steady_clock::now();
    const bool right = kTick();
    const auto end = std::chrono::steady_clock::now();
    if (!right) return state.SkipWithError("the tick did not do what it should");
    state.SetIterationTime(std::chrono::duration<double>(end - begin).count());
  }
}

struct Effort {
  int repetitions;
  double seconds;  // for each repetition, at least
};

void Register(const char* name, benchmark::internal::Function* function, bool manual, Effort effort,
              std::initializer_list<std::int64_t> jobs) {
  auto* const benchmark = benchmark::RegisterBenchmark(name, function);
  for (const std::int64_t number : jobs) benchmark->Arg(number);
  benchmark->Repetitions(effort.repetitions)->MinTime(effort.seconds)->Unit(benchmark::kNanosecond);
  // Otherwise the time that the processor spent on it, whoever else used the machine.
  if (manual) benchmark->UseManualTime();
}

void RegisterAll(Effort effort) {
  Register("quiet tick", Repeat<PrepareQuiet, QuietTick>, false, effort,
           {1, 3, 10, 30, 100, 300, 1'000, 3'000, 10'000});
  Register("one arrival, one completion, most urgent", Repeat<PrepareUrgent, UrgentTick>, false, effort,
           {1, 3, 10, 30, 100, 300, 1'000, 3'000, 10'000});
  Register("one arrival, one completion, in turn", Repeat<PrepareInTurn, InTurnTick>, false, effort,
           {2, 4, 10, 30, 100, 300, 1'000, 3'000, kMostInTurn});
  Register("all jobs arrive at once", Once<PrepareBurst, BurstTick>, true, effort, {10, 100, 1'000, 10'000});
  Register("admission test", Repeat<PrepareAdmission, AskAdmission>, false, effort, {10, 100});
}

int Main(int argc, char** argv) {
  CLI::App app("What a tick of the scheduler costs on this machine, by number of jobs. Exit status: 0, or 2.");
  std::string json;
  bool quick = false;
  app.add_option("--json", json, "write the medians there as well");
  app.add_flag("--quick", quick, "only to see that it runs: the figures are worth little");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  int no_arguments = 1;
  benchmark::Initialize(&no_arguments, argv);
  RegisterAll(quick ? Effort{1, 0.0001} : Effort{25, 0.01});
  Measured measured;
  benchmark::RunSpecifiedBenchmarks(&measured);
  fmt::print("{}", measured.Table());
  if (!json.empty() && !(std::ofstream(json) << measured.ToJson() << '\n')) {
    fmt::print(stderr, "{}: cannot be written\n", json);
    return 2;
  }
  return measured.failed() ? 2 : 0;
}

}  // namespace
}  // namespace pip::edf::bench

int main(int argc, char** argv) { return pip::edf::bench::Main(argc, argv); }
