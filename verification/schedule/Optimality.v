(* SPDX-License-Identifier: Apache-2.0 *)
(** * The demand criterion is necessary, so EDF is optimal

    Any schedule that meets all deadlines spends in [t1, t2) the budgets of all jobs released and due there; a slot
    serves one job.  With Demand.v: a job set is feasible exactly if no interval demands more than it is supplied with,
    and then EDF meets all deadlines too. *)
From Coq Require Import List Arith Bool Lia.
Import ListNotations.
From Pip.Edf.Model Require Import Job Policy Queue.
From Pip.Schedule Require Import QueueFacts Accounting Choice Demand.

(** A slot serves at most one of the jobs of a list, and none if it is not supplied. *)
Lemma one_job_per_slot s sup (l : list job) t : within sup s -> NoDup l ->
  list_sum (map (fun j => Nat.b2n (runs s j t)) l) <= Nat.b2n (sup t).
Proof.
  intros W N. unfold runs. destruct (s t) as [k|] eqn:E.
  - rewrite (W t k E). change (Nat.b2n true) with 1.
    set (f := fun j => Nat.b2n (if job_eq_dec k j then true else false)).
    assert (Z : forall l, ~ In k l -> list_sum (map f l) = 0).
    { clear. induction l as [|j l IH]; simpl; auto. intros H. rewrite IH by tauto.
      unfold f. destruct (job_eq_dec k j); [subst; tauto|reflexivity]. }
    clear E. induction N as [|j l Nj N IH]; simpl; [lia|].
    unfold f at 1. destruct (job_eq_dec k j) as [<-|]; [rewrite Z by auto; simpl; lia|exact IH].
  - clear. induction l; [apply Nat.le_0_l|assumption].
Qed.

Lemma supplied_S sup t1 t2 : t1 <= t2 -> supplied sup t1 (S t2) = supplied sup t1 t2 + Nat.b2n (sup t2).
Proof.
  intros. unfold supplied. replace (S t2 - t1) with (S (t2 - t1)) by lia.
  rewrite seq_S, filter_app, app_length. replace (t1 + (t2 - t1)) with t2 by lia. simpl. destruct (sup t2); reflexivity.
Qed.

Lemma total_service s sup l t1 t2 : within sup s -> NoDup l -> t1 <= t2 ->
  list_sum (map (fun j => service s j t1 t2) l) <= supplied sup t1 t2.
Proof.
  intros W N H. induction H as [|t2 H IH].
  - enough (list_sum (map (fun j => service s j t1 t1) l) = 0) by lia.
    clear. induction l; simpl; auto. rewrite service_empty; auto.
  - rewrite supplied_S by auto. pose proof (one_job_per_slot s sup l t2 W N) as O.
    enough (list_sum (map (fun j => service s j t1 (S t2)) l) =
      list_sum (map (fun j => service s j t1 t2) l) + list_sum (map (fun j => Nat.b2n (runs s j t2)) l)) by lia.
    clear - H. induction l; simpl; auto. rewrite service_S by auto. lia.
Qed.

Lemma released_in_spec arr t1 t2 j : well_formed arr ->
  In j (released_in arr t1 t2) <-> released arr j /\ t1 <= release j < t2.
Proof.
  intros W. unfold released_in. rewrite in_flat_map. split.
  - intros (u & U & I). apply in_seq in U. pose proof (arrival_is_release _ W _ _ I). subst u. split; [exact I|lia].
  - intros (R & L). exists (release j). split; [apply in_seq; lia|exact R].
Qed.

Lemma released_in_nodup arr t1 t2 : well_formed arr -> NoDup (released_in arr t1 t2).
Proof.
  intros W. unfold released_in. generalize (t2 - t1) as n. intros n. revert t1.
  induction n as [|n IH]; intros t1; simpl; [constructor|].
  pose proof (no_job_twice _ W t1) as N. pose proof (arrival_is_release _ W t1) as R.
  induction (arr t1) as [|j l IHl]; simpl; [apply IH|]. inversion_clear N as [|? ? Nj Nl]. constructor.
  - rewrite in_app_iff, in_flat_map. intros [I|(u & U & I)]; [tauto|].
    apply in_seq in U. apply (arrival_is_release _ W) in I. specialize (R j (or_introl eq_refl)). lia.
  - apply IHl; auto. intros k K. apply R. simpl. auto.
Qed.

Lemma sum_le {A} (f g : A -> nat) l : (forall x, In x l -> f x <= g x) -> list_sum (map f l) <= list_sum (map g l).
Proof.
  induction l as [|x l IH]; simpl; intros H; [lia|].
  specialize (IH (fun y Y => H y (or_intror Y))). specialize (H x (or_introl eq_refl)). lia.
Qed.

Lemma service_widens s j t1 t2 u1 u2 : t1 <= u1 -> u2 <= t2 -> service s j u1 u2 <= service s j t1 t2.
Proof.
  intros A B. destruct (Nat.le_gt_cases u1 u2) as [L|L]; [|rewrite (service_empty _ _ u1 u2); lia].
  rewrite (service_split _ _ t1 u1 t2), (service_split _ _ u1 u2 t2) by lia. lia.
Qed.

Theorem demand_necessary arr sup : well_formed arr -> feasible arr sup -> demand_fits arr sup.
Proof.
  intros W (s & In_s & Meets) t1 t2 H. unfold demand. set (l := filter _ _).
  transitivity (list_sum (map (fun j => service s j t1 t2) l)).
  - apply sum_le. intros j J. apply filter_In in J as [J D]. apply Nat.leb_le in D.
    apply (released_in_spec _ _ _ _ W) in J as [R L].
    etransitivity; [apply (Meets j R)|]. apply service_widens; lia.
  - apply total_service; auto. apply NoDup_filter, released_in_nodup, W.
Qed.

(** Nobody leaves early. *)
Definition nobody_leaves : nat -> bool := fun _ => false.

Lemma edf_meets arr sup : well_formed arr -> demand_fits arr sup ->
  forall j, released arr j -> meets (elected edf arr sup nobody_leaves) j.
Proof. intros W D j R. unfold meets. apply edf_serves_need; auto. intros. discriminate. Qed.

Theorem demand_iff_feasible arr sup : well_formed arr -> (demand_fits arr sup <-> feasible arr sup).
Proof.
  intros W. split; [|now apply demand_necessary]. intros D.
  exists (elected edf arr sup nobody_leaves). split; [apply elected_within|now apply edf_meets].
Qed.

(** If any schedule meets all deadlines, EDF does: nothing is missed, whoever leaves early, and if nobody does, all
    jobs have their whole budgets in time. *)
Theorem edf_optimal arr sup : well_formed arr -> feasible arr sup ->
  (forall leaves t, missed edf arr sup leaves t = []) /\
  (forall j, released arr j -> meets (elected edf arr sup nobody_leaves) j).
Proof.
  intros W F. pose proof (demand_necessary arr sup W F) as D. split.
  - intros. now apply edf_no_miss.
  - now apply edf_meets.
Qed.
