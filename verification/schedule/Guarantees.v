(* SPDX-License-Identifier: Apache-2.0 *)
(** * From the model to the machine

    The machine's schedule and the model's agree as long as the machine is alive; so do service, who has left, who could
    run and who misses a deadline.  Main.v states the results; here are the steps. *)
From Coq Require Import List ZArith Bool Lia.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State.
From Pip.Edf.Model Require Import Job Policy Queue Sporadic.
From Pip.Schedule Require Import QueueFacts Accounting Choice Demand Optimality DemandBound.
From Pip.Schedule Require Import Represents Timers OneSlot TaskServices Machine Simulation Behaviour AdmissionServices.

(** ** Schedules that agree up to a slot *)
Section Agree.
  Variables (s s' : schedule) (n : nat).
  Hypothesis H_agree : forall t, t < n -> s t = s' t.

  Lemma agree_service j t1 t2 : t2 <= n -> service s j t1 t2 = service s' j t1 t2.
  Proof.
    intros L. unfold service. f_equal. apply filter_ext_in. intros t I. apply in_seq in I.
    unfold runs. rewrite H_agree by lia. reflexivity.
  Qed.

  Lemma agree_left_by leaves j t : t <= n -> left_by s leaves j t <-> left_by s' leaves j t.
  Proof. intros L. split; intros (u & U & R & F); exists u; rewrite H_agree in * by lia; auto. Qed.

  Lemma agree_pending arr leaves j t : t <= n -> pending arr s leaves j t <-> pending arr s' leaves j t.
  Proof. intros L. unfold pending. now rewrite agree_service, agree_left_by by auto. Qed.

  Lemma agree_misses arr leaves j : deadline j <= n -> misses arr s leaves j <-> misses arr s' leaves j.
  Proof. intros L. unfold misses. now rewrite agree_service, agree_left_by by auto. Qed.
End Agree.

Section Guarantees.
  Variables (policy : policy_name) (start : scheduler).
  Hypothesis H_start : configured policy start.
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).
  Notation arr := (arrivals_of start requests leaves sup).
  Notation schedule_of := (schedule_of start requests leaves sup).
  Notation missed_tasks := (missed_tasks start requests leaves sup).
  Notation elected := (elected (policy_of start) arr sup leaves).

  Lemma agrees n : alive n -> forall t, t < n -> schedule_of t = elected t.
  Proof. intros B t L. apply (schedule_elected policy start H_start). unfold alive in *. lia. Qed.

  Lemma alive_le t u : t <= u -> alive u -> alive t.
  Proof. unfold alive. lia. Qed.

  Lemma edf_policy : policy = EARLIEST_DEADLINE_FIRST -> policy_of start = earliest_deadline_first.
  Proof.
    intros E. destruct (configured_good _ _ H_start) as (_ & _ & _ & P). unfold policy_of. now rewrite P, E.
  Qed.

  Lemma nobody_missed t : alive t -> missed (policy_of start) arr sup leaves t = [] -> missed_tasks t = [].
  Proof. intros B M. rewrite (missed_reported policy start H_start) by exact B. now rewrite M. Qed.

  (** An idle slot leaves an empty queue. *)
  Lemma idle_empties t : alive t -> sup t = true -> schedule_of t = None ->
    queue_at (policy_of start) arr sup leaves (S t) = [].
  Proof.
    intros B S E. rewrite (schedule_elected policy start H_start) in E by exact B. rewrite queue_at_S, S.
    unfold Queue.elected in E. rewrite S in E. now destruct (ready (policy_of start) arr sup leaves t).
  Qed.

  (** ** For every policy *)

  Theorem times_in_range t : alive t ->
    s_now (memory start requests leaves sup t) = N.of_nat t /\
    forall i, (i < s_count (memory start requests leaves sup t))%N ->
      (s_earliest (memory start requests leaves sup t) i < key_limit)%N /\
      (s_active (memory start requests leaves sup t) i = true ->
        (s_due (memory start requests leaves sup t) i < key_limit)%N).
  Proof.
    intros B. pose proof (simulation policy start H_start requests leaves sup t B) as [G E _ _].
    set (s := memory start requests leaves sup t) in *. split; [exact E|]. intros i L.
    pose proof (tm_earliest _ _ (good_timers _ _ G) i L) as F. pose proof (tm_active _ _ (good_timers _ _ G) i L) as D.
    unfold alive, last_slot in B. unfold max_period, key_limit in *. split; [lia|]. intros A. specialize (D A). lia.
  Qed.

  Lemma well_formed_here : well_formed arr.
  Proof. apply (arrivals_well_formed policy start H_start). Qed.

  Theorem elected_first t j : alive t -> schedule_of t = Some j ->
    pending arr schedule_of leaves j t /\
    forall k, pending arr schedule_of leaves k t -> precedes (policy_of start) j k.
  Proof.
    intros B E. rewrite (schedule_elected policy start H_start) in E by exact B.
    destruct (elected_is_first _ arr sup leaves well_formed_here t j E) as [P F].
    pose proof (agree_pending schedule_of elected t (agrees t B) arr leaves) as A.
    split; [now apply A|]. intros k K. apply F. now apply A in K.
  Qed.

  Theorem idle_only_if_none t : alive t ->
    (sup t = true -> schedule_of t = None -> forall k, ~ pending arr schedule_of leaves k t) /\
    (sup t = false -> schedule_of t = None).
  Proof.
    intros B. rewrite (schedule_elected policy start H_start) by exact B. split.
    - intros S E k K. apply (elected_none _ arr sup leaves well_formed_here t S E k).
      now apply (agree_pending schedule_of elected t (agrees t B)) in K.
    - intros S. unfold Queue.elected. now rewrite S.
  Qed.

  Theorem contained t j : alive t -> released arr j -> service schedule_of j 0 t <= budget j.
  Proof.
    intros B R. rewrite (agree_service schedule_of elected t (agrees t B)) by auto.
    now apply (had_at_most_budget _ arr sup leaves well_formed_here).
  Qed.

  Theorem reports_true t i : alive t -> In i (missed_tasks t) ->
    exists j, number j = i /\ released arr j /\ deadline j <= t /\
      service schedule_of j (release j) (deadline j) < budget j.
  Proof.
    intros B I. rewrite (missed_reported policy start H_start) in I by exact B. apply in_map_iff in I as (j & E & I).
    destruct (missed_is_real _ arr sup leaves well_formed_here j t I) as (R & L & S). exists j. repeat split; auto.
    rewrite (agree_service schedule_of elected t (agrees t B)) by exact L.
    eapply Nat.le_lt_trans; [apply service_mono, L|exact S].
  Qed.

  (** ** Under EDF *)

  (** The admission test in terms of the demand bound function. *)
  Lemma admitted_bound : admitted start -> forall l, demand_bound (tasks start) l <= l.
  Proof.
    destruct (configured_good _ _ H_start) as (G & _). pose proof (good_timers _ _ G) as T.
    intros (v & E & A). destruct (edf_admit_runs start (tm_count _ _ T) (tm_parameters _ _ T)) as (v' & E' & K).
    rewrite E in E'. injection E' as <-. rewrite A in K. exact K.
  Qed.

  Lemma bound_fits sbf : supplies sbf sup -> (forall l, demand_bound (tasks start) l <= sbf l) -> demand_fits arr sup.
  Proof.
    intros S D. apply (bound_fits_demand (tasks start) arr sup sbf); auto.
    - apply (tasks_sensible policy start H_start).
    - apply (arrivals_legal policy start H_start).
  Qed.

  Section EarliestDeadlineFirst.
    Hypothesis H_edf : policy = EARLIEST_DEADLINE_FIRST.

    Lemma model_edf : policy_of start = earliest_deadline_first.
    Proof. now apply edf_policy. Qed.

    Lemma in_missed_tasks t i : alive t ->
      In i (missed_tasks t) <-> exists j, number j = i /\ In j (missed earliest_deadline_first arr sup leaves t).
    Proof. intros B. rewrite (missed_reported policy start H_start) by exact B. now rewrite model_edf, in_map_iff. Qed.

    Theorem honest t : alive t ->
      (forall i, In i (missed_tasks t) <-> exists j, number j = i /\ deadline j = t /\
        misses arr schedule_of leaves j) /\
      skipped_tasks start requests leaves sup t = [].
    Proof.
      intros B. split.
      - intros i. rewrite in_missed_tasks by exact B.
        assert (A : forall j, deadline j = t -> misses arr schedule_of leaves j <-> misses arr elected leaves j).
        { intros j E. apply (agree_misses schedule_of elected t (agrees t B)). lia. }
        rewrite model_edf in A. split; intros (j & En & I); exists j; split; auto.
        + apply (missed_iff_misses arr sup leaves well_formed_here) in I as [I E]. symmetry in E. split; [exact E|].
          now apply A.
        + destruct I as [E I]. apply A in I; [|exact E]. now apply (missed_iff_misses arr sup leaves well_formed_here).
      - apply (edf_never_skips policy start H_start); [|exact B].
        destruct (configured_good _ _ H_start) as (_ & _ & _ & ->). exact H_edf.
    Qed.

    Theorem releases_in_time i n : (i < s_count start)%N -> s_kind start i = PERIODIC ->
      (forall t, ~ In (Stop i) (requests t)) ->
      let t := N.to_nat (s_earliest start i + N.of_nat n * p_period (s_parameters start i)) in
      alive t -> In i (released_tasks start requests leaves sup t).
    Proof.
      intros L K N. apply (periodic_releases policy start H_start); auto.
      destruct (configured_good _ _ H_start) as (_ & _ & _ & ->). exact H_edf.
    Qed.

    Lemma no_miss_if_fits t : alive t -> demand_fits arr sup -> missed_tasks t = [].
    Proof.
      intros B D. apply nobody_missed; [exact B|]. rewrite model_edf. apply edf_no_miss; auto using well_formed_here.
    Qed.

    Theorem optimal t : alive t -> feasible arr sup -> missed_tasks t = [].
    Proof. intros B F. apply no_miss_if_fits; [exact B|]. apply demand_necessary; auto using well_formed_here. Qed.

    Theorem recovers t0 t : alive t -> t0 < t -> sup t0 = true /\ schedule_of t0 = None ->
      (forall t1 t2, t0 < t1 <= t2 -> demand arr t1 t2 <= supplied sup t1 t2) -> missed_tasks t = [].
    Proof.
      intros B L [S E] D. apply nobody_missed; [exact B|]. rewrite model_edf.
      apply (no_miss_from arr sup leaves well_formed_here (Datatypes.S t0)); [|intros t1 t2 H; apply D; lia|lia].
      apply empty_fits; [|intros t2 H; apply D; lia]. rewrite <- model_edf.
      apply idle_empties; auto. apply (alive_le t0 t); [lia|exact B].
    Qed.

    Theorem no_miss_supplied sbf t : alive t -> supplies sbf sup ->
      (forall l, demand_bound (tasks start) l <= sbf l) -> missed_tasks t = [].
    Proof. intros B S D. apply no_miss_if_fits; [exact B|]. now apply (bound_fits sbf). Qed.

    Theorem no_miss t : alive t -> admitted start -> sup = whole_processor -> missed_tasks t = [].
    Proof.
      intros B A W. apply (no_miss_supplied (fun l => l)); [exact B|rewrite W; apply whole_supplies|].
      now apply admitted_bound.
    Qed.

    Theorem served_left_or_reported j : released arr j -> alive (deadline j) ->
      service schedule_of j (release j) (deadline j) = budget j \/ left_by schedule_of leaves j (deadline j) \/
      In (number j) (missed_tasks (deadline j)).
    Proof.
      intros R B. rewrite in_missed_tasks by exact B.
      rewrite (agree_service schedule_of elected (deadline j) (agrees _ B)) by auto.
      rewrite (agree_left_by schedule_of elected (deadline j) (agrees _ B)) by auto. rewrite model_edf in *.
      destruct (settled_at_deadline arr sup leaves well_formed_here j R) as [E|[E|E]]; auto.
      right; right. exists j. auto.
    Qed.

    Theorem serves_need j need : released arr j -> alive (deadline j) -> admitted start -> sup = whole_processor ->
      need <= budget j ->
      (forall t, schedule_of t = Some j -> leaves (S t) = true -> need <= service schedule_of j (release j) (S t)) ->
      need <= service schedule_of j (release j) (deadline j).
    Proof.
      intros R B A W N H. assert (D : demand_fits arr sup).
      { apply (bound_fits (fun l => l)); [rewrite W; apply whole_supplies|now apply admitted_bound]. }
      rewrite (agree_service schedule_of elected (deadline j) (agrees _ B)) by auto. rewrite model_edf.
      destruct (edf_budget_or_left arr sup leaves well_formed_here D j R) as [E|(u & U & Eu & Lu)]; [lia|].
      rewrite <- model_edf in *. rewrite <- (agrees _ B u U) in Eu. specialize (H u Eu Lu).
      rewrite (agree_service schedule_of elected (deadline j) (agrees _ B)) in H by lia.
      etransitivity; [exact H|]. apply service_mono. lia.
    Qed.
  End EarliestDeadlineFirst.
End Guarantees.
