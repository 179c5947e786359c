// SPDX-License-Identifier: Apache-2.0
#include "scheduler-edf/simulator/simulate.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/partition/session.h"
#include "scheduler-edf/workloads/image.h"

namespace pip::edf {
namespace {

// The jobs of a task: how many ticks the current one has had.
class Jobs {
 public:
  explicit Jobs(const WorkloadImage& image) : image_(image), ticks_(image.task_count()) {}

  // The elected job has a tick; what is to be said of it afterwards.
  Outcome Run(const Election& election) {
    if (election.idle) return Outcome::kRunning;
    std::uint64_t& ticks = ticks_[election.task];
    ticks = election.first_tick ? 1 : ticks + 1;
    const Task task = image_.task(election.task);
    const std::uint64_t tick = image_.tick_microseconds();
    if (ticks * tick < task.compute_microseconds) return Outcome::kRunning;
    switch (task.BehaviourOf(election.job)) {
      case Misbehaviour::kNone:
        return Outcome::kDone;
      case Misbehaviour::kOverrun:
        return Outcome::kRunning;
      case Misbehaviour::kCrash:
      case Misbehaviour::kAttack:
        return Outcome::kCrashed;
    }
    return Outcome::kRunning;
  }

 private:
  const WorkloadImage& image_;
  std::vector<std::uint64_t> ticks_;
};

}  // namespace

bool Simulate(const WorkloadImage& image, const Output& output) {
  const auto session = std::make_unique<Session>();
  session->Begin(image, output);
  session->Admit();
  Jobs jobs(image);
  Outcome last = Outcome::kRunning;
  while (session->may_run() && !session->over()) {
    const Election election = session->Elect(last);
    last = jobs.Run(election);
    if (last == Outcome::kCrashed && image.task(election.task).stops_after_crash) session->Stop(election.task);
  }
  Line verdict;
  const bool kept = session->Finish(last, verdict);
  Line line;
  (line << (kept ? "PASS " : "FAIL ") << verdict.text()).WriteTo(output);
  return kept;
}

}  // namespace pip::edf
