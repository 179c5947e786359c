(* SPDX-License-Identifier: Apache-2.0 *)
(** * First consequences of [rep] and [inv], and that the machine sees what the view says

    [views_agree]: the functions of Machine.v that walk tables as the MMU does compute the view.  So theorems may be
    stated on memory alone, and proved on the view. *)
From Pip.Isolation Require Export Inv.

Section Facts.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).

Lemma top_not_0 : top <> O.
Proof. pose proof top_positive. lia. Qed.

(** ** Tables of the view *)
Lemma table_role ρ V m c k l u p : rep ρ V m -> v_table V c k l u = Some p -> ρ p = TreeTable c k l u.
Proof. intros [C _]. apply (co_table _ _ C). Qed.

Lemma table_nonzero ρ V m c k l u p : rep ρ V m -> v_table V c k l u = Some p -> p <> 0.
Proof. intros R E ->. apply (table_role _ _ _ _ _ _ _ _ R) in E. by rewrite (co_zero _ _ (proj1 R)) in E. Qed.

Lemma table_ok_at ρ V m c k l u p : rep ρ V m -> v_table V c k l u = Some p -> table_ok V c k l u (m p).
Proof.
  intros R E. apply (table_role _ _ _ _ _ _ _ _ R) in E. pose proof (proj2 R p) as X. unfold page_ok in X.
  by rewrite E in X.
Qed.

Lemma table_le_top ρ V m c k l u p : rep ρ V m -> v_table V c k l u = Some p -> (l <= top)%nat.
Proof. intros [C _] E. destruct (co_upper _ _ C _ _ _ _ _ E) as [?|?]; destruct_and?; lia. Qed.

Lemma table_partition ρ V m c k l u p : rep ρ V m -> v_table V c k l u = Some p -> is_partition ρ c.
Proof.
  intros R. assert (exists x, x = top - l)%nat as [x Ex] by eauto. revert l u p Ex.
  induction x as [|x IH]; intros l u p Ex E; destruct (co_upper _ _ (proj1 R) _ _ _ _ _ E) as [(?&?&?)|(?&[q ?]&_)]; try
    done; [lia|]. eapply (IH (S l)); [lia|done].
Qed.

Lemma table_user_page ρ V m c k l v p : rep ρ V m -> v_table V c k l (prefix v l) = Some p -> (l < top)%nat ->
  is_user_page v = true.
Proof.
  intros R. assert (exists x, x = top - l)%nat as [x Ex] by eauto. revert l p Ex.
  induction x as [|x IH]; intros l p Ex E Hl; [lia|].
  destruct (co_upper _ _ (proj1 R) _ _ _ _ _ E) as [(?&?&?)|(_&[q Eq]&K)]; [lia|]. rewrite prefix_up in Eq.
  destruct (decide (S l = top)) as [El|]; [|eapply (IH (S l)); [lia|done|lia]].
  destruct (co_upper _ _ (proj1 R) _ _ _ _ _ Eq) as [(?&?&?)|(?&_)]; [|lia].
  eapply user_page_below; [exact El|by rewrite <- El|auto].
Qed.

Lemma table_none_below ρ V m c k v l l' : rep ρ V m -> v_table V c k l (prefix v l) = None -> (l' <= l <= top)%nat ->
  v_table V c k l' (prefix v l') = None.
Proof.
  intros R. assert (exists x, x = l - l')%nat as [x Ex] by eauto. revert l' Ex.
  induction x as [|x IH]; intros l' Ex E Hl.
  - by assert (l' = l) as -> by lia.
  - destruct (v_table V c k l' (prefix v l')) as [p|] eqn:Ep; [exfalso|done].
    pose proof (IH (S l') ltac:(lia) E ltac:(lia)) as E'.
    destruct (co_upper _ _ (proj1 R) _ _ _ _ _ Ep) as [(?&?&?)|(_&[q Eq]&_)].
    + lia.
    + rewrite prefix_up in Eq. congruence.
Qed.

Lemma descriptor_at ρ V m c n : rep ρ V m -> ρ c = Partition n -> descriptor_ok V c (m c).
Proof. intros [_ R] E. specialize (R c). unfold page_ok in R. by rewrite E in R. Qed.

Lemma user_data ρ V m p : rep ρ V m -> ρ p = UserPage -> m p = Data (v_data V p).
Proof. intros [_ R] E. specialize (R p). unfold page_ok in R. by rewrite E in R. Qed.

Lemma user_slot_kernel_bit v k l : is_user_page v = true -> kernel_bit k l (position v l) = false.
Proof.
  intros E. destruct k; cbn; [|done..]. destruct (l =? top)%nat eqn:El; [|done]. apply Nat.eqb_eq in El. subst l.
  by apply user_page_prefix.
Qed.

(** ** Entries of the view *)
Lemma pres_table ρ V m c v : rep ρ V m -> pres V c v -> is_Some (v_table V c Mmu 0 (prefix v 0)).
Proof.
  intros [C _] P. destruct (v_table _ _ _ _ _) eqn:E; [eauto|]. unfold pres in P.
  by rewrite (co_entry _ _ C _ _ E) in P.
Qed.

Lemma pres_user_page ρ V m c v : rep ρ V m -> pres V c v -> is_user_page v = true.
Proof.
  intros R P. destruct (pres_table _ _ _ _ _ R P) as [p E]. eapply table_user_page; [done..|apply top_positive].
Qed.

Lemma pres_partition ρ V m c v : rep ρ V m -> pres V c v -> is_partition ρ c.
Proof. intros R P. destruct (pres_table _ _ _ _ _ R P) as [p E]. by eapply table_partition. Qed.

Lemma leaf_of_kind ρ V c k k' v p : inv ρ V -> v_table V c k 0 (prefix v 0) = Some p ->
  exists q, v_table V c k' 0 (prefix v 0) = Some q.
Proof. intros I E. apply (inv_sync _ _ I c k k'). eauto. Qed.

(** ** The walks of the machine compute the view *)
Lemma interior_entry ρ V m c k l v p : rep ρ V m -> v_table V c k (S l) (prefix v (S l)) = Some p ->
  is_user_page v = true -> exists t, m p = Table (N.of_nat (S l)) t /\ e_kernel (t (position v (S l))) = false
    /\ target_of (t (position v (S l))) = v_table V c k l (prefix v l).
Proof.
  intros R E U. destruct (table_ok_at _ _ _ _ _ _ _ _ R E) as (t&Et&Ht). exists t. split; [done|].
  destruct (Ht _ (position_lt v (S l))) as [K T]. by rewrite prefix_split, user_slot_kernel_bit in *.
Qed.

Lemma walk_view ρ V m c k l : rep ρ V m -> forall p v, is_user_page v = true ->
  v_table V c k l (prefix v l) = Some p -> walk_memory m p l v = v_table V c k 0 (prefix v 0).
Proof.
  intros R. induction l as [|l IH]; intros p v U E; cbn [walk_memory]; [done|].
  destruct (interior_entry _ _ _ _ _ _ _ _ R E U) as (t&->&_&T). unfold target_of in T.
  destruct (e_present (t (position v (S l)))); [by apply IH|].
  destruct (e_frame (t (position v (S l))) =? 0); [|by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in T].
  pose proof (table_le_top _ _ _ _ _ _ _ _ R E). symmetry. eapply table_none_below; [done|symmetry; exact T|lia].
Qed.

Lemma leaf_view ρ V m c n k v : rep ρ V m -> ρ c = Partition n -> leaf m c k v = v_table V c k 0 (prefix v 0).
Proof.
  intros R E. unfold leaf. destruct (is_user_page v) eqn:U.
  - destruct (descriptor_at _ _ _ _ _ R E) as (d&->&Hk&_). eapply walk_view; [done..|].
    by rewrite (proj1 (user_page_prefix v U)).
  - destruct (v_table _ _ _ _ _) eqn:T; [|done]. by rewrite (table_user_page _ _ _ _ _ _ _ _ R T top_positive) in U.
Qed.

Lemma views_agree ρ V m c n : rep ρ V m -> ρ c = Partition n ->
  (forall v, mmu_entry m c v = v_entry V c v) /\ (forall v, gift_entry m c v = v_gift V c v)
  /\ (forall v, origin_entry m c v = v_origin V c v) /\ parent_entry m c = v_parent V c.
Proof.
  intros R E.
  split_and!; try intros v; unfold mmu_entry, gift_entry, origin_entry, parent_entry; rewrite ?(leaf_view _ _ _ _ _ _ v
    R E); try (destruct (v_table _ _ _ _ _) as [p|] eqn:T; [destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&->&Ht);
    destruct (Ht _ (position_lt v 0)) || pose proof (Ht _ (position_lt v 0)); by rewrite vaddr_split in *|]).
  - symmetry. by apply (co_entry _ _ (proj1 R)).
  - symmetry. by apply (co_gift _ _ (proj1 R)).
  - symmetry. by apply (co_origin _ _ (proj1 R)).
  - by destruct (descriptor_at _ _ _ _ _ R E) as (d&->&_&_&?&_).
Qed.

Lemma mmu_entry_view ρ V m c n v : rep ρ V m -> ρ c = Partition n -> mmu_entry m c v = v_entry V c v.
Proof. intros R E. by destruct (views_agree _ _ _ _ _ R E) as [-> _]. Qed.

Lemma owner_partition ρ V m p c : rep ρ V m -> owner ρ p = Some c -> is_partition ρ c.
Proof.
  intros R. unfold owner. destruct (ρ p) eqn:E; intros [= <-]; [by eexists| |].
  - eapply table_partition; [exact R|]. by apply (co_table _ _ (proj1 R)).
  - by eapply (co_list_owner _ _ (proj1 R)).
Qed.

(** The parent of a partition. *)
Lemma parent_role ρ V m c n : rep ρ V m -> ρ c = Partition n -> match n with
  | O => c = root_partition /\ v_parent V c = 0
  | S n' => c <> root_partition /\ ρ (v_parent V c) = Partition n' end.
Proof. intros [C _]. apply (co_parent _ _ C). Qed.

End Facts.
