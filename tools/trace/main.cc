// SPDX-License-Identifier: Apache-2.0
//
// trace: what a scheduler trace says, checked, for people and for other programs.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>
#include <string>

#include "tools/trace/export.h"
#include "tools/trace/history.h"
#include "tools/trace/trace.h"
#include "tools/workload/complaint.h"
#include "tools/workload/load.h"

namespace pip::trace {
namespace {

enum Exit { kKept = 0, kBroken = 1, kBadInput = 2 };

bool Write(const std::string& path, const std::string& text) {
  std::FILE* const file = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    std::fprintf(stderr, "%s: cannot be written\n", path.c_str());
    return false;
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (written && closed) return true;
  std::fprintf(stderr, "%s: not all could be written\n", path.c_str());
  return false;
}

// The verdict, and what contradicts the scheduler's promises.
Exit PrintVerdict(const std::string& path, const Trace& trace, const History& history,
                  const workload::Complaints& contradictions) {
  for (const workload::Complaint& complaint : contradictions) {
    std::fprintf(stderr, "%s\n", complaint.ToString(path).c_str());
  }
  if (!Write("-", Verdict(trace, history))) return kBadInput;
  return contradictions.empty() && history.KeptPromise(trace) ? kKept : kBroken;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "What a scheduler trace says. TRACE is the output of the simulator or of the machine's serial port.\n"
      "Exit status: 0 good (verdict: promises kept), 1 promises broken, 2 wrong file or option.");
  app.require_subcommand(1);
  std::string path;
  std::string output = "-";
  CLI::App* const verdict = app.add_subcommand("verdict", "check every decision in it, and print a table of the tasks");
  CLI::App* const perfetto = app.add_subcommand("perfetto", "write a trace file that Perfetto opens");
  CLI::App* const chart = app.add_subcommand("chart-data", "write the data from which the chart is drawn");
  for (CLI::App* const command : {verdict, perfetto, chart}) {
    command->add_option("TRACE", path, "a trace; - is the standard input")->required();
  }
  for (CLI::App* const command : {perfetto, chart}) {
    command->add_option("-o,--output", output, "where to write; - is the standard output");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kKept : kBadInput;
  }

  std::string text;
  std::string failure;
  if (!workload::ReadFile(path, text, failure)) {
    std::fprintf(stderr, "%s\n", failure.c_str());
    return kBadInput;
  }
  workload::Complaints complaints;
  const std::optional<Trace> trace = ReadTrace(text, complaints);
  if (!trace) {
    std::fprintf(stderr, "%s\n", complaints.front().ToString(path).c_str());
    return kBadInput;
  }
  const History history = Follow(*trace, complaints);
  if (*verdict) return PrintVerdict(path, *trace, history, complaints);
  const std::string exported = *perfetto ? ToPerfetto(*trace, history) : ToChartData(*trace, history);
  return Write(output, exported) ? kKept : kBadInput;
}

}  // namespace
}  // namespace pip::trace

int main(int argc, char** argv) { return pip::trace::Main(argc, argv); }
