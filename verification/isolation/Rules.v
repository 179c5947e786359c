(* SPDX-License-Identifier: Apache-2.0 *)
(** * Rules for reading and writing leaves, descriptors and user data, and for walks

    What reads is an equation: [gets m s a], the value [a] as a function of the view.  What writes has a rule for states
    [State m c r t] with [rep ρ V m]: afterwards memory represents another view. *)
From Pip.Isolation Require Export Rep.

Ltac leaf_index v := change (index_at v leaf_level) with (position v 0).

Section Reads.
Context `{Params}.
Implicit Types (a c p q v w u i : N) (k : kind) (l n : nat).
Context (ρ : N -> role) (V : view) (s : state) (R : rep ρ V (mem s)).

Ltac fetch := eapply gets_bind; [reflexivity|].
Ltac fetch_at i := eapply gets_bind; [exact (gets_in_table _ s i)|fetch].

(** ** Entries of leaf tables *)
Lemma leaf_at c v p : v_table V c Mmu 0 (prefix v 0) = Some p -> exists t, mem s p = Table 0 t
  /\ e_kernel (t (position v 0)) = false /\ t (position v 0) = v_entry V c v.
Proof.
  intros T. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&Et&Ht). destruct (Ht _ (position_lt v 0)) as [K E].
  rewrite vaddr_split in E. by exists t.
Qed.

Lemma gets_read_entry c v p : v_table V c Mmu 0 (prefix v 0) = Some p ->
  gets (read_entry p (index_at v leaf_level)) s (v_entry V c v).
Proof.
  intros (t&Et&K&E)%leaf_at. leaf_index v. fetch_at (position_lt v 0). rewrite Et. cbn. rewrite K, E. apply gets_ret.
Qed.

Lemma gets_read_gift c v p : v_table V c Shadow1 0 (prefix v 0) = Some p ->
  gets (read_gift p (index_at v leaf_level)) s (v_gift V c v).
Proof.
  intros T. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&Et&Ht). specialize (Ht _ (position_lt v 0)).
  rewrite vaddr_split in Ht. leaf_index v. fetch_at (position_lt v 0). rewrite Et, <- Ht. apply gets_ret.
Qed.

Lemma gets_read_origin c v p : v_table V c Shadow2 0 (prefix v 0) = Some p ->
  gets (read_origin p (index_at v leaf_level)) s (v_origin V c v).
Proof.
  intros T. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&Et&Ht). specialize (Ht _ (position_lt v 0)).
  rewrite vaddr_split in Ht. leaf_index v. fetch_at (position_lt v 0). rewrite Et, <- Ht. apply gets_ret.
Qed.

(** The kernel bit of an entry, which writing it back needs. *)
Lemma entry_not_kernel c v p : v_table V c Mmu 0 (prefix v 0) = Some p -> e_kernel (v_entry V c v) = false.
Proof. by intros (t&_&K&<-)%leaf_at. Qed.

(** ** Descriptors, lists and user data *)
Lemma gets_descriptor c : is_partition ρ c -> exists d, gets (get_descriptor c) s d /\ mem s c = DescriptorPage d
  /\ (forall k, v_table V c k top 0 = Some (root_of d k)) /\ last (v_list V c) = Some (d_list d)
  /\ d_parent d = v_parent V c /\ d_vsti d = v_vsti V c.
Proof.
  intros [n Ec]. destruct (descriptor_at _ _ _ _ _ R Ec) as (d&Ed&X). exists d. split; [|done]. fetch. rewrite Ed.
  apply gets_ret.
Qed.

Lemma gets_parent_of c : is_partition ρ c -> gets (parent_of c) s (v_parent V c).
Proof. intros (d&G&_&_&_&<-&_)%gets_descriptor. eapply gets_bind; [exact G|apply gets_ret]. Qed.

Lemma gets_interrupt_state c : is_partition ρ c -> gets (interrupt_state c) s (v_vsti V c).
Proof. intros (d&G&_&_&_&_&<-)%gets_descriptor. eapply gets_bind; [exact G|apply gets_ret]. Qed.

Lemma gets_config_list c : is_partition ρ c -> gets (config_list c) s (list_head V c).
Proof.
  intros (d&G&_&_&E&_)%gets_descriptor. unfold list_head. rewrite E. eapply gets_bind; [exact G|apply gets_ret].
Qed.

Lemma list_at c j q : ρ q = ListAt c j -> mem s q = list_page V c j (v_note V q)
  /\ note_count (v_note V q) <= list_capacity.
Proof. intros E. pose proof (proj2 R q) as X. unfold page_ok in X. by rewrite E in X. Qed.

Lemma head_at c : is_partition ρ c -> exists ls, v_list V c = ls ++ [list_head V c]
  /\ ρ (list_head V c) = ListAt c (length ls).
Proof.
  intros (d&_&_&_&E&_)%gets_descriptor. unfold list_head. rewrite E. apply last_Some in E as [ls E]. exists ls.
  split; [exact E|]. apply (co_list _ _ (proj1 R)). rewrite E, lookup_app_r by done. by rewrite Nat.sub_diag.
Qed.

Lemma gets_lacks_room c l : is_partition ρ c -> gets (lacks_room (list_head V c) (N.of_nat l)) s (is_full V c
  (N.of_nat l)).
Proof. intros (ls&_&E)%head_at. fetch. rewrite (proj1 (list_at _ _ _ E)). apply gets_ret. Qed.

Lemma gets_read_word p i : ρ p = UserPage -> i < 1024 -> gets (read_word p i) s (v_data V p i).
Proof.
  intros E Hi. unfold read_word. rewrite (proj2 (N.ltb_lt _ _) Hi). fetch. rewrite (user_data _ _ _ _ R E).
  apply gets_ret.
Qed.

(** ** Walks *)
Lemma gets_read_link c k l v p : is_user_page v = true -> v_table V c k (S l) (prefix v (S l)) = Some p ->
  exists e, gets (read_link p v (N.of_nat (S l))) s e /\ target_of e = v_table V c k l (prefix v l).
Proof.
  intros U T. destruct (interior_entry _ _ _ _ _ _ _ _ R T U) as (f&Ef&K&E). exists (f (position v (S l))).
  split; [|done]. unfold read_link. rewrite U, index_at_nat. change (negb (N.of_nat (S l) =? 0)) with true. cbn [andb].
  fetch_at (position_lt v (S l)). rewrite Ef, N.eqb_refl, K. apply gets_ret.
Qed.

Lemma gets_level_below l : gets (level_below (N.of_nat (S l))) s (N.of_nat l).
Proof. apply gets_wp, wp_level_below. done. Qed.

Lemma gets_walk c k l v : is_user_page v = true -> forall p, v_table V c k l (prefix v l) = Some p ->
  gets (walk l p (N.of_nat l) v) s (default 0 (v_table V c k 0 (prefix v 0))).
Proof.
  intros U. induction l as [|l IH]; intros p T; cbn [walk]; [rewrite T; apply gets_ret|].
  destruct (gets_read_link _ _ _ _ _ U T) as (e&G&E). eapply gets_bind; [exact G|]. unfold page_eq, no_page, frame_of.
  pose proof (table_le_top _ _ _ _ _ _ _ _ R T). unfold target_of in E. destruct (N.eqb_spec (e_frame e) 0) as [F|F].
  - destruct (e_present e); [by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in E|].
    rewrite (table_none_below _ _ _ _ _ _ l 0 R (eq_sym E)) by lia. apply gets_ret.
  - destruct (e_present e); [|by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in E].
    eapply gets_bind; [apply gets_level_below|by apply IH].
Qed.

(** The three functions that find leaf tables, and those that find the lowest. *)
Definition leaf_of k : page -> vaddr -> K page :=
  match k with Mmu => leaf_mmu | Shadow1 => leaf_shadow1 | Shadow2 => leaf_shadow2 end.
Definition lowest_of k : page -> vaddr -> K place :=
  match k with Mmu => lowest_mmu | Shadow1 => lowest_shadow1 | Shadow2 => lowest_shadow2 end.

Lemma gets_root {A} (f : page -> K A) k c v (z : A) : is_partition ρ c -> is_user_page v = true ->
  (forall p, v_table V c k top (prefix v top) = Some p -> gets (f p) s z) ->
  gets (match k with Mmu => bind (mmu_root c) f | Shadow1 => bind (shadow1_root c) f
    | Shadow2 => bind (shadow2_root c) f end) s z.
Proof.
  intros (d&G&_&Hk&_)%gets_descriptor U Hf. rewrite (proj1 (user_page_prefix v U)) in Hf. specialize (Hf _ (Hk k)).
  destruct k; (eapply gets_bind; [|exact Hf]); (eapply gets_bind; [exact G|apply gets_ret]).
Qed.

Lemma gets_leaf k c v : is_partition ρ c -> is_user_page v = true ->
  gets (leaf_of k c v) s (default 0 (v_table V c k 0 (prefix v 0))).
Proof.
  intros Pc U.
  pose proof (gets_root (fun p => walk interior_levels p top_level v) k c v _ Pc U (fun p T => gets_walk c k top v U p
    T)) as X. by destruct k.
Qed.

Lemma gets_leaf_known k c v p : v_table V c k 0 (prefix v 0) = Some p -> gets (leaf_of k c v) s p.
Proof.
  intros T. replace p with (default 0 (v_table V c k 0 (prefix v 0))) by (by rewrite T).
  apply gets_leaf; [by eapply table_partition|]. eapply table_user_page; [done..|apply top_positive].
Qed.

(** The lowest table on the way to [v]. *)
Definition is_lowest c k l v (z : place) : Prop :=
  v_table V c k l (prefix v l) = Some (place_table z) /\ place_level z = N.of_nat l
  /\ match l with O => True | S l' => v_table V c k l' (prefix v l') = None end
  /\ (l < top -> v_table V c k (S l) (prefix v (S l)) = Some (place_parent z))%nat.

Lemma gets_descend (I : inv ρ V) c k l v : is_user_page v = true -> forall above p,
  v_table V c k l (prefix v l) = Some p -> (l < top -> v_table V c k (S l) (prefix v (S l)) = Some above)%nat ->
  exists z, gets (descend l above p (N.of_nat l) v) s z /\ is_lowest c k (lowest_level_from V c v l) v z.
Proof.
  intros U. induction l as [|l IH]; intros above p T Ta; cbn [descend lowest_level_from].
  { eexists. split; [apply gets_ret|done]. }
  destruct (gets_read_link _ _ _ _ _ U T) as (e&G&E). unfold target_of, is_present, frame_of in *.
  assert (is_Some (v_table V c Mmu l (prefix v l)) <-> is_Some (v_table V c k l (prefix v l))) as Sync by (split; apply
    (inv_sync _ _ I)). destruct (e_present e) eqn:P.
  - destruct (v_table V c Mmu l (prefix v l)) as [y|]; [|rewrite <- E in Sync; by destruct (proj2 Sync ltac:(eauto))].
    destruct (IH p (e_frame e)) as (z&Gz&L); [done..|]. exists z. split; [|exact L]. eapply gets_bind; [exact G|].
    rewrite P. eapply gets_bind; [apply gets_level_below|exact Gz].
  - destruct (e_frame e =? 0); [|by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in E].
    destruct (v_table V c Mmu l (prefix v l)) as [y|]; [rewrite <- E in Sync; by destruct (proj1 Sync ltac:(eauto))|].
    eexists. split; [eapply gets_bind; [exact G|]; rewrite P; apply gets_ret|by split_and!].
Qed.

Lemma gets_lowest (I : inv ρ V) k c v : is_partition ρ c -> is_user_page v = true ->
  exists z, gets (lowest_of k c v) s z /\ is_lowest c k (lowest_level_of V c v) v z.
Proof.
  intros Pc U. destruct (gets_descriptor _ Pc) as (d&_&_&Hk&_). specialize (Hk k).
  rewrite <- (proj1 (user_page_prefix v U)) in Hk.
  destruct (gets_descend I c k top v U no_page _ Hk) as (z&G&L); [lia|]. exists z. split; [|exact L].
  pose proof (gets_root (fun p => descend interior_levels no_page p top_level v) k c v z Pc U) as X.
  destruct k; apply X; intros p T; by simplify_eq.
Qed.

End Reads.

Section Writes.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

Ltac write v rule := let R := fresh "R" in let T := fresh "T" in let f := fresh "f" in let Ef := fresh "E" in
  let Hf := fresh "F" in intros R T; intros; destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&Ef&Hf);
  specialize (Hf _ (position_lt v 0)); leaf_index v; apply wp_bind, wp_in_table; [apply position_lt|];
  apply wp_bind, wp_get; cbn; rewrite Ef, ?(proj1 Hf); apply wp_put; match goal with HQ : _ |- _ => apply HQ end;
  cbn; rewrite <- (vaddr_split v) at 1; eapply rule; eauto using position_lt.

Lemma wp_write_entry ρ V m x r t c v p e (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Mmu 0 (prefix v 0) = Some p -> e_kernel e = false ->
  (forall m', rep ρ (with_entry c v e V) m' -> Q tt (State m' x r t)) ->
  wp (write_entry p (index_at v leaf_level) e) Q (State m x r t).
Proof. write v rep_with_entry. Qed.

Lemma wp_write_gift ρ V m x r t c v p g (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow1 0 (prefix v 0) = Some p -> (forall m', rep ρ (with_gift c v g V) m' -> Q tt (State m' x r t)) ->
  wp (write_gift p (index_at v leaf_level) g) Q (State m x r t).
Proof. write v rep_with_gift. Qed.

Lemma wp_write_origin ρ V m x r t c v p w (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow2 0 (prefix v 0) = Some p ->
  (forall m', rep ρ (with_origin c v w V) m' -> Q tt (State m' x r t)) ->
  wp (write_origin p (index_at v leaf_level) w) Q (State m x r t).
Proof. write v rep_with_origin. Qed.

Lemma wp_set_interrupt_state ρ V m x r t c b (Q : unit -> state -> Prop) : rep ρ V m -> is_partition ρ c ->
  (forall m', rep ρ (with_vsti c b V) m' -> Q tt (State m' x r t)) -> wp (set_interrupt_state c b) Q (State m x r t).
Proof.
  intros R [n Ec] HQ. destruct (gets_descriptor ρ V (State m x r t) R c) as (d&G&Ed&_); [by exists n|]. apply wp_bind.
  eapply wp_gets; [exact G|]. apply wp_put. by eapply HQ, rep_with_vsti.
Qed.

(** Switching flushes the translation buffer: then it holds what the tables of the new partition say. *)
Lemma wp_switch_to ρ V m x r t c (Q : unit -> state -> Prop) : rep ρ V m -> is_partition ρ c ->
  (forall t', (forall v, t' v = v_entry V c v) -> Q tt (State m c r t')) -> wp (switch_to c) Q (State m x r t).
Proof.
  intros R [n Ec] HQ. destruct (descriptor_at _ _ _ _ _ R Ec) as (d&Ed&_). apply wp_bind, wp_get. cbn. rewrite Ed.
  apply wp_done. eexists _, _. split; [done|]. apply HQ. intros v. by eapply mmu_entry_view.
Qed.

Lemma wp_write_word ρ V m x r t p i w (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage -> i < 1024 ->
  (forall m', rep ρ (with_data p (update (v_data V p) i w) V) m' -> Q tt (State m' x r t)) ->
  wp (write_word p i w) Q (State m x r t).
Proof.
  intros R Ep Hi HQ. unfold write_word. rewrite (proj2 (N.ltb_lt _ _)) by done. apply wp_bind, wp_get. cbn.
  rewrite (user_data _ _ _ _ R Ep). by apply wp_put, HQ, rep_with_data.
Qed.

End Writes.
