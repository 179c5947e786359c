// SPDX-License-Identifier: Apache-2.0
// The scripts that the fuzzer found to reach something new (corpus.txt), with the model at each call, and without the
// sanitizers that slow the fuzzer down.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "pipcore/arch/host/scene.h"
#include "pipcore/arch/host/script.h"

namespace pip::host {
namespace {

// The bytes of a line, as the fuzzer reads them: steps of eight bytes, the lowest first, the last one perhaps shorter.
std::vector<std::uint64_t> Steps(const std::string& line) {
  const std::size_t bytes = line.size() / 2;
  std::vector<std::uint64_t> steps((bytes + 7) / 8);
  for (std::size_t i = 0; i < bytes; ++i) {
    steps[i / 8] |= std::stoull(line.substr(2 * i, 2), nullptr, 16) << (8 * (i % 8));
  }
  return steps;
}

TEST(CorpusTest, MachineAndModelAgree) {
  const char* path = std::getenv("PIP_CORPUS");
  std::ifstream corpus(path != nullptr ? path : "pipcore/arch/host/corpus.txt");
  LockStep machine(kScriptPages, &SharedOracle());
  KeepStartingStates(machine);
  std::string line;
  std::size_t scripts = 0;
  while (std::getline(corpus, line)) {
    ASSERT_EQ(line.find_first_not_of("0123456789abcdef"), std::string::npos) << line;
    EXPECT_NO_THROW(RunScript(machine, Steps(line))) << "script " << line;
    ++scripts;
  }
  EXPECT_GT(scripts, 50U);
}

}  // namespace
}  // namespace pip::host
