// SPDX-License-Identifier: Apache-2.0
// What the tests over a scene have in common.
#ifndef PIPCORE_ARCH_HOST_SCENE_TEST_H_
#define PIPCORE_ARCH_HOST_SCENE_TEST_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>

#include "pipcore/arch/host/boot.h"
#include "pipcore/arch/host/scene.h"

namespace pip::host {

class SceneTest : public testing::Test {
 protected:
  Answer Do(Service service, std::initializer_list<std::uint32_t> arguments) {
    return machine.Perform({service, arguments});
  }
  pip_status_t Status(Service service, std::initializer_list<std::uint32_t> arguments) {
    return Do(service, arguments).status;
  }
  // Of the page at an address of the running partition; 0 if nothing is mapped there.
  std::uint32_t Entry(std::uint32_t address) {
    return machine.Machine().EntryAt(machine.View().running_partition, address / kPage).value_or(0) & ~kHardwareBits;
  }
  std::uint32_t Frame(std::uint32_t address) { return Entry(address) / kPage; }
  std::uint32_t Rights(std::uint32_t address) { return Entry(address) % kPage; }
  // The word at an address, which must be readable.
  std::uint32_t Word(std::uint32_t address) { return machine.Load(address).value(); }
  bool IsCleared(std::uint32_t address) {
    const auto words = machine.View().Frame(Frame(address));
    return std::ranges::all_of(words, [](std::uint32_t word) { return word == 0; });
  }
  std::uint32_t Register(std::size_t i) { return machine.Machine().Registers()[i]; }
  // Whether all that is no structure of a partition holds the same words as before.
  bool UserDataIs(const SimulatedMachine::Snapshot& before) {
    const MachineView now = machine.View();
    for (std::uint32_t frame = 0; frame < now.frames; ++frame) {
      const auto then = std::span(before.words).subspan(frame * std::size_t{PIP_TABLE_SIZE}, PIP_TABLE_SIZE);
      if (machine.Structure().use[frame] == Use::kNone && !std::ranges::equal(now.Frame(frame), then)) {
        return false;
      }
    }
    return true;
  }
  void EnterChildPartition() { ASSERT_TRUE(EnterChild(machine, scene.child.descriptor)); }

  Scene scene;
  LockStep& machine = scene.machine;
};

inline constexpr std::uint32_t kReadOnly = PIP_ENTRY_PRESENT | PIP_ENTRY_USER;
inline constexpr std::uint32_t kHidden = PIP_ENTRY_PRESENT | PIP_ENTRY_WRITABLE | PIP_ENTRY_EXECUTABLE;
inline constexpr std::uint32_t kEveryRight = kHidden | PIP_ENTRY_USER;

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_SCENE_TEST_H_
