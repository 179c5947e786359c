(* SPDX-License-Identifier: Apache-2.0 *)
(** * Symbolic execution: children, offered and readable pages, and the tactic [step]

    To execute a service: [start], then [step] again and again.  The context holds [R : rep ρ V m] (the only hypothesis
    about the state), [I : inv ρ V] and [Hc : ρ c = Partition n]; each [step] treats the first operation of the goal.
    Where the code tests what a check of the specification says, the test is decided in both, so that refusals close
    themselves. *)
From Pip.Isolation Require Export Rules.

(** The tests and selectors of primitives, as operations on [N] and [bool]. *)
Ltac open_tests :=
  unfold page_eq, vaddr_eq, index_eq, index_lt, level_eq, word_eq, no_page, no_vaddr, zero, user_page, user_address,
    is_present, is_user, is_writable, is_executable, frame_of, given_to, is_descriptor, root, vidt, is_named, is_free,
    has_table in *;
  cbn [offer_status offer_page place_table place_level place_parent slot_page slot_index].

Section Helpers.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i x : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** Aligned addresses that differ are in different pages. *)
Lemma aligned_page_ne (a b : N) : page_aligned a = true -> page_aligned b = true -> a <> b ->
  page_number a <> page_number b.
Proof.
  unfold page_aligned, page_number, page_bytes. unalias. intros Ha Hb Hn E. bool. apply Hn.
  rewrite (N.div_mod a 4096), (N.div_mod b 4096) by done. congruence.
Qed.

(** What is known of a child [c] that [parent] calls [d]. *)
Record is_child ρ V parent d c : Prop := {
  child_gift : gift_is_descriptor (v_gift V parent d) = true;
  child_page : pg V parent d = c;
  child_pres : pres V parent d;
  child_named : gift_child (v_gift V parent d) <> 0;
  child_name : d <> 0;
  child_partition : is_partition ρ c;
  child_parent : v_parent V c = parent;
  child_not_root : c <> root_partition;
  child_not_0 : c <> 0;
}.

Lemma is_child_intro ρ V m parent d : rep ρ V m -> inv ρ V -> gift_is_descriptor (v_gift V parent d) = true ->
  is_child ρ V parent d (pg V parent d).
Proof.
  intros R I D. destruct (inv_child _ _ I _ _ D) as (?&?&[n E]&?&?). split; try done.
  - by apply (inv_gift _ _ I).
  - by exists n.
  - intros Z. by rewrite Z, (co_zero _ _ (proj1 R)) in E.
Qed.

Lemma child_depth ρ V m a d c n : rep ρ V m -> is_child ρ V a d c -> ρ a = Partition n -> ρ c = Partition (S n).
Proof.
  intros R C Ea. destruct (child_partition _ _ _ _ _ C) as [n' E]. pose proof (parent_role _ _ _ _ _ R E) as X.
  rewrite (child_parent _ _ _ _ _ C) in X. destruct n' as [|n']; destruct X as [X Y]; [|congruence].
  by destruct (child_not_root _ _ _ _ _ C).
Qed.

Lemma child_ne ρ V m a d c n : rep ρ V m -> is_child ρ V a d c -> ρ a = Partition n -> c <> a.
Proof. intros R C Ea ->. pose proof (child_depth _ _ _ _ _ _ _ R C Ea) as E. rewrite Ea in E. injection E. lia. Qed.

(** A page that its partition may give to the kernel. *)
Record offerable ρ V c v : Prop := {
  offer_user_page : is_user_page v = true;
  offer_pres : pres V c v;
  offer_user : e_user (v_entry V c v) = true;
  offer_write : e_write (v_entry V c v) = true;
  offer_free : gift_child (v_gift V c v) = 0;
  offer_role : ρ (pg V c v) = UserPage;
  offer_range : pg V c v < pages;
}.

Definition offer_of V x (a : word) : offer := let st := first_failing (offer_checks V x a) in
  Offer st (if status_eq st DONE then pg V x (page_number a) else 0).

Lemma offer_checks_refuse V x a b st : (b, st) ∈ offer_checks V x a -> st <> DONE.
Proof. unfold offer_checks. rewrite !elem_of_cons, elem_of_nil. intros X. destruct_or! X; by simplify_eq. Qed.

Lemma offer_checks_done ρ V x a : inv ρ V -> status_eq (first_failing (offer_checks V x a)) DONE = true ->
  page_aligned a = true /\ offerable ρ V x (page_number a).
Proof.
  intros I. unfold offer_checks. open_tests. cbn. unfold ordinary_memory.
  repeat (match goal with |- context [if ?b then _ else _] => destruct b eqn:?; [|by rewrite status_eq_ne] end). bool.
  intros _. split; [done|]. split; try done. by apply (inv_kernel _ _ I).
Qed.

Lemma child_of_child ρ V m x a : rep ρ V m -> inv ρ V -> child_of V x a <> 0 ->
  page_aligned a = true /\ is_user_page (page_number a) = true /\ is_child ρ V x (page_number a) (child_of V x a).
Proof.
  intros R I. unfold child_of, user_address. destruct (page_aligned a); [|done]. destruct (is_user_page _); [|done].
  cbn. destruct (gift_is_descriptor _) eqn:D; [|done]. intros _. split_and!; [done..|]. by eapply is_child_intro.
Qed.

Lemma user_present ρ V c v : inv ρ V -> e_user (v_entry V c v) = true -> e_present (v_entry V c v) = true.
Proof. intros I. apply (inv_user _ _ I). Qed.

(** What user mode can read is user data. *)
Lemma readable_data ρ V m c v : rep ρ V m -> inv ρ V -> may_read V c v = true -> ρ (pg V c v) = UserPage /\
  pg V c v <> 0.
Proof.
  intros R I [_ U]%andb_true_iff. pose proof (inv_kernel _ _ I _ _ U) as E. split; [done|]. intros Z.
  by rewrite Z, (co_zero _ _ (proj1 R)) in E.
Qed.

Context (ρ : N -> role) (V : view) (s : state) (R : rep ρ V (mem s)) (I : inv ρ V).

(** The entry of a page, or no table for it. *)
Lemma wp_entry {A} c v (none : K A) (some : page -> entry -> K A) (Q : A -> state -> Prop) : is_partition ρ c ->
  is_user_page v = true -> (v_table V c Mmu 0 (prefix v 0) = None -> v_entry V c v = absent_entry -> wp none Q s) ->
  (forall p, v_table V c Mmu 0 (prefix v 0) = Some p -> wp (some p (v_entry V c v)) Q s) ->
  wp (let! table := leaf_mmu c v in if table =? 0 then none else
      let! e := read_entry table (index_at v leaf_level) in some table e) Q s.
Proof.
  intros Pc U Q0 Q1. apply wp_bind. eapply wp_gets; [by apply (gets_leaf _ _ _ R Mmu)|].
  destruct (v_table V c Mmu 0 (prefix v 0)) as [p|] eqn:L; cbn.
  - rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R L)). apply wp_bind.
    eapply wp_gets; [by apply (gets_read_entry _ _ _ R)|]. by apply Q1.
  - apply Q0; [done|by apply (co_entry _ _ (proj1 R))].
Qed.

Lemma wp_entry_gift {A} c v p (some : page -> gift -> K A) (Q : A -> state ->
  Prop) : v_table V c Mmu 0 (prefix v 0) = Some p ->
  (forall q, v_table V c Shadow1 0 (prefix v 0) = Some q -> wp (some q (v_gift V c v)) Q s) ->
  wp (let! table := leaf_shadow1 c v in let! g := read_gift table (index_at v leaf_level) in some table g) Q s.
Proof.
  intros L HQ. destruct (leaf_of_kind _ _ _ _ Shadow1 _ _ I L) as [q Lq]. apply wp_bind.
  eapply wp_gets; [by apply (gets_leaf_known _ _ _ R Shadow1)|]. apply wp_bind.
  eapply wp_gets; [by apply (gets_read_gift _ _ _ R)|]. by eapply HQ.
Qed.

Lemma gets_child_at x a : is_partition ρ x -> gets (child_at x a) s (child_of V x a).
Proof.
  intros Px. unfold child_at, child_of. open_tests.
  destruct (page_aligned a && _) eqn:U; cbn [negb andb]; [|apply gets_ret]. bool. set (d := page_number a) in *.
  eapply gets_bind; [by apply (gets_leaf _ _ _ R Shadow1)|].
  destruct (v_table V x Shadow1 0 (prefix d 0)) as [p|] eqn:L; cbn.
  - rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R L)).
    eapply gets_bind; [by apply (gets_read_gift _ _ _ R)|]. destruct (gift_is_descriptor _); cbn; [|apply gets_ret].
    destruct (leaf_of_kind _ _ _ _ Mmu _ _ I L) as [q Lq]. eapply gets_bind; [by apply (gets_leaf_known _ _ _ R Mmu)|].
    eapply gets_bind; [by apply (gets_read_entry _ _ _ R)|apply gets_ret].
  - rewrite (co_gift _ _ (proj1 R) _ _ L). apply gets_ret.
Qed.

Lemma gets_offered x a : is_partition ρ x -> gets (offered x a) s (offer_of V x a).
Proof.
  intros Px. apply gets_wp. unfold offered, offer_of, offer_checks. open_tests. cbv zeta.
  assert (forall st, st <> DONE -> wp (ret (Offer st 0)) (fun b s' => b = Offer st (if status_eq st DONE then pg V x
    (page_number a) else 0) /\ s' = s) s) as No.
  { intros st Hst. apply wp_ret. by rewrite status_eq_ne. }
  destruct (page_aligned a && _) eqn:U; cbn [negb first_failing]; [|by apply No]. bool.
  eapply wp_entry; [exact Px|done|intros _ ->; by apply No|]. intros p L.
  pose proof (inv_user _ _ I x (page_number a)) as Y. unfold pres in Y.
  destruct (e_user _) eqn:Us; cbn [negb]; [rewrite Y by done|destruct (e_present _); by apply No].
  destruct (e_write _); cbn [negb]; [|by apply No]. destruct (ordinary_memory _); cbn [negb]; [|by apply No].
  eapply wp_entry_gift; [exact L|]. intros q _. destruct (gift_child _ =? 0); cbn [negb]; [|by apply No].
  rewrite status_eq_refl. by apply wp_ret.
Qed.

Lemma gets_mapping c v : is_partition ρ c ->
  gets (mapping c v) s (if is_user_page v then v_entry V c v else absent_entry).
Proof.
  intros Pc. unfold mapping. open_tests. destruct (is_user_page v) eqn:U; cbn [negb]; [|apply gets_ret].
  eapply gets_bind; [by apply (gets_leaf _ _ _ R Mmu)|]. destruct (v_table V c Mmu 0 (prefix v 0)) as [p|] eqn:L; cbn.
  - rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R L)). by apply (gets_read_entry _ _ _ R).
  - rewrite (co_entry _ _ (proj1 R) _ _ L). apply gets_ret.
Qed.

(** Whether user mode may read there, and the page. *)
Lemma user_mapping c v : e_user (if is_user_page v then v_entry V c v else absent_entry) = may_read V c v.
Proof. unfold may_read. by destruct (is_user_page v). Qed.

Lemma frame_of_mapping c v : may_read V c v = true ->
  e_frame (if is_user_page v then v_entry V c v else absent_entry) = pg V c v.
Proof. unfold may_read. by destruct (is_user_page v). Qed.

Lemma gets_readable_page c v : is_partition ρ c ->
  gets (readable_page c v) s (if may_read V c v then pg V c v else 0).
Proof.
  intros Pc. eapply gets_bind; [by apply gets_mapping|]. open_tests. rewrite user_mapping.
  destruct (may_read V c v) eqn:M; [rewrite (frame_of_mapping _ _ M)|]; apply gets_ret.
Qed.

Lemma gets_writable_page c v : is_partition ρ c ->
  gets (writable_page c v) s (if may_write V c v then pg V c v else 0).
Proof.
  intros Pc. eapply gets_bind; [by apply gets_mapping|]. unfold may_write.
  destruct (is_user_page v); cbn; [destruct (_ && _)|]; apply gets_ret.
Qed.

Lemma writable_readable c v : may_write V c v = true -> may_read V c v = true.
Proof. unfold may_write, may_read. by destruct (is_user_page v), (e_user _). Qed.

End Helpers.

(** [is_partition ρ c], from what the context has. *)
Ltac partition := first [eassumption | by eexists | eapply child_partition; eassumption].

Ltac step :=
  cbn beta;
  lazymatch goal with
  | R : rep _ _ ?m, I : inv _ _ |- wp (bind (leaf_mmu ?c ?v) _) _ (State ?m _ _ _) =>
      first
      [ eapply wp_entry; [exact R | partition | eassumption
          | let L := fresh in intros L ->; rewrite ?L; cbn [e_present absent_entry negb]; try refuse |];
        let p := fresh "p" in let L := fresh "L" in intros p L; rewrite ?L; cbn [first_failing]
      | apply wp_bind; eapply wp_gets; [eapply gets_leaf_known with (k := Mmu); [exact R | eassumption] |] ]
  | R : rep _ _ ?m, I : inv _ _ |- wp (bind (leaf_shadow1 ?c ?v) _) _ (State ?m _ _ _) =>
      let q := fresh "q" in let L := fresh "L" in
      first
      [ eapply wp_entry_gift; [exact R | exact I | eassumption |]; intros q L
      | apply wp_bind; eapply wp_gets; [eapply gets_leaf_known with (k := Shadow1); [exact R | eassumption] |] ]
  | R : rep _ ?V ?m, I : inv _ ?V, L : v_table ?V ?c Mmu 0 (prefix ?v 0) = Some _
    |- wp (bind (leaf_shadow2 ?c ?v) _) _ (State ?m _ _ _) =>
      let q := fresh "q" in let L' := fresh "L" in destruct (leaf_of_kind _ _ _ _ Shadow2 _ _ I L) as [q L'];
      apply wp_bind; eapply wp_gets; [eapply gets_leaf_known with (k := Shadow2); [exact R | exact L'] |]
  | R : rep _ _ ?m |- wp (bind (read_entry _ (index_at _ leaf_level)) _) _ (State ?m _ _ _) =>
      apply wp_bind; eapply wp_gets; [eapply gets_read_entry; [exact R | eassumption] |]
  | R : rep _ _ ?m |- wp (bind (read_origin _ (index_at _ leaf_level)) _) _ (State ?m _ _ _) =>
      apply wp_bind; eapply wp_gets; [eapply gets_read_origin; [exact R | eassumption] |]
  | R : rep _ _ ?m |- wp (bind (parent_of _) _) _ (State ?m _ _ _) =>
      apply wp_bind; eapply wp_gets; [eapply gets_parent_of; [exact R | partition] |]
  | |- wp (bind current_partition _) _ _ => apply wp_bind, wp_current_partition; cbn [current]
  | |- wp (bind _ _) _ _ => apply wp_bind
  | |- wp (ret _) _ _ => apply wp_ret
  | R : rep _ _ ?m |- wp (write_entry _ (index_at _ leaf_level) _) _ (State ?m _ _ _) =>
      eapply wp_write_entry;
        [exact R | eassumption | first [done | by eapply (entry_not_kernel _ _ (State m _ _ _) R); eassumption] |];
      let m' := fresh "m" in clear R; intros m' R
  | R : rep _ _ ?m |- wp (write_gift _ (index_at _ leaf_level) _) _ (State ?m _ _ _) =>
      eapply wp_write_gift; [exact R | eassumption |]; let m' := fresh "m" in clear R; intros m' R
  | R : rep _ _ ?m |- wp (write_origin _ (index_at _ leaf_level) _) _ (State ?m _ _ _) =>
      eapply wp_write_origin; [exact R | eassumption |]; let m' := fresh "m" in clear R; intros m' R
  | |- wp (if negb ?b then _ else _) _ _ => destruct b eqn:?; cbn [negb first_failing]; bool; [|try refuse]
  | |- wp (if ?b then _ else _) _ _ => destruct b eqn:?; cbn [negb first_failing]; bool; [try refuse|]
  end.

(** Begins a proof about a service: names the parts of the state and of the invariant. *)
Tactic Notation "start" reference(f) reference(checks) :=
  unfold f, checks; open_tests; cbv zeta; cbn [app first_failing];
  lazymatch goal with
  | Hs : holds _ _ ?s |- _ =>
      destruct s as [?m ?x ?r ?t]; destruct Hs as (R & I & [?n Hc] & T); cbn [mem current tlb registers] in *
  end.

(** Looks up the child that the service names. *)
Ltac child_step :=
  cbn beta;
  match goal with
  | R : rep _ _ ?m, I : inv _ ?V |- wp (bind (child_at ?x ?a) _) _ (State ?m _ _ _) =>
      apply wp_bind; eapply wp_gets; [eapply gets_child_at; [exact R | exact I | partition] | cbn beta];
      let Z := fresh "Z" in destruct (N.eqb_spec (child_of V x a) 0) as [Z|Z]; cbn [negb first_failing]; [try refuse|];
      let C := fresh "C" in let U := fresh "U" in let E := fresh "Hch" in let N := fresh "Hne" in
      destruct (child_of_child _ _ _ _ _ R I Z) as (?&U&C); set (ch := child_of V x a) in *;
      pose proof (child_depth _ _ _ _ _ _ _ R C ltac:(eassumption)) as E;
      pose proof (child_ne _ _ _ _ _ _ _ R C ltac:(eassumption)) as N
  end.

(** Checks a page that the caller offers. *)
Ltac offer_step :=
  cbn beta;
  match goal with
  | R : rep _ _ ?m, I : inv _ ?V |- wp (bind (offered ?x ?a) _) _ (State ?m _ _ _) =>
      rewrite first_failing_app by apply offer_checks_refuse; apply wp_bind;
      eapply wp_gets; [eapply gets_offered; [exact R | exact I | partition] | cbn beta]; unfold offer_of;
      cbn [offer_status offer_page];
      let F := fresh "F" in destruct (status_eq (first_failing (offer_checks V x a)) DONE) eqn:F; cbn [negb
        answer_status];
      [ let A := fresh "A" in let O := fresh "O" in destruct (offer_checks_done _ _ _ _ I F) as [A O]; clear F
      | try solve [apply wp_ret; split; [reflexivity | split;
          [cbn [answer_status]; intros X; by rewrite X, status_eq_refl in F | reflexivity]]] ]
  end.
