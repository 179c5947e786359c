(* SPDX-License-Identifier: Apache-2.0 *)
(** * The machine follows the model

    Slot by slot, memory stands for the model's queue, for the arrivals that the machine itself makes; these are legal,
    whatever requests come in.  So every theorem about the model holds for the function that runs. *)
From Coq Require Import List ZArith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Policy Queue Sporadic.
From Pip.Edf.Services Require Import Types State Heap Tasks Elect.
From Pip.Schedule Require Import QueueFacts Runs ArrayHeap HeapServices Represents Timers Departures Releases OneSlot.
From Pip.Schedule Require Import TaskServices Machine.
Local Open Scope N_scope.

(** ** Configuration *)
Lemma configured_good policy s : configured policy s ->
  good s [] /\ s_now s = 0 /\ s_running s = no_task /\ s_policy s = policy.
Proof.
  induction 1 as [m s E|s k c d t o r status s' _ (G & N & R & P) E].
  - destruct (edf_reset_runs policy m) as (s' & E' & T & P). rewrite E in E'. injection E' as <-.
    split; [now apply empty_good|]. destruct T as (A & B & _). auto.
  - destruct (edf_add_task_runs s k c d t o r G) as (st & s2 & E' & [(_ & _ & A)|(_ & ->)]);
      rewrite E in E'; injection E' as <- <-; [|auto].
    destruct A as [A1 A2 A3 _ _ _ _ A8]. repeat split; try apply A8; congruence.
Qed.

Theorem serve_all_runs rs : forall s q, good s q -> s_now s <= last_slot ->
  exists s', serve_all rs s = Done tt s' /\ calm s s' /\ good s' q /\
    forall i, ~ In (Stop i) rs -> s_kind s' i = s_kind s i.
Proof.
  induction rs as [|r rs IH]; intros s q G B; [exists s; auto using calm_refl|]. cbn [serve_all].
  assert (X : exists st s', serve r s = Done st s' /\ calm s s' /\ good s' q /\
    forall i, r <> Stop i -> s_kind s' i = s_kind s i).
  { destruct r as [i|i].
    - destruct (edf_request_runs s q i G B) as (st & s' & E & C & G' & K). exists st, s'. rewrite K. auto.
    - destruct (edf_stop_runs s q i G) as (st & s' & E & C & G' & K). exists st, s'. split; [exact E|].
      split; [exact C|]. split; [exact G'|]. intros k Ne. apply K. congruence. }
  destruct X as (st & s1 & E & C & G1 & K1). step E.
  destruct (IH s1 q G1) as (s2 & E2 & C2 & G2 & K2).
  { destruct (calm_same _ _ C) as (_ & -> & _). exact B. }
  exists s2. split; [exact E2|]. split; [now apply (calm_trans s s1)|]. split; [exact G2|].
  intros i Ni. simpl in Ni. rewrite K2, K1; auto.
Qed.

Section Simulation.
  Variables (policy : policy_name) (start : scheduler).
  Hypothesis H_start : configured policy start.
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).
  Notation step := (step requests leaves sup).
  Notation memory := (memory start requests leaves sup).
  Notation answer := (answer start requests leaves sup).
  Notation arr := (arrivals_of start requests leaves sup).
  Notation released_tasks := (released_tasks start requests leaves sup).
  Notation missed_tasks := (missed_tasks start requests leaves sup).
  Notation skipped_tasks := (skipped_tasks start requests leaves sup).
  Notation key := (policy_of start).
  Notation queue_at := (queue_at key arr sup leaves).
  Notation remaining := (remaining key arr sup leaves).
  Notation ready := (ready key arr sup leaves).
  Notation elected := (elected key arr sup leaves).
  Notation missed := (missed key arr sup leaves).

  (** Memory at the start of slot [t]. *)
  Record simulates (t : nat) : Prop := {
    sim_good    : good (memory t) (queue_at t);
    sim_now     : s_now (memory t) = N.of_nat t;
    sim_table   : s_policy (memory t) = s_policy start /\ s_count (memory t) = s_count start /\
                  s_parameters (memory t) = s_parameters start;
    sim_running : match t with
                  | O => queue_at t = []
                  | S u => was_running (memory t) = true /\ sup u = true \/
                           was_running (memory t) = false /\ (sup u = false \/ queue_at t = [])
                  end }.

  (** What happens in slot [t]: requests, then one step from [before]. *)
  Record happens (t : nat) (before : scheduler) : Prop := {
    hap_run    : step t (memory t) = Done (answer t) (memory (S t));
    hap_calm   : calm (memory t) before;
    hap_now    : s_now before = N.of_nat t;
    hap_table  : s_count before = s_count start /\ s_parameters before = s_parameters start;
    hap_kind   : forall i, ~ In (Stop i) (requests t) -> s_kind before i = s_kind (memory t) i;
    hap_policy : policy_of before = key;
    hap_good   : good before (queue_at t);
    hap_slot   : slot before (queue_at t) (leaves t) (sup t) (answer t) (memory (S t)) (arr t) (skipped_tasks t);
    hap_ready  : next_ready before (queue_at t) (leaves t) (arr t) = ready t;
    hap_stay   : Queue.retire (leaves t && was_running before) (queue_at t) = remaining t }.

  Lemma policy_same s : s_policy s = s_policy start -> s_parameters s = s_parameters start -> policy_of s = key.
  Proof. intros A B. unfold policy_of. now rewrite A, B. Qed.

  (** Who left, to the machine and to the model. *)
  Lemma same_departures t before : simulates t -> s_running before = s_running (memory t) ->
    Queue.retire (leaves t && was_running before) (queue_at t) = remaining t.
  Proof.
    intros [_ _ _ R] E. unfold Queue.remaining, was_running in *. rewrite E.
    destruct t as [|u]; [rewrite R; reflexivity|]. simpl departed.
    destruct R as [[-> ->]|[-> [->| ->]]]; rewrite ?andb_true_r, ?andb_false_r; reflexivity.
  Qed.

  (** The machine's arrivals are the jobs that the slot released. *)
  Lemma slot_arrivals t before q r new skipped : alive t ->
    slot before q (leaves t) (sup t) r (memory (S t)) new skipped -> arr t = new.
  Proof.
    intros B S. unfold arrivals_of, Machine.released_tasks. apply N.leb_le in B.
    rewrite B, (sl_released _ _ _ _ _ _ _ _ S).
    rewrite map_map. rewrite <- (map_id new) at 2. apply map_ext_in. intros j I.
    symmetry. apply (sl_job _ _ _ _ _ _ _ _ S j I).
  Qed.

  Lemma simulates_happens t : alive t -> simulates t -> exists before, happens t before.
  Proof.
    intros B H. pose proof H as [G N (P1 & P2 & P3) R]. unfold alive in B.
    destruct (serve_all_runs (requests t) (memory t) (queue_at t) G ltac:(lia)) as (before & E1 & C & G1 & K1).
    destruct (calm_same _ _ C) as (C1 & C2 & C3 & C4 & C5 & _).
    assert (Np : policy_of before = key) by (apply policy_same; congruence).
    assert (Nn : s_now before = N.of_nat t) by congruence.
    destruct (edf_elect_runs before (queue_at t) (leaves t) (sup t) G1 ltac:(lia)) as (r & s' & new & skipped & E2 &
      Sl).
    assert (E : step t (memory t) = Done r s') by (unfold Machine.step; step E1; exact E2).
    assert (Em : memory (S t) = s') by (cbn [Machine.memory]; now rewrite E).
    assert (Ea : answer t = r) by (unfold Machine.answer; now rewrite E).
    rewrite <- Em, <- Ea in Sl, E. pose proof (slot_arrivals t before _ _ new skipped B Sl) as En.
    pose proof (sl_skipped _ _ _ _ _ _ _ _ Sl) as Es. pose proof (same_departures t before H C3) as D.
    exists before. split; auto.
    - split; congruence.
    - rewrite En. unfold Machine.skipped_tasks. rewrite Es. exact Sl.
    - unfold next_ready, Queue.ready. now rewrite D, Np, Nn, Nat2N.id.
  Qed.

  Lemma happens_simulates t before : simulates t -> happens t before -> simulates (S t).
  Proof.
    intros [G N (P1 & P2 & P3) R] [E C Nn _ _ Np G1 Sl Hr Hs].
    destruct (calm_same _ _ C) as (C1 & C2 & C3 & C4 & C5 & _).
    destruct (sl_static _ _ _ _ _ _ _ _ Sl) as (T1 & T2 & T3 & T4).
    pose proof (sl_good _ _ _ _ _ _ _ _ Sl) as G2. cbv zeta in G2. rewrite Hr in G2.
    pose proof (sl_answer _ _ _ _ _ _ _ _ Sl) as A. rewrite Hr in A. pose proof (sl_running _ _ _ _ _ _ _ _ Sl) as Ru.
    split.
    - exact G2.
    - rewrite (sl_now _ _ _ _ _ _ _ _ Sl), Nn. lia.
    - repeat split; congruence.
    - unfold was_running. rewrite Ru, A. destruct (sup t) eqn:Su; [|right; split; [reflexivity|auto]].
      simpl Queue.queue_at. rewrite Su. fold (ready t) in *.
      change (enqueue key (arr t) (Queue.drop_late t (Queue.retire (departed sup leaves t) (queue_at t)))) with
        (ready t).
      destruct (ready t) as [|e l] eqn:Q; [right; split; [reflexivity|auto]|]. left. split; [|reflexivity].
      assert (I : In (fst e, pred (snd e)) (charge (e :: l))) by (destruct e; simpl; auto).
      pose proof (rep_task _ _ (good_jobs _ _ G2) _ I) as L. apply negb_true_iff, N.eqb_neq. simpl in *.
      unfold no_task, max_tasks in *. lia.
  Qed.

  Theorem simulation t : alive t -> simulates t.
  Proof.
    destruct (configured_good _ _ H_start) as (G & N & R & P). induction t as [|t IH]; intros B.
    - split; auto.
    - assert (B' : alive t) by (unfold alive in *; lia).
      destruct (simulates_happens t B' (IH B')) as (before & H). now apply (happens_simulates t before (IH B')).
  Qed.

  Theorem always_happens t : alive t -> exists before, happens t before.
  Proof. intros B. apply simulates_happens; [exact B|now apply simulation]. Qed.
End Simulation.
