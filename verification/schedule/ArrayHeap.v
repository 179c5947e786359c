(* SPDX-License-Identifier: Apache-2.0 *)
(** * Heap order in an array, with a hole

    The theory of the heap, apart from the monad: what it means that an array is a heap but for one position, and that
    moving the hole one level up or down keeps this.  The least entry of a heap is on top. *)
From Coq Require Import List ZArith Lia Permutation.
Import ListNotations.
From Pip.Edf.Services Require Import Types State.
From Pip.Schedule Require Import Runs.
Local Open Scope N_scope.

(** Linear arithmetic with division by constants. *)
Ltac halve := unfold max_tasks in *; zify; Z.to_euclidean_division_equations; lia.

Definition parent_of (k : N) : N := (k - 1) / 2.

Lemma parent_less k : 0 < k -> parent_of k < k.
Proof. unfold parent_of. halve. Qed.
Lemma parent_child k i : 0 < k -> parent_of k = i <-> k = 2 * i + 1 \/ k = 2 * i + 2.
Proof. unfold parent_of. halve. Qed.

(** ** Contents *)
Definition contents (a : N -> N) (n : N) : list N := map (fun k => a (N.of_nat k)) (seq 0 (N.to_nat n)).

Lemma contents_in a n x : In x (contents a n) <-> exists k, k < n /\ a k = x.
Proof.
  unfold contents. rewrite in_map_iff. split.
  - intros (k & <- & H). apply in_seq in H. exists (N.of_nat k). split; [lia|reflexivity].
  - intros (k & H & <-). exists (N.to_nat k). rewrite N2Nat.id. split; [reflexivity|apply in_seq; lia].
Qed.

Lemma contents_length a n : length (contents a n) = N.to_nat n.
Proof. unfold contents. now rewrite map_length, seq_length. Qed.

Lemma contents_ext a b n : (forall k, k < n -> a k = b k) -> contents a n = contents b n.
Proof. intros H. apply map_ext_in. intros k K. apply in_seq in K. apply H. lia. Qed.

Lemma contents_succ a n : contents a (n + 1) = contents a n ++ [a n].
Proof.
  unfold contents. replace (N.to_nat (n + 1)) with (S (N.to_nat n)) by lia.
  now rewrite seq_S, map_app; simpl; rewrite N2Nat.id.
Qed.

Lemma contents_split a i n : i < n ->
  contents a n = contents a i ++ a i :: map (fun k => a (N.of_nat k)) (seq (S (N.to_nat i)) (N.to_nat (n - i - 1))).
Proof.
  intros H. unfold contents. replace (N.to_nat n) with (N.to_nat i + S (N.to_nat (n - i - 1)))%nat by lia.
  rewrite seq_app, map_app. simpl. now rewrite N2Nat.id.
Qed.

(** Replacing one entry. *)
Lemma update_permutes a i x n : i < n -> Permutation (a i :: contents (update a i x) n) (x :: contents a n).
Proof.
  intros H. rewrite (contents_split _ i n H), (contents_split a i n H), update_same.
  rewrite (contents_ext (update a i x) a i) by (intros; apply update_other; lia).
  rewrite (map_ext_in (fun k => update a i x (N.of_nat k)) (fun k => a (N.of_nat k))).
  2:{ intros k K. apply in_seq in K. apply update_other. lia. }
  rewrite <- !Permutation_middle. apply perm_swap.
Qed.

(** Moving the hole from [i] to [j]. *)
Lemma move_permutes a i j x n : i < n -> j < n -> i <> j ->
  Permutation (contents (update (update a i (a j)) j x) n) (contents (update a i x) n).
Proof.
  intros Hi Hj Ne. apply (Permutation_cons_inv (a := a j)), (Permutation_cons_inv (a := a i)).
  pose proof (update_permutes (update a i (a j)) j x n Hj) as P. rewrite update_other in P by auto.
  transitivity (a i :: x :: contents (update a i (a j)) n); [now apply perm_skip|].
  transitivity (x :: a j :: contents a n).
  { rewrite perm_swap. apply perm_skip. now apply update_permutes. }
  transitivity (a j :: a i :: contents (update a i x) n); [|apply perm_swap].
  rewrite perm_swap. apply perm_skip. symmetry. now apply update_permutes.
Qed.

(** ** Order *)
Definition ordered (a : N -> N) (n : N) : Prop := forall k, 0 < k < n -> a (parent_of k) <= a k.

(** A heap, but position [i] may hold less than its parent. *)
Definition ordered_above (a : N -> N) (n i : N) : Prop :=
  (forall k, 0 < k < n -> k <> i -> a (parent_of k) <= a k) /\
  (forall k, 0 < k < n -> parent_of k = i -> 0 < i -> a (parent_of i) <= a k).

(** A heap, but position [i] may hold more than its children. *)
Definition ordered_below (a : N -> N) (n i : N) : Prop :=
  (forall k, 0 < k < n -> parent_of k <> i -> a (parent_of k) <= a k) /\
  (forall k, 0 < k < n -> parent_of k = i -> 0 < i -> a (parent_of i) <= a k).

Lemma ordered_top a n k : ordered a n -> k < n -> a 0 <= a k.
Proof.
  intros H. induction k as [k IH] using (well_founded_induction N.lt_wf_0). intros L.
  destruct (N.eq_dec k 0) as [->|Z]; [lia|]. pose proof (parent_less k ltac:(lia)).
  etransitivity; [apply (IH (parent_of k)); lia|]. apply H. lia.
Qed.

(** Where the hole ends. *)
Lemma above_done a n i : ordered_above a n i -> i = 0 \/ a (parent_of i) <= a i -> ordered a n.
Proof. intros [H _] D k K. destruct (N.eq_dec k i) as [->|]; [destruct D; [lia|auto]|auto]. Qed.

Lemma below_done a n i : ordered_below a n i -> (forall k, 0 < k < n -> parent_of k = i -> a i <= a k) -> ordered a n.
Proof. intros [H _] D k K. destruct (N.eq_dec (parent_of k) i) as [E|]; [rewrite E; auto|auto]. Qed.

(** *** One level: [b] is the array with the hole filled, [b'] the same after the move *)
Section Move.
  Variables (b b' : N -> N) (n i j : N).
  Hypothesis H_i : b' i = b j.
  Hypothesis H_j : b' j = b i.
  Hypothesis H_others : forall k, k <> i -> k <> j -> b' k = b k.

  Lemma above_step : 0 < i < n -> j = parent_of i -> b i <= b j -> ordered_above b n i -> ordered_above b' n j.
  Proof.
    intros Hi Ej L [H1 H2]. pose proof (parent_less i ltac:(lia)) as Lj. rewrite <- Ej in Lj. split.
    - intros k K Nj. pose proof (parent_less k ltac:(lia)). destruct (N.eq_dec k i) as [->|Ni].
      { rewrite <- Ej. lia. }
      rewrite (H_others k) by auto. specialize (H1 k K Ni).
      destruct (N.eq_dec (parent_of k) j) as [E|]; [rewrite E in *; lia|].
      destruct (N.eq_dec (parent_of k) i) as [E|]; [|rewrite H_others; auto].
      specialize (H2 k K E ltac:(lia)). rewrite E, H_i. now rewrite Ej.
    - intros k K E Hj. pose proof (parent_less k ltac:(lia)). pose proof (parent_less j Hj).
      rewrite (H_others (parent_of j)) by lia. pose proof (H1 j ltac:(lia) ltac:(lia)).
      destruct (N.eq_dec k i) as [->|Ni]; [lia|].
      rewrite H_others by lia. specialize (H1 k K Ni). rewrite E in H1. lia.
  Qed.

  Lemma below_step : 0 < j < n -> parent_of j = i -> b j <= b i ->
    (forall k, 0 < k < n -> parent_of k = i -> b j <= b k) -> ordered_below b n i -> ordered_below b' n j.
  Proof.
    intros Hj Ei L Least [H1 H2]. pose proof (parent_less j ltac:(lia)) as Lj. rewrite Ei in Lj. split.
    - intros k K Nj. pose proof (parent_less k ltac:(lia)). destruct (N.eq_dec (parent_of k) i) as [E|Ni].
      { rewrite E, H_i. destruct (N.eq_dec k j) as [->|]; [lia|]. rewrite H_others by lia. auto. }
      rewrite (H_others (parent_of k)) by auto. destruct (N.eq_dec k i) as [->|].
      { rewrite H_i. apply H2; auto. lia. }
      rewrite H_others; [auto|auto|]. intros ->. congruence.
    - intros k K E _. pose proof (parent_less k ltac:(lia)). rewrite Ei, H_i, H_others by lia.
      rewrite <- E. apply H1; [auto|lia].
  Qed.
End Move.
