// SPDX-License-Identifier: Apache-2.0
//
// A scheduler as a child partition: made, told about its slots, run.
//
// The root touches no page that the child can write once the child has begun: it might have become a kernel structure.
#ifndef PIP_SCHEDULER_EDF_HIERARCHY_SCHEDULER_PARTITION_H_
#define PIP_SCHEDULER_EDF_HIERARCHY_SCHEDULER_PARTITION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/status.h"
#include "scheduler-edf/hierarchy/protocol.h"
#include "scheduler-edf/partition/line.h"

namespace pip::edf {

enum class SchedulerState {
  kStarting,
  kServing,
  kKept,     // its last word: it kept its promises
  kBroken,   // its last word: it did not
  kCrashed,  // it faulted
  kSilent,   // it had no last word in time
};

class SchedulerPartition {
 public:
  explicit SchedulerPartition(PageAllocator allocator) : builder_(allocator) {}

  // Makes the child: image, stack, VIDT, what it reads, and memory for that many tasks. `told` says the rest.
  Status Make(std::span<const std::byte> image, std::span<const std::byte> workload,
              std::span<const std::byte> task_image, std::uint32_t tasks, const Information& told);

  // It has the slot now.
  void GiveSlot(std::uint32_t slot, std::uint32_t began, std::uint32_t misbehaviour);

  // Starts it. This one and the next three come back only when the kernel refuses.
  Status Begin();
  // A slot begins, if it waits for one; if it was interrupted while it worked, it goes on and will see for itself.
  Status Tick();
  // It goes on as if nothing had been: where it stands, or, if it gave a task the processor, at the entry of a device.
  Status Resume();
  // Whether it is in the middle of its own work: masked.
  bool works() const;
  // Goes on where it printed a character.
  Status AfterPrinting();

  // Adds a character that it printed. True when that completes a line.
  bool AddCharacter(char c);
  // The last complete line.
  const char* line() const { return line_.data(); }

  SchedulerState state = SchedulerState::kStarting;
  std::uint32_t vector = 0;  // that ended it, if it crashed
  bool told_to_misbehave = false;

 private:
  ChildBuilder builder_;
  Information* information_ = nullptr;
  std::array<char, 160> line_{};
  std::size_t length_ = 0;
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_HIERARCHY_SCHEDULER_PARTITION_H_
