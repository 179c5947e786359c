(* SPDX-License-Identifier: Apache-2.0 *)
(** * yield, interrupts and faults pass control, and change nothing but the context saved and two interrupt states *)
From Pip.Isolation Require Export Context Depth.
From Pip.Services Require Import Yield Deliver State.

Section Yield.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (n : nat) (r : N -> N) (t : N -> entry).

(** What a resumed context leaves: its registers are those of the machine. *)
Definition wakes ρ z V (s' : state) : Prop := current s' = context_partition z /\ holds ρ (resumed z V) s'
  /\ forall i, i < context_words -> registers s' i = saved_register V z i.

Lemma wp_wake ρ V m x r t z (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> loadable ρ z ->
  (forall s', wakes ρ z V s' -> Q tt s') -> wp (resume z) Q (State m x r t).
Proof.
  intros R I L HQ. eapply wp_resume; [exact R|exact L|]. intros m' r' t' R' T' Hr. apply HQ. split; [done|].
  split; [|exact Hr]. split_and!; [exact R'|by apply inv_with_vsti|apply L|exact T'].
Qed.

(** ** yield *)
Lemma wp_leave ρ V m r t c z save_at f f' : rep ρ V m -> inv ρ V -> is_partition ρ c -> loadable ρ z ->
  let ok := (save_at =? 0) || all_of_context (may_write V c) save_at in
  wp (leave c z save_at f f') (fun st s' => decides (if ok then DONE else CALLER_CONTEXT_UNAVAILABLE) st
    (State m c r t) s' (wakes ρ z (with_vsti c (wants_interrupts f)
      (if save_at =? 0 then V else saved (context_at V c save_at) (marked r f') V)) s')) (State m c r t).
Proof.
  intros R I Pc L ok. unfold leave, ok. open_tests.
  assert (forall V1 m1 r1, rep ρ V1 m1 -> inv ρ V1 -> wp (set_interrupt_state c (wants_interrupts f) ;; resume z ;; ret
    DONE)%monad (fun st s' => decides DONE st (State m c r t) s' (wakes ρ z (with_vsti c (wants_interrupts f) V1) s'))
    (State m1 c r1 t)) as X.
  { intros V1 m1 r1 R1 I1. apply wp_bind. eapply wp_set_interrupt_state; [exact R1|exact Pc|]. intros m2 R2.
    apply wp_bind. eapply wp_wake; [exact R2|by apply inv_with_vsti|done|]. intros s' W. apply wp_ret. by accept. }
  destruct (save_at =? 0); cbn [orb]; [by apply X|]. apply wp_bind. eapply wp_gets; [by eapply gets_writable_context|].
  destruct (all_of_context (may_write V c) save_at) eqn:A; [|refuse].
  destruct (context_loadable ρ V (State m c r t) R I c save_at (may_write V c) Pc) as [Lc Z]; [intros; by apply
    writable_readable|done|]. rewrite (proj2 (N.eqb_neq _ _) Z). apply wp_bind. eapply wp_save; [exact R|exact Lc|].
  intros m1 R1. apply X; [exact R1|]. eapply inv_stored; [|exact I]. by apply (stored_saved (fun _ => True)).
Qed.

(** yield refuses and changes nothing, or passes control to the parent or to the child named. *)
Theorem yieldTo_spec ρ V s child vector slot f f' : holds ρ V s -> let x := current s in
  let target := yield_target V x child in wp (yieldTo child vector slot f f') (fun st s' =>
    decides (first_failing (yieldTo_checks V x child vector slot)) st s s'
      (wakes ρ (context_at V target (vidt_word V target vector)) (with_vsti x (wants_interrupts f)
        (let save_at := vidt_word V x slot in
         if save_at =? 0 then V else saved (context_at V x save_at) (marked (registers s) f') V)) s')) s.
Proof.
  intros Hs. cbv zeta. start yieldTo yieldTo_checks. step. step. step.
  assert (gets (if child =? 0 then parent_of x else child_at x child) (State m x r t) (yield_target V x child) /\
    (yield_target V x child <> 0 -> is_partition ρ (yield_target V x child))) as [G Pt].
  { unfold yield_target. destruct (child =? 0); split.
    - eapply gets_parent_of; [exact R|partition].
    - intros Hp. pose proof (parent_role _ _ _ _ _ R Hc) as Y.
      destruct n as [|n]; destruct Y as [_ Y]; [done|by exists n].
    - eapply gets_child_at; [exact R|exact I|partition].
    - intros Hp. by apply (child_of_child _ _ _ _ _ R I Hp). }
  apply wp_bind. eapply wp_gets; [exact G|].
  destruct (N.eqb_spec (yield_target V x child) 0) as [|Ht]; cbn [negb first_failing]; [destruct (child =? 0); refuse|].
  specialize (Pt Ht). set (tg := yield_target V x child) in *. apply wp_bind.
  eapply wp_gets; [eapply gets_mapping; [exact R|partition]|]. rewrite user_mapping.
  destruct (may_read V x vidt_page) eqn:M1; cbn [negb]; [|refuse]. rewrite (frame_of_mapping _ _ _ M1). apply wp_bind.
  eapply wp_gets; [eapply gets_mapping; [exact R|exact Pt]|]. rewrite user_mapping.
  destruct (may_read V tg vidt_page) eqn:M2; cbn [negb]; [|refuse]. rewrite (frame_of_mapping _ _ _ M2). apply wp_bind.
  eapply wp_gets; [eapply gets_handler_context; [exact R|exact I|exact Pt|exact M2]|]. cbv zeta.
  destruct (all_of_context (may_read V tg) (vidt_word V tg vector)) eqn:A; [|refuse].
  destruct (context_loadable ρ V (State m x r t) R I tg _ (may_read V tg) Pt ltac:(done) A) as [L Z].
  rewrite (proj2 (N.eqb_neq _ _) Z). apply wp_bind.
  eapply wp_gets; [eapply gets_vidt_slot; [exact R|exact I|exact M1|by apply (N.mod_lt _ 1024)]|].
  eapply wp_leave; [exact R|exact I|partition|exact L].
Qed.

(** ** Interrupts and faults *)
Lemma wp_save_at_slot ρ V m r t c slot f (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> is_partition ρ c ->
  may_read V c vidt_page = true -> slot < 1024 -> let save_at := vidt_slot V c slot in
  (forall m' r', rep ρ (if all_of_context (may_write V c) save_at then saved (context_at V c save_at) (marked r f) V
    else V) m' -> Q tt (State m' c r' t)) -> wp (save_at_slot c (pg V c vidt_page) slot f) Q (State m c r t).
Proof.
  intros R I Pc M Hs save_at HQ. unfold save_at_slot. open_tests. apply wp_bind.
  eapply wp_gets with (a := save_at); [eapply gets_vidt_slot; done|].
  apply wp_bind. eapply wp_gets; [by eapply gets_writable_context|].
  destruct (all_of_context (may_write V c) save_at) eqn:A; [|rewrite N.eqb_refl; by apply wp_ret, HQ].
  destruct (context_loadable ρ V (State m c r t) R I c save_at (may_write V c) Pc) as [L Z]; [intros; by apply
    writable_readable|done|]. rewrite (proj2 (N.eqb_neq _ _) Z). eapply wp_save; [exact R|exact L|]. intros m' R'.
  by apply HQ.
Qed.

Lemma wp_save_interrupted ρ V m r t c (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> is_partition ρ c ->
  (forall m' r', rep ρ (interrupted V c r) m' -> Q tt (State m' c r' t)) -> wp (save_interrupted c) Q (State m c r t).
Proof.
  intros R I Pc HQ. unfold save_interrupted, interrupted in *. open_tests. apply wp_bind.
  eapply wp_gets; [eapply gets_interrupt_state; [exact R|exact Pc]|]. apply wp_bind.
  eapply wp_gets; [eapply gets_mapping; [exact R|exact Pc]|]. rewrite user_mapping. cbv zeta in HQ.
  destruct (may_read V c vidt_page) eqn:M; cbn [andb] in HQ; cbn [negb]; [|by apply wp_ret, HQ].
  rewrite (frame_of_mapping _ _ _ M). destruct (v_vsti V c); by eapply wp_save_at_slot.
Qed.

Lemma inv_interrupted ρ V c r : inv ρ V -> inv ρ (interrupted V c r).
Proof.
  intros I. unfold interrupted. case_match; [|done]. eapply inv_stored; [|exact I].
  by apply (stored_saved (fun _ => True)).
Qed.

(** What a partition has ready for a vector. *)
Definition handler_of V c (vector : word) : context :=
  if has_handler V c vector then context_at V c (vidt_word V c vector) else no_context c.

Lemma gets_handler_in ρ V s c vector : rep ρ V (mem s) -> inv ρ V -> is_partition ρ c ->
  gets (handler_in c vector) s (handler_of V c vector).
Proof.
  intros R I Pc. unfold handler_in, handler_of, has_handler. open_tests.
  eapply gets_bind; [by eapply gets_mapping|]. rewrite user_mapping.
  destruct (may_read V c vidt_page) eqn:M; cbn [andb negb]; [|apply gets_ret].
  rewrite (frame_of_mapping _ _ _ M). by eapply gets_handler_context.
Qed.

Lemma handler_loadable ρ V (s : state) c vector : rep ρ V (mem s) -> inv ρ V -> is_partition ρ c ->
  has_handler V c vector = true -> handler_of V c vector = context_at V c (vidt_word V c vector)
  /\ loadable ρ (handler_of V c vector) /\ context_first (handler_of V c vector) <> 0.
Proof.
  intros R I Pc Hh. unfold handler_of. rewrite Hh. split; [done|]. apply andb_true_iff in Hh as [_ A].
  by eapply context_loadable.
Qed.

(** Whoever is told. *)
Lemma gets_handler_from ρ V s fuel : rep ρ V (mem s) -> inv ρ V -> forall c vector, is_partition ρ c ->
  exists z, gets (handler_from fuel c vector) s z /\ match told fuel V c vector with
  | Some (a, w) => z = context_at V a (vidt_word V a w) /\ loadable ρ z /\ context_first z <> 0
  | None => context_first z = 0 end.
Proof.
  intros R I. induction fuel as [|fuel IH]; intros c vector Pc; cbn [handler_from told]; open_tests.
  { eexists. split; [apply gets_ret|done]. }
  destruct (N.eqb_spec c 0) as [->|Hn]; [destruct Pc as [n E], R as [C _]; by rewrite (co_zero _ _ C) in E|].
  pose proof (gets_handler_in ρ V s c vector R I Pc) as G. pose proof (handler_loadable ρ V s c vector R I Pc) as L.
  destruct (has_handler V c vector) eqn:Hh.
  { destruct (L eq_refl) as (E&L1&L2). exists (handler_of V c vector). split; [|done]. eapply gets_bind; [exact G|].
    rewrite (proj2 (N.eqb_neq _ _) L2). apply gets_ret. }
  unfold handler_of in G. rewrite Hh in G. destruct (N.eqb_spec c root_partition) as [Er|Hr].
  - pose proof (gets_handler_in ρ V s c double_fault R I Pc) as G'.
    pose proof (handler_loadable ρ V s c double_fault R I Pc) as L'. exists (handler_of V c double_fault). split.
    + eapply gets_bind; [exact G|]. cbn [context_first no_context]. rewrite N.eqb_refl. cbn [negb]. by rewrite <- Er.
    + destruct (has_handler V c double_fault) eqn:Hd; [by apply L'|]. unfold handler_of. by rewrite Hd.
  - pose proof Pc as [n E]. pose proof (parent_role _ _ _ _ _ R E) as Y.
    destruct (IH (v_parent V c) double_fault) as (z&Gz&Z).
    { destruct n as [|n]; destruct Y as [Y Y']; [done|by exists n]. }
    exists z. split; [|exact Z]. eapply gets_bind; [exact G|]. cbn [context_first no_context]. rewrite N.eqb_refl.
    cbn [negb]. eapply gets_bind; [by eapply gets_parent_of|exact Gz].
Qed.

Lemma gets_nearest_handler ρ V s c vector : rep ρ V (mem s) -> inv ρ V -> c = 0 \/ is_partition ρ c ->
  exists z, gets (nearest_handler c vector) s z /\ match told page_fuel V c vector with
  | Some (a, w) => z = context_at V a (vidt_word V a w) /\ loadable ρ z /\ context_first z <> 0
  | None => context_first z = 0 end.
Proof.
  intros R I Hc. unfold nearest_handler. open_tests. destruct (N.eqb_spec c 0) as [->|Hn].
  { eexists. split; [apply gets_ret|]. destruct page_fuel; cbn [told]; by rewrite ?N.eqb_refl. }
  destruct Hc as [|Pc]; [done|]. destruct (gets_handler_from ρ V s page_fuel R I c vector Pc) as (z&G&Z).
  pose proof (gets_handler_in ρ V s c vector R I Pc) as G1.
  destruct (has_handler V c vector) eqn:Hh.
  - destruct (handler_loadable ρ V s c vector R I Pc Hh) as (E&L&L'). exists (handler_of V c vector). split.
    + eapply gets_bind; [exact G1|]. rewrite (proj2 (N.eqb_neq _ _) L'). apply gets_ret.
    + destruct Pc as [n Pc]. pose proof (depth_lt _ _ _ _ _ R Pc). destruct page_fuel; [lia|]. cbn [told].
      by rewrite (proj2 (N.eqb_neq _ _) Hn), Hh.
  - exists z. split; [|exact Z]. eapply gets_bind; [exact G1|]. unfold handler_of. rewrite Hh.
    cbn [context_first no_context]. by rewrite N.eqb_refl.
Qed.

Lemma wp_interrupt_to ρ V s z : holds ρ V s -> loadable ρ z -> context_first z <> 0 ->
  wp (interrupt_to z) (fun st s' => st = DONE /\ wakes ρ z (interrupted V (current s) (registers s)) s') s.
Proof.
  intros (R&I&Pc&T) L Z. destruct s as [m x r t]. cbn in *. unfold interrupt_to. open_tests.
  rewrite (proj2 (N.eqb_neq _ _) Z). step. apply wp_bind. eapply wp_save_interrupted; [exact R|exact I|exact Pc|].
  intros m1 r1 R1. apply wp_bind. eapply wp_wake; [exact R1|by apply inv_interrupted|done|]. intros s' W.
  by apply wp_ret.
Qed.

(** A hardware interrupt passes control to the root, or nothing changes because the root has no handler. *)
Theorem deliverInterrupt_spec ρ V s vector : holds ρ V s -> wp (deliverInterrupt vector) (fun st s' =>
    decides (first_failing [(has_handler V root_partition vector, NO_HANDLER)]) st s s'
      (wakes ρ (context_at V root_partition (vidt_word V root_partition vector))
        (interrupted V (current s) (registers s)) s')) s.
Proof.
  intros Hs. pose proof Hs as (R & I & _ & _). assert (is_partition ρ root_partition) as Pr by (eexists; apply I).
  unfold deliverInterrupt, root. apply wp_bind. eapply wp_gets; [by eapply gets_handler_in|].
  pose proof (handler_loadable ρ V s root_partition vector R I Pr) as L. cbn [first_failing].
  destruct (has_handler V root_partition vector) eqn:Hh.
  - destruct (L eq_refl) as (E&L1&L2). rewrite <- E. eapply wp_mono; [by eapply wp_interrupt_to|]. cbn.
    intros st s' [-> W]. by accept.
  - unfold handler_of. rewrite Hh. unfold interrupt_to. open_tests. cbn. refuse.
Qed.

Lemma parent_or_none ρ V m c n : rep ρ V m -> ρ c = Partition n -> v_parent V c = 0 \/ is_partition ρ (v_parent V c).
Proof.
  intros R E. pose proof (parent_role _ _ _ _ _ R E) as Y.
  destruct n as [|n]; destruct Y as [_ Y]; [by left|right; by exists n].
Qed.

(** A fault passes control to an ancestor of the partition that caused it, or nothing changes because none has a
    handler. *)
Theorem deliverFault_spec ρ V s vector : holds ρ V s -> wp (deliverFault vector) (fun st s' =>
  match told page_fuel V (v_parent V (current s)) vector with
  | Some (a, w) => st = DONE /\ wakes ρ (context_at V a (vidt_word V a w)) (interrupted V (current s) (registers s)) s'
  | None => st = NO_HANDLER /\ s' = s end) s.
Proof.
  intros Hs. pose proof Hs as (R&I&[n E]&_).
  destruct (gets_nearest_handler ρ V s _ vector R I (parent_or_none _ _ _ _ _ R E)) as (z&G&Z).
  unfold deliverFault. apply wp_bind, wp_current_partition. apply wp_bind.
  eapply wp_gets; [eapply gets_parent_of; [exact R|by exists n]|]. apply wp_bind. eapply wp_gets; [exact G|].
  destruct (told _ _ _ _) as [[a w]|].
  - destruct Z as (<-&L&Z). by apply wp_interrupt_to.
  - unfold interrupt_to. open_tests. rewrite Z, N.eqb_refl. by apply wp_ret.
Qed.

(** No child can stop the machine by a fault or a software interrupt, whatever the partitions between it and the root
    have done: if the root has a context ready for double faults, somebody takes control. *)
Definition root_told_of_double_faults (s : state) : Prop :=
  exists z, handler_in root_partition double_fault s = Done z s /\ context_first z <> 0.

Lemma told_somebody ρ V m n : rep ρ V m -> has_handler V root_partition double_fault = true ->
  forall c w fuel, ρ c = Partition n -> (n < fuel)%nat -> is_Some (told fuel V c w).
Proof.
  intros R Hh.
  induction n as [|n IH]; intros c w [|fuel] Ec Hf; try lia; cbn [told]; (destruct (N.eqb_spec c 0) as [->|_]; [by
    rewrite (co_zero _ _ (proj1 R)) in Ec|]); destruct (has_handler V c w); eauto; destruct (parent_role _ _ _ _ _ R Ec)
    as [Hr P].
  - rewrite Hr, N.eqb_refl, Hh. eauto.
  - rewrite (proj2 (N.eqb_neq _ _) Hr). apply IH; [exact P|lia].
Qed.

Theorem fault_of_child_is_taken ρ V s vector : holds ρ V s -> current s <> root_partition ->
  root_told_of_double_faults s -> wp (deliverFault vector) (fun st _ => st = DONE) s.
Proof.
  intros Hs Hc (z&Ez&Hz). pose proof Hs as (R & I & [n Ec] & _).
  pose proof (gets_handler_in ρ V s root_partition double_fault R I ltac:(eexists; apply I)) as G. unfold gets in G.
  rewrite Ez in G. injection G as ->. assert (has_handler V root_partition double_fault = true) as Hh.
  { unfold handler_of in Hz. by destruct (has_handler V root_partition double_fault). }
  pose proof (parent_role _ _ _ _ _ R Ec) as P. destruct n as [|n]; destruct P as [P1 P2]; [done|].
  destruct (told_somebody ρ V (mem s) n R Hh _ vector page_fuel P2) as [[a w] X]; [by eapply depth_lt|].
  eapply wp_mono; [by apply (deliverFault_spec ρ V)|]. cbv beta. rewrite X. by intros st s' [-> _].
Qed.

(** ** Small services *)

(** getIntState changes nothing, and answers the state of a child. *)
Theorem getIntState_spec ρ V s child : holds ρ V s -> gets (getIntState child) s
  (let st := first_failing (getIntState_checks V (current s) child) in
   Answer st (if status_eq st DONE then flag_word (v_vsti V (child_of V (current s) child)) else 0)).
Proof.
  intros (R&I&Px&_). unfold getIntState, getIntState_checks. open_tests. cbv zeta. eapply gets_bind; [reflexivity|].
  eapply gets_bind; [by eapply gets_child_at|].
  destruct (N.eqb_spec (child_of V (current s) child) 0) as [|Z]; cbn [negb first_failing].
  { rewrite status_eq_ne by done. apply gets_ret. }
  destruct (child_of_child _ _ _ _ _ R I Z) as (_&_&C). rewrite status_eq_refl.
  eapply gets_bind; [eapply gets_interrupt_state; [exact R|apply C]|]. apply gets_ret.
Qed.

(** setIntState sets the caller's interrupt state and nothing else. *)
Theorem setIntState_spec ρ V s flags : holds ρ V s -> wp (setIntState flags) (fun st s' =>
    decides DONE st s s' (current s' = current s /\ holds ρ (with_vsti (current s) (wants_interrupts flags) V) s')) s.
Proof.
  intros (R&I&Px&T). destruct s as [m x r t]. cbn in *. unfold setIntState. step. step.
  eapply wp_set_interrupt_state; [exact R|exact Px|]. intros m' R'. step. accept. split; [done|].
  split_and!; [exact R'|by apply inv_with_vsti|exact Px|exact T].
Qed.

(** physicalAddress changes nothing. *)
Theorem physicalAddress_spec ρ V s va : holds ρ V s -> gets (physicalAddress va) s
  (let st := first_failing (physicalAddress_checks V (current s) va) in
   Answer st (if status_eq st DONE then physical_address (pg V (current s) (page_number va)) (page_offset va) else 0)).
Proof.
  intros (R&I&Px&_). unfold physicalAddress, physicalAddress_checks. open_tests. cbv zeta.
  eapply gets_bind; [reflexivity|]. destruct (N.eqb_spec (current s) root_partition); cbn [negb first_failing].
  2:{ rewrite status_eq_ne by done. apply gets_ret. }
  eapply gets_bind; [by eapply gets_readable_page|].
  pose proof (readable_data _ _ _ (current s) (page_number va) R I) as D. destruct (may_read _ _ _).
  - rewrite (proj2 (N.eqb_neq _ _) (proj2 (D eq_refl))), status_eq_refl. apply gets_ret.
  - rewrite N.eqb_refl, status_eq_ne by done. apply gets_ret.
Qed.

End Yield.
