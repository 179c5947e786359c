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
  same_data : forall p, v_data V' p = v_data V p;
}.

(** A page added and removed leaves the view as it was. *)
Lemma added_removed ρ V a w d ch x wr ex : inv ρ V -> is_child ρ V a d ch -> ch <> a ->
  gift_child (v_gift V a w) = 0 -> pres V a w -> ~ pres V ch x ->
  same_view V (removed a w ch x (added a w d ch x wr ex V)).
Proof.
  intros I C Hne G Pw Px.
  assert (v_gift V a w = no_gift) as G'.
  { destruct (v_gift V a w) as [g b] eqn:E. cbn in G. subst g. destruct b; [|done].
    destruct (inv_child _ _ I a w) as [X _]; rewrite E in *; done. }
  assert (Hx : forall c v, pres V c v -> ~ (c = ch /\ v = x)) by (intros c v P [-> ->]; done).
  split; try done; cbn.
  - intros c v. unfold pres. cbn. destruct (decide (c = ch /\ v = x)) as [[-> ->]|]; [|by rewrite !set2_ne].
    rewrite set2_eq. split; [done|]. intros P. by destruct Px.
  - intros c v P. rewrite !set2_ne by (by apply Hx). done.
  - intros c v. destruct (decide (c = a /\ v = w)) as [[-> ->]|]; [by rewrite set2_eq|by rewrite !set2_ne].
Qed.

(** What was just added can be removed: no check of removeVAddr fails. *)
Lemma added_removable ρ V x w child destination ch wr ex : inv ρ V -> is_child ρ V x (page_number child) ch ->
  ch <> x -> gift_child (v_gift V x w) = 0 -> ~ pres V ch (page_number destination) -> user_address child = true ->
  user_address destination = true ->
  let V1 := added x w (page_number child) ch (page_number destination) wr ex V in
  first_failing (removeVAddr_checks V1 x child destination) = DONE.
Proof.
  intros I C Hne G Px Uc Ud V1. assert (child_of V1 x child = ch) as E.
  { unfold child_of, V1. rewrite Uc. cbn.
  rewrite set2_ne by (intros [_ X]; apply (child_named _ _ _ _ _ C); by rewrite X).
    rewrite (child_gift _ _ _ _ _ C). cbn. unfold pg. cbn. rewrite set2_ne by (by intros [? _]). apply C. }
  unfold removeVAddr_checks. cbv zeta. unfold is_named, is_free.
  rewrite E, Ud, (proj2 (N.eqb_neq _ _) (child_not_0 _ _ _ _ _ C)).
  unfold V1. cbn. rewrite set2_eq. cbn. rewrite set2_ne by (by intros [? _]).
  destruct (N.eqb_spec (gift_child (v_gift V ch (page_number destination))) 0) as [|Z]; [done|].
  by apply (inv_gift _ _ I) in Z.
Qed.

(** addVAddr, and then removeVAddr of what it added, is done and leaves all as it was. *)
Theorem lent_and_returned ρ V s source child destination rd wr ex : holds ρ V s ->
  wp (addVAddr source child destination rd wr ex) (fun st s1 => st = DONE ->
    wp (removeVAddr child destination) (fun st' s2 => st' = DONE /\ exists V', same_view V V' /\ holds ρ V' s2) s1) s.
Proof.
  intros Hs. pose proof Hs as (_&I&_). eapply wp_answers; [by apply (addVAddr_spec ρ V)|by eapply addVAddr_answers|].
  cbv beta zeta. intros st s1 [D _] Ea E. destruct (D E) as (ch&C&Ec&Hne&Uw&G&Px&H1). rewrite E in Ea.
  assert (user_address child = true /\ user_address destination = true) as [Uc Ud].
  { revert Ea. unfold addVAddr_checks. cbn. destruct (is_named V (current s) child) eqn:N;
      [|by repeat case_match]. destruct (user_address source), (user_address destination); try by repeat case_match.
    intros _. split; [by eapply named_address|done]. }
  set (V1 := added _ _ _ _ _ _ _ _) in *. eapply wp_answers;
    [by apply (removeVAddr_spec _ _ _ child destination H1)|by eapply removeVAddr_answers|].
  cbv beta zeta. intros st' s2 [D' _] Ea'. rewrite Ec in *.
  assert (st' = DONE) as E' by (rewrite <- Ea'; by eapply added_removable). split; [done|].
  destruct (D' E') as (ch'&C'&_&_&_&_&H2). assert (ch' = ch) as ->.
  { rewrite <- (child_page _ _ _ _ _ C), <- (child_page _ _ _ _ _ C'). unfold pg, V1. cbn.
    rewrite set2_ne; [done|]. by intros [? _]. }
  assert (v_origin V1 ch (page_number destination) = page_number source) as Eo by (unfold V1; cbn; by rewrite set2_eq).
  rewrite Eo in H2. eexists. split; [|exact H2]. apply (added_removed ρ); try done. by apply (inv_user _ _ I).
Qed.

(** ** collect *)

(** [x] has page [p] at [v] again, as ordinary memory. *)
Record came_back V x v p : Prop := {
  back_page : pg V x v = p;
  back_user : e_user (v_entry V x v) = true;
  back_gift : v_gift V x v = no_gift;
  back_clear : forall i, i <> 0 -> v_data V p i = 0;
}.

Lemma linked_back_mapped V x v p w c u : pres V c u -> pres (linked_back x v p w V) c u /\
  pg (linked_back x v p w V) c u = pg V c u.
Proof.
  intros P. split.
  - by apply (set_access_pres p true (with_data p (fun _ => 0) V)).
  - apply (set_access_pg p true (with_data p (fun _ => 0) V)).
Qed.

Lemma came_back_new V x v p w : pres V x v -> pg V x v = p -> came_back (linked_back x v p w V) x v p.
Proof.
  intros P E. split.
  - rewrite <- E. by apply linked_back_mapped.
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
  - intros i Hi. cbn. destruct (decide (p = p')) as [->|];
    [by rewrite update_eq, update_ne|rewrite !update_ne by done; auto].
Qed.

Lemma came_back_list V x v p c (ls : list N) : came_back V x v p -> came_back (with_list c ls V) x v p.
Proof. by intros []. Qed.

Theorem collect_returns ρ V s child va : holds ρ V s -> wp (collect child va) (fun ans s' =>
  answer_status ans = DONE -> exists ch l ρ' V', is_child ρ V (current s) (page_number child) ch /\ holds ρ' V' s' /\
    forall k, v_table V' ch k l (prefix (page_number va) l) = None /\
      exists p v, v_table V ch k l (prefix (page_number va) l) = Some p /\ came_back V' (current s) v p) s.
Proof.
  intros Hs. eapply wp_mono; [by apply (collect_spec ρ V)|]. cbv beta. intros ans s' [D _] Ea.
  destruct (D Ea) as (ch&l&ρ'&V'&C&_&Hs'&_&v1&_&X). exists ch, l, ρ', V'. split; [done|]. split; [done|].
  destruct X as (v2&v3&p1&p2&p3&(T1&P1&E1)&(T2&P2&E2)&(T3&P3&E3)&X). set (x := current s) in *.
  set (u := prefix _ l) in *. set (V0 := unlinked_all ch l u V) in *.
  assert (ch <> x) as Hne by (destruct Hs as (R&_&[n Ec]&_); by eapply child_ne).
  assert (forall v, v_entry V0 x v = v_entry V x v) as E0.
  { intros v. destruct (unlinked_entry ch l u V x v) as [|[? _]]; [done|]. by destruct Hne. }
  assert (forall v p, pres V x v -> pg V x v = p -> pres V0 x v /\ pg V0 x v = p) as M0.
  { intros v p. unfold pres, pg. by rewrite E0. }
  assert (forall k, v_table V0 ch k l u = None) as T0 by (intros k; unfold V0; by rewrite unlinked_table, decide_True).
  destruct (M0 _ _ P1 E1) as [P1' E1'], (M0 _ _ P2 E2) as [P2' E2'], (M0 _ _ P3 E3) as [P3' E3'].
  set (V1 := linked_back x v1 p1 (address_of v2) V0). set (V2 := linked_back x v2 p2 (address_of v3) V1).
  assert (came_back V1 x v1 p1) as B1 by by apply came_back_new.
  assert (came_back V2 x v2 p2) as B2.
  { apply came_back_new; [by apply linked_back_mapped|]. unfold V1.
  by rewrite (proj2 (linked_back_mapped V0 _ _ _ _ _ _ P2')). }
  assert (pres V1 x v3 /\ pg V1 x v3 = p3) as [P4 E4].
  { destruct (linked_back_mapped V0 x v1 p1 (address_of v2) x v3 P3') as [Y Y']. split; [done|]. by rewrite <- E3'. }
  assert (pres V2 x v3 /\ pg V2 x v3 = p3) as [P5 E5].
  { destruct (linked_back_mapped V1 x v2 p2 (address_of v3) x v3 P4) as [Y Y']. split; [done|]. by rewrite <- E4. }
  destruct X as [->|(v4&head&ls&next&_&_&_&_&->)].
  - intros k. split; [apply T0|]. destruct k; [exists p1, v1|exists p2, v2|exists p3, v3]; (split; [done|]).
    + by do 2 apply came_back_keep.
    + by apply came_back_keep.
    + by apply came_back_new.
  - intros k. split; [apply T0|]. destruct k; [exists p1, v1|exists p2, v2|exists p3, v3]; (split; [done|]).
    + do 2 apply came_back_keep. by apply came_back_list, came_back_keep.
    + do 2 apply came_back_keep. by apply came_back_list.
    + apply came_back_keep, (came_back_new (with_list ch ls V2)); [exact P5|exact E5].
Qed.

End Conservation.
