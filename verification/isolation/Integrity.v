(* SPDX-License-Identifier: Apache-2.0 *)
(** * Integrity: what a step of a partition can change outside its subtree

    [confined s s']: from [s] to [s'], user data that the running partition does not map keeps its contents, and for
    each partition outside its subtree (siblings, ancestors, strangers) the tables say what they said, but that pages
    of the running partition may have become accessible or inaccessible there.  Stated on memory alone. *)
From Pip.Isolation Require Export Refinement Safety.

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
Proof. intros [n Ex] C. exists d. destruct (views_agree _ _ _ _ _ R Ex) as (->&->&_). split; apply C. Qed.

Lemma parent_child c n : ρ c = Partition (S n) -> child m (v_parent V c) c.
Proof.
  intros E. destruct (parent_role _ _ _ _ _ R E) as [Hr Ep].
  destruct (inv_structure _ _ I c c) as (w&_&_&_&G4&G5); [unfold owner; by rewrite E|done|]. eexists.
  destruct (views_agree _ _ _ _ _ R Ep) as (->&->&_). by split.
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
Proof. intros [] Hp. split; auto. intros q Eq Hq. cbn. rewrite update_ne; [auto|]. intros ->. by destruct Hp. Qed.

Lemma kept_with_note V' q (n : note) : kept V' -> kept (with_note q n V').
Proof. by intros []. Qed.

Lemma kept_unlinked V' c k l u : kept V' -> ~ outs c -> kept (unlinked c k l u V').
Proof.
  intros [] Hc.
  split; auto; intros b **; cbn; [| | |rewrite decide_False; [auto|by intros (->&_)]]; case_decide; auto; unfold wipe;
    (case_decide as D; [by destruct D as [-> _]|auto]).
Qed.

Lemma kept_given V' w g : kept V' -> own (pg V' a w) -> kept (given a w g V').
Proof. intros K O. apply kept_with_gift; [by apply kept_access|]. intros X. by apply (outs_not_a a). Qed.

Lemma kept_linked_back V' v p w : kept V' -> own p -> kept (linked_back a v p w V').
Proof.
  intros K O. apply kept_with_data; [|by left]. apply kept_with_gift; [|intros X; by apply (outs_not_a a)].
  apply kept_access; [|done]. apply kept_with_data; [done|by left].
Qed.

(** *** Each service *)

(** A check that was passed. *)
Lemma passed checks (b : bool) st : Forall (fun x => x.2 <> DONE) checks -> first_failing checks = DONE ->
  (b, st) ∈ checks ->
  b = true.
Proof.
  induction 1 as [|[b' st'] l Hst _ IH]; cbn; [by intros _ ?%elem_of_nil|]. destruct b'; [|by intros ->].
  intros F [[= -> ->]|E]%elem_of_cons; auto.
Qed.

Ltac passed F b st := refine (passed _ b st _ F _); [repeat constructor; by repeat case_match|];
  cbn [app]; repeat first [apply elem_of_list_here | apply elem_of_list_further].

Lemma named_child child : is_named V a child = true -> is_child ρ V a (page_number child) (child_of V a child).
Proof. intros N%negb_true_iff%N.eqb_neq. by eapply child_of_child. Qed.

Lemma mapped_own w : e_present (v_entry V a w) = true -> own (pg V a w).
Proof. by exists w. Qed.

Lemma kept_lent w d ch x wr ex : ~ outs ch -> kept (added a w d ch x wr ex V) /\ kept (removed a w ch x V).
Proof.
  intros Hc. assert (~ outs a) by (intros X; by apply (outs_not_a a)).
  split; repeat first [apply kept_refl|apply kept_with_entry|apply kept_with_gift|apply kept_with_origin]; done.
Qed.

Lemma kept_created d w1 w2 w3 w4 : (forall w, w ∈ [d; w1; w2; w3; w4] -> own (pg V a w)) ->
  e_user (v_entry V a d) = true -> kept (created a d w1 w2 w3 w4 V).
Proof.
  intros HO U. assert (kept (given a d (descriptor_gift d) (offered_up a d w1 w2 w3 w4 V))) as K.
  { unfold offered_up. cbv zeta. repeat apply kept_given; rewrite ?given_pg; try apply kept_refl; apply HO; set_solver.
    }
  assert (~ outs (pg V a d)) as Hd by (intros [[n E] _]; by rewrite (inv_kernel _ _ I _ _ U) in E). unfold created.
  generalize dependent (given a d (descriptor_gift d) (offered_up a d w1 w2 w3 w4 V)). intros V4 [].
  split; auto; intros b **; cbn; rewrite ?update_ne by (by intros ->); auto. rewrite decide_False; [auto|].
  by intros (->&_).
Qed.

Lemma kept_prepared d ch l v w1 w2 w3 V0 : ~ outs ch -> kept V0 -> (forall w, pg V0 a w = pg V a w) ->
  own (pg V a w1) -> own (pg V a w2) -> own (pg V a w3) -> kept (prepared a d ch l v w1 w2 w3 V0).
Proof.
  intros Hc K0 E Y1 Y2 Y3. unfold prepared, recorded, linked. cbv zeta. apply kept_with_note.
  do 3 (apply kept_with_table; [|done]). repeat apply kept_given; rewrite ?given_pg, ?E; auto.
Qed.

Lemma kept_extended d ch w4 : ~ outs ch -> own (pg V a w4) -> kept (extended a d ch w4 V).
Proof.
  intros Hc O. unfold extended. apply kept_with_note, kept_with_list; [|done]. apply kept_given; auto using kept_refl.
Qed.

Lemma kept_collected ch l u place : ~ outs ch -> is_listed V a ch l u = true -> noted V ch l u = Some place ->
  kept (collected V a ch l u place).
Proof.
  intros Hc. unfold is_listed. intros L N. rewrite N in L. unfold collected, handed_over.
  destruct (record_at V place) as [e v1 v2 v3]. cbn [record_mmu record_shadow1 record_shadow2] in L. bool.
  repeat match goal with M : maps V a ?v ?p = true |- _ => assert (own p) by (exists v; by apply maps_pres); clear M
    end. assert (kept (struck place (list_head V ch) (unlinked_all ch l u V))) as K.
  { unfold struck, unlinked_all. cbv zeta. do 2 apply kept_with_note. do 3 (apply kept_unlinked; [|done]).
    apply kept_refl. }
  generalize dependent (struck place (list_head V ch) (unlinked_all ch l u V)). intros V' K. cbv zeta.
  match goal with M : (if loses_head V ch then _ else _) = true |- _ => revert M end.
  destruct (loses_head V ch); intros M.
  - assert (own (list_head V ch)) by (eexists; by apply maps_pres). do 2 (apply kept_linked_back; [|assumption]).
    apply kept_with_list; [|done]. do 2 (apply kept_linked_back; [|assumption]). exact K.
  - do 3 (apply kept_linked_back; [|assumption]). exact K.
Qed.

Lemma kept_released d v V' : kept V' -> pres V' a v -> own (pg V' a v) -> kept (released a d v V').
Proof.
  intros K P O. assert (~ outs a) by (intros X; by apply (outs_not_a a)). unfold released. case_match; [|done].
  case_match; [by apply kept_with_gift|]. apply kept_with_gift; [|done]. apply kept_access; [|done].
  apply kept_with_data; [done|by left].
Qed.

Lemma kept_deleted d ch : is_child ρ V a d ch -> is_partition ρ a -> kept (deleted a d ch V).
Proof.
  intros C [n Ea]. pose proof (child_depth _ _ _ _ _ _ _ R C Ea) as Ech.
  pose proof (in_subtree_spec _ _ _ _ _ R Ech) as S.
  assert (in_subtree page_fuel V ch a = false) as Da by (eapply in_subtree_below; [exact R|exact Ech|exact Ea|lia]).
  pose proof (fun b => dead_not_outs _ _ _ b C S) as Hd. unfold deleted.
  assert (forall b, let V' := released_before b a d (detached a d ch V) in kept V' /\ (forall w, pg V' a w = pg V a w /\
    (pres V' a w <-> pres V a w)) /\ (forall w, gift_child (v_gift V' a w) = d -> pres V a w)) as X; [|apply X].
  induction b as [|b IH] using N.peano_ind; cbv zeta.
  - split_and!.
    + split; intros b **; unfold released_before; rewrite N.recursion_0; cbn; rewrite ?Hd by done; auto. apply set2_ne.
      intros [-> _]. by apply (outs_not_a a).
    + intros w. unfold released_before, pres, pg. rewrite N.recursion_0. cbn. by rewrite Da.
    + intros w. unfold released_before. rewrite N.recursion_0. cbn. rewrite Da. unfold set2.
      case_decide as D; [destruct D as [_ ->]; intros _; apply C|]. intros G. apply (inv_gift _ _ I). rewrite G.
      apply C.
  - rewrite <- N.add_1_r, released_before_succ. destruct IH as (K&E&G).
    generalize dependent (released_before b a d (detached a d ch V)). intros V' K E G. split_and!.
    + destruct (decide (gift_child (v_gift V' a b) = d)) as [Gb|Gb]; [|unfold released; by rewrite (proj2 (N.eqb_neq _
        _) Gb)]. apply kept_released; [done|apply E; auto|]. rewrite (proj1 (E b)). exists b. auto.
    + intros w. destruct (released_pg V' a d b a w) as [-> ->]. apply E.
    + intros w. rewrite released_gift. case_decide; [|apply G]. cbn. intros Z. by destruct (child_name _ _ _ _ _ C).
Qed.

Lemma kept_stored V1 : stored own V V1 -> kept V1.
Proof. intros (dt&Hd&->). split; auto. intros p _ Hp. by destruct (Hd p). Qed.

Lemma kept_saved save_at r : all_of_context (may_write V a) save_at = true -> kept (saved (context_at V a save_at) r V).
Proof.
  assert (forall v, may_write V a v = true -> own (pg V a v)) as Ho.
  { intros v M%writable_readable. apply mapped_own. apply andb_true_iff in M as [_ U]. by apply (inv_user _ _ I). }
  intros [_ [M1 M2]%andb_true_iff]%andb_true_iff. apply kept_stored, stored_saved; [by apply Ho|]. cbn.
  destruct (in_one_page save_at); [by apply Ho|]. apply andb_true_iff in M2 as [_ M2]. by apply Ho.
Qed.

Lemma kept_with_vsti V' c (b : bool) : kept V' -> c = a \/ c = target -> kept (with_vsti c b V').
Proof.
  intros [] Hc. split; auto. intros y O Hy. cbn. rewrite update_ne; [auto|]. intros ->.
  destruct Hc as [->| ->]; [by apply (outs_not_a a)|done].
Qed.

Lemma kept_handled r w vector : w = target -> kept (handled V a r w vector).
Proof.
  intros ->. unfold handled, resumed. apply kept_with_vsti; [|by right]. unfold interrupted.
  case_match eqn:M; [|apply kept_refl]. apply kept_saved. by apply andb_true_iff in M as [_ ?].
Qed.

(** A refusal changes nothing; otherwise all checks were passed, [F]. *)
Ltac or_same := unfold decided; match goal with |- context [first_failing ?checks] =>
    let B := fresh in let F := fresh "F" in let X := fresh "X" in
    intros [_ X]; revert X; destruct (status_eq (first_failing checks) DONE) eqn:B; [|intros [_ ->]; apply kept_refl];
    assert (F : first_failing checks = DONE) by (destruct (first_failing checks); done || by rewrite status_eq_ne in B);
    clear B; let Et := fresh "Et" in intros [Et X] end.

Lemma kept_prepare r child va first ans V' : specified V r a (CallPrepare child va first) ans target V' -> kept V'.
Proof.
  cbn [specified]. or_same.
  assert (is_named V a child = true) as N by (unfold prepare_checks, child_checks in F; revert F; cbn;
    destruct (is_named V a child); [done|discriminate]). pose proof (child_not_outs _ _ (named_child _ N)) as Hc.
  unfold prepare_checks, child_checks in F.
  destruct (lowest_level_of _ _ _) as [|l]; [destruct X as [-> _]; apply kept_refl|].
  change (S l =? 0)%nat with false in F. cbn iota in F. cbv zeta in F. unfold offer_checks in F.
  destruct (is_full _ _ _); destruct X as [_ ->]; (apply kept_prepared; [done| | |apply mapped_own..]);
    try (match goal with |- ?b = true => passed F b NOT_MAPPED end); [| |apply kept_refl|done].
  - apply kept_extended; [done|]. apply mapped_own. match goal with |- ?b = true => passed F b NOT_MAPPED end.
  - intros w. apply (given_pg V a _ (gift_of (page_number child))).
Qed.

(** Whatever the call, if it is done as specified. *)
Lemma kept_specified r (c : call) ans V' : is_partition ρ a -> specified V r a c ans target V' -> kept V'.
Proof.
  intros Pc S. destruct c; lazymatch type of S with
    | specified _ _ _ (CallPrepare _ _ _) _ _ _ => by eapply kept_prepare
    | _ => revert S; cbn [specified]; try or_same
    end.
  - subst V'. unfold createPartition_checks, offer_checks in F. apply kept_created.
    + intros w Hw. apply mapped_own. rewrite !elem_of_cons, elem_of_nil in Hw.
      destruct Hw as [->|[->|[->|[->|[-> |[]]]]]]; match goal with |- ?b = true => passed F b NOT_MAPPED end.
    + match goal with |- ?b = true => passed F b NOT_ACCESSIBLE end.
  - destruct X as [-> _]. apply kept_refl.
  - subst V'.
    assert (is_named V a child = true) as N by (unfold addVAddr_checks in F; passed F (is_named V a child) NOT_A_CHILD).
    apply kept_lent. by eapply child_not_outs, named_child.
  - subst V'.
    assert (is_named V a child = true) as N by (unfold removeVAddr_checks in F; passed F (is_named V a child)
      NOT_A_CHILD). eapply (kept_lent _ 0 _ _ false false). by eapply child_not_outs, named_child.
  - destruct X as [-> _]. apply kept_refl.
  - subst V'. apply kept_deleted; [|done]. apply named_child. passed F (is_named V a child) NOT_A_CHILD.
  - assert (is_named V a child = true /\ is_listed V a (child_of V a child) (lowest_level_of V (child_of V a child)
      (page_number va)) (prefix (page_number va) (lowest_level_of V (child_of V a child) (page_number va))) = true) as
      [N L] by (unfold collect_checks, child_checks in F; cbv zeta in F; split; match goal with |- ?b = true => solve
      [passed F b NOT_A_CHILD] || solve [passed F b NOT_LISTED] end).
    destruct (noted _ _ _ _) as [place|] eqn:Np; [|done]. destruct X as [_ ->].
    apply kept_collected; [by eapply child_not_outs, named_child|done..].
  - subst V'. unfold yielded, resumed. cbv zeta. apply kept_with_vsti; [|by right]. apply kept_with_vsti; [|by left].
    destruct (vidt_word V a save_slot =? 0) eqn:Z; [apply kept_refl|]. apply kept_saved. unfold yieldTo_checks in F.
    rewrite Z in F. cbn [orb] in F. match goal with |- ?b = true => passed F b CALLER_CONTEXT_UNAVAILABLE end.
  - destruct X as [-> _]. apply kept_refl.
  - subst V'. apply kept_with_vsti; [apply kept_refl|by left].
  - destruct X as [-> _]. apply kept_refl.
  - subst V'. by apply kept_handled.
  - destruct (told _ _ _ _) as [[b w]|]; [intros (_&<-&->); by apply kept_handled|intros (_&_&->); apply kept_refl].
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
  pose proof (partition_role _ _ _ R I _ Px) as Hx. assert (outs ρ m a x) as O by by split. destruct Cx as (d&G&<-).
  destruct Hx as [n Ex]. destruct (views_agree _ _ _ _ _ R Ex) as (Em&Eg&_). rewrite Em. rewrite Eg in G.
  change (is_partition ρ' (pg V x d)). rewrite <- (kept_pg _ _ _ _ _ _ _ _ K O). apply (inv_child _ _ I').
  by rewrite (kept_gift _ _ _ _ _ _ K).
Qed.

Lemma confined_of_view ρ V ρ' V' s s' : holds ρ V s -> holds ρ' V' s' -> partition (mem s) (current s) ->
  kept ρ V (mem s) (current s) (current s') V' -> confined s s'.
Proof.
  intros (R&I&[n Ea]&_) (R'&I'&_) Pa K.
  assert (forall b, outside s b -> outs ρ (mem s) (current s) b /\ exists j j', ρ b = Partition j /\ ρ' b = Partition
    j') as X.
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
    assert (~ own V (current s) (pg V b v)) as Ho by auto. assert (v_entry V' b v = v_entry V b v) as Ee.
    { destruct (kept_entry _ _ _ _ _ _ K b v O) as [|[? _]]; done. }
    assert (ρ' (pg V b v) = UserPage) as Ep'.
    { unfold pg. rewrite <- Ee. apply (inv_kernel _ _ I'). by rewrite Ee. }
    by rewrite (user_data _ _ _ _ R' Ep'), (user_data _ _ _ _ R Ep), (kept_data _ _ _ _ _ _ K).
  - intros b v Ob. destruct (X b Ob) as [O (j&j'&Ej&Ej')]. cbv zeta.
    rewrite (mmu_entry_view _ _ _ _ _ _ R Ej), (mmu_entry_view _ _ _ _ _ _ R' Ej').
    destruct (kept_entry _ _ _ _ _ _ K b v O) as [|[? ?]]; [by left|right]. split; [by apply Hown|done].
  - intros b v Ob. destruct (X b Ob) as [O (j&j'&Ej&Ej')]. destruct (views_agree _ _ _ _ _ R Ej) as (_&->&->&->).
    destruct (views_agree _ _ _ _ _ R' Ej') as (_&->&->&->).
    split_and!; [by apply (kept_gift _ _ _ _ _ _ K)|by apply (kept_origin _ _ _ _ _ _ K) |by apply (kept_parent _ _ _ _
      _ _ K)].
  - intros b Ob Ht. destruct (X b Ob) as [O (j&j'&Ej&Ej')].
    destruct (descriptor_at _ _ _ _ _ R Ej) as (d&->&Hk&Hl&Hp&Hv), (descriptor_at _ _ _ _ _ R' Ej') as
      (d'&->&Hk'&Hl'&Hp'&Hv'). pose proof (fun k => Hk' k) as Hr. pose proof (Hr Mmu) as H1.
    pose proof (Hr Shadow1) as H2. pose proof (Hr Shadow2) as H3.
    rewrite (kept_table _ _ _ _ _ _ K), Hk in H1, H2, H3 by done. rewrite (kept_list _ _ _ _ _ _ K), Hl in Hl' by done.
    rewrite (kept_parent _ _ _ _ _ _ K) in Hp' by done. rewrite (kept_vsti _ _ _ _ _ _ K) in Hv' by done.
    destruct d, d'. cbn in *. by simplify_eq.
Qed.

Lemma current_partition_of ρ V s : holds ρ V s -> partition (mem s) (current s).
Proof.
  intros (R&I&[n Ec]&_). revert Ec. generalize (current s). induction n as [|n IH]; intros c Ec.
  - rewrite (root_only _ _ _ _ R Ec). constructor.
  - eapply partition_child; [apply (IH (v_parent V c))|by eapply parent_child]. by apply (parent_role _ _ _ _ _ R Ec).
Qed.

(** Whatever the running partition asks of the kernel. *)
Lemma serve_confined (c : call) s : wf s -> wp (serve c) (fun _ s' => confined s s') s.
Proof.
  intros (ρ&V&Hs). pose proof (current_partition_of _ _ _ Hs) as Pa. pose proof Hs as (R&I&Pc&_). apply wp_bind.
  eapply wp_mono; [by apply (refinement ρ V)|]. intros ans s' (_&ρ'&V'&Hs'&S). apply wp_ret.
  eapply confined_of_view; [exact Hs|exact Hs'|exact Pa|]. by eapply kept_specified.
Qed.

(** Whatever happens next. *)
Theorem step_confined s s' : wf s -> step_to s s' -> confined s s'.
Proof.
  intros W. destruct 1 as [c s s' E|s s' v e i w Ht [U Hw]%andb_true_iff E|s r].
  - pose proof (serve_confined c s W) as X. apply wp_done in X as (a&s2&E'&X). congruence.
  - destruct W as (ρ&V&Hs). pose proof (translates_view _ _ _ _ _ Hs Ht) as Ev.
    destruct (user_write _ _ _ _ _ _ _ _ Hs Ht U E) as [_ X]. pose proof Hs as (_&I&_&_).
    eapply (confined_of_view ρ V); [exact Hs|exact X|by eapply current_partition_of|].
    apply kept_with_data; [apply kept_refl|left]. exists v. split; [|done]. apply (inv_user _ _ I). by rewrite <- Ev.
  - split; auto.
Qed.

End Theorem_.
