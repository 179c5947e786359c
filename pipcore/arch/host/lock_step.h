// SPDX-License-Identifier: Apache-2.0
// A simulated machine and the oracle, doing the same things; every difference, and every violation of the invariant, is
// found at the call that makes it.
#ifndef PIPCORE_ARCH_HOST_LOCK_STEP_H_
#define PIPCORE_ARCH_HOST_LOCK_STEP_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "pipcore/arch/host/invariant.h"
#include "pipcore/arch/host/oracle_process.h"
#include "pipcore/arch/host/simulated_machine.h"

namespace pip::host {

// What went wrong, with all that was done since the last return to a kept state.
struct Difference : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class LockStep : public UserMode {
 public:
  // Without an oracle only the machine runs, and the invariant is checked.
  LockStep(std::uint32_t free_pages, OracleProcess* oracle);
  LockStep(const MachineImage& image, OracleProcess* oracle);

  // These throw Difference.
  Answer Perform(const Call& call) override;
  std::optional<std::uint32_t> Load(std::uint32_t address) override;
  bool Store(std::uint32_t address, std::uint32_t word) override;
  // User mode changes words of a page that it has; throws Difference if it is none of its pages.
  void SetWords(std::uint32_t frame, std::uint32_t first, std::span<const std::uint32_t> words);
  void SetRegisters(const std::array<std::uint32_t, PIP_CONTEXT_WORDS>& words);

  // Names the present state, and returns to it.
  void Keep(const std::string& name);
  void Return(const std::string& name);

  MachineView View() { return machine_.View(); }
  SimulatedMachine& Machine() { return machine_; }
  // Of the present state.
  const Anatomy& Structure() const { return anatomy_; }
  // How many calls of each service got each status.
  const std::map<std::pair<Service, pip_status_t>, std::uint64_t>& Answers() const { return answers_; }

 private:
  void Start();
  [[noreturn]] void Fail(const std::string& what) const;
  void Compare(const Answer& answer, const std::string& told);
  void CompareFrame(std::uint32_t frame, char kind, std::uint64_t digest);
  void CompareUntouchedFrames();
  void AcceptAccess(std::uint32_t address);
  void CheckInvariant();
  void TellOracle();

  SimulatedMachine machine_;
  OracleProcess* oracle_;
  Anatomy anatomy_;
  std::vector<std::uint32_t> expected_;  // the words that the machine should have
  std::map<std::string, SimulatedMachine::Snapshot> kept_;
  std::vector<std::string> trace_;
  std::map<std::pair<Service, pip_status_t>, std::uint64_t> answers_;
};

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_LOCK_STEP_H_
