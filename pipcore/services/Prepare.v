(* SPDX-License-Identifier: Apache-2.0 *)
(** * countToMap and prepare: the tables that a child needs before a page can be added at an address *)
From Pip.Services Require Export Give.
Open Scope monad_scope.

Section Prepare.
Context `{Params}.

(** How many pages [prepare] needs until the child can map a page at [va]: three per missing level, and one more when
    the configuration list is full. *)
Definition countToMap (child va : word) : K answer :=
  let! caller := current_partition in
  let! part := child_at caller child in
  if page_eq part no_page then ret (Answer NOT_A_CHILD zero) else
  if negb (user_address va) then ret (Answer BAD_ADDRESS zero) else
  let! lowest := lowest_mmu part (page_number va) in
  let! list := config_list part in
  let! full := lacks_room list (place_level lowest) in
  ret (Answer DONE (pages_needed (place_level lowest) full)).

(** A page of the caller's list, as [offered] says, and the address of the next one: word 0 of the page. *)
Definition next_in_list (p : page) : K word := read_word p first_index.

(** Takes the page at [at_] of the caller into the configuration list of the child called [name], as its new head. *)
Definition extend_list (caller part : page) (name : vaddr) (p : page) (v : vaddr) (head : page) : K unit :=
  give caller v (gift_of name) ;;
  format_list p v head ;;
  set_config_list part p.

(** Three pages of the caller become the tables below [mmu], [shadow1], [shadow2] on the way to [v]. *)
Definition link_tables (v : vaddr) (lowest1 lowest2 lowest3 : place) (p1 p2 p3 : page) : K unit :=
  let upper := place_level lowest1 in
  let! lower := level_below upper in
  format_mmu p1 lower ;;
  format_shadow1 p2 lower ;;
  format_shadow2 p3 lower ;;
  write_link (place_table lowest1) v upper (link_entry p1) ;;
  write_link (place_table lowest2) v upper (link_entry p2) ;;
  write_link (place_table lowest3) v upper (link_entry p3).

(** Adds the next missing level of tables for [va] to a child.  The pages form a list through their first words, from
    [first] on: MMU table, shadow 1 table, shadow 2 table, and a page for the configuration list if that is full.
    Answers the address of the first page not used; done without using any if nothing is missing.
    Checks: the child, the address, then page by page; then that the pages differ.  One call adds one level (machines
    with two levels need no more); callers with deeper trees repeat it until [countToMap] answers 0. *)
Definition prepare (child va first : word) : K answer :=
  let! caller := current_partition in
  let! part := child_at caller child in
  if page_eq part no_page then ret (Answer NOT_A_CHILD first) else
  if negb (user_address va) then ret (Answer BAD_ADDRESS first) else
  let v := page_number va in
  let! lowest1 := lowest_mmu part v in
  if level_eq (place_level lowest1) leaf_level then ret (Answer DONE first) else
  let! offer1 := offered caller first in
  if negb (status_eq (offer_status offer1) DONE) then ret (Answer (offer_status offer1) first) else
  let! second := next_in_list (offer_page offer1) in
  let! offer2 := offered caller second in
  if negb (status_eq (offer_status offer2) DONE) then ret (Answer (offer_status offer2) first) else
  let! third := next_in_list (offer_page offer2) in
  let! offer3 := offered caller third in
  if negb (status_eq (offer_status offer3) DONE) then ret (Answer (offer_status offer3) first) else
  let! fourth := next_in_list (offer_page offer3) in
  if word_eq first second || word_eq first third || word_eq second third then ret (Answer SAME_PAGE first) else
  let! lowest2 := lowest_shadow1 part v in
  let! lowest3 := lowest_shadow2 part v in
  let! list := config_list part in
  let! full := lacks_room list one_level in
  let name := page_number child in
  if full then
    let! offer4 := offered caller fourth in
    if negb (status_eq (offer_status offer4) DONE) then ret (Answer (offer_status offer4) first) else
    if word_eq first fourth || word_eq second fourth || word_eq third fourth then ret (Answer SAME_PAGE first) else
    let! rest := next_in_list (offer_page offer4) in
    extend_list caller part name (offer_page offer4) (page_number fourth) list ;;
    give caller (page_number first) (gift_of name) ;;
    give caller (page_number second) (gift_of name) ;;
    give caller (page_number third) (gift_of name) ;;
    link_tables v lowest1 lowest2 lowest3 (offer_page offer1) (offer_page offer2) (offer_page offer3) ;;
    add_record (offer_page offer4) (offer_page offer1) (page_number first) (page_number second) (page_number third) ;;
    ret (Answer DONE rest)
  else
    give caller (page_number first) (gift_of name) ;;
    give caller (page_number second) (gift_of name) ;;
    give caller (page_number third) (gift_of name) ;;
    link_tables v lowest1 lowest2 lowest3 (offer_page offer1) (offer_page offer2) (offer_page offer3) ;;
    add_record list (offer_page offer1) (page_number first) (page_number second) (page_number third) ;;
    ret (Answer DONE fourth).

End Prepare.
