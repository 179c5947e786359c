// SPDX-License-Identifier: Apache-2.0
#include "scheduler-edf/partition/task_partition.h"

#include <cstddef>
#include <cstdint>

#include "libpip/cpp/page.h"
#include "libpip/cpp/result.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/status.h"
#include "libpip/cpp/vidt.h"
#include "pip/arch/layout.h"
#include "pip/context.h"
#include "pip/vidt.h"
#include "scheduler-edf/partition/task_protocol.h"

namespace pip::edf {
namespace {

// Behind the job, in the same page: the context with which a job starts.
constexpr std::uint32_t kStartOffset = kPageBytes - PIP_CONTEXT_BYTES;
// At the top of the stack: where the kernel saves the registers of an interrupted job.
constexpr std::uint32_t kInterrupted = PIP_STACK_PAGE_ADDRESS + kPageBytes - PIP_CONTEXT_BYTES;

// The image must end before the page of the job.
constexpr std::size_t kImageBytesMax = kJobAddress - PIP_IMAGE_ADDRESS;

}  // namespace

bool TaskPartition::too_large() const { return image_.size() > kImageBytesMax; }

Status TaskPartition::Make() {
  if (too_large()) return Status::kOccupied;
  if (const Status status = builder_.Create(); status != Status::kDone) return status;
  if (const Status status = builder_.LoadFlat(image_, Page::Containing(PIP_IMAGE_ADDRESS)); status != Status::kDone) {
    return status;
  }
  const Result<Page> job = builder_.AddPage(Page::Containing(kJobAddress), Rights::kRead);
  if (!job.ok()) return job.status();
  const Result<Page> stack = builder_.AddPage(Page::Containing(PIP_STACK_PAGE_ADDRESS), Rights::kReadWrite);
  if (!stack.ok()) return stack.status();
  const Result<Page> vidt_page = builder_.AddPage(Page::Containing(PIP_VIDT_ADDRESS), Rights::kRead);
  if (!vidt_page.ok()) return vidt_page.status();

  job_page_ = *job;
  Vidt vidt(*vidt_page);
  vidt.Set(PIP_VECTOR_INITIAL, kJobAddress + kStartOffset);
  vidt.Set(PIP_VECTOR_SAVE_MASKED, kInterrupted);
  vidt.Set(PIP_VECTOR_SAVE_UNMASKED, kInterrupted);
  return Status::kDone;
}

Status TaskPartition::RenewIfCondemned() {
  if (!condemned_) return Status::kDone;
  if (const Status status = Unmake(); status != Status::kDone) return status;
  condemned_ = false;
  return Make();
}

void TaskPartition::Begin(const Job& job) {
  // The page is this partition's memory; the job at its beginning and the context at its end lie in it whole.
  *reinterpret_cast<Job*>(static_cast<std::uintptr_t>(job_page_->address())) = job;
  auto* const start = reinterpret_cast<user_ctx_t*>(static_cast<std::uintptr_t>(job_page_->address() + kStartOffset));
  pip_context_initialise(start, PIP_IMAGE_ADDRESS, kInterrupted, 0);
  pip_context_set_boot_information(start, kJobAddress);
  begins_ = true;
}

Status TaskPartition::Run(Interrupts while_away) {
  const std::uint32_t vector = begins_ ? PIP_VECTOR_INITIAL : PIP_VECTOR_SAVE_MASKED;
  begins_ = false;
  return builder_.Yield({.vector = vector, .save_slot = kNothingSaved, .while_away = while_away});
}

}  // namespace pip::edf
