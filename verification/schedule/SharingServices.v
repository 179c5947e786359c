(* SPDX-License-Identifier: Apache-2.0 *)
(** * edf_admit_shared is sound

    It always ends, without overflow.  Accepted: the demand bound of the tasks fits what a periodic resource supplies in
    every length.  Overloaded: here is a length in which more can be demanded than is supplied in any case. *)
From Coq Require Import List ZArith Bool Lia.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Admission Sharing.
From Pip.Edf.Model Require Import Job Sporadic Resource.
From Pip.Schedule Require Import Runs Timers BusyWindow Supply Machine AdmissionServices.
Local Open Scope N_scope.

(** ** The supply *)
Theorem supply_bound_runs s every slots length : length < tick_limit ->
  exists x, supply_bound every slots length s = Done x s /\ (1 <= every /\ slots <= every ->
    N.to_nat x = periodic_supply (N.to_nat every) (N.to_nat slots) (N.to_nat length)).
Proof.
  intros B. unfold supply_bound. destruct ((every =? 0) || (every <? slots)) eqn:Q.
  { exists 0. split; [reflexivity|]. intros [E L]. apply orb_true_iff in Q as [Q|Q];
      [apply N.eqb_eq in Q|apply N.ltb_lt in Q]; lia. }
  apply orb_false_iff in Q as [Q1 Q2]. apply N.eqb_neq in Q1. apply N.ltb_ge in Q2. step tick_sub_runs.
  unfold periodic_supply. rewrite <- !N2Nat.inj_sub, <- N2Nat.inj_div, <- N2Nat.inj_mod, <- N2Nat.inj_sub,
    <- N2Nat.inj_mul, <- N2Nat.inj_add.
  destruct (N.leb_spec length (every - slots)) as [C|C].
  { exists 0. split; [reflexivity|]. intros _. f_equal. replace (length - (every - slots)) with 0 by lia.
    rewrite N.div_0_l, N.mod_0_l by lia. lia. }
  step tick_sub_runs. step tick_div_runs. set (rest := length - (every - slots)).
  pose proof (N.div_mod rest every Q1) as D.
  rewrite N.mul_comm in D. set (p := rest / every) in *. set (m := rest mod every) in *. clearbody p m.
  assert (P : p * slots <= p * every) by (apply N.mul_le_mono_l; lia).
  assert (R : rest <= length) by (unfold rest; lia).
  step tick_mul_runs. step tick_mul_runs. step tick_sub_runs.
  replace (rest - p * every) with m by lia. destruct (N.leb_spec m (every - slots)) as [F|F].
  { eexists. split; [reflexivity|]. intros _. f_equal. lia. }
  step tick_sub_runs. rewrite tick_add_runs by lia. eexists. split; [reflexivity|]. reflexivity.
Qed.

Section Table.
  Variable s : scheduler.
  Hypothesis H_count : s_count s <= max_tasks.
  Hypothesis H_parameters : forall i, i < s_count s -> parameters_ok (s_parameters s i).
  Variables every slots : tick.
  Hypothesis H_slots : 1 <= slots <= every.
  Hypothesis H_every : every <= longest_promise.
  Notation ts := (tasks s).
  Notation sbf := (periodic_supply (N.to_nat every) (N.to_nat slots)).
  Notation shortest := (shortest (N.to_nat every) (N.to_nat slots)).

  Lemma slots_nat : (1 <= N.to_nat slots <= N.to_nat every)%nat.
  Proof. lia. Qed.

  Lemma length_to_supply_runs demand : demand <= max_window ->
    exists x, length_to_supply every slots demand s = Done x s /\ N.to_nat x = shortest (N.to_nat demand).
  Proof.
    intros B. unfold length_to_supply, Supply.shortest. destruct (N.eqb_spec demand 0) as [->|Z].
    { exists 0. split; reflexivity. }
    destruct (Nat.eqb_spec (N.to_nat demand) 0); [lia|]. unfold max_window, longest_promise, one_slot in *.
    step tick_sub_runs. step tick_sub_runs. step tick_div_runs. set (p := (demand - 1) / slots).
    assert (P : p * slots <= demand - 1) by (rewrite N.mul_comm; apply N.mul_div_le; lia).
    assert (P1 : p <= demand - 1) by nia. assert (P2 : p * every <= (demand - 1) * 16384) by (apply N.mul_le_mono; lia).
    step tick_mul_runs; [unfold tick_limit; lia|]. step tick_sub_runs. step tick_mul_runs; [unfold tick_limit; lia|].
    step tick_add_runs; [unfold tick_limit; lia|]. step tick_add_runs; [unfold tick_limit; lia|].
    rewrite tick_add_runs by (unfold tick_limit; lia). eexists. split; [reflexivity|].
    rewrite !N2Nat.inj_add, !N2Nat.inj_sub, !N2Nat.inj_mul. unfold p. rewrite N2Nat.inj_div, N2Nat.inj_sub. reflexivity.
  Qed.

  (** ** The window *)
  Theorem shared_window_runs fuel : forall w, 1 <= w <= max_window ->
    exists r, shared_window fuel every slots w s = Done r s /\
      (r <> 0 -> r <= max_window /\ (request_bound ts (N.to_nat r) <= sbf (N.to_nat r))%nat).
  Proof.
    induction fuel as [|fuel IH]; intros w B; [exists 0; split; [reflexivity|congruence]|].
    cbn [shared_window]. destruct (request_bound_runs s H_count H_parameters w B) as (r & E & V). step E.
    destruct (N.ltb_spec max_window r) as [C|C]; [exists 0; split; [reflexivity|congruence]|].
    destruct (length_to_supply_runs r C) as (x & E2 & X). step E2.
    destruct (N.leb_spec x w) as [D|D].
    { exists w. split; [reflexivity|]. intros _. split; [lia|]. rewrite <- V.
      apply (shortest_supplies _ _ slots_nat). lia. }
    destruct (N.ltb_spec max_window x) as [F|F]; [exists 0; split; [reflexivity|congruence]|].
    apply IH. lia.
  Qed.

  (** Only lengths below the window matter. *)
  Theorem shared_window_suffices w : (1 <= w)%nat -> (request_bound ts w <= sbf w)%nat ->
    (forall l, (l < w)%nat -> (demand_bound ts l <= sbf l)%nat) -> forall l, (demand_bound ts l <= sbf l)%nat.
  Proof.
    intros Hw Hr Hb l. induction l as [l IH] using lt_wf_ind.
    destruct (Nat.lt_ge_cases l w) as [|H]; [auto|]. specialize (IH (l - w)%nat ltac:(lia)).
    pose proof (demand_bound_split ts (table_sensible s H_count H_parameters) w l ltac:(lia)).
    pose proof (supply_superadditive _ _ slots_nat w (l - w)). replace (w + (l - w))%nat with l in * by lia. lia.
  Qed.

  (** ** The check *)
  Theorem check_shared_runs w fuel : w <= max_window -> forall t, t < w ->
    (forall l, (N.to_nat t < l < N.to_nat w)%nat -> (demand_bound ts l <= sbf l)%nat) ->
    exists v, check_shared fuel every slots t s = Done v s /\ match verdict_decision v with
      | ACCEPTED => forall l, (l < N.to_nat w)%nat -> (demand_bound ts l <= sbf l)%nat
      | OVERLOADED => (sbf (N.to_nat (verdict_length v)) < N.to_nat (verdict_demand v))%nat /\
          demand_bound ts (N.to_nat (verdict_length v)) = N.to_nat (verdict_demand v)
      | UNDECIDED => True
      end.
  Proof.
    intros B. induction fuel as [|fuel IH]; intros t L H; [eexists; split; [reflexivity|exact I]|].
    cbn [check_shared]. destruct (demand_bound_runs s H_count H_parameters t ltac:(lia)) as (d & E & V). step E.
    destruct (N.ltb_spec t d) as [C|C].
    { eexists. split; [reflexivity|]. cbn [verdict_decision verdict_length verdict_demand]. split; [|congruence].
      pose proof (supply_at_most_length _ _ slots_nat (N.to_nat t)). lia. }
    assert (K : forall l, (N.to_nat d <= sbf l)%nat -> (l < N.to_nat w)%nat -> (demand_bound ts l <= sbf l)%nat).
    { intros l Hl Lw. destruct (Nat.lt_ge_cases (N.to_nat t) l) as [|G]; [apply H; lia|].
      pose proof (demand_bound_mono ts (table_sensible s H_count H_parameters) l (N.to_nat t) G). lia. }
    destruct (N.eqb_spec d 0) as [Z|Z].
    { eexists. split; [reflexivity|]. cbn [verdict_decision]. intros l Ll. apply K; [lia|exact Ll]. }
    destruct (length_to_supply_runs d ltac:(lia)) as (x & E2 & X). step E2.
    pose proof (shortest_supplies _ _ slots_nat (N.to_nat d)) as Sh. destruct (N.ltb_spec t x) as [D|D].
    { eexists. split; [reflexivity|]. cbn [verdict_decision verdict_length verdict_demand]. split; [|congruence].
      apply Nat.nle_gt. rewrite (Sh (N.to_nat t)). lia. }
    assert (Px : 1 <= x).
    { destruct (N.eq_dec x 0) as [Ex|]; [exfalso|lia]. pose proof (proj2 (Sh 0%nat)) as Q. rewrite Ex in X.
      specialize (Q ltac:(lia)). pose proof (supply_at_most_length _ _ slots_nat 0). lia. }
    unfold one_slot. step tick_sub_runs. apply IH; [lia|].
    intros l Hl. apply K; [apply Sh; lia|lia].
  Qed.

  Theorem check_longest_shared_runs : exists v, check_longest_shared every slots s = Done v s /\
    match verdict_decision v with
    | ACCEPTED => False
    | OVERLOADED => (sbf (N.to_nat (verdict_length v)) < N.to_nat (verdict_demand v))%nat /\
        demand_bound ts (N.to_nat (verdict_length v)) = N.to_nat (verdict_demand v)
    | UNDECIDED => True
    end.
  Proof.
    unfold check_longest_shared. destruct (demand_bound_runs s H_count H_parameters max_window (N.le_refl _)) as
      (d & E & V). step E. destruct (supply_bound_runs s every slots max_window) as (x & E2 & X).
    { unfold max_window, tick_limit. lia. }
    step E2. specialize (X ltac:(lia)). destruct (N.ltb_spec x d) as [C|C]; eexists; (split; [reflexivity|]);
      [|exact I]. cbn [verdict_decision verdict_length verdict_demand]. rewrite <- X. split; [lia|congruence].
  Qed.
End Table.

(** ** The test *)
Theorem edf_admit_shared_runs s every slots : s_count s <= max_tasks ->
  (forall i, i < s_count s -> parameters_ok (s_parameters s i)) ->
  exists v, edf_admit_shared every slots s = Done v s /\
    let sbf := periodic_supply (N.to_nat every) (N.to_nat slots) in match verdict_decision v with
      | ACCEPTED => 1 <= slots <= every /\ forall l, (demand_bound (tasks s) l <= sbf l)%nat
      | OVERLOADED => 1 <= slots <= every /\ (sbf (N.to_nat (verdict_length v)) < N.to_nat (verdict_demand v))%nat /\
          demand_bound (tasks s) (N.to_nat (verdict_length v)) = N.to_nat (verdict_demand v)
      | UNDECIDED => True
      end.
Proof.
  intros C P. unfold edf_admit_shared.
  destruct ((slots =? 0) || (every <? slots) || (longest_promise <? every)) eqn:Q;
    [eexists; split; [reflexivity|exact I]|].
  apply orb_false_iff in Q as [Q Q3]. apply orb_false_iff in Q as [Q1 Q2].
  apply N.eqb_neq in Q1. apply N.ltb_ge in Q2, Q3. assert (Hs : 1 <= slots <= every) by lia.
  step read_runs. destruct (N.eqb_spec (s_count s) 0) as [Z|Z].
  { eexists. split; [reflexivity|]. cbn [verdict_decision]. split; [exact Hs|]. intros l. unfold demand_bound, tasks.
    rewrite Z. apply Nat.le_0_l. }
  unfold one_slot.
  destruct (shared_window_runs s C P every slots Hs Q3 admission_rounds 1 ltac:(unfold max_window; lia)) as (w & E & K).
  step E. destruct (N.eqb_spec w 0) as [Zw|Zw].
  { destruct (check_longest_shared_runs s C P every slots Hs Q3) as (v & E3 & K3). exists v. split; [exact E3|].
    destruct (verdict_decision v); [contradiction|auto|exact I]. }
  destruct (K Zw) as [Bw Hw]. step tick_sub_runs.
  destruct (check_shared_runs s C P every slots Hs Q3 w admission_rounds Bw (w - 1) ltac:(lia)) as (v & E2 & K2);
    [intros l Ll; lia|].
  exists v. split; [exact E2|]. destruct (verdict_decision v); auto. split; [exact Hs|].
  apply (shared_window_suffices s C P every slots Hs Q3 (N.to_nat w)); [lia|exact Hw|exact K2].
Qed.
