(* SPDX-License-Identifier: Apache-2.0 *)
(** * The boot check: does memory hold what the isolation theorem begins with?

    One partition, the root: its descriptor, three trees with tables in the same slots, an empty configuration list,
    and user pages; every frame in one role only, none of them the kernel's.  verification/boot proves that [check]
    answers [SOUND] only then, and is never undefined. *)
From Pip.BootCheck Require Export Words.
Open Scope monad_scope.

Section Check.
Context `{Layout}.

(** Notes that frames from [p] up to [limit] are the kernel's; false if some do not exist. *)
Fixpoint reserve (fuel : nat) (p limit : page) : B bool :=
  match fuel with
  | O => ret false
  | S less =>
      if past p limit then ret true else
      if negb (frame_exists p) then ret false else
      mark_taken p ;;
      let! next := frame_after p in
      reserve less next limit
  end.

(** [p] serves as a kernel structure of the root partition from now on, if it may. *)
Definition take (p : page) : B fault :=
  if negb (ordinary_memory p) then ret FRAME_OUTSIDE else
  let! already := is_taken p in
  if already then ret FRAME_TAKEN else
  mark_taken p ;;
  ret SOUND.

(** [p] serves as a user page. *)
Definition take_user (p : page) : B fault :=
  if negb (user_frame p) then ret FRAME_OUTSIDE else
  let! already := is_taken p in
  if already then ret FRAME_TAKEN else
  mark_taken p ;;
  ret SOUND.

(** Three pages. *)
Definition take_three (a b c : page) : B fault :=
  let! first := take a in
  if negb (fault_eq first SOUND) then ret first else
  let! second := take b in
  if negb (fault_eq second SOUND) then ret second else
  take c.

(** The entries in slot [i] of the three top tables: the kernel's, absent, or links to three new tables. *)
Definition check_link (mmu shadow1 shadow2 : page) (i : index) : B fault :=
  let! e := boot_link mmu i in
  let! a := boot_link shadow1 i in
  let! b := boot_link shadow2 i in
  let! whole_e := link_follows mmu i e in
  let! whole_a := link_follows shadow1 i a in
  let! whole_b := link_follows shadow2 i b in
  if is_kernel_slot i then
    let! k := directory_entry i in
    if negb (same_mapping e k) then ret KERNEL_ENTRY_CHANGED else
    if word_is_user e || word_is_user k then ret KERNEL_ENTRY_OPEN else
    if entry_word_eq a absent_word && entry_word_eq b absent_word && whole_a && whole_b then ret SOUND
    else ret BAD_LINK
  else
  if negb (whole_e && whole_a && whole_b) then ret BAD_LINK else
  if entry_word_eq e absent_word then
    (if entry_word_eq a absent_word && entry_word_eq b absent_word then ret SOUND else ret BAD_LINK)
  else
  if negb (entry_word_eq e (link_word (word_frame e)) && entry_word_eq a (link_word (word_frame a))
           && entry_word_eq b (link_word (word_frame b))) then ret BAD_LINK else
  take_three (word_frame e) (word_frame a) (word_frame b).

Fixpoint check_links (fuel : nat) (mmu shadow1 shadow2 : page) (i : index) : B finding :=
  match fuel with
  | O => ret (Finding SOUND i i)
  | S less =>
      let! f := check_link mmu shadow1 shadow2 i in
      if negb (fault_eq f SOUND) then ret (Finding f i first_index) else
      let! next := index_after i in
      check_links less mmu shadow1 shadow2 next
  end.

(** Position [i] of three leaf tables: a user page or nothing, given to nobody, from nobody. *)
Definition check_page (mmu shadow1 shadow2 : page) (i : index) : B fault :=
  let! g := boot_word shadow1 i in
  let! o := boot_word shadow2 i in
  if negb (word_eq g zero && word_eq o zero) then ret LEFTOVER_IN_SHADOW else
  let! e := boot_entry mmu i in
  if entry_word_eq e absent_word then ret SOUND else
  if negb (entry_word_eq e (leaf_word (word_frame e) (word_writable e) (word_executable e))) then ret BAD_ENTRY else
  take_user (word_frame e).

Fixpoint check_pages (fuel : nat) (mmu shadow1 shadow2 : page) (slot i : index) : B finding :=
  match fuel with
  | O => ret (Finding SOUND slot i)
  | S less =>
      let! f := check_page mmu shadow1 shadow2 i in
      if negb (fault_eq f SOUND) then ret (Finding f slot i) else
      let! next := index_after i in
      check_pages less mmu shadow1 shadow2 slot next
  end.

(** The leaf tables in slot [i], if there are any. *)
Definition check_slot (mmu shadow1 shadow2 : page) (i : index) : B finding :=
  let! e := boot_link mmu i in
  if is_kernel_slot i || entry_word_eq e absent_word then ret (Finding SOUND i i) else
  let! a := boot_link shadow1 i in
  let! b := boot_link shadow2 i in
  check_pages table_fuel (word_frame e) (word_frame a) (word_frame b) i first_index.

Fixpoint check_slots (fuel : nat) (mmu shadow1 shadow2 : page) (i : index) : B finding :=
  match fuel with
  | O => ret (Finding SOUND i i)
  | S less =>
      let! f := check_slot mmu shadow1 shadow2 i in
      if negb (fault_eq (found f) SOUND) then ret f else
      let! next := index_after i in
      check_slots less mmu shadow1 shadow2 next
  end.

(** An empty configuration list. *)
Definition check_list (list : page) : B fault :=
  let! next := boot_word list next_place in
  let! origin := boot_word list origin_place in
  let! count := boot_word list count_place in
  if word_eq next zero && word_eq origin zero && word_eq count zero then ret SOUND else ret BAD_LIST.

(** The trees with these roots. *)
Definition check_trees (mmu shadow1 shadow2 : page) : B finding :=
  let! f := take_three mmu shadow1 shadow2 in
  if negb (fault_eq f SOUND) then ret (Finding f first_index first_index) else
  let! links := check_links slot_fuel mmu shadow1 shadow2 first_index in
  if negb (fault_eq (found links) SOUND) then ret links else
  check_slots slot_fuel mmu shadow1 shadow2 first_index.

(** The partition whose descriptor is the root's. *)
Definition check_root : B finding :=
  let! f := take root in
  if negb (fault_eq f SOUND) then ret (Finding f first_index first_index) else
  let! mmu := boot_word root mmu_place in
  let! shadow1 := boot_word root shadow1_place in
  let! shadow2 := boot_word root shadow2_place in
  let! list := boot_word root list_place in
  let! parent := boot_word root parent_place in
  let! vsti := boot_word root vsti_place in
  if negb (page_aligned mmu && page_aligned shadow1 && page_aligned shadow2 && page_aligned list
           && word_eq parent zero && word_eq vsti zero)
  then ret (Finding BAD_DESCRIPTOR first_index first_index) else
  let! table := loaded_table in
  if negb (word_eq table mmu) then ret (Finding WRONG_TABLE_LOADED first_index first_index) else
  let! g := take (named_frame list) in
  if negb (fault_eq g SOUND) then ret (Finding g first_index first_index) else
  let! h := check_list (named_frame list) in
  if negb (fault_eq h SOUND) then ret (Finding h first_index first_index) else
  check_trees (named_frame mmu) (named_frame shadow1) (named_frame shadow2).

(** The whole check. *)
Definition check_boot : B finding :=
  let! image := reserve page_fuel image_begin image_end in
  let! tables := reserve page_fuel tables_begin tables_end in
  if negb (image && tables) then ret (Finding KERNEL_RANGE_OUTSIDE first_index first_index) else
  let! p := boot_partition in
  if negb (page_eq p root) then ret (Finding NOT_THE_ROOT first_index first_index) else
  check_root.

End Check.
