(* SPDX-License-Identifier: Apache-2.0 *)
(** * A page given to the kernel, and given back: in closed form

    [hide] and [show] climb from a partition to the root.  What they do to the view: the page is inaccessible, or
    accessible, wherever it is mapped ([set_access]), provided that it is mapped no deeper.  [give] and [give_back]
    leave a translation buffer that agrees with the tables again. *)
From Pip.Isolation Require Export Depth.
From Pip.Services Require Export Give.

Section Give.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat) (b : bool).

Lemma rep_entries_ext ρ V m f g : (forall c v, f c v = g c v) -> rep ρ (with_entries f V) m ->
  rep ρ (with_entries g V) m.
Proof.
  intros E [C R]. split.
  - destruct C. split; try done. intros c v T. cbn in *. rewrite <- E. auto.
  - intros q. specialize (R q). unfold page_ok in *. destruct (ρ q) as [| | |c [] [|l] u| | |]; try done.
    destruct R as (t&Et&Ht). exists t. split; [done|]. intros i Hi. destruct (Ht _ Hi). cbn in *. by rewrite <- E.
Qed.

(** Accessible, or not, wherever the page is mapped: that keeps the invariant if the page holds user data. *)
Lemma inv_set_access ρ V p b : inv ρ V -> (b = true -> ρ p = UserPage) -> inv ρ (set_access p b V).
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] Hp. set (V' := set_access p b V).
  assert (Em : forall c v, v_entry V' c v = if decide (pres V c v /\ pg V c v = p) then set_user b (v_entry V c v) else
    v_entry V c v) by done.
  assert (E1 : forall c v, pres V' c v <-> pres V c v) by (intros; unfold pres; rewrite Em; by case_decide).
  assert (E2 : forall c v, pg V' c v = pg V c v) by (intros; unfold pg; rewrite Em; by case_decide).
  assert (E3 : forall a w q c, gives V' a w q c <-> gives V a w q c) by (intros; unfold gives; by rewrite E1, !E2).
  split; try done.
  - intros c v U. apply E1. rewrite Em in U. case_decide as D; [apply D|by apply Iu].
  - intros c v G. by apply E1, Ig.
  - intros c v. rewrite E1, E2. apply Im.
  - intros c v U. rewrite E2. rewrite Em in U. case_decide as D; [|by apply Ik]. destruct D as [_ ->]. by apply Hp.
  - intros c v. rewrite E1, E2, E3. apply Ip.
  - intros c v. rewrite E1. intros P Hr. destruct (Ip _ _ P Hr) as (Pw&Ew&_), (Ir _ _ P Hr) as (Ru&Rw&Rx).
    unfold rights_le. rewrite !Em. change (v_parent V' c) with (v_parent V c) in *.
    change (v_origin V' c v) with (v_origin V c v) in *. case_decide as D1; case_decide as D2; [done| | |done]; exfalso.
    + apply D2. split; [done|]. rewrite Ew. apply D1.
    + apply D1. split; [done|]. rewrite <- Ew. apply D2.
  - intros c v v'. rewrite !E1, !E2. apply Io.
  - intros q c Ho Hr. setoid_rewrite E3. by apply Is.
  - intros q c v. rewrite E1, E2. apply In.
  - intros a d D. rewrite E2. by apply Ic.
Qed.

(** ** The climb *)
Definition dep ρ c : nat := match ρ c with Partition n => n | _ => O end.

(** What the climb from depth [n] does to the entries [f]. *)
Definition spread_to ρ V p n b (f : N -> N -> entry) : N -> N -> entry := fun c v =>
  if decide (pres V c v /\ pg V c v = p /\ (dep ρ c <= n)%nat) then set_user b (v_entry V c v) else f c v.

Definition spread b : nat -> page -> vaddr -> K unit := if b then show else hide.

Lemma wp_spread_S b fuel c v (Q : unit -> state -> Prop) s : wp (let! table := leaf_mmu c v in
      let! e := read_entry table (index_at v leaf_level) in
      bind (write_entry table (index_at v leaf_level) (set_user b e)) (fun _ =>
      if c =? root_partition then ret tt else let! origins := leaf_shadow2 c v in
      let! origin := read_origin origins (index_at v leaf_level) in let! parent := parent_of c in
      spread b fuel parent origin)) Q s -> wp (spread b (S fuel) c v) Q s.
Proof. by destruct b. Qed.

(** On the way, the entries [f] and those of [V] differ only in what user mode may access. *)
Lemma wp_spread ρ V m0 b n : rep ρ V m0 -> inv ρ V -> forall fuel f m x r t c v (Q : unit -> state -> Prop),
  rep ρ (with_entries f V) m -> (forall c' v', set_user b (f c' v') = set_user b (v_entry V c' v')) ->
  ρ c = Partition n -> pres V c v -> (n < fuel)%nat ->
  (forall m', rep ρ (with_entries (spread_to ρ V (pg V c v) n b f) V) m' -> Q tt (State m' x r t)) ->
  wp (spread b fuel c v) Q (State m x r t).
Proof.
  intros R0 I.
  induction n as [|n IH]; intros [|fuel] f m x r t c v Q R Hf Ec P Hl HQ; try lia; apply wp_spread_S; pose proof
    (parent_role _ _ _ _ _ R0 Ec) as D; destruct (pres_table _ _ _ _ _ R0 P) as [p Lp]; pose proof (table_role _ _ _ _ _
    _ _ _ R0 Lp) as Ep; assert (Ek : e_kernel (f c v) = false) by exact (entry_not_kernel _ _ (State m x r t) R _ _ _
    Lp).
  (* an entry at depth (dep c) that maps this page is (c,v) *)
  all: assert (Hdc : dep ρ c = _) by (unfold dep; rewrite Ec; reflexivity).
  all: assert (Hone : forall c' v', pres V c' v' -> pg V c' v' = pg V c v -> dep ρ c' = dep ρ c -> c' = c /\ v' = v)
    by (intros c' v' P' E' Ed; destruct (pres_partition _ _ _ _ _ R0 P') as [j Ej]; unfold dep in Ed; rewrite Ej, Ec in
      Ed; subst j; exact (mapped_once_at_depth _ _ _ _ R0 I _ _ _ _ Ej Ec P' P E')).
  all: apply wp_bind; (eapply wp_gets; [eapply gets_leaf_known with (k := Mmu); [exact R|exact Lp]|]); apply wp_bind;
    (eapply wp_gets; [eapply gets_read_entry; [exact R|exact Lp]|]); apply wp_bind; eapply wp_write_entry; [exact
      R|exact Lp|exact Ek|]; intros m1 R1; cbn beta; change (v_entry (with_entries f V) c v) with (f c v) in R1; rewrite
      Hf in R1.
  - destruct D as [-> _]. rewrite N.eqb_refl. step. apply HQ. refine (rep_entries_ext _ V _ _ _ _ R1). intros c' v'.
    unfold set2, spread_to. case_decide as H1; case_decide as H2; destruct_and?; subst; try done; exfalso.
    + apply H2. split_and!; auto. lia.
    + apply H1, Hone; auto. lia.
  - destruct D as [Dr Dp]. rewrite (proj2 (N.eqb_neq _ _) Dr). destruct (inv_parent _ _ I _ _ P Dr) as (Pw&Gw&_).
    change (with_entry c v (set_user b (v_entry V c v)) (with_entries f V)) with (with_entries (set2 c v (set_user b
      (v_entry V c v)) f) V) in R1. clear R. rename R1 into R.
    destruct (leaf_of_kind _ _ _ _ Shadow2 _ _ I Lp) as [q Lq]. apply wp_bind.
    eapply wp_gets; [eapply gets_leaf_known with (k := Shadow2); [exact R|exact Lq]|]. step. step.
    eapply IH; [exact R| |exact Dp|exact Pw|lia|].
    { intros c' v'. unfold set2. case_decide as E; [|apply Hf]. by destruct E as [-> ->]. }
    cbn [v_parent v_origin with_entries]. rewrite Gw. intros m2 R2. apply HQ. refine (rep_entries_ext _ V _ _ _ _ R2).
    intros c' v'. unfold spread_to, set2. destruct (decide (c' = c /\ v' = v)) as [[-> ->]|Hn].
    + rewrite decide_False by (rewrite Hdc; intros (?&?&?); lia). by rewrite decide_True by (rewrite Hdc; auto).
    + case_decide as H1; case_decide as H2; destruct_and?; try done; exfalso.
      * apply H2. split_and!; auto.
      * apply H1. split_and!; auto. destruct (decide (dep ρ c' = S n)); [exfalso|lia]. apply Hn, Hone; auto. congruence.
Qed.

(** From the deepest mapping, the climb reaches all. *)
Lemma wp_spread_all ρ V m x r t c n v b (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ c = Partition n ->
  pres V c v -> deepest ρ V (pg V c v) n ->
  (forall m', rep ρ (set_access (pg V c v) b V) m' -> Q tt (State m' x r t)) ->
  wp (spread b page_fuel c v) Q (State m x r t).
Proof.
  intros R I Ec P Dp HQ. eapply (wp_spread ρ V m b n R I _ (v_entry V)); [by destruct V|done..|by eapply depth_lt|].
  intros m' R'. apply HQ. refine (rep_entries_ext _ V _ _ _ _ R'). intros c' v'. unfold spread_to. apply decide_ext.
  split; [by intros (?&?&?)|]. intros [P' E']. destruct (pres_partition _ _ _ _ _ R P') as [j Ej]. split_and!; try done.
  unfold dep. rewrite Ej. by eapply Dp.
Qed.

(** ** Pure lemmas about [given] and [returned] *)
Lemma set_access_pres p b V c v : pres (set_access p b V) c v <-> pres V c v.
Proof. unfold pres. cbn. by case_decide. Qed.

Lemma set_access_pg p b V c v : pg (set_access p b V) c v = pg V c v.
Proof. unfold pg. cbn. by case_decide. Qed.

(** A note in shadow 1 about a page that was given to nobody. *)
Lemma inv_with_gift ρ V a v g : inv ρ V -> pres V a v -> gift_child (v_gift V a v) = 0 ->
  gift_is_descriptor g = false -> inv ρ (with_gift a v g V).
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] P G0 Gd. set (V' := with_gift a v g V).
  assert (Eg : forall c w, v_gift V' c w = if decide (c = a /\ w = v) then g else v_gift V c w) by done.
  assert (Hg : forall a' w p c, gives V a' w p c -> gives V' a' w p c).
  { intros a' w p c (G1&G2&G3&G4&G5). destruct (Ic _ _ G4) as (G6&_). unfold gives.
    rewrite Eg, decide_False by (intros [-> ->]; congruence).
    by rewrite Eg, decide_False by (intros [-> E]; rewrite E in *; congruence). }
  split; try done.
  - intros c w. rewrite Eg. case_decide as E; [destruct E as [-> ->]; done|]. apply Ig.
  - intros c w Pc Hr. by apply Hg, Ip.
  - intros p c Ho Hr. destruct (Is _ _ Ho Hr) as [w ?]. eauto.
  - intros a' d. rewrite Eg. case_decide; [congruence|]. apply Ic.
Qed.

Lemma inv_given ρ V a v g : inv ρ V -> pres V a v -> gift_child (v_gift V a v) = 0 -> gift_is_descriptor g = false ->
  inv ρ (given a v g V).
Proof. intros I P G0 Gd. apply inv_with_gift; [by apply inv_set_access|by apply set_access_pres|done..]. Qed.

(** Other pages stay as they are; the given page is accessible nowhere. *)
Lemma given_entry V a v g c w : pg V c w <> pg V a v -> v_entry (given a v g V) c w = v_entry V c w.
Proof. intros Hn. cbn. rewrite decide_False; [done|]. by intros [_ ?]. Qed.

Lemma given_hidden V a v g c w : pres (given a v g V) c w -> pg (given a v g V) c w = pg V a v ->
  e_user (v_entry (given a v g V) c w) = false.
Proof.
  change (pres (given a v g V) c w) with (pres (set_access (pg V a v) false V) c w).
  change (pg (given a v g V) c w) with (pg (set_access (pg V a v) false V) c w). rewrite set_access_pres, set_access_pg.
  intros. cbn. by rewrite decide_True.
Qed.

Lemma given_pres V a v g c w : pres (given a v g V) c w <-> pres V c w.
Proof. apply set_access_pres. Qed.

Lemma given_pg V a v g c w : pg (given a v g V) c w = pg V c w.
Proof. apply set_access_pg. Qed.

Lemma given_gift_ne V a v g c w : ~ (c = a /\ w = v) -> v_gift (given a v g V) c w = v_gift V c w.
Proof. apply (set2_ne a v). Qed.

Lemma given_gift_eq V a v g : v_gift (given a v g V) a v = g.
Proof. apply set2_eq. Qed.

(** [q] is accessible nowhere. *)
Definition hidden_page V q : Prop := forall c v, pres V c v -> pg V c v = q -> e_user (v_entry V c v) = false.

Lemma hidden_given V a v g q : q = pg V a v \/ hidden_page V q -> hidden_page (given a v g V) q.
Proof.
  intros Hq c w P E. destruct (decide (pg V c w = pg V a v)) as [Ew|Ew].
  - apply given_hidden; [done|]. by rewrite given_pg.
  - unfold pres, pg in P, E. rewrite given_entry in * by done. destruct Hq as [-> |Hq]; [done|]. by apply Hq.
Qed.

Lemma offerable_given ρ V a v g w : inv ρ V -> pres V a v -> offerable ρ V a w -> w <> v ->
  offerable ρ (given a v g V) a w.
Proof.
  intros I P [O1 O2 O3 O4 O5 O6 O7] Hn. assert (pg V a w <> pg V a v) as Hp.
  { intros E. by apply Hn, (inv_once _ _ I a). }
  split; unfold pres, pg in *; rewrite ?given_entry by done; try done. cbn. by rewrite set2_ne by (by intros [_ ?]).
Qed.

(** Kernel data of nobody is cleared. *)
Lemma inv_cleared ρ V p f : inv ρ V -> free (ρ p) -> inv (update ρ p UserPage) (with_data p f V).
Proof.
  intros [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic] Hp. assert (free UserPage) as Hr by done. split; try done.
  - by apply relabel_partition.
  - intros c w Pc. unfold pg. cbn. destruct (decide (e_frame (v_entry V c w) = p)) as [->|]; [by rewrite update_eq|].
    rewrite update_ne by done. by apply Im.
  - intros c w U. pose proof (Ik _ _ U) as E. unfold pg in *. cbn.
    destruct (decide (e_frame (v_entry V c w) = p)) as [->|]; [by rewrite update_eq|by rewrite update_ne].
  - intros q c. rewrite relabel_owner by done. apply Is.
  - intros q c w. rewrite relabel_owner by done. apply In.
  - intros a d D. destruct (Ic _ _ D) as (?&?&[j Ej]&?&?). split_and!; try done. exists j. by apply relabel_partition.
Qed.

(** Shadow 1 forgets whom a page was given to, when no child maps or uses it. *)
Lemma inv_ungift ρ V m a v n : rep ρ V m -> inv ρ V -> ρ a = Partition n -> pres V a v -> free (ρ (pg V a v)) ->
  deepest ρ V (pg V a v) n -> inv ρ (with_gift a v no_gift V).
Proof.
  intros R I Ea P Hp Dp. destruct I as [Iroot Isync Iu Ig Im Ik Ip Ir Io Is In Ic].
  assert (Hfree : forall c x, pres V c x -> c <> root_partition -> ~ (v_parent V c = a /\ v_origin V c x = v)).
  { intros c x Pc Hc [E1 E2]. destruct (pres_partition _ _ _ _ _ R Pc) as [j Ej], (Ip _ _ Pc Hc) as (_&G&_).
    pose proof (parent_role _ _ _ _ _ R Ej) as D. destruct j as [|j]; [tauto|]. destruct D as [_ D].
    rewrite E1, E2 in *. assert (j = n) as -> by congruence. pose proof (Dp _ _ _ Ej Pc ltac:(congruence)). lia. }
  assert (Hd : forall c d, gift_is_descriptor (v_gift V c d) = true -> ~ (c = a /\ d = v)).
  { intros c d D [-> ->]. destruct (Ic _ _ D) as (_&_&[j Ej]&_). unfold pg in *. by rewrite Ej in Hp. }
  set (V0 := with_gift a v no_gift V).
  assert (Eg : forall c w, v_gift V0 c w = if decide (c = a /\ w = v) then no_gift else v_gift V c w) by done.
  assert (Hg : forall a' w q c, gives V a' w q c -> ~ (a' = a /\ w = v) -> gives V0 a' w q c).
  { intros a' w q c (G1&G2&G3&G4&G5) Hn. unfold gives. rewrite Eg, decide_False by done.
    by rewrite Eg, decide_False by (by apply Hd). }
  split; try done.
  - intros c w. rewrite Eg. case_decide; [done|]. apply Ig.
  - intros c w Pc Hc. apply Hg; [by apply Ip|]. cbn. by apply Hfree.
  - intros q c Ho Hc. destruct (Is _ _ Ho Hc) as [w G]. exists w. apply Hg; [done|]. intros [E1 ->].
    destruct G as (_&G&_). change (v_parent V0 c) with (v_parent V c) in *. rewrite E1 in G. subst q.
    unfold owner in Ho. by destruct (ρ (pg V a v)).
  - intros c d. rewrite Eg. case_decide; [done|]. apply Ic.
Qed.

(** ** The rules *)
Lemma wp_set_gift ρ V m x r t c v q g (Q : unit -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow1 0 (prefix v 0) = Some q -> (forall m', rep ρ (with_gift c v g V) m' -> Q tt (State m' x r t)) ->
  wp (Services.Give.set_gift c v g) Q (State m x r t).
Proof.
  intros R L HQ. apply wp_bind. eapply wp_gets; [eapply gets_leaf_known with (k := Shadow1); [exact R|exact L]|].
  by eapply wp_write_gift.
Qed.

(** After the climb, [invalidate] makes the translation buffer right again. *)
Lemma tlb_after_access ρ V m t x n v p b : rep ρ (set_access p b V) m -> inv ρ V -> ρ x = Partition n ->
  pres V x v -> pg V x v = p -> (forall w, t w = v_entry V x w) ->
  forall w, update t v (mmu_entry m x v) w = v_entry (set_access p b V) x w.
Proof.
  intros R I Ex P E T w. destruct (decide (w = v)) as [->|Hw].
  - rewrite update_eq. by rewrite (mmu_entry_view _ _ _ _ _ _ R Ex).
  - rewrite update_ne by done. rewrite T. cbn. rewrite decide_False; [done|]. intros [Pw Ew].
    apply Hw, (inv_once _ _ I x); [done..|]. by rewrite E.
Qed.

Lemma wp_give ρ V m x r t n v g (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ x = Partition n ->
  (forall w, t w = v_entry V x w) -> pres V x v -> gift_child (v_gift V x v) = 0 ->
  (forall m' t', rep ρ (given x v g V) m' -> (forall w, t' w = v_entry (given x v g V) x w) ->
     Q tt (State m' x r t')) -> wp (give x v g) Q (State m x r t).
Proof.
  intros R I Ex T P G HQ. unfold give. apply wp_bind.
  eapply (wp_spread_all _ _ _ _ _ _ _ _ _ false); [done..|by eapply deepest_free|]. intros m1 R1.
  apply wp_bind, wp_invalidate. cbn [mem current registers tlb].
  pose proof (tlb_after_access _ _ _ _ _ _ _ _ _ R1 I Ex P eq_refl T) as T1.
  destruct (pres_table _ _ _ _ _ R P) as [z Lz]. destruct (leaf_of_kind _ _ _ _ Shadow1 _ _ I Lz) as [q Lq].
  eapply wp_set_gift; [exact R1|exact Lq|]. intros m2 R2. by apply HQ.
Qed.

(** [give_back] takes a page that is no structure and is mapped no deeper. *)
Lemma wp_give_back ρ V m x r t n v p (Q : unit -> state -> Prop) : rep ρ V m -> inv ρ V -> ρ x = Partition n ->
  (forall w, t w = v_entry V x w) -> pres V x v -> pg V x v = p -> free (ρ p) -> deepest ρ V p n ->
  (forall m' t', let ρ' := update ρ p UserPage in let V' := returned x v p V in
     rep ρ' V' m' -> inv ρ' V' -> (forall w, t' w = v_entry V' x w) -> Q tt (State m' x r t')) ->
  wp (give_back x v p) Q (State m x r t).
Proof.
  intros R I Ex T P Ep Hp Dp HQ. unfold give_back. apply wp_bind, wp_put. cbn [mem current registers tlb].
  pose proof (rep_clear _ _ _ _ R Hp) as R0. pose proof (inv_cleared _ _ _ (fun _ => 0) I Hp) as I0.
  assert (forall q j, update ρ p UserPage q = Partition j <-> ρ q = Partition j) as HP by (intros; by apply
    relabel_partition). set (ρ' := update ρ p UserPage) in *. set (V0 := with_data p (fun _ => 0) V) in *.
  assert (ρ' p = UserPage) as Ep' by apply update_eq. apply HP in Ex. apply wp_bind.
  assert (deepest ρ' V0 p n) as Dp0 by (intros c w j Ec%HP; by apply Dp). change (pg V0 x v = p) in Ep.
  eapply (wp_spread_all ρ' V0 _ _ _ _ x n v true); [done..|by rewrite Ep|]. rewrite Ep. intros m1 R1.
  apply wp_bind, wp_invalidate. cbn [mem current registers tlb].
  assert (pres (set_access p true V0) x v) as P1 by by apply set_access_pres.
  pose proof (tlb_after_access ρ' V0 _ _ _ _ _ _ _ R1 I0 Ex P Ep T) as T1.
  pose proof (inv_set_access ρ' V0 p true I0 ltac:(done)) as I1. assert (deepest ρ' (set_access p true V0) p n) as Dp1.
  { intros c w j Ec. rewrite set_access_pres, set_access_pg. by apply Dp0. }
  assert (pg (set_access p true V0) x v = p) as Ep1 by by rewrite set_access_pg.
  assert (inv ρ' (returned x v p V)) as I2.
  { change (inv ρ' (with_gift x v no_gift (set_access p true V0))).
    eapply inv_ungift; [exact R1|exact I1|done..| |]; rewrite Ep1; [by rewrite Ep'|done]. }
  destruct (pres_table _ _ _ _ _ R P) as [z Lz]. destruct (leaf_of_kind _ _ _ _ Shadow1 _ _ I Lz) as [q Lq].
  eapply wp_set_gift; [exact R1|exact Lq|]. intros m2 R2. by apply HQ.
Qed.

End Give.

(** Gives one page, and knows of the other offered pages that they still are; [T] is about the translation buffer. *)
Ltac give_step T :=
  lazymatch goal with
  | R : rep ?ρ ?V ?m, I : inv ?ρ ?V |- wp (give ?x ?v ?g) _ (State ?m ?x _ ?t) =>
      let O := fresh in assert (O : offerable ρ V x v) by assumption;
      pose proof (offer_pres _ _ _ _ O); pose proof (offer_free _ _ _ _ O);
      eapply (wp_give ρ V m x _ t _ v g); [exact R | exact I | eassumption | exact T | assumption | assumption |];
      repeat match goal with
      | O' : offerable ρ V x ?w |- _ =>
          first [ assert (w <> v) by congruence; apply (offerable_given ρ V x v g w) in O'; [|assumption..] | clear O' ]
      end;
      try (apply (inv_given ρ V x v g) in I; [|assumption|assumption|reflexivity]); clear T R;
      let m' := fresh "m" in let t' := fresh "t" in intros m' t' R T; cbn beta
  end.
