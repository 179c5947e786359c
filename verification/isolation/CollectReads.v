(* SPDX-License-Identifier: Apache-2.0 *)
(** * collect: what it reads, as functions of the view *)
From Pip.Isolation Require Export CollectFacts.
From Pip.Services Require Import Collect.

Lemma recursion_all (g : N -> bool) x :
  N.recursion true (fun i b => b && negb (g i)) x = true <-> forall i, i < x -> g i = false.
Proof.
  induction x as [|x IH] using N.peano_ind; [rewrite N.recursion_0; split; [intros; lia|done]|].
  rewrite (N.recursion_succ eq) by (done || by intros ? ? -> ? ? ->). rewrite andb_true_iff, negb_true_iff, IH. split.
  - intros [A B] i Hi. destruct (decide (i = x)) as [->|]; [done|]. apply A. lia.
  - intros A. split; [intros; apply A; lia|apply A; lia].
Qed.

Section Reads.
Context `{Params}.
Implicit Types (a c d p q v w u i x : N) (k : kind) (l j n : nat).
Context (ρ : N -> role) (V : view) (s : state) (R : rep ρ V (mem s)).

Lemma gets_is_empty_table c l u p : v_table V c Mmu l u = Some p -> (l < top)%nat ->
  gets (is_empty_table p) s (is_empty V c l u).
Proof.
  intros T Hl. pose proof (table_ok_at _ _ _ _ _ _ _ _ R T) as X. unfold is_empty_table, is_empty.
  eapply gets_bind; [reflexivity|].
  assert (exists t, mem s p = Table (N.of_nat l) t /\ forall i, i < table_size -> e_present (t i) = match l with
    | O => e_present (v_entry V c (u * table_size + i))
    | S l' => match v_table V c Mmu l' (u * table_size + i) with Some _ => true | None => false end end) as (t&->&Ht).
  { destruct l as [|l]; destruct X as (t&->&Ht); exists t; (split; [done|]); intros i Hi; destruct (Ht i Hi) as [_ E];
      rewrite <- E; [done|]. unfold target_of in *. destruct (e_present (t i)) eqn:P; [done|].
    destruct (e_frame (t i) =? 0) eqn:Z; [done|]. by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in E. }
  rewrite (proj2 (N.ltb_lt _ _)) by lia. unfold has_no_entry.
  match goal with |- gets (ret ?a) _ ?b => assert (a = b) as ->; [|apply gets_ret] end. apply eq_true_iff_eq.
  rewrite !recursion_all. split; intros A i Hi; specialize (A i Hi); specialize (Ht i Hi); congruence.
Qed.

(** What an empty table says. *)
Lemma is_empty_none c l u : is_empty V c l u = true ->
  (forall l' i, l = S l' -> i < table_size -> v_table V c Mmu l' (u * table_size + i) = None)
  /\ (l = O -> forall v, prefix v 0 = u -> ~ pres V c v).
Proof.
  unfold is_empty. intros E. rewrite recursion_all in E. split.
  - intros l' i -> Hi. specialize (E i Hi). cbn in E. by destruct (v_table _ _ _ _ _).
  - intros -> v <- P. specialize (E _ (position_lt v 0)). cbn in E. rewrite vaddr_split in E. unfold pres in P.
    congruence.
Qed.

(** ** The configuration list *)
Lemma after_last c ls rest : v_list V c = ls ++ rest -> after V c (length ls) = default 0 (last ls).
Proof.
  intros E. destruct ls as [|y ys _] using rev_ind; [done|]. rewrite app_length, Nat.add_comm, last_snoc. cbn.
  by rewrite E, <- app_assoc, lookup_app_r, Nat.sub_diag by lia.
Qed.

Lemma list_part c ls q rest : v_list V c = ls ++ q :: rest -> ρ q = ListAt c (length ls) /\
  mem s q = ListPage (ListHeader (default 0 (last ls)) (note_origin (v_note V q)) (note_count (v_note V q)))
    (note_records (v_note V q)).
Proof.
  intros E. assert (ρ q = ListAt c (length ls)) as Eq.
  { apply (co_list _ _ (proj1 R)). by rewrite E, lookup_app_r, Nat.sub_diag by lia. }
  split; [done|]. destruct (list_at _ _ _ R _ _ _ Eq) as [-> _]. unfold list_page. by rewrite (after_last _ _ _ E).
Qed.

Lemma list_length c : (length (v_list V c) <= page_fuel)%nat.
Proof.
  apply pages_bound.
  - apply NoDup_alt. intros i j p Ei Ej. apply (co_list _ _ (proj1 R)) in Ei, Ej. congruence.
  - intros p [j E]%elem_of_list_lookup. apply (co_list _ _ (proj1 R)) in E. apply (co_range _ _ (proj1 R) p c).
    unfold owner. by rewrite E.
Qed.

Definition slot_of (place : option (N * N)) : list_slot :=
  match place with Some (q, i) => ListSlot q i | None => ListSlot 0 0 end.

Lemma gets_find_in_list c p fuel : forall ls rest, v_list V c = ls ++ rest -> (length ls <= fuel)%nat ->
  gets (find_in_list fuel (default 0 (last ls)) p) s (slot_of (find_note V (reverse ls) p)).
Proof.
  induction fuel as [|fuel IH]; intros ls rest E Hl; destruct ls as [|q ls _] using rev_ind. 1, 3: apply gets_ret.
  { rewrite app_length in Hl. cbn in Hl. lia. }
  rewrite last_snoc, reverse_snoc. cbn. rewrite <- app_assoc in E. cbn in E. destruct (list_part _ _ _ _ E) as [Eq Em].
  open_tests. rewrite (proj2 (N.eqb_neq q 0)) by (intros ->; by rewrite (co_zero _ _ (proj1 R)) in Eq).
  eapply gets_bind; [eapply gets_bind; [reflexivity|]; rewrite Em; apply gets_ret|].
  eapply gets_bind; [eapply gets_bind; [reflexivity|]; rewrite Em; apply gets_ret|]. cbn [list_count].
  destruct (_ <? _); [apply gets_ret|].
  eapply gets_bind; [eapply gets_bind; [reflexivity|]; rewrite Em; apply gets_ret|]. cbn [list_next].
  rewrite app_length in Hl. cbn in Hl. eapply IH; [exact E|lia].
Qed.

Lemma find_note_spec ls p q i : find_note V ls p = Some (q, i) -> q ∈ ls /\ i < note_count (v_note V q).
Proof.
  induction ls as [|y ls IH]; cbn; [done|].
  destruct (N.ltb_spec (first_record (note_records (v_note V y)) (note_count (v_note V y)) p) (note_count (v_note V
    y))).
  - intros [= <- <-]. split; [left|done].
  - intros X. destruct (IH X) as [? ?]. split; [by right|done].
Qed.

Lemma noted_spec c l u q i : noted V c l u = Some (q, i) -> (exists j, ρ q = ListAt c j) /\ i < note_count (v_note V q).
Proof.
  intros [Hq Hi]%find_note_spec. split; [|done]. rewrite elem_of_reverse in Hq.
  apply elem_of_list_lookup in Hq as [j E]. exists j. by apply (co_list _ _ (proj1 R)).
Qed.

Lemma gets_noted c l u : is_partition ρ c ->
  gets (find_in_list page_fuel (list_head V c) (table_of V c Mmu l u)) s (slot_of (noted V c l u)).
Proof. intros _. apply (gets_find_in_list c _ _ (v_list V c) []); [by rewrite app_nil_r|apply list_length]. Qed.

(** Fields of a page of the list. *)
Lemma list_fields c j q : ρ q = ListAt c j -> gets (record_count q) s (note_count (v_note V q))
  /\ gets (list_page_origin q) s (note_origin (v_note V q)) /\ gets (next_list_page q) s (after V c j)
  /\ (forall i, i < note_count (v_note V q) -> gets (get_record q i) s (note_records (v_note V q) i)).
Proof.
  intros E. destruct (list_at _ _ _ R _ _ _ E) as [Em _].
  split_and!; [..|intros i Hi]; (eapply gets_bind; [reflexivity|]); rewrite Em; cbn; [apply gets_ret..|].
  rewrite (proj2 (N.ltb_lt _ _) Hi). apply gets_ret.
Qed.

Lemma gets_loses_head c : is_partition ρ c -> gets (is_spare (list_head V c)) s (loses_head V c).
Proof.
  intros Pc. destruct (head_at _ _ _ R c Pc) as (ls&E&Eh). destruct (list_fields _ _ _ Eh) as (G1&_&G3&_).
  eapply gets_bind; [exact G1|]. eapply gets_bind; [exact G3|]. unfold loses_head. open_tests.
  assert (after V c (length ls) = default 0 (last ls)) as -> by exact (after_last c ls _ E).
  rewrite E, app_length, Nat.add_comm. cbn [length Nat.add]. destruct ls as [|y ys _] using rev_ind; [apply gets_ret|].
  rewrite last_snoc, app_length, Nat.add_comm. cbn. rewrite (proj2 (N.eqb_neq y 0)); [apply gets_ret|]. intros ->.
  rewrite <- app_assoc in E. destruct (list_part _ _ _ _ E) as [X _]. by rewrite (co_zero _ _ (proj1 R)) in X.
Qed.

Lemma gets_maps_at c v p : is_partition ρ c -> gets (maps_at c v p) s (maps V c v p).
Proof.
  intros Pc. apply gets_wp. unfold maps_at, maps. open_tests. destruct (is_user_page v) eqn:U; cbn [negb].
  - eapply wp_entry; [exact R|exact Pc|exact U|intros _ ->; by apply wp_ret|]. intros p' _. by apply wp_ret.
  - apply wp_ret. split; [|done]. destruct (e_present (v_entry V c v)) eqn:P; [|done].
    by rewrite (pres_user_page _ _ _ _ _ R P) in U.
Qed.

Lemma maps_pres x v p : maps V x v p = true -> pres V x v /\ pg V x v = p.
Proof. intros [P E%N.eqb_eq]%andb_true_iff. done. Qed.

End Reads.
