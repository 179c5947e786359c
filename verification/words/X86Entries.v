(* SPDX-License-Identifier: Apache-2.0 *)
(** * x86: the words of X86.v stand for the model's entries *)
From Coq Require Import List Bool NArith Lia.
From Pip.Model Require Import Machines Primitives.
From Pip.Words Require Import Words WordMachine Bits Pure X86.
Import ListNotations.
Local Open Scope N_scope.
#[local] Existing Instance x86.

(** A word stands for an entry: frame and rights are these, and none of the bits by which a table of the next level is
    not one (3 write-through, 4 cache disable, 7 page size, 8 global) is set.  Bits 5 and 6 (accessed, dirty) are the
    processor's, bits 10 and 11 mean nothing. *)
Record x86_entry_word (e : entry) (w : N) : Prop := {
  X_word : w < word_limit;
  X_frame : page_of w = e_frame e;
  X_present : N.testbit w 0 = e_present e;
  X_write : N.testbit w 1 = e_write e;
  X_user : N.testbit w 2 = e_user e;
  X_execute : N.testbit w 9 = e_execute e;
  X_plain : N.testbit w 3 = false /\ N.testbit w 4 = false /\ N.testbit w 7 = false /\ N.testbit w 8 = false
}.

(** The kernel's entries are those of its directory, but for bits 5 and 6, which the processor sets (accessed, dirty:
    Intel SDM volume 3A, section 4.8); bit 2 of none lets user mode in. *)
#[global] Instance x86_encoding : Encoding x86 := {|
  entry_word := x86_entry_word;
  slots := 1024;
  link_word := fun e _ w => x86_entry_word e w;
  kernel_word := fun d w => N.lor w 96 = N.lor d 96;
  closed := fun directory => forall i, N.testbit (directory i) 2 = false;
|}.

Lemma entry_bits p c e : p < 1048576 -> c < 4096 -> e_frame e = p -> N.testbit c 0 = e_present e ->
  N.testbit c 1 = e_write e -> N.testbit c 2 = e_user e -> N.testbit c 9 = e_execute e ->
  N.testbit c 3 = false /\ N.testbit c 4 = false /\ N.testbit c 7 = false /\ N.testbit c 8 = false ->
  x86_entry_word e (p * 4096 + c).
Proof.
  intros Hp Hc Ef E0 E1 E2 E9 Z. constructor; rewrite ?low_bit by reflexivity; auto.
  - unfold word_limit. lia.
  - rewrite page_of_sum by exact Hc. auto.
Qed.

Lemma user_entry_word p w x : p < 1048576 ->
  x86_entry_word (Primitives.user_entry p (negb (w =? 0)) (negb (x =? 0))) (x86_user_entry p w x).
Proof.
  intros Hp. unfold x86_user_entry. rewrite address_is, plus_is by lia.
  destruct (w =? 0), (x =? 0); simpl negb; rewrite ?lor_low by reflexivity;
    (apply entry_bits; [exact Hp|reflexivity..|repeat split]).
Qed.
Lemma link_entry_word p : p < 1048576 -> x86_entry_word (Primitives.link_entry p) (plus (address p) 519).
Proof.
  intros Hp. rewrite address_is, plus_is by lia. apply entry_bits; [exact Hp|reflexivity..|repeat split].
Qed.
Lemma shown_word e w : x86_entry_word e w -> x86_entry_word (Primitives.shown e) (N.lor w 4).
Proof.
  intros [Hw Ef E0 E1 E2 E9 (Z3&Z4&Z7&Z8)].
  constructor; rewrite ?N.lor_spec; simpl; rewrite ?orb_false_r, ?orb_true_r; auto.
  - apply lor_word; [exact Hw|reflexivity].
  - unfold page_of in *. rewrite N.shiftr_lor. simpl. now rewrite N.lor_0_r.
Qed.
Lemma hidden_word e w : x86_entry_word e w -> x86_entry_word (Primitives.hidden e) (N.land w 4294967291).
Proof.
  intros [Hw Ef E0 E1 E2 E9 (Z3&Z4&Z7&Z8)]. pose proof (page_of_fits w Hw) as Hp.
  constructor; rewrite ?N.land_spec; simpl; rewrite ?andb_true_r, ?andb_false_r; auto.
  - apply land_word. exact Hw.
  - unfold page_of in *. rewrite N.shiftr_land. change (N.shiftr 4294967291 12) with (N.ones 20).
    rewrite N.land_ones, N.mod_small; assumption.
Qed.
Lemma zero_entry_word : x86_entry_word absent_entry 0.
Proof. apply (entry_bits 0 0); try reflexivity. repeat split. Qed.

Lemma user_page_is root count v : v < 1048576 -> x86_user_page v = @is_user_page (machine_of root count) v.
Proof.
  intros Hv. unfold x86_user_page, is_user_page, position.
  cbn -[N.div N.modulo N.leb N.ltb N.eqb N.shiftr minus x86_kernel_slot].
  rewrite N.shiftr_div_pow2. change (2 ^ 10) with 1024. rewrite N.div_div by discriminate.
  rewrite (N.div_small v (1024 * 1024)) by exact Hv. rewrite N.eqb_refl. cbn [andb].
  assert (v / 1024 < 1024) as Hs by (apply N.div_lt_upper_bound; lia). rewrite (N.mod_small (v / 1024)) by exact Hs.
  generalize dependent (v / 1024). intros s Hs. unfold x86_kernel_slot.
  destruct (N.eqb_spec s 0) as [->|Hz]; [reflexivity|]. rewrite minus_is by lia. cbn [orb].
  destruct (N.ltb_spec (s - 1) 831), (N.leb_spec 832 s), (N.ltb_spec s 1023), (N.eqb_spec s 1023);
    try reflexivity; lia.
Qed.

(** What the primitives of X86.v compute stands for what the model's do. *)
#[global] Instance x86_sound : Sound (A := x86) (E := x86_encoding).
Proof.
  constructor; cbn -[N.lor N.land].
  - now split.
  - reflexivity.
  - exact user_page_is.
  - apply X_word.
  - apply X_frame.
  - intros e w H. etransitivity; [apply (has_bit _ 0)|now apply X_present].
  - intros e w H. etransitivity; [apply (has_bit _ 2)|now apply X_user].
  - intros e w H. etransitivity; [apply (has_bit _ 1)|now apply X_write].
  - intros e w H. etransitivity; [apply (has_bit _ 9)|now apply X_execute].
  - exact zero_entry_word.
  - exact user_entry_word.
  - exact shown_word.
  - exact hidden_word.
  - exact link_entry_word.
  - now repeat split.
  - intros i Hi Hj. lia.
  - intros v _ _. change (N.shiftr v 10 = 1 * (v / 1024)). now rewrite N.shiftr_div_pow2, N.mul_1_l.
  - reflexivity.
  - intros _. exact zero_entry_word.
  - intros e w k _ H Hk. exists w. assert (k = 0) as -> by lia. split; [reflexivity|].
    split; [exact (X_word e w H)|exact H].
  - auto.
  - intros e w _. apply X_present.
  - intros e w _. apply X_frame.
  - reflexivity.
Qed.
