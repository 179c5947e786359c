(* SPDX-License-Identifier: Apache-2.0 *)
(** * prepare and countToMap *)
From Pip.Isolation Require Export PrepareFacts.
From Pip.Services Require Import Prepare.

Section Prepare.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i x : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

Lemma set_same_tables ρ V c l u p1 p2 p3 c' k k' l' u' : inv ρ V ->
  let V' := with_table c Shadow2 l u (Some p3) (with_table c Shadow1 l u (Some p2) (with_table c Mmu l u (Some p1) V))
    in
  is_Some (v_table V' c' k l' u') -> is_Some (v_table V' c' k' l' u').
Proof.
  intros I. cbn. destruct (decide (c' = c /\ l' = l /\ u' = u)) as [(->&->&->)|Hn].
  - intros _. destruct k'; repeat (case_decide; [by eexists|]); exfalso; tauto.
  - repeat (case_decide; [exfalso; tauto|]). by apply (inv_sync _ _ I).
Qed.

(** Three given pages are formatted and linked. *)
Lemma wp_link_tables ρ V m x r t d c l v z1 z2 z3 p1 p2 p3 (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V ->
  is_child ρ V x d c -> is_user_page v = true -> is_lowest V c Mmu (S l) v z1 -> is_lowest V c Shadow1 (S l) v z2 ->
  is_lowest V c Shadow2 (S l) v z3 -> adoptable ρ V x d c p1 -> adoptable ρ V x d c p2 -> adoptable ρ V x d c p3 ->
  p1 < pages -> p2 < pages -> p3 < pages -> p1 <> p2 -> p1 <> p3 -> p2 <> p3 ->
  (forall ρ' m', rep ρ' (linked c l v p1 p2 p3 V) m' -> inv ρ' (linked c l v p1 p2 p3 V) ->
     (forall y, ρ y <> UserPage -> ρ' y = ρ y) -> Q tt (State m' x r t)) ->
  wp (link_tables v z1 z2 z3 p1 p2 p3) Q (State m x r t).
Proof.
  intros R I C U (T1&E1&N1&_) (T2&_&N2&_) (T3&_&N3&_) A1 A2 A3 L1 L2 L3 D12 D13 D23 HQ.
  pose proof (adopt_role _ _ _ _ _ _ A1) as R1. pose proof (adopt_role _ _ _ _ _ _ A2) as R2.
  pose proof (adopt_role _ _ _ _ _ _ A3) as R3. unfold link_tables. rewrite E1. apply wp_bind, wp_level_below. cbv zeta.
  apply wp_bind. eapply wp_format; [exact R|exact R1|]. intros m4 R4. apply wp_bind.
  eapply wp_format; [exact R4|by look|]. intros m5 R5. apply wp_bind. eapply wp_format; [exact R5|by look|].
  intros m6 R6. apply wp_bind.
  eapply (wp_link _ _ _ _ _ _ c Mmu l v); [exact R6|exact U|exact T1|exact N1|by look|done|]. intros m7 R7.
  apply wp_bind.
  eapply (wp_link _ _ _ _ _ _ c Shadow1 l v _ p2); [exact R7|exact U|cbn; rewrite decide_False; [exact T2|naive_solver]
    |cbn; rewrite decide_False; [exact N2|naive_solver]|by look|done|]. intros m8 R8.
  eapply (wp_link _ _ _ _ _ _ c Shadow2 l v _ p3); [exact R8|exact U|cbn; rewrite !decide_False; [exact
    T3|naive_solver..]|cbn; rewrite !decide_False; [exact N3|naive_solver..]|by look|done|]. intros m9 R9.
  match type of R9 with rep ?ρx _ _ => set (ρ9 := ρx) in * end.
  assert (forall y, y <> p1 -> y <> p2 -> y <> p3 -> ρ9 y = ρ y) as H9 by (intros; unfold ρ9; by look).
  assert (ρ9 p1 = TreeTable c Mmu l (prefix v l) /\ ρ9 p2 = TreeTable c Shadow1 l (prefix v l) /\ ρ9 p3 = TreeTable c
    Shadow2 l (prefix v l)) as (W1&W2&W3) by (unfold ρ9; by look).
  eapply HQ; [exact R9| |intros y Hy; apply H9; intros ->; by destruct Hy].
  apply (inv_adopt ρ V ρ9 _ x d c); [done|done| | |done..].
  - intros y. destruct (decide (y = p3)) as [->|]; [right; unfold owner; by rewrite W3|].
    destruct (decide (y = p2)) as [->|]; [right; unfold owner; by rewrite W2|].
    destruct (decide (y = p1)) as [->|]; [right; unfold owner; by rewrite W1|]. left. by apply H9.
  - intros c' k k' l' u'. by apply set_same_tables with ρ.
Qed.

(** What is known of pages given one after the other. *)
Lemma wp_give_next ρ V m x r t n d c w (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ x = Partition n ->
  (forall y, t y = v_entry V x y) -> is_child ρ V x d c -> offerable ρ V x w ->
  (forall m' t' V', V' = given x w (gift_of d) V -> rep ρ V' m' -> inv ρ V' -> (forall y, t' y = v_entry V' x y) ->
     is_child ρ V' x d c -> adoptable ρ V' x d c (pg V x w) -> (forall y, pg V' x y = pg V x y) ->
     v_table V' = v_table V -> v_list V' = v_list V -> v_note V' = v_note V ->
     (forall y, offerable ρ V x y -> y <> w -> offerable ρ V' x y) ->
     (forall p, adoptable ρ V x d c p -> p <> pg V x w -> adoptable ρ V' x d c p) -> Q tt (State m' x r t')) ->
  wp (give x w (gift_of d)) Q (State m x r t).
Proof.
  intros R I Ex T C O HQ. pose proof (offer_pres _ _ _ _ O) as P. pose proof (offer_free _ _ _ _ O) as G.
  eapply wp_give; [exact R|exact I|exact Ex|exact T|exact P|exact G|]. intros m' t' R' T'.
  apply (HQ m' t' (given x w (gift_of d) V)); try done.
  - by apply inv_given.
  - by apply is_child_given.
  - by apply given_adoptable.
  - intros. apply given_pg.
  - intros y Oy Hy. by apply offerable_given.
  - intros p A Hp. destruct (adopt_given _ _ _ _ _ _ A) as (y&Py&<-&Gy). apply adoptable_given; try done. intros ->.
    done.
Qed.

(** prepare's end: three gifts, the tables, the record. *)
Lemma wp_give_three ρ V m x r t n d c l v z1 z2 z3 w1 w2 w3 (Q : answer -> state -> Prop) A : rep ρ V m -> inv ρ V ->
  ρ x = Partition n -> (forall y, t y = v_entry V x y) -> is_child ρ V x d c -> is_user_page v = true ->
  is_lowest V c Mmu (S l) v z1 -> is_lowest V c Shadow1 (S l) v z2 -> is_lowest V c Shadow2 (S l) v z3 ->
  offerable ρ V x w1 -> offerable ρ V x w2 -> offerable ρ V x w3 -> w1 <> w2 -> w1 <> w3 -> w2 <> w3 ->
  note_count (v_note V (list_head V c)) < list_capacity ->
  (forall ρ' s', current s' = x -> holds ρ' (prepared x d c l v w1 w2 w3 V) s' -> Q A s') ->
  wp (give x w1 (gift_of d) ;; give x w2 (gift_of d) ;; give x w3 (gift_of d) ;;
      link_tables v z1 z2 z3 (pg V x w1) (pg V x w2) (pg V x w3) ;;
      add_record (list_head V c) (pg V x w1) w1 w2 w3 ;; ret A)%monad Q (State m x r t).
Proof.
  intros R I Ex T C U L1 L2 L3 O1 O2 O3 D12 D13 D23 Hc HQ.
  assert (forall a b, offerable ρ V x a -> offerable ρ V x b -> a <> b -> pg V x a <> pg V x b) as Hpg.
  { intros a b Oa Ob Hn E. by apply Hn, (inv_once _ _ I x); [apply Oa|apply Ob|]. }
  pose proof (Hpg _ _ O1 O2 D12) as P12. pose proof (Hpg _ _ O1 O3 D13) as P13. pose proof (Hpg _ _ O2 O3 D23) as P23.
  pose proof (offer_range _ _ _ _ O1). pose proof (offer_range _ _ _ _ O2). pose proof (offer_range _ _ _ _ O3).
  apply wp_bind. eapply wp_give_next; [exact R|exact I|exact Ex|exact T|exact C|exact O1|].
  intros m1 t1 V1 EV1 R1 I1 T1 C1 A1 G1 Et1 El1 En1 K1 KA1. apply wp_bind.
  eapply wp_give_next; [exact R1|exact I1|exact Ex|exact T1|exact C1|by apply K1|].
  intros m2 t2 V2 EV2 R2 I2 T2 C2 A2 G2 Et2 El2 En2 K2 KA2. rewrite G1 in A2, KA2. apply wp_bind.
  eapply wp_give_next; [exact R2|exact I2|exact Ex|exact T2|exact C2|apply K2; [by apply K1|done]|].
  intros m3 t3 V3 EV3 R3 I3 T3 C3 A3 G3 Et3 El3 En3 _ KA3. rewrite G2, G1 in A3, KA3. apply wp_bind.
  assert (forall k z, is_lowest V c k (S l) v z -> is_lowest V3 c k (S l) v z) as HL.
  { intros k z. unfold is_lowest. by rewrite Et3, Et2, Et1. }
  eapply (wp_link_tables ρ V3); [exact R3|exact I3|exact C3|exact U|by apply HL|by apply HL|by apply HL |apply KA3; [by
    apply KA2|done]|by apply KA3|exact A3|done..|]. intros ρ' m' R' I' Hρ.
  destruct (head_at ρ V (State m x r t) R c (child_partition _ _ _ _ _ C)) as (ls&_&Eh). apply wp_bind.
  eapply wp_add_record; [exact R'|rewrite Hρ, Eh; [done|by rewrite Eh]|cbn; by rewrite En3, En2, En1|]. intros m4 R4.
  apply wp_ret, (HQ ρ'); [done|]. unfold prepared. cbv zeta. rewrite <- EV1, <- EV2, <- EV3.
  split_and!; [exact R4| |exists n; cbn; rewrite Hρ; congruence|exact T3]. destruct I'. by split.
Qed.

(** A page becomes the new head of the child's list; all else that was known stays. *)
Lemma wp_extend_list ρ V m x r t n d c v4 (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ x = Partition n ->
  (forall y, t y = v_entry V x y) -> is_child ρ V x d c -> offerable ρ V x v4 ->
  (forall ρ' m' t' V', V' = extended x d c v4 V -> rep ρ' V' m' -> inv ρ' V' -> ρ' x = Partition n ->
     (forall y, t' y = v_entry V' x y) -> is_child ρ' V' x d c -> (forall w, pg V' x w = pg V x w) ->
     v_table V' = v_table V -> list_head V' c = pg V x v4 -> note_count (v_note V' (pg V x v4)) = 0 ->
     (forall w, offerable ρ V x w -> w <> v4 -> offerable ρ' V' x w) -> Q tt (State m' x r t')) ->
  wp (extend_list x c d (pg V x v4) v4 (list_head V c)) Q (State m x r t).
Proof.
  intros R I Ex T C O HQ. set (p := pg V x v4) in *. pose proof (offer_range _ _ _ _ O) as Hp. fold p in Hp.
  unfold extend_list. apply wp_bind. eapply wp_give_next; [exact R|exact I|exact Ex|exact T|exact C|exact O|].
  intros m1 t1 V1 EV1 R1 I1 T1 C1 A1 G1 Et1 El1 En1 K1 _. fold p in A1. pose proof (adopt_role _ _ _ _ _ _ A1) as Ep.
  destruct (child_partition _ _ _ _ _ C) as [nc Ec]. apply wp_bind. eapply wp_format; [exact R1|exact Ep|].
  intros m2 R2. assert (x <> p /\ c <> p) as [Hxp Hcp] by (split; congruence).
  destruct (gets_descriptor _ _ (State m2 x r t1) R2 c) as (desc&G&Ed&_&Hl&_); [exists nc; by look|]. apply wp_bind.
  eapply wp_gets; [exact G|]. apply wp_put. cbn [mem current registers tlb].
  pose proof (rep_extend _ V1 m2 c nc desc p (list_head V c) v4 R2 ltac:(by look) Ed ltac:(by rewrite update_eq) Hp) as
    R3. rewrite El1 in R3, Hl. unfold list_head in R3. rewrite Hl in R3. specialize (R3 eq_refl).
  match type of R3 with rep ?ρx _ _ => set (ρ3 := ρx) in * end.
  assert (forall y, y <> p -> ρ3 y = ρ y) as H3 by (intros; unfold ρ3; by look).
  assert (owner ρ3 p = Some c) as Op by (unfold owner, ρ3; by rewrite update_eq).
  assert (extended x d c v4 V = with_note p (empty_note v4) (with_list c (v_list V c ++ [p]) V1)) as EV by (unfold
    extended; by rewrite EV1).
  apply (HQ ρ3 _ _ _ (eq_sym EV)); [exact R3| |by rewrite H3|exact T1| |exact G1|exact Et1| | |].
  - apply (inv_adopt ρ V1 ρ3 _ x d c); [done|done| |apply (inv_sync _ _ I1)|done..]. intros y.
    destruct (decide (y = p)) as [->|]; [right|left; by apply H3]. split_and!; [done| |done]. intros j. unfold ρ3.
    by rewrite update_eq.
  - destruct C1. split; try done. exists nc. by rewrite H3.
  - unfold list_head. cbn. by rewrite update_eq, last_snoc.
  - cbn. by rewrite update_eq.
  - intros w Ow Hw. destruct (K1 w Ow Hw) as [Y1 Y2 Y3 Y4 Y5 Y6 Y7]. split; try done.
    change (ρ3 (pg V1 x w) = UserPage). rewrite H3; [done|]. rewrite G1. intros E. apply Hw.
    apply (inv_once _ _ I x); [apply Ow|apply O|done].
Qed.

(** prepare refuses and changes nothing, or links the next missing tables; with nothing missing it changes nothing
    either. *)
Theorem prepare_spec ρ V s child va first : holds ρ V s -> let x := current s in let ch := child_of V x child in
  let d := page_number child in let v := page_number va in let second := next_page V x first in
  let third := next_page V x second in let fourth := next_page V x third in
  let w1 := page_number first in let w2 := page_number second in let w3 := page_number third in
  wp (prepare child va first) (fun ans s' =>
    decides (first_failing (prepare_checks V x child va first)) (answer_status ans) s s' (current s' = x /\
      match lowest_level_of V ch v with
      | O => s' = s /\ answer_value ans = first
      | S l => exists ρ', if is_full V ch 1 then answer_value ans = next_page V x fourth
            /\ holds ρ' (prepared x d ch l v w1 w2 w3 (extended x d ch (page_number fourth) V)) s'
          else answer_value ans = fourth /\ holds ρ' (prepared x d ch l v w1 w2 w3 V) s' end)) s.
Proof.
  intros Hs. cbv zeta. start prepare prepare_checks. unfold child_checks. cbn [app first_failing]. open_tests.
  cbn [app first_failing]. step. child_step. step. set (v := page_number va) in *.
  destruct (gets_lowest ρ V (State m x r t) R I Mmu ch v) as (z1&G1&L1); [partition|done|].
  destruct (gets_lowest ρ V (State m x r t) R I Shadow1 ch v) as (z2&G2&L2); [partition|done|].
  destruct (gets_lowest ρ V (State m x r t) R I Shadow2 ch v) as (z3&G3&L3); [partition|done|]. apply wp_bind.
  eapply wp_gets; [exact G1|]. cbn beta. rewrite (proj1 (proj2 L1)). unfold leaf_level.
  destruct (lowest_level_of V ch v) as [|l].
  { change (N.of_nat 0 =? 0) with true. cbn iota. step. accept. done. }
  rewrite (proj2 (N.eqb_neq _ _)) by lia. change (S l =? 0)%nat with false. cbn iota.
  unfold next_in_list, first_index, next_page.
  do 3 (offer_step; cbn iota; apply wp_bind; (eapply wp_gets; [eapply gets_read_word; [exact R|eapply offer_role;
    eassumption|done]|])). cbn beta. cbn [app first_failing]. step.
  set (second := v_data V (pg V x (page_number first)) 0) in *.
  set (third := v_data V (pg V x (page_number second)) 0) in *.
  set (fourth := v_data V (pg V x (page_number third)) 0) in *.
  pose proof (aligned_page_ne _ _ A A0 ltac:(done)) as D12. pose proof (aligned_page_ne _ _ A A1 ltac:(done)) as D13.
  pose proof (aligned_page_ne _ _ A0 A1 ltac:(done)) as D23. apply wp_bind. eapply wp_gets; [exact G2|]. apply wp_bind.
  eapply wp_gets; [exact G3|]. apply wp_bind. eapply wp_gets; [eapply gets_config_list; [exact R|partition]|].
  apply wp_bind. change one_level with (N.of_nat 1). eapply wp_gets; [eapply gets_lacks_room; [exact R|partition]|].
  change (N.of_nat 1) with 1. cbn beta. destruct (is_full V ch 1) eqn:Full.
  - offer_step. cbn iota. cbn [app first_failing]. step.
    assert (page_number first <> page_number fourth /\ page_number second <> page_number fourth /\ page_number third <>
      page_number fourth) as (D14&D24&D34) by (split_and!; by apply aligned_page_ne). apply wp_bind.
    eapply wp_gets; [eapply gets_read_word; [exact R|eapply offer_role; eassumption|done]|]. cbn beta.
    set (rest := v_data V (pg V x (page_number fourth)) 0). apply wp_bind.
    eapply wp_extend_list; [exact R|exact I|exact Hc|exact T|exact C|exact O2|].
    intros ρ1 m1 t1 V1 EV1 R1 I1 Ec1 T1 C1 Ep1 Et1 Eh1 En1 Ho1. rewrite <- Eh1, <- !Ep1.
    eapply wp_give_three; [exact R1|exact I1|exact Ec1|exact T1|exact C1|done| | | |by apply Ho1..|done|done|done| |].
    1: unfold is_lowest; rewrite Et1; exact L1. 1: unfold is_lowest; rewrite Et1; exact L2.
    1: unfold is_lowest; rewrite Et1; exact L3.
    { rewrite Eh1, En1. apply list_capacity_pos. }
    intros ρ' s' Es Hh. accept. split; [exact Es|]. exists ρ'. rewrite EV1 in Hh. by split.
  - unfold is_full in Full. bool.
    eapply wp_give_three; [exact R|exact I|exact Hc|exact T|exact C|done|exact L1|exact L2|exact L3|exact O|exact O0
      |exact O1|done|done|done|unalias; lia|]. intros ρ' s' Es Hh. accept. split; [exact Es|]. by exists ρ'.
Qed.

(** countToMap changes nothing, and answers how many pages [prepare] needs. *)
Theorem countToMap_spec ρ V s child va : holds ρ V s -> gets (countToMap child va) s
  (let st := first_failing (child_checks V (current s) child va) in
   let ch := child_of V (current s) child in let l := N.of_nat (lowest_level_of V ch (page_number va)) in
   Answer st (if status_eq st DONE then pages_needed l (is_full V ch l) else 0)).
Proof.
  intros Hs. apply gets_wp. start countToMap child_checks. step. apply wp_bind.
  eapply wp_gets; [eapply gets_child_at; [exact R|exact I|partition]|]. cbn beta.
  destruct (N.eqb_spec (child_of V x child) 0) as [Z|Z]; cbn [negb first_failing]; [step; by rewrite status_eq_ne|].
  destruct (child_of_child _ _ _ _ _ R I Z) as (_&_&C).
  destruct (page_aligned va && _) eqn:U; cbn [negb]; [|step; by rewrite status_eq_ne]. bool. rewrite status_eq_refl.
  destruct (gets_lowest ρ V (State m x r t) R I Mmu (child_of V x child) (page_number va)) as (z&G&L);
    [partition|done|]. apply wp_bind. eapply wp_gets; [exact G|]. cbn beta. rewrite (proj1 (proj2 L)). apply wp_bind.
  eapply wp_gets; [eapply gets_config_list; [exact R|partition]|]. apply wp_bind.
  eapply wp_gets; [eapply gets_lacks_room; [exact R|partition]|]. by step.
Qed.

End Prepare.
