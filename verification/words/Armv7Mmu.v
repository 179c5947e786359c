(* SPDX-License-Identifier: Apache-2.0 *)
(** * ARMv7: the processor's walk on words

    ARM DDI 0406C: section B3.5 with TTBCR.N = 2, section B3.7.1 with SCTLR.AFE = 1.  Above user space, which is the
    first GiB, the processor uses the kernel's own table, [above]: the kernel looks at boot whether it is closed to user
    mode (pipcore/arch/armv7/kernel_table.h). *)
From Coq Require Import List Bool NArith Lia.
From Pip.Model Require Import Primitives.
From Pip.Words Require Import Words WordMachine Bits Pure Armv7 Armv7Entries Mmu.
Local Open Scope N_scope.
#[local] Existing Instance armv7.

Section Armv7.
Variable above : N -> option translation.
Hypothesis H_above : forall linear t, above linear = Some t -> t_user t = false.

(** First-level entry va[29:20] of the table in TTBR0; bits 1 and 0 are 01: a second-level table at bits 31 to 10, of
    which entry va[19:12] is a small page when bit 1 is set: bit 5 is AP[1], user mode; bit 9 AP[2], no writing; bit 0
    XN; bit 11 nG.  A section (bit 1 of the first) or a large page (bits 1, 0 of the second are 01) is not followed
    here: the kernel writes no such word. *)
Definition armv7_translate (f : N -> N -> N) (root linear : N) : option translation :=
  if 1073741824 <=? linear then above linear else
  let first := f (page_of root) (N.shiftr linear 20) in
  if N.testbit first 0 && negb (N.testbit first 1) then
    let second := f (page_of first) (N.land (N.shiftr first 10) 3 * 256 + N.land (N.shiftr linear 12) 255) in
    if N.testbit second 1
    then Some (Translation (page_of second) (N.testbit second 5) (negb (N.testbit second 9))
                (negb (N.testbit second 0)) (negb (N.testbit second 11)))
    else None
  else None.

(** Which of the four words the walk meets, and where it goes on. *)
Lemma armv7_places linear : page_of linear < 262144 -> exists k, k < 4
  /\ N.shiftr linear 20 = N.land (N.shiftr (page_of linear) 8) 1020 + k
  /\ k * 256 + N.land (N.shiftr linear 12) 255 = page_of linear mod 1024.
Proof.
  intros Hv. change (N.shiftr linear 12) with (page_of linear).
  assert (N.shiftr linear 20 = page_of linear / 256) as ->.
  { rewrite page_of_div, N.shiftr_div_pow2, N.div_div by discriminate. reflexivity. }
  set (v := page_of linear) in *. exists (v / 256 mod 4). split; [now apply N.mod_lt|]. split.
  - rewrite N.shiftr_div_pow2. change (2 ^ 8) with 256.
    rewrite slot_bits by (apply N.div_lt_upper_bound; [discriminate|lia]). now apply N.div_mod.
  - rewrite land_255. change 1024 with (256 * 4). rewrite N.mod_mul_r by discriminate. lia.
Qed.

Lemma first_gib linear : page_of linear < 262144 -> (1073741824 <=? linear) = false.
Proof.
  rewrite page_of_div. intros H. apply N.leb_gt. pose proof (N.div_mod linear 4096 ltac:(discriminate)) as D.
  pose proof (N.mod_lt linear 4096 ltac:(discriminate)) as M.
  generalize dependent (linear mod 4096). generalize dependent (linear / 4096). intros. lia.
Qed.

Lemma armv7_through f root linear q e : page_of linear < 262144 -> q < 1048576 ->
  (forall k, k < 4 -> f (page_of root) (N.land (N.shiftr (page_of linear) 8) 1020 + k) = link_to q k) ->
  armv7_entry_word e (f q (page_of linear mod 1024)) ->
  armv7_translate f root linear =
    if e_present e
    then Some (Translation (e_frame e) (e_user e) (e_write e) (e_execute e)
                 (negb (N.testbit (f q (page_of linear mod 1024)) 11)))
    else None.
Proof.
  intros Hv Hq L X. unfold armv7_translate. rewrite first_gib by exact Hv.
  destruct (armv7_places linear Hv) as (k&Hk&->&E). rewrite L by exact Hk.
  destruct (link_word_is q k Hq Hk) as (_&B0&B1&Bp&Bk). rewrite B0, B1, Bp, Bk, E. cbn [andb negb].
  destruct X as [_ Ef E1 E5 Ew Ex]. rewrite E1. destruct (e_present e); [|reflexivity].
  unfold may_write, may_execute in *. change (has 2) with (has (2 ^ 1)) in *. change (has 512) with (has (2 ^ 9)) in *.
  change (has 1) with (has (2 ^ 0)) in *. rewrite !has_bit, E1 in Ew, Ex. cbn [andb] in Ew, Ex.
  now rewrite Ef, E5, Ew, Ex.
Qed.

(** The processor writes nothing to tables: with SCTLR.AFE the access flag is software's on these processors, and there
    is no dirty bit. *)
#[global] Instance armv7_processor : Processor (A := armv7) (E := armv7_encoding).
Proof.
  refine {| translate := armv7_translate; executes := fun x => x;
    is_global := fun w => negb (N.testbit w 11); mark := fun _ _ => False |}; try easy.
  - intros f root linear up e Hl U%N.ltb_lt L P W X. cbn -[link_to N.land N.shiftr] in W. rewrite P in W.
    apply (armv7_through f root linear (e_frame up)); [exact U|apply (W 0 eq_refl)|intros k Hk; now apply W|exact X].
  - intros f root linear up Hl U%N.ltb_lt L P W. cbn -[link_to N.land N.shiftr] in W. rewrite P in W.
    unfold armv7_translate. rewrite first_gib by exact U. destruct (armv7_places linear U) as (k&Hk&->&_).
    now rewrite W by exact Hk.
  - intros f root linear directory t Hl U%N.ltb_ge _ _ H. unfold armv7_translate in H.
    assert (1073741824 <= linear) as Hg.
    { rewrite page_of_div in U. pose proof (N.mul_div_le linear 4096 ltac:(discriminate)).
      generalize dependent (linear / 4096). intros. lia. }
    rewrite (proj2 (N.leb_le _ _) Hg) in H. eapply H_above, H.
Defined.
End Armv7.
