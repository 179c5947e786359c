(* SPDX-License-Identifier: Apache-2.0 *)
(** * Periodic and sporadic tasks

    A task releases jobs of a bounded budget, each due a fixed time after its release, at least a period apart; a
    periodic task releases them exactly a period apart, a single job is a task that releases no second one. *)
From Coq Require Import List Arith Bool.
Import ListNotations.
From Pip.Edf.Model Require Import Job.

Record sporadic : Type := Sporadic { cost : nat; relative_deadline : nat; period : nat }.

(** A task asks for something and can have it in time if it is alone. *)
Definition sensible (k : sporadic) : Prop := 1 <= cost k <= relative_deadline k /\ 1 <= period k.

(** What the tasks [ts] may release: task [i] is the [i]-th of the list. *)
Record legal (ts : list sporadic) (arr : arrivals) : Prop := {
  legal_well_formed : well_formed arr;
  legal_job : forall j, released arr j -> exists k, nth_error ts (task j) = Some k /\
                budget j <= cost k /\ deadline j = release j + relative_deadline k;
  legal_separation : forall i j k, released arr i -> released arr j -> i <> j -> task i = task j ->
                nth_error ts (task i) = Some k -> release i <= release j -> release i + period k <= release j }.

(** ** Bounds on what tasks can ask for *)

(** Jobs of a task released and due in an interval of that length. *)
Definition jobs_due (k : sporadic) (length : nat) : nat :=
  if length <? relative_deadline k then 0 else (length - relative_deadline k) / period k + 1.

(** Jobs of a task released in an interval of that length, which is positive. *)
Definition jobs_released (k : sporadic) (length : nat) : nat := (length - 1) / period k + 1.

(** The sum of a quantity over tasks. *)
Definition total (f : sporadic -> nat) (ts : list sporadic) : nat := list_sum (map f ts).

(** The demand bound function: slots that must be spent in an interval of that length. *)
Definition demand_bound (ts : list sporadic) (length : nat) : nat := total (fun k => jobs_due k length * cost k) ts.

(** The request bound function: slots asked for in an interval of that length. *)
Definition request_bound (ts : list sporadic) (length : nat) : nat :=
  total (fun k => jobs_released k length * cost k) ts.

(** ** All tasks at once, as often as they may: the synchronous periodic arrivals *)
Definition periodic_job (ts : list sporadic) (t i : nat) : job :=
  let k := nth i ts (Sporadic 1 1 1) in Job i t (cost k) (t + relative_deadline k).

Definition synchronous (ts : list sporadic) : arrivals := fun t =>
  map (periodic_job ts t) (filter (fun i => t mod period (nth i ts (Sporadic 1 1 1)) =? 0) (seq 0 (length ts))).

(** ** Supply bound functions *)

(** In every interval of length [l] at least [sbf l] slots are supplied. *)
Definition supplies (sbf : nat -> nat) (sup : supply) : Prop :=
  forall t1 t2, t1 <= t2 -> sbf (t2 - t1) <= supplied sup t1 t2.
