(* SPDX-License-Identifier: Apache-2.0 *)
(** * Bits of words *)
From Coq Require Import NArith Bool Lia.
From Pip.Words Require Import Words.
Open Scope N_scope.

Lemma has_bit w k : has (2 ^ k) w = N.testbit w k.
Proof.
  unfold has. destruct (N.testbit w k) eqn:E.
  - destruct (N.eqb_spec (N.land w (2 ^ k)) 0) as [Z|]; [|reflexivity]. exfalso.
    assert (N.testbit (N.land w (2 ^ k)) k = false) as F by (rewrite Z; apply N.bits_0).
    rewrite N.land_spec, E, N.pow2_bits_true in F. discriminate.
  - replace (N.land w (2 ^ k)) with 0; [reflexivity|]. symmetry. apply N.bits_inj. intros n.
    rewrite N.land_spec, N.pow2_bits_eqb, N.bits_0. destruct (N.eqb_spec k n) as [<-|]; [now rewrite E|].
    apply andb_false_r.
Qed.

Lemma page_of_div w : page_of w = w / 4096.
Proof. unfold page_of. rewrite N.shiftr_div_pow2. reflexivity. Qed.
Lemma page_of_sum p c : c < 4096 -> page_of (p * 4096 + c) = p.
Proof. intros Hc. rewrite page_of_div. rewrite N.div_add_l, N.div_small by lia. lia. Qed.
Lemma page_of_page p : page_of (p * 4096) = p.
Proof. rewrite page_of_div. apply N.div_mul. discriminate. Qed.
Lemma page_of_fits w : w < 4294967296 -> page_of w < 1048576.
Proof. intros H. rewrite page_of_div. apply N.div_lt_upper_bound; lia. Qed.
Lemma address_is p : p < 1048576 -> address p = p * 4096.
Proof. intros H. unfold address, times, word_limit. apply N.mod_small. lia. Qed.
Lemma plus_is a b : a + b < 4294967296 -> plus a b = a + b.
Proof. apply N.mod_small. Qed.
Lemma minus_is a b : b <= a -> a < 4294967296 -> minus a b = a - b.
Proof.
  intros H Ha. unfold minus, word_limit. replace (a + 4294967296 - b) with (a - b + 1 * 4294967296) by lia.
  rewrite N.mod_add by discriminate. apply N.mod_small. lia.
Qed.

Lemma land_low a n m : m = N.ones n -> N.land a m = a mod 2 ^ n.
Proof. intros ->. apply N.land_ones. Qed.
Lemma land_4095 a : N.land a 4095 = a mod 4096.
Proof. apply (land_low a 12). reflexivity. Qed.
Lemma land_1023 a : N.land a 1023 = a mod 1024.
Proof. apply (land_low a 10). reflexivity. Qed.
Lemma land_255 a : N.land a 255 = a mod 256.
Proof. apply (land_low a 8). reflexivity. Qed.
Lemma land_3 a : N.land a 3 = a mod 4.
Proof. apply (land_low a 2). reflexivity. Qed.

Lemma word_is_masked w : w < 4294967296 -> N.land w (N.ones 32) = w.
Proof. intros H. rewrite N.land_ones. apply N.mod_small. exact H. Qed.
Lemma masked_is_word w : N.land w (N.ones 32) = w -> w < 4294967296.
Proof. intros <-. rewrite N.land_ones. apply N.mod_lt. discriminate. Qed.
Lemma lor_word a b : a < 4294967296 -> b < 4294967296 -> N.lor a b < 4294967296.
Proof.
  intros Ha Hb. apply masked_is_word. rewrite N.land_lor_distr_l, !word_is_masked by assumption. reflexivity.
Qed.
Lemma land_word a b : a < 4294967296 -> N.land a b < 4294967296.
Proof.
  intros Ha. apply masked_is_word. rewrite <- N.land_assoc, (N.land_comm b), N.land_assoc, word_is_masked by assumption.
  reflexivity.
Qed.

(** Low bits beside a page. *)
Lemma low_bit p c k : k < 12 -> N.testbit (p * 4096 + c) k = N.testbit c k.
Proof.
  intros Hk. rewrite <- (N.mod_pow2_bits_low (p * 4096 + c) 12), <- (N.mod_pow2_bits_low c 12) by exact Hk.
  change (2 ^ 12) with 4096. rewrite N.add_comm, N.mod_add by discriminate. reflexivity.
Qed.
Lemma lor_low p c d : c < 4096 -> d < 4096 -> N.lor (p * 4096 + c) d = p * 4096 + N.lor c d.
Proof.
  assert (forall x, x < 4096 -> N.land (N.shiftl p 12) x = 0) as Z.
  { intros x Hx. apply N.bits_inj. intros n. rewrite N.land_spec, N.bits_0.
    destruct (N.lt_ge_cases n 12) as [L|L]; [now rewrite N.shiftl_spec_low|].
    rewrite <- (N.mod_small x (2 ^ 12)), N.mod_pow2_bits_high by assumption. apply andb_false_r. }
  assert (forall x, x < 4096 -> p * 4096 + x = N.lor (N.shiftl p 12) x) as S.
  { intros x Hx. change 4096 with (2 ^ 12). rewrite <- N.shiftl_mul_pow2. rewrite <- N.lxor_lor by auto.
    apply N.add_nocarry_lxor. auto. }
  intros Hc Hd. assert (N.lor c d < 4096) as Hcd.
  { change 4096 with (2 ^ 12). rewrite <- (N.mod_small c (2 ^ 12)), <- (N.mod_small d (2 ^ 12)) by assumption.
    rewrite <- !N.land_ones, <- N.land_lor_distr_l, N.land_ones. apply N.mod_lt. discriminate. }
  rewrite (S c), (S (N.lor c d)), <- N.lor_assoc by assumption. reflexivity.
Qed.
