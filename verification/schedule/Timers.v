(* SPDX-License-Identifier: Apache-2.0 *)
(** * The table of tasks and the timers

    [timers_ok s now] is the invariant of the table: parameters make sense, every timer belongs to one armed task and
    does not run out before the task may release again nor in the past, and a periodic task has its timer.  Setting a
    timer and letting it run out keep it. *)
From Coq Require Import List ZArith Bool Lia Permutation.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Heap Tasks Elect.
From Pip.Schedule Require Import Runs ArrayHeap HeapServices Represents.
Local Open Scope N_scope.

(** What [edf_add_task] checks. *)
Record parameters_ok (p : parameters) : Prop := {
  ok_budget   : 1 <= p_budget p <= p_deadline p;
  ok_deadline : p_deadline p <= p_period p;
  ok_period   : p_period p <= max_period;
  ok_rank     : p_rank p < key_limit }.

(** The last slot for which the keys of all releases and deadlines fit: 1,780 years of slots of 100 us. *)
Definition last_slot : N := 562949953421312.                            (* 2 ^ 49 *)

Notation timers s := (elements (s_timers s)).

Record timers_ok (s : scheduler) (now : N) : Prop := {
  tm_count      : s_count s <= max_tasks;
  tm_parameters : forall i, i < s_count s -> parameters_ok (s_parameters s i);
  tm_heap       : heap_ok (s_timers s);
  tm_task       : forall x, In x (timers s) -> entry_task x < s_count s /\ s_armed s (entry_task x) = true;
  tm_nodup      : NoDup (map entry_task (timers s));
  tm_future     : forall x, In x (timers s) -> now <= entry_key x;
  tm_guard      : forall x, In x (timers s) -> s_earliest s (entry_task x) <= entry_key x;
  tm_earliest   : forall i, i < s_count s -> s_earliest s i <= now + max_period;
  tm_active     : forall i, i < s_count s -> s_active s i = true -> s_due s i <= s_earliest s i;
  tm_periodic   : forall i, i < s_count s -> s_kind s i = PERIODIC -> In (pack (s_earliest s i) i) (timers s) }.

(** How many timers have run out. *)
Definition expired (s : scheduler) (now : N) : nat := length (filter (fun x => entry_key x <=? now) (timers s)).

Lemma filter_permutes {A} (p : A -> bool) l l' : Permutation l l' -> length (filter p l) = length (filter p l').
Proof. induction 1; simpl; auto; repeat destruct (p _); simpl; congruence. Qed.

Lemma timers_size s now : timers_ok s now -> size (s_timers s) <= s_count s.
Proof.
  intros T. enough (length (timers s) <= N.to_nat (s_count s))%nat as L.
  { unfold elements in L. rewrite contents_length in L. lia. }
  rewrite <- (map_length entry_task), <- (map_length N.to_nat), <- (seq_length (N.to_nat (s_count s)) 0).
  apply NoDup_incl_length.
  - apply (FinFun.Injective_map_NoDup (f := N.to_nat)); [intros a b; apply N2Nat.inj|apply T].
  - intros k K. apply in_map_iff in K as (i & <- & K). apply in_map_iff in K as (x & <- & K).
    destruct (tm_task _ _ T x K). apply in_seq. lia.
Qed.

Lemma expired_bound s now : timers_ok s now -> (expired s now <= N.to_nat (s_count s))%nat.
Proof.
  intros T. apply timers_size in T. transitivity (length (timers s)).
  - unfold expired. induction (timers s); simpl; [lia|]. destruct (_ <=? _); simpl; lia.
  - unfold elements. rewrite contents_length. lia.
Qed.

(** There is room for the timer of a task that has none. *)
Lemma timers_room s now i : timers_ok s now -> i < s_count s -> s_armed s i = false -> size (s_timers s) < max_tasks.
Proof.
  intros T L A. enough (length (timers s) < N.to_nat (s_count s))%nat.
  { unfold elements in H. rewrite contents_length in H. pose proof (tm_count _ _ T). lia. }
  assert (N : (length (N.to_nat i ::
    map N.to_nat (map entry_task (timers s))) <= length (seq 0 (N.to_nat (s_count s))))%nat).
  { apply NoDup_incl_length.
    - constructor.
      + intros I. apply in_map_iff in I as (k & E & I). apply N2Nat.inj in E. subst k.
        apply in_map_iff in I as (x & E & I). destruct (tm_task _ _ T x I) as [_ B]. congruence.
      + apply (FinFun.Injective_map_NoDup (f := N.to_nat)); [intros a b; apply N2Nat.inj|apply T].
    - intros k [<-|K]; [apply in_seq; lia|]. apply in_map_iff in K as (j & <- & K).
      apply in_map_iff in K as (x & <- & K). destruct (tm_task _ _ T x K). apply in_seq. lia. }
  rewrite seq_length in N. cbn [length] in N. rewrite !map_length in N. unfold heap_entry in N. lia.
Qed.

Lemma nodup_app_r {A} (l l' : list A) : NoDup (l ++ l') -> NoDup l'.
Proof. induction l as [|x l IH]; simpl; auto. intros N. inversion_clear N. auto. Qed.

Lemma nodup_app_disjoint {A} (l l' : list A) : NoDup l -> NoDup l' -> (forall x, In x l -> ~ In x l') ->
  NoDup (l ++ l').
Proof.
  induction 1 as [|x l F N IH]; simpl; auto. intros N' D. constructor; [|apply IH; auto].
  rewrite in_app_iff. intros [I|I]; [tauto|]. exact (D x (or_introl eq_refl) I).
Qed.

(** ** Changing one timer: out goes the timer of task [i], if it has one; in comes another, perhaps. *)
Section Replace.
  Variables (s s' : scheduler) (now i : N) (out new rest : list N).
  Hypothesis H_ok : timers_ok s now.
  Hypothesis H_i : i < s_count s.
  Hypothesis H_table : s_count s' = s_count s /\ s_parameters s' = s_parameters s /\ s_kind s' = s_kind s /\
    s_active s' = s_active s /\ s_due s' = s_due s.
  Hypothesis H_others : forall k, k <> i -> s_earliest s' k = s_earliest s k /\ s_armed s' k = s_armed s k.
  Hypothesis H_earliest : s_earliest s i <= s_earliest s' i <= now + max_period.
  Hypothesis H_heap : heap_ok (s_timers s').
  Hypothesis H_out : Permutation (timers s) (out ++ rest).
  Hypothesis H_new : Permutation (timers s') (new ++ rest).
  Hypothesis H_out_task : forall x, In x out -> entry_task x = i.
  Hypothesis H_rest : forall x, In x rest -> entry_task x <> i.
  Hypothesis H_timer :
    new = [] /\ s_kind s i <> PERIODIC \/
    exists k, new = [pack k i] /\ s_armed s' i = true /\ now <= k /\ s_earliest s' i <= k /\
      (s_kind s i = PERIODIC -> k = s_earliest s' i).

  Lemma replace_in x : In x (timers s') ->
    x = pack (entry_key x) i /\ entry_task x = i /\ s_armed s' i = true /\ now <= entry_key x /\
      s_earliest s' i <= entry_key x \/
    In x (timers s) /\ entry_task x <> i.
  Proof.
    intros I. apply (Permutation_in _ H_new), in_app_or in I as [I|I].
    - left. destruct H_timer as [[-> _]|(k & -> & A & N & E & _)]; [destruct I|]. destruct I as [<-|[]].
      assert (B : i < task_bits) by (pose proof (tm_count _ _ H_ok); unfold max_tasks, task_bits in *; lia).
      rewrite entry_key_pack, entry_task_pack by auto. repeat split; auto.
    - right. split; [|auto]. apply (Permutation_in _ (Permutation_sym H_out)), in_or_app. auto.
  Qed.

  Lemma replace_nodup : NoDup (map entry_task (timers s')).
  Proof.
    apply (Permutation_NoDup (l := map entry_task (new ++ rest))); [now apply Permutation_map, Permutation_sym|].
    assert (R : NoDup (map entry_task rest)).
    { apply nodup_app_r with (map entry_task out). rewrite <- map_app.
      exact (Permutation_NoDup (Permutation_map entry_task H_out) (tm_nodup _ _ H_ok)). }
    destruct H_timer as [[-> _]|(k & -> & _)]; [exact R|]. simpl. constructor; [|exact R].
    intros I. apply in_map_iff in I as (x & E & I). apply (H_rest x I). rewrite E. apply entry_task_pack.
    pose proof (tm_count _ _ H_ok). unfold max_tasks, task_bits in *. lia.
  Qed.

  Theorem replace_ok : timers_ok s' now.
  Proof.
    destruct H_table as (Ec & Ep & Ek & Ea & Ed). split; rewrite ?Ec, ?Ep, ?Ek, ?Ea, ?Ed.
    - apply H_ok.
    - apply H_ok.
    - exact H_heap.
    - intros x I. destruct (replace_in x I) as [(_ & -> & A & _)|[J Ne]]; [auto|].
      destruct (H_others _ Ne) as [_ ->]. now apply (tm_task _ _ H_ok).
    - exact replace_nodup.
    - intros x I. destruct (replace_in x I) as [(_ & _ & _ & L & _)|[J _]]; [auto|now apply (tm_future _ _ H_ok)].
    - intros x I. destruct (replace_in x I) as [(_ & -> & _ & _ & L)|[J Ne]]; [auto|].
      destruct (H_others _ Ne) as [-> _]. now apply (tm_guard _ _ H_ok).
    - intros k L. destruct (N.eq_dec k i) as [->|Ne]; [lia|]. destruct (H_others k Ne) as [-> _].
      now apply (tm_earliest _ _ H_ok).
    - intros k L A. pose proof (tm_active _ _ H_ok k L A). destruct (N.eq_dec k i) as [->|Ne]; [lia|].
      destruct (H_others k Ne) as [-> _]. auto.
    - intros k L K. apply (Permutation_in _ (Permutation_sym H_new)), in_or_app.
      destruct (N.eq_dec k i) as [->|Ne].
      + left. destruct H_timer as [[_ C]|(t & -> & _ & _ & _ & E)]; [tauto|]. rewrite E by auto. simpl. auto.
      + destruct (H_others k Ne) as [-> _]. right. pose proof (tm_periodic _ _ H_ok k L K) as I.
        apply (Permutation_in _ H_out), in_app_or in I as [I|I]; [|exact I]. exfalso.
        apply Ne. rewrite <- (H_out_task _ I). symmetry. apply entry_task_pack.
        pose proof (tm_count _ _ H_ok). unfold max_tasks, task_bits in *. lia.
  Qed.
End Replace.

(** ** Setting a timer *)
Theorem arm_runs s i key : s_count s <= max_tasks -> heap_ok (s_timers s) -> i < s_count s ->
  size (s_timers s) < max_tasks -> key < key_limit ->
  exists new, arm i key s = Done tt (with_heap (with_arming s (s_earliest s) (update (s_armed s) i true)) TIMERS new) /\
    heap_ok new /\ Permutation (elements new) (pack key i :: timers s).
Proof.
  intros C H L R K. unfold arm. step make_entry_runs; [unfold max_tasks, task_bits in *; lia|]. step write_at_runs.
  set (s1 := with_arming _ _ _). destruct (heap_push_runs s1 TIMERS H (pack key i) R) as (new & E & O & P).
  exists new. auto.
Qed.

(** ** A timer runs out *)

(** The top timer, which has run out, is due just now. *)
Lemma top_timer s now : timers_ok s now -> 0 < size (s_timers s) -> entry_key (entries (s_timers s) 0) <= now ->
  let x := entries (s_timers s) 0 in
  In x (timers s) /\ entry_task x < s_count s /\ entry_key x = now /\ s_earliest s (entry_task x) <= now.
Proof.
  intros T R K x. assert (I : In x (timers s)) by (apply (heap_top_in s TIMERS); exact R).
  pose proof (tm_future _ _ T x I). pose proof (tm_guard _ _ T x I). destruct (tm_task _ _ T x I).
  fold x in K. repeat split; auto; numbers.
Qed.

Lemma expired_step s s' now x new rest : Permutation (timers s) (x :: rest) -> Permutation (timers s') (new ++ rest) ->
  entry_key x <= now -> (forall y, In y new -> now < entry_key y) -> expired s now = S (expired s' now).
Proof.
  intros P P' L N. unfold expired.
  rewrite (filter_permutes _ _ _ P), (filter_permutes _ _ _ P'), filter_app, app_length.
  simpl. apply N.leb_le in L. rewrite L. simpl. clear P P'.
  induction new as [|y l IH]; [reflexivity|]. pose proof (N y (or_introl eq_refl)) as Ny. simpl.
  apply N.leb_gt in Ny. rewrite Ny. apply IH. intros z Z. apply N. simpl. auto.
Qed.

Lemma others_elsewhere x rest y : NoDup (map entry_task (x :: rest)) -> In y rest -> entry_task y <> entry_task x.
Proof. simpl. intros N I E. inversion_clear N as [|? ? F _]. apply F. rewrite <- E. now apply in_map. Qed.

Theorem rearm_runs s now : timers_ok s now -> now <= last_slot -> 0 < size (s_timers s) ->
  entry_key (entries (s_timers s) 0) <= now ->
  let i := entry_task (entries (s_timers s) 0) in
  exists armed new, let s' := with_heap (with_arming s (update (s_earliest s) i (now + p_period (s_parameters s i)))
    armed)
      TIMERS new in
    rearm i (s_kind s i) now s = Done tt s' /\ timers_ok s' now /\ expired s now = S (expired s' now).
Proof.
  intros T B R K i. destruct (top_timer s now T R K) as (I & L & Kx & G). fold i in L, G.
  set (x := entries (s_timers s) 0) in *. pose proof (tm_parameters _ _ T i L) as [Q1 Q2 Q3 _].
  pose proof (tm_count _ _ T) as C. unfold rearm. step read_at_runs.
  unfold last_slot, max_period in B, Q3. set (next := now + p_period (s_parameters s i)).
  step tick_add_runs; [unfold tick_limit; lia|]. step write_at_runs. fold next.
  set (s1 := with_arming s _ _). assert (B' : i < task_bits) by (unfold max_tasks, task_bits in *; lia).
  destruct (kind_eq (s_kind s i) PERIODIC) eqn:Ek.
  - step make_entry_runs; [unfold key_limit, next; lia|]. fold (pack next i).
    destruct (heap_replace_runs s1 TIMERS (tm_heap _ _ T) (pack next i) R) as (new & E & O & P).
    change (heap_of s1 TIMERS) with (s_timers s) in P. fold x in P.
    destruct (in_split _ _ I) as (l1 & l2 & Es). set (rest := l1 ++ l2).
    assert (Ps : Permutation (timers s) (x :: rest)) by (rewrite Es; symmetry; apply Permutation_middle).
    assert (Pn : Permutation (elements new) (pack next i :: rest)).
    { rewrite Ps, perm_swap in P. now apply Permutation_cons_inv in P. }
    exists (s_armed s), new. split; [exact E|]. split.
    + apply (replace_ok s _ now i [x] [pack next i] rest T L); auto; try (repeat split; reflexivity).
      * intros k Ne. cbn. rewrite update_other; auto.
      * cbn. rewrite update_same. fold next. unfold next, max_period. lia.
      * intros y [<-|[]]. reflexivity.
      * intros y J. apply (others_elsewhere x rest); auto.
        exact (Permutation_NoDup (Permutation_map entry_task Ps) (tm_nodup _ _ T)).
      * right. exists next. cbn. rewrite update_same. unfold next. destruct (tm_task _ _ T x I).
        repeat split; auto; lia.
    + apply (expired_step s _ now x [pack next i] rest Ps); [exact Pn|exact K|]. intros y [<-|[]].
      rewrite entry_key_pack by auto. unfold next. lia.
  - step write_at_runs. set (s2 := with_arming s1 _ _).
    destruct (heap_pop_runs s2 TIMERS (tm_heap _ _ T) R) as (new & E & O & P).
    change (heap_of s2 TIMERS) with (s_timers s) in P. fold x in P.
    exists (update (s_armed s) i false), new. split; [exact E|]. split.
    + apply (replace_ok s _ now i [x] [] (elements new) T L); auto; try (repeat split; reflexivity).
      * intros k Ne. cbn. rewrite !update_other; auto.
      * cbn. rewrite update_same. fold next. unfold next, max_period. lia.
      * intros y [<-|[]]. reflexivity.
      * intros y J. apply (others_elsewhere x (elements new)); auto.
        exact (Permutation_NoDup (Permutation_map entry_task P) (tm_nodup _ _ T)).
      * left. split; auto. intros Z. rewrite Z in Ek. discriminate.
    + apply (expired_step s _ now x [] (elements new) P); [reflexivity|exact K|intros y []].
Qed.
