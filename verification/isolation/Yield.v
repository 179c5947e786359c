(* SPDX-License-Identifier: Apache-2.0 *)
(** * yield, interrupts and faults pass control, and change nothing but user data of the partition that is left *)
From Pip.Isolation Require Export Context.
From Pip.Isolation Require Import Depth.
From Pip.Services Require Import Yield Deliver State.

Section Yield.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i o : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** All but interrupt states. *)
Definition new_states (f : N -> bool) V : view := View
  (v_table V) (v_entry V) (v_gift V) (v_origin V) (v_parent V) f (v_list V) (v_data V).

(** Control passed from [c] to [target]: [c] saved its registers where it may write; the two interrupt states changed;
    nothing else did. *)
Definition passed ρ V c target (s' : state) : Prop :=
  exists V1 f, stored c V V1 /\ current s' = target /\ holds ρ (new_states f V1) s'
    /\ forall p, p <> c -> p <> target -> f p = v_vsti V p.

Lemma holds_passed ρ V c n target m r t f V1 : inv ρ V -> stored c V V1 -> ρ target = Partition n ->
  rep ρ (new_states f V1) m -> (forall v, t v = v_entry V1 target v) ->
  (forall p, p <> c -> p <> target -> f p = v_vsti V p) -> passed ρ V c target (State m target r t).
Proof.
  intros I S E R T Hf. exists V1, f. split_and!; try done. split_and!; [exact R| |by exists n|exact T].
  destruct (inv_stored _ _ _ _ S I). by split.
Qed.

(** ** yield *)
Lemma wp_leave ρ V m r t c n z a f f' s : s = State m c r t -> rep ρ V m -> inv ρ V -> ρ c = Partition n ->
  loadable ρ z ->
  wp (leave c z a f f') (fun st s' => decides st s s' (passed ρ V c (context_partition z) s')) s.
Proof.
  intros -> R I Ec L. pose proof L as [[n' Ez] _ _]. unfold leave. open_tests.
  assert (forall V1 m1 r1, rep ρ V1 m1 -> stored c V V1 ->
    wp (set_interrupt_state c (wants_interrupts f) ;; resume z ;; ret DONE)%monad (fun st s' =>
      decides st (State m c r t) s' (passed ρ V c (context_partition z) s')) (State m1 c r1 t)) as X.
  { intros V1 m1 r1 R1 S1. apply wp_bind. eapply wp_set_interrupt_state; [exact R1|exact Ec|]. intros m2 R2 _.
    apply wp_bind. eapply wp_resume; [exact R2|done|]. intros m3 b3 r3 t3 R3 T3. apply wp_ret. accept.
    destruct S1 as (d&->&Hd). eapply holds_passed; [exact I|by exists d|exact Ez|exact R3|exact T3|].
    intros p ??. cbn. by rewrite !update_ne. }
  destruct (a =? 0); [apply (X V); [done|apply stored_refl]|]. apply wp_bind.
  eapply wp_writable_context; [exact R|exact I|exact Ec|refuse|]. intros y Ey W.
  rewrite (proj2 (N.eqb_neq _ _) (loadable_first _ _ _ _ R (proj1 W))). apply wp_bind.
  eapply wp_save; [exact R|exact W|]. intros m1 V1 r1 R1 S1. rewrite Ey in S1. by apply (X V1).
Qed.

(** yield refuses and changes nothing, or passes control to the parent or to the child named. *)
Theorem yieldTo_spec ρ V s child vector slot f f' : holds ρ V s ->
  wp (yieldTo child vector slot f f') (fun st s' => decides st s s'
    (exists target, passed ρ V (current s) target s' /\
       ((child = 0 /\ target = v_parent V (current s)) \/ is_child ρ V (current s) (page_number child) target))) s.
Proof.
  intros Hs. start yieldTo. do 4 step.
  assert (forall target, is_partition ρ target ->
    ((child = 0 /\ target = v_parent V x) \/ is_child ρ V x (page_number child) target) ->
    wp (let! caller_vidt := readable_page x vidt in
        if caller_vidt =? 0 then ret CALLER_VIDT_UNAVAILABLE else
        let! target_vidt := readable_page target vidt in
        if target_vidt =? 0 then ret TARGET_VIDT_UNAVAILABLE else
        let! context := handler_context target target_vidt vector in
        if context_first context =? 0 then ret TARGET_CONTEXT_UNAVAILABLE else
        let! save_at := read_word caller_vidt (vidt_index slot) in
        leave x context save_at f f')%monad (fun st s' => decides st (State m x r t) s'
      (exists target, passed ρ V x target s' /\
         ((child = 0 /\ target = v_parent V x) \/ is_child ρ V x (page_number child) target))) (State m x r t)) as X.
  { intros target [n' Et] Ht. step. eapply wp_readable_page; [exact R|exact I|exact Hc|refuse|].
    intros _ _ U1 ->%N.eqb_neq. step. eapply wp_readable_page; [exact R|exact I|exact Et|refuse|].
    intros _ _ U2 ->%N.eqb_neq. step. eapply wp_handler_context; [exact R|exact I|exact Et|exact U2|refuse|].
    intros z Ez L. rewrite (proj2 (N.eqb_neq _ _) (loadable_first _ _ _ _ R L)). step.
    eapply wp_read_word; [exact R|exact U1|by apply (N.mod_lt _ 1024)|].
    eapply wp_mono; [by eapply wp_leave|]. cbn. intros st s' D. eapply decides_mono; [exact D|].
    rewrite Ez. intros P. exists target. split; [exact P|exact Ht]. }
  step. destruct (child =? 0) eqn:Z.
  - eapply wp_parent_of; [exact R|exact Hc|]. apply N.eqb_eq in Z. subst child.
    pose proof (parent_role _ _ _ _ _ R Hc) as P. destruct n as [|n]; destruct P as [_ P].
    + rewrite P, N.eqb_refl. refuse.
    + destruct (v_parent V x =? 0) eqn:Z; [refuse|]. apply X; [by exists n|by left].
  - child_step. apply X; [apply C|by right].
Qed.

(** ** Interrupts and faults *)
Lemma wp_save_interrupted ρ V m r t c n (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ c = Partition n ->
  (forall m' V' r', rep ρ V' m' -> stored c V V' -> Q tt (State m' c r' t)) ->
  wp (save_interrupted c) Q (State m c r t).
Proof.
  intros R I Ec HQ. pose proof (HQ m V r R (stored_refl _ _)) as Q0. unfold save_interrupted. open_tests. do 2 step.
  step. eapply wp_readable_page; [exact R|exact I|exact Ec|rewrite N.eqb_refl; by step|].
  intros _ _ U1 ->%N.eqb_neq. step.
  assert (forall w, wp (let! place := writable_context c w in
    if context_first place =? 0 then ret tt else save place (flag_word (v_vsti V c)))%monad Q (State m c r t)) as X.
  { intros w. step. eapply wp_writable_context; [exact R|exact I|exact Ec|by step|]. intros y Ey W.
    rewrite (proj2 (N.eqb_neq _ _) (loadable_first _ _ _ _ R (proj1 W))).
    eapply wp_save; [exact R|exact W|]. intros m1 V1 r1 R1 S1. rewrite Ey in S1. by eapply HQ. }
  destruct (v_vsti V c); (eapply wp_read_word; [exact R|exact U1|done|apply X]).
Qed.

Lemma wp_handler_in ρ V m x r t c n w (Q : context -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ c = Partition n ->
  Q (no_context c) (State m x r t) ->
  (forall z, context_partition z = c -> loadable ρ z -> Q z (State m x r t)) ->
  wp (handler_in c w) Q (State m x r t).
Proof.
  intros R I Ec Q0 Q1. unfold handler_in. open_tests. apply wp_bind.
  eapply wp_readable_page; [exact R|exact I|exact Ec|rewrite N.eqb_refl; by apply wp_ret|].
  intros _ _ U ->%N.eqb_neq. by eapply wp_handler_context.
Qed.

(** Whoever is told is [c] or one of its ancestors. *)
Inductive ancestor V : N -> N -> Prop :=
| ancestor_self c : ancestor V c c
| ancestor_up c a : ancestor V (v_parent V c) a -> ancestor V c a.

Lemma wp_handler_from ρ V m x r t fuel (Q : context -> state -> Prop) : rep ρ V m -> inv ρ V ->
  (forall z, context_first z = 0 -> Q z (State m x r t)) ->
  forall c w, (c = 0 \/ is_partition ρ c) ->
  (forall z, ancestor V c (context_partition z) -> loadable ρ z -> Q z (State m x r t)) ->
  wp (handler_from fuel c w) Q (State m x r t).
Proof.
  intros R I Q0. induction fuel as [|fuel IH]; intros c w Hc Q1; cbn [handler_from]; open_tests.
  - apply wp_ret. by apply Q0.
  - destruct Hc as [->|[n Ec]]; [rewrite N.eqb_refl; by apply wp_ret, Q0|].
    destruct (c =? 0); [by apply wp_ret, Q0|]. apply wp_bind.
    assert (wp (if c =? root_partition then handler_in root_partition double_fault else
      let! parent := parent_of c in handler_from fuel parent double_fault)%monad Q (State m x r t)) as X.
    { destruct (N.eqb_spec c root_partition) as [->|_].
      { eapply wp_handler_in; [exact R|exact I|exact Ec|by apply Q0|]. intros z Ez. apply Q1. rewrite Ez. constructor. }
      step. eapply wp_parent_of; [exact R|exact Ec|]. apply IH.
      - pose proof (parent_role _ _ _ _ _ R Ec) as P. destruct n as [|n]; destruct P as [_ P]; [by left|right].
        by exists n.
      - intros z Hz. apply Q1. by constructor. }
    eapply wp_handler_in; [exact R|exact I|exact Ec|exact X|]. intros z Ez L.
    rewrite (proj2 (N.eqb_neq _ _) (loadable_first _ _ _ _ R L)). cbn [negb]. apply wp_ret, Q1; [|done].
    rewrite Ez. constructor.
Qed.

Lemma wp_interrupt_to ρ V s z : holds ρ V s -> loadable ρ z ->
  wp (interrupt_to z) (fun st s' => st = DONE /\ passed ρ V (current s) (context_partition z) s') s.
Proof.
  intros Hs L. start interrupt_to. pose proof L as [[n' Ez] _ _].
  rewrite (proj2 (N.eqb_neq _ _) (loadable_first _ _ _ _ R L)). do 3 step.
  eapply wp_save_interrupted; [exact R|exact I|exact Hc|]. intros m1 V1 r1 R1 S1. step.
  eapply wp_resume; [exact R1|done|]. intros m2 b r2 t2 R2 T2. step. split; [done|].
  destruct S1 as (d&->&Hd). eapply holds_passed; [exact I|by exists d|exact Ez|exact R2|exact T2|].
  intros p ??. cbn. by rewrite update_ne.
Qed.

(** A hardware interrupt passes control to the root, or nothing changes because the root has no handler. *)
Theorem deliverInterrupt_spec ρ V s vector : holds ρ V s ->
  wp (deliverInterrupt vector) (fun st s' => decides st s s' (passed ρ V (current s) root_partition s')) s.
Proof.
  intros Hs. pose proof Hs as (R & I & _ & _). destruct s as [m x r t]. unfold deliverInterrupt. step. open_tests.
  eapply wp_handler_in; [exact R|exact I|exact (inv_root _ _ I)| |].
  - unfold interrupt_to. open_tests. cbn. refuse.
  - intros z Ez L. eapply wp_mono; [by apply wp_interrupt_to|]. cbn. rewrite Ez. intros st s' [-> P]. by accept.
Qed.

(** A fault passes control to an ancestor of the partition that caused it, or nothing changes because none has a
    handler. *)
Theorem deliverFault_spec ρ V s vector : holds ρ V s ->
  wp (deliverFault vector) (fun st s' => decides st s s'
    (exists a, ancestor V (v_parent V (current s)) a /\ passed ρ V (current s) a s')) s.
Proof.
  intros Hs. pose proof Hs as (R & I & [n Ec] & _). destruct s as [m x r t]. unfold deliverFault. cbn in Ec. do 3 step.
  eapply wp_parent_of; [exact R|exact Ec|]. step.
  eapply wp_handler_from; [exact R|exact I| | |].
  - intros z Ez. unfold interrupt_to. open_tests. rewrite Ez. cbn. refuse.
  - pose proof (parent_role _ _ _ _ _ R Ec) as P. destruct n as [|n]; destruct P as [_ P]; [by left|right].
    by exists n.
  - intros z A L. eapply wp_mono; [by apply wp_interrupt_to|]. cbn. intros st s' [-> P]. accept. by eexists.
Qed.

(** The root partition has a context ready for double faults. *)
Definition root_told_of_double_faults (s : state) : Prop :=
  exists z, handler_in root_partition double_fault s = Done z s /\ context_first z <> 0.

Lemma wp_handler_from_told ρ V s (Q : context -> state -> Prop) : holds ρ V s -> root_told_of_double_faults s ->
  (forall z, loadable ρ z -> Q z s) ->
  forall n c w fuel, ρ c = Partition n -> (n < fuel)%nat -> wp (handler_from fuel c w) Q s.
Proof.
  intros (R & I & _ & _) (z0 & E0 & F0) HQ. destruct s as [m x r t]. induction n as [|n IH]; intros c w fuel Ec Hf;
    (destruct fuel as [|fuel]; [lia|]); cbn [handler_from]; open_tests; pose proof (parent_role _ _ _ _ _ R Ec) as P.
  all: destruct (N.eqb_spec c 0) as [->|_]; [by rewrite (co_zero _ _ (proj1 R)) in Ec|]; apply wp_bind.
  all: eapply wp_handler_in; [exact R|exact I|exact Ec| |intros z _ L;
    rewrite (proj2 (N.eqb_neq _ _) (loadable_first _ _ _ _ R L)); by apply wp_ret, HQ].
  all: cbn [negb context_first no_context]; rewrite N.eqb_refl; cbn [negb].
  - destruct P as [-> _]. rewrite N.eqb_refl.
    assert (wp (handler_in root_partition double_fault)
      (fun z s' => s' = State m x r t /\ (context_first z = 0 \/ loadable ρ z)) (State m x r t)) as X.
    { eapply wp_handler_in; [exact R|exact I|exact Ec|by split; [|left]|]. intros z _ L. by split; [|right]. }
    apply wp_done in X as (z & s' & E & -> & [F|L]); rewrite E0 in E; injection E as <-; [done|].
    apply wp_done. eauto.
  - destruct P as [Hr P]. rewrite (proj2 (N.eqb_neq _ _) Hr). step. eapply wp_parent_of; [exact R|exact Ec|].
    apply IH; [exact P|lia].
Qed.

(** No child can stop the machine by a fault or a software interrupt, whatever the partitions between it and the root
    have done: if the root has a context ready for double faults, somebody takes control. *)
Theorem fault_of_child_is_taken ρ V s vector : holds ρ V s -> current s <> root_partition ->
  root_told_of_double_faults s -> wp (deliverFault vector) (fun st _ => st = DONE) s.
Proof.
  intros Hs Hc T. pose proof Hs as (R & I & [n Ec] & _). destruct s as [m x r t]. unfold deliverFault. cbn in Ec, Hc.
  pose proof (parent_role _ _ _ _ _ R Ec) as P. destruct n as [|n]; destruct P as [P1 P2]; [done|]. do 3 step.
  eapply wp_parent_of; [exact R|exact Ec|]. step.
  eapply wp_handler_from_told; [exact Hs|exact T| |exact P2|by eapply depth_lt].
  intros z L. eapply wp_mono; [by apply wp_interrupt_to|]. by intros st s' [-> _].
Qed.

(** ** Small services *)

(** getIntState changes nothing, and answers the state of a child. *)
Theorem getIntState_spec ρ V s child : holds ρ V s ->
  wp (getIntState child) (fun ans s' => s' = s /\ (answer_status ans = DONE ->
    exists ch, is_child ρ V (current s) (page_number child) ch /\ answer_value ans = flag_word (v_vsti V ch))) s.
Proof.
  intros Hs. start getIntState. do 2 step. step.
  eapply wp_child_at; [exact R|exact I|exact Hc|rewrite N.eqb_refl; by apply wp_ret|].
  intros ch _ _ C. rewrite (proj2 (N.eqb_neq _ _) (child_not_0 _ _ _ _ _ C)).
  destruct (child_partition _ _ _ _ _ C) as [n' E]. do 2 step. step. split; [done|]. by exists ch.
Qed.

(** setIntState sets the caller's interrupt state and nothing else. *)
Theorem setIntState_spec ρ V s flags : holds ρ V s ->
  wp (setIntState flags) (fun st s' =>
    st = DONE /\ current s' = current s /\ holds ρ (with_vsti (current s) (wants_interrupts flags) V) s') s.
Proof.
  intros Hs. start setIntState. do 3 step. eapply wp_set_interrupt_state; [exact R|exact Hc|]. intros m' R' _. step.
  split_and!; try done. split_and!; [exact R'|by apply inv_with_vsti|by exists n|exact T].
Qed.

(** physicalAddress changes nothing. *)
Theorem physicalAddress_spec ρ V s va : holds ρ V s -> wp (physicalAddress va) (fun _ s' => s' = s) s.
Proof.
  intros Hs. start physicalAddress. do 2 step. destruct (x =? root_partition); cbn [negb]; [|by step]. step.
  eapply wp_readable_page; [exact R|exact I|exact Hc|rewrite N.eqb_refl; by step|].
  intros _ _ _ ->%N.eqb_neq. by step.
Qed.

End Yield.
