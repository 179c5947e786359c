(* SPDX-License-Identifier: Apache-2.0 *)
(** * deletePartition: a child and everything below it, undone

    Every page that a partition below the child uses is mapped in the child, and so is noted as given to the child in
    the caller's shadow 1.  One pass over the caller's shadow 1 therefore finds all of them, however deep the subtree.
    First the child is detached; then each page is released in a step of its own, which keeps the invariant. *)
From Pip.Services Require Export Give.
Open Scope monad_scope.

Section DeletePartition.
Context `{Params}.

(** Takes back the page at [v], position [i] of the caller's leaf tables [table] and [gifts].  A hidden page held
    kernel data: it is cleared.  An accessible one holds user data and stays as it is. *)
Definition release (caller table gifts : page) (i : index) (v : vaddr) : K unit :=
  let! e := read_entry table i in
  if is_user e then write_gift gifts i nobody
  else give_back caller v (frame_of e).

(** Releases what is given to [name] at positions from [i] on of the leaf tables whose first page is [base]. *)
Fixpoint release_table (fuel : nat) (caller table gifts : page) (base : vaddr) (i : index) (name : vaddr) : K unit :=
  match fuel with
  | O => ret tt
  | S less =>
      let! j := next_gift gifts i name in
      if index_eq j end_of_table then ret tt else
      let! v := vaddr_at base j in
      release caller table gifts j v ;;
      let! next := next_index j in
      release_table less caller table gifts base next name
  end.

(** Releases what is given to [name] in [fuel] leaf tables, the first of which begins at [base]. *)
Fixpoint release_tables (fuel : nat) (caller : page) (base name : vaddr) : K unit :=
  match fuel with
  | O => ret tt
  | S less =>
      (if user_page base then
         let! gifts := leaf_shadow1 caller base in
         if page_eq gifts no_page then ret tt else
         let! table := leaf_mmu caller base in
         release_table table_fuel caller table gifts base first_index name
       else ret tt) ;;
      let! next := next_table base in
      release_tables less caller next name
  end.

Definition deletePartition (child : word) : K status :=
  let! caller := current_partition in
  let! part := child_at caller child in
  if page_eq part no_page then ret NOT_A_CHILD else
  let name := page_number child in
  set_gift caller name (gift_of name) ;;
  release_tables leaf_tables caller no_vaddr name ;;
  ret DONE.

End DeletePartition.
