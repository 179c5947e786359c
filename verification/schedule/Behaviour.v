(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the machine does, seen from outside

    Its schedule is the model's schedule; it reports what the model reports; the jobs that it releases are legal for the
    tasks in its table, whatever requests come: the guard sees to it. *)
From Coq Require Import List ZArith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Policy Queue Sporadic.
From Pip.Edf.Services Require Import Types State.
From Pip.Schedule Require Import QueueFacts Accounting Runs ArrayHeap HeapServices Represents Timers OneSlot.
From Pip.Schedule Require Import TaskServices Machine Simulation.
Local Open Scope N_scope.

Section Behaviour.
  Variables (policy : policy_name) (start : scheduler).
  Hypothesis H_start : configured policy start.
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).
  Notation memory := (memory start requests leaves sup).
  Notation answer := (answer start requests leaves sup).
  Notation arr := (arrivals_of start requests leaves sup).
  Notation schedule_of := (schedule_of start requests leaves sup).
  Notation missed_tasks := (missed_tasks start requests leaves sup).
  Notation skipped_tasks := (skipped_tasks start requests leaves sup).
  Notation key := (policy_of start).
  Notation ready := (ready key arr sup leaves).
  Notation elected := (elected key arr sup leaves).
  Notation missed := (missed key arr sup leaves).
  Notation happens := (happens start requests leaves sup).

  (** ** The arrivals *)

  (** What is known of a released job. *)
  Record arrives (t : nat) (j : job) : Prop := {
    arr_alive   : alive t;
    arr_task    : number j < s_count start;
    arr_job     : j = job_of (memory (S t)) (number j);
    arr_release : release j = t;
    arr_budget  : budget j = N.to_nat (p_budget (s_parameters start (number j)));
    arr_due     : deadline j = (t + N.to_nat (p_deadline (s_parameters start (number j))))%nat }.

  Lemma in_arrivals t j : In j (arr t) -> alive t /\ exists before, happens t before.
  Proof.
    intros I. assert (B : alive t).
    { unfold arrivals_of in I. unfold alive. destruct (N.leb_spec (N.of_nat t) last_slot); [auto|destruct I]. }
    split; [exact B|]. now apply (always_happens policy).
  Qed.

  Lemma arrival_arrives t j : In j (arr t) -> arrives t j.
  Proof.
    intros I. destruct (in_arrivals t j I) as (B & before & H). destruct (hap_table _ _ _ _ _ _ H) as [Ec Ep].
    destruct (sl_job _ _ _ _ _ _ _ _ (hap_slot _ _ _ _ _ _ H) j I) as (L & J & R & _ & D).
    destruct (sl_static _ _ _ _ _ _ _ _ (hap_slot _ _ _ _ _ _ H)) as (_ & _ & Ep2 & _).
    rewrite (hap_now _ _ _ _ _ _ H), Nat2N.id in R. rewrite Ec in L. rewrite Ep in D, Ep2.
    pose proof (f_equal budget J) as Jb. pose proof (f_equal deadline J) as Jd. pose proof (f_equal release J) as Jr.
    unfold job_of in Jb, Jd, Jr. cbn [budget deadline release] in Jb, Jd, Jr. rewrite Ep2 in Jb, Jr.
    split; auto. lia.
  Qed.

  (** The guard: the next release of a task is a period after every release so far. *)
  Lemma guard_holds t : alive t -> forall u j, (u < t)%nat -> In j (arr u) ->
    N.of_nat u + p_period (s_parameters start (number j)) <= s_earliest (memory t) (number j).
  Proof.
    induction t as [|t IH]; intros B u j L I; [lia|].
    destruct (always_happens policy start H_start requests leaves sup t ltac:(unfold alive in *; lia)) as (before & H).
    destruct (hap_table _ _ _ _ _ _ H) as [Ec Ep].
    destruct (calm_same _ _ (hap_calm _ _ _ _ _ _ H)) as (_ & _ & _ & _ & _ & Ee & _).
    pose proof (hap_slot _ _ _ _ _ _ H) as Sl. destruct (Nat.eq_dec u t) as [->|Ne].
    - pose proof (sl_next _ _ _ _ _ _ _ _ Sl (number j) (in_map number _ _ I)) as Q.
      rewrite Ep, (hap_now _ _ _ _ _ _ H) in Q. rewrite Q. lia.
    - specialize (IH ltac:(unfold alive in *; lia) u j ltac:(lia) I).
      pose proof (sl_later _ _ _ _ _ _ _ _ Sl (number j)). rewrite Ee in H0. lia.
  Qed.

  Lemma start_parameters i : i < s_count start -> parameters_ok (s_parameters start i).
  Proof.
    destruct (configured_good _ _ H_start) as (G & _). apply (tm_parameters _ _ (good_timers _ _ G)).
  Qed.

  Lemma arrivals_well_formed : well_formed arr.
  Proof.
    split.
    - intros t j I. apply (arr_release _ _ (arrival_arrives t j I)).
    - intros j R. destruct (arrival_arrives _ _ R) as [_ L _ _ B _]. destruct (start_parameters _ L). lia.
    - intros j R. destruct (arrival_arrives _ _ R) as [_ L _ _ _ D]. destruct (start_parameters _ L). lia.
    - intros j k Rj Rk Et Er. unfold released in *. rewrite <- Er in Rk.
      rewrite (arr_job _ _ (arrival_arrives _ _ Rj)), (arr_job _ _ (arrival_arrives _ _ Rk)). unfold number.
      now rewrite Et.
    - intros t. destruct (arr t) as [|j l] eqn:E; [constructor|]. rewrite <- E.
      assert (I : In j (arr t)) by (rewrite E; simpl; auto).
      destruct (in_arrivals t j I) as (_ & before & H).
      apply (NoDup_map_inv number), (sl_nodup _ _ _ _ _ _ _ _ (hap_slot _ _ _ _ _ _ H)).
  Qed.

  Lemma task_found i : i < s_count start ->
    nth_error (tasks start) (N.to_nat i) = Some (task_of (s_parameters start i)).
  Proof.
    intros L. unfold tasks. rewrite nth_error_map, nth_error_nth' with (d := 0%nat) by (rewrite seq_length; lia).
    rewrite seq_nth by lia. simpl. now rewrite N2Nat.id.
  Qed.

  (** *** Whatever is requested, what is released is legal. *)
  Theorem arrivals_legal : legal (tasks start) arr.
  Proof.
    split; [exact arrivals_well_formed|..].
    - intros j R. destruct (arrival_arrives _ _ R) as [_ L _ _ B D]. exists (task_of (s_parameters start (number j))).
      pose proof (task_found _ L) as F. unfold number in F at 1. rewrite Nat2N.id in F. split; [exact F|]. cbn. lia.
    - intros i j k Ri Rj Ne Et Ek Le.
      destruct (arrival_arrives _ _ Ri) as [Bi Li Ji _ _ _], (arrival_arrives _ _ Rj) as [Bj Lj Jj _ _ _].
      assert (En : number i = number j) by (unfold number; now rewrite Et).
      pose proof (task_found _ Li) as F. unfold number in F at 1. rewrite Nat2N.id, Ek in F. injection F as ->. cbn.
      assert (L : (release i < release j)%nat).
      { destruct (Nat.eq_dec (release i) (release j)) as [E|]; [|lia]. exfalso. apply Ne.
        now apply (one_job_per_slot _ arrivals_well_formed). }
      pose proof (guard_holds (release j) Bj (release i) i L Ri) as Q.
      destruct (in_arrivals _ _ Rj) as (_ & before & H).
      destruct (calm_same _ _ (hap_calm _ _ _ _ _ _ H)) as (_ & _ & _ & _ & _ & Ee & _).
      pose proof (sl_guard _ _ _ _ _ _ _ _ (hap_slot _ _ _ _ _ _ H) (number j) (or_introl (in_map number _ _ Rj))) as G.
      rewrite Ee, (hap_now _ _ _ _ _ _ H), <- En in G. lia.
  Qed.

  Lemma tasks_sensible : Forall sensible (tasks start).
  Proof.
    apply Forall_forall. intros k I. apply in_map_iff in I as (i & <- & I). apply in_seq in I.
    destruct (start_parameters (N.of_nat i) ltac:(lia)) as [Q1 Q2 _ _]. unfold sensible. cbn. lia.
  Qed.

  (** ** The schedule and the reports *)

  (** What edf_elect answers is the number of the job that the model elects. *)
  Theorem answer_elected t : alive t ->
    answer t = match elected t with Some j => number j | None => no_task end.
  Proof.
    intros B. destruct (always_happens policy start H_start requests leaves sup t B) as (before & H).
    rewrite (sl_answer _ _ _ _ _ _ _ _ (hap_slot _ _ _ _ _ _ H)), (hap_ready _ _ _ _ _ _ H).
    unfold Queue.elected. destruct (sup t); [|reflexivity]. now destruct (ready t).
  Qed.

  Theorem schedule_elected t : alive t -> schedule_of t = elected t.
  Proof.
    intros B. unfold Machine.schedule_of. rewrite answer_elected by auto.
    destruct (elected t) as [j|] eqn:E; [|reflexivity].
    destruct (always_happens policy start H_start requests leaves sup t B) as (before & H).
    pose proof (sl_good _ _ _ _ _ _ _ _ (hap_slot _ _ _ _ _ _ H)) as G. cbv zeta in G.
    rewrite (hap_ready _ _ _ _ _ _ H) in G.
    unfold Queue.elected in E. destruct (sup t); [|discriminate].
    destruct (ready t) as [|[k c] q]; [discriminate|]. injection E as ->.
    assert (I : In (j, pred c) (charge ((j, c) :: q))) by (simpl; auto).
    pose proof (rep_task _ _ (good_jobs _ _ G) _ I) as L.
    pose proof (stands_job _ _ (rep_stands _ _ (good_jobs _ _ G) _ I)) as J.
    cbn [fst] in *. destruct (N.eqb_spec (number j) no_task) as [C|_]; [unfold no_task, max_tasks in *; lia|].
    now rewrite <- J.
  Qed.

  Theorem missed_reported t : alive t -> missed_tasks t = map number (missed t).
  Proof.
    intros B. destruct (always_happens policy start H_start requests leaves sup t B) as (before & H).
    unfold Machine.missed_tasks. rewrite (sl_missed _ _ _ _ _ _ _ _ (hap_slot _ _ _ _ _ _ H)), (hap_stay _ _ _ _ _ _ H).
    now rewrite (hap_now _ _ _ _ _ _ H), Nat2N.id.
  Qed.

  Theorem edf_never_skips t : s_policy start = EARLIEST_DEADLINE_FIRST -> alive t -> skipped_tasks t = [].
  Proof.
    intros P B. destruct (always_happens policy start H_start requests leaves sup t B) as (before & H).
    apply (sl_skips _ _ _ _ _ _ _ _ (hap_slot _ _ _ _ _ _ H)).
    destruct (calm_same _ _ (hap_calm _ _ _ _ _ _ H)) as (Ep & _). rewrite Ep.
    destruct (sim_table _ _ _ _ _ (simulation policy start H_start requests leaves sup t B)) as (-> & _). exact P.
  Qed.

  (** ** Periodic tasks release a job every period, from their first release on, if nobody stops them *)
  Section Periodic.
    Variable i : N.
    Hypothesis H_edf : s_policy start = EARLIEST_DEADLINE_FIRST.
    Hypothesis H_i : i < s_count start.
    Hypothesis H_kind : s_kind start i = PERIODIC.
    Hypothesis H_stop : forall t, ~ In (Stop i) (requests t).
    Notation first := (s_earliest start i).
    Notation T := (p_period (s_parameters start i)).

    (** The next release is the [n]-th, and all before it have been. *)
    Lemma periodic_next t : (forall u, (u < t)%nat -> alive u) -> s_kind (memory t) i = PERIODIC /\
      exists n, s_earliest (memory t) i = first + N.of_nat n * T /\ N.of_nat t <= first + N.of_nat n * T /\
        forall m, (m < n)%nat -> In i (released_tasks start requests leaves sup (N.to_nat (first + N.of_nat m * T))).
    Proof.
      induction t as [|t IH]; intros B.
      { split; [exact H_kind|]. exists 0%nat. cbn. split; [lia|]. split; [lia|]. intros; lia. }
      destruct IH as (K & n & E & L & P); [intros; apply B; lia|].
      destruct (always_happens policy start H_start requests leaves sup t (B t (Nat.lt_succ_diag_r t))) as (before & H).
      pose proof (hap_slot _ _ _ _ _ _ H) as Sl. destruct (hap_table _ _ _ _ _ _ H) as [Ec Ep].
      destruct (calm_same _ _ (hap_calm _ _ _ _ _ _ H)) as (_ & _ & _ & _ & _ & Ee & _).
      assert (Kb : s_kind before i = PERIODIC) by (rewrite (hap_kind _ _ _ _ _ _ H i (H_stop t)); exact K).
      destruct (sl_static _ _ _ _ _ _ _ _ Sl) as (_ & _ & _ & Ek). pose proof (hap_now _ _ _ _ _ _ H) as Nn.
      split; [rewrite Ek; exact Kb|]. destruct (N.eq_dec (s_earliest before i) (N.of_nat t)) as [Now|Later].
      - assert (I : In i (map number (arr t))).
        { destruct (sl_periodic _ _ _ _ _ _ _ _ Sl i ltac:(rewrite Ec; exact H_i) Kb ltac:(congruence)) as [I|I]; auto.
          rewrite (edf_never_skips t H_edf (B t (Nat.lt_succ_diag_r t))) in I. destruct I. }
        exists (Datatypes.S n). rewrite (sl_next _ _ _ _ _ _ _ _ Sl i I), Nn, Ep. rewrite Ee, E in Now.
        destruct (start_parameters i H_i) as [Q1 Q2 _ _]. split; [lia|]. split; [lia|].
        intros m Lm. destruct (Nat.eq_dec m n) as [->|]; [|apply P; lia].
        rewrite Now, Nat2N.id. unfold Machine.released_tasks. now rewrite (sl_released _ _ _ _ _ _ _ _ Sl).
      - exists n. rewrite (sl_waiting _ _ _ _ _ _ _ _ Sl i); [rewrite Ee; split; [exact E|]|rewrite Ec;
          exact H_i|exact Kb|].
        + rewrite Ee, E in Later. split; [lia|exact P].
        + rewrite Nn, Ee in *. rewrite E in *. lia.
    Qed.

    Theorem periodic_releases n : let t := N.to_nat (first + N.of_nat n * T) in
      alive t -> In i (released_tasks start requests leaves sup t).
    Proof.
      intros t B. destruct (periodic_next (Datatypes.S t)) as (_ & m & _ & L & P).
      { intros u U. unfold alive in *. lia. }
      apply P. destruct (start_parameters i H_i) as [Q1 Q2 _ _]. unfold t in L. nia.
    Qed.
  End Periodic.
End Behaviour.
