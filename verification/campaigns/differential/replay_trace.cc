// SPDX-License-Identifier: Apache-2.0
//
// Follows the trace of a traced kernel (traced_services.cc): makes the calls on the host's machine and in the model,
// and compares answers and states at each.  usage: replay_trace TRACE LEAST_CALLS, with the oracle in PIP_ORACLE.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "pipcore/arch/host/lock_step.h"
#include "pipcore/arch/host/oracle_process.h"
#include "verification/campaigns/differential/state_digest.h"

namespace pip::differential {
namespace {

using host::Answer;
using host::Call;
using host::LockStep;
using host::MachineImage;

// What is wrong with the trace, or with one of the machines.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::uint32_t Next(std::istringstream& line) {
  std::uint32_t word = 0;
  if (!(line >> std::hex >> word)) {
    throw Wrong("a line of the trace is too short: " + line.str());
  }
  return word;
}

Service ServiceNamed(const std::string& name) {
  const auto* const found = std::ranges::find(kServiceNames, name);
  if (found == kServiceNames.end()) {
    throw Wrong("no such service: " + name);
  }
  return static_cast<Service>(found - kServiceNames.begin());
}

class Replay {
 public:
  explicit Replay(host::OracleProcess& oracle) : oracle_(oracle) {}

  void Follow(const std::string& text) {
    std::istringstream line(text);
    std::string kind;
    line >> kind;
    if (kind == "@b") {
      Begin(line);
    } else if (kind == "@s") {
      TakeStructure(line);
    } else if (kind == "@m") {
      TakeMemory(line);
    } else if (kind == "@c") {
      MakeCall(line);
    } else if (kind == "@a") {
      CompareAnswer(line);
    } else {
      throw Wrong("no line of a trace: " + text);
    }
  }

  std::uint32_t calls() const { return calls_; }

  void PrintAnswers() const {
    for (const auto& [what, count] : machine_->Answers()) {
      std::cout << Name(what.first) << ' ' << host::Name(what.second) << ": " << count << '\n';
    }
  }

 private:
  void Begin(std::istringstream& line) {
    image_.root_partition = Next(line);
    const std::uint32_t frames = Next(line);
    if (frames > kFramesMax) {
      throw Wrong("the traced machine has too much memory");
    }
    image_.words.assign(static_cast<std::size_t>(frames) * PIP_TABLE_SIZE, 0);
  }

  std::uint32_t& Word(std::uint32_t frame, std::uint32_t i) {
    return image_.words.at(static_cast<std::size_t>(frame) * PIP_TABLE_SIZE + i);
  }

  void TakeStructure(std::istringstream& line) {
    const std::uint32_t frame = Next(line);
    while (line >> std::ws && !line.eof()) {
      const std::uint32_t i = Next(line);
      Word(frame, i) = Next(line);
    }
  }

  void TakeMemory(std::istringstream& line) {
    const std::uint32_t frame = Next(line);
    const std::uint32_t first = Next(line);
    std::array<std::uint32_t, kBlockWords> words = {};
    std::ranges::generate(words, [&] { return Next(line); });
    if (machine_ != nullptr) {
      machine_->SetWords(frame, first, words);
      return;
    }
    for (std::uint32_t i = 0; i < words.size(); ++i) {
      Word(frame, first + i) = words[i];
    }
  }

  void MakeCall(std::istringstream& line) {
    if (machine_ == nullptr) {
      machine_ = std::make_unique<LockStep>(image_, &oracle_);
    }
    std::string name;
    line >> name;
    Call call(ServiceNamed(name), {});
    std::ranges::generate(call.arguments, [&] { return Next(line); });
    std::string slash;
    line >> slash;
    std::array<std::uint32_t, PIP_CONTEXT_WORDS> registers = {};
    std::ranges::generate(registers, [&] { return Next(line); });
    machine_->SetRegisters(registers);
    answer_ = machine_->Perform(call);
    text_ = Text(call);
    ++calls_;
  }

  void CompareAnswer(std::istringstream& line) {
    const auto status = static_cast<pip_status_t>(Next(line));
    const Answer answer = {status, Next(line)};
    const std::uint32_t running = Next(line);
    const std::uint64_t high = Next(line);
    const std::uint64_t digest = high << 32 | Next(line);
    if (answer != answer_) {
      throw Wrong(text_ + ": the machine answers " + Text(answer) + ", the host and the model " + Text(answer_));
    }
    if (running != machine_->View().running_partition) {
      throw Wrong(text_ + ": another partition runs on the machine");
    }
    digest_.Walk();
    if (digest_.Value() != digest) {
      throw Wrong(text_ + " = " + Text(answer_) + ": the machine's state is not that of the host and the model");
    }
  }

  host::OracleProcess& oracle_;
  MachineImage image_;
  std::unique_ptr<LockStep> machine_;
  StateDigest digest_;
  Answer answer_ = {PIP_DONE, 0};
  std::string text_;
  std::uint32_t calls_ = 0;
};

int Run(const std::string& path, std::uint32_t least_calls) {
  host::OracleProcess oracle(host::OraclePath());
  Replay replay(oracle);
  std::ifstream trace(path);
  std::string line;
  try {
    while (std::getline(trace, line)) {
      std::erase(line, '\r');
      if (line.starts_with('@')) {
        replay.Follow(line);
      }
    }
  } catch (const std::runtime_error& error) {
    const std::string what = error.what();
    constexpr std::size_t kShown = 4000;
    std::cout << "FAIL differential: at call " << replay.calls() << ": "
              << (what.size() <= kShown
                      ? what
                      : what.substr(0, kShown / 2) + "\n...\n" + what.substr(what.size() - kShown / 2))
              << '\n';
    return 1;
  }
  if (replay.calls() < least_calls) {
    std::cout << "FAIL differential: the trace has only " << replay.calls() << " calls\n";
    return 1;
  }
  replay.PrintAnswers();
  std::cout << "PASS differential: " << replay.calls()
            << " calls, the same states on the machine, on the host and in the "
            << "model\n";
  return 0;
}

}  // namespace
}  // namespace pip::differential

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: replay_trace TRACE LEAST_CALLS\n";
    return 2;
  }
  return pip::differential::Run(arguments[1], static_cast<std::uint32_t>(std::strtoul(arguments[2], nullptr, 10)));
}
