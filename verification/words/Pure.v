(* SPDX-License-Identifier: Apache-2.0 *)
(** * Primitives without memory: on words they compute what the model's do *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Model Require Import Primitives.
From Pip.Translation Require Import Lang CSem Bounded.
From Pip.Translation.Kernel Require Import Project Ranges.
From Pip.Words Require Import Words WordMachine Bits.
Import ListNotations.
Local Open Scope N_scope.

(** What boot must choose rightly. *)
Record sound_boot (root_frame frame_count : N) (directory : N -> N) : Prop := {
  B_root : root_frame < frames;
  B_count : frame_count <= frames;
  (* the kernel's directory maps nothing in user space, and nothing for user mode (bit 2) *)
  B_words : forall i, directory i < word_limit;
  B_kernel : forall i, Words.kernel_slot i = false -> directory i = 0;
  B_supervisor : forall i, N.testbit (directory i) 2 = false
}.

Section Pure.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance x86_params : Params := x86 root_frame frame_count.
Notation machine := (word_machine root_frame frame_count directory).
Notation on_words := (on_words root_frame frame_count directory).
Notation fits := (fits (bound frames) (ranges frames)).

Lemma x86_two_levels : two_levels frames.
Proof. destruct B. constructor; try reflexivity; try assumption; discriminate. Qed.

Lemma related_is t x v : related on_words t x v <-> fits t x /\ stands_for t x v.
Proof.
  destruct t; simpl; try tauto.
  split; [intros H; split; [exact I|]|intros [_ (n&->&<-)]; reflexivity].
  destruct v as [n|]; [|discriminate]. exists n. split; [reflexivity|]. now injection H.
Qed.

Lemma all_related_fit ts : forall a vs, all_related on_words ts a vs -> all_fit (bound frames) (ranges frames) ts a.
Proof.
  induction ts as [|t ts IH]; intros a vs H; simpl in *; [exact I|].
  destruct vs as [|v vs]; [destruct H|]. destruct H as [H1 H2]. apply related_is in H1 as [H1 _]. eauto.
Qed.

Lemma found_in {A} f (l : list (string * A)) x : find f l = Some x -> In (f, x) l.
Proof.
  induction l as [|[y z] l IH]; simpl; [discriminate|].
  destruct (String.eqb_spec f y) as [<-|]; [intros [= <-]; auto|auto].
Qed.

Definition pure_agrees (np : string * pfun) : Prop := forall a vs,
  all_related on_words (p_args (snd np)) a vs ->
  exists v, c_pure machine (fst np) vs = Some v /\ stands_for (p_ret (snd np)) (app _ (p_den (snd np)) a) v.

(** ** Entries *)
Lemma entry_bits p c e : p < 1048576 -> c < 4096 -> e_frame e = p -> N.testbit c 0 = e_present e ->
  N.testbit c 1 = e_write e -> N.testbit c 2 = e_user e -> N.testbit c 9 = e_execute e ->
  N.testbit c 3 = false /\ N.testbit c 4 = false /\ N.testbit c 7 = false /\ N.testbit c 8 = false ->
  entry_word e (p * 4096 + c).
Proof.
  intros Hp Hc Ef E0 E1 E2 E9 Z. constructor; rewrite ?low_bit by reflexivity; auto.
  - unfold word_limit. lia.
  - rewrite page_of_sum by exact Hc. auto.
Qed.

Lemma user_entry_word p w x : p < 1048576 ->
  entry_word (Primitives.user_entry p (negb (w =? 0)) (negb (x =? 0))) (Words.user_entry p w x).
Proof.
  intros Hp. unfold Words.user_entry. rewrite address_is, plus_is by lia.
  destruct (w =? 0), (x =? 0); simpl negb; rewrite ?lor_low by reflexivity;
    (apply entry_bits; [exact Hp|reflexivity..|repeat split]).
Qed.
Lemma link_entry_word p : p < 1048576 -> entry_word (Primitives.link_entry p) (Words.link_entry p).
Proof.
  intros Hp. unfold Words.link_entry. rewrite address_is, plus_is by lia.
  apply entry_bits; [exact Hp|reflexivity..|repeat split].
Qed.
Lemma shown_word e w : entry_word e w -> entry_word (Primitives.shown e) (Words.shown w).
Proof.
  intros [Hw Ef E0 E1 E2 E9 (Z3&Z4&Z7&Z8)]. unfold Words.shown, user_bit.
  constructor; rewrite ?N.lor_spec; simpl; rewrite ?orb_false_r, ?orb_true_r; auto.
  - apply lor_word; [exact Hw|reflexivity].
  - unfold page_of in *. rewrite N.shiftr_lor. simpl. now rewrite N.lor_0_r.
Qed.
Lemma hidden_word e w : entry_word e w -> entry_word (Primitives.hidden e) (Words.hidden w).
Proof.
  intros [Hw Ef E0 E1 E2 E9 (Z3&Z4&Z7&Z8)]. unfold Words.hidden. pose proof (page_of_fits w Hw) as Hp.
  constructor; rewrite ?N.land_spec; simpl; rewrite ?andb_true_r, ?andb_false_r; auto.
  - apply land_word. exact Hw.
  - unfold page_of in *. rewrite N.shiftr_land. change (N.shiftr 4294967291 12) with (N.ones 20).
    rewrite N.land_ones, N.mod_small; assumption.
Qed.
Lemma zero_entry_word : entry_word absent_entry 0.
Proof. apply (entry_bits 0 0); try reflexivity. repeat split. Qed.

Lemma gift_bits p c g : p < 1048576 -> c < 4096 -> gift_child g = p -> N.testbit c 0 = gift_is_descriptor g ->
  gift_word g (p * 4096 + c).
Proof.
  intros Hp Hc Ep E0. constructor; rewrite ?low_bit by reflexivity; auto.
  - unfold word_limit. lia.
  - rewrite page_of_sum by exact Hc. auto.
Qed.

(** ** Addresses *)
Lemma user_page_is v : v < 1048576 -> Words.user_page v = is_user_page v.
Proof.
  intros Hv. unfold Words.user_page, is_user_page, position. cbn -[N.div N.modulo N.leb N.ltb N.eqb N.shiftr minus].
  rewrite N.shiftr_div_pow2. change (2 ^ 10) with 1024. rewrite N.div_div by discriminate.
  rewrite (N.div_small v (1024 * 1024)) by exact Hv. rewrite N.eqb_refl. cbn [andb].
  assert (v / 1024 < 1024) as Hs by (apply N.div_lt_upper_bound; lia). rewrite (N.mod_small (v / 1024)) by exact Hs.
  generalize dependent (v / 1024). intros s Hs. unfold Words.kernel_slot.
  destruct (N.eqb_spec s 0) as [->|Hz]; [reflexivity|]. rewrite minus_is by lia. cbn [orb].
  destruct (N.ltb_spec (s - 1) 831), (N.leb_spec 832 s), (N.ltb_spec s 1023), (N.eqb_spec s 1023);
    try reflexivity; lia.
Qed.

Lemma index_at_is v l : l < 2 -> Words.index_at v l = Some (Primitives.index_at v l).
Proof.
  intros Hl. assert (l = 0 \/ l = 1) as [-> | ->] by lia.
  - change (Some (N.land (N.shiftr v 0) 1023) = Some (v mod 1024)). now rewrite land_1023, N.shiftr_0_r.
  - change (Some (N.land (N.shiftr v 10) 1023) = Some (v / 1024 mod 1024)).
    now rewrite land_1023, N.shiftr_div_pow2.
Qed.

Lemma pages_needed_is l n : l < 2 -> Words.pages_needed l n = Primitives.pages_needed l (negb (n =? 0)).
Proof.
  intros Hl. unfold Words.pages_needed, Primitives.pages_needed.
  assert (l = 0 \/ l = 1) as [-> | ->] by lia; destruct (n =? 0); reflexivity.
Qed.

(** ** Contexts, of 64 bytes *)
Lemma context_fits_is a : context_fits a = (a <=? 4294967232).
Proof. reflexivity. Qed.
Lemma in_one_page_is a : in_one_page a = (Primitives.page_offset a <=? 4032).
Proof. reflexivity. Qed.
Lemma context_end_is a : context_end a = (a + 63) mod 4294967296.
Proof. reflexivity. Qed.
Lemma is_plain_offset_is o : is_plain_offset o = (o mod 4 =? 0) && (o <=? 4032).
Proof. reflexivity. Qed.

(** ** All of them *)
Ltac each := repeat match goal with |- Forall _ (_ :: _) => constructor | |- Forall _ [] => constructor end.
Ltac destructs Ha :=
  cbn in Ha;
  repeat match type of Ha with
  | _ /\ _ => let X := fresh "X" in destruct Ha as [X Ha]
  | match ?vs with _ => _ end => destruct vs as [|? ?]; [contradiction|]
  | ?vs = [] => subst vs
  end;
  repeat match goal with
  | X : _ /\ _ |- _ => destruct X
  | X : exists _, _ |- _ => destruct X
  | X : match ?v with _ => _ end = Some _ |- _ => destruct v as [?|?]; [injection X as X|discriminate X]
  | a : tuple (_ :: _) |- _ => destruct a
  end; subst.

Lemma bit_truth b : negb (bit b =? 0) = b.
Proof. now destruct b. Qed.

(** The word that has been computed is the one to show; and what a test says. *)
Ltac shown_by H := eexists; split; [reflexivity|]; f_equal; H.
Ltac encoded_by_word H := eexists; split; [reflexivity|]; eexists; split; [reflexivity|]; H.
Ltac told_by H := eexists; split; [reflexivity|]; eexists; split; [reflexivity|]; rewrite bit_truth; H.
Ltac booleans := repeat match goal with X : negb (_ =? 0) = _ |- _ => rewrite <- X; clear X end.

Lemma pure_primitives_agree : Forall pure_agrees (@kernel_pure x86_params).
Proof.
  pose proof (eq_refl : frames = 195584) as Hframes.
  unfold kernel_pure. each.
  all: intros a vs Ha; cbn [snd fst p_args p_ret p_den app tuple] in *; destructs Ha.
  all: rewrite ?context_fits_is, ?in_one_page_is, ?context_end_is, ?is_plain_offset_is.
  all: cbn [c_pure word_machine]; cbn -[N.mul N.add N.land N.eqb N.ltb N.leb N.shiftr N.testbit N.modulo N.div].
  all: try (eexists; split; [reflexivity|]; try reflexivity; eexists; split; [reflexivity|]; apply bit_truth).
  all: try (eexists; split; reflexivity).
  all: repeat match goal with X : _ < _ |- _ => cbn in X end.
  (* constants *)
  all: try encoded_by_word ltac:(exact zero_entry_word).
  all: try encoded_by_word ltac:(apply (gift_bits 0 0); reflexivity).
  all: try shown_by ltac:(unfold page_fuel; rewrite Nnat.N2Nat.id; reflexivity).
  (* addresses *)
  all: try told_by ltac:(unfold Words.page_aligned; rewrite land_4095; reflexivity).
  all: try shown_by ltac:(rewrite page_of_div; reflexivity).
  all: try shown_by ltac:(apply land_4095).
  all: try shown_by ltac:(apply land_1023).
  all: try told_by ltac:(unfold Words.page_offset; rewrite land_4095; reflexivity).
  all: try told_by ltac:(rewrite land_3; reflexivity).
  all: try shown_by ltac:(rewrite address_is by lia; reflexivity).
  all: try told_by ltac:(apply user_page_is; assumption).
  (* entries *)
  all: try told_by ltac:(change (has 1) with (has (2 ^ 0)); rewrite has_bit; apply G_descriptor; assumption).
  all: try told_by ltac:(etransitivity; [apply (has_bit _ 0)|apply E_present; assumption]).
  all: try told_by ltac:(etransitivity; [apply (has_bit _ 1)|apply E_write; assumption]).
  all: try told_by ltac:(etransitivity; [apply (has_bit _ 2)|apply E_user; assumption]).
  all: try told_by ltac:(etransitivity; [apply (has_bit _ 9)|apply E_execute; assumption]).
  all: try shown_by ltac:(apply E_frame; assumption).
  all: try shown_by ltac:(apply G_child; assumption).
  all: try encoded_by_word ltac:(apply link_entry_word; lia).
  all: try encoded_by_word ltac:(apply shown_word; assumption).
  all: try encoded_by_word ltac:(apply hidden_word; assumption).
  all: booleans.
  all: try encoded_by_word ltac:(apply user_entry_word; lia).
  all: try encoded_by_word ltac:(rewrite address_is, plus_is by lia; apply gift_bits; (assumption || reflexivity)).
  all: try encoded_by_word ltac:(rewrite address_is by lia; rewrite <- (N.add_0_r (_ * _)); apply gift_bits;
    (assumption || reflexivity)).
  all: try shown_by ltac:(unfold flag_word; destruct (_ =? 0); reflexivity).
  all: try (rewrite index_at_is by assumption; eexists; split; reflexivity).
  - shown_by ltac:(apply pages_needed_is; assumption).
  - told_by ltac:(idtac). unfold user_address, Words.page_aligned. rewrite land_4095.
    rewrite user_page_is by (apply page_of_fits; assumption). rewrite page_of_div. reflexivity.
Qed.

Theorem pure_faithful : faithful_pure on_words (@kernel_pure x86_params).
Proof.
  intros f p Hf a vs Ha. pose proof (found_in _ _ _ Hf) as Hin.
  pose proof (proj1 (Forall_forall _ _) pure_primitives_agree _ Hin a vs Ha) as (v&Hv&Hs).
  exists v. split; [exact Hv|]. apply related_is. split; [|exact Hs].
  exact (found _ f _ _ (pure_primitives_fit frames x86_two_levels) Hf a (all_related_fit _ _ _ Ha)).
Qed.

Theorem values_faithful : faithful_values on_words.
Proof.
  constructor.
  - intros b. simpl. now rewrite bit_truth.
  - intros n Hn. split; [unfold word_limit; lia|reflexivity].
  - intros n v [_ ->]. simpl. destruct n; reflexivity.
  - intros n v [Hn ->]. split; [unfold word_limit in *; lia|]. simpl minus_one. f_equal.
    rewrite minus_is by (unfold word_limit in Hn; lia). lia.
  - intros k n Hk Hn. split; [|reflexivity]. unfold is_small in Hn.
    destruct (N.compare_spec n 256); try discriminate.
    eapply N.lt_le_trans; [eassumption|]. exact (H_literals _ _ _ _ _ (kernel_closed frames x86_two_levels) k Hk).
  - intros o k a b x y [_ ->] [_ ->]. reflexivity.
Qed.
End Pure.
