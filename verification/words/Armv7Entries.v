(* SPDX-License-Identifier: Apache-2.0 *)
(** * ARMv7: entries and links on words, and the processor's walk over them

    The words that the primitives of Armv7.v write stand for the model's entries, and the walk that the processor makes
    through a link and an entry finds what they say (ARM DDI 0406C: section B3.5 with TTBCR.N = 2, section B3.7.1 with
    SCTLR.AFE = 1).  That the whole program on words does what the services do is proved for x86 only: README.md says
    what stands in the way. *)
From Coq Require Import List Bool NArith Lia.
From Pip.Model Require Primitives.
From Pip.Words Require Import Words WordMachine Bits Armv7.
From Pip.Model Require Import Types.
Local Open Scope N_scope.

(** A word of a leaf table stands for an entry: absent, or a small page that is accessed, with these rights. *)
Record armv7_entry_word (e : entry) (w : N) : Prop := {
  A_word : w < word_limit;
  A_frame : page_of w = e_frame e;
  A_present : N.testbit w 1 = e_present e;
  A_user : N.testbit w 5 = e_user e;
  A_write : is_writable w = e_write e;
  A_execute : is_executable w = e_execute e;
}.

(** The low twelve bits decide everything but the frame. *)
Lemma low_has p c m k : m = 2 ^ k -> k < 12 -> has m (p * 4096 + c) = N.testbit c k.
Proof. intros -> Hk. rewrite has_bit. apply low_bit. exact Hk. Qed.

Lemma entry_of_bits p c e : p < 1048576 -> c < 4096 -> e_frame e = p -> N.testbit c 1 = e_present e ->
  N.testbit c 5 = e_user e -> N.testbit c 1 && negb (N.testbit c 9) = e_write e ->
  N.testbit c 1 && negb (N.testbit c 0) = e_execute e -> armv7_entry_word e (p * 4096 + c).
Proof.
  intros Hp Hc Ef E1 E5 E9 E0. unfold is_writable, is_executable.
  constructor; rewrite ?low_bit by reflexivity; auto.
  - unfold word_limit. lia.
  - rewrite page_of_sum by exact Hc. auto.
  - unfold is_writable, present_bit, read_only_bit.
    rewrite (low_has p c 2 1), (low_has p c 512 9) by reflexivity. exact E9.
  - unfold is_executable, present_bit, never_execute_bit.
    rewrite (low_has p c 2 1), (low_has p c 1 0) by reflexivity. exact E0.
Qed.

Theorem armv7_no_entry : armv7_entry_word Machine.absent_entry 0.
Proof. apply (entry_of_bits 0 0); reflexivity. Qed.

(** What [user_entry] writes stands for what the model's does. *)
Theorem armv7_user_entry p w x : p < 1048576 ->
  armv7_entry_word (Primitives.user_entry p (negb (w =? 0)) (negb (x =? 0))) (user_entry p w x).
Proof.
  intros Hp. unfold user_entry. rewrite address_is by exact Hp.
  unfold device_bits, memory_bits, user_bit, read_only_bit, never_execute_bit.
  destruct (first_device <=? p), (w =? 0), (x =? 0); rewrite (plus_is (p * 4096)) by lia;
    try (rewrite (plus_is (p * 4096 + _)) by lia); try (rewrite (plus_is (p * 4096 + _ + _)) by lia);
    simpl negb; rewrite <- ?N.add_assoc;
    (apply entry_of_bits; [exact Hp|reflexivity..]).
Qed.

(** [link_entry] is the model's, as a page that may be read, written and executed: what stands in the table is another
    word. *)
Theorem armv7_link_entry p : p < 1048576 -> armv7_entry_word (Primitives.link_entry p) (link_entry p).
Proof.
  intros Hp. unfold link_entry. rewrite address_is, plus_is by (exact Hp || unfold present_bit, user_bit; lia).
  apply entry_of_bits; [exact Hp|reflexivity..].
Qed.

(** Hiding an entry, and showing it again, changes the right of user mode and nothing else. *)
Theorem armv7_shown e w : armv7_entry_word e w -> armv7_entry_word (Primitives.shown e) (shown w).
Proof.
  intros [Hw Ef E1 E5 Ew Ex]. unfold shown, user_bit.
  assert (forall k, k <> 5 -> has (2 ^ k) (N.lor w 32) = has (2 ^ k) w) as H.
  { intros k Hk. rewrite !has_bit, N.lor_spec. change 32 with (2 ^ 5). rewrite N.pow2_bits_false by lia.
    apply orb_false_r. }
  constructor; rewrite ?N.lor_spec; simpl; rewrite ?orb_false_r, ?orb_true_r; auto.
  - apply lor_word; [exact Hw|reflexivity].
  - unfold page_of in *. rewrite N.shiftr_lor. simpl. rewrite N.lor_0_r. exact Ef.
  - unfold is_writable in *. change present_bit with (2 ^ 1) in *. change read_only_bit with (2 ^ 9) in *.
    rewrite !H by discriminate. exact Ew.
  - unfold is_executable in *. change present_bit with (2 ^ 1) in *. change never_execute_bit with (2 ^ 0) in *.
    rewrite !H by discriminate. exact Ex.
Qed.
Theorem armv7_hidden e w : armv7_entry_word e w -> armv7_entry_word (Primitives.hidden e) (hidden w).
Proof.
  intros [Hw Ef E1 E5 Ew Ex]. unfold hidden. pose proof (page_of_fits w Hw) as Hp.
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
  - unfold is_writable in *. change present_bit with (2 ^ 1) in *. change read_only_bit with (2 ^ 9) in *.
    rewrite !H by (reflexivity || discriminate). exact Ew.
  - unfold is_executable in *. change present_bit with (2 ^ 1) in *. change never_execute_bit with (2 ^ 0) in *.
    rewrite !H by (reflexivity || discriminate). exact Ex.
Qed.

(** ** The processor's walk in user space *)
Record translation : Type := Translation {
  t_frame : N; t_user : bool; t_write : bool; t_execute : bool; t_global : bool
}.

(** First-level entry va[29:20] of the table in TTBR0; bits 1 and 0 are 01: a second-level table at bits 31 to 10, of
    which entry va[19:12] is a small page when bit 1 is set: bit 5 is AP[1], user mode; bit 9 AP[2], no writing; bit 0
    XN; bit 11 nG.  A section (bit 1 of the first) or a large page (bits 1, 0 of the second are 01) is not followed
    here: [None] also says that the kernel writes no such word. *)
Definition translate (f : N -> N -> N) (root va : N) : option translation :=
  let first := f root (N.shiftr va 20) in
  if N.testbit first 0 && negb (N.testbit first 1) then
    let second := f (page_of first) (N.land (N.shiftr first 10) 3 * 256 + N.land (N.shiftr va 12) 255) in
    if N.testbit second 1
    then Some (Translation (page_of second) (N.testbit second 5) (negb (N.testbit second 9))
                (negb (N.testbit second 0)) (negb (N.testbit second 11)))
    else None
  else None.

(** The four words that [write_link] writes for a table in page [q]. *)
Definition link_words (q k : N) : N := q * 4096 + k * 1024 + 1.

Lemma slot_bits i : i < 1024 -> N.land i 1020 = 4 * (i / 4).
Proof.
  intros Hi. assert (forallb (fun n => N.land (N.of_nat n) 1020 =? 4 * (N.of_nat n / 4)) (seq 0 1024) = true) as E
    by (vm_compute; reflexivity).
  rewrite forallb_forall in E. specialize (E (N.to_nat i)). rewrite Nnat.N2Nat.id in E.
  apply N.eqb_eq, E, in_seq. lia.
Qed.

Lemma link_word_is q k : q < 1048576 -> k < 4 -> let w := link_words q k in
  N.testbit w 0 = true /\ N.testbit w 1 = false /\ page_of w = q /\ N.land (N.shiftr w 10) 3 = k.
Proof.
  intros Hq Hk. cbv zeta. unfold link_words. rewrite <- N.add_assoc.
  assert (k * 1024 + 1 < 4096) as Hc by lia. rewrite !low_bit by reflexivity. rewrite page_of_sum by exact Hc.
  rewrite land_3, N.shiftr_div_pow2. change (2 ^ 10) with 1024.
  replace (q * 4096 + (k * 1024 + 1)) with ((q * 4 + k) * 1024 + 1) by lia.
  rewrite N.div_add_l, (N.div_small 1) by lia.
  rewrite N.add_0_r. replace (q * 4 + k) with (k + q * 4) by lia.
  rewrite N.mod_add, N.mod_small by (discriminate || exact Hk).
  assert (k = 0 \/ k = 1 \/ k = 2 \/ k = 3) as [->|[->|[->| ->]]] by lia; repeat split.
Qed.

(** Where the words of a slot are those of a link to page [q], the walk finds the entry that the model finds there:
    entry va[21:12] of the leaf table in [q], with its rights; else nothing. *)
Theorem armv7_walk f root q va e : q < 1048576 -> va < 1073741824 ->
  (forall k, k < 4 -> f root (link_place (N.shiftr va 12) + k) = link_words q k) ->
  armv7_entry_word e (f q (N.shiftr va 12 mod 1024)) ->
  translate f root va =
    if e_present e
    then Some (Translation (e_frame e) (e_user e) (e_write e) (e_execute e)
                (negb (N.testbit (f q (N.shiftr va 12 mod 1024)) 11)))
    else None.
Proof.
  intros Hq Hva L A. unfold translate. set (v := N.shiftr va 12) in *.
  assert (v = va / 4096) as Ev by (unfold v; apply N.shiftr_div_pow2).
  assert (v < 262144) as Hv by (rewrite Ev; apply N.div_lt_upper_bound; lia).
  set (k := v / 256 mod 4). assert (k < 4) as Hk by (apply N.mod_lt; discriminate).
  assert (N.shiftr va 20 = link_place v + k) as ->.
  { unfold link_place. rewrite !N.shiftr_div_pow2. change (2 ^ 20) with (4096 * 256).
    rewrite <- N.div_div, <- Ev by discriminate. change (2 ^ 8) with 256.
    assert (v / 256 < 1024) as Hs by (apply N.div_lt_upper_bound; lia). rewrite slot_bits by exact Hs.
    apply N.div_mod. discriminate. }
  rewrite L by exact Hk. destruct (link_word_is q k Hq Hk) as (B0&B1&Bp&Bk). rewrite B0, B1, Bp, Bk. cbn [andb negb].
  rewrite land_255. assert (k * 256 + v mod 256 = v mod 1024) as ->.
  { change 1024 with (256 * 4). rewrite N.mod_mul_r by discriminate. unfold k. lia. }
  destruct A as [Hw Ef E1 E5 Ew Ex]. rewrite E1. destruct (e_present e); [|reflexivity].
  unfold is_writable, is_executable in *. change present_bit with (2 ^ 1) in *. change read_only_bit with (2 ^ 9) in *.
  change never_execute_bit with (2 ^ 0) in *. rewrite !has_bit, E1 in Ew, Ex. cbn [andb] in Ew, Ex.
  now rewrite Ef, E5, Ew, Ex.
Qed.

(** What [write_link] writes are the words of a link, and [read_link] reads them as the entry that was given. *)
Theorem armv7_write_link p v q c : p < frames -> v < 262144 -> q < 1048576 ->
  exists c', write_link p v (link_entry q) c = Some (tt, c')
    /\ (forall k, k < 4 -> words c' p (link_place v + k) = link_words q k)
    /\ read_link p v c' = Some (link_entry q, c').
Proof.
  intros Hp Hv Hq. assert (link_place v + 3 < 1024) as Hl.
  { unfold link_place. rewrite N.shiftr_div_pow2. change (2 ^ 8) with 256.
    assert (v / 256 < 1024) as Hs by (apply N.div_lt_upper_bound; lia). rewrite slot_bits by exact Hs.
    pose proof (N.mul_div_le (v / 256) 4 ltac:(discriminate)).
    assert (v / 256 / 4 < 256) by (apply N.div_lt_upper_bound; lia). lia. }
  destruct (armv7_link_entry q Hq) as [_ Ef E1 _ _ _]. unfold write_link.
  change present_bit with (2 ^ 1). rewrite has_bit, E1, Ef. cbn [Primitives.link_entry e_present e_frame].
  rewrite address_is by exact Hq. change (times 2 1024) with 2048. change (times 3 1024) with 3072.
  rewrite (plus_is (q * 4096)) by lia. rewrite !(plus_is (q * 4096 + 1)) by lia.
  assert (forall i w d, i < 1024 -> w < word_limit ->
    wwrite p i w d = Some (tt, WState (set_word (words d) p i w) (saved d) (running d) (loaded_root d))) as W.
  { intros i w d Hi Hw. unfold wwrite.
    now rewrite (proj2 (N.ltb_lt _ _) Hp), (proj2 (N.ltb_lt _ _) Hi), (proj2 (N.ltb_lt _ _) Hw). }
  unfold wbind. rewrite !W by (unfold word_limit; lia). cbn [words saved running loaded_root].
  eexists. split; [reflexivity|]. cbn [words]. unfold set_word.
  assert (forall k, k < 4 -> (if (p =? p) && (link_place v + k =? link_place v + 3) then q * 4096 + 1 + 3072
    else if (p =? p) && (link_place v + k =? link_place v + 2) then q * 4096 + 1 + 2048
    else if (p =? p) && (link_place v + k =? link_place v + 1) then q * 4096 + 1 + 1024
    else if (p =? p) && (link_place v + k =? link_place v) then q * 4096 + 1
    else words c p (link_place v + k)) = link_words q k) as Four.
  { intros k Hk. rewrite N.eqb_refl. cbn [andb]. unfold link_words.
    repeat match goal with |- context [?a =? ?b] => destruct (N.eqb_spec a b) end; lia. }
  split; [exact Four|]. unfold read_link, wbind, wread, wret. cbn [words].
  rewrite (proj2 (N.ltb_lt _ _) Hp), (proj2 (N.ltb_lt (link_place v) 1024)) by lia. cbn [andb].
  specialize (Four 0 eq_refl). rewrite N.add_0_r in Four. rewrite Four.
  destruct (link_word_is q 0 Hq eq_refl) as (_&_&Bp&_). unfold entry_of_link, link_entry. rewrite Bp.
  assert (N.land (link_words q 0) 1 = 1) as ->; [|reflexivity].
  change 1 with (N.ones 1) at 1. rewrite N.land_ones. unfold link_words. change (2 ^ 1) with 2.
  replace (q * 4096 + 0 * 1024 + 1) with (1 + q * 2048 * 2) by lia. now rewrite N.mod_add.
Qed.
