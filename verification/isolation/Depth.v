(* SPDX-License-Identifier: Apache-2.0 *)
(** * Depth: who maps a page

    At each depth at most one partition maps a given page, and a page that its partition gave to nobody is mapped by
    that partition and its ancestors alone.  There are no more depths than pages, so the kernel's fuel suffices. *)
From Pip.Isolation Require Export Step.

Section Depth.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).

Lemma ancestors ρ V m c n : rep ρ V m -> ρ c = Partition n -> exists l : list N, length l = S n /\ NoDup l /\
  forall x, x ∈ l -> exists j, (j <= n)%nat /\ ρ x = Partition j.
Proof.
  intros R. revert c. induction n as [|n IH]; intros c E.
  - exists [c]. split_and!; [done|apply NoDup_singleton|]. intros x ->%elem_of_list_singleton. eauto.
  - destruct (parent_role _ _ _ _ _ R E) as [_ Ep]. destruct (IH _ Ep) as (l & Hl & Hnd & Hin). exists (c :: l).
    split_and!; [cbn; lia| |].
    + constructor; [|done]. intros (j & ? & ?)%Hin. assert (S n = j) by congruence. lia.
    + intros x [->|(j & ? & ?)%Hin]%elem_of_cons; [eauto|]. exists j. split; [lia|done].
Qed.

(** A set of pages in use has no more than [pages] members. *)
Lemma pages_bound (l : list N) : NoDup l -> (forall x, x ∈ l -> x < pages) -> (length l <= page_fuel)%nat.
Proof.
  intros Hnd Hin. unfold page_fuel. unalias. rewrite <- (seq_length (N.to_nat pages) 0), <- (fmap_length N.to_nat l).
  apply NoDup_incl_length; [apply NoDup_ListNoDup, NoDup_fmap_2; [apply _|done]|]. intros y Hy.
  apply elem_of_list_In, elem_of_list_fmap in Hy as (x & -> & Hx). apply Hin in Hx. apply in_seq. lia.
Qed.

Lemma depth_lt ρ V m c n : rep ρ V m -> ρ c = Partition n -> (n < page_fuel)%nat.
Proof.
  intros R E. destruct (ancestors _ _ _ _ _ R E) as (l & Hl & Hnd & Hin). assert (length l <= page_fuel)%nat; [|lia].
  apply pages_bound; [done|]. intros x (j & _ & Ej)%Hin. apply (co_range _ _ (proj1 R) x x). unfold owner.
  by rewrite Ej.
Qed.

(** At each depth at most one partition maps a page. *)
Lemma mapped_once_at_depth ρ V m n : rep ρ V m -> inv ρ V -> forall c c' v v', ρ c = Partition n ->
  ρ c' = Partition n -> pres V c v -> pres V c' v' -> pg V c v = pg V c' v' -> c = c' /\ v = v'.
Proof.
  intros R I.
  induction n as [|n IH]; intros c c' v v' E E' P P' Ep; pose proof (parent_role _ _ _ _ _ R E) as D; pose proof
    (parent_role _ _ _ _ _ R E') as D'; cbn in *.
  - destruct D as [-> _], D' as [-> _]. split; [done|]. by apply (inv_once _ _ I) with root_partition.
  - destruct D as [D1 D2], D' as [D1' D2'].
    destruct (inv_parent _ _ I _ _ P D1) as (G1&G2&_&_&G5), (inv_parent _ _ I _ _ P' D1') as (G1'&G2'&_&_&G5').
    destruct (IH _ _ _ _ D2 D2' G1 G1' ltac:(congruence)) as [Ea Ew].
    assert (c = c') as <- by (rewrite <- G5, <- G5'; congruence). split; [done|]. by apply (inv_once _ _ I) with c.
Qed.

(** All that is mapped at some depth is mapped at every smaller one. *)
Lemma ancestor_maps ρ V m a w n : rep ρ V m -> inv ρ V -> pres V a w -> ρ a = Partition n -> forall j, (j <= n)%nat ->
  exists y v, ρ y = Partition j /\ pres V y v /\ pg V y v = pg V a w.
Proof.
  intros R I. revert a w. induction n as [|n IH]; intros a w P E j Hj.
  - assert (j = 0)%nat as -> by lia. eauto.
  - destruct (decide (j = S n)) as [->|]; [eauto|]. destruct (parent_role _ _ _ _ _ R E) as [Hr Ep].
    destruct (inv_parent _ _ I _ _ P Hr) as (G1&G2&_). destruct (IH _ _ G1 Ep j ltac:(lia)) as (y&v&?&?&?). exists y, v.
    split_and!; auto. congruence.
Qed.

(** No partition below depth [n] maps [p]. *)
Definition deepest ρ V p n : Prop :=
  forall c v n', ρ c = Partition n' -> pres V c v -> pg V c v = p -> (n' <= n)%nat.

(** A deeper mapping shows in shadow 1: the page is given to a child, which maps it. *)
Lemma deeper_gives ρ V m n a w c v n' : rep ρ V m -> inv ρ V -> ρ a = Partition n -> pres V a w ->
  ρ c = Partition n' -> (n < n')%nat -> pres V c v -> pg V c v = pg V a w ->
  exists ch x, gives V a w (pg V a w) ch /\ pres V ch x /\ pg V ch x = pg V a w.
Proof.
  intros R I Ea Pa Ec Hn Pc Eg. destruct (ancestor_maps _ _ _ _ _ _ R I Pc Ec (S n) ltac:(lia)) as (ch&x&Ech&Px&Ex).
  destruct (parent_role _ _ _ _ _ R Ech) as [Hr Ep]. destruct (inv_parent _ _ I _ _ Px Hr) as (G1&G2&G3&G4&G5).
  destruct (mapped_once_at_depth _ _ _ _ R I _ _ _ _ Ep Ea G1 Pa) as [E1 E2]; [congruence|]. rewrite E1, E2 in *.
  exists ch, x. split_and!; [|done|congruence]. split_and!; auto.
Qed.

(** A page given to nobody, or to no child that exists, or to a child that does not map it, is mapped no deeper. *)
Lemma deepest_free ρ V m n a w : rep ρ V m -> inv ρ V -> ρ a = Partition n -> pres V a w ->
  gift_child (v_gift V a w) = 0 -> deepest ρ V (pg V a w) n.
Proof.
  intros R I Ea Pa G c v n' Ec Pc Eg. destruct (decide (n' <= n)%nat) as [|Hn]; [done|exfalso].
  destruct (deeper_gives _ _ _ _ _ _ _ _ _ R I Ea Pa Ec ltac:(lia) Pc Eg) as (ch&x&(_&_&G3&_)&_). done.
Qed.

Lemma deepest_orphan ρ V m n a w : rep ρ V m -> inv ρ V -> ρ a = Partition n -> pres V a w ->
  gift_is_descriptor (v_gift V a (gift_child (v_gift V a w))) = false -> deepest ρ V (pg V a w) n.
Proof.
  intros R I Ea Pa G c v n' Ec Pc Eg. destruct (decide (n' <= n)%nat) as [|Hn]; [done|exfalso].
  destruct (deeper_gives _ _ _ _ _ _ _ _ _ R I Ea Pa Ec ltac:(lia) Pc Eg) as (ch&x&(_&_&_&G4&_)&_). congruence.
Qed.

Lemma deepest_unmapped ρ V m n a w ch : rep ρ V m -> inv ρ V -> ρ a = Partition n -> gives V a w (pg V a w) ch ->
  (forall x, pres V ch x -> pg V ch x <> pg V a w) -> deepest ρ V (pg V a w) n.
Proof.
  intros R I Ea (Pa&G2&G3&G4&G5) G c v n' Ec Pc Eg. destruct (decide (n' <= n)%nat) as [|Hn]; [done|exfalso].
  destruct (deeper_gives _ _ _ _ _ _ _ _ _ R I Ea Pa Ec ltac:(lia) Pc Eg) as (ch'&x&(_&_&_&_&G5')&Px&Ex).
  assert (ch' = ch) as -> by congruence. by eapply G.
Qed.

End Depth.
