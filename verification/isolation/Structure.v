(* SPDX-License-Identifier: Apache-2.0 *)
(** * Pages become kernel structures, and cease to be

    One lemma per structural write: linking and unlinking a table, a page more or less in a configuration list, a record
    in it, a new partition.  A page is [Lost] before it is linked and after it is unlinked.  These lemmas are about
    [rep] alone; that the invariant holds again is for each service to show, once, at its end. *)
From Pip.Isolation Require Export Give.

(** The roles after five pages became a partition. *)
Definition partition_roles `{Params} (p : N) (d : descriptor) (n : nat) (ρ : N -> role) : N -> role :=
  update (update (update (update (update ρ p (Partition n)) (d_mmu d) (TreeTable p Mmu top 0))
    (d_shadow1 d) (TreeTable p Shadow1 top 0)) (d_shadow2 d) (TreeTable p Shadow2 top 0)) (d_list d) (ListAt p 0).

Section Structure.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).

(** A page that is nobody's takes a role that is not a descriptor's. *)
Lemma update_partition ρ p r c n : free (ρ p) -> (forall j, r <> Partition j) ->
  update ρ p r c = Partition n <-> ρ c = Partition n.
Proof.
  intros Hp Hr. destruct (decide (c = p)) as [->|]; [rewrite update_eq|by rewrite update_ne].
  split; intros E; [by destruct (Hr n)|by rewrite E in Hp].
Qed.

(** Nothing is under prefix [u] in the tree of kind [k]. *)
Definition bare V c k u : Prop := forall i, i < table_size ->
  match k with
  | Mmu => v_entry V c (u * table_size + i) = absent_entry
  | Shadow1 => v_gift V c (u * table_size + i) = no_gift
  | Shadow2 => v_origin V c (u * table_size + i) = 0
  end.

Lemma coherent_bare ρ V c k u : coherent ρ V -> v_table V c k 0 u = None -> bare V c k u.
Proof.
  intros C T i Hi. rewrite <- (prefix_of_split u i Hi) in T.
  destruct k; [apply (co_entry _ _ C)|apply (co_gift _ _ C)|apply (co_origin _ _ C)]; done.
Qed.

Lemma empty_table_ok V c k l u : (l <= top)%nat ->
  (forall l' i, l = S l' -> i < table_size -> v_table V c k l' (u * table_size + i) = None) ->
  (l = O -> bare V c k u) -> table_ok V c k l u (empty_table k (N.of_nat l)).
Proof.
  intros Hl Hb He. destruct l as [|l'].
  - specialize (He eq_refl).
    destruct k; unfold bare, empty_table in *; cbn [N.of_nat table_ok leaf_ok]; eexists; (split; [done|]); intros i Hi;
      rewrite ?(He i Hi); try done. pose proof top_positive. by rewrite (proj2 (N.eqb_neq 0 (N.of_nat top))) by lia.
  - assert (forall i, i < table_size -> v_table V c k l' (u * table_size + i) = None) as Hn by eauto.
    unfold table_ok, interior_ok.
    destruct k; unfold empty_table; cbn [N.of_nat]; eexists; (split; [done|]); intros i Hi; cbn beta; rewrite Hn by
      done; try done. replace (N.pos (Pos.of_succ_nat l') =? N.of_nat top) with (S l' =? top)%nat.
    + unfold kernel_bit. by destruct ((S l' =? top)%nat && kernel_slot i).
    + apply eq_true_iff_eq. rewrite Nat.eqb_eq, N.eqb_eq. lia.
Qed.

Lemma wp_format ρ V m x r t p o (Q : unit -> state -> Prop) : rep ρ V m -> ρ p = UserPage ->
  (forall m', rep (update ρ p (Formatted o)) V m' -> Q tt (State m' x r t)) -> wp (format p o) Q (State m x r t).
Proof.
  intros R E HQ. apply wp_bind, wp_get. cbn. rewrite (user_data _ _ _ _ R E). apply wp_put, HQ.
  apply rep_format; [done|by rewrite E].
Qed.

(** ** A table more *)
Lemma coherent_link ρ V m c k l v q p o : rep ρ V m -> v_table V c k (S l) (prefix v (S l)) = Some q ->
  v_table V c k l (prefix v l) = None -> is_user_page v = true -> ρ p = Formatted o -> p < pages ->
  coherent (update ρ p (TreeTable c k l (prefix v l))) (with_table c k l (prefix v l) (Some p) V).
Proof.
  intros R T Tn U Ep Hpages. pose proof (table_le_top _ _ _ _ _ _ _ _ R T) as Hl.
  destruct (proj1 R) as [C1 C2 C3 C4 C5 C6 C7 C8 C9 C10].
  assert (HP : forall c' n, update ρ p (TreeTable c k l (prefix v l)) c' = Partition n <-> ρ c' = Partition n) by
    (intros; apply update_partition; by rewrite ?Ep).
  assert (forall c' k' l' u' x, v_table V c' k' l' u' = Some x -> is_Some (v_table (with_table c k l (prefix v l) (Some
    p) V) c' k' l' u')) as Hmono by (intros; cbn; case_decide; eauto). split.
  - rewrite update_ne; congruence.
  - intros x c'. unfold owner. destruct (decide (x = p)) as [->|]; [done|]. rewrite update_ne by done. apply C2.
  - intros c' k' l' u' x. cbn. case_decide as D.
    + destruct D as (->&->&->&->). destruct (decide (x = p)) as [->|Hx]; [by rewrite update_eq|].
      rewrite update_ne by done. split; [congruence|]. intros E%C3. congruence.
    + rewrite C3. destruct (decide (x = p)) as [->|Hx]; [|by rewrite update_ne]. rewrite update_eq.
      split; [congruence|]. intros [= <- <- <- <-]. by destruct D.
  - intros c' k' l' u' x. cbn [v_table with_table]. case_decide as D.
    + destruct D as (->&->&->&->). intros _. right. split; [lia|]. split; [rewrite prefix_up; by eapply Hmono|].
      intros El. pose proof (prefix_split v l) as X. rewrite El in X. destruct (user_page_prefix v U) as [E K].
      rewrite E in X. rewrite <- X. by rewrite N.mul_0_l, N.add_0_l.
    + intros T'. destruct (C4 _ _ _ _ _ T') as [(?&?&[n ?])|(?&[y ?]&?)]; [left|right].
      * split_and!; try done. exists n. by apply HP.
      * split_and!; try done. by eapply Hmono.
  - intros c' v'. cbn. case_decide; [done|]. apply C5.
  - intros c' v'. cbn. case_decide; [done|]. apply C6.
  - intros c' v'. cbn. case_decide; [done|]. apply C7.
  - intros c' j x. cbn. rewrite C8. destruct (decide (x = p)) as [->|]; [rewrite update_eq, Ep|by rewrite update_ne].
    by split.
  - intros c' j x. destruct (decide (x = p)) as [->|Hx]; [by rewrite update_eq|]. rewrite update_ne by done.
    intros [n ?]%C9. exists n. by apply HP.
  - intros c' n E%HP. apply C10 in E. destruct n; [done|]. destruct E. split; [done|]. by apply HP.
Qed.

Lemma rep_link ρ V m c k l v q p t : rep ρ V m -> v_table V c k (S l) (prefix v (S l)) = Some q ->
  v_table V c k l (prefix v l) = None -> is_user_page v = true -> ρ p = Formatted (empty_table k (N.of_nat l)) ->
  p < pages -> m q = Table (N.of_nat (S l)) t ->
  rep (update ρ p (TreeTable c k l (prefix v l))) (with_table c k l (prefix v l) (Some p) V)
    (update m q (Table (N.of_nat (S l)) (update t (position v (S l)) (link_entry p)))).
Proof.
  intros R T Tn U Ep Hpages Et. split; [by eapply coherent_link|]. pose proof (table_le_top _ _ _ _ _ _ _ _ R T) as Hl.
  pose proof (table_role _ _ _ _ _ _ _ _ R T) as Eq. assert (p <> q) as Hpq by congruence.
  assert (Hbelow : forall l' i, l = S l' -> i < table_size -> v_table V c k l' (prefix v l * table_size + i) = None).
  { intros l' i -> Hi. destruct (v_table V c k l' _) eqn:X; [|done].
    destruct (co_upper _ _ (proj1 R) _ _ _ _ _ X) as [(?&?&?)|(_&[y Y]&_)]; [lia|]. rewrite split_div in Y by done.
    congruence. }
  intros x. pose proof (proj2 R x) as X. unfold page_ok in *. destruct (decide (x = p)) as [->|Hx].
  - rewrite update_eq, update_ne by done. rewrite Ep in X. rewrite X. apply empty_table_ok; [lia| |].
    + intros l' i El Hi. cbn. rewrite decide_False by (intros (_&_&?&_); lia). auto.
    + intros ->. by apply (coherent_bare _ _ _ _ _ (proj1 R)).
  - rewrite update_ne by done. destruct (decide (x = q)) as [->|Hxq].
    + rewrite update_eq, Eq in *. destruct X as (t'&Et'&Ht). rewrite Et in Et'. injection Et' as <-. eexists.
      split; [done|]. intros i Hi. cbn. destruct (decide (i = position v (S l))) as [->|Hi'].
      * rewrite update_eq, user_slot_kernel_bit, prefix_split, decide_True by done. done.
      * rewrite update_ne by done. rewrite decide_False; [by apply Ht|]. intros (_&_&_&E). apply Hi'.
        rewrite <- (prefix_split v l) in E. apply split_inj in E as [_ ?]; auto using position_lt.
    + rewrite update_ne by done. destruct (ρ x) as [| |n|c' k' [|l'] u'| | |] eqn:Ex; try done.
      * destruct X as (d&Ed&Hd&X). exists d. split; [done|]. split; [|done]. intros k'. cbn.
        rewrite decide_False by (intros (_&_&?&_); lia). apply Hd.
      * destruct X as (t'&Et'&Ht). exists t'. split; [done|]. intros i Hi. cbn. rewrite decide_False; [by apply Ht|].
        intros (->&->&->&E). rewrite <- (prefix_split v l) in E.
        apply split_inj in E as [-> _]; [|done|apply position_lt]. by eapply Hxq, same_table.
Qed.

(** ** A table less *)
Lemma wipe_ne {A} c u (x : A) f c' u' i : i < table_size -> ~ (c' = c /\ u' = u) ->
  wipe c u x f c' (u' * table_size + i) = f c' (u' * table_size + i).
Proof. intros Hi Hn. unfold wipe. by rewrite prefix_of_split, decide_False. Qed.

Lemma coherent_unlink ρ V m c k l u p : rep ρ V m -> v_table V c k l u = Some p -> (l < top)%nat ->
  (forall l' i, l = S l' -> i < table_size -> v_table V c k l' (u * table_size + i) = None) ->
  coherent (update ρ p Lost) (unlinked c k l u V).
Proof.
  intros R T Hl Hb. pose proof (table_role _ _ _ _ _ _ _ _ R T) as Ep.
  destruct (proj1 R) as [C1 C2 C3 C4 C5 C6 C7 C8 C9 C10].
  assert (HP : forall c' n, update ρ p Lost c' = Partition n <-> ρ c' = Partition n).
  { intros c' n. destruct (decide (c' = p)) as [->|]; [rewrite update_eq, Ep|by rewrite update_ne]. by split. }
  split.
  - rewrite update_ne; congruence.
  - intros x c'. unfold owner. destruct (decide (x = p)) as [->|Hx]; [by rewrite update_eq|]. rewrite update_ne by done.
    apply C2.
  - intros c' k' l' u' x. cbn. case_decide as D.
    + destruct D as (->&->&->&->). split; [done|]. destruct (decide (x = p)) as [->|Hx]; [by rewrite update_eq|].
      rewrite update_ne by done. intros E. exfalso. apply Hx. by eapply same_table.
    + rewrite C3. destruct (decide (x = p)) as [->|Hx]; [|by rewrite update_ne]. rewrite update_eq, Ep. split; [|done].
      intros [= <- <- <- <-]. by destruct D.
  - intros c' k' l' u' x. cbn [v_table unlinked with_table]. case_decide as D; [done|]. intros T'.
    destruct (C4 _ _ _ _ _ T') as [(?&?&[n ?])|(Hl'&[y Y]&?)]; [left|right].
    + split_and!; try done. exists n. by apply HP.
    + split_and!; try done. rewrite decide_False; [by exists y|]. intros (->&->&El&Eu).
      assert (u' mod table_size < table_size) as Hi by apply N.mod_lt, table_size_nonzero.
      pose proof (Hb l' _ (eq_sym El) Hi) as X.
      rewrite <- Eu, (N.mul_comm _ table_size), <- N.div_mod in X by apply table_size_nonzero. congruence.
  - intros c' v'. cbn. unfold wipe. repeat case_decide; auto; intros; exfalso; destruct_and?; subst; tauto.
  - intros c' v'. cbn. unfold wipe. repeat case_decide; auto; intros; exfalso; destruct_and?; subst; tauto.
  - intros c' v'. cbn. unfold wipe. repeat case_decide; auto; intros; exfalso; destruct_and?; subst; tauto.
  - intros c' j x. cbn. rewrite C8. destruct (decide (x = p)) as [->|]; [rewrite update_eq, Ep|by rewrite update_ne].
    by split.
  - intros c' j x. destruct (decide (x = p)) as [->|Hx]; [by rewrite update_eq|]. rewrite update_ne by done.
    intros [n ?]%C9. exists n. by apply HP.
  - intros c' n E%HP. apply C10 in E. destruct n; [done|]. destruct E. split; [done|]. by apply HP.
Qed.

Lemma rep_unlink ρ V m c k l v q p t : rep ρ V m -> v_table V c k (S l) (prefix v (S l)) = Some q ->
  v_table V c k l (prefix v l) = Some p ->
  (forall l' i, l = S l' -> i < table_size -> v_table V c k l' (prefix v l * table_size + i) = None) ->
  m q = Table (N.of_nat (S l)) t ->
  rep (update ρ p Lost) (unlinked c k l (prefix v l) V)
    (update m q (Table (N.of_nat (S l)) (update t (position v (S l)) absent_entry))).
Proof.
  intros R T Tp Hb Et. pose proof (table_le_top _ _ _ _ _ _ _ _ R T) as Hl. split; [by eapply coherent_unlink|].
  pose proof (table_role _ _ _ _ _ _ _ _ R T) as Eq. pose proof (table_role _ _ _ _ _ _ _ _ R Tp) as Ep.
  assert (is_user_page v = true) as U by by eapply table_user_page.
  assert (p <> q) as Hpq by (intros ->; rewrite Ep in Eq; injection Eq; lia). intros x. pose proof (proj2 R x) as X.
  unfold page_ok in *. destruct (decide (x = p)) as [->|Hx].
  { by rewrite update_eq. }
  rewrite (update_ne ρ) by done. destruct (decide (x = q)) as [->|Hxq].
  - rewrite update_eq, Eq in *. destruct X as (t'&Et'&Ht). rewrite Et in Et'. injection Et' as <-. eexists.
    split; [done|]. intros i Hi. cbn. destruct (decide (i = position v (S l))) as [->|Hi'].
    + rewrite update_eq, user_slot_kernel_bit, prefix_split, decide_True by done. done.
    + rewrite update_ne by done. rewrite decide_False; [by apply Ht|]. intros (_&_&_&E). apply Hi'.
      rewrite <- (prefix_split v l) in E. apply split_inj in E as [_ ?]; auto using position_lt.
  - rewrite update_ne by done. destruct (ρ x) as [| |n|c' k' [|l'] u'| | |] eqn:Ex; try done.
    + destruct X as (d&Ed&Hd&X). exists d. split; [done|]. split; [|done]. intros k'. cbn.
      rewrite decide_False by (intros (_&_&?&_); lia). apply Hd.
    + assert (~ (l = O /\ k' = k /\ c' = c /\ u' = prefix v l)) as Hn by (intros (->&->&->&->); by eapply Hx,
        same_table).
      destruct k'; destruct X as (t'&Et'&Ht); exists t'; (split; [done|]); intros i Hi; (rewrite (Ht i Hi) || (let K :=
        fresh in let E := fresh in destruct (Ht i Hi) as [K E]; rewrite E in * )); cbn; (case_decide as D; [destruct D
        as [-> ->]; rewrite wipe_ne by (tauto || done)|]); done.
    + destruct X as (t'&Et'&Ht). exists t'. split; [done|]. intros i Hi. cbn. rewrite decide_False; [by apply Ht|].
      intros (->&->&->&E). rewrite <- (prefix_split v l) in E.
      apply split_inj in E as [-> _]; [|done|apply position_lt]. by eapply Hxq, same_table.
Qed.

(** ** Configuration lists *)
Lemma lookup_snoc (l : list N) x j y : (l ++ [x]) !! j = Some y <-> l !! j = Some y \/ (j = length l /\ x = y).
Proof.
  rewrite lookup_app_Some. split; (intros [?|[E ?]]; [by left|right]).
  - destruct (j - length l)%nat eqn:D; cbn in *; [|done]. split; [lia|congruence].
  - subst. by rewrite Nat.sub_diag.
Qed.

(** Page [p] becomes the head of the list of [c]. *)
Lemma rep_extend ρ V m c n d p head w : rep ρ V m -> ρ c = Partition n -> m c = DescriptorPage d ->
  ρ p = Formatted (ListPage (ListHeader head w 0) (fun _ => no_record)) -> p < pages ->
  last (v_list V c) = Some head ->
  rep (update ρ p (ListAt c (length (v_list V c)))) (with_note p (empty_note w) (with_list c (v_list V c ++ [p]) V))
    (update m c (DescriptorPage (Descriptor (d_mmu d) (d_shadow1 d) (d_shadow2 d) p (d_parent d) (d_vsti d)))).
Proof.
  intros R Ec Ed Ep Hp Hlast. pose proof (proj1 R) as C. assert (p <> c) as Hpc by congruence.
  assert (HP : forall c' n, update ρ p (ListAt c (length (v_list V c))) c' = Partition n <-> ρ c' = Partition n) by
    (intros; apply update_partition; by rewrite ?Ep). split.
  - destruct C as [C1 C2 C3 C4 C5 C6 C7 C8 C9 C10]. split; try done.
    + rewrite update_ne; congruence.
    + intros x c'. unfold owner. destruct (decide (x = p)) as [->|]; [done|]. rewrite update_ne by done. apply C2.
    + intros c' k l u x. cbn. rewrite C3.
      destruct (decide (x = p)) as [->|]; [rewrite update_eq, Ep|by rewrite update_ne]. by split.
    + intros c' k l u x T. destruct (C4 _ _ _ _ _ T) as [(?&?&[i ?])|?]; [left|by right]. split_and!; try done.
      exists i. by apply HP.
    + intros c' j x. cbn. destruct (decide (c' = c)) as [->|Hc'].
      * rewrite update_eq, lookup_snoc, C8. destruct (decide (x = p)) as [->|Hx].
        -- rewrite update_eq, Ep. split; [by intros [?|[-> _]]|]. intros [= <-]. by right.
        -- rewrite update_ne by done. split; [by intros [?|[_ ?]]|by left].
      * rewrite update_ne by done. rewrite C8. destruct (decide (x = p)) as [->|]; [|by rewrite update_ne].
        rewrite update_eq, Ep. split; congruence.
    + intros c' j x. destruct (decide (x = p)) as [->|Hx].
      * rewrite update_eq. intros [= <- <-]. exists n. by apply HP.
      * rewrite update_ne by done. intros [i ?]%C9. exists i. by apply HP.
    + intros c' i E%HP. apply C10 in E. destruct i; [done|]. destruct E. split; [done|]. by apply HP.
  - intros x. pose proof (proj2 R x) as X. unfold page_ok in *. destruct (decide (x = p)) as [->|Hx].
    { rewrite update_eq, update_ne by done. rewrite Ep in X. rewrite X. unfold list_page, after. cbn.
      rewrite !update_eq. split; [|cbn; lia]. rewrite last_lookup in Hlast. destruct (v_list V c) as [|y ys]; [done|].
      cbn [length pred] in *. rewrite lookup_app_l by (cbn; lia). by rewrite Hlast. }
    rewrite (update_ne ρ) by done. destruct (decide (x = c)) as [->|Hxc].
    + rewrite update_eq, Ec in *. destruct X as (d'&E&Hk&_&?&?). rewrite Ed in E. injection E as <-. eexists.
      split; [done|]. cbn. rewrite update_eq, last_snoc. done.
    + rewrite update_ne by done. destruct (ρ x) as [| |i|c' k l u|c' j| |] eqn:Ex; try done.
      * destruct X as (d'&?&?&?&?&?). exists d'. cbn. by rewrite update_ne.
      * unfold list_page, after in *. cbn. rewrite (update_ne (v_note V)) by done. destruct j as [|j]; [done|].
        destruct (decide (c' = c)) as [->|]; [|by rewrite update_ne]. rewrite update_eq, lookup_app_l; [done|].
        apply (co_list _ _ C), lookup_lt_Some in Ex. lia.
Qed.

End Structure.
