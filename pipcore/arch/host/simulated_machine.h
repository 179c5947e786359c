// SPDX-License-Identifier: Apache-2.0
// A simulated x86 machine under the kernel's generated services: physical memory is an array, user mode's accesses go
// through the page tables as the processor's would, and a translation buffer notices when a service leaves it stale.
#ifndef PIPCORE_ARCH_HOST_SIMULATED_MACHINE_H_
#define PIPCORE_ARCH_HOST_SIMULATED_MACHINE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pip/layout.h"
#include "pipcore/arch/host/boot.h"
#include "pipcore/arch/host/call.h"
#include "pipcore/arch/host/machine_view.h"
#include "pipcore/arch/host/translation_buffer.h"
#include "pipcore/arch/host/user_mode.h"

namespace pip::host {

inline constexpr std::uint32_t kPage = PIP_PAGE_BYTES;

// Positions of registers in a context.
inline constexpr std::size_t kEip = 0;
inline constexpr std::size_t kPipflags = 1;
inline constexpr std::size_t kEax = 10;
inline constexpr std::size_t kValid = 11;

class SimulatedMachine : public UserMode {
 public:
  // What a machine can return to.
  struct Snapshot {
    std::vector<std::uint32_t> words;
    std::array<std::uint32_t, PIP_CONTEXT_WORDS> registers = {};
    std::uint32_t running_partition = 0;

    friend bool operator==(const Snapshot&, const Snapshot&) = default;
  };

  // Boots: the root partition runs, with this many pages of free memory.
  explicit SimulatedMachine(std::uint32_t free_pages);
  // Goes on where another machine was: its root partition runs.
  explicit SimulatedMachine(const MachineImage& image);
  ~SimulatedMachine() override;
  SimulatedMachine(const SimulatedMachine&) = delete;
  SimulatedMachine& operator=(const SimulatedMachine&) = delete;

  Answer Perform(const Call& call) override;
  std::optional<std::uint32_t> Load(std::uint32_t address) override;
  bool Store(std::uint32_t address, std::uint32_t word) override;

  // The user's registers, as the next service call finds them and the last one left them.
  std::span<std::uint32_t, PIP_CONTEXT_WORDS> Registers();

  std::uint32_t RunningPartition();
  MachineView View();
  // For tests that damage the machine on purpose.
  std::span<std::uint32_t> MutableWords();

  Snapshot Save();
  void SaveTo(Snapshot& snapshot);
  void Restore(const Snapshot& snapshot);

  // What the last service call left wrong in the translation buffer, if anything.
  const std::optional<std::string>& TranslationFault() const { return translation_fault_; }

  // How often services loaded a root table, and invalidated a page, since boot.
  std::uint64_t RootLoads() const { return root_loads_; }
  std::uint64_t Invalidations() const { return invalidations_; }

  // The frame that a root table maps at a virtual page, and its entry; nothing if none is present.
  std::optional<std::uint32_t> EntryAt(std::uint32_t descriptor_frame, std::uint32_t page);

  // What the last service call announced to the machine as written: places of words in memory, in ascending order.
  std::vector<std::uint32_t> Announced() const;

  // For the shims only.
  bool IsServing() const { return serving_; }
  void OnEntryWritten(std::uint32_t frame, std::uint32_t index);
  void OnTableWritten(std::uint32_t frame);
  void OnLoadRoot(std::uint32_t address);
  void OnInvalidate(std::uint32_t page);

 private:
  void Activate();
  void Start(const BootedMachine& booted);
  std::size_t WordCount() const { return static_cast<std::size_t>(frames_) * PIP_TABLE_SIZE; }
  std::uint32_t* Translate(std::uint32_t address, bool write);
  void CheckTranslationBuffer(const Call& call);

  std::vector<std::uint32_t> parked_words_;  // while another machine is active
  std::array<std::uint32_t, PIP_CONTEXT_WORDS> parked_registers_ = {};
  std::uint32_t parked_running_partition_ = 0;
  std::uint32_t frames_ = 0;
  std::uint32_t root_partition_ = 0;
  std::uint32_t root_pages_ = 0;
  std::uint32_t mmu_root_address_ = 0;
  TranslationBuffer translation_buffer_;
  std::optional<std::string> translation_fault_;
  std::vector<std::uint32_t> announced_entries_;  // places of words
  std::vector<std::uint32_t> announced_tables_;   // frames
  bool serving_ = false;
  std::uint64_t root_loads_ = 0;
  std::uint64_t invalidations_ = 0;
};

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_SIMULATED_MACHINE_H_
