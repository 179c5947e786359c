(* SPDX-License-Identifier: Apache-2.0 *)
(** * The types that the scheduler's services and C share

    Every number is an [N]; the aliases say what it counts and become C types of the same name ([tick] is [tick_t]).
    Proofs unfold the aliases first, so that arithmetic tactics see [N]. *)
From Coq Require Export NArith.
Local Open Scope N_scope.

(** A point in time or a number of slots, 64 bits; the key of a job. *)
Definition tick : Type := N.
(** The number of a task, its position in the table. *)
Definition task_number : Type := N.
(** A position in a heap or in a list of reports, or a number of them. *)
Definition position : Type := N.
(** An entry of a heap: a key and the task that it belongs to, in one 64-bit number, ordered first by key and then by
    task. *)
Definition heap_entry : Type := N.

(** The two heaps: jobs that want the processor, by policy; and tasks that will release a job, by time. *)
Inductive heap : Type := READY | TIMERS.

(** What happened in a slot; each kind of event has a list of tasks. *)
Inductive event : Type :=
| RELEASED       (**  a job was released *)
| MISSED         (**  a job was dropped at its deadline, or later, without having had its budget *)
| SKIPPED.       (**  a job was not released, since the one before it is still queued (never under EDF) *)

(** How a task releases its jobs. *)
Inductive kind : Type :=
| PERIODIC       (**  one job every period *)
| SPORADIC       (**  a job on request, at least a period after the one before *)
| SINGLE         (**  one job in all *)
| STOPPED.       (**  none any more *)

Inductive policy_name : Type := EARLIEST_DEADLINE_FIRST | FIXED_PRIORITY.

(** What the requests answer. *)
Inductive scheduler_status : Type :=
| DONE
| TOO_MANY_TASKS          (**  1: the table is full *)
| ALREADY_STARTED         (**  2: tasks are added before the first slot *)
| BAD_BUDGET              (**  3: zero, or more than the relative deadline *)
| BAD_DEADLINE            (**  4: more than the period *)
| BAD_PERIOD              (**  5: more than the longest period *)
| BAD_OFFSET              (**  6: more than the longest period *)
| BAD_RANK                (**  7: more than the largest rank *)
| NO_SUCH_TASK            (**  8 *)
| NOT_SPORADIC            (**  9: only sporadic tasks release jobs on request *)
| ALREADY_REQUESTED.      (** 10: the job requested before is not released yet *)

(** ** The verdict of the admission test *)
Inductive decision : Type :=
| ACCEPTED       (**  no deadline will ever be missed *)
| OVERLOADED     (**  some legal sequence of releases misses a deadline *)
| UNDECIDED.     (**  the test would take too long: do not rely on these tasks *)

(** For [OVERLOADED]: the length of an interval, and what the tasks can demand in it, which is more. *)
Record verdict : Type := Verdict { verdict_decision : decision; verdict_length : tick; verdict_demand : tick }.
