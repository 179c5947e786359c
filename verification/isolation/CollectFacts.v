(* SPDX-License-Identifier: Apache-2.0 *)
(** * collect: the lowest tables on a way come back, cleared, to the partition that had given them *)
From Pip.Isolation Require Export Specification Structure.

Section Pure.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i : N) (k : kind) (l j n : nat).

(** Structures that are no descriptors become kernel data of nobody; unmapped entries may be forgotten. *)
Lemma inv_forget ρ V ρ' V' : inv ρ V ->
  (forall p, ρ' p = ρ p \/ (ρ' p = Lost /\ is_Some (owner ρ p) /\ ~ is_partition ρ p)) ->
  (forall c k k' l u, is_Some (v_table V' c k l u) -> is_Some (v_table V' c k' l u)) ->
  (forall c v, v_entry V' c v = v_entry V c v \/ (~ pres V c v /\ v_entry V' c v = absent_entry)) ->
  (forall c v, v_gift V' c v = v_gift V c v) -> (forall c v, pres V c v -> v_origin V' c v = v_origin V c v) ->
  (forall c, v_parent V' c = v_parent V c) -> inv ρ' V'.
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] Hr Ht Hm Hg Ho Hp.
  assert (Hpart : forall c, is_partition ρ c -> ρ' c = ρ c) by (intros c X; destruct (Hr c) as [|(_&_&?)]; done).
  assert (Hown : forall p c, owner ρ' p = Some c -> owner ρ p = Some c).
  { intros p c. unfold owner. destruct (Hr p) as [-> | [-> _]]; done. }
  assert (Hpr : forall c v, pres V' c v <-> pres V c v).
  { intros c v. unfold pres. destruct (Hm c v) as [-> |[N ->]]; [done|]. split; [done|]. intros P. by destruct N. }
  assert (He : forall c v, pres V c v -> v_entry V' c v = v_entry V c v).
  { intros c v P. by destruct (Hm c v) as [|[N _]]. }
  assert (Hgi : forall a w p c, gives V a w p c -> gives V' a w p c).
  { intros a w p c (G1&G2&G3&G4&G5). unfold gives, pg in *. rewrite Hpr, !Hg, He by done. split_and!; try done.
    rewrite He; [done|]. by apply Ig, (proj1 (Ic _ _ G4)). }
  split.
  - by rewrite Hpart by (by exists O).
  - exact Ht.
  - intros c v U. apply Hpr. destruct (Hm c v) as [E|[_ E]]; rewrite E in U; [by apply Iu|done].
  - intros c v. rewrite Hg, Hpr. apply Ig.
  - intros c v P. apply Hpr in P. unfold pg. rewrite He by done. specialize (Im _ _ P).
    destruct (Hr (e_frame (v_entry V c v))) as [-> | [-> _]]; done.
  - intros c v U. destruct (Hm c v) as [E|[_ E]]; rewrite E in U; [|done]. unfold pg. rewrite E.
    pose proof (Ik _ _ U) as K. destruct (Hr (e_frame (v_entry V c v))) as [-> | (_&[x X]&_)]; [done|].
    unfold owner, pg in *. by rewrite K in X.
  - intros c v P Hc. apply Hpr in P. unfold pg. rewrite Hp, Ho, He by done. by apply Hgi, Ip.
  - intros c v P Hc. apply Hpr in P. rewrite Hp, Ho, He by done. rewrite He; [by apply Ir|]. by apply (Ip _ _ P Hc).
  - intros c v v' P P'. apply Hpr in P. apply Hpr in P'. unfold pg. rewrite !He by done. by apply Io.
  - intros p c X Hc. rewrite Hp. destruct (Is _ _ (Hown _ _ X) Hc) as [w G]. eauto.
  - intros p c v X P. apply Hpr in P. unfold pg. rewrite He by done. by apply In; [apply Hown|].
  - intros a d. rewrite Hg. intros D. destruct (Ic _ _ D) as (G1&G2&G3&G4&G5). pose proof (Ig _ _ G1) as P. unfold pg.
    rewrite Hp, He by done. split_and!; try done. destruct G3 as [x X]. exists x. rewrite Hpart; [done|by exists x].
Qed.

(** ** Unlinking the three tables of one place *)
Lemma unlinked_table c l u V c' k' l' u' : v_table (unlinked_all c l u V) c' k' l' u' =
  if decide (c' = c /\ l' = l /\ u' = u) then None else v_table V c' k' l' u'.
Proof.
  unfold unlinked_all. cbn. destruct (decide (c' = c /\ l' = l /\ u' = u)) as [D|D].
  - destruct D as (->&->&->). destruct k'; repeat (case_decide; [done|]); exfalso; tauto.
  - by repeat (case_decide; [exfalso; tauto|]).
Qed.

Lemma inv_unlinked ρ V m ρ' c l u : rep ρ V m -> inv ρ V ->
  (forall p, ρ' p = ρ p \/ (ρ' p = Lost /\ is_Some (owner ρ p) /\ ~ is_partition ρ p)) ->
  (l = O -> forall v, prefix v 0 = u -> ~ pres V c v) -> inv ρ' (unlinked_all c l u V).
Proof.
  intros R I Hr Hn. apply (inv_forget ρ V); try done.
  - intros c' k k' l' u'. rewrite !unlinked_table. case_decide; [by intros []|]. apply (inv_sync _ _ I).
  - intros c' v. unfold unlinked_all. cbn. unfold wipe. repeat case_decide; destruct_and?; subst; auto.
  - intros c' v. unfold unlinked_all. cbn. unfold wipe. repeat case_decide; try done; destruct_and?; subst; try done.
    destruct (v_gift V c v) as [g b] eqn:G. assert (gift_child (v_gift V c v) = 0) as G0.
    { destruct (decide (gift_child (v_gift V c v) = 0)) as [|X]; [done|]. apply (inv_gift _ _ I) in X. by apply Hn in X.
      }
    rewrite G in G0. cbn in G0. subst g. destruct b; [|done]. exfalso.
    destruct (inv_child _ _ I c v) as [X _]; [by rewrite G|]. by rewrite G in X.
  - intros c' v P. unfold unlinked_all. cbn. unfold wipe. repeat case_decide; try done; destruct_and?; subst; try done.
    by apply Hn in P.
Qed.

(** ** A list without its head *)
Lemma rep_shrink ρ V m c n (d : descriptor) (l : list N) p next : rep ρ V m -> ρ c = Partition n ->
  m c = DescriptorPage d -> v_list V c = l ++ [p] -> last l = Some next -> rep (update ρ p Lost) (with_list c l V)
    (update m c (DescriptorPage (Descriptor (d_mmu d) (d_shadow1 d) (d_shadow2 d) next (d_parent d) (d_vsti d)))).
Proof.
  intros R Ec Ed El Hlast. pose proof (proj1 R) as C. assert (ρ p = ListAt c (length l)) as Ep.
  { apply (co_list _ _ C). rewrite El. apply lookup_snoc. by right. }
  assert (p <> c) as Hpc by congruence.
  assert (HP : forall c' j, update ρ p Lost c' = Partition j <-> ρ c' = Partition j).
  { intros c' j. destruct (decide (c' = p)) as [->|]; [rewrite update_eq, Ep|by rewrite update_ne]. by split. }
  split.
  - destruct C as [C1 C2 C3 C4 C5 C6 C7 C8 C9 C10]. split; try done.
    + rewrite update_ne; congruence.
    + intros x c'. unfold owner. destruct (decide (x = p)) as [->|]; [by rewrite update_eq|]. rewrite update_ne by done.
      apply C2.
    + intros c' k i u x. cbn. rewrite C3.
      destruct (decide (x = p)) as [->|]; [rewrite update_eq, Ep|by rewrite update_ne]. by split.
    + intros c' k i u x T. destruct (C4 _ _ _ _ _ T) as [(?&?&[j ?])|?]; [left|by right]. split_and!; try done.
      exists j. by apply HP.
    + intros c' j x. cbn. destruct (decide (c' = c)) as [->|Hc'].
      * rewrite update_eq. destruct (decide (x = p)) as [->|Hx].
        -- rewrite update_eq. split; [|done]. intros L.
           assert (v_list V c !! j = Some p) as X by (rewrite El; apply lookup_snoc; by left). apply C8 in X.
           rewrite Ep in X. injection X as <-. apply lookup_lt_Some in L. lia.
        -- rewrite update_ne, <- C8, El, lookup_snoc by done. split; [by left|]. intros [?|[_ ?]]; congruence.
      * rewrite update_ne by done. rewrite C8. destruct (decide (x = p)) as [->|]; [|by rewrite update_ne].
        rewrite update_eq, Ep. split; congruence.
    + intros c' j x. destruct (decide (x = p)) as [->|Hx]; [by rewrite update_eq|]. rewrite update_ne by done.
      intros [i ?]%C9. exists i. by apply HP.
    + intros c' i E%HP. apply C10 in E. destruct i; [done|]. destruct E. split; [done|]. by apply HP.
  - intros x. pose proof (proj2 R x) as X. unfold page_ok in *. destruct (decide (x = p)) as [->|Hx].
    { by rewrite update_eq. }
    rewrite (update_ne ρ) by done. destruct (decide (x = c)) as [->|Hxc].
    + rewrite update_eq, Ec in *. destruct X as (d'&E&Hk&_&?&?). rewrite Ed in E. injection E as <-. eexists.
      split; [done|]. cbn. by rewrite update_eq.
    + rewrite update_ne by done. destruct (ρ x) as [| |i|c' k i u|c' j| |] eqn:Ex; try done.
      * destruct X as (d'&?&?&?&?&?). exists d'. cbn. by rewrite update_ne.
      * unfold list_page, after in *. cbn. destruct j as [|j]; [done|].
        destruct (decide (c' = c)) as [->|]; [|by rewrite update_ne]. apply (co_list _ _ C) in Ex. rewrite El in *.
        apply lookup_snoc in Ex as [Ex|[_ ?]]; [|done]. apply lookup_lt_Some in Ex.
        by rewrite update_eq, lookup_app_l in * by lia.
Qed.

Lemma inv_shrink ρ V c (l : list N) p : inv ρ V -> is_Some (owner ρ p) -> ~ is_partition ρ p ->
  inv (update ρ p Lost) (with_list c l V).
Proof.
  intros I Ho Hp. apply (inv_forget ρ V); try done; auto.
  - intros q. destruct (decide (q = p)) as [->|]; [rewrite update_eq; by right|rewrite update_ne by done; by left].
  - intros c'. apply (inv_sync _ _ I).
Qed.

(** ** Pages on their way back *)

(** [x] maps [p] at [v], and nobody maps it deeper. *)
Record ready ρ V x n v p : Prop := {
  ready_pres : pres V x v;
  ready_page : pg V x v = p;
  ready_deepest : deepest ρ V p n;
}.

Lemma ready_returned ρ V x n v p v' p' : ready ρ V x n v p -> free (ρ p') ->
  ready (update ρ p' UserPage) (returned x v' p' V) x n v p.
Proof.
  intros [R1 R2 R4] Hf. split.
  - by apply (set_access_pres p' true (with_data p' (fun _ => 0) V)).
  - rewrite <- R2. apply (set_access_pg p' true (with_data p' (fun _ => 0) V)).
  - intros c w j E P G. apply relabel_partition in E; [|done..]. apply (R4 c w j E).
    + by apply (set_access_pres p' true (with_data p' (fun _ => 0) V)).
    + rewrite <- G. symmetry. apply (set_access_pg p' true (with_data p' (fun _ => 0) V)).
Qed.

Lemma ready_data ρ V x n v p q f : ready ρ V x n v p -> ready ρ (with_data q f V) x n v p.
Proof. by intros []. Qed.

(** What a partition's structures are made of is mapped by its parent and nobody deeper. *)
Lemma structure_ready ρ V m a d c n v p : rep ρ V m -> inv ρ V -> is_child ρ V a d c -> ρ a = Partition n ->
  owner ρ p = Some c -> pres V a v -> pg V a v = p -> ready ρ V a n v p.
Proof.
  intros R I C Ea Ho Pv Ev. split; [done..|].
  destruct (inv_structure _ _ I _ _ Ho (child_not_root _ _ _ _ _ C)) as [w G]. rewrite (child_parent _ _ _ _ _ C) in G.
  assert (pg V a w = p) as E by apply G. rewrite <- E in *.
  eapply deepest_unmapped; [exact R|exact I|exact Ea|exact G|]. intros y Py. by apply (inv_unmapped _ _ I).
Qed.

(** Forgetting structures and unmapped entries changes none of this. *)
Lemma ready_forget ρ V ρ' V' x n v p : ready ρ V x n v p -> (forall c j, ρ' c = Partition j -> ρ c = Partition j) ->
  (forall c w, pres V' c w -> pres V c w /\ pg V' c w = pg V c w) -> pres V' x v -> ready ρ' V' x n v p.
Proof.
  intros [R1 R2 R3] Hr Hp P. split; [done|by rewrite (proj2 (Hp _ _ P))|]. intros c w j E Pw G.
  destruct (Hp _ _ Pw) as [Pw' Ew]. apply (R3 c w j); [auto|done|congruence].
Qed.

Lemma unlinked_entry c l u V c' v :
  v_entry (unlinked_all c l u V) c' v = v_entry V c' v \/ (c' = c /\ v_entry (unlinked_all c l u V) c' v =
    absent_entry).
Proof. unfold unlinked_all. cbn. unfold wipe. repeat case_decide; tauto. Qed.

End Pure.
