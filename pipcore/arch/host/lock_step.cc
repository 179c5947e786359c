// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/lock_step.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace pip::host {
namespace {

// Frames below are no memory that a machine uses, but for the first ones, which are traps (boot.cc).
constexpr std::size_t kFirstWord = static_cast<std::size_t>(kVgaFrame) * PIP_TABLE_SIZE;
constexpr std::size_t kTrapWords = static_cast<std::size_t>(2) * PIP_TABLE_SIZE;

// The same in oracle/driver.ml: modulo 2^62.
class Digest {
 public:
  void Add(std::uint32_t word) { sum_ = (sum_ + word + 1) * 0x9E3779B97F4A7C1U; }
  std::uint64_t Value() const { return sum_ & 0x3FFFFFFFFFFFFFFFU; }

 private:
  std::uint64_t sum_ = 0;
};

char KindOf(Use use) {
  switch (use) {
    case Use::kNone:
      return 'd';
    case Use::kDescriptor:
      return 'p';
    case Use::kTopTable:
      return 't';
    case Use::kLeafTable:
      return 'm';
    case Use::kShadowTop:
      return 's';
    case Use::kShadow1Leaf:
      return '1';
    case Use::kShadow2Leaf:
      return '2';
    case Use::kListPage:
      return 'l';
  }
  std::abort();
}

// The digest of the words of a page that mean something; driver.ml says which.
std::uint64_t DigestOf(std::span<const std::uint32_t> words, char kind) {
  Digest digest;
  std::size_t meaningful = PIP_TABLE_SIZE;
  if (kind == 'p') {
    meaningful = PIP_DESCRIPTOR_VSTI + 1;
  } else if (kind == 'l') {
    meaningful = std::min(PIP_LIST_FIRST_RECORD + PIP_RECORD_WORDS * words[PIP_LIST_COUNT], PIP_TABLE_SIZE);
  }
  for (std::uint32_t i = 0; i < meaningful; ++i) {
    std::uint32_t word = words[i];
    if ((kind == 't' && !IsUserSlot(i)) || (kind == 'l' && i == PIP_LIST_COUNT + 1)) {
      word = 0;
    } else if (kind == 't' || kind == 's' || kind == 'm') {
      word &= ~kHardwareBits;
    }
    digest.Add(word);
  }
  return digest.Value();
}

std::string Command(const Call& call) {
  std::string command(Name(call.service));
  for (int i = 0; i < ArgumentCount(call.service); ++i) {
    command += ' ' + std::to_string(call.arguments[static_cast<std::size_t>(i)]);
  }
  return command;
}

}  // namespace

LockStep::LockStep(std::uint32_t free_pages, OracleProcess* oracle) : machine_(free_pages), oracle_(oracle) { Start(); }

LockStep::LockStep(const MachineImage& image, OracleProcess* oracle) : machine_(image), oracle_(oracle) { Start(); }

void LockStep::Start() {
  CheckInvariant();
  const auto words = machine_.View().words;
  expected_.assign(words.begin(), words.end());
  if (oracle_ != nullptr) {
    TellOracle();
  }
}

// The oracle's machine becomes this one, frame by frame.
void LockStep::TellOracle() {
  const MachineView view = machine_.View();
  std::ostringstream machine;
  machine << "machine " << view.root_partition << ' ' << PIP_FIRST_ORDINARY_FRAME << ' ' << view.frames;
  oracle_->Ask(machine.str());
  for (std::uint32_t frame = 0; frame < view.frames; ++frame) {
    const auto words = view.Frame(frame);
    const char kind = KindOf(anatomy_.use[frame]);
    std::ostringstream command;
    command << "frame " << frame << ' ' << kind;
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      if (words[i] != 0 && (kind != 't' || IsUserSlot(i))) {
        command << ' ' << i << ':' << words[i];
      }
    }
    if (kind != 'd' || std::ranges::count(words, 0U) != PIP_TABLE_SIZE) {
      oracle_->Ask(command.str());
    }
  }
  oracle_->Ask("current " + std::to_string(view.running_partition));
}

void LockStep::Fail(const std::string& what) const {
  std::ostringstream out;
  out << what << "\nWhat was done:\n";
  for (const std::string& line : trace_) {
    out << "  " << line << '\n';
  }
  throw Difference(out.str());
}

Answer LockStep::Perform(const Call& call) {
  trace_.push_back(Text(call));
  const Answer answer = machine_.Perform(call);
  ++answers_[{call.service, answer.status}];
  trace_.back() += " = " + Text(answer);
  if (machine_.TranslationFault()) {
    Fail(*machine_.TranslationFault());
  }
  if (oracle_ != nullptr) {
    Compare(answer, oracle_->Ask(Command(call)));
  }
  CheckInvariant();
  return answer;
}

void LockStep::CheckInvariant() {
  if (const auto violation = FirstViolation(machine_.View(), anatomy_)) {
    Fail("the invariant does not hold: " + *violation);
  }
}

// Compares an answer and the state after it with what the oracle tells of them.
void LockStep::Compare(const Answer& answer, const std::string& told) {
  std::istringstream in(told);
  std::string word;
  std::uint32_t status = 0;
  std::uint32_t value = 0;
  std::uint32_t running = 0;
  std::uint64_t registers_digest = 0;
  in >> word >> status >> value >> running >> registers_digest;
  if (word != "answer") {
    Fail("the model says: " + told);
  }
  const Answer expected = {static_cast<pip_status_t>(status), value};
  if (answer != expected) {
    Fail("the model answers " + Text(expected));
  }
  if (running != machine_.RunningPartition()) {
    Fail("the model runs the partition " + std::to_string(running));
  }
  Digest registers;
  for (const std::uint32_t saved : machine_.Registers()) {
    registers.Add(saved);
  }
  if (registers.Value() != registers_digest) {
    Fail("the model has other registers");
  }
  std::uint32_t frame = 0;
  char kind = ' ';
  std::uint64_t digest = 0;
  while (in >> frame >> kind >> digest) {
    CompareFrame(frame, kind, digest);
  }
  CompareUntouchedFrames();
}

void LockStep::CompareFrame(std::uint32_t frame, char kind, std::uint64_t digest) {
  const auto words = machine_.View().Frame(frame);
  if (DigestOf(words, kind) != digest) {
    std::ostringstream what;
    what << "frame 0x" << std::hex << frame << " (kind " << kind << ") differs from the model's; its words are";
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      if (words[i] != 0) {
        what << ' ' << std::dec << i << ":0x" << std::hex << words[i];
      }
    }
    Fail(what.str());
  }
  std::ranges::copy(words, expected_.begin() + static_cast<std::ptrdiff_t>(frame) * PIP_TABLE_SIZE);
}

// Frames that the model did not change, the machine did not change either.
void LockStep::CompareUntouchedFrames() {
  const auto words = machine_.View().words;
  if (std::memcmp(words.data(), expected_.data(), kTrapWords * sizeof(std::uint32_t)) != 0) {
    Fail("a frame changed that no partition has");
  }
  if (std::memcmp(words.data() + kFirstWord, expected_.data() + kFirstWord,
                  (words.size() - kFirstWord) * sizeof(std::uint32_t)) == 0) {
    return;
  }
  const auto different = std::ranges::mismatch(words.subspan(kFirstWord), std::span(expected_).subspan(kFirstWord));
  const auto at = static_cast<std::size_t>(different.in1 - words.begin());
  std::ostringstream what;
  what << "frame 0x" << std::hex << at / PIP_TABLE_SIZE << " changed at word " << std::dec << at % PIP_TABLE_SIZE
       << " from 0x" << std::hex << expected_[at] << " to 0x" << words[at] << "; the model did not change it";
  Fail(what.str());
}

// A user access may change the word itself and hardware's bits in the tables on the way.
void LockStep::AcceptAccess(std::uint32_t address) {
  const MachineView view = machine_.View();
  const std::uint32_t page = address / PIP_PAGE_BYTES;
  const std::uint32_t top = view.Word(view.running_partition, PIP_DESCRIPTOR_MMU) / PIP_PAGE_BYTES;
  const std::uint32_t link = view.Word(top, page / PIP_TABLE_SIZE);
  const std::uint32_t table = link / PIP_PAGE_BYTES;
  const std::uint32_t entry = view.Word(table, page % PIP_TABLE_SIZE);
  expected_[top * PIP_TABLE_SIZE + page / PIP_TABLE_SIZE] |= link & kHardwareBits;
  expected_[table * PIP_TABLE_SIZE + page % PIP_TABLE_SIZE] |= entry & kHardwareBits;
  const std::size_t word = entry / PIP_PAGE_BYTES * PIP_TABLE_SIZE + address % PIP_PAGE_BYTES / 4;
  expected_[word] = view.words[word];
}

std::optional<std::uint32_t> LockStep::Load(std::uint32_t address) {
  const std::optional<std::uint32_t> word = machine_.Load(address);
  std::ostringstream line;
  line << std::hex << "load 0x" << address << " = ";
  if (word) {
    line << "0x" << *word;
  } else {
    line << "fault";
  }
  trace_.push_back(line.str());
  if (word) {
    AcceptAccess(address);
  }
  if (oracle_ != nullptr) {
    const std::string told = oracle_->Ask("load " + std::to_string(address));
    if (told != (word ? "word " + std::to_string(*word) : "fault")) {
      Fail("the model says: " + told);
    }
  }
  return word;
}

bool LockStep::Store(std::uint32_t address, std::uint32_t word) {
  const bool done = machine_.Store(address, word);
  std::ostringstream line;
  line << std::hex << "store 0x" << address << " 0x" << word << (done ? "" : " = fault");
  trace_.push_back(line.str());
  if (done) {
    AcceptAccess(address);
  }
  if (oracle_ != nullptr) {
    const std::string told = oracle_->Ask("store " + std::to_string(address) + ' ' + std::to_string(word));
    if (told != (done ? "done" : "fault")) {
      Fail("the model says: " + told);
    }
  }
  return done;
}

void LockStep::SetWords(std::uint32_t frame, std::uint32_t first, std::span<const std::uint32_t> words) {
  const std::size_t begin = static_cast<std::size_t>(frame) * PIP_TABLE_SIZE + first;
  std::ostringstream command;
  command << "data " << frame << ' ' << first;
  for (const std::uint32_t word : words) {
    command << ' ' << word;
  }
  trace_.push_back(command.str());
  if (anatomy_.use.at(frame) != Use::kNone || first + words.size() > PIP_TABLE_SIZE) {
    Fail("user mode cannot write there");
  }
  std::ranges::copy(words, machine_.MutableWords().subspan(begin).begin());
  std::ranges::copy(words, expected_.begin() + static_cast<std::ptrdiff_t>(begin));
  if (oracle_ != nullptr) {
    if (const std::string told = oracle_->Ask(command.str()); told != "done") {
      Fail("the model says: " + told);
    }
  }
}

void LockStep::SetRegisters(const std::array<std::uint32_t, PIP_CONTEXT_WORDS>& words) {
  std::ranges::copy(words, machine_.Registers().begin());
  std::string command = "registers";
  for (const std::uint32_t word : words) {
    command += ' ' + std::to_string(word);
  }
  trace_.push_back(command);
  if (oracle_ != nullptr) {
    oracle_->Ask(command);
  }
}

void LockStep::Keep(const std::string& name) {
  kept_.insert_or_assign(name, machine_.Save());
  if (oracle_ != nullptr) {
    oracle_->Ask("keep " + name);
  }
}

void LockStep::Return(const std::string& name) {
  const SimulatedMachine::Snapshot& snapshot = kept_.at(name);
  machine_.Restore(snapshot);
  expected_ = snapshot.words;
  trace_ = {"from the state " + name};
  CheckInvariant();
  if (oracle_ != nullptr) {
    oracle_->Ask("restore " + name);
  }
}

}  // namespace pip::host
