(* SPDX-License-Identifier: Apache-2.0 *)
(** * Contexts: registers saved to and loaded from user data

    What is saved goes to pages that the partition in question may write, and nowhere else; whatever words stand in a
    context are loaded. *)
From Pip.Isolation Require Export Step.
From Pip.Services Require Export Context.

Section Contexts.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i j o x : N) (k : kind) (n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** From [V] to [V'] only user data changed, and only in pages that [P] holds of. *)
Definition stored (P : N -> Prop) V V' : Prop := exists data, (forall p, data p = v_data V p \/ P p)
  /\ V' = View (v_table V) (v_entry V) (v_gift V) (v_origin V) (v_parent V) (v_vsti V) (v_list V) (v_note V) data.

Lemma stored_refl (P : N -> Prop) V : stored P V V.
Proof. exists (v_data V). split; [by left|by destruct V]. Qed.

Lemma stored_page (P : N -> Prop) V V' p f : stored P V V' -> P p -> stored P V (with_data p f V').
Proof.
  intros (d&Hd&->) W. eexists. split; [|reflexivity]. intros q. cbn. destruct (decide (q = p)) as [->|Hq]; [by right|].
  by rewrite update_ne.
Qed.

Lemma inv_stored ρ P V V' : stored P V V' -> inv ρ V -> inv ρ V'.
Proof. intros (d&_&->) []. by split. Qed.

Lemma inv_with_vsti ρ V c b : inv ρ V -> inv ρ (with_vsti c b V).
Proof. intros []. by split. Qed.

Lemma stored_with_byte (P : N -> Prop) V V' p q o b : P p -> P q -> stored P V V' -> stored P V (with_byte p q o b V').
Proof. intros Hp Hq S. apply stored_page; [exact S|]. unfold page_at. by case_match. Qed.

Lemma stored_saved (P : N -> Prop) V z r : P (context_first z) -> P (context_second z) -> stored P V (saved z r V).
Proof.
  destruct z as [c p q o]. cbn. intros Hp Hq. case_match; [by apply stored_page; [apply stored_refl|]|].
  generalize context_words. intros x.
  induction x as [|x IH] using N.peano_ind; [rewrite N.recursion_0; apply stored_refl|].
  rewrite (N.recursion_succ eq) by (done || by intros ? ? -> ? ? ->). by repeat apply stored_with_byte.
Qed.

(** ** Bytes *)
Lemma word_in_page o : o mod page_bytes / 4 < 1024.
Proof.
  apply N.div_lt_upper_bound; [done|]. pose proof (N.mod_lt o page_bytes ltac:(done)). unfold page_bytes in *. lia.
Qed.

Lemma half_data ρ p q o : ρ p = UserPage -> ρ q = UserPage -> ρ (page_at p q o) = UserPage.
Proof. intros. unfold page_at. by case_match. Qed.

Lemma gets_read_bytes ρ V s p q o : rep ρ V (mem s) -> ρ p = UserPage -> ρ q = UserPage ->
  gets (read_bytes p q o) s (word_at V p q o).
Proof.
  intros R Ep Eq. assert (forall o, gets (read_byte p q o) s (byte_at V p q o)) as X.
  { intros o'. eapply gets_bind; [|apply gets_ret]. eapply gets_read_word; [exact R| |apply word_in_page].
    by apply half_data. }
  do 4 (eapply gets_bind; [apply X|]). apply gets_ret.
Qed.

Lemma wp_write_bytes ρ V m x r t p q o w (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage ->
  ρ q = UserPage -> (forall m', rep ρ (with_word p q o w V) m' -> Q tt (State m' x r t)) ->
  wp (write_bytes p q o w) Q (State m x r t).
Proof.
  intros R Ep Eq HQ.
  assert (forall V m o b (Q : unit -> state -> Prop), rep ρ V m -> (forall m', rep ρ (with_byte p q o b V) m' -> Q tt
    (State m' x r t)) -> wp (write_byte p q o b) Q (State m x r t)) as X.
  { intros V0 m0 o0 b Q0 R0 HQ0. pose proof (half_data ρ p q o0 Ep Eq) as Eh. apply wp_bind.
    eapply wp_gets; [eapply gets_read_word; [exact R0|exact Eh|apply word_in_page]|].
    eapply wp_write_word; [exact R0|exact Eh|apply word_in_page|exact HQ0]. }
  unfold write_bytes. do 3 (apply wp_bind; eapply X; [exact R|]; clear R; intros ? R). eapply X; [exact R|exact HQ].
Qed.

(** ** Registers *)
Lemma wp_load_slowly ρ V m x t p q o (Q : unit -> state -> Prop) fuel : rep ρ V m -> ρ p = UserPage -> ρ q = UserPage ->
  forall i r, i + N.of_nat fuel = context_words -> (forall j, j < i -> r j = word_at V p q (o + 4 * j)) ->
  (forall r', (forall j, j < context_words -> r' j = word_at V p q (o + 4 * j)) -> Q tt (State m x r' t)) ->
  wp (load_slowly fuel p q o i) Q (State m x r t).
Proof.
  intros R Ep Eq. induction fuel as [|fuel IH]; intros i r Hi Hr HQ; cbn [load_slowly].
  { apply wp_ret, HQ. intros j Hj. apply Hr. lia. }
  apply wp_bind. unfold load_register. apply wp_bind. eapply wp_gets; [by eapply gets_read_bytes; [exact R|..]|].
  apply wp_write_register; [lia|]. cbn [mem current registers tlb]. apply wp_bind, wp_next_register; [lia|].
  apply IH; [lia| |exact HQ]. intros j Hj. destruct (decide (j = i)) as [->|]; [by rewrite update_eq|].
  rewrite update_ne by done. apply Hr. lia.
Qed.

Lemma wp_store_slowly ρ V0 p q o x r t (Q : unit -> state -> Prop) fuel : ρ p = UserPage -> ρ q = UserPage ->
  let V i := N.recursion V0 (fun i => with_word p q (o + 4 * i) (r i)) i in
  (forall m', rep ρ (V context_words) m' -> Q tt (State m' x r t)) ->
  forall i m, i + N.of_nat fuel = context_words -> rep ρ (V i) m -> wp (store_slowly fuel p q o i) Q (State m x r t).
Proof.
  intros Ep Eq V HQ. induction fuel as [|fuel IH]; intros i m Hi R; cbn [store_slowly].
  - apply wp_ret, HQ. by replace context_words with i by lia.
  - apply wp_bind. unfold store_register. apply wp_bind, wp_read_register; [lia|].
    eapply wp_write_bytes; [exact R|done..|]. intros m1 R1. apply wp_bind, wp_next_register; [lia|]. apply IH; [lia|].
    unfold V. rewrite N.add_1_r. by rewrite (N.recursion_succ eq) by (done || by intros ? ? -> ? ? ->).
Qed.

(** The pages of a context are user data of a partition. *)
Record loadable ρ (z : context) : Prop := {
  load_partition : is_partition ρ (context_partition z);
  load_first : ρ (context_first z) = UserPage;
  load_second : ρ (context_second z) = UserPage;
}.

(** Saving. *)
Lemma wp_save ρ V m x r t z w (Q : unit -> state -> Prop) : rep ρ V m -> loadable ρ z ->
  (forall m', rep ρ (saved z (marked r w) V) m' -> Q tt (State m' x (marked r w) t)) ->
  wp (save z w) Q (State m x r t).
Proof.
  intros R [_ E1 E2] HQ. unfold save.
  do 2 (apply wp_bind, wp_write_register; [apply context_flags_lt || apply context_valid_lt|]; cbn [mem current
    registers tlb]). change (update (update r pipflags_register w) valid_register valid_mark) with (marked r w).
  destruct z as [c p q o]. cbn [context_offset context_first context_second saved] in *.
  destruct (is_plain_offset o) eqn:Ho.
  - unfold store_registers. rewrite Ho. apply wp_bind, wp_get. cbn. rewrite (user_data _ _ _ _ R E1). apply wp_done.
    eexists _, _. split; [done|]. by apply HQ, rep_with_data.
  - eapply (wp_store_slowly ρ V); [done|done|exact HQ| |by rewrite N.recursion_0]. unfold context_fuel.
    by rewrite N2Nat.id.
Qed.

(** Resuming makes the context's partition the running one, whatever the context holds. *)
Lemma wp_resume ρ V m x r t z (Q : unit -> state -> Prop) : rep ρ V m -> loadable ρ z ->
  (forall m' r' t', rep ρ (resumed z V) m' -> (forall v, t' v = v_entry V (context_partition z) v) ->
     (forall i, i < context_words -> r' i = saved_register V z i) -> Q tt (State m' (context_partition z) r' t')) ->
  wp (resume z) Q (State m x r t).
Proof.
  intros R [Pz E1 E2] HQ. unfold resume. apply wp_bind.
  assert (forall r', (forall i, i < context_words -> r' i = saved_register V z i) -> wp (let! flags := read_register
    pipflags_register in (set_interrupt_state (context_partition z) (wants_interrupts flags) ;; switch_to
    (context_partition z))%monad) Q (State m x r' t)) as X.
  { intros r' Hr. apply wp_bind, wp_read_register; [apply context_flags_lt|]. cbn [registers]. apply wp_bind.
    unfold pipflags_register. rewrite Hr by apply context_flags_lt. eapply wp_set_interrupt_state; [exact R|exact Pz|].
    intros m' R'. eapply wp_switch_to; [exact R'|exact Pz|]. intros t' T'. by eapply HQ. }
  destruct z as [c p q o]. cbn [context_partition context_offset context_first context_second saved_register] in *.
  destruct (is_plain_offset o) eqn:Ho.
  - unfold load_registers. rewrite Ho. apply wp_bind, wp_get. cbn. rewrite (user_data _ _ _ _ R E1). apply wp_done.
    eexists _, _. split; [done|]. apply X. intros i Hi. unfold copy_in. by rewrite (proj2 (N.ltb_lt _ _) Hi).
  - eapply wp_load_slowly; [exact R|done|done| |unfold first_index; intros; lia|exact X].
    unfold first_index, context_fuel. by rewrite N2Nat.id.
Qed.

(** ** Where contexts are *)
Context (ρ : N -> role) (V : view) (s : state) (R : rep ρ V (mem s)) (I : inv ρ V).

(** Reading and writing look up a context in the same way; they differ in what [get] finds of a page. *)
Lemma gets_context (get : page -> vaddr -> K page) (may : N -> bool) c a :
  (forall v, gets (get c v) s (if may v then pg V c v else 0)) -> (forall v, may v = true -> pg V c v <> 0) ->
  gets (if word_eq a zero then ret (no_context c) else let! p := get c (page_number a) in
    if page_eq p no_page then ret (no_context c) else
    if in_one_page a then ret (UserContext c p p (page_offset a)) else
    if negb (context_fits a) then ret (no_context c) else
    let! q := get c (page_number (context_end a)) in
    if page_eq q no_page then ret (no_context c) else
    ret (UserContext c p q (page_offset a)))%monad s (if all_of_context may a then context_at V c a else no_context c).
Proof.
  intros G D. unfold all_of_context, context_at. open_tests.
  destruct (a =? 0); cbn [negb andb]; [apply gets_ret|]. eapply gets_bind; [apply G|].
  pose proof (D (page_number a)) as D1.
  destruct (may (page_number a)); cbn [andb]; [|rewrite N.eqb_refl; apply gets_ret].
  rewrite (proj2 (N.eqb_neq _ _) (D1 eq_refl)). destruct (in_one_page a); cbn [orb]; [apply gets_ret|].
  destruct (context_fits a); cbn [negb andb]; [|apply gets_ret]. eapply gets_bind; [apply G|].
  pose proof (D (page_number (context_end a))) as D2.
  destruct (may (page_number (context_end a))); [|rewrite N.eqb_refl; apply gets_ret].
  rewrite (proj2 (N.eqb_neq _ _) (D2 eq_refl)). apply gets_ret.
Qed.

Lemma gets_readable_context c a : is_partition ρ c -> gets (readable_context c a) s
  (if all_of_context (may_read V c) a then context_at V c a else no_context c).
Proof.
  intros Pc. apply (gets_context readable_page); [by intros; eapply gets_readable_page|]. intros v M.
  by eapply readable_data.
Qed.

Lemma gets_writable_context c a : is_partition ρ c -> gets (writable_context c a) s
  (if all_of_context (may_write V c) a then context_at V c a else no_context c).
Proof.
  intros Pc. apply (gets_context writable_page); [by intros; eapply gets_writable_page|]. intros v M.
  eapply readable_data; [exact R|exact I|by apply writable_readable].
Qed.

Lemma context_loadable c a may : is_partition ρ c -> (forall v, may v = true -> may_read V c v = true) ->
  all_of_context may a = true -> loadable ρ (context_at V c a) /\ context_first (context_at V c a) <> 0.
Proof.
  intros Pc Hm [_ [M1 M2]%andb_true_iff]%andb_true_iff. apply Hm in M1.
  destruct (readable_data _ _ _ _ _ R I M1) as [E Z]. split; [|exact Z]. split; [exact Pc|exact E|]. cbn.
  destruct (in_one_page a); [exact E|]. apply andb_true_iff in M2 as [_ M2]. by eapply readable_data, Hm.
Qed.

(** The slots of a VIDT. *)
Lemma gets_vidt_slot c i : may_read V c vidt_page = true -> i < 1024 ->
  gets (read_word (pg V c vidt_page) i) s (vidt_slot V c i).
Proof. intros M Hi. eapply gets_read_word; [exact R|by eapply readable_data|exact Hi]. Qed.

Lemma gets_handler_context c vector : is_partition ρ c -> may_read V c vidt_page = true ->
  gets (handler_context c (pg V c vidt_page) vector) s
    (let a := vidt_word V c vector in
     if all_of_context (may_read V c) a then context_at V c a else no_context c).
Proof.
  intros Pc M. eapply gets_bind; [apply gets_vidt_slot; [exact M|by apply (N.mod_lt vector 1024)]|].
  by apply gets_readable_context.
Qed.

End Contexts.
