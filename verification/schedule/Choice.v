(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the step elects, said without its queue

    In every supplied slot the elected job is the pending one that the policy puts first, and nobody is elected only
    if nobody is pending.  For any policy, arrivals, supply and behaviour of the jobs. *)
From Coq Require Import List Arith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Edf.Model Require Import Job Policy Queue.
From Pip.Schedule Require Import QueueFacts Accounting.

Section Choice.
  Variables (key : policy) (arr : arrivals) (sup : supply) (leaves : nat -> bool).
  Hypothesis H_arrivals : well_formed arr.
  Notation queue_at := (queue_at key arr sup leaves).
  Notation remaining := (remaining key arr sup leaves).
  Notation ready := (ready key arr sup leaves).
  Notation elected := (elected key arr sup leaves).
  Notation missed := (missed key arr sup leaves).
  Notation left_by := (left_by elected leaves).
  Notation pending := (pending arr elected leaves).
  Notation had := (had key arr sup leaves).

  (** The head of the queue has time left: late heads were dropped and new jobs have later deadlines. *)
  Lemma head_has_time t j c q : ready t = (j, c) :: q -> t < deadline j.
  Proof.
    intros E. pose proof (ready_accounted key arr sup leaves H_arrivals t) as A.
    assert (I : In (j, c) (ready t)) by (rewrite E; simpl; auto).
    unfold Queue.ready in I. apply enqueue_in in I as [[I _]|I].
    { apply (arrival arr H_arrivals) in I as [R <-]. now apply (deadline_is_later _ H_arrivals). }
    destruct (drop_late t (remaining t)) as [|h r] eqn:D; [destruct I|].
    pose proof (drop_late_head _ _ _ _ D) as L. destruct (ready_in _ _ _ _ _ _ A (j, c)) as (Rj & _).
    { rewrite E. simpl. auto. }
    assert (Ih : In h (ready t)) by (unfold Queue.ready; rewrite D; apply enqueue_in; simpl; auto).
    destruct (ready_in _ _ _ _ _ _ A h Ih) as (Rh & _).
    assert (P1 : precedes key (fst h) j).
    { assert (S : sorted key (h :: r)).
      { rewrite <- D. apply drop_late_sorted, retire_sorted, account_sorted with arr sup leaves t.
        now apply queue_account. }
      now apply (sorted_head _ _ _ (j, c) S). }
    assert (P2 : precedes key j (fst h)).
    { pose proof (ready_sorted _ _ _ _ _ _ A) as S. rewrite E in S, Ih. now apply (sorted_head _ _ _ _ S). }
    destruct (precedes_antisym _ _ _ P1 P2). rewrite <- (one_job_per_slot _ H_arrivals (fst h) j); auto.
  Qed.

  Lemma elected_head t j : elected t = Some j <-> sup t = true /\ exists c q, ready t = (j, c) :: q.
  Proof. rewrite <- runs_spec. apply runs_head. Qed.

  (** A job that was ever elected has had a slot. *)
  Lemma elected_had t j : elected t = Some j -> 1 <= had j (S t).
  Proof. intros E. apply runs_spec in E. rewrite had_S, E. simpl. lia. Qed.

  (** *** Who is in the queue has not left *)
  Lemma remaining_not_left t : (forall e, In e (ready t) -> ~ left_by (fst e) t) ->
    forall e, In e (remaining (S t)) -> ~ left_by (fst e) (S t).
  Proof.
    intros IH e He (u & U & Ru & Lu). pose proof (queue_account key arr sup leaves H_arrivals (S t)) as A.
    destruct (Nat.eq_dec u t) as [->|N].
    - unfold Queue.remaining, retire in He. destruct (queue_at (S t)) as [|x q] eqn:Q; [destruct He|].
      apply elected_head in Ru as (S & c & r & Er). rewrite queue_at_S, S, Er in Q. simpl in Q.
      injection Q as <- <-. simpl departed in He. rewrite S, Lu in He. simpl in He.
      pose proof (account_nodup _ _ _ _ _ _ A) as N. simpl in N.
      inversion_clear N as [|? ? F _]. apply (in_map fst) in He. now apply F in He.
    - apply retire_in, (paid_in _ _ _ _ _ _ (ready_accounted key arr sup leaves H_arrivals t)) in He.
      apply (IH _ He). exists u. split; [lia|auto].
  Qed.

  Lemma arrival_not_left t j : In j (arr t) -> ~ left_by j t.
  Proof.
    intros I (u & U & Ru & _). apply (arrival arr H_arrivals) in I as [R T]. apply elected_had in Ru.
    pose proof (account_new _ _ _ _ _ _ (queue_account key arr sup leaves H_arrivals t) j R ltac:(lia)).
    pose proof (had_mono key arr sup leaves j (S u) t ltac:(lia)). lia.
  Qed.

  Lemma queued_not_left t : (forall e, In e (remaining t) -> ~ left_by (fst e) t) /\
    (forall e, In e (ready t) -> ~ left_by (fst e) t).
  Proof.
    assert (Step : forall t, (forall e, In e (remaining t) -> ~ left_by (fst e) t) ->
      forall e, In e (ready t) -> ~ left_by (fst e) t).
    { clear t. intros t H e I. unfold Queue.ready in I. apply enqueue_in in I as [[I _]|I];
        [now apply arrival_not_left|apply H; now apply drop_late_in in I]. }
    induction t as [|t [_ IH]].
    - split; [intros e []|]. apply Step. intros e [].
    - split; [|apply Step]; now apply remaining_not_left.
  Qed.

  Lemma ready_not_left t e : In e (ready t) -> ~ left_by (fst e) t.
  Proof. apply queued_not_left. Qed.

  Lemma pending_in_ready t j : pending j t <-> In j (jobs (ready t)) /\ t < deadline j.
  Proof.
    pose proof (ready_accounted key arr sup leaves H_arrivals t) as A. split.
    - intros (R & T & S & L). split; [|lia].
      destruct (accounted key arr sup leaves H_arrivals j t R ltac:(lia)) as [H|[H|[H|(u & U & H)]]]; auto;
        [lia|tauto|].
      apply (missed_is_real key arr sup leaves H_arrivals) in H. lia.
    - intros [I T]. apply in_jobs in I as (c & I). pose proof (ready_not_left t _ I) as L.
      pose proof (ready_positive _ _ _ _ _ _ A _ I). apply (ready_in _ _ _ _ _ _ A) in I as (R & T' & B).
      cbn [fst snd] in *. unfold Job.pending. rewrite service_had by auto. repeat split; auto; lia.
  Qed.

  (** Nobody runs in a slot that is not supplied. *)
  Lemma elected_within : within sup elected.
  Proof. intros t j E. now apply elected_head in E. Qed.

  (** The elected job is pending, and the policy puts it first. *)
  Theorem elected_is_first t j : elected t = Some j -> pending j t /\ forall k, pending k t -> precedes key j k.
  Proof.
    intros E. apply elected_head in E as (_ & c & q & E).
    pose proof (ready_accounted key arr sup leaves H_arrivals t) as A. split.
    - apply pending_in_ready. rewrite E. simpl. split; auto. eapply head_has_time, E.
    - intros k K. apply pending_in_ready in K as [K _]. apply in_jobs in K as (b & K).
      pose proof (ready_sorted _ _ _ _ _ _ A) as S. rewrite E in S, K. now apply (sorted_head _ _ _ _ S) in K.
  Qed.

  (** A supplied slot is wasted only if nobody could use it. *)
  Theorem elected_none t : sup t = true -> elected t = None -> forall k, ~ pending k t.
  Proof.
    unfold Queue.elected. intros -> E k K. apply pending_in_ready in K as [K _].
    destruct (ready t); [destruct K|discriminate].
  Qed.
End Choice.
