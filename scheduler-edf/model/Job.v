(* SPDX-License-Identifier: Apache-2.0 *)
(** * Jobs, schedules, service and demand

    The vocabulary of the scheduling theory.  Time is divided into slots, numbered from 0; a job asks for a number of
    slots; a schedule says which job has each slot.  Nothing here depends on a policy. *)
From Coq Require Import List Arith Bool.
Import ListNotations.

(** A job: the task that it belongs to, the slot at whose start it is released, how many slots it may use at most,
    and its absolute deadline, the slot before whose start it must be done. *)
Record job : Type := Job { task : nat; release : nat; budget : nat; deadline : nat }.

Definition job_eq_dec (j k : job) : {j = k} + {j <> k}.
Proof. decide equality; apply Nat.eq_dec. Defined.

(** The jobs that are released in each slot; there may be infinitely many in all. *)
Definition arrivals : Type := nat -> list job.

(** Job [j] is one of the arrivals. *)
Definition released (arr : arrivals) (j : job) : Prop := In j (arr (release j)).

(** What every arrival sequence satisfies: jobs ask for something, have time to get it, and a task releases at most
    one of them in a slot.  (Jobs that have nothing in common are jobs of different tasks.) *)
Record well_formed (arr : arrivals) : Prop := {
  arrival_is_release : forall t j, In j (arr t) -> release j = t;
  budget_is_positive : forall j, released arr j -> 1 <= budget j;
  deadline_is_later  : forall j, released arr j -> release j < deadline j;
  one_job_per_slot   : forall j k, released arr j -> released arr k ->
                         task j = task k -> release j = release k -> j = k;
  no_job_twice       : forall t, NoDup (arr t) }.

(** ** The processor *)

(** Which slots the scheduler may give away: all of them, or those that whoever is above it leaves to it. *)
Definition supply : Type := nat -> bool.

Definition whole_processor : supply := fun _ => true.

(** The slots in [t1, t2) that are supplied. *)
Definition supplied (sup : supply) (t1 t2 : nat) : nat := length (filter sup (seq t1 (t2 - t1))).

(** ** Schedules *)

(** The job that has each slot, if any. *)
Definition schedule : Type := nat -> option job.

(** Job [j] has slot [t]. *)
Definition runs (s : schedule) (j : job) (t : nat) : bool :=
  match s t with Some k => if job_eq_dec k j then true else false | None => false end.

(** The slots in [t1, t2) that job [j] has. *)
Definition service (s : schedule) (j : job) (t1 t2 : nat) : nat := length (filter (runs s j) (seq t1 (t2 - t1))).

(** Job [j] has all that it may ask for between its release and its deadline. *)
Definition meets (s : schedule) (j : job) : Prop := budget j <= service s j (release j) (deadline j).

(** A schedule uses supplied slots only. *)
Definition within (sup : supply) (s : schedule) : Prop := forall t j, s t = Some j -> sup t = true.

(** Some schedule meets all deadlines. *)
Definition feasible (arr : arrivals) (sup : supply) : Prop :=
  exists s, within sup s /\ forall j, released arr j -> meets s j.

(** ** Jobs that leave

    A job may leave before it has had its whole budget, because it is done or because it crashed.  [leaves t] says that
    the job that had slot [t - 1] has left by the start of slot [t]. *)

(** Job [j] has left by the start of slot [t]. *)
Definition left_by (s : schedule) (leaves : nat -> bool) (j : job) (t : nat) : Prop :=
  exists u, u < t /\ s u = Some j /\ leaves (S u) = true.

(** Job [j] could use slot [t]: released, before its deadline, not served in full, not gone. *)
Definition pending (arr : arrivals) (s : schedule) (leaves : nat -> bool) (j : job) (t : nat) : Prop :=
  released arr j /\ release j <= t < deadline j /\ service s j (release j) t < budget j /\ ~ left_by s leaves j t.

(** Job [j] comes to its deadline without having had its budget, and has not left. *)
Definition misses (arr : arrivals) (s : schedule) (leaves : nat -> bool) (j : job) : Prop :=
  released arr j /\ service s j (release j) (deadline j) < budget j /\ ~ left_by s leaves j (deadline j).

(** ** Demand *)

(** The jobs released in [t1, t2). *)
Definition released_in (arr : arrivals) (t1 t2 : nat) : list job := flat_map arr (seq t1 (t2 - t1)).

(** The slots that must be spent in [t1, t2): the budgets of the jobs released there with deadline there. *)
Definition demand (arr : arrivals) (t1 t2 : nat) : nat :=
  list_sum (map budget (filter (fun j => deadline j <=? t2) (released_in arr t1 t2))).

(** No interval demands more than it is supplied with. *)
Definition demand_fits (arr : arrivals) (sup : supply) : Prop :=
  forall t1 t2, t1 <= t2 -> demand arr t1 t2 <= supplied sup t1 t2.
