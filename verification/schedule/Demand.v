(* SPDX-License-Identifier: Apache-2.0 *)
(** * If demand fits, EDF misses nothing

    One invariant carries it, from slot to slot: for every time d, what is queued with deadlines up to d, and what will
    still be released and due up to d, fit into the slots supplied until d.  If anything due by d is queued, so is the
    head, and a supplied slot takes one from both sides; if nothing is, the demand criterion bounds the rest.
    No busy intervals, no "last time that": linear arithmetic closes the cases. *)
From Coq Require Import List Arith Bool Lia Permutation Sorted.
Import ListNotations.
From Pip.Edf.Model Require Import Job Policy Queue.
From Pip.Schedule Require Import QueueFacts Accounting Choice.

Notation edf := earliest_deadline_first.

(** ** The work of a queue: budgets left, of entries with deadline at most [d] *)
Definition work (d : nat) (q : queue) : nat :=
  list_sum (map snd (filter (fun e => deadline (fst e) <=? d) q)).

Lemma work_cons d e q : work d (e :: q) = (if deadline (fst e) <=? d then snd e else 0) + work d q.
Proof. unfold work. simpl. destruct (deadline (fst e) <=? d); reflexivity. Qed.

Lemma work_permutes d q q' : Permutation q q' -> work d q = work d q'.
Proof. induction 1; rewrite ?work_cons in *; lia. Qed.

Lemma work_app d q q' : work d (q ++ q') = work d q + work d q'.
Proof. induction q; simpl; auto. rewrite !work_cons. lia. Qed.

Lemma work_in d e q : In e q -> deadline (fst e) <= d -> snd e <= work d q.
Proof.
  induction q as [|x q IH]; simpl; [tauto|]. rewrite work_cons.
  intros [->|H] L; [apply Nat.leb_le in L; rewrite L; lia|specialize (IH H L); lia].
Qed.

Lemma work_retire d gone q : work d (retire gone q) <= work d q.
Proof.
  unfold retire. destruct q as [|e q]; auto. destruct (_ || _); auto. rewrite work_cons. lia.
Qed.

(** Under EDF, paying takes one from the work up to any [d] that has any. *)
Lemma work_charge d q : sorted edf q -> positive q -> work d (charge q) = pred (work d q).
Proof.
  intros S P. destruct q as [|[j c] q]; auto. simpl. rewrite !work_cons. simpl.
  assert (1 <= c) by (apply (P (j, c)); simpl; auto).
  destruct (Nat.leb_spec (deadline j) d) as [|L]; [lia|].
  enough (work d q = 0) by lia. apply StronglySorted_inv in S as [_ F].
  clear - F L. induction F as [|e q E _ IH]; auto. rewrite work_cons.
  unfold precedes, edf in E. simpl in E. destruct (Nat.leb_spec (deadline (fst e)) d); lia.
Qed.

(** ** Demand and supply, slot by slot *)
Lemma demand_step arr t d : t < d -> demand arr t d = work d (fresh (arr t)) + demand arr (S t) d.
Proof.
  intros H. unfold demand, released_in. replace (d - t) with (S (d - S t)) by lia. simpl.
  rewrite filter_app, map_app, list_sum_app. f_equal.
  induction (arr t) as [|j l IH]; auto. simpl fresh. rewrite work_cons. simpl.
  destruct (deadline j <=? d); simpl; congruence || lia.
Qed.

Lemma supplied_step sup t d : t < d -> supplied sup t d = Nat.b2n (sup t) + supplied sup (S t) d.
Proof.
  intros H. unfold supplied. replace (d - t) with (S (d - S t)) by lia. simpl. destruct (sup t); reflexivity.
Qed.

Lemma supplied_none sup t : supplied sup t t = 0.
Proof. unfold supplied. now rewrite Nat.sub_diag. Qed.

Lemma supplied_whole t1 t2 : supplied whole_processor t1 t2 = t2 - t1.
Proof.
  unfold supplied, whole_processor. replace (filter _ _) with (seq t1 (t2 - t1)); [apply seq_length|].
  induction (seq t1 (t2 - t1)) as [|x l IH]; simpl; congruence.
Qed.

(** ** The invariant *)
Section Demand.
  Variables (arr : arrivals) (sup : supply) (leaves : nat -> bool).
  Hypothesis H_arrivals : well_formed arr.
  Notation queue_at := (queue_at edf arr sup leaves).
  Notation remaining := (remaining edf arr sup leaves).
  Notation ready := (ready edf arr sup leaves).
  Notation elected := (elected edf arr sup leaves).
  Notation missed := (missed edf arr sup leaves).
  Notation left_by := (left_by elected leaves).

  (** What is queued and what is to come fit into what is supplied. *)
  Definition fits (t : nat) (q : queue) : Prop :=
    forall d, t <= d -> work d q + demand arr t d <= supplied sup t d.

  (** Where the queue fits, nothing in it is late. *)
  Lemma fits_nothing_late t e : fits t (queue_at t) -> In e (remaining t) -> t < deadline (fst e).
  Proof.
    intros F I. destruct (Nat.lt_ge_cases t (deadline (fst e))) as [|L]; auto. exfalso.
    specialize (F t (le_n _)). rewrite supplied_none in F.
    pose proof (retire_positive (departed sup leaves t) _
      (account_positive _ _ _ _ _ _ (queue_account edf arr sup leaves H_arrivals t)) e I).
    pose proof (work_in t e _ I L). pose proof (work_retire t (departed sup leaves t) (queue_at t)).
    unfold Queue.remaining in *. lia.
  Qed.

  Lemma ready_fits t d : fits t (queue_at t) -> t < d ->
    work d (ready t) + demand arr (S t) d <= supplied sup t d.
  Proof.
    intros F L. pose proof (F d ltac:(lia)) as Fd. rewrite demand_step in Fd by auto.
    unfold Queue.ready. rewrite (proj1 (drop_late_none t (remaining t) (fun e => fits_nothing_late t e F))).
    rewrite (work_permutes _ _ _ (enqueue_permutes _ _ _)), work_app.
    pose proof (work_retire d (departed sup leaves t) (queue_at t)). unfold Queue.remaining. lia.
  Qed.

  (** From slot [t0] on, whatever happened before: the queue fits then, and so does all later demand. *)
  Section From.
    Variable t0 : nat.
    Hypothesis H_queue : fits t0 (queue_at t0).
    Hypothesis H_demand : forall t1 t2, t0 < t1 <= t2 -> demand arr t1 t2 <= supplied sup t1 t2.

    Theorem fits_from t : t0 <= t -> fits t (queue_at t).
    Proof.
      induction 1 as [|t L IH]; auto. intros d Hd. pose proof (ready_fits t d IH Hd) as R.
      pose proof (ready_accounted edf arr sup leaves H_arrivals t) as A.
      rewrite queue_at_S. rewrite supplied_step in R by lia. destruct (sup t); simpl in R; [|lia].
      rewrite work_charge by (eapply ready_sorted, A || eapply ready_positive, A).
      specialize (H_demand (S t) d). lia.
    Qed.

    Theorem no_miss_from t : t0 <= t -> missed t = [].
    Proof.
      intros L. apply drop_late_none. intros e. apply fits_nothing_late. now apply fits_from.
    Qed.
  End From.

  (** An empty queue fits if the demand to come does: one idle slot ends an overload. *)
  Lemma empty_fits t : queue_at t = [] -> (forall t2, t <= t2 -> demand arr t t2 <= supplied sup t t2) ->
    fits t (queue_at t).
  Proof. intros -> D d L. specialize (D d L). unfold work. simpl. lia. Qed.

  (** ** EDF and deadlines, whatever the demand *)

  (** Under EDF what is late is at the head, so no entry that stays is late. *)
  Lemma ready_has_time t e : In e (ready t) -> t < deadline (fst e).
  Proof.
    pose proof (ready_accounted edf arr sup leaves H_arrivals t) as A. intros I.
    destruct (ready t) as [|[j c] q] eqn:E; [destruct I|].
    pose proof (head_has_time edf arr sup leaves H_arrivals t j c q E) as L.
    pose proof (ready_sorted _ _ _ _ _ _ A) as So. apply (sorted_head _ _ _ _ So) in I.
    unfold precedes, edf in I. simpl in I. lia.
  Qed.

  (** A job is reported exactly at its deadline, *)
  Theorem missed_at_deadline j t : In j (missed t) -> t = deadline j.
  Proof.
    intros I. destruct (missed_is_real edf arr sup leaves H_arrivals j t I) as (_ & L & _).
    unfold Queue.missed in I. destruct (drop_late_prefix t (remaining t)) as (p & E & M & _). rewrite M in I.
    apply in_map_iff in I as (e & <- & I). assert (Q : In e (queue_at t)).
    { apply retire_in with (departed sup leaves t). change (In e (remaining t)). rewrite E. apply in_or_app. auto. }
    destruct t as [|u]; [destruct Q|].
    apply (paid_in _ _ _ _ _ _ (ready_accounted edf arr sup leaves H_arrivals u)), ready_has_time in Q.
    simpl in Q. lia.
  Qed.

  (** and only if it misses it: *)
  Theorem missed_misses j t : In j (missed t) -> misses arr elected leaves j.
  Proof.
    intros I. pose proof (missed_at_deadline j t I) as E.
    destruct (missed_is_real edf arr sup leaves H_arrivals j t I) as (R & _ & L). rewrite E in L.
    split; [exact R|]. split; [exact L|]. rewrite <- E. unfold Queue.missed in I.
    destruct (drop_late_prefix t (remaining t)) as (p & Ep & M & _). rewrite M in I.
    apply in_map_iff in I as (e & <- & I). apply (proj1 (queued_not_left edf arr sup leaves H_arrivals t)).
    rewrite Ep. apply in_or_app. auto.
  Qed.

  (** by its deadline it has had its budget, or has left, or is reported. *)
  Theorem settled_at_deadline j : released arr j ->
    service elected j (release j) (deadline j) = budget j \/ left_by j (deadline j) \/ In j (missed (deadline j)).
  Proof.
    intros R. pose proof (deadline_is_later _ H_arrivals _ R).
    destruct (accounted edf arr sup leaves H_arrivals j (deadline j) R ltac:(lia)) as [I|[H'|[H'|(u & U & I)]]]; auto.
    - apply in_jobs in I as (c & I). apply ready_has_time in I. simpl in I. lia.
    - right; right. now rewrite (missed_at_deadline j u I) in I.
  Qed.

  (** *** Honesty: the jobs reported are exactly those that miss their deadlines, each at its deadline. *)
  Theorem missed_iff_misses j t : In j (missed t) <-> misses arr elected leaves j /\ t = deadline j.
  Proof.
    split.
    - intros I. split; [now apply (missed_misses j t)|now apply missed_at_deadline].
    - intros ((R & L & N) & ->). destruct (settled_at_deadline j R) as [E|[E|E]]; auto; [lia|tauto].
  Qed.

  (** ** The guarantee *)
  Hypothesis H_demand : demand_fits arr sup.

  Theorem edf_no_miss t : missed t = [].
  Proof.
    apply (no_miss_from 0); try lia.
    - apply empty_fits; auto.
    - intros t1 t2 H. apply H_demand. lia.
  Qed.

  (** By its deadline a job has had its whole budget, or has left by itself. *)
  Theorem edf_budget_or_left j : released arr j ->
    service elected j (release j) (deadline j) = budget j \/ left_by j (deadline j).
  Proof.
    intros R. destruct (settled_at_deadline j R) as [H|[H|H]]; auto. now rewrite edf_no_miss in H.
  Qed.

  (** A job that leaves only once it has had [need] slots, no more than its budget, has them by its deadline,
      whatever the other jobs do. *)
  Theorem edf_serves_need j need : released arr j -> need <= budget j ->
    (forall t, elected t = Some j -> leaves (S t) = true -> need <= service elected j (release j) (S t)) ->
    need <= service elected j (release j) (deadline j).
  Proof.
    intros R N H. destruct (edf_budget_or_left j R) as [E|(u & U & Ru & Lu)]; [lia|].
    etransitivity; [apply (H u Ru Lu)|]. apply service_mono. lia.
  Qed.
End Demand.
