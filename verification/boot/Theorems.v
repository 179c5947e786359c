(* SPDX-License-Identifier: Apache-2.0 *)
(** * A boot that the check accepts is where the isolation theorem begins

    The words that boot left are those of a typed memory in which the invariant holds.  What is assumed: that the MMU
    holds nothing older than the tables ([switch_to] loads the root's table last), and that [boot_words] is the machine
    ([word_at] the frames, [loaded] the register of the MMU, ...). *)
From Pip.Isolation Require Import Theorems.
From Pip.Boot Require Export Checked.
Open Scope N_scope.

Section Theorems.
Context `{Layout}.
Hypothesis H_two_levels : top = 1%nat.

(** Whatever words memory holds, the check ends, and reads neither outside memory nor the kernel's frames. *)
Theorem check_is_defined s : exists f s', check_boot s = Done f s'.
Proof. destruct (check_boot_spec s) as (f&s'&E&_). eauto. Qed.

Lemma accepted_by_check s s' f : check_boot s = Done f s' -> found f = SOUND -> accepted s.
Proof. destruct (check_boot_spec s) as (g&s2&E&X). intros E' A. rewrite E in E'. injection E' as -> ->. by apply X. Qed.

(** [m] is the typed memory whose words are those of [s], with the root partition running. *)
Definition boots_into (s : boot_words) (m : memory) (registers : N -> N) (start : state) : Prop :=
  start = State m root_partition registers (mmu_entry m root_partition)
  /\ running s = root_partition /\ loaded s = word_at s root_partition mmu_place
  /\ exists ρ, (forall p, words_of (directory s) (word_at s p) (ρ p) (m p))
     /\ (forall p, ρ p <> Unused -> kernel_frame p = false).

Theorem checked_boot_is_well_formed s s' f registers (H_checked : check_boot s = Done f s')
  (H_answer : found f = SOUND) : exists m start, boots_into s m registers start /\ wf start.
Proof.
  destruct (accepted_by_check _ _ _ H_checked H_answer) as [Er El A].
  set (P := plan_of (word_at s)). pose proof (plan_sound H_two_levels _ _ A) as S.
  exists (boot_memory P). eexists. split; [split_and!; [done..|]|].
  - exists (role_of P). split; [by apply plan_encoded|by eapply plan_not_kernel].
  - destruct (boot_wf P S registers) as (ρ&V&R&I&[n Ec]&T). exists ρ, V. split_and!; [done|done|by exists n|].
    intros v. exact (mmu_entry_view _ _ _ _ _ v R Ec).
Qed.

(** No page that the kernel uses is accessible to user mode. *)
Theorem checked_boot_hides_the_kernel s s' f registers (H_checked : check_boot s = Done f s')
  (H_answer : found f = SOUND) : exists m start, boots_into s m registers start
  /\ forall v, e_user (mmu_entry m root_partition v) = true ->
       kernel_frame (e_frame (mmu_entry m root_partition v)) = false.
Proof.
  destruct (accepted_by_check _ _ _ H_checked H_answer) as [Er El A].
  set (P := plan_of (word_at s)). pose proof (plan_sound H_two_levels _ _ A) as S.
  exists (boot_memory P). eexists. split; [split_and!; [done..|]|].
  - exists (role_of P). split; [by apply plan_encoded|by eapply plan_not_kernel].
  - intros v. assert (role_of P root_partition = Partition 0) as E by (by apply (role_partition P S)).
    rewrite (mmu_entry_view _ _ _ _ _ _ (boot_rep P S) E). intros U.
    apply (inv_kernel _ _ (boot_inv P S)) in U. apply (plan_not_kernel H_two_levels _ _ A).
    fold P. unfold pg in U. by rewrite U.
Qed.

(** Isolation from power-on: in every state that can be reached from a boot that the check accepted. *)
Theorem isolation_from_boot s s' f registers (H_checked : check_boot s = Done f s') (H_answer : found f = SOUND) :
  exists m start, boots_into s m registers start
  /\ forall reached, steps_to start reached -> HI (mem reached) /\ VS (mem reached) /\ KDI (mem reached).
Proof.
  destruct (checked_boot_is_well_formed s s' f registers H_checked H_answer) as (m&start&Hb&W). exists m, start.
  split; [done|]. intros reached. by apply isolation.
Qed.
End Theorems.
