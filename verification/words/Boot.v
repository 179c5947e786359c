(* SPDX-License-Identifier: Apache-2.0 *)
(** * A memory that the boot check accepts is good

    So the theorems on words begin where the kernel begins: with the answer [SOUND] of the check that it runs before it
    enters the root partition (pipcore/boot-check), on the very words that it read. *)
From stdpp Require Import gmap.
From Pip.Isolation Require Import Theorems.
From Pip.Boot Require Import Theorems.
From Pip.Translation Require Import Lang CSem.
From Pip.Translation.Kernel Require Import Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory Mmu Theorems.
From Pip.Model Require Import Primitives.
Local Open Scope N_scope.

Section Layouts.
Context {arch : Architecture} {enc : Encoding arch} (root_frame frame_count : N) (directory : N -> N).
#[local] Instance layout_params : Params := machine_of root_frame frame_count.
Context {L : Layout}.

(** What the check's layout and the machine of words must have in common. *)
Record same_layout : Prop := {
  Y_slots : top_slots = slots;
  Y_words : Pip.BootCheck.Words.link_words = link_words;
  Y_absent : absent_word = 0;
  Y_leaf : forall p w x, p < frames -> entry_word (Primitives.user_entry p w x) (leaf_word p w x);
  Y_link : forall p, p < frames -> link_word (Primitives.link_entry p) 0 (Pip.BootCheck.Words.link_word p);
  Y_later : forall p k, p < frames -> 0 < k < link_words ->
    link_word (Primitives.link_entry p) k (later_word (Pip.BootCheck.Words.link_word p) k);
  Y_same : forall i w, i < slots -> same_mapping w (directory i) = true -> Words.kernel_slot i = true ->
    kernel_word (directory (link_words * i)) w;
  Y_user : forall p, user_frame p = true -> p < frames
}.
End Layouts.

Section Boot.
Context {arch : Architecture} {enc : Encoding arch} {sound_words : Sound} {proc : Processor}.
Context (root_frame frame_count : N) (start : boot_words).
#[local] Instance boot_params : Params := machine_of root_frame frame_count.
Context {L : Layout}.
Notation W := (word_at start).
Notation D := (directory start).
Hypothesis Y : same_layout root_frame frame_count D.
Hypothesis B : sound_boot root_frame frame_count D.
Hypothesis H_words : forall p i, W p i < word_limit.

Context (A : accepted_words W D).
Notation P := (plan_of W).

Lemma two_levels_boot : top = 1%nat.
Proof. done. Qed.
Let sound_plan : sound P := plan_sound two_levels_boot W D A.

Lemma structure_in_window p : structure_frame p -> p < frames.
Proof.
  intros [E _]. unfold ordinary_memory in E. apply andb_true_iff in E as [_ E%N.ltb_lt].
  pose proof (B_count _ _ _ B). change pages with frame_count in E. lia.
Qed.
Lemma user_in_window p : user_page_frame p -> p < frames.
Proof. intros [E _]. by eapply Y_user. Qed.
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

Lemma frames_positive : 0 < frames.
Proof. pose proof (S_frames (Sound := sound_words)). lia. Qed.
Lemma entry_in_window v : e_frame (entry_at P v) < frames.
Proof.
  destruct (entry_at_cases P sound_plan v) as [->|(x&Hx&_&->)]; [exact frames_positive|]. cbn. apply user_in_window.
  apply (proj1 (Forall_forall _ _) (users_ok _ _ A)). by apply elem_of_list_fmap_1.
Qed.

(** ** Words *)
Lemma aligned_word w : page_aligned w = true -> w = w / 4096 * 4096.
Proof.
  unfold page_aligned. change page_bytes with 4096. intros E%N.eqb_eq. pose proof (N.div_mod w 4096 ltac:(done)). lia.
Qed.

Lemma absent_is : absent_word = 0.
Proof. exact (Y_absent _ _ _ Y). Qed.
Lemma slots_are : top_slots = slots.
Proof. exact (Y_slots _ _ _ Y). Qed.
Lemma link_words_are : Pip.BootCheck.Words.link_words = link_words.
Proof. exact (Y_words _ _ _ Y). Qed.
Lemma leaf_entry_stored e : e_frame e < frames -> (e = absent_entry \/ exists p r x, e = Primitives.user_entry p r x) ->
  entry_word e (leaf_entry_word e).
Proof.
  intros Hf [->|(p&r&x&->)]; unfold leaf_entry_word; cbn in *; [rewrite absent_is; apply E_absent|].
  by apply (Y_leaf _ _ _ Y).
Qed.
Lemma no_later_word k : later_word absent_word k = 0.
Proof. unfold later_word. rewrite N.eqb_refl. exact absent_is. Qed.
Lemma link_stored e w f : e_frame e < frames -> (e = absent_entry \/ exists p, e = Primitives.link_entry p) ->
  w = interior_entry_word e -> (forall j, 0 < j < link_words -> f j = later_word (interior_entry_word e) j) ->
  f 0 = w ->
  forall k, k < link_words -> link_word e k (f k).
Proof.
  intros Hf He -> Hl H0 k Hk. destruct (N.eq_dec k 0) as [->|Hz]; [rewrite H0|rewrite Hl by lia];
    (destruct He as [->|(p&->)]; unfold interior_entry_word; cbn in *).
  - rewrite absent_is. apply L_absent.
  - by apply (Y_link _ _ _ Y).
  - rewrite no_later_word. apply L_absent.
  - apply (Y_later _ _ _ Y); [exact Hf|lia].
Qed.

Lemma root_entry_cases k i : e_frame (root_entry P k i) < frames /\
  (if e_kernel (root_entry P k i) then k = Mmu /\ kernel_slot i = true
   else root_entry P k i = absent_entry \/ exists p, root_entry P k i = Primitives.link_entry p).
Proof.
  unfold root_entry. destruct (leaves_at P i) as [x|] eqn:E.
  - apply (leaves_at_Some P sound_plan) in E as [Hx _]. cbn. split; [by apply leaf_of_in_window|by right; eexists].
  - destruct k; [destruct (kernel_slot i) eqn:K|..]; cbn; (split; [exact frames_positive|by auto]).
Qed.

Lemma root_stored k i : i < slots -> stored_link D i (root_entry P k i) (W (tree_of W k)).
Proof.
  intros Hi. pose proof (root_links two_levels_boot W D A k i) as E. rewrite slots_are in E. specialize (E Hi).
  unfold Pip.BootCheck.Words.link_place in E. rewrite link_words_are in E.
  destruct (root_entry_cases k i) as [Hf C]. unfold stored_link. destruct (e_kernel _).
  - destruct C as [-> C], E as [E _]. split; [exact C|]. by apply (Y_same _ _ _ Y).
  - destruct E as [E0 Ej]. split; [by destruct C as [->|[q ->]]|].
    eapply (link_stored _ _ (fun j => W (tree_of W k) (link_words * i + j))); [exact Hf|exact C|exact E0|exact Ej|].
    by rewrite N.add_0_r.
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
      all: pose proof (entry_at_word two_levels_boot W D A x i Hx Hi) as Ew.
      all: pose proof (entry_in_window (slot x * table_size + i)) as Hf; change table_size with 1024 in *.
      all: rewrite Ec in *; rewrite Ew; split; [done|]; apply leaf_entry_stored; eauto 6.
    + rewrite (no_gift_there _ _ _ (pages_ok _ _ A x i Hx Hi)). by constructor.
    + by rewrite (no_origin_there _ _ _ (pages_ok _ _ A x i Hx Hi)).
  - cbn. change (d_list (plan_descriptor P)) with (list_of W). rewrite !(list_empty _ _ A) by done.
    split_and!; try done. intros j Hj. lia.
Qed.

Lemma boot_fits p : fits_object frames (boot_memory P p).
Proof.
  pose proof frames_positive as Z. assert (forall v, fits_page frames (e_frame (entry_at P v))) as E
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
Context {arch : Architecture} {enc : Encoding arch} {sound_words : Sound} {proc : Processor}.
Context (root_frame frame_count : N) (start : boot_words).
#[local] Instance power_on_params : Params := machine_of root_frame frame_count.
Context {L : Layout} (Y : same_layout root_frame frame_count (directory start)).
Hypothesis B : sound_boot root_frame frame_count (directory start).
Hypothesis H_words : forall p i, word_at start p i < word_limit.

(** The machine of words at the end of boot. *)
Context (registers : N -> N) (H_registers : forall i, registers i < word_limit).
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
