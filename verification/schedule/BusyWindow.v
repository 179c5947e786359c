(* SPDX-License-Identifier: Apache-2.0 *)
(** * Which lengths the admission test must look at

    If all that can be released in a window of length w can be done in it, then only shorter intervals matter: a longer
    one is such a window and a shorter interval.  Below the window, the demand of one length clears all lengths down to
    that demand.  Both searches end within as many rounds as there are jobs in the window. *)
From Coq Require Import List Arith Bool Lia.
Import ListNotations.
From Pip.Edf.Model Require Import Job Sporadic.

(** ** Sums over tasks *)
Lemma total_cons f k ts : total f (k :: ts) = f k + total f ts.
Proof. reflexivity. Qed.

Lemma total_le f g ts : (forall k, In k ts -> f k <= g k) -> total f ts <= total g ts.
Proof.
  induction ts as [|k ts IH]; intros H; [auto|]. rewrite !total_cons.
  specialize (IH (fun x I => H x (or_intror I))). specialize (H k (or_introl eq_refl)). lia.
Qed.

Lemma total_add f g ts : total (fun k => f k + g k) ts = total f ts + total g ts.
Proof. induction ts; rewrite ?total_cons; [reflexivity|]. rewrite IHts. lia. Qed.

Lemma total_mul m f ts : total (fun k => m * f k) ts = m * total f ts.
Proof. induction ts; rewrite ?total_cons; [unfold total; simpl; lia|]. rewrite IHts. lia. Qed.

(** Sums of terms that only grow are equal only if all terms are. *)
Lemma total_same f g ts : (forall k, In k ts -> f k <= g k) -> total g ts <= total f ts ->
  forall k, In k ts -> f k = g k.
Proof.
  induction ts as [|k ts IH]; intros H E x [].
  - subst x. rewrite !total_cons in E. pose proof (total_le f g ts (fun y I => H y (or_intror I))).
    specialize (H k (or_introl eq_refl)). lia.
  - rewrite !total_cons in E. apply IH; auto. intros; apply H; simpl; auto.
    specialize (H k (or_introl eq_refl)). lia.
Qed.

(** ** One task *)
Section Task.
  Variable k : sporadic.
  Hypothesis H_period : 1 <= period k.

  Lemma jobs_due_mono l l' : l <= l' -> jobs_due k l <= jobs_due k l'.
  Proof.
    intros H. unfold jobs_due. destruct (Nat.ltb_spec l (relative_deadline k)); [lia|].
    destruct (Nat.ltb_spec l' (relative_deadline k)); [lia|]. apply Nat.add_le_mono_r, Nat.div_le_mono; lia.
  Qed.

  Lemma jobs_released_mono l l' : l <= l' -> jobs_released k l <= jobs_released k l'.
  Proof. intros H. unfold jobs_released. apply Nat.add_le_mono_r, Nat.div_le_mono; lia. Qed.

  Lemma jobs_released_cover w : w <= jobs_released k w * period k.
  Proof.
    unfold jobs_released. pose proof (Nat.mul_succ_div_gt (w - 1) (period k) ltac:(lia)).
    rewrite Nat.add_1_r, Nat.mul_comm. lia.
  Qed.

  Lemma jobs_due_released l : 1 <= relative_deadline k -> jobs_due k l <= jobs_released k l.
  Proof.
    intros HD. unfold jobs_due, jobs_released. destruct (Nat.ltb_spec l (relative_deadline k)); [lia|].
    apply Nat.add_le_mono_r, Nat.div_le_mono; lia.
  Qed.

  (** What is due in [l] was released in the first [w] slots, or is due in the rest. *)
  Lemma jobs_due_split w l : 1 <= relative_deadline k -> 1 <= w <= l ->
    jobs_due k l <= jobs_released k w + jobs_due k (l - w).
  Proof.
    intros HD H. unfold jobs_due. destruct (Nat.ltb_spec l (relative_deadline k)); [lia|].
    destruct (Nat.ltb_spec (l - w) (relative_deadline k)).
    - rewrite Nat.add_0_r. unfold jobs_released. apply Nat.add_le_mono_r, Nat.div_le_mono; lia.
    - rewrite Nat.add_assoc. apply Nat.add_le_mono_r. rewrite Nat.add_comm, <- Nat.div_add by lia.
      apply Nat.div_le_mono; [lia|]. pose proof (jobs_released_cover w). lia.
  Qed.
End Task.

(** ** Task sets *)
Section Tasks.
  Variable ts : list sporadic.
  Hypothesis H_sensible : Forall sensible ts.

  Lemma sensible_in k : In k ts -> sensible k.
  Proof. pose proof H_sensible as F. rewrite Forall_forall in F. apply F. Qed.

  Lemma demand_bound_mono l l' : l <= l' -> demand_bound ts l <= demand_bound ts l'.
  Proof.
    intros H. apply total_le. intros k I. destruct (sensible_in k I). now apply Nat.mul_le_mono_r, jobs_due_mono.
  Qed.

  Lemma request_bound_mono l l' : l <= l' -> request_bound ts l <= request_bound ts l'.
  Proof.
    intros H. apply total_le. intros k I. destruct (sensible_in k I). now apply Nat.mul_le_mono_r, jobs_released_mono.
  Qed.

  Lemma demand_bound_split w l : 1 <= w <= l ->
    demand_bound ts l <= request_bound ts w + demand_bound ts (l - w).
  Proof.
    intros H. unfold demand_bound, request_bound. rewrite <- total_add. apply total_le. intros k I.
    destruct (sensible_in k I) as [HC HT]. rewrite <- Nat.mul_add_distr_r.
    apply Nat.mul_le_mono_r, jobs_due_split; lia.
  Qed.

  (** *** Only lengths below a closed window matter. *)
  Theorem window_suffices w : 1 <= w -> request_bound ts w <= w ->
    (forall l, l < w -> demand_bound ts l <= l) -> forall l, demand_bound ts l <= l.
  Proof.
    intros Hw Hr Hb l. induction l as [l IH] using lt_wf_ind.
    destruct (Nat.lt_ge_cases l w) as [|H]; auto. specialize (IH (l - w) ltac:(lia)).
    pose proof (demand_bound_split w l ltac:(lia)). lia.
  Qed.

  (** *** One length clears all down to its demand. *)
  Lemma demand_clears w t : (forall l, t < l < w -> demand_bound ts l <= l) -> demand_bound ts t <= t ->
    forall l, demand_bound ts t <= l < w -> demand_bound ts l <= l.
  Proof.
    intros H Ht l Hl. destruct (Nat.lt_ge_cases t l) as [|L]; [apply H; lia|].
    pose proof (demand_bound_mono l t L). lia.
  Qed.

  (** ** The number of rounds *)
  Definition number_released (l : nat) : nat := total (fun k => jobs_released k l) ts.
  Definition number_due (l : nat) : nat := total (fun k => jobs_due k l) ts.

  Lemma number_due_released l : number_due l <= number_released l.
  Proof. apply total_le. intros k I. destruct (sensible_in k I). apply jobs_due_released; lia. Qed.

  Lemma number_due_mono l l' : l <= l' -> number_due l <= number_due l'.
  Proof. intros H. apply total_le. intros k I. destruct (sensible_in k I). now apply jobs_due_mono. Qed.

  Lemma number_released_mono l l' : l <= l' -> number_released l <= number_released l'.
  Proof. intros H. apply total_le. intros k I. destruct (sensible_in k I). now apply jobs_released_mono. Qed.

  (** A longer window with a larger request has more jobs. *)
  Lemma more_requests_more_jobs l l' : l <= l' -> request_bound ts l < request_bound ts l' ->
    number_released l < number_released l'.
  Proof.
    intros L H. apply Nat.nle_gt. intros G. enough (request_bound ts l' <= request_bound ts l) by lia.
    apply total_le. intros k I. rewrite <- (total_same (fun k => jobs_released k l) (fun k => jobs_released k l') ts);
      auto. intros x X. destruct (sensible_in x X). now apply jobs_released_mono.
  Qed.

  Lemma more_demand_more_jobs l l' : l <= l' -> demand_bound ts l < demand_bound ts l' -> number_due l < number_due l'.
  Proof.
    intros L H. apply Nat.nle_gt. intros G. enough (demand_bound ts l' <= demand_bound ts l) by lia.
    apply total_le. intros k I. rewrite <- (total_same (fun k => jobs_due k l) (fun k => jobs_due k l') ts);
      auto. intros x X. destruct (sensible_in x X). now apply jobs_due_mono.
  Qed.

  (** ** When there is a closed window *)

  (** A schedulable set is closed after any common multiple of the periods. *)
  Theorem hyperperiod_is_closed h : 1 <= h -> (forall k, In k ts -> Nat.divide (period k) h) ->
    (forall l, demand_bound ts l <= l) -> request_bound ts h <= h.
  Proof.
    intros Hh HM F. set (d := total relative_deadline ts). set (m := d + 1).
    assert (B : m * request_bound ts h <= demand_bound ts (m * h + d)).
    { unfold request_bound, demand_bound. rewrite <- total_mul. apply total_le. intros k I.
      destruct (sensible_in k I) as [HC HT]. destruct (HM k I) as [n E].
      assert (HD : relative_deadline k <= d).
      { unfold d. clear - I. induction ts as [|x l IH]; [destruct I|]. rewrite total_cons.
        destruct I as [->|I]; [lia|specialize (IH I); lia]. }
      rewrite Nat.mul_assoc. apply Nat.mul_le_mono_r. unfold jobs_due, jobs_released.
      destruct (Nat.ltb_spec (m * h + d) (relative_deadline k)) as [C|_]; [lia|].
      replace (m * h + d - relative_deadline k) with (d - relative_deadline k + m * n * period k) by nia.
      rewrite Nat.div_add by lia. assert (n <> 0) by (intros ->; lia).
      replace (h - 1) with (period k - 1 + (n - 1) * period k) by nia.
      rewrite Nat.div_add, Nat.div_small by lia. nia. }
    specialize (F (m * h + d)). destruct (Nat.le_gt_cases (request_bound ts h) h) as [|G]; auto. exfalso.
    assert (m * (h + 1) <= m * request_bound ts h) by (apply Nat.mul_le_mono_l; lia). unfold m in *. lia.
  Qed.
End Tasks.
