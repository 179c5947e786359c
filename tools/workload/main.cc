// SPDX-License-Identifier: Apache-2.0
//
// workload: checks workload files, and makes them from other things.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/partition/session.h"
#include "scheduler-edf/workloads/image.h"
#include "tools/workload/complaint.h"
#include "tools/workload/load.h"
#include "tools/workload/random_workload.h"
#include "tools/workload/read_workload.h"
#include "tools/workload/rt_app.h"
#include "tools/workload/workload.h"

namespace pip::workload {
namespace {

enum Exit { kGood = 0, kRefused = 1, kBadInput = 2 };

Exit Complain(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
  return kBadInput;
}

Exit Complain(const std::string& path, const Complaints& complaints) {
  for (const Complaint& complaint : complaints) Complain(complaint.ToString(path));
  return kBadInput;
}

Exit Write(const std::string& path, const void* bytes, std::size_t length) {
  std::FILE* const file = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
  if (file == nullptr) return Complain(path + ": cannot be written");
  const bool written = std::fwrite(bytes, 1, length, file) == length;
  const bool closed = std::fclose(file) == 0;
  return written && closed ? kGood : Complain(path + ": not all could be written");
}

double Utilisation(const Workload& workload) {
  double sum = 0;
  for (const Task& task : workload.tasks) {
    if (task.period_us == 0) continue;
    sum += static_cast<double>(BudgetInTicks(workload, task) * workload.tick_us) / static_cast<double>(task.period_us);
  }
  return sum;
}

std::string Kilo(std::uint64_t ticks, const Workload& workload) {
  return fmt::format("{:.3f} ms", static_cast<double>(ticks) * static_cast<double>(workload.tick_us) / 1000.0);
}

// The verdict of the generated admission test.
Exit PrintAdmission(const std::string& path, const Workload& workload) {
  const std::vector<std::uint8_t> bytes = ToImage(workload);
  edf::WorkloadImage image;
  if (const edf::ImageError error = edf::WorkloadImage::Parse(bytes, image)) {
    return Complain(
        fmt::format("{}: this program made a bad image of it: byte {}: {}", path, error.offset, error.what));
  }
  const auto session = std::make_unique<edf::Session>();
  session->Begin(image, {[](void*, const char*, std::size_t) {}, nullptr});
  const edf::Admission admission = session->Admit();
  switch (admission.decision) {
    case edf::Decision::kAccepted:
      fmt::print(
          "{}: admitted: no job that keeps to its budget can miss its deadline, as long as a tick costs at most {} "
          "us\n",
          path, workload.overhead_us);
      return kGood;
    case edf::Decision::kRefused:
      fmt::print("{}: refused: in the {} after a common release, {} of work fall due: {} too much\n", path,
                 Kilo(admission.length, workload), Kilo(admission.demand, workload),
                 Kilo(admission.demand - admission.length, workload));
      return kRefused;
    case edf::Decision::kUndecided:
      break;
  }
  if (workload.policy == edf::Policy::kFixedPriority) {
    fmt::print("{}: nothing is promised: fixed priorities have no admission test\n", path);
  } else {
    fmt::print("{}: refused: the admission test gave up before it could decide\n", path);
  }
  return kRefused;
}

std::optional<Workload> Load(const std::string& path) {
  std::string text;
  std::string complaint;
  if (!ReadFile(path, text, complaint)) {
    Complain(complaint);
    return std::nullopt;
  }
  Complaints complaints;
  std::optional<Workload> workload = ReadWorkload(text, complaints);
  if (!workload) Complain(path, complaints);
  return workload;
}

// After what went to the standard output.
Exit Printed(Exit exit) {
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? exit
                                                              : Complain("standard output: not all could be written");
}

Exit Check(const std::string& path) {
  const std::optional<Workload> workload = Load(path);
  if (!workload) return kBadInput;
  fmt::print("{}: valid: \"{}\", {} tasks, tick {} us with an overhead of {} us, duration {} us, utilisation {:.3f}\n",
             path, workload->name, workload->tasks.size(), workload->tick_us, workload->overhead_us,
             workload->duration_us, Utilisation(*workload));
  for (const Task& task : workload->tasks) {
    const std::uint64_t ticks = BudgetInTicks(*workload, task);
    if (ticks * (workload->tick_us - workload->overhead_us) == task.budget_us) continue;
    fmt::print("{}: note: the budget of \"{}\", {} us, takes {} ticks of {} us, overheads included\n", path, task.name,
               task.budget_us, ticks, workload->tick_us);
  }
  return Printed(PrintAdmission(path, *workload));
}

Exit MakeImage(const std::string& path, const std::string& output) {
  std::vector<std::uint8_t> bytes;
  std::string complaint;
  if (!LoadImage(path, bytes, complaint)) return Complain(complaint);
  edf::WorkloadImage image;
  if (const edf::ImageError error = edf::WorkloadImage::Parse(bytes, image)) {
    return Complain(fmt::format("{}: byte {}: {}", path, error.offset, error.what));
  }
  return Write(output, bytes.data(), bytes.size());
}

Exit FromRtApp(const std::string& path, const RtAppOptions& options, const std::string& output) {
  std::string text;
  std::string complaint;
  if (!ReadFile(path, text, complaint)) return Complain(complaint);
  Complaints complaints;
  const std::optional<Workload> workload = ReadRtApp(text, options, complaints);
  if (!workload) return Complain(path, complaints);
  const std::string json = ToJson(*workload);
  return Write(output, json.data(), json.size());
}

Exit MakeRandom(const RandomOptions& options, const std::string& output) {
  const std::string json = ToJson(RandomWorkload(options));
  Complaints complaints;
  if (!ReadWorkload(json, complaints)) return Complain("random", complaints);
  return Write(output, json.data(), json.size());
}

// For numbers below 10^18: the parser itself takes -1 for the largest number, and what is too large too.
std::string IsNatural(const std::string& text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return digits && text.size() <= 18 ? "" : text + " is no whole number of at most 18 digits";
}

}  // namespace

int Main(int argc, char** argv) {
  CLI::App app(
      "Workload files of the EDF scheduler.\n"
      "Exit status: 0 good (check: admitted), 1 check: refused by the admission test, 2 wrong file or option.");
  app.require_subcommand(1);
  std::string path;
  std::string output = "-";
  RtAppOptions rt_app;
  RandomOptions random;

  CLI::App* const check = app.add_subcommand("check", "check a file, and whether its tasks can miss a deadline");
  check->add_option("FILE", path, "a workload file")->required();

  CLI::App* const image = app.add_subcommand("image", "write the compact form that the partition reads");
  image->add_option("FILE", path, "a workload file")->required();
  image->add_option("-o,--output", output, "where to write; - is the standard output");

  CLI::App* const convert = app.add_subcommand("from-rt-app", "make a workload file of an rt-app file");
  convert->add_option("FILE", path, "an rt-app file with SCHED_DEADLINE reservations")->required();
  convert->add_option("-o,--output", output, "where to write; - is the standard output");
  convert->add_option("--name", rt_app.name, "the name of the workload");
  convert->add_option("--tick-us", rt_app.tick_us, "the tick; without it, the longest that suits all times");
  convert->add_option("--duration-us", rt_app.duration_us, "how long to run; without it, what the file says")
      ->check(IsNatural);

  CLI::App* const generate = app.add_subcommand("random", "make a random set of periodic tasks (UUniFast)");
  generate->add_option("-o,--output", output, "where to write; - is the standard output");
  generate->add_option("--seed", random.seed, "the same seed gives the same tasks")->check(IsNatural);
  generate->add_option("--tasks", random.tasks, "how many")->check(CLI::Range(1, 10000));
  generate->add_option("--utilisation", random.utilisation, "of all together")->check(CLI::Range(0.001, 100.0));
  generate->add_option("--tick-us", random.tick_us, "the tick")->check(CLI::Range(100, 100000));
  generate->add_option("--duration-us", random.duration_us, "how long to run")->check(IsNatural);
  generate->add_option("--shortest-period-us", random.shortest_period_us)->check(CLI::Range(100LL, 86400000000LL));
  generate->add_option("--longest-period-us", random.longest_period_us)->check(CLI::Range(100LL, 86400000000LL));

  generate->add_flag("--hostile", random.hostile,
                     "with shorter deadlines, tasks that misbehave, run even when refused");

  generate->add_flag("--rate-monotonic", random.rate_monotonic,
                     "under fixed priorities, the shortest period first, without guarantee");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kGood : kBadInput;
  }
  if (*check) return Check(path);
  if (*image) return MakeImage(path, output);
  if (*convert) return FromRtApp(path, rt_app, output);
  return MakeRandom(random, output);
}

}  // namespace pip::workload

int main(int argc, char** argv) { return pip::workload::Main(argc, argv); }
