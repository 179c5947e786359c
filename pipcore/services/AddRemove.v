(* SPDX-License-Identifier: Apache-2.0 *)
(** * addVAddr, removeVAddr, mappedInChild: pages of user data given to a child and taken back *)
From Pip.Services Require Export Walk.
Open Scope monad_scope.

Section AddRemove.
Context `{Params}.

(** Maps the caller's page at [source] in a child at [destination], with rights that the caller has itself.
    Checks: the right to read, both addresses, the child, the source (mapped, accessible, rights, given to nobody), the
    destination (table, nothing there). *)
Definition addVAddr (source child destination : word) (r w x : bool) : K status :=
  if negb r then ret UNREADABLE else
  if negb (user_address source && user_address destination) then ret BAD_ADDRESS else
  let! caller := current_partition in
  let! part := child_at caller child in
  if page_eq part no_page then ret NOT_A_CHILD else
  let from := page_number source in
  let! from_table := leaf_mmu caller from in
  if page_eq from_table no_page then ret NOT_MAPPED else
  let! e := read_entry from_table (index_at from leaf_level) in
  if negb (is_user e) then (if is_present e then ret NOT_ACCESSIBLE else ret NOT_MAPPED) else
  if w && negb (is_writable e) || x && negb (is_executable e) then ret RIGHTS_EXCEEDED else
  let! from_gifts := leaf_shadow1 caller from in
  let! g := read_gift from_gifts (index_at from leaf_level) in
  if negb (vaddr_eq (given_to g) no_vaddr) then ret ALREADY_GIVEN else
  let to := page_number destination in
  let! to_table := leaf_mmu part to in
  if page_eq to_table no_page then ret NO_TABLE else
  let! old := read_entry to_table (index_at to leaf_level) in
  if is_present old then ret OCCUPIED else
  let! to_origins := leaf_shadow2 part to in
  write_origin to_origins (index_at to leaf_level) from ;;
  write_gift from_gifts (index_at from leaf_level) (gift_of (page_number child)) ;;
  write_entry to_table (index_at to leaf_level) (user_entry (frame_of e) w x) ;;
  ret DONE.

(** Takes back the page that a child maps at [va].
    Checks: the address, the child, the page (mapped, accessible, given to nobody). *)
Definition removeVAddr (child va : word) : K status :=
  if negb (user_address va) then ret BAD_ADDRESS else
  let! caller := current_partition in
  let! part := child_at caller child in
  if page_eq part no_page then ret NOT_A_CHILD else
  let v := page_number va in
  let! table := leaf_mmu part v in
  if page_eq table no_page then ret NOT_MAPPED else
  let! e := read_entry table (index_at v leaf_level) in
  if negb (is_user e) then (if is_present e then ret NOT_ACCESSIBLE else ret NOT_MAPPED) else
  let! gifts := leaf_shadow1 part v in
  let! g := read_gift gifts (index_at v leaf_level) in
  if negb (vaddr_eq (given_to g) no_vaddr) then ret ALREADY_GIVEN else
  let! origins := leaf_shadow2 part v in
  let! from := read_origin origins (index_at v leaf_level) in
  let! from_gifts := leaf_shadow1 caller from in
  write_entry table (index_at v leaf_level) no_entry ;;
  write_origin origins (index_at v leaf_level) no_vaddr ;;
  write_gift from_gifts (index_at from leaf_level) nobody ;;
  ret DONE.

(** The address of the descriptor of the child that the caller's page at [va] was given to; 0 if to none. *)
Definition mappedInChild (va : word) : K answer :=
  if negb (user_address va) then ret (Answer BAD_ADDRESS zero) else
  let v := page_number va in
  let! caller := current_partition in
  let! gifts := leaf_shadow1 caller v in
  if page_eq gifts no_page then ret (Answer NOT_MAPPED zero) else
  let! g := read_gift gifts (index_at v leaf_level) in
  ret (Answer DONE (address_of (given_to g))).

End AddRemove.
