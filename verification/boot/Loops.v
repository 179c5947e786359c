(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the loops of the boot check establish

    [leaves_from] and [pages_from] read the words of memory [W] as the lists that a [plan] consists of; the loops see to
    it that each word is one of those that boot writes, and that each frame is taken once. *)
From stdpp Require Import gmap.
From Pip.Boot Require Export Steps.
Open Scope N_scope.
Open Scope monad_scope.

Section Loops.
Context `{Layout}.
Implicit Types (s : boot_words) (p q i j : N) (n : nat) (k : kind) (fs : list N).

Section Words.
Context (W : N -> N -> N) (D : N -> N) (tree : kind -> N).
(** The first word of the link in slot [i]. *)
Local Notation link k i := (W (tree k) (link_place i)).

(** The leaf tables that hang in [n] slots from [i] on, and their frames in the order in which the check takes them. *)
Definition leaves_at_slot i : list leaves :=
  if kernel_slot i || (link Mmu i =? absent_word) then [] else [Leaves i (fun k => word_frame (link k i))].
Fixpoint leaves_from n i : list leaves :=
  match n with O => [] | S n => leaves_at_slot i ++ leaves_from n (i + 1) end.
Definition leaf_frames (x : leaves) : list N := leaf_of x <$> kinds.

(** What the check requires of slot [i]. *)
Record link_ok i : Prop := {
  link_kernel : kernel_slot i = true -> same_mapping (link Mmu i) (D i) = true
    /\ word_is_user (link Mmu i) = false
    /\ link Shadow1 i = absent_word /\ link Shadow2 i = absent_word;
  link_absent : kernel_slot i = false -> link Mmu i = absent_word -> forall k, link k i = absent_word;
  link_present : kernel_slot i = false -> link Mmu i <> absent_word ->
    forall k, link k i = link_word (word_frame (link k i));
  link_whole : forall k j, (k = Mmu -> kernel_slot i = false) -> 0 < j < link_words ->
    W (tree k) (link_place i + j) = later_word (link k i) j;
}.

(** The pages that [n] entries of a leaf table from [j] on map. *)
Definition page_at (x : leaves) j : list mapping :=
  let e := W (leaf_of x Mmu) j in
  if e =? absent_word then []
  else [Mapping (slot x * table_size + j) (word_frame e) (word_writable e) (word_executable e)].
Fixpoint pages_from (x : leaves) n j : list mapping :=
  match n with O => [] | S n => page_at x j ++ pages_from x n (j + 1) end.
Definition pages_of (x : leaves) : list mapping := pages_from x table_fuel 0.

Record page_word_ok (x : leaves) j : Prop := {
  no_gift_there : W (leaf_of x Shadow1) j = 0;
  no_origin_there : W (leaf_of x Shadow2) j = 0;
  entry_there : W (leaf_of x Mmu) j <> absent_word ->
    W (leaf_of x Mmu) j = leaf_word (word_frame (W (leaf_of x Mmu) j)) (word_writable (W (leaf_of x Mmu) j))
                            (word_executable (W (leaf_of x Mmu) j));
}.

Lemma elem_leaves_from n i x : x ∈ leaves_from n i -> i <= slot x < i + N.of_nat n /\ kernel_slot (slot x) = false
  /\ link Mmu (slot x) <> absent_word /\ (forall k, leaf_of x k = word_frame (link k (slot x))).
Proof.
  revert i. induction n as [|n IH]; intros i; cbn; [set_solver|]. rewrite elem_of_app. intros [E|E].
  - unfold leaves_at_slot in E. destruct (kernel_slot i || _) eqn:B; [by apply not_elem_of_nil in E|].
    apply elem_of_list_singleton in E as ->. bool. cbn. split_and!; try done; lia.
  - apply IH in E as (?&?&?&?). split_and!; try done; lia.
Qed.

Lemma leaves_from_elem n i j : i <= j < i + N.of_nat n -> kernel_slot j = false -> link Mmu j <> absent_word ->
  Leaves j (fun k => word_frame (link k j)) ∈ leaves_from n i.
Proof.
  revert i. induction n as [|n IH]; intros i Hj K E; cbn; [lia|]. apply elem_of_app.
  destruct (decide (i = j)) as [->|]; [left|right; apply IH; [lia|done..]]. unfold leaves_at_slot.
  rewrite K, (proj2 (N.eqb_neq _ _) E). cbn. by apply elem_of_list_singleton.
Qed.

Lemma leaves_from_NoDup n i : NoDup (slot <$> leaves_from n i).
Proof.
  revert i. induction n as [|n IH]; intros i; cbn; [by constructor|]. rewrite fmap_app. apply NoDup_app.
  split_and!; [| |done].
  - unfold leaves_at_slot. destruct (_ || _); cbn; [by constructor|apply NoDup_singleton].
  - intros u Hu (x&->&Hx%elem_leaves_from)%elem_of_list_fmap. unfold leaves_at_slot in Hu.
    destruct (_ || _); cbn in Hu; [by apply not_elem_of_nil in Hu|]. apply elem_of_list_singleton in Hu. lia.
Qed.

Lemma elem_pages_from x n j y : y ∈ pages_from x n j <-> exists i, j <= i < j + N.of_nat n
  /\ W (leaf_of x Mmu) i <> absent_word /\ page_at x i = [y].
Proof.
  revert j. induction n as [|n IH]; intros j; cbn.
  { split; [set_solver|intros (?&?&_); lia]. }
  rewrite elem_of_app, IH. split.
  - intros [E|(i&?&?&?)]; [|exists i; split_and!; (done || lia)]. exists j. unfold page_at in *.
    destruct (_ =? _) eqn:B; [by apply not_elem_of_nil in E|]. apply elem_of_list_singleton in E as ->. bool.
    split_and!; (done || lia).
  - intros (i&Hi&Hn&E). destruct (decide (i = j)) as [->|]; [left; rewrite E; by apply elem_of_list_singleton|].
    right. exists i. split_and!; (done || lia).
Qed.

Lemma page_at_position x i y : page_at x i = [y] -> at_page y = slot x * table_size + i.
Proof. unfold page_at. destruct (_ =? _); [done|]. by intros [= <-]. Qed.

Lemma pages_from_NoDup x n j : j + N.of_nat n <= table_size -> NoDup (at_page <$> pages_from x n j).
Proof.
  revert j. induction n as [|n IH]; intros j Hj; cbn; [by constructor|]. rewrite fmap_app. apply NoDup_app.
  split_and!; [| |apply IH; lia].
  - unfold page_at. destruct (_ =? _); cbn; [by constructor|apply NoDup_singleton].
  - intros v (y&->&Hy)%elem_of_list_fmap (z&E&(i&Hi&_&Hz)%elem_pages_from)%elem_of_list_fmap.
    apply page_at_position in Hz. unfold page_at in Hy. destruct (_ =? _).
    + by apply not_elem_of_nil in Hy.
    + apply elem_of_list_singleton in Hy as ->. cbn in E. lia.
Qed.
End Words.

(** ** The loops *)
Context (tree : kind -> N).
Hypothesis H_visible : forall k, visible (tree k).

Lemma wp_check_link i (Q : fault -> boot_words -> Prop) s : reserved s -> i < top_slots ->
  (forall s', let fs := leaves_at_slot (word_at s) tree i ≫= leaf_frames in link_ok (word_at s) (directory s) tree i ->
    Forall structure_frame fs -> grows s s' fs -> Q SOUND s') ->
  (forall f s', f <> SOUND -> Q f s') -> wp (check_link (tree Mmu) (tree Shadow1) (tree Shadow2) i) Q s.
Proof.
  intros R Hi Hq Hf. unfold check_link, entry_word_eq, is_kernel_slot. unfold leaves_at_slot in Hq.
  pose proof (proj1 slots_in_table). do 3 (apply wp_bind, wp_boot_link; [done..|]).
  do 3 (apply wp_bind, wp_link_follows; [done..|]). destruct (kernel_slot i) eqn:K; cbn [orb] in Hq.
  - apply wp_bind, wp_directory_entry; [lia|]. destruct (same_mapping _ _) eqn:E; cbn [negb]; [|by apply wp_ret, Hf].
    destruct (word_is_user _ || _) eqn:U; [by apply wp_ret, Hf|]. destruct (_ && _) eqn:A; [|by apply wp_ret, Hf]. bool.
    apply wp_ret, Hq; [|by constructor|apply grows_nothing]. split; [done|congruence..|].
    intros [] j Km; [by rewrite Km in K|by apply later_words..].
  - destruct (negb (later_words_are _ _ _ && _ && _)) eqn:Fo; [by apply wp_ret, Hf|].
    apply negb_false_iff in Fo. rewrite !andb_true_iff in Fo. destruct Fo as [[Fe Fa] Fb].
    assert (forall k j, 0 < j < link_words -> word_at s (tree k) (link_place i + j)
      = later_word (word_at s (tree k) (link_place i)) j) as Whole by (intros [] j; by apply later_words).
    destruct (word_at s (tree Mmu) (link_place i) =? absent_word) eqn:E; cbn in Hq.
    + destruct (_ && _) eqn:A; [|by apply wp_ret, Hf]. bool.
      apply wp_ret, Hq; [|by constructor|apply grows_nothing]. split; [congruence|by intros _ _ []|done|].
      intros k j _. apply Whole.
    + destruct (negb _) eqn:A; [by apply wp_ret, Hf|]. bool.
      apply wp_take_three; [done| |done]. intros s' F G. apply Hq; [|done..]. split; [congruence..| |].
      * by intros _ _ [].
      * intros k j _. apply Whole.
Qed.

Lemma wp_check_links n i (Q : finding -> boot_words -> Prop) s : reserved s -> i + N.of_nat n <= top_slots ->
  (forall f s', found f = SOUND -> let fs := leaves_from (word_at s) tree n i ≫= leaf_frames in
    (forall j, i <= j < i + N.of_nat n -> link_ok (word_at s) (directory s) tree j) ->
    Forall structure_frame fs -> grows s s' fs -> Q f s') ->
  (forall f s', found f <> SOUND -> Q f s') -> wp (check_links n (tree Mmu) (tree Shadow1) (tree Shadow2) i) Q s.
Proof.
  revert i s Q. induction n as [|n IH]; intros i s Q R Hi Hq Hf; cbn [check_links].
  { apply wp_ret, Hq; [done|intros; lia|by constructor|apply grows_nothing]. }
  pose proof (proj1 slots_in_table).
  apply wp_bind, wp_check_link; [done|lia| |by intros; apply wp_if_sound; [intros; apply Hf|]].
  intros s1 fs1 L1 F1 G1. apply wp_if_sound; [done|intros _]. apply wp_bind, wp_index_after; [lia|].
  apply IH; [by eapply grows_reserved|lia| |done]. rewrite (grows_words _ _ _ G1), (grows_directory _ _ _ G1).
  intros f s2 Ef fs L F G. apply Hq; [done|..].
  - intros j Hj. destruct (decide (j = i)) as [->|]; [done|]. apply L. lia.
  - cbn. rewrite bind_app. by apply Forall_app.
  - cbn. rewrite bind_app. by eapply grows_more.
Qed.

Lemma wp_check_page x i (Q : fault -> boot_words -> Prop) s : reserved s -> i < table_size ->
  (forall k, visible (leaf_of x k)) ->
  (forall s', let fs := frame <$> page_at (word_at s) x i in page_word_ok (word_at s) x i ->
    Forall user_page_frame fs -> grows s s' fs -> Q SOUND s') ->
  (forall f s', f <> SOUND -> Q f s') ->
  wp (check_page (leaf_of x Mmu) (leaf_of x Shadow1) (leaf_of x Shadow2) i) Q s.
Proof.
  intros R Hi V Hq Hf. pose proof table_in_page. unfold check_page, entry_word_eq, word_eq, zero.
  do 2 (apply wp_bind, wp_boot_word; [done|lia|]). destruct (negb _) eqn:Z; [by apply wp_ret, Hf|].
  apply wp_bind, wp_boot_entry; [done..|]. unfold page_at in Hq. destruct (_ =? absent_word) eqn:E; bool.
  { apply wp_ret, Hq; [by split|by constructor|apply grows_nothing]. }
  destruct (negb _) eqn:A; [by apply wp_ret, Hf|]. bool.
  apply wp_take_user; [done| |by auto]. intros s' F G. apply Hq; [by split| |done]. by apply Forall_singleton.
Qed.

Lemma wp_check_pages x n i (Q : finding -> boot_words -> Prop) s : reserved s -> i + N.of_nat n <= table_size ->
  (forall k, visible (leaf_of x k)) ->
  (forall f s', found f = SOUND -> let fs := frame <$> pages_from (word_at s) x n i in
    (forall j, i <= j < i + N.of_nat n -> page_word_ok (word_at s) x j) ->
    Forall user_page_frame fs -> grows s s' fs -> Q f s') ->
  (forall f s', found f <> SOUND -> Q f s') ->
  wp (check_pages n (leaf_of x Mmu) (leaf_of x Shadow1) (leaf_of x Shadow2) (slot x) i) Q s.
Proof.
  revert i s Q. induction n as [|n IH]; intros i s Q R Hi V Hq Hf; cbn [check_pages].
  { apply wp_ret, Hq; [done|intros; lia|by constructor|apply grows_nothing]. }
  apply wp_bind, wp_check_page; [done|lia|done| |by intros; apply wp_if_sound; [intros; apply Hf|]].
  intros s1 fs1 L1 F1 G1. apply wp_if_sound; [done|intros _]. apply wp_bind, wp_index_after; [lia|].
  apply IH; [by eapply grows_reserved|lia|done| |done]. rewrite (grows_words _ _ _ G1).
  intros f s2 Ef fs L F G. apply Hq; [done|..].
  - intros j Hj. destruct (decide (j = i)) as [->|]; [done|]. apply L. lia.
  - cbn. rewrite fmap_app. by apply Forall_app.
  - cbn. rewrite fmap_app. by eapply grows_more.
Qed.

Lemma wp_check_slots n i (Q : finding -> boot_words -> Prop) s : reserved s -> i + N.of_nat n <= top_slots ->
  (forall x k, x ∈ leaves_from (word_at s) tree n i -> visible (leaf_of x k)) ->
  (forall f s', found f = SOUND -> let ms := leaves_from (word_at s) tree n i ≫= pages_of (word_at s) in
    (forall x j, x ∈ leaves_from (word_at s) tree n i -> j < table_size -> page_word_ok (word_at s) x j) ->
    Forall user_page_frame (frame <$> ms) -> grows s s' (frame <$> ms) -> Q f s') ->
  (forall f s', found f <> SOUND -> Q f s') -> wp (check_slots n (tree Mmu) (tree Shadow1) (tree Shadow2) i) Q s.
Proof.
  revert i s Q. induction n as [|n IH]; intros i s Q R Hi V Hq Hf; cbn [check_slots].
  { apply wp_ret, Hq; [done|set_solver|by constructor|apply grows_nothing]. }
  apply wp_bind. cbn [leaves_from] in V.
  assert (forall f s1 (ms := leaves_at_slot (word_at s) tree i ≫= pages_of (word_at s)), found f = SOUND ->
    (forall x j, x ∈ leaves_at_slot (word_at s) tree i -> j < table_size -> page_word_ok (word_at s) x j) ->
    Forall user_page_frame (frame <$> ms) -> grows s s1 (frame <$> ms) ->
    wp (let! next := index_after i in check_slots n (tree Mmu) (tree Shadow1) (tree Shadow2) next) Q s1) as X.
  { intros f s1 ms _ L1 F1 G1. apply wp_bind, wp_index_after; [pose proof (proj1 slots_in_table); lia|].
    apply IH; [by eapply grows_reserved|lia|rewrite (grows_words _ _ _ G1); intros; apply V; set_solver| |done].
    rewrite (grows_words _ _ _ G1). intros f2 s2 Ef ms2 L F G. apply Hq; [done|..].
    - intros x j [Hx|Hx]%elem_of_app Hj; auto.
    - cbn. rewrite bind_app, fmap_app. by apply Forall_app.
    - cbn. rewrite bind_app, fmap_app. by eapply grows_more. }
  unfold check_slot, is_kernel_slot, entry_word_eq. apply wp_bind, wp_boot_link; [done|lia|].
  unfold leaves_at_slot in X, V. destruct (_ || _).
  { apply wp_ret, wp_if_sound; [done|intros _]. eapply (X (Finding SOUND i i)); [done|set_solver|by constructor|].
    apply grows_nothing. }
  do 2 (apply wp_bind, wp_boot_link; [done|lia|]).
  set (x := Leaves i (fun k => word_frame (word_at s (tree k) (link_place i)))) in *.
  apply (wp_check_pages x table_fuel first_index); [done|unfold table_fuel, first_index; lia| | |].
  - intros k. apply V. set_solver.
  - intros f s1 Ef fs L F G. apply wp_if_sound; [done|intros _]. eapply X; [done|..]; cbn [mbind list_bind].
    + intros y j Hy%elem_of_list_singleton Hj. subst y. apply L. unfold table_fuel, first_index. lia.
    + by rewrite app_nil_r.
    + by rewrite app_nil_r.
  - intros f s1 Ef. apply wp_if_sound; [intros _; by apply Hf|done].
Qed.

End Loops.
