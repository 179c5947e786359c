(* SPDX-License-Identifier: Apache-2.0 *)
(** * edf_elect is one step of the model

    From memory that stands for a queue, edf_elect always ends; it elects the head of the model's next queue, reports
    what the model drops, and leaves memory that stands for the model's queue after payment. *)
From Coq Require Import List ZArith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Policy Queue.
From Pip.Edf.Services Require Import Types State Heap Elect.
From Pip.Schedule Require Import QueueFacts Runs ArrayHeap HeapServices Represents Timers Departures Releases.
Local Open Scope N_scope.

(** Memory that stands for queue [q] before a slot. *)
Record good (s : scheduler) (q : queue) : Prop := {
  good_jobs   : represents s q;
  good_left   : positive (tl q);
  good_timers : timers_ok s (s_now s) }.

(** The task at the head of a queue, as edf_elect answers. *)
Definition head_number (q : queue) : N := match q with [] => no_task | e :: _ => number (fst e) end.

(** The model's queue after departures and arrivals. *)
Definition next_ready (s : scheduler) (q : queue) (departed : bool) (new : list job) : queue :=
  enqueue (policy_of s) new (Queue.drop_late (N.to_nat (s_now s)) (Queue.retire (departed && was_running s) q)).

(** What a slot does, from [s] and [q]: [departed] and [supplied] are edf_elect's arguments, [r] its answer. *)
Record slot (s : scheduler) (q : queue) (departed supplied : bool) (r : N) (s' : scheduler)
    (new : list job) (skipped : list N) : Prop := {
  sl_good     : let ready := next_ready s q departed new in good s' (if supplied then charge ready else ready);
  sl_answer   : r = if supplied then head_number (next_ready s q departed new) else no_task;
  sl_running  : s_running s' = r;
  sl_now      : s_now s' = s_now s + 1;
  sl_static   : s_policy s' = s_policy s /\ s_count s' = s_count s /\ s_parameters s' = s_parameters s /\
                s_kind s' = s_kind s;
  sl_released : tasks_in (s_released s') = map number new;
  sl_missed   : tasks_in (s_missed s') =
                map number (late (N.to_nat (s_now s)) (Queue.retire (departed && was_running s) q));
  sl_skipped  : tasks_in (s_skipped s') = skipped;
  sl_job      : forall j, In j new -> number j < s_count s /\ j = job_of s' (number j) /\
                  release j = N.to_nat (s_now s) /\ s_kind s (number j) <> STOPPED /\
                  p_deadline (s_parameters s (number j)) <= s_due s' (number j);
  sl_guard    : forall i, In i (map number new) \/ In i skipped -> s_earliest s i <= s_now s;
  sl_next     : forall i, In i (map number new) -> s_earliest s' i = s_now s + p_period (s_parameters s i);
  sl_later    : forall i, s_earliest s i <= s_earliest s' i;
  sl_nodup    : NoDup (map number new);
  sl_skips    : s_policy s = EARLIEST_DEADLINE_FIRST -> skipped = [];
  sl_periodic : forall i, i < s_count s -> s_kind s i = PERIODIC -> s_earliest s i = s_now s ->
                  In i (map number new) \/ In i skipped;
  sl_waiting  : forall i, i < s_count s -> s_kind s i = PERIODIC -> s_now s < s_earliest s i ->
                  s_earliest s' i = s_earliest s i }.

(** Under EDF, where late heads are dropped, nothing queued is late. *)
Lemma edf_none_late t q e : sorted earliest_deadline_first q -> In e (Queue.drop_late t q) ->
  (t < deadline (fst e))%nat.
Proof.
  intros S I. destruct (Queue.drop_late t q) as [|h r] eqn:D; [destruct I|].
  pose proof (drop_late_head _ _ _ _ D) as L. apply (drop_late_sorted _ t) in S. rewrite D in S.
  apply (sorted_head _ _ _ _ S) in I. unfold precedes, earliest_deadline_first in I. lia.
Qed.

Lemma no_expired_future s now : expired s now = 0%nat -> forall x, In x (timers s) -> now + 1 <= entry_key x.
Proof.
  unfold expired. induction (timers s) as [|y l IH]; intros E x; simpl in *; [tauto|].
  destruct (N.leb_spec (entry_key y) now); [discriminate|]. intros [<-|I]; [lia|now apply IH].
Qed.

(** Time passes. *)
Lemma timers_ok_next s now : timers_ok s now -> expired s now = 0%nat -> timers_ok s (now + 1).
Proof.
  intros [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10] E. split; auto.
  - now apply no_expired_future.
  - intros i L. specialize (T8 i L). lia.
Qed.

(** ** Dispatch *)
(** The state after a dispatch: somebody paid, the clock ticked. *)
Definition dispatched (s : scheduler) (unspent : N -> tick) (r : N) : scheduler :=
  with_clock (with_jobs s (s_active s) (s_due s) unspent) (s_now s) r.

Theorem dispatch_runs s q : represents s q -> positive q ->
  exists unspent, let s' := dispatched s unspent (head_number q) in
    dispatch s = Done (head_number q) s' /\ represents s' (charge q).
Proof.
  intros R P. unfold dispatch. step read_runs. destruct q as [|e q].
  { rewrite (rep_size _ _ R). cbn. exists (s_left s). split; [now destruct s|].
    apply (represents_same s); [|exact R]. repeat split; reflexivity. }
  destruct (read_top s e q R) as (-> & E1 & E2 & L). step E1. rewrite E2. step read_at_runs.
  pose proof (stands_left _ _ (rep_stands _ _ R e (or_introl eq_refl))) as El.
  specialize (P e (or_introl eq_refl)). step tick_sub_runs; [unfold one_slot; lia|]. step write_at_runs.
  step write_runs.
  eexists. split; [reflexivity|]. eapply represents_same; [|exact (pay_represents s e q R)]. repeat split; reflexivity.
Qed.

(** ** The whole slot *)

Definition cleared (s : scheduler) : scheduler :=
  with_reports s (ReportList 0 (reports (s_released s))) (ReportList 0 (reports (s_missed s)))
    (ReportList 0 (reports (s_skipped s))).

Section OneSlot.
  Variables (s : scheduler) (q : queue) (departed supplied : bool).
  Hypothesis H_good : good s q.
  Hypothesis H_now : s_now s <= last_slot.
  Notation now := (s_now s).
  Notation remaining := (Queue.retire (departed && was_running s) q).
  Notation stay := (Queue.drop_late (N.to_nat now) remaining).

  (** Up to the arrivals. *)
  Lemma departures_run : exists active ready missed,
    let s1 := after_departures (cleared s) active ready missed in
    (forall k : unit -> Edf task_number,
      bind (retire departed) (fun _ => bind (drop_late task_rounds now) k) (cleared s) =
      k tt s1) /\
    represents s1 stay /\ timers_ok s1 now /\ tasks_in missed = map number (late (N.to_nat now) remaining) /\
    (forall i, active i = true -> s_active s i = true).
  Proof.
    pose proof H_good as [R _ T]. assert (R0 : represents (cleared s) q) by now apply (represents_same s).
    destruct (retire_departs _ q departed R0) as (a1 & r1 & m1 & E1 & R1 & M1 & A1).
    change (was_running (cleared s)) with (was_running s) in *. set (s1 := after_departures _ a1 r1 m1) in *.
    rewrite app_nil_r in M1. change (s_missed (cleared s)) with (ReportList 0 (reports (s_missed s))) in M1.
    assert (Z : reported m1 = 0).
    { apply (f_equal (@length N)) in M1. rewrite !tasks_in_length in M1. simpl in M1. lia. }
    assert (L : N.of_nat (length remaining) <= max_tasks).
    { rewrite <- (rep_size _ _ R1). apply (rep_heap _ _ R1). }
    destruct (drop_late_departs now task_rounds s1 remaining R1) as (a2 & r2 & m2 & E2 & R2 & M2 & A2).
    { unfold task_rounds. lia. }
    { change (s_missed s1) with m1. lia. }
    exists a2, r2, m2. split; [intros k; step E1; now step E2|]. split; [exact R2|].
    assert (A : forall i, a2 i = true -> s_active s i = true) by (intros i H; apply A1, (A2 i H)).
    split; [|split; [|exact A]].
    - apply (timers_ok_same s); try reflexivity; auto.
    - change (s_missed s1) with m1 in M2. rewrite M2, M1. reflexivity.
  Qed.

  (** After the arrivals. *)
  Section Arrivals.
    Variables (s1 s2 : scheduler) (new : list job) (skipped : list N).
    Hypothesis H_before : policy_of s1 = policy_of s /\ s_count s1 = s_count s /\ s_parameters s1 = s_parameters s.
    Hypothesis H_rep : represents s2 (enqueue (policy_of s) new stay).
    Hypothesis H_timers : timers_ok s1 now.
    Hypothesis H_new : releases s1 s2 now new skipped.
    Notation ready := (next_ready s q departed new).
    Notation s3 := (with_clock s2 (now + 1) (s_running s2)).

    Lemma ready_positive_here : positive ready.
    Proof.
      intros e I. apply enqueue_in in I as [[I ->]|I].
      - destruct (re_job _ _ _ _ _ H_new _ I) as (L & E & _).
        destruct (tm_parameters _ _ H_timers _ L) as [Q _ _ _].
        destruct (re_same _ _ _ _ _ H_new) as (_ & _ & _ & _ & Ep & _).
        rewrite E. cbn. rewrite Ep. lia.
      - apply (retire_positive (departed && was_running s) q (good_left _ _ H_good)). now apply drop_late_in in I.
    Qed.

    Lemma last_part : exists r unspent, let s' := dispatched s3 unspent r in
      (if supplied then dispatch else bind (set_running no_task) (fun _ => ret no_task)) s3 = Done r s' /\
      r = (if supplied then head_number ready else no_task) /\
      represents s' (if supplied then charge ready else ready).
    Proof.
      assert (R3 : represents s3 ready) by (apply (represents_same s2); [repeat split; reflexivity|exact H_rep]).
      destruct supplied.
      - destruct (dispatch_runs s3 ready R3 ready_positive_here) as (unspent & E & R).
        exists (head_number ready), unspent. auto.
      - exists no_task, (s_left s3). split; [reflexivity|]. split; [reflexivity|].
        apply (represents_same s3); [repeat split; reflexivity|exact R3].
    Qed.
  End Arrivals.

  (** *** Nothing is skipped under EDF; periodic tasks release in time *)
  Section Guarantees.
    Variables (s1 s2 : scheduler) (new : list job) (skipped : list N).
    Hypothesis H_table : s_policy s1 = s_policy s /\ s_count s1 = s_count s /\ s_parameters s1 = s_parameters s /\
      s_kind s1 = s_kind s /\ s_earliest s1 = s_earliest s.
    Hypothesis H_before : represents s1 stay.
    Hypothesis H_after : timers_ok s2 now.
    Hypothesis H_expired : expired s2 now = 0%nat.
    Hypothesis H_new : releases s1 s2 now new skipped.

    Lemma edf_skips_nothing : s_policy s = EARLIEST_DEADLINE_FIRST -> skipped = [].
    Proof.
      destruct H_table as (Ep & _). intros E. destruct skipped as [|i l]; [reflexivity|exfalso].
      destruct (re_busy _ _ _ _ _ H_new i (or_introl eq_refl)) as (L & A & D).
      pose proof (rep_active _ _ H_before i L A) as I. unfold jobs in I. rewrite map_map in I.
      apply in_map_iff in I as (e & Ei & I). pose proof (stands_job _ _ (rep_stands _ _ H_before e I)) as J.
      assert (So : sorted earliest_deadline_first remaining).
      { apply retire_sorted. pose proof (rep_sorted _ _ (good_jobs _ _ H_good)) as So.
        unfold policy_of in So. now rewrite E in So. }
      apply (edf_none_late _ _ _ So) in I. rewrite J in I. unfold number in I. rewrite Ei, N2Nat.id in I.
      cbn in I. lia.
    Qed.

    Lemma periodic_released i : i < s_count s -> s_kind s i = PERIODIC -> s_earliest s i = now ->
      In i (map number new) \/ In i skipped.
    Proof.
      destruct H_table as (_ & Ec & _ & Ek & Ee). intros L K E.
      destruct (re_same _ _ _ _ _ H_new) as (_ & _ & _ & Ec2 & _ & Ek2 & _).
      pose proof (tm_periodic _ _ H_after i ltac:(rewrite Ec2, Ec; auto) ltac:(rewrite Ek2, Ek; auto)) as I.
      apply (no_expired_future _ _ H_expired) in I.
      rewrite entry_key_pack in I by (pose proof (tm_count _ _ H_after); unfold max_tasks, task_bits in *; lia).
      destruct (re_changed _ _ _ _ _ H_new i) as [C|[C|C]]; auto; [rewrite Ee; lia|congruence].
    Qed.

    Lemma waiting_unchanged i : s_kind s i = PERIODIC -> now < s_earliest s i -> s_earliest s2 i = s_earliest s i.
    Proof.
      destruct H_table as (_ & _ & _ & Ek & Ee). intros K L.
      destruct (N.eq_dec (s_earliest s2 i) (s_earliest s1 i)) as [C|C]; [congruence|].
      apply (re_changed _ _ _ _ _ H_new) in C. rewrite Ek in C.
      assert (D : In i (map number new) \/ In i skipped) by (destruct C as [C|[C|C]]; auto; congruence).
      apply (re_guard _ _ _ _ _ H_new) in D. rewrite Ee in D. lia.
    Qed.
  End Guarantees.

  Theorem edf_elect_runs : exists r s' new skipped,
    edf_elect departed supplied s = Done r s' /\ slot s q departed supplied r s' new skipped.
  Proof.
    destruct departures_run as (active & ready & missed & E1 & R1 & T1 & M1 & A1).
    set (s1 := after_departures _ _ _ _) in *. unfold edf_elect. step read_runs.
    step write_runs. step write_runs. step write_runs.
    change (with_report _ SKIPPED _) with (cleared s). rewrite E1. clear E1.
    assert (X : (expired s1 now <= N.to_nat max_tasks)%nat).
    { pose proof (expired_bound s1 now T1). pose proof (tm_count _ _ T1). lia. }
    destruct (release_due_runs now task_rounds s1 stay R1 T1 H_now X) as (s2 & new & skipped & E2 & H2 & R2 & T2 & X2).
    { split; [change (reported (s_released s1)) with 0|change (reported (s_skipped s1)) with 0]; lia. }
    step E2. clear E2. unfold last_slot in H_now. step tick_add_runs; [unfold tick_limit, one_slot; lia|].
    step write_runs. destruct (last_part s1 s2 new skipped) as (r & unspent & E3 & Er & R3); auto.
    exists r, (dispatched (with_clock s2 (now + 1) (s_running s2)) unspent r), new, skipped. split; [exact E3|].
    pose proof (re_same _ _ _ _ _ H2) as (B1 & B2 & B3 & B4 & B5 & B6 & B7).
    pose proof (ready_positive_here s1 s2 new skipped ltac:(repeat split; reflexivity) T1 H2) as P. split.
    - split; [exact R3| |].
      + intros e I. apply P. destruct supplied; destruct (next_ready s q departed new) as [|[j c] l]; simpl in *; auto.
      + apply (timers_ok_same s2); try reflexivity; auto. now apply timers_ok_next.
    - exact Er.
    - reflexivity.
    - reflexivity.
    - repeat split; auto.
    - exact (re_released _ _ _ _ _ H2).
    - change (tasks_in (s_missed s2) = map number (late (N.to_nat now) remaining)). rewrite B7. exact M1.
    - exact (re_skipped _ _ _ _ _ H2).
    - exact (re_job _ _ _ _ _ H2).
    - intros i I. exact (proj1 (re_guard _ _ _ _ _ H2 i I)).
    - exact (re_next _ _ _ _ _ H2).
    - exact (re_later _ _ _ _ _ H2).
    - exact (re_nodup _ _ _ _ _ H2).
    - apply (edf_skips_nothing s1 s2 new skipped); auto.
    - apply (periodic_released s1 s2 new skipped); auto.
    - intros i _. apply (waiting_unchanged s1 s2 new skipped); auto.
  Qed.
End OneSlot.
