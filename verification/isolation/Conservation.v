(* SPDX-License-Identifier: Apache-2.0 *)
(** * Conservation: pages come back

    - [lent_and_returned]: after addVAddr, removeVAddr of the same page is done, and all is as it was.
    - [collect_returns]: after collect, the pages of the three tables are the caller's: accessible, given to nobody,
      cleared but for the word that names the next one.
    That deletePartition gives back all pages of the whole subtree is [deletePartition_conserves]. *)
From Pip.Isolation Require Export Refinement.
From Pip.Services Require Import AddRemove Collect.

Section Conservation.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (s : state) (a c d p u v w x : N) (l : nat).

(** Two views that say the same of tables and of what is mapped.  Where nothing is mapped, the unused bits of an entry
    and the origin carry no information. *)
Record same_view V V' : Prop := {
  same_tables : forall c k l u, v_table V' c k l u = v_table V c k l u;
  same_presence : forall c v, pres V' c v <-> pres V c v;
  same_entries : forall c v, pres V c v -> v_entry V' c v = v_entry V c v /\ v_origin V' c v = v_origin V c v;
  same_gifts : forall c v, v_gift V' c v = v_gift V c v;
  same_parents : forall c, v_parent V' c = v_parent V c;
  same_states : forall c, v_vsti V' c = v_vsti V c;
  same_lists : forall c, v_list V' c = v_list V c;
  same_notes : forall q, v_note V' q = v_note V q;
  same_data : forall p, v_data V' p = v_data V p;
}.

(** A page added and removed leaves the view as it was. *)
Lemma added_removed ρ V a w d ch x wr ex : inv ρ V -> is_child ρ V a d ch -> ch <> a ->
  gift_child (v_gift V a w) = 0 -> pres V a w -> ~ pres V ch x ->
  same_view V (removed a w ch x (added a w d ch x wr ex V)).
Proof.
  intros I C Hne G Pw Px. assert (v_gift V a w = no_gift) as G'.
  { destruct (v_gift V a w) as [g b] eqn:E. cbn in G. subst g. destruct b; [|done].
    destruct (inv_child _ _ I a w) as [X _]; rewrite E in *; done. }
  assert (Hx : forall c v, pres V c v -> ~ (c = ch /\ v = x)) by (intros c v P [-> ->]; done). split; try done; cbn.
  - intros c v. unfold pres. cbn. destruct (decide (c = ch /\ v = x)) as [[-> ->]|]; [|by rewrite !set2_ne].
    rewrite set2_eq. split; [done|]. intros P. by destruct Px.
  - intros c v P. rewrite !set2_ne by (by apply Hx). done.
  - intros c v. destruct (decide (c = a /\ v = w)) as [[-> ->]|]; [by rewrite set2_eq|by rewrite !set2_ne].
Qed.

(** What was just added can be removed: no check of removeVAddr fails. *)
Lemma added_removable ρ V x w child destination ch wr ex : inv ρ V -> is_child ρ V x (page_number child) ch ->
  ch <> x -> gift_child (v_gift V x w) = 0 -> ~ pres V ch (page_number destination) -> user_address child = true ->
  user_address destination = true -> let V1 := added x w (page_number child) ch (page_number destination) wr ex V in
  child_of V1 x child = ch /\ first_failing (removeVAddr_checks V1 x child destination) = DONE.
Proof.
  intros I C Hne G Px Uc Ud V1. assert (child_of V1 x child = ch) as E.
  { unfold child_of, V1. rewrite Uc. cbn.
    rewrite set2_ne by (intros [_ X]; apply (child_named _ _ _ _ _ C); by rewrite X). rewrite (child_gift _ _ _ _ _ C).
    cbn. unfold pg. cbn. rewrite set2_ne by (by intros [? _]). apply C. }
  split; [exact E|]. unfold removeVAddr_checks. cbv zeta. unfold is_named, is_free.
  rewrite E, Ud, (proj2 (N.eqb_neq _ _) (child_not_0 _ _ _ _ _ C)). unfold V1. cbn. rewrite set2_eq. cbn.
  rewrite set2_ne by (by intros [? _]).
  destruct (N.eqb_spec (gift_child (v_gift V ch (page_number destination))) 0) as [|Z]; [done|].
  by apply (inv_gift _ _ I) in Z.
Qed.

(** addVAddr, and then removeVAddr of what it added, is done and leaves all as it was. *)
Theorem lent_and_returned ρ V s source child destination rd wr ex : holds ρ V s ->
  wp (addVAddr source child destination rd wr ex) (fun st s1 => st = DONE ->
    wp (removeVAddr child destination) (fun st' s2 => st' = DONE /\ exists V', same_view V V' /\ holds ρ V' s2) s1) s.
Proof.
  intros Hs. pose proof Hs as (R&I&[n Ec]&_). eapply wp_mono; [by apply (addVAddr_spec ρ V)|]. cbv beta zeta.
  set (x := current s) in *. intros st s1 (Ea&D&_) E. destruct (D E) as [Ec1 H1]. rewrite E in Ea.
  unfold addVAddr_checks in Ea. cbn in Ea. destruct rd; [|done].
  destruct (user_address source && user_address destination) eqn:Ud; [|done]. apply andb_true_iff in Ud as [_ Ud].
  destruct (is_named V x child) eqn:N; [|done]. apply negb_true_iff, N.eqb_neq in N.
  destruct (e_present (v_entry V x (page_number source))) eqn:Pw; [|done]. destruct (e_user _); [|done].
  destruct (negb _); [|done]. destruct (is_free V x (page_number source)) eqn:G; [|done]. apply N.eqb_eq in G.
  destruct (has_table _ _ _); [|done]. destruct (e_present (v_entry V (child_of V x child) _)) eqn:Px; [done|].
  destruct (child_of_child _ _ _ _ _ R I N) as (A&U&C). set (ch := child_of V x child) in *.
  pose proof (child_ne _ _ _ _ _ _ _ R C Ec) as Hne.
  assert (user_address child = true) as Uc by (unfold user_address; by rewrite A, U).
  assert (~ pres V ch (page_number destination)) as Px' by (unfold pres; congruence).
  set (V1 := added _ _ _ _ _ _ _ _) in *.
  destruct (added_removable ρ V x (page_number source) child destination ch wr ex I C Hne G Px' Uc Ud) as [E1 F1].
  fold V1 in E1, F1. eapply wp_mono; [by apply (removeVAddr_spec ρ V1)|]. cbv beta zeta. rewrite Ec1, E1, F1.
  intros st' s2 (->&D2&_). split; [done|]. destruct (D2 eq_refl) as [_ H2]. eexists. split; [|exact H2].
  assert (v_origin V1 ch (page_number destination) = page_number source) as -> by (unfold V1; cbn; by rewrite set2_eq).
  by apply (added_removed ρ).
Qed.

(** ** collect *)

(** [x] has page [p] at [v] again, as ordinary memory. *)
Record came_back V x v p : Prop := {
  back_page : pg V x v = p;
  back_user : e_user (v_entry V x v) = true;
  back_gift : v_gift V x v = no_gift;
  back_clear : forall i, i <> 0 -> v_data V p i = 0;
}.

Lemma linked_back_pres V x v p w c u : pres (linked_back x v p w V) c u <-> pres V c u.
Proof. apply (set_access_pres p true (with_data p (fun _ => 0) V)). Qed.

Lemma linked_back_pg V x v p w c u : pg (linked_back x v p w V) c u = pg V c u.
Proof. apply (set_access_pg p true (with_data p (fun _ => 0) V)). Qed.

Lemma came_back_new V x v p w : pres V x v -> pg V x v = p -> came_back (linked_back x v p w V) x v p.
Proof.
  intros P E. split.
  - by rewrite linked_back_pg.
  - cbn. by rewrite decide_True.
  - cbn. by rewrite set2_eq.
  - intros i Hi. cbn. by rewrite update_eq, update_ne.
Qed.

Lemma came_back_keep V x v p x' v' p' w : came_back V x v p -> came_back (linked_back x' v' p' w V) x v p.
Proof.
  intros [B1 B2 B3 B4]. split.
  - rewrite <- B1. apply (set_access_pg p' true (with_data p' (fun _ => 0) V)).
  - cbn. by case_decide.
  - cbn. unfold set2. by case_decide.
  - intros i Hi. cbn.
    destruct (decide (p = p')) as [->|]; [by rewrite update_eq, update_ne|rewrite !update_ne by done; auto].
Qed.

Lemma came_back_list V x v p c (ls : list N) : came_back V x v p -> came_back (with_list c ls V) x v p.
Proof. by intros []. Qed.

Theorem collect_returns ρ V s child va : holds ρ V s -> wp (collect child va) (fun ans s' =>
  let ch := child_of V (current s) child in let l := lowest_level_of V ch (page_number va) in
  answer_status ans = DONE -> exists ρ' V', holds ρ' V' s' /\
    forall k, v_table V' ch k l (prefix (page_number va) l) = None /\
      exists p v, v_table V ch k l (prefix (page_number va) l) = Some p /\ came_back V' (current s) v p) s.
Proof.
  intros Hs. pose proof Hs as (R&I&[n Ec]&_). eapply wp_mono; [by apply (collect_spec ρ V)|]. cbv beta zeta.
  set (x := current s) in *. set (ch := child_of V x child). set (v := page_number va).
  set (l := lowest_level_of V ch v). set (u := prefix v l). intros ans s' (Es&D&_) Ea. rewrite Ea in Es.
  destruct (D Ea) as [_ X].
  assert (is_named V x child = true /\ is_user_page v = true /\ is_listed V x ch l u = true) as (N&U&L).
  { unfold collect_checks, child_checks in Es. cbn in Es. fold ch v l u in Es. destruct (is_named V x child); [|done].
    destruct (user_address va) eqn:Ua; [|done]. destruct (negb _); [|done]. destruct (is_empty _ _ _ _); [|done].
    destruct (is_listed _ _ _ _ _); [|done]. by apply andb_true_iff in Ua as [_ Ua]. }
  apply negb_true_iff, N.eqb_neq in N. destruct (child_of_child _ _ _ _ _ R I N) as (_&_&C). fold ch in C.
  assert (ch <> x) as Hne by by eapply child_ne. destruct (noted V ch l u) as [place|] eqn:Np; [|done].
  destruct X as (_&ρ'&Hs'). eexists ρ', _. split; [exact Hs'|]. clear Hs' D. unfold is_listed in L. rewrite Np in L.
  unfold collected, handed_over. destruct (record_at V place) as [e v1 v2 v3].
  cbn [record_mmu record_shadow1 record_shadow2] in L. bool. cbv zeta.
  set (V0 := struck place (list_head V ch) (unlinked_all ch l u V)). set (p k := table_of V ch k l u).
  assert (forall w q, maps V x w q = true -> pres V0 x w /\ pg V0 x w = q) as E0.
  { intros w q M%maps_pres. unfold pres, pg. replace (v_entry V0 x w) with (v_entry V x w); [exact M|].
    change (v_entry V x w = v_entry (unlinked_all ch l u V) x w).
    destruct (unlinked_entry ch l u V x w) as [|[? _]]; [done|by destruct Hne]. }
  assert (forall k, v_table V0 ch k l u = None) as T0 by (intros k; change (v_table (unlinked_all ch l u V) ch k l u =
    None); by rewrite unlinked_table, decide_True). assert (forall k, v_table V ch k l u = Some (p k)) as Tk.
  { intros k. destruct (gets_lowest ρ V s R I k ch v) as (z&_&[Tz _]); [apply C|done|]. unfold p, table_of, u, l.
    by rewrite Tz. }
  repeat match goal with M : maps V x _ _ = true |- _ => apply E0 in M as [? ?] end.
  set (V1 := linked_back x v1 (p Mmu) (address_of v2) V0). set (V2 := linked_back x v2 (p Shadow1) (address_of v3) V1).
  assert (forall y, pg V2 x y = pg V0 x y) as G2 by (intros; unfold V2, V1; by rewrite !linked_back_pg).
  assert (forall y, pres V0 x y -> pres V2 x y) as P2 by (intros; unfold V2, V1; by rewrite !linked_back_pres).
  assert (came_back V2 x v1 (p Mmu)) as B1 by by apply came_back_keep, came_back_new.
  assert (came_back V2 x v2 (p Shadow1)) as B2.
  { apply came_back_new; [by apply linked_back_pres|]. unfold V1. by rewrite linked_back_pg. }
  destruct (loses_head V ch); intros k; (split; [apply T0|]); exists (p k); exists match k with Mmu => v1 | Shadow1 =>
    v2 | Shadow2 => v3 end; (split; [apply Tk|]); destruct k.
  - do 2 apply came_back_keep. by apply came_back_list.
  - do 2 apply came_back_keep. by apply came_back_list.
  - apply came_back_keep, (came_back_new (with_list ch _ V2)); [by apply P2|]. by rewrite <- (G2 v3) in *.
  - by apply came_back_keep.
  - by apply came_back_keep.
  - apply came_back_new; [by apply P2|]. by rewrite G2.
Qed.

End Conservation.
