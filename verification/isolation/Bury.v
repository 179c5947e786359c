(* SPDX-License-Identifier: Apache-2.0 *)
(** * Partitions that cease to exist

    [bury]: the structures of dead partitions become kernel data of nobody, and the view forgets them.  Memory does not
    change; what is still mapped of them is cleared later, page by page. *)
From Pip.Isolation Require Export Give.

Section Bury.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i : N) (k : kind) (l j n : nat).
Implicit Types (dead : N -> bool).

Definition bury dead ρ : N -> role := fun p =>
  match owner ρ p with Some c => if dead c then Lost else ρ p | None => ρ p end.

(** The dead are a child and all that is below it: [c] other than the child is dead if and only if its parent is. *)
Record subtree ρ V ch dead : Prop := {
  dead_child : dead ch = true;
  dead_below : forall c n, ρ c = Partition (S n) -> c <> ch -> dead c = dead (v_parent V c);
  dead_root : dead root_partition = false;
}.

Lemma bury_owner dead ρ p : owner (bury dead ρ) p =
  match owner ρ p with Some c => if dead c then None else Some c | None => None end.
Proof. unfold bury, owner. destruct (ρ p) eqn:E; rewrite ?E; try done; destruct (dead _); by rewrite ?E. Qed.

Lemma bury_none dead ρ p : owner ρ p = None -> bury dead ρ p = ρ p.
Proof. unfold bury. by intros ->. Qed.

Lemma bury_iff dead ρ p r c : r <> Lost -> (ρ p = r -> owner ρ p = Some c) ->
  bury dead ρ p = r <-> ρ p = r /\ dead c = false.
Proof.
  intros Hr Ho. unfold bury. split.
  - destruct (owner ρ p) as [c'|] eqn:E; [destruct (dead c') eqn:D; [congruence|]|]; intros X; specialize (Ho X);
      [split|]; congruence.
  - intros [X D]. by rewrite (Ho X), D.
Qed.

Lemma bury_partition dead ρ c n : bury dead ρ c = Partition n <-> ρ c = Partition n /\ dead c = false.
Proof. apply bury_iff; [done|]. unfold owner. by intros ->. Qed.

Lemma bury_table dead ρ p c k l u : bury dead ρ p = TreeTable c k l u <-> ρ p = TreeTable c k l u /\ dead c = false.
Proof. apply bury_iff; [done|]. unfold owner. by intros ->. Qed.

Lemma bury_list dead ρ p c j : bury dead ρ p = ListAt c j <-> ρ p = ListAt c j /\ dead c = false.
Proof. apply bury_iff; [done|]. unfold owner. by intros ->. Qed.

Lemma parent_lives ρ V ch dead c n : subtree ρ V ch dead -> ρ c = Partition (S n) -> dead c = false ->
  dead (v_parent V c) = false.
Proof.
  intros S E D. destruct (decide (c = ch)) as [->|Hc]; [by rewrite (dead_child _ _ _ _ S) in D|].
  by rewrite <- (dead_below _ _ _ _ S _ _ E Hc).
Qed.

Lemma coherent_bury ρ V ch dead : coherent ρ V -> subtree ρ V ch dead -> coherent (bury dead ρ) (without dead V).
Proof.
  intros [C1 C2 C3 C4 C5 C6 C7 C8 C9 C10] S. split; cbn.
  - rewrite bury_none; [done|]. unfold owner. by rewrite C1.
  - intros p c. rewrite bury_owner. destruct (owner ρ p) as [c'|] eqn:E; [|done]. destruct (dead c'); [done|].
    intros [= <-]. by eapply C2.
  - intros c k l u p. rewrite bury_table, <- C3. destruct (dead c); [|tauto]. split; [done|by intros []].
  - intros c k l u p. destruct (dead c) eqn:D; [done|]. intros T.
    destruct (C4 _ _ _ _ _ T) as [(?&?&[n ?])|?]; [left|by right]. split_and!; try done. exists n.
    by apply bury_partition.
  - intros c v. destruct (dead c); [done|]. apply C5.
  - intros c v. destruct (dead c); [done|]. apply C6.
  - intros c v. destruct (dead c); [done|]. apply C7.
  - intros c j p. rewrite bury_list, <- C8. destruct (dead c); [|tauto]. rewrite lookup_nil. split; [done|by intros []].
  - intros c j p [E D]%bury_list. destruct (C9 _ _ _ E) as [n ?]. exists n. by apply bury_partition.
  - intros c n [E D]%bury_partition. pose proof (C10 _ _ E) as X. destruct n as [|n]; [done|]. destruct X as [X Y].
    split; [done|]. apply bury_partition. split; [done|by eapply parent_lives].
Qed.

Lemma rep_bury ρ V m ch dead : rep ρ V m -> subtree ρ V ch dead -> rep (bury dead ρ) (without dead V) m.
Proof.
  intros [C R] S. split; [by eapply coherent_bury|]. intros p. specialize (R p). unfold page_ok in *.
  unfold bury, owner.
  destruct (ρ p) as [| |n|c k l u|c j| |] eqn:E; try done; (destruct (dead _) eqn:D; [done|]); rewrite ?E.
  - unfold descriptor_ok, without in *. cbn. by rewrite D.
  - unfold table_ok, interior_ok, leaf_ok, without in *. cbn. by rewrite D.
  - unfold list_page, after, without in *. cbn. by rewrite D.
Qed.

(** The descriptor's own page is given to the child that it describes. *)
Lemma descriptor_given ρ V a d ch : inv ρ V -> is_child ρ V a d ch -> gift_child (v_gift V a d) = d.
Proof.
  intros I [Cd Cp Cpr Cn Cz [n E] Cpar Cr _].
  destruct (inv_structure _ _ I ch ch) as (w&G1&G2&G3&G4&G5); [unfold owner; by rewrite E|done|]. rewrite Cpar in *.
  assert (w = d) as -> by (eapply (inv_once _ _ I); eauto; congruence).
  eapply (inv_once _ _ I); [apply (inv_gift _ _ I), (proj1 (inv_child _ _ I _ _ G4))|exact Cpr|congruence].
Qed.

(** Who is called a descriptor after that: a child that lives. *)
Lemma buried_child ρ V a d ch dead a' d' : inv ρ V -> (forall c, ρ c = Partition 0 -> c = root_partition) ->
  is_child ρ V a d ch -> subtree ρ V ch dead -> let V' := without dead (with_gift a d (gift_of d) V) in
  gift_is_descriptor (v_gift V' a' d') = true -> dead a' = false /\ ~ (a' = a /\ d' = d)
    /\ gift_is_descriptor (v_gift V a' d') = true /\ dead (pg V a' d') = false.
Proof.
  intros I H0 C S V'. cbn. destruct (dead a') eqn:D; [done|]. unfold set2. case_decide as Hn; [done|]. intros F.
  destruct (inv_child _ _ I _ _ F) as (G1&G2&[j G3]&G4&G5). split_and!; try done.
  destruct j as [|j]; [by apply H0 in G3|].
  destruct (decide (pg V a' d' = ch)) as [E|Hc]; [exfalso|by rewrite (dead_below _ _ _ _ S _ _ G3 Hc), G4].
  rewrite E, (child_parent _ _ _ _ _ C) in G4. subst a'. apply Hn. split; [done|].
  apply (inv_once _ _ I a); [by apply (inv_gift _ _ I)|apply C|]. by rewrite E, (child_page _ _ _ _ _ C).
Qed.

(** The child is detached first: shadow 1 no longer calls its page a descriptor. *)
Lemma inv_bury ρ V a d ch dead : inv ρ V -> (forall c, ρ c = Partition 0 -> c = root_partition) ->
  is_child ρ V a d ch -> subtree ρ V ch dead -> dead a = false ->
  inv (bury dead ρ) (without dead (with_gift a d (gift_of d) V)).
Proof.
  intros I H0 C S Da. pose proof (descriptor_given _ _ _ _ _ I C) as Hself.
  pose proof (fun a' d' => buried_child ρ V a d ch dead a' d' I H0 C S) as Hchild.
  destruct I as [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic], C as [Cd Cp Cpr Cn Cz Cpt Cpar Cr C0].
  set (V1 := with_gift a d (gift_of d) V). set (V' := without dead V1).
  assert (Eg : forall c v, dead c = false -> v_gift V' c v = set2 a d (gift_of d) (v_gift V) c v)
    by (intros c v D; cbn; by rewrite D).
  assert (Egc : forall c v, dead c = false -> gift_child (v_gift V' c v) = gift_child (v_gift V c v)).
  { intros c v D. rewrite Eg by done. unfold set2. case_decide as E; [|done]. by destruct E as [-> ->]. }
  assert (Em : forall c v, v_entry V' c v = if dead c then absent_entry else v_entry V c v) by done.
  assert (Hdead : forall c v, pres V' c v -> dead c = false) by (intros c v; unfold pres; cbn; by destruct (dead c)).
  assert (Hparent : forall c, is_partition ρ c -> c <> root_partition -> dead c = false -> dead (v_parent V c) = false).
  { intros c [[|n] E] Hc D; [by apply H0 in E|]. by eapply parent_lives. }
  assert (Hg : forall a' w p c, gives V a' w p c -> dead a' = false -> dead c = false -> gives V' a' w p c).
  { intros a' w p c (G1&G2&G3&G4&G5) D D'. unfold gives, pres, pg in *. rewrite Egc, !Em, D by done. rewrite Eg by done.
    rewrite set2_ne; [done|]. intros [-> E]. rewrite E in G5. rewrite <- Cp in S.
    pose proof (dead_child _ _ _ _ S) as X. unfold pg in X. congruence. }
  assert (Hup : forall w p c, gives V (v_parent V c) w p c -> c <> root_partition -> dead c = false -> gives V'
    (v_parent V c) w p c).
  { intros w p c G Hc D. apply Hg; [exact G|apply Hparent; try done|done]. destruct G as (_&_&_&G4&G5).
    destruct (Ic _ _ G4) as (_&_&?&_). by rewrite <- G5. }
  split; [apply bury_partition; split; [done|apply S]|..].
  - intros c k k' l u. cbn. destruct (dead c); [by intros []|]. apply Isync.
  - intros c v. unfold pres. rewrite Em. destruct (dead c); [done|]. apply Iu.
  - intros c v. unfold pres. rewrite Em. destruct (dead c) eqn:D; [cbn; by rewrite D|]. rewrite Egc by done. apply Ig.
  - intros c v P. pose proof (Hdead _ _ P) as D. unfold pres, pg in *. rewrite Em, D in *. specialize (Im _ _ P).
    unfold bury. repeat case_match; done.
  - intros c v. unfold pg. rewrite Em. destruct (dead c); [done|]. intros U. pose proof (Ik _ _ U) as E. unfold pg in E.
    rewrite bury_none; [done|]. unfold owner. by rewrite E.
  - intros c v P Hc. pose proof (Hdead _ _ P) as D. unfold pres, pg in *. rewrite Em, D in *.
    pose proof (Ip _ _ P Hc) as G. cbn. rewrite D. by apply Hup.
  - intros c v P Hc. pose proof (Hdead _ _ P) as D. unfold pres in P. rewrite Em, D in P.
    destruct (Ip _ _ P Hc) as (_&_&_&G4&G5), (Ic _ _ G4) as (_&_&X&_). rewrite G5 in X. cbn.
    rewrite D, (Hparent _ X Hc D). by apply Ir.
  - intros c v v'. unfold pres, pg. rewrite !Em. destruct (dead c); [done|]. apply Io.
  - intros p c. rewrite bury_owner. destruct (owner ρ p) as [c'|] eqn:Ho; [|done]. destruct (dead c') eqn:D; [done|].
    intros [= <-] Hc. destruct (Is _ _ Ho Hc) as [w G]. exists w. by apply Hup.
  - intros p c v. rewrite bury_owner. destruct (owner ρ p) as [c'|] eqn:Ho; [|done]. destruct (dead c') eqn:D; [done|].
    intros [= <-]. unfold pres, pg. rewrite Em, D. by apply In.
  - intros a' d' F. destruct (Hchild a' d' F) as (D&Hn&F'&Dp). destruct (Ic _ _ F') as (G1&G2&[j G3]&G4&G5).
    rewrite Eg, set2_ne by done. unfold pg. rewrite Em, D. split_and!; try done. exists j. by apply bury_partition.
Qed.

(** ** The subtree of a child *)
Lemma in_subtree_fuel ρ V m ch n : rep ρ V m -> forall c f f', ρ c = Partition n -> (n < f)%nat -> (n < f')%nat ->
  in_subtree f V ch c = in_subtree f' V ch c.
Proof.
  intros R.
  induction n as [|n IH]; intros c [|f] [|f'] E L L'; try lia; cbn [in_subtree]; destruct (parent_role _ _ _ _ _ R E) as
    [Hr Ep]; [by rewrite Hr, N.eqb_refl|]. by rewrite (IH _ f f') by (done || lia).
Qed.

Lemma in_subtree_below ρ V m ch n : rep ρ V m -> ρ ch = Partition n -> forall f j c, ρ c = Partition j -> (j < n)%nat ->
  in_subtree f V ch c = false.
Proof.
  intros R Ech. induction f as [|f IH]; intros j c E L; cbn [in_subtree]; [done|].
  assert (c <> ch) as Hc by (intros ->; rewrite Ech in E; injection E; lia). rewrite (proj2 (N.eqb_neq _ _) Hc).
  cbn [orb]. pose proof (parent_role _ _ _ _ _ R E) as D. destruct j as [|j]; destruct D as [Dr Dp].
  - by rewrite Dr, N.eqb_refl.
  - by rewrite (IH j _ Dp ltac:(lia)), andb_false_r.
Qed.

Lemma in_subtree_spec ρ V m ch n : rep ρ V m -> ρ ch = Partition (S n) -> subtree ρ V ch (in_subtree page_fuel V ch).
Proof.
  intros R Ech. pose proof (depth_lt _ _ _ _ _ R Ech) as F. split.
  - destruct page_fuel as [|f]; [lia|]. cbn. by rewrite N.eqb_refl.
  - intros c j Ec Hc. pose proof (depth_lt _ _ _ _ _ R Ec) as Fc. destruct (parent_role _ _ _ _ _ R Ec) as [Hr Ep].
    rewrite (in_subtree_fuel _ _ _ ch _ R (v_parent V c) page_fuel (pred page_fuel) Ep) by lia.
    destruct page_fuel as [|f]; [lia|]. cbn. by rewrite (proj2 (N.eqb_neq _ _) Hc), (proj2 (N.eqb_neq _ _) Hr).
  - destruct (parent_role _ _ _ _ _ R Ech) as [Hr _]. destruct page_fuel; [done|]. cbn [in_subtree].
    by rewrite N.eqb_refl, (proj2 (N.eqb_neq _ _)) by congruence.
Qed.

Lemma root_only ρ V m c : rep ρ V m -> ρ c = Partition 0 -> c = root_partition.
Proof. intros R E. by destruct (parent_role _ _ _ _ _ R E). Qed.

End Bury.
