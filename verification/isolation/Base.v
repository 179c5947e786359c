(* SPDX-License-Identifier: Apache-2.0 *)
(** * Foundations of the isolation proof: stdpp, point updates, arithmetic of virtual pages

    The model's aliases ([page], [vaddr], ...) are [N] in disguise; a proof begins with [unalias]. *)
From stdpp Require Export prelude numbers list.
From Pip.Model Require Export Primitives.
Open Scope N_scope.

(** Makes arithmetic tactics see [N]. *)
Ltac unalias := unfold page, vaddr, index, level, word, offset in *.

(** Turns boolean tests among the hypotheses into propositions. *)
Ltac bool := repeat match goal with
  | H : negb _ = true |- _ => apply negb_true_iff in H
  | H : negb _ = false |- _ => apply negb_false_iff in H
  | H : _ && _ = true |- _ => apply andb_true_iff in H as [? ?]
  | H : _ || _ = false |- _ => apply orb_false_iff in H as [? ?]
  | H : (_ =? _) = true |- _ => apply N.eqb_eq in H
  | H : (_ =? _) = false |- _ => apply N.eqb_neq in H
  | H : (_ <? _) = true |- _ => apply N.ltb_lt in H
  | H : (_ <? _) = false |- _ => apply N.ltb_ge in H
  | H : (_ <=? _) = true |- _ => apply N.leb_le in H
  | H : (_ <=? _) = false |- _ => apply N.leb_gt in H
  end.

Global Instance kind_eq_dec : EqDecision kind.
Proof. solve_decision. Defined.

(** ** Point updates *)
Lemma update_eq {A} (f : N -> A) i x : update f i x i = x.
Proof. unfold update. by rewrite N.eqb_refl. Qed.

Lemma update_ne {A} (f : N -> A) i j x : j <> i -> update f i x j = f j.
Proof. unfold update. by intros ->%N.eqb_neq. Qed.

Global Opaque update.

(** Rewrites look-ups in updated functions; what it cannot decide by congruence, it leaves. *)
Ltac look := repeat first [rewrite update_eq | rewrite update_ne by congruence].

(** [set2 c v x f] is [f] with the value [x] at [c] and [v]. *)
Definition set2 {A} (c v : N) (x : A) (f : N -> N -> A) : N -> N -> A :=
  fun c' v' => if decide (c' = c /\ v' = v) then x else f c' v'.

Lemma set2_eq {A} c v (x : A) f : set2 c v x f c v = x.
Proof. unfold set2. by rewrite decide_True. Qed.

Lemma set2_ne {A} c v (x : A) f c' v' : ~ (c' = c /\ v' = v) -> set2 c v x f c' v' = f c' v'.
Proof. intros. unfold set2. by rewrite decide_False. Qed.

(** ** Virtual pages as sequences of indexes *)
Section Addresses.
Context `{Params}.
Implicit Types (v u i : N) (l : nat).

(** What names the table of level [l] on the way to [v]: the indexes above that level. *)
Definition prefix v l : N := shifted v (S l).

Lemma table_size_nonzero : table_size <> 0.
Proof. pose proof table_size_gt_1. lia. Qed.

Lemma position_lt v l : position v l < table_size.
Proof. apply N.mod_lt, table_size_nonzero. Qed.

Lemma prefix_split v l : prefix v (S l) * table_size + position v (S l) = prefix v l.
Proof. unfold prefix, position. cbn. unalias. rewrite N.mul_comm. symmetry. apply N.div_mod, table_size_nonzero. Qed.

Lemma vaddr_split v : prefix v 0 * table_size + position v 0 = v.
Proof. unfold prefix, position. cbn. unalias. rewrite N.mul_comm. symmetry. apply N.div_mod, table_size_nonzero. Qed.

Lemma split_div u i : i < table_size -> (u * table_size + i) / table_size = u.
Proof. intros. rewrite N.div_add_l by apply table_size_nonzero. rewrite N.div_small; lia. Qed.

Lemma split_inj u i u' i' : i < table_size -> i' < table_size ->
  u * table_size + i = u' * table_size + i' -> u = u' /\ i = i'.
Proof. intros Hi Hi' E. assert (u = u') as <- by (rewrite <- (split_div u i), E, split_div; done). split; lia. Qed.

Lemma prefix_up v l : prefix v l / table_size = prefix v (S l).
Proof. done. Qed.

Lemma prefix_0 v : prefix v 0 = v / table_size.
Proof. done. Qed.

Lemma prefix_of_split u i : i < table_size -> prefix (u * table_size + i) 0 = u.
Proof. apply split_div. Qed.

Lemma position_of_split u i : i < table_size -> position (u * table_size + i) 0 = i.
Proof.
  intros Hi.
  destruct (split_inj (prefix (u * table_size + i) 0) (position (u * table_size + i) 0) u i) as [_ E]; [apply
    position_lt|done|apply vaddr_split|done].
Qed.

Lemma user_page_prefix v : is_user_page v = true -> prefix v top = 0 /\ kernel_slot (position v top) = false.
Proof. unfold is_user_page. intros. bool. done. Qed.

(** Below the top level, whether a page belongs to users shows in the index of the top table alone. *)
Lemma user_page_below v l : S l = top -> prefix v top = 0 -> kernel_slot (prefix v l) = false ->
  is_user_page v = true.
Proof.
  intros L E K. unfold is_user_page. rewrite <- L in *. apply andb_true_iff. split; [by apply N.eqb_eq|].
  apply negb_true_iff. rewrite <- K. f_equal. pose proof (prefix_split v l) as X. rewrite E in X. lia.
Qed.

Lemma index_at_nat v l : index_at v (N.of_nat l) = position v l.
Proof. unfold index_at. by rewrite Nat2N.id. Qed.

End Addresses.
Global Opaque position prefix.
