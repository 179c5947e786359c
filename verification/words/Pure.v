(* SPDX-License-Identifier: Apache-2.0 *)
(** * Primitives without memory: on words they compute what the model's do *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Model Require Import Primitives.
From Pip.Translation Require Import Lang CSem Bounded.
From Pip.Translation.Kernel Require Import Project Ranges.
From Pip.Words Require Import Words WordMachine Bits.
Import ListNotations.
Local Open Scope N_scope.

(** What an architecture's words must be like. *)
Class Sound `{A : Architecture} {E : Encoding A} : Prop := {
  S_frames : 256 <= frames <= 1048576;
  S_vidt : vidt < 1048576;
  S_user_page : forall root count v, v < 1048576 -> Words.user_page v = @is_user_page (machine_of root count) v;
  (* entries *)
  E_word : forall e w, entry_word e w -> w < word_limit;
  E_frame : forall e w, entry_word e w -> page_of w = e_frame e;
  E_present : forall e w, entry_word e w -> Words.is_present w = e_present e;
  E_user : forall e w, entry_word e w -> Words.is_user w = e_user e;
  E_write : forall e w, entry_word e w -> Words.is_writable w = e_write e;
  E_execute : forall e w, entry_word e w -> Words.is_executable w = e_execute e;
  E_absent : entry_word absent_entry 0;
  E_user_entry : forall p w x, p < 1048576 ->
    entry_word (Primitives.user_entry p (negb (w =? 0)) (negb (x =? 0))) (Words.user_entry p w x);
  E_shown : forall e w, entry_word e w -> entry_word (Primitives.shown e) (Words.shown w);
  E_hidden : forall e w, entry_word e w -> entry_word (Primitives.hidden e) (Words.hidden w);
  E_link_entry : forall p, p < 1048576 -> entry_word (Primitives.link_entry p) (Words.link_entry p);
  (* links *)
  L_room : 0 < link_words /\ link_words * slots <= 1024 /\ slots <= 1024;
  L_elsewhere : forall i, slots <= i -> i < 1024 -> Words.kernel_slot i = true;
  L_place : forall v, v < 1048576 -> v / 1024 < slots -> link_place v = link_words * (v / 1024);
  L_count : forall w, List.length (words_of_link w) = N.to_nat link_words;
  L_absent : forall k, link_word absent_entry k 0;
  L_written : forall e w k, is_link e = true -> entry_word e w -> k < link_words ->
    exists x, nth_error (words_of_link w) (N.to_nat k) = Some x /\ x < word_limit /\ link_word e k x;
  L_read : forall e w, is_link e = true -> link_word e 0 w -> entry_word e (entry_of_link w);
  (* bit 0 of the first word says whether there is one; bits 31 to 12 say where to *)
  L_present : forall e w, is_link e = true -> link_word e 0 w -> N.testbit w 0 = e_present e;
  L_target : forall e w, is_link e = true -> link_word e 0 w -> page_of w = e_frame e;
  K_same : forall w, kernel_word w w;
}.

(** What boot must choose rightly. *)
Record sound_boot `{A : Architecture} {E : Encoding A} (root_frame frame_count : N) (directory : N -> N) : Prop := {
  B_root : root_frame < frames;
  B_count : frame_count <= frames;
  (* the kernel's directory maps nothing in user space, and nothing for user mode *)
  B_words : forall i, directory i < word_limit;
  B_kernel : forall i k, i < slots -> Words.kernel_slot i = false -> k < link_words ->
    directory (link_words * i + k) = 0;
  B_closed : closed directory
}.

(** Of a statement about each element of a list, one goal for each element. *)
Ltac each := repeat match goal with |- Forall _ (_ :: _) => constructor | |- Forall _ [] => constructor end.
(** Takes apart what a call was given, [Ha], and all that this says of its words. *)
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

Section Pure.
Context {arch : Architecture} {enc : Encoding arch} {sound : Sound}.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance pure_params : Params := machine_of root_frame frame_count.
Notation machine := (word_machine root_frame frame_count directory).
Notation on_words := (on_words root_frame frame_count directory).
Notation fits := (fits (bound frames) (ranges frames)).

Lemma two_levels_here : two_levels frames.
Proof.
  destruct B, (S_frames (Sound := sound)). pose proof (S_vidt (Sound := sound)).
  constructor; try reflexivity; assumption.
Qed.

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

Lemma gift_bits p c g : p < 1048576 -> c < 4096 -> gift_child g = p -> N.testbit c 0 = gift_is_descriptor g ->
  gift_word g (p * 4096 + c).
Proof.
  intros Hp Hc Ep E0. constructor; rewrite ?low_bit by reflexivity; auto.
  - unfold word_limit. lia.
  - rewrite page_of_sum by exact Hc. auto.
Qed.

(** ** Addresses *)
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

(** ** All of them *)
Lemma bit_truth b : negb (bit b =? 0) = b.
Proof. now destruct b. Qed.

(** The word that has been computed is the one to show; and what a test says. *)
Ltac shown_by H := eexists; split; [reflexivity|]; f_equal; H.
Ltac encoded_by_word H := eexists; split; [reflexivity|]; eexists; split; [reflexivity|]; H.
Ltac told_by H := eexists; split; [reflexivity|]; eexists; split; [reflexivity|]; rewrite bit_truth; H.
Ltac booleans := repeat match goal with X : negb (_ =? 0) = _ |- _ => rewrite <- X; clear X end.

Lemma pure_primitives_agree : Forall pure_agrees (@kernel_pure pure_params).
Proof.
  pose proof S_frames as Hframes.
  unfold kernel_pure. each.
  all: intros a vs Ha; cbn [snd fst p_args p_ret p_den app tuple] in *; destructs Ha.
  all: cbn [c_pure word_machine]; cbn -[N.mul N.add N.sub N.land N.eqb N.ltb N.leb N.shiftr N.testbit N.modulo N.div].
  all: try (eexists; split; [reflexivity|]; try reflexivity; eexists; split; [reflexivity|]; apply bit_truth).
  all: try (eexists; split; reflexivity).
  all: repeat match goal with X : _ < _ |- _ => cbn in X end.
  (* constants *)
  all: try encoded_by_word ltac:(exact E_absent).
  all: try encoded_by_word ltac:(apply (gift_bits 0 0); reflexivity).
  all: try shown_by ltac:(unfold page_fuel, context_fuel; rewrite Nnat.N2Nat.id; reflexivity).
  (* addresses *)
  all: try told_by ltac:(unfold Words.page_aligned; rewrite land_4095; reflexivity).
  all: try shown_by ltac:(rewrite page_of_div; reflexivity).
  all: try shown_by ltac:(apply land_4095).
  all: try shown_by ltac:(apply land_1023).
  all: try told_by ltac:(unfold Words.page_offset; rewrite land_4095; reflexivity).
  all: try told_by ltac:(unfold Primitives.is_plain_offset; rewrite land_3; reflexivity).
  all: try shown_by ltac:(rewrite address_is by lia; reflexivity).
  all: try told_by ltac:(apply S_user_page; assumption).
  (* entries *)
  all: try told_by ltac:(change (has 1) with (has (2 ^ 0)); rewrite has_bit; apply G_descriptor; assumption).
  all: try told_by ltac:(first [apply E_present|apply E_write|apply E_user|apply E_execute]; assumption).
  all: try shown_by ltac:(apply E_frame; assumption).
  all: try shown_by ltac:(apply G_child; assumption).
  all: try encoded_by_word ltac:(apply E_link_entry; lia).
  all: try encoded_by_word ltac:(apply E_shown; assumption).
  all: try encoded_by_word ltac:(apply E_hidden; assumption).
  all: booleans.
  all: try encoded_by_word ltac:(apply E_user_entry; lia).
  all: try encoded_by_word ltac:(rewrite address_is, plus_is by lia; apply gift_bits; (assumption || reflexivity)).
  all: try encoded_by_word ltac:(rewrite address_is by lia; rewrite <- (N.add_0_r (_ * _)); apply gift_bits;
    (assumption || reflexivity)).
  all: try shown_by ltac:(unfold flag_word; destruct (_ =? 0); reflexivity).
  all: try (rewrite index_at_is by assumption; eexists; split; reflexivity).
  - shown_by ltac:(apply pages_needed_is; assumption).
  - told_by ltac:(idtac). unfold user_address, Words.page_aligned. rewrite land_4095.
    rewrite (S_user_page root_frame frame_count) by (apply page_of_fits; assumption). rewrite page_of_div. reflexivity.
Qed.

Theorem pure_faithful : faithful_pure on_words (@kernel_pure pure_params).
Proof.
  intros f p Hf a vs Ha. pose proof (found_in _ _ _ Hf) as Hin.
  pose proof (proj1 (Forall_forall _ _) pure_primitives_agree _ Hin a vs Ha) as (v&Hv&Hs).
  exists v. split; [exact Hv|]. apply related_is. split; [|exact Hs].
  exact (found _ f _ _ (pure_primitives_fit frames two_levels_here) Hf a (all_related_fit _ _ _ Ha)).
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
    eapply N.lt_le_trans; [eassumption|]. exact (H_literals _ _ _ _ _ (kernel_closed frames two_levels_here) k Hk).
  - intros o k a b x y [_ ->] [_ ->]. reflexivity.
Qed.
End Pure.
