// SPDX-License-Identifier: Apache-2.0
//
// A task as a child partition: made, given a job, run, made anew after a crash.
//
// A child is not trusted with anything that the scheduler needs: it can only read the pages that the scheduler writes
// (its VIDT, and the page with its job and its first context), so it cannot make kernel structures of them either, and
// the scheduler never touches a page that the child can write.
#ifndef PIP_SCHEDULER_EDF_PARTITION_TASK_PARTITION_H_
#define PIP_SCHEDULER_EDF_PARTITION_TASK_PARTITION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/status.h"
#include "scheduler-edf/partition/task_protocol.h"

namespace pip::edf {

class TaskPartition {
 public:
  TaskPartition(PageAllocator allocator, std::span<const std::byte> image) : builder_(allocator), image_(image) {}

  // The image does not end before the page of the job.
  bool too_large() const;
  // Makes the child: tables, image, stack, VIDT, the page of its jobs.
  Status Make();
  // Takes the child away, with whatever it made of its pages.
  Status Unmake() { return builder_.Destroy(); }

  // After a crash, what the child made of its memory is not to be trusted: it is made anew before its next job begins.
  void Condemn() { condemned_ = true; }
  Status RenewIfCondemned();

  // The next yield starts this job.
  void Begin(const Job& job);
  // Starts the job, or resumes it where a tick stopped it. Comes back only when the kernel refuses. `while_away` is the
  // caller's interrupt state then, which tells a parent of the caller whether to disturb it.
  Status Run(Interrupts while_away = Interrupts::kMasked);

 private:
  ChildBuilder builder_;
  std::span<const std::byte> image_;
  std::optional<Page> job_page_;
  bool begins_ = true;
  bool condemned_ = false;
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_TASK_PARTITION_H_
