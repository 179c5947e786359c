/* SPDX-License-Identifier: Apache-2.0 */
/* The primitives that the generated scheduler calls: the C reading of State.v, one small function each.
 *
 * A precondition (ACSL `requires`) is where the Gallina is undefined; the proofs in verification/schedule exclude it in
 * every call that the services make.  With EDF_CHECKED defined (host tests) a violated one ends the program.
 * The program that links the services defines `struct edf_scheduler edf_scheduler`, zero-initialised. */
#ifndef PIP_SCHEDULER_EDF_SERVICES_EDF_PRIMITIVES_H
#define PIP_SCHEDULER_EDF_SERVICES_EDF_PRIMITIVES_H

#include "edf_types.h"

#ifdef EDF_CHECKED
#include <stdlib.h>
#define EDF_REQUIRE(condition) ((condition) ? (void)0 : abort())
#else
#define EDF_REQUIRE(condition) ((void)0)
#endif

/* Sizes and constants, as in State.v. */
#define max_tasks UINT32_C(10000)
#define task_bits UINT64_C(16384)
#define key_limit (UINT64_C(1) << 50)
#define max_period (UINT64_C(1) << 40)
#define max_window (UINT64_C(1) << 48)
#define admission_rounds UINT32_C(1048576)
#define longest_promise UINT64_C(16384)
#define task_rounds max_tasks
#define heap_levels UINT32_C(16)
#define no_task UINT32_MAX
#define first_task UINT32_C(0)
#define top UINT32_C(0)
#define nothing UINT64_C(0)
#define one_slot UINT64_C(1)

/* One task and its job, in one cache line. */
struct edf_task {
  tick_t budget;
  tick_t deadline; /* relative to the release */
  tick_t period;
  tick_t rank;
  tick_t earliest; /* the earliest slot of the next release */
  tick_t due;      /* the absolute deadline of the active job */
  tick_t left;     /* what is left of its budget */
  uint8_t kind;
  bool armed;
  bool active;
};

struct edf_scheduler {
  policy_name_t policy;
  tick_t now;
  task_number_t running;
  task_number_t count;
  position_t size[2];
  position_t reported[3];
  heap_entry_t entries[2][max_tasks];
  struct edf_task tasks[max_tasks];
  task_number_t reports[3][max_tasks];
};

extern struct edf_scheduler edf_scheduler;

/* ---- tests ---- */

/*@ assigns \nothing; ensures \result == (a == b); */
static inline bool kind_eq(kind_t a, kind_t b) { return a == b; }

/*@ assigns \nothing; ensures \result == (a == b); */
static inline bool policy_eq(policy_name_t a, policy_name_t b) { return a == b; }

/* ---- entries of heaps ---- */

/*@ assigns \nothing; ensures \result == e / task_bits; */
static inline tick_t entry_key(heap_entry_t e) { return e / task_bits; }

/*@ assigns \nothing; ensures \result == e % task_bits; */
static inline task_number_t entry_task(heap_entry_t e) { return (task_number_t)(e % task_bits); }

/*@ requires key < key_limit && i < task_bits; assigns \nothing; ensures \result == key * task_bits + i; */
static inline heap_entry_t make_entry(tick_t key, task_number_t i) {
  EDF_REQUIRE(key < key_limit && i < task_bits);
  return key * task_bits + i;
}

/* ---- arithmetic ---- */

/*@ requires a + b <= UINT64_MAX; assigns \nothing; ensures \result == a + b; */
static inline tick_t tick_add(tick_t a, tick_t b) {
  EDF_REQUIRE(a <= UINT64_MAX - b);
  return a + b;
}

/*@ requires b <= a; assigns \nothing; ensures \result == a - b; */
static inline tick_t tick_sub(tick_t a, tick_t b) {
  EDF_REQUIRE(b <= a);
  return a - b;
}

/*@ requires a * b <= UINT64_MAX; assigns \nothing; ensures \result == a * b; */
static inline tick_t tick_mul(tick_t a, tick_t b) {
  EDF_REQUIRE(b == 0U || a <= UINT64_MAX / b);
  return a * b;
}

/*@ requires b != 0; assigns \nothing; ensures \result == a / b; */
static inline tick_t tick_div(tick_t a, tick_t b) {
  EDF_REQUIRE(b != 0U);
  return a / b;
}

/*@ requires i != 0; assigns \nothing; ensures \result == (i - 1) / 2; */
static inline position_t parent(position_t i) {
  EDF_REQUIRE(i != 0U);
  return (i - 1U) / 2U;
}

/*@ requires 2 * i + 1 <= UINT32_MAX; assigns \nothing; ensures \result == 2 * i + 1; */
static inline position_t left_child(position_t i) {
  EDF_REQUIRE(i <= (UINT32_MAX - 1U) / 2U);
  return 2U * i + 1U;
}

/*@ requires 2 * i + 2 <= UINT32_MAX; assigns \nothing; ensures \result == 2 * i + 2; */
static inline position_t right_child(position_t i) {
  EDF_REQUIRE(i <= (UINT32_MAX - 2U) / 2U);
  return 2U * i + 2U;
}

/*@ requires left < UINT32_MAX; assigns \nothing; ensures \result == (right ? left + 1 : left); */
static inline position_t left_or_right(bool right, position_t left) {
  EDF_REQUIRE(left < UINT32_MAX);
  return left + (position_t)right;
}

/*@ requires n < UINT32_MAX; assigns \nothing; ensures \result == n + 1; */
static inline position_t one_more(position_t n) {
  EDF_REQUIRE(n < UINT32_MAX);
  return n + 1U;
}

/*@ requires n != 0; assigns \nothing; ensures \result == n - 1; */
static inline position_t one_less(position_t n) {
  EDF_REQUIRE(n != 0U);
  return n - 1U;
}

/* ---- the clock ---- */

static inline policy_name_t get_policy(void) { return edf_scheduler.policy; }

static inline void set_policy(policy_name_t p) { edf_scheduler.policy = p; }

static inline tick_t get_now(void) { return edf_scheduler.now; }

static inline void set_now(tick_t now) { edf_scheduler.now = now; }

static inline task_number_t get_running(void) { return edf_scheduler.running; }

static inline void set_running(task_number_t i) { edf_scheduler.running = i; }

/* ---- the table of tasks ---- */

static inline task_number_t get_count(void) { return edf_scheduler.count; }

static inline void set_count(task_number_t n) { edf_scheduler.count = n; }

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].budget; */
static inline tick_t get_budget(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].budget;
}

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].deadline; */
static inline tick_t get_deadline(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].deadline;
}

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].period; */
static inline tick_t get_period(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].period;
}

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].rank; */
static inline tick_t get_rank(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].rank;
}

/*@ requires i < max_tasks;
    assigns edf_scheduler.tasks[i].budget, edf_scheduler.tasks[i].deadline, edf_scheduler.tasks[i].period,
            edf_scheduler.tasks[i].rank;
    ensures edf_scheduler.tasks[i].budget == c && edf_scheduler.tasks[i].deadline == d;
    ensures edf_scheduler.tasks[i].period == t && edf_scheduler.tasks[i].rank == r; */
static inline void set_parameters(task_number_t i, tick_t c, tick_t d, tick_t t, tick_t r) {
  EDF_REQUIRE(i < max_tasks);
  edf_scheduler.tasks[i].budget = c;
  edf_scheduler.tasks[i].deadline = d;
  edf_scheduler.tasks[i].period = t;
  edf_scheduler.tasks[i].rank = r;
}

/*@ requires i < max_tasks; assigns \nothing; */
static inline kind_t get_kind(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return (kind_t)edf_scheduler.tasks[i].kind;
}

/*@ requires i < max_tasks; assigns edf_scheduler.tasks[i].kind; */
static inline void set_kind(task_number_t i, kind_t k) {
  EDF_REQUIRE(i < max_tasks);
  edf_scheduler.tasks[i].kind = (uint8_t)k;
}

/* ---- timers ---- */

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].earliest; */
static inline tick_t get_earliest(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].earliest;
}

/*@ requires i < max_tasks; assigns edf_scheduler.tasks[i].earliest; ensures edf_scheduler.tasks[i].earliest == t; */
static inline void set_earliest(task_number_t i, tick_t t) {
  EDF_REQUIRE(i < max_tasks);
  edf_scheduler.tasks[i].earliest = t;
}

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].armed; */
static inline bool is_armed(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].armed;
}

/*@ requires i < max_tasks; assigns edf_scheduler.tasks[i].armed; ensures edf_scheduler.tasks[i].armed == b; */
static inline void set_armed(task_number_t i, bool b) {
  EDF_REQUIRE(i < max_tasks);
  edf_scheduler.tasks[i].armed = b;
}

/* ---- jobs ---- */

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].active; */
static inline bool is_active(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].active;
}

/*@ requires i < max_tasks; assigns edf_scheduler.tasks[i].active; ensures edf_scheduler.tasks[i].active == b; */
static inline void set_active(task_number_t i, bool b) {
  EDF_REQUIRE(i < max_tasks);
  edf_scheduler.tasks[i].active = b;
}

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].due; */
static inline tick_t get_due(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].due;
}

/*@ requires i < max_tasks; assigns edf_scheduler.tasks[i].due; ensures edf_scheduler.tasks[i].due == t; */
static inline void set_due(task_number_t i, tick_t t) {
  EDF_REQUIRE(i < max_tasks);
  edf_scheduler.tasks[i].due = t;
}

/*@ requires i < max_tasks; assigns \nothing; ensures \result == edf_scheduler.tasks[i].left; */
static inline tick_t get_left(task_number_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.tasks[i].left;
}

/*@ requires i < max_tasks; assigns edf_scheduler.tasks[i].left; ensures edf_scheduler.tasks[i].left == c; */
static inline void set_left(task_number_t i, tick_t c) {
  EDF_REQUIRE(i < max_tasks);
  edf_scheduler.tasks[i].left = c;
}

/* ---- heaps ---- */

/*@ requires h == READY || h == TIMERS; assigns \nothing; ensures \result == edf_scheduler.size[h]; */
static inline position_t get_size(heap_t h) { return edf_scheduler.size[h]; }

/*@ requires h == READY || h == TIMERS; assigns edf_scheduler.size[h]; ensures edf_scheduler.size[h] == n; */
static inline void set_size(heap_t h, position_t n) { edf_scheduler.size[h] = n; }

/*@ requires (h == READY || h == TIMERS) && i < max_tasks; assigns \nothing;
    ensures \result == edf_scheduler.entries[h][i]; */
static inline heap_entry_t get_entry(heap_t h, position_t i) {
  EDF_REQUIRE(i < max_tasks);
  return edf_scheduler.entries[h][i];
}

/*@ requires (h == READY || h == TIMERS) && i < max_tasks; assigns edf_scheduler.entries[h][i];
    ensures edf_scheduler.entries[h][i] == e; */
static inline void put_entry(heap_t h, position_t i, heap_entry_t e) {
  EDF_REQUIRE(i < max_tasks);
  edf_scheduler.entries[h][i] = e;
}

/* ---- reports of the current slot ---- */

/*@ requires RELEASED <= e <= SKIPPED; assigns \nothing; ensures \result == edf_scheduler.reported[e]; */
static inline position_t get_reported(event_t e) { return edf_scheduler.reported[e]; }

/*@ requires RELEASED <= e <= SKIPPED; assigns edf_scheduler.reported[e]; ensures edf_scheduler.reported[e] == n; */
static inline void set_reported(event_t e, position_t n) { edf_scheduler.reported[e] = n; }

/*@ requires RELEASED <= e <= SKIPPED && k < max_tasks; assigns \nothing;
    ensures \result == edf_scheduler.reports[e][k]; */
static inline task_number_t get_report(event_t e, position_t k) {
  EDF_REQUIRE(k < max_tasks);
  return edf_scheduler.reports[e][k];
}

/*@ requires RELEASED <= e <= SKIPPED && k < max_tasks; assigns edf_scheduler.reports[e][k];
    ensures edf_scheduler.reports[e][k] == i; */
static inline void put_report(event_t e, position_t k, task_number_t i) {
  EDF_REQUIRE(k < max_tasks);
  edf_scheduler.reports[e][k] = i;
}

#endif
