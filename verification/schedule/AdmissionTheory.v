(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the verdicts of the admission test mean *)
From Coq Require Import List ZArith Lia.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Admission.
From Pip.Edf.Model Require Import Job Sporadic.
From Pip.Schedule Require Import Demand Optimality DemandBound BusyWindow Timers OneSlot Machine Simulation Behaviour.
From Pip.Schedule Require Import AdmissionServices.

Section Admission.
  Variables (policy : policy_name) (start : scheduler).
  Hypothesis H_start : configured policy start.
  Notation ts := (tasks start).

  Lemma start_sensible : Forall sensible ts.
  Proof. apply (tasks_sensible policy start H_start). Qed.

  Lemma overload_infeasible l : l < demand_bound ts l ->
    legal ts (synchronous ts) /\ ~ feasible (synchronous ts) whole_processor.
  Proof.
    intros L. split; [apply synchronous_legal, start_sensible|]. intros F.
    apply demand_necessary in F; [|apply synchronous_well_formed, start_sensible].
    specialize (F 0 l (Nat.le_0_l _)). rewrite supplied_whole in F.
    pose proof (synchronous_demand ts l start_sensible). lia.
  Qed.

  Theorem answers : exists v, edf_admit start = Done v start /\
    match verdict_decision v with
    | ACCEPTED => forall arr, legal ts arr -> feasible arr whole_processor
    | OVERLOADED => exists arr, legal ts arr /\ ~ feasible arr whole_processor /\
        N.to_nat (verdict_length v) < N.to_nat (verdict_demand v) <= demand arr 0 (N.to_nat (verdict_length v))
    | UNDECIDED => forall w, ~ small_window start w
    end.
  Proof.
    destruct (configured_good _ _ H_start) as (G & _). pose proof (good_timers _ _ G) as T.
    destruct (edf_admit_runs start (tm_count _ _ T) (tm_parameters _ _ T)) as (v & E & K). exists v. split; [exact E|].
    destruct (verdict_decision v); [now apply bound_iff_schedulable, K; try apply start_sensible| |exact K].
    destruct K as [L D]. exists (synchronous ts).
    destruct (overload_infeasible (N.to_nat (verdict_length v))) as [A B]; [lia|]. split; [exact A|]. split; [exact B|].
    pose proof (synchronous_demand ts (N.to_nat (verdict_length v)) start_sensible). lia.
  Qed.

  Theorem decides h : (forall k, In k ts -> Nat.divide (period k) (N.to_nat h)) ->
    (1 <= h <= max_window)%N /\ number_released ts (N.to_nat h) + 2 <= admission_rounds ->
    admitted start <-> forall arr, legal ts arr -> feasible arr whole_processor.
  Proof.
    intros M [B R]. destruct answers as (v & E & K). split.
    - intros (v' & E' & A). rewrite E in E'. injection E' as <-. now rewrite A in K.
    - intros F. exists v. split; [exact E|]. destruct (verdict_decision v); [reflexivity|exfalso|exfalso].
      + destruct K as (arr & L & N & _). exact (N (F arr L)).
      + apply (K h). split; [exact B|]. split; [|exact R].
        apply hyperperiod_is_closed; auto using start_sensible; [lia|].
        now apply bound_iff_schedulable; [apply start_sensible|].
  Qed.
End Admission.
