(* SPDX-License-Identifier: Apache-2.0 *)
(** * What [SOUND] says of the words of memory

    [accepted]: the facts that a run of the whole check establishes, read off its steps.  The check is defined on any
    words whatsoever. *)
From stdpp Require Import gmap.
From Pip.Boot Require Export Loops.
Open Scope N_scope.
Open Scope monad_scope.

Section Accepted.
Context `{Layout}.
Implicit Types (s : boot_words) (p i : N) (k : kind).

Definition tree_place k : N := match k with Mmu => mmu_place | Shadow1 => shadow1_place | Shadow2 => shadow2_place end.

Section Words.
Context (W : N -> N -> N).

Definition tree_of k : N := named_frame (W root_partition (tree_place k)).
Definition list_of : N := named_frame (W root_partition list_place).
Definition all_leaves : list leaves := leaves_from W tree_of slot_fuel 0.
Definition all_pages : list mapping := all_leaves ≫= pages_of W.
Definition structures : list N := [root_partition; list_of] ++ (tree_of <$> kinds) ++ (all_leaves ≫= leaf_frames).

Record accepted_words (D : N -> N) : Prop := {
  tree_aligned : forall k, page_aligned (W root_partition (tree_place k)) = true;
  list_aligned : page_aligned (W root_partition list_place) = true;
  nobody_above : W root_partition parent_place = 0;
  interrupts_off : W root_partition vsti_place = 0;
  list_empty : forall i, i < 3 -> W list_of i = 0;
  links_ok : forall i, i < top_slots -> link_ok W D tree_of i;
  pages_ok : forall x j, x ∈ all_leaves -> j < table_size -> page_word_ok W x j;
  frames_once : NoDup (structures ++ (frame <$> all_pages));
  structures_ok : Forall structure_frame structures;
  users_ok : Forall user_page_frame (frame <$> all_pages);
}.
End Words.

Record accepted s : Prop := {
  root_runs : running s = root_partition;
  root_loaded : loaded s = word_at s root_partition mmu_place;
  words_accepted : accepted_words (word_at s) (directory s);
}.

Lemma kind_cases (P : kind -> Prop) : P Mmu -> P Shadow1 -> P Shadow2 -> forall k, P k.
Proof. by intros ??? []. Qed.

Lemma wp_check_trees s (Q : finding -> boot_words -> Prop) (W := word_at s) : reserved s ->
  (forall f s', found f = SOUND ->
    let fs := (tree_of W <$> kinds) ++ (all_leaves W ≫= leaf_frames) in let gs := frame <$> all_pages W in
    (forall i, i < top_slots -> link_ok W (directory s) (tree_of W) i) ->
    (forall x j, x ∈ all_leaves W -> j < table_size -> page_word_ok W x j) ->
    Forall structure_frame fs -> Forall user_page_frame gs -> grows s s' (fs ++ gs) -> Q f s') ->
  (forall f s', found f <> SOUND -> Q f s') ->
  wp (check_trees (tree_of W Mmu) (tree_of W Shadow1) (tree_of W Shadow2)) Q s.
Proof.
  intros R Hq Hf. unfold check_trees. assert (N.of_nat slot_fuel = top_slots) as F by (unfold slot_fuel; lia).
  apply wp_bind, wp_take_three; [done| |by intros; apply wp_if_sound; [intros; apply Hf|]].
  intros s1 F1 G1. apply wp_if_sound; [done|intros _]. pose proof (grows_words _ _ _ G1) as W1.
  assert (forall k, visible (tree_of W k)) as V.
  { rewrite !Forall_cons in F1. destruct_and! F1. apply kind_cases; by apply structure_visible. }
  apply wp_bind, (wp_check_links (tree_of W)); [done|by eapply grows_reserved|unfold first_index; lia| |].
  2: { intros. apply wp_if_sound; [intros; by apply Hf|done]. }
  rewrite W1, (grows_directory _ _ _ G1). intros f2 s2 E2 fs L2 F2 G2. apply wp_if_sound; [done|intros _].
  pose proof (grows_more _ _ _ _ _ G1 G2) as G. pose proof (grows_words _ _ _ G) as W2.
  apply (wp_check_slots (tree_of W)); [done|by eapply grows_reserved|unfold first_index; lia| | |done].
  - rewrite W2. intros x k Hx. apply structure_visible, (proj1 (Forall_forall _ _) F2), elem_of_list_bind.
    exists x. split; [|done]. apply elem_of_list_fmap. exists k. split; [done|]. by destruct k; repeat constructor.
  - rewrite W2. intros f3 s3 E3 ms L3 F3 G3. apply Hq; [done| | |by apply Forall_app|done|].
    + intros i Hi. apply L2. unfold first_index. lia.
    + done.
    + exact (grows_more _ _ _ _ _ G G3).
Qed.

Lemma wp_check_root s (Q : finding -> boot_words -> Prop) : reserved s -> running s = root_partition ->
  (forall f s', accepted s -> word_at s' = word_at s -> Q f s') -> (forall f s', found f <> SOUND -> Q f s') ->
  wp check_root Q s.
Proof.
  intros R E Hq Hf. unfold check_root. unfold root. set (W := word_at s) in *.
  apply wp_bind, wp_take; [done| |by intros; apply wp_if_sound; [intros; apply Hf|]].
  intros s1 F1 G1. apply wp_if_sound; [done|intros _]. pose proof (grows_words _ _ _ G1) as W1.
  do 6 (apply wp_bind, wp_boot_word; [by apply structure_visible|done|]). rewrite W1. fold W.
  destruct (negb _) eqn:A; [by apply wp_ret, Hf|]. unfold word_eq, zero in A. bool.
  apply wp_bind. change (wp loaded_table ?q s1) with (q (loaded s1) s1). rewrite (grows_loaded _ _ _ G1).
  destruct (negb _) eqn:Lo; [by apply wp_ret, Hf|]. unfold word_eq in Lo. bool.
  apply wp_bind, wp_take; [by eapply grows_reserved| |by intros; apply wp_if_sound; [intros; apply Hf|]].
  intros s2 F2 G2. apply wp_if_sound; [done|intros _]. pose proof (grows_more _ _ _ _ _ G1 G2) as G.
  pose proof (grows_words _ _ _ G) as W2. apply wp_bind. unfold check_list.
  do 3 (apply wp_bind, wp_boot_word; [by apply structure_visible|done|]). rewrite W2. fold W.
  destruct (_ && _ && _) eqn:Li; [|by apply wp_ret, wp_if_sound; [intros; apply Hf|]].
  apply wp_ret, wp_if_sound; [done|intros _]. unfold word_eq, zero in Li. bool.
  pose proof (wp_check_trees s2 Q) as T. cbn zeta in T. rewrite W2 in T. fold W in T.
  apply T; [by eapply grows_reserved| |done]. rewrite (grows_directory _ _ _ G).
  intros f s3 _ L P Fs Us G3. pose proof (grows_more _ _ _ _ _ G G3) as G4. apply Hq; [|by apply G4].
  split; [done|done|]. split; try done.
  - by apply kind_cases.
  - intros i Hi. assert (i = 0 \/ i = 1 \/ i = 2) as [->|[->| ->]] by lia; done.
  - unfold structures. rewrite <- app_assoc. by apply (grows_once _ _ _ G4).
  - apply Forall_app. split; [|done]. by rewrite !Forall_cons, Forall_nil.
Qed.

Lemma wp_check_boot s : wp check_boot (fun f s' => found f = SOUND -> accepted s /\ word_at s' = word_at s) s.
Proof.
  unfold check_boot. apply wp_bind, wp_reserve. intros s1 b1 W1 D1 R1 L1 T1 X1.
  apply wp_bind, wp_reserve. intros s2 b2 W2 D2 R2 L2 T2 X2.
  destruct (negb (b1 && b2)) eqn:B; [by apply wp_ret|]. bool. subst b1 b2.
  apply wp_bind. change (wp boot_partition ?q s2) with (q (running s2) s2). unfold root, page_eq.
  destruct (negb _) eqn:E; [by apply wp_ret|]. bool. apply wp_check_root; [|done| |done].
  - intros p K. unfold kernel_frame in K. apply orb_true_iff in K as [K|K]; bool; [apply T2, X1|apply X2]; done || lia.
  - intros f s' [A1 A2 A3] W3 _. rewrite W3, W2, W1. split; [|done]. rewrite R2, R1 in A1. rewrite L2, L1, W2, W1 in A2.
    rewrite W2, W1, D2, D1 in A3. by split.
Qed.

(** The check ends, whatever words it finds; if it answers [SOUND], they are as they should be, and unchanged. *)
Theorem check_boot_spec s :
  exists f s', check_boot s = Done f s' /\ (found f = SOUND -> accepted s /\ word_at s' = word_at s).
Proof. apply wp_done, wp_check_boot. Qed.
End Accepted.
