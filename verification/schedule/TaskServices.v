(* SPDX-License-Identifier: Apache-2.0 *)
(** * The services around the table of tasks

    edf_reset leaves an empty table; edf_add_task adds a task with parameters that make sense, or says why not and
    changes nothing; edf_request and edf_stop may come between slots, with any argument: they always end, and the memory
    stands for the same queue as before. *)
From Coq Require Import List ZArith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Policy Queue.
From Pip.Edf.Services Require Import Types State Heap Tasks.
From Pip.Schedule Require Import QueueFacts Runs ArrayHeap HeapServices Represents Timers Departures Releases OneSlot.
Local Open Scope N_scope.

(** ** Reset *)
Definition empty_table (s : scheduler) : Prop :=
  s_now s = 0 /\ s_running s = no_task /\ s_count s = 0 /\ size (s_ready s) = 0 /\ size (s_timers s) = 0.

Theorem edf_reset_runs policy s : exists s', edf_reset policy s = Done tt s' /\ empty_table s' /\ s_policy s' = policy.
Proof. eexists. split; [reflexivity|]. repeat split. Qed.

Lemma empty_elements h : size h = 0 -> elements h = [].
Proof. unfold elements, contents. intros ->. reflexivity. Qed.

Lemma empty_heap_ok h : size h = 0 -> heap_ok h.
Proof. intros Z. split; rewrite Z; [unfold max_tasks; lia|intros k K; lia]. Qed.

Lemma empty_good s : empty_table s -> good s [].
Proof.
  intros (En & Er & Ec & Z1 & Z2).
  assert (N0 : forall i, i < s_count s -> False) by (intros i L; lia). split.
  - split; try (intros i L; destruct (N0 i L)).
    + unfold max_tasks. lia.
    + now apply empty_heap_ok.
    + now rewrite (empty_elements _ Z1).
    + constructor.
    + constructor.
    + intros e [].
  - intros e [].
  - split; rewrite ?(empty_elements _ Z2); try (intros i L; destruct (N0 i L)); try (intros x []).
    + unfold max_tasks. lia.
    + now apply empty_heap_ok.
    + constructor.
Qed.

(** ** Adding a task *)

(** Task number [s_count s] was added. *)
Record added (s s' : scheduler) (k : kind) (p : parameters) : Prop := {
  ad_policy  : s_policy s' = s_policy s;
  ad_now     : s_now s' = 0;
  ad_running : s_running s' = s_running s;
  ad_count   : s_count s' = s_count s + 1;
  ad_param   : s_parameters s' = update (s_parameters s) (s_count s) p;
  ad_kind    : s_kind s' = update (s_kind s) (s_count s) k;
  ad_earliest : forall i, i <> s_count s -> s_earliest s' i = s_earliest s i;
  ad_good    : good s' [] }.

Section Add.
  Variables (s : scheduler) (k : kind) (budget deadline period offset rank : tick).
  Hypothesis H_good : good s [].
  Hypothesis H_start : s_now s = 0.
  Hypothesis H_room : s_count s < max_tasks.
  Notation i := (s_count s).
  Notation p := (Parameters budget deadline period rank).
  Hypothesis H_ok : parameters_ok p.
  Hypothesis H_offset : offset <= max_period.

  (** The memory when all is written but the timer. *)
  Definition listed : scheduler :=
    with_jobs (with_arming (with_table s (i + 1) (update (s_parameters s) i p) (update (s_kind s) i k))
      (update (s_earliest s) i offset) (s_armed s)) (update (s_active s) i false) (s_due s) (s_left s).

  Lemma listed_represents s' : same_jobs listed s' -> represents s' [].
  Proof.
    intros J. apply (represents_same listed); [exact J|]. destruct (good_jobs _ _ H_good) as [C H P So T St A].
    split; [cbn; lia|exact H|exact P|constructor|constructor|intros e []|]. intros j L B. cbn in L, B.
    unfold update in B.
    destruct (N.eqb_spec j i); [discriminate|]. apply A; [lia|exact B].
  Qed.

  Variables (armed : bool) (timers' : array_heap).
  Hypothesis H_heap : heap_ok timers'.
  Hypothesis H_timers : elements timers' = timers s /\ (armed = false /\ k <> PERIODIC) \/
    Permutation (elements timers') (pack offset i :: timers s) /\ armed = true.
  Definition filled : scheduler :=
    with_heap (with_arming listed (s_earliest listed) (update (s_armed s) i armed)) TIMERS timers'.

  Lemma filled_in x : In x (elements timers') -> x = pack offset i /\ armed = true \/ In x (timers s).
  Proof.
    destruct H_timers as [[-> _]|[P ->]]; [auto|]. intros I. apply (Permutation_in _ P) in I as [<-|I]; auto.
  Qed.

  Lemma filled_timers : timers_ok filled 0.
  Proof.
    pose proof (good_timers _ _ H_good) as [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10]. rewrite H_start in *.
    assert (B : i < task_bits) by (unfold max_tasks, task_bits in *; lia).
    assert (Other : forall x, In x (timers s) -> entry_task x <> i) by (intros x I; destruct (T4 x I); lia).
    split; cbn.
    - unfold max_tasks in *. lia.
    - intros j L. unfold update. destruct (N.eqb_spec j i); [exact H_ok|apply T2; lia].
    - exact H_heap.
    - intros x I. destruct (filled_in x I) as [[-> ->]|J]; [rewrite entry_task_pack, update_same by auto; split;
        auto; lia|].
      destruct (T4 x J). rewrite update_other by auto. split; auto; lia.
    - destruct H_timers as [[-> _]|[P _]]; [exact T5|].
      apply (Permutation_NoDup (Permutation_sym (Permutation_map entry_task P))). simpl.
      rewrite entry_task_pack by auto.
      constructor; [|exact T5]. intros I. apply in_map_iff in I as (x & E & I). exact (Other x I E).
    - intros x _. lia.
    - intros x I. destruct (filled_in x I) as [[-> _]|J].
      + rewrite entry_task_pack, entry_key_pack, update_same by auto. lia.
      + rewrite update_other by auto. auto.
    - intros j L. unfold update. destruct (N.eqb_spec j i); [exact H_offset|apply T8; lia].
    - intros j L. unfold update. destruct (N.eqb_spec j i); [discriminate|]. intros A. apply T9; auto; lia.
    - intros j L. unfold update. destruct (N.eqb_spec j i) as [->|Ne].
      + intros K. destruct H_timers as [(_ & _ & C)|[P _]]; [congruence|].
        apply (Permutation_in _ (Permutation_sym P)). simpl. auto.
      + intros K. pose proof (T10 j ltac:(lia) K) as I. destruct H_timers as [(-> & _)|[P _]]; [exact I|].
        apply (Permutation_in _ (Permutation_sym P)). simpl. auto.
  Qed.

  Lemma filled_added : added s filled k p.
  Proof.
    split; try reflexivity; [exact H_start| |].
    - intros j Ne. cbn. now apply update_other.
    - split; [apply listed_represents; repeat split; reflexivity|intros e []|].
      change (s_now filled) with (s_now s). rewrite H_start. apply filled_timers.
  Qed.
End Add.

(** What edf_add_task makes of its arguments. *)
Definition asked (k : kind) (budget deadline period rank : tick) : parameters :=
  Parameters budget deadline (if kind_eq k SINGLE then max_period else period) rank.

Theorem edf_add_task_runs s k budget deadline period offset rank : good s [] ->
  exists status s', edf_add_task k budget deadline period offset rank s = Done status s' /\
    (status = DONE /\ parameters_ok (asked k budget deadline period rank) /\
       added s s' k (asked k budget deadline period rank) \/
     status <> DONE /\ s' = s).
Proof.
  intros G. unfold edf_add_task, asked. set (t := if kind_eq k SINGLE then max_period else period).
  assert (Refused : forall st, st <> DONE -> exists status s', ret st s = Done status s' /\
    (status = DONE /\ parameters_ok (Parameters budget deadline t rank) /\
      added s s' k (Parameters budget deadline t rank) \/
     status <> DONE /\ s' = s)) by (intros st Ne; exists st, s; auto).
  step read_runs. destruct (N.eqb_spec (s_now s) 0) as [Z|]; [cbn [negb]|apply Refused; discriminate].
  step read_runs. destruct (N.leb_spec max_tasks (s_count s)) as [|R]; [apply Refused; discriminate|].
  destruct ((budget =? 0) || (deadline <? budget)) eqn:Q1; [apply Refused; discriminate|].
  destruct (N.ltb_spec max_period t) as [|Q3]; [apply Refused; discriminate|].
  destruct (N.ltb_spec t deadline) as [|Q2]; [apply Refused; discriminate|].
  destruct (N.ltb_spec max_period offset) as [|Q5]; [apply Refused; discriminate|].
  destruct (N.leb_spec key_limit rank) as [|Q4]; [apply Refused; discriminate|]. clear Refused.
  apply orb_false_iff in Q1 as [Q0 Q1]. apply N.eqb_neq in Q0. apply N.ltb_ge in Q1.
  assert (Ok : parameters_ok (Parameters budget deadline t rank)) by (split; cbn; lia).
  step one_more_runs. step write_runs. step write_at_runs. step write_at_runs. step write_at_runs. step write_at_runs.
  change (with_jobs _ _ _ _) with (listed s k budget deadline t offset rank). set (s1 := listed _ _ _ _ _ _ _).
  pose proof (good_timers _ _ G) as T. destruct (kind_eq k PERIODIC || kind_eq k SINGLE) eqn:K.
  - destruct (arm_runs s1 (s_count s) offset) as (new & E & H & P); [cbn; lia|apply T|cbn; lia| |unfold max_period,
      key_limit in *; lia|].
    { change (s_timers s1) with (s_timers s). pose proof (timers_size _ _ T). lia. }
    step E. exists DONE. eexists. split; [reflexivity|]. left. split; [reflexivity|]. split; [exact Ok|].
    apply (filled_added s k budget deadline t offset rank G Z R Ok Q5 true new H). right. auto.
  - step write_at_runs. exists DONE. eexists. split; [reflexivity|]. left. split; [reflexivity|]. split; [exact Ok|].
    apply (filled_added s k budget deadline t offset rank G Z R Ok Q5 false (s_timers s) (tm_heap _ _ T)). left.
    split; [reflexivity|]. split; [reflexivity|]. intros ->. discriminate.
Qed.

(** ** Requests and stops *)

(** Nothing changes but who is armed, the timers, and tasks that stop. *)
Record calm (s s' : scheduler) : Prop := {
  calm_same : s_policy s' = s_policy s /\ s_now s' = s_now s /\ s_running s' = s_running s /\ s_count s' = s_count s /\
              s_parameters s' = s_parameters s /\ s_earliest s' = s_earliest s /\ s_active s' = s_active s /\
              s_due s' = s_due s /\ s_left s' = s_left s /\ s_ready s' = s_ready s;
  calm_kind : forall i, s_kind s' i = s_kind s i \/ s_kind s' i = STOPPED }.

Lemma calm_refl s : calm s s.
Proof. split; auto. repeat split. Qed.

Lemma calm_trans s1 s2 s3 : calm s1 s2 -> calm s2 s3 -> calm s1 s3.
Proof.
  intros [(A1 & A2 & A3 & A4 & A5 & A6 & A7 & A8 & A9 & A10) A] [(B1 & B2 & B3 & B4 & B5 & B6 & B7 & B8 & B9 & B10) B].
  split; [repeat split; congruence|]. intros i. destruct (B i) as [->|]; auto.
Qed.

Theorem edf_request_runs s q i : good s q -> s_now s <= last_slot ->
  exists status s', edf_request i s = Done status s' /\ calm s s' /\ good s' q /\ s_kind s' = s_kind s.
Proof.
  intros G B. pose proof G as [R P T]. unfold edf_request.
  assert (Refused : forall st : scheduler_status, exists status s', ret st s = Done status s' /\ calm s s' /\
    good s' q /\
    s_kind s' = s_kind s) by (intros st; exists st, s; auto using calm_refl).
  step read_runs. destruct (N.leb_spec (s_count s) i) as [|L]; [apply Refused|].
  pose proof (tm_count _ _ T) as C. step read_at_runs.
  destruct (kind_eq (s_kind s i) SPORADIC) eqn:K; cbn [negb]; [|apply Refused].
  step read_at_runs. destruct (s_armed s i) eqn:A; [apply Refused|]. clear Refused.
  step read_runs. step read_at_runs. set (at_slot := if s_now s <=? s_earliest s i then s_earliest s i else s_now s).
  pose proof (tm_earliest _ _ T i L) as E.
  assert (At : s_now s <= at_slot /\ s_earliest s i <= at_slot /\ at_slot <= s_now s + max_period).
  { unfold at_slot. destruct (N.leb_spec (s_now s) (s_earliest s i)); lia. }
  unfold last_slot, max_period in *.
  destruct (arm_runs s i at_slot C (tm_heap _ _ T) L (timers_room s _ i T L A)) as (new & Run & H & Pn).
  { unfold key_limit. lia. }
  step Run. eexists DONE, _. split; [reflexivity|]. split; [split; [repeat split|auto]|]. split; [|reflexivity]. split.
  - apply (represents_same s); [repeat split|exact R].
  - exact P.
  - apply (replace_ok s _ (s_now s) i [] [pack at_slot i] (timers s) T L); auto; try (repeat split; reflexivity).
    + intros k Ne. cbn. now rewrite update_other.
    + cbn. split; [lia|]. unfold max_period. lia.
    + intros x [].
    + intros x I Ex. destruct (tm_task _ _ T x I) as [_ Y]. rewrite Ex in Y. congruence.
    + right. exists at_slot. cbn. rewrite update_same. repeat split; try lia.
      intros Z. rewrite Z in K. discriminate.
Qed.

Theorem edf_stop_runs s q i : good s q -> exists status s', edf_stop i s = Done status s' /\ calm s s' /\ good s' q /\
  forall k, k <> i -> s_kind s' k = s_kind s k.
Proof.
  intros G. pose proof G as [R P T]. unfold edf_stop. step read_runs.
  destruct (N.leb_spec (s_count s) i) as [|L]; [exists NO_SUCH_TASK, s; auto using calm_refl|].
  pose proof (tm_count _ _ T). step write_at_runs. eexists DONE, _. split; [reflexivity|].
  assert (K : forall k, update (s_kind s) i STOPPED k = s_kind s k \/ update (s_kind s) i STOPPED k = STOPPED).
  { intros k. unfold update. destruct (N.eqb_spec k i); auto. }
  split; [split; [repeat split|exact K]|]. split; [|intros k Ne; cbn; now apply update_other]. split.
  - apply (represents_same s); [repeat split|exact R].
  - exact P.
  - destruct T as [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10]. split; auto. cbn. intros k Lk Ek. apply T10; auto.
    destruct (K k); congruence.
Qed.
