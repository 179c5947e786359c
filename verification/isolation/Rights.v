(* SPDX-License-Identifier: Apache-2.0 *)
(** * Rights shrink from parent to child, and a page lent comes back

    - [rights_shrink]: what a partition may do with a page, each of its ancestors may do; stated on memory alone.
    - [lent_and_returned]: addVAddr, then removeVAddr of the same page, restores what all tables say. *)
From Pip.Isolation Require Import AddRemove Safety.
From Pip.Services Require Import AddRemove.

Section Rights.
Context `{Params}.
Implicit Types (m : memory) (ρ : N -> role) (V : view) (a c p v w : N).

(** ** Rights *)
(** [c] maps page [p] with at least these rights: of user mode to access it at all, to write, to execute. *)
Definition maps_with m c p (us wr ex : bool) : Prop := exists v, e_present (mmu_entry m c v) = true
  /\ e_frame (mmu_entry m c v) = p /\ (us = true -> e_user (mmu_entry m c v) = true)
  /\ (wr = true -> e_write (mmu_entry m c v) = true) /\ (ex = true -> e_execute (mmu_entry m c v) = true).

Lemma descendant_partition m a c : partition m a -> descendant m a c -> partition m c.
Proof. intros Pa. induction 1; [done|]. by eapply partition_child. Qed.

Lemma child_rights s a c p us wr ex : wf s -> partition (mem s) a -> child (mem s) a c ->
  maps_with (mem s) c p us wr ex -> maps_with (mem s) a p us wr ex.
Proof.
  intros (ρ&V&R&I&_) Pa Ca (v&Pv&<-&Hu&Hw&Hx). destruct (partition_role _ _ _ R I _ Pa) as [n Ea].
  destruct (child_role _ _ _ R I _ _ _ Ea Ca) as ([n' Ec]&Ep&Hr). rewrite (mmu_entry_view _ _ _ _ _ _ R Ec) in *.
  destruct (inv_parent _ _ I _ _ Pv Hr) as (P&E&_). destruct (inv_rights _ _ I _ _ Pv Hr) as (Ru&Rw&Rx).
  rewrite Ep in *.
  exists (v_origin V c v). rewrite (mmu_entry_view _ _ _ _ _ _ R Ea). split_and!; auto.
Qed.

(** The rights that a partition has on a page, all its ancestors have. *)
Theorem rights_shrink s a c p us wr ex : wf s -> partition (mem s) a -> descendant (mem s) a c ->
  maps_with (mem s) c p us wr ex -> maps_with (mem s) a p us wr ex.
Proof.
  intros W Pa D. induction D as [|b c D IH Cb]; [done|]. intros M. apply IH. eapply child_rights; [done| |done|done].
  by eapply descendant_partition.
Qed.

(** ** Conservation *)

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

(** addVAddr, and then removeVAddr of what it added, leave all as it was. *)
Theorem lent_and_returned ρ V s source child destination rd wr ex : holds ρ V s ->
  wp (addVAddr source child destination rd wr ex) (fun st s1 => st = DONE ->
    wp (removeVAddr child destination) (fun st' s2 => st' = DONE ->
      exists V', same_view V V' /\ holds ρ V' s2) s1) s.
Proof.
  intros Hs. eapply wp_mono; [by apply addVAddr_spec|]. cbn. intros st s1 [D _] E.
  destruct (D E) as (ch&C&Ec&Hne&Uw&G&Px&H1). eapply wp_mono; [by apply (removeVAddr_spec _ _ _ child destination H1)|].
  cbv beta. intros st' s2 [D' _] E'. destruct (D' E') as (ch'&C'&_&_&_&_&H2). rewrite Ec in *. clear D D'.
  set (V1 := added _ _ _ _ _ _ _ _) in *.
  assert (ch' = ch) as ->.
  { destruct C as [_ Cp P _ _ _ _ _ _]. destruct C' as [_ Cp' _ _ _ _ _ _ _]. rewrite <- Cp, <- Cp'.
    unfold pg, V1. cbn. rewrite set2_ne; [done|]. by intros [? _]. }
  assert (v_origin V1 ch (page_number destination) = page_number source) as Eo
    by (unfold V1; cbn; by rewrite set2_eq).
  rewrite Eo in H2. eexists. split; [|exact H2]. destruct Hs as (_&I&_). apply (added_removed ρ); try done.
  by apply (inv_user _ _ I).
Qed.

End Rights.
