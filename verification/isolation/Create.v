(* SPDX-License-Identifier: Apache-2.0 *)
(** * createPartition keeps the invariant, and does what it says *)
From Pip.Isolation Require Export NewPartition.
From Pip.Services Require Import CreatePartition.

Section Create.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u d : N) (n : nat).

(** The invariant for a new partition in page [pd], of which all pages were given by [a] and are hidden. *)
Lemma inv_new_partition ρ ρ' V a n d pd desc nt : inv ρ V -> ρ a = Partition n -> pg V a d = pd -> pres V a d ->
  gift_child (v_gift V a d) = 0 -> d <> 0 -> ρ pd = UserPage -> d_parent desc = a ->
  (forall v, ~ pres V pd v) -> ρ' pd = Partition (S n) ->
  (forall q, ρ' q = ρ q \/ (owner ρ' q = Some pd /\ ρ q = UserPage /\ hidden_page V q)) ->
  (forall q, owner ρ' q = Some pd -> q = pd \/ exists w, w <> d /\ pres V a w /\ pg V a w = q
     /\ gift_child (v_gift V a w) = d) -> inv ρ' (with_partition pd desc nt (with_gift a d (descriptor_gift d) V)).
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] Ea Epg P G0 Hd Epd Epar Hno Epd' Hrole Hown.
  set (V' := with_partition pd desc nt (with_gift a d (descriptor_gift d) V)).
  assert (Eg : forall c w, v_gift V' c w = if decide (c = a /\ w = d) then descriptor_gift d else v_gift V c w) by done.
  assert (Ev : forall c, c <> pd -> v_parent V' c = v_parent V c) by (intros; cbn; by rewrite update_ne).
  assert (Hp : forall c, is_partition ρ c -> c <> pd /\ ρ' c = ρ c).
  { intros c [j Ej]. split; [congruence|]. destruct (Hrole c) as [|(_&?&_)]; congruence. }
  assert (Hpres : forall c v, pres V c v -> c <> pd) by (intros c v Pc ->; by eapply Hno).
  assert (Hne : forall a' w, gift_child (v_gift V a' w) <> 0 -> v_gift V' a' w = v_gift V a' w).
  { intros a' w G. rewrite Eg, decide_False; [done|]. intros [-> ->]. done. }
  assert (Hg : forall a' w p c, gives V a' w p c -> gives V' a' w p c).
  { intros a' w p c (G1&G2&G3&G4&G5). destruct (Ic _ _ G4) as (G6&_). unfold gives. by rewrite Hne, Hne. }
  split.
  - by destruct (Hp root_partition) as [_ ->]; [eexists|].
  - intros c k k' l u. cbn. case_decide; [eauto|]. apply Isync.
  - done.
  - intros c w. rewrite Eg. case_decide as D; [destruct D as [-> ->]; done|]. apply Ig.
  - intros c v Pc.
    destruct (Hrole (pg V c v)) as [E|(E&_)]; [|intros X; unfold owner in E; change (pg V' c v) with (pg V c v) in X; by
      rewrite X in E]. change (ρ' (pg V c v) <> Unused). rewrite E. by apply Im.
  - intros c v U. change (ρ' (pg V c v) = UserPage). destruct (Hrole (pg V c v)) as [->|(_&_&E)]; [by apply Ik|].
    change (e_user (v_entry V c v) = true) in U. rewrite (E c v) in U; [done|by apply Iu|done].
  - intros c v Pc Hc. rewrite Ev by by eapply Hpres. by apply Hg, Ip.
  - intros c v Pc Hc. rewrite Ev by by eapply Hpres. by apply Ir.
  - done.
  - intros q c Ho Hc. destruct (decide (c = pd)) as [->|Hcp].
    + change (v_parent V' pd) with (update (v_parent V) pd (d_parent desc) pd). rewrite update_eq, Epar.
      assert (v_gift V' a d = descriptor_gift d) as Ed by (rewrite Eg; by rewrite decide_True).
      destruct (Hown _ Ho) as [->|(w&Hw&Pw&<-&Gw)].
      * exists d. unfold gives. rewrite Ed. cbn [gift_child descriptor_gift]. by rewrite Ed.
      * exists w. unfold gives. rewrite Hne by congruence. rewrite Gw, Ed. done.
    + rewrite Ev by done. destruct (Hrole q) as [E|(E&_)]; [|congruence]. unfold owner in Ho. rewrite E in Ho.
      destruct (Is q c Ho Hc) as [w G]. eauto.
  - intros q c v Ho Pc. destruct (Hrole q) as [E|(E&_)].
    + unfold owner in Ho. rewrite E in Ho. by apply In.
    + rewrite E in Ho. injection Ho as <-. by destruct (Hno v).
  - intros a' d'. rewrite Eg. case_decide as D.
    + destruct D as [-> ->]. intros _. change (pg V' a d) with (pg V a d). rewrite Epg. cbn. rewrite update_eq.
      split_and!; [done|done|by exists (S n)|done|intros E; rewrite <- E in Iroot; congruence].
    + intros X. destruct (Ic _ _ X) as (?&?&Pt&?&?). destruct (Hp _ Pt) as [Hx Ex]. destruct Pt as [j Ej].
      change (pg V' a' d') with (pg V a' d'). rewrite Ev by done. split_and!; try done. exists j. by rewrite Ex.
Qed.

Lemma offered_up_entries x d w1 w2 w3 w4 V c w :
  pg (offered_up x d w1 w2 w3 w4 V) c w = pg V c w /\ (pres (offered_up x d w1 w2 w3 w4 V) c w <-> pres V c w).
Proof. unfold offered_up. cbv zeta. by rewrite !given_pg, !given_pres. Qed.

Lemma offered_up_gift a d w1 w2 w3 w4 V w : w = w1 \/ w = w2 \/ w = w3 \/ w = w4 ->
  gift_child (v_gift (offered_up a d w1 w2 w3 w4 V) a w) = d.
Proof. intros Hw. cbn. unfold set2. repeat (case_decide; [done|]). tauto. Qed.

Lemma offered_up_gift_ne a d w1 w2 w3 w4 V : d <> w1 -> d <> w2 -> d <> w3 -> d <> w4 ->
  v_gift (offered_up a d w1 w2 w3 w4 V) a d = v_gift V a d.
Proof. intros. cbn. unfold set2. by rewrite !decide_False by (by intros [_ ?]). Qed.

Lemma offered_up_hidden a d w1 w2 w3 w4 V w : w = w1 \/ w = w2 \/ w = w3 \/ w = w4 ->
  hidden_page (offered_up a d w1 w2 w3 w4 V) (pg V a w).
Proof.
  unfold offered_up. cbv zeta. intros [->|[->|[-> | ->]]].
  - do 3 (apply hidden_given; right). apply hidden_given. by left.
  - do 2 (apply hidden_given; right). apply hidden_given. left. by rewrite given_pg.
  - apply hidden_given; right. apply hidden_given. left. by rewrite !given_pg.
  - apply hidden_given. left. by rewrite !given_pg.
Qed.

Lemma inv_created ρ ρ0 ρ' V m a n d w1 w2 w3 w4 : rep ρ V m -> inv ρ (offered_up a d w1 w2 w3 w4 V) ->
  let desc := Descriptor (pg V a w1) (pg V a w2) (pg V a w3) (pg V a w4) a false in
  let ours w := w = d \/ w = w1 \/ w = w2 \/ w = w3 \/ w = w4 in
  ρ a = Partition n -> (forall w, ours w -> ρ (pg V a w) = UserPage /\ pres V a w) ->
  gift_child (v_gift V a d) = 0 -> d <> 0 -> d <> w1 -> d <> w2 -> d <> w3 -> d <> w4 ->
  (forall q, (exists w, ours w /\ q = pg V a w) \/ ρ0 q = ρ q) -> new_roles ρ0 (pg V a d) desc (S n) ρ' ->
  inv ρ' (created a d w1 w2 w3 w4 V).
Proof.
  intros R I desc ours Ea U G Hd D1 D2 D3 D4 H0 [N1 N2 N3 N4 N5]. unfold created. fold desc.
  pose proof (offered_up_entries a d w1 w2 w3 w4 V) as E4. pose proof (offered_up_gift a d w1 w2 w3 w4 V) as Egw.
  pose proof (offered_up_hidden a d w1 w2 w3 w4 V) as Hh.
  pose proof (offered_up_gift_ne a d w1 w2 w3 w4 V D1 D2 D3 D4) as EgV.
  generalize dependent (offered_up a d w1 w2 w3 w4 V). intros V4 I E4 Egw Hh EgV.
  assert (Epg : forall c w, pg V4 c w = pg V c w) by apply E4.
  assert (Epr : forall c w, pres V4 c w <-> pres V c w) by apply E4. clear E4.
  assert (Hcase : forall q, (exists w, ours w /\ q = pg V a w) \/ ρ' q = ρ q).
  { intros q. destruct (H0 q) as [|E]; [by left|]. destruct (N5 q) as [->|[[k ->]|[->|[E' _]]]].
    - left. exists d. unfold ours. tauto.
    - left. destruct k; cbn; [exists w1|exists w2|exists w3]; unfold ours; tauto.
    - left. exists w4. unfold ours. tauto.
    - right. congruence. }
  assert (Hours : forall w, ours w -> owner ρ' (pg V a w) = Some (pg V a d)).
  { pose proof (N2 Mmu) as E1. pose proof (N2 Shadow1) as E2. pose proof (N2 Shadow2) as E3. cbn in E1, E2, E3, N3.
    intros w Hw. unfold owner. by destruct Hw as [->|[->|[->|[-> | ->]]]]; rewrite ?N1, ?E1, ?E2, ?E3, ?N3. }
  unfold given. apply (inv_new_partition ρ ρ' (set_access (pg V4 a d) false V4) a n d).
  - by apply inv_set_access.
  - exact Ea.
  - rewrite set_access_pg. apply Epg.
  - apply set_access_pres, Epr, U. by left.
  - change (gift_child (v_gift V4 a d) = 0). by rewrite EgV.
  - exact Hd.
  - apply U. by left.
  - done.
  - intros v. rewrite set_access_pres, Epr. intros [j Ej]%(pres_partition _ _ _ _ _ R).
    destruct (U d) as [E _]; [by left|congruence].
  - exact N1.
  - intros q. destruct (Hcase q) as [(w&Hw&->)|]; [right|by left]. split_and!; [by apply Hours|by apply U|].
    apply (hidden_given V4 a d (descriptor_gift d)). rewrite Epg. destruct Hw as [->|Hw]; [by left|right; by apply Hh].
  - intros q Ho. destruct (Hcase q) as [(w&Hw&->)|E].
    + destruct Hw as [->|Hw]; [by left|right]. exists w. rewrite set_access_pres, set_access_pg, Epr, Epg.
      split_and!; [intros ->; unfold ours in *; tauto|apply U; by right|done|]. by apply Egw.
    + unfold owner in Ho. rewrite E in Ho. apply (owner_partition _ _ _ _ _ R) in Ho as [j Ej].
      destruct (U d) as [E' _]; [by left|congruence].
Qed.

(** Formatting the five pages. *)
Lemma wp_build_partition ρ V m x r t p0 p1 p2 p3 p4 w n (Q : status -> state -> Prop) : rep ρ V m ->
  ρ x = Partition n -> (forall p, p ∈ [p0; p1; p2; p3; p4] -> ρ p = UserPage /\ p < pages) ->
  NoDup [p0; p1; p2; p3; p4] -> p0 <> root_partition -> (forall m' ρ0 ρ', let d := Descriptor p1 p2 p3 p4 x false in
     (forall q, q ∈ [p0; p1; p2; p3; p4] \/ ρ0 q = ρ q) -> new_roles ρ0 p0 d (S n) ρ' ->
     rep ρ' (with_partition p0 d (empty_note w) V) m' -> Q DONE (State m' x r t)) ->
  wp (format_mmu p1 top_level ;; format_shadow1 p2 top_level ;; format_shadow2 p3 top_level ;;
      format_list p4 w 0 ;; format_descriptor p0 p1 p2 p3 p4 x ;; ret DONE)%monad Q (State m x r t).
Proof.
  intros R Ex U D Hroot HQ. pose proof D as D'. rewrite !NoDup_cons, !not_elem_of_cons in D'. destruct_and? D'.
  assert (U0 := U p0 ltac:(left)). assert (U1 := U p1 ltac:(do 1 right; left)).
  assert (U2 := U p2 ltac:(do 2 right; left)). assert (U3 := U p3 ltac:(do 3 right; left)).
  assert (U4 := U p4 ltac:(do 4 right; left)). destruct_and?.
  do 4 (step; eapply wp_format; [exact R|look; assumption|clear R; intros ? R; cbn beta]). step.
  unfold format_descriptor. step. rewrite (proj2 (N.eqb_neq _ _)) by congruence.
  eapply wp_format; [exact R|look; assumption|clear R; intros ? R; cbn beta]. step.
  match type of R with rep ?ρx _ _ => assert (blank ρx p0 (Descriptor p1 p2 p3 p4 x false) w) as B end.
  { split; cbn [d_list d_mmu d_shadow1 d_shadow2 root_of]; look; try done.
    intros []; cbn [root_of d_mmu d_shadow1 d_shadow2]; look; done. }
  pose proof (partition_roles_spec _ _ _ _ (S n) B) as N.
  eapply HQ; [|exact N|eapply rep_new_partition; [exact R|exact B|cbn; look; exact Ex|exact N]]. intros q.
  destruct (decide (q ∈ [p0; p1; p2; p3; p4])) as [|Hq]; [by left|right]. rewrite !not_elem_of_cons in Hq.
  destruct_and? Hq. by look.
Qed.

Lemma wp_create_acts ρ V m x r t n d w1 w2 w3 w4 (Q : status -> state -> Prop) : rep ρ V m -> inv ρ V ->
  ρ x = Partition n -> (forall v, t v = v_entry V x v) ->
  (forall w, w ∈ [d; w1; w2; w3; w4] -> offerable ρ V x w) -> NoDup [d; w1; w2; w3; w4] -> d <> 0 ->
  (forall m' t' ρ', holds ρ' (created x d w1 w2 w3 w4 V) (State m' x r t') -> Q DONE (State m' x r t')) ->
  wp (give x w1 (gift_of d) ;; give x w2 (gift_of d) ;; give x w3 (gift_of d) ;; give x w4 (gift_of d) ;;
      give x d (descriptor_gift d) ;; format_mmu (pg V x w1) top_level ;; format_shadow1 (pg V x w2) top_level ;;
      format_shadow2 (pg V x w3) top_level ;; format_list (pg V x w4) w4 0 ;;
      format_descriptor (pg V x d) (pg V x w1) (pg V x w2) (pg V x w3) (pg V x w4) x ;; ret DONE)%monad
    Q (State m x r t).
Proof.
  intros R I Hc T O D Hd HQ. pose proof (conj R I) as RI. pose proof D as D'.
  assert (forall q, q ∈ pg V x <$> [d; w1; w2; w3; w4] -> exists w, w ∈ [d; w1; w2; w3; w4] /\ q = pg V x w) as Hq by
    (intros q (w&->&Hw)%elem_of_list_fmap; by exists w). rewrite !NoDup_cons, !not_elem_of_cons in D'. destruct_and? D'.
  assert (O0 := O d ltac:(left)). assert (O1 := O w1 ltac:(do 1 right; left)).
  assert (O2 := O w2 ltac:(do 2 right; left)). assert (O3 := O w3 ltac:(do 3 right; left)).
  assert (O4 := O w4 ltac:(do 4 right; left)). pose proof (offer_free _ _ _ _ O0) as G0.
  do 5 (apply wp_bind; give_step T).
  eapply (wp_build_partition ρ _ _ _ _ _ _ _ _ _ _ _ n); [exact R|exact Hc|..]; destruct RI as [R0 I0].
  - change (forall p, p ∈ pg V x <$> [d; w1; w2; w3; w4] -> ρ p = UserPage /\ p < pages).
    intros p (w&->&Hw)%elem_of_list_fmap. by destruct (O w Hw).
  - change (NoDup (pg V x <$> [d; w1; w2; w3; w4])). apply NoDup_fmap_2_strong; [|done]. intros v w Hv Hw E.
    apply (inv_once _ _ I0 x); [by apply O..|done].
  - intros E. pose proof (inv_root _ _ I0) as X. by rewrite <- E, (offer_role _ _ _ _ (O d ltac:(left))) in X.
  - intros m' ρ0 ρ' desc Hold N R'. apply (HQ m' _ ρ'). subst desc.
    split; [unfold created, offered_up; cbv zeta; exact R'|split; [|split]].
    + eapply (inv_created ρ ρ0); [exact R0|unfold offered_up; cbv zeta; exact I|exact Hc| |exact G0|exact Hd|done..|
        |exact N].
      * intros w Hw. by destruct (O w ltac:(rewrite !elem_of_cons; tauto)).
      * intros q. destruct (Hold q) as [(w&Hw&->)%Hq|]; [left|by right]. exists w.
        rewrite !elem_of_cons, elem_of_nil in Hw. tauto.
    + exists n. cbn. assert (ρ0 x = Partition n) as E0.
      { destruct (Hold x) as [(w&Hw&E)%Hq|E]; [|congruence]. pose proof (offer_role _ _ _ _ (O w Hw)). congruence. }
      rewrite (new_old _ _ _ _ _ N); congruence.
    + unfold created, offered_up. cbv zeta. rewrite with_partition_entry. exact T.
Qed.

(** createPartition refuses and changes nothing, or makes a partition of the five pages. *)
Theorem createPartition_spec ρ V s a0 a1 a2 a3 a4 : holds ρ V s -> let x := current s in
  wp (createPartition a0 a1 a2 a3 a4) (fun st s' =>
    decides (first_failing (createPartition_checks V x a0 a1 a2 a3 a4)) st s s' (current s' = x /\ exists ρ', holds ρ'
      (created x (page_number a0) (page_number a1) (page_number a2) (page_number a3) (page_number a4) V) s')) s.
Proof.
  intros Hs x0. subst x0. start createPartition createPartition_checks. do 2 step. do 5 offer_step. unfold repeats.
  open_tests. cbn [first_failing]. step. eapply wp_create_acts; [exact R|exact I|exact Hc|exact T|..].
  - intros w. rewrite !elem_of_cons, elem_of_nil. by intros [->|[->|[->|[->|[-> |[]]]]]].
  - rewrite !NoDup_cons, !not_elem_of_cons. pose proof (not_elem_of_nil (A := N)).
    split_and!; auto using aligned_page_ne; apply NoDup_nil_2.
  - change 0 with (page_number 0). by apply aligned_page_ne.
  - intros m' t' ρ' Hs'. accept. split; [done|]. by exists ρ'.
Qed.

End Create.
