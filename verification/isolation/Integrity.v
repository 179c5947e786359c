(* SPDX-License-Identifier: Apache-2.0 *)
(** * Integrity: what a step of a partition can change outside its subtree

    [confined s s']: from [s] to [s'], user data that the running partition does not map keeps its contents, and for
    each partition outside its subtree (siblings, ancestors, strangers) the tables say what they said, but that pages
    of the running partition may have become accessible or inaccessible there.  Stated on memory alone. *)
From Pip.Isolation Require Export Execution.
From Pip.Services Require Import AddRemove CreatePartition Prepare Collect DeletePartition Yield Deliver State.

Section Statement.
Context `{Params}.
Implicit Types (s : state) (b p v : N).

(** [b] is a partition, but not the running one nor below it. *)
Definition outside s b : Prop := partition (mem s) b /\ ~ descendant (mem s) (current s) b.

Record confined s s' : Prop := {
  (* what some partition can access and the running one does not map: contents *)
  confined_data : forall b p, partition (mem s) b -> accessible (mem s) b p -> ~ mapped (mem s) (current s) p ->
    mem s' p = mem s p;
  (* what partitions outside map, with which rights; only access to pages that the running one maps may change *)
  confined_entries : forall b v, outside s b -> let e := mmu_entry (mem s) b v in let e' := mmu_entry (mem s') b v in
    e' = e \/ (mapped (mem s) (current s) (e_frame e) /\ exists y, e' = set_user y e);
  (* to whom they gave what, where it came from, whose children they are *)
  confined_notes : forall b v, outside s b -> gift_entry (mem s') b v = gift_entry (mem s) b v
    /\ origin_entry (mem s') b v = origin_entry (mem s) b v /\ parent_entry (mem s') b = parent_entry (mem s) b;
  (* their tables, configuration lists and interrupt states; the partition that takes over may have a new state *)
  confined_descriptor : forall b, outside s b -> b <> current s' -> mem s' b = mem s b;
}.

End Statement.

(** ** The same on views *)
Section Views.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (a b c d p q v w u i : N) (k : kind) (l n : nat).
Context (ρ : N -> role) (V : view) (m : memory) (a target : N) (R : rep ρ V m) (I : inv ρ V) (Pa : partition m a).

Definition outs b : Prop := is_partition ρ b /\ ~ descendant m a b.
Definition own p : Prop := exists w, pres V a w /\ pg V a w = p.

Record kept V' : Prop := {
  kept_data : forall p, ρ p = UserPage -> ~ own p -> v_data V' p = v_data V p;
  kept_entry : forall b v, outs b -> v_entry V' b v = v_entry V b v
    \/ (own (pg V b v) /\ exists y, v_entry V' b v = set_user y (v_entry V b v));
  kept_gift : forall b v, outs b -> v_gift V' b v = v_gift V b v;
  kept_origin : forall b v, outs b -> v_origin V' b v = v_origin V b v;
  kept_parent : forall b, outs b -> v_parent V' b = v_parent V b;
  kept_vsti : forall b, outs b -> b <> target -> v_vsti V' b = v_vsti V b;
  kept_list : forall b, outs b -> v_list V' b = v_list V b;
  kept_table : forall b k l u, outs b -> v_table V' b k l u = v_table V b k l u;
}.

Lemma outs_not_a b : outs b -> b <> a.
Proof. intros [_ D] ->. apply D. constructor. Qed.

Lemma is_child_child x d c : is_partition ρ x -> is_child ρ V x d c -> child m x c.
Proof.
  intros [n Ex] C. exists d. destruct (views_agree _ _ _ _ _ R Ex) as (->&->&_). split; apply C.
Qed.

Lemma parent_child c n : ρ c = Partition (S n) -> child m (v_parent V c) c.
Proof.
  intros E. destruct (parent_role _ _ _ _ _ R E) as [Hr Ep].
  destruct (inv_structure _ _ I c c) as (w&_&_&_&G4&G5); [unfold owner; by rewrite E|done|].
  eexists. destruct (views_agree _ _ _ _ _ R Ep) as (->&->&_). by split.
Qed.

Lemma child_not_outs d c : is_child ρ V a d c -> ~ outs c.
Proof.
  intros C [_ D]. apply D. eapply descendant_child; [constructor|]. eapply is_child_child; [|exact C].
  by eapply partition_role.
Qed.

Lemma dead_not_outs d ch dead b : is_child ρ V a d ch -> subtree ρ V ch dead -> outs b -> dead b = false.
Proof.
  intros C S [[n E] D]. destruct (dead b) eqn:Db; [exfalso|done]. apply D. clear D. revert b E Db.
  induction n as [|n IH]; intros b E Db.
  - rewrite (root_only _ _ _ _ R E), (dead_root _ _ _ _ S) in Db. done.
  - destruct (parent_role _ _ _ _ _ R E) as [_ Ep]. pose proof (parent_child _ _ E) as Cb.
    destruct (decide (b = ch)) as [->|Hb].
    + rewrite (child_parent _ _ _ _ _ C) in Cb. by eapply descendant_child; [constructor|].
    + eapply descendant_child; [|exact Cb]. apply IH; [done|]. by rewrite <- (dead_below _ _ _ _ S _ _ E Hb).
Qed.

(** What is mapped below is mapped by all above. *)
Lemma descendant_own b v : descendant m a b -> pres V b v -> own (pg V b v).
Proof.
  intros D. revert v. induction D as [|b c D IH Cb]; intros v P; [by exists v|].
  assert (partition m b) as Pb by (clear -Pa D; induction D; [done|by eapply partition_child]).
  destruct (partition_role _ _ _ R I _ Pb) as [n Eb]. destruct (child_role _ _ _ R I _ _ _ Eb Cb) as (_&Ep&Hr).
  destruct (inv_parent _ _ I _ _ P Hr) as (Pw&Ew&_). rewrite Ep in *. rewrite <- Ew. by apply IH.
Qed.

(** *** One update after the other *)
Lemma kept_refl : kept V.
Proof. split; auto. Qed.

Lemma kept_pg V' b v : kept V' -> outs b -> pg V' b v = pg V b v.
Proof. intros K O. unfold pg. by destruct (kept_entry _ K b v O) as [->|(_&y&->)]. Qed.

Lemma kept_access V' p y : kept V' -> own p -> kept (set_access p y V').
Proof.
  intros K Hp. pose proof K as []. split; auto. intros b v O. cbn. case_decide as D; [|auto]. right.
  destruct D as [_ <-]. rewrite (kept_pg _ _ _ K O) in Hp. split; [done|]. exists y.
  by destruct (kept_entry0 b v O) as [->|(_&z&->)].
Qed.

Lemma kept_with_gift V' c v g : kept V' -> ~ outs c -> kept (with_gift c v g V').
Proof. intros [] Hc. split; auto. intros b w O. cbn. rewrite set2_ne; [auto|]. by intros [-> _]. Qed.

Lemma kept_with_origin V' c v w : kept V' -> ~ outs c -> kept (with_origin c v w V').
Proof. intros [] Hc. split; auto. intros b x O. cbn. rewrite set2_ne; [auto|]. by intros [-> _]. Qed.

Lemma kept_with_entry V' c v e : kept V' -> ~ outs c -> kept (with_entry c v e V').
Proof. intros [] Hc. split; auto. intros b x O. cbn. rewrite set2_ne; [auto|]. by intros [-> _]. Qed.

Lemma kept_with_list V' c (ls : list N) : kept V' -> ~ outs c -> kept (with_list c ls V').
Proof. intros [] Hc. split; auto. intros b O. cbn. rewrite update_ne; [auto|]. by intros ->. Qed.

Lemma kept_with_table V' c k l u (p : option N) : kept V' -> ~ outs c -> kept (with_table c k l u p V').
Proof. intros [] Hc. split; auto. intros b k' l' u' O. cbn. rewrite decide_False; [auto|]. by intros (->&_). Qed.

Lemma kept_with_data V' p f : kept V' -> own p \/ ρ p <> UserPage -> kept (with_data p f V').
Proof.
  intros [] Hp. split; auto. intros q Eq Hq. cbn. rewrite update_ne; [auto|]. intros ->. by destruct Hp.
Qed.

Lemma kept_unlinked V' c k l u : kept V' -> ~ outs c -> kept (unlinked c k l u V').
Proof.
  intros [] Hc. split; auto.
  - intros b v O. destruct k; cbn; auto. case_match; auto. unfold wipe. case_decide as D; [|auto].
    by destruct D as [-> _].
  - intros b v O. destruct k; cbn; auto. case_match; auto. unfold wipe. case_decide as D; [|auto].
    by destruct D as [-> _].
  - intros b v O. destruct k; cbn; auto. case_match; auto. unfold wipe. case_decide as D; [|auto].
    by destruct D as [-> _].
  - intros b k' l' u' O. cbn. rewrite decide_False; [auto|]. by intros (->&_).
Qed.

Lemma kept_given V' w g : kept V' -> own (pg V' a w) -> kept (given a w g V').
Proof. intros K O. apply kept_with_gift; [by apply kept_access|]. intros X. by apply (outs_not_a a). Qed.

Lemma kept_linked_back V' v p w : kept V' -> own p -> kept (linked_back a v p w V').
Proof.
  intros K O. apply kept_with_data; [|by left]. apply kept_with_gift; [|intros X; by apply (outs_not_a a)].
  apply kept_access; [|done]. apply kept_with_data; [done|by left].
Qed.

(** *** Each service *)
Lemma offerable_own w : offerable ρ V a w -> own (pg V a w).
Proof. intros O. exists w. split; [apply O|done]. Qed.

Lemma kept_added w d ch x wr ex : is_child ρ V a d ch -> kept (added a w d ch x wr ex V).
Proof.
  intros C. pose proof (child_not_outs _ _ C). assert (~ outs a) by (intros X; by apply (outs_not_a a)).
  repeat first [apply kept_refl|apply kept_with_entry|apply kept_with_gift|apply kept_with_origin]; done.
Qed.

Lemma kept_removed w d ch x : is_child ρ V a d ch -> kept (removed a w ch x V).
Proof.
  intros C. pose proof (child_not_outs _ _ C). assert (~ outs a) by (intros X; by apply (outs_not_a a)).
  repeat first [apply kept_refl|apply kept_with_entry|apply kept_with_gift|apply kept_with_origin]; done.
Qed.

Lemma kept_created d w1 w2 w3 w4 : (forall w, w ∈ [d; w1; w2; w3; w4] -> offerable ρ V a w) ->
  kept (created a d w1 w2 w3 w4 V).
Proof.
  intros HO. assert (kept (given a d (descriptor_gift d) (offered_up a d w1 w2 w3 w4 V))) as K.
  { unfold offered_up. cbv zeta. repeat apply kept_given; rewrite ?given_pg; try apply kept_refl;
      apply offerable_own, HO; set_solver. }
  assert (~ outs (pg V a d)) as Hd by (intros [[n E] _]; rewrite (offer_role _ _ _ _ (HO d ltac:(left))) in E; done).
  unfold created. generalize dependent (given a d (descriptor_gift d) (offered_up a d w1 w2 w3 w4 V)). intros V4 [].
  split; auto; intros b **; cbn; rewrite ?update_ne by (by intros ->); auto.
  rewrite decide_False; [auto|]. by intros (->&_).
Qed.

Lemma kept_prepared d ch l v first rest V' : is_child ρ V a d ch -> prepared_from ρ V m a d ch l v first rest V' ->
  kept V'.
Proof.
  intros C (_&_&O1&O2&O3&X). pose proof (child_not_outs _ _ C) as Hc.
  assert (forall V0 w1 w2 w3, kept V0 -> (forall w, pg V0 a w = pg V a w) -> offerable ρ V a w1 -> offerable ρ V a w2 ->
    offerable ρ V a w3 -> kept (prepared a d ch l v w1 w2 w3 V0)) as K.
  { intros V0 w1 w2 w3 K0 E Y1 Y2 Y3. unfold prepared, linked. cbv zeta. do 3 (apply kept_with_table; [|done]).
    repeat apply kept_given; rewrite ?given_pg, ?E; auto using offerable_own. }
  destruct X as [(_&_&->)|(_&O4&_&->)]; apply K; auto using kept_refl.
  - unfold extended. apply kept_with_list; [|done]. apply kept_given; auto using kept_refl, offerable_own.
  - intros w. apply (given_pg V a _ (gift_of d)).
Qed.

Lemma kept_collected d ch l u v1 V' : is_child ρ V a d ch -> collected V a ch l u v1 V' -> kept V'.
Proof.
  intros C (v2&v3&p1&p2&p3&(_&P1&E1)&(_&P2&E2)&(_&P3&E3)&X). pose proof (child_not_outs _ _ C) as Hc.
  assert (own p1 /\ own p2 /\ own p3) as (O1&O2&O3) by (split_and!; eexists; eauto).
  destruct X as [->|(v4&head&ls&next&_&_&P4&E4&->)]; unfold handed_over, handed_over_spare, unlinked_all.
  - do 3 (apply kept_linked_back; [|done]). do 3 (apply kept_unlinked; [|done]). apply kept_refl.
  - assert (own head) by (eexists; eauto). do 2 (apply kept_linked_back; [|done]). apply kept_with_list; [|done].
    do 2 (apply kept_linked_back; [|done]). do 3 (apply kept_unlinked; [|done]). apply kept_refl.
Qed.

Lemma kept_deleted d ch dead ρ' V' : is_child ρ V a d ch -> deleted ρ V a d ch dead ρ' V' -> kept V'.
Proof.
  intros C (S&Da&[_ Pt Po Pp Pv Pl Pe _ Pg _ Pd]).
  pose proof (fun b => dead_not_outs _ _ _ b C S) as Hd.
  assert (forall w, gift_child (v_gift (without dead (with_gift a d (gift_of d) V)) a w) = d ->
    e_frame (v_entry (without dead (with_gift a d (gift_of d) V)) a w) = pg V a w /\ own (pg V a w)) as Hw.
  { intros w. cbn. rewrite Da. intros G. split; [done|]. exists w. split; [|done].
    destruct (decide (w = d)) as [->|Hw]; [apply C|]. rewrite set2_ne in G by (by intros [_ ?]).
    apply (inv_gift _ _ I). rewrite G. apply C. }
  split; try (intros b **; rewrite ?Pt, ?Po, ?Pp, ?Pl, ?Pv; cbn; by rewrite ?(Hd _ ltac:(eassumption))).
  - intros p _ Hp. destruct (Pd p) as [->|(w&G&E&_)]; [done|exfalso]. destruct (Hw w G) as [E' O].
    unfold pg in E at 1. rewrite E' in E. by subst p.
  - intros b v O. pose proof (Hd _ O) as Db. destruct (Pe b v) as [->|(->&w&G&E)]; cbn; rewrite ?Db; [by left|].
    right. destruct (Hw w G) as [E' Ow]. unfold pg in E at 1. rewrite E' in E. unfold pg in E at 2. cbn in E.
    rewrite Db in E. change (e_frame (v_entry V b v)) with (pg V b v) in E. rewrite <- E. split; [done|].
    by exists true.
  - intros b v O. rewrite Pg, decide_False by (intros [-> _]; by apply (outs_not_a a)). cbn.
    rewrite (Hd _ O). apply set2_ne. intros [-> _]. by apply (outs_not_a a).
Qed.

Lemma kept_stored V1 f : stored a V V1 -> (forall p,
  p <> a -> p <> target -> f p = v_vsti V p) -> kept (new_states f V1).
Proof.
  intros (dt&->&Hd) Hf. split; try done; auto.
  - intros p _ Hp. cbn. destruct (Hd p) as [|(v&U&_&E)]; [done|]. destruct Hp. exists v.
    by split; [apply (inv_user _ _ I)|].
  - intros b O Ht. apply Hf; [by apply outs_not_a|done].
Qed.

End Views.

(** ** From views to memory *)
Section Theorem_.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (s : state) (a b c p v w : N).

Lemma outs_partition ρ V ρ' V' m a t b : rep ρ V m -> inv ρ V -> kept ρ V m a t V' -> inv ρ' V' ->
  partition m b -> ~ descendant m a b -> is_partition ρ' b.
Proof.
  intros R I K I'. induction 1 as [|x c Px IH Cx]; intros D; [eexists; apply (inv_root _ _ I')|].
  assert (~ descendant m a x) as Dx by (intros X; by eapply D, descendant_child).
  pose proof (partition_role _ _ _ R I _ Px) as Hx. assert (outs ρ m a x) as O by by split.
  destruct Cx as (d&G&<-). destruct Hx as [n Ex]. destruct (views_agree _ _ _ _ _ R Ex) as (Em&Eg&_).
  rewrite Em. rewrite Eg in G. change (is_partition ρ' (pg V x d)). rewrite <- (kept_pg _ _ _ _ _ _ _ _ K O).
  apply (inv_child _ _ I'). by rewrite (kept_gift _ _ _ _ _ _ K).
Qed.

Lemma confined_of_view ρ V ρ' V' s s' : holds ρ V s -> holds ρ' V' s' -> partition (mem s) (current s) ->
  kept ρ V (mem s) (current s) (current s') V' -> confined s s'.
Proof.
  intros (R&I&[n Ea]&_) (R'&I'&_) Pa K.
  assert (forall b, outside s b -> outs ρ (mem s) (current s) b /\ exists j j',
    ρ b = Partition j /\ ρ' b = Partition j') as X.
  { intros b [Pb D]. pose proof (partition_role _ _ _ R I _ Pb) as [j Ej].
    destruct (outs_partition _ _ _ _ _ _ _ _ R I K I' Pb D) as [j' Ej']. split; [split; [by exists j|done]|eauto]. }
  assert (forall p, own V (current s) p -> mapped (mem s) (current s) p) as Hown.
  { intros p (w&P&E). exists w. by rewrite (mmu_entry_view _ _ _ _ _ _ R Ea). }
  split.
  - intros b p Pb (v&U&Ev) Hm. destruct (partition_role _ _ _ R I _ Pb) as [j Ej].
    rewrite (mmu_entry_view _ _ _ _ _ _ R Ej) in *. change (pg V b v = p) in Ev. subst p.
    assert (~ descendant (mem s) (current s) b) as D.
    { intros D. apply Hm, Hown. eapply descendant_own; [done..|]. by apply (inv_user _ _ I). }
    destruct (X b) as [O _]; [by split|]. pose proof (inv_kernel _ _ I _ _ U) as Ep.
    assert (~ own V (current s) (pg V b v)) as Ho by auto.
    assert (v_entry V' b v = v_entry V b v) as Ee.
    { destruct (kept_entry _ _ _ _ _ _ K b v O) as [|[? _]]; done. }
    assert (ρ' (pg V b v) = UserPage) as Ep'.
    { unfold pg. rewrite <- Ee. apply (inv_kernel _ _ I'). by rewrite Ee. }
    by rewrite (user_data _ _ _ _ R' Ep'), (user_data _ _ _ _ R Ep), (kept_data _ _ _ _ _ _ K).
  - intros b v Ob. destruct (X b Ob) as [O (j&j'&Ej&Ej')]. cbv zeta.
    rewrite (mmu_entry_view _ _ _ _ _ _ R Ej), (mmu_entry_view _ _ _ _ _ _ R' Ej').
    destruct (kept_entry _ _ _ _ _ _ K b v O) as [|[? ?]]; [by left|right]. split; [by apply Hown|done].
  - intros b v Ob. destruct (X b Ob) as [O (j&j'&Ej&Ej')]. destruct (views_agree _ _ _ _ _ R Ej) as (_&->&->&->).
    destruct (views_agree _ _ _ _ _ R' Ej') as (_&->&->&->).
    split_and!; [by apply (kept_gift _ _ _ _ _ _ K)|by apply (kept_origin _ _ _ _ _ _ K)
      |by apply (kept_parent _ _ _ _ _ _ K)].
  - intros b Ob Ht. destruct (X b Ob) as [O (j&j'&Ej&Ej')].
    destruct (descriptor_at _ _ _ _ _ R Ej) as (d&->&Hk&Hl&Hp&Hv),
      (descriptor_at _ _ _ _ _ R' Ej') as (d'&->&Hk'&Hl'&Hp'&Hv').
    pose proof (fun k => Hk' k) as Hr. pose proof (Hr Mmu) as H1. pose proof (Hr Shadow1) as H2.
    pose proof (Hr Shadow2) as H3.
    rewrite (kept_table _ _ _ _ _ _ K), Hk in H1, H2, H3 by done. rewrite (kept_list _ _ _ _ _ _ K), Hl in Hl' by done.
    rewrite (kept_parent _ _ _ _ _ _ K) in Hp' by done. rewrite (kept_vsti _ _ _ _ _ _ K) in Hv' by done.
    destruct d, d'. cbn in *. by simplify_eq.
Qed.

Lemma confined_refl s : confined s s.
Proof. split; auto. Qed.

Lemma current_partition_of ρ V s : holds ρ V s -> partition (mem s) (current s).
Proof.
  intros (R&I&[n Ec]&_). revert Ec. generalize (current s). induction n as [|n IH]; intros c Ec.
  - rewrite (root_only _ _ _ _ R Ec). constructor.
  - eapply partition_child; [apply (IH (v_parent V c))|by eapply parent_child]. by apply (parent_role _ _ _ _ _ R Ec).
Qed.

(** From a specification to its theorem. *)
Lemma spec_confined {A} ρ V (m : K A) (status_of : A -> status) (Q : A -> state -> Prop) s : holds ρ V s ->
  wp m (fun x s' => decides (status_of x) s s' (Q x s')) s ->
  (forall x s', Q x s' -> s' = s \/ exists ρ' V', holds ρ' V' s' /\ kept ρ V (mem s) (current s) (current s') V') ->
  wp (outcome_of m) (fun _ s' => confined s s') s.
Proof.
  intros Hs S HQ. apply wp_outcome. eapply wp_mono; [exact S|]. intros x s' [D U].
  assert (Q x s' -> confined s s') as X.
  { intros q. destruct (HQ x s' q) as [->|(ρ'&V'&Hs'&K)]; [apply confined_refl|].
    eapply confined_of_view; [done..|by eapply current_partition_of|done]. }
  destruct (status_eq (status_of x) DONE) eqn:E.
  - apply X, D. destruct (status_of x); done || by rewrite status_eq_ne in E.
  - rewrite U; [apply confined_refl|]. intros Z. by rewrite Z, status_eq_refl in E.
Qed.

Lemma passed_kept ρ V s target s' : holds ρ V s -> passed ρ V (current s) target s' ->
  exists ρ' V', holds ρ' V' s' /\ kept ρ V (mem s) (current s) (current s') V'.
Proof.
  intros Hs (V1&f&S&Et&Hs'&Hf). eexists _, _. split; [exact Hs'|]. rewrite Et. destruct Hs as (R&I&_).
  by eapply kept_stored.
Qed.

(** Whatever the running partition asks of the kernel. *)
Lemma serve_confined (c : call) s : wf s -> wp (serve c) (fun _ s' => confined s s') s.
Proof.
  intros (ρ&V&Hs). pose proof (current_partition_of _ _ _ Hs) as Pa. pose proof Hs as (R&I&_&_).
  destruct c; cbn [serve].
  - eapply spec_confined; [exact Hs|by eapply createPartition_spec|]. cbv beta zeta. intros _ s' (O&E&ρ'&Hs'). right.
    eexists _, _. split; [exact Hs'|]. by apply kept_created.
  - apply wp_outcome. eapply wp_mono; [by eapply countToMap_spec|]. intros _ s' ->. apply confined_refl.
  - eapply spec_confined; [exact Hs|by eapply prepare_spec|]. cbv beta. intros ans s' (ch&C&E&[(->&_)|X]); [by left|].
    destruct X as (l&ρ'&V'&Hs'&P). right. exists ρ', V'. split; [done|]. by eapply kept_prepared.
  - eapply (spec_confined _ _ _ id); [exact Hs|by eapply addVAddr_spec|]. cbv beta zeta.
    intros _ s' (ch&C&E&_&_&_&_&Hs'). right. eexists _, _. split; [exact Hs'|]. by apply kept_added.
  - eapply (spec_confined _ _ _ id); [exact Hs|by eapply removeVAddr_spec|]. cbv beta zeta.
    intros _ s' (ch&C&E&_&_&_&Hs'). right. eexists _, _. split; [exact Hs'|]. by eapply kept_removed.
  - apply wp_outcome. eapply wp_mono; [by eapply mappedInChild_spec|]. intros _ s' [-> _]. apply confined_refl.
  - eapply (spec_confined _ _ _ id); [exact Hs|by eapply deletePartition_spec|]. cbv beta.
    intros _ s' (ch&dead&ρ'&V'&C&_&D&Hs'). right. exists ρ', V'. split; [done|]. by eapply kept_deleted.
  - eapply spec_confined; [exact Hs|by eapply collect_spec|]. cbv beta. intros ans s' (ch&l&ρ'&V'&C&_&Hs'&_&v1&_&D).
    right. exists ρ', V'. split; [done|]. by eapply kept_collected.
  - eapply (spec_confined _ _ _ id); [exact Hs|by eapply yieldTo_spec|]. cbv beta. intros _ s' (a&P&_). right.
    by eapply passed_kept.
  - apply wp_outcome. eapply wp_mono; [by eapply getIntState_spec|]. intros _ s' [-> _]. apply confined_refl.
  - apply wp_outcome. eapply wp_mono; [by eapply setIntState_spec|]. cbv beta. intros _ s' (_&E&Hs').
    eapply confined_of_view; [exact Hs|exact Hs'|done|]. destruct (kept_refl ρ V (mem s) (current s) (current s')).
    split; auto. intros b O _. cbn. apply update_ne. by eapply outs_not_a.
  - apply wp_outcome. eapply wp_mono; [by eapply physicalAddress_spec|]. intros _ s' ->. apply confined_refl.
  - eapply (spec_confined _ _ _ id); [exact Hs|by eapply deliverInterrupt_spec|]. cbv beta. intros _ s' P. right.
    by eapply passed_kept.
  - eapply (spec_confined _ _ _ id); [exact Hs|by eapply deliverFault_spec|]. cbv beta. intros _ s' (a&_&P). right.
    by eapply passed_kept.
Qed.

(** Whatever happens next. *)
Theorem step_confined s s' : wf s -> step_to s s' -> confined s s'.
Proof.
  intros W. destruct 1 as [c s s' E|s s' v e i w Ht [U Hw]%andb_true_iff E|s r].
  - pose proof (serve_confined c s W) as X. apply wp_done in X as (a&s2&E'&X). congruence.
  - assert (i < 1024) as Hi.
    { unfold write_word in E. destruct (i <? 1024) eqn:B; [by apply N.ltb_lt|done]. }
    destruct W as (ρ&V&Hs). pose proof (translates_view _ _ _ _ _ Hs Ht) as ->.
    pose proof (current_partition_of _ _ _ Hs) as Pa. pose proof Hs as (R&I&P&T).
    destruct s as [m x r t]. cbn in *. pose proof (inv_kernel _ _ I _ _ U) as K.
    assert (wp (write_word (pg V x v) i w) (fun _ s' => confined (State m x r t) s') (State m x r t)) as X.
    { eapply wp_write_word; [exact R|exact K|exact Hi|]. intros m' R' _.
    eapply (confined_of_view ρ V ρ); [exact Hs| |done|].
      - split_and!; [exact R'| |exact P|exact T]. clear -I. destruct I. by split.
      - apply kept_with_data; [apply kept_refl|left]. exists v. by split; [apply (inv_user _ _ I)|]. }
    apply wp_done in X as (a&s2&E'&X). unfold pg in E'. congruence.
  - split; auto.
Qed.

End Theorem_.
