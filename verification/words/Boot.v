(* SPDX-License-Identifier: Apache-2.0 *)
(** * A memory that the boot check accepts is good

    So the theorems on words begin where the kernel begins: with the answer [SOUND] of the check that it runs before it
    enters the root partition (pipcore/boot-check), on the very words that it read. *)
From stdpp Require Import gmap.
From Pip.Isolation Require Import Theorems.
From Pip.Boot Require Import Theorems Examples.
From Pip.Translation Require Import Lang CSem.
From Pip.Translation.Kernel Require Import Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory Mmu Theorems.
From Pip.Model Require Import Primitives.
Local Open Scope N_scope.

Section Boot.
Context (root_frame frame_count : N) (image tables : N * N) (start : boot_words).
Notation W := (word_at start).
Notation D := (directory start).
Hypothesis B : sound_boot root_frame frame_count D.
Hypothesis H_words : forall p i, W p i < word_limit.

#[local] Instance boot_params : Params := x86 root_frame frame_count.
#[local] Instance boot_layout : Layout :=
  @Build_Layout boot_params x86_leaf 1 (fun p => x86_leaf p true true) (fun _ _ => 0) 1024 0
    (fun w => w / 4096) (fun w => N.testbit w 1) (fun w => N.testbit w 9) (fun w => N.testbit w 2) x86_same
    (fun p => (184 <=? p) && (p <? 192)) 195584 image.1 image.2 tables.1 tables.2 ltac:(done) ltac:(done)
    ltac:(cbn; lia) ltac:(split; [exact (B_count _ _ _ B)|cbn; intros; bool; lia]) (conj eq_refl eq_refl).

Context (A : accepted_words W D).
Notation P := (plan_of W).

Lemma two_levels_here : top = 1%nat.
Proof. done. Qed.
Let sound_plan : sound P := plan_sound two_levels_here W D A.

Lemma structure_in_window p : structure_frame p -> p < frames.
Proof.
  intros [E _]. unfold ordinary_memory in E. apply andb_true_iff in E as [_ E%N.ltb_lt].
  pose proof (B_count _ _ _ B). change pages with frame_count in E. lia.
Qed.
Lemma user_in_window p : user_page_frame p -> p < frames.
Proof.
  intros [E _]. unfold user_frame in E. pose proof (B_count _ _ _ B). pose proof (eq_refl : frames = 195584).
  apply orb_true_iff in E as [E|E]; apply andb_true_iff in E as [E1 E2]; apply N.ltb_lt in E2.
  - change pages with frame_count in E2. lia.
  - lia.
Qed.
Lemma structures_in_window p : p ∈ structures W -> p < frames.
Proof. intros E. apply structure_in_window. exact (proj1 (Forall_forall _ _) (structures_ok _ _ A) p E). Qed.
Lemma leaf_of_in_window x k : x ∈ all_leaves W -> leaf_of x k < frames.
Proof.
  intros Hx. apply structures_in_window. unfold structures. apply elem_of_app. right. apply elem_of_app. right.
  apply elem_of_list_bind. exists x. split; [|done]. apply (elem_of_list_fmap_1 (leaf_of x)).
  by destruct k; repeat constructor.
Qed.
Lemma tree_in_window k : tree_of W k < frames.
Proof.
  apply structures_in_window. unfold structures. apply elem_of_app. right. apply elem_of_app. left.
  apply (elem_of_list_fmap_1 (tree_of W)). by destruct k; repeat constructor.
Qed.
Lemma list_in_window : list_of W < frames.
Proof. apply structures_in_window. unfold structures. apply elem_of_app. left. right. left. Qed.

Lemma entry_in_window v : e_frame (entry_at P v) < frames.
Proof.
  destruct (entry_at_cases P sound_plan v) as [->|(x&Hx&_&->)]; [done|]. cbn. apply user_in_window.
  apply (proj1 (Forall_forall _ _) (users_ok _ _ A)). by apply elem_of_list_fmap_1.
Qed.

(** ** Words *)
Lemma aligned_word w : page_aligned w = true -> w = w / 4096 * 4096.
Proof.
  unfold page_aligned. change page_bytes with 4096. intros E%N.eqb_eq. pose proof (N.div_mod w 4096 ltac:(done)). lia.
Qed.

Lemma leaf_entry_stored e w : e_frame e < frames -> (e = absent_entry \/ exists p r x, e = user_entry p r x) ->
  w = leaf_entry_word e -> entry_word e w.
Proof.
  intros Hf He ->. unfold frames in Hf. destruct He as [->|(p&r&x&->)]; [apply zero_entry_word|].
  cbn in Hf. unfold leaf_entry_word. cbn [e_present user_entry e_frame e_write e_execute leaf_word boot_layout].
  unfold x86_leaf. rewrite <- !N.add_assoc. destruct r, x; apply entry_bits; (lia || reflexivity || by repeat split).
Qed.
Lemma link_stored e w : e_frame e < frames -> (e = absent_entry \/ exists p, e = link_entry p) ->
  w = interior_entry_word e -> entry_word e w.
Proof.
  intros Hf He ->. unfold frames in Hf. destruct He as [->|(p&->)]; [apply zero_entry_word|].
  cbn in Hf. unfold interior_entry_word. cbn [e_present link_entry e_frame link_word boot_layout].
  unfold x86_leaf.
  replace (p * 4096 + 5 + 2 + 512) with (p * 4096 + 519) by lia.
  apply entry_bits; [lia|done|reflexivity..|by repeat split].
Qed.

Lemma root_entry_cases k i : e_frame (root_entry P k i) < frames /\
  (if e_kernel (root_entry P k i) then k = Mmu /\ kernel_slot i = true
   else root_entry P k i = absent_entry \/ exists p, root_entry P k i = link_entry p).
Proof.
  unfold root_entry. destruct (leaves_at P i) as [x|] eqn:E.
  - apply (leaves_at_Some P sound_plan) in E as [Hx _]. cbn. split; [by apply leaf_of_in_window|by right; eexists].
  - destruct k; [destruct (kernel_slot i) eqn:K|..]; cbn; (split; [done|by auto]).
Qed.

Lemma root_stored k i : i < 1024 -> stored_link D i (root_entry P k i) (W (tree_of W k) i).
Proof.
  intros Hi. pose proof (root_entry_word two_levels_here W D A k i Hi) as E.
  destruct (root_entry_cases k i) as [Hf C]. unfold stored_link. change (link_place i) with (1 * i) in E.
  rewrite N.mul_1_l in E. destruct (e_kernel _).
  - destruct C as [-> C], E as [E _]. split; [exact C|]. by apply N.eqb_eq in E.
  - split; [by destruct C as [->|[q ->]]|by apply link_stored].
Qed.

Lemma boot_stored p : stored D (boot_memory P p) (W p).
Proof.
  unfold boot_memory. destruct (role_of P p) eqn:E; try done; apply (role_frames P sound_plan) in E; try done;
    apply frames_cases in E as [[-> [=]]|[[-> [=]]|[(k'&->&[=])|[(x&k'&Hx&->&[=])|(x&_&_&[=])]]]]; subst.
  - pose proof (tree_aligned _ _ A) as T. cbn. unfold tree_of, list_of, named_frame. split_and!.
    + apply aligned_word, (T Mmu).
    + apply aligned_word, (T Shadow1).
    + apply aligned_word, (T Shadow2).
    + apply aligned_word, (list_aligned _ _ A).
    + exact (nobody_above _ _ A).
    + pose proof (interrupts_off _ _ A) as V. apply negb_false_iff, N.eqb_eq. exact V.
  - rewrite root_of_plan. destruct k'; intros i Hi; by apply root_stored.
  - destruct k'; cbn; intros i Hi.
    + destruct (entry_at_cases P sound_plan (slot x * table_size + i)) as [Ec|(y&_&_&Ec)].
      all: pose proof (entry_at_word two_levels_here W D A x i Hx Hi) as Ew.
      all: pose proof (entry_in_window (slot x * table_size + i)) as Hf; change table_size with 1024 in *.
      all: rewrite Ec in *; split; [done|]; apply leaf_entry_stored; eauto 6.
    + rewrite (no_gift_there _ _ _ (pages_ok _ _ A x i Hx Hi)). by constructor.
    + by rewrite (no_origin_there _ _ _ (pages_ok _ _ A x i Hx Hi)).
  - cbn. change (d_list (plan_descriptor P)) with (list_of W). rewrite !(list_empty _ _ A) by done.
    split_and!; try done. intros j Hj. lia.
Qed.

Lemma boot_fits p : fits_object frames (boot_memory P p).
Proof.
  assert (0 < frames) as Z by done. assert (forall v, fits_page frames (e_frame (entry_at P v))) as E
    by (intros; apply entry_in_window). unfold boot_memory.
  destruct (role_of P p) as [| |n|c k l u|c i| |]; try (intros i; by apply H_words).
  - split_and!; cbn; [apply (tree_in_window Mmu)|apply (tree_in_window Shadow1)|apply (tree_in_window Shadow2)|
      apply list_in_window|done].
  - destruct l as [|l]; [destruct k; cbn; intros; [apply E|done..]|].
    destruct k; cbn; intros; apply root_entry_cases.
  - split; [by split_and!|intros j; by split_and!].
Qed.
End Boot.

(** ** The theorems from power-on *)
Section PowerOn.
Context (root_frame frame_count : N) (image tables : N * N) (start : boot_words).
Hypothesis B : sound_boot root_frame frame_count (directory start).
Hypothesis H_words : forall p i, word_at start p i < word_limit.
#[local] Instance power_on_params : Params := x86 root_frame frame_count.
#[local] Instance power_on_layout : Layout := boot_layout root_frame frame_count image tables start B.
Context (registers : N -> N) (H_registers : forall i, registers i < word_limit).

(** The machine of words at the end of boot. *)
Definition booted : wstate := WState (word_at start) registers (Pip.BootCheck.Words.running start) (loaded start).

(** A memory of words that the boot check accepts is good: a well-formed typed state stands behind it. *)
Theorem checked_words_are_good s' f : check_boot start = Done f s' -> found f = SOUND ->
  good root_frame frame_count (directory start) booted.
Proof.
  intros C F. destruct (accepted_by_check _ _ _ C F) as [Er El A].
  pose proof (plan_sound eq_refl _ _ A) as S. exists (boot_state (plan_of (word_at start)) registers).
  split; [by apply boot_wf|]. split.
  - constructor; cbn; [by eapply boot_fits|exact (B_root _ _ _ B)|exact H_registers].
  - constructor; cbn; [intros p _; by eapply boot_stored|exact Er|done|].
    intros d Ed. assert (stored (directory start) (DescriptorPage d) (word_at start root_frame)) as X
      by (rewrite <- Ed; by eapply boot_stored).
    rewrite El. exact (proj1 X).
Qed.

(** From a boot that the check accepted: whatever user mode, the processor and the kernel's services do, HI, VS and KDI
    hold of the words of memory. *)
Theorem words_isolated_from_boot junk s' f c : check_boot start = Done f s' -> found f = SOUND ->
  w_steps root_frame frame_count (directory start) junk booted c ->
  w_HI root_frame (words c) /\ w_VS root_frame (words c) /\ w_KDI root_frame (words c).
Proof. intros C F. by apply words_isolated; [exact B|eapply checked_words_are_good]. Qed.
End PowerOn.
