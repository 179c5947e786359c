(* SPDX-License-Identifier: Apache-2.0 *)
(** * Refinement: the code does what the specification says, and answers what it says

    [specified V full x c ans x' V']: from the abstract state [V], the call [c] of partition [x] answers [ans] and leads
    to [V'], with [x'] running.  [full c l]: the configuration list of [c] lacks the room for [l] more records. *)
From Pip.Isolation Require Export MoreAnswers.
From Pip.Services Require Import AddRemove CreatePartition Prepare Collect DeletePartition Yield Deliver State.

Section Specified.
Context `{Params}.
Implicit Types (V : view) (x : N) (full : N -> N -> bool).

(** The first failing check is the answer; then nothing changed; if none fails, [effect]. *)
Definition decided (checks : list (bool * status)) V x (ans : answer) x' V' (effect : Prop) : Prop :=
  answer_status ans = first_failing checks
  /\ if status_eq (first_failing checks) DONE then effect else x' = x /\ V' = V.

Definition specified V full x (c : call) (ans : answer) (x' : N) V' : Prop :=
  match c with
  | CallCreatePartition a0 a1 a2 a3 a4 => decided (createPartition_checks V x a0 a1 a2 a3 a4) V x ans x' V'
      (x' = x /\ V' = created x (page_number a0) (page_number a1) (page_number a2) (page_number a3) (page_number a4) V)
  | CallCountToMap child va => let ch := child_of V x child in
      let l := N.of_nat (lowest_level_of V ch (page_number va)) in
      decided (child_checks V x child va) V x ans x' V'
        (x' = x /\ V' = V /\ answer_value ans = pages_needed l (full ch l))
  | CallPrepare child va first => let ch := child_of V x child in let d := page_number child in
      let v := page_number va in let second := next_page V x first in let third := next_page V x second in
      let fourth := next_page V x third in
      let w1 := page_number first in let w2 := page_number second in let w3 := page_number third in
      decided (prepare_checks V x (full ch 1) child va first) V x ans x' V' (x' = x /\
        match lowest_level_of V ch v with
        | O => V' = V /\ answer_value ans = first
        | S l => if full ch 1
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
      (x' = x /\ exists dead, deletion V x (page_number child) (child_of V x child) dead V')
  | CallCollect child va => let ch := child_of V x child in let v := page_number va in
      let l := lowest_level_of V ch v in
      exists listed, decided (collect_checks V x listed child va) V x ans x' V'
        (x' = x /\ exists v1, answer_value ans = address_of v1 /\ collected V x ch l (prefix v l) v1 V')
  | CallYield child vector slot f f' => decided (yieldTo_checks V x child vector slot) V x ans x' V'
      (x' = yield_target V x child /\ passing V x x' V')
  | CallGetIntState child => decided (getIntState_checks V x child) V x ans x' V'
      (x' = x /\ V' = V /\ answer_value ans = flag_word (v_vsti V (child_of V x child)))
  | CallSetIntState flags => decided [] V x ans x' V' (x' = x /\ V' = with_vsti x (wants_interrupts flags) V)
  | CallPhysicalAddress va => decided (physicalAddress_checks V x va) V x ans x' V'
      (x' = x /\ V' = V /\ answer_value ans = physical_address (pg V x (page_number va)) (page_offset va))
  | Interrupt vector => decided [(has_handler V root_partition vector, NO_HANDLER)] V x ans x' V'
      (x' = root_partition /\ passing V x x' V')
  | Fault vector => match told page_fuel V (v_parent V x) vector with
      | Some a => answer_status ans = DONE /\ x' = a /\ passing V x x' V'
      | None => answer_status ans = NO_HANDLER /\ x' = x /\ V' = V
      end
  end.

(** What a call answers: a status, and a value where the service has one. *)
Definition plain (m : K status) : K answer := let! st := m in ret (Answer st 0).
Definition run (c : call) : K answer :=
  match c with
  | CallCreatePartition d m s1 s2 l => plain (createPartition d m s1 s2 l)
  | CallCountToMap child va => countToMap child va
  | CallPrepare child va first => prepare child va first
  | CallAddVAddr source child destination r w x => plain (addVAddr source child destination r w x)
  | CallRemoveVAddr child va => plain (removeVAddr child va)
  | CallMappedInChild va => mappedInChild va
  | CallDeletePartition child => plain (deletePartition child)
  | CallCollect child va => collect child va
  | CallYield child vector slot f f' => plain (yieldTo child vector slot f f')
  | CallGetIntState child => getIntState child
  | CallSetIntState flags => plain (setIntState flags)
  | CallPhysicalAddress va => physicalAddress va
  | Interrupt vector => plain (deliverInterrupt vector)
  | Fault vector => plain (deliverFault vector)
  end.

End Specified.

Section Refinement.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (s : state).

(** The state after a call is as specified. *)
Definition fulfils ρ V s (c : call) (ans : answer) (s' : state) : Prop := exists ρ' V', holds ρ' V' s'
  /\ specified V (is_full V (mem s)) (current s) c ans (current s') V'.

Lemma wp_answers {A} (m : K A) (P : A -> state -> Prop) (P' : A -> Prop) (Q : A -> state -> Prop) s : wp m P s ->
  answers m s P' -> (forall a s', P a s' -> P' a -> Q a s') -> wp m Q s.
Proof.
  intros W Y HQ. apply wp_done in W as (a&s'&E&X). apply wp_done. exists a, s'. split; [exact E|]. apply HQ; [done|].
  by eapply Y.
Qed.

Lemma wp_plain (m : K status) (P : status -> state -> Prop) (P' : status -> Prop) (Q : answer -> state -> Prop) s :
  wp m P s -> answers m s P' -> (forall st s', P st s' -> P' st -> Q (Answer st 0) s') -> wp (plain m) Q s.
Proof. intros W Y HQ. apply wp_bind. eapply wp_answers; [exact W|exact Y|]. intros st s' X X'. by apply wp_ret, HQ. Qed.

Lemma wp_gets {A} (m : K A) s a (Q : A -> state -> Prop) : gets m s a -> Q a s -> wp m Q s.
Proof. intros G HQ. apply wp_done. by exists a, s. Qed.

(** From a specification of the effect and one of the answer. *)
Lemma decided_done checks V x ans x' V' (E : Prop) : answer_status ans = first_failing checks ->
  first_failing checks = DONE -> E -> decided checks V x ans x' V' E.
Proof. intros Ea F HE. unfold decided. by rewrite F, status_eq_refl in *. Qed.

Lemma decided_cases V s s' checks ans (P : Prop) : answer_status ans = first_failing checks ->
  decides (answer_status ans) s s' P ->
  (first_failing checks = DONE /\ P) \/ (s' = s /\ forall E, decided checks V (current s) ans (current s) V E).
Proof.
  intros Ea [D U]. destruct (status_eq (first_failing checks) DONE) eqn:B; [left|right].
  - assert (first_failing checks = DONE) as F by (destruct (first_failing checks);
    done || by rewrite status_eq_ne in B).
    split; [done|]. apply D. congruence.
  - split; [|intros E; unfold decided; by rewrite B]. apply U. intros F. rewrite Ea in F.
    by rewrite F, status_eq_refl in B.
Qed.

(** A call that changes nothing and answers [f] when it is done. *)
Lemma decided_same ρ V s checks (f : N) (E : N -> Prop) : holds ρ V s -> E f ->
  let st := first_failing checks in let ans := Answer st (if status_eq st DONE then f else 0) in
  exists ρ' V', holds ρ' V' s
    /\ decided checks V (current s) ans (current s) V' (current s = current s /\ V' = V /\ E (answer_value ans)).
Proof.
  intros Hs HE. cbv zeta. exists ρ, V. split; [done|]. unfold decided. cbn [answer_status answer_value].
  by destruct (status_eq (first_failing checks) DONE).
Qed.

(** The child that a service found is the child that the specification names. *)
Lemma named_child ρ V s a c : holds ρ V s -> is_child ρ V (current s) (page_number a) c -> user_address a = true ->
  child_of V (current s) a = c.
Proof. intros Hs C U. unfold child_of. by rewrite U, (child_gift _ _ _ _ _ C), (child_page _ _ _ _ _ C). Qed.

Lemma named_address V x (a : word) : is_named V x a = true -> user_address a = true.
Proof. unfold is_named, child_of. by destruct (user_address a). Qed.

(** A child is named if the checks [F] were passed. *)
Ltac named V s F := match goal with |- user_address ?a = true => apply (named_address V (current s) a); revert F;
    cbn [first_failing app]; destruct (is_named V (current s) a); [done|]; repeat case_match; done end.

(** A named child and a user address are among the first checks. *)
Lemma child_checks_done V x child va l : first_failing (child_checks V x child va ++ l) = DONE ->
  user_address child = true /\ is_user_page (page_number va) = true.
Proof.
  unfold child_checks. cbn. destruct (is_named V x child) eqn:N; [|done]. unfold user_address.
  destruct (page_aligned va && is_user_page (page_number va)) eqn:U; [|done]. intros _.
  split; [by eapply named_address|]. by apply andb_true_iff in U as [_ U].
Qed.

(** *** deletePartition *)
Lemma descriptor_given ρ V a d ch : inv ρ V -> is_child ρ V a d ch -> gift_child (v_gift V a d) = d.
Proof.
  intros I [Cd Cp Cpr Cn Cz [n E] Cpar Cr _]. destruct (inv_structure _ _ I ch ch) as (w&G1&G2&G3&G4&G5);
    [unfold owner; by rewrite E|done|]. rewrite Cpar in *.
  assert (w = d) as -> by (eapply (inv_once _ _ I); eauto; congruence).
  eapply (inv_once _ _ I); [apply (inv_gift _ _ I), (proj1 (inv_child _ _ I _ _ G4))|exact Cpr|congruence].
Qed.

Lemma deleted_deletion ρ V m a d ch dead ρ' V' : rep ρ V m -> inv ρ V -> inv ρ' V' -> is_child ρ V a d ch ->
  deleted ρ V a d ch dead ρ' V' -> deletion V a d ch dead V'.
Proof.
  intros R I I' C ([S1 S2 S3]&Da&[_ Pt Po Pp Pv Pl Pe _ Pg Pdone Pd]).
  pose proof (descriptor_given _ _ _ _ _ I C) as Gd.
  assert (forall v, gift_child (v_gift (without dead (with_gift a d (gift_of d) V)) a v) = gift_child (v_gift V a v))
    as Eg.
  { intros v. cbn. rewrite Da. unfold set2. case_decide as E; [|done]. by destruct E as [_ ->]. }
  assert (forall v, gift_child (v_gift V a v) = d -> v < vaddr_limit) as Hlim.
  { intros v G. eapply user_page_limit, pres_user_page; [exact R|]. apply (inv_gift _ _ I). rewrite G. apply C. }
  assert (forall v, v_entry (without dead (with_gift a d (gift_of d) V)) a v = v_entry V a v) as Ea
    by (intros v; cbn; by rewrite Da).
  split; try done.
  - intros c [p T] Hr Hc. destruct (table_partition _ _ _ _ _ _ _ _ R T) as [n E].
    destruct n as [|n]; [by apply (root_only _ _ _ _ R) in E|]. by apply (S2 c n).
  - intros c Dc. rewrite Pt, Pl, Po. cbn. rewrite Dc. split_and!; try done. intros v. split_and!; [| |done].
    + destruct (Pe c v) as [->|[E _]]; cbn in *; rewrite Dc in *; [done|].
      assert (e_user (v_entry V' c v) = true) as U by by rewrite E. apply (inv_user _ _ I') in U. unfold pres in U.
      by rewrite E in U.
    + rewrite Pg, decide_False by (intros [-> _]; congruence). cbn. by rewrite Dc.
  - intros c Dc. rewrite Pt, Pl, Po. cbn. by rewrite Dc.
  - intros c. by rewrite Pp.
  - intros c. by rewrite Pv.
  - intros c v Dc. rewrite Pg. destruct (decide (c = a /\ gift_child (v_gift V a v) = d)) as [[-> G]|Hn].
    + rewrite decide_True; [done|]. rewrite Eg. auto.
    + rewrite decide_False by (rewrite Eg; tauto). cbn. rewrite Dc. apply set2_ne. intros [-> ->]. tauto.
  - intros w G. destruct (Pdone w) as (U&_&Z); [auto|by rewrite Eg|]. split; [done|]. intros Uw i. unfold pg in Z.
    rewrite Ea in Z. unfold pg. by rewrite Z.
  - intros c v Dc. destruct (Pe c v) as [->|(->&w&G&E)]; cbn; rewrite Dc; [by left|right]. split; [done|]. exists w.
    rewrite Eg in G. split; [done|]. unfold pg in *. rewrite Ea in E. cbn in E. by rewrite Dc in E.
  - intros p. destruct (Pd p) as [->|(w&G&E&U)]; [by left|right]. exists w. rewrite Eg in G. unfold pg in *.
    by rewrite Ea in E, U.
Qed.

(** *** Passing control *)
Lemma passed_passing ρ V x target s' : passed ρ V x target s' ->
  exists V', holds ρ V' s' /\ current s' = target /\ passing V x target V'.
Proof.
  intros (V1&f&(dt&->&Hd)&Ec&Hs'&Hf). eexists. split; [exact Hs'|]. split; [done|]. by split.
Qed.

Lemma deliverFault_told ρ V s vector : holds ρ V s -> wp (deliverFault vector) (fun st s' =>
  match told page_fuel V (v_parent V (current s)) vector with
  | Some a => st = DONE /\ passed ρ V (current s) a s'
  | None => st = NO_HANDLER /\ s' = s
  end) s.
Proof.
  intros Hs. pose proof Hs as (R&I&[n E]&_). pose proof (parent_role _ _ _ _ _ R E) as Y.
  assert (v_parent V (current s) = 0 \/ is_partition ρ (v_parent V (current s))) as Hp.
  { destruct n as [|n]; destruct Y as [_ Y]; [by left|right; by exists n]. }
  destruct (gets_handler_from _ _ _ Hs page_fuel _ vector Hp) as (z&G&Z).
  assert (context_first z = 0 \/ loadable ρ z) as L.
  { assert (wp (handler_from page_fuel (v_parent V (current s)) vector)
      (fun y _ => context_first y = 0 \/ loadable ρ y) s) as W.
    { destruct s as [m x r t]. eapply wp_handler_from; [exact R|exact I|by left|exact Hp|by right]. }
    apply wp_done in W as (y&s2&E2&L). unfold gets in G. rewrite G in E2. by injection E2 as <- _. }
  unfold deliverFault. apply wp_bind. eapply wp_gets; [apply gets_current|]. apply wp_bind.
  eapply wp_gets; [by apply (gets_parent_of _ _ _ R); exists n|]. apply wp_bind. eapply wp_gets; [exact G|].
  destruct (told _ _ _ _) as [a|].
  - destruct Z as [<- Z]. destruct L as [|L]; [done|]. by apply wp_interrupt_to.
  - unfold interrupt_to. open_tests. rewrite Z, N.eqb_refl. by apply wp_ret.
Qed.

Ltac cases V D Ea := destruct (decided_cases V _ _ _ _ _ Ea D) as [[F X]|[-> X]]; [clear D|eexists _, V; split;
  [eassumption|apply X]].

Theorem refinement ρ V s (c : call) : holds ρ V s -> wp (run c) (fulfils ρ V s c) s.
Proof.
  intros Hs. unfold fulfils. destruct c; cbn [run specified]; cbv zeta.
  - eapply wp_plain; [by apply (createPartition_spec ρ V)|by eapply createPartition_answers|]. cbv beta zeta.
    intros st s' D Ea%eq_sym. cases V D (Ea : answer_status (Answer st 0) = _). destruct X as (_&E&ρ'&Hs').
    eexists ρ', _. split; [exact Hs'|]. by apply decided_done.
  - eapply wp_gets; [by eapply countToMap_answers|]. cbv zeta. by apply (decided_same ρ V s _ _ (fun f => f = _)).
  - eapply wp_answers; [by apply (prepare_spec ρ V)|by eapply prepare_answers|]. cbv beta. intros ans s' D Ea.
    cases V D Ea. destruct X as (ch&C&E&X).
    destruct (child_checks_done _ _ _ _ _ F) as [Uc U].
    rewrite (named_child ρ V s child ch) in * by done. pose proof (child_partition _ _ _ _ _ C) as Pc.
    pose proof Hs as (R&I&_&_). destruct X as [(->&Ev&T)|(l&ρ'&V'&Hs'&N&T&_&_&_&X)].
    + exists ρ, V. split; [done|]. apply decided_done; [done..|]. split; [done|].
      by rewrite <- (lowest_level_raw _ _ _ R I _ Mmu 0 _ Pc U T Logic.I).
    + exists ρ', V'. split; [done|]. apply decided_done; [done..|]. split; [done|].
      rewrite <- (lowest_level_raw _ _ _ R I _ Mmu (S l) _ Pc U T N). by destruct X as [(->&?&->)|(->&_&?&->)].
  - eapply wp_plain; [by apply (addVAddr_spec ρ V)|by eapply addVAddr_answers|]. cbv beta zeta.
    intros st s' D Ea%eq_sym. cases V D (Ea : answer_status (Answer st 0) = _). destruct X as (ch&C&E&_&_&_&_&Hs').
    eexists ρ, _. split; [exact Hs'|]. apply decided_done; [done..|]. split; [done|].
    rewrite (named_child ρ V s child ch); [done..|]. unfold addVAddr_checks in F. named V s F.
  - eapply wp_plain; [by apply (removeVAddr_spec ρ V)|by eapply removeVAddr_answers|]. cbv beta zeta.
    intros st s' D Ea%eq_sym. cases V D (Ea : answer_status (Answer st 0) = _). destruct X as (ch&C&E&_&_&_&Hs').
    eexists ρ, _. split; [exact Hs'|]. apply decided_done; [done..|]. split; [done|].
    rewrite (named_child ρ V s child ch); [done..|]. unfold removeVAddr_checks in F. named V s F.
  - eapply wp_gets; [by eapply mappedInChild_answers|]. cbv zeta. by apply (decided_same ρ V s _ _ (fun f => f = _)).
  - eapply wp_plain; [by apply (deletePartition_spec ρ V)|by eapply deletePartition_answers|]. cbv beta zeta.
    intros st s' D Ea%eq_sym.
    cases V D (Ea : answer_status (Answer st 0) = first_failing [(is_named V (current s) child, NOT_A_CHILD)]).
    destruct X as (ch&dead&ρ'&V'&C&E&X&Hs'). exists ρ', V'. split; [done|]. apply decided_done; [done..|].
    split; [done|]. exists dead. rewrite (named_child ρ V s child ch); [|done..|named V s F].
    destruct Hs as (R&I&_), Hs' as (_&I'&_). by eapply deleted_deletion.
  - eapply wp_answers; [by apply (collect_spec ρ V)|by eapply collect_answers|]. cbv beta. intros ans s' D [listed Ea].
    destruct (decided_cases V _ _ _ _ _ Ea D) as [[F X]|[-> X]]; [|exists ρ, V; split; [done|]; exists listed; apply X].
    destruct X as (ch&l&ρ'&V'&C&E&Hs'&[z (T&_&N&_)]&X). exists ρ', V'. split; [done|]. exists listed.
    destruct (child_checks_done _ _ _ _ _ F) as [Uc U]. apply decided_done; [done..|]. split; [done|].
    rewrite (named_child ρ V s child ch) by done. destruct Hs as (R&I&_).
    rewrite <- (lowest_level_raw _ _ _ R I ch Mmu l (page_number va)); [done|apply C|done|by eexists|done].
  - eapply wp_plain; [by apply (yieldTo_spec ρ V)|by eapply yieldTo_answers|]. cbv beta zeta.
    intros st s' D Ea%eq_sym. cases V D (Ea : answer_status (Answer st 0) = _). destruct X as (t&P&Ht).
    destruct (passed_passing _ _ _ _ _ P) as (V'&Hs'&E&X). exists ρ, V'. split; [done|]. apply decided_done; [done..|].
    rewrite E. split; [|done]. unfold yieldTo_checks, yield_target in *. destruct Ht as [[-> ->]|C]; [done|].
    destruct (N.eqb_spec child 0) as [->|Hc]; [by destruct (child_name _ _ _ _ _ C)|].
    rewrite (named_child ρ V s child t); [done..|]. revert F. cbn [first_failing]. unfold child_of.
    destruct (user_address child); [done|]. cbn. by repeat case_match.
  - eapply wp_gets; [by eapply getIntState_answers|]. cbv zeta. by apply (decided_same ρ V s _ _ (fun f => f = _)).
  - apply wp_bind. eapply wp_mono; [by apply (setIntState_spec ρ V)|]. cbv beta. intros st s' (->&E&Hs').
    apply wp_ret. eexists ρ, _. split; [exact Hs'|]. by apply decided_done.
  - eapply wp_gets; [by eapply physicalAddress_answers|]. cbv zeta. by apply (decided_same ρ V s _ _ (fun f => f = _)).
  - eapply wp_plain; [by apply (deliverInterrupt_spec ρ V)|by eapply deliverInterrupt_answers|]. cbv beta zeta.
    intros st s' D Ea%eq_sym.
    cases V D (Ea : answer_status (Answer st 0) = first_failing [(has_handler V root_partition vector, NO_HANDLER)]).
    destruct (passed_passing _ _ _ _ _ X) as (V'&Hs'&E&Y). exists ρ, V'. split; [done|]. apply decided_done; [done..|].
    by rewrite E.
  - apply wp_bind. eapply wp_mono; [by apply (deliverFault_told ρ V)|]. cbv beta. intros st s' X. apply wp_ret.
    destruct (told _ _ _ _) as [a|].
    + destruct X as [-> P]. destruct (passed_passing _ _ _ _ _ P) as (V'&Hs'&E&Y). exists ρ, V'. by rewrite E.
    + destruct X as [-> ->]. by exists ρ, V.
Qed.

End Refinement.
