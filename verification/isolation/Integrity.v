(* SPDX-License-Identifier: Apache-2.0 *)
(** * Integrity: what the running partition does not map, no service of it changes

    [keeps_others s s']: from [s] to [s'], each page of user data that some partition can access, but the running one
    does not map, keeps its contents; stated on memory alone.  Each theorem follows from the service's specification. *)
From Pip.Isolation Require Import AddRemove Create DeletePartition Yield Safety.
From Pip.Services Require Import AddRemove CreatePartition DeletePartition Yield Deliver State.

Section Integrity.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (s : state) (a b c p v w : N).

Definition keeps_others s s' : Prop := forall b p, partition (mem s) b -> accessible (mem s) b p ->
  ~ mapped (mem s) (current s) p -> mem s' p = mem s p.

(** Page [p] is user data of [b], and [a] does not map it. *)
Record foreign ρ V a p : Prop := {
  foreign_page : ρ p = UserPage;
  foreign_user : exists b v, e_user (v_entry V b v) = true /\ pg V b v = p;
  foreign_unmapped : forall v, pres V a v -> pg V a v <> p;
}.

Lemma keeps_refl s : keeps_others s s.
Proof. done. Qed.

Lemma keeps_others_view ρ V ρ' V' s s' : holds ρ V s -> holds ρ' V' s' ->
  (forall p, foreign ρ V (current s) p -> ρ' p = UserPage /\ v_data V' p = v_data V p) -> keeps_others s s'.
Proof.
  intros (R&I&[n Ec]&_) (R'&_) F b p Pb (v&Uv&Ev) Hm. destruct (partition_role _ _ _ R I _ Pb) as [j Eb].
  rewrite (mmu_entry_view _ _ _ _ _ _ R Eb) in *.
  assert (ρ p = UserPage) as Ep by (rewrite <- Ev; by apply (inv_kernel _ _ I)).
  destruct (F p) as [Ep' Ed].
  - split; [done|by exists b, v|]. intros x Px Ex. apply Hm. exists x. by rewrite (mmu_entry_view _ _ _ _ _ _ R Ec).
  - by rewrite (user_data _ _ _ _ R' Ep'), (user_data _ _ _ _ R Ep), Ed.
Qed.

(** From a specification to its theorem. *)
Lemma spec_keeps_others {A} (m : K A) (status_of : A -> status) (Q : A -> state -> Prop) s :
  wp m (fun x s' => decides (status_of x) s s' (Q x s')) s -> (forall x s', Q x s' -> keeps_others s s') ->
  wp m (fun _ s' => keeps_others s s') s.
Proof.
  intros S HQ. eapply wp_mono; [exact S|]. intros x s' [D U]. destruct (status_eq (status_of x) DONE) eqn:E.
  - apply (HQ x), D. destruct (status_of x); done || by rewrite status_eq_ne in E.
  - rewrite U; [apply keeps_refl|]. intros X. by rewrite X, status_eq_refl in E.
Qed.

Theorem addVAddr_integrity s source child destination rd wr ex : wf s ->
  wp (addVAddr source child destination rd wr ex) (fun _ s' => keeps_others s s') s.
Proof.
  intros (ρ&V&Hs). eapply (spec_keeps_others _ id); [by apply (addVAddr_spec ρ V)|]. cbv zeta.
  intros _ s' (ch&_&Hs'). eapply keeps_others_view; [exact Hs|exact Hs'|]. intros p F. split; [apply F|done].
Qed.

Theorem removeVAddr_integrity s child va : wf s -> wp (removeVAddr child va) (fun _ s' => keeps_others s s') s.
Proof.
  intros (ρ&V&Hs). eapply (spec_keeps_others _ id); [by apply (removeVAddr_spec ρ V)|]. cbv zeta.
  intros _ s' (ch&_&Hs'). eapply keeps_others_view; [exact Hs|exact Hs'|]. intros p F. split; [apply F|done].
Qed.

(** ** createPartition *)
Lemma given_entry_other a w g V b v : pg V b v <> pg V a w -> v_entry (given a w g V) b v = v_entry V b v.
Proof. intros Hn. cbn. rewrite decide_False; [done|]. by intros [_ ?]. Qed.

Lemma created_entry_other x d w1 w2 w3 w4 V b v : (forall w, w ∈ [d; w1; w2; w3; w4] -> pg V b v <> pg V x w) ->
  v_entry (created x d w1 w2 w3 w4 V) b v = v_entry V b v.
Proof.
  intros Hn. pose proof (fun w Hw => Hn w Hw) as N. unfold created, offered_up. cbv zeta.
  rewrite with_partition_entry.
  rewrite given_entry_other by (rewrite !given_pg; apply Hn; set_solver).
  rewrite given_entry_other by (rewrite !given_pg; apply Hn; set_solver).
  rewrite given_entry_other by (rewrite !given_pg; apply Hn; set_solver).
  rewrite given_entry_other by (rewrite !given_pg; apply Hn; set_solver).
  by rewrite given_entry_other by (apply Hn; set_solver).
Qed.

Lemma created_gift x d w1 w2 w3 w4 V w : w ∈ [d; w1; w2; w3; w4] ->
  gift_child (v_gift (created x d w1 w2 w3 w4 V) x w) = d.
Proof.
  rewrite !elem_of_cons, elem_of_nil. intros Hw. cbn. unfold set2. repeat (case_decide; [done|]). tauto.
Qed.

Lemma created_pres x d w1 w2 w3 w4 V c w : pres (created x d w1 w2 w3 w4 V) c w <-> pres V c w.
Proof.
  unfold created. pose proof (offered_up_entries x d w1 w2 w3 w4 V) as E.
  generalize dependent (offered_up x d w1 w2 w3 w4 V). intros V4 E. unfold pres. rewrite with_partition_entry.
  change (pres (given x d (descriptor_gift d) V4) c w <-> pres V c w). rewrite given_pres. apply E.
Qed.

Theorem createPartition_integrity s a0 a1 a2 a3 a4 : wf s ->
  wp (createPartition a0 a1 a2 a3 a4) (fun _ s' => keeps_others s s') s.
Proof.
  intros (ρ&V&Hs). eapply (spec_keeps_others _ id); [by apply (createPartition_spec ρ V)|]. intros _ s' (ρ'&Hs').
  eapply keeps_others_view; [exact Hs|exact Hs'|]. intros p [_ (b&v&Uv&Ev) Hm]. split; [|done].
  destruct Hs' as (_&I'&_). pose proof (created_entry_other (current s) (page_number a0) (page_number a1)
    (page_number a2) (page_number a3) (page_number a4) V b v) as E.
  pose proof (created_gift (current s) (page_number a0) (page_number a1) (page_number a2) (page_number a3)
    (page_number a4) V) as G.
  pose proof (created_pres (current s) (page_number a0) (page_number a1) (page_number a2) (page_number a3)
    (page_number a4) V) as P.
  assert (gift_is_descriptor (v_gift (created (current s) (page_number a0) (page_number a1) (page_number a2)
    (page_number a3) (page_number a4) V) (current s) (page_number a0)) = true) as D by (cbn; by rewrite set2_eq).
  generalize dependent (created (current s) (page_number a0) (page_number a1) (page_number a2) (page_number a3)
    (page_number a4) V). intros V' I' E G P D. destruct (inv_child _ _ I' _ _ D) as (_&Hd&_).
  assert (v_entry V' b v = v_entry V b v) as Eb.
  { apply E. intros w Hw. rewrite Ev. intros ->. apply (Hm w); [|done]. apply P, (inv_gift _ _ I'). by rewrite G. }
  rewrite <- Ev. unfold pg. rewrite <- Eb. apply (inv_kernel _ _ I'). by rewrite Eb.
Qed.

(** ** deletePartition *)
Theorem deletePartition_integrity s child : wf s -> wp (deletePartition child) (fun _ s' => keeps_others s s') s.
Proof.
  intros (ρ&V&Hs). eapply (spec_keeps_others _ id); [by apply (deletePartition_spec ρ V)|].
  intros _ s' (ch&dead&ρ'&V'&C&_&(_&Da&P)&Hs'). eapply keeps_others_view; [exact Hs|exact Hs'|].
  intros p [Ep _ Hm]. destruct Hs as (_&I&_). set (d := page_number child) in *. split.
  - destruct (pr_role _ _ _ _ _ _ _ P p) as [->|[_ ->]]; [|done]. rewrite bury_none; [done|].
    unfold owner. by rewrite Ep.
  - destruct (pr_data _ _ _ _ _ _ _ P p) as [->|(w&G&E&_)]; [done|exfalso]. unfold pg in E. cbn in E, G.
    rewrite Da in E, G. apply (Hm w); [|done]. destruct (decide (w = d)) as [->|Hw]; [apply C|].
    rewrite set2_ne in G by (by intros [_ ?]). apply (inv_gift _ _ I). rewrite G. apply C.
Qed.

(** ** Passing control *)
Lemma passed_keeps ρ V s target s' : holds ρ V s -> passed ρ V (current s) target s' -> keeps_others s s'.
Proof.
  intros Hs (V1&f&(d&->&Hd)&_&Hs'&_). eapply keeps_others_view; [exact Hs|exact Hs'|]. intros p F.
  split; [apply F|]. cbn. destruct (Hd p) as [|(v&U&_&E)]; [done|exfalso]. destruct Hs as (_&I&_).
  eapply (foreign_unmapped _ _ _ _ F); [|exact E]. by apply (inv_user _ _ I).
Qed.

Theorem yieldTo_integrity s child vector slot f f' : wf s ->
  wp (yieldTo child vector slot f f') (fun _ s' => keeps_others s s') s.
Proof.
  intros (ρ&V&Hs). eapply (spec_keeps_others _ id); [by apply (yieldTo_spec ρ V)|].
  intros _ s' (target&P&_). by eapply passed_keeps.
Qed.

Theorem deliverInterrupt_integrity s vector : wf s -> wp (deliverInterrupt vector) (fun _ s' => keeps_others s s') s.
Proof.
  intros (ρ&V&Hs). eapply (spec_keeps_others _ id); [by apply (deliverInterrupt_spec ρ V)|].
  cbv beta. intros _ s' P. by eapply passed_keeps.
Qed.

Theorem deliverFault_integrity s vector : wf s -> wp (deliverFault vector) (fun _ s' => keeps_others s s') s.
Proof.
  intros (ρ&V&Hs). eapply (spec_keeps_others _ id); [by apply (deliverFault_spec ρ V)|].
  intros _ s' (a&_&P). by eapply passed_keeps.
Qed.

Theorem setIntState_integrity s flags : wf s -> wp (setIntState flags) (fun _ s' => keeps_others s s') s.
Proof.
  intros (ρ&V&Hs). eapply wp_mono; [by apply (setIntState_spec ρ V)|]. intros _ s' (_&_&Hs').
  eapply keeps_others_view; [exact Hs|exact Hs'|]. intros p F. split; [apply F|done].
Qed.

End Integrity.
