// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry to the random programs of script.h: eight bytes are one step, the last may have fewer.  The
// invariant is checked after every call; with PIP_ORACLE set, the model is asked too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <vector>

#include "pipcore/arch/host/lock_step.h"
#include "pipcore/arch/host/oracle_process.h"
#include "pipcore/arch/host/script.h"

namespace pip::host {
namespace {

LockStep& Machine() {
  static const std::unique_ptr<OracleProcess> oracle =
      std::getenv("PIP_ORACLE") != nullptr ? std::make_unique<OracleProcess>(OraclePath()) : nullptr;
  static LockStep machine(kScriptPages, oracle.get());
  static const bool kept = (KeepStartingStates(machine), true);
  static_cast<void>(kept);
  return machine;
}

}  // namespace
}  // namespace pip::host

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint64_t> steps((size + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
  if (size != 0) {
    std::memcpy(steps.data(), data, size);
  }
  try {
    pip::host::RunScript(pip::host::Machine(), steps);
  } catch (const pip::host::Difference& difference) {
    std::cerr << difference.what();
    std::abort();
  }
  return 0;
}
