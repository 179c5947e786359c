(* SPDX-License-Identifier: Apache-2.0 *)
(** * The second policy: the key is the rank

    All that Main.v says of every policy holds for fixed priorities too; this is what its policy theorem says there. *)
From Coq Require Import List NArith Lia.
From Pip.Edf.Services Require Import Types State.
From Pip.Edf.Model Require Import Job Policy FixedPriority.
From Pip.Schedule Require Import Represents Machine Simulation Guarantees.

(** The rank of task [i] in the table. *)
Definition rank_of (start : scheduler) (i : nat) : nat := N.to_nat (p_rank (s_parameters start (N.of_nat i))).

Lemma fixed_priority_policy start : configured FIXED_PRIORITY start ->
  policy_of start = fixed_priority (rank_of start).
Proof. intros H. destruct (configured_good _ _ H) as (_ & _ & _ & P). unfold policy_of. now rewrite P. Qed.

Theorem elects_least_rank start requests leaves sup t j k :
  let arr := arrivals_of start requests leaves sup in let sched := schedule_of start requests leaves sup in
  forall (H_configured : configured FIXED_PRIORITY start) (H_alive : alive t) (H_elected : sched t = Some j)
    (H_pending : pending arr sched leaves k t),
  rank_of start (task j) < rank_of start (task k) \/
  rank_of start (task j) = rank_of start (task k) /\ task j <= task k.
Proof.
  intros arr sched C B E P. destruct (elected_first _ _ C requests leaves sup t j B E) as [_ F].
  specialize (F k P). rewrite (fixed_priority_policy _ C) in F. unfold precedes, fixed_priority in F. lia.
Qed.
