(* SPDX-License-Identifier: Apache-2.0 *)
(** * The second half of edf_elect: who joins the queue

    Every timer that has run out releases a job of its task, unless the one before is still queued, and is set again.
    A job is released only when the task's guard allows it, and the guard then forbids the next one for a period. *)
From Coq Require Import List ZArith Bool Lia Permutation.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Policy Queue.
From Pip.Edf.Services Require Import Types State Heap Policy Elect.
From Pip.Schedule Require Import QueueFacts Runs ArrayHeap HeapServices Represents Timers Departures.
Local Open Scope N_scope.

(** ** What releases change: from [s] to [s'], the jobs [new] are released in slot [now], those of [skipped] are not *)
Record releases (s s' : scheduler) (now : N) (new : list job) (skipped : list N) : Prop := {
  re_same : s_policy s' = s_policy s /\ s_now s' = s_now s /\ s_running s' = s_running s /\ s_count s' = s_count s /\
            s_parameters s' = s_parameters s /\ s_kind s' = s_kind s /\ s_missed s' = s_missed s;
  re_released : tasks_in (s_released s') = tasks_in (s_released s) ++ map number new;
  re_skipped  : tasks_in (s_skipped s') = tasks_in (s_skipped s) ++ skipped;
  re_job      : forall j, In j new -> number j < s_count s /\ j = job_of s' (number j) /\ release j = N.to_nat now /\
                  s_kind s (number j) <> STOPPED /\ p_deadline (s_parameters s (number j)) <= s_due s' (number j);
  re_guard    : forall i, In i (map number new) \/ In i skipped -> s_earliest s i <= now < s_earliest s' i;
  re_next     : forall i, In i (map number new) -> s_earliest s' i = now + p_period (s_parameters s i);
  re_later    : forall i, s_earliest s i <= s_earliest s' i;
  re_nodup    : NoDup (map number new);
  re_others   : forall i, ~ In i (map number new) -> s_due s' i = s_due s i /\ s_active s' i = s_active s i;
  re_busy     : forall i, In i skipped -> i < s_count s /\ s_active s i = true /\ s_due s i <= now;
  re_changed  : forall i, s_earliest s' i <> s_earliest s i ->
                  In i (map number new) \/ In i skipped \/ s_kind s i = STOPPED }.

Lemma releases_none s now : releases s s now [] [].
Proof. split; rewrite ?app_nil_r; simpl; try tauto; try lia; try constructor; try (intros; lia). Qed.

Section Sequence.
  Variables (s s1 s2 : scheduler) (now : N) (n1 n2 : list job) (k1 k2 : list N).
  Hypothesis H1 : releases s s1 now n1 k1.
  Hypothesis H2 : releases s1 s2 now n2 k2.

  (** Who released a job or was skipped does neither again in the same slot. *)
  Lemma once i : In i (map number n1) \/ In i k1 -> ~ (In i (map number n2) \/ In i k2).
  Proof. intros A B. apply (re_guard _ _ _ _ _ H1) in A. apply (re_guard _ _ _ _ _ H2) in B. lia. Qed.

  Lemma sequence_job j : In j (n1 ++ n2) -> number j < s_count s /\ j = job_of s2 (number j) /\
    release j = N.to_nat now /\ s_kind s (number j) <> STOPPED /\
    p_deadline (s_parameters s (number j)) <= s_due s2 (number j).
  Proof.
    destruct (re_same _ _ _ _ _ H1) as (_ & _ & _ & Ec & Ep & Ek & _).
    destruct (re_same _ _ _ _ _ H2) as (_ & _ & _ & _ & Ep2 & _).
    intros I. apply in_app_or in I as [I|I].
    - destruct (re_job _ _ _ _ _ H1 j I) as (A & B & C & D & E).
      assert (F : ~ In (number j) (map number n2)).
      { intros G. apply (once (number j)); [left; now apply in_map|auto]. }
      destruct (re_others _ _ _ _ _ H2 _ F) as [G _]. rewrite G. repeat split; auto.
      rewrite B at 1. symmetry. now apply job_of_same.
    - destruct (re_job _ _ _ _ _ H2 j I) as (A & B & C & D & E). rewrite Ec in A. rewrite Ek in D. rewrite Ep in E.
      auto.
  Qed.

  Lemma earliest_kept i : In i (map number n1) -> s_earliest s2 i = s_earliest s1 i.
  Proof.
    intros I. destruct (N.eq_dec (s_earliest s2 i) (s_earliest s1 i)) as [|Ne]; auto. exfalso.
    apply (re_changed _ _ _ _ _ H2) in Ne. destruct Ne as [C|[C|C]]; [apply (once i); auto|apply (once i); auto|].
    apply in_map_iff in I as (j & <- & I). destruct (re_job _ _ _ _ _ H1 j I) as (_ & _ & _ & K & _).
    destruct (re_same _ _ _ _ _ H1) as (_ & _ & _ & _ & _ & Ek & _). congruence.
  Qed.

  Theorem releases_sequence : releases s s2 now (n1 ++ n2) (k1 ++ k2).
  Proof.
    pose proof (re_same _ _ _ _ _ H1) as S1. pose proof (re_same _ _ _ _ _ H2) as S2.
    destruct S1 as (A1 & A2 & A3 & A4 & A5 & A6 & A7), S2 as (B1 & B2 & B3 & B4 & B5 & B6 & B7).
    pose proof (re_later _ _ _ _ _ H1) as L1. pose proof (re_later _ _ _ _ _ H2) as L2. split.
    - repeat split; congruence.
    - rewrite (re_released _ _ _ _ _ H2), (re_released _ _ _ _ _ H1), map_app, app_assoc. reflexivity.
    - rewrite (re_skipped _ _ _ _ _ H2), (re_skipped _ _ _ _ _ H1), app_assoc. reflexivity.
    - apply sequence_job.
    - intros i I. rewrite map_app, !in_app_iff in I. specialize (L1 i). specialize (L2 i).
      assert (D : (In i (map number n1) \/ In i k1) \/ (In i (map number n2) \/ In i k2)) by tauto.
      destruct D as [D|D]; [apply (re_guard _ _ _ _ _ H1) in D|apply (re_guard _ _ _ _ _ H2) in D]; lia.
    - intros i I. rewrite map_app, in_app_iff in I. destruct I as [I|I].
      + rewrite <- (re_next _ _ _ _ _ H1 i I). now apply earliest_kept.
      + apply (re_next _ _ _ _ _ H2) in I. now rewrite A5 in I.
    - intros i. specialize (L1 i). specialize (L2 i). lia.
    - rewrite map_app. apply nodup_app_disjoint; [apply H1|apply H2|].
      intros i I J. apply (once i); auto.
    - intros i I. rewrite map_app, in_app_iff in I.
      destruct (re_others _ _ _ _ _ H1 i ltac:(tauto)) as [<- <-]. apply (re_others _ _ _ _ _ H2). tauto.
    - intros i I. apply in_app_or in I as [I|I]; [now apply (re_busy _ _ _ _ _ H1)|].
      assert (F : ~ In i (map number n1)) by (intros G; apply (once i); auto).
      destruct (re_others _ _ _ _ _ H1 i F) as [<- <-]. rewrite <- A4. now apply (re_busy _ _ _ _ _ H2).
    - intros i Ne. rewrite map_app, !in_app_iff. rewrite <- A6.
      destruct (N.eq_dec (s_earliest s1 i) (s_earliest s i)) as [E|E].
      + rewrite <- E in Ne. apply (re_changed _ _ _ _ _ H2) in Ne. tauto.
      + apply (re_changed _ _ _ _ _ H1) in E. rewrite A6. tauto.
  Qed.
End Sequence.

(** ** One timer *)

(** The job released by task [i] in slot [now]. *)
Definition new_job (s : scheduler) (i now : N) : job :=
  Job (N.to_nat i) (N.to_nat now) (N.to_nat (p_budget (s_parameters s i)))
    (N.to_nat (now + p_deadline (s_parameters s i))).

(** The state with a job of task [i]. *)
Definition with_job (s : scheduler) (i now : N) : scheduler :=
  with_jobs s (update (s_active s) i true) (update (s_due s) i (now + p_deadline (s_parameters s i)))
    (update (s_left s) i (p_budget (s_parameters s i))).

Lemma with_job_of s i now : job_of (with_job s i now) i = new_job s i now.
Proof.
  unfold job_of, new_job. cbn. rewrite update_same. f_equal.
  now rewrite N.add_sub.
Qed.

Lemma job_key_bound s i now : parameters_ok (s_parameters s i) -> now <= last_slot ->
  N.of_nat (policy_of s (new_job s i now)) < key_limit.
Proof.
  intros [Q1 Q2 Q3 Q4] B. unfold policy_of, last_slot, max_period, key_limit in *. destruct (s_policy s).
  - unfold earliest_deadline_first. cbn. lia.
  - unfold FixedPriority.fixed_priority. cbn. rewrite !N2Nat.id. lia.
Qed.

(** After its timer was set again, task [i] releases its job. *)
Theorem release_job_runs s q i now : represents s q -> i < s_count s -> parameters_ok (s_parameters s i) ->
  now <= last_slot -> s_active s i = false -> reported (s_released s) < max_tasks ->
  exists ready released, let s' := with_report (with_heap (with_job s i now) READY ready) RELEASED released in
    release_job i now s = Done tt s' /\
    represents s' (insert (policy_of s) (new_job s i now, budget (new_job s i now)) q) /\
    tasks_in released = tasks_in (s_released s) ++ [i].
Proof.
  intros R L Q B A Room. pose proof (rep_count _ _ R) as C. pose proof (job_key_bound s i now Q B) as Kb.
  destruct Q as [Q1 Q2 Q3 Q4]. unfold last_slot, max_period in B, Q3. unfold release_job.
  step read_at_runs. rewrite A. step read_at_runs. step read_at_runs.
  step tick_add_runs; [unfold tick_limit; lia|]. step write_at_runs. step write_at_runs. step write_at_runs.
  set (s1 := with_jobs _ _ _ _).
  step (job_key_runs s1 i _ (new_job s i now)); [reflexivity..|].
  change (policy_of s1) with (policy_of s).
  step make_entry_runs; [unfold max_tasks, task_bits in *; lia|].
  destruct (insert_job_runs s q i (now + p_deadline (s_parameters s i)) (p_budget (s_parameters s i)) R L A)
    as (ready & E & R').
  fold (with_job s i now) in E, R'. change s1 with (with_job s i now). rewrite with_job_of in E, R'.
  assert (Ek : packed (policy_of s) (new_job s i now, N.to_nat (p_budget (s_parameters s i))) =
    N.of_nat (policy_of s (new_job s i now)) * task_bits + i).
  { unfold packed, pack, number. cbn [fst task new_job]. now rewrite N2Nat.id. }
  rewrite Ek in E. step E. set (s2 := with_heap _ _ _) in *.
  destruct (report_runs RELEASED i s2 Room) as (released & E2 & P2). exists ready, released. split; [exact E2|].
  split; [|exact P2]. now apply (represents_same s2).
Qed.

(** ** One timer that has run out *)

Lemma timers_ok_same s s' now : timers_ok s now -> s_count s' = s_count s -> s_parameters s' = s_parameters s ->
  s_kind s' = s_kind s -> s_earliest s' = s_earliest s -> s_armed s' = s_armed s -> s_timers s' = s_timers s ->
  (forall i, i < s_count s -> s_active s' i = true -> s_active s i = true /\ s_due s' i = s_due s i \/
     s_due s' i <= s_earliest s i) ->
  timers_ok s' now.
Proof.
  intros [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10] Ec Ep Ek Ee Ea Et D.
  split; rewrite ?Ec, ?Ep, ?Ek, ?Ee, ?Ea, ?Et; auto.
  intros i L A. destruct (D i L A) as [[B ->]|B]; auto.
Qed.

Section OneTimer.
  Variables (s s1 : scheduler) (q : queue) (i now : N) (armed : N -> bool) (heap : array_heap).
  Hypothesis H_s1 : s1 = with_heap (with_arming s (update (s_earliest s) i (now + p_period (s_parameters s i))) armed)
    TIMERS heap.
  Hypothesis H_rep : represents s q.
  Hypothesis H_ok : timers_ok s now.
  Hypothesis H_ok1 : timers_ok s1 now.
  Hypothesis H_now : now <= last_slot.
  Hypothesis H_i : i < s_count s.
  Hypothesis H_due : s_earliest s i <= now.

  Lemma period_positive : 1 <= p_period (s_parameters s i).
  Proof. destruct (tm_parameters _ _ H_ok i H_i). lia. Qed.

  Lemma rearmed_represents : represents s1 q.
  Proof. apply (represents_same s); [|exact H_rep]. rewrite H_s1. repeat split; reflexivity. Qed.

  (** The guard, for a state [s'] that has [s1]'s. *)
  Lemma rearmed_guard s' : s_earliest s' = s_earliest s1 ->
    s_earliest s' i = now + p_period (s_parameters s i) /\ (forall k, s_earliest s k <= s_earliest s' k) /\
    (forall k, s_earliest s' k <> s_earliest s k -> k = i).
  Proof.
    intros ->. rewrite H_s1. cbn. split; [apply update_same|].
    split; intros k; unfold update; destruct (N.eqb_spec k i); auto.
    - subst k. lia.
    - lia.
    - congruence.
  Qed.

  Lemma stopped_releases : s_kind s i = STOPPED -> releases s s1 now [] [].
  Proof.
    intros K. destruct (rearmed_guard s1 eq_refl) as (G1 & G2 & G3). split; rewrite ?app_nil_r; simpl; try tauto;
      try apply NoDup_nil; try (rewrite H_s1; repeat split; reflexivity).
    intros k Ne. rewrite (G3 k Ne). auto.
  Qed.

  Lemma skipped_releases r : s_active s i = true -> tasks_in r = tasks_in (s_skipped s) ++ [i] ->
    releases s (with_report s1 SKIPPED r) now [] [i].
  Proof.
    intros A E. destruct (rearmed_guard (with_report s1 SKIPPED r) eq_refl) as (G1 & G2 & G3).
    pose proof period_positive.
    split; rewrite ?app_nil_r; simpl; try tauto; try apply NoDup_nil; try (rewrite H_s1; repeat split; reflexivity).
    - intros k [[]|[<-|[]]]. change (s_earliest s1 i) with (s_earliest (with_report s1 SKIPPED r) i). rewrite G1. lia.
    - intros k [<-|[]]. split; auto. split; auto. pose proof (tm_active _ _ H_ok i H_i A). lia.
    - intros k Ne. rewrite (G3 k Ne). auto.
  Qed.

  Lemma released_releases ready r : s_kind s i <> STOPPED -> tasks_in r = tasks_in (s_released s) ++ [i] ->
    releases s (with_report (with_heap (with_job s1 i now) READY ready) RELEASED r) now [new_job s i now] [].
  Proof.
    intros K E. set (s' := with_report _ _ _). destruct (rearmed_guard s' eq_refl) as (G1 & G2 & G3).
    pose proof period_positive. assert (En : number (new_job s i now) = i) by apply N2Nat.id.
    assert (Ep : s_parameters s1 = s_parameters s) by (rewrite H_s1; reflexivity).
    split; rewrite ?app_nil_r; cbn [map]; rewrite ?En; auto; try (unfold s'; rewrite H_s1; repeat split; reflexivity).
    - intros j [<-|[]]. rewrite En. split; [auto|]. split.
      { unfold s'. change (job_of _ i) with (job_of (with_job s1 i now) i). rewrite with_job_of. unfold new_job.
        now rewrite Ep. }
      split; [reflexivity|]. split; [exact K|]. cbn. rewrite update_same, Ep. lia.
    - intros k [[<-|[]]|[]]. rewrite G1. lia.
    - intros k [<-|[]]. rewrite G1. lia.
    - constructor; [intros []|constructor].
    - intros k Ni. cbn. rewrite !update_other by (simpl in Ni; intuition congruence). rewrite H_s1. auto.
    - intros k [].
    - intros k Ne. rewrite (G3 k Ne). simpl. auto.
  Qed.

  Theorem release_or_skip_runs : reported (s_released s) < max_tasks -> reported (s_skipped s) < max_tasks ->
    exists s' new skipped,
      (if kind_eq (s_kind s i) STOPPED then ret tt else release_job i now) s1 = Done tt s' /\
      releases s s' now new skipped /\ represents s' (enqueue (policy_of s) new q) /\ timers_ok s' now /\
      expired s' now = expired s1 now /\ (length new <= 1 /\ length skipped <= 1)%nat.
  Proof.
    intros Room1 Room2. pose proof rearmed_represents as R1. destruct (kind_eq (s_kind s i) STOPPED) eqn:K.
    { exists s1, [], []. split; [reflexivity|]. split; [apply stopped_releases; now destruct (s_kind s i)|].
      split; [exact R1|]. split; [exact H_ok1|]. split; [reflexivity|simpl; lia]. }
    assert (K' : s_kind s i <> STOPPED) by (intros E; now rewrite E in K).
    destruct (s_active s i) eqn:A.
    - unfold release_job. pose proof (tm_count _ _ H_ok).
      step read_at_runs. replace (s_active s1 i) with true by (rewrite H_s1; auto).
      destruct (report_runs SKIPPED i s1) as (r & E & Er); [rewrite H_s1; exact Room2|].
      exists (with_report s1 SKIPPED r), [], [i]. split; [exact E|].
      replace (tasks_in (report_of s1 SKIPPED)) with (tasks_in (s_skipped s)) in Er by (rewrite H_s1; reflexivity).
      split; [now apply skipped_releases|]. split; [|split].
      + apply (represents_same s1); [repeat split; reflexivity|exact R1].
      + apply (timers_ok_same s1); try reflexivity; auto.
      + split; [reflexivity|simpl; lia].
    - assert (Ep : s_parameters s1 = s_parameters s) by (rewrite H_s1; reflexivity).
      destruct (release_job_runs s1 q i now R1) as (ready & r & E & R' & Er); auto; try (rewrite H_s1; auto; fail).
      { rewrite Ep. now apply (tm_parameters _ _ H_ok). }
      replace (tasks_in (s_released s1)) with (tasks_in (s_released s)) in Er by (rewrite H_s1; reflexivity).
      replace (new_job s1 i now) with (new_job s i now) in R' by (unfold new_job; now rewrite Ep).
      replace (policy_of s1) with (policy_of s) in R' by (rewrite H_s1; reflexivity).
      eexists _, [new_job s i now], []. split; [exact E|]. split; [now apply released_releases|].
      split; [exact R'|]. split; [|split; [reflexivity|simpl; lia]].
      apply (timers_ok_same s1); try reflexivity; auto. intros k L A'. cbn in A' |- *. unfold update in *.
      destruct (N.eqb_spec k i) as [->|]; [right|left; auto].
      rewrite Ep. destruct (tm_parameters _ _ H_ok i H_i). rewrite (proj1 (rearmed_guard s1 eq_refl)). lia.
  Qed.
End OneTimer.

(** ** All timers *)

Lemma none_expired s now : (0 < size (s_timers s) -> now < entry_key (entries (s_timers s) 0)) ->
  heap_ok (s_timers s) ->
  expired s now = 0%nat.
Proof.
  intros K H. unfold expired. assert (F : forall x, In x (timers s) -> (entry_key x <=? now) = false).
  { intros x I. apply N.leb_gt. assert (R : 0 < size (s_timers s)).
    { apply contents_in in I as (k & L & _). lia. }
    specialize (K R). pose proof (heap_top_least s TIMERS H x I) as L. simpl in L.
    assert (entry_key (entries (s_timers s) 0) <= entry_key x) by (apply N.div_le_mono; [discriminate|exact L]). lia. }
  induction (timers s) as [|x l IH]; [reflexivity|]. simpl. rewrite F by (simpl; auto). apply IH.
  intros; apply F; simpl; auto.
Qed.

Lemma reported_more r r' l : tasks_in r' = tasks_in r ++ l -> reported r' = reported r + N.of_nat (length l).
Proof.
  intros E. apply (f_equal (@length N)) in E. rewrite app_length in E. unfold tasks_in in E.
  rewrite !contents_length in E. lia.
Qed.

(** There is room for reports. *)
Definition room (s : scheduler) (now : N) : Prop :=
  reported (s_released s) + N.of_nat (expired s now) <= max_tasks /\
  reported (s_skipped s) + N.of_nat (expired s now) <= max_tasks.

Theorem release_due_runs now fuel : forall s q, represents s q -> timers_ok s now -> now <= last_slot ->
  (expired s now <= fuel)%nat -> room s now ->
  exists s' new skipped, release_due fuel now s = Done tt s' /\ releases s s' now new skipped /\
    represents s' (enqueue (policy_of s) new q) /\ timers_ok s' now /\ expired s' now = 0%nat.
Proof.
  induction fuel as [|fuel IH]; intros s q R T B F Room.
  { exists s, [], []. split; [reflexivity|]. split; [apply releases_none|]. split; [exact R|]. split; [exact T|lia]. }
  cbn [release_due]. step read_runs. destruct (N.eqb_spec (size (s_timers s)) 0) as [Z|Z].
  { exists s, [], []. split; [reflexivity|]. split; [apply releases_none|]. split; [exact R|]. split; [exact T|].
    apply none_expired; [lia|apply T]. }
  step get_entry_runs; [reflexivity|]. change (entries (s_timers s) top) with (entries (s_timers s) 0).
  destruct (N.ltb_spec now (entry_key (entries (s_timers s) 0))) as [L|L].
  { exists s, [], []. split; [reflexivity|]. split; [apply releases_none|]. split; [exact R|]. split; [exact T|].
    apply none_expired; [auto|apply T]. }
  destruct (top_timer s now T ltac:(lia) L) as (_ & Li & _ & G).
  set (i := entry_task (entries (s_timers s) 0)) in *. step read_at_runs; [pose proof (tm_count _ _ T); lia|].
  destruct (rearm_runs s now T B ltac:(lia) L) as (armed & heap & E & T1 & X). fold i in E, T1, X.
  step E. set (s1 := with_heap _ _ _) in *. clear E. destruct Room as [Room1 Room2].
  destruct (release_or_skip_runs s s1 q i now armed heap eq_refl R T T1 B Li G ltac:(lia) ltac:(lia))
    as (s2 & n1 & k1 & E & H1 & R2 & T2 & X2 & Ln & Lk).
  step E. clear E. pose proof (re_same _ _ _ _ _ H1) as (Ep & _ & _ & _ & Et & _).
  apply re_released in H1 as Er1. apply reported_more in Er1. apply re_skipped in H1 as Er2. apply reported_more in Er2.
  rewrite map_length in Er1.
  destruct (IH s2 _ R2 T2 B ltac:(lia)) as (s3 & n2 & k2 & E & H2 & R3 & T3 & X3); [split; lia|].
  exists s3, (n1 ++ n2), (k1 ++ k2). split; [exact E|].
  split; [now apply (releases_sequence s s2 s3)|]. split; [|auto].
  assert (P : policy_of s2 = policy_of s) by (unfold policy_of; now rewrite Ep, Et). rewrite P in R3.
  unfold enqueue in *. rewrite fold_left_app. exact R3.
Qed.
