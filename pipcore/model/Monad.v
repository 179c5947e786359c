(* SPDX-License-Identifier: Apache-2.0 *)
(** * The state monad of every Gallina program in this project

    Kernel services and the scheduler are programs over the same monad; only the state differs.
    A run either ends with a value and a state, or is [Undefined]: it left the range of a type or read memory as
    what it is not.  In C an undefined run is undefined behaviour, so the proofs exclude it and the translation's
    theorem assumes a run that is [Done]. *)

Inductive outcome (S A : Type) : Type :=
| Done (a : A) (s : S)
| Undefined.
Arguments Done {S A} a s.
Arguments Undefined {S A}.

(** A computation on states [S] with a result in [A]. *)
Definition M (S A : Type) : Type := S -> outcome S A.

Definition ret {S A} (a : A) : M S A := fun s => Done a s.

Definition bind {S A B} (m : M S A) (k : A -> M S B) : M S B :=
  fun s => match m s with Done a s' => k a s' | Undefined => Undefined end.

(** Undefined behaviour: nothing is promised about the C. *)
Definition undefined {S A} : M S A := fun _ => Undefined.

Declare Scope monad_scope.
Delimit Scope monad_scope with monad.
Notation "'let!' x := m 'in' k" := (bind m (fun x => k))
  (at level 200, x name, m at level 100, k at level 200, right associativity) : monad_scope.
Notation "m1 ;; m2" := (bind m1 (fun _ => m2))
  (at level 100, m2 at level 200, right associativity) : monad_scope.
