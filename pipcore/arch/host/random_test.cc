// SPDX-License-Identifier: Apache-2.0
// Random programs of several nested partitions: machine and model must agree at every call, and the invariant hold.
//
// RapidCheck's environment variable RC_PARAMS says how many ("max_success=1000000"; 10,000 unless set) and repeats a
// run ("seed=..."); the seed is printed first.  A failure prints a shortest script, the calls that it made, and the
// setting that runs it again ("reproduce=...").
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "pipcore/arch/host/lock_step.h"
#include "pipcore/arch/host/oracle_process.h"
#include "pipcore/arch/host/script.h"

namespace pip::host {
namespace {

TEST(RandomTest, MachineAndModelAgree) {
  setenv("RC_PARAMS", "max_success=10000", /*overwrite=*/0);
  OracleProcess oracle(OraclePath());
  LockStep machine(kScriptPages, &oracle);
  KeepStartingStates(machine);
  // Steps use all 64 bits, whatever the size of the script.
  const auto step = rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
  EXPECT_TRUE(rc::check("machine and model agree", [&] {
    const auto script = *rc::gen::container<std::vector<std::uint64_t>>(step);
    try {
      RunScript(machine, script);
    } catch (const Difference& difference) {
      RC_FAIL(difference.what());
    }
  }));
  for (const auto& [what, calls] : machine.Answers()) {
    std::cout << Name(what.first) << ' ' << Name(what.second) << ": " << calls << '\n';
  }
}

}  // namespace
}  // namespace pip::host
