(* SPDX-License-Identifier: Apache-2.0 *)
(** * edf_admit decides

    The admission test never overflows and always ends.  Accepted: the demand bound of the tasks in the table fits every
    length.  Overloaded: here is a length, and the demand, which is more.  Undecided: only where the tasks have no
    window short enough with few enough jobs in it. *)
From Coq Require Import List ZArith Bool Lia.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Admission.
From Pip.Edf.Model Require Import Job Sporadic.
From Pip.Schedule Require Import Runs ArrayHeap Represents Timers BusyWindow Machine.
Local Open Scope N_scope.

(** ** One task *)

(** No task asks for more than this in a window that is not too long. *)
Definition task_limit : N := max_window + max_period.

Lemma quotient_cost q c t : c <= t -> (q + 1) * c <= q * t + c.
Proof. nia. Qed.

Section Table.
  Variable s : scheduler.
  Hypothesis H_count : s_count s <= max_tasks.
  Hypothesis H_parameters : forall i, i < s_count s -> parameters_ok (s_parameters s i).
  Notation ts := (tasks s).
  Notation task_at i := (task_of (s_parameters s i)).

  Lemma jobs_bound i length : i < s_count s -> length <= max_window ->
    (length / p_period (s_parameters s i) + 1) * p_budget (s_parameters s i) <= task_limit.
  Proof.
    intros L B. destruct (H_parameters i L) as [Q1 Q2 Q3 _]. set (p := s_parameters s i) in *.
    etransitivity; [apply (quotient_cost _ _ (p_period p)); lia|].
    pose proof (N.mul_div_le length (p_period p) ltac:(lia)). unfold task_limit. lia.
  Qed.

  Lemma task_demand_runs i length : i < s_count s -> length <= max_window ->
    exists x, task_demand i length s = Done x s /\ x <= task_limit /\
      N.to_nat x = (jobs_due (task_at i) (N.to_nat length) * cost (task_at i))%nat.
  Proof.
    intros L B. destruct (H_parameters i L) as [Q1 Q2 Q3 _]. pose proof (jobs_bound i length L B) as J.
    unfold task_demand. step read_at_runs. set (p := s_parameters s i) in *. unfold jobs_due, task_of.
    cbn [relative_deadline period cost].
    destruct (N.ltb_spec length (p_deadline p)) as [C|C],
      (Nat.ltb_spec (N.to_nat length) (N.to_nat (p_deadline p))) as [C'|C']; try lia.
    { exists 0. split; [reflexivity|]. unfold task_limit, max_window. lia. }
    step read_at_runs. step read_at_runs. step tick_sub_runs. fold p. step tick_div_runs.
    assert (D : (length - p_deadline p) / p_period p <= length / p_period p) by (apply N.div_le_mono; lia).
    assert (D2 : length / p_period p <= length) by (apply N.div_le_upper_bound; nia).
    unfold max_window in B. step tick_add_runs; [unfold tick_limit, one_slot; lia|].
    assert (M : ((length - p_deadline p) / p_period p + one_slot) * p_budget p <= task_limit).
    { etransitivity; [|exact J]. apply N.mul_le_mono_r. unfold one_slot. lia. }
    rewrite tick_mul_runs by (unfold task_limit, max_window, max_period, tick_limit in *; lia).
    eexists. split; [reflexivity|]. split; [exact M|].
    unfold one_slot. rewrite N2Nat.inj_mul, N2Nat.inj_add, N2Nat.inj_div, N2Nat.inj_sub. reflexivity.
  Qed.

  Lemma task_requests_runs i length : i < s_count s -> 1 <= length <= max_window ->
    exists x, task_requests i length s = Done x s /\ x <= task_limit /\
      N.to_nat x = (jobs_released (task_at i) (N.to_nat length) * cost (task_at i))%nat.
  Proof.
    intros L B. destruct (H_parameters i L) as [Q1 Q2 Q3 _]. pose proof (jobs_bound i length L (proj2 B)) as J.
    unfold task_requests. step read_at_runs. step read_at_runs. set (p := s_parameters s i) in *.
    unfold one_slot. step tick_sub_runs. step tick_div_runs.
    assert (D : (length - 1) / p_period p <= length / p_period p) by (apply N.div_le_mono; lia).
    assert (D2 : length / p_period p <= length) by (apply N.div_le_upper_bound; nia).
    unfold max_window in B. step tick_add_runs; [unfold tick_limit; lia|].
    assert (M : ((length - 1) / p_period p + 1) * p_budget p <= task_limit).
    { etransitivity; [|exact J]. apply N.mul_le_mono_r. lia. }
    rewrite tick_mul_runs by (unfold task_limit, max_window, max_period, tick_limit in *; lia).
    eexists. split; [reflexivity|]. split; [exact M|]. unfold jobs_released, task_of. cbn [period cost].
    rewrite N2Nat.inj_mul, N2Nat.inj_add, N2Nat.inj_div, N2Nat.inj_sub. reflexivity.
  Qed.

  (** ** All tasks *)
  Lemma skipn_tasks i : i < s_count s -> skipn (N.to_nat i) ts = task_at i :: skipn (N.to_nat (i + 1)) ts.
  Proof.
    intros L. unfold tasks. rewrite !skipn_map.
    replace (skipn (N.to_nat i) (seq 0 (N.to_nat (s_count s)))) with
      (N.to_nat i :: skipn (N.to_nat (i + 1)) (seq 0 (N.to_nat (s_count s)))); [cbn [map]; now rewrite N2Nat.id|].
    replace (N.to_nat (s_count s)) with (N.to_nat i + S (N.to_nat (s_count s - i - 1)))%nat by lia.
    rewrite seq_app, !skipn_app, !seq_length, !(skipn_all2 (seq 0 _)) by (rewrite seq_length; lia).
    replace (N.to_nat i - N.to_nat i)%nat with 0%nat by lia.
    replace (N.to_nat (i + 1) - N.to_nat i)%nat with 1%nat by lia. reflexivity.
  Qed.

  Lemma skipn_none i : s_count s <= i -> skipn (N.to_nat i) ts = [].
  Proof. intros L. apply skipn_all2. unfold tasks. rewrite map_length, seq_length. lia. Qed.

  Definition sum_fits (i sum : N) : Prop := sum + (s_count s - i) * task_limit < tick_limit.

  Lemma sum_fits_step i sum x : i < s_count s -> x <= task_limit -> sum_fits i sum ->
    sum + x < tick_limit /\ sum_fits (i + 1) (sum + x).
  Proof.
    unfold sum_fits. intros L B F. replace (s_count s - i) with (s_count s - (i + 1) + 1) in F by lia.
    rewrite N.mul_add_distr_r in F. revert F. generalize ((s_count s - (i + 1)) * task_limit). lia.
  Qed.

  Lemma sum_fits_start : sum_fits 0 0.
  Proof.
    unfold sum_fits. rewrite N.sub_0_r. apply N.le_lt_trans with (max_tasks * task_limit); [|reflexivity].
    now apply N.mul_le_mono_r.
  Qed.

  Lemma add_demand_runs length fuel : length <= max_window -> forall i sum,
    (N.to_nat (s_count s - i) <= fuel)%nat -> sum_fits i sum ->
    exists r, add_demand fuel i length sum s = Done r s /\ N.to_nat r =
      (N.to_nat sum + total (fun k => jobs_due k (N.to_nat length) * cost k) (skipn (N.to_nat i) ts))%nat.
  Proof.
    intros B. induction fuel as [|fuel IH]; intros i sum F Sf.
    { exists sum. split; [reflexivity|]. rewrite skipn_none by lia. unfold total. simpl. lia. }
    cbn [add_demand]. step read_runs. destruct (N.leb_spec (s_count s) i) as [C|C].
    { exists sum. split; [reflexivity|]. rewrite skipn_none by lia. unfold total. simpl. lia. }
    destruct (task_demand_runs i length C B) as (x & E & X & V). step E.
    destruct (sum_fits_step i sum x C X Sf) as [S1 S2]. step tick_add_runs. step one_more_runs.
    destruct (IH (i + 1) (sum + x) ltac:(lia) S2) as (r & E2 & V2). exists r. split; [exact E2|].
    rewrite V2, (skipn_tasks i C), total_cons, <- V. lia.
  Qed.

  Lemma add_requests_runs length fuel : 1 <= length <= max_window -> forall i sum,
    (N.to_nat (s_count s - i) <= fuel)%nat -> sum_fits i sum ->
    exists r, add_requests fuel i length sum s = Done r s /\ N.to_nat r =
      (N.to_nat sum + total (fun k => jobs_released k (N.to_nat length) * cost k) (skipn (N.to_nat i) ts))%nat.
  Proof.
    intros B. induction fuel as [|fuel IH]; intros i sum F Sf.
    { exists sum. split; [reflexivity|]. rewrite skipn_none by lia. unfold total. simpl. lia. }
    cbn [add_requests]. step read_runs. destruct (N.leb_spec (s_count s) i) as [C|C].
    { exists sum. split; [reflexivity|]. rewrite skipn_none by lia. unfold total. simpl. lia. }
    destruct (task_requests_runs i length C B) as (x & E & X & V). step E.
    destruct (sum_fits_step i sum x C X Sf) as [S1 S2]. step tick_add_runs. step one_more_runs.
    destruct (IH (i + 1) (sum + x) ltac:(lia) S2) as (r & E2 & V2). exists r. split; [exact E2|].
    rewrite V2, (skipn_tasks i C), total_cons, <- V. lia.
  Qed.

  Lemma enough_rounds : (N.to_nat (s_count s - 0) <= task_rounds)%nat.
  Proof. unfold task_rounds. lia. Qed.

  Theorem demand_bound_runs length : length <= max_window ->
    exists r, Admission.demand_bound length s = Done r s /\ N.to_nat r = demand_bound ts (N.to_nat length).
  Proof. intros B. exact (add_demand_runs length task_rounds B 0 0 enough_rounds sum_fits_start). Qed.

  Theorem request_bound_runs length : 1 <= length <= max_window ->
    exists r, Admission.request_bound length s = Done r s /\ N.to_nat r = request_bound ts (N.to_nat length).
  Proof. intros B. exact (add_requests_runs length task_rounds B 0 0 enough_rounds sum_fits_start). Qed.

  (** ** The search for a window *)
  Lemma table_sensible : Forall sensible ts.
  Proof.
    apply Forall_forall. intros k I. apply in_map_iff in I as (i & <- & I). apply in_seq in I.
    destruct (H_parameters (N.of_nat i) ltac:(lia)) as [Q1 Q2 _ _]. unfold sensible. cbn. lia.
  Qed.

  (** The window found is closed; there is none to find only if every closed window has too many jobs. *)
  Theorem busy_window_runs fuel : forall w, 1 <= w <= max_window ->
    exists r, busy_window fuel w s = Done r s /\
      (r <> 0 -> r <= max_window /\ (request_bound ts (N.to_nat r) <= N.to_nat r)%nat) /\
      (forall v, w <= v <= max_window -> (request_bound ts (N.to_nat v) <= N.to_nat v)%nat -> (1 <= fuel)%nat ->
         (request_bound ts (N.to_nat w) <= N.to_nat w \/
          number_released ts (N.to_nat v) + 2 <= fuel + number_released ts (N.to_nat w))%nat -> r <> 0 /\ r <= v).
  Proof.
    induction fuel as [|fuel IH]; intros w B.
    { exists 0. split; [reflexivity|]. split; [congruence|]. intros; lia. }
    cbn [busy_window]. destruct (request_bound_runs w B) as (r & E & V). step E.
    destruct (N.leb_spec r w) as [C|C].
    { exists w. split; [reflexivity|]. split; [intros _; split; lia|]. intros; lia. }
    destruct (N.ltb_spec max_window r) as [C2|C2].
    { exists 0. split; [reflexivity|]. split; [congruence|]. intros v Lv Hv _ _. exfalso.
      pose proof (request_bound_mono ts table_sensible (N.to_nat w) (N.to_nat v) ltac:(lia)). lia. }
    destruct (IH r ltac:(lia)) as (r' & E2 & K1 & K2). exists r'. split; [exact E2|]. split; [exact K1|].
    intros v Lv Hv _ F. apply K2; auto.
    - pose proof (request_bound_mono ts table_sensible (N.to_nat w) (N.to_nat v) ltac:(lia)). lia.
    - pose proof (number_released_mono ts table_sensible (N.to_nat w) (N.to_nat v) ltac:(lia)). lia.
    - destruct (Nat.le_gt_cases (request_bound ts (N.to_nat r)) (N.to_nat r)) as [|G]; [auto|right].
      assert (number_released ts (N.to_nat w) < number_released ts (N.to_nat r))%nat; [|lia].
      apply more_requests_more_jobs; [apply table_sensible|lia|lia].
  Qed.

  (** ** The check of shorter intervals *)
  Theorem check_demand_runs w fuel : w <= max_window -> forall t, t < w ->
    (forall l, (N.to_nat t < l < N.to_nat w)%nat -> (demand_bound ts l <= l)%nat) ->
    exists v, check_demand fuel t s = Done v s /\ match verdict_decision v with
      | ACCEPTED => forall l, (l < N.to_nat w)%nat -> (demand_bound ts l <= l)%nat
      | OVERLOADED => verdict_length v < verdict_demand v /\
          demand_bound ts (N.to_nat (verdict_length v)) = N.to_nat (verdict_demand v)
      | UNDECIDED => ~ (1 <= fuel /\ (N.to_nat t < demand_bound ts (N.to_nat t) \/ demand_bound ts (N.to_nat t) = 0 \/
          number_due ts (N.to_nat t) + 2 <= fuel))%nat
      end.
  Proof.
    intros B. induction fuel as [|fuel IH]; intros t L H.
    { eexists. split; [reflexivity|]. cbn [verdict_decision verdict_length verdict_demand]. lia. }
    cbn [check_demand]. destruct (demand_bound_runs t ltac:(lia)) as (d & E & V). step E.
    destruct (N.ltb_spec t d) as [C|C].
    { eexists. split; [reflexivity|]. cbn [verdict_decision verdict_length verdict_demand].
      split; [exact C|congruence]. }
    assert (K : forall l, (demand_bound ts (N.to_nat t) <= l < N.to_nat w)%nat -> (demand_bound ts l <= l)%nat).
    { apply (demand_clears ts table_sensible _ _ H). lia. }
    destruct (N.eqb_spec d 0) as [Z|Z].
    { eexists. split; [reflexivity|]. cbn [verdict_decision verdict_length verdict_demand]. intros l Ll. apply K. lia. }
    unfold one_slot. step tick_sub_runs.
    destruct (IH (d - 1) ltac:(lia)) as (v & E2 & K2); [intros l Ll; apply K; lia|].
    exists v. split; [exact E2|]. destruct (verdict_decision v); auto. intros [_ F]. apply K2. clear K2.
    split; [lia|]. destruct F as [F|[F|F]]; [lia|lia|].
    destruct (Nat.le_gt_cases (demand_bound ts (N.to_nat (d - 1))) (N.to_nat (d - 1))) as [G|G]; [|auto].
    right; right. assert (number_due ts (N.to_nat (d - 1)) < number_due ts (N.to_nat t))%nat; [|lia].
    apply more_demand_more_jobs; [apply table_sensible|lia|lia].
  Qed.

  (** ** The test *)
  Definition small_window (w : N) : Prop := 1 <= w <= max_window /\ (request_bound ts (N.to_nat w) <= N.to_nat w)%nat /\
    (number_released ts (N.to_nat w) + 2 <= admission_rounds)%nat.

  Theorem edf_admit_runs : exists v, edf_admit s = Done v s /\ match verdict_decision v with
      | ACCEPTED => forall l, (demand_bound ts l <= l)%nat
      | OVERLOADED => verdict_length v < verdict_demand v /\
          demand_bound ts (N.to_nat (verdict_length v)) = N.to_nat (verdict_demand v)
      | UNDECIDED => forall w, ~ small_window w
      end.
  Proof.
    unfold edf_admit. step read_runs. destruct (N.eqb_spec (s_count s) 0) as [Z|Z].
    { eexists. split; [reflexivity|]. cbn [verdict_decision verdict_length verdict_demand]. intros l.
      unfold demand_bound, tasks. rewrite Z. apply Nat.le_0_l. }
    unfold one_slot. destruct (busy_window_runs admission_rounds 1 ltac:(unfold max_window; lia)) as (w & E & K1 & K2).
    step E. clear E. destruct (N.eqb_spec w 0) as [Zw|Zw].
    - unfold check_longest. destruct (demand_bound_runs max_window (N.le_refl _)) as (d & E & V). step E.
      destruct (N.ltb_spec max_window d) as [C|C].
      { eexists. split; [reflexivity|]. cbn [verdict_decision verdict_length verdict_demand].
        split; [exact C|congruence]. }
      eexists. split; [reflexivity|]. cbn [verdict_decision verdict_length verdict_demand]. intros v (Lv & Hv & Nv).
      destruct (K2 v Lv Hv ltac:(lia) ltac:(lia)). congruence.
    - destruct (K1 Zw) as [Bw Hw]. step tick_sub_runs.
      destruct (check_demand_runs w admission_rounds Bw (w - 1) ltac:(lia)) as (v & E & K); [intros l Ll; lia|].
      exists v. split; [exact E|]. destruct (verdict_decision v); auto.
      + apply (window_suffices ts table_sensible (N.to_nat w)); [lia|exact Hw|exact K].
      + intros u (Lu & Hu & Nu). apply K. split; [lia|]. right; right.
        destruct (K2 u Lu Hu ltac:(lia) ltac:(lia)) as [_ Le].
        pose proof (number_due_mono ts table_sensible (N.to_nat (w - 1)) (N.to_nat u) ltac:(lia)).
        pose proof (number_due_released ts table_sensible (N.to_nat u)). lia.
  Qed.
End Table.
