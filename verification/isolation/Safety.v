(* SPDX-License-Identifier: Apache-2.0 *)
(** * Memory isolation, stated on memory alone

    Nothing here mentions roles, views or the invariant: only what the tables say, read by the functions of Machine.v.
    - [HI]: memory used by two children of one partition is disjoint.
    - [VS]: all that a child uses is mapped in its parent.
    - [KDI]: no page that some partition can access is a kernel structure of some partition.
    [wf_safe]: a well-formed state has all three. *)
From Pip.Isolation Require Export Facts.

Section Statement.
Context `{Params}.
Implicit Types (m : memory) (a b c p q : N).

(** The tables of tree [k] of partition [c], by level. *)
Inductive tree_table m c (k : kind) : nat -> page -> Prop :=
| tree_root (d : descriptor) : m c = DescriptorPage d -> tree_table m c k top (root_of d k)
| tree_below l q h t i : tree_table m c k (S l) q -> m q = Table h t -> i < table_size -> e_present (t i) = true ->
    tree_table m c k l (e_frame (t i)).

(** The pages of the configuration list of [c]. *)
Inductive list_page m c : page -> Prop :=
| list_first (d : descriptor) : m c = DescriptorPage d -> list_page m c (d_list d)
| list_other q h t : list_page m c q -> m q = ListPage h t -> list_next h <> 0 -> list_page m c (list_next h).

(** The kernel structures of [c]: its descriptor, its tables, its list. *)
Definition structure m c p : Prop := p = c \/ (exists k l, tree_table m c k l p) \/ list_page m c p.

Definition mapped m c p : Prop := exists v, e_present (mmu_entry m c v) = true /\ e_frame (mmu_entry m c v) = p.

Definition accessible m c p : Prop := exists v, e_user (mmu_entry m c v) = true /\ e_frame (mmu_entry m c v) = p.

(** The pages that [c] uses. *)
Definition used m c p : Prop := structure m c p \/ mapped m c p.

(** [c] is a child of [a]: shadow 1 of [a] says of some page that it is a descriptor, and that page is [c]. *)
Definition child m a c : Prop :=
  exists d, gift_is_descriptor (gift_entry m a d) = true /\ e_frame (mmu_entry m a d) = c.

Inductive partition m : page -> Prop :=
| partition_root : partition m root_partition
| partition_child a c : partition m a -> child m a c -> partition m c.

(** [c] is [a] or below it. *)
Inductive descendant m a : page -> Prop :=
| descendant_self : descendant m a a
| descendant_child b c : descendant m a b -> child m b c -> descendant m a c.

Definition HI m : Prop := forall a c1 c2 p, partition m a -> child m a c1 -> child m a c2 -> c1 <> c2 ->
  used m c1 p -> used m c2 p -> False.

Definition VS m : Prop := forall a c p, partition m a -> child m a c -> used m c p -> mapped m a p.

Definition KDI m : Prop := forall a b p, partition m a -> partition m b -> accessible m a p -> structure m b p -> False.

Definition isolated m : Prop := HI m /\ VS m /\ KDI m.

End Statement.

Section Safety.
Context `{Params}.
Implicit Types (a b c p q v w d : N).
Context (ρ : N -> role) (V : view) (m : memory) (R : rep ρ V m) (I : inv ρ V).

Lemma tree_table_role c k n l p : ρ c = Partition n -> tree_table m c k l p -> exists u, ρ p = TreeTable c k l u.
Proof.
  intros Ec. destruct (descriptor_at _ _ _ _ _ R Ec) as (d0&E0&Hk&_). induction 1 as [d E|l q h t i _ [u IH] Et Hi Hp].
  - exists 0. eapply table_role; [exact R|]. by replace d with d0 by congruence.
  - exists (u * table_size + i). pose proof (proj2 R q) as X. unfold page_ok in X. rewrite IH in X.
    destruct X as (t'&Et'&Ht). rewrite Et in Et'. injection Et' as _ <-. destruct (Ht _ Hi) as [_ T].
    eapply table_role; [exact R|]. rewrite <- T. unfold target_of. by rewrite Hp.
Qed.

Lemma list_page_role c n p : ρ c = Partition n -> list_page m c p -> exists j, ρ p = ListAt c j.
Proof.
  intros Ec. destruct (descriptor_at _ _ _ _ _ R Ec) as (d0&E0&_&Hl&_). induction 1 as [d E|q h t _ [j IH] Et Hn].
  - replace d with d0 by congruence. rewrite last_lookup in Hl. eexists. by apply (co_list _ _ (proj1 R)).
  - pose proof (proj2 R q) as X. unfold page_ok in X. rewrite IH in X. destruct X as [E' _]. rewrite Et in E'.
    injection E' as -> _. cbn in *. destruct j as [|j]; [done|]. exists j. cbn in *.
    destruct (v_list V c !! j) eqn:El; [|done]. by apply (co_list _ _ (proj1 R)).
Qed.

Lemma structure_owner c n p : ρ c = Partition n -> structure m c p -> owner ρ p = Some c.
Proof.
  unfold owner. intros Ec [->|[(k&l&T)|L]]; [by rewrite Ec|..].
  - by destruct (tree_table_role _ _ _ _ _ Ec T) as [u ->].
  - by destruct (list_page_role _ _ _ Ec L) as [j ->].
Qed.

Lemma child_role a c n : ρ a = Partition n -> child m a c ->
  is_partition ρ c /\ v_parent V c = a /\ c <> root_partition.
Proof.
  intros Ea (d&E1&<-). destruct (views_agree _ _ _ _ _ R Ea) as (Hm&Hg&_). rewrite Hm. rewrite Hg in E1.
  destruct (inv_child _ _ I _ _ E1) as (?&?&?&?&?). done.
Qed.

Lemma partition_role c : partition m c -> is_partition ρ c.
Proof. induction 1 as [|a c _ [n Ea] E]; [eexists; apply I|]. by eapply child_role. Qed.

Lemma used_gives a c n p : ρ a = Partition n -> child m a c -> used m c p -> exists w, gives V a w p c.
Proof.
  intros Ea Hc U. destruct (child_role _ _ _ Ea Hc) as ([n' En]&<-&Hr). destruct U as [C|(v&Hp&<-)].
  - eapply (inv_structure _ _ I); [|done]. by eapply structure_owner.
  - rewrite (mmu_entry_view _ _ _ _ _ _ R En) in *. eexists. by apply (inv_parent _ _ I).
Qed.

Lemma wf_HI : HI m.
Proof.
  intros a c1 c2 p Pa C1 C2 Hne U1 U2. destruct (partition_role _ Pa) as [n Ea].
  destruct (used_gives _ _ _ _ Ea C1 U1) as (w1&P1&E1&?&?&?), (used_gives _ _ _ _ Ea C2 U2) as (w2&P2&E2&?&?&?).
  assert (w1 = w2) as -> by (eapply (inv_once _ _ I); eauto; congruence). congruence.
Qed.

Lemma wf_VS : VS m.
Proof.
  intros a c p Pa C U. destruct (partition_role _ Pa) as [n Ea]. destruct (used_gives _ _ _ _ Ea C U) as (w&P&E&_).
  exists w. by rewrite (mmu_entry_view _ _ _ _ _ _ R Ea).
Qed.

Lemma wf_KDI : KDI m.
Proof.
  intros a b p Pa Pb (v&Hu&<-) C. destruct (partition_role _ Pa) as [n Ea], (partition_role _ Pb) as [n' Eb].
  apply (structure_owner _ _ _ Eb) in C. rewrite (mmu_entry_view _ _ _ _ _ _ R Ea) in *.
  pose proof (inv_kernel _ _ I _ _ Hu) as X. unfold pg in X. unfold owner in C. by rewrite X in C.
Qed.

End Safety.

Theorem wf_safe `{Params} s : wf s -> isolated (mem s).
Proof. intros (ρ&V&R&I&_). split_and!; eauto using wf_HI, wf_VS, wf_KDI. Qed.
