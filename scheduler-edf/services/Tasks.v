(* SPDX-License-Identifier: Apache-2.0 *)
(** * The table of tasks, and requests for jobs *)
From Pip.Edf.Services Require Export Heap.
Local Open Scope N_scope.
Local Open Scope monad_scope.

(** Arms the timer of task [i]: it releases a job in slot [at]. *)
Definition arm (i : task_number) (release_slot : tick) : Edf unit :=
  let! e := make_entry release_slot i in
  set_armed i true ;;
  heap_push TIMERS e.

(** Forgets all tasks, and starts over at slot 0. *)
Definition edf_reset (policy : policy_name) : Edf unit :=
  set_policy policy ;;
  set_now nothing ;;
  set_running no_task ;;
  set_count first_task ;;
  set_size READY top ;;
  set_size TIMERS top ;;
  set_reported RELEASED top ;;
  set_reported MISSED top ;;
  set_reported SKIPPED top.

(** Appends a task: budget, relative deadline and period, in slots; the slot of its first release (of the earliest one,
    if sporadic); and its rank, which only the policy of fixed priorities looks at.  A single job has no period.
    Checks: not started, room, budget, period, deadline, offset, rank. *)
Definition edf_add_task (k : kind) (budget deadline period offset rank : tick) : Edf scheduler_status :=
  let! now := get_now in
  if negb (now =? 0) then ret ALREADY_STARTED else
  let! i := get_count in
  if max_tasks <=? i then ret TOO_MANY_TASKS else
  let t := if kind_eq k SINGLE then max_period else period in
  if (budget =? 0) || (deadline <? budget) then ret BAD_BUDGET else
  if max_period <? t then ret BAD_PERIOD else
  if t <? deadline then ret BAD_DEADLINE else
  if max_period <? offset then ret BAD_OFFSET else
  if key_limit <=? rank then ret BAD_RANK else
  let! more := one_more i in
  set_count more ;;
  set_parameters i budget deadline t rank ;;
  set_kind i k ;;
  set_earliest i offset ;;
  set_active i false ;;
  (if kind_eq k PERIODIC || kind_eq k SINGLE then arm i offset else set_armed i false) ;;
  ret DONE.

(** Asks for a job of a sporadic task: it is released in the coming slot, or when its period allows it. *)
Definition edf_request (i : task_number) : Edf scheduler_status :=
  let! n := get_count in
  if n <=? i then ret NO_SUCH_TASK else
  let! k := get_kind i in
  if negb (kind_eq k SPORADIC) then ret NOT_SPORADIC else
  let! armed := is_armed i in
  if armed then ret ALREADY_REQUESTED else
  let! now := get_now in
  let! earliest := get_earliest i in
  arm i (if now <=? earliest then earliest else now) ;;
  ret DONE.

(** Task [i] releases no more jobs; the one that it may have in the queue stays. *)
Definition edf_stop (i : task_number) : Edf scheduler_status :=
  let! n := get_count in
  if n <=? i then ret NO_SUCH_TASK else
  set_kind i STOPPED ;;
  ret DONE.
