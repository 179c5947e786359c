(* SPDX-License-Identifier: Apache-2.0 *)
(** * Rights shrink from parent to child: what a partition may do with a page, each of its ancestors may do; stated on
    memory alone *)
From Pip.Isolation Require Import Safety.

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
  rewrite Ep in *. exists (v_origin V c v). rewrite (mmu_entry_view _ _ _ _ _ _ R Ea). split_and!; auto.
Qed.

(** The rights that a partition has on a page, all its ancestors have. *)
Theorem rights_shrink s a c p us wr ex : wf s -> partition (mem s) a -> descendant (mem s) a c ->
  maps_with (mem s) c p us wr ex -> maps_with (mem s) a p us wr ex.
Proof.
  intros W Pa D. induction D as [|b c D IH Cb]; [done|]. intros M. apply IH. eapply child_rights; [done| |done|done].
  by eapply descendant_partition.
Qed.

End Rights.
