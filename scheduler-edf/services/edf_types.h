/* SPDX-License-Identifier: Apache-2.0 */
/* The types of the scheduler's services: the C reading of Types.v.  Times are in slots, absolute times count from the
 * first slot. */
#ifndef PIP_SCHEDULER_EDF_SERVICES_EDF_TYPES_H
#define PIP_SCHEDULER_EDF_SERVICES_EDF_TYPES_H

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t tick_t;        /* a point in time or a number of slots */
typedef uint32_t task_number_t; /* a position in the table of tasks, or no_task */
typedef uint32_t position_t;    /* a position in a heap or a list of reports, or a number of them */
typedef uint64_t heap_entry_t;  /* key and task of an entry of a heap, ordered as a number */

/* The heaps: jobs that want the processor, by policy; tasks that will release a job, by time. */
typedef enum { READY, TIMERS } heap_t;

/* What happened in a slot: a job was released; a job was dropped without having had its budget by its deadline; a job
 * was not released since the one before is still queued (never under EDF). */
typedef enum { RELEASED, MISSED, SKIPPED } event_t;

/* How a task releases its jobs: every period; on request; once; not any more. */
typedef enum { PERIODIC, SPORADIC, SINGLE, STOPPED } kind_t;

typedef enum { EARLIEST_DEADLINE_FIRST, FIXED_PRIORITY } policy_name_t;

/* What the requests answer; Types.v says when. */
typedef enum {
  DONE,
  TOO_MANY_TASKS,
  ALREADY_STARTED,
  BAD_BUDGET,
  BAD_DEADLINE,
  BAD_PERIOD,
  BAD_OFFSET,
  BAD_RANK,
  NO_SUCH_TASK,
  NOT_SPORADIC,
  ALREADY_REQUESTED
} scheduler_status_t;

/* The verdict of the admission test; for OVERLOADED, the length of an interval and the demand in it, which is more. */
typedef enum { ACCEPTED, OVERLOADED, UNDECIDED } decision_t;

typedef struct {
  decision_t verdict_decision;
  tick_t verdict_length;
  tick_t verdict_demand;
} verdict_t;

#endif
