// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/simulated_machine.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "pip/machine.h"
#include "pipcore/arch/host/kernel.h"

// The objects that the shims work on.  They belong to the machine that was used last.
extern "C" {
alignas(PIP_PAGE_BYTES) std::uint32_t physical_memory[PIP_MAXIMUM_FRAMES][PIP_TABLE_SIZE];
std::uint32_t registers[PIP_CONTEXT_WORDS];
std::uint32_t kernel_directory[PIP_TABLE_SIZE];
page_t running_partition;
page_t root_partition;
std::uint32_t frame_count;
}

namespace pip::host {
namespace {

constexpr std::uint32_t kSlotBytes = PIP_PAGE_BYTES * PIP_TABLE_SIZE;

SimulatedMachine* active_machine = nullptr;

std::uint32_t* Words() { return &physical_memory[0][0]; }

Answer StatusOnly(pip_status_t status) { return {status, 0}; }
Answer WithValue(pip_answer_t answer) { return {answer.status, answer.value}; }

Answer Dispatch(const Call& call) {
  const auto& a = call.arguments;
  switch (call.service) {
    case Service::kCreatePartition:
      return StatusOnly(createPartition(a[0], a[1], a[2], a[3], a[4]));
    case Service::kCountToMap:
      return WithValue(countToMap(a[0], a[1]));
    case Service::kPrepare:
      return WithValue(prepare(a[0], a[1], a[2]));
    case Service::kAddVAddr:
      return StatusOnly(addVAddr(a[0], a[1], a[2], a[3] != 0, a[4] != 0, a[5] != 0));
    case Service::kRemoveVAddr:
      return StatusOnly(removeVAddr(a[0], a[1]));
    case Service::kMappedInChild:
      return WithValue(mappedInChild(a[0]));
    case Service::kDeletePartition:
      return StatusOnly(deletePartition(a[0]));
    case Service::kCollect:
      return WithValue(collect(a[0], a[1]));
    case Service::kYieldTo:
      return StatusOnly(yieldTo(a[0], a[1], a[2], a[3], a[4]));
    case Service::kGetIntState:
      return WithValue(getIntState(a[0]));
    case Service::kSetIntState:
      return StatusOnly(setIntState(a[0]));
    case Service::kPhysicalAddress:
      return WithValue(physicalAddress(a[0]));
    case Service::kDeliverInterrupt:
      return StatusOnly(deliverInterrupt(a[0]));
    case Service::kDeliverFault:
      return StatusOnly(deliverFault(a[0]));
  }
  std::abort();
}

}  // namespace

SimulatedMachine::SimulatedMachine(std::uint32_t free_pages) : translation_buffer_(physical_memory) {
  Activate();
  Start(BootRootPartition(free_pages));
}

SimulatedMachine::SimulatedMachine(const MachineImage& image) : translation_buffer_(physical_memory) {
  Activate();
  Start(BootFromImage(image));
}

void SimulatedMachine::Start(const BootedMachine& booted) {
  frames_ = booted.frames;
  root_partition_ = booted.root_partition;
  root_pages_ = booted.root_pages;
  frame_count = frames_;
  root_partition = root_partition_;
  running_partition = root_partition_;
  std::ranges::fill(registers, 0U);
  mmu_root_address_ = physical_memory[root_partition_][PIP_DESCRIPTOR_MMU];
}

SimulatedMachine::~SimulatedMachine() {
  if (active_machine == this) {
    active_machine = nullptr;
  }
}

// The C has one set of globals; they are exchanged when another machine is used.
void SimulatedMachine::Activate() {
  if (active_machine == this) {
    return;
  }
  if (active_machine != nullptr) {
    SimulatedMachine& other = *active_machine;
    other.parked_words_.assign(Words(), Words() + other.WordCount());
    std::ranges::copy(registers, other.parked_registers_.begin());
    other.parked_running_partition_ = running_partition;
  }
  active_machine = this;
  std::ranges::copy(parked_words_, Words());
  std::ranges::copy(parked_registers_, registers);
  running_partition = parked_running_partition_;
  root_partition = root_partition_;
  frame_count = frames_;
}

Answer SimulatedMachine::Perform(const Call& call) {
  Activate();
  announced_entries_.clear();
  announced_tables_.clear();
  translation_buffer_.Fill(mmu_root_address_ / PIP_PAGE_BYTES);
  serving_ = true;
  const Answer answer = Dispatch(call);
  serving_ = false;
  CheckTranslationBuffer(call);
  return answer;
}

// No service may return to user mode with a stale entry in the buffer, or with the tables of another partition.
void SimulatedMachine::CheckTranslationBuffer(const Call& call) {
  translation_fault_.reset();
  if (mmu_root_address_ != physical_memory[running_partition][PIP_DESCRIPTOR_MMU]) {
    translation_fault_ = "after " + Text(call) + " the processor uses the tables of another partition";
  } else if (const auto page = translation_buffer_.FirstStalePage(mmu_root_address_ / PIP_PAGE_BYTES)) {
    std::ostringstream what;
    what << "after " << Text(call) << " the translation buffer may still hold the old entry of page 0x" << std::hex
         << *page;
    translation_fault_ = what.str();
  }
}

std::vector<std::uint32_t> SimulatedMachine::Announced() const {
  std::vector<std::uint32_t> places = announced_entries_;
  for (const std::uint32_t frame : announced_tables_) {
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      places.push_back(frame * PIP_TABLE_SIZE + i);
    }
  }
  std::ranges::sort(places);
  return places;
}

// What is announced stands in memory already.
void SimulatedMachine::OnEntryWritten(std::uint32_t frame, std::uint32_t index) {
  announced_entries_.push_back(frame * PIP_TABLE_SIZE + index);
}

void SimulatedMachine::OnTableWritten(std::uint32_t frame) { announced_tables_.push_back(frame); }

void SimulatedMachine::OnLoadRoot(std::uint32_t address) {
  mmu_root_address_ = address;
  translation_buffer_.Flush();
  ++root_loads_;
}

void SimulatedMachine::OnInvalidate(std::uint32_t page) {
  translation_buffer_.Forget(page);
  ++invalidations_;
}

// The word at an address for user mode, or null where the processor would fault; sets the bits that it sets.
std::uint32_t* SimulatedMachine::Translate(std::uint32_t address, bool write) {
  Activate();
  const std::uint32_t needed = PIP_ENTRY_PRESENT | PIP_ENTRY_USER | (write ? PIP_ENTRY_WRITABLE : 0);
  std::uint32_t& link = physical_memory[mmu_root_address_ / PIP_PAGE_BYTES][address / kSlotBytes];
  if ((link & needed) != needed) {
    return nullptr;
  }
  std::uint32_t& entry = physical_memory[link / PIP_PAGE_BYTES][address / kPage % PIP_TABLE_SIZE];
  if ((entry & needed) != needed) {
    return nullptr;
  }
  link |= kAccessed;
  entry |= write ? kAccessed | kDirty : kAccessed;
  return &physical_memory[entry / PIP_PAGE_BYTES][address % kPage / 4];
}

std::optional<std::uint32_t> SimulatedMachine::Load(std::uint32_t address) {
  const std::uint32_t* word = Translate(address, false);
  return word == nullptr ? std::nullopt : std::optional(*word);
}

bool SimulatedMachine::Store(std::uint32_t address, std::uint32_t word) {
  std::uint32_t* place = Translate(address, true);
  if (place == nullptr) {
    return false;
  }
  *place = word;
  return true;
}

std::span<std::uint32_t, PIP_CONTEXT_WORDS> SimulatedMachine::Registers() {
  Activate();
  return registers;
}

std::uint32_t SimulatedMachine::RunningPartition() {
  Activate();
  return running_partition;
}

MachineView SimulatedMachine::View() {
  return {.words = MutableWords(),
          .kernel_directory = kernel_directory,
          .frames = frames_,
          .root_partition = root_partition_,
          .running_partition = running_partition,
          .root_pages = root_pages_};
}

std::span<std::uint32_t> SimulatedMachine::MutableWords() {
  Activate();
  return {Words(), WordCount()};
}

SimulatedMachine::Snapshot SimulatedMachine::Save() {
  Snapshot snapshot;
  SaveTo(snapshot);
  return snapshot;
}

void SimulatedMachine::SaveTo(Snapshot& snapshot) {
  Activate();
  snapshot.words.assign(Words(), Words() + WordCount());
  std::ranges::copy(registers, snapshot.registers.begin());
  snapshot.running_partition = running_partition;
}

void SimulatedMachine::Restore(const Snapshot& snapshot) {
  Activate();
  std::ranges::copy(snapshot.words, Words());
  std::ranges::copy(snapshot.registers, registers);
  running_partition = snapshot.running_partition;
  mmu_root_address_ = physical_memory[running_partition][PIP_DESCRIPTOR_MMU];
}

std::optional<std::uint32_t> SimulatedMachine::EntryAt(std::uint32_t descriptor_frame, std::uint32_t page) {
  Activate();
  const std::uint32_t root = physical_memory[descriptor_frame][PIP_DESCRIPTOR_MMU] / PIP_PAGE_BYTES;
  const std::uint32_t link = physical_memory[root][page / PIP_TABLE_SIZE];
  if ((link & PIP_ENTRY_PRESENT) == 0 || !IsUserSlot(page / PIP_TABLE_SIZE)) {
    return std::nullopt;
  }
  const std::uint32_t entry = physical_memory[link / PIP_PAGE_BYTES][page % PIP_TABLE_SIZE];
  return (entry & PIP_ENTRY_PRESENT) == 0 ? std::nullopt : std::optional(entry);
}

}  // namespace pip::host

extern "C" {

void entry_written(page_t p, index_t i, entry_t e) {
  // Boot, before anything ran, announces entries that let nobody execute anything.
  if (pip::host::active_machine->IsServing() && physical_memory[p][i] != e) {
    std::fputs("host: a service announces another entry than it wrote\n", stderr);
    std::abort();
  }
  pip::host::active_machine->OnEntryWritten(p, i);
}

void table_written(page_t p) { pip::host::active_machine->OnTableWritten(p); }

void load_mmu_root(std::uint32_t address) { pip::host::active_machine->OnLoadRoot(address); }

void invalidate(vaddr_t v) { pip::host::active_machine->OnInvalidate(v); }

void unreachable() {
  std::fputs("host: a service came where the proof says that nobody comes\n", stderr);
  std::abort();
}

}  // extern "C"
