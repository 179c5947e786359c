(* SPDX-License-Identifier: Apache-2.0 *)
(** * prepare and countToMap *)
From Pip.Isolation Require Export PrepareFacts CollectFacts.
From Pip.Services Require Import Prepare.

Section Acts.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i x : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** Whether the configuration list of [c] lacks the room for [l] more records. *)
Definition is_full V m c (l : N) : bool := match last (v_list V c) with
  | Some q => match m q with ListPage h _ => list_capacity <? list_count h + l | _ => false end
  | None => false
  end.

(** Page [p], user data, becomes an empty table of nobody yet. *)
Lemma wp_format_table ρ V m x r t k l p (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage ->
  (rep (update ρ p Lost) V (update m p (empty_table k (N.of_nat l))) ->
     Q tt (State (update m p (empty_table k (N.of_nat l))) x r t)) ->
  wp (format p (empty_table k (N.of_nat l))) Q (State m x r t).
Proof. apply wp_format. Qed.

(** Three given pages are formatted and linked, and the list gets its record. *)
Lemma wp_link_tables ρ V m x r t n d c l v z1 z2 z3 p1 p2 p3 q jq h f w1 w2 w3 (Q : answer -> state -> Prop) A :
  rep ρ V m -> inv ρ V -> ρ x = Partition n -> (forall y, t y = v_entry V x y) -> is_child ρ V x d c ->
  is_user_page v = true ->
  is_lowest V c Mmu (S l) v z1 -> is_lowest V c Shadow1 (S l) v z2 -> is_lowest V c Shadow2 (S l) v z3 ->
  adoptable ρ V x d c p1 -> adoptable ρ V x d c p2 -> adoptable ρ V x d c p3 -> p1 < pages -> p2 < pages -> p3 < pages
    ->
  p1 <> p2 -> p1 <> p3 -> p2 <> p3 -> ρ q = ListAt c jq -> m q = ListPage h f -> list_count h < list_capacity ->
  (forall ρ' s', current s' = x -> holds ρ' (linked c l v p1 p2 p3 V) s' -> Q A s') ->
  wp (link_tables v z1 z2 z3 p1 p2 p3 ;; add_record q p1 w1 w2 w3 ;; ret A)%monad Q (State m x r t).
Proof.
  intros R I Ex T C U (T1&E1&N1&_) (T2&_&N2&_) (T3&_&N3&_) A1 A2 A3 L1 L2 L3 D12 D13 D23 Eq Emq Hc HQ.
  set (q1 := place_table z1) in *. set (q2 := place_table z2) in *. set (q3 := place_table z3) in *.
  pose proof (adopt_role _ _ _ _ _ _ A1) as R1. pose proof (adopt_role _ _ _ _ _ _ A2) as R2.
  pose proof (adopt_role _ _ _ _ _ _ A3) as R3.
  pose proof (table_role _ _ _ _ _ _ _ _ R T1) as X1. pose proof (table_role _ _ _ _ _ _ _ _ R T2) as X2.
  pose proof (table_role _ _ _ _ _ _ _ _ R T3) as X3.
  unfold link_tables. rewrite E1. fold q1 q2 q3. apply wp_bind, wp_bind, wp_level_below. cbv zeta.
  apply wp_bind. eapply (wp_format_table _ _ _ _ _ _ Mmu); [exact R|exact R1|]. intros R4.
  apply wp_bind. eapply (wp_format_table _ _ _ _ _ _ Shadow1); [exact R4|by rewrite update_ne|]. intros R5.
  apply wp_bind. eapply (wp_format_table _ _ _ _ _ _ Shadow2); [exact R5|by rewrite !update_ne|]. intros R6.
  set (ρ6 := update (update (update ρ p1 Lost) p2 Lost) p3 Lost) in *.
  set (m6 := update (update (update m p1 _) p2 _) p3 _) in *.
  assert (forall y, ρ y <> UserPage -> ρ6 y = ρ y /\ m6 y = m y) as H6.
  { intros y Hy. unfold ρ6, m6. by rewrite !update_ne by (intros ->; done). }
  assert (ρ6 p1 = Lost /\ ρ6 p2 = Lost /\ ρ6 p3 = Lost) as (Y1&Y2&Y3).
  { unfold ρ6. split_and!; [rewrite !update_ne by done|rewrite update_ne by done|]; by rewrite update_eq. }
  assert (m6 p1 = empty_table Mmu (N.of_nat l) /\ m6 p2 = empty_table Shadow1 (N.of_nat l)
    /\ m6 p3 = empty_table Shadow2 (N.of_nat l)) as (Z1&Z2&Z3).
  { unfold m6. split_and!; [rewrite !update_ne by done|rewrite update_ne by done|]; by rewrite update_eq. }
  apply wp_bind. eapply (wp_link _ _ _ _ _ _ c Mmu l v); [exact R6|exact U|exact T1|exact N1|exact Y1|done|exact Z1|].
  intros m7 R7 F7. apply wp_bind.
  eapply (wp_link _ _ _ _ _ _ c Shadow1 l v _ p2); [exact R7|exact U|cbn; rewrite decide_False; [exact T2|naive_solver]
    |cbn; rewrite decide_False; [exact N2|naive_solver]|by rewrite update_ne|done|rewrite F7; [exact Z2|congruence]|].
  intros m8 R8 F8.
  eapply (wp_link _ _ _ _ _ _ c Shadow2 l v _ p3); [exact R8|exact U|cbn; rewrite !decide_False;
  [exact T3|naive_solver..]
    |cbn; rewrite !decide_False; [exact N3|naive_solver..]|by rewrite !update_ne|done
    |rewrite F8, F7; [exact Z3|congruence..]|].
  intros m9 R9 F9. set (ρ9 := update (update (update ρ6 p1 _) p2 _) p3 _) in *.
  set (V9 := with_table c Shadow2 l (prefix v l) (Some p3) _) in *.
  assert (forall y, ρ y <> UserPage -> ρ9 y = ρ y /\ (y <> q1 -> y <> q2 -> y <> q3 -> m9 y = m y)) as H9.
  { intros y Hy. destruct (H6 y Hy) as [Er Em]. unfold ρ9. rewrite !update_ne by (intros ->; congruence).
    split; [done|]. intros. by rewrite F9, F8, F7. }
  assert (forall c' k' l' u', is_Some (v_table V9 c' k' l' u') <->
    (c' = c /\ l' = l /\ u' = prefix v l) \/ is_Some (v_table V c' k' l' u')) as Ht.
  { intros c' k' l' u'. unfold V9. cbn. destruct (decide (c' = c /\ l' = l /\ u' = prefix v l)) as [(->&->&->)|Hn].
    - split; [by left|intros _]. destruct k'; repeat (case_decide; [by eexists|]); exfalso; tauto.
    - repeat (case_decide; [exfalso; tauto|]). tauto. }
  assert (inv ρ9 V9) as I9.
  { apply (inv_adopt ρ V ρ9 V9 x d c); [done|done| | |done..].
    - assert (ρ9 p3 = TreeTable c Shadow2 l (prefix v l)) as W3 by (unfold ρ9; by rewrite update_eq).
      assert (ρ9 p2 = TreeTable c Shadow1 l (prefix v l)) as W2 by (unfold ρ9; rewrite update_ne by done;
      by rewrite update_eq).
      assert (ρ9 p1 = TreeTable c Mmu l (prefix v l)) as W1 by (unfold ρ9; rewrite !update_ne by done;
      by rewrite update_eq).
      intros y. destruct (decide (y = p3)) as [->|]; [right; unfold owner; by rewrite W3|].
      destruct (decide (y = p2)) as [->|]; [right; unfold owner; by rewrite W2|].
      destruct (decide (y = p1)) as [->|]; [right; unfold owner; by rewrite W1|]. left.
      unfold ρ9, ρ6. by rewrite !update_ne.
    - intros c' k k' l' u'. rewrite !Ht. intros [?|X]; [by left|right]. by apply (inv_sync _ _ I) with k. }
  destruct (H9 q) as [Eq9 Em9]; [congruence|]. rewrite Eq in Eq9.
  assert (m9 q = ListPage h f) as Em9' by (rewrite Em9; congruence).
  apply wp_bind. eapply wp_add_record; [exact R9|exact Eq9|exact Em9'|done|]. intros m10 R10.
  apply wp_ret. apply (HQ ρ9); [done|]. split_and!; [exact R10|exact I9| |exact T].
  exists n. cbn [current]. by rewrite (proj1 (H9 x ltac:(congruence))).
Qed.

(** The gifts of three pages before. *)
Lemma wp_give_three ρ V m x r t n d c l v z1 z2 z3 q jq h f w1 w2 w3 (Q : answer -> state -> Prop) A :
  rep ρ V m -> inv ρ V -> ρ x = Partition n -> (forall y, t y = v_entry V x y) -> is_child ρ V x d c ->
  is_user_page v = true ->
  is_lowest V c Mmu (S l) v z1 -> is_lowest V c Shadow1 (S l) v z2 -> is_lowest V c Shadow2 (S l) v z3 ->
  offerable ρ V x w1 -> offerable ρ V x w2 -> offerable ρ V x w3 -> w1 <> w2 -> w1 <> w3 -> w2 <> w3 ->
  ρ q = ListAt c jq -> m q = ListPage h f -> list_count h < list_capacity ->
  (forall ρ' s', current s' = x -> holds ρ' (prepared x d c l v w1 w2 w3 V) s' -> Q A s') ->
  wp (give x w1 (gift_of d) ;; give x w2 (gift_of d) ;; give x w3 (gift_of d) ;;
      link_tables v z1 z2 z3 (pg V x w1) (pg V x w2) (pg V x w3) ;; add_record q (pg V x w1) w1 w2 w3 ;; ret A)%monad
    Q (State m x r t).
Proof.
  intros R I Ex T C U L1 L2 L3 O1 O2 O3 D12 D13 D23 Eq Emq Hc HQ.
  assert (forall a b, offerable ρ V x a -> offerable ρ V x b -> a <> b -> pg V x a <> pg V x b) as Hpg.
  { intros a b Oa Ob Hn E. by apply Hn, (inv_once _ _ I x); [apply Oa|apply Ob|]. }
  pose proof (Hpg _ _ O1 O2 D12) as P12. pose proof (Hpg _ _ O1 O3 D13) as P13. pose proof (Hpg _ _ O2 O3 D23) as P23.
  pose proof (offer_range _ _ _ _ O1). pose proof (offer_range _ _ _ _ O2). pose proof (offer_range _ _ _ _ O3).
  assert (gift_is_descriptor (gift_of d) = false) as Hg by done.
  (* first *)
  apply wp_bind. eapply wp_give; [exact R|exact I|exact Ex|exact T|apply O1|apply O1|]. intros m1 t1 R1 T1 F1.
  pose proof (given_adoptable ρ V x d c w1 I C O1) as A1.
  pose proof (inv_given _ _ _ _ _ I (offer_pres _ _ _ _ O1) (offer_free _ _ _ _ O1) Hg) as I1.
  pose proof (is_child_given _ _ _ _ _ _ (gift_of d) I C (offer_free _ _ _ _ O1)) as C1.
  pose proof (offerable_given ρ V x w1 (gift_of d) w2 I (offer_pres _ _ _ _ O1) O2 ltac:(done)) as O2'.
  pose proof (offerable_given ρ V x w1 (gift_of d) w3 I (offer_pres _ _ _ _ O1) O3 ltac:(done)) as O3'.
  set (V1 := given x w1 (gift_of d) V) in *. assert (forall w, pg V1 x w = pg V x w) as Epg1 by (intros;
  apply given_pg).
  assert (pres V1 x w1) as Pr1 by (apply given_pres, O1).
  assert (gift_child (v_gift V1 x w1) = d) as G1 by (unfold V1; by rewrite given_gift_eq).
  (* second *)
  apply wp_bind. eapply wp_give; [exact R1|exact I1|exact Ex|exact T1|apply O2'|apply O2'|]. intros m2 t2 R2 T2 F2.
  pose proof (given_adoptable ρ V1 x d c w2 I1 C1 O2') as A2.
  rewrite <- (Epg1 w1) in A1. pose proof (adoptable_given ρ V1 x d c w1 w2 A1 D12 Pr1 G1) as A1'.
  pose proof (inv_given _ _ _ _ _ I1 (offer_pres _ _ _ _ O2') (offer_free _ _ _ _ O2') Hg) as I2.
  pose proof (is_child_given _ _ _ _ _ _ (gift_of d) I1 C1 (offer_free _ _ _ _ O2')) as C2.
  pose proof (offerable_given ρ V1 x w2 (gift_of d) w3 I1 (offer_pres _ _ _ _ O2') O3' ltac:(done)) as O3''.
  set (V2 := given x w2 (gift_of d) V1) in *.
  assert (forall w, pg V2 x w = pg V x w) as Epg2 by (intros; unfold V2; by rewrite given_pg).
  assert (pres V2 x w1 /\ pres V2 x w2) as [Pr1' Pr2'] by (split; apply given_pres; [done|apply O2']).
  assert (gift_child (v_gift V2 x w1) = d /\ gift_child (v_gift V2 x w2) = d) as [G1' G2'].
  { unfold V2. rewrite given_gift_eq, given_gift_ne by (by intros [_ ?]). done. }
  (* third *)
  apply wp_bind. eapply wp_give; [exact R2|exact I2|exact Ex|exact T2|apply O3''|apply O3''|]. intros m3 t3 R3 T3 F3.
  pose proof (given_adoptable ρ V2 x d c w3 I2 C2 O3'') as A3.
  rewrite Epg1, <- (Epg2 w1) in A1'. rewrite Epg1, <- (Epg2 w2) in A2.
  pose proof (adoptable_given ρ V2 x d c w1 w3 A1' D13 Pr1' G1') as A1''.
  pose proof (adoptable_given ρ V2 x d c w2 w3 A2 D23 Pr2' G2') as A2''.
  pose proof (inv_given _ _ _ _ _ I2 (offer_pres _ _ _ _ O3'') (offer_free _ _ _ _ O3'') Hg) as I3.
  pose proof (is_child_given _ _ _ _ _ _ (gift_of d) I2 C2 (offer_free _ _ _ _ O3'')) as C3.
  rewrite Epg2 in A1'', A2'', A3.
  eapply (wp_link_tables ρ _ m3 x r t3 n d c l v z1 z2 z3); [exact R3|exact I3|exact Ex|exact T3|exact C3|exact U
    |exact L1|exact L2|exact L3|exact A1''|exact A2''|exact A3|done|done|done|done|done|done|exact Eq| |exact Hc|exact
      HQ].
  rewrite F3, F2, F1; [exact Emq|congruence..].
Qed.

(** A page becomes the new head of the child's list; all else that was known stays. *)
Lemma wp_extend_list ρ V m x r t n d c nc v4 head h f (Q : unit -> state -> Prop) :
  rep ρ V m -> inv ρ V -> ρ x = Partition n -> ρ c = Partition nc -> (forall y, t y = v_entry V x y) ->
  is_child ρ V x d c -> offerable ρ V x v4 -> last (v_list V c) = Some head ->
  m head = ListPage h f ->
  (forall ρ' m' t' g, let V' := extended x d c v4 V in rep ρ' V' m' -> inv ρ' V' -> ρ' x = Partition n ->
     (forall y, t' y = v_entry V' x y) -> is_child ρ' V' x d c -> (forall w, pg V' x w = pg V x w) ->
     (forall w, offerable ρ V x w -> w <> v4 -> offerable ρ' V' x w) ->
     ρ' (pg V x v4) = ListAt c (length (v_list V c)) -> m' (pg V x v4) = ListPage (ListHeader head v4 0) g ->
     Q tt (State m' x r t')) ->
  wp (extend_list x c d (pg V x v4) v4 head) Q (State m x r t).
Proof.
  intros R I Ex Ec T C O Hl Emh HQ. set (p := pg V x v4) in *.
  pose proof (adopt_role _ _ _ _ _ _ (given_adoptable _ _ _ _ _ _ I C O)) as Ep. fold p in Ep.
  pose proof (offer_range _ _ _ _ O) as Hp. fold p in Hp. pose proof (offer_pres _ _ _ _ O) as P.
  unfold extend_list. apply wp_bind.
  eapply wp_give; [exact R|exact I|exact Ex|exact T|exact P|apply O|]. intros m1 t1 R1 T1 F1.
  pose proof (given_adoptable ρ V x d c v4 I C O) as A. fold p in A.
  pose proof (inv_given _ _ _ _ _ I P (offer_free _ _ _ _ O) (eq_refl : gift_is_descriptor (gift_of d) = false)) as I1.
  pose proof (is_child_given _ _ _ _ _ _ (gift_of d) I C (offer_free _ _ _ _ O)) as C1.
  set (V1 := given x v4 (gift_of d) V) in *. apply wp_bind. unfold format_list.
  eapply wp_format; [exact R1|exact Ep|]. intros R2. set (m2 := update m1 p _) in *. set (ρ2 := update ρ p Lost) in *.
  assert (forall y, y <> p -> ρ2 y = ρ y) as H2 by (intros; unfold ρ2; by rewrite update_ne).
  assert (x <> p /\ c <> p) as [Hxp Hcp] by (split; congruence). apply wp_bind.
  eapply wp_get_descriptor; [exact R2|rewrite H2; [exact Ec|done]|]. intros desc Ed _ _ _ _. apply wp_put.
  cbn [mem current registers tlb].
  pose proof (rep_extend ρ2 V1 m2 c nc desc p head v4 0 (fun _ => no_record) R2 ltac:(rewrite H2; done) Ed
    ltac:(unfold ρ2; by rewrite update_eq) Hp ltac:(unfold m2; by rewrite update_eq) ltac:(lia) Hl) as R3.
  change (v_list V1 c) with (v_list V c) in R3. set (ρ3 := update ρ2 p _) in *. set (V3 := with_list c _ V1) in *.
  assert (forall y, y <> p -> ρ3 y = ρ y) as H3 by (intros; unfold ρ3; rewrite update_ne by done; by apply H2).
  assert (ρ3 p = ListAt c (length (v_list V c))) as E3 by (unfold ρ3; by rewrite update_eq).
  apply (HQ ρ3 _ _ (fun _ => no_record)); change (extended x d c v4 V) with V3;
    [exact R3| | |exact T1| | | |exact E3|].
  - apply (inv_adopt ρ V1 ρ3 V3 x d c); [done|done| |apply (inv_sync _ _ I1)|done..]. intros y.
    destruct (decide (y = p)) as [->|]; [right; unfold owner; by rewrite E3|left; by apply H3].
  - by rewrite H3.
  - destruct C1. split; try done. exists nc. by rewrite H3.
  - intros w. apply given_pg.
  - intros w Ow Hw. apply (offerable_given ρ V x v4 (gift_of d) w I P Ow) in Hw as [Y1 Y2 Y3 Y4 Y5 Y6 Y7].
    split; try done. change (pg V3 x w) with (pg V1 x w). rewrite H3; [done|]. unfold V1. rewrite given_pg. intros E.
    assert (w = v4) as -> by (apply (inv_once _ _ I x); [apply Ow|apply P|done]).
    rewrite given_gift_eq in Y5. cbn in Y5. by apply (child_name _ _ _ _ _ C).
  - rewrite update_ne by done. unfold m2. by rewrite update_eq.
Qed.

End Acts.

Section Service.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (s : state).

(** What prepare did: [x] gave pages to its child [ch], called [d], for the tables of level [l] on the way to [v];
    the list that begins at address [first] named them, and goes on at [rest]. *)
Definition prepared_from ρ V m x d ch l v (first rest : N) V' : Prop :=
  let second := v_data V (pg V x (page_number first)) 0 in let third := v_data V (pg V x (page_number second)) 0 in
  let fourth := v_data V (pg V x (page_number third)) 0 in
  let w1 := page_number first in let w2 := page_number second in let w3 := page_number third in
  let w4 := page_number fourth in
  v_table V ch Mmu l (prefix v l) = None /\ is_Some (v_table V ch Mmu (S l) (prefix v (S l)))
  /\ offerable ρ V x w1 /\ offerable ρ V x w2 /\ offerable ρ V x w3
  /\ (is_full V m ch 1 = false /\ rest = fourth /\ V' = prepared x d ch l v w1 w2 w3 V
     \/ is_full V m ch 1 = true /\ offerable ρ V x w4 /\ rest = v_data V (pg V x w4) 0
        /\ V' = prepared x d ch l v w1 w2 w3 (extended x d ch w4 V)).

(** prepare refuses and changes nothing, or the next missing tables on the way to the address are linked; with nothing
    missing it changes nothing either. *)
Theorem prepare_spec ρ V s child va first : holds ρ V s ->
  wp (prepare child va first) (fun ans s' => decides (answer_status ans) s s'
    (exists ch, is_child ρ V (current s) (page_number child) ch /\ current s' = current s
       /\ (s' = s /\ answer_value ans = first /\ is_Some (v_table V ch Mmu 0 (prefix (page_number va) 0))
          \/ exists l ρ' V', holds ρ' V' s' /\ prepared_from ρ V (mem s) (current s) (page_number child) ch l
            (page_number va)
               first (answer_value ans) V'))) s.
Proof.
  intros Hs. start prepare. do 3 step. child_step. step. bool. set (v := page_number va) in *.
  set (d := page_number child) in *. step. eapply (wp_lowest Mmu); [exact R|exact Hch|done|]. intros l z1 L1.
  pose proof L1 as (T1&E1&_&_). cbn beta. rewrite E1. unfold leaf_level. destruct l as [|l].
  { change (N.of_nat 0 =? 0) with true. cbn iota. step. split; [intros _|by intros []].
    exists ch. split_and!; [done..|left]. by split_and!; [| |eexists]. }
  rewrite (proj2 (N.eqb_neq _ 0)) by lia. unfold next_in_list. step. offer_step. step.
  eapply wp_read_word; [exact R|apply O|done|]. step. offer_step. step.
  eapply wp_read_word; [exact R|apply O0|done|]. step. offer_step. step.
  eapply wp_read_word; [exact R|apply O1|done|]. cbn beta. unfold first_index.
  set (second := v_data V (pg V x (page_number first)) 0) in *.
  set (third := v_data V (pg V x (page_number second)) 0) in *.
  set (fourth := v_data V (pg V x (page_number third)) 0) in *.
  step. step. eapply (wp_lowest Shadow1); [exact R|exact Hch|done|]. intros l2 z2 L2.
  assert (l2 = S l) as -> by (symmetry; by eapply lowest_level).
  step. eapply (wp_lowest Shadow2); [exact R|exact Hch|done|]. intros l3 z3 L3.
  assert (l3 = S l) as -> by (symmetry; by eapply lowest_level).
  step. eapply wp_config_list; [exact R|exact Hch|]. intros head Hl. pose proof Hl as Rh. rewrite last_lookup in Rh.
  pose proof Rh as Hl'. apply (co_list _ _ (proj1 R)) in Rh. step. change one_level with (N.of_nat 1).
  eapply wp_lacks_room; [exact R|exact Rh|]. intros h f Emh Hcap. cbn beta.
  pose proof (aligned_page_ne _ _ A A0 ltac:(done)) as D12. pose proof (aligned_page_ne _ _ A A1 ltac:(done)) as D13.
  pose proof (aligned_page_ne _ _ A0 A1 ltac:(done)) as D23.
  assert (forall rest s', current s' = x ->
    (exists ρ' V', holds ρ' V' s' /\ prepared_from ρ V m x d ch l v first rest V') ->
    decides DONE (State m x r t) s' (exists c, is_child ρ V x d c /\ current s' = x
      /\ (s' = State m x r t /\ rest = first /\ is_Some (v_table V c Mmu 0 (prefix v 0)) \/ exists l ρ' V',
      holds ρ' V' s' /\ prepared_from ρ V m x d c l v first rest V'))) as Hdone.
  { intros rest s' Es X. split; [intros _|by intros []]. exists ch. split; [exact C|]. split; [exact Es|right].
    by exists l. }
  assert (is_Some (v_table V ch Mmu (S l) (prefix v (S l)))) as Ts by by eexists.
  assert (v_table V ch Mmu l (prefix v l) = None) as Tn by apply L1.
  assert (is_full V m ch 1 = (list_capacity <? list_count h + N.of_nat 1)) as Ef.
  { unfold is_full. by rewrite last_lookup, Hl', Emh. }
  destruct (list_capacity <? list_count h + N.of_nat 1) eqn:Full.
  - step. offer_step. step. step. eapply wp_read_word; [exact R|apply O2|done|]. cbn beta.
    set (w4 := page_number fourth) in *. pose proof list_capacity_pos as Hpos.
    assert (page_number first <> w4 /\ page_number second <> w4 /\ page_number third <> w4) as (D14&D24&D34).
    { split_and!; by apply aligned_page_ne. }
    match goal with |- wp _ ?Q _ => set (Post := Q) end. apply wp_bind.
    eapply wp_extend_list; [exact R|exact I|exact Hc|exact Hch|exact T|exact C|exact O2|exact Hl|exact Emh|].
    cbv zeta. intros ρ1 m1 t1 g R1 I1 Ec1 T1' C1 Ep1 Ho1 Eq1 Em1. rewrite <- !Ep1.
    eapply wp_give_three; [exact R1|exact I1|exact Ec1|exact T1'|exact C1|done| | | |by apply Ho1|by apply Ho1|by
      apply Ho1
      |done|done|done|rewrite Ep1; exact Eq1|rewrite Ep1; exact Em1|done|];
      [exact L1|exact L2|exact L3|]. intros ρ' s' Es Hh. unfold Post. refine (Hdone _ _ Es _). eexists ρ', _.
    split; [exact Hh|]. split_and!; [exact Tn|exact Ts|exact O|exact O0|exact O1|right]. split; [exact Ef|].
    split; [exact O2|].
    split; [by rewrite Ep1|done].
  - bool. eapply wp_give_three; [exact R|exact I|exact Hc|exact T|exact C|done|exact L1|exact L2|exact L3|exact
      O|exact O0
      |exact O1|done|done|done|exact Rh|exact Emh|lia|]. intros ρ' s' Es Hh.
    refine (Hdone _ _ Es _). eexists ρ', _. split; [exact Hh|].
    split_and!; [exact Tn|exact Ts|exact O|exact O0|exact O1|left]. split; [exact Ef|by split].
Qed.

Corollary prepare_keeps_wf s child va first : wf s ->
  wp (prepare child va first) (fun ans s' => wf s' /\ (answer_status ans <> DONE -> s' = s)) s.
Proof.
  intros (ρ&V&Hs). eapply wp_mono; [by apply prepare_spec|]. cbn. intros ans s' D. split; [|apply D].
  eapply decides_wf; [done|]. eapply decides_mono; [exact D|].
  intros (ch&_&_&[(->&_)|(l&ρ'&V'&Hs'&_)]); by eexists _, _.
Qed.

(** countToMap changes nothing. *)
Theorem countToMap_spec ρ V s child va : holds ρ V s -> wp (countToMap child va) (fun _ s' => s' = s) s.
Proof.
  intros Hs. start countToMap. do 3 step.
  eapply wp_child_at; [exact R|exact I|exact Hc|rewrite N.eqb_refl; by apply wp_ret|].
  intros ch _ _ C. rewrite (proj2 (N.eqb_neq _ _) (child_not_0 _ _ _ _ _ C)).
  destruct (child_partition _ _ _ _ _ C) as [n' E]. destruct (page_aligned va && _) eqn:B; cbn [negb]; [|by step]. bool.
  step. eapply (wp_lowest Mmu); [exact R|exact E|done|]. intros l z (_&Ez&_). step.
  eapply wp_config_list; [exact R|exact E|]. intros head Hl. rewrite last_lookup in Hl.
  apply (co_list _ _ (proj1 R)) in Hl. step. rewrite Ez. eapply wp_lacks_room; [exact R|exact Hl|]. intros. by step.
Qed.

End Service.
