(* SPDX-License-Identifier: Apache-2.0 *)
(** * collect: empty tables of a child come back to the caller

    The configuration list says where the caller maps each table.  The kernel does not believe it: each address is
    checked against the caller's own tables before anything changes. *)
From Pip.Services Require Export Give.
Open Scope monad_scope.

Section Collect.
Context `{Params}.

(** The record about [table] in the configuration list from page [q] on. *)
Fixpoint find_in_list (fuel : nat) (q table : page) : K list_slot :=
  match fuel with
  | O => ret (ListSlot no_page first_index)
  | S less =>
      if page_eq q no_page then ret (ListSlot no_page first_index) else
      let! n := record_count q in
      let! j := find_record q table in
      if index_lt j n then ret (ListSlot q j) else
      let! next := next_list_page q in
      find_in_list less next table
  end.

(** Whether [part] maps page [p] at [v]. *)
Definition maps_at (part : page) (v : vaddr) (p : page) : K bool :=
  if negb (user_page v) then ret false else
  let! table := leaf_mmu part v in
  if page_eq table no_page then ret false else
  let! e := read_entry table (index_at v leaf_level) in
  ret (is_present e && page_eq (frame_of e) p).

(** Whether page [q] of a configuration list is about to become empty and is not the last one. *)
Definition is_spare (q : page) : K bool :=
  let! n := record_count q in
  let! next := next_list_page q in
  ret (index_eq n second_index && negb (page_eq next no_page)).

(** Gives page [p] back and writes the address of the next page of the answered list into it. *)
Definition give_back_linked (caller : page) (v : vaddr) (p : page) (next : word) : K unit :=
  give_back caller v p ;;
  write_word p first_index next.

(** Takes back the lowest tables on the way to [va], if they are empty and not the root tables.  Answers the address of
    the first of the pages; word 0 of each page is the address of the next: MMU table, shadow 1 table, shadow 2 table,
    and the page of the configuration list that became empty with them, if any.
    Checks: the child, the address, that there is such a table, that it is empty, that the list knows where it came
    from.  One call takes back one level (machines with two levels have no more). *)
Definition collect (child va : word) : K answer :=
  let! caller := current_partition in
  let! part := child_at caller child in
  if page_eq part no_page then ret (Answer NOT_A_CHILD zero) else
  if negb (user_address va) then ret (Answer BAD_ADDRESS zero) else
  let v := page_number va in
  let! mmu := lowest_mmu part v in
  if level_eq (place_level mmu) top_level then ret (Answer NOTHING_TO_COLLECT zero) else
  let! empty := is_empty_table (place_table mmu) in
  if negb empty then ret (Answer NOT_EMPTY zero) else
  let! shadow1 := lowest_shadow1 part v in
  let! shadow2 := lowest_shadow2 part v in
  let! head := config_list part in
  let! slot := find_in_list page_fuel head (place_table mmu) in
  if page_eq (slot_page slot) no_page then ret (Answer NOT_LISTED zero) else
  let! records := record_count head in
  if index_eq records first_index then ret (Answer NOT_LISTED zero) else
  let! v1 := record_mmu_origin (slot_page slot) (slot_index slot) in
  let! v2 := record_shadow1_origin (slot_page slot) (slot_index slot) in
  let! v3 := record_shadow2_origin (slot_page slot) (slot_index slot) in
  let! right1 := maps_at caller v1 (place_table mmu) in
  let! right2 := maps_at caller v2 (place_table shadow1) in
  let! right3 := maps_at caller v3 (place_table shadow2) in
  let! spare := is_spare head in
  let! v4 := list_page_origin head in
  let! right4 := (if spare then maps_at caller v4 head else ret true) in
  if negb (right1 && right2 && right3 && right4) then ret (Answer NOT_LISTED zero) else
  let! upper := level_above (place_level mmu) in
  write_link (place_parent mmu) v upper no_entry ;;
  write_link (place_parent shadow1) v upper no_entry ;;
  write_link (place_parent shadow2) v upper no_entry ;;
  overwrite_record (slot_page slot) (slot_index slot) head ;;
  drop_last_record head ;;
  give_back_linked caller v1 (place_table mmu) (address_of v2) ;;
  give_back_linked caller v2 (place_table shadow1) (address_of v3) ;;
  (if spare then
     let! next := next_list_page head in
     set_config_list part next ;;
     give_back_linked caller v3 (place_table shadow2) (address_of v4) ;;
     give_back_linked caller v4 head zero
   else give_back_linked caller v3 (place_table shadow2) zero) ;;
  ret (Answer DONE (address_of v1)).

End Collect.
