(* SPDX-License-Identifier: Apache-2.0 *)
(** * Bytes of words: contexts at any alignment *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Translation.Kernel Require Import Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory Lists Pages.
From Pip.Model Require Import Primitives.
Import ListNotations.
Local Open Scope N_scope.

Ltac unbind H := let a := fresh "x" in let s := fresh "t" in let E := fresh "E" in
  apply bind_done in H as (a&s&E&H).

Section Octets.
Context {arch : Architecture} {enc : Encoding arch} {sound : Sound}.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance octet_params : Params := machine_of root_frame frame_count.
Notation stands := (stands directory).
Notation simulates := (simulates directory).

(** ** One byte of a word *)
Lemma sum_is_lor p k c : c < 2 ^ k -> p * 2 ^ k + c = N.lor (N.shiftl p k) c.
Proof.
  intros Hc. assert (N.land (N.shiftl p k) c = 0) as Z.
  { apply N.bits_inj. intros n. rewrite N.land_spec, N.bits_0.
    destruct (N.lt_ge_cases n k) as [L|L]; [now rewrite N.shiftl_spec_low|].
    rewrite <- (N.mod_small c (2 ^ k)), N.mod_pow2_bits_high by assumption. apply andb_false_r. }
  rewrite <- N.shiftl_mul_pow2, <- N.lxor_lor by exact Z. now apply N.add_nocarry_lxor.
Qed.

Lemma power_of_byte b : 256 ^ b = 2 ^ (8 * b).
Proof. rewrite N.pow_mul_r. reflexivity. Qed.
Lemma byte_shift_is o : byte_shift o = 8 * (o mod 4).
Proof.
  unfold byte_shift, times, word_limit. rewrite land_3. apply N.mod_small.
  pose proof (N.mod_lt o 4 ltac:(discriminate)). lia.
Qed.
Lemma get_byte_is w o : N.land (N.shiftr w (byte_shift o)) 255 = get_byte w (o mod 4).
Proof. rewrite land_255, N.shiftr_div_pow2, byte_shift_is. unfold get_byte. now rewrite power_of_byte. Qed.

Lemma replace_part w q g lo e x : w = q * 256 * e + g * e + lo -> w - g * e + x * e = (q * 256 + x) * e + lo.
Proof. nia. Qed.

(** The other bytes of [w], and [x] in the place of byte [b]. *)
Lemma set_byte_value w b x : set_byte w b x = (w / 2 ^ (8 * b) / 256 * 256 + x) * 2 ^ (8 * b) + w mod 2 ^ (8 * b).
Proof.
  unfold set_byte, get_byte. rewrite power_of_byte. set (e := 2 ^ (8 * b)).
  assert (e <> 0) as He by (apply N.pow_nonzero; discriminate).
  pose proof (N.div_mod w e He) as D. pose proof (N.div_mod (w / e) 256 ltac:(discriminate)) as D'.
  apply replace_part. nia.
Qed.

Lemma byte_bits x n : x < 256 -> 8 <= n -> N.testbit x n = false.
Proof. intros Hx Hn. rewrite <- (N.mod_small x (2 ^ 8)) by exact Hx. now apply N.mod_pow2_bits_high. Qed.

Lemma replaced_byte w b x : x < 256 ->
  N.lor (N.ldiff w (N.shiftl 255 (8 * b))) (N.shiftl x (8 * b)) = set_byte w b x.
Proof.
  intros Hx. set (s := 8 * b). rewrite set_byte_value. fold s.
  change 256 with (2 ^ 8) at 2. rewrite (sum_is_lor _ 8 x) by exact Hx.
  rewrite sum_is_lor by (apply N.mod_lt, N.pow_nonzero; discriminate).
  apply N.bits_inj. intros n. rewrite !N.lor_spec, N.ldiff_spec.
  destruct (N.lt_ge_cases n s) as [L|L].
  - rewrite !N.shiftl_spec_low, N.mod_pow2_bits_low by exact L. cbn. now rewrite andb_true_r, orb_false_r.
  - rewrite !N.shiftl_spec_high', N.mod_pow2_bits_high by exact L. rewrite N.lor_spec, orb_false_r.
    destruct (N.lt_ge_cases (n - s) 8) as [L'|L'].
    + change 255 with (N.ones 8). rewrite N.ones_spec_low, N.shiftl_spec_low by exact L'. cbn. now rewrite andb_false_r.
    + change 255 with (N.ones 8). rewrite N.ones_spec_high, N.shiftl_spec_high', (byte_bits x) by assumption.
      change 256 with (2 ^ 8). rewrite <- !N.shiftr_div_pow2, !N.shiftr_spec'. cbn [negb]. rewrite andb_true_r.
      do 2 f_equal. lia.
Qed.

Lemma small_shift x b : x < 256 -> b < 4 -> shift_left x (8 * b) = N.shiftl x (8 * b).
Proof.
  intros Hx Hb. unfold shift_left, word_limit. apply N.mod_small. rewrite N.shiftl_mul_pow2.
  assert (b = 0 \/ b = 1 \/ b = 2 \/ b = 3) as [->|[->|[->| ->]]] by lia; cbn; lia.
Qed.

(** ** One byte of memory *)
Lemma byte_word_is o : byte_word o = o mod 4096 / 4 /\ (o mod 4096) mod 4 = o mod 4 /\ o mod 4096 / 4 < 1024.
Proof.
  unfold byte_word. rewrite land_1023, N.shiftr_div_pow2. change (2 ^ 2) with 4. change 4096 with (4 * 1024).
  rewrite N.mod_mul_r by discriminate. pose proof (N.mod_lt o 4 ltac:(discriminate)) as Ho.
  rewrite (N.mul_comm 4), N.div_add, N.mod_add, (N.div_small (o mod 4)),
    (N.mod_small (o mod 4)) by (discriminate || lia).
  repeat split; try lia. rewrite N.add_0_l. apply N.mod_lt. discriminate.
Qed.

Lemma byte_page_is (p q : page) (o : word) : byte_page p q o = if o <? page_bytes then p else q.
Proof. unfold byte_page. change page_bytes with 4096. destruct (N.leb_spec 4096 o), (N.ltb_spec o 4096);
  (lia || reflexivity). Qed.

Lemma read_byte_is (p q : page) (o : word) s c v s' : p < frames -> q < frames -> stands s c -> read_byte p q o s =
  Done v s' ->
  Words.read_byte p q o c = Some (v, c) /\ v < 256 /\ s' = s.
Proof.
  intros Hp Hq R H. unfold read_byte in H. cbv zeta in H. unfold Words.read_byte.
  set (r := if o <? page_bytes then p else q) in *. replace (byte_page p q o) with r by (symmetry; apply byte_page_is).
  assert (r < frames) as Hr by (unfold r; destruct (o <? page_bytes); assumption). clearbody r.
  destruct (byte_word_is o) as (E1&E2&E3). change page_bytes with 4096 in *. met H. view R r Hr X.
  rewrite E1. erewrite bind_is by (apply wread_is; small). unfold wret. rewrite get_byte_is, E2, X by small.
  split; [reflexivity|]. split; [apply get_byte_fits|reflexivity].
Qed.

Lemma write_byte_is (p q : page) (o x : word) s c v s' : p < frames -> q < frames -> x < 256 -> fits_state frames s
  -> stands s c ->
  write_byte p q o x s = Done v s' ->
  exists c', Words.write_byte p q o x c = Some (tt, c') /\ stands s' c' /\ fits_state frames s'.
Proof.
  intros Hp Hq Hx F R H. assert (fits_state frames s') as F' by (eapply write_byte_fits; [exact F|exact Hx|exact H]).
  unfold write_byte in H. cbv zeta in H. unfold Words.write_byte.
  set (r := if o <? page_bytes then p else q) in *. replace (byte_page p q o) with r by (symmetry; apply byte_page_is).
  assert (r < frames) as Hr by (unfold r; destruct (o <? page_bytes); assumption). clearbody r.
  destruct (byte_word_is o) as (E1&E2&E3). change page_bytes with 4096 in *. met H. view R r Hr X. ranges F r Y.
  assert (o mod 4 < 4) as Hb by (apply N.mod_lt; discriminate). rewrite E2, E1 in *.
  match goal with E : mem s r = Data ?f |- _ => set (i := o mod 4096 / 4) in *;
    assert (set_byte (f i) (o mod 4) x < word_limit) as Hw by (apply set_byte_fits; [apply Y|exact Hb|exact Hx]) end.
  eexists. split; [|split; [|exact F']].
  { erewrite bind_is by (apply wread_is; small). rewrite byte_shift_is, !small_shift, replaced_byte, X by
      (assumption || reflexivity). apply wwrite_is; small. }
  eapply stands_put; [exact R|intros; now apply set_word_other| |discriminate].
  intros j Hj. rewrite set_word_here. unfold update. destruct (j =? i); [reflexivity|now apply X].
Qed.

(** ** One register *)
Lemma joined_bytes a b c d : a < 256 -> b < 256 -> c < 256 -> d < 256 ->
  N.lor (N.lor (N.lor a (shift_left b 8)) (shift_left c 16)) (shift_left d 24)
  = a + 256 * b + 65536 * c + 16777216 * d.
Proof.
  intros Ha Hb Hc Hd. pose proof (small_shift b 1 Hb eq_refl) as E1. pose proof (small_shift c 2 Hc eq_refl) as E2.
  pose proof (small_shift d 3 Hd eq_refl) as E3. change (8 * 1) with 8 in E1. change (8 * 2) with 16 in E2.
  change (8 * 3) with 24 in E3. rewrite E1, E2, E3. clear E1 E2 E3.
  rewrite (N.lor_comm a), <- (sum_is_lor b 8 a) by exact Ha.
  rewrite (N.lor_comm (_ + _)), <- (sum_is_lor c 16) by (change (2 ^ 8) with 256; change (2 ^ 16) with 65536; lia).
  rewrite (N.lor_comm (_ + _)), <- (sum_is_lor d 24) by (change (2 ^ 8) with 256; change (2 ^ 16) with 65536;
    change (2 ^ 24) with 16777216; lia).
  change (2 ^ 8) with 256. change (2 ^ 16) with 65536. change (2 ^ 24) with 16777216. lia.
Qed.

Lemma sim_load_register p q o i : p < frames -> q < frames -> o < 4096 ->
  simulates (load_register p q o i) (effect (Words.load_register p q o i)) nothing.
Proof.
  intros Hp Hq Ho s c v s' F R H. unfold load_register, read_bytes in H. unbind H. do 4 unbind E.
  assert (i < Words.context_words) as Hi by (pose proof H as H'; met H'; now apply N.ltb_lt).
  pose proof Words.context_in_page as Hc.
  met E. unfold Words.load_register, times, word_limit. rewrite (N.mod_small (4 * i)), !plus_is by lia.
  destruct (read_byte_is _ _ _ _ _ _ _ Hp Hq R E0) as (W0&V0&->).
  destruct (read_byte_is _ _ _ _ _ _ _ Hp Hq R E1) as (W1&V1&->).
  destruct (read_byte_is _ _ _ _ _ _ _ Hp Hq R E2) as (W2&V2&->).
  destruct (read_byte_is _ _ _ _ _ _ _ Hp Hq R E3) as (W3&V3&->).
  edestruct write_register_is as (c'&W4&R'); [exact R| |exact H|].
  { unfold word_limit. lia. }
  eexists _, _. split.
  { unfold effect. erewrite bind_is; [|erewrite bind_is by exact W0; erewrite bind_is by exact W1;
      erewrite bind_is by exact W2; erewrite bind_is by exact W3; rewrite joined_bytes by assumption; exact W4].
    reflexivity. }
  now split.
Qed.

Lemma sim_store_register p q o i : p < frames -> q < frames -> o < 4096 ->
  simulates (store_register p q o i) (effect (Words.store_register p q o i)) nothing.
Proof.
  intros Hp Hq Ho s c v s' F R H. unfold store_register, write_bytes in H. unbind H.
  assert (i < Words.context_words) as Hi by (pose proof E as E'; met E'; now apply N.ltb_lt).
  pose proof Words.context_in_page as Hc.
  assert (exists y c0, numeric (Words.read_register i) c = Some (y, c0) /\ same_number x y /\ stands t c0)
    as (y&c0&W0&->&R0) by (eapply sim_read_register; [exact F|exact R|exact E]).
  assert (t = s) as -> by now met E.
  assert (x < 4294967296) as Hx.
  { pose proof (F_registers _ _ F i) as Fi. unfold read_register in E.
    destruct (i <? context_words); [injection E as E; rewrite <- E; exact Fi|discriminate E]. }
  unfold numeric in W0. unfold Words.store_register, times, word_limit.
  rewrite (N.mod_small (4 * i)), !plus_is by lia. do 3 unbind H.
  assert (N.land x 255 = get_byte x 0) as G0 by (rewrite land_255; unfold get_byte; now rewrite N.div_1_r).
  assert (N.land (N.shiftr x 8) 255 = get_byte x 1) as G1 by (rewrite land_255, N.shiftr_div_pow2; reflexivity).
  assert (N.land (N.shiftr x 16) 255 = get_byte x 2) as G2 by (rewrite land_255, N.shiftr_div_pow2; reflexivity).
  assert (N.shiftr x 24 = get_byte x 3) as G3.
  { rewrite N.shiftr_div_pow2. unfold get_byte. symmetry. apply N.mod_small. apply N.div_lt_upper_bound.
    - discriminate.
    - exact Hx. }
  assert (Words.read_register i c = Some (x, c0)) as W0'.
  { revert W0. unfold wbind, wret. destruct (Words.read_register i c) as [[n c1]|]; [intros [= <- <-];
    reflexivity|discriminate]. }
  destruct (write_byte_is _ _ _ _ _ _ _ _ Hp Hq (get_byte_fits x 0) F R0 E0) as (c1&W1&R1&F1).
  destruct (write_byte_is _ _ _ _ _ _ _ _ Hp Hq (get_byte_fits x 1) F1 R1 E1) as (c2&W2&R2&F2).
  destruct (write_byte_is _ _ _ _ _ _ _ _ Hp Hq (get_byte_fits x 2) F2 R2 E2) as (c3&W3&R3&F3).
  destruct (write_byte_is _ _ _ _ _ _ _ _ Hp Hq (get_byte_fits x 3) F3 R3 H) as (c4&W4&R4&F4).
  eexists _, _. split.
  { unfold effect. erewrite bind_is; [|erewrite bind_is by exact W0'; rewrite G0, G1, G2, G3;
      erewrite bind_is by exact W1; erewrite bind_is by exact W2; erewrite bind_is by exact W3; exact W4].
    reflexivity. }
  now split.
Qed.
End Octets.
