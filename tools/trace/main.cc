// SPDX-License-Identifier: Apache-2.0
//
// trace: what a scheduler trace says, checked, for people and for other programs.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>

#include "tools/trace/chart_data.h"
#include "tools/trace/clock.h"
#include "tools/trace/ctf.h"
#include "tools/trace/history.h"
#include "tools/trace/kernel/events.h"
#include "tools/trace/perfetto.h"
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
  std::fprintf(stderr, "%s: not all could be written: %s\n", path == "-" ? "the standard output" : path.c_str(),
               std::strerror(errno));
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

// A file's text; false, after a line that says why, when it cannot be read.
bool Read(const std::string& path, std::string& text) {
  std::string failure;
  if (workload::ReadFile(path, text, failure)) return true;
  std::fprintf(stderr, "%s\n", failure.c_str());
  return false;
}

void Print(const workload::Complaints& complaints, const std::string& path) {
  std::fprintf(stderr, "%s\n", complaints.front().ToString(path).c_str());
}

std::optional<Trace> LoadTrace(const std::string& path) {
  std::string text;
  if (!Read(path, text)) return std::nullopt;
  workload::Complaints complaints;
  std::optional<Trace> trace = ReadTrace(text, complaints);
  if (!trace) Print(complaints, path);
  return trace;
}

std::optional<KernelTrace> LoadKernelTrace(const std::string& path) {
  std::string bytes;
  if (!Read(path, bytes)) return std::nullopt;
  workload::Complaints complaints;
  std::optional<KernelTrace> trace = ReadKernelTrace(bytes, complaints);
  if (!trace) Print(complaints, path);
  return trace;
}

Exit SealTrace(const std::string& path, const std::string& output) {
  std::string bytes;
  return Read(path, bytes) && Write(output, Seal(bytes)) ? kKept : kBadInput;
}

// What is exported: a scheduler's trace, a kernel's, or both of one run.
struct Sources {
  std::optional<Trace> scheduler;
  std::optional<KernelTrace> kernel;
  std::optional<TickClock> clock;  // the scheduler's
};

// Nothing, after a line that says why, when one of the files is not what it should be.
std::optional<Sources> Load(const std::string& path, const std::string& kernel_path) {
  if (path.empty() && kernel_path.empty()) {
    std::fprintf(stderr, "which trace? Give TRACE, or --kernel FILE, or both of one run\n");
    return std::nullopt;
  }
  Sources sources;
  if (!kernel_path.empty() && !(sources.kernel = LoadKernelTrace(kernel_path))) return std::nullopt;
  if (path.empty()) return sources;
  if (!(sources.scheduler = LoadTrace(path))) return std::nullopt;
  if (!sources.kernel) {
    sources.clock = TickClock(*sources.scheduler);
    return sources;
  }
  workload::Complaints complaints;
  sources.clock = TickClock::FromKernel(*sources.scheduler, *sources.kernel, complaints);
  if (sources.clock) return sources;
  Print(complaints, kernel_path);
  return std::nullopt;
}

Exit WritePerfetto(const Sources& sources, const std::string& output) {
  Perfetto file;
  workload::Complaints complaints;
  if (sources.scheduler) file.Add(*sources.scheduler, Follow(*sources.scheduler, complaints), *sources.clock);
  if (sources.kernel) file.Add(*sources.kernel);
  return Write(output, file.ToString()) ? kKept : kBadInput;
}

bool WriteCtf(const Ctf& ctf, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    std::fprintf(stderr, "%s: %s\n", folder.c_str(), error.message().c_str());
    return false;
  }
  return Write(folder + "/metadata", ctf.metadata) && Write(folder + "/stream", ctf.stream);
}

Exit WriteCtfs(const Sources& sources, const std::string& folder) {
  if (sources.scheduler && !WriteCtf(ToCtf(*sources.scheduler, *sources.clock), folder + "/scheduler"))
    return kBadInput;
  if (sources.kernel && !WriteCtf(ToCtf(*sources.kernel), folder + "/kernel")) return kBadInput;
  return kKept;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "What traces say. TRACE is a scheduler's: the output of the simulator or of the machine's serial port. A "
      "kernel's\n"
      "trace is what ./pip trace records.\n"
      "Exit status: 0 good (verdict: promises kept), 1 promises broken, 2 wrong file or option.");
  app.require_subcommand(1);
  std::string path;
  std::string kernel;
  std::string output = "-";
  CLI::App* const verdict = app.add_subcommand("verdict", "check every decision in it, and print a table of the tasks");
  CLI::App* const chart = app.add_subcommand("chart-data", "write the data from which the chart is drawn");
  CLI::App* const perfetto = app.add_subcommand("perfetto", "write a file of TrackEvents, which Perfetto opens");
  CLI::App* const ctf = app.add_subcommand("ctf", "write a folder in the Common Trace Format");
  CLI::App* const events = app.add_subcommand("events", "print a kernel's trace, one line for each event");
  CLI::App* const seal =
      app.add_subcommand("seal", "write what a stopped machine sent as a kernel's trace with its end");
  for (CLI::App* const command : {verdict, chart, events, seal}) {
    command->add_option("TRACE", path, "a trace; - is the standard input")->required();
  }
  for (CLI::App* const command : {perfetto, ctf}) {
    command->add_option("TRACE", path, "a scheduler's trace; - is the standard input");
    command->add_option("--kernel", kernel, "a kernel's trace, alone or of the same run");
  }
  for (CLI::App* const command : {perfetto, chart, seal}) {
    command->add_option("-o,--output", output, "where to write; - is the standard output");
  }
  ctf->add_option("-o,--output", output, "the folder to write")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kKept : kBadInput;
  }

  if (*events) {
    const std::optional<KernelTrace> trace = LoadKernelTrace(path);
    return trace && Write("-", ToText(*trace)) ? kKept : kBadInput;
  }
  if (*seal) return SealTrace(path, output);
  if (*perfetto || *ctf) {
    const std::optional<Sources> sources = Load(path, kernel);
    if (!sources) return kBadInput;
    return *perfetto ? WritePerfetto(*sources, output) : WriteCtfs(*sources, output);
  }
  const std::optional<Trace> trace = LoadTrace(path);
  if (!trace) return kBadInput;
  workload::Complaints complaints;
  const History history = Follow(*trace, complaints);
  if (*verdict) return PrintVerdict(path, *trace, history, complaints);
  return Write(output, ToChartData(*trace, history)) ? kKept : kBadInput;
}

}  // namespace
}  // namespace pip::trace

int main(int argc, char** argv) { return pip::trace::Main(argc, argv); }
