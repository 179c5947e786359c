(* SPDX-License-Identifier: Apache-2.0 *)
(** * Configuration lists on words *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Translation.Kernel Require Import Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory.
From Pip.Model Require Import Primitives.
Import ListNotations.
Local Open Scope N_scope.

(** What page [p] holds, as words, and its ranges. *)
Ltac view R p Hp X := pose proof (R_memory _ _ _ R p Hp) as X;
  match goal with E : mem ?s p = _ |- _ => rewrite E in X; cbn [WordMachine.stored] in X end.
Ltac ranges F p Y := pose proof (F_mem _ _ F p) as Y;
  match goal with E : mem ?s p = _ |- _ => rewrite E in Y; cbn [fits_object] in Y end;
  unfold fits_descriptor, fits_header, fits_record, fits_page, fits_vaddr in Y.
Ltac small := first [assumption|lia|unfold word_limit; lia].
Ltac ran := repeat (erewrite bind_is; [|first [
    apply wread_is; small|apply write_page_is; small|apply wwrite_is; small]]; cbn beta; cbn [words]).
Ltac finish := eexists _, _; split; [unfold numeric, truth_value, effect; ran; reflexivity|].
(** Which cell is it? *)
Ltac cells := rewrite ?set_word_here;
  repeat match goal with |- context [if ?a =? ?b then _ else _] => destruct (N.eqb_spec a b); [try lia|try lia] end.

Section Lists.
Context {arch : Architecture} {enc : Encoding arch} {sound : Sound}.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance list_params : Params := machine_of root_frame frame_count.
Notation stored := (stored directory).
Notation stands := (stands directory).
Notation simulates := (simulates directory).

(** ** Reading lists *)
Lemma sim_header_page q k (f : list_header -> N) : q < frames -> k < 1024 ->
  (forall h t g, stored (ListPage h t) g -> g k = f h * 4096) ->
  simulates (bind (get q) (fun o => match o with ListPage h _ => ret (f h) | _ => undefined end))
    (numeric (read_page q k)) same_number.
Proof.
  intros Hq Hk Hf s c v s' F R H. met H. view R q Hq X. eexists _, _. split.
  { unfold numeric. erewrite bind_is; [|apply read_page_is; [exact Hq|exact Hk|eapply Hf, X]]. reflexivity. }
  now split.
Qed.

Lemma sim_record_count q : q < frames -> simulates (record_count q) (numeric (Words.record_count q)) same_number.
Proof.
  intros Hq s c v s' F R H. met H. view R q Hq X. destruct X as (X0&X1&X2&X3). unfold Words.record_count. finish.
  split; [|exact R]. unfold same_number. now rewrite X2.
Qed.

Lemma sim_lacks_room q l : q < frames -> l < 2 ->
  simulates (lacks_room q l) (truth_value (Words.lacks_room q l)) same_truth.
Proof.
  intros Hq Hl s c v s' F R H. met H. view R q Hq X. destruct X as (X0&X1&X2&X3). ranges F q Y.
  destruct Y as [(Y0&Y1&Y2) _]. unfold Words.lacks_room, truth_value. eexists _, _. split; [|split; [|exact R]].
  - unfold wbind. rewrite wread_is by small. reflexivity.
  - eexists. split; [reflexivity|]. rewrite bit_truth, X2, plus_is by lia. reflexivity.
Qed.

Lemma sim_find_record q table : q < frames ->
  simulates (find_record q table) (numeric (Words.find_record q table)) same_number.
Proof.
  intros Hq s c v s' F R H. met H. view R q Hq X. destruct X as (X0&X1&X2&X3). ranges F q Y.
  destruct Y as [(Y0&Y1&Y2) _]. unfold Words.find_record, numeric.
  eexists _, _. split; [|split; [|exact R]].
  - unfold wbind. rewrite wread_is by small. rewrite X2, (proj2 (N.leb_le _ 255)) by lia. reflexivity.
  - unfold same_number. f_equal. set (n := list_count header) in *.
    destruct (search_first (words c q) record_place table (N.to_nat n) 0) as (A1&G1&Z1). unfold first_record.
    destruct (fold_first (fun j => record_table (records j) =? table) n n) as (A2&G2&Z2); [lia|].
    cbv beta zeta in A2, G2, Z2. rewrite Nnat.N2Nat.id in *.
    set (a := search _ _ _ _ _) in *. set (b := @N.recursion N _ _ _) in *.
    assert (forall j, j < n -> page_of (words c q (record_place j)) = record_table (records j)) as E.
    { intros j Hj. destruct (X3 j Hj) as (E&_). now rewrite E, page_of_page. }
    destruct (N.lt_trichotomy a b) as [L|[L|L]]; [|exact L|].
    + specialize (Z2 a ltac:(lia)). rewrite <- E in Z2 by lia. apply N.eqb_neq in Z2. now destruct Z2; apply G1; lia.
    + specialize (G2 ltac:(lia)). rewrite <- E in G2 by lia. apply N.eqb_eq in G2. now destruct (Z1 b ltac:(lia)).
Qed.

Lemma sim_record_page q j k (f : table_record -> N) : q < frames -> k < 4 ->
  (forall r g i, stored_record r g i -> g (i + k) = f r * 4096) ->
  simulates (bind (get_record q j) (fun r => ret (f r))) (numeric (record_word q j k)) same_number.
Proof.
  intros Hq Hk Hf s c v s' F R H. met H. checks. view R q Hq X. destruct X as (X0&X1&X2&X3). ranges F q Y.
  destruct Y as [(Y0&Y1&Y2) _]. eexists _, _. split.
  { unfold numeric, record_word.
    erewrite bind_is; [|apply read_page_is; [exact Hq|unfold record_place; lia|apply Hf, X3;
      assumption]]. reflexivity. }
  now split.
Qed.

(** ** Writing lists *)
Lemma sim_add_record q table v1 v2 v3 : q < frames -> table < frames -> v1 < 1048576 -> v2 < 1048576 -> v3 < 1048576 ->
  simulates (add_record q table v1 v2 v3) (effect (Words.add_record q table v1 v2 v3)) nothing.
Proof.
  intros Hq Ht%frames_fit H1 H2 H3 s c v s' F R H. met H. checks. view R q Hq X. destruct X as (X0&X1&X2&X3).
  change list_capacity with 255 in *. set (n := list_count header) in *.
  assert (record_place n = 4 + 4 * n) as En by reflexivity. unfold Words.add_record.
  eexists _, _. split.
  { unfold effect. erewrite bind_is; [|erewrite bind_is by (apply wread_is; small); cbn beta; rewrite X2,
    plus_is by lia;
      rewrite !En; ran; apply wwrite_is; small]. reflexivity. }
  split; [exact I|]. cbn [words saved running loaded_root].
  eapply stands_put; [exact R|intros; now rewrite !set_word_other| |discriminate].
  cbn [WordMachine.stored list_next list_origin list_count]. repeat split; try (cells; assumption || reflexivity).
  all: unfold update; destruct (N.eqb_spec j n) as [->|Ej]; cbn [record_table record_mmu record_shadow1 record_shadow2].
  all: unfold record_place in *; cells; try reflexivity.
  all: destruct (X3 j ltac:(lia)) as (Z0&Z1&Z2&Z3); unfold record_place in *; assumption.
Qed.

Lemma sim_drop_last_record q : q < frames ->
  simulates (drop_last_record q) (effect (Words.drop_last_record q)) nothing.
Proof.
  intros Hq s c v s' F R H. met H. checks. view R q Hq X. destruct X as (X0&X1&X2&X3). ranges F q Y.
  destruct Y as [(Y0&Y1&Y2) _]. unfold Words.drop_last_record. eexists _, _. split.
  { unfold effect. erewrite bind_is; [|erewrite bind_is by (apply wread_is; small); cbn beta; rewrite X2,
    minus_is by lia;
      apply wwrite_is; small]. reflexivity. }
  split; [exact I|]. cbn [words saved running loaded_root].
  eapply stands_put; [exact R|intros; now rewrite !set_word_other| |discriminate].
  cbn [WordMachine.stored list_next list_origin list_count]. repeat split; try (cells; assumption || reflexivity).
  all: destruct (X3 j ltac:(lia)) as (Z0&Z1&Z2&Z3); unfold record_place in *; cells; assumption.
Qed.

Lemma set_word_else f p i w q j : j <> i -> set_word f p i w q j = f q j.
Proof. intros E. unfold set_word. rewrite (proj2 (N.eqb_neq j i) E). now rewrite andb_false_r. Qed.

Lemma sim_overwrite_record q j head : q < frames -> head < frames ->
  simulates (overwrite_record q j head) (effect (Words.overwrite_record q j head)) nothing.
Proof.
  intros Hq Hh s c v s' F R H. met H. checks.
  repeat match goal with E : ListPage _ _ = ListPage _ _ |- _ => injection E as ? ?; subst end.
  view R q Hq X. destruct X as (X0&X1&X2&X3). ranges F q Y. destruct Y as [(Y0&Y1&Y2) _].
  view R head Hh X'. destruct X' as (X0'&X1'&X2'&X3'). ranges F head Y'. destruct Y' as [(Y0'&Y1'&Y2') Y3'].
  match goal with E : mem s head = ListPage ?h ?t |- _ =>
    destruct (X3' (list_count h - 1) ltac:(lia)) as (Z0&Z1&Z2&Z3); specialize (Y3' (list_count h - 1));
    set (n := list_count h) in *; set (r := t (n - 1)) in *; clearbody r end.
  destruct Y3' as (V0&V1&V2&V3). apply frames_fit in V0. unfold Words.overwrite_record.
  assert (record_place (n - 1) = 4 + 4 * (n - 1) /\ record_place j = 4 + 4 * j) as [En Ej] by now split.
  rewrite En in *. eexists _, _. split.
  { unfold effect. erewrite bind_is; [|erewrite bind_is by (apply wread_is; small); cbn beta; rewrite X2',
    minus_is by lia;
      rewrite !En, !Ej; unfold copy_word; ran;
      repeat (erewrite bind_is; [|erewrite bind_is by (apply wread_is; small); cbn beta; cbn [words];
        rewrite ?set_word_else by lia; first [rewrite Z0|rewrite Z1|rewrite Z2]; apply wwrite_is; small]; cbn beta;
        cbn [words]);
      erewrite bind_is by (apply wread_is; small); cbn beta; cbn [words];
        rewrite ?set_word_else by lia; rewrite Z3; apply wwrite_is; small]. reflexivity. }
  split; [exact I|]. cbn [words saved running loaded_root].
  eapply stands_put; [exact R|intros; now rewrite !set_word_other| |discriminate].
  cbn [WordMachine.stored]. repeat split; try (cells; assumption || reflexivity).
  all: unfold update; destruct (N.eqb_spec j0 j) as [->|Ej0]; unfold record_place in *; cells; try reflexivity.
  all: destruct (X3 j0 ltac:(lia)) as (U0&U1&U2&U3); unfold record_place in *; assumption.
Qed.

End Lists.
