(* SPDX-License-Identifier: Apache-2.0 *)
(** * The heap services do what a heap must

    Push, pop and replace always end (never undefined, with enough fuel), keep the array a heap, and change its contents
    as they should.  They change nothing else. *)
From Coq Require Import List ZArith Lia Permutation.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Heap.
From Pip.Schedule Require Import Runs ArrayHeap.
Local Open Scope N_scope.

(** A heap within its memory. *)
Record heap_ok (h : array_heap) : Prop := {
  heap_size    : size h <= max_tasks;
  heap_ordered : ordered (entries h) (size h) }.

(** The entries of a heap. *)
Definition elements (h : array_heap) : list N := contents (entries h) (size h).

(** The state with other entries in heap [h]. *)
Definition with_entries (s : scheduler) (h : heap) (a : N -> N) : scheduler :=
  with_heap s h (ArrayHeap (size (heap_of s h)) a).

Lemma entries_with s h a : entries (heap_of (with_entries s h a) h) = a.
Proof. unfold with_entries. now rewrite heap_of_with. Qed.

Lemma with_entries_with s h a b : with_entries (with_entries s h a) h b = with_entries s h b.
Proof. unfold with_entries. now rewrite heap_of_with, with_heap_with. Qed.

Lemma put_entry_runs s h i x : i < max_tasks ->
  put_entry h i x s = Done tt (with_entries s h (update (entries (heap_of s h)) i x)).
Proof. intros. unfold put_entry. now rewrite write_at_runs. Qed.

Lemma get_entry_runs s h i : i < max_tasks -> get_entry h i s = Done (entries (heap_of s h) i) s.
Proof. intros. unfold get_entry. now rewrite read_at_runs. Qed.

(** ** Sifting *)

(** What a sift of [x] from position [i] does in the first [n] positions: it ends; its result [a] is a permutation of
    the array with [x] at [i], and ordered if [fine]. *)
Definition sifts (m : Edf unit) (s : scheduler) (h : heap) (n i x : N) (fine : Prop) : Prop :=
  exists a, m s = Done tt (with_entries s h a) /\
    Permutation (contents a n) (contents (update (entries (heap_of s h)) i x) n) /\
    (fine -> ordered a n).

Lemma sift_here s h n i x (fine : Prop) : i < max_tasks ->
  (fine -> ordered (update (entries (heap_of s h)) i x) n) -> sifts (put_entry h i x) s h n i x fine.
Proof. intros L F. eexists. rewrite put_entry_runs by auto. auto. Qed.

(** One level: the entry at [j] moves to [i], the rest of the sift starts at [j]. *)
Lemma sift_there s h n i j x m (fine fine' : Prop) : i < n -> j < n -> i <> j -> n <= max_tasks ->
  let a := entries (heap_of s h) in
  (forall s', entries (heap_of s' h) = update a i (a j) -> sifts m s' h n j x fine') -> (fine -> fine') ->
  sifts (bind (put_entry h i (a j)) (fun _ => m)) s h n i x fine.
Proof.
  intros Hi Hj Ne Hn a H F. unfold sifts. step put_entry_runs. fold a.
  destruct (H (with_entries s h (update a i (a j)))) as (c & E & P & O); [apply entries_with|].
  exists c. rewrite E, with_entries_with. split; [reflexivity|]. split; [|auto].
  rewrite P, entries_with. now apply move_permutes.
Qed.

Theorem sift_up_sifts fuel : forall s h n i x, i < n -> n <= max_tasks ->
  sifts (sift_up fuel h i x) s h n i x
    (i + 1 <= 2 ^ N.of_nat fuel /\ ordered_above (update (entries (heap_of s h)) i x) n i).
Proof.
  induction fuel as [|fuel IH]; intros s h n i x Hi Hn.
  { apply sift_here; [lia|]. intros [L O]. apply (above_done _ _ i); auto. simpl in L. lia. }
  cbn [sift_up]. destruct (N.eqb_spec i 0) as [->|Z].
  { apply sift_here; [lia|]. intros [_ O]. apply (above_done _ _ 0); auto. }
  pose proof (parent_less i ltac:(lia)) as Lp. set (a := entries (heap_of s h)).
  unfold sifts at 1. step parent_runs. fold (parent_of i). step get_entry_runs. fold a.
  destruct (N.leb_spec (a (parent_of i)) x) as [L|L].
  { apply sift_here; [lia|]. fold a. intros [_ O]. apply (above_done _ _ i); auto. right.
    rewrite update_same, update_other; auto; lia. }
  apply (sift_there s h n i (parent_of i) x _ _ (parent_of i + 1 <= 2 ^ N.of_nat fuel /\
    ordered_above (update (update a i (a (parent_of i))) (parent_of i) x) n (parent_of i))); try lia.
  - intros s' E. specialize (IH s' h n (parent_of i) x ltac:(lia) Hn). rewrite E in IH. exact IH.
  - intros [F O]. split.
    + rewrite Nat2N.inj_succ, N.pow_succ_r' in F. clear - F Z. unfold parent_of. halve.
    + apply (above_step (update a i x) _ n i); auto; try lia; try (intros k K K'; now rewrite !update_other by auto).
      * rewrite (update_other _ (parent_of i)), update_same, update_other by lia. reflexivity.
      * now rewrite !update_same.
      * rewrite update_same, update_other by lia. lia.
Qed.

Lemma lesser_child_runs s h n i : n <= max_tasks -> 2 * i + 1 < n ->
  exists c, lesser_child h n i s = Done c s /\ 0 < c < n /\ parent_of c = i /\
    forall k, 0 < k < n -> parent_of k = i -> entries (heap_of s h) c <= entries (heap_of s h) k.
Proof.
  intros Hn Hc. unfold lesser_child. set (a := entries (heap_of s h)).
  step left_child_runs. step right_child_runs.
  assert (P : forall k, 0 < k -> parent_of k = i -> k = 2 * i + 1 \/ k = 2 * i + 2)
    by (intros k K; now apply parent_child).
  destruct (N.leb_spec n (2 * i + 2)) as [L|L].
  { exists (2 * i + 1). split; [reflexivity|]. split; [lia|]. split; [apply parent_child; lia|].
    intros k K E. destruct (P k) as [->| ->]; auto; lia. }
  step get_entry_runs. step get_entry_runs. fold a. rewrite left_or_right_runs by lia.
  replace (2 * i + 1 + 1) with (2 * i + 2) by lia. eexists. split; [reflexivity|].
  destruct (N.leb_spec (a (2 * i + 2)) (a (2 * i + 1))); (split; [lia|]; split; [apply parent_child; lia|]);
    intros k K E; destruct (P k) as [->| ->]; auto; lia.
Qed.

Theorem sift_down_sifts fuel : forall s h n i x, i < n -> n <= max_tasks ->
  sifts (sift_down fuel h n i x) s h n i x
    (n < (i + 1) * 2 ^ N.of_nat fuel /\ ordered_below (update (entries (heap_of s h)) i x) n i).
Proof.
  induction fuel as [|fuel IH]; intros s h n i x Hi Hn.
  { apply sift_here; [lia|]. intros [L _]. simpl in L. lia. }
  cbn [sift_down]. set (a := entries (heap_of s h)). unfold sifts at 1. step left_child_runs.
  destruct (N.leb_spec n (2 * i + 1)) as [Lc|Lc].
  { apply sift_here; [lia|]. intros [_ O]. apply (below_done _ _ i); auto.
    intros k K E. apply parent_child in E; lia. }
  destruct (lesser_child_runs s h n i Hn Lc) as (c & E & Hc & Pc & Least). fold a in Least.
  step E. step get_entry_runs. fold a. clear E.
  assert (Ci : i < c) by (apply parent_child in Pc; lia).
  assert (Up : forall k, 0 < k < n -> parent_of k = i -> update a i x k = a k).
  { intros k K Ek. apply update_other. apply parent_child in Ek; lia. }
  destruct (N.leb_spec x (a c)) as [L|L].
  { apply sift_here; [lia|]. fold a. intros [_ O]. apply (below_done _ _ i); auto.
    intros k K Ek. rewrite update_same, Up by auto. specialize (Least k K Ek). lia. }
  apply (sift_there s h n i c x _ _ (n < (c + 1) * 2 ^ N.of_nat fuel /\
    ordered_below (update (update a i (a c)) c x) n c)); try lia.
  - intros s' E. specialize (IH s' h n c x ltac:(lia) Hn). rewrite E in IH. exact IH.
  - intros [F O]. split.
    + rewrite Nat2N.inj_succ, N.pow_succ_r' in F. apply parent_child in Pc; [nia|lia].
    + apply (below_step (update a i x) _ n i); rewrite ?update_same; auto; try lia.
      * rewrite update_other by lia. now rewrite update_same, Up.
      * intros k K K'. now rewrite !update_other by auto.
      * rewrite Up by auto. lia.
      * intros k K Ek. rewrite !Up by auto. auto.
Qed.

Lemma enough_levels n : n <= max_tasks -> n + 1 <= 2 ^ N.of_nat heap_levels.
Proof. intros H. replace (2 ^ N.of_nat heap_levels) with 65536 by reflexivity. unfold max_tasks in H. lia. Qed.

(** ** The services *)
Section Services.
  Variables (s : scheduler) (h : heap).
  Notation old := (heap_of s h).
  Hypothesis H_heap : heap_ok old.

  Theorem heap_push_runs x : size old < max_tasks ->
    exists new, heap_push h x s = Done tt (with_heap s h new) /\ heap_ok new /\
      Permutation (elements new) (x :: elements old).
  Proof.
    intros R. unfold heap_push. step read_runs. step one_more_runs. step write_runs.
    set (s1 := with_heap s h (ArrayHeap (size old + 1) (entries old))).
    assert (E1 : heap_of s1 h = ArrayHeap (size old + 1) (entries old)) by apply heap_of_with.
    destruct (sift_up_sifts heap_levels s1 h (size old + 1) (size old) x) as (a & E & P & O); [lia..|].
    exists (ArrayHeap (size old + 1) a). rewrite E. unfold with_entries. rewrite E1 in *. unfold s1.
    rewrite with_heap_with. split; [reflexivity|]. cbn [size entries] in *. split; [split; cbn [size entries]; [lia|]|].
    - apply O. split; [apply enough_levels; lia|]. destruct H_heap as [_ Ho]. split; intros k K.
      + intros Ne. pose proof (parent_less k ltac:(lia)). rewrite !update_other by lia. apply Ho. lia.
      + intros Ek. pose proof (parent_less k ltac:(lia)). lia.
    - unfold elements. cbn [size entries]. rewrite P, contents_succ, update_same.
      rewrite (contents_ext _ (entries old)) by (intros; apply update_other; lia).
      symmetry. apply Permutation_cons_append.
  Qed.

  (** Sifting down from the top, in a heap of [n] entries. *)
  Lemma sift_top s' n x : 0 < n <= max_tasks -> ordered (entries (heap_of s' h)) n ->
    exists a, sift_down heap_levels h n 0 x s' = Done tt (with_entries s' h a) /\ ordered a n /\
      Permutation (entries (heap_of s' h) 0 :: contents a n) (x :: contents (entries (heap_of s' h)) n).
  Proof.
    intros Hn Ho. destruct (sift_down_sifts heap_levels s' h n 0 x) as (a & E & P & O); [lia..|].
    exists a. split; [auto|]. split.
    - apply O. split; [pose proof (enough_levels n); lia|]. split; intros k K; [|lia].
      intros Ne. rewrite !update_other by lia. now apply Ho.
    - rewrite P. apply update_permutes. lia.
  Qed.

  Theorem heap_pop_runs : 0 < size old ->
    exists new, heap_pop h s = Done tt (with_heap s h new) /\ heap_ok new /\
      Permutation (elements old) (entries old 0 :: elements new).
  Proof.
    intros R. destruct H_heap as [Hs Ho]. unfold heap_pop. step read_runs. step one_less_runs. step write_runs.
    set (s1 := with_heap s h (ArrayHeap (size old - 1) (entries old))).
    assert (E1 : heap_of s1 h = ArrayHeap (size old - 1) (entries old)) by apply heap_of_with.
    assert (Split : elements old = contents (entries old) (size old - 1) ++ [entries old (size old - 1)]).
    { unfold elements. rewrite <- contents_succ. f_equal. lia. }
    destruct (N.eqb_spec (size old - 1) 0) as [Z|Z].
    { eexists. split; [reflexivity|]. split; [split; cbn [size entries]; [lia|intros k K; lia]|].
      rewrite Split, Z. reflexivity. }
    step get_entry_runs. rewrite E1. cbn [entries].
    destruct (sift_top s1 (size old - 1) (entries old (size old - 1))) as (a & E & O & P); [lia|..].
    { rewrite E1. intros k K. apply Ho. lia. }
    exists (ArrayHeap (size old - 1) a). change top with 0. rewrite E. unfold with_entries. rewrite E1 in *. unfold s1.
    rewrite with_heap_with. split; [reflexivity|]. split; [split; cbn [size entries]; [lia|auto]|].
    rewrite Split. unfold elements. cbn [size entries] in *. rewrite P. symmetry. apply Permutation_cons_append.
  Qed.

  Theorem heap_replace_runs x : 0 < size old ->
    exists new, heap_replace h x s = Done tt (with_heap s h new) /\ heap_ok new /\
      Permutation (entries old 0 :: elements new) (x :: elements old).
  Proof.
    intros R. destruct H_heap as [Hs Ho]. unfold heap_replace. step read_runs.
    destruct (sift_top s (size old) x) as (a & E & O & P); [lia|auto|].
    exists (ArrayHeap (size old) a). change top with 0. rewrite E. split; [reflexivity|]. split; [split; auto|exact P].
  Qed.

  (** The top is the least. *)
  Theorem heap_top_least x : In x (elements old) -> entries old 0 <= x.
  Proof.
    intros I. apply contents_in in I as (k & K & <-). apply ordered_top with (size old); auto. apply H_heap.
  Qed.

  Lemma heap_top_in : 0 < size old -> In (entries old 0) (elements old).
  Proof. intros R. apply contents_in. exists 0. auto. Qed.
End Services.
