(* SPDX-License-Identifier: Apache-2.0 *)
(** * What edf_overhead, edf_budget_for, edf_deadline_for and edf_period_for compute

    They end in every state, for 64-bit arguments, and leave the state as it is.  What an answer other than 0 is good
    for is said by [good_budget], [good_deadline], [good_period]. *)
From Coq Require Import NArith Bool Lia.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Overheads.
From Pip.Schedule Require Import Runs.
Local Open Scope N_scope.

(** Overheads of [overhead] leave room for the work in so many slots, and in no fewer. *)
Definition good_budget (work slot overhead budget : N) : Prop :=
  overhead < slot /\ work <= budget * (slot - overhead) /\ (budget - 1) * (slot - overhead) < work.

(** So many slots, and for sporadic tasks one more, are over within the time. *)
Definition good_deadline (k : kind) (time slot d : N) : Prop :=
  slot <> 0 /\ (if kind_eq k SPORADIC then d + 1 else d) * slot <= time.

(** So many slots take no more than the time; for tasks that are not sporadic, exactly that. *)
Definition good_period (k : kind) (time slot period : N) : Prop :=
  slot <> 0 /\ if kind_eq k SPORADIC then period * slot <= time else period * slot = time.

Section Overheads.
  Variable s : scheduler.

  Theorem edf_overhead_runs tick_cost switch_cost fault_cost : exists overhead,
    edf_overhead tick_cost switch_cost fault_cost s = Done overhead s /\
    (overhead < key_limit -> overhead = tick_cost + switch_cost + fault_cost).
  Proof.
    unfold edf_overhead. destruct (_ || _ || _)%bool eqn:Q; [exists key_limit; split; [reflexivity|lia]|].
    apply orb_false_iff in Q as [Q Q3]. apply orb_false_iff in Q as [Q1 Q2]. apply N.leb_gt in Q1, Q2, Q3.
    unfold key_limit in *. step tick_add_runs; [unfold tick_limit; lia|].
    rewrite tick_add_runs by (unfold tick_limit; lia). eexists. split; reflexivity.
  Qed.

  Theorem edf_budget_for_runs work slot overhead : exists budget,
    edf_budget_for work slot overhead s = Done budget s /\
    (budget <> 0 -> slot < key_limit /\ good_budget work slot overhead budget).
  Proof.
    unfold edf_budget_for. destruct (_ || _ || _)%bool eqn:Q; [exists 0; split; [reflexivity|congruence]|].
    apply orb_false_iff in Q as [Q Q3]. apply orb_false_iff in Q as [Q1 Q2]. apply N.leb_gt in Q1, Q2, Q3.
    unfold good_budget, key_limit, one_slot in *. step tick_sub_runs. step tick_sub_runs.
    step tick_add_runs; [unfold tick_limit; lia|].
    rewrite tick_div_runs by lia. eexists. split; [reflexivity|]. intros Z. split; [exact Q2|]. split; [exact Q3|].
    set (u := slot - overhead) in *. set (q := (work + (u - 1)) / u) in *.
    pose proof (N.div_mod (work + (u - 1)) u ltac:(lia)) as D.
    pose proof (N.mod_lt (work + (u - 1)) u ltac:(lia)) as M.
    fold q in D. rewrite N.mul_sub_distr_r. rewrite (N.mul_comm u q) in D.
    assert (P : u <= q * u) by nia. revert D M P.
    generalize ((work + (u - 1)) mod u), (q * u). intros m p D M P. split; lia.
  Qed.

  Theorem edf_deadline_for_runs k time slot : exists d,
    edf_deadline_for k time slot s = Done d s /\ (d <> 0 -> good_deadline k time slot d).
  Proof.
    unfold edf_deadline_for. destruct (_ || _)%bool eqn:Q; [exists 0; split; [reflexivity|congruence]|].
    apply orb_false_iff in Q as [Q1 Q2]. apply N.eqb_neq in Q1. apply N.ltb_ge in Q2.
    unfold one_slot, good_deadline. step tick_div_runs.
    assert (L : 1 <= time / slot) by (apply N.div_le_lower_bound; lia).
    pose proof (N.mul_div_le time slot Q1) as D. rewrite N.mul_comm in D. destruct (kind_eq k SPORADIC).
    - rewrite tick_sub_runs by exact L. eexists. split; [reflexivity|]. intros _. split; [exact Q1|].
      now replace (time / slot - 1 + 1) with (time / slot) by lia.
    - eexists. split; [reflexivity|]. intros _. split; [exact Q1|exact D].
  Qed.

  Theorem edf_period_for_runs k time slot : time < tick_limit -> exists period,
    edf_period_for k time slot s = Done period s /\ (period <> 0 -> good_period k time slot period).
  Proof.
    intros B. unfold edf_period_for. destruct (N.eqb_spec slot 0) as [Z|Z].
    { exists 0. split; [reflexivity|congruence]. }
    unfold good_period. step tick_div_runs. pose proof (N.mul_div_le time slot Z) as D. rewrite N.mul_comm in D.
    step tick_mul_runs. destruct (kind_eq k SPORADIC); cbn [orb].
    { eexists. split; [reflexivity|]. auto. }
    destruct (N.eqb_spec (time / slot * slot) time); eexists; (split; [reflexivity|]); [auto|intros C; now destruct C].
  Qed.
End Overheads.
