(* SPDX-License-Identifier: Apache-2.0 *)
(** * addVAddr, removeVAddr, mappedInChild keep the invariant, and do what they say *)
From Pip.Isolation Require Export Specification Step.
From Pip.Services Require Import AddRemove.

(** Decides look-ups in updated views. *)
Ltac dec := repeat case_decide; destruct_and?; subst; cbn in *; try congruence; auto.

Section Pure.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (a c p q v w u d ch x : N) (wr ex : bool).

Lemma inv_added ρ V a w d ch x wr ex : inv ρ V -> is_child ρ V a d ch ->
  e_user (v_entry V a w) = true -> gift_child (v_gift V a w) = 0 -> e_present (v_entry V ch x) = false ->
  (wr = true -> e_write (v_entry V a w) = true) -> (ex = true -> e_execute (v_entry V a w) = true) ->
  inv ρ (added a w d ch x wr ex V).
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] [Cd Cp Cpr Cn Cz Cpt Cpar Cr _] Hu Hs Hx Hw He.
  pose proof (Iu _ _ Hu) as Hp. set (V' := added a w d ch x wr ex V).
  assert (Em : forall c v, v_entry V' c v =
    if decide (c = ch /\ v = x) then user_entry (pg V a w) wr ex else v_entry V c v) by done.
  assert (Eg : forall c v, v_gift V' c v = if decide (c = a /\ v = w) then gift_of d else v_gift V c v) by done.
  assert (Eo : forall c v, v_origin V' c v = if decide (c = ch /\ v = x) then w else v_origin V c v) by done.
  assert (Et : v_table V' = v_table V) by done. assert (Epar : forall c, v_parent V' c = v_parent V c) by done.
  clearbody V'.
  assert (Hold : forall c v, pres V c v -> v_entry V' c v = v_entry V c v).
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
  - intros c v. rewrite Eg. case_decide as E; unfold pres; [destruct E as [-> ->]; by rewrite Hold|].
    intros P%Ig. by rewrite Hold.
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
    case_decide as H1; case_decide as H2; destruct_and?; subst; cbn; try congruence; try (by apply Io);
      intros; exfalso; eapply Hfresh; eauto; congruence.
  - intros p c Ho Hr. rewrite Epar. destruct (Is _ _ Ho Hr) as [w' ?]. eauto.
  - intros p c v Ho. unfold pres, pg. rewrite Em. case_decide; [|by apply In]. cbn. intros _ <-. unfold owner in Ho.
    by rewrite (Ik _ _ Hu) in Ho.
  - intros a' d'. rewrite Eg. case_decide; [done|]. intros D. destruct (Ic _ _ D) as (G1&?&?&?&?).
    unfold pg in *. by rewrite Hold, Epar by auto.
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
  assert (Hd : forall a' d', gift_is_descriptor (v_gift V a' d') = true ->
    ~ (a' = a /\ d' = w) /\ ~ (a' = ch /\ d' = x)).
  { intros a' d' E. destruct (Ic _ _ E) as (?&_&[k Hk]&_). pose proof (Ik _ _ Hu). split; intros [-> ->]; congruence. }
  assert (Hg : forall a' w' p' c', gives V a' w' p' c' -> ~ (a' = a /\ w' = w) -> gives V' a' w' p' c').
  { intros a' w' p' c' (G1&G2&G3&G4&G5) Hne. destruct (Hd _ _ G4). unfold gives, pres, pg in *.
    rewrite !Em, !Eg, !(decide_False (P := a' = a /\ w' = w)) by done. rewrite !decide_False by
      (done || intros [-> ->]; done). auto. }
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

End Pure.

(** ** The services *)
Section Services.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (s : state).

(** addVAddr refuses and changes nothing, or gives the caller's page to the child: the view becomes [added], nothing
    else changes. *)
Theorem addVAddr_spec ρ V s source child destination rd wr ex : holds ρ V s ->
  wp (addVAddr source child destination rd wr ex) (fun st s' => decides st s s'
    (let w := page_number source in let d := page_number child in
     let x := page_number destination in
     exists ch, is_child ρ V (current s) d ch /\ current s' = current s /\ ch <> current s
       /\ e_user (v_entry V (current s) w) = true /\ gift_child (v_gift V (current s) w) = 0 /\ ~ pres V ch x
       /\ holds ρ (added (current s) w d ch x wr ex V) s')) s.
Proof.
  intros Hs. start addVAddr. do 5 step. child_step. repeat step. accept. exists ch.
  split_and!; try done; [unfold pres; congruence|]. split_and!; [exact R| |by exists n|].
  - apply inv_added with (d := page_number child); auto; intros ->; cbn in *; bool; done.
  - intros v. cbn. by rewrite T, set2_ne by (intros [? _]; congruence).
Qed.

Corollary addVAddr_keeps_wf s source child destination rd wr ex : wf s ->
  wp (addVAddr source child destination rd wr ex) (fun st s' => wf s' /\ (st <> DONE -> s' = s)) s.
Proof.
  intros Hs. pose proof Hs as (ρ&V&Hh). eapply (spec_keeps_wf _ id); [done|by apply (addVAddr_spec ρ V)|].
  cbn. intros _ s' (ch&_&_&_&_&_&_&Hs'). by eexists _, _.
Qed.

(** removeVAddr refuses and changes nothing, or takes the page back from the child: the view becomes [removed], nothing
    else changes. *)
Theorem removeVAddr_spec ρ V s child va : holds ρ V s ->
  wp (removeVAddr child va) (fun st s' => decides st s s'
    (let x := page_number va in
     exists ch, is_child ρ V (current s) (page_number child) ch /\ current s' = current s /\ ch <> current s
       /\ e_user (v_entry V ch x) = true /\ gift_child (v_gift V ch x) = 0
       /\ holds ρ (removed (current s) (v_origin V ch x) ch x V) s')) s.
Proof.
  intros Hs. start removeVAddr. do 4 step. child_step. do 11 step.
  assert (pres V x (v_origin V ch (page_number va))) as P.
  { rewrite <- (child_parent _ _ _ _ _ C). eapply (inv_parent _ _ I); [by apply (inv_user _ _ I)|apply C]. }
  repeat step. accept. exists ch. split_and!; try done. split_and!; [exact R| |by exists n|].
  - by eapply inv_removed.
  - intros v. cbn. by rewrite T, set2_ne by (intros [? _]; congruence).
Qed.

Corollary removeVAddr_keeps_wf s child va : wf s ->
  wp (removeVAddr child va) (fun st s' => wf s' /\ (st <> DONE -> s' = s)) s.
Proof.
  intros Hs. pose proof Hs as (ρ&V&Hh). eapply (spec_keeps_wf _ id); [done|by apply (removeVAddr_spec ρ V)|].
  cbn. intros _ s' (ch&_&_&_&_&_&Hs'). by eexists _, _.
Qed.

(** mappedInChild changes nothing, and answers whom shadow 1 names. *)
Theorem mappedInChild_spec ρ V s va : holds ρ V s ->
  wp (mappedInChild va) (fun a s' => s' = s /\ (answer_status a = DONE ->
    answer_value a = address_of (gift_child (v_gift V (current s) (page_number va))))) s.
Proof.
  intros Hs. start mappedInChild. step; [by step|]. do 3 step. step; [by step|]. by repeat step.
Qed.

End Services.
