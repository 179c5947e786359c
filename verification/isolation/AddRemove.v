(* SPDX-License-Identifier: Apache-2.0 *)
(** * addVAddr, removeVAddr, mappedInChild keep the invariant, and do what they say *)
From Pip.Isolation Require Export Specification Step.
From Pip.Services Require Import AddRemove.

Section AddRemove.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (a c p q v w u d ch x : N) (wr ex : bool).

Lemma inv_added ρ V a w d ch x wr ex : inv ρ V -> is_child ρ V a d ch ->
  e_user (v_entry V a w) = true -> gift_child (v_gift V a w) = 0 -> e_present (v_entry V ch x) = false ->
  (wr = true -> e_write (v_entry V a w) = true) -> (ex = true -> e_execute (v_entry V a w) = true) ->
  inv ρ (added a w d ch x wr ex V).
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] [Cd Cp Cpr Cn Cz Cpt Cpar Cr _] Hu Hs Hx Hw He.
  pose proof (Iu _ _ Hu) as Hp. set (V' := added a w d ch x wr ex V).
  assert (Em : forall c v, v_entry V' c v = if decide (c = ch /\ v = x) then user_entry (pg V a w) wr ex else v_entry V
    c v) by done.
  assert (Eg : forall c v, v_gift V' c v = if decide (c = a /\ v = w) then gift_of d else v_gift V c v) by done.
  assert (Eo : forall c v, v_origin V' c v = if decide (c = ch /\ v = x) then w else v_origin V c v) by done.
  assert (Et : v_table V' = v_table V) by done. assert (Epar : forall c, v_parent V' c = v_parent V c) by done.
  clearbody V'. assert (Hold : forall c v, pres V c v -> v_entry V' c v = v_entry V c v).
  { intros c v P. rewrite Em, decide_False; [done|]. intros [-> ->]. unfold pres in P. congruence. }
  assert (Hg : forall a' w' p' c', gives V a' w' p' c' -> gives V' a' w' p' c').
  { intros a' w' p' c' (G1&G2&G3&G4&G5). destruct (Ic _ _ G4) as (G6&_). pose proof (Ig _ _ G6) as G7.
    unfold gives, pres, pg in *. rewrite Eg, decide_False by (intros [-> ->]; congruence).
    rewrite Eg, decide_False by (intros [-> E]; rewrite E in *; congruence). by rewrite !Hold. }
  assert (Hnew : gives V' a w (pg V a w) ch).
  { unfold gives, pres, pg in *. rewrite Eg, decide_True by done. cbn. rewrite Eg, !Hold by done.
    rewrite decide_False by (intros [_ ->]; congruence). auto. }
  split; [done|rewrite Et; exact Isync|..].
  - intros c v. unfold pres. rewrite Em. case_decide; [done|]. apply Iu.
  - intros c v. rewrite Eg. case_decide as E; unfold pres; [destruct E as [-> ->]; by rewrite Hold|]. intros P%Ig.
    by rewrite Hold.
  - intros c v. unfold pres, pg. rewrite Em. case_decide; [intros _; by apply Im|]. apply Im.
  - intros c v. unfold pg. rewrite Em. case_decide; [intros _; by apply Ik|]. apply Ik.
  - intros c v. unfold pres, pg. rewrite Em, Eo, Epar. case_decide as E; [|intros; by apply Hg, Ip].
    destruct E as [-> ->]. cbn. by rewrite Cpar.
  - intros c v. unfold pres. rewrite Em, Eo, Epar. case_decide as E.
    + destruct E as [-> ->]. intros _ _. rewrite Cpar, Hold by done. by split.
    + intros P Hr. destruct (Ip _ _ P Hr) as (Q&_). rewrite Hold by done. by apply Ir.
  - assert (Hfresh : forall v, pres V ch v -> pg V ch v = pg V a w -> False).
    { intros v Hv Ev. destruct (Ip _ _ Hv Cr) as (G1&G2&G3&_). rewrite Cpar in *.
      assert (v_origin V ch v = w) as <- by (eapply Io; eauto; congruence). done. }
    intros c v v'. unfold pres, pg in *. rewrite !Em.
    case_decide as H1; case_decide as H2; destruct_and?; subst; cbn; try congruence; try (by apply Io); intros; exfalso;
      eapply Hfresh; eauto; congruence.
  - intros p c Ho Hr. rewrite Epar. destruct (Is _ _ Ho Hr) as [w' ?]. eauto.
  - intros p c v Ho. unfold pres, pg. rewrite Em. case_decide; [|by apply In]. cbn. intros _ <-. unfold owner in Ho.
    by rewrite (Ik _ _ Hu) in Ho.
  - intros a' d'. rewrite Eg. case_decide; [done|]. intros D. destruct (Ic _ _ D) as (G1&?&?&?&?). unfold pg in *.
    by rewrite Hold, Epar by auto.
Qed.

Lemma inv_removed ρ V a d ch x : inv ρ V -> is_child ρ V a d ch ->
  e_user (v_entry V ch x) = true -> gift_child (v_gift V ch x) = 0 -> inv ρ (removed a (v_origin V ch x) ch x V).
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] [Cd Cp Cpr Cn Cz Cpt Cpar Cr _] Hu Hs.
  pose proof (Iu _ _ Hu) as Hp. destruct (Ip _ _ Hp Cr) as (Pw&Ew&Sw&Dw&Cw). rewrite Cpar in *.
  set (w := v_origin V ch x) in *. set (V' := removed a w ch x V).
  assert (Em : forall c v, v_entry V' c v = if decide (c = ch /\ v = x) then absent_entry else v_entry V c v) by done.
  assert (Eg : forall c v, v_gift V' c v = if decide (c = a /\ v = w) then no_gift else v_gift V c v) by done.
  assert (Eo : forall c v, v_origin V' c v = if decide (c = ch /\ v = x) then 0 else v_origin V c v) by done.
  assert (Et : v_table V' = v_table V) by done. assert (Epar : forall c, v_parent V' c = v_parent V c) by done.
  clearbody V' w.
  (* no descriptor of a child is at (a,w) or (ch,x) *)
  assert (Hd : forall a' d', gift_is_descriptor (v_gift V a' d') = true -> ~ (a' = a /\ d' = w) /\ ~ (a' = ch /\ d' =
    x)).
  { intros a' d' E. destruct (Ic _ _ E) as (?&_&[k Hk]&_). pose proof (Ik _ _ Hu). split; intros [-> ->]; congruence. }
  assert (Hg : forall a' w' p' c', gives V a' w' p' c' -> ~ (a' = a /\ w' = w) -> gives V' a' w' p' c').
  { intros a' w' p' c' (G1&G2&G3&G4&G5) Hne. destruct (Hd _ _ G4). unfold gives, pres, pg in *.
    rewrite !Em, !Eg, !(decide_False (P := a' = a /\ w' = w)) by done.
    rewrite !decide_False by (done || intros [-> ->]; done). auto. }
  split; [done|rewrite Et; exact Isync|..].
  - intros c v. unfold pres. rewrite Em. case_decide; [done|]. apply Iu.
  - intros c v. rewrite Eg. unfold pres. rewrite Em. repeat case_decide; destruct_and?; subst; try done. apply Ig.
  - intros c v. unfold pres, pg. rewrite Em. case_decide; [done|]. apply Im.
  - intros c v. unfold pg. rewrite Em. case_decide; [done|]. apply Ik.
  - intros c v. unfold pres, pg in *. rewrite Em, Eo, Epar. case_decide as Hcv; [done|]. intros P Hr.
    apply Hg; [by apply Ip|]. intros [E3 E4]. apply Hcv. destruct (Ip _ _ P Hr) as (G1&G2&G3&G4&G5).
    rewrite E3, E4 in *. unfold pg in *. assert (c = ch) as -> by congruence. split; [done|].
    eapply Io; eauto; unfold pg; congruence.
  - intros c v. unfold pres in *. rewrite Em, Eo, Epar. case_decide as Hcv; [done|]. intros P Hr. rewrite Em.
    rewrite decide_False; [by apply Ir|]. intros [E1 E2]. destruct (Ip _ _ P Hr) as (_&_&G&_). by rewrite E1, E2 in G.
  - intros c v v'. unfold pres, pg. rewrite !Em. repeat case_decide; try done. apply Io.
  - intros p c Ho Hr. rewrite Epar. destruct (Is _ _ Ho Hr) as [w' G]. exists w'. apply Hg; [done|]. intros [E3 ->].
    destruct G as (_&<-&_). rewrite E3 in *. unfold owner in Ho. by rewrite Ew, (Ik _ _ Hu) in Ho.
  - intros p c v Ho. unfold pres, pg. rewrite Em. case_decide; [done|]. by apply In.
  - intros a' d'. rewrite Eg. case_decide; [done|]. intros D. destruct (Hd _ _ D). unfold pg. rewrite Em, Epar.
    rewrite decide_False by done. by apply Ic.
Qed.

(** ** The services *)
Implicit Types (s : state).

Theorem addVAddr_spec ρ V s source child destination rd wr ex : holds ρ V s -> let x := current s in
  wp (addVAddr source child destination rd wr ex) (fun st s' =>
    decides (first_failing (addVAddr_checks V x source child destination rd wr ex)) st s s' (current s' = x
      /\ holds ρ (added x (page_number source) (page_number child) (child_of V x child) (page_number destination)
           wr ex V) s')) s.
Proof.
  intros Hs x0. subst x0. start addVAddr addVAddr_checks. do 3 step. child_step. step.
  step; [|by destruct (e_present _); refuse]. rewrite (user_present _ _ _ _ I) by done. do 13 step. accept.
  split; [done|]. split_and!; [exact R| |by exists n|].
  - apply inv_added with (d := page_number child); auto; intros ->; cbn in *; bool; done.
  - intros v. cbn. by rewrite T, set2_ne by (intros [? _]; congruence).
Qed.

Theorem removeVAddr_spec ρ V s child va : holds ρ V s -> let x := current s in let ch := child_of V x child in
  wp (removeVAddr child va) (fun st s' => decides (first_failing (removeVAddr_checks V x child va)) st s s'
    (current s' = x /\ holds ρ (removed x (v_origin V ch (page_number va)) ch (page_number va) V) s')) s.
Proof.
  intros Hs x0 ch0. subst x0 ch0. start removeVAddr removeVAddr_checks. do 2 step. child_step. step.
  step; [|by destruct (e_present _); refuse]. rewrite (user_present _ _ _ _ I) by done. do 4 step.
  assert (pres V x (v_origin V ch (page_number va))) as P.
  { rewrite <- (child_parent _ _ _ _ _ C). eapply (inv_parent _ _ I); [by apply (inv_user _ _ I)|apply C]. }
  destruct (pres_table _ _ _ _ _ R P) as [z Lz]. destruct (leaf_of_kind _ _ _ _ Shadow1 _ _ I Lz) as [z' Lz'].
  repeat step. accept. split; [done|]. split_and!; [exact R| |by exists n|].
  - by eapply inv_removed.
  - intros v. cbn. by rewrite T, set2_ne by (intros [? _]; congruence).
Qed.

(** It changes nothing, and answers whom shadow 1 names. *)
Theorem mappedInChild_spec ρ V s va : holds ρ V s -> gets (mappedInChild va) s
  (let st := first_failing (mappedInChild_checks V (current s) va) in
   Answer st (if status_eq st DONE then address_of (gift_child (v_gift V (current s) (page_number va))) else 0)).
Proof.
  intros Hs. apply gets_wp. start mappedInChild mappedInChild_checks.
  destruct (page_aligned va && _) eqn:U; cbn [negb first_failing]; [|step; by rewrite status_eq_ne]. bool. step.
  apply wp_bind. eapply wp_gets; [eapply gets_leaf with (k := Shadow1); [exact R|by eexists|done]|].
  destruct (v_table V x Shadow1 0 (prefix (page_number va) 0)) as [p|] eqn:L; cbn.
  - rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R L)).
    destruct (leaf_of_kind _ _ _ _ Mmu _ _ I L) as [q ->]. apply wp_bind.
    eapply wp_gets; [by eapply gets_read_gift; [exact R|]|]. step. by rewrite status_eq_refl.
  - destruct (v_table V x Mmu 0 _) as [q|] eqn:Lq; [|step; by rewrite status_eq_ne].
    destruct (leaf_of_kind _ _ _ _ Shadow1 _ _ I Lq) as [z Lz]. congruence.
Qed.

End AddRemove.
