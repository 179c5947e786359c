(* SPDX-License-Identifier: Apache-2.0 *)
(** * Every job is accounted for

    For any policy, arrivals, supply and behaviour of the jobs: what a queue holds at each slot.  A released job is in
    the queue with exactly the budget that it has not had, or has had its whole budget, or has left, or was reported.
    From this follow containment (nobody gets more than its budget) and honesty (what is reported really is late). *)
From Coq Require Import List Arith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Edf.Model Require Import Job Policy Queue.
From Pip.Schedule Require Import QueueFacts.

(** ** Service, slot by slot *)
Lemma runs_spec s j t : runs s j t = true <-> s t = Some j.
Proof.
  unfold runs. destruct (s t) as [k|]; [|split; discriminate].
  destruct (job_eq_dec k j); split; congruence.
Qed.

Lemma service_S s j t1 t2 : t1 <= t2 -> service s j t1 (S t2) = service s j t1 t2 + Nat.b2n (runs s j t2).
Proof.
  intros. unfold service. replace (S t2 - t1) with (S (t2 - t1)) by lia.
  rewrite seq_S, filter_app, app_length. replace (t1 + (t2 - t1)) with t2 by lia.
  simpl. destruct runs; reflexivity.
Qed.

Lemma service_empty s j t1 t2 : t2 <= t1 -> service s j t1 t2 = 0.
Proof. intros. unfold service. now replace (t2 - t1) with 0 by lia. Qed.

Lemma service_split s j t1 t2 t3 : t1 <= t2 <= t3 -> service s j t1 t3 = service s j t1 t2 + service s j t2 t3.
Proof.
  intros. unfold service. replace (t3 - t1) with ((t2 - t1) + (t3 - t2)) by lia.
  rewrite seq_app, filter_app, app_length. now replace (t1 + (t2 - t1)) with t2 by lia.
Qed.

Lemma service_mono s j t1 t2 t3 : t2 <= t3 -> service s j t1 t2 <= service s j t1 t3.
Proof.
  intros. destruct (Nat.le_gt_cases t1 t2).
  - rewrite (service_split s j t1 t2 t3); lia.
  - rewrite service_empty; lia.
Qed.

(** Whether a job has left can be found out. *)
Lemma left_by_decidable s leaves j t : left_by s leaves j t \/ ~ left_by s leaves j t.
Proof.
  induction t as [|t [(u & U & R)|N]]; [right; intros (u & U & _); lia|left; exists u; split; [lia|auto]|].
  destruct (runs s j t) eqn:R, (leaves (S t)) eqn:L.
  - left. exists t. apply runs_spec in R. auto.
  - right. intros (u & U & Ru & Lu). assert (u = t \/ u < t) as [->|C] by lia; [congruence|]. apply N. exists u. auto.
  - right. intros (u & U & Ru & Lu). assert (u = t \/ u < t) as [->|C] by lia; [|apply N; exists u; auto].
    apply runs_spec in Ru. congruence.
  - right. intros (u & U & Ru & Lu). assert (u = t \/ u < t) as [->|C] by lia; [congruence|]. apply N. exists u. auto.
Qed.

Section Accounting.
  Variables (key : policy) (arr : arrivals) (sup : supply) (leaves : nat -> bool).
  Hypothesis H_arrivals : well_formed arr.
  Notation queue_at := (queue_at key arr sup leaves).
  Notation remaining := (remaining key arr sup leaves).
  Notation ready := (ready key arr sup leaves).
  Notation elected := (elected key arr sup leaves).
  Notation missed := (missed key arr sup leaves).
  Notation left_by := (left_by elected leaves).

  (** What [j] has had before slot [t]. *)
  Definition had (j : job) (t : nat) : nat := service elected j 0 t.

  Lemma had_S j t : had j (S t) = had j t + Nat.b2n (runs elected j t).
  Proof. apply service_S. lia. Qed.

  Lemma queue_at_S t : queue_at (S t) = if sup t then charge (ready t) else ready t.
  Proof. reflexivity. Qed.

  Lemma arrival t j : In j (arr t) -> released arr j /\ release j = t.
  Proof. intros H. pose proof (arrival_is_release _ H_arrivals _ _ H). subst. auto. Qed.

  Lemma left_by_S j t : left_by j t -> left_by j (S t).
  Proof. intros (u & H & K). exists u. split; [lia|auto]. Qed.

  (** What has become of a job released before slot [t] that is not in the queue any more. *)
  Definition settled (j : job) (t : nat) : Prop :=
    had j t = budget j \/ left_by j t \/ exists u, u < t /\ In j (missed u).

  (** The queue at the start of slot [t]. *)
  Record account (t : nat) (q : queue) : Prop := {
    account_sorted   : sorted key q;
    account_positive : positive (tl q);
    account_nodup    : NoDup (jobs q);
    account_in       : forall e, In e q ->
                         released arr (fst e) /\ release (fst e) < t /\ snd e + had (fst e) t = budget (fst e);
    account_out      : forall j, released arr j -> release j < t -> In (j, budget j - had j t) q \/ settled j t;
    account_new      : forall j, released arr j -> t <= release j -> had j t = 0 }.

  (** The same after those that left, the late ones and the arrivals of slot [t]. *)
  Record account_ready (t : nat) (q : queue) : Prop := {
    ready_sorted   : sorted key q;
    ready_positive : positive q;
    ready_nodup    : NoDup (jobs q);
    ready_in       : forall e, In e q ->
                       released arr (fst e) /\ release (fst e) <= t /\ snd e + had (fst e) t = budget (fst e);
    ready_out      : forall j, released arr j -> release j <= t ->
                       In (j, budget j - had j t) q \/ had j t = budget j \/ left_by j t \/
                       exists u, u <= t /\ In j (missed u) }.

  (** The head of the queue had the slot before, if anyone did. *)
  Lemma head_had_the_slot t e q : queue_at (S t) = e :: q -> sup t = true -> elected t = Some (fst e).
  Proof.
    rewrite queue_at_S. unfold Queue.elected. intros E S. rewrite S in *.
    destruct (ready t) as [|[j c] r]; simpl in *; [discriminate|]. injection E as <- <-. reflexivity.
  Qed.

  (** What leaves the queue at the start of slot [t] is settled. *)
  Lemma remaining_out t j c : account t (queue_at t) -> In (j, c) (queue_at t) ->
    In (j, c) (remaining t) \/ had j t = budget j \/ left_by j t.
  Proof.
    intros A H. unfold Queue.remaining, retire. destruct (queue_at t) as [|x q] eqn:E; [destruct H|].
    destruct (departed sup leaves t || (snd x =? 0)) eqn:D; [|auto].
    destruct H as [->|H]; [|auto]. right. apply orb_true_iff in D as [D|D].
    - right. destruct t as [|t]; [discriminate|]. simpl in D. apply andb_true_iff in D as [S L].
      exists t. split; [lia|]. split; [now apply (head_had_the_slot _ _ _ E)|auto].
    - left. apply Nat.eqb_eq in D. simpl in D. subst c.
      destruct (account_in _ _ A (j, 0)) as (_ & _ & B); simpl in *; auto; lia.
  Qed.

  Lemma remaining_in_account t e : account t (queue_at t) -> In e (remaining t) ->
    released arr (fst e) /\ release (fst e) < t /\ snd e + had (fst e) t = budget (fst e).
  Proof. intros A H. apply (account_in _ _ A). eapply retire_in, H. Qed.

  Lemma ready_nodup_step t : account t (queue_at t) -> NoDup (jobs (ready t)).
  Proof.
    intros A. unfold Queue.ready, jobs. rewrite enqueue_permutes, map_app. unfold fresh. rewrite map_map, map_id.
    pose proof (no_job_twice _ H_arrivals t) as N. pose proof (arrival t) as R.
    assert (Q : NoDup (jobs (drop_late t (remaining t)))) by (apply drop_late_nodup, retire_nodup,
      (account_nodup _ _ A)).
    induction (arr t) as [|j l IH]; [exact Q|]. simpl. inversion_clear N as [|? ? Nj Nl].
    constructor; [|apply IH; auto; intros; apply R; simpl; auto].
    rewrite in_app_iff. intros [H|H]; [tauto|]. apply in_map_iff in H as (e & <- & H).
    apply drop_late_in, (remaining_in_account t e A) in H as (_ & H & _).
    destruct (R (fst e)); simpl; auto. lia.
  Qed.

  Lemma ready_account t : account t (queue_at t) -> account_ready t (ready t).
  Proof.
    intros A. split.
    - apply enqueue_sorted, drop_late_sorted, retire_sorted, (account_sorted _ _ A).
    - intros e H. apply enqueue_in in H as [[H ->]|H].
      + apply (budget_is_positive _ H_arrivals). now apply arrival in H.
      + eapply retire_positive; [apply (account_positive _ _ A)|]. eapply drop_late_in, H.
    - now apply ready_nodup_step.
    - intros e H. apply enqueue_in in H as [[H ->]|H].
      + apply arrival in H as [R <-]. rewrite (account_new _ _ A) by auto. repeat split; auto; lia.
      + apply drop_late_in, (remaining_in_account t e A) in H as (R & L & B). repeat split; auto; lia.
    - intros j R L. destruct (Nat.eq_dec (release j) t) as [E|E].
      { left. apply enqueue_in. left. simpl. rewrite (account_new _ _ A) by (auto; lia).
        split; [now rewrite <- E|lia]. }
      destruct (account_out _ _ A j R ltac:(lia)) as [H|[H|[H|(u & U & H)]]]; auto;
        [|right; right; right; exists u; split; auto; lia].
      destruct (remaining_out t j _ A H) as [H'|[H'|H']]; auto.
      destruct (drop_late_prefix t (remaining t)) as (p & E' & M & _).
      rewrite E' in H'. apply in_app_or in H' as [H'|H'].
      + right; right; right. exists t. split; auto. unfold Queue.missed. rewrite M. now apply (in_map fst) in H'.
      + left. apply enqueue_in. auto.
  Qed.

  (** Who had slot [t] was the head of the queue. *)
  Lemma runs_head t j : runs elected j t = true <->
    sup t = true /\ exists c q, ready t = (j, c) :: q.
  Proof.
    rewrite runs_spec. unfold Queue.elected. destruct (sup t); [|split; [discriminate|intros [? _]; discriminate]].
    destruct (ready t) as [|[k c] q]; simpl; split; try discriminate.
    - intros (_ & c & q & E). discriminate.
    - intros [= ->]. eauto.
    - intros (_ & c' & q' & [= -> -> ->]). reflexivity.
  Qed.

  (** An entry after payment comes from one before, which held one slot more if its job had the slot. *)
  Lemma paid_in t e : account_ready t (ready t) -> In e (queue_at (S t)) ->
    In (fst e, snd e + Nat.b2n (runs elected (fst e) t)) (ready t).
  Proof.
    intros A H. rewrite queue_at_S in H. pose proof (ready_nodup _ _ A) as N. pose proof (ready_positive _ _ A) as P.
    assert (Z : runs elected (fst e) t = false -> In e (ready t) ->
      In (fst e, snd e + Nat.b2n (runs elected (fst e) t)) (ready t)).
    { intros -> I. simpl. rewrite Nat.add_0_r. now destruct e. }
    destruct (sup t) eqn:S.
    - destruct (ready t) as [|[j c] q] eqn:E; [destruct H|]. destruct H as [<-|H]; cbn [fst snd] in *.
      + rewrite (proj2 (runs_head t j)) by (rewrite E; eauto). left. f_equal.
        specialize (P (j, c) (or_introl eq_refl)). cbn [snd] in P. simpl. lia.
      + apply Z; [|simpl; auto]. apply not_true_iff_false. rewrite runs_head, E. intros (_ & c' & q' & [= E' _ _]).
        inversion_clear N as [|? ? F _]. apply F. rewrite E'. now apply in_map.
    - apply Z; auto. apply not_true_iff_false. rewrite runs_head, S. intros [? _]. discriminate.
  Qed.

  (** The other way round. *)
  Lemma paid_out t j c : account_ready t (ready t) -> In (j, c) (ready t) ->
    In (j, c - Nat.b2n (runs elected j t)) (queue_at (S t)).
  Proof.
    intros A H. rewrite queue_at_S. pose proof (ready_nodup _ _ A) as N. destruct (sup t) eqn:S.
    - destruct (ready t) as [|[k b] q] eqn:E; [destruct H|]. destruct H as [[= -> ->]|H].
      + rewrite (proj2 (runs_head t j)) by (rewrite E; eauto). simpl. left. f_equal. lia.
      + replace (runs elected j t) with false; [right; simpl; now rewrite Nat.sub_0_r|].
        symmetry. apply not_true_iff_false. rewrite runs_head, E. intros (_ & c' & q' & [= -> _ _]).
        inversion_clear N as [|? ? F _]. now apply F, (in_map fst _ (j, c)).
    - replace (runs elected j t) with false; [simpl; now rewrite Nat.sub_0_r|].
      symmetry. apply not_true_iff_false. rewrite runs_head, S. intros [? _]. discriminate.
  Qed.

  Lemma paid_account t : account_ready t (ready t) -> (forall j, released arr j -> t <= release j -> had j t = 0) ->
    account (S t) (queue_at (S t)).
  Proof.
    intros A Z. split.
    - rewrite queue_at_S. pose proof (ready_sorted _ _ A). destruct (sup t); auto. now apply charge_sorted.
    - intros e H. apply (ready_positive _ _ A). rewrite queue_at_S in H.
      destruct (sup t); [|destruct (ready t); simpl; auto]. destruct (ready t) as [|[j c] q]; simpl in *; auto.
    - rewrite queue_at_S. destruct (sup t); rewrite ?charge_jobs; apply (ready_nodup _ _ A).
    - intros e H. apply (paid_in t e A), (ready_in _ _ A) in H as (R & L & B). simpl in *.
      rewrite had_S. repeat split; auto; lia.
    - intros j R L. rewrite had_S. destruct (in_dec job_eq_dec j (jobs (ready t))) as [I|I].
      + left. apply in_jobs in I as (c & I). destruct (ready_in _ _ A _ I) as (_ & _ & B). simpl in B.
        apply (paid_out t j _ A) in I. now replace (budget j - (had j t + Nat.b2n (runs elected j t)))
          with (c - Nat.b2n (runs elected j t)) by lia.
      + right. unfold settled. rewrite had_S. replace (runs elected j t) with false.
        2:{ symmetry. apply not_true_iff_false. rewrite runs_head. intros (_ & c & q & E).
            apply I. rewrite E. simpl. auto. }
        rewrite Nat.add_0_r. destruct (ready_out _ _ A j R ltac:(lia)) as [H|[H|[H|(u & U & H)]]]; auto.
        * now apply (in_map fst) in H.
        * right; left. now apply left_by_S.
        * right; right. exists u. split; auto; lia.
    - intros j R L. rewrite had_S, Z by (auto; lia). replace (runs elected j t) with false; [reflexivity|].
      symmetry. apply not_true_iff_false. rewrite runs_head. intros (_ & c & q & E).
      destruct (ready_in _ _ A (j, c)) as (_ & B & _); [rewrite E; simpl; auto|simpl in *; lia].
  Qed.

  (** ** The account holds in every slot *)
  Theorem queue_account t : account t (queue_at t).
  Proof.
    induction t as [|t IH].
    - split; simpl; try tauto; try lia; try constructor; try (intros; lia). intros e [].
    - apply paid_account; [now apply ready_account|apply (account_new _ _ IH)].
  Qed.

  Theorem ready_accounted t : account_ready t (ready t).
  Proof. apply ready_account, queue_account. Qed.

  (** No job is served before its release, so service may be counted from slot 0. *)
  Lemma service_had j t : released arr j -> service elected j (release j) t = had j t.
  Proof.
    intros R. pose proof (account_new _ _ (queue_account (release j)) j R (le_n _)) as Z. unfold had in *.
    destruct (Nat.le_gt_cases (release j) t) as [L|L].
    - rewrite (service_split _ _ 0 (release j) t) by lia. lia.
    - rewrite service_empty by lia. pose proof (service_mono elected j 0 t (release j) ltac:(lia)). lia.
  Qed.

  Lemma had_mono j t u : t <= u -> had j t <= had j u.
  Proof. apply service_mono. Qed.

  (** *** Containment: nobody gets more than its budget. *)
  Theorem had_at_most_budget j t : released arr j -> had j t <= budget j.
  Proof.
    intros R. induction t as [|t IH]; [unfold had; rewrite service_empty; lia|]. rewrite had_S.
    destruct (runs elected j t) eqn:E; [|rewrite Nat.add_0_r; exact IH]. apply runs_head in E as (_ & c & q & E).
    assert (I : In (j, c) (ready t)) by (rewrite E; simpl; auto).
    destruct (ready_in _ _ (ready_accounted t) _ I) as (_ & _ & B).
    pose proof (ready_positive _ _ (ready_accounted t) _ I). cbn in *. lia.
  Qed.

  (** *** Honesty, first half: who is reported was released, its deadline has come, its budget is not served. *)
  Theorem missed_is_real j t : In j (missed t) ->
    released arr j /\ deadline j <= t /\ service elected j (release j) t < budget j.
  Proof.
    unfold Queue.missed. destruct (drop_late_prefix t (remaining t)) as (p & E & M & F). rewrite M. intros H.
    apply in_map_iff in H as (e & <- & H). rewrite Forall_forall in F. specialize (F e H).
    assert (I : In e (remaining t)) by (rewrite E; apply in_or_app; auto).
    destruct (remaining_in_account t e (queue_account t) I) as (R & L & B).
    pose proof (retire_positive (departed sup leaves t) _ (account_positive _ _ (queue_account t)) e I).
    rewrite service_had by auto. repeat split; auto; lia.
  Qed.

  (** *** Honesty, second half: a job that is out of the queue got its budget, left, or was reported. *)
  Theorem accounted j t : released arr j -> release j <= t ->
    In j (jobs (ready t)) \/ service elected j (release j) t = budget j \/ left_by j t \/
    exists u, u <= t /\ In j (missed u).
  Proof.
    intros R L. rewrite service_had by auto.
    destruct (ready_out _ _ (ready_accounted t) j R L) as [H|H]; auto. left. now apply (in_map fst) in H.
  Qed.
End Accounting.
