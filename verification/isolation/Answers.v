(* SPDX-License-Identifier: Apache-2.0 *)
(** * What services answer: the first check of the specification that fails

    Reading changes nothing and its result is a function of the view, so the checks of a service are equations here,
    not symbolic execution: [gets m s a] says that [m], run in [s], gives [a] and leaves [s].  [answers m s P] says that
    [m], if it ends, gives an [a] with [P a]; that it ends is proved elsewhere. *)
From Pip.Isolation Require Export Execution.
From Pip.Services Require Import AddRemove CreatePartition Prepare Collect DeletePartition Yield Deliver State.

Definition gets {A} (m : K A) (s : state) (a : A) : Prop := m s = Done a s.
Definition answers {A} (m : K A) (s : state) (P : A -> Prop) : Prop := forall a s', m s = Done a s' -> P a.

Lemma gets_wp {A} (m : K A) s a : wp m (fun b s' => s' = s /\ b = a) s -> gets m s a.
Proof. intros W. apply wp_done in W as (b&s'&E&->&->). exact E. Qed.

Lemma answers_ret {A} (a : A) s (P : A -> Prop) : P a -> answers (ret a) s P.
Proof. Transparent ret. unfold answers, ret. Opaque ret. by intros ? ? ? [= <- _]. Qed.

Lemma answers_bind {A B} (m : K A) (k : A -> K B) s a (P : B -> Prop) : gets m s a -> answers (k a) s P ->
  answers (bind m k) s P.
Proof. Transparent bind. unfold answers, gets, bind. Opaque bind. intros -> W. exact W. Qed.

Lemma gets_ret {A} (a : A) s : gets (ret a) s a.
Proof. Transparent ret. done. Opaque ret. Qed.

Lemma gets_bind {A B} (m : K A) (k : A -> K B) s a b : gets m s a -> gets (k a) s b -> gets (bind m k) s b.
Proof. Transparent bind. unfold gets, bind. Opaque bind. intros -> W. exact W. Qed.

(** What follows the checks: whatever it writes, its answer is known. *)
Lemma answers_tail {A B} (m : K A) (k : A -> K B) s (P : B -> Prop) : (forall a s', answers (k a) s' P) ->
  answers (bind m k) s P.
Proof.
  Transparent bind. unfold answers, bind. Opaque bind. intros W b s'. destruct (m s) as [a s2|]; [apply W|done].
Qed.

Ltac tail := repeat (apply answers_tail; intros); apply answers_ret.

Lemma first_failing_app l l' : (forall b st, (b, st) ∈ l -> st <> DONE) -> first_failing (l ++ l') =
  if status_eq (first_failing l) DONE then first_failing l' else first_failing l.
Proof.
  intros Hl. induction l as [|[b st] l IH]; cbn; [by rewrite status_eq_refl|].
  assert (st <> DONE) as Hst by (eapply Hl; left). destruct b; [|by rewrite status_eq_ne].
  apply IH. intros b' st' E. eapply Hl. by right.
Qed.

Section Reads.
Context `{Params}.
Implicit Types (V : view) (a c p q v w u x : N) (l n : nat).
Context (ρ : N -> role) (V : view) (s : state) (R : rep ρ V (mem s)) (I : inv ρ V).

Lemma gets_current : gets current_partition s (current s).
Proof. done. Qed.

Lemma gets_leaf k c v : is_partition ρ c -> is_user_page v = true ->
  gets (leaf_of k c v) s match v_table V c k 0 (prefix v 0) with Some p => p | None => 0 end.
Proof.
  intros [n E] U. apply gets_wp. destruct s as [m x r t]. eapply wp_leaf; [exact R|exact E|exact U| |].
  - intros L. by rewrite L.
  - intros p L _. by rewrite L.
Qed.

Lemma gets_read_entry c v p : v_table V c Mmu 0 (prefix v 0) = Some p ->
  gets (read_entry p (index_at v leaf_level)) s (v_entry V c v).
Proof. intros T. apply gets_wp. destruct s. by eapply wp_read_entry. Qed.

Lemma gets_read_gift c v p : v_table V c Shadow1 0 (prefix v 0) = Some p ->
  gets (read_gift p (index_at v leaf_level)) s (v_gift V c v).
Proof. intros T. apply gets_wp. destruct s. by eapply wp_read_gift. Qed.

Lemma gets_read_word p i : ρ p = UserPage -> i < 1024 -> gets (read_word p i) s (v_data V p i).
Proof. intros E Hi. apply gets_wp. destruct s. by eapply wp_read_word. Qed.

Lemma gets_parent_of c : is_partition ρ c -> gets (parent_of c) s (v_parent V c).
Proof. intros [n E]. apply gets_wp. destruct s. by eapply wp_parent_of. Qed.

Lemma gets_interrupt_state c : is_partition ρ c -> gets (interrupt_state c) s (v_vsti V c).
Proof. intros [n E]. apply gets_wp. destruct s. by eapply wp_interrupt_state. Qed.

(** The leaf of another tree. *)
Lemma other_leaf c k k' u : (exists p, v_table V c k 0 u = Some p /\ exists q, v_table V c k' 0 u = Some q /\ q <> 0)
  \/ (v_table V c k 0 u = None /\ v_table V c k' 0 u = None).
Proof.
  destruct (v_table V c k 0 u) as [p|] eqn:E; [left|right].
  - exists p. split; [done|]. destruct (inv_sync _ _ I c k k' 0%nat u) as [q Q]; [by exists p|]. exists q.
    split; [done|]. by eapply table_nonzero.
  - split; [done|]. destruct (v_table V c k' 0 u) as [q|] eqn:E'; [|done].
    destruct (inv_sync _ _ I c k' k 0%nat u) as [p Q]; [by exists q|]. congruence.
Qed.

Lemma user_present c v : e_user (v_entry V c v) = true -> e_present (v_entry V c v) = true.
Proof. apply (inv_user _ _ I). Qed.

Lemma gets_child_at x a : is_partition ρ x -> gets (child_at x a) s (child_of V x a).
Proof.
  intros Px. unfold child_at, child_of. open_tests.
  destruct (page_aligned a && _) eqn:U; cbn [negb andb]; [|apply gets_ret].
  bool. set (d := page_number a) in *. eapply gets_bind; [by apply (gets_leaf Shadow1)|].
  destruct (other_leaf x Shadow1 Mmu (prefix d 0)) as [(p&L&q&L'&_)|[L L']]; rewrite L; cbn iota.
  - assert (p <> 0) as Z by by eapply table_nonzero. rewrite (proj2 (N.eqb_neq _ _) Z).
    eapply gets_bind; [by apply gets_read_gift|]. destruct (gift_is_descriptor _) eqn:D; cbn [negb]; [|apply gets_ret].
    eapply gets_bind; [by apply (gets_leaf Mmu)|]. rewrite L'. cbn iota.
    eapply gets_bind; [by apply gets_read_entry|]. apply gets_ret.
  - rewrite N.eqb_refl, (co_gift _ _ (proj1 R) _ _ L). apply gets_ret.
Qed.

Lemma child_of_child x a : is_partition ρ x -> child_of V x a <> 0 ->
  user_address a = true /\ is_child ρ V x (page_number a) (child_of V x a).
Proof.
  intros Px. unfold child_of. destruct (user_address a); cbn [andb]; [|done].
  destruct (gift_is_descriptor _) eqn:D; [|done]. intros _. split; [done|]. by eapply is_child_intro.
Qed.

(** *** Offers *)
Definition offer_of x (a : word) : offer :=
  let st := first_failing (offer_checks V x a) in
  Offer st (if status_eq st DONE then pg V x (page_number a) else 0).

Lemma gets_offered x a : is_partition ρ x -> gets (offered x a) s (offer_of x a).
Proof.
  intros Px. assert (forall st,
    st <> DONE -> Offer st no_page = Offer st (if status_eq st DONE then pg V x (page_number a) else 0)) as X.
  { intros st Hst. by rewrite status_eq_ne. }
  unfold offered, offer_of, offer_checks, is_free. open_tests. cbv zeta.
  destruct (page_aligned a && _) eqn:U; cbn [negb first_failing]; [|rewrite X by done; apply gets_ret].
  bool. set (v := page_number a) in *. eapply gets_bind; [by apply (gets_leaf Mmu)|].
  destruct (other_leaf x Mmu Shadow1 (prefix v 0)) as [(p&L&q&L'&_)|[L L']]; rewrite L; cbn iota.
  2:{ rewrite N.eqb_refl, (co_entry _ _ (proj1 R) _ _ L). cbn. apply gets_ret. }
  assert (p <> 0) as Z by by eapply table_nonzero. rewrite (proj2 (N.eqb_neq _ _) Z).
  eapply gets_bind; [by apply gets_read_entry|]. pose proof (user_present x v) as Y.
  destruct (e_user _) eqn:Us; cbn [negb].
  2:{ destruct (e_present _); cbn [negb]; [rewrite (X NOT_ACCESSIBLE) by done|rewrite (X NOT_MAPPED) by done];
    apply gets_ret. }
  rewrite Y by done. destruct (e_write _); cbn [negb]; [|rewrite (X NOT_WRITABLE) by done; apply gets_ret].
  destruct (ordinary_memory _); cbn [negb]; [|rewrite (X NOT_ORDINARY_MEMORY) by done; apply gets_ret].
  eapply gets_bind; [by apply (gets_leaf Shadow1)|]. rewrite L'. cbn iota.
  eapply gets_bind; [by apply gets_read_gift|].
  destruct (gift_child _ =? 0); cbn [negb]; [|rewrite (X ALREADY_GIVEN) by done; apply gets_ret].
  rewrite status_eq_refl. apply gets_ret.
Qed.

(** *** User memory *)
Lemma gets_readable_page c v : is_partition ρ c ->
  gets (readable_page c v) s (if may_read V c v then pg V c v else 0).
Proof.
  intros Pc. unfold readable_page, may_read. open_tests.
  destruct (is_user_page v) eqn:U; cbn [negb andb]; [|apply gets_ret].
  eapply gets_bind; [by apply (gets_leaf Mmu)|]. destruct (v_table V c Mmu 0 (prefix v 0)) as [p|] eqn:L; cbn iota.
  - assert (p <> 0) as Z by by eapply table_nonzero. rewrite (proj2 (N.eqb_neq _ _) Z).
    eapply gets_bind; [by apply gets_read_entry|]. destruct (e_user _); apply gets_ret.
  - rewrite N.eqb_refl, (co_entry _ _ (proj1 R) _ _ L). apply gets_ret.
Qed.

Lemma gets_writable_page c v : is_partition ρ c ->
  gets (writable_page c v) s (if may_write_page V c v then pg V c v else 0).
Proof.
  intros Pc. unfold writable_page, may_write_page. open_tests.
  destruct (is_user_page v) eqn:U; cbn [negb andb]; [|apply gets_ret].
  eapply gets_bind; [by apply (gets_leaf Mmu)|]. destruct (v_table V c Mmu 0 (prefix v 0)) as [p|] eqn:L; cbn iota.
  - assert (p <> 0) as Z by by eapply table_nonzero. rewrite (proj2 (N.eqb_neq _ _) Z).
    eapply gets_bind; [by apply gets_read_entry|]. destruct (e_user _ && _); apply gets_ret.
  - rewrite N.eqb_refl, (co_entry _ _ (proj1 R) _ _ L). apply gets_ret.
Qed.

Lemma readable_data c v : may_read V c v = true -> ρ (pg V c v) = UserPage /\ pg V c v <> 0.
Proof.
  intros [_ U]%andb_true_iff. pose proof (inv_kernel _ _ I _ _ U) as E. split; [done|]. intros Z.
  by rewrite Z, (co_zero _ _ (proj1 R)) in E.
Qed.

Lemma writable_data c v : may_write_page V c v = true -> ρ (pg V c v) = UserPage /\ pg V c v <> 0.
Proof.
  intros [U' [U _]%andb_true_iff]%andb_true_iff. apply readable_data. unfold may_read. by rewrite U', U.
Qed.

(** A context is there, and belongs to [c], or is not there. *)
Definition context_of (f : N -> bool) c (a : word) (z : context) : Prop :=
  if all_of_context f a then context_partition z = c /\ context_first z <> 0 else z = no_context c.

(** Reading and writing look up a context in the same way; they differ in what [get] finds of a page. *)
Lemma gets_context (get : page -> vaddr -> K page) (may : N -> bool) c a :
  (forall v, gets (get c v) s (if may v then pg V c v else 0)) -> (forall v, may v = true -> pg V c v <> 0) ->
  exists z, gets (if word_eq a zero || negb (context_fits a) then ret (no_context c) else
    let! p := get c (page_number a) in
    if page_eq p no_page then ret (no_context c) else
    if in_one_page a then ret (UserContext c p p (page_offset a)) else
    let! q := get c (page_number (context_end a)) in
    if page_eq q no_page then ret (no_context c) else
    ret (UserContext c p q (page_offset a)))%monad s z /\ context_of may c a z.
Proof.
  intros G D. unfold context_of, all_of_context. open_tests.
  destruct ((a =? 0) || negb (context_fits a)); cbn [negb andb]; [eexists; split; [apply gets_ret|done]|].
  pose proof (G (page_number a)) as G1. pose proof (D (page_number a)) as D1.
  destruct (may (page_number a)); cbn [andb].
  2:{ eexists. split; [eapply gets_bind; [exact G1|]; rewrite N.eqb_refl; apply gets_ret|done]. }
  specialize (D1 eq_refl). destruct (in_one_page a); cbn [orb].
  { eexists. split; [eapply gets_bind; [exact G1|]; rewrite (proj2 (N.eqb_neq _ _) D1); apply gets_ret|done]. }
  pose proof (G (page_number (context_end a))) as G2. pose proof (D (page_number (context_end a))) as D2.
  destruct (may (page_number (context_end a))).
  - specialize (D2 eq_refl). eexists. split; [eapply gets_bind; [exact G1|]; rewrite (proj2 (N.eqb_neq _ _) D1);
      eapply gets_bind; [exact G2|]; rewrite (proj2 (N.eqb_neq _ _) D2); apply gets_ret|done].
  - eexists. split; [|reflexivity]. eapply gets_bind; [exact G1|]. rewrite (proj2 (N.eqb_neq _ _) D1).
    eapply gets_bind; [exact G2|]. rewrite N.eqb_refl. apply gets_ret.
Qed.

Lemma gets_readable_context c a : is_partition ρ c ->
  exists z, gets (readable_context c a) s z /\ context_of (may_read V c) c a z.
Proof.
  intros Pc. apply (gets_context readable_page); [by intros; apply gets_readable_page|by intros v [_ Z]%readable_data].
Qed.

Lemma gets_writable_context c a : is_partition ρ c ->
  exists z, gets (writable_context c a) s z /\ context_of (may_write_page V c) c a z.
Proof.
  intros Pc. apply (gets_context writable_page); [by intros; apply gets_writable_page|by intros v [_ Z]%writable_data].
Qed.

End Reads.

(** ** Services *)
Section Services.
Context `{Params}.
Implicit Types (V : view) (a c p q v w u x : N) (l n : nat).
Context (ρ : N -> role) (V : view) (s : state) (Hs : holds ρ V s).

Lemma R : rep ρ V (mem s). Proof. apply Hs. Qed.
Lemma I : inv ρ V. Proof. apply Hs. Qed.
Lemma Px : is_partition ρ (current s). Proof. apply Hs. Qed.

Ltac refused := apply answers_ret; done.

Lemma mappedInChild_answers va : gets (mappedInChild va) s
  (let st := first_failing (mappedInChild_checks V (current s) va) in
   Answer st (if status_eq st DONE then address_of (gift_child (v_gift V (current s) (page_number va))) else 0)).
Proof.
  pose proof R as R. unfold mappedInChild, mappedInChild_checks, has_table. open_tests. cbv zeta.
  destruct (page_aligned va && _) eqn:U; cbn [negb first_failing]; [|rewrite status_eq_ne by done; apply gets_ret].
  bool. eapply gets_bind; [apply gets_current|].
  eapply gets_bind; [apply (gets_leaf _ _ _ R Shadow1); [apply Px|done]|].
  destruct (other_leaf _ _ _ R I (current s) Shadow1 Mmu (prefix (page_number va) 0)) as [(p&L&q&L'&_)|[L L']];
    rewrite L, L'; cbn iota.
  - rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R L)).
    eapply gets_bind; [by apply (gets_read_gift _ _ _ R)|]. rewrite status_eq_refl. apply gets_ret.
  - rewrite N.eqb_refl, status_eq_ne by done. apply gets_ret.
Qed.

Lemma addVAddr_answers source child destination rd wr ex :
  answers (addVAddr source child destination rd wr ex) s
    (eq (first_failing (addVAddr_checks V (current s) source child destination rd wr ex))).
Proof.
  pose proof R as R. pose proof I as I. pose proof Px as Px. set (x := current s) in *.
  unfold addVAddr, addVAddr_checks, is_named, is_free, has_table. open_tests. cbv zeta.
  destruct rd; cbn [negb first_failing]; [|refused].
  destruct (page_aligned source && _ && _) eqn:U; cbn [negb first_failing]; [|refused]. bool.
  eapply answers_bind; [apply gets_current|]. eapply answers_bind; [by apply (gets_child_at _ _ _ R I)|]. fold x.
  destruct (N.eqb_spec (child_of V x child) 0) as [|Hch]; cbn [negb first_failing]; [refused|].
  destruct (child_of_child _ _ _ R I x child Px Hch) as [_ C]. set (ch := child_of V x child) in *.
  set (v := page_number source) in *. set (to := page_number destination) in *.
  eapply answers_bind; [by apply (gets_leaf _ _ _ R Mmu)|].
  destruct (other_leaf _ _ _ R I x Mmu Shadow1 (prefix v 0)) as [(p&L&q&L'&_)|[L L']]; rewrite L; cbn iota.
  2:{ rewrite N.eqb_refl, (co_entry _ _ (proj1 R) _ _ L). refused. }
  rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R L)).
  eapply answers_bind; [by apply (gets_read_entry _ _ _ R)|]. pose proof (user_present _ _ I x v) as Y.
  destruct (e_user (v_entry V x v)); cbn [negb]; [rewrite Y by done|destruct (e_present _); refused].
  cbn [first_failing].
  destruct (wr && _ || _); cbn [negb]; [refused|].
  eapply answers_bind; [by apply (gets_leaf _ _ _ R Shadow1)|]. rewrite L'. cbn iota.
  eapply answers_bind; [by apply (gets_read_gift _ _ _ R)|]. destruct (gift_child _ =? 0); cbn [negb]; [|refused].
  eapply answers_bind; [by apply (gets_leaf _ _ _ R Mmu); [apply C|]|].
  destruct (v_table V ch Mmu 0 (prefix to 0)) as [z|] eqn:T; cbn iota; [|rewrite N.eqb_refl; refused].
  rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R T)).
  eapply answers_bind; [by apply (gets_read_entry _ _ _ R)|]. cbn beta.
  destruct (e_present (v_entry V ch to)); cbn [negb]; [refused|]. by tail.
Qed.

Lemma removeVAddr_answers child va :
  answers (removeVAddr child va) s (eq (first_failing (removeVAddr_checks V (current s) child va))).
Proof.
  pose proof R as R. pose proof I as I. pose proof Px as Px. set (x := current s) in *.
  unfold removeVAddr, removeVAddr_checks, is_named, is_free. open_tests. cbv zeta.
  destruct (page_aligned va && _) eqn:U; cbn [negb first_failing]; [|refused]. bool.
  eapply answers_bind; [apply gets_current|]. eapply answers_bind; [by apply (gets_child_at _ _ _ R I)|]. fold x.
  destruct (N.eqb_spec (child_of V x child) 0) as [|Hch]; cbn [negb first_failing]; [refused|].
  destruct (child_of_child _ _ _ R I x child Px Hch) as [_ C]. set (ch := child_of V x child) in *.
  set (v := page_number va) in *. pose proof (child_partition _ _ _ _ _ C) as Pc.
  eapply answers_bind; [by apply (gets_leaf _ _ _ R Mmu)|].
  destruct (other_leaf _ _ _ R I ch Mmu Shadow1 (prefix v 0)) as [(p&L&q&L'&_)|[L L']]; rewrite L; cbn iota.
  2:{ rewrite N.eqb_refl, (co_entry _ _ (proj1 R) _ _ L). refused. }
  rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R L)).
  eapply answers_bind; [by apply (gets_read_entry _ _ _ R)|]. pose proof (user_present _ _ I ch v) as Y.
  destruct (e_user (v_entry V ch v)); cbn [negb]; [rewrite Y by done|destruct (e_present _); refused].
  cbn [first_failing].
  eapply answers_bind; [by apply (gets_leaf _ _ _ R Shadow1)|]. rewrite L'. cbn iota.
  eapply answers_bind; [by apply (gets_read_gift _ _ _ R)|]. destruct (gift_child _ =? 0); cbn [negb]; [|refused].
  by tail.
Qed.

Lemma deletePartition_answers child :
  answers (deletePartition child) s (eq (if is_named V (current s) child then DONE else NOT_A_CHILD)).
Proof.
  pose proof R as R. pose proof I as I. pose proof Px as Px. unfold deletePartition, is_named. open_tests. cbv zeta.
  eapply answers_bind; [apply gets_current|]. eapply answers_bind; [by apply (gets_child_at _ _ _ R I)|].
  destruct (_ =? 0); cbn [negb]; [refused|]. by tail.
Qed.

Lemma getIntState_answers child : gets (getIntState child) s
  (let st := first_failing (getIntState_checks V (current s) child) in
   Answer st (if status_eq st DONE then flag_word (v_vsti V (child_of V (current s) child)) else 0)).
Proof.
  pose proof R as R. pose proof I as I. pose proof Px as Px. unfold getIntState, getIntState_checks, is_named.
  open_tests.
  cbv zeta. eapply gets_bind; [apply gets_current|]. eapply gets_bind; [by apply (gets_child_at _ _ _ R I)|].
  destruct (N.eqb_spec (child_of V (current s) child) 0) as [|Hch]; cbn [negb first_failing].
  { rewrite status_eq_ne by done. apply gets_ret. }
  destruct (child_of_child _ _ _ R I _ child Px Hch) as [_ C]. rewrite status_eq_refl.
  eapply gets_bind; [apply (gets_interrupt_state _ _ _ R), C|]. apply gets_ret.
Qed.

Lemma physicalAddress_answers va : gets (physicalAddress va) s
  (let st := first_failing (physicalAddress_checks V (current s) va) in
   Answer st (if status_eq st DONE then physical_address (pg V (current s) (page_number va)) (page_offset va) else 0)).
Proof.
  pose proof R as R. pose proof I as I. pose proof Px as Px. unfold physicalAddress, physicalAddress_checks. open_tests.
  cbv zeta. eapply gets_bind; [apply gets_current|]. destruct (current s =? root_partition); cbn [negb first_failing].
  2:{ rewrite status_eq_ne by done. apply gets_ret. }
  eapply gets_bind; [by apply (gets_readable_page _ _ _ R)|].
  pose proof (readable_data _ _ _ R I (current s) (page_number va)) as D. destruct (may_read _ _ _).
  - rewrite (proj2 (N.eqb_neq _ _) (proj2 (D eq_refl))), status_eq_refl. apply gets_ret.
  - rewrite N.eqb_refl, status_eq_ne by done. apply gets_ret.
Qed.

(** *** createPartition *)
Lemma offer_checks_refuse x a b st : (b, st) ∈ offer_checks V x a -> st <> DONE.
Proof. unfold offer_checks. rewrite !elem_of_cons, elem_of_nil. intros X. destruct_or! X; by simplify_eq. Qed.

Lemma createPartition_answers a0 a1 a2 a3 a4 :
  answers (createPartition a0 a1 a2 a3 a4) s
    (eq (first_failing (createPartition_checks V (current s) a0 a1 a2 a3 a4))).
Proof.
  pose proof R as R. pose proof I as I. pose proof Px as Px. unfold createPartition, createPartition_checks. open_tests.
  cbn [app first_failing]. destruct (a0 =? 0); cbn [negb]; [refused|].
  eapply answers_bind; [apply gets_current|].
  do 5 (rewrite first_failing_app by apply offer_checks_refuse; eapply answers_bind;
    [by apply (gets_offered _ _ _ R I)|];
    cbn [offer_status offer_of]; destruct (status_eq (first_failing (offer_checks _ _ _)) DONE); cbn [negb];
      [|refused]).
  unfold repeats. open_tests. destruct (_ || _); cbn [negb first_failing]; [refused|]. by tail.
Qed.

End Services.
