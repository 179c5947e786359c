(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the proofs of the shims assume of bit operations holds on integers

    Statements.v, written from facts.h, has one proposition per ACSL axiom; here is a proof of each, and of all. *)
Require Import ZArith Lia.
From Pip.Model Require Primitives.
From Pip.Shims Require Import Bytes.
From Pip.Shims Require Statements.
Open Scope Z_scope.

(** ** Masks and shifts *)

Lemma land_mask (a n : Z) : 0 <= n -> 0 <= a < 2 ^ n -> Z.land (Z.ones n) a = a.
Proof. intros Hn Ha. rewrite Z.land_comm, Z.land_ones by lia. apply Z.mod_small. exact Ha. Qed.

Lemma land_high (a n m : Z) : 0 <= n -> 0 <= m -> 0 <= a < 2 ^ m ->
  Z.land (Z.ldiff (Z.ones m) (Z.ones n)) a = 2 ^ n * Z.shiftr a n.
Proof.
  intros Hn Hm Ha. transitivity (Z.ldiff a (Z.ones n)).
  - rewrite <- (land_mask a m) at 2 by assumption. apply Z.bits_inj'. intros k Hk.
    rewrite !Z.land_spec, !Z.ldiff_spec, Z.land_spec.
    destruct (Z.testbit (Z.ones m) k), (Z.testbit (Z.ones n) k), (Z.testbit a k); reflexivity.
  - rewrite Z.ldiff_ones_r, Z.shiftl_mul_pow2 by assumption. apply Z.mul_comm.
Qed.

Lemma add_is_lor (a y n : Z) : 0 <= n -> 0 <= a < 2 ^ n -> Z.lor a (Z.shiftl y n) = a + y * 2 ^ n.
Proof.
  intros Hn Ha. rewrite <- Z.shiftl_mul_pow2 by assumption.
  assert (Hdisjoint : Z.land a (Z.shiftl y n) = 0).
  { rewrite <- (land_mask a n) by assumption. apply Z.bits_inj'. intros k Hk.
    rewrite !Z.land_spec, Z.bits_0, Z.shiftl_spec by assumption. destruct (Z.ltb_spec k n).
    - rewrite (Z.testbit_neg_r y) by lia. apply Bool.andb_false_r.
    - rewrite Z.ones_spec_high by lia. reflexivity. }
  rewrite Z.add_nocarry_lxor by assumption. symmetry. apply Z.lxor_lor. assumption.
Qed.

Ltac shifts := rewrite ?Z.shiftr_div_pow2 by lia;
  repeat match goal with |- context [2 ^ ?n] => let v := eval compute in (2 ^ n) in change (2 ^ n) with v end.
Ltac arithmetic := Z.to_euclidean_division_equations; lia.

Lemma slot : Statements.slot.
Proof. intros v Hv. shifts. arithmetic. Qed.

Lemma slot_mask : Statements.slot_mask.
Proof. intros v Hv. apply (land_high v 10 32); lia. Qed.

Lemma slot_mask_signed : Statements.slot_mask_signed.
Proof.
  intros v Hv. change (Z.opp 1024) with (Z.lnot (Z.ones 10)). change (Z.mul 1024) with (Z.mul (2 ^ 10)).
  rewrite Z.land_comm, <- Z.ldiff_land, Z.ldiff_ones_r, Z.shiftl_mul_pow2 by lia. apply Z.mul_comm.
Qed.

Lemma slot_mask_page : Statements.slot_mask_page.
Proof. intros v Hv. apply (land_high v 10 20); lia. Qed.

Lemma page_of_address : Statements.page_of_address.
Proof. intros a Ha. shifts. arithmetic. Qed.

Lemma add_bits (k c p : Z) : 0 <= c < 4096 -> 0 <= Z.lor k c < 4096 ->
  Z.lor k (c + p * 4096) = Z.lor k c + p * 4096.
Proof.
  intros Hc Hk. change 4096 with (2 ^ 12) in *. rewrite <- !add_is_lor by lia. apply Z.lor_assoc.
Qed.

Lemma add_writable : Statements.add_writable.
Proof. intros p _. apply (add_bits 2 5); cbn; lia. Qed.
Lemma add_executable : Statements.add_executable.
Proof. intros p _. apply (add_bits 512 5); cbn; lia. Qed.
Lemma add_both : Statements.add_both.
Proof. intros p _. apply (add_bits 512 7); cbn; lia. Qed.

Lemma low_one (w : Z) : Z.land w 1 = w mod 2.
Proof. apply (Z.land_ones w 1). lia. Qed.
Lemma low_bit : Statements.low_bit.
Proof. intros w _. rewrite Z.land_comm, low_one. arithmetic. Qed.

Lemma link_place : Statements.link_place.
Proof.
  intros v Hv. assert (0 <= Z.shiftr v 8 < 2 ^ 10) by (shifts; arithmetic).
  change 0x3FC with (Z.ldiff (Z.ones 10) (Z.ones 2)). rewrite land_high, Z.shiftr_shiftr by lia. reflexivity.
Qed.

(** ** Offsets in pages *)

Lemma low_two (o : Z) : Z.land o 3 = o mod 4.
Proof. apply (Z.land_ones o 2). lia. Qed.
Lemma low_ten (o : Z) : Z.land o 1023 = o mod 1024.
Proof. apply (Z.land_ones o 10). lia. Qed.

Lemma low_bits : Statements.low_bits.
Proof. intros o Ho. rewrite low_two. arithmetic. Qed.
Lemma word_of_offset : Statements.word_of_offset.
Proof. intros o Ho. rewrite low_two. shifts. arithmetic. Qed.
Lemma word_in_first : Statements.word_in_first.
Proof. intros o Ho. rewrite low_two, low_ten. shifts. arithmetic. Qed.
Lemma word_in_second : Statements.word_in_second.
Proof. intros o Ho. rewrite low_two, low_ten. shifts. arithmetic. Qed.

(** ** Bytes of words *)

Lemma get_byte_value (w b : Z) : 0 <= w -> 0 <= b -> get_byte w b = w / 256 ^ b mod 256.
Proof.
  intros Hw Hb. unfold get_byte, Primitives.get_byte.
  rewrite N2Z.inj_mod, N2Z.inj_div, N2Z.inj_pow, !Z2N.id by lia. reflexivity.
Qed.

Lemma set_byte_value (w b x : Z) : 0 <= w -> 0 <= b -> 0 <= x ->
  set_byte w b x = w - get_byte w b * 256 ^ b + x * 256 ^ b.
Proof.
  intros Hw Hb Hx. unfold set_byte, Primitives.set_byte.
  assert (Hle : (Primitives.get_byte (Z.to_N w) (Z.to_N b) * 256 ^ Z.to_N b <= Z.to_N w)%N).
  { apply N2Z.inj_le. rewrite N2Z.inj_mul, N2Z.inj_pow, !Z2N.id by lia.
    change (Z.of_N (Primitives.get_byte _ _)) with (get_byte w b). rewrite get_byte_value by lia.
    pose proof (Z.pow_pos_nonneg 256 b ltac:(lia) Hb) as Hpositive. change (Z.of_N 256) with 256.
    pose proof (Z.mod_le (w / 256 ^ b) 256 ltac:(apply Z.div_pos; lia) ltac:(lia)) as Hmod.
    pose proof (Z.mul_div_le w (256 ^ b) Hpositive) as Hdiv. nia. }
  rewrite N2Z.inj_add, N2Z.inj_sub, !N2Z.inj_mul, !N2Z.inj_pow, !Z2N.id by (assumption || lia). reflexivity.
Qed.

Lemma four (b : Z) : 0 <= b <= 3 -> b = 0 \/ b = 1 \/ b = 2 \/ b = 3.
Proof. lia. Qed.
Ltac powers := repeat match goal with |- context [256 ^ ?n] =>
  let v := eval compute in (256 ^ n) in change (256 ^ n) with v end.

Lemma low_eight (w : Z) : Z.land w 255 = w mod 256.
Proof. apply (Z.land_ones w 8). lia. Qed.

Lemma get_byte_is : Statements.get_byte_is.
Proof.
  intros w b [Hw Hb]. rewrite get_byte_value, low_eight, Z.shiftr_div_pow2, (Z.pow_mul_r 2 8 b) by lia. reflexivity.
Qed.
Lemma get_byte_0 : Statements.get_byte_0.
Proof. intros w Hw. rewrite get_byte_is by (lia || split; lia). rewrite Z.shiftr_0_r. reflexivity. Qed.
Lemma get_byte_1 : Statements.get_byte_1.
Proof. intros w Hw. apply get_byte_is. lia. Qed.
Lemma get_byte_2 : Statements.get_byte_2.
Proof. intros w Hw. apply get_byte_is. lia. Qed.
Lemma get_byte_3 : Statements.get_byte_3.
Proof. intros w Hw. rewrite get_byte_is, low_eight by lia. shifts. arithmetic. Qed.
Lemma get_byte_bound : Statements.get_byte_bound.
Proof. intros w b [Hw Hb]. rewrite get_byte_value by lia. pose proof (Z.mod_pos_bound (w / 256 ^ b) 256). lia. Qed.

(** A byte taken out of a word by a mask. *)
Lemma clear_byte (w s : Z) : 0 <= w < 2 ^ 32 -> 0 <= s ->
  Z.ldiff w (Z.shiftl 255 s) = w - Z.land (Z.shiftr w s) 255 * 2 ^ s.
Proof.
  intros Hw Hs. rewrite <- Z.shiftl_mul_pow2, Z.shiftl_land by lia.
  replace (Z.land (Z.shiftl (Z.shiftr w s) s) (Z.shiftl 255 s)) with (Z.land w (Z.shiftl 255 s)).
  - rewrite Z.sub_nocarry_ldiff.
    + apply Z.bits_inj'. intros k Hk. rewrite !Z.ldiff_spec, Z.land_spec.
      destruct (Z.testbit w k), (Z.testbit (Z.shiftl 255 s) k); reflexivity.
    + apply Z.bits_inj'. intros k Hk. rewrite Z.ldiff_spec, Z.land_spec, Z.bits_0.
      destruct (Z.testbit w k), (Z.testbit (Z.shiftl 255 s) k); reflexivity.
  - apply Z.bits_inj'. intros k Hk. rewrite !Z.land_spec, !(Z.shiftl_spec _ s) by lia. destruct (Z.ltb_spec k s).
    + rewrite (Z.testbit_neg_r 255) by lia. rewrite !Bool.andb_false_r. reflexivity.
    + rewrite Z.shiftr_spec by lia. replace (k - s + s) with k by lia. reflexivity.
Qed.

Lemma put_byte (w s x : Z) : 0 <= s -> 0 <= x <= 255 ->
  Z.lor (Z.ldiff w (Z.shiftl 255 s)) (Z.shiftl x s) = Z.ldiff w (Z.shiftl 255 s) + x * 2 ^ s.
Proof.
  intros Hs Hx. rewrite <- Z.shiftl_mul_pow2 by assumption.
  assert (Hdisjoint : Z.land (Z.ldiff w (Z.shiftl 255 s)) (Z.shiftl x s) = 0).
  { replace x with (Z.land (Z.ones 8) x) by (apply land_mask; lia). rewrite Z.shiftl_land. change (Z.ones 8) with 255.
    apply Z.bits_inj'. intros k Hk. rewrite !Z.land_spec, Z.ldiff_spec, Z.bits_0.
    destruct (Z.testbit w k), (Z.testbit (Z.shiftl 255 s) k); reflexivity. }
  rewrite Z.add_nocarry_lxor by assumption. symmetry. apply Z.lxor_lor. assumption.
Qed.

Lemma mask_out (w s m : Z) : 0 <= w < 2 ^ 32 -> m = Z.ldiff (Z.ones 32) (Z.shiftl 255 s) ->
  Z.land m w = Z.ldiff w (Z.shiftl 255 s).
Proof.
  intros Hw ->. rewrite <- (land_mask w 32) at 2 by lia. apply Z.bits_inj'. intros k Hk.
  rewrite Z.land_spec, !Z.ldiff_spec, Z.land_spec.
  destruct (Z.testbit (Z.ones 32) k), (Z.testbit w k), (Z.testbit (Z.shiftl 255 s) k); reflexivity.
Qed.

Lemma set_byte_is : Statements.set_byte_is.
Proof.
  intros m w b x (Hw & Hb & Hx & Hm).
  rewrite set_byte_value, get_byte_is by lia.
  replace (256 ^ b) with (2 ^ (8 * b)) by (rewrite Z.pow_mul_r by lia; reflexivity).
  rewrite (Z.mod_small (Z.shiftl x (8 * b))).
  - rewrite (mask_out w (8 * b)), put_byte, clear_byte by
      (lia || (subst m; destruct (four b Hb) as [-> | [-> | [-> | ->]]]; reflexivity)). reflexivity.
  - rewrite Z.shiftl_mul_pow2 by lia. destruct (four b Hb) as [-> | [-> | [-> | ->]]]; split; cbn - [Z.mul]; nia.
Qed.

Lemma set_byte_bound (w b x : Z) : 0 <= w -> 0 <= b <= 3 -> 0 <= x -> 0 <= set_byte w b x.
Proof. intros. unfold set_byte. lia. Qed.

Lemma byte_set : Statements.byte_set.
Proof.
  intros w b x (Hw & Hb & Hx). rewrite get_byte_value by (try apply set_byte_bound; lia).
  rewrite set_byte_value, get_byte_value by lia.
  destruct (four b Hb) as [-> | [-> | [-> | ->]]]; powers; arithmetic.
Qed.

Lemma byte_kept : Statements.byte_kept.
Proof.
  intros w b c x (Hw & Hb & Hc & Hother & Hx). rewrite get_byte_value by (try apply set_byte_bound; lia).
  rewrite set_byte_value, !get_byte_value by lia.
  destruct (four b Hb) as [-> | [-> | [-> | ->]]], (four c Hc) as [-> | [-> | [-> | ->]]];
    try (exfalso; apply Hother; reflexivity); powers; arithmetic.
Qed.

Lemma joined : Statements.joined.
Proof.
  intros a b c d (Ha & Hb & Hc & Hd). rewrite !Z.mod_small by (rewrite Z.shiftl_mul_pow2 by lia; cbn; lia).
  rewrite (add_is_lor a b 8), (add_is_lor _ c 16), (add_is_lor _ d 24) by lia. lia.
Qed.

(** Each axiom, by name: none can be forgotten. *)
Lemma word_of_frame : Statements.word_of_frame.
Proof. intros p Hp. shifts. arithmetic. Qed.

Lemma bit_of_frame : Statements.bit_of_frame.
Proof.
  intros p Hp. replace (Z.land p 31) with (p mod 32) by (symmetry; apply (Z.land_ones p 5); lia).
  pose proof (Z.mod_pos_bound p 32 eq_refl). lia.
Qed.

Theorem facts : Statements.all.
Proof.
  exact (conj slot (conj slot_mask (conj slot_mask_signed (conj slot_mask_page (conj page_of_address (conj
    add_writable (conj add_executable (conj add_both (conj low_bit (conj link_place (conj low_bits
    (conj word_of_offset (conj word_in_first (conj word_in_second (conj word_of_frame
    (conj bit_of_frame (conj get_byte_is (conj get_byte_0 (conj get_byte_1 (conj get_byte_2 (conj get_byte_3
    (conj get_byte_bound (conj set_byte_is (conj byte_set (conj byte_kept joined))))))))))))))))))))))))).
Qed.
