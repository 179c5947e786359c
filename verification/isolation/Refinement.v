(* SPDX-License-Identifier: Apache-2.0 *)
(** * Refinement: the code does what the specification says, and answers what it says

    [specified V r x c ans x' V']: from the abstract state [V], the call [c] of partition [x], with registers [r],
    answers [ans] and leads to [V'], with [x'] running.  Every effect is an equation for [V']. *)
From Pip.Isolation Require Export Execution AddRemove Prepare Collect DeletePartition Yield.

Section Refinement.
Context `{Params}.
Implicit Types (V : view) (x : N) (r : N -> N).

(** The first failing check is the answer; then nothing changed; if none fails, [effect]. *)
Definition decided (checks : list (bool * status)) V x (ans : answer) x' V' (effect : Prop) : Prop :=
  answer_status ans = first_failing checks
  /\ if status_eq (first_failing checks) DONE then effect else x' = x /\ V' = V.

Definition specified V r x (c : call) (ans : answer) (x' : N) V' : Prop :=
  match c with
  | CallCreatePartition a0 a1 a2 a3 a4 => decided (createPartition_checks V x a0 a1 a2 a3 a4) V x ans x' V'
      (x' = x /\ V' = created x (page_number a0) (page_number a1) (page_number a2) (page_number a3) (page_number a4) V)
  | CallCountToMap child va => let ch := child_of V x child in
      let l := N.of_nat (lowest_level_of V ch (page_number va)) in
      decided (child_checks V x child va) V x ans x' V'
        (x' = x /\ V' = V /\ answer_value ans = pages_needed l (is_full V ch l))
  | CallPrepare child va first => let ch := child_of V x child in let d := page_number child in
      let v := page_number va in let second := next_page V x first in let third := next_page V x second in
      let fourth := next_page V x third in
      let w1 := page_number first in let w2 := page_number second in let w3 := page_number third in
      decided (prepare_checks V x child va first) V x ans x' V' (x' = x /\
        match lowest_level_of V ch v with
        | O => V' = V /\ answer_value ans = first
        | S l => if is_full V ch 1
            then answer_value ans = next_page V x fourth
              /\ V' = prepared x d ch l v w1 w2 w3 (extended x d ch (page_number fourth) V)
            else answer_value ans = fourth /\ V' = prepared x d ch l v w1 w2 w3 V
        end)
  | CallAddVAddr source child destination rd wr ex =>
      decided (addVAddr_checks V x source child destination rd wr ex) V x ans x' V' (x' = x /\
        V' = added x (page_number source) (page_number child) (child_of V x child) (page_number destination) wr ex V)
  | CallRemoveVAddr child va => let ch := child_of V x child in
      decided (removeVAddr_checks V x child va) V x ans x' V'
        (x' = x /\ V' = removed x (v_origin V ch (page_number va)) ch (page_number va) V)
  | CallMappedInChild va => decided (mappedInChild_checks V x va) V x ans x' V'
      (x' = x /\ V' = V /\ answer_value ans = address_of (gift_child (v_gift V x (page_number va))))
  | CallDeletePartition child => decided [(is_named V x child, NOT_A_CHILD)] V x ans x' V'
      (x' = x /\ V' = deleted x (page_number child) (child_of V x child) V)
  | CallCollect child va => let ch := child_of V x child in let v := page_number va in
      let l := lowest_level_of V ch v in decided (collect_checks V x child va) V x ans x' V' (x' = x /\
        match noted V ch l (prefix v l) with
        | Some place => answer_value ans = address_of (record_mmu (record_at V place))
            /\ V' = collected V x ch l (prefix v l) place
        | None => False
        end)
  | CallYield child vector slot f f' => decided (yieldTo_checks V x child vector slot) V x ans x' V'
      (x' = yield_target V x child /\ V' = yielded V x r x' vector slot f f')
  | CallGetIntState child => decided (getIntState_checks V x child) V x ans x' V'
      (x' = x /\ V' = V /\ answer_value ans = flag_word (v_vsti V (child_of V x child)))
  | CallSetIntState flags => decided [] V x ans x' V' (x' = x /\ V' = with_vsti x (wants_interrupts flags) V)
  | CallPhysicalAddress va => decided (physicalAddress_checks V x va) V x ans x' V'
      (x' = x /\ V' = V /\ answer_value ans = physical_address (pg V x (page_number va)) (page_offset va))
  | Interrupt vector => decided [(has_handler V root_partition vector, NO_HANDLER)] V x ans x' V'
      (x' = root_partition /\ V' = handled V x r root_partition vector)
  | Fault vector => match told page_fuel V (v_parent V x) vector with
      | Some (a, w) => answer_status ans = DONE /\ x' = a /\ V' = handled V x r a w
      | None => answer_status ans = NO_HANDLER /\ x' = x /\ V' = V
      end
  end.

Implicit Types (ρ : N -> role) (s : state).

(** A refusal changes nothing at all, and the state after a call is as specified. *)
Definition fulfils V s (c : call) (ans : answer) (s' : state) : Prop := (answer_status ans <> DONE -> s' = s)
  /\ exists ρ' V', holds ρ' V' s' /\ specified V (registers s) (current s) c ans (current s') V'.

(** From what a service does to its line of [specified]. *)
Lemma fulfils_decided ρ V s c ans s' checks (P : Prop) (E : N -> view -> Prop) : holds ρ V s ->
  decides (first_failing checks) (answer_status ans) s s' P ->
  (forall x' V', decided checks V (current s) ans x' V' (E x' V') ->
     specified V (registers s) (current s) c ans x' V') ->
  (P -> exists ρ' V', holds ρ' V' s' /\ E (current s') V') -> fulfils V s c ans s'.
Proof.
  intros Hs (Ea&D&U) HS HP. split; [exact U|]. destruct (status_eq (first_failing checks) DONE) eqn:B.
  - assert (first_failing checks = DONE) as F by (destruct (first_failing checks); done || by rewrite status_eq_ne in
      B). destruct HP as (ρ'&V'&Hs'&HE); [apply D; congruence|]. exists ρ', V'. split; [exact Hs'|]. apply HS.
    split; [exact Ea|by rewrite B].
  - exists ρ, V. rewrite U; [|rewrite Ea; intros F; by rewrite F, status_eq_refl in B]. split; [exact Hs|]. apply HS.
    split; [exact Ea|by rewrite B].
Qed.

(** A call that changes nothing and answers [f] when it is done. *)
Lemma fulfils_same ρ V s c (m : K answer) checks (f : N) : holds ρ V s ->
  gets m s (let st := first_failing checks in Answer st (if status_eq st DONE then f else 0)) ->
  (forall x' V' ans, decided checks V (current s) ans x' V' (x' = current s /\ V' = V /\ answer_value ans = f) ->
     specified V (registers s) (current s) c ans x' V') -> wp m (fulfils V s c) s.
Proof.
  intros Hs G HS. eapply wp_gets; [exact G|]. split; [done|]. exists ρ, V. split; [exact Hs|]. apply HS. split; [done|].
  cbn [answer_value]. by destruct (status_eq (first_failing checks) DONE).
Qed.

Lemma wp_plain (m : K status) (P : status -> state -> Prop) (Q : answer -> state -> Prop) s : wp m P s ->
  (forall st s', P st s' -> Q (Answer st 0) s') -> wp (plain m) Q s.
Proof. intros W HQ. apply wp_bind. eapply wp_mono; [exact W|]. intros st s' X. by apply wp_ret, HQ. Qed.

(** From the specification [spec] of a service to its line; with a value, or without. *)
Ltac with_value ρ V s Hs spec := eapply wp_mono; [by apply spec|]; cbv beta zeta; intros ans s' D;
  eapply (fulfils_decided ρ V s); [exact Hs|exact D|intros x' V' X; exact X|]; cbv beta.
Ltac without ρ V s Hs spec := eapply wp_plain; [by apply spec|]; cbv beta zeta; intros st s' D;
  eapply (fulfils_decided ρ V s _ (Answer st 0)); [exact Hs|exact D|intros x' V' X; exact X|].
Ltac same Hs spec := eapply fulfils_same; [exact Hs|by eapply spec|]; by intros x' V' ans X.

Theorem refinement ρ V s (c : call) : holds ρ V s -> wp (run c) (fulfils V s c) s.
Proof.
  intros Hs. destruct c; cbn [run].
  - without ρ V s Hs (createPartition_spec ρ V). intros (E&ρ'&Hs'). eexists ρ', _. by split.
  - same Hs countToMap_spec.
  - with_value ρ V s Hs (prepare_spec ρ V). intros (E&X).
    destruct (lowest_level_of _ _ _); [destruct X as [-> X]; by exists ρ, V|].
    destruct X as [ρ' X]. destruct (is_full _ _ _); destruct X as [? Hs']; eexists ρ', _; by split.
  - without ρ V s Hs (addVAddr_spec ρ V). intros (E&Hs'). eexists ρ, _. by split.
  - without ρ V s Hs (removeVAddr_spec ρ V). intros (E&Hs'). eexists ρ, _. by split.
  - same Hs mappedInChild_spec.
  - without ρ V s Hs (deletePartition_spec ρ V). intros (E&ρ'&_&Hs'). eexists ρ', _. by split.
  - with_value ρ V s Hs (collect_spec ρ V). intros (E&X). destruct (noted _ _ _ _) as [place|]; [|done].
    destruct X as (?&ρ'&Hs'). eexists ρ', _. by split.
  - without ρ V s Hs (yieldTo_spec ρ V). intros (E&Hs'&_). eexists ρ, _. split; [exact Hs'|]. by rewrite E.
  - same Hs getIntState_spec.
  - eapply wp_plain; [by apply (setIntState_spec ρ V)|]. cbv beta zeta. intros st s' D.
    eapply (fulfils_decided ρ V s _ (Answer st 0) _ []); [exact Hs|exact D|intros x' V' X; exact X|].
    intros (E&Hs'). eexists ρ, _. by split.
  - same Hs physicalAddress_spec.
  - without ρ V s Hs (deliverInterrupt_spec ρ V). intros (E&Hs'&_). eexists ρ, _. split; [exact Hs'|]. by rewrite E.
  - eapply wp_plain; [by apply (deliverFault_spec ρ V)|]. cbv beta. intros st s' X. unfold fulfils. cbn [specified].
    destruct (told _ _ _ _) as [[a w]|]; [destruct X as [-> (E&Hs'&_)]|destruct X as [-> ->]].
    + split; [by intros []|]. eexists ρ, _. split; [exact Hs'|]. by rewrite E.
    + split; [done|]. by exists ρ, V.
Qed.

(** ** Every step keeps the invariant, and none is undefined *)

(** Any call, with any arguments, in any state that is as it should be, ends, in such a state again. *)
Theorem serve_keeps_wf c s : wf s -> wp (serve c) (fun _ s' => wf s') s.
Proof.
  intros (ρ&V&Hs). apply wp_bind. eapply wp_mono; [by apply (refinement ρ V)|]. intros ans s' (_&ρ'&V'&Hs'&_).
  apply wp_ret. by exists ρ', V'.
Qed.

(** The translation buffer and the tables agree, so it does not matter which the hardware uses. *)
Lemma translates_view ρ V s v e : holds ρ V s -> translates s v e -> e = v_entry V (current s) v.
Proof. intros (R&_&[n Ec]&T) [-> | ->]; [apply T|]. by eapply mmu_entry_view. Qed.

(** Whatever user mode may access is user data. *)
Lemma permitted_data s v e (x : access) : wf s -> translates s v e -> permits e x = true ->
  exists f, mem s (e_frame e) = Data f.
Proof.
  intros (ρ&V&Hs) Ht [U _]%andb_true_iff. pose proof (translates_view _ _ _ _ _ Hs Ht) as ->. destruct Hs as (R&I&_).
  eexists. eapply user_data; [exact R|]. by apply (inv_kernel _ _ I).
Qed.

(** What user mode writes goes there. *)
Lemma user_write ρ V s v e i w s' : holds ρ V s -> translates s v e -> e_user e = true ->
  write_word (e_frame e) i w s = Done tt s' -> current s' = current s /\ let p := pg V (current s) v in
  holds ρ (with_data p (update (v_data V p) i w) V) s'.
Proof.
  intros Hs Ht U E. pose proof (translates_view _ _ _ _ _ Hs Ht) as ->. destruct Hs as (R&I&[n Ec]&T).
  destruct s as [m x r t]. cbn in *. assert (i < 1024) as Hi.
  { unfold write_word in E. destruct (i <? 1024) eqn:B; [by apply N.ltb_lt|done]. }
  assert (wp (write_word (pg V x v) i w) (fun _ s2 => current s2 = x /\ holds ρ (with_data (pg V x v) (update (v_data V
    (pg V x v)) i w) V) s2) (State m x r t)) as X.
  { eapply wp_write_word; [exact R|by apply (inv_kernel _ _ I)|exact Hi|]. intros m' R'. split; [done|].
    split_and!; [exact R'| |by exists n|exact T]. destruct I. by split. }
  apply wp_done in X as (a&s2&E'&X). unfold pg in E'. congruence.
Qed.

Theorem step_keeps_wf s s' : wf s -> step_to s s' -> wf s'.
Proof.
  intros W. destruct 1 as [c s s' E|s s' v e i w Ht [U Hw]%andb_true_iff E|s r].
  - pose proof (serve_keeps_wf c s W) as X. apply wp_done in X as (a&s2&E'&X). congruence.
  - destruct W as (ρ&V&Hs). destruct (user_write _ _ _ _ _ _ _ _ Hs Ht U E) as [_ X]. by eexists _, _.
  - destruct W as (ρ&V&R&I&P&T). by exists ρ, V.
Qed.

Theorem steps_keep_wf s s' : wf s -> steps_to s s' -> wf s'.
Proof. intros W. induction 1; eauto using step_keeps_wf. Qed.

End Refinement.
