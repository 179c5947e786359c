(* SPDX-License-Identifier: Apache-2.0 *)
(** * collect: the code *)
From Pip.Isolation Require Export CollectReads.
From Pip.Services Require Import Collect.

Section Rules.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i x : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** The record leaves the list. *)
Lemma wp_strike {A} (rest : K A) ρ V m x r t c q i (Q : A -> state -> Prop) : rep ρ V m -> is_partition ρ c ->
  (exists j, ρ q = ListAt c j) -> i < note_count (v_note V q) -> note_count (v_note V (list_head V c)) <> 0 ->
  (forall m', rep ρ (struck (q, i) (list_head V c) V) m' -> wp rest Q (State m' x r t)) ->
  wp (overwrite_record q i (list_head V c) ;; drop_last_record (list_head V c) ;; rest)%monad Q (State m x r t).
Proof.
  intros R Pc [j Eq] Hi Hn HQ. destruct (head_at ρ V (State m x r t) R c Pc) as (ls&_&Eh).
  set (head := list_head V c) in *. destruct (list_fields ρ V (State m x r t) R _ _ _ Eh) as (G1&_&_&G4).
  destruct (list_at ρ V (State m x r t) R _ _ _ Eq) as [Em Hc]. cbn [mem] in Em. apply wp_bind. unfold overwrite_record.
  apply wp_bind. eapply wp_gets; [exact G1|]. rewrite (proj2 (N.eqb_neq _ _) Hn). apply wp_bind.
  eapply wp_gets; [apply G4; lia|]. apply wp_bind, wp_get. cbn [mem]. rewrite Em. unfold list_page. cbn [list_count].
  rewrite (proj2 (N.ltb_lt _ _) Hi). apply wp_put. cbn [mem current registers tlb].
  pose proof (rep_with_note ρ V m c j q (Note (note_origin (v_note V q)) (note_count (v_note V q)) (update (note_records
    (v_note V q)) i (record_at V (head, note_count (v_note V head) - 1)))) R Eq Hc) as R1.
  match type of R1 with rep _ ?V1 ?m1 => change (rep ρ V1 m1) in R1; set (V' := V1) in *; set (m1' := m1) in * end.
  assert (note_count (v_note V' head) = note_count (v_note V head)) as Ec.
  { cbn. destruct (decide (head = q)) as [->|]; [by rewrite update_eq|by rewrite update_ne]. }
  destruct (list_at ρ V' (State m1' x r t) R1 _ _ _ Eh) as [Em1 Hc1]. cbn [mem] in Em1. apply wp_bind.
  unfold drop_last_record. apply wp_bind, wp_get. cbn [mem].
  change (wp match m1' head with ListPage h t0 => if list_count h =? 0 then undefined else put head (ListPage
    (ListHeader (list_next h) (list_origin h) (list_count h - 1)) t0) | _ => undefined end (fun _ s' => wp rest Q s')
    (State m1' x r t)). rewrite Em1. unfold list_page. cbn [list_count list_next list_origin].
  rewrite (proj2 (N.eqb_neq (note_count (v_note V' head)) 0)) by congruence. apply wp_put.
  cbn [mem current registers tlb]. apply HQ. unfold struck. cbv zeta. cbn [fst snd]. fold V'.
  refine (rep_with_note ρ V' m1' c (length ls) head (Note _ _ _) R1 Eh _).
  eapply N.le_trans; [apply N.le_sub_l|exact Hc1].
Qed.

Lemma wp_unlink ρ V m x r t c k l v z p (Q : unit -> state -> Prop) : rep ρ V m -> is_user_page v = true ->
  v_table V c k (S l) (prefix v (S l)) = Some z -> v_table V c k l (prefix v l) = Some p ->
  (forall l' i, l = S l' -> i < table_size -> v_table V c k l' (prefix v l * table_size + i) = None) ->
  (forall m', rep (update ρ p Lost) (unlinked c k l (prefix v l) V) m' -> Q tt (State m' x r t)) ->
  wp (write_link z v (N.of_nat (S l)) no_entry) Q (State m x r t).
Proof.
  intros R U T Tp Hb HQ. destruct (interior_entry _ _ _ _ _ _ _ _ R T U) as (f&Ef&K&_). unfold write_link.
  rewrite U, index_at_nat. change (negb (N.of_nat (S l) =? 0)) with true. change (is_link _) with true. cbn [andb].
  apply wp_bind, wp_in_table; [apply position_lt|]. apply wp_bind, wp_get. cbn [mem].
  rewrite Ef, N.eqb_refl, K. apply wp_put. cbn [mem current registers tlb]. apply HQ. by eapply rep_unlink.
Qed.

(** The three tables of one place: they are nobody's then. *)
Lemma wp_unlink_all {A} (rest : K A) ρ V m x r t c l v z1 z2 z3 (Q : A -> state -> Prop) : rep ρ V m -> inv ρ V ->
  is_user_page v = true -> (l < top)%nat -> is_empty V c l (prefix v l) = true ->
  is_lowest V c Mmu l v z1 -> is_lowest V c Shadow1 l v z2 -> is_lowest V c Shadow2 l v z3 ->
  (forall ρ' m', let V' := unlinked_all c l (prefix v l) V in rep ρ' V' m' -> inv ρ' V' ->
     (forall y, ρ' y = ρ y \/ (ρ' y = Lost /\ exists k, ρ y = TreeTable c k l (prefix v l))) ->
     (forall k y, ρ y = TreeTable c k l (prefix v l) -> ρ' y = Lost) -> wp rest Q (State m' x r t)) ->
  wp (write_link (place_parent z1) v (N.of_nat (S l)) no_entry ;;
      write_link (place_parent z2) v (N.of_nat (S l)) no_entry ;;
      write_link (place_parent z3) v (N.of_nat (S l)) no_entry ;; rest)%monad Q (State m x r t).
Proof.
  intros R I U Hl HE (T1&_&_&P1) (T2&_&_&P2) (T3&_&_&P3) HQ. destruct (is_empty_none _ _ _ _ HE) as [Hb Hn].
  set (p1 := place_table z1) in *. set (p2 := place_table z2) in *. set (p3 := place_table z3) in *. specialize (P1 Hl).
  specialize (P2 Hl). specialize (P3 Hl). pose proof (table_role _ _ _ _ _ _ _ _ R T1) as E1.
  pose proof (table_role _ _ _ _ _ _ _ _ R T2) as E2. pose proof (table_role _ _ _ _ _ _ _ _ R T3) as E3.
  assert (forall k l' i, l = S l' -> i < table_size -> v_table V c k l' (prefix v l * table_size + i) = None) as Hbk.
  { intros k l' y El Hy. destruct (v_table V c k l' _) eqn:X; [|done].
    destruct (inv_sync _ _ I c k Mmu l' (prefix v l * table_size + y)) as [w W]; [by eexists|]. by rewrite Hb in W. }
  apply wp_bind. eapply (wp_unlink _ _ _ _ _ _ c Mmu); [exact R|exact U|exact P1|exact T1|apply Hbk|]. intros m1 R1.
  apply wp_bind.
  eapply (wp_unlink _ _ _ _ _ _ c Shadow1 l v _ p2); [exact R1|exact U|cbn; rewrite decide_False; [exact
    P2|naive_solver]|cbn; rewrite decide_False; [exact T2|naive_solver]| |].
  { intros l' y El Hy. cbn. rewrite decide_False by naive_solver. by apply Hbk. }
  intros m2 R2. apply wp_bind.
  eapply (wp_unlink _ _ _ _ _ _ c Shadow2 l v _ p3); [exact R2|exact U|cbn; rewrite !decide_False; [exact
    P3|naive_solver..]|cbn; rewrite !decide_False; [exact T3|naive_solver..]| |].
  { intros l' y El Hy. cbn. rewrite !decide_False by naive_solver. by apply Hbk. }
  intros m3 R3. set (ρ3 := update (update (update ρ p1 Lost) p2 Lost) p3 Lost) in *.
  assert (forall y, ρ3 y = ρ y \/ (ρ3 y = Lost /\ exists k, ρ y = TreeTable c k l (prefix v l))) as Hρ.
  { intros y. unfold ρ3. destruct (decide (y = p3)) as [->|]; [rewrite update_eq; eauto|rewrite update_ne by done].
    destruct (decide (y = p2)) as [->|]; [rewrite update_eq; eauto|rewrite update_ne by done].
    destruct (decide (y = p1)) as [->|]; [rewrite update_eq; eauto|rewrite update_ne by done; by left]. }
  apply (HQ ρ3); [exact R3| |exact Hρ|].
  - eapply inv_unlinked; [exact R|exact I| |exact Hn]. intros y. destruct (Hρ y) as [|[X [k Y]]]; [by left|right].
    split_and!; [done|unfold owner; rewrite Y; eauto|intros [? Z]; congruence].
  - intros k y Y. apply (co_table _ _ (proj1 R)) in Y.
    assert (y = p1 \/ y = p2 \/ y = p3) as Hy by (destruct k; naive_solver congruence). unfold ρ3.
    destruct (decide (y = p3)) as [->|]; [by rewrite update_eq|rewrite update_ne by done].
    destruct (decide (y = p2)) as [->|]; [by rewrite update_eq|rewrite update_ne by done].
    destruct Hy as [-> |[|]]; [by rewrite update_eq|done..].
Qed.

Lemma wp_give_back_linked ρ V m x r t n v p w (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ x = Partition n ->
  (forall y, t y = v_entry V x y) -> ready ρ V x n v p -> ρ p = Lost ->
  (forall m' t' ρ', let V' := linked_back x v p w V in rep ρ' V' m' -> inv ρ' V' -> (forall y, t' y = v_entry V' x y) ->
     (forall v' p', ready ρ V x n v' p' -> ready ρ' V' x n v' p') -> (forall y, y <> p -> ρ' y = ρ y) ->
     Q tt (State m' x r t')) -> wp (give_back_linked x v p w) Q (State m x r t).
Proof.
  intros R I Ex T Y Y3 HQ. assert (free (ρ p)) as Hf by by rewrite Y3. pose proof Y as [Y1 Y2 Y4].
  unfold give_back_linked. apply wp_bind.
  eapply (wp_give_back ρ V _ _ _ _ n v p); [exact R|exact I|exact Ex|exact T|exact Y1|exact Y2|exact Hf|exact Y4|].
  cbv zeta. intros m1 t1 R1 I1 T1. set (ρ' := update ρ p UserPage) in *. set (V1 := returned x v p V) in *.
  eapply (wp_write_word ρ' V1); [exact R1|unfold ρ'; by rewrite update_eq|done|]. intros m2 R2.
  assert (v_data V1 p = fun _ => 0) as E by (cbn; by rewrite update_eq). rewrite E in R2.
  eapply (HQ m2 t1 ρ'); [exact R2| |exact T1| |].
  - destruct I1. by split.
  - intros v' p' Y'. by apply ready_data, ready_returned.
  - intros y Hy. unfold ρ'. by rewrite update_ne.
Qed.

(** The page at the head of a list goes. *)
Lemma wp_set_config_list_shrink ρ V m x r t c (ls : list N) p next (Q : unit -> state -> Prop) : rep ρ V m ->
  is_partition ρ c -> v_list V c = ls ++ [p] -> last ls = Some next ->
  (forall m', rep (update ρ p Lost) (with_list c ls V) m' -> Q tt (State m' x r t)) ->
  wp (set_config_list c next) Q (State m x r t).
Proof.
  intros R [n Ec] El Hl HQ. destruct (gets_descriptor ρ V (State m x r t) R c) as (d&G&Ed&_); [by exists n|].
  apply wp_bind. eapply wp_gets; [exact G|]. apply wp_put. by eapply HQ, rep_shrink.
Qed.

(** The end of the service: the tables are nobody's, and go back one by one. *)
Lemma wp_hand_over ρ V V0 m x r t n c l u e v1 v2 v3 (Q : answer -> state -> Prop) :
  let p k := table_of V0 c k l u in let head := list_head V0 c in let v4 := note_origin (v_note V0 head) in
  rep ρ V m -> inv ρ V -> ρ x = Partition n -> is_partition ρ c -> (forall y, t y = v_entry V x y) ->
  (forall k, ρ (p k) = Lost) -> p Mmu <> p Shadow1 -> p Mmu <> p Shadow2 -> p Shadow1 <> p Shadow2 ->
  ready ρ V x n v1 (p Mmu) -> ready ρ V x n v2 (p Shadow1) -> ready ρ V x n v3 (p Shadow2) ->
  v_list V = v_list V0 -> (loses_head V0 c = true -> ready ρ V x n v4 head) ->
  (forall ρ' s', current s' = x -> holds ρ' (handed_over x c l u (TableRecord e v1 v2 v3) V0 V) s' ->
     Q (Answer DONE (address_of v1)) s') ->
  wp (give_back_linked x v1 (p Mmu) (address_of v2) ;; give_back_linked x v2 (p Shadow1) (address_of v3) ;;
      (if loses_head V0 c then let! next := next_list_page head in
         set_config_list c next ;; give_back_linked x v3 (p Shadow2) (address_of v4) ;; give_back_linked x v4 head 0
       else give_back_linked x v3 (p Shadow2) 0) ;; ret (Answer DONE (address_of v1)))%monad Q (State m x r t).
Proof.
  intros p head v4 R I Ex [nc Ec] T L D12 D13 D23 Y1 Y2 Y3 El Hs HQ.
  unfold handed_over in HQ. cbv zeta in HQ. fold head v4 (p Mmu) (p Shadow1) (p Shadow2) in HQ.
  assert (forall q k, (exists j, ρ q = Partition j) -> q <> p k) as Hp by (intros q k [j E] ->; rewrite L in E; done).
  apply wp_bind. eapply wp_give_back_linked; [exact R|exact I|exact Ex|exact T|exact Y1|apply L|]. cbv zeta.
  intros m1 t1 ρ1 R1 I1 T1 K1 H1. apply wp_bind. set (V1 := linked_back x v1 _ _ V) in *.
  assert (ρ1 x = Partition n) as Ex1 by (rewrite H1 by (apply Hp; eauto); done).
  eapply wp_give_back_linked; [exact R1|exact I1|exact Ex1|exact T1|by apply K1|rewrite H1; [apply L|done]|]. cbv zeta.
  intros m2 t2 ρ2 R2 I2 T2 K2 H2. apply wp_bind. set (V2 := linked_back x v2 _ _ V1) in *.
  assert (forall y, y <> p Mmu -> y <> p Shadow1 -> ρ2 y = ρ y) as Hρ by (intros; by rewrite H2, H1).
  assert (ρ2 x = Partition n /\ ρ2 (p Shadow2) = Lost) as [Ex2 L3]
    by (split; [rewrite Hρ by (apply Hp; eauto); done|rewrite Hρ by done; apply L]). destruct (loses_head V0 c) eqn:B.
  - assert (is_partition ρ2 c) as Pc2 by (exists nc; rewrite Hρ by (apply Hp; eauto); done).
    destruct (head_at ρ2 V2 (State m2 x r t2) R2 c Pc2) as (ls&Els&Eh).
    assert (v_list V2 c = v_list V0 c) as El2 by by rewrite <- El.
    assert (list_head V2 c = head) as Eh2 by (unfold list_head, head; by rewrite El2). rewrite Eh2 in *.
    destruct (list_fields ρ2 V2 (State m2 x r t2) R2 _ _ _ Eh) as (_&_&G&_). apply wp_bind. eapply wp_gets; [exact G|].
    apply wp_bind. assert (exists next, last ls = Some next) as [next Hn].
    { destruct ls as [|y ys _] using rev_ind; [|exists y; apply last_snoc]. unfold loses_head in B.
      rewrite <- El2, Els in B. by rewrite andb_false_r in B. }
    assert (after V2 c (length ls) = next) as -> by (transitivity (default 0 (last ls)); [exact (after_last V2 c ls _
      Els)|by rewrite Hn]). eapply wp_set_config_list_shrink; [exact R2|exact Pc2|exact Els|exact Hn|]. intros m3 R3.
    assert (inv (update ρ2 head Lost) (with_list c ls V2)) as I3.
    { apply inv_shrink; [done|unfold owner; rewrite Eh; eauto|]. intros [y X]. congruence. }
    set (ρ3 := update ρ2 head Lost) in *. set (V3 := with_list c ls V2) in *.
    assert (forall y z, ready ρ2 V2 x n y z -> ready ρ3 V3 x n y z) as K3.
    { intros y z Z. eapply ready_forget; [exact Z| |done|by apply Z]. intros c' j'. unfold ρ3.
      destruct (decide (c' = head)) as [->|]; [by rewrite update_eq|by rewrite update_ne]. }
    assert (ρ3 x = Partition n /\ p Shadow2 <> head) as [Ex3 Hh] by (split; [unfold ρ3; rewrite update_ne; congruence|
      intros E; rewrite E in L3; congruence]). apply wp_bind.
    eapply wp_give_back_linked; [exact R3|exact I3|exact Ex3|exact T2|by apply K3, K2, K1
      |unfold ρ3; by rewrite update_ne|]. cbv zeta. intros m4 t4 ρ4 R4 I4 T4 K4 H4.
    assert (ρ4 x = Partition n) as Ex4 by (rewrite H4 by (intros ->; congruence); done).
    eapply wp_give_back_linked; [exact R4|exact I4|exact Ex4|exact T4|apply K4, K3, K2, K1; by apply Hs| |].
    { rewrite H4 by done. unfold ρ3. by rewrite update_eq. }
    cbv zeta. intros m5 t5 ρ5 R5 I5 T5 _ H5. apply wp_ret. apply (HQ ρ5); [done|].
    replace (removelast (v_list V0 c)) with ls by (rewrite <- El2, Els; symmetry; apply removelast_last).
    split_and!; [exact R5|exact I5|exists n; cbn; rewrite H5; [done|intros ->; congruence]|exact T5].
  - eapply wp_give_back_linked; [exact R2|exact I2|exact Ex2|exact T2|by apply K2, K1|exact L3|]. cbv zeta.
    intros m4 t4 ρ4 R4 I4 T4 K4 H4. apply wp_ret. apply (HQ ρ4); [done|].
    split_and!; [exact R4|exact I4|exists n; cbn; rewrite H4; [done|intros ->; congruence]|exact T4].
Qed.

(** The tables are unlinked, the record leaves the list, the pages go back. *)
Lemma wp_take_apart ρ V m x r t n d ch l v z1 z2 z3 q i (Q : answer -> state -> Prop) :
  let p k := table_of V ch k l (prefix v l) in let head := list_head V ch in let v4 := note_origin (v_note V head) in
  let tr := record_at V (q, i) in rep ρ V m -> inv ρ V -> ρ x = Partition n -> (forall y, t y = v_entry V x y) ->
  is_child ρ V x d ch -> is_user_page v = true -> (l < top)%nat -> is_empty V ch l (prefix v l) = true ->
  is_lowest V ch Mmu l v z1 -> is_lowest V ch Shadow1 l v z2 -> is_lowest V ch Shadow2 l v z3 ->
  (exists j, ρ q = ListAt ch j) -> i < note_count (v_note V q) -> note_count (v_note V head) <> 0 ->
  maps V x (record_mmu tr) (p Mmu) = true -> maps V x (record_shadow1 tr) (p Shadow1) = true ->
  maps V x (record_shadow2 tr) (p Shadow2) = true -> (loses_head V ch = true -> maps V x v4 head = true) ->
  (forall ρ' s', current s' = x -> holds ρ' (collected V x ch l (prefix v l) (q, i)) s' ->
     Q (Answer DONE (address_of (record_mmu tr))) s') ->
  wp (write_link (place_parent z1) v (N.of_nat (S l)) no_entry ;;
      write_link (place_parent z2) v (N.of_nat (S l)) no_entry ;;
      write_link (place_parent z3) v (N.of_nat (S l)) no_entry ;; overwrite_record q i head ;; drop_last_record head ;;
      give_back_linked x (record_mmu tr) (p Mmu) (address_of (record_shadow1 tr)) ;;
      give_back_linked x (record_shadow1 tr) (p Shadow1) (address_of (record_shadow2 tr)) ;; (if loses_head V ch then
         let! next := next_list_page head in set_config_list ch next ;;
         give_back_linked x (record_shadow2 tr) (p Shadow2) (address_of v4) ;; give_back_linked x v4 head 0
       else give_back_linked x (record_shadow2 tr) (p Shadow2) 0) ;;
      ret (Answer DONE (address_of (record_mmu tr))))%monad Q (State m x r t).
Proof.
  intros p head v4 tr R I Hc T C U Hl HE L1 L2 L3 [j Eq] Hi Hn M1 M2 M3 M4 HQ.
  apply maps_pres in M1 as [? ?], M2 as [? ?], M3 as [? ?]. pose proof (child_ne _ _ _ _ _ _ _ R C Hc) as Hne.
  pose proof (child_depth _ _ _ _ _ _ _ R C Hc) as Hch.
  destruct (head_at ρ V (State m x r t) R ch (child_partition _ _ _ _ _ C)) as (ls&_&Eh). fold head in Eh.
  assert (forall k z, is_lowest V ch k l v z -> place_table z = p k) as Et by (intros k z [X _]; unfold p, table_of; by
    rewrite X). eapply wp_unlink_all; [exact R|exact I|exact U|exact Hl|exact HE|exact L1|exact L2 |exact L3|].
  cbv zeta. intros ρ3 m3 R3 I3 Hρ Hlost. set (V3 := unlinked_all ch l (prefix v l) V) in *.
  assert (forall y, (forall k, ρ y <> TreeTable ch k l (prefix v l)) -> ρ3 y = ρ y) as Hother.
  { intros y Hy. destruct (Hρ y) as [|[_ [k E]]]; [done|by destruct (Hy k)]. }
  assert (is_partition ρ3 ch /\ ρ3 x = Partition n) as [Pch Ex3] by (split; [exists (S n)|]; rewrite Hother; [exact
    Hch|congruence|exact Hc|congruence]).
  eapply (wp_strike _ ρ3 V3 m3 x r t ch q i); [exact R3|exact Pch|exists j; rewrite Hother; [exact Eq|congruence] |exact
    Hi|done|]. intros m4 R4. change (list_head V3 ch) with head in R4.
  assert (forall y w, owner ρ y = Some ch -> pres V x w -> pg V x w = y -> ready ρ3 (struck (q, i) head V3) x n w y) as
    Hready.
  { intros y w Ho Pw Ew.
    assert (forall c' w', v_entry V3 c' w' = v_entry V c' w' \/ c' = ch /\ v_entry V3 c' w' = absent_entry) as He by
      (intros; apply unlinked_entry). assert (ready ρ3 V3 x n w y) as []; [|by split].
    eapply ready_forget; [exact (structure_ready _ _ _ _ _ _ _ _ _ R I C Hc Ho Pw Ew)| | |].
    - intros c' j' X. destruct (Hρ c') as [|[]]; congruence.
    - intros c' w' Pw'. unfold pres, pg in *. destruct (He c' w') as [X|[_ X]]; rewrite X in *; done.
    - unfold pres. destruct (He x w) as [->|[E _]]; [exact Pw|by destruct Hne]. }
  assert (forall k z, is_lowest V ch k l v z -> ρ (p k) = TreeTable ch k l (prefix v l)) as Hp.
  { intros k z L. rewrite <- (Et _ _ L). eapply table_role; [exact R|apply L]. }
  pose proof (Hp _ _ L1) as P1. pose proof (Hp _ _ L2) as P2. pose proof (Hp _ _ L3) as P3.
  assert (forall k, owner ρ (p k) = Some ch /\ ρ3 (p k) = Lost) as Hk by (intros []; unfold owner; rewrite ?P1, ?P2,
    ?P3; split; [done|by eapply Hlost| | | |]; by try eapply Hlost).
  assert (p Mmu <> p Shadow1 /\ p Mmu <> p Shadow2 /\ p Shadow1 <> p Shadow2) as (D12&D13&D23) by (split_and!; intros E;
    rewrite E in *; congruence). destruct tr as [e v1 v2 v3] eqn:Etr.
  cbn [record_mmu record_shadow1 record_shadow2] in *.
  eapply (wp_hand_over ρ3 _ V m4 x r t n ch l (prefix v l) e); [exact R4|destruct I3; by split|exact Ex3|exact Pch| |
    intros k; apply Hk|exact D12|exact D13|exact D23|..].
  2-4: (apply Hready; [apply Hk|done..]).
  - intros y. rewrite T. symmetry. change (v_entry V3 x y = v_entry V x y).
    by destruct (unlinked_entry ch l (prefix v l) V x y) as [|[X _]]; [|by destruct Hne].
  - done.
  - intros B. destruct (maps_pres _ _ _ _ (M4 B)). apply (Hready head); [unfold owner; by rewrite Eh|done..].
  - intros ρ' s' Ecur Hh. apply (HQ ρ'); [exact Ecur|]. unfold collected.
    assert (record_at V (q, i) = TableRecord e v1 v2 v3) as -> by exact Etr. exact Hh.
Qed.

(** collect refuses and changes nothing, or the lowest tables on the way to the address come back. *)
Theorem collect_spec ρ V s child va : holds ρ V s -> let x := current s in let ch := child_of V x child in
  let v := page_number va in let l := lowest_level_of V ch v in let u := prefix v l in
  wp (collect child va) (fun ans s' =>
    decides (first_failing (collect_checks V x child va)) (answer_status ans) s s' (current s' = x /\
      match noted V ch l u with
      | Some place => answer_value ans = address_of (record_mmu (record_at V place))
          /\ exists ρ', holds ρ' (collected V x ch l u place) s'
      | None => False end)) s.
Proof.
  intros Hs. cbv zeta. start collect collect_checks. unfold child_checks. open_tests. cbn [app first_failing]. step.
  child_step. step. set (v := page_number va) in *.
  destruct (gets_lowest ρ V (State m x r t) R I Mmu ch v) as (z1&G1&L1); [partition|done|].
  destruct (gets_lowest ρ V (State m x r t) R I Shadow1 ch v) as (z2&G2&L2); [partition|done|].
  destruct (gets_lowest ρ V (State m x r t) R I Shadow2 ch v) as (z3&G3&L3); [partition|done|]. apply wp_bind.
  eapply wp_gets; [exact G1|]. cbn beta. rewrite (proj1 (proj2 L1)). set (l := lowest_level_of V ch v) in *.
  pose proof (table_le_top _ _ _ _ _ _ _ _ R (proj1 L1)) as Hle. replace (N.of_nat l =? top_level) with (l =? top)%nat.
  2:{ unfold top_level. apply eq_true_iff_eq. rewrite Nat.eqb_eq, N.eqb_eq. lia. }
  destruct (Nat.eqb_spec l top) as [|Hl]; cbn [negb first_failing]; [refuse|]. apply wp_bind.
  eapply wp_gets; [eapply gets_is_empty_table; [exact R|exact (proj1 L1)|lia]|].
  destruct (is_empty V ch l (prefix v l)) eqn:HE; cbn [negb first_failing]; [|refuse]. apply wp_bind.
  eapply wp_gets; [exact G2|]. apply wp_bind. eapply wp_gets; [exact G3|]. apply wp_bind.
  eapply wp_gets; [eapply gets_config_list; [exact R|partition]|]. cbn beta.
  assert (forall k z, is_lowest V ch k l v z -> place_table z = table_of V ch k l (prefix v l)) as Et by (intros k z [X
    _]; unfold table_of; by rewrite X). rewrite (Et _ _ L1), (Et _ _ L2), (Et _ _ L3). apply wp_bind.
  eapply wp_gets; [eapply gets_noted; [exact R|partition]|]. unfold is_listed.
  destruct (noted V ch l (prefix v l)) as [[q i]|] eqn:N; cbn [slot_of slot_page slot_index]; [|refuse].
  destruct (noted_spec ρ V (State m x r t) R _ _ _ _ _ N) as [[j Eq] Hi]. open_tests.
  rewrite (proj2 (N.eqb_neq q 0)) by (intros ->; by rewrite (co_zero _ _ (proj1 R)) in Eq).
  destruct (head_at ρ V (State m x r t) R ch (child_partition _ _ _ _ _ C)) as (ls&_&Eh).
  destruct (list_fields ρ V (State m x r t) R _ _ _ Eh) as (F1&F2&_&_).
  destruct (list_fields ρ V (State m x r t) R _ _ _ Eq) as (_&_&_&F4). specialize (F4 i Hi).
  change (note_records (v_note V q) i) with (record_at V (q, i)) in F4. apply wp_bind. eapply wp_gets; [exact F1|].
  unfold first_index. step. do 3 (apply wp_bind; (eapply wp_gets; [eapply gets_bind; [exact F4|apply gets_ret]|])).
  do 3 (apply wp_bind; (eapply wp_gets; [eapply gets_maps_at; [exact R|partition]|])). apply wp_bind.
  eapply wp_gets; [eapply gets_loses_head; [exact R|partition]|]. apply wp_bind. eapply wp_gets; [exact F2|].
  apply wp_bind. set (tr := record_at V (q, i)) in *. set (p k := table_of V ch k l (prefix v l)) in *.
  set (head := list_head V ch) in *. set (v4 := note_origin (v_note V head)) in *.
  eapply wp_gets with (a := if loses_head V ch then maps V x v4 head else true).
  { destruct (loses_head V ch); [eapply gets_maps_at; [exact R|partition]|apply gets_ret]. }
  cbn beta. destruct (_ && _ && _ && _) eqn:M; cbn [negb first_failing]; [|refuse]. bool.
  apply wp_bind, wp_level_above; [lia|].
  eapply (wp_take_apart ρ V); [exact R|exact I|exact Hc|exact T|exact C|done |lia|exact HE|exact L1|exact L2|exact L3|by
    exists j|exact Hi|done|done|done|done|intros B; by rewrite B in *|]. intros ρ' s' Ecur Hh. accept.
  split; [exact Ecur|]. split; [done|]. by exists ρ'.
Qed.

End Rules.
