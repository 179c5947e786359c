(* SPDX-License-Identifier: Apache-2.0 *)
(** * collect: the code *)
From Pip.Isolation Require Export CollectFacts.
From Pip.Services Require Import Collect.

Section Rules.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i x : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** ** Reading *)
Lemma empty_fold (g : entry -> bool) (f : N -> entry) :
  no_entry_has g f = true <-> forall i, i < table_size -> g (f i) = false.
Proof.
  unfold no_entry_has. generalize table_size. intros x. induction x as [|x IH] using N.peano_ind;
    [rewrite N.recursion_0; split; [intros; lia|done]|].
  rewrite (N.recursion_succ eq) by (done || by intros ? ? -> ? ? ->). rewrite andb_true_iff, negb_true_iff, IH. split.
  - intros [A B] i Hi. destruct (decide (i = x)) as [->|]; [done|]. apply A. lia.
  - intros A. split; [intros; apply A; lia|apply A; lia].
Qed.

(** An empty table has no table and no page below it. *)
Lemma wp_is_empty_table ρ V m x r t c l u p (Q : bool -> state -> Prop) : rep ρ V m ->
  v_table V c Mmu l u = Some p -> (l < top)%nat -> Q false (State m x r t) ->
  ((forall l' i, l = S l' -> i < table_size -> v_table V c Mmu l' (u * table_size + i) = None) ->
   (l = O -> forall v, prefix v 0 = u -> ~ pres V c v) -> Q true (State m x r t)) ->
  wp (is_empty_table p) Q (State m x r t).
Proof.
  intros R T Hl Q0 Q1. pose proof (table_ok_at _ _ _ _ _ _ _ _ R T) as X. unfold is_empty_table. apply wp_bind, wp_get.
  cbn [mem]. destruct l as [|l].
  - destruct X as (f&->&Hf). rewrite (proj2 (empty_fold e_kernel f)) by (intros; by apply Hf).
    apply wp_ret. destruct (no_entry_has _ _) eqn:E; [|done]. rewrite empty_fold in E.
    apply Q1; [done|]. intros _ v <- P. destruct (Hf (position v 0) (position_lt v 0)) as [_ Y].
    rewrite vaddr_split in Y. unfold pres in P. rewrite <- Y, E in P by apply position_lt. done.
  - destruct X as (f&->&Hf). rewrite (proj2 (empty_fold e_kernel f)).
    2: { intros i Hi. destruct (Hf i Hi) as [-> _]. unfold kernel_bit. by rewrite (proj2 (Nat.eqb_neq _ _)) by lia. }
    apply wp_ret. destruct (no_entry_has _ _) eqn:E; [|done]. rewrite empty_fold in E.
    apply Q1; [|done]. intros l' i [= <-] Hi. destruct (Hf i Hi) as [_ Y]. rewrite <- Y. unfold target_of in *.
    rewrite E in * by done. destruct (e_frame (f i) =? 0); [done|].
    by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in Y.
Qed.

(** A page of the configuration list of [c], as memory has it. *)
Definition list_page ρ m c q (h : list_header) (f : N -> table_record) : Prop :=
  exists j, ρ q = ListAt c j /\ m q = ListPage h f /\ list_count h <= list_capacity.

Lemma list_page_at ρ V m c j q : rep ρ V m -> ρ q = ListAt c j ->
  exists h f, list_page ρ m c q h f /\ list_next h = after V c j.
Proof.
  intros [_ R] E. specialize (R q). unfold page_ok in R. rewrite E in R. destruct R as (h&f&?&?&?).
  exists h, f. split; [|done]. by exists j.
Qed.

Lemma after_role ρ V m c j : rep ρ V m -> after V c j = 0 \/ exists j', ρ (after V c j) = ListAt c j'.
Proof.
  intros R. destruct j as [|j]; [by left|]. unfold after. destruct (v_list V c !! j) as [y|] eqn:E; [right|by left].
  exists j. by apply (co_list _ _ (proj1 R)).
Qed.

Lemma first_record_le (f : N -> table_record) (n0 p : N) : first_record f n0 p <= n0.
Proof.
  unfold first_record. set (g := fun (k0 : N) found => let j := n0 - 1 - k0 in
    if record_table (f j) =? p then j else found).
  assert (forall x, N.recursion n0 g x <= n0) as X; [|apply X].
  induction x as [|x IH] using N.peano_ind; [by rewrite N.recursion_0|].
  rewrite (N.recursion_succ eq) by (done || by intros ? ? -> ? ? ->). unfold g at 1. cbv zeta. case_match; [lia|done].
Qed.

Lemma wp_find_in_list ρ V m x r t c p fuel (Q : list_slot -> state -> Prop) : rep ρ V m ->
  (forall i, Q (ListSlot 0 i) (State m x r t)) ->
  (forall q i h f, list_page ρ m c q h f -> i < list_count h -> Q (ListSlot q i) (State m x r t)) ->
  forall q, (q = 0 \/ exists j, ρ q = ListAt c j) -> wp (find_in_list fuel q p) Q (State m x r t).
Proof.
  intros R Q0 Q1. induction fuel as [|fuel IH]; intros q Hq; cbn [find_in_list]; [by apply wp_ret|]. open_tests.
  destruct Hq as [->|[j Hj]]; [rewrite N.eqb_refl; by apply wp_ret|]. destruct (q =? 0); [by apply wp_ret|].
  destruct (list_page_at _ _ _ _ _ _ R Hj) as (h&f&L&En). pose proof L as (_&_&Em&_).
  apply wp_bind, wp_bind, wp_get. cbn [mem]. rewrite Em. apply wp_ret. apply wp_bind, wp_bind, wp_get. cbn [mem].
  rewrite Em. apply wp_ret. destruct (_ <? _) eqn:B; bool; [by eapply wp_ret, Q1|].
  apply wp_bind, wp_bind, wp_get. cbn [mem]. rewrite Em. apply wp_ret. apply IH. rewrite En. by eapply after_role.
Qed.

Lemma wp_maps_at ρ V m x r t c n v p (Q : bool -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  (forall b, (b = true -> pres V c v /\ pg V c v = p) -> Q b (State m x r t)) ->
  wp (maps_at c v p) Q (State m x r t).
Proof.
  intros R Ec HQ. unfold maps_at. open_tests. destruct (is_user_page v) eqn:U; cbn [negb]; [|by apply wp_ret, HQ].
  step. step; [step; by apply HQ|]. step. step. step. apply HQ. intros B. by bool.
Qed.

Lemma wp_overwrite_record ρ V m x r t c q i head h f h' f' (Q : unit -> state -> Prop) : rep ρ V m ->
  list_page ρ m c q h f -> i < list_count h -> list_page ρ m c head h' f' -> list_count h' <> 0 ->
  (forall m' g, rep ρ V m' -> m' = update m q (ListPage h g) -> Q tt (State m' x r t)) ->
  wp (overwrite_record q i head) Q (State m x r t).
Proof.
  intros R (j&Eq&Em&Hc) Hi (j'&Eh&Em'&_) Hn HQ. unfold overwrite_record, record_count, get_record.
  apply wp_bind, wp_bind, wp_get. cbn [mem]. rewrite Em'. apply wp_ret. rewrite (proj2 (N.eqb_neq _ _) Hn).
  apply wp_bind, wp_bind, wp_get. cbn [mem]. rewrite Em', (proj2 (N.ltb_lt _ _)) by lia. apply wp_ret.
  apply wp_bind, wp_get. cbn [mem]. rewrite Em, (proj2 (N.ltb_lt _ _) Hi). apply wp_put.
  cbn [mem current registers tlb].
  eapply HQ; [|done]. by eapply rep_list_page.
Qed.

Lemma wp_drop_last_record ρ V m x r t c head h f (Q : unit -> state -> Prop) : rep ρ V m ->
  list_page ρ m c head h f -> list_count h <> 0 ->
  (forall m' h', rep ρ V m' -> list_next h' = list_next h -> m' = update m head (ListPage h' f) ->
     Q tt (State m' x r t)) ->
  wp (drop_last_record head) Q (State m x r t).
Proof.
  intros R (j&Eq&Em&Hc) Hn HQ. unfold drop_last_record. apply wp_bind, wp_get. cbn [mem]. rewrite Em.
  rewrite (proj2 (N.eqb_neq _ _) Hn). apply wp_put. cbn [mem current registers tlb].
  eapply (HQ _ (ListHeader (list_next h) (list_origin h) (list_count h - 1))); [|done|done].
  eapply rep_list_page; [exact R|exact Eq|exact Em|done|cbn; lia].
Qed.

(** ** Writing *)
Lemma wp_unlink ρ V m x r t c k l v z p (Q : unit -> state -> Prop) : rep ρ V m -> is_user_page v = true ->
  v_table V c k (S l) (prefix v (S l)) = Some z -> v_table V c k l (prefix v l) = Some p ->
  (forall l' i, l = S l' -> i < table_size -> v_table V c k l' (prefix v l * table_size + i) = None) ->
  (forall m', rep (update ρ p Lost) (unlinked c k l (prefix v l) V) m' -> (forall q, q <> z -> m' q = m q) ->
     Q tt (State m' x r t)) ->
  wp (write_link z v (N.of_nat (S l)) no_entry) Q (State m x r t).
Proof.
  intros R U T Tp Hb HQ. destruct (interior_entry _ _ _ _ _ _ _ _ R T U) as (f&Ef&K&_).
  unfold write_link. rewrite U, index_at_nat. change (negb (N.of_nat (S l) =? 0)) with true. cbn [andb].
  apply wp_bind, wp_in_table; [apply position_lt|]. apply wp_bind, wp_get. cbn [mem]. rewrite Ef, K. apply wp_put.
  cbn [mem current registers tlb]. apply HQ; [|intros; by apply update_ne].
  by eapply rep_unlink.
Qed.

Lemma wp_give_back_linked ρ V m x r t n v p w (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ x = Partition n ->
  (forall y, t y = v_entry V x y) -> ready ρ V x n v p -> free (ρ p) ->
  (forall m' t', let ρ' := update ρ p UserPage in let V' := linked_back x v p w V in rep ρ' V' m' -> inv ρ' V' ->
     ρ' x = Partition n -> (forall y, t' y = v_entry V' x y) ->
     (forall v' p', ready ρ V x n v' p' -> ready ρ' V' x n v' p') ->
     (forall q, (forall c k u, ρ q <> TreeTable c k 0 u) -> q <> p -> m' q = m q) -> Q tt (State m' x r t')) ->
  wp (give_back_linked x v p w) Q (State m x r t).
Proof.
  intros R I Ex T Y Y3 HQ. pose proof Y as [Y1 Y2 Y4]. unfold give_back_linked. apply wp_bind.
  eapply (wp_give_back ρ V _ _ _ _ n v p); [exact R|exact I|exact Ex|exact T|exact Y1|exact Y2|exact Y3|exact Y4|].
  cbv zeta. intros m1 t1 R1 I1 T1 F1. set (ρ' := update ρ p UserPage) in *. set (V1 := returned x v p V) in *.
  eapply (wp_write_word ρ' V1); [exact R1|unfold ρ'; by rewrite update_eq|done|]. intros m2 R2 F2.
  assert (v_data V1 p = fun _ => 0) as E by (cbn; by rewrite update_eq). rewrite E in R2.
  eapply (HQ m2 t1); [exact R2| | |exact T1| |].
  - destruct I1. by split.
  - unfold ρ'. apply relabel_iff; auto using structure_not_free_partition. by right.
  - intros v' p' Y'. by apply ready_data, ready_returned.
  - intros q Hq Hqp. rewrite F2, F1; done.
Qed.

(** The page at the head of a list goes. *)
Lemma wp_set_config_list_shrink ρ V m x r t c n (l : list N) p next (Q : unit -> state -> Prop) : rep ρ V m ->
  ρ c = Partition n -> v_list V c = l ++ [p] -> last l = Some next ->
  (forall m', rep (update ρ p Lost) (with_list c l V) m' -> Q tt (State m' x r t)) ->
  wp (set_config_list c next) Q (State m x r t).
Proof.
  intros R Ec El Hl HQ. apply wp_bind. eapply wp_get_descriptor; [exact R|exact Ec|]. intros d Ed _ _ _ _. apply wp_put.
  cbn [mem current registers tlb]. by eapply HQ, rep_shrink.
Qed.

End Rules.

Section Service.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i x : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** The end of the service: pages [p1], [p2], [p3] are kernel data of nobody, and go back one by one. *)
Lemma wp_hand_over ρ V m x r t n c nc v1 v2 v3 v4 p1 p2 p3 head h f (spare : bool) (Q : answer -> state -> Prop) :
  rep ρ V m -> inv ρ V -> ρ x = Partition n -> ρ c = Partition nc -> (forall y, t y = v_entry V x y) ->
  ready ρ V x n v1 p1 -> ready ρ V x n v2 p2 -> ready ρ V x n v3 p3 -> ρ p1 = Lost -> ρ p2 = Lost -> ρ p3 = Lost ->
  NoDup [p1; p2; p3] -> list_page ρ m c head h f ->
  (spare = true -> ready ρ V x n v4 head /\
     exists (ls : list N) next, v_list V c = ls ++ [head] /\ last ls = Some next /\ list_next h = next) ->
  (forall ρ' s', current s' = x ->
     (if spare then forall ls next, v_list V c = ls ++ [head] -> last ls = Some next ->
        holds ρ' (handed_over_spare x c v1 v2 v3 v4 p1 p2 p3 head ls V) s'
      else holds ρ' (handed_over x v1 v2 v3 p1 p2 p3 V) s') -> Q (Answer DONE (address_of v1)) s') ->
  wp (give_back_linked x v1 p1 (address_of v2) ;; give_back_linked x v2 p2 (address_of v3) ;;
      (if spare then
         let! next := next_list_page head in
         set_config_list c next ;; give_back_linked x v3 p3 (address_of v4) ;; give_back_linked x v4 head 0
       else give_back_linked x v3 p3 0) ;;
      ret (Answer DONE (address_of v1)))%monad Q (State m x r t).
Proof.
  intros R I Ex Ec T Y1 Y2 Y3 L1 L2 L3 D (j&Eh&Em&_) Hs HQ.
  apply NoDup_cons in D as [D1 D]. apply NoDup_cons in D as [D2 _]. rewrite !elem_of_cons, elem_of_nil in *.
  apply wp_bind. eapply wp_give_back_linked; [exact R|exact I|exact Ex|exact T|exact Y1|by left|]. cbv zeta.
  intros m1 t1 R1 I1 Ex1 T1 K1 F1. apply wp_bind. set (ρ1 := update ρ p1 UserPage) in *.
  set (V1 := linked_back x v1 p1 _ V) in *.
  assert (ρ1 p2 = Lost) as L2' by (unfold ρ1; rewrite update_ne; [done|intros ->; tauto]).
  assert (ρ1 p3 = Lost) as L3' by (unfold ρ1; rewrite update_ne; [done|intros ->; tauto]).
  eapply wp_give_back_linked; [exact R1|exact I1|exact Ex1|exact T1|by apply K1|by left|]. cbv zeta.
  intros m2 t2 R2 I2 Ex2 T2 K2 F2. apply wp_bind. set (ρ2 := update ρ1 p2 UserPage) in *.
  set (V2 := linked_back x v2 p2 _ V1) in *.
  assert (ρ2 p3 = Lost) as L3'' by (unfold ρ2; rewrite update_ne; [done|intros ->; tauto]).
  assert (Hρ : forall y, y <> p1 -> y <> p2 -> ρ2 y = ρ y) by (intros y ??; unfold ρ2, ρ1; by rewrite !update_ne).
  assert (ρ2 c = Partition nc) as Ec2 by (rewrite Hρ; [done|intros ->; congruence|intros ->; congruence]).
  assert (ρ2 head = ListAt c j) as Eh2 by (rewrite Hρ; [done|intros ->; congruence|intros ->; congruence]).
  assert (m2 head = m head) as Em2.
  { rewrite F2, F1; [done|intros * ?; congruence|intros ->; congruence| |intros ->; congruence].
    intros c' k' u'. unfold ρ1. rewrite update_ne by (intros ->; congruence). congruence. }
  destruct spare.
  - destruct (Hs eq_refl) as [Y4 (ls&next&El&Hl&En)]. apply wp_bind. unfold next_list_page. apply wp_bind, wp_get.
    cbn [mem]. rewrite Em2, Em. apply wp_ret. rewrite En. apply wp_bind.
    eapply wp_set_config_list_shrink; [exact R2|exact Ec2|exact El|exact Hl|]. intros m3 R3.
    assert (inv (update ρ2 head Lost) (with_list c ls V2)) as I3.
    { apply inv_shrink; [done|unfold owner; rewrite Eh2; eauto|]. intros [y X]. congruence. }
    set (ρ3 := update ρ2 head Lost) in *. set (V3 := with_list c ls V2) in *.
    assert (forall y z, ready ρ2 V2 x n y z -> ready ρ3 V3 x n y z) as K3.
    { intros y z Z. eapply ready_forget; [exact Z| |done|by apply Z]. intros c' j'. unfold ρ3.
      destruct (decide (c' = head)) as [->|]; [by rewrite update_eq|by rewrite update_ne]. }
    assert (ρ3 x = Partition n) as Ex3 by (unfold ρ3; rewrite update_ne; [done|intros ->; congruence]).
    apply wp_bind. eapply wp_give_back_linked; [exact R3|exact I3|exact Ex3|exact T2|by apply K3, K2, K1| |].
    { unfold ρ3. rewrite update_ne by (intros ->; congruence). by left. }
    cbv zeta. intros m4 t4 R4 I4 Ex4 T4 K4 _.
    eapply wp_give_back_linked; [exact R4|exact I4|exact Ex4|exact T4|by apply K4, K3, K2, K1| |].
    { rewrite update_ne by (intros ->; congruence). unfold ρ3. rewrite update_eq. by left. }
    cbv zeta. intros m5 t5 R5 I5 Ex5 T5 _ _. apply wp_ret. eapply HQ; [done|]. intros ls' next' El' _.
    rewrite El in El'. apply app_inj_tail in El' as [<- _]. split_and!; [exact R5|exact I5|by exists n|exact T5].
  - eapply wp_give_back_linked; [exact R2|exact I2|exact Ex2|exact T2|by apply K2, K1|by left|]. cbv zeta.
    intros m4 t4 R4 I4 Ex4 T4 K4 _. apply wp_ret. eapply HQ; [done|].
    split_and!; [exact R4|exact I4|by exists n|exact T4].
Qed.

(** Before that: the tables are unlinked, the record leaves the list. *)
Lemma wp_take_apart ρ V m x r t n d c nc l v z1 z2 z3 v1 v2 v3 v4 head h f q i hq fq (spare : bool)
    (Q : answer -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ x = Partition n -> ρ c = Partition nc ->
  (forall y, t y = v_entry V x y) -> is_child ρ V x d c -> is_user_page v = true -> (l < top)%nat ->
  is_lowest V c Mmu l v z1 -> is_lowest V c Shadow1 l v z2 -> is_lowest V c Shadow2 l v z3 ->
  (forall l' i, l = S l' -> i < table_size -> v_table V c Mmu l' (prefix v l * table_size + i) = None) ->
  (l = O -> forall w, prefix w 0 = prefix v l -> ~ pres V c w) ->
  list_page ρ m c q hq fq -> i < list_count hq -> list_page ρ m c head h f -> list_count h <> 0 ->
  (pres V x v1 /\ pg V x v1 = place_table z1) -> (pres V x v2 /\ pg V x v2 = place_table z2) ->
  (pres V x v3 /\ pg V x v3 = place_table z3) ->
  (spare = true -> pres V x v4 /\ pg V x v4 = head /\
     exists (ls : list N) next, v_list V c = ls ++ [head] /\ last ls = Some next /\ list_next h = next) ->
  (forall ρ' V' s', current s' = x -> holds ρ' V' s' -> collected V x c l (prefix v l) v1 V' ->
     Q (Answer DONE (address_of v1)) s') ->
  wp (write_link (place_parent z1) v (N.of_nat (S l)) no_entry ;;
      write_link (place_parent z2) v (N.of_nat (S l)) no_entry ;;
      write_link (place_parent z3) v (N.of_nat (S l)) no_entry ;;
      overwrite_record q i head ;; drop_last_record head ;;
      give_back_linked x v1 (place_table z1) (address_of v2) ;;
      give_back_linked x v2 (place_table z2) (address_of v3) ;;
      (if spare then
         let! next := next_list_page head in
         set_config_list c next ;; give_back_linked x v3 (place_table z3) (address_of v4) ;;
         give_back_linked x v4 head 0
       else give_back_linked x v3 (place_table z3) 0) ;;
      ret (Answer DONE (address_of v1)))%monad Q (State m x r t).
Proof.
  intros R I Ex Ec T C U Hl (T1&_&_&P1) (T2&_&_&P2) (T3&_&_&P3) Hb Hn Lq Hi Lh Hh [Y1 Z1] [Y2 Z2] [Y3 Z3] Hs HQ.
  set (p1 := place_table z1) in *. set (p2 := place_table z2) in *. set (p3 := place_table z3) in *.
  specialize (P1 Hl). specialize (P2 Hl). specialize (P3 Hl).
  pose proof (table_role _ _ _ _ _ _ _ _ R T1) as E1. pose proof (table_role _ _ _ _ _ _ _ _ R T2) as E2.
  pose proof (table_role _ _ _ _ _ _ _ _ R T3) as E3.
  assert (forall k l' i, l = S l' -> i < table_size -> v_table V c k l' (prefix v l * table_size + i) = None) as Hbk.
  { intros k l' y El Hy. destruct (v_table V c k l' _) eqn:X; [|done].
    destruct (inv_sync _ _ I c k Mmu l' (prefix v l * table_size + y)) as [w W]; [by eexists|]. by rewrite Hb in W. }
  (* unlink *)
  apply wp_bind. eapply (wp_unlink _ _ _ _ _ _ c Mmu); [exact R|exact U|exact P1|exact T1|apply Hbk|]. intros m1 R1 F1.
  apply wp_bind. eapply (wp_unlink _ _ _ _ _ _ c Shadow1 l v _ p2); [exact R1|exact U|cbn; rewrite decide_False;
  [exact P2|naive_solver]|
    cbn; rewrite decide_False; [exact T2|naive_solver]| |].
  { intros l' y El Hy. cbn. rewrite decide_False by naive_solver. by apply Hbk. }
  intros m2 R2 F2. apply wp_bind.
  eapply (wp_unlink _ _ _ _ _ _ c Shadow2 l v _ p3); [exact R2|exact U|cbn; rewrite !decide_False;
  [exact P3|naive_solver..]|
    cbn; rewrite !decide_False; [exact T3|naive_solver..]| |].
  { intros l' y El Hy. cbn. rewrite !decide_False by naive_solver. by apply Hbk. }
  intros m3 R3 F3. set (ρ3 := update (update (update ρ p1 Lost) p2 Lost) p3 Lost) in *.
  change (unlinked c Shadow2 l (prefix v l) (unlinked c Shadow1 l (prefix v l) (unlinked c Mmu l (prefix v l) V)))
    with (unlinked_all c l (prefix v l) V) in *. set (V3 := unlinked_all c l (prefix v l) V) in *.
  assert (p1 <> p2 /\ p1 <> p3 /\ p2 <> p3) as (D12&D13&D23) by (split_and!; congruence).
  assert (forall y, ρ3 y = ρ y \/ (ρ3 y = Lost /\ is_Some (owner ρ y) /\ ~ is_partition ρ y)) as Hρ.
  { intros y. unfold ρ3. destruct (decide (y = p3)) as [->|]; [rewrite update_eq; right|rewrite update_ne by done].
    { split_and!; [done|unfold owner; rewrite E3; eauto|intros [? X]; congruence]. }
    destruct (decide (y = p2)) as [->|]; [rewrite update_eq; right|rewrite update_ne by done].
    { split_and!; [done|unfold owner; rewrite E2; eauto|intros [? X]; congruence]. }
    destruct (decide (y = p1)) as [->|]; [rewrite update_eq; right|rewrite update_ne by done; by left].
    split_and!; [done|unfold owner; rewrite E1; eauto|intros [? X]; congruence]. }
  assert (forall y, ρ y <> TreeTable c Mmu l (prefix v l) -> ρ y <> TreeTable c Shadow1 l (prefix v l) ->
    ρ y <> TreeTable c Shadow2 l (prefix v l) -> ρ3 y = ρ y) as Hother.
  { intros y ???. unfold ρ3. by rewrite !update_ne by (intros ->; done). }
  assert (inv ρ3 V3) as I3 by (eapply inv_unlinked; [exact R|exact I|exact Hρ|exact Hn]).
  assert (x <> c) as Hxc by (apply not_eq_sym; exact (child_ne _ _ _ _ _ _ _ R C Ex)).
  assert (forall y, v_entry V3 x y = v_entry V x y) as Hx by (intros y;
  by destruct (unlinked_entry c l (prefix v l) V x y) as [|[]]).
  assert (forall y w p, owner ρ p = Some c -> pres V x w -> pg V x w = p -> y = p -> ready ρ3 V3 x n w y) as Hready.
  { intros y w p Ho Pw Ew ->. eapply ready_forget; [exact (structure_ready _ _ _ _ _ _ _ _ _ R I C Ex Ho Pw Ew)| | |].
    - intros c' j X. destruct (Hρ c') as [|[]]; congruence.
    - intros c' w' Pw'. unfold pres, pg in *. destruct (unlinked_entry c l (prefix v l) V c' w') as [X|[_ X]].
      + fold V3 in X. by rewrite X in *.
      + fold V3 in X. by rewrite X in Pw'.
    - unfold pres. by rewrite Hx. }
  assert (forall y hy fy, list_page ρ m c y hy fy -> list_page ρ3 m3 c y hy fy) as Hlist.
  { intros y hy fy (j&Ey&Emy&Hy). exists j. split_and!; [rewrite Hother; congruence| |done].
    assert (forall k z, v_table V c k (S l) (prefix v (S l)) = Some z -> y <> z) as Hz.
    { intros k z X ->. apply (table_role _ _ _ _ _ _ _ _ R) in X. congruence. }
    rewrite F3, F2, F1; eauto. }
  (* the record leaves the list *)
  apply wp_bind. eapply wp_overwrite_record; [exact R3|by apply Hlist|done|by apply Hlist|done|]. intros m4 g R4 ->.
  assert (exists fh, list_page ρ3 (update m3 q (ListPage hq g)) c head h fh) as [fh Lh4].
  { destruct (Hlist _ _ _ Lh) as (j&Eh&Em&?), (Hlist _ _ _ Lq) as (j'&_&Em'&_). destruct (decide (head = q)) as [->|].
    - exists g, j. rewrite update_eq. split_and!; congruence.
    - exists f, j. by rewrite update_ne. }
  apply wp_bind. eapply wp_drop_last_record; [exact R4|exact Lh4|done|]. intros m5 h5 R5 N5 Em5.
  assert (list_page ρ3 m5 c head h5 fh) as Lh5.
  { destruct Lh4 as (j&Eh&_&_). destruct (list_page_at _ _ _ _ _ _ R5 Eh) as (h6&f6&(j6&?&Em6&?)&_). exists j.
    rewrite Em5, update_eq in *. split_and!; [done..|congruence]. }
  eapply (wp_hand_over ρ3 V3 m5 x r t n c nc v1 v2 v3 v4 p1 p2 p3 head h5 fh spare);
  [exact R5|exact I3| | | | | | | | | | |exact Lh5| |].
  - rewrite Hother; congruence.
  - rewrite Hother; congruence.
  - intros y. by rewrite Hx.
  - eapply Hready; [|exact Y1|exact Z1|done]. unfold owner. by rewrite E1.
  - eapply Hready; [|exact Y2|exact Z2|done]. unfold owner. by rewrite E2.
  - eapply Hready; [|exact Y3|exact Z3|done]. unfold owner. by rewrite E3.
  - unfold ρ3. rewrite !update_ne by done. by rewrite update_eq.
  - unfold ρ3. rewrite update_ne by done. by rewrite update_eq.
  - unfold ρ3. by rewrite update_eq.
  - repeat constructor; rewrite ?elem_of_cons, ?elem_of_nil; tauto.
  - intros B. destruct (Hs B) as (Y4&Z4&ls&next&El&Ell&En). split; [|exists ls, next; split_and!;
    [exact El|exact Ell|congruence]].
    destruct Lh as (j&Eh&_&_). eapply Hready; [|exact Y4|exact Z4|done]. unfold owner. by rewrite Eh.
  - intros ρ' s' Ecur Hh'. destruct spare.
    + destruct (Hs eq_refl) as (Y4&Z4&ls&next&El&Ell&_). eapply HQ; [exact Ecur|exact (Hh' _ _ El Ell)|].
      exists v2, v3, p1, p2, p3. split_and!; try done. right. by exists v4, head, ls, next.
    + eapply HQ; [exact Ecur|exact Hh'|]. exists v2, v3, p1, p2, p3. split_and!; try done. by left.
Qed.

(** collect refuses and changes nothing, or the lowest tables on the way to the address come back. *)
Theorem collect_spec ρ V s child va : holds ρ V s ->
  wp (collect child va) (fun ans s' => decides (answer_status ans) s s'
    (exists ch l ρ' V', is_child ρ V (current s) (page_number child) ch /\ current s' = current s /\ holds ρ' V' s'
       /\ (exists z, is_lowest V ch Mmu l (page_number va) z) /\ exists v1, answer_value ans = address_of v1
          /\ collected V (current s) ch l (prefix (page_number va) l) v1 V')) s.
Proof.
  intros Hs. start collect. do 3 step. child_step. step. bool. set (v := page_number va) in *. step.
  eapply (wp_lowest Mmu); [exact R|exact Hch|done|]. intros l z1 L1. step. pose proof L1 as (T1&E1&_&_).
  pose proof (table_le_top _ _ _ _ _ _ _ _ R T1) as Hl. rewrite E1 in *. unfold top_level in B.
  assert (l < top)%nat as Hlt by (destruct (decide (l = top)) as [->|]; [done|lia]).
  step. eapply wp_is_empty_table; [exact R|exact T1|exact Hlt|cbn; refuse|]. intros Hb Hn. cbn [negb]. step.
  eapply (wp_lowest Shadow1); [exact R|exact Hch|done|]. intros l2 z2 L2.
  assert (l2 = l) as -> by (symmetry; by eapply lowest_level). step.
  eapply (wp_lowest Shadow2); [exact R|exact Hch|done|]. intros l3 z3 L3.
  assert (l3 = l) as -> by (symmetry; by eapply lowest_level). step.
  eapply wp_config_list; [exact R|exact Hch|]. intros head Hhead. step.
  rewrite last_lookup in Hhead. pose proof Hhead as Rhead. apply (co_list _ _ (proj1 R)) in Rhead.
  destruct (list_page_at _ _ _ _ _ _ R Rhead) as (h&fh&Lh&En). pose proof Lh as (jh&_&Emh&_).
  eapply wp_find_in_list; [exact R|intros ?; cbn beta; cbn [slot_page]; rewrite N.eqb_refl; refuse| |right; eauto].
  intros q i hq fq Lq Hi. pose proof Lq as (jq&_&Emq&Hcq). cbn beta. cbn [slot_page slot_index]. step.
  unfold record_count, record_mmu_origin, record_shadow1_origin, record_shadow2_origin, get_record.
  step. step. apply wp_get. cbn [mem]. rewrite Emh. step. unfold first_index. step.
  do 3 (step; step; step; apply wp_get; cbn [mem]; rewrite Emq, (proj2 (N.ltb_lt _ _) Hi); step; step).
  step. eapply wp_maps_at; [exact R|exact Hc|]. intros b1 M1. step. eapply wp_maps_at; [exact R|exact Hc|].
  intros b2 M2.
  step. eapply wp_maps_at; [exact R|exact Hc|]. intros b3 M3. step. unfold is_spare, record_count, next_list_page.
  step. step. apply wp_get. cbn [mem]. rewrite Emh. step. step. step. apply wp_get. cbn [mem]. rewrite Emh. step. step.
  open_tests. set (spare := (list_count h =? second_index) && negb (list_next h =? 0)).
  unfold list_page_origin. step. step. apply wp_get. cbn [mem]. rewrite Emh. step. step.
  apply (wp_mono _ (fun b4 s' => s' = State m x r t /\
    (spare = true -> b4 = true -> pres V x (list_origin h) /\ pg V x (list_origin h) = head))).
  { destruct spare; [|by step]. eapply wp_maps_at; [exact R|exact Hc|]. intros b M4. split; [done|auto]. }
  intros b4 s' [-> M4]. step. step. eapply wp_level_above; [exact Hlt|]. cbn beta.
  eapply (wp_take_apart ρ V m x r t n (page_number child) ch (S n) l v z1 z2 z3 _ _ _ (list_origin h) head h fh q i hq
    fq
    spare); [exact R|exact I|exact Hc|exact Hch|exact T|exact C|done|exact Hlt|exact L1|exact L2|exact L3|exact
      Hb|exact Hn
    |exact Lq|exact Hi|exact Lh|done|by apply M1|by apply M2|by apply M3| |].
  - intros Sp. destruct (M4 Sp ltac:(done)) as [M5 M6]. split_and!; [done|done|]. unfold spare in Sp. bool.
    assert (last (v_list V ch) = Some head) as Hl' by by rewrite last_lookup.
    apply last_Some in Hl' as [ls Els]. exists ls, (list_next h). split_and!; [done| |done].
    rewrite Els, app_length, Nat.add_comm in En. cbn [length Nat.add pred] in En. rewrite En in *. unfold after in *.
    destruct (length ls) as [|y] eqn:Ey; [done|]. rewrite last_lookup, Ey. cbn [pred].
    rewrite Els, lookup_app_l in * by lia. destruct (lookup_lt_is_Some_2 ls y) as [w W]; [lia|]. by rewrite W.
  - intros ρ' V' s' Ecur Hh' Col. split; [intros _|by intros []]. exists ch, l, ρ', V'.
    split; [exact C|]. split; [exact Ecur|]. split; [exact Hh'|].
    split; [by exists z1|]. eexists. split; [reflexivity|exact Col].
Qed.

Corollary collect_keeps_wf s child va : wf s ->
  wp (collect child va) (fun ans s' => wf s' /\ (answer_status ans <> DONE -> s' = s)) s.
Proof.
  intros (ρ&V&Hs). eapply wp_mono; [by apply collect_spec|]. cbn. intros ans s' D. split; [|apply D].
  eapply decides_wf; [done|]. eapply decides_mono; [exact D|]. intros (ch&l&ρ'&V'&_&_&Hs'&_).
  by exists ρ', V'.
Qed.

End Service.
