(* SPDX-License-Identifier: Apache-2.0 *)
(** * An array heap: the least entry on top

    The children of position i are 2i + 1 and 2i + 2.  To sift is to move a hole, not to swap: one write per level. *)
From Pip.Edf.Services Require Export State.
Local Open Scope N_scope.
Local Open Scope monad_scope.

(** Moves the hole at [i] up until [x] may stand there, and puts it there. *)
Fixpoint sift_up (fuel : nat) (h : heap) (i : position) (x : heap_entry) : Edf unit :=
  match fuel with
  | O => put_entry h i x
  | S less =>
    if i =? 0 then put_entry h i x else
    let! above := parent i in
    let! y := get_entry h above in
    if y <=? x then put_entry h i x else
    put_entry h i y ;;
    sift_up less h above x
  end.

(** The child of [i] with the lesser entry, in a heap of [n] entries that has a child of [i]. *)
Definition lesser_child (h : heap) (n i : position) : Edf position :=
  let! l := left_child i in
  let! r := right_child i in
  if n <=? r then ret l else
  let! y := get_entry h l in
  let! z := get_entry h r in
  left_or_right (z <=? y) l.

(** Moves the hole at [i] down until [x] may stand there, in a heap of [n] entries, and puts it there. *)
Fixpoint sift_down (fuel : nat) (h : heap) (n i : position) (x : heap_entry) : Edf unit :=
  match fuel with
  | O => put_entry h i x
  | S less =>
    let! l := left_child i in
    if n <=? l then put_entry h i x else
    let! below := lesser_child h n i in
    let! y := get_entry h below in
    if x <=? y then put_entry h i x else
    put_entry h i y ;;
    sift_down less h n below x
  end.

Definition heap_push (h : heap) (x : heap_entry) : Edf unit :=
  let! n := get_size h in
  let! more := one_more n in
  set_size h more ;;
  sift_up heap_levels h n x.

(** Removes the top. *)
Definition heap_pop (h : heap) : Edf unit :=
  let! n := get_size h in
  let! last := one_less n in
  set_size h last ;;
  if last =? 0 then ret tt else
  let! x := get_entry h last in
  sift_down heap_levels h last top x.

(** Removes the top and inserts [x]. *)
Definition heap_replace (h : heap) (x : heap_entry) : Edf unit :=
  let! n := get_size h in
  sift_down heap_levels h n top x.
