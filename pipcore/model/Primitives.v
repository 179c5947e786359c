(* SPDX-License-Identifier: Apache-2.0 *)
(** * The primitives: what generated C may call

    Each definition here is one C function or macro of the same name in pipcore/mal, and the contract of that function.
    Pure primitives first, then those that read, then those that write.  A primitive is undefined outside its range. *)
Require Export NArith Bool.
From Pip.Model Require Export Machine.
Open Scope N_scope.
Open Scope monad_scope.

(** The kernel's monad. *)
Notation K := (M state).

(** ** Constants and tests *)
Definition no_page : page := 0.
Definition no_vaddr : vaddr := 0.
Definition zero : word := 0.
Definition leaf_level : level := 0.
Definition one_level : level := 1.
Definition first_index : index := 0.
Definition second_index : index := 1.

Definition page_eq (a b : page) : bool := a =? b.
Definition vaddr_eq (a b : vaddr) : bool := a =? b.
Definition index_eq (a b : index) : bool := a =? b.
Definition index_lt (a b : index) : bool := a <? b.
Definition level_eq (a b : level) : bool := a =? b.
Definition word_eq (a b : word) : bool := a =? b.
Definition status_eq (a b : status) : bool := status_number a =? status_number b.

Definition page_bytes : N := 4096.

Definition page_aligned (a : word) : bool := a mod page_bytes =? 0.
Definition page_number (a : word) : vaddr := a / page_bytes.
Definition address_of (v : vaddr) : word := v * page_bytes mod 4294967296.

(** Entries of MMU tables. *)
Definition is_present (e : entry) : bool := e_present e.
Definition is_user (e : entry) : bool := e_user e.
Definition is_writable (e : entry) : bool := e_write e.
Definition is_executable (e : entry) : bool := e_execute e.
Definition frame_of (e : entry) : page := e_frame e.
Definition no_entry : entry := absent_entry.
(** A user page with its rights. *)
Definition user_entry (p : page) (w x : bool) : entry := Entry p true true w x false.
(** A link from a table to the table below. *)
Definition link_entry (p : page) : entry := Entry p true true true true false.
(** The same mapping, accessible to user mode or hidden from it. *)
Definition shown (e : entry) : entry := Entry (e_frame e) (e_present e) true (e_write e) (e_execute e) (e_kernel e).
Definition hidden (e : entry) : entry := Entry (e_frame e) (e_present e) false (e_write e) (e_execute e) (e_kernel e).

(** Entries of shadow 1. *)
Definition given_to (g : gift) : vaddr := gift_child g.
Definition is_descriptor (g : gift) : bool := gift_is_descriptor g.
Definition nobody : gift := no_gift.
Definition gift_of (child : vaddr) : gift := Gift child false.
Definition descriptor_gift (child : vaddr) : gift := Gift child true.

(** Interrupt state as words and as a bit: 0 is VCLI, anything else VSTI. *)
Definition wants_interrupts (flags : word) : bool := negb (flags =? 0).
Definition flag_word (vsti : bool) : word := if vsti then 1 else 0.

(** The VIDT: 1024 words, of which the last is not usable; where an interrupted context goes; the double fault. *)
Definition is_vidt_index (w : word) : bool := w <? 1023.
Definition vidt_index (w : word) : index := w mod 1024.
Definition vcli_slot : index := 48.
Definition vsti_slot : index := 49.
Definition double_fault : word := 8.

Definition page_offset (a : word) : offset := a mod page_bytes.
(** No context of [part]. *)
Definition no_context (part : page) : context := UserContext part 0 0 0.
(** The mark of a saved context. *)
Definition valid_mark : word := 1.

Definition physical_address (p : page) (o : offset) : word := (p * page_bytes + o) mod 4294967296.

(** How many pages [prepare] needs for [l] missing levels. *)
Definition pages_needed (l : level) (more : bool) : word := 3 * l + (if more then 1 else 0).

Section Architecture.
Context `{Params}.

Definition top_level : level := N.of_nat top.
(** Fuel: the interior levels of a tree, the frames of the machine, entries of a table, leaf tables of a tree. *)
Definition interior_levels : nat := top.
Definition page_fuel : nat := N.to_nat pages.
Definition table_fuel : nat := N.to_nat table_size.
Definition leaf_tables : nat := N.to_nat (table_size ^ N.of_nat top).
Definition context_fuel : nat := N.to_nat context_words.
Definition end_of_table : index := table_size.

Definition user_page (v : vaddr) : bool := is_user_page v.
Definition user_address (a : word) : bool := page_aligned a && is_user_page (page_number a).
Definition ordinary_memory (p : page) : bool := (first_page <=? p) && (p <? pages).
Definition root : page := root_partition.
Definition vidt : vaddr := vidt_page.

(** Contexts: their size and the words of which the kernel knows the meaning are facts of the interface
    (docs/abi.md).  Reserved words at a context's end are not touched: what one partition's context has there must not
    flow into the next one that is saved. *)
Definition pipflags_register : index := context_flags.
Definition valid_register : index := context_valid.
(** A context must end before the address space does. *)
Definition context_fits (a : word) : bool := a <=? 4294967296 - context_bytes.
Definition in_one_page (a : word) : bool := page_offset a <=? page_bytes - context_bytes.
Definition context_end (a : word) : word := (a + (context_bytes - 1)) mod 4294967296.
(** Aligned to words and in one page: the fast way to copy a context. *)
Definition is_plain_offset (o : offset) : bool := (o mod 4 =? 0) && (o <=? page_bytes - context_bytes).

Definition index_at (v : vaddr) (l : level) : index := position v (N.to_nat l).
(** The end of what tables can map. *)
Definition vaddr_limit : N := table_size ^ N.of_nat top * table_size.
(** The virtual page at position [i] of the leaf table that begins at [base]; where the next leaf table begins, 0 after
    the last. *)
Definition vaddr_at (base : vaddr) (i : index) : K vaddr :=
  if base + i <? vaddr_limit then ret (base + i) else undefined.
Definition next_table (base : vaddr) : K vaddr :=
  if base + table_size <=? vaddr_limit then ret ((base + table_size) mod vaddr_limit) else undefined.

Definition level_below (l : level) : K level := if l =? 0 then undefined else ret (l - 1).
Definition level_above (l : level) : K level := if N.of_nat top <=? l then undefined else ret (l + 1).
Definition next_index (i : index) : K index := if i <? table_size then ret (i + 1) else undefined.
Definition next_register (i : index) : K index := if i <? context_words then ret (i + 1) else undefined.

(** ** Memory by object *)
Definition get (p : page) : K object := fun s => Done (mem s p) s.
Definition put (p : page) (o : object) : K unit :=
  fun s => Done tt (State (update (mem s) p o) (current s) (registers s) (tlb s)).
(** Being here is a bug that the proof excludes. *)
Definition unreachable : K unit := undefined.

(** ** The running partition, its registers, its translation buffer *)
Definition current_partition : K page := fun s => Done (current s) s.
(** Makes [p] the running partition and loads its MMU root, which flushes the translation buffer. *)
Definition switch_to (p : page) : K unit :=
  let! o := get p in
  match o with
  | DescriptorPage _ => fun s => Done tt (State (mem s) p (registers s) (fun v => mmu_entry (mem s) p v))
  | _ => undefined
  end.
(** Forgets what the translation buffer holds of page [v] of the running partition. *)
Definition invalidate (v : vaddr) : K unit :=
  fun s => Done tt (State (mem s) (current s) (registers s) (update (tlb s) v (mmu_entry (mem s) (current s) v))).

Definition read_register (i : index) : K word :=
  fun s => if i <? context_words then Done (registers s i) s else Undefined.
Definition write_register (i : index) (w : word) : K unit :=
  fun s => if i <? context_words then Done tt (State (mem s) (current s) (update (registers s) i w) (tlb s))
           else Undefined.

(** ** Tables *)
Definition in_table (i : index) : K unit := if i <? table_size then ret tt else undefined.
(** Tables know their level, and have no use for the primitives of another one: hardware may keep the entries of
    interior tables in another way (ARMv7). *)
Definition get_entry (l : level) (p : page) (i : index) : K entry :=
  in_table i ;; let! o := get p in
  match o with Table h t => if (h =? l) && negb (e_kernel (t i)) then ret (t i) else undefined | _ => undefined end.
Definition put_entry (l : level) (p : page) (i : index) (e : entry) : K unit :=
  in_table i ;; let! o := get p in
  match o with
  | Table h t => if (h =? l) && negb (e_kernel (t i)) then put p (Table h (update t i e)) else undefined
  | _ => undefined
  end.
(** Of leaf tables. *)
Definition read_entry (p : page) (i : index) : K entry := get_entry 0 p i.
Definition write_entry (p : page) (i : index) (e : entry) : K unit := put_entry 0 p i e.
(** Of an interior table of level [l]: the entry on the way to page [v] of user space. *)
Definition read_link (p : page) (v : vaddr) (l : level) : K entry :=
  if is_user_page v && negb (l =? 0) then get_entry l p (index_at v l) else undefined.
(** What an interior table may hold: nothing, or a link that narrows no right. *)
Definition is_link (e : entry) : bool :=
  if e_present e then e_user e && e_write e && e_execute e
  else (e_frame e =? 0) && negb (e_user e || e_write e || e_execute e).
Definition write_link (p : page) (v : vaddr) (l : level) (e : entry) : K unit :=
  if is_user_page v && negb (l =? 0) && is_link e then put_entry l p (index_at v l) e else undefined.
(** Whether a table, not a top one, has no entry at all. *)
Definition has_no_entry (t : index -> entry) : bool :=
  N.recursion true (fun i b => b && negb (e_present (t i))) table_size.
Definition is_empty_table (p : page) : K bool :=
  let! o := get p in
  match o with Table h t => if h <? N.of_nat top then ret (has_no_entry t) else undefined | _ => undefined end.
Definition read_gift (p : page) (i : index) : K gift :=
  in_table i ;; let! o := get p in match o with Shadow1Leaf t => ret (t i) | _ => undefined end.
Definition write_gift (p : page) (i : index) (g : gift) : K unit :=
  in_table i ;; let! o := get p in
  match o with Shadow1Leaf t => put p (Shadow1Leaf (update t i g)) | _ => undefined end.
(** The first position from [i] on of an entry given to [child], or the end of the table. *)
Definition first_gift (t : index -> gift) (i : index) (child : vaddr) : index :=
  N.recursion table_size
    (fun k found => let j := table_size - 1 - k in
                    if (i <=? j) && (gift_child (t j) =? child) then j else found) table_size.
Definition next_gift (p : page) (i : index) (child : vaddr) : K index :=
  let! o := get p in match o with Shadow1Leaf t => ret (first_gift t i child) | _ => undefined end.
Definition read_origin (p : page) (i : index) : K vaddr :=
  in_table i ;; let! o := get p in match o with Shadow2Leaf t => ret (t i) | _ => undefined end.
Definition write_origin (p : page) (i : index) (v : vaddr) : K unit :=
  in_table i ;; let! o := get p in
  match o with Shadow2Leaf t => put p (Shadow2Leaf (update t i v)) | _ => undefined end.

(** ** Descriptors *)
Definition get_descriptor (p : page) : K descriptor :=
  let! o := get p in match o with DescriptorPage d => ret d | _ => undefined end.
Definition mmu_root (p : page) : K page := let! d := get_descriptor p in ret (d_mmu d).
Definition shadow1_root (p : page) : K page := let! d := get_descriptor p in ret (d_shadow1 d).
Definition shadow2_root (p : page) : K page := let! d := get_descriptor p in ret (d_shadow2 d).
Definition config_list (p : page) : K page := let! d := get_descriptor p in ret (d_list d).
Definition parent_of (p : page) : K page := let! d := get_descriptor p in ret (d_parent d).
Definition interrupt_state (p : page) : K bool := let! d := get_descriptor p in ret (d_vsti d).
Definition set_config_list (p q : page) : K unit :=
  let! d := get_descriptor p in
  put p (DescriptorPage (Descriptor (d_mmu d) (d_shadow1 d) (d_shadow2 d) q (d_parent d) (d_vsti d))).
Definition set_interrupt_state (p : page) (vsti : bool) : K unit :=
  let! d := get_descriptor p in
  put p (DescriptorPage (Descriptor (d_mmu d) (d_shadow1 d) (d_shadow2 d) (d_list d) (d_parent d) vsti)).

(** ** Configuration lists *)
Definition next_list_page (q : page) : K page :=
  let! o := get q in match o with ListPage h _ => ret (list_next h) | _ => undefined end.
Definition list_page_origin (q : page) : K vaddr :=
  let! o := get q in match o with ListPage h _ => ret (list_origin h) | _ => undefined end.
Definition record_count (q : page) : K index :=
  let! o := get q in match o with ListPage h _ => ret (list_count h) | _ => undefined end.
(** Whether there is no place for [l] more records. *)
Definition lacks_room (q : page) (l : level) : K bool :=
  let! o := get q in match o with ListPage h _ => ret (list_capacity <? list_count h + l) | _ => undefined end.
(** The position of the first record about [table] among the first [n], or [n]. *)
Definition first_record (t : index -> table_record) (n : index) (table : page) : index :=
  N.recursion n (fun k found => let j := n - 1 - k in if record_table (t j) =? table then j else found) n.
Definition find_record (q table : page) : K index :=
  let! o := get q in match o with ListPage h t => ret (first_record t (list_count h) table) | _ => undefined end.
Definition get_record (q : page) (j : index) : K table_record :=
  let! o := get q in
  match o with ListPage h t => if j <? list_count h then ret (t j) else undefined | _ => undefined end.
Definition record_mmu_origin (q : page) (j : index) : K vaddr := let! r := get_record q j in ret (record_mmu r).
Definition record_shadow1_origin (q : page) (j : index) : K vaddr := let! r := get_record q j in ret (record_shadow1 r).
Definition record_shadow2_origin (q : page) (j : index) : K vaddr := let! r := get_record q j in ret (record_shadow2 r).
Definition add_record (q table : page) (mmu shadow1 shadow2 : vaddr) : K unit :=
  let! o := get q in
  match o with
  | ListPage h t =>
      if list_count h <? list_capacity
      then put q (ListPage (ListHeader (list_next h) (list_origin h) (list_count h + 1))
                    (update t (list_count h) (TableRecord table mmu shadow1 shadow2)))
      else undefined
  | _ => undefined
  end.
(** Takes the last record off list page [q]. *)
Definition drop_last_record (q : page) : K unit :=
  let! o := get q in
  match o with
  | ListPage h t =>
      if list_count h =? 0 then undefined
      else put q (ListPage (ListHeader (list_next h) (list_origin h) (list_count h - 1)) t)
  | _ => undefined
  end.
(** Overwrites record [j] of page [q] by the last record of page [head]. *)
Definition overwrite_record (q : page) (j : index) (head : page) : K unit :=
  let! n := record_count head in
  if n =? 0 then undefined else
  let! r := get_record head (n - 1) in
  let! o := get q in
  match o with
  | ListPage h t => if j <? list_count h then put q (ListPage h (update t j r)) else undefined
  | _ => undefined
  end.

(** ** Pages that change their kind *)

(** Only user data becomes a kernel structure. *)
Definition format (p : page) (o : object) : K unit :=
  let! old := get p in match old with Data _ => put p o | _ => undefined end.
Definition empty_table (k : kind) (l : level) : object :=
  match l, k with
  | 0, Shadow1 => Shadow1Leaf (fun _ => no_gift)
  | 0, Shadow2 => Shadow2Leaf (fun _ => 0)
  | _, Mmu => Table l (fun i => if (l =? N.of_nat top) && kernel_slot i then kernel_entry else absent_entry)
  | _, _ => Table l (fun _ => absent_entry)
  end.
Definition format_mmu (p : page) (l : level) : K unit := format p (empty_table Mmu l).
Definition format_shadow1 (p : page) (l : level) : K unit := format p (empty_table Shadow1 l).
Definition format_shadow2 (p : page) (l : level) : K unit := format p (empty_table Shadow2 l).
Definition format_list (p : page) (origin : vaddr) (next : page) : K unit :=
  format p (ListPage (ListHeader next origin 0) (fun _ => no_record)).
(** Not of the running partition, whose MMU root the processor has loaded. *)
Definition format_descriptor (p mmu shadow1 shadow2 list parent : page) : K unit :=
  let! running := current_partition in
  if p =? running then undefined
  else format p (DescriptorPage (Descriptor mmu shadow1 shadow2 list parent false)).
(** Turns any page into user data that carries nothing. *)
Definition clear_page (p : page) : K unit := put p (Data (fun _ => 0)).

(** ** User memory, by words and by bytes at any alignment *)
Definition read_word (p : page) (i : index) : K word :=
  if i <? 1024 then let! o := get p in match o with Data f => ret (f i) | _ => undefined end else undefined.
Definition write_word (p : page) (i : index) (w : word) : K unit :=
  if i <? 1024 then let! o := get p in match o with Data f => put p (Data (update f i w)) | _ => undefined end
  else undefined.

(** Byte [b] of [w], [b] from 0 to 3; and [w] with that byte replaced. *)
Definition get_byte (w b : N) : N := w / 256 ^ b mod 256.
Definition set_byte (w b x : N) : N := w - get_byte w b * 256 ^ b + x * 256 ^ b.
(** The byte at offset [o] of the pages [p] and [q], taken as consecutive. *)
Definition read_byte (p q : page) (o : word) : K word :=
  let o' := o mod page_bytes in
  let! w := read_word (if o <? page_bytes then p else q) (o' / 4) in ret (get_byte w (o' mod 4)).
Definition write_byte (p q : page) (o x : word) : K unit :=
  let o' := o mod page_bytes in
  let r := if o <? page_bytes then p else q in
  let! w := read_word r (o' / 4) in write_word r (o' / 4) (set_byte w (o' mod 4) x).
(** The word at byte offset [o], least significant byte first. *)
Definition read_bytes (p q : page) (o : word) : K word :=
  let! a := read_byte p q o in let! b := read_byte p q (o + 1) in
  let! c := read_byte p q (o + 2) in let! d := read_byte p q (o + 3) in
  ret (a + 256 * b + 65536 * c + 16777216 * d).
Definition write_bytes (p q : page) (o w : word) : K unit :=
  write_byte p q o (get_byte w 0) ;; write_byte p q (o + 1) (get_byte w 1) ;;
  write_byte p q (o + 2) (get_byte w 2) ;; write_byte p q (o + 3) (get_byte w 3).

(** One register from or to its place in a context that begins at byte [o] of [p] and goes on in [q]. *)
Definition load_register (p q : page) (o : offset) (i : index) : K unit :=
  let! w := read_bytes p q (o + 4 * i) in write_register i w.
Definition store_register (p q : page) (o : offset) (i : index) : K unit :=
  let! w := read_register i in write_bytes p q (o + 4 * i) w.

(** All registers at once, from or to words of one page, at byte [o], a multiple of 4. *)
Definition copy_in (f : index -> word) (o : word) (r : index -> word) : index -> word :=
  fun i => if i <? context_words then f (o / 4 + i) else r i.
Definition copy_out (f : index -> word) (o : word) (r : index -> word) : index -> word :=
  fun j => if (o / 4 <=? j) && (j <? o / 4 + context_words) then r (j - o / 4) else f j.
Definition load_registers (p : page) (o : offset) : K unit :=
  if is_plain_offset o then
    let! x := get p in
    match x with
    | Data f => fun s => Done tt (State (mem s) (current s) (copy_in f o (registers s)) (tlb s))
    | _ => undefined
    end
  else undefined.
Definition store_registers (p : page) (o : offset) : K unit :=
  if is_plain_offset o then
    let! x := get p in
    match x with
    | Data f => fun s => put p (Data (copy_out f o (registers s))) s
    | _ => undefined
    end
  else undefined.

End Architecture.
