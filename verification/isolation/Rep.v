(* SPDX-License-Identifier: Apache-2.0 *)
(** * One rule per primitive: what it does to memory is what it does to the view

    Each lemma takes [rep ρ V m] to [rep ρ V' m'] for one write.  [V'] is named by the update functions below;
    all else that is known is about [ρ] and [V], and so survives every write. *)
From Pip.Isolation Require Export Wp.
From Pip.Services Require Export Walk.

Section Writes.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).

(** Two tables of the same place are one. *)
Lemma same_table ρ V m c k l u p q : rep ρ V m -> v_table V c k l u = Some p -> ρ q = TreeTable c k l u -> q = p.
Proof. intros [C _] E E'. apply (co_table _ _ C) in E'. congruence. Qed.

(** Writing a leaf: its page is right for the new view, and no other page sees the change. *)
Ltac leaf_write E p i R T Et :=
  let Ep := fresh in let q := fresh "q" in let X := fresh "X" in let i' := fresh "i" in let Hq := fresh "Hq" in
  let t' := fresh "t" in let Et' := fresh in let Ht := fresh in let Eq := fresh in let Es := fresh in
  pose proof (table_role _ _ _ _ _ _ _ _ R T) as Ep; split;
  [ pose proof (proj1 R) as X; split; try (by destruct X); let T' := fresh in intros ? ? T'; cbn in *;
    rewrite set2_ne; [by apply (E _ _ X)|]; intros [-> ->]; rewrite prefix_of_split in T' by done; congruence
  | intros q; pose proof (proj2 R q) as X; unfold page_ok in *; destruct (decide (q = p)) as [->|Hq];
    [ rewrite Ep, update_eq in *; destruct X as (t'&Et'&Ht); rewrite Et in Et'; injection Et' as <-;
      eexists; split; [done|]; intros i' Hi'; cbn; destruct (decide (i' = i)) as [->|];
      [ by rewrite update_eq, set2_eq
      | rewrite update_ne, set2_ne by (done || intros [_ Es]; apply split_inj in Es as [_ ?]; done); by apply Ht ]
    | rewrite update_ne by done; destruct (_ q) as [| | |? [] [|?] ?| | |] eqn:Eq; try done;
      destruct X as (t'&Et'&Ht); exists t'; split; [done|]; intros i' Hi'; cbn; rewrite set2_ne; [by apply Ht|];
      intros [-> Es]; apply split_inj in Es as [-> _]; [|done..]; by eapply Hq, same_table ] ].

Lemma rep_with_entry ρ V m c u p i t e : rep ρ V m -> v_table V c Mmu 0 u = Some p -> m p = Table 0 t ->
  i < table_size -> e_kernel e = false ->
  rep ρ (with_entry c (u * table_size + i) e V) (update m p (Table 0 (update t i e))).
Proof. intros R T Et Hi He. leaf_write co_entry p i R T Et. Qed.

Lemma rep_with_gift ρ V m c u p i t g : rep ρ V m -> v_table V c Shadow1 0 u = Some p -> m p = Shadow1Leaf t ->
  i < table_size -> rep ρ (with_gift c (u * table_size + i) g V) (update m p (Shadow1Leaf (update t i g))).
Proof. intros R T Et Hi. leaf_write co_gift p i R T Et. Qed.

Lemma rep_with_origin ρ V m c u p i t w : rep ρ V m -> v_table V c Shadow2 0 u = Some p -> m p = Shadow2Leaf t ->
  i < table_size -> rep ρ (with_origin c (u * table_size + i) w V) (update m p (Shadow2Leaf (update t i w))).
Proof. intros R T Et Hi. leaf_write co_origin p i R T Et. Qed.

Lemma rep_with_data ρ V m p f : rep ρ V m -> ρ p = UserPage -> rep ρ (with_data p f V) (update m p (Data f)).
Proof.
  intros R Ep. split; [by destruct (proj1 R)|]. intros q. pose proof (proj2 R q) as X. unfold page_ok in *.
  destruct (decide (q = p)) as [->|Hq].
  - rewrite Ep. cbn. by rewrite !update_eq.
  - rewrite update_ne by done. destruct (ρ q) eqn:Eq; try done. cbn. by rewrite update_ne.
Qed.

Lemma rep_with_vsti ρ V m c n d b : rep ρ V m -> ρ c = Partition n -> m c = DescriptorPage d ->
  rep ρ (with_vsti c b V)
    (update m c (DescriptorPage (Descriptor (d_mmu d) (d_shadow1 d) (d_shadow2 d) (d_list d) (d_parent d) b))).
Proof.
  intros R Ec Ed. split; [by destruct (proj1 R)|]. intros q. pose proof (proj2 R q) as X. unfold page_ok in *.
  destruct (decide (q = c)) as [->|Hq].
  - rewrite Ec in *. destruct X as (d'&E&Hk&?&?&?). rewrite Ed in E. injection E as <-. rewrite update_eq. eexists.
    split; [done|]. cbn. rewrite update_eq. done.
  - rewrite update_ne by done. destruct (ρ q) eqn:Eq; try done. destruct X as (d'&?&?&?&?&?). exists d'. cbn.
    rewrite update_ne by done. done.
Qed.

Lemma rep_with_note ρ V m c j q (n : note) : rep ρ V m -> ρ q = ListAt c j -> note_count n <= list_capacity ->
  rep ρ (with_note q n V) (update m q (list_page V c j n)).
Proof.
  intros R Eq Hn. split; [by destruct (proj1 R)|]. intros p. pose proof (proj2 R p) as X. unfold page_ok in *.
  destruct (decide (p = q)) as [->|]; [rewrite Eq; cbn; by rewrite !update_eq|]. rewrite update_ne by done.
  destruct (ρ p) eqn:E; try done. cbn. by rewrite update_ne.
Qed.

(** ** Pages that are nobody's structure *)
Definition free (r : role) : Prop := match r with Lost | UserPage | Formatted _ => True | _ => False end.

Lemma relabel_iff ρ p r q x : free (ρ p) -> free r -> ~ free x -> update ρ p r q = x <-> ρ q = x.
Proof.
  intros Hp Hr Hx. destruct (decide (q = p)) as [->|]; [rewrite update_eq|by rewrite update_ne].
  split; intros <-; tauto.
Qed.

Lemma relabel_owner ρ p r q : free (ρ p) -> free r -> owner (update ρ p r) q = owner ρ q.
Proof.
  intros Hp Hr. unfold owner. destruct (decide (q = p)) as [->|]; [rewrite update_eq|by rewrite update_ne].
  by destruct r, (ρ p).
Qed.

Lemma relabel_partition ρ p r q n : free (ρ p) -> free r -> update ρ p r q = Partition n <-> ρ q = Partition n.
Proof. intros. apply relabel_iff; auto. Qed.

Lemma coherent_relabel ρ V p r : coherent ρ V -> free (ρ p) -> free r -> coherent (update ρ p r) V.
Proof.
  intros [C1 C2 C3 C4 C5 C6 C7 C8 C9 C10] Hp Hr.
  assert (HP : forall c n, update ρ p r c = Partition n <-> ρ c = Partition n) by (intros; by apply relabel_partition).
  split; try done.
  - rewrite update_ne; [done|]. intros <-. by rewrite C1 in Hp.
  - intros q c. rewrite relabel_owner by done. apply C2.
  - intros. rewrite relabel_iff by auto. apply C3.
  - intros c k l u q T. destruct (C4 _ _ _ _ _ T) as [(?&?&[n ?])|?]; [left|by right]. split_and!; try done. exists n.
    by apply HP.
  - intros. rewrite relabel_iff by auto. apply C8.
  - intros c j q. rewrite relabel_iff by auto. intros [n ?]%C9. exists n. by apply HP.
  - intros c n E%HP. apply C10 in E. destruct n; [done|]. destruct E. split; [done|]. by apply HP.
Qed.

(** Nobody's page gets contents of which its role tells. *)
Lemma rep_format ρ V m p o : rep ρ V m -> free (ρ p) -> rep (update ρ p (Formatted o)) V (update m p o).
Proof.
  intros [C R] Hp. split; [by apply coherent_relabel|]. intros q. specialize (R q). unfold page_ok in *.
  destruct (decide (q = p)) as [->|Hq]; [by rewrite !update_eq|]. by rewrite !update_ne.
Qed.

(** It becomes empty user data. *)
Lemma rep_clear ρ V m p : rep ρ V m -> free (ρ p) ->
  rep (update ρ p UserPage) (with_data p (fun _ => 0) V) (update m p (Data (fun _ => 0))).
Proof.
  intros [C R] Hp. split; [|intros q; specialize (R q); unfold page_ok in *].
  - apply (coherent_relabel _ _ p UserPage) in C; [|done..]. by destruct C.
  - destruct (decide (q = p)) as [->|Hq]; [rewrite !update_eq; cbn; by rewrite update_eq|]. rewrite !update_ne by done.
    destruct (ρ q) eqn:E; try done. cbn. by rewrite update_ne.
Qed.

End Writes.
