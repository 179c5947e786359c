(* SPDX-License-Identifier: Apache-2.0 *)
(** * Contexts: saving and loading registers touches nothing but user data

    What a service stores goes to pages that the partition in question could write itself ([stored]);
    what it loads may be
    any words at all. *)
From Pip.Isolation Require Export Specification Step.
From Pip.Services Require Export Context.

Section Contexts.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i o : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

Lemma stored_refl c V : stored c V V.
Proof. exists (v_data V). split; [by destruct V|by left]. Qed.

Lemma stored_trans c V V1 V2 : stored c V V1 -> stored c V1 V2 -> stored c V V2.
Proof.
  intros (d&->&Hd) (d'&->&Hd'). exists d'. split; [done|]. intros p. destruct (Hd' p) as [E|W]; [|by right].
  rewrite E. apply Hd.
Qed.

Lemma stored_page c V p f : may_write V c p -> stored c V (with_data p f V).
Proof.
  intros W. eexists. split; [reflexivity|]. intros q. destruct (decide (q = p)) as [->|Hq]; [by right|].
  left. by rewrite update_ne.
Qed.

Lemma stored_may_write c V V' p : stored c V V' -> may_write V c p -> may_write V' c p.
Proof. by intros (d&->&_). Qed.

Lemma inv_new_data ρ V d : inv ρ V -> inv ρ (new_data d V).
Proof. intros []. by split. Qed.

Lemma inv_stored ρ c V V' : stored c V V' -> inv ρ V -> inv ρ V'.
Proof. intros (d&->&_). apply inv_new_data. Qed.

Lemma inv_with_vsti ρ V c b : inv ρ V -> inv ρ (with_vsti c b V).
Proof. intros []. by split. Qed.

(** ** Bytes *)
Lemma word_in_page o : o mod page_bytes / 4 < 1024.
Proof.
  apply N.div_lt_upper_bound; [done|]. pose proof (N.mod_lt o page_bytes ltac:(done)). unfold page_bytes in *. lia.
Qed.

Lemma wp_read_byte ρ V m x r t p q o (Q : word -> state -> Prop) : rep ρ V m -> ρ p = UserPage -> ρ q = UserPage ->
  (forall b, Q b (State m x r t)) -> wp (read_byte p q o) Q (State m x r t).
Proof.
  intros R Ep Eq HQ. unfold read_byte. cbv zeta. apply wp_bind.
  eapply wp_read_word; [exact R|by case_match|apply word_in_page|]. by apply wp_ret.
Qed.

Lemma wp_write_byte ρ V m x r t c p q o w (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage ->
  ρ q = UserPage -> may_write V c p -> may_write V c q ->
  (forall m' V', rep ρ V' m' -> stored c V V' -> Q tt (State m' x r t)) ->
  wp (write_byte p q o w) Q (State m x r t).
Proof.
  intros R Ep Eq Wp Wq HQ. unfold write_byte. cbv zeta. apply wp_bind.
  set (z := if o <? page_bytes then p else q).
  assert (ρ z = UserPage /\ may_write V c z) as [Ez Wz] by (unfold z; by case_match).
  eapply wp_read_word; [exact R|done|apply word_in_page|].
  eapply wp_write_word; [exact R|done|apply word_in_page|]. intros m' R' _. eapply HQ; [exact R'|].
  by apply stored_page.
Qed.

Lemma wp_read_bytes ρ V m x r t p q o (Q : word -> state -> Prop) : rep ρ V m -> ρ p = UserPage -> ρ q = UserPage ->
  (forall b, Q b (State m x r t)) -> wp (read_bytes p q o) Q (State m x r t).
Proof.
  intros R Ep Eq HQ. unfold read_bytes.
  do 4 (apply wp_bind; eapply wp_read_byte; [exact R|done..|intros ?]). by apply wp_ret.
Qed.

Lemma wp_write_bytes ρ V m x r t c p q o w (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage ->
  ρ q = UserPage -> may_write V c p -> may_write V c q ->
  (forall m' V', rep ρ V' m' -> stored c V V' -> Q tt (State m' x r t)) ->
  wp (write_bytes p q o w) Q (State m x r t).
Proof.
  intros R Ep Eq Wp Wq HQ. unfold write_bytes. apply wp_bind.
  eapply wp_write_byte; [exact R|done..|intros m1 V1 R1 S1]. apply wp_bind.
  eapply wp_write_byte; [exact R1|done|done|by eapply stored_may_write..|intros m2 V2 R2 S2].
  pose proof (stored_trans _ _ _ _ S1 S2) as S3. apply wp_bind.
  eapply wp_write_byte; [exact R2|done|done|by eapply stored_may_write..|intros m3 V3 R3 S4].
  pose proof (stored_trans _ _ _ _ S3 S4) as S5.
  eapply wp_write_byte; [exact R3|done|done|by eapply stored_may_write..|intros m4 V4 R4 S6].
  eapply HQ; [exact R4|]. by eapply stored_trans.
Qed.

(** ** Registers one by one *)
Lemma context_fuel_fits : first_index + N.of_nat context_fuel <= context_words.
Proof. unfold context_fuel. rewrite N2Nat.id. done. Qed.

Lemma wp_load_slowly ρ V m x t p q o fuel i (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage ->
  ρ q = UserPage -> i + N.of_nat fuel <= context_words -> (forall r', Q tt (State m x r' t)) ->
  forall r, wp (load_slowly fuel p q o i) Q (State m x r t).
Proof.
  intros R Ep Eq. revert i. induction fuel as [|fuel IH]; intros i Hi HQ r; cbn [load_slowly]; [by apply wp_ret|].
  apply wp_bind. unfold load_register. apply wp_bind. eapply wp_read_bytes; [exact R|done..|intros w].
  apply wp_write_register; [lia|]. cbn [mem current registers tlb]. apply wp_bind, wp_next_register; [lia|].
  apply IH; [lia|done].
Qed.

Lemma wp_store_slowly ρ c p q o fuel x r t (Q : unit -> state -> Prop) : ρ p = UserPage -> ρ q = UserPage ->
  forall i V m, i + N.of_nat fuel <= context_words -> rep ρ V m -> may_write V c p -> may_write V c q ->
  (forall m' V', rep ρ V' m' -> stored c V V' -> Q tt (State m' x r t)) ->
  wp (store_slowly fuel p q o i) Q (State m x r t).
Proof.
  intros Ep Eq. induction fuel as [|fuel IH]; intros i V m Hi R Wp Wq HQ; cbn [store_slowly].
  - apply wp_ret. eapply HQ; [done|apply stored_refl].
  - apply wp_bind. unfold store_register. apply wp_bind, wp_read_register; [lia|].
    eapply wp_write_bytes; [exact R|done|done|exact Wp|exact Wq|intros m1 V1 R1 S1].
    apply wp_bind, wp_next_register; [lia|].
    eapply IH; [lia|exact R1|by eapply stored_may_write..|]. intros m2 V2 R2 S2. eapply HQ; [done|].
    by eapply stored_trans.
Qed.

(** ** Registers all at once *)
Lemma wp_load_registers ρ V m x r t p o (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage ->
  is_plain_offset o = true -> (forall r', Q tt (State m x r' t)) -> wp (load_registers p o) Q (State m x r t).
Proof.
  intros R Ep Ho HQ. unfold load_registers. rewrite Ho. apply wp_bind, wp_get. cbn.
  rewrite (user_data _ _ _ _ R Ep). Transparent wp. unfold wp. Opaque wp. cbn. auto.
Qed.

Lemma wp_store_registers ρ V m x r t c p o (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage ->
  may_write V c p -> is_plain_offset o = true ->
  (forall m' V', rep ρ V' m' -> stored c V V' -> Q tt (State m' x r t)) ->
  wp (store_registers p o) Q (State m x r t).
Proof.
  intros R Ep Wp Ho HQ. unfold store_registers. rewrite Ho. apply wp_bind, wp_get. cbn.
  rewrite (user_data _ _ _ _ R Ep). Transparent wp. unfold wp. Opaque wp. cbn.
  eapply HQ; [by apply rep_with_data|]. by apply stored_page.
Qed.

(** ** Contexts *)

(** The pages of a context are user data of a partition. *)
Record loadable ρ (x : context) : Prop := {
  load_partition : is_partition ρ (context_partition x);
  load_first : ρ (context_first x) = UserPage;
  load_second : ρ (context_second x) = UserPage;
}.

(** Its partition may write them. *)
Definition storable ρ V (x : context) : Prop := loadable ρ x /\
  may_write V (context_partition x) (context_first x) /\ may_write V (context_partition x) (context_second x).

Lemma loadable_first ρ V m x : rep ρ V m -> loadable ρ x -> context_first x <> 0.
Proof. intros R L E. pose proof (load_first _ _ L) as X. by rewrite E, (co_zero _ _ (proj1 R)) in X. Qed.

Lemma storable_stored ρ c V V' x : stored c V V' -> storable ρ V x -> storable ρ V' x.
Proof. by intros (d&->&_). Qed.

Lemma wp_readable_context ρ V m x r t c n a (Q : context -> state -> Prop) : rep ρ V m -> inv ρ V ->
  ρ c = Partition n -> Q (no_context c) (State m x r t) ->
  (forall z, context_partition z = c -> loadable ρ z -> Q z (State m x r t)) ->
  wp (readable_context c a) Q (State m x r t).
Proof.
  intros R I Ec Q0 Q1. unfold readable_context. open_tests. case_match; [by apply wp_ret|]. apply wp_bind.
  eapply wp_readable_page; [exact R|exact I|exact Ec|rewrite N.eqb_refl; by apply wp_ret|].
  intros _ _ U1 ->%N.eqb_neq. case_match; [apply wp_ret, Q1; [done|]; split; [by exists n|done..]|].
  apply wp_bind. eapply wp_readable_page; [exact R|exact I|exact Ec|rewrite N.eqb_refl; by apply wp_ret|].
  intros _ _ U2 ->%N.eqb_neq. apply wp_ret, Q1; [done|]. split; [by exists n|done..].
Qed.

Lemma wp_writable_context ρ V m x r t c n a (Q : context -> state -> Prop) : rep ρ V m -> inv ρ V ->
  ρ c = Partition n -> Q (no_context c) (State m x r t) ->
  (forall z, context_partition z = c -> storable ρ V z -> Q z (State m x r t)) ->
  wp (writable_context c a) Q (State m x r t).
Proof.
  intros R I Ec Q0 Q1. unfold writable_context. open_tests. case_match; [by apply wp_ret|]. apply wp_bind.
  eapply wp_writable_page; [exact R|exact I|exact Ec|rewrite N.eqb_refl; by apply wp_ret|].
  intros _ X1 Y1 U1 ->%N.eqb_neq.
  case_match; [apply wp_ret, Q1; [done|]; split; [split; [by exists n|done..]|cbn; split; by eexists]|].
  apply wp_bind. eapply wp_writable_page; [exact R|exact I|exact Ec|rewrite N.eqb_refl; by apply wp_ret|].
  intros _ X2 Y2 U2 ->%N.eqb_neq. apply wp_ret, Q1; [done|].
  split; [split; [by exists n|done..]|cbn; split; [by exists (page_number a)|by exists (page_number (context_end a))]].
Qed.

Lemma wp_handler_context ρ V m x r t c n p i (Q : context -> state -> Prop) : rep ρ V m -> inv ρ V ->
  ρ c = Partition n -> ρ p = UserPage -> Q (no_context c) (State m x r t) ->
  (forall z, context_partition z = c -> loadable ρ z -> Q z (State m x r t)) ->
  wp (handler_context c p i) Q (State m x r t).
Proof.
  intros R I Ec Ep Q0 Q1. unfold handler_context. apply wp_bind.
  eapply wp_read_word; [exact R|done|by apply (N.mod_lt i 1024)|]. by eapply wp_readable_context.
Qed.

(** Saving changes user data of the context's partition only, and the registers. *)
Lemma wp_save ρ V m x r t z w (Q : unit -> state -> Prop) : rep ρ V m -> storable ρ V z ->
  (forall m' V' r', rep ρ V' m' -> stored (context_partition z) V V' -> Q tt (State m' x r' t)) ->
  wp (save z w) Q (State m x r t).
Proof.
  intros R [[_ E1 E2] [W1 W2]] HQ. unfold save. do 2 (apply wp_bind, wp_write_register;
  [apply context_flags_lt || apply context_valid_lt|]; cbn [mem current registers tlb]).
  destruct (is_plain_offset _) eqn:Ho.
  - eapply wp_store_registers; [exact R|done..|]. intros. by eapply HQ.
  - eapply wp_store_slowly; [done|done|apply context_fuel_fits|exact R|done|done|]. intros. by eapply HQ.
Qed.

(** Resuming makes the context's partition the running one, whatever the context holds. *)
Lemma wp_resume ρ V m x r t z (Q : unit -> state -> Prop) : rep ρ V m -> loadable ρ z ->
  (forall m' b r' t', rep ρ (with_vsti (context_partition z) b V) m' ->
     (forall v, t' v = v_entry V (context_partition z) v) -> Q tt (State m' (context_partition z) r' t')) ->
  wp (resume z) Q (State m x r t).
Proof.
  intros R [[n Ez] E1 E2] HQ. unfold resume. apply wp_bind.
  assert (forall r', wp (let! flags := read_register pipflags_register in
    (set_interrupt_state (context_partition z) (wants_interrupts flags) ;;
    switch_to (context_partition z))%monad) Q (State m x r' t)) as X.
  { intros r'. apply wp_bind, wp_read_register; [apply context_flags_lt|]. apply wp_bind.
    eapply wp_set_interrupt_state; [exact R|exact Ez|]. intros m' R' _.
    eapply wp_switch_to; [exact R'|exact Ez|]. intros t' T'. by eapply HQ. }
  destruct (is_plain_offset _) eqn:Ho.
  - eapply wp_load_registers; [exact R|done..|]. exact X.
  - eapply wp_load_slowly; [exact R|done|done|apply context_fuel_fits|]. exact X.
Qed.

End Contexts.
