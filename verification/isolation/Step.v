(* SPDX-License-Identifier: Apache-2.0 *)
(** * Symbolic execution: rules for children, offered and readable pages, and the tactic [step]

    To execute a service: [start], then [step] again and again.  The context holds [R : rep ρ V m] (the only hypothesis
    about the state), [I : inv ρ V] and [Hc : ρ c = Partition n]; each [step] treats the first operation of the goal,
    and closes the branches that refuse. *)
From Pip.Isolation Require Export Rules.

Lemma status_eq_refl a : status_eq a a = true.
Proof. apply N.eqb_refl. Qed.

Lemma status_eq_ne a b : a <> b -> status_eq a b = false.
Proof. intros Hn. apply N.eqb_neq. intros E. apply Hn. by destruct a, b. Qed.

Global Opaque status_eq.

(** A refusal: nothing was done. *)
Ltac refuse := solve [apply wp_ret; split; [cbn [answer_status]; intros; congruence | reflexivity]].

(** The tests and selectors of primitives, as operations on [N] and [bool]. *)
Ltac open_tests :=
  unfold page_eq, vaddr_eq, index_eq, index_lt, level_eq, word_eq, no_page, no_vaddr, zero, user_page, user_address,
    is_present, is_user, is_writable, is_executable, frame_of, given_to, is_descriptor, root in *;
  cbn [offer_status offer_page place_table place_level place_parent slot_page slot_index].

(** Finds the leaf table of kind [k] that the goal asks for: known, known from another tree or an entry, or by cases. *)
Ltac leaf_step k :=
  match goal with
  | R : rep ?ρ ?V ?m |- wp (_ ?c ?v) _ (State ?m _ _ _) =>
      first
      [ eapply (wp_leaf_known k _ _ _ _ _ _ c v); [exact R | eassumption |]
      | match goal with
        | I : inv _ ?V0, L : v_table ?V0 c ?k' 0 (prefix v 0) = Some _ |- _ =>
            let q := fresh "leaf" in let L' := fresh "L" in
            destruct (leaf_of_kind _ _ _ _ k _ _ I L) as [q L'];
            eapply (wp_leaf_known k _ _ _ _ _ _ c v); [exact R | exact L' |]
        | I : inv ?ρ0 ?V0, P : pres ?V0 c v |- _ =>
            let q := fresh "leaf" in let L' := fresh "L" in
            destruct (inv_sync ρ0 V0 I c Mmu k 0%nat _ (pres_table _ _ _ _ _ R P)) as [q L'];
            eapply (wp_leaf_known k _ _ _ _ _ _ c v); [exact R | exact L' |]
        end
      | eapply (wp_leaf k _ _ _ _ _ _ c _ v); [exact R | eassumption | eassumption | |];
        [ let L := fresh "L" in intros L; cbn beta; rewrite ?N.eqb_refl; try refuse
        | let q := fresh "leaf" in let L := fresh "L" in let Z := fresh "Z" in
          intros q L Z; cbn beta; apply N.eqb_neq in Z; rewrite ?Z ] ]
  end.

Ltac step :=
  cbn beta;
  lazymatch goal with
  | |- wp (bind _ _) _ _ => apply wp_bind
  | |- wp (ret _) _ _ => apply wp_ret
  | |- wp current_partition _ _ => apply wp_current_partition; cbn [current]
  | |- wp (leaf_mmu _ _) _ _ => leaf_step Mmu
  | |- wp (leaf_shadow1 _ _) _ _ => leaf_step Shadow1
  | |- wp (leaf_shadow2 _ _) _ _ => leaf_step Shadow2
  | R : rep _ _ ?m |- wp (read_entry _ (index_at _ leaf_level)) _ (State ?m _ _ _) =>
      eapply wp_read_entry; [exact R | eassumption |]
  | R : rep _ _ ?m |- wp (read_gift _ (index_at _ leaf_level)) _ (State ?m _ _ _) =>
      eapply wp_read_gift; [exact R | eassumption |]
  | R : rep _ _ ?m |- wp (read_origin _ (index_at _ leaf_level)) _ (State ?m _ _ _) =>
      eapply wp_read_origin; [exact R | eassumption |]
  | R : rep _ _ ?m |- wp (write_entry _ (index_at _ leaf_level) _) _ (State ?m _ _ _) =>
      let m' := fresh "m" in let F := fresh "F" in
      eapply wp_write_entry;
        [exact R | eassumption | first [done | by eapply entry_not_kernel; [exact R | eassumption]] |];
      clear R; intros m' R F
  | R : rep _ _ ?m |- wp (write_gift _ (index_at _ leaf_level) _) _ (State ?m _ _ _) =>
      let m' := fresh "m" in let F := fresh "F" in
      eapply wp_write_gift; [exact R | eassumption |]; clear R; intros m' R F
  | R : rep _ _ ?m |- wp (write_origin _ (index_at _ leaf_level) _) _ (State ?m _ _ _) =>
      let m' := fresh "m" in let F := fresh "F" in
      eapply wp_write_origin; [exact R | eassumption |]; clear R; intros m' R F
  | R : rep _ _ ?m |- wp (parent_of _) _ (State ?m _ _ _) => eapply wp_parent_of; [exact R | eassumption |]
  | R : rep _ _ ?m |- wp (interrupt_state _) _ (State ?m _ _ _) => eapply wp_interrupt_state; [exact R | eassumption |]
  | |- wp (if ?b then _ else _) _ _ => let B := fresh "B" in destruct b eqn:B; bool; [try refuse | try refuse]
  end.

Section Helpers.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).
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
  rewrite (child_parent _ _ _ _ _ C) in X. destruct n' as [|n']; destruct X as [X Y].
  - by destruct (child_not_root _ _ _ _ _ C).
  - congruence.
Qed.

Lemma child_ne ρ V m a d c n : rep ρ V m -> is_child ρ V a d c -> ρ a = Partition n -> c <> a.
Proof. intros R C Ea ->. pose proof (child_depth _ _ _ _ _ _ _ R C Ea) as E. rewrite Ea in E. injection E. lia. Qed.

Lemma wp_child_at ρ V m x r t c n a (Q : page -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ c = Partition n ->
  Q 0 (State m x r t) ->
  (forall ch, page_aligned a = true -> is_user_page (page_number a) = true -> is_child ρ V c (page_number a) ch ->
     Q ch (State m x r t)) ->
  wp (child_at c a) Q (State m x r t).
Proof.
  intros R I Ec Q0 Q1. unfold child_at. open_tests. destruct (page_aligned a && _) eqn:A; cbn; [|by apply wp_ret].
  bool. step. step; [by step|]. do 2 step. destruct (gift_is_descriptor _) eqn:D; cbn; [|by apply wp_ret].
  pose proof (is_child_intro _ _ _ _ _ R I D) as C. repeat step. apply Q1; auto.
Qed.

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

Lemma wp_offered ρ V m x r t c n a (Q : offer -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ c = Partition n ->
  (forall st, st <> DONE -> Q (Offer st 0) (State m x r t)) ->
  (page_aligned a = true -> offerable ρ V c (page_number a) ->
     Q (Offer DONE (pg V c (page_number a))) (State m x r t)) ->
  wp (offered c a) Q (State m x r t).
Proof.
  intros R I Ec Q0 Q1. assert (forall st, st <> DONE -> wp (ret (Offer st no_page)) Q (State m x r t)).
  { intros. apply wp_ret. by apply Q0. }
  unfold offered. open_tests. destruct (page_aligned a && _) eqn:A; cbn [negb]; [|auto].
  bool. step. step; [auto|]. do 2 step. destruct (e_user _) eqn:U; cbn [negb]; [|destruct (e_present _); auto].
  destruct (e_write _) eqn:W; cbn [negb]; [|auto]. unfold ordinary_memory. step; [auto|]. do 4 step. step; [auto|].
  apply wp_ret, Q1; [done|]. split; try done.
  - by apply (inv_user _ _ I).
  - by apply (inv_kernel _ _ I).
Qed.

(** What user mode can read is user data. *)
Lemma wp_readable_page ρ V m x r t c n v (Q : page -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ c = Partition n ->
  Q 0 (State m x r t) ->
  (is_user_page v = true -> e_user (v_entry V c v) = true -> ρ (pg V c v) = UserPage -> pg V c v <> 0 ->
     Q (pg V c v) (State m x r t)) ->
  wp (readable_page c v) Q (State m x r t).
Proof.
  intros R I Ec Q0 Q1. unfold readable_page. open_tests. destruct (is_user_page v) eqn:U; cbn [negb]; [|by step].
  step. step; [by step|]. do 2 step. step; [|by step]. step. pose proof (inv_kernel _ _ I _ _ B) as E.
  apply Q1; auto. intros Z0. by rewrite Z0, (co_zero _ _ (proj1 R)) in E.
Qed.

Lemma wp_writable_page ρ V m x r t c n v (Q : page -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ c = Partition n ->
  Q 0 (State m x r t) ->
  (is_user_page v = true -> e_user (v_entry V c v) = true -> e_write (v_entry V c v) = true ->
     ρ (pg V c v) = UserPage -> pg V c v <> 0 -> Q (pg V c v) (State m x r t)) ->
  wp (writable_page c v) Q (State m x r t).
Proof.
  intros R I Ec Q0 Q1. unfold writable_page. open_tests. destruct (is_user_page v) eqn:U; cbn [negb]; [|by step].
  step. step; [by step|]. do 2 step. step; [|by step]. step. pose proof (inv_kernel _ _ I c v) as E.
  apply Q1; auto. intros Z0. rewrite Z0, (co_zero _ _ (proj1 R)) in E. by specialize (E ltac:(done)).
Qed.

End Helpers.

(** ** From the specification of a service to its headline theorems *)
Lemma decides_wf `{Params} ρ V (st : status) s s' : holds ρ V s -> decides st s s' (wf s') -> wf s'.
Proof.
  intros Hs [D U]. destruct (status_eq st DONE) eqn:E.
  - apply D. destruct st; done || by rewrite status_eq_ne in E.
  - rewrite U; [by exists ρ, V|]. intros ->. by rewrite status_eq_refl in E.
Qed.

Lemma spec_keeps_wf `{Params} {A} (m : K A) (status_of : A -> status) (P : A -> state -> Prop) s : wf s ->
  wp m (fun a s' => decides (status_of a) s s' (P a s')) s -> (forall a s', P a s' -> wf s') ->
  wp m (fun a s' => wf s' /\ (status_of a <> DONE -> s' = s)) s.
Proof.
  intros (ρ&V&Hs) Hm HP. eapply wp_mono; [exact Hm|]. intros a s' D. split; [|apply D].
  eapply decides_wf; [done|]. eapply decides_mono; [exact D|apply HP].
Qed.

(** Begins a proof about a service: names the parts of the state and of the invariant. *)
Tactic Notation "start" reference(f) :=
  unfold f; open_tests; cbv zeta;
  lazymatch goal with
  | Hs : holds _ _ ?s |- _ =>
      destruct s as [?m ?x ?r ?t]; destruct Hs as (R & I & [?n Hc] & T); cbn [mem current tlb] in *
  end.

(** A service done: its specification remains. *)
Ltac accept := split; [intros _ | congruence].

(** Looks up the child that the service names. *)
Ltac child_step :=
  match goal with
  | R : rep _ _ ?m, I : inv _ _ |- wp (child_at _ _) _ (State ?m _ _ _) =>
      eapply wp_child_at; [exact R | exact I | eassumption | cbn beta; rewrite ?N.eqb_refl; try refuse |];
      let ch := fresh "ch" in let C := fresh "C" in let U := fresh "U" in let E := fresh "Hch" in
      let N := fresh "Hne" in
      intros ch ? U C; cbn beta; rewrite ?(proj2 (N.eqb_neq _ _) (child_not_0 _ _ _ _ _ C));
      pose proof (child_depth _ _ _ _ _ _ _ R C ltac:(eassumption)) as E;
      pose proof (child_ne _ _ _ _ _ _ _ R C ltac:(eassumption)) as N
  end.

(** Checks a page that the caller offers. *)
Ltac offer_step :=
  match goal with
  | R : rep _ _ ?m, I : inv _ _ |- wp (offered _ _) _ (State ?m _ _ _) =>
      eapply wp_offered; [exact R | exact I | eassumption | |];
      [ let st := fresh "st" in let Hst := fresh "Hst" in intros st Hst; cbn [offer_status offer_page];
        rewrite (status_eq_ne _ _ Hst); cbn [negb]; try refuse
      | let A := fresh "A" in let O := fresh "O" in intros A O; cbn [offer_status offer_page];
        rewrite status_eq_refl; cbn [negb] ]
  end.
