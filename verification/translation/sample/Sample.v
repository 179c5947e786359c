(* SPDX-License-Identifier: Apache-2.0 *)
(** * A small project for the tests of the translation

    The state is an array of cells that point to one another.  The services use what the kernel and the scheduler do
    not: recursion that is not a tail call, and a loop whose parameters exchange their values. *)
From Coq Require Import NArith Bool.
From Pip.Model Require Export Monad.
Local Open Scope N_scope.
Local Open Scope monad_scope.

Definition cell : Type := N.
Definition count : Type := N.
Inductive answer : Type := FOUND | MISSING.
Record pair : Type := Pair { pair_answer : answer; pair_cell : cell }.

Definition memory : Type := cell -> cell.
Notation S_ := (M memory).

(** ** Primitives *)
Definition cells : cell := 16.
Definition all_cells : nat := 16.
Definition cell_eq (a b : cell) : bool := a =? b.
Definition answer_eq (a b : answer) : bool :=
  match a, b with FOUND, FOUND | MISSING, MISSING => true | _, _ => false end.
Definition get (c : cell) : S_ cell := fun s => if c <? cells then Done (s c) s else Undefined.
Definition put (c to : cell) : S_ unit :=
  fun s => if c <? cells then Done tt (fun d => if d =? c then to else s d) else Undefined.
Definition succ (n : count) : S_ count := if n <? 4294967295 then ret (n + 1) else undefined.

(** ** Services *)

(** How many cells lie on the way from [c] to cell 0. *)
Fixpoint distance (fuel : nat) (c : cell) : S_ count :=
  match fuel with
  | O => ret 0
  | S less =>
      if cell_eq c 0 then ret 0 else
      let! next := get c in
      let! rest := distance less next in
      succ rest
  end.

(** Turns the way from [here] round; [before] is where it comes from. *)
Fixpoint turn_round (fuel : nat) (here before : cell) : S_ cell :=
  match fuel with
  | O => ret before
  | S less =>
      if cell_eq here 0 then ret before else
      let! next := get here in
      put here before ;;
      turn_round less next here
  end.

(** [a] or [b]: after each step they have exchanged their values. *)
Fixpoint exchange (fuel : nat) (a b : cell) : S_ cell :=
  match fuel with O => ret a | S less => exchange less b a end.

(** Whether [c] is on the way from [from] to cell 0. *)
Fixpoint find_cell (fuel : nat) (from c : cell) : S_ pair :=
  match fuel with
  | O => ret (Pair MISSING 0)
  | S less =>
      if from =? c then ret (Pair FOUND from) else
      let! next := get from in
      find_cell less next c
  end.

(** Makes [c] point to the smaller of [a] and [b], if it points anywhere. *)
Definition point (c a b : cell) (force : bool) : S_ answer :=
  if cells <=? a then ret MISSING else
  let target := if a <? b then a else b in
  let! old := get c in
  let! found := (if force then ret (Pair FOUND c) else find_cell all_cells old 0) in
  (if answer_eq (pair_answer found) FOUND && negb (target =? old)
   then put c target
   else if force || cell_eq c 1 then put c 0 else ret tt) ;;
  ret (pair_answer found).
