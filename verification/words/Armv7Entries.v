(* SPDX-License-Identifier: Apache-2.0 *)
(** * ARMv7: the words of Armv7.v stand for the model's entries *)
From Coq Require Import List Bool NArith Lia.
From Pip.Model Require Import Primitives.
From Pip.Words Require Import Words WordMachine Bits Pure Armv7.
Import ListNotations.
Local Open Scope N_scope.
#[local] Existing Instance armv7.

Definition may_write (w : N) : bool := has 2 w && negb (has 512 w).
Definition may_execute (w : N) : bool := has 2 w && negb (has 1 w).

(** A word of a leaf table stands for an entry: absent, or a small page that is accessed, with these rights. *)
Record armv7_entry_word (e : entry) (w : N) : Prop := {
  A_word : w < word_limit;
  A_frame : page_of w = e_frame e;
  A_present : N.testbit w 1 = e_present e;
  A_user : N.testbit w 5 = e_user e;
  A_write : may_write w = e_write e;
  A_execute : may_execute w = e_execute e;
}.

(** The four words of a link to the tables in page [q]. *)
Definition link_to (q k : N) : N := q * 4096 + k * 1024 + 1.

(** A root table has no slot of the kernel: above user space the processor uses the kernel's own table. *)
#[global] Instance armv7_encoding : Encoding armv7 := {|
  entry_word := armv7_entry_word;
  slots := 256;
  link_word := fun e k w => if e_present e then e_frame e < 1048576 /\ w = link_to (e_frame e) k else w = 0;
  kernel_word := eq;
  closed := fun _ => True;
|}.

(** The low twelve bits decide everything but the frame. *)
Lemma low_has p c m k : m = 2 ^ k -> k < 12 -> has m (p * 4096 + c) = N.testbit c k.
Proof. intros -> Hk. rewrite has_bit. apply low_bit. exact Hk. Qed.

Lemma entry_of_bits p c e : p < 1048576 -> c < 4096 -> e_frame e = p -> N.testbit c 1 = e_present e ->
  N.testbit c 5 = e_user e -> N.testbit c 1 && negb (N.testbit c 9) = e_write e ->
  N.testbit c 1 && negb (N.testbit c 0) = e_execute e ->
  armv7_entry_word e (p * 4096 + c).
Proof.
  intros Hp Hc Ef E1 E5 E9 E0. constructor; unfold may_write, may_execute; rewrite ?low_bit by reflexivity; auto.
  - unfold word_limit. lia.
  - rewrite page_of_sum by exact Hc. auto.
  - rewrite (low_has p c 2 1), (low_has p c 512 9) by reflexivity. exact E9.
  - rewrite (low_has p c 2 1), (low_has p c 1 0) by reflexivity. exact E0.
Qed.

Lemma no_entry_word : armv7_entry_word absent_entry 0.
Proof. now apply (entry_of_bits 0 0). Qed.

Lemma user_entry_word p w x : p < 1048576 ->
  armv7_entry_word (Primitives.user_entry p (negb (w =? 0)) (negb (x =? 0))) (armv7_user_entry p w x).
Proof.
  intros Hp. unfold armv7_user_entry. rewrite address_is by exact Hp. unfold device_bits, memory_bits.
  destruct (first_device <=? p), (w =? 0), (x =? 0); rewrite (plus_is (p * 4096)) by lia;
    try (rewrite (plus_is (p * 4096 + _)) by lia); try (rewrite (plus_is (p * 4096 + _ + _)) by lia);
    simpl negb; rewrite <- ?N.add_assoc;
    (apply entry_of_bits; [exact Hp|reflexivity..]).
Qed.

(** [link_entry] is the model's, as a page that may be read, written and executed: what stands in a root table is other
    words. *)
Lemma link_entry_word p : p < 1048576 -> armv7_entry_word (Primitives.link_entry p) (armv7_link_entry p).
Proof.
  intros Hp. unfold armv7_link_entry. rewrite address_is, plus_is by (exact Hp || lia).
  apply entry_of_bits; [exact Hp|reflexivity..].
Qed.
(** Hiding an entry, and showing it again, changes the right of user mode and nothing else. *)
Lemma shown_word e w : armv7_entry_word e w -> armv7_entry_word (Primitives.shown e) (N.lor w 32).
Proof.
  intros [Hw Ef E1 E5 Ew Ex].
  assert (forall k, k <> 5 -> has (2 ^ k) (N.lor w 32) = has (2 ^ k) w) as H.
  { intros k Hk. rewrite !has_bit, N.lor_spec. change 32 with (2 ^ 5). rewrite N.pow2_bits_false by lia.
    apply orb_false_r. }
  constructor; rewrite ?N.lor_spec; simpl; rewrite ?orb_false_r, ?orb_true_r; auto.
  - apply lor_word; [exact Hw|reflexivity].
  - unfold page_of in *. rewrite N.shiftr_lor. simpl. rewrite N.lor_0_r. exact Ef.
  - unfold may_write in *. change (has 2) with (has (2 ^ 1)) in *. change (has 512) with (has (2 ^ 9)) in *.
    rewrite !H by discriminate. exact Ew.
  - unfold may_execute in *. change (has 2) with (has (2 ^ 1)) in *. change (has 1) with (has (2 ^ 0)) in *.
    rewrite !H by discriminate. exact Ex.
Qed.
Lemma hidden_word e w : armv7_entry_word e w -> armv7_entry_word (Primitives.hidden e) (N.land w 4294967263).
Proof.
  intros [Hw Ef E1 E5 Ew Ex]. pose proof (page_of_fits w Hw) as Hp.
  assert (forall k, k < 12 -> k <> 5 -> has (2 ^ k) (N.land w 4294967263) = has (2 ^ k) w) as H.
  { intros k Hk Hn. rewrite !has_bit, N.land_spec.
    assert (N.testbit 4294967263 k = true) as ->; [|apply andb_true_r].
    assert (k = 0 \/ k = 1 \/ k = 2 \/ k = 3 \/ k = 4 \/ k = 6 \/ k = 7 \/ k = 8 \/ k = 9 \/ k = 10 \/ k = 11)
      as C by lia.
    repeat (destruct C as [-> | C]; [reflexivity|]). now rewrite C. }
  constructor; rewrite ?N.land_spec; simpl; rewrite ?andb_true_r, ?andb_false_r; auto.
  - apply land_word. exact Hw.
  - unfold page_of in *. rewrite N.shiftr_land. change (N.shiftr 4294967263 12) with (N.ones 20).
    rewrite N.land_ones, N.mod_small; assumption.
  - unfold may_write in *. change (has 2) with (has (2 ^ 1)) in *. change (has 512) with (has (2 ^ 9)) in *.
    rewrite !H by (reflexivity || discriminate). exact Ew.
  - unfold may_execute in *. change (has 2) with (has (2 ^ 1)) in *. change (has 1) with (has (2 ^ 0)) in *.
    rewrite !H by (reflexivity || discriminate). exact Ex.
Qed.

(** ** Links *)
Lemma slot_bits i : i < 1024 -> N.land i 1020 = 4 * (i / 4).
Proof.
  intros Hi. assert (forallb (fun n => N.land (N.of_nat n) 1020 =? 4 * (N.of_nat n / 4)) (seq 0 1024) = true) as E
    by (vm_compute; reflexivity).
  rewrite forallb_forall in E. specialize (E (N.to_nat i)). rewrite Nnat.N2Nat.id in E.
  apply N.eqb_eq, E, in_seq. lia.
Qed.
Lemma place_is v : v < 1048576 -> v / 1024 < 256 -> N.land (N.shiftr v 8) 1020 = 4 * (v / 1024).
Proof.
  intros _ Hs. rewrite N.shiftr_div_pow2. change (2 ^ 8) with 256.
  assert (v < 262144) as Hv by (pose proof (N.div_mod v 1024 ltac:(discriminate));
    pose proof (N.mod_lt v 1024 ltac:(discriminate)); lia).
  rewrite slot_bits by (apply N.div_lt_upper_bound; lia). now rewrite N.div_div.
Qed.

Lemma link_word_is q k : q < 1048576 -> k < 4 -> let w := link_to q k in
  w < word_limit /\ N.testbit w 0 = true /\ N.testbit w 1 = false /\ page_of w = q /\ N.land (N.shiftr w 10) 3 = k.
Proof.
  intros Hq Hk. cbv zeta. unfold link_to. split; [unfold word_limit; lia|]. rewrite <- N.add_assoc.
  assert (k * 1024 + 1 < 4096) as Hc by lia. rewrite !low_bit by reflexivity. rewrite page_of_sum by exact Hc.
  rewrite land_3, N.shiftr_div_pow2. change (2 ^ 10) with 1024.
  replace (q * 4096 + (k * 1024 + 1)) with ((q * 4 + k) * 1024 + 1) by lia.
  rewrite N.div_add_l, (N.div_small 1) by lia.
  rewrite N.add_0_r. replace (q * 4 + k) with (k + q * 4) by lia.
  rewrite N.mod_add, N.mod_small by (discriminate || exact Hk).
  assert (k = 0 \/ k = 1 \/ k = 2 \/ k = 3) as [->|[->|[->| ->]]] by lia; repeat split.
Qed.

(** A link has no right of its own; where there is none, there is nothing. *)
Lemma link_is e : is_link e = true ->
  (let p := e_present e in e = Entry (e_frame e) p p p p (e_kernel e)) /\ (e_present e = false -> e_frame e = 0).
Proof.
  destruct e as [p [] u w x k]; cbn.
  - intros [[-> ->]%andb_prop ->]%andb_prop. now split.
  - intros [->%N.eqb_eq H]%andb_prop. apply negb_true_iff in H. now destruct u, w, x.
Qed.
Lemma same_but_kernel p a b c d k k' w :
  armv7_entry_word (Entry p a b c d k) w -> armv7_entry_word (Entry p a b c d k') w.
Proof. intros []. now constructor. Qed.

Lemma written_link e w k : is_link e = true -> armv7_entry_word e w -> k < 4 ->
  exists x, nth_error (armv7_words_of_link w) (N.to_nat k) = Some x /\ x < word_limit
    /\ if e_present e then e_frame e < 1048576 /\ x = link_to (e_frame e) k else x = 0.
Proof.
  intros L [Hw Ef E1 _ _ _] Hk. pose proof (page_of_fits w Hw) as Hp. unfold armv7_words_of_link.
  change (has 2) with (has (2 ^ 1)). rewrite has_bit, E1, Ef in *. unfold link_to.
  destruct (e_present e); [rewrite address_is, (plus_is (e_frame e * 4096)) by lia|].
  all: change (times 2 1024) with 2048; change (times 3 1024) with 3072.
  1: rewrite !(plus_is (e_frame e * 4096 + 1)) by lia.
  all: assert (k = 0 \/ k = 1 \/ k = 2 \/ k = 3) as [->|[->|[->| ->]]] by lia; eexists; (split; [reflexivity|]);
    unfold word_limit; repeat split; (reflexivity || lia).
Qed.
Lemma read_link_word e w : is_link e = true ->
  (if e_present e then e_frame e < 1048576 /\ w = link_to (e_frame e) 0 else w = 0) ->
  armv7_entry_word e (armv7_entry_of_link w).
Proof.
  intros [E Z]%link_is H. rewrite E. apply (same_but_kernel _ _ _ _ _ false). destruct (e_present e).
  - destruct H as [Hp ->]. destruct (link_word_is _ 0 Hp eq_refl) as (_&_&_&Ep&_). unfold armv7_entry_of_link.
    rewrite Ep. assert (N.land (link_to (e_frame e) 0) 1 = 1) as ->; [|now apply link_entry_word].
    change 1 with (N.ones 1) at 1. rewrite N.land_ones. unfold link_to. change (2 ^ 1) with 2.
    replace (e_frame e * 4096 + 0 * 1024 + 1) with (1 + e_frame e * 2048 * 2) by lia. now rewrite N.mod_add.
  - rewrite H, Z by reflexivity. exact no_entry_word.
Qed.
Lemma user_page_is root count v : v < 1048576 -> (v <? 262144) = @is_user_page (machine_of root count) v.
Proof.
  intros Hv. unfold is_user_page, position. cbn -[N.div N.modulo N.leb N.ltb N.eqb].
  rewrite N.div_div, (N.div_small v (1024 * 1024)) by (discriminate || exact Hv). rewrite N.eqb_refl. cbn [andb].
  assert (v / 1024 < 1024) as Hs by (apply N.div_lt_upper_bound; [discriminate|exact Hv]).
  rewrite (N.mod_small (v / 1024)) by exact Hs.
  pose proof (N.div_mod v 1024 ltac:(discriminate)). pose proof (N.mod_lt v 1024 ltac:(discriminate)).
  destruct (N.ltb_spec v 262144), (N.leb_spec 256 (v / 1024)); try reflexivity; exfalso; clear Hv Hs.
  all: generalize dependent (v mod 1024); generalize dependent (v / 1024); intros; lia.
Qed.

(** What the primitives of Armv7.v compute stands for what the model's do. *)
#[global] Instance armv7_sound : Sound (A := armv7) (E := armv7_encoding).
Proof.
  constructor; cbn -[N.lor N.land link_to].
  - now split.
  - reflexivity.
  - exact user_page_is.
  - apply A_word.
  - apply A_frame.
  - intros e w H. etransitivity; [apply (has_bit _ 1)|now apply A_present].
  - intros e w H. etransitivity; [apply (has_bit _ 5)|now apply A_user].
  - apply A_write.
  - apply A_execute.
  - exact no_entry_word.
  - exact user_entry_word.
  - exact shown_word.
  - exact hidden_word.
  - exact link_entry_word.
  - now repeat split.
  - intros i Hi _. now apply N.leb_le.
  - exact place_is.
  - reflexivity.
  - reflexivity.
  - exact written_link.
  - exact read_link_word.
  - intros e w _ H. destruct (e_present e); [|now rewrite H]. destruct H as [Hp ->]. now apply (link_word_is _ 0).
  - intros e w [_ Z]%link_is H. destruct (e_present e); [|now rewrite H, Z]. destruct H as [Hp ->].
    now apply (link_word_is _ 0).
  - reflexivity.
Qed.
