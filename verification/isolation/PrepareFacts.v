(* SPDX-License-Identifier: Apache-2.0 *)
(** * Pages of a partition become structures of a child that exists already *)
From Pip.Isolation Require Export Create.
From Pip.Services Require Import Prepare.

Section Pure.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i x : N) (k : kind) (l j n : nat).
Implicit Types (r : N -> N) (t : N -> entry).

(** [p] is a hidden page that [a] gave to its child [ch], called [d], and that the child does not map. *)
Record adoptable ρ V a d ch p : Prop := {
  adopt_role : ρ p = UserPage;
  adopt_hidden : hidden_page V p;
  adopt_given : exists w, pres V a w /\ pg V a w = p /\ gift_child (v_gift V a w) = d;
  adopt_unmapped : forall v, pres V ch v -> pg V ch v <> p;
}.

(** Such pages may become structures of the child. *)
Lemma inv_adopt ρ V ρ' V' a d ch : inv ρ V -> is_child ρ V a d ch ->
  (forall p, ρ' p = ρ p \/ (owner ρ' p = Some ch /\ (forall n, ρ' p <> Partition n) /\ adoptable ρ V a d ch p)) ->
  (forall c k k' l u, is_Some (v_table V' c k l u) -> is_Some (v_table V' c k' l u)) ->
  v_entry V' = v_entry V -> v_gift V' = v_gift V -> v_origin V' = v_origin V -> v_parent V' = v_parent V -> inv ρ' V'.
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] [Cd Cp Cpr Cn Cz Cpt Cpar Cr _] Hr Ht Em Eg Eo Ep.
  assert (forall c n, ρ c = Partition n -> ρ' c = Partition n) as HP.
  { intros c n E. destruct (Hr c) as [-> |(_&_&A)]; [done|]. apply adopt_role in A. congruence. }
  assert (Egi : forall a w p c, gives V' a w p c <-> gives V a w p c) by (intros; unfold gives, pres, pg; by rewrite Em,
    Eg). split; try (unfold pres, pg; rewrite ?Em, ?Eg; done).
  - by apply HP.
  - intros c v P. unfold pres, pg in *. rewrite Em in *. specialize (Im _ _ P).
    destruct (Hr (e_frame (v_entry V c v))) as [-> |(Ho&_)]; [done|]. intros X. unfold owner in Ho. by rewrite X in Ho.
  - intros c v U. unfold pg. rewrite Em in *. pose proof (Ik _ _ U) as K. unfold pg in K.
    destruct (Hr (e_frame (v_entry V c v))) as [-> |(_&_&A)]; [done|]. exfalso.
    rewrite (adopt_hidden _ _ _ _ _ _ A c v) in U; [done|by apply Iu|done].
  - intros c v P Hc. rewrite Ep, Eo, Egi. unfold pres, pg in *. rewrite Em in *. by apply Ip.
  - intros c v P Hc. unfold pres in P. rewrite Ep, Eo, Em in *. by apply Ir.
  - intros p c Ho Hc. rewrite Ep. setoid_rewrite Egi. destruct (Hr p) as [E|(Ho'&_&A)].
    + apply Is; [|done]. unfold owner in *. by rewrite E in Ho.
    + rewrite Ho' in Ho. injection Ho as <-. destruct (adopt_given _ _ _ _ _ _ A) as (w&P&Ew&G). exists w. rewrite Cpar.
      unfold gives. rewrite G. done.
  - intros p c v Ho. unfold pres, pg. rewrite Em. destruct (Hr p) as [E|(Ho'&_&A)].
    + apply In. unfold owner in *. by rewrite E in Ho.
    + rewrite Ho' in Ho. injection Ho as <-. by apply (adopt_unmapped _ _ _ _ _ _ A).
  - intros a' d'. unfold pg. rewrite Eg, Ep, Em. intros D. destruct (Ic _ _ D) as (?&?&[n E]&?&?). split_and!; try done.
    exists n. by apply HP.
Qed.

(** What a partition may give, its child does not map. *)
Lemma offerable_unmapped ρ V a d ch w v : inv ρ V -> is_child ρ V a d ch -> offerable ρ V a w -> pres V ch v ->
  pg V ch v <> pg V a w.
Proof.
  intros I C O P E. destruct (inv_parent _ _ I _ _ P (child_not_root _ _ _ _ _ C)) as (G1&G2&G3&_).
  rewrite (child_parent _ _ _ _ _ C) in *. assert (v_origin V ch v = w) as X; [|rewrite X in G3; by apply G3, O].
  apply (inv_once _ _ I a); [done|apply O|congruence].
Qed.

Lemma is_child_given ρ V a d ch v g : inv ρ V -> is_child ρ V a d ch -> gift_child (v_gift V a v) = 0 ->
  is_child ρ (given a v g V) a d ch.
Proof.
  intros I [] G. assert (d <> v) as Hn by (intros ->; by destruct (inv_child _ _ I _ _ child_gift)).
  split; try done; rewrite ?given_pres, ?given_pg, ?given_gift_ne by (by intros [_ ?]); done.
Qed.

(** Given pages are adoptable as soon as they are hidden and noted. *)
Lemma adoptable_given ρ V a d ch w v : adoptable ρ V a d ch (pg V a w) -> w <> v ->
  pres V a w -> gift_child (v_gift V a w) = d -> adoptable ρ (given a v (gift_of d) V) a d ch (pg V a w).
Proof.
  intros [A1 A2 A3 A4] Hn P G. split; [done| | |].
  - apply hidden_given. by right.
  - exists w. rewrite given_pres, given_pg, given_gift_ne by (by intros [_ ?]). done.
  - intros y. rewrite given_pres, given_pg. apply A4.
Qed.

Lemma given_adoptable ρ V a d ch v : inv ρ V -> is_child ρ V a d ch -> offerable ρ V a v ->
  adoptable ρ (given a v (gift_of d) V) a d ch (pg V a v).
Proof.
  intros I C O. split; [apply O| | |].
  - apply hidden_given. by left.
  - exists v. rewrite given_pres, given_pg, given_gift_eq. split_and!; [apply O|done|done].
  - intros y. rewrite given_pres, given_pg. by eapply offerable_unmapped.
Qed.

(** ** Rules *)
Lemma wp_link ρ V m x r t c k l v q p (Q : unit -> state -> Prop) : rep ρ V m -> is_user_page v = true ->
  v_table V c k (S l) (prefix v (S l)) = Some q -> v_table V c k l (prefix v l) = None ->
    ρ p = Formatted (empty_table k (N.of_nat l)) ->
  p < pages ->
  (forall m', rep (update ρ p (TreeTable c k l (prefix v l))) (with_table c k l (prefix v l) (Some p) V) m' ->
     Q tt (State m' x r t)) -> wp (write_link q v (N.of_nat (S l)) (link_entry p)) Q (State m x r t).
Proof.
  intros R U T Tn Ep Hp HQ. destruct (interior_entry _ _ _ _ _ _ _ _ R T U) as (f&Ef&K&_). unfold write_link.
  rewrite U, index_at_nat. change (negb (N.of_nat (S l) =? 0)) with true. change (is_link _) with true. cbn [andb].
  apply wp_bind, wp_in_table; [apply position_lt|]. apply wp_bind, wp_get. cbn [mem].
  rewrite Ef, N.eqb_refl, K. apply wp_put. cbn [mem current registers tlb]. apply HQ. by eapply rep_link.
Qed.

Lemma wp_add_record ρ V m x r t c j q p w1 w2 w3 (Q : unit -> state -> Prop) : rep ρ V m -> ρ q = ListAt c j ->
  note_count (v_note V q) < list_capacity ->
  (forall m', rep ρ (recorded q (TableRecord p w1 w2 w3) V) m' -> Q tt (State m' x r t)) ->
  wp (add_record q p w1 w2 w3) Q (State m x r t).
Proof.
  intros R Eq Hc HQ. destruct (list_at ρ V (State m x r t) R _ _ _ Eq) as [Em _]. cbn in Em.
  unfold add_record, list_page in *. apply wp_bind, wp_get. cbn [mem]. rewrite Em.
  cbn [list_count list_next list_origin]. rewrite (proj2 (N.ltb_lt _ _) Hc). apply wp_put, HQ.
  refine (rep_with_note ρ V m c j q (Note _ _ _) R Eq _). cbn. lia.
Qed.

End Pure.
