(* SPDX-License-Identifier: Apache-2.0 *)
(** * The machines that the kernel runs on: the theorems of Faithful.v, Theorems.v and Boot.v, for x86 and ARMv7

    [good]: where boot leaves the machine; there the words that the boot check accepts suffice. *)
From stdpp Require Import gmap.
From Pip.Isolation Require Import Theorems.
From Pip.Boot Require Import Theorems Examples.
From Pip.Words Require Import Words WordMachine Bits Pure Memory Faithful Mmu Theorems Boot.
From Pip.Words Require Import X86 X86Entries X86Mmu Armv7 Armv7Entries Armv7Mmu.
From Pip.Model Require Import Machines Primitives.
Local Open Scope N_scope.

(** ** x86 *)
Definition x86_words_ok := words_ok (arch := x86).
Definition x86_words_isolated := words_isolated (arch := x86).
Definition x86_words_served := words_served (arch := x86).
Definition x86_words_translated := words_translated (arch := x86).
Definition x86_words_closed := words_closed (arch := x86).

(** What user mode can touch, the running partition's own entry permits; and no translation is global, so that loading
    the root of another partition leaves none of it in the buffer (section 4.10.4.1). *)
Theorem x86_words_accessible root count directory (B : sound_boot (A := x86) root count directory) junk c c' linear t :
  good (arch := x86) root count directory c -> w_steps (arch := x86) root count directory junk c c' ->
  linear < word_limit -> x86_translate (words c') (loaded_root c') linear = Some t -> t_user t = true ->
  w_accessible (arch := x86) (words c') (running c') (t_frame t) /\ t_global t = false.
Proof.
  intros G X Hl H U. split; [by eapply (words_reached (arch := x86))|].
  destruct (Words.user_page (Architecture := x86) (page_of linear)) eqn:Up.
  - destruct (words_translated (arch := x86) _ _ _ B _ _ _ _ G X Hl Up) as [[e W] E].
    change translate with x86_translate in E. rewrite H in E. destruct (Words.is_present _); [|discriminate E].
    apply (f_equal (option_map t_global)) in E. cbn [option_map t_global] in E.
    assert (forall b b' : bool, Some b = Some b' -> b' = false -> b = false) as Same by (by intros b b' [= ->]).
    apply (Same _ _ E). exact (proj2 (proj2 (proj2 (X_plain _ _ W)))).
  - rewrite (words_closed (arch := x86) _ _ _ B _ _ _ _ t G X Hl Up H) in U. discriminate U.
Qed.

Lemma x86_same_layout root count image tables H_window directory :
  @same_layout x86 x86_encoding root count directory (x86_layout root count image tables H_window).
Proof.
  assert (forall p w x, p < x86_frames -> x86_entry_word (Primitives.user_entry p w x) (x86_leaf p w x)) as Leaf.
  { intros p w x Hp. unfold x86_leaf. rewrite <- !N.add_assoc.
    destruct w, x; apply entry_bits; (lia || reflexivity || by repeat split). }
  constructor; try done.
  - intros p Hp. cbn. exact (Leaf p true true Hp).
  - cbn. lia.
  - intros i w _ E%N.eqb_eq _. cbn. cbn in E. by destruct i.
  - intros p E. apply orb_true_iff in E as [E|E]; apply andb_true_iff in E as [_ E%N.ltb_lt]; cbn in E |- *; lia.
Qed.

(** A memory of words that the boot check accepts is good. *)
Definition x86_checked_words_are_good root count start image tables H_window :=
  checked_words_are_good (arch := x86) root count start (x86_same_layout root count image tables H_window _).

(** From a boot that the check accepted: whatever user mode, the processor and the kernel's services do, HI, VS and KDI
    hold of the words of memory. *)
Theorem x86_words_isolated_from_boot root count start image tables (H_window : count <= x86_frames)
  (B : sound_boot (A := x86) root count (directory start)) (H_words : forall p i, word_at start p i < word_limit)
  registers (H_registers : forall i, registers i < word_limit) junk s' f c :
  @check_boot _ (x86_layout root count image tables H_window) start = Done f s' -> found f = SOUND ->
  w_steps (arch := x86) root count (directory start) junk (booted start registers) c ->
  w_HI (arch := x86) root (words c) /\ w_VS (arch := x86) root (words c) /\ w_KDI (arch := x86) root (words c).
Proof.
  exact (words_isolated_from_boot (arch := x86) root count start (x86_same_layout root count image tables H_window _)
    B H_words registers H_registers junk s' f c).
Qed.

(** ** ARMv7 *)
Section Armv7.
(** What the kernel's own table says of addresses above user space. *)
Variable above : N -> option translation.
Hypothesis H_above : forall linear t, above linear = Some t -> t_user t = false.
#[local] Instance this_processor : Processor (A := armv7) := armv7_processor above H_above.

Definition armv7_words_ok := words_ok (arch := armv7).
Definition armv7_words_isolated := words_isolated (arch := armv7).
Definition armv7_words_served := words_served (arch := armv7).
Definition armv7_words_reached := words_reached (arch := armv7).
Definition armv7_words_translated := words_translated (arch := armv7).
Definition armv7_words_closed := words_closed (arch := armv7).

Lemma armv7_same_layout root count image H_devices directory :
  @same_layout armv7 armv7_encoding root count directory (armv7_layout root count image H_devices).
Proof.
  constructor; try done.
  - intros p w x Hp. cbn -[armv7_leaf] in *. unfold armv7_leaf. rewrite <- !N.add_assoc.
    destruct (p <? armv7_memory_end), w, x; apply entry_of_bits; (lia || reflexivity).
  - intros p Hp. cbn in Hp |- *. split; [lia|]. unfold link_to. lia.
  - intros p k Hp Hk. unfold later_word. cbn in *. rewrite (proj2 (N.eqb_neq _ _)) by lia. split; [lia|].
    rewrite N.div_add_l, (N.div_small 1), N.add_0_r by lia. done.
  - intros i w Hi _ K%N.leb_le. cbn in Hi. lia.
  - intros p E. apply orb_true_iff in E as [E|[E|E]%orb_true_iff].
    + apply andb_true_iff in E as [_ E%N.ltb_lt]. cbn in E |- *. lia.
    + apply andb_true_iff in E as [_ E%N.ltb_lt]. cbn. lia.
    + apply N.eqb_eq in E as ->. done.
Qed.

Definition armv7_checked_words_are_good root count start image H_devices :=
  checked_words_are_good (arch := armv7) root count start (armv7_same_layout root count image H_devices _).

Theorem armv7_words_isolated_from_boot root count start image (H_devices : count <= armv7_memory_end)
  (B : sound_boot (A := armv7) root count (directory start)) (H_words : forall p i, word_at start p i < word_limit)
  registers (H_registers : forall i, registers i < word_limit) junk s' f c :
  @check_boot _ (armv7_layout root count image H_devices) start = Done f s' -> found f = SOUND ->
  w_steps (arch := armv7) root count (directory start) junk (booted start registers) c ->
  w_HI (arch := armv7) root (words c) /\ w_VS (arch := armv7) root (words c) /\ w_KDI (arch := armv7) root (words c).
Proof.
  exact (words_isolated_from_boot (arch := armv7) root count start (armv7_same_layout root count image H_devices _)
    B H_words registers H_registers junk s' f c).
Qed.
End Armv7.
