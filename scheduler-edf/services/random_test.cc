// SPDX-License-Identifier: Apache-2.0
// The generated services on random task sets, with their preconditions checked, against references written
// independently: demand by listing jobs, supply by counting slots, overheads by running time forward.
//
// RapidCheck's environment variable RC_PARAMS says how many sets (see pipcore/arch/host/random_test.cc).
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <ostream>
#include <vector>

// Last, since they define short names.
extern "C" {
#include "edf_primitives.h"
#include "edf_services.h"

struct edf_scheduler edf_scheduler;
}

namespace pip::edf {
namespace {

struct RandomTask {
  kind_t kind;
  tick_t budget;
  tick_t deadline;
  tick_t period;
};

struct Promise {
  tick_t every;
  tick_t slots;
};

std::ostream& operator<<(std::ostream& out, const RandomTask& task) {
  return out << "{kind " << task.kind << " budget " << task.budget << " deadline " << task.deadline << " period "
             << task.period << "}";
}

std::ostream& operator<<(std::ostream& out, const Promise& promise) {
  return out << promise.slots << " of " << promise.every;
}

// Divides all periods below.
constexpr tick_t kHyperperiod = 48;

tick_t Below(tick_t limit) { return *rc::gen::inRange<tick_t>(0, limit); }

RandomTask SomeTask(tick_t largest_budget) {
  const kind_t kind = *rc::gen::element(PERIODIC, SPORADIC);
  const tick_t period = *rc::gen::elementOf(std::vector<tick_t>{4, 6, 8, 12, 16, 24, 48});
  const tick_t budget = 1 + Below(std::min(period, largest_budget));
  return {kind, budget, budget + Below(period - budget + 1), period};
}

std::vector<RandomTask> SomeTasks(std::size_t most, tick_t largest_budget) {
  return *rc::gen::exec([=] {
    std::vector<RandomTask> tasks(1 + Below(most));
    for (RandomTask& task : tasks) task = SomeTask(largest_budget);
    return tasks;
  });
}

Promise SomePromise() {
  return *rc::gen::exec([] {
    const tick_t every = 1 + Below(12);
    return Promise{every, 1 + Below(every)};
  });
}

void Configure(const std::vector<RandomTask>& tasks, tick_t offset = 0) {
  edf_reset(EARLIEST_DEADLINE_FIRST);
  for (const RandomTask& task : tasks) {
    RC_ASSERT(edf_add_task(task.kind, task.budget, task.deadline, task.period, offset, 0) == DONE);
  }
}

// ---- references ----

// The budgets of all jobs that are released and due in an interval of that length, if all tasks begin at its start.
tick_t Demand(const std::vector<RandomTask>& tasks, tick_t length) {
  tick_t sum = 0;
  for (const RandomTask& task : tasks) {
    for (tick_t release = 0; release + task.deadline <= length; release += task.period) sum += task.budget;
  }
  return sum;
}

// The worst that a promise allows: at once in the first period, at the end of all others.
bool WorstSupply(const Promise& promise, tick_t slot) {
  const bool early = slot < promise.slots;
  const bool late = slot >= promise.every && slot % promise.every >= promise.every - promise.slots;
  return early || late;
}

// What an interval of that length gets at least: the least of all intervals in the first periods of the worst supply.
tick_t LeastSupply(const Promise& promise, tick_t length) {
  tick_t least = length;
  for (tick_t start = 0; start <= 2 * promise.every; ++start) {
    tick_t sum = 0;
    for (tick_t slot = start; slot < start + length; ++slot) sum += WorstSupply(promise, slot) ? 1 : 0;
    least = std::min(least, sum);
  }
  return least;
}

// Whether the demand fits the supply in every length. Both repeat themselves after a common period.
bool Fits(const std::vector<RandomTask>& tasks, const Promise& promise) {
  const tick_t common = std::lcm(kHyperperiod, promise.every);
  tick_t work = 0;
  for (const RandomTask& task : tasks) work += task.budget * (common / task.period);
  if (work * promise.every > common * promise.slots) return false;
  // The supply from where the worst interval begins, as it grows.
  tick_t supply = 0;
  for (tick_t length = 1; length <= common + kHyperperiod + 2 * promise.every; ++length) {
    supply += WorstSupply(promise, promise.slots + length - 1) ? 1 : 0;
    if (Demand(tasks, length) > supply) return false;
  }
  return true;
}

// ---- a run ----

// Requests sporadic jobs: always, or now and then.
void Request(const std::vector<RandomTask>& tasks, bool always) {
  for (task_number_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].kind == SPORADIC && (always || Below(3) == 0)) (void)edf_request(i);
  }
}

// Those of some random tasks that are admitted together.
template <typename Random, typename Admitted>
std::vector<RandomTask> AdmittedTasks(Random random, Admitted admitted) {
  std::vector<RandomTask> tasks;
  for (int trial = 0; trial < 5; ++trial) {
    tasks.push_back(random());
    Configure(tasks);
    if (!admitted()) tasks.pop_back();
  }
  Configure(tasks);
  RC_ASSERT(admitted());
  return tasks;
}

TEST(Services, AdmissionIsExact) {
  EXPECT_TRUE(rc::check("edf_admit accepts exactly the sets whose demand fits", [] {
    const std::vector<RandomTask> tasks = SomeTasks(6, 6);
    Configure(tasks);
    const verdict_t verdict = edf_admit();
    RC_TAG(verdict.verdict_decision == ACCEPTED);
    RC_ASSERT(verdict.verdict_decision == (Fits(tasks, {1, 1}) ? ACCEPTED : OVERLOADED));
    if (verdict.verdict_decision != OVERLOADED) return;
    RC_ASSERT(verdict.verdict_demand > verdict.verdict_length);
    RC_ASSERT(verdict.verdict_demand == demand_bound(verdict.verdict_length));
  }));
}

TEST(Services, SharedAdmissionIsExact) {
  EXPECT_TRUE(rc::check("edf_admit_shared accepts exactly the sets whose demand fits the promise", [] {
    const std::vector<RandomTask> tasks = SomeTasks(3, 3);
    const Promise promise = SomePromise();
    Configure(tasks);
    const verdict_t verdict = edf_admit_shared(promise.every, promise.slots);
    RC_TAG(verdict.verdict_decision == ACCEPTED);
    RC_ASSERT(verdict.verdict_decision == (Fits(tasks, promise) ? ACCEPTED : OVERLOADED));
    if (verdict.verdict_decision != OVERLOADED) return;
    RC_ASSERT(verdict.verdict_demand == demand_bound(verdict.verdict_length));
    RC_ASSERT(verdict.verdict_demand > supply_bound(promise.every, promise.slots, verdict.verdict_length));
  }));
}

TEST(Services, BoundsAreWhatIsCounted) {
  EXPECT_TRUE(rc::check("demand_bound and supply_bound", [] {
    const std::vector<RandomTask> tasks = SomeTasks(6, 6);
    const Promise promise = SomePromise();
    const tick_t length = Below(100);
    Configure(tasks);
    RC_ASSERT(demand_bound(length) == Demand(tasks, length));
    RC_ASSERT(supply_bound(promise.every, promise.slots, length) == LeastSupply(promise, length));
  }));
}

TEST(Services, RefusedSetsMissOnTheWorstSupply) {
  EXPECT_TRUE(rc::check("a set that does not fit its promise misses a deadline", [] {
    const std::vector<RandomTask> tasks = SomeTasks(3, 3);
    const Promise promise = SomePromise();
    Configure(tasks, promise.slots);
    const verdict_t verdict = edf_admit_shared(promise.every, promise.slots);
    RC_PRE(verdict.verdict_decision == OVERLOADED);
    const tick_t horizon = 4 * std::lcm(kHyperperiod, promise.every) * (kHyperperiod + promise.every);
    bool missed = false;
    for (tick_t slot = 0; slot < horizon && !missed; ++slot) {
      if (slot >= promise.slots) Request(tasks, true);
      (void)edf_elect(false, WorstSupply(promise, slot));
      missed = get_reported(MISSED) != 0;
    }
    RC_ASSERT(missed);
  }));
}

TEST(Services, HierarchyMissesNothing) {
  EXPECT_TRUE(rc::check("admitted schedulers under an admitted root", [] {
    const std::vector<RandomTask> servers = AdmittedTasks(
        [] {
          const tick_t every = *rc::gen::elementOf(std::vector<tick_t>{4, 6, 8, 12});
          return RandomTask{PERIODIC, 1 + Below(every), every, every};
        },
        [] { return edf_admit().verdict_decision == ACCEPTED; });
    // The schedulers below begin in the middle of things.
    const tick_t first = Below(20);
    std::vector<task_number_t> elected(first + 200);
    for (task_number_t& server : elected) {
      server = edf_elect(false, true);
      RC_ASSERT(get_reported(MISSED) == 0U);
    }
    for (task_number_t server = 0; server < servers.size(); ++server) {
      const tick_t every = servers[server].period;
      const tick_t slots = servers[server].budget;
      const std::vector<RandomTask> tasks = AdmittedTasks(
          [] { return SomeTask(4); }, [=] { return edf_admit_shared(every, slots).verdict_decision == ACCEPTED; });
      RC_CLASSIFY(tasks.size() > 1, "several tasks below");
      // Each job may leave early.
      bool departed = false;
      for (tick_t slot = first; slot < elected.size(); ++slot) {
        Request(tasks, false);
        const task_number_t job = edf_elect(departed, elected[slot] == server);
        RC_ASSERT(get_reported(MISSED) == 0U);
        departed = job != no_task && Below(4) == 0;
      }
    }
  }));
}

// A few numbers, and what is near the limits of the type and of the services.
tick_t AnyNumber() {
  const tick_t near = *rc::gen::element<tick_t>(0, 0, 0, 1000, max_period, max_window, key_limit, UINT64_MAX - 4);
  return near + Below(5) - (near == 0 ? 0 : 2);
}

TEST(Services, BudgetsHaveRoomForTheWork) {
  EXPECT_TRUE(rc::check("edf_overhead and edf_budget_for", [] {
    const tick_t tick_cost = Below(4);
    const tick_t switch_cost = Below(4);
    const tick_t fault_cost = Below(4);
    const tick_t slot = Below(16);
    const tick_t work = Below(64);
    const tick_t overhead = edf_overhead(tick_cost, switch_cost, fault_cost);
    // Time runs: in each slot the scheduler first, then the job.
    tick_t done = 0;
    tick_t slots = 0;
    for (; slots < 100 && done < work; ++slots) {
      for (tick_t unit = tick_cost + switch_cost + fault_cost; unit < slot; ++unit) ++done;
    }
    RC_ASSERT(edf_budget_for(work, slot, overhead) == (done < work ? 0U : slots));
  }));
}

TEST(Services, DeadlinesComeInTime) {
  EXPECT_TRUE(rc::check("edf_deadline_for and edf_period_for", [] {
    const kind_t kind = *rc::gen::element(PERIODIC, SPORADIC, SINGLE);
    const tick_t slot = 1 + Below(12);
    const tick_t time = Below(100);
    const tick_t event = kind == SPORADIC ? Below(50) : slot * Below(5);
    tick_t begin = 0;
    tick_t release = 0;
    for (; begin < event; begin += slot) ++release;
    const tick_t deadline = edf_deadline_for(kind, time, slot);
    if (deadline != 0) RC_ASSERT((release + deadline) * slot <= event + time);
    // No later deadline would do for every event.
    RC_ASSERT((deadline + (kind == SPORADIC ? 2U : 1U)) * slot > time);
    const tick_t period = edf_period_for(kind, time, slot);
    RC_ASSERT(period == (kind == SPORADIC || time % slot == 0 ? time / slot : 0U));
  }));
}

TEST(Services, AnyNumbersHaveAnAnswer) {
  EXPECT_TRUE(rc::check("no precondition fails, whatever the arguments", [] {
    Configure(SomeTasks(3, 3));
    const tick_t a = AnyNumber();
    const tick_t b = AnyNumber();
    const tick_t c = AnyNumber();
    const kind_t kind = *rc::gen::element(PERIODIC, SPORADIC, SINGLE, STOPPED);
    RC_ASSERT(edf_overhead(a, b, c) == (std::max({a, b, c}) >= key_limit ? key_limit : a + b + c));
    const tick_t budget = edf_budget_for(a, b, c);
    if (budget != 0) RC_ASSERT(c < b && budget <= a);
    RC_ASSERT(edf_deadline_for(kind, a, b) <= a);
    RC_ASSERT(edf_period_for(kind, a, b) <= a);
    RC_ASSERT(supply_bound(a, b, c) <= c);
    const verdict_t verdict = edf_admit_shared(a, b);
    if (b == 0 || a < b) RC_ASSERT(verdict.verdict_decision == UNDECIDED);
    (void)edf_add_task(kind, a, b, c, a, b);
    RC_ASSERT(edf_admit().verdict_decision <= UNDECIDED);
  }));
}

}  // namespace
}  // namespace pip::edf
