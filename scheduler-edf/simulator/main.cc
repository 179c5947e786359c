// SPDX-License-Identifier: Apache-2.0
//
// simulate WORKLOAD: runs a workload file (JSON, or the compact form) on the host and prints the trace.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/simulator/simulate.h"
#include "scheduler-edf/workloads/image.h"
#include "tools/workload/load.h"

namespace {

constexpr int kKept = 0;
constexpr int kBroken = 1;
constexpr int kBadInput = 2;

void WriteToFile(void* file, const char* text, std::size_t length) {
  std::fwrite(text, 1, length, static_cast<std::FILE*>(file));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Runs a workload on the host: the scheduler that the partition uses, without a machine.\n"
      "Exit status: 0 what was promised was kept, 1 it was not, 2 the file or the options are wrong.");
  std::string path;
  std::string trace;
  app.add_option("WORKLOAD", path, "a workload file, JSON or compact form")->required();
  app.add_option("-o,--trace", trace, "write the trace to this file instead of the standard output");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kKept : kBadInput;
  }

  std::vector<std::uint8_t> bytes;
  std::string complaint;
  if (!pip::workload::LoadImage(path, bytes, complaint)) {
    std::fprintf(stderr, "%s\n", complaint.c_str());
    return kBadInput;
  }
  pip::edf::WorkloadImage image;
  if (const pip::edf::ImageError error = pip::edf::WorkloadImage::Parse(bytes, image)) {
    std::fprintf(stderr, "%s: byte %zu: %s\n", path.c_str(), error.offset, error.what);
    return kBadInput;
  }
  std::FILE* const out = trace.empty() ? stdout : std::fopen(trace.c_str(), "w");
  if (out == nullptr) {
    std::fprintf(stderr, "%s: cannot be written\n", trace.c_str());
    return kBadInput;
  }
  const bool kept = pip::edf::Simulate(image, {WriteToFile, out});
  if (std::fclose(out) != 0) {
    std::fprintf(stderr, "%s: not all could be written\n", trace.empty() ? "standard output" : trace.c_str());
    return kBadInput;
  }
  return kept ? kKept : kBroken;
}
