(* SPDX-License-Identifier: Apache-2.0 *)
(** * The order of a policy, and the queue as a sorted list

    The order is total and transitive; the operations of the queue keep it sorted and keep, add or remove exactly the
    entries that they should.  Needed by everything that follows a queue from slot to slot. *)
From Coq Require Import List Arith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Edf.Model Require Import Job Policy Queue.

(** ** The order *)
Lemma goes_first_spec key j k : goes_first key j k = true <-> precedes key j k.
Proof.
  unfold goes_first, precedes.
  rewrite !orb_true_iff, !andb_true_iff, !orb_true_iff, !andb_true_iff, !Nat.ltb_lt, !Nat.eqb_eq, Nat.leb_le. tauto.
Qed.

Lemma precedes_refl key j : precedes key j j.
Proof. unfold precedes. lia. Qed.

Lemma precedes_trans key i j k : precedes key i j -> precedes key j k -> precedes key i k.
Proof. unfold precedes. lia. Qed.

Lemma precedes_total key j k : precedes key j k \/ precedes key k j.
Proof. unfold precedes. lia. Qed.

Lemma precedes_antisym key j k : precedes key j k -> precedes key k j -> task j = task k /\ release j = release k.
Proof. unfold precedes. lia. Qed.

(** ** Sorted queues *)
Definition sorted (key : policy) : queue -> Prop := StronglySorted (fun a b => precedes key (fst a) (fst b)).

(** All budgets are positive. *)
Definition positive (q : queue) : Prop := forall e, In e q -> 1 <= snd e.

(** The jobs of a queue. *)
Definition jobs (q : queue) : list job := map fst q.

Lemma sorted_head key e q x : sorted key (e :: q) -> In x (e :: q) -> precedes key (fst e) (fst x).
Proof.
  intros S [<-|H]; [apply precedes_refl|]. apply StronglySorted_inv in S as [_ F].
  rewrite Forall_forall in F. now apply F.
Qed.

Lemma sorted_app_r key p q : sorted key (p ++ q) -> sorted key q.
Proof. induction p; simpl; auto. intros S. inversion S; auto. Qed.

Lemma in_jobs j q : In j (jobs q) <-> exists c, In (j, c) q.
Proof.
  unfold jobs. rewrite in_map_iff. split; [intros ([k c] & <- & H); eauto|intros (c & H); exists (j, c); auto].
Qed.

Lemma jobs_length q : length (jobs q) = length q.
Proof. apply map_length. Qed.

(** ** Insertion *)
Lemma insert_permutes key e q : Permutation (insert key e q) (e :: q).
Proof.
  induction q as [|x q IH]; simpl; auto.
  destruct goes_first; auto. rewrite IH. apply perm_swap.
Qed.

Lemma insert_sorted key e q : sorted key q -> sorted key (insert key e q).
Proof.
  induction 1 as [|x q Hs IH Hx]; simpl; [repeat constructor|].
  destruct (goes_first key (fst e) (fst x)) eqn:E.
  - constructor; [constructor; auto|]. apply goes_first_spec in E. constructor; auto.
    rewrite Forall_forall in *. intros y Hy. eapply precedes_trans; eauto.
  - constructor; [exact IH|]. rewrite Forall_forall in *. intros y Hy.
    apply (Permutation_in _ (insert_permutes key e q)) in Hy. destruct Hy as [<-|Hy]; auto.
    apply not_true_iff_false in E. rewrite goes_first_spec in E.
    destruct (precedes_total key (fst x) (fst e)); tauto.
Qed.

(** The entries of new jobs. *)
Definition fresh (new : list job) : queue := map (fun j => (j, budget j)) new.

Lemma enqueue_permutes key new : forall q, Permutation (enqueue key new q) (fresh new ++ q).
Proof.
  induction new as [|j new IH]; simpl; auto. intros q. unfold enqueue in *. simpl.
  rewrite IH, insert_permutes. symmetry. apply Permutation_middle.
Qed.

Lemma enqueue_sorted key new : forall q, sorted key q -> sorted key (enqueue key new q).
Proof. induction new; simpl; auto. intros. now apply IHnew, insert_sorted. Qed.

Lemma enqueue_in key new q e : In e (enqueue key new q) <-> In (fst e) new /\ snd e = budget (fst e) \/ In e q.
Proof.
  assert (F : In e (fresh new) <-> In (fst e) new /\ snd e = budget (fst e)).
  { unfold fresh. rewrite in_map_iff. split.
    - intros (j & <- & H). auto.
    - intros [H E]. exists (fst e). split; auto. destruct e; simpl in *. congruence. }
  rewrite <- F. rewrite <- in_app_iff. split; apply Permutation_in; [|apply Permutation_sym]; apply enqueue_permutes.
Qed.

(** ** Removal *)
Lemma retire_in gone q e : In e (retire gone q) -> In e q.
Proof. unfold retire. destruct q; auto. destruct (_ || _); simpl; auto. Qed.

Lemma retire_sorted key gone q : sorted key q -> sorted key (retire gone q).
Proof. unfold retire. destruct q; auto. destruct (_ || _); auto. now inversion 1. Qed.

Lemma retire_nodup gone q : NoDup (jobs q) -> NoDup (jobs (retire gone q)).
Proof. unfold retire. destruct q; auto. destruct (_ || _); auto. now inversion 1. Qed.

Lemma retire_positive gone q : positive (tl q) -> positive (retire gone q).
Proof.
  unfold retire. destruct q as [|x q]; simpl; auto. intros Hp.
  destruct (gone || (snd x =? 0)) eqn:E; auto. intros e [<-|He]; auto.
  apply orb_false_iff in E as [_ E]. apply Nat.eqb_neq in E. lia.
Qed.

(** Dropping removes a prefix, exactly the entries that are reported. *)
Lemma drop_late_prefix now q : exists dropped,
  q = dropped ++ drop_late now q /\ late now q = jobs dropped /\ Forall (fun e => deadline (fst e) <= now) dropped.
Proof.
  induction q as [|e q (p & E & L & F)]; [exists []; auto|]. simpl.
  destruct (Nat.leb_spec (deadline (fst e)) now).
  - exists (e :: p). simpl. repeat split; [congruence..|auto].
  - exists []. auto.
Qed.

Lemma drop_late_head now q e r : drop_late now q = e :: r -> now < deadline (fst e).
Proof.
  induction q as [|x q IH]; simpl; [discriminate|].
  destruct (Nat.leb_spec (deadline (fst x)) now); auto. intros [= <- <-]. auto.
Qed.

Lemma drop_late_in now q e : In e (drop_late now q) -> In e q.
Proof. destruct (drop_late_prefix now q) as (p & E & _). intros H. rewrite E. apply in_or_app. auto. Qed.

Lemma drop_late_sorted key now q : sorted key q -> sorted key (drop_late now q).
Proof. destruct (drop_late_prefix now q) as (p & E & _). rewrite E at 1. apply sorted_app_r. Qed.

Lemma drop_late_nodup now q : NoDup (jobs q) -> NoDup (jobs (drop_late now q)).
Proof.
  destruct (drop_late_prefix now q) as (p & E & _). rewrite E at 1. unfold jobs. rewrite map_app.
  clear E. induction p; simpl; auto. inversion_clear 1. auto.
Qed.

(** Nothing is late: nothing is dropped. *)
Lemma drop_late_none now q : (forall e, In e q -> now < deadline (fst e)) -> drop_late now q = q /\ late now q = [].
Proof.
  destruct q as [|e q]; auto. intros H. simpl. specialize (H e (or_introl eq_refl)).
  destruct (Nat.leb_spec (deadline (fst e)) now); [lia|auto].
Qed.

(** ** Payment *)
Lemma charge_sorted key q : sorted key q -> sorted key (charge q).
Proof. destruct q as [|[j c] q]; auto. intros H. inversion_clear H. constructor; auto. Qed.

Lemma charge_jobs q : jobs (charge q) = jobs q.
Proof. destruct q as [|[j c] q]; auto. Qed.
