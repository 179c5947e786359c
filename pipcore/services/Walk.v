(* SPDX-License-Identifier: Apache-2.0 *)
(** * Finding tables, children and pages: everything that only reads

    Preconditions stand where a reader needs them; the proofs check them, the C does not. *)
From Pip.Model Require Export Primitives.
Open Scope monad_scope.

Section Walk.
Context `{Params}.

(** The leaf table for [v] below [table], a table of level [l]; [fuel] is [l].  No page if a table is missing: absent
    entries of interior tables name no page, so one test serves the walk and its caller. *)
Fixpoint walk (fuel : nat) (table : page) (l : level) (v : vaddr) : K page :=
  match fuel with
  | O => ret table
  | S less =>
      let! e := read_link table v l in
      let next := frame_of e in
      if page_eq next no_page then ret no_page else
      let! lower := level_below l in
      walk less next lower v
  end.

(** The leaf tables of partition [part] for [v], a page of user space. *)
Definition leaf_mmu (part : page) (v : vaddr) : K page :=
  let! table := mmu_root part in
  walk interior_levels table top_level v.

Definition leaf_shadow1 (part : page) (v : vaddr) : K page :=
  let! table := shadow1_root part in
  walk interior_levels table top_level v.

Definition leaf_shadow2 (part : page) (v : vaddr) : K page :=
  let! table := shadow2_root part in
  walk interior_levels table top_level v.

(** The lowest table for [v] at or below [table], a table of level [l], and the table above it. *)
Fixpoint descend (fuel : nat) (above table : page) (l : level) (v : vaddr) : K place :=
  match fuel with
  | O => ret (Place table l above)
  | S less =>
      let! e := read_link table v l in
      if is_present e then
        let! lower := level_below l in
        descend less table (frame_of e) lower v
      else ret (Place table l above)
  end.

Definition lowest_mmu (part : page) (v : vaddr) : K place :=
  let! table := mmu_root part in
  descend interior_levels no_page table top_level v.

Definition lowest_shadow1 (part : page) (v : vaddr) : K place :=
  let! table := shadow1_root part in
  descend interior_levels no_page table top_level v.

Definition lowest_shadow2 (part : page) (v : vaddr) : K place :=
  let! table := shadow2_root part in
  descend interior_levels no_page table top_level v.

(** The descriptor of the child of [parent] that is mapped at address [a]; no page if there is none. *)
Definition child_at (parent : page) (a : word) : K page :=
  if negb (user_address a) then ret no_page else
  let d := page_number a in
  let! gifts := leaf_shadow1 parent d in
  if page_eq gifts no_page then ret no_page else
  let! g := read_gift gifts (index_at d leaf_level) in
  if negb (is_descriptor g) then ret no_page else
  let! table := leaf_mmu parent d in
  let! e := read_entry table (index_at d leaf_level) in
  ret (frame_of e).

(** The page at address [a] of [giver], if it may become a kernel structure: mapped, accessible, writable, ordinary
    memory, given to nobody.  The checks are made in this order. *)
Definition offered (giver : page) (a : word) : K offer :=
  if negb (user_address a) then ret (Offer BAD_ADDRESS no_page) else
  let v := page_number a in
  let! table := leaf_mmu giver v in
  if page_eq table no_page then ret (Offer NOT_MAPPED no_page) else
  let! e := read_entry table (index_at v leaf_level) in
  if negb (is_user e) then
    (if is_present e then ret (Offer NOT_ACCESSIBLE no_page) else ret (Offer NOT_MAPPED no_page))
  else
  if negb (is_writable e) then ret (Offer NOT_WRITABLE no_page) else
  if negb (ordinary_memory (frame_of e)) then ret (Offer NOT_ORDINARY_MEMORY no_page) else
  let! gifts := leaf_shadow1 giver v in
  let! g := read_gift gifts (index_at v leaf_level) in
  if negb (vaddr_eq (given_to g) no_vaddr) then ret (Offer ALREADY_GIVEN no_page) else
  ret (Offer DONE (frame_of e)).

(** What is mapped at page [v] of [part]; the absent entry if that is no page of user space or a table is missing. *)
Definition mapping (part : page) (v : vaddr) : K entry :=
  if negb (user_page v) then ret no_entry else
  let! table := leaf_mmu part v in
  if page_eq table no_page then ret no_entry else
  read_entry table (index_at v leaf_level).

(** The page that user mode reads at page [v] of [part]; no page if it may not. *)
Definition readable_page (part : page) (v : vaddr) : K page :=
  let! e := mapping part v in
  if is_user e then ret (frame_of e) else ret no_page.

(** The same for writing. *)
Definition writable_page (part : page) (v : vaddr) : K page :=
  let! e := mapping part v in
  if is_user e && is_writable e then ret (frame_of e) else ret no_page.

End Walk.
