(* SPDX-License-Identifier: Apache-2.0 *)
(** * deletePartition: the whole subtree ends, and every page that it had comes back

    After the child is detached its subtree is buried ([Bury]).  Then each step of the loops releases one page and keeps
    the invariant; [progress] says what has been done before virtual page [b]. *)
From Pip.Isolation Require Export Bury.
From Pip.Services Require Import DeletePartition.

Section DeletePartition.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c d p q v w u i b : N) (k : kind) (l j n : nat).

(** A page given to somebody who does not exist is a structure of nobody. *)
Lemma orphan_free ρ V m n a w : rep ρ V m -> inv ρ V -> ρ a = Partition n -> pres V a w ->
  gift_is_descriptor (v_gift V a (gift_child (v_gift V a w))) = false -> free (ρ (pg V a w)).
Proof.
  intros R I Ea Pa Hd. destruct (owner ρ (pg V a w)) as [c|] eqn:Ho.
  2:{ pose proof (inv_mapped _ _ I _ _ Pa) as X. unfold owner in Ho. by destruct (ρ (pg V a w)). }
  exfalso. destruct (owner_partition _ _ _ _ _ R Ho) as [j Ej]. destruct (decide (j <= n)%nat) as [Hj|Hj].
  - destruct (ancestor_maps _ _ _ _ _ _ R I Pa Ea j Hj) as (y&v&Ey&Py&Egy).
    assert (y = c) as ->; [|by apply (inv_unmapped _ _ I _ _ v Ho)]. pose proof (parent_role _ _ _ _ _ R Ej) as D.
    pose proof (parent_role _ _ _ _ _ R Ey) as D'. destruct j as [|j]; [destruct D, D'; congruence|].
    destruct D as [Dr Dp], D' as [Dr' Dp'].
    destruct (inv_structure _ _ I _ _ Ho Dr) as (w'&G1&G2&G3&G4&G5), (inv_parent _ _ I _ _ Py Dr') as (F1&F2&F3&F4&F5).
    destruct (mapped_once_at_depth _ _ _ _ R I _ _ _ _ Dp' Dp F1 G1) as [E1 E2]; [congruence|]. rewrite <- F5, <- G5.
    by rewrite E1, E2.
  - pose proof (parent_role _ _ _ _ _ R Ej) as D. destruct j as [|j]; [lia|]. destruct D as [Dr Dp].
    destruct (inv_structure _ _ I _ _ Ho Dr) as (w'&G1&G2&G3&G4&G5). destruct (decide (j = n)) as [->|].
    + destruct (mapped_once_at_depth _ _ _ _ R I _ _ _ _ Dp Ea G1 Pa) as [E1 E2]; [done|]. rewrite E1, E2 in G4.
      congruence.
    + destruct (deeper_gives _ _ _ _ _ _ _ _ _ R I Ea Pa Dp ltac:(lia) G1 G2) as (ch&x&(_&_&_&X&_)&_). congruence.
Qed.

(** ** Page after page *)
Lemma released_pg V a d v : forall c w, pg (released a d v V) c w = pg V c w /\
  (pres (released a d v V) c w <-> pres V c w).
Proof.
  intros c w. unfold released. repeat case_match; [done| |done].
  split; [apply (set_access_pg _ true (with_data _ _ V))|apply (set_access_pres _ true (with_data _ _ V))].
Qed.

Lemma released_gift V a d v c w : v_gift (released a d v V) c w =
  if decide (c = a /\ w = v /\ gift_child (v_gift V a v) = d) then no_gift else v_gift V c w.
Proof.
  unfold released. destruct (N.eqb_spec (gift_child (v_gift V a v)) d) as [E|E]; [|by rewrite decide_False by tauto].
  transitivity (set2 a v no_gift (v_gift V) c w); [by case_match|]. unfold set2. apply decide_ext. tauto.
Qed.

Lemma released_structures V a d v : v_table (released a d v V) = v_table V /\ v_list (released a d v V) = v_list V
  /\ v_parent (released a d v V) = v_parent V /\ v_vsti (released a d v V) = v_vsti V
  /\ v_origin (released a d v V) = v_origin V.
Proof. unfold released. repeat case_match; done. Qed.

Lemma released_before_succ b x d V : released_before (b + 1) x d V = released x d b (released_before b x d V).
Proof. unfold released_before. rewrite N.add_1_r. apply (N.recursion_succ eq); [done|by intros ? ? -> ? ? ->]. Qed.

(** What has been done to [V1] when all virtual pages of [a] before [b] are released: those given to [d] are accessible,
    given to nobody, and cleared if they were hidden. *)
Record progress V1 a d b ρ V : Prop := {
  pr_view : V = released_before b a d V1;
  pr_table : v_table V = v_table V1;
  pr_same : forall c v, pg V c v = pg V1 c v /\ (pres V c v <-> pres V1 c v);
  pr_todo : forall w, b <= w -> v_entry V a w = v_entry V1 a w;
  pr_gift : forall c v, v_gift V c v =
    if decide (c = a /\ v < b /\ gift_child (v_gift V1 a v) = d) then no_gift else v_gift V1 c v;
  pr_done : forall w, w < b -> gift_child (v_gift V1 a w) = d -> e_user (v_entry V a w) = true
    /\ ρ (pg V1 a w) = UserPage /\ (e_user (v_entry V1 a w) = false -> v_data V (pg V1 a w) = fun _ => 0);
}.

Lemma progress_start ρ V a d : progress V a d 0 ρ V.
Proof. split; auto; try lia. intros c v. rewrite decide_False; [done|]. lia. Qed.

Lemma pr_gift_todo V1 a d b ρ V w : progress V1 a d b ρ V -> b <= w -> v_gift V a w = v_gift V1 a w.
Proof. intros P Hw. rewrite (pr_gift _ _ _ _ _ _ P), decide_False; [done|]. lia. Qed.

(** One page more; [ρ'] says that it is user data if it was given. *)
Lemma progress_next V1 a d b ρ V ρ' : progress V1 a d b ρ V -> inv ρ V -> d <> 0 ->
  (forall p, ρ p = UserPage -> ρ' p = UserPage) ->
  (gift_child (v_gift V1 a b) = d -> ρ' (pg V a b) = UserPage) -> progress V1 a d (b + 1) ρ' (released a d b V).
Proof.
  intros P I Hd Hρ Hp. pose proof (pr_gift_todo _ _ _ _ _ _ b P ltac:(lia)) as Eg. destruct P as [P1 P2 P3 P4 P5 P6].
  assert (forall w, w <> b -> gift_child (v_gift V a b) = d -> pres V a w -> pg V a w <> pg V a b) as Hne.
  { intros w Hw G Pw E. apply Hw, (inv_once _ _ I a); [done| |done]. apply (inv_gift _ _ I). congruence. }
  assert (forall w, w <> b -> v_entry (released a d b V) a w = v_entry V a w) as He.
  { intros w Hw. unfold released. destruct (N.eqb_spec (gift_child (v_gift V a b)) d); [|done]. case_match; [done|].
    cbn. rewrite decide_False; [done|]. intros [Pw Ew]. by apply (Hne w). }
  split.
  - by rewrite released_before_succ, <- P1.
  - destruct (released_structures V a d b) as [-> _]. done.
  - intros c v. destruct (released_pg V a d b c v) as [-> ->]. apply P3.
  - intros w Hw. rewrite He by lia. apply P4. lia.
  - intros c v. rewrite released_gift, Eg, P5. destruct (decide (c = a /\ v = b /\ _)) as [(->&->&G)|Hn].
    + rewrite decide_True; [done|]. split_and!; [done|lia|done].
    + apply decide_ext. split; intros (->&?&?); split_and!; try done; [lia|].
      destruct (decide (v = b)) as [->|]; [tauto|lia].
  - intros w Hw G. destruct (decide (w = b)) as [->|Hwb].
    + specialize (Hp G). rewrite <- (proj1 (P3 a b)). split_and!; [|done|].
      * unfold released. rewrite Eg, G, N.eqb_refl. destruct (e_user (v_entry V a b)) eqn:U; [exact U|]. cbn.
        rewrite decide_True; [done|]. split; [|done]. apply (inv_gift _ _ I). congruence.
      * rewrite <- (P4 b) by lia. intros U. unfold released. rewrite Eg, G, N.eqb_refl, U. cbn. by rewrite update_eq.
    + destruct (P6 w ltac:(lia) G) as (D1&D2&D3). rewrite He by done. split_and!; [done|by apply Hρ|]. intros U.
      unfold released. case_match; [|auto]. case_match; [auto|]. cbn.
      destruct (decide (pg V1 a w = pg V a b)) as [->|]; [by rewrite update_eq|rewrite update_ne by done; auto].
Qed.

(** ** The loops *)
Implicit Types (r : N -> N) (t : N -> entry).

(** Between two steps: all is well, and all before [b] is done. *)
Definition releasing V1 a n d b r (s : state) : Prop := exists ρ V m t, s = State m a r t
  /\ rep ρ V m /\ inv ρ V /\ ρ a = Partition n /\ (forall w, t w = v_entry V a w) /\ progress V1 a d b ρ V.

Lemma releasing_skip V1 a n d b r s : d <> 0 -> releasing V1 a n d b r s -> forall b', b <= b' ->
  (forall w, b <= w < b' -> gift_child (v_gift V1 a w) <> d) -> releasing V1 a n d b' r s.
Proof.
  intros Hd (ρ&V&m&t&->&R&I&Ea&T&P) b' Hb Hn. exists ρ, V, m, t. split_and!; try done. revert P.
  replace b' with (b + (b' - b)) in * by lia. clear Hb. generalize dependent (b' - b). intros k.
  induction k as [|k IH] using N.peano_ind; intros Hn P; [by rewrite N.add_0_r|].
  replace (b + N.succ k) with (b + k + 1) in * by lia. specialize (IH ltac:(intros w Hw; apply Hn; lia) P).
  pose proof (progress_next _ _ _ _ _ _ ρ IH I Hd ltac:(auto)) as X. assert (released a d (b + k) V = V) as E.
  { unfold released. rewrite (pr_gift_todo _ _ _ _ _ _ (b + k) IH ltac:(lia)).
    by rewrite (proj2 (N.eqb_neq _ _)) by (apply Hn; lia). }
  rewrite E in X. apply X. intros G. exfalso. apply (Hn (b + k)); [lia|done].
Qed.

Lemma wp_release V1 a n d r s u i p q : gift_is_descriptor (v_gift V1 a d) = false -> d <> 0 ->
  v_table V1 a Mmu 0 u = Some p -> v_table V1 a Shadow1 0 u = Some q -> i < table_size ->
  let b := u * table_size + i in gift_child (v_gift V1 a b) = d -> releasing V1 a n d b r s ->
  wp (release a p q i b) (fun _ s' => releasing V1 a n d (b + 1) r s') s.
Proof.
  intros Hd Hd0 Tp Tq Hi b G (ρ&V&m&t&->&R&I&Ea&T&P). rewrite <- (pr_table _ _ _ _ _ _ P) in Tp, Tq.
  rewrite <- (prefix_of_split u i Hi) in Tp, Tq. fold b in Tp, Tq.
  assert (i = index_at b leaf_level) as Ei by (symmetry; exact (position_of_split u i Hi)). rewrite Ei. unfold release.
  open_tests. apply wp_bind. eapply wp_gets; [eapply gets_read_entry; [exact R|exact Tp]|]. cbn beta.
  pose proof (pr_gift_todo _ _ _ _ _ _ b P ltac:(lia)) as Eg.
  assert (pres V a b) as Pb by (apply (inv_gift _ _ I); congruence).
  assert (gift_is_descriptor (v_gift V a (gift_child (v_gift V a b))) = false) as Ho.
  { rewrite Eg, G, (pr_gift _ _ _ _ _ _ P). by case_decide. }
  assert (free (ρ (pg V a b))) as Hf by by eapply orphan_free.
  assert (deepest ρ V (pg V a b) n) as Dp by by eapply deepest_orphan.
  pose proof (progress_next _ _ _ _ _ _ (update ρ (pg V a b) UserPage) P I Hd0) as X.
  assert (forall p, ρ p = UserPage -> update ρ (pg V a b) UserPage p = UserPage) as Hρ.
  { intros p' E. destruct (decide (p' = pg V a b)) as [->|]; [by rewrite update_eq|by rewrite update_ne]. }
  specialize (X Hρ ltac:(intros _; by rewrite update_eq)). unfold released in X. rewrite Eg, G, N.eqb_refl in X.
  destruct (e_user (v_entry V a b)) eqn:U.
  - eapply wp_write_gift; [exact R|exact Tq|]. intros m' R'. pose proof (inv_kernel _ _ I _ _ U) as K.
    exists ρ, (with_gift a b no_gift V), m', t. split_and!; [done|exact R'| |exact Ea|exact T|].
    + eapply inv_ungift; [exact R|exact I|exact Ea|exact Pb|done|done].
    + pose proof (progress_next _ _ _ _ _ _ ρ P I Hd0 ltac:(auto) ltac:(auto)) as Y. unfold released in Y.
      by rewrite Eg, G, N.eqb_refl, U in Y.
  - eapply (wp_give_back ρ V _ _ _ _ n b); [exact R|exact I|exact Ea|exact T|exact Pb|done|exact Hf|exact Dp|].
    cbv zeta. intros m' t' R' I' T'. change (e_frame (v_entry V a b)) with (pg V a b) in *. eexists _, _, m', t'.
    split_and!; [done|exact R'|exact I'|by apply relabel_partition|exact T'|exact X].
Qed.

(** The search in a leaf of shadow 1. *)
Lemma first_gift_spec (f : N -> gift) i d : let j := first_gift f i d in
  (j = table_size \/ i <= j < table_size /\ gift_child (f j) = d)
  /\ forall w, i <= w < table_size -> w < j -> gift_child (f w) <> d.
Proof.
  unfold first_gift.
  set (g := fun (k0 : N) found => let j := table_size - 1 - k0 in if (i <=? j) && (gift_child (f j) =? d) then j else
    found).
  assert (forall x, x <= table_size -> let j := N.recursion table_size g x in (j = table_size \/ (i <= j < table_size /\
    table_size - x <= j) /\ gift_child (f j) = d) /\ forall w, i <= w < table_size -> table_size - x <= w -> w < j ->
    gift_child (f w) <> d) as X.
  { induction x as [|x IH] using N.peano_ind; intros Hx.
    - rewrite N.recursion_0. split; [by left|]. intros. lia.
    - assert (N.recursion table_size g (N.succ x) = g x (N.recursion table_size g x)) as -> by (apply (N.recursion_succ
        eq); [done|by intros ? ? -> ? ? ->]). specialize (IH ltac:(lia)). cbv zeta in IH |- *.
      set (y := table_size - 1 - x). set (z := N.recursion table_size g x) in *.
      assert (g x z = if (i <=? y) && (gift_child (f y) =? d) then y else z) as -> by done.
      destruct (i <=? y) eqn:B1; cbn [andb]; [destruct (gift_child (f y) =? d) eqn:B2|]; bool.
      + split; [right; split; [lia|done]|]. intros. lia.
      + destruct IH as [IH1 IH2]. split; [destruct IH1 as [|[]]; [by left|right; split; [lia|done]]|]. intros w ???.
        destruct (decide (w = y)) as [->|]; [done|]. apply IH2; [lia..|done].
      + destruct IH as [IH1 IH2]. split; [destruct IH1 as [|[]]; [by left|right; split; [lia|done]]|]. intros w ???.
        apply IH2; [lia..|done]. }
  destruct (X table_size ltac:(lia)) as [X1 X2]. split; [destruct X1 as [|[]]; [by left|right; split; [lia|done]]|].
  intros. apply X2; lia.
Qed.

Lemma wp_next_gift ρ V m x r t c u q i d (Q : index -> state -> Prop) : rep ρ V m ->
  v_table V c Shadow1 0 u = Some q ->
  (forall j : N, (j = table_size \/ i <= j < table_size /\ gift_child (v_gift V c (u * table_size + j)) = d) ->
     (forall w, i <= w < table_size -> w < j -> gift_child (v_gift V c (u * table_size + w)) <> d) ->
     Q j (State m x r t)) -> wp (next_gift q i d) Q (State m x r t).
Proof.
  intros R T HQ. destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (f&Ef&Hf). apply wp_bind, wp_get. cbn [mem]. rewrite Ef.
  apply wp_ret. destruct (first_gift_spec f i d) as [F1 F2]. apply HQ.
  - destruct F1 as [|[? F1]]; [by left|right]. split; [done|]. rewrite <- Hf by lia. done.
  - intros w ??. rewrite <- Hf by lia. by apply F2.
Qed.

Lemma shifted_div v l : shifted v l = v / table_size ^ N.of_nat l.
Proof.
  induction l as [|l IH]; [by rewrite N.div_1_r|]. cbn [shifted]. rewrite IH, Nat2N.inj_succ, N.pow_succ_r', N.mul_comm.
  apply N.div_div; [apply N.pow_nonzero|]; apply table_size_nonzero.
Qed.

Lemma user_page_limit v : is_user_page v = true -> v < vaddr_limit.
Proof.
  intros [E _]%andb_true_iff. apply N.eqb_eq in E. rewrite shifted_div in E. unfold vaddr_limit.
  apply N.div_small_iff in E; [|apply N.pow_nonzero, table_size_nonzero]. rewrite N.mul_comm.
  by rewrite Nat2N.inj_succ, N.pow_succ_r' in E.
Qed.

Lemma wp_release_table V1 a n d r u p q : gift_is_descriptor (v_gift V1 a d) = false -> d <> 0 ->
  v_table V1 a Mmu 0 u = Some p -> v_table V1 a Shadow1 0 u = Some q ->
  forall fuel i s, i <= table_size -> (N.to_nat (table_size - i) <= fuel)%nat ->
  releasing V1 a n d (u * table_size + i) r s -> wp (release_table fuel a p q (u * table_size) i d)
    (fun _ s' => releasing V1 a n d (u * table_size + table_size) r s') s.
Proof.
  intros Hd Hd0 Tp Tq. induction fuel as [|fuel IH]; intros i s Hi Hf X; cbn [release_table].
  { apply wp_ret. by assert (i = table_size) as -> by lia. }
  pose proof X as (ρ&V&m&t&->&R&I&Ea&T&P). apply wp_bind.
  eapply wp_next_gift; [exact R|by rewrite (pr_table _ _ _ _ _ _ P)|]. intros j Hj Hn. unfold index_eq, end_of_table.
  assert (forall w, i <= w < table_size -> v_gift V a (u * table_size + w) = v_gift V1 a (u * table_size + w)) as Eg.
  { intros w Hw. by eapply pr_gift_todo; [exact P|lia]. }
  assert (releasing V1 a n d (u * table_size + j) r (State m a r t)) as X'.
  { eapply (releasing_skip V1 a n d); [exact Hd0|exact X|lia|]. intros w Hw.
    replace w with (u * table_size + (w - u * table_size)) by lia. rewrite <- Eg by lia. apply Hn; lia. }
  destruct (j =? table_size) eqn:B; bool; [apply wp_ret; by subst j|]. destruct Hj as [|[Hj G]]; [done|].
  rewrite Eg in G by lia. apply wp_bind. assert (u * table_size + j < vaddr_limit) as Hlim.
  { rewrite <- Eg in G by lia. assert (gift_child (v_gift V a (u * table_size + j)) <> 0) as G0 by congruence.
    eapply user_page_limit, pres_user_page; [exact R|]. by apply (inv_gift _ _ I). }
  unfold vaddr_at. rewrite (proj2 (N.ltb_lt _ _) Hlim). apply wp_ret, wp_bind.
  eapply wp_mono; [eapply (wp_release V1 a n d r _ u j); [done|done|exact Tp|exact Tq|lia|exact G|exact X']|]. cbv beta.
  intros _ s' X2. apply wp_bind. apply wp_next_index; [lia|]. apply IH; [lia|lia|]. by rewrite N.add_assoc.
Qed.

(** Whether a page is one of user space depends on its table alone. *)
Lemma user_page_table v v' : v / table_size = v' / table_size -> is_user_page v = is_user_page v'.
Proof.
  intros E. pose proof top_positive as Ht. assert (forall l, shifted v (S l) = shifted v' (S l)) as X.
  { induction l as [|l IH]; [exact E|]. change (shifted v (S l) / table_size = shifted v' (S l) / table_size).
    by rewrite IH. }
  unfold is_user_page. Transparent position. unfold position. Opaque position. rewrite X. destruct top as [|l]; [lia|].
  by rewrite X.
Qed.

Lemma wp_release_tables V1 a n d r : gift_is_descriptor (v_gift V1 a d) = false -> d <> 0 ->
  forall fuel u s, u + N.of_nat fuel <= table_size ^ N.of_nat top -> releasing V1 a n d (u * table_size) r s ->
  wp (release_tables fuel a (u * table_size) d)
    (fun _ s' => releasing V1 a n d ((u + N.of_nat fuel) * table_size) r s') s.
Proof.
  intros Hd Hd0. induction fuel as [|fuel IH]; intros u s Hu X; cbn [release_tables].
  { apply wp_ret. by rewrite N.add_0_r. }
  apply wp_bind. pose proof table_size_nonzero as Hz.
  apply (wp_mono _ (fun _ s' => releasing V1 a n d (u * table_size + table_size) r s')); cbv beta.
  2:{ intros _ s' X'. replace (u * table_size + table_size) with ((u + 1) * table_size) in * by lia. apply wp_bind.
      unfold next_table, vaddr_limit. replace (u * table_size + table_size) with ((u + 1) * table_size) by lia.
      rewrite (proj2 (N.leb_le _ _)) by (apply N.mul_le_mono_r; lia). apply wp_ret.
      destruct fuel as [|fuel]; [apply wp_ret; exact X'|]. rewrite N.mod_small by (apply N.mul_lt_mono_pos_r; lia).
      eapply wp_mono; [apply IH; [lia|exact X']|]. cbv beta. intros _ s2.
      by replace (u + 1 + N.of_nat (S fuel)) with (u + N.of_nat (S (S fuel))) by lia. }
  pose proof X as (ρ&V&m&t&->&R&I&Ea&T&P).
  (* a page given to [d] is mapped, so it has a table *)
  assert ((forall w, w / table_size = u -> ~ pres V a w) -> releasing V1 a n d (u * table_size + table_size) r (State m
    a r t)) as Xnone.
  { intros Hn. eapply (releasing_skip V1 a n d); [exact Hd0|exact X|lia|]. intros w Hw G. apply (Hn w).
    - symmetry. apply (N.div_unique w table_size u (w - u * table_size)); lia.
    - apply (inv_gift _ _ I). rewrite (pr_gift_todo _ _ _ _ _ _ w P) by lia. congruence. }
  assert (u * table_size / table_size = u) as Eu by by apply N.div_mul. open_tests.
  destruct (is_user_page (u * table_size)) eqn:U.
  - apply wp_bind. eapply wp_gets; [eapply gets_leaf with (k := Shadow1); [exact R|by exists n|exact U]|].
    rewrite prefix_0, Eu. destruct (v_table V a Shadow1 0 u) as [q|] eqn:L; cbn.
    + rewrite (proj2 (N.eqb_neq _ _) (table_nonzero _ _ _ _ _ _ _ _ R L)).
      destruct (inv_sync _ _ I a Shadow1 Mmu 0%nat u) as [p Lp]; [by exists q|]. apply wp_bind.
      eapply wp_gets; [eapply gets_leaf_known with (k := Mmu); [exact R|by rewrite prefix_0, Eu]|].
      rewrite (pr_table _ _ _ _ _ _ P) in *. change first_index with 0.
      eapply wp_release_table; [done|done|exact Lp|exact L|lia|unfold table_fuel; lia|]. by rewrite N.add_0_r.
    + apply wp_ret, Xnone. intros w Ew Pw. destruct (pres_table _ _ _ _ _ R Pw) as [p Lp]. rewrite prefix_0, Ew in Lp.
      destruct (inv_sync _ _ I a Mmu Shadow1 0%nat u) as [q Lq]; [by exists p|]. congruence.
  - apply wp_ret, Xnone. intros w Ew Pw. pose proof (pres_user_page _ _ _ _ _ R Pw) as Uw.
    rewrite (user_page_table w (u * table_size)) in Uw by congruence. congruence.
Qed.

(** ** The service *)

(** deletePartition refuses and changes nothing, or ends the child and all that is below it. *)
Theorem deletePartition_spec ρ V s child : holds ρ V s -> let x := current s in let d := page_number child in
  let ch := child_of V x child in
  wp (deletePartition child) (fun st s' => decides (first_failing [(is_named V x child, NOT_A_CHILD)]) st s s'
    (current s' = x /\ exists ρ', progress (detached x d ch V) x d vaddr_limit ρ' (deleted x d ch V)
       /\ holds ρ' (deleted x d ch V) s')) s.
Proof.
  intros Hs. cbv zeta. start deletePartition is_named. step. child_step. set (d := page_number child) in *.
  pose proof (in_subtree_spec _ _ _ _ _ R Hch) as S. set (dead := in_subtree _ _ _) in S.
  assert (dead x = false) as Dx by (eapply in_subtree_below; [exact R|exact Hch|exact Hc|lia]).
  pose proof (inv_bury _ _ _ _ _ _ I (fun c => root_only _ _ _ c R) C S Dx) as I1.
  pose proof (child_pres _ _ _ _ _ C) as P. destruct (pres_table _ _ _ _ _ R P) as [z Lz].
  destruct (leaf_of_kind _ _ _ _ Shadow1 _ _ I Lz) as [q Lq]. apply wp_bind. eapply wp_set_gift; [exact R|exact Lq|].
  intros m' R'. assert (subtree ρ (with_gift x d (gift_of d) V) ch dead) as S1 by by destruct S.
  pose proof (rep_bury _ _ _ _ _ R' S1) as R1. apply wp_bind. change (without dead _) with (detached x d ch V) in *.
  set (V1 := detached x d ch V) in *. eapply (wp_mono _ (fun _ s' => releasing V1 x n d vaddr_limit r s')).
  - assert (vaddr_limit = (0 + N.of_nat leaf_tables) * table_size) as ->.
    { unfold vaddr_limit, leaf_tables. by rewrite N2Nat.id. }
    refine (wp_release_tables V1 x n d r _ _ leaf_tables 0 _ _ _); [|apply C| |].
    + unfold V1. cbn. fold dead. rewrite Dx. by rewrite set2_eq.
    + unfold leaf_tables. rewrite N2Nat.id. lia.
    + exists (bury dead ρ), V1, m', t. split_and!; [done|exact R1|exact I1| | |apply progress_start].
      * by apply bury_partition.
      * intros w. rewrite T. unfold V1. cbn. fold dead. by rewrite Dx.
  - cbv beta. intros _ s' (ρ'&V'&m2&t'&->&R2&I2&Ea&T2&P2). step. accept. pose proof (pr_view _ _ _ _ _ _ P2) as EV.
    change (released_before _ _ _ V1) with (deleted x d ch V) in EV. subst V'. split; [done|]. exists ρ'.
    split; [exact P2|]. split_and!; [exact R2|exact I2|by exists n|exact T2].
Qed.

(** ** Nothing is lost *)

(** Whatever a partition of the subtree maps or is made of, [a] gave to the child. *)
Lemma subtree_given ρ V m a d ch dead n : rep ρ V m -> inv ρ V -> is_child ρ V a d ch -> ρ a = Partition n ->
  subtree ρ V ch dead -> dead a = false -> forall j c p, ρ c = Partition j -> dead c = true ->
  (owner ρ p = Some c \/ exists v, pres V c v /\ pg V c v = p) ->
  exists w, pres V a w /\ pg V a w = p /\ gift_child (v_gift V a w) = d.
Proof.
  intros R I C Ea S Da. induction j as [|j IH]; intros c p Ec Dc Hp.
  { rewrite (root_only _ _ _ _ R Ec), (dead_root _ _ _ _ S) in Dc. done. }
  destruct (parent_role _ _ _ _ _ R Ec) as [Hr Ep].
  assert (exists w, gives V (v_parent V c) w p c) as [w (G1&G2&G3&G4&G5)].
  { destruct Hp as [Ho|(v&Pv&<-)]; [by apply (inv_structure _ _ I)|]. eexists. by apply (inv_parent _ _ I). }
  destruct (decide (c = ch)) as [->|Hc].
  - rewrite (child_parent _ _ _ _ _ C) in *. exists w. split_and!; try done.
    apply (inv_once _ _ I a); [by apply (inv_gift _ _ I), (inv_child _ _ I)|apply C|].
    by rewrite G5, (child_page _ _ _ _ _ C).
  - apply (IH (v_parent V c)); [done|by rewrite <- (dead_below _ _ _ _ S _ _ Ec Hc)|]. right. by exists w.
Qed.

(** deletePartition gives back every page that the child and all below it had: to the caller, accessible, given to
    nobody, and cleared if it was a kernel structure. *)
Theorem deletePartition_conserves ρ V m a d ch n ρ' c p : rep ρ V m -> inv ρ V -> is_child ρ V a d ch ->
  ρ a = Partition n -> progress (detached a d ch V) a d vaddr_limit ρ' (deleted a d ch V) -> is_partition ρ c ->
  in_subtree page_fuel V ch c = true -> (owner ρ p = Some c \/ exists v, pres V c v /\ pg V c v = p) ->
  let V' := deleted a d ch V in exists w, pg V a w = p /\ pg V' a w = p /\ e_user (v_entry V' a w) = true
    /\ v_gift V' a w = no_gift /\ ρ' p = UserPage /\ (owner ρ p = Some c -> v_data V' p = fun _ => 0).
Proof.
  intros R I C Ea P [j Ec] Dc Hp V'. pose proof (child_depth _ _ _ _ _ _ _ R C Ea) as Ech.
  pose proof (in_subtree_spec _ _ _ _ _ R Ech) as S.
  assert (in_subtree page_fuel V ch a = false) as Da by (eapply in_subtree_below; [exact R|exact Ech|exact Ea|lia]).
  destruct (subtree_given _ _ _ _ _ _ _ _ R I C Ea S Da j c p Ec Dc Hp) as (w&Pw&Ew&Gw). fold V' in P.
  set (V1 := detached a d ch V) in *. assert (v_entry V1 a w = v_entry V a w) as E1 by (unfold V1; cbn; by rewrite Da).
  assert (gift_child (v_gift V1 a w) = d) as G1.
  { unfold V1. cbn. rewrite Da. unfold set2. case_decide as E; [done|exact Gw]. }
  assert (w < vaddr_limit) as Hw by (eapply user_page_limit, pres_user_page; [exact R|exact Pw]).
  destruct (pr_done _ _ _ _ _ _ P w Hw G1) as (U&Hρ&Hz). unfold pg in Hρ, Hz. rewrite E1 in Hρ, Hz.
  change (e_frame (v_entry V a w)) with (pg V a w) in Hρ, Hz. rewrite Ew in Hρ, Hz. exists w. split_and!; try done.
  - rewrite (proj1 (pr_same _ _ _ _ _ _ P a w)). unfold pg. by rewrite E1.
  - rewrite (pr_gift _ _ _ _ _ _ P), decide_True; done.
  - intros Ho. apply Hz. destruct (e_user (v_entry V a w)) eqn:Uw; [|done]. pose proof (inv_kernel _ _ I _ _ Uw) as K.
    rewrite Ew in K. unfold owner in Ho. by rewrite K in Ho.
Qed.

End DeletePartition.
