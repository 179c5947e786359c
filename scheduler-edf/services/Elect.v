(* SPDX-License-Identifier: Apache-2.0 *)
(** * edf_elect: one step per slot

    The array form of scheduler-edf/model/Queue.v.  A slot in which nothing arrives and nothing ends costs the same
    whatever the number of jobs; an arrival or a departure costs one way through a heap. *)
From Pip.Edf.Services Require Export Heap Policy.
Local Open Scope N_scope.
Local Open Scope monad_scope.

Definition report (e : event) (i : task_number) : Edf unit :=
  let! n := get_reported e in
  put_report e n i ;;
  let! more := one_more n in
  set_reported e more.

(** Takes the job of task [i], which is on top, out of the queue. *)
Definition remove_top (i : task_number) : Edf unit :=
  set_active i false ;;
  heap_pop READY.

(** Removes the head if it had the slot before and has left, or if it has no budget left. *)
Definition retire (departed : bool) : Edf unit :=
  let! n := get_size READY in
  if n =? 0 then ret tt else
  let! e := get_entry READY top in
  let i := entry_task e in
  let! running := get_running in
  let! unspent := get_left i in
  if departed && negb (running =? no_task) || (unspent =? 0) then remove_top i else ret tt.

(** Drops and reports heads whose deadline has come. *)
Fixpoint drop_late (fuel : nat) (now : tick) : Edf unit :=
  match fuel with
  | O => ret tt
  | S less =>
    let! n := get_size READY in
    if n =? 0 then ret tt else
    let! e := get_entry READY top in
    let i := entry_task e in
    let! due := get_due i in
    if now <? due then ret tt else
    report MISSED i ;;
    remove_top i ;;
    drop_late less now
  end.

(** Releases a job of task [i], unless the one before is still queued. *)
Definition release_job (i : task_number) (now : tick) : Edf unit :=
  let! active := is_active i in
  if active then report SKIPPED i else
  let! budget := get_budget i in
  let! deadline := get_deadline i in
  let! due := tick_add now deadline in
  set_left i budget ;;
  set_due i due ;;
  set_active i true ;;
  let! key := job_key i due in
  let! e := make_entry key i in
  heap_push READY e ;;
  report RELEASED i.

(** The timer of task [i], which is on top, has run out: sets it to the next period, or removes it. *)
Definition rearm (i : task_number) (k : kind) (now : tick) : Edf unit :=
  let! period := get_period i in
  let! next := tick_add now period in
  set_earliest i next ;;
  if kind_eq k PERIODIC then
    let! e := make_entry next i in
    heap_replace TIMERS e
  else
    set_armed i false ;;
    heap_pop TIMERS.

(** Releases the jobs whose timers have run out. *)
Fixpoint release_due (fuel : nat) (now : tick) : Edf unit :=
  match fuel with
  | O => ret tt
  | S less =>
    let! n := get_size TIMERS in
    if n =? 0 then ret tt else
    let! e := get_entry TIMERS top in
    if now <? entry_key e then ret tt else
    let i := entry_task e in
    let! k := get_kind i in
    rearm i k now ;;
    (if kind_eq k STOPPED then ret tt else release_job i now) ;;
    release_due less now
  end.

(** Gives the slot to the head of the queue, which pays for it. *)
Definition dispatch : Edf task_number :=
  let! n := get_size READY in
  if n =? 0 then
    set_running no_task ;;
    ret no_task
  else
    let! e := get_entry READY top in
    let i := entry_task e in
    let! unspent := get_left i in
    let! rest := tick_sub unspent one_slot in
    set_left i rest ;;
    set_running i ;;
    ret i.

(** The start of a slot: who has it, or [no_task].  [departed] says that the job that had the slot before is done or has
    crashed; [supplied], that this slot is the scheduler's to give (always, unless something above shares out the
    processor). *)
Definition edf_elect (departed supplied : bool) : Edf task_number :=
  let! now := get_now in
  set_reported RELEASED top ;;
  set_reported MISSED top ;;
  set_reported SKIPPED top ;;
  retire departed ;;
  drop_late task_rounds now ;;
  release_due task_rounds now ;;
  let! next := tick_add now one_slot in
  set_now next ;;
  if supplied then dispatch else
  set_running no_task ;;
  ret no_task.
