(* SPDX-License-Identifier: Apache-2.0 *)
(** * The machine of words is faithful to the typed model

    So the theorem about the printed program (verification/translation/kernel/Final.v) holds of words: [words_ok].
    Every primitive of the model, whenever it is defined, is what the function on words computes, and no word leaves
    32 bits, no access leaves memory. *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Translation Require Import Lang CSyn CSem SimStm SimProgram Bounded.
From Pip.Translation.Kernel Require Import Project Program Final Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory Lists Pages Octets.
From Pip.Model Require Import Primitives.
Import ListNotations.
Local Open Scope N_scope.

Section Faithful.
Context {arch : Architecture} {enc : Encoding arch} {sound : Sound}.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance params_here : Params := machine_of root_frame frame_count.
Notation machine := (word_machine root_frame frame_count directory).
Notation on_words := (on_words root_frame frame_count directory).
Notation simulates := (simulates directory).

Definition monadic_agrees (nq : string * mfun) : Prop := forall a vs,
  all_related on_words (m_args (snd nq)) a vs ->
  simulates (app _ (m_den (snd nq)) a) (c_primitive machine (fst nq) vs) (stands_for (m_ret (snd nq))).

(** Checked arithmetic. *)
Lemma sim_checked (m : K N) n (P : Prop) :
  (forall s v s', m s = Done v s' -> v = n /\ s' = s) -> simulates m (wret (Int n)) same_number.
Proof. intros E s c v s' F R H. destruct (E _ _ _ H) as [-> ->]. eexists _, _. split; [reflexivity|]. now split. Qed.

Lemma sim_level_below l : l < 2 -> simulates (level_below l) (wret (Int (minus l 1))) same_number.
Proof.
  intros Hl. apply (sim_checked _ _ True). intros s v s' H. met H. checks. now rewrite minus_is by lia.
Qed.
Lemma sim_level_above l : l < 2 -> simulates (level_above l) (wret (Int (plus l 1))) same_number.
Proof.
  intros Hl. apply (sim_checked _ _ True). intros s v s' H. met H. checks. now rewrite plus_is by lia.
Qed.
Lemma sim_next_index i : i < 1025 -> simulates (next_index i) (wret (Int (plus i 1))) same_number.
Proof.
  intros Hi. apply (sim_checked _ _ True). intros s v s' H. met H. now rewrite plus_is by lia.
Qed.
Lemma sim_next_register i : i < 1025 -> simulates (next_register i) (wret (Int (plus i 1))) same_number.
Proof.
  intros Hi. apply (sim_checked _ _ True). intros s v s' H. met H. now rewrite plus_is by lia.
Qed.
Lemma sim_vaddr_at base i : base < 1048576 -> i < 1025 ->
  simulates (vaddr_at base i) (wret (Int (plus base i))) same_number.
Proof.
  intros Hb Hi. apply (sim_checked _ _ True). intros s v s' H. met H. now rewrite plus_is by lia.
Qed.
Lemma sim_next_table base : base < 1048576 ->
  simulates (next_table base) (wret (Int (N.land (plus base 1024) 1048575))) same_number.
Proof.
  intros Hb. apply (sim_checked _ _ True). intros s v s' H. met H. rewrite plus_is by lia.
  rewrite (land_low _ 20) by reflexivity. now split.
Qed.

Ltac by_lemma := first [
  apply sim_level_below; lia|apply sim_level_above; lia|apply sim_next_index; lia|apply sim_next_register; lia|
  apply sim_vaddr_at; lia|apply sim_next_table; lia|apply sim_current_partition|apply sim_switch_to; assumption|
  apply sim_invalidate|apply sim_read_register|apply sim_write_register; assumption|
  apply sim_read_entry; assumption|apply sim_write_entry; assumption|
  apply sim_read_link; assumption|apply sim_write_link; assumption|apply sim_is_empty_table; assumption|
  apply sim_read_gift; assumption|apply sim_write_gift; assumption|apply sim_next_gift; assumption|
  apply sim_read_origin; assumption|apply sim_write_origin; assumption|
  apply (sim_descriptor_page _ _ 0 d_mmu); [assumption|reflexivity|intros d g X; apply X]|
  apply (sim_descriptor_page _ _ 1 d_shadow1); [assumption|reflexivity|intros d g X; apply X]|
  apply (sim_descriptor_page _ _ 2 d_shadow2); [assumption|reflexivity|intros d g X; apply X]|
  apply (sim_descriptor_page _ _ 3 d_list); [assumption|reflexivity|intros d g X; apply X]|
  apply (sim_descriptor_page _ _ 4 d_parent); [assumption|reflexivity|intros d g X; apply X]|
  apply sim_interrupt_state; assumption|apply sim_set_config_list; assumption|
  apply sim_set_interrupt_state; [assumption|assumption]|
  apply (sim_header_page _ _ 0 list_next); [assumption|reflexivity|intros h t g X; apply X]|
  apply (sim_header_page _ _ 1 list_origin); [assumption|reflexivity|intros h t g X; apply X]|
  apply sim_record_count; assumption|apply sim_lacks_room; assumption|apply sim_find_record; assumption|
  apply (sim_record_page _ _ _ 1 record_mmu); [assumption|reflexivity|intros r g i X; apply X]|
  apply (sim_record_page _ _ _ 2 record_shadow1); [assumption|reflexivity|intros r g i X; apply X]|
  apply (sim_record_page _ _ _ 3 record_shadow2); [assumption|reflexivity|intros r g i X; apply X]|
  apply sim_add_record; assumption|apply sim_drop_last_record; assumption|apply sim_overwrite_record; assumption|
  eapply sim_format_mmu; eassumption|apply sim_format_shadow1; assumption|apply sim_format_shadow2; assumption|
  apply sim_format_list; assumption|apply sim_format_descriptor; assumption|apply sim_clear_page; assumption|
  apply sim_read_word; assumption|apply sim_write_word; assumption|
  eapply sim_load_register; eassumption|eapply sim_store_register; eassumption|
  apply sim_load_registers; assumption|apply sim_store_registers; assumption].

Lemma monadic_primitives_agree : Forall monadic_agrees (@kernel_primitives params_here).
Proof.
  unfold kernel_primitives. each.
  all: intros a vs Ha; cbn [snd fst m_args m_ret m_den app tuple] in *; destructs Ha.
  all: cbv [c_primitive word_machine primitive_table Lang.find String.eqb Ascii.eqb Bool.eqb of1 of2 of3 stands_for].
  all: repeat match goal with X : fits_entry _ _ |- _ => destruct X end.
  all: first [by_lemma|intros ? ? ? ? _ _ H; discriminate H].
Qed.

Theorem monadic_faithful : faithful_primitives on_words (@kernel_primitives params_here).
Proof.
  intros f q Hf a vs s c v s' Ha [F R] H. pose proof (found_in _ _ _ Hf) as Hin.
  destruct (proj1 (Forall_forall _ _) monadic_primitives_agree _ Hin a vs Ha s c v s' F R H) as (x&c'&E&Hx&R').
  assert (all_fit (bound frames) (ranges frames) _ a) as Hfit by (eapply all_related_fit; exact Ha).
  destruct (found _ f _ _ (monadic_primitives_fit frames (two_levels_here _ _ _ B)) Hf a s v s' Hfit F H) as [Hv F'].
  exists x, c'. split; [exact E|]. split; [apply related_is; now split|now split].
Qed.

(** The primitives on words do what the model's do, wherever these are defined. *)
Theorem words_faithful : faithful on_words (@kernel_pure params_here) (@kernel_primitives params_here).
Proof.
  constructor; [exact (values_faithful _ _ _ B)|exact (pure_faithful _ _ _ B)|exact monadic_faithful].
Qed.

(** The printed program on words: each function, called with values and in a memory that stand for those of the model,
    returns what the service returns and leaves what the service leaves. *)
Theorem words_ok junk :
  implements_all (r := on_words) kernel_functions junk (@kernel_program_env params_here).
Proof. exact (services_ok words_faithful junk). Qed.
End Faithful.
