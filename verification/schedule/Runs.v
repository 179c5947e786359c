(* SPDX-License-Identifier: Apache-2.0 *)
(** * Running a service

    To run a service is to rewrite: [bind_done] replaces a call that ends by its result.  Each primitive has an equation
    that says when it ends and with what; [step] applies one. *)
From Coq Require Import NArith Bool Lia.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State.
Local Open Scope N_scope.

(** Linear arithmetic that sees numbers behind their aliases. *)
Ltac numbers := unfold tick, task_number, position, heap_entry in *; lia.

Lemma bind_done {S A B} (m : M S A) (k : A -> M S B) s a s' : m s = Done a s' -> bind m k s = k a s'.
Proof. unfold bind. now intros ->. Qed.

(** Replaces the first call of the goal's service by its result, which the lemma or hypothesis [H] tells; what [H]
    asks for is left to [lia] and [assumption], or to the user. *)
Tactic Notation "step" uconstr(H) :=
  erewrite bind_done; cycle 1; [eapply H; try assumption; try lia|cbv beta; cbn [heap_of report_of]].

Lemma when_done {A} (b : bool) (a : A) s : b = true -> when b a s = Done a s.
Proof. now intros ->. Qed.

(** ** Arithmetic *)
Section Arithmetic.
  Variable s : scheduler.

  Lemma tick_add_runs a b : a + b < tick_limit -> tick_add a b s = Done (a + b) s.
  Proof. intros. apply when_done. now apply N.ltb_lt. Qed.
  Lemma tick_sub_runs a b : b <= a -> tick_sub a b s = Done (a - b) s.
  Proof. intros. apply when_done. now apply N.leb_le. Qed.
  Lemma tick_mul_runs a b : a * b < tick_limit -> tick_mul a b s = Done (a * b) s.
  Proof. intros. apply when_done. now apply N.ltb_lt. Qed.
  Lemma tick_div_runs a b : b <> 0 -> tick_div a b s = Done (a / b) s.
  Proof. intros. apply when_done. now apply negb_true_iff, N.eqb_neq. Qed.
  Lemma parent_runs i : i <> 0 -> parent i s = Done ((i - 1) / 2) s.
  Proof. intros. apply when_done. now apply negb_true_iff, N.eqb_neq. Qed.
  Lemma left_child_runs i : i < max_tasks -> left_child i s = Done (2 * i + 1) s.
  Proof. intros H. apply when_done. apply N.ltb_lt. unfold max_tasks, word_limit in *. lia. Qed.
  Lemma right_child_runs i : i < max_tasks -> right_child i s = Done (2 * i + 2) s.
  Proof. intros H. apply when_done. apply N.ltb_lt. unfold max_tasks, word_limit in *. lia. Qed.
  Lemma left_or_right_runs (b : bool) i : i <= max_tasks -> left_or_right b i s = Done (if b then i + 1 else i) s.
  Proof. intros H. apply when_done. apply N.ltb_lt. unfold max_tasks, word_limit in *. lia. Qed.
  Lemma one_more_runs n : n <= max_tasks -> one_more n s = Done (n + 1) s.
  Proof. intros H. apply when_done. apply N.ltb_lt. unfold max_tasks, word_limit in *. lia. Qed.
  Lemma one_less_runs n : n <> 0 -> one_less n s = Done (n - 1) s.
  Proof. intros. apply when_done. now apply negb_true_iff, N.eqb_neq. Qed.
  Lemma make_entry_runs k i : k < key_limit -> i < task_bits -> make_entry k i s = Done (k * task_bits + i) s.
  Proof. intros. apply when_done. rewrite andb_true_iff, !N.ltb_lt. auto. Qed.
End Arithmetic.

(** ** Reading and writing *)
Lemma read_runs {A} (f : scheduler -> A) s : read f s = Done (f s) s.
Proof. reflexivity. Qed.
Lemma read_at_runs {A} (f : scheduler -> N -> A) i s : i < max_tasks -> read_at f i s = Done (f s i) s.
Proof. intros H. unfold read_at. apply N.ltb_lt in H. now rewrite H. Qed.
Lemma write_runs f s : write f s = Done tt (f s).
Proof. reflexivity. Qed.
Lemma write_at_runs f i s : i < max_tasks -> write_at i f s = Done tt (f s).
Proof. intros H. unfold write_at. apply N.ltb_lt in H. now rewrite H. Qed.

(** ** Arrays *)
Lemma update_same {A} (f : N -> A) i x : update f i x i = x.
Proof. unfold update. now rewrite N.eqb_refl. Qed.
Lemma update_other {A} (f : N -> A) i x k : k <> i -> update f i x k = f k.
Proof. intros H. unfold update. now apply N.eqb_neq in H as ->. Qed.

(** ** Heaps in the state *)
Lemma heap_of_with s h a : heap_of (with_heap s h a) h = a.
Proof. now destruct h. Qed.
Lemma with_heap_with s h a b : with_heap (with_heap s h a) h b = with_heap s h b.
Proof. now destruct h. Qed.
