(* SPDX-License-Identifier: Apache-2.0 *)
(** * A page of the running partition becomes a kernel structure of a child, and comes back *)
From Pip.Services Require Export Walk.
Open Scope monad_scope.

Section Give.
Context `{Params}.

(** Hides the page at [v] of [part] from [part] and from all its ancestors. *)
Fixpoint hide (fuel : nat) (part : page) (v : vaddr) : K unit :=
  match fuel with
  | O => unreachable
  | S less =>
      let! table := leaf_mmu part v in
      let! e := read_entry table (index_at v leaf_level) in
      write_entry table (index_at v leaf_level) (hidden e) ;;
      if page_eq part root then ret tt else
      let! origins := leaf_shadow2 part v in
      let! origin := read_origin origins (index_at v leaf_level) in
      let! parent := parent_of part in
      hide less parent origin
  end.

(** Shows it to them again. *)
Fixpoint show (fuel : nat) (part : page) (v : vaddr) : K unit :=
  match fuel with
  | O => unreachable
  | S less =>
      let! table := leaf_mmu part v in
      let! e := read_entry table (index_at v leaf_level) in
      write_entry table (index_at v leaf_level) (shown e) ;;
      if page_eq part root then ret tt else
      let! origins := leaf_shadow2 part v in
      let! origin := read_origin origins (index_at v leaf_level) in
      let! parent := parent_of part in
      show less parent origin
  end.

(** Sets shadow 1 of [part] at [v]. *)
Definition set_gift (part : page) (v : vaddr) (g : gift) : K unit :=
  let! gifts := leaf_shadow1 part v in
  write_gift gifts (index_at v leaf_level) g.

(** Hides the page at [v] of the running partition [part] from user mode, and notes [g] in shadow 1. *)
Definition give (part : page) (v : vaddr) (g : gift) : K unit :=
  hide page_fuel part v ;;
  invalidate v ;;
  set_gift part v g.

(** Clears the kernel structure [p], which the running partition [part] maps at [v], and makes it ordinary memory of
    [part] again: accessible, given to nobody. *)
Definition give_back (part : page) (v : vaddr) (p : page) : K unit :=
  clear_page p ;;
  show page_fuel part v ;;
  invalidate v ;;
  set_gift part v nobody.

End Give.
