(* SPDX-License-Identifier: Apache-2.0 *)
(** * The function that runs: what a partition does with the services

    The partition resets the scheduler, adds tasks, and then, slot after slot, passes on the requests that came in and
    calls edf_elect.  Here this is written down as a function of the environment: which requests come, who leaves, which
    slots there are to give away.  The theorems of Main.v speak about these definitions. *)
From Coq Require Import List NArith Bool.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Sporadic.
From Pip.Edf.Services Require Import Types State Tasks Elect Admission Sharing.
From Pip.Schedule Require Import ArrayHeap Departures Represents Timers.
Local Open Scope N_scope.

(** ** Before the first slot *)

(** Memory after edf_reset and any number of edf_add_task, with any arguments; whatever was in memory before. *)
Inductive configured (policy : policy_name) : scheduler -> Prop :=
| configured_reset : forall memory s, edf_reset policy memory = Done tt s -> configured policy s
| configured_add : forall s k budget deadline period offset rank status s', configured policy s ->
    edf_add_task k budget deadline period offset rank s = Done status s' -> configured policy s'.

(** The tasks in the table. *)
Definition task_of (p : parameters) : sporadic :=
  Sporadic (N.to_nat (p_budget p)) (N.to_nat (p_deadline p)) (N.to_nat (p_period p)).

Definition tasks (s : scheduler) : list sporadic :=
  map (fun i => task_of (s_parameters s (N.of_nat i))) (seq 0 (N.to_nat (s_count s))).

(** The admission test says yes. *)
Definition admitted (s : scheduler) : Prop := exists v, edf_admit s = Done v s /\ verdict_decision v = ACCEPTED.

(** And on a processor that supplies [slots] of every [every] slots. *)
Definition admitted_shared (every slots : tick) (s : scheduler) : Prop :=
  exists v, edf_admit_shared every slots s = Done v s /\ verdict_decision v = ACCEPTED.

(** ** Slot after slot *)
Inductive request : Type := Request (i : task_number) | Stop (i : task_number).

Definition serve (r : request) : Edf scheduler_status :=
  match r with Request i => edf_request i | Stop i => edf_stop i end.

Fixpoint serve_all (rs : list request) : Edf unit :=
  match rs with [] => ret tt | r :: rest => bind (serve r) (fun _ => serve_all rest) end.

Section Run.
  Variable start : scheduler.

  (** What came in since the slot before; whether the job that had the slot before is done or has crashed; whether the
      slot is there to give away. *)
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).

  (** Slot [t]. *)
  Definition step (t : nat) : Edf task_number :=
    bind (serve_all (requests t)) (fun _ => edf_elect (leaves t) (sup t)).

  (** Memory at the start of slot [t], *)
  Fixpoint memory (t : nat) : scheduler :=
    match t with
    | O => start
    | S u => match step u (memory u) with Done _ s => s | Undefined => memory u end
    end.

  (** and what edf_elect answers in it. *)
  Definition answer (t : nat) : task_number :=
    match step t (memory t) with Done r _ => r | Undefined => no_task end.

  (** What it reports. *)
  Definition released_tasks (t : nat) : list N := tasks_in (s_released (memory (S t))).
  Definition missed_tasks (t : nat) : list N := tasks_in (s_missed (memory (S t))).
  Definition skipped_tasks (t : nat) : list N := tasks_in (s_skipped (memory (S t))).

  (** The life of the machine: 1,780 years of slots of 100 us. *)
  Definition alive (t : nat) : Prop := N.of_nat t <= last_slot.

  (** The jobs that the machine releases, *)
  Definition arrivals_of : arrivals := fun t =>
    if N.of_nat t <=? last_slot then map (job_of (memory (S t))) (released_tasks t) else [].

  (** and the schedule that it makes: the job of the elected task. *)
  Definition schedule_of : schedule := fun t =>
    if answer t =? no_task then None else Some (job_of (memory (S t)) (answer t)).

  (** The slots that a task gets. *)
  Definition share (i : task_number) : supply := fun t => answer t =? i.
End Run.

(** ** A scheduler above others

    Task [server] of the scheduler above stands for a scheduler below that is promised [slots] of every [every] slots:
    a periodic task that nobody stops, and that never leaves, even if the scheduler below has nothing to run. *)
Record serves (above : scheduler) (requests : nat -> list request) (leaves : nat -> bool) (sup : supply)
    (server : task_number) (every slots : tick) : Prop := {
  server_in_table   : server < s_count above;
  server_periodic   : s_kind above server = PERIODIC;
  server_budget     : p_budget (s_parameters above server) = slots;
  server_deadline   : p_deadline (s_parameters above server) = every;
  server_period     : p_period (s_parameters above server) = every;
  server_not_stopped: forall t, ~ In (Stop server) (requests t);
  server_stays      : forall t, answer above requests leaves sup t = server -> leaves (S t) = false }.
