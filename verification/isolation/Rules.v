(* SPDX-License-Identifier: Apache-2.0 *)
(** * Rules for reading and writing leaves, descriptors and user data, and for every helper of Walk.v

    Each rule is stated for a state [State m c r t] with [rep ρ V m].  Where a helper answers "none", the rule has one
    premise for that case and one for the other, with all that is then known. *)
From Pip.Isolation Require Export Rep.

Section Rules.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** ** Entries of leaf tables, by prefix and index *)
Lemma wp_read_entry_at ρ V m x r t c u p i (Q : entry -> state -> Prop) : rep ρ V m ->
  v_table V c Mmu 0 u = Some p -> i < table_size -> Q (v_entry V c (u * table_size + i)) (State m x r t) ->
  wp (read_entry p i) Q (State m x r t).
Proof.
  intros R T Hi HQ. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&Ef&Hf). destruct (Hf _ Hi) as [K E].
  apply wp_bind, wp_in_table; [done|]. apply wp_bind, wp_get. cbn. rewrite Ef, K, E. by apply wp_ret.
Qed.

Lemma wp_read_gift_at ρ V m x r t c u p i (Q : gift -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow1 0 u = Some p -> i < table_size -> Q (v_gift V c (u * table_size + i)) (State m x r t) ->
  wp (read_gift p i) Q (State m x r t).
Proof.
  intros R T Hi HQ. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&Ef&Hf).
  apply wp_bind, wp_in_table; [done|]. apply wp_bind, wp_get. cbn. rewrite Ef, Hf by done. by apply wp_ret.
Qed.

Lemma wp_read_origin_at ρ V m x r t c u p i (Q : vaddr -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow2 0 u = Some p -> i < table_size -> Q (v_origin V c (u * table_size + i)) (State m x r t) ->
  wp (read_origin p i) Q (State m x r t).
Proof.
  intros R T Hi HQ. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&Ef&Hf).
  apply wp_bind, wp_in_table; [done|]. apply wp_bind, wp_get. cbn. rewrite Ef, Hf by done. by apply wp_ret.
Qed.

Lemma wp_write_entry_at ρ V m x r t c u p i e (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Mmu 0 u = Some p -> i < table_size -> e_kernel e = false ->
  (forall m', rep ρ (with_entry c (u * table_size + i) e V) m' -> (forall q, q <> p -> m' q = m q) ->
     Q tt (State m' x r t)) ->
  wp (write_entry p i e) Q (State m x r t).
Proof.
  intros R T Hi He HQ. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&Ef&Hf). destruct (Hf _ Hi) as [K _].
  apply wp_bind, wp_in_table; [done|]. apply wp_bind, wp_get. cbn. rewrite Ef, K. apply wp_put.
  apply HQ; [by apply rep_with_entry|]. intros. by apply update_ne.
Qed.

Lemma wp_write_gift_at ρ V m x r t c u p i g (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow1 0 u = Some p -> i < table_size ->
  (forall m', rep ρ (with_gift c (u * table_size + i) g V) m' -> (forall q, q <> p -> m' q = m q) ->
     Q tt (State m' x r t)) ->
  wp (write_gift p i g) Q (State m x r t).
Proof.
  intros R T Hi HQ. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&Ef&Hf).
  apply wp_bind, wp_in_table; [done|]. apply wp_bind, wp_get. cbn. rewrite Ef. apply wp_put.
  apply HQ; [by apply rep_with_gift|]. intros. by apply update_ne.
Qed.

Lemma wp_write_origin_at ρ V m x r t c u p i w (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow2 0 u = Some p -> i < table_size ->
  (forall m', rep ρ (with_origin c (u * table_size + i) w V) m' -> (forall q, q <> p -> m' q = m q) ->
     Q tt (State m' x r t)) ->
  wp (write_origin p i w) Q (State m x r t).
Proof.
  intros R T Hi HQ. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&Ef&Hf).
  apply wp_bind, wp_in_table; [done|]. apply wp_bind, wp_get. cbn. rewrite Ef. apply wp_put.
  apply HQ; [by apply rep_with_origin|]. intros. by apply update_ne.
Qed.

(** ** The same, by virtual page: the form in which the code has them *)
Ltac leaf_index := match goal with
  | |- context [index_at ?v leaf_level] => change (index_at v leaf_level) with (position v 0)
  end.

Lemma wp_read_entry ρ V m x r t c v p (Q : entry -> state -> Prop) : rep ρ V m ->
  v_table V c Mmu 0 (prefix v 0) = Some p -> Q (v_entry V c v) (State m x r t) ->
  wp (read_entry p (index_at v leaf_level)) Q (State m x r t).
Proof. intros R T HQ. leaf_index. eapply wp_read_entry_at; [done..|apply position_lt|]. by rewrite vaddr_split. Qed.

Lemma wp_read_gift ρ V m x r t c v p (Q : gift -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow1 0 (prefix v 0) = Some p -> Q (v_gift V c v) (State m x r t) ->
  wp (read_gift p (index_at v leaf_level)) Q (State m x r t).
Proof. intros R T HQ. leaf_index. eapply wp_read_gift_at; [done..|apply position_lt|]. by rewrite vaddr_split. Qed.

Lemma wp_read_origin ρ V m x r t c v p (Q : vaddr -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow2 0 (prefix v 0) = Some p -> Q (v_origin V c v) (State m x r t) ->
  wp (read_origin p (index_at v leaf_level)) Q (State m x r t).
Proof. intros R T HQ. leaf_index. eapply wp_read_origin_at; [done..|apply position_lt|]. by rewrite vaddr_split. Qed.

Lemma wp_write_entry ρ V m x r t c v p e (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Mmu 0 (prefix v 0) = Some p -> e_kernel e = false ->
  (forall m', rep ρ (with_entry c v e V) m' -> (forall q, q <> p -> m' q = m q) -> Q tt (State m' x r t)) ->
  wp (write_entry p (index_at v leaf_level) e) Q (State m x r t).
Proof.
  intros R T He HQ. leaf_index. eapply wp_write_entry_at; [done..|apply position_lt|done|]. by rewrite vaddr_split.
Qed.

Lemma wp_write_gift ρ V m x r t c v p g (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow1 0 (prefix v 0) = Some p ->
  (forall m', rep ρ (with_gift c v g V) m' -> (forall q, q <> p -> m' q = m q) -> Q tt (State m' x r t)) ->
  wp (write_gift p (index_at v leaf_level) g) Q (State m x r t).
Proof. intros R T HQ. leaf_index. eapply wp_write_gift_at; [done..|apply position_lt|]. rewrite vaddr_split. done. Qed.

Lemma wp_write_origin ρ V m x r t c v p w (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow2 0 (prefix v 0) = Some p ->
  (forall m', rep ρ (with_origin c v w V) m' -> (forall q, q <> p -> m' q = m q) -> Q tt (State m' x r t)) ->
  wp (write_origin p (index_at v leaf_level) w) Q (State m x r t).
Proof. intros R T HQ. leaf_index. eapply wp_write_origin_at; [done..|apply position_lt|]. rewrite vaddr_split.
done. Qed.

(** The kernel bit of a present entry, which writing it back needs. *)
Lemma entry_not_kernel ρ V m c v p : rep ρ V m -> v_table V c Mmu 0 (prefix v 0) = Some p ->
  e_kernel (v_entry V c v) = false.
Proof.
  intros R T. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&_&Hf). destruct (Hf _ (position_lt v 0)) as [K E].
  rewrite vaddr_split in E. by rewrite <- E.
Qed.

(** ** Descriptors *)
Lemma wp_get_descriptor ρ V m x r t c n (Q : descriptor -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  (forall d, m c = DescriptorPage d -> (forall k, v_table V c k top 0 = Some (root_of d k)) ->
     last (v_list V c) = Some (d_list d) -> d_parent d = v_parent V c -> d_vsti d = v_vsti V c ->
     Q d (State m x r t)) ->
  wp (get_descriptor c) Q (State m x r t).
Proof.
  intros R Ec HQ. destruct (descriptor_at _ _ _ _ _ R Ec) as (d&Ed&?&?&?&?). apply wp_bind, wp_get. cbn. rewrite Ed.
  apply wp_ret. by apply HQ.
Qed.

Lemma wp_parent_of ρ V m x r t c n (Q : page -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  Q (v_parent V c) (State m x r t) -> wp (parent_of c) Q (State m x r t).
Proof.
  intros R Ec HQ. apply wp_bind. eapply wp_get_descriptor; [done..|]. intros d _ _ _ E _. apply wp_ret. by rewrite E.
Qed.

Lemma wp_interrupt_state ρ V m x r t c n (Q : bool -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  Q (v_vsti V c) (State m x r t) -> wp (interrupt_state c) Q (State m x r t).
Proof.
  intros R Ec HQ. apply wp_bind. eapply wp_get_descriptor; [done..|]. intros d _ _ _ _ E. apply wp_ret. by rewrite E.
Qed.

Lemma wp_config_list ρ V m x r t c n (Q : page -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  (forall q, last (v_list V c) = Some q -> Q q (State m x r t)) -> wp (config_list c) Q (State m x r t).
Proof.
  intros R Ec HQ. apply wp_bind. eapply wp_get_descriptor; [done..|]. intros d _ _ E _ _. apply wp_ret. by apply HQ.
Qed.

Lemma wp_set_interrupt_state ρ V m x r t c n b (Q : unit -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  (forall m', rep ρ (with_vsti c b V) m' -> (forall q, q <> c -> m' q = m q) -> Q tt (State m' x r t)) ->
  wp (set_interrupt_state c b) Q (State m x r t).
Proof.
  intros R Ec HQ. apply wp_bind. eapply wp_get_descriptor; [done..|]. intros d Ed _ _ _ _. apply wp_put. cbn.
  apply HQ; [by eapply rep_with_vsti|]. intros. by apply update_ne.
Qed.

(** Switching flushes the translation buffer: then it holds what the tables of the new partition say. *)
Lemma wp_switch_to ρ V m x r t c n (Q : unit -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  (forall t', (forall v, t' v = v_entry V c v) -> Q tt (State m c r t')) -> wp (switch_to c) Q (State m x r t).
Proof.
  intros R Ec HQ. destruct (descriptor_at _ _ _ _ _ R Ec) as (d&Ed&_). apply wp_bind, wp_get. cbn. rewrite Ed.
  Transparent wp. unfold wp. Opaque wp. cbn. apply HQ. intros v. by eapply mmu_entry_view.
Qed.

(** ** User data *)
Lemma wp_read_word ρ V m x r t p i (Q : word -> state -> Prop) : rep ρ V m -> ρ p = UserPage -> i < 1024 ->
  Q (v_data V p i) (State m x r t) -> wp (read_word p i) Q (State m x r t).
Proof.
  intros R Ep Hi HQ. unfold read_word. rewrite (proj2 (N.ltb_lt _ _)) by done. apply wp_bind, wp_get. cbn.
  rewrite (user_data _ _ _ _ R Ep). by apply wp_ret.
Qed.

Lemma wp_write_word ρ V m x r t p i w (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage -> i < 1024 ->
  (forall m', rep ρ (with_data p (update (v_data V p) i w) V) m' -> (forall q, q <> p -> m' q = m q) ->
     Q tt (State m' x r t)) -> wp (write_word p i w) Q (State m x r t).
Proof.
  intros R Ep Hi HQ. unfold write_word. rewrite (proj2 (N.ltb_lt _ _)) by done. apply wp_bind, wp_get. cbn.
  rewrite (user_data _ _ _ _ R Ep). apply wp_put, HQ; [by apply rep_with_data|]. intros. by apply update_ne.
Qed.

(** ** Walks *)
Lemma wp_read_interior ρ V m x r t c k l v p (Q : entry -> state -> Prop) : rep ρ V m -> is_user_page v = true ->
  v_table V c k (S l) (prefix v (S l)) = Some p ->
  (forall e, target_of e = v_table V c k l (prefix v l) -> Q e (State m x r t)) ->
  wp (read_link p v (N.of_nat (S l))) Q (State m x r t).
Proof.
  intros R U T HQ. destruct (interior_entry _ _ _ _ _ _ _ _ R T U) as (f&Ef&K&E).
  unfold read_link. rewrite U, index_at_nat. change (negb (N.of_nat (S l) =? 0)) with true. cbn [andb].
  apply wp_bind, wp_in_table; [apply position_lt|]. apply wp_bind, wp_get. cbn. rewrite Ef, K. apply wp_ret. auto.
Qed.

Lemma wp_walk ρ V m x r t c k l v (Q : page -> state -> Prop) : rep ρ V m -> is_user_page v = true ->
  forall p, v_table V c k l (prefix v l) = Some p -> Q (default 0 (v_table V c k 0 (prefix v 0))) (State m x r t) ->
  wp (walk l p (N.of_nat l) v) Q (State m x r t).
Proof.
  intros R U. induction l as [|l IH]; intros p T HQ; cbn [walk]; [rewrite T in HQ; by apply wp_ret|].
  apply wp_bind. eapply wp_read_interior; [done..|]. intros e E. unfold page_eq, no_page, frame_of.
  pose proof (table_le_top _ _ _ _ _ _ _ _ R T). unfold target_of in E. destruct (N.eqb_spec (e_frame e) 0) as [F|F].
  - apply wp_ret. destruct (e_present e); [by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in E|].
    by rewrite (table_none_below _ _ _ _ _ _ l 0 R (eq_sym E)) in HQ by lia.
  - destruct (e_present e); [|by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in E].
    apply wp_bind, wp_level_below. by apply IH.
Qed.

(** The three functions that find leaf tables. *)
Definition leaf_of k : page -> vaddr -> K page :=
  match k with Mmu => leaf_mmu | Shadow1 => leaf_shadow1 | Shadow2 => leaf_shadow2 end.

Lemma wp_leaf k ρ V m x r t c n v (Q : page -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  is_user_page v = true ->
  (v_table V c k 0 (prefix v 0) = None -> Q 0 (State m x r t)) ->
  (forall p, v_table V c k 0 (prefix v 0) = Some p -> p <> 0 -> Q p (State m x r t)) ->
  wp (leaf_of k c v) Q (State m x r t).
Proof.
  intros R Ec U Qn Qs.
  assert (wp (let! d := get_descriptor c in walk interior_levels (root_of d k) top_level v) Q (State m x r t)) as X.
  { apply wp_bind. eapply wp_get_descriptor; [done..|]. intros d _ Hk _ _ _. unfold interior_levels.
    eapply (wp_walk _ _ _ _ _ _ c k); [done..| |].
    - rewrite (proj1 (user_page_prefix v U)). apply Hk.
    - destruct (v_table V c k 0 (prefix v 0)) eqn:T; cbn; auto. eapply Qs, table_nonzero; eauto. }
  Transparent wp bind ret. unfold wp, bind in *. destruct k; cbn; unfold leaf_mmu, leaf_shadow1, leaf_shadow2,
    mmu_root, shadow1_root, shadow2_root, bind, ret in *; by destruct (get_descriptor c _). Opaque wp bind ret.
Qed.

Lemma wp_leaf_known k ρ V m x r t c v p (Q : page -> state -> Prop) : rep ρ V m ->
  v_table V c k 0 (prefix v 0) = Some p -> Q p (State m x r t) -> wp (leaf_of k c v) Q (State m x r t).
Proof.
  intros R T HQ. destruct (table_partition _ _ _ _ _ _ _ _ R T) as [n Ec].
  eapply wp_leaf; [done..|eapply table_user_page; [done..|apply top_positive]|congruence|]. intros. by simplify_eq.
Qed.

(** The lowest table on the way to [v]. *)
Definition is_lowest V c k l v (z : place) : Prop :=
  v_table V c k l (prefix v l) = Some (place_table z) /\ place_level z = N.of_nat l
  /\ match l with O => True | S l' => v_table V c k l' (prefix v l') = None end
  /\ (l < top -> v_table V c k (S l) (prefix v (S l)) = Some (place_parent z))%nat.

Lemma wp_descend ρ V m x r t c k l v (Q : place -> state -> Prop) : rep ρ V m -> is_user_page v = true ->
  forall above p, v_table V c k l (prefix v l) = Some p ->
  (l < top -> v_table V c k (S l) (prefix v (S l)) = Some above)%nat ->
  (forall l' z, is_lowest V c k l' v z -> Q z (State m x r t)) ->
  wp (descend l above p (N.of_nat l) v) Q (State m x r t).
Proof.
  intros R U. induction l as [|l IH]; intros above p T Ta HQ; cbn [descend].
  - apply wp_ret. by apply (HQ O).
  - apply wp_bind. eapply wp_read_interior; [done..|]. intros e E. unfold target_of, is_present, frame_of in *.
    destruct (e_present e).
    + apply wp_bind, wp_level_below. apply IH; auto.
    + destruct (e_frame e =? 0); [|by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in E].
      apply wp_ret. by apply (HQ (S l)).
Qed.

Definition lowest_of k : page -> vaddr -> K place :=
  match k with Mmu => lowest_mmu | Shadow1 => lowest_shadow1 | Shadow2 => lowest_shadow2 end.

Lemma wp_lowest k ρ V m x r t c n v (Q : place -> state -> Prop) : rep ρ V m -> ρ c = Partition n ->
  is_user_page v = true -> (forall l z, is_lowest V c k l v z -> Q z (State m x r t)) ->
  wp (lowest_of k c v) Q (State m x r t).
Proof.
  intros R Ec U HQ.
  assert (wp (let! d := get_descriptor c in descend interior_levels no_page (root_of d k) top_level v) Q
    (State m x r t)) as X.
  { apply wp_bind. eapply wp_get_descriptor; [done..|]. intros d _ Hk _ _ _. unfold interior_levels.
    eapply (wp_descend _ _ _ _ _ _ c k); [done..| |lia|done]. rewrite (proj1 (user_page_prefix v U)). apply Hk. }
  Transparent wp bind ret. unfold wp, bind in *. destruct k; cbn; unfold lowest_mmu, lowest_shadow1, lowest_shadow2,
    mmu_root, shadow1_root, shadow2_root, bind, ret in *; by destruct (get_descriptor c _). Opaque wp bind ret.
Qed.

End Rules.
