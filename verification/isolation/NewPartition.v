(* SPDX-License-Identifier: Apache-2.0 *)
(** * Five pages become a partition: [rep] after the descriptor is written *)
From Pip.Isolation Require Export Specification Structure.

Section NewPartition.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).

(** The five pages are nobody's, different, and hold an empty partition. *)
Record blank ρ p (d : descriptor) w : Prop := {
  blank_page : ρ p = Formatted (DescriptorPage d);
  blank_range : p < pages;
  blank_not_root : p <> root_partition;
  blank_root : forall k, ρ (root_of d k) = Formatted (empty_table k (N.of_nat top)) /\ root_of d k < pages;
  blank_list : ρ (d_list d) = Formatted (ListPage (ListHeader 0 w 0) (fun _ => no_record)) /\ d_list d < pages;
  blank_different : NoDup [p; d_mmu d; d_shadow1 d; d_shadow2 d; d_list d];
}.

(** What the new roles are, by cases. *)
Record new_roles ρ p (d : descriptor) n (ρ' : N -> role) : Prop := {
  new_descriptor : ρ' p = Partition n;
  new_root : forall k, ρ' (root_of d k) = TreeTable p k top 0;
  new_list : ρ' (d_list d) = ListAt p 0;
  new_old : forall x, (forall o, ρ x <> Formatted o) -> ρ' x = ρ x;
  new_cases : forall x, x = p \/ (exists k, x = root_of d k) \/ x = d_list d \/ (ρ' x = ρ x /\ x <> p);
}.

Lemma partition_roles_spec ρ p d w n : blank ρ p d w -> new_roles ρ p d n (partition_roles p d n ρ).
Proof.
  intros [B1 _ _ B3 [B4 _] D]. unfold partition_roles. apply NoDup_cons in D as [D1 D]. apply NoDup_cons in D as [D2 D].
  apply NoDup_cons in D as [D3 D]. apply NoDup_cons in D as [D4 _]. rewrite !elem_of_cons, elem_of_nil in *.
  assert (d_mmu d = root_of d Mmu /\ d_shadow1 d = root_of d Shadow1 /\ d_shadow2 d = root_of d Shadow2) as (E1&E2&E3)
    by done. pose proof (B3 Mmu) as [L1 _]. pose proof (B3 Shadow1) as [L2 _]. pose proof (B3 Shadow2) as [L3 _].
  cbn in L1, L2, L3. split.
  - rewrite !update_ne by tauto. by rewrite update_eq.
  - intros []; cbn; [rewrite !(update_ne _ _ (d_mmu d)) by tauto|rewrite !(update_ne _ _ (d_shadow1 d)) by tauto|
      rewrite !(update_ne _ _ (d_shadow2 d)) by tauto]; by rewrite update_eq.
  - by rewrite update_eq.
  - intros x Hx. rewrite !update_ne; try done; intros ->; by eapply Hx.
  - intros x. destruct (decide (x = p)) as [|N1]; [by left|]. destruct (decide (x = d_list d)) as [|N2]; [tauto|].
    destruct (decide (x = d_mmu d)) as [|N3]; [right; left; by exists Mmu|].
    destruct (decide (x = d_shadow1 d)) as [|N4]; [right; left; by exists Shadow1|].
    destruct (decide (x = d_shadow2 d)) as [|N5]; [right; left; by exists Shadow2|]. right; right; right.
    by rewrite !update_ne.
Qed.

Lemma with_partition_entry p d (n : note) V : v_entry (with_partition p d n V) = v_entry V.
Proof. done. Qed.

(** Who is no partition has no view. *)
Lemma no_view ρ V m p : rep ρ V m -> ~ is_partition ρ p -> (forall k l u, v_table V p k l u = None) /\ v_list V p = [].
Proof.
  intros R Hn. split.
  - intros k l u. destruct (v_table V p k l u) eqn:T; [|done]. by apply (table_partition _ _ _ _ _ _ _ _ R) in T.
  - destruct (v_list V p) as [|x l] eqn:E; [done|exfalso]. apply Hn. apply (co_list_owner _ _ (proj1 R) p 0%nat x).
    apply (co_list _ _ (proj1 R)). by rewrite E.
Qed.

Lemma coherent_new_partition ρ V m p d w n ρ' : rep ρ V m -> blank ρ p d w -> ρ (d_parent d) = Partition n ->
  new_roles ρ p d (S n) ρ' -> coherent ρ' (with_partition p d (empty_note w) V).
Proof.
  intros R B Ea [N1 N2 N3 N4 N5].
  destruct (no_view ρ V m p R) as [Vt Vl]; [intros [x E]; by rewrite (blank_page _ _ _ _ B) in E|].
  destruct (proj1 R) as [C1 C2 C3 C4 C5 C6 C7 C8 C9 C10].
  assert (HP : forall c, is_partition ρ c -> is_partition ρ' c) by (intros c [x E]; exists x; rewrite N4; congruence).
  pose proof top_not_0 as T0. split.
  - rewrite N4; congruence.
  - intros x c. destruct (N5 x) as [->|[[k ->]|[->|[E _]]]]; unfold owner; rewrite ?N1, ?N2, ?N3, ?E.
    + intros _. by apply B.
    + intros _. by apply (blank_root _ _ _ _ B).
    + intros [= <-]. apply (blank_list _ _ _ _ B).
    + apply C2.
  - intros c k l u x. cbn. case_decide as D.
    + destruct D as (->&->&->). split; [intros [= <-]; apply N2|]. intros E.
      destruct (N5 x) as [->|[[k' ->]|[->|[E' _]]]]; [congruence| |congruence|]; [rewrite N2 in E; by injection E as
        ->|]. rewrite E' in E. apply C3 in E. by rewrite Vt in E.
    + rewrite C3. split; [intros E; rewrite N4; congruence|]. intros E.
      destruct (N5 x) as [->|[[k' ->]|[->|[E' _]]]]; [congruence| |congruence|congruence]. rewrite N2 in E.
      injection E as <- <- <- <-. by destruct D.
  - intros c k l u x. cbn [v_table with_partition]. case_decide as D.
    + destruct D as (->&->&->). intros _. left. split_and!; try done. by exists (S n).
    + intros T. destruct (C4 _ _ _ _ _ T) as [(?&?&?)|(?&[y Y]&?)]; [left; auto|right]. split_and!; try done.
      case_decide; [eauto|by exists y].
  - intros c v. cbn. case_decide; [done|]. apply C5.
  - intros c v. cbn. case_decide; [done|]. apply C6.
  - intros c v. cbn. case_decide; [done|]. apply C7.
  - intros c j x. cbn. destruct (decide (c = p)) as [->|Hc].
    + rewrite update_eq, list_lookup_singleton_Some. split; [by intros [-> <-]|]. intros E.
      destruct (N5 x) as [->|[[k' ->]|[->|[E' _]]]]; [congruence..| |].
      * rewrite N3 in E. by injection E as <-.
      * rewrite E' in E. apply C8 in E. by rewrite Vl in E.
    + rewrite update_ne, C8 by done. split; [intros E; rewrite N4; congruence|]. intros E.
      destruct (N5 x) as [->|[[k' ->]|[->|[E' _]]]]; congruence.
  - intros c j x E. destruct (N5 x) as [->|[[k' ->]|[->|[E' _]]]]; try congruence.
    + rewrite N3 in E. injection E as <- <-. by exists (S n).
    + apply HP. eapply C9. by rewrite <- E'.
  - intros c n' E. cbn. destruct (N5 c) as [->|[[k' ->]|[->|[E' Hc]]]]; try congruence.
    + rewrite N1 in E. injection E as <-. rewrite update_eq. split; [by apply B|]. rewrite N4; congruence.
    + rewrite E' in E. apply C10 in E. rewrite update_ne by done. destruct n'; [done|]. destruct E as [? E].
      split; [done|]. rewrite N4; congruence.
Qed.

Lemma rep_new_partition ρ V m p d w n ρ' : rep ρ V m -> blank ρ p d w -> ρ (d_parent d) = Partition n ->
  new_roles ρ p d (S n) ρ' -> rep ρ' (with_partition p d (empty_note w) V) m.
Proof.
  intros R B Ea NR. split; [by eapply coherent_new_partition|]. destruct NR as [N1 N2 N3 N4 N5].
  destruct (no_view ρ V m p R) as [Vt Vl]; [intros [x E]; by rewrite (blank_page _ _ _ _ B) in E|].
  pose proof top_not_0 as T0. intros x. pose proof (proj2 R x) as X. unfold page_ok in *.
  destruct (N5 x) as [->|[[k ->]|[->|[E Hx]]]]; rewrite ?N1, ?N2, ?N3, ?E.
  - rewrite (blank_page _ _ _ _ B) in X. exists d. split; [exact X|]. cbn. rewrite !update_eq. split_and!; try done.
    intros k. by rewrite decide_True.
  - rewrite (proj1 (blank_root _ _ _ _ B k)) in X. rewrite X. apply empty_table_ok; [done| |done]. intros l' i El Hi.
    cbn. rewrite decide_False by (intros (_&?&_); lia). apply Vt.
  - rewrite (proj1 (blank_list _ _ _ _ B)) in X. rewrite X. cbn. rewrite update_eq. split; [done|apply N.le_0_l].
  - destruct (ρ x) as [| |j|c k [|l] u|c j| |] eqn:Ex; try done.
    + destruct X as (d'&?&Hk&?&?&?). exists d'. cbn. rewrite !update_ne by done. split_and!; try done. intros k.
      rewrite decide_False by (by intros [? _]). apply Hk.
    + destruct X as (t&Et&Ht). exists t. split; [done|]. intros i Hi. cbn. rewrite decide_False; [by apply Ht|].
      intros (->&_&_). apply (co_table _ _ (proj1 R)) in Ex. by rewrite Vt in Ex.
    + unfold list_page, after in *. cbn. rewrite (update_ne (v_note V)).
      2:{ intros ->. by rewrite (proj1 (blank_list _ _ _ _ B)) in Ex. }
      destruct j; [done|]. rewrite update_ne; [done|]. intros ->. apply (co_list _ _ (proj1 R)) in Ex.
      by rewrite Vl in Ex.
Qed.

End NewPartition.
