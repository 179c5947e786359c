(* SPDX-License-Identifier: Apache-2.0 *)
(** * x86: 32-bit paging on words (Intel SDM volume 3A, sections 4.3, 4.6 and 4.8) *)
From Coq Require Import List Bool NArith Lia.
From Pip.Model Require Import Machines Primitives.
From Pip.Words Require Import Words WordMachine Bits Pure X86 X86Entries Mmu.
Local Open Scope N_scope.
#[local] Existing Instance x86.

(** Section 4.3 (the walk, tables 4-4 to 4-6), section 4.6 (rights of user mode).  Bits of an entry: 0 present, 1
    read/write, 2 user/supervisor, 7 page size (in the upper table, if CR4.PSE), 8 global (if CR4.PGE).  Access by user
    mode needs bit 2 in both tables, a write bit 1 in both.  There is no bit against execution: what user mode may read,
    it may execute. *)
Definition x86_translate (f : N -> N -> N) (root linear : N) : option translation :=
  let upper := f (page_of root) (N.shiftr linear 22) in
  let user := N.testbit upper 2 in
  let write := N.testbit upper 1 in
  if N.testbit upper 0 then
    if N.testbit upper 7
    then Some (Translation (page_of upper / 1024 * 1024 + N.shiftr linear 12 mod 1024) user write true
                 (N.testbit upper 8))
    else
      let lower := f (page_of upper) (N.shiftr linear 12 mod 1024) in
      if N.testbit lower 0
      then Some (Translation (page_of lower) (user && N.testbit lower 2) (write && N.testbit lower 1) true
                   (N.testbit lower 8))
      else None
  else None.

(** In an entry that it meets, the processor sets bits 5 and 6, accessed and dirty (section 4.8). *)
Definition x86_mark (w w' : N) : Prop := exists b, (b = 32 \/ b = 64 \/ b = 96) /\ w' = N.lor w b.

Lemma x86_marked e w w' : x86_entry_word e w -> x86_mark w w' -> x86_entry_word e w'.
Proof.
  intros H (b&Hb&->). assert (N.shiftr b 12 = 0 /\ b < 4294967296
    /\ forall k, k <> 5 -> k <> 6 -> N.testbit b k = false) as (Hs&Hl&Hk).
  { split; [|split]; try (destruct Hb as [->|[->| ->]]; reflexivity). intros k H5 H6.
    destruct Hb as [->|[->| ->]]; [apply (N.pow2_bits_false 5); lia|apply (N.pow2_bits_false 6); lia|].
    change 96 with (N.lor (2 ^ 5) (2 ^ 6)). now rewrite N.lor_spec, !N.pow2_bits_false by lia. }
  destruct H as [Ew Ef E0 E1 E2 E9 (Z3&Z4&Z7&Z8)].
  constructor; rewrite ?N.lor_spec, ?Hk, ?orb_false_r by discriminate; auto.
  - now apply lor_word.
  - unfold page_of in *. now rewrite N.shiftr_lor, Hs, N.lor_0_r.
Qed.

Lemma x86_kernel_marked d w w' : N.lor w 96 = N.lor d 96 -> x86_mark w w' -> N.lor w' 96 = N.lor d 96.
Proof. intros E (b&Hb&->). rewrite <- N.lor_assoc. now destruct Hb as [->|[->| ->]]. Qed.

Lemma place_of linear :
  N.shiftr linear 22 = page_of linear / 1024 /\ N.shiftr linear 12 mod 1024 = page_of linear mod 1024.
Proof.
  unfold page_of. split; [|reflexivity]. rewrite !N.shiftr_div_pow2, N.div_div by discriminate. reflexivity.
Qed.

(** With the link writable and open to user mode, all rights are the entry's. *)
Lemma x86_through f root linear up e : is_link up = true -> e_present up = true ->
  x86_entry_word up (f (page_of root) (page_of linear / 1024)) ->
  x86_entry_word e (f (e_frame up) (page_of linear mod 1024)) ->
  x86_translate f root linear =
    if e_present e
    then Some (Translation (e_frame e) (e_user e) (e_write e) true
                 (N.testbit (f (e_frame up) (page_of linear mod 1024)) 8))
    else None.
Proof.
  intros L P U X. unfold x86_translate. destruct (place_of linear) as [-> ->].
  destruct U as [_ Uf U0 U1 U2 _ (_&_&Z7&_)]. rewrite U0, U1, U2, Z7, P, Uf. unfold is_link in L. rewrite P in L.
  apply andb_prop in L as [[-> ->]%andb_prop _]. cbn [andb].
  destruct X as [_ Ef E0 E1 E2 _ _]. now rewrite E0, Ef, E1, E2.
Qed.

Lemma first_link (f : N -> N -> N) root v up : (forall k, k < 1 -> x86_entry_word up (f root (N.shiftr v 10 + k))) ->
  x86_entry_word up (f root (v / 1024)).
Proof. intros W. specialize (W 0 eq_refl). rewrite N.add_0_r, N.shiftr_div_pow2 in W. exact W. Qed.

#[global] Instance x86_processor : Processor (A := x86) (E := x86_encoding).
Proof.
  refine {| translate := x86_translate; executes := fun _ => true; is_global := fun w => N.testbit w 8;
    mark := x86_mark |}.
  - intros f root linear up e Hl U L P W X. eapply x86_through; [exact L|exact P| |exact X].
    now apply first_link.
  - intros f root linear up Hl U L P W. unfold x86_translate. destruct (place_of linear) as [-> _].
    rewrite (X_present _ _ (first_link _ _ _ _ W)), P. reflexivity.
  - intros f root linear directory t Hl U C K H. unfold x86_translate in H. destruct (place_of linear) as [E _].
    rewrite E in H. set (i := page_of linear / 1024) in *.
    assert (page_of linear < 1048576) as Hv by (apply page_of_fits; exact Hl).
    assert (i < 1024) as Hi by (apply N.div_lt_upper_bound; [discriminate|exact Hv]).
    assert (x86_kernel_slot i = true) as Ki.
    { cbn in U. rewrite (user_page_is 0 0) in U by exact Hv. unfold is_user_page in U.
      apply andb_false_iff in U as [U|U%negb_false_iff].
      - change ((page_of linear / 1024 / 1024 =? 0) = false) in U. fold i in U.
        rewrite (N.div_small i) in U by exact Hi. discriminate U.
      - change (x86_kernel_slot (i mod 1024) = true) in U. now rewrite N.mod_small in U by exact Hi. }
    specialize (K i Hi Ki). change (N.lor (f (page_of root) (1 * i)) 96 = N.lor (directory (1 * i)) 96) in K.
    rewrite N.mul_1_l in K. set (upper := f (page_of root) i) in *. assert (N.testbit upper 2 = false) as Z.
    { specialize (C i). apply (f_equal (fun w => N.testbit w 2)) in K. rewrite !N.lor_spec, C in K.
      change (N.testbit 96 2) with false in K. now rewrite !orb_false_r in K. }
    rewrite Z in H. destruct (N.testbit upper 0); [|discriminate H]. destruct (N.testbit upper 7).
    + now injection H as <-.
    + destruct (N.testbit (f (page_of upper) _) 0); [now injection H as <-|discriminate H].
  - exact x86_marked.
  - intros e k. exact (x86_marked e).
  - exact x86_kernel_marked.
Defined.
