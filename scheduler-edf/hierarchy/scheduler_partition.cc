// SPDX-License-Identifier: Apache-2.0
#include "scheduler-edf/hierarchy/scheduler_partition.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libpip/cpp/page.h"
#include "libpip/cpp/result.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/status.h"
#include "pip/arch/layout.h"
#include "pip/vidt.h"
#include "scheduler-edf/hierarchy/protocol.h"
#include "scheduler-edf/partition/machine.h"
#include "scheduler-edf/partition/task_protocol.h"

namespace pip::edf {
namespace {

// A task's image, tables, stack, VIDT and kernel structures take about half of this.
constexpr std::uint32_t kPagesPerTask = 64;
constexpr std::uint32_t kStackPages = 4;

}  // namespace

Status SchedulerPartition::Make(std::span<const std::byte> image, std::span<const std::byte> workload,
                                std::span<const std::byte> task_image, std::uint32_t tasks, const Information& told) {
  if (image.size() > kInformationAddress - PIP_IMAGE_ADDRESS) return Status::kOccupied;
  if (workload.size() > kTaskImageAddress - kWorkloadAddress) return Status::kOccupied;
  if (task_image.size() > kMemoryAddress - kTaskImageAddress) return Status::kOccupied;
  if (const Status status = builder_.Create(); status != Status::kDone) return status;
  Status status = builder_.LoadFlat(image, Page::Containing(PIP_IMAGE_ADDRESS));
  if (status != Status::kDone) return status;
  status = builder_.LoadFlat(workload, Page::Containing(kWorkloadAddress), Rights::kRead);
  if (status != Status::kDone) return status;
  status = builder_.LoadFlat(task_image, Page::Containing(kTaskImageAddress), Rights::kRead);
  if (status != Status::kDone) return status;
  const Page memory = Page::Containing(kMemoryAddress);
  const std::uint32_t pages = kPagesPerTask * (tasks + 1);
  for (std::uint32_t i = 0; i < pages; ++i) {
    if (const Result<Page> page = builder_.AddPage(memory + i, Rights::kAll); !page.ok()) return page.status();
  }
  const Result<Page> page = builder_.AddPage(Page::Containing(kInformationAddress), Rights::kRead);
  if (!page.ok()) return page.status();
  // The page is this partition's memory, aligned for anything.
  information_ = reinterpret_cast<Information*>(static_cast<std::uintptr_t>(page->address()));
  *information_ = told;
  information_->magic = kInformationMagic;
  information_->workload_bytes = static_cast<std::uint32_t>(workload.size());
  information_->task_image_bytes = static_cast<std::uint32_t>(task_image.size());
  information_->memory_end = (memory + pages).address();
  return builder_.PrepareStart({.stack_pages = kStackPages, .boot_information = kInformationAddress});
}

void SchedulerPartition::GiveSlot(std::uint32_t slot, std::uint32_t began, std::uint32_t misbehaviour) {
  information_->slot = slot;
  information_->slot_began = began;
  information_->misbehaviour = misbehaviour;
  ++information_->given;
}

Status SchedulerPartition::Begin() { return builder_.Yield({.save_slot = kNothingSaved}); }

bool SchedulerPartition::works() const {
  const Result<Interrupts> interrupts = InterruptsOf(builder_.descriptor());
  return interrupts.ok() && *interrupts == Interrupts::kMasked;
}

Status SchedulerPartition::Tick() {
  const std::uint32_t vector = works() ? PIP_VECTOR_SAVE_MASKED : PIP_VECTOR_TIMER;
  return builder_.Yield({.vector = vector, .save_slot = kNothingSaved});
}

Status SchedulerPartition::Resume() {
  const std::uint32_t vector = works() ? PIP_VECTOR_SAVE_MASKED : kFirstDeviceVector;
  return builder_.Yield({.vector = vector, .save_slot = kNothingSaved});
}

Status SchedulerPartition::AfterPrinting() { return builder_.Yield({.vector = kPrinted, .save_slot = kNothingSaved}); }

bool SchedulerPartition::AddCharacter(char c) {
  if (c == '\n') {
    line_[length_] = 0;
    length_ = 0;
    return true;
  }
  // Only what cannot disturb a terminal; a line that is too long is cut.
  if (length_ + 1 < line_.size()) line_[length_++] = c >= ' ' && c <= '~' ? c : '?';
  return false;
}

}  // namespace pip::edf
