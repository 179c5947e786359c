(* SPDX-License-Identifier: Apache-2.0 *)
(** * In which sense deadlines are kept in real time

    Time is divided into units, as small as you like; the processor does one thing in each.  Slot [t] begins at time
    [t * slot], when the timer's interrupt comes.  In a slot that a job has and does not leave, the processor works for
    the job, or for the scheduler: it handles the tick, switches to the job, or is not yet done with the fault or the
    completion of the job before.  Each of these costs no more than was measured ([slot_as_measured]): this, and that
    the interrupt comes when it should, is all that is assumed of the real machine.
    Then a job whose work fits the useful part of its budget has done its work in real time. *)
From Coq Require Import List ZArith Bool Lia.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Overheads.
From Pip.Edf.Model Require Import Job.
From Pip.Schedule Require Import Accounting Represents Simulation Behaviour Machine Guarantees OverheadServices.

(** ** What a processor does *)
Inductive activity : Type := Works (j : job) | Ticks | Switches | Handles | Waits.

Definition activity_eq_dec (a b : activity) : {a = b} + {a <> b}.
Proof. decide equality. apply job_eq_dec. Defined.

(** What it does in each unit of time. *)
Definition history : Type := nat -> activity.

(** The time that it spends on something in [x, y). *)
Definition spent (does : history) (a : activity) (x y : nat) : nat :=
  length (filter (fun u => if activity_eq_dec (does u) a then true else false) (seq x (y - x))).

(** Slot [t], which job [j] has: nothing but the job and what the scheduler does for it, no longer than its cost. *)
Record slot_as_measured (does : history) (slot tick_cost switch_cost fault_cost t : nat) (j : job) : Prop := {
  nothing_else  : forall x, t * slot <= x < S t * slot -> In (does x) [Works j; Ticks; Switches; Handles];
  tick_costs    : spent does Ticks (t * slot) (S t * slot) <= tick_cost;
  switch_costs  : spent does Switches (t * slot) (S t * slot) <= switch_cost;
  fault_costs   : spent does Handles (t * slot) (S t * slot) <= fault_cost }.

Section Spent.
  Variable does : history.

  Lemma spent_split a x y z : x <= y <= z -> spent does a x z = spent does a x y + spent does a y z.
  Proof.
    intros. unfold spent. replace (z - x) with ((y - x) + (z - y)) by lia.
    rewrite seq_app, filter_app, app_length. now replace (x + (y - x)) with y by lia.
  Qed.

  Lemma spent_mono a x x' y y' : x' <= x -> y <= y' -> spent does a x y <= spent does a x' y'.
  Proof.
    intros L1 L2. destruct (Nat.le_gt_cases x y) as [L|L].
    - rewrite (spent_split a x' x y'), (spent_split a x y y') by lia. lia.
    - unfold spent at 1. replace (y - x) with 0 by lia. apply Nat.le_0_l.
  Qed.

  (** A stretch of time with nothing but these. *)
  Lemma spent_all j l : (forall x, In x l -> In (does x) [Works j; Ticks; Switches; Handles]) ->
    let count a := length (filter (fun u => if activity_eq_dec (does u) a then true else false) l) in
    length l = count (Works j) + count Ticks + count Switches + count Handles.
  Proof.
    induction l as [|x l IH]; intros H; [reflexivity|]. cbv zeta in IH |- *. cbn [filter length].
    specialize (IH (fun u U => H u (or_intror U))).
    destruct (H x (or_introl eq_refl)) as [<-|[<-|[<-|[<-|[]]]]];
      repeat destruct (activity_eq_dec _ _); try congruence; cbn [length]; lia.
  Qed.

  (** The useful part of a slot. *)
  Lemma useful_part slot tick_cost switch_cost fault_cost t j :
    slot_as_measured does slot tick_cost switch_cost fault_cost t j ->
    slot - (tick_cost + switch_cost + fault_cost) <= spent does (Works j) (t * slot) (S t * slot).
  Proof.
    intros [E T W F]. pose proof (spent_all j (seq (t * slot) (S t * slot - t * slot))) as A. cbv zeta in A.
    rewrite seq_length in A. unfold spent in *. specialize (A ltac:(intros x I; apply in_seq in I; apply E; lia)). lia.
  Qed.
End Spent.

Section RealTime.
  Variable start : scheduler.
  Hypothesis H_configured : configured EARLIEST_DEADLINE_FIRST start.
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).
  Notation arr := (arrivals_of start requests leaves sup).
  Notation sched := (schedule_of start requests leaves sup).

  Variable does : history.
  Variables slot tick_cost switch_cost fault_cost : nat.
  Hypothesis H_measured : forall t j, alive t -> sched t = Some j -> leaves (S t) = false ->
    slot_as_measured does slot tick_cost switch_cost fault_cost t j.
  Notation useful := (slot - (tick_cost + switch_cost + fault_cost)).

  (** A job that does not leave works for the useful part of each of its slots. *)
  Lemma service_works j t1 t2 : t1 <= t2 -> alive t2 -> ~ left_by sched leaves j t2 ->
    service sched j t1 t2 * useful <= spent does (Works j) (t1 * slot) (t2 * slot).
  Proof.
    induction t2 as [|t IH]; intros L B N; [rewrite service_empty by lia; lia|].
    destruct (Nat.eq_dec t1 (S t)) as [->|Ne]; [rewrite service_empty by lia; lia|].
    rewrite service_S by lia. rewrite (spent_split does _ _ (t * slot)) by nia.
    assert (B' : alive t) by (unfold alive in *; lia).
    assert (N' : ~ left_by sched leaves j t).
    { intros (u & U & R). apply N. exists u. split; [lia|exact R]. }
    specialize (IH ltac:(lia) B' N'). destruct (runs sched j t) eqn:R; cbn [Nat.b2n]; [|lia].
    apply runs_spec in R. destruct (leaves (S t)) eqn:E; [exfalso; apply N; exists t; auto|].
    pose proof (useful_part _ _ _ _ _ _ _ (H_measured t j B' R E)). lia.
  Qed.

  (** The work is done by the deadline of the job, if the machine does not report a miss. *)
  Theorem work_is_done j work (H_released : released arr j) (H_alive : alive (deadline j))
    (H_kept : missed_tasks start requests leaves sup (deadline j) = [])
    (H_budget : work <= budget j * useful)
    (H_leaves : forall t, sched t = Some j -> leaves (S t) = true ->
      work <= spent does (Works j) (release j * slot) (S t * slot)) :
    work <= spent does (Works j) (release j * slot) (deadline j * slot).
  Proof.
    destruct (left_by_decidable sched leaves j (deadline j)) as [(u & U & Ru & Lu)|N].
    - etransitivity; [apply (H_leaves u Ru Lu)|]. apply spent_mono; [lia|nia].
    - pose proof (deadline_is_later _ (well_formed_here _ _ H_configured requests leaves sup) j H_released).
      destruct (served_left_or_reported _ _ H_configured requests leaves sup eq_refl j H_released H_alive)
        as [E|[E|E]]; [|tauto|rewrite H_kept in E; destruct E].
      rewrite <- E in H_budget. etransitivity; [exact H_budget|]. apply service_works; auto. lia.
  Qed.
End RealTime.

(** ** For budgets and deadlines that the services compute *)

(** Job [j] of a task of kind [k] answers an event at time [x]: the scheduler sees the event of a sporadic task at the
    start of the next slot; the other tasks' jobs have no event but their release. *)
Definition answers (k : kind) (slot : nat) (j : job) (x : nat) : Prop :=
  if kind_eq k SPORADIC then x <= release j * slot < x + slot else x = release j * slot.

Lemma deadline_in_real_time k time slot d j x : good_deadline k time slot d -> answers k (N.to_nat slot) j x ->
  x <= release j * N.to_nat slot /\ (release j + N.to_nat d) * N.to_nat slot <= x + N.to_nat time.
Proof. unfold good_deadline, answers. destruct (kind_eq k SPORADIC); nia. Qed.

(** Events of a sporadic task that are far enough apart are seen far enough apart: no release is put off. *)
Theorem events_apart time slot period x y r q : good_period SPORADIC time slot period -> x + N.to_nat time <= y ->
  x <= r * N.to_nat slot < x + N.to_nat slot -> y <= q * N.to_nat slot < y + N.to_nat slot ->
  r + N.to_nat period <= q.
Proof.
  unfold good_period. cbn [kind_eq]. intros (Z & P) L R Q.
  assert (E : (r + N.to_nat period) * N.to_nat slot < (q + 1) * N.to_nat slot) by nia. nia.
Qed.

Section Computed.
  Variable start : scheduler.
  Hypothesis H_configured : configured EARLIEST_DEADLINE_FIRST start.
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).
  Notation arr := (arrivals_of start requests leaves sup).
  Notation sched := (schedule_of start requests leaves sup).
  Variable does : history.

  (** The length of a slot, and the measured costs; the overhead that the service makes of them. *)
  Variables slot tick_cost switch_cost fault_cost overhead : N.
  Hypothesis H_overhead : exists m, edf_overhead tick_cost switch_cost fault_cost m = Done overhead m.
  Hypothesis H_measured : forall t j, alive t -> sched t = Some j -> leaves (S t) = false ->
    slot_as_measured does (N.to_nat slot) (N.to_nat tick_cost) (N.to_nat switch_cost) (N.to_nat fault_cost) t j.

  (** Task [i], whose jobs need [work] within [time], with the budget and the deadline that the services answer. *)
  Variables i work time : N.
  Hypothesis H_budget : exists m, edf_budget_for work slot overhead m = Done (p_budget (s_parameters start i)) m.
  Hypothesis H_deadline : exists m,
    edf_deadline_for (s_kind start i) time slot m = Done (p_deadline (s_parameters start i)) m.

  Theorem kept_in_real_time j x (H_released : released arr j) (H_task : number j = i) (H_alive : alive (deadline j))
    (H_kept : missed_tasks start requests leaves sup (deadline j) = [])
    (H_event : answers (s_kind start i) (N.to_nat slot) j x)
    (H_leaves : forall t, sched t = Some j -> leaves (S t) = true ->
      N.to_nat work <= spent does (Works j) (release j * N.to_nat slot) (S t * N.to_nat slot)) :
    N.to_nat work <= spent does (Works j) x (x + N.to_nat time).
  Proof.
    pose proof (arrival_arrives _ _ H_configured requests leaves sup _ j H_released) as A.
    pose proof (arr_budget _ _ _ _ _ _ A) as Bu. pose proof (arr_due _ _ _ _ _ _ A) as D. rewrite H_task in Bu, D.
    pose proof (arr_task _ _ _ _ _ _ A) as L. rewrite H_task in L.
    destruct (start_parameters _ _ H_configured i L) as [Q1 _ _ _].
    destruct H_overhead as (m1 & E1). destruct (edf_overhead_runs m1 tick_cost switch_cost fault_cost) as (o & F1 & K1).
    rewrite E1 in F1. injection F1 as <-.
    destruct H_budget as (m2 & E2). destruct (edf_budget_for_runs m2 work slot overhead) as (b & F2 & K2).
    rewrite E2 in F2. injection F2 as <-. destruct (K2 ltac:(lia)) as (Ks & Ko & Kw & _).
    destruct H_deadline as (m3 & E3). destruct (edf_deadline_for_runs m3 (s_kind start i) time slot) as (d & F3 & K3).
    rewrite E3 in F3. injection F3 as <-.
    destruct (deadline_in_real_time _ _ _ _ j x (K3 ltac:(lia)) H_event) as [R1 R2]. rewrite <- D in R2.
    etransitivity; [|apply (spent_mono does _ (release j * N.to_nat slot) x _ _ R1 R2)].
    apply (work_is_done start H_configured requests leaves sup does _ _ _ _ H_measured j); auto.
    rewrite Bu. specialize (K1 ltac:(lia)). nia.
  Qed.
End Computed.
