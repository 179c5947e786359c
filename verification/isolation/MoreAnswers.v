(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the services answer that build, collect, or pass control *)
From Pip.Isolation Require Export Answers.
From Pip.Services Require Import Prepare Collect Yield Deliver.

Section Lowest.
Context `{Params}.
Implicit Types (V : view) (a c p q v w u x : N) (l n : nat).
Context (ρ : N -> role) (V : view) (s : state) (R : rep ρ V (mem s)) (I : inv ρ V).

Lemma lowest_level_spec c v : is_partition ρ c -> is_user_page v = true -> let l := lowest_level_of V c v in
  is_Some (v_table V c Mmu l (prefix v l)) /\ match l with O => True | S l' => v_table V c Mmu l' (prefix v l') =
    None end.
Proof.
  intros [n E] U. assert (forall l, is_Some (v_table V c Mmu l (prefix v l)) -> let r := lowest_level_from V c v l in
    is_Some (v_table V c Mmu r (prefix v r)) /\ match r with O => True | S l' => v_table V c Mmu l' (prefix v l') =
      None end)
    as X.
  { induction l as [|l IH]; intros T; cbn; [done|]. destruct (v_table V c Mmu l (prefix v l)) eqn:T'; [|done].
    apply IH. by eexists. }
  apply X. rewrite (proj1 (user_page_prefix v U)). by eapply root_table.
Qed.

Lemma lowest_level_raw c k l v : is_partition ρ c -> is_user_page v = true -> is_Some (v_table V c k l (prefix v l)) ->
  match l with O => True | S l' => v_table V c k l' (prefix v l') = None end -> l = lowest_level_of V c v.
Proof.
  intros Pc U [q Q] N. destruct (lowest_level_spec c v Pc U) as [[p T] N']. set (r := lowest_level_of V c v) in *.
  assert (forall k i u y, v_table V c k i u = Some y ->
    (i < top)%nat ->
    v_table V c k (S i) (u / table_size) = Some (default 0 (v_table V c k (S i) (u / table_size)))) as X.
  { intros k' i u y Y Hi. destruct (co_upper _ _ (proj1 R) _ _ _ _ _ Y) as [(?&_)|(_&[w W]&_)]; [lia|]. by rewrite W. }
  eapply (lowest_level ρ V (mem s) c k Mmu l r v
    (Place q (N.of_nat l) (default 0 (v_table V c k (S l) (prefix v l / table_size))))
    (Place p (N.of_nat r) (default 0 (v_table V c Mmu (S r) (prefix v r / table_size)))));
    [exact R|exact I|..]; split_and!; try done; rewrite <- prefix_up; by eapply X.
Qed.

Lemma gets_lowest k c v : is_partition ρ c -> is_user_page v = true ->
  exists z, gets (lowest_of k c v) s z /\ is_lowest V c k (lowest_level_of V c v) v z.
Proof.
  intros Pc U. pose proof Pc as [n E]. assert (forall l z, is_lowest V c k l v z -> l = lowest_level_of V c v) as Uq.
  { intros l z (T&_&N&_). eapply lowest_level_raw; eauto. }
  destruct s as [m x r t].
  assert (wp (lowest_of k c v) (fun z s' => s' = State m x r t /\ is_lowest V c k (lowest_level_of V c v) v z)
    (State m x r t)) as W.
  { eapply wp_lowest; [exact R|exact E|exact U|]. intros l z L. split; [done|].
    by rewrite <- (Uq _ _ L). }
  apply wp_done in W as (z&s'&G&->&L). by exists z.
Qed.

Lemma recursion_all (g h : N -> bool) x : (forall i, i < x -> g i = h i) ->
  N.recursion true (fun i b => b && negb (g i)) x = N.recursion true (fun i b => b && negb (h i)) x.
Proof.
  induction x as [|x IH] using N.peano_ind; [done|]. intros E.
  rewrite !(N.recursion_succ eq) by (done || by intros ? ? -> ? ? ->).
  rewrite IH by (intros; apply E; lia). by rewrite (E x) by lia.
Qed.

Lemma no_kernel_entry (t : N -> entry) : (forall i, i < table_size -> e_kernel (t i) = false) ->
  no_entry_has e_kernel t = true.
Proof.
  intros E. unfold no_entry_has. rewrite (recursion_all (fun i => e_kernel (t i)) (fun _ => false)) by done.
  generalize table_size. intros x. induction x as [|x IH] using N.peano_ind; [done|].
  rewrite (N.recursion_succ eq) by (done || by intros ? ? -> ? ? ->). by rewrite IH.
Qed.

Lemma gets_is_empty_table c l u p : v_table V c Mmu l u = Some p -> (l < top)%nat ->
  gets (is_empty_table p) s (is_empty V c l u).
Proof.
  intros T Hl. pose proof (table_ok_at _ _ _ _ _ _ _ _ R T) as X. unfold is_empty_table, is_empty.
  eapply gets_bind; [done|]. destruct l as [|l]; destruct X as (t&->&Ht); cbn beta iota.
  - rewrite no_kernel_entry by (intros; by apply Ht). unfold no_entry_has.
    rewrite (recursion_all (fun i => e_present (t i)) (fun i => e_present (v_entry V c (u * table_size + i)))).
    + apply gets_ret.
    + intros i Hi. by destruct (Ht i Hi) as [_ ->].
  - rewrite no_kernel_entry.
    2: { intros i Hi. destruct (Ht i Hi) as [-> _]. unfold kernel_bit. by rewrite (proj2 (Nat.eqb_neq _ _)) by lia. }
    unfold no_entry_has. rewrite (recursion_all (fun i => e_present (t i))
      (fun i => match v_table V c Mmu l (u * table_size + i) with Some _ => true | None => false end)).
    + apply gets_ret.
    + intros i Hi. destruct (Ht i Hi) as [_ <-]. unfold target_of. destruct (e_present (t i)) eqn:P; [done|].
      destruct (e_frame (t i) =? 0) eqn:Z; [done|]. destruct (Ht i Hi) as [_ E]. unfold target_of in E.
      rewrite P, Z in E.
      by apply eq_sym, (table_nonzero _ _ _ _ _ _ _ _ R) in E.
Qed.

Lemma gets_lacks_room c (l : N) : is_partition ρ c ->
  exists q, gets (config_list c) s q /\ gets (lacks_room q l) s (is_full V (mem s) c l).
Proof.
  intros [n E]. destruct (descriptor_at _ _ _ _ _ R E) as (d&Ed&_&Hl&_). exists (d_list d). split.
  - unfold config_list, get_descriptor. eapply gets_bind; [|apply gets_ret]. eapply gets_bind; [done|].
    rewrite Ed. apply gets_ret.
  - unfold lacks_room, is_full. rewrite Hl. eapply gets_bind; [done|].
    rewrite last_lookup in Hl. apply (co_list _ _ (proj1 R)) in Hl. pose proof (proj2 R (d_list d)) as X.
    unfold page_ok in X. rewrite Hl in X. destruct X as (h&f&->&_). apply gets_ret.
Qed.

End Lowest.

Section Services.
Context `{Params}.
Implicit Types (V : view) (a c p q v w u x : N) (l n : nat).
Context (ρ : N -> role) (V : view) (s : state) (Hs : holds ρ V s).

Ltac refused := apply answers_ret; done.
Ltac open := pose proof (R _ _ _ Hs) as R; pose proof (I _ _ _ Hs) as I; pose proof (Px _ _ _ Hs) as Px.

Lemma countToMap_answers child va : gets (countToMap child va) s
  (let st := first_failing (child_checks V (current s) child va) in
   let ch := child_of V (current s) child in let l := N.of_nat (lowest_level_of V ch (page_number va)) in
   Answer st (if status_eq st DONE then pages_needed l (is_full V (mem s) ch l) else 0)).
Proof.
  open. unfold countToMap, child_checks, is_named. open_tests. cbv zeta.
  eapply gets_bind; [apply gets_current|]. eapply gets_bind; [by apply (gets_child_at _ _ _ R I)|].
  destruct (N.eqb_spec (child_of V (current s) child) 0) as [|Hch]; cbn [negb first_failing].
  { rewrite status_eq_ne by done. apply gets_ret. }
  destruct (child_of_child _ _ _ R I _ child Px Hch) as [_ C]. pose proof (child_partition _ _ _ _ _ C) as Pc.
  destruct (page_aligned va && _) eqn:U; cbn [negb]; [|rewrite status_eq_ne by done; apply gets_ret]. bool.
  rewrite status_eq_refl.
  destruct (gets_lowest _ _ _ R I Mmu (child_of V (current s) child) (page_number va) Pc) as (z&G&_&El&_); [done|].
  eapply gets_bind; [exact G|]. cbn beta. rewrite El.
  destruct (gets_lacks_room _ _ _ R _ (N.of_nat (lowest_level_of V (child_of V (current s) child) (page_number va))) Pc)
    as (q&G1&G2).
  eapply gets_bind; [exact G1|]. eapply gets_bind; [exact G2|]. apply gets_ret.
Qed.

(** *** prepare *)
Lemma offer_done x a : status_eq (first_failing (offer_checks V x a)) DONE = true ->
  ρ (pg V x (page_number a)) = UserPage.
Proof.
  pose proof (I _ _ _ Hs) as I. unfold offer_checks. cbn. repeat (case_match; [|by rewrite status_eq_ne]). intros _.
  by apply (inv_kernel _ _ I).
Qed.

Lemma prepare_answers child va first :
  answers (prepare child va first) s (fun ans => answer_status ans = first_failing
    (prepare_checks V (current s) (is_full V (mem s) (child_of V (current s) child) 1) child va first)).
Proof.
  open. unfold prepare, prepare_checks, child_checks, is_named, next_in_list, next_page. open_tests. cbv zeta.
  unfold first_index.
  cbn [app first_failing].
  eapply answers_bind; [apply gets_current|]. eapply answers_bind; [by apply (gets_child_at _ _ _ R I)|].
  destruct (N.eqb_spec (child_of V (current s) child) 0) as [|Hch]; cbn [negb first_failing]; [refused|].
  destruct (child_of_child _ _ _ R I _ child Px Hch) as [_ C]. pose proof (child_partition _ _ _ _ _ C) as Pc.
  destruct (page_aligned va && _) eqn:U; cbn [negb first_failing]; [|refused]. bool.
  set (ch := child_of V (current s) child) in *.
  destruct (gets_lowest _ _ _ R I Mmu ch (page_number va) Pc ltac:(done)) as (z&G&_&El&_).
  eapply answers_bind; [exact G|]. cbn beta. rewrite El. set (l := lowest_level_of V ch (page_number va)) in *.
  replace (N.of_nat l =? leaf_level) with (l =? 0)%nat.
  2:{ destruct (Nat.eqb_spec l 0) as [->|]; [done|]. symmetry. apply N.eqb_neq. unfold leaf_level. lia. }
  destruct (l =? 0)%nat; cbn [first_failing]; [refused|].
  do 3 (rewrite first_failing_app by apply offer_checks_refuse; eapply answers_bind;
    [by apply (gets_offered _ _ _ R I)|];
    cbn [offer_status offer_page offer_of];
    let O := fresh "O" in match goal with |- context [status_eq (first_failing (offer_checks V ?y ?b)) DONE] =>
      destruct (status_eq (first_failing (offer_checks V y b)) DONE) eqn:O end; cbn [negb]; [|refused];
    eapply answers_bind; [by apply (gets_read_word _ _ _ R); [apply offer_done|]|]).
  cbn [app first_failing]. destruct (_ || _ || _); cbn [negb first_failing]; [refused|].
  destruct (gets_lowest _ _ _ R I Shadow1 ch (page_number va) Pc ltac:(done)) as (z2&G2&_).
  destruct (gets_lowest _ _ _ R I Shadow2 ch (page_number va) Pc ltac:(done)) as (z3&G3&_).
  eapply answers_bind; [exact G2|]. eapply answers_bind; [exact G3|].
  destruct (gets_lacks_room _ _ _ R ch 1 Pc) as (q&G4&G5). eapply answers_bind; [exact G4|].
  eapply answers_bind; [exact G5|]. destruct (is_full V (mem s) ch 1); [|by tail].
  rewrite first_failing_app by apply offer_checks_refuse. eapply answers_bind; [by apply (gets_offered _ _ _ R I)|].
  cbn [offer_status offer_page offer_of].
  match goal with |- context [status_eq (first_failing (offer_checks V ?y ?b)) DONE] =>
    destruct (status_eq (first_failing (offer_checks V y b)) DONE) end; cbn [negb]; [|refused]. cbn [first_failing].
    destruct (_ || _ || _); cbn [negb]; [refused|]. by tail.
Qed.

(** *** collect *)
Lemma collect_answers child va : answers (collect child va) s (fun ans => exists listed,
  answer_status ans = first_failing (collect_checks V (current s) listed child va)).
Proof.
  open. unfold collect, collect_checks, child_checks, is_named. open_tests. cbv zeta. cbn [app first_failing].
  eapply answers_bind; [apply gets_current|]. eapply answers_bind; [by apply (gets_child_at _ _ _ R I)|].
  destruct (N.eqb_spec (child_of V (current s) child) 0) as [|Hch]; cbn [negb first_failing].
  { apply answers_ret. by exists true. }
  destruct (child_of_child _ _ _ R I _ child Px Hch) as [_ C]. pose proof (child_partition _ _ _ _ _ C) as Pc.
  destruct (page_aligned va && _) eqn:U; cbn [negb first_failing]; [|apply answers_ret; by exists true]. bool.
  set (ch := child_of V (current s) child) in *.
  destruct (gets_lowest _ _ _ R I Mmu ch (page_number va) Pc ltac:(done)) as (z&G&T&El&_).
  eapply answers_bind; [exact G|]. cbn beta. rewrite El. set (l := lowest_level_of V ch (page_number va)) in *.
  unfold top_level. replace (N.of_nat l =? N.of_nat top) with (l =? top)%nat.
  2:{ destruct (Nat.eqb_spec l top) as [->|]; [by rewrite N.eqb_refl|]. symmetry. apply N.eqb_neq. lia. }
  destruct (l =? top)%nat eqn:Elt; cbn [negb first_failing]; [apply answers_ret; by exists true|].
  apply Nat.eqb_neq in Elt. pose proof (table_le_top _ _ _ _ _ _ _ _ R T) as Hle.
  eapply answers_bind; [apply (gets_is_empty_table _ _ _ R); [done|lia]|].
  destruct (is_empty _ _ _ _); cbn [negb first_failing]; [|apply answers_ret; by exists true].
  assert (forall v, exists listed : bool, answer_status (Answer NOT_LISTED v) = if listed then DONE else NOT_LISTED)
    by by exists false.
  assert (forall v, exists listed : bool, answer_status (Answer DONE v) = if listed then DONE else NOT_LISTED)
    by by exists true.
  repeat first [apply answers_tail; intros | case_match | by apply answers_ret].
Qed.

(** *** Passing control *)
Lemma gets_handler_context c vector : is_partition ρ c -> may_read V c vidt_page = true ->
  exists z, gets (handler_context c (pg V c vidt_page) vector) s z
    /\ context_of (may_read V c) c (vidt_word V c vector) z.
Proof.
  open. intros Pc M. destruct (readable_data _ _ _ R I _ _ M) as [E _].
  destruct (gets_readable_context _ _ _ R I c (vidt_word V c vector) Pc) as (z&G&Z). exists z. split; [|done].
  eapply gets_bind; [apply (gets_read_word _ _ _ R); [exact E|by apply (N.mod_lt _ 1024)]|exact G].
Qed.

Lemma yieldTo_answers child vector slot f f' :
  answers (yieldTo child vector slot f f') s (eq (first_failing (yieldTo_checks V (current s) child vector slot))).
Proof.
  open. unfold yieldTo, yieldTo_checks. open_tests. cbv zeta. cbn [first_failing]. set (x := current s) in *.
  destruct (is_vidt_index vector); cbn [negb]; [|refused]. destruct (is_vidt_index slot) eqn:S; cbn [negb]; [|refused].
  eapply answers_bind; [apply gets_current|]. fold x.
  assert (gets (if child =? 0 then parent_of x else child_at x child) s (yield_target V x child)
    /\ (yield_target V x child <> 0 -> is_partition ρ (yield_target V x child))) as [G Pt].
  { unfold yield_target. destruct (child =? 0); split.
    - by apply (gets_parent_of _ _ _ R).
    - intros Hp. destruct Px as [n E]. pose proof (parent_role _ _ _ _ _ R E) as Y.
      destruct n as [|n]; destruct Y as [_ Y];
        [done|by exists n].
    - by apply (gets_child_at _ _ _ R I).
    - intros Hp. by apply (child_of_child _ _ _ R I x child Px Hp). }
  eapply answers_bind; [exact G|]. destruct (N.eqb_spec (yield_target V x child) 0) as [|Ht]; cbn [negb].
  { destruct (child =? 0); refused. }
  specialize (Pt Ht). set (t := yield_target V x child) in *. unfold vidt.
  eapply answers_bind; [by apply (gets_readable_page _ _ _ R)|].
  pose proof (readable_data _ _ _ R I x vidt_page) as D1.
  destruct (may_read V x vidt_page) eqn:M1; [|rewrite N.eqb_refl; refused].
  destruct (D1 eq_refl) as [U1 Z1]. rewrite (proj2 (N.eqb_neq _ _) Z1).
  eapply answers_bind; [by apply (gets_readable_page _ _ _ R)|].
  pose proof (readable_data _ _ _ R I t vidt_page) as D2.
  destruct (may_read V t vidt_page) eqn:M2; [|rewrite N.eqb_refl; refused].
  destruct (D2 eq_refl) as [U2 Z2]. rewrite (proj2 (N.eqb_neq _ _) Z2).
  destruct (gets_handler_context t vector Pt M2) as (z&G3&C3). eapply answers_bind; [exact G3|].
  unfold context_of in C3.
  destruct (all_of_context (may_read V t) _).
  2:{ rewrite C3. cbn [context_first no_context]. rewrite N.eqb_refl. refused. }
  rewrite (proj2 (N.eqb_neq _ _) (proj2 C3)).
  eapply answers_bind; [apply (gets_read_word _ _ _ R); [exact U1|by apply (N.mod_lt _ 1024)]|].
  change (v_data V (pg V x vidt_page) (vidt_index slot)) with (vidt_word V x slot). unfold leave. open_tests.
  destruct (vidt_word V x slot =? 0); cbn [orb]; [by tail|].
  destruct (gets_writable_context _ _ _ R I x (vidt_word V x slot) Px) as (y&G4&C4). eapply answers_bind; [exact G4|].
  unfold context_of in C4. destruct (all_of_context (may_write_page V x) _).
  - rewrite (proj2 (N.eqb_neq _ _) (proj2 C4)). by tail.
  - rewrite C4. cbn [context_first no_context]. rewrite N.eqb_refl. refused.
Qed.

Lemma gets_handler_in c vector : is_partition ρ c -> exists z, gets (handler_in c vector) s z /\
  if has_handler V c vector then context_partition z = c /\ context_first z <> 0 else z = no_context c.
Proof.
  open. intros Pc. unfold handler_in, has_handler, vidt. open_tests.
  pose proof (gets_readable_page _ _ _ R c vidt_page Pc) as G. pose proof (readable_data _ _ _ R I c vidt_page) as D.
  destruct (may_read V c vidt_page) eqn:M; cbn [andb].
  - destruct (D eq_refl) as [_ Z]. destruct (gets_handler_context c vector Pc M) as (z&G'&C'). exists z.
    split; [|exact C']. eapply gets_bind; [exact G|]. by rewrite (proj2 (N.eqb_neq _ _) Z).
  - eexists. split; [|reflexivity]. eapply gets_bind; [exact G|]. rewrite N.eqb_refl. apply gets_ret.
Qed.

Lemma interrupt_to_answers z : answers (interrupt_to z) s (eq (if context_first z =? 0 then NO_HANDLER else DONE)).
Proof.
  unfold interrupt_to. open_tests. destruct (context_first z =? 0); [refused|].
  repeat first [apply answers_tail; intros | by apply answers_ret].
Qed.

Lemma deliverInterrupt_answers vector : answers (deliverInterrupt vector) s
  (eq (if has_handler V root_partition vector then DONE else NO_HANDLER)).
Proof.
  open. destruct (gets_handler_in root_partition vector) as (z&G&Z); [eexists; apply I|]. unfold deliverInterrupt, root.
  eapply answers_bind; [exact G|]. pose proof (interrupt_to_answers z) as A. destruct (has_handler _ _ _).
  - by rewrite (proj2 (N.eqb_neq _ _) (proj2 Z)) in A.
  - rewrite Z in A |- *. exact A.
Qed.

Lemma gets_handler_from fuel : forall c vector, c = 0 \/ is_partition ρ c -> exists z,
  gets (handler_from fuel c vector) s z /\ match told fuel V c vector with
  | Some a => context_partition z = a /\ context_first z <> 0
  | None => context_first z = 0
  end.
Proof.
  open. induction fuel as [|fuel IH]; intros c vector Hc; cbn [handler_from told]; open_tests.
  { eexists. split; [apply gets_ret|done]. }
  destruct (N.eqb_spec c 0) as [->|Hn]; [eexists; split; [apply gets_ret|done]|].
  destruct Hc as [|Pc]; [done|]. destruct (gets_handler_in c vector Pc) as (z&G&Z).
  destruct (has_handler V c vector).
  { exists z. split; [|exact Z]. eapply gets_bind; [exact G|]. rewrite (proj2 (N.eqb_neq _ _) (proj2 Z)).
  apply gets_ret. }
  destruct (N.eqb_spec c root_partition) as [Er|Hr].
  - destruct (gets_handler_in c double_fault Pc) as (z'&G'&Z'). exists z'. split.
    + eapply gets_bind; [exact G|]. rewrite Z. cbn [context_first no_context]. rewrite N.eqb_refl. cbn [negb].
      by rewrite <- Er.
    + destruct (has_handler V c double_fault); [exact Z'|by rewrite Z'].
  - pose proof Pc as [n E]. pose proof (parent_role _ _ _ _ _ R E) as Y.
    destruct (IH (v_parent V c) double_fault) as (z'&G'&Z').
    { destruct n as [|n]; destruct Y as [Y Y']; [by left|right; by exists n]. }
    exists z'. split; [|exact Z']. eapply gets_bind; [exact G|]. rewrite Z. cbn [context_first no_context].
    rewrite N.eqb_refl. cbn [negb].
    eapply gets_bind; [by apply (gets_parent_of _ _ _ R)|]. exact G'.
Qed.

Lemma deliverFault_answers vector : answers (deliverFault vector) s
  (eq match told page_fuel V (v_parent V (current s)) vector with Some _ => DONE | None => NO_HANDLER end).
Proof.
  open. unfold deliverFault. eapply answers_bind; [apply gets_current|].
  eapply answers_bind; [by apply (gets_parent_of _ _ _ R)|].
  destruct (gets_handler_from page_fuel (v_parent V (current s)) vector) as (z&G&Z).
  { destruct Px as [n E]. pose proof (parent_role _ _ _ _ _ R E) as Y. destruct n as [|n]; destruct Y as [_ Y];
      [by left|right; by exists n]. }
  eapply answers_bind; [exact G|]. pose proof (interrupt_to_answers z) as A. destruct (told _ _ _ _).
  - by rewrite (proj2 (N.eqb_neq _ _) (proj2 Z)) in A.
  - by rewrite Z in A.
Qed.

End Services.
