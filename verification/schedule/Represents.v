(* SPDX-License-Identifier: Apache-2.0 *)
(** * The queue that the arrays stand for

    The array heap of jobs holds one number per job, key first and task second; budgets and deadlines are in the table.
    [represents s q] says that the memory [s] stands for the sorted queue [q] of the model.  The top of the heap is then
    the head of the queue; removing the top, inserting a job and paying for a slot are what they are in the model. *)
From Coq Require Import List ZArith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Policy FixedPriority Queue.
From Pip.Edf.Services Require Import Types State Heap FixedPriority Policy Elect.
From Pip.Schedule Require Import QueueFacts Runs ArrayHeap HeapServices.
Local Open Scope N_scope.

(** ** Entries of heaps *)
Definition pack (key task : N) : N := key * task_bits + task.

Lemma entry_key_pack k i : i < task_bits -> entry_key (pack k i) = k.
Proof. intros H. unfold entry_key, pack. rewrite N.div_add_l, N.div_small by (unfold task_bits in *; lia). lia. Qed.

Lemma entry_task_pack k i : i < task_bits -> entry_task (pack k i) = i.
Proof.
  intros H. unfold entry_task, pack. rewrite N.add_comm, N.mod_add by (unfold task_bits; lia). now apply N.mod_small.
Qed.

Lemma max_tasks_bits i : i < max_tasks -> i < task_bits.
Proof. unfold max_tasks, task_bits. lia. Qed.

(** ** What the memory stands for *)

(** The policy in force. *)
Definition policy_of (s : scheduler) : policy :=
  match s_policy s with
  | EARLIEST_DEADLINE_FIRST => earliest_deadline_first
  | FIXED_PRIORITY => fixed_priority (fun i => N.to_nat (p_rank (s_parameters s (N.of_nat i))))
  end.

(** The job of task [i]. *)
Definition job_of (s : scheduler) (i : N) : job :=
  Job (N.to_nat i) (N.to_nat (s_due s i - p_deadline (s_parameters s i)))
    (N.to_nat (p_budget (s_parameters s i))) (N.to_nat (s_due s i)).

Definition number (j : job) : N := N.of_nat (task j).

Definition packed (key : policy) (e : Queue.entry) : N := pack (N.of_nat (key (fst e))) (number (fst e)).

(** An entry of the queue is the job of its task, with what the table says is left. *)
Record stands (s : scheduler) (e : Queue.entry) : Prop := {
  stands_task   : number (fst e) < s_count s;
  stands_active : s_active s (number (fst e)) = true;
  stands_job    : fst e = job_of s (number (fst e));
  stands_left   : snd e = N.to_nat (s_left s (number (fst e))) }.

Record represents (s : scheduler) (q : queue) : Prop := {
  rep_count  : s_count s <= max_tasks;
  rep_heap   : heap_ok (s_ready s);
  rep_in     : Permutation (elements (s_ready s)) (map (packed (policy_of s)) q);
  rep_sorted : sorted (policy_of s) q;
  rep_tasks  : NoDup (map task (jobs q));
  rep_stands : forall e, In e q -> stands s e;
  rep_active : forall i, i < s_count s -> s_active s i = true -> In (N.to_nat i) (map task (jobs q)) }.

(** It depends on the clock, the timers and the reports in no way. *)
Definition same_jobs (s s' : scheduler) : Prop :=
  s_policy s' = s_policy s /\ s_count s' = s_count s /\ s_parameters s' = s_parameters s /\
  s_active s' = s_active s /\ s_due s' = s_due s /\ s_left s' = s_left s /\ s_ready s' = s_ready s.

Lemma represents_same s s' q : same_jobs s s' -> represents s q -> represents s' q.
Proof.
  intros (Ep & Ec & Et & Ea & Ed & El & Er) [C H P S T St A].
  assert (K : policy_of s' = policy_of s) by (unfold policy_of; now rewrite Ep, Et).
  split; rewrite ?Ec, ?Er, ?K, ?Ea; auto.
  intros e I. destruct (St e I) as [S1 S2 S3 S4]. split; unfold job_of in *; rewrite ?Ec, ?Ea, ?Ed, ?Et, ?El; auto.
Qed.

Lemma job_of_same s s' i : s_parameters s' = s_parameters s -> s_due s' i = s_due s i -> job_of s' i = job_of s i.
Proof. intros A B. unfold job_of. now rewrite A, B. Qed.

(** An entry stands for the same where its task's part of the table is the same. *)
Lemma stands_same s s' e : s_count s' = s_count s -> s_parameters s' = s_parameters s ->
  let i := number (fst e) in
  s_active s' i = s_active s i -> s_due s' i = s_due s i -> s_left s' i = s_left s i -> stands s e -> stands s' e.
Proof.
  intros Ec Ep i Ea Ed El [S1 S2 S3 S4]. split; fold i in S1, S2, S3, S4; fold i; [congruence..| |congruence].
  rewrite S3. symmetry. unfold i. now apply job_of_same.
Qed.

Section Represents.
  Variables (s : scheduler) (q : queue).
  Hypothesis H_rep : represents s q.

  Lemma rep_size : size (s_ready s) = N.of_nat (length q).
  Proof.
    pose proof (Permutation_length (rep_in _ _ H_rep)) as L. unfold elements in L.
    rewrite contents_length, map_length in L. lia.
  Qed.

  Lemma rep_task e : In e q -> number (fst e) < max_tasks.
  Proof. intros I. pose proof (stands_task _ _ (rep_stands _ _ H_rep e I)). pose proof (rep_count _ _ H_rep). lia. Qed.

  (** There is room for another task's job. *)
  Lemma rep_room i : i < s_count s -> ~ In (N.to_nat i) (map task (jobs q)) -> size (s_ready s) < s_count s.
  Proof.
    intros L F. rewrite rep_size.
    assert (N : (length (N.to_nat i :: map task (jobs q)) <= length (seq 0 (N.to_nat (s_count s))))%nat).
    { apply NoDup_incl_length; [now constructor; [|apply (rep_tasks _ _ H_rep)]|].
      intros k [<-|K]; apply in_seq; [lia|].
      unfold jobs in K. rewrite map_map in K. apply in_map_iff in K as (e & <- & I).
      pose proof (stands_task _ _ (rep_stands _ _ H_rep e I)). unfold number in *. lia. }
    rewrite seq_length in N. cbn [length] in N. rewrite map_length, jobs_length in N. lia.
  Qed.

  (** The order of the numbers is the order of the policy. *)
  Lemma packed_precedes e f : number (fst e) < task_bits ->
    precedes (policy_of s) (fst e) (fst f) -> packed (policy_of s) e <= packed (policy_of s) f.
  Proof. unfold packed, pack, precedes, number, task_bits. lia. Qed.

  Lemma rep_top e r : q = e :: r -> entries (s_ready s) 0 = packed (policy_of s) e.
  Proof.
    intros Eq. assert (Z : 0 < size (s_ready s)) by (rewrite rep_size, Eq; cbn [length]; lia).
    assert (Ie : In e q) by (rewrite Eq; simpl; auto). apply N.le_antisymm.
    - apply (heap_top_least s READY); [apply (rep_heap _ _ H_rep)|].
      apply (Permutation_in _ (Permutation_sym (rep_in _ _ H_rep))). now apply in_map.
    - pose proof (heap_top_in s READY Z) as I.
      apply (Permutation_in _ (rep_in _ _ H_rep)), in_map_iff in I as (x & Ex & I). simpl in Ex. rewrite <- Ex.
      apply packed_precedes; [now apply max_tasks_bits, rep_task|]. pose proof (rep_sorted _ _ H_rep) as So.
      rewrite Eq in So, I. now apply (sorted_head _ _ _ _ So).
  Qed.

End Represents.

(** ** Removing the top *)
Theorem remove_top_runs s e q : represents s (e :: q) ->
  exists new, let s' := with_heap (with_jobs s (update (s_active s) (number (fst e)) false) (s_due s) (s_left s))
    READY new in
    remove_top (number (fst e)) s = Done tt s' /\ represents s' q.
Proof.
  intros R. pose proof (rep_size _ _ R) as Z. cbn [length] in Z. set (i := number (fst e)).
  assert (Li : i < max_tasks) by (apply (rep_task _ _ R); simpl; auto).
  set (s1 := with_jobs s (update (s_active s) i false) (s_due s) (s_left s)).
  destruct (heap_pop_runs s1 READY (rep_heap _ _ R)) as (new & E & H & P); [cbn; lia|].
  exists new. unfold remove_top. step write_at_runs. fold s1. split; [exact E|]. clear E.
  change (heap_of s1 READY) with (s_ready s) in P. rewrite (rep_top _ _ R _ _ eq_refl), (rep_in _ _ R) in P.
  apply Permutation_cons_inv in P. pose proof (rep_tasks _ _ R) as T. simpl in T. inversion_clear T as [|? ? F T'].
  assert (Other : forall x, In x q -> number (fst x) <> i).
  { intros x I C. apply F. unfold i, number in C. apply Nat2N.inj in C. rewrite <- C. unfold jobs. rewrite map_map.
    now apply (in_map (fun e => task (fst e))). }
  split; [apply R|exact H|now symmetry| |exact T'| |].
  - pose proof (rep_sorted _ _ R) as So. now inversion So.
  - intros x I. apply (stands_same s); try reflexivity; [cbn; apply update_other; auto|].
    apply (rep_stands _ _ R). simpl. auto.
  - intros k K A. cbn in K, A. destruct (N.eq_dec k i) as [->|Ne]; [now rewrite update_same in A|].
    rewrite update_other in A by auto. destruct (rep_active _ _ R k K A) as [C|C]; auto.
    exfalso. apply Ne. unfold i, number. rewrite C. lia.
Qed.

(** ** Inserting a job *)

(** The key that the services compute is the policy's. *)
Lemma job_key_runs s i due j : i < max_tasks -> task j = N.to_nat i -> deadline j = N.to_nat due ->
  job_key i due s = Done (N.of_nat (policy_of s j)) s.
Proof.
  intros L Et Ed. unfold job_key. step read_runs. unfold policy_of. destruct (s_policy s); cbn [policy_eq].
  - unfold earliest_deadline_first. now rewrite Ed, N2Nat.id.
  - unfold fixed_priority_key, get_rank, fixed_priority. rewrite read_at_runs by auto. now rewrite Et, !N2Nat.id.
Qed.

(** A task without active job has none in the queue. *)
Lemma inactive_absent s q i : represents s q -> s_active s i = false -> ~ In (N.to_nat i) (map task (jobs q)).
Proof.
  intros R A I. unfold jobs in I. rewrite map_map in I. apply in_map_iff in I as (e & E & I).
  pose proof (stands_active _ _ (rep_stands _ _ R e I)) as B. unfold number in B. rewrite E, N2Nat.id in B. congruence.
Qed.

Theorem insert_job_runs s q i due budget : represents s q -> i < s_count s -> s_active s i = false ->
  let s1 := with_jobs s (update (s_active s) i true) (update (s_due s) i due) (update (s_left s) i budget) in
  let e := (job_of s1 i, N.to_nat budget) in
  exists new, let s' := with_heap s1 READY new in
    heap_push READY (packed (policy_of s) e) s1 = Done tt s' /\ represents s' (insert (policy_of s) e q).
Proof.
  intros R Li Ai s1 e. pose proof (inactive_absent s q i R Ai) as F. pose proof (rep_count _ _ R) as C.
  pose proof (rep_room _ _ R i Li F) as Room.
  destruct (heap_push_runs s1 READY (rep_heap _ _ R) (packed (policy_of s) e)) as (new & E & H & P); [cbn; lia|].
  exists new. split; [exact E|]. clear E. change (heap_of s1 READY) with (s_ready s) in P.
  pose proof (insert_permutes (policy_of s) e q) as Pi. assert (Et : task (fst e) = N.to_nat i) by reflexivity.
  assert (Ptasks : Permutation (map task (jobs (insert (policy_of s) e q))) (N.to_nat i :: map task (jobs q))).
  { unfold jobs. now rewrite Pi. }
  split.
  - exact C.
  - exact H.
  - change (policy_of (with_heap s1 READY new)) with (policy_of s). change (s_ready (with_heap s1 READY new)) with new.
    now rewrite P, Pi, (rep_in _ _ R).
  - apply insert_sorted, (rep_sorted _ _ R).
  - apply (Permutation_NoDup (Permutation_sym Ptasks)). constructor; [exact F|apply (rep_tasks _ _ R)].
  - intros x I. apply (Permutation_in _ Pi) in I as [<-|I].
    + assert (En : number (fst e) = i) by (unfold number; rewrite Et; apply N2Nat.id).
      split; cbn - [e]; rewrite En; auto; try apply update_same. cbn. now rewrite update_same.
    + assert (Ne : number (fst x) <> i).
      { intros Ex. apply F. unfold number in Ex. rewrite <- Ex, Nat2N.id. unfold jobs. rewrite map_map.
        now apply (in_map (fun e => task (fst e))). }
      apply (stands_same s); try reflexivity; try (cbn; now apply update_other). now apply (rep_stands _ _ R).
  - intros k K A. apply (Permutation_in _ (Permutation_sym Ptasks)). destruct (N.eq_dec k i) as [->|Ne]; [simpl; auto|].
    right. apply (rep_active _ _ R); auto. cbn in A. now rewrite update_other in A.
Qed.

(** ** Paying for a slot *)
Theorem pay_represents s e q : represents s (e :: q) ->
  let i := number (fst e) in
  represents (with_jobs s (s_active s) (s_due s) (update (s_left s) i (s_left s i - 1))) (charge (e :: q)).
Proof.
  intros R i. destruct e as [j c]. simpl in i. set (s' := with_jobs _ _ _ _).
  destruct R as [C H P So T St A].
  split; [exact C|exact H|exact P|now apply (charge_sorted _ ((j, c) :: q))|exact T| |].
  - intros x [<-|I].
    + destruct (St (j, c) (or_introl eq_refl)) as [S1 S2 S3 S4]. simpl in *. split; auto. cbn. fold i.
      rewrite update_same. fold i in S4. lia.
    + apply (stands_same s); try reflexivity; [|apply St; simpl; auto]. cbn. apply update_other.
      simpl in T. inversion_clear T as [|? ? F _]. intros Ex. apply F. unfold i, number in Ex. apply Nat2N.inj in Ex.
      rewrite <- Ex. unfold jobs. rewrite map_map. now apply (in_map (fun e => task (fst e))).
  - exact A.
Qed.
