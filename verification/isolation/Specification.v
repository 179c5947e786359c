(* SPDX-License-Identifier: Apache-2.0 *)
(** * The functional specification: what each service answers, and what it does to the abstract state

    For each service: its checks in order, each with the refusal that it means (the first that fails decides, and then
    nothing changes), and its effect, the new abstract state in terms of the old one.  No memory and no walks.
    Refinement.v proves that the code does this and nothing else; docs/services.md says it in words.  The conventions:
    [V] is the abstract state (View.v), [x] the running partition, [r] its registers; an address is the byte address
    that the caller gave. *)
From Pip.Isolation Require Export View.

(** The refusal of the first check that fails, or DONE. *)
Fixpoint first_failing (checks : list (bool * status)) : status :=
  match checks with
  | [] => DONE
  | (passed, refusal) :: others => if passed then first_failing others else refusal
  end.

Section Specification.
Context `{Params}.
Implicit Types (V : view) (a c ch d p q v w u x : N) (l : nat) (rd wr ex : bool).

(** ** What checks look at *)

(** The child whose descriptor the partition [x] maps at address [a]; 0 if there is none. *)
Definition child_of V x (a : word) : page :=
  if user_address a && gift_is_descriptor (v_gift V x (page_number a)) then pg V x (page_number a) else 0.
Definition is_named V x (a : word) : bool := negb (child_of V x a =? 0).

(** Whether [c] has tables down to the leaves for [v]. *)
Definition has_table V c v : bool := match v_table V c Mmu 0 (prefix v 0) with Some _ => true | None => false end.

(** Whether the page of [x] at [v] is given to no child. *)
Definition is_free V x v : bool := gift_child (v_gift V x v) =? 0.

(** The page of [x] at address [a] may become a kernel structure. *)
Definition offer_checks V x (a : word) : list (bool * status) :=
  let e := v_entry V x (page_number a) in
  [(user_address a, BAD_ADDRESS); (e_present e, NOT_MAPPED); (e_user e, NOT_ACCESSIBLE); (e_write e, NOT_WRITABLE);
   (ordinary_memory (e_frame e), NOT_ORDINARY_MEMORY); (is_free V x (page_number a), ALREADY_GIVEN)].

(** The level of the lowest table of [c] on the way to [v]: from that of the root table, [l], downwards. *)
Fixpoint lowest_level_from V c v l : nat :=
  match l with
  | O => O
  | S l' => match v_table V c Mmu l' (prefix v l') with Some _ => lowest_level_from V c v l' | None => S l' end
  end.
Definition lowest_level_of V c v : nat := lowest_level_from V c v top.

(** The page at the head of the configuration list of [c], and whether it lacks the room for [l] more records. *)
Definition list_head V c : page := default 0 (last (v_list V c)).
Definition is_full V c (l : N) : bool := list_capacity <? note_count (v_note V (list_head V c)) + l.

(** User mode of [c] may read page [v], or the 64 bytes at address [a]; may write them. *)
Definition may_read V c v : bool := is_user_page v && e_user (v_entry V c v).
Definition may_write V c v : bool := is_user_page v && (e_user (v_entry V c v) && e_write (v_entry V c v)).
Definition all_of_context (f : N -> bool) (a : word) : bool :=
  negb (a =? 0) && (f (page_number a) && (in_one_page a || context_fits a && f (page_number (context_end a)))).

(** The address that slot [i] of the VIDT of [c] has; the address for [vector], and whether [c] can be told of it. *)
Definition vidt_slot V c (i : index) : word := v_data V (pg V c vidt_page) i.
Definition vidt_word V c (vector : word) : word := vidt_slot V c (vidt_index vector).
Definition has_handler V c (vector : word) : bool :=
  may_read V c vidt_page && all_of_context (may_read V c) (vidt_word V c vector).

(** ** createPartition *)
Definition createPartition_checks V x (a0 a1 a2 a3 a4 : word) : list (bool * status) :=
  [(negb (a0 =? 0), BAD_ADDRESS)] ++ offer_checks V x a0 ++ offer_checks V x a1 ++ offer_checks V x a2
  ++ offer_checks V x a3 ++ offer_checks V x a4
  ++ [(negb ((a0 =? a1) || (a0 =? a2) || (a0 =? a3) || (a0 =? a4) || (a1 =? a2) || (a1 =? a3) || (a1 =? a4)
        || (a2 =? a3) || (a2 =? a4) || (a3 =? a4)), SAME_PAGE)].

(** The view after the gifts of four pages. *)
Definition offered_up (x d w1 w2 w3 w4 : N) (V : view) : view :=
  let g := gift_of d in given x w4 g (given x w3 g (given x w2 g (given x w1 g V))).

(** [x] gives pages at five addresses, which become the partition called [d]. *)
Definition empty_note v : note := Note v 0 (fun _ => no_record).
Definition created (x d w1 w2 w3 w4 : N) (V : view) : view :=
  with_partition (pg V x d) (Descriptor (pg V x w1) (pg V x w2) (pg V x w3) (pg V x w4) x false) (empty_note w4)
    (given x d (descriptor_gift d) (offered_up x d w1 w2 w3 w4 V)).

(** ** countToMap *)
Definition child_checks V x (child va : word) : list (bool * status) :=
  [(is_named V x child, NOT_A_CHILD); (user_address va, BAD_ADDRESS)].

(** ** prepare: the next missing tables; pages form a list through their first words *)
Definition next_page V x (a : word) : word := v_data V (pg V x (page_number a)) 0.
Definition prepare_checks V x (child va first : word) : list (bool * status) :=
  child_checks V x child va ++
  if (lowest_level_of V (child_of V x child) (page_number va) =? 0)%nat then [] else
  let second := next_page V x first in let third := next_page V x second in let fourth := next_page V x third in
  offer_checks V x first ++ offer_checks V x second ++ offer_checks V x third
  ++ [(negb ((first =? second) || (first =? third) || (second =? third)), SAME_PAGE)]
  ++ if is_full V (child_of V x child) 1 then offer_checks V x fourth
       ++ [(negb ((first =? fourth) || (second =? fourth) || (third =? fourth)), SAME_PAGE)] else [].

(** Pages [p1], [p2], [p3] are the tables of [c] of level [l] on the way to [v]. *)
Definition linked c l v p1 p2 p3 V : view := let u := prefix v l in
  with_table c Shadow2 l u (Some p3) (with_table c Shadow1 l u (Some p2) (with_table c Mmu l u (Some p1) V)).

(** Page [q] of a list gets one more record. *)
Definition recorded q (t : table_record) V : view := let n := v_note V q in
  with_note q (Note (note_origin n) (note_count n + 1) (update (note_records n) (note_count n) t)) V.

(** [x] gives the pages at [w1], [w2], [w3] to its child [c], called [d], for the tables of level [l] on the way to
    [v]; before that, if the list of [c] is full, the page at [w4] for the list. *)
Definition prepared x d c l v w1 w2 w3 V : view := let g := gift_of d in
  recorded (list_head V c) (TableRecord (pg V x w1) w1 w2 w3)
    (linked c l v (pg V x w1) (pg V x w2) (pg V x w3) (given x w3 g (given x w2 g (given x w1 g V)))).
Definition extended x d c w4 V : view := let p := pg V x w4 in
  with_note p (empty_note w4) (with_list c (v_list V c ++ [p]) (given x w4 (gift_of d) V)).

(** ** addVAddr *)
Definition addVAddr_checks V x (source child destination : word) rd wr ex : list (bool * status) :=
  let e := v_entry V x (page_number source) in let ch := child_of V x child in
  [(rd, UNREADABLE); (user_address source && user_address destination, BAD_ADDRESS);
   (is_named V x child, NOT_A_CHILD); (e_present e, NOT_MAPPED); (e_user e, NOT_ACCESSIBLE);
   (negb (wr && negb (e_write e) || ex && negb (e_execute e)), RIGHTS_EXCEEDED);
   (is_free V x (page_number source), ALREADY_GIVEN); (has_table V ch (page_number destination), NO_TABLE);
   (negb (e_present (v_entry V ch (page_number destination))), OCCUPIED)].

(** [a] gives its page at [w] to its child [ch], called [d], which maps it at [x]. *)
Definition added a w d ch x wr ex V : view :=
  with_entry ch x (user_entry (pg V a w) wr ex) (with_gift a w (gift_of d) (with_origin ch x w V)).

(** ** removeVAddr *)
Definition removeVAddr_checks V x (child va : word) : list (bool * status) :=
  let ch := child_of V x child in let e := v_entry V ch (page_number va) in
  [(user_address va, BAD_ADDRESS); (is_named V x child, NOT_A_CHILD); (e_present e, NOT_MAPPED);
   (e_user e, NOT_ACCESSIBLE); (is_free V ch (page_number va), ALREADY_GIVEN)].

(** [ch], a child of [a], loses its page at [x]; [a] had given it from [w]. *)
Definition removed a w ch x V : view :=
  with_gift a w no_gift (with_origin ch x 0 (with_entry ch x absent_entry V)).

(** ** mappedInChild *)
Definition mappedInChild_checks V x (va : word) : list (bool * status) :=
  [(user_address va, BAD_ADDRESS); (has_table V x (page_number va), NOT_MAPPED)].

(** ** deletePartition: the child [ch] of [x], called [d], and all below it *)

(** Whether [c] is [ch] or below it. *)
Fixpoint in_subtree (fuel : nat) V ch c : bool :=
  match fuel with
  | O => false
  | S less => (c =? ch) || negb (c =? root_partition) && in_subtree less V ch (v_parent V c)
  end.

(** The page of [x] at [v], if it was given to [d], is given to nobody; if it was hidden, it was a kernel structure, and
    is now cleared and accessible. *)
Definition released x d v V : view :=
  if gift_child (v_gift V x v) =? d
  then if e_user (v_entry V x v) then with_gift x v no_gift V else returned x v (pg V x v) V
  else V.

(** The subtree ends; then page after page of [x] is released. *)
Definition detached x d ch V : view := without (in_subtree page_fuel V ch) (with_gift x d (gift_of d) V).
Definition released_before (b : N) x d V : view := N.recursion V (released x d) b.
Definition deleted x d ch V : view := released_before vaddr_limit x d (detached x d ch V).

(** ** collect: the lowest tables on the way, if they are empty *)
Definition is_empty V c l u : bool := N.recursion true (fun i b => b && negb
  match l with
  | O => e_present (v_entry V c (u * table_size + i))
  | S l' => match v_table V c Mmu l' (u * table_size + i) with Some _ => true | None => false end
  end) table_size.

(** Where the record about table [p] is among these pages of a list, if there is one. *)
Fixpoint find_note V (pages : list N) p : option (N * N) :=
  match pages with
  | [] => None
  | q :: others => let n := v_note V q in let j := first_record (note_records n) (note_count n) p in
      if j <? note_count n then Some (q, j) else find_note V others p
  end.

(** The list of [c] is about to lose its head: that has one record, and is not the only page. *)
Definition loses_head V c : bool := (note_count (v_note V (list_head V c)) =? 1) && negb (length (v_list V c) =? 1)%nat.

(** The record about the table of [c] of level [l] and prefix [u]. *)
Definition table_of V c k l u : page := default 0 (v_table V c k l u).
Definition noted V c l u : option (N * N) := find_note V (reverse (v_list V c)) (table_of V c Mmu l u).
Definition record_at V (place : N * N) : table_record := note_records (v_note V place.1) place.2.
Definition maps V x v p : bool := e_present (v_entry V x v) && (pg V x v =? p).

(** The list has a record about the tables, and [x] maps them, and the list's head if that goes, where the records
    say. *)
Definition is_listed V x c l u : bool :=
  match noted V c l u with
  | None => false
  | Some place => let t := record_at V place in let head := list_head V c in
      negb (note_count (v_note V head) =? 0)
      && (maps V x (record_mmu t) (table_of V c Mmu l u) && maps V x (record_shadow1 t) (table_of V c Shadow1 l u)
      && maps V x (record_shadow2 t) (table_of V c Shadow2 l u)
      && (if loses_head V c then maps V x (note_origin (v_note V head)) head else true))
  end.

Definition collect_checks V x (child va : word) : list (bool * status) :=
  let ch := child_of V x child in let v := page_number va in let l := lowest_level_of V ch v in let u := prefix v l in
  child_checks V x child va ++
  [(negb (l =? top)%nat, NOTHING_TO_COLLECT); (is_empty V ch l u, NOT_EMPTY); (is_listed V x ch l u, NOT_LISTED)].

Definition unlinked_all c l u V : view := unlinked c Shadow2 l u (unlinked c Shadow1 l u (unlinked c Mmu l u V)).

(** The record at [place] goes: the last record of page [head] takes its place. *)
Definition struck (place : N * N) (head : N) V : view :=
  let n := v_note V place.1 in let last := record_at V (head, note_count (v_note V head) - 1) in
  let V' := with_note place.1 (Note (note_origin n) (note_count n) (update (note_records n) place.2 last)) V in
  let n' := v_note V' head in with_note head (Note (note_origin n') (note_count n' - 1) (note_records n')) V'.

(** The page of [x] at [v] is ordinary memory again, with [w] in its first word and 0 in all others. *)
Definition linked_back (x v p w : N) (V : view) : view :=
  with_data p (update (fun _ => 0) 0 w) (returned x v p V).

(** The three tables, and the list's head if it is spare, are pages of [x] again, each with the address of the next. *)
Definition handed_over x c l u (t : table_record) V V' : view :=
  let head := list_head V c in let v4 := note_origin (v_note V head) in
  let '(TableRecord _ v1 v2 v3) := t in
  let back v k w := linked_back x v (table_of V c k l u) w in
  let V2 := back v2 Shadow1 (address_of v3) (back v1 Mmu (address_of v2) V') in
  if loses_head V c
  then linked_back x v4 head 0 (back v3 Shadow2 (address_of v4) (with_list c (removelast (v_list V c)) V2))
  else back v3 Shadow2 0 V2.

Definition collected V x c l u (place : N * N) : view :=
  handed_over x c l u (record_at V place) V (struck place (list_head V c) (unlinked_all c l u V)).

(** ** Passing control: yield, interrupts, faults *)

(** A byte and a word of user data, at offset [o] of pages [p] and [q] taken as consecutive, least significant byte
    first; and the view with another there. *)
Definition page_at p q (o : N) : page := if o <? page_bytes then p else q.
Definition byte_at V p q (o : N) : N :=
  get_byte (v_data V (page_at p q o) (o mod page_bytes / 4)) (o mod page_bytes mod 4).
Definition word_at V p q (o : N) : word := byte_at V p q o + 256 * byte_at V p q (o + 1)
  + 65536 * byte_at V p q (o + 2) + 16777216 * byte_at V p q (o + 3).
Definition with_byte p q (o b : N) V : view := let z := page_at p q o in let i := o mod page_bytes / 4 in
  with_data z (update (v_data V z) i (set_byte (v_data V z i) (o mod page_bytes mod 4) b)) V.
Definition with_word p q (o w : N) V : view := with_byte p q (o + 3) (get_byte w 3) (with_byte p q (o + 2)
  (get_byte w 2) (with_byte p q (o + 1) (get_byte w 1) (with_byte p q o (get_byte w 0) V))).

(** The context of [c] at address [a]; the register that it has as number [i]. *)
Definition context_at V c (a : word) : context := UserContext c (pg V c (page_number a))
  (pg V c (page_number (if in_one_page a then a else context_end a))) (page_offset a).
Definition saved_register V (z : context) (i : index) : word := let '(UserContext _ p q o) := z in
  if is_plain_offset o then v_data V p (o / 4 + i) else word_at V p q (o + 4 * i).

(** The registers [r] are saved to a context: its [context_words] words, and no other memory, change.  Registers that
    are saved have [flags] as the interrupt state to wake up with, and the mark of a saved context. *)
Definition saved (z : context) (r : index -> word) V : view := let '(UserContext _ p q o) := z in
  if is_plain_offset o then with_data p (copy_out (v_data V p) o r) V
  else N.recursion V (fun i => with_word p q (o + 4 * i) (r i)) context_words.
Definition marked (r : index -> word) (flags : word) : index -> word :=
  update (update r context_flags flags) context_valid valid_mark.

(** The partition of a context takes the interrupt state that the context has. *)
Definition resumed (z : context) V : view :=
  with_vsti (context_partition z) (wants_interrupts (saved_register V z context_flags)) V.

(** *** yield *)
Definition yield_target V x (child : word) : page := if child =? 0 then v_parent V x else child_of V x child.
Definition yieldTo_checks V x (child vector slot : word) : list (bool * status) :=
  let target := yield_target V x child in let save_at := vidt_word V x slot in
  [(is_vidt_index vector, INVALID_VECTOR);
   (is_vidt_index slot, INVALID_SAVE_SLOT);
   (negb (target =? 0), if child =? 0 then ROOT_HAS_NO_PARENT else NOT_A_CHILD);
   (may_read V x vidt_page, CALLER_VIDT_UNAVAILABLE);
   (may_read V target vidt_page, TARGET_VIDT_UNAVAILABLE);
   (all_of_context (may_read V target) (vidt_word V target vector), TARGET_CONTEXT_UNAVAILABLE);
   ((save_at =? 0) || all_of_context (may_write V x) save_at, CALLER_CONTEXT_UNAVAILABLE)].

(** [x] saves its registers where slot [slot] says, unless that is 0, and wakes the target with the context for
    [vector]. *)
Definition yielded V x r target (vector slot flags_on_yield flags_on_wake : word) : view :=
  let save_at := vidt_word V x slot in
  resumed (context_at V target (vidt_word V target vector)) (with_vsti x (wants_interrupts flags_on_yield)
    (if save_at =? 0 then V else saved (context_at V x save_at) (marked r flags_on_wake) V)).

(** *** Interrupts and faults *)

(** The registers are saved where the VIDT says for the interrupt state, if user mode may write there. *)
Definition interrupted V x r : view :=
  let save_at := vidt_slot V x (if v_vsti V x then vsti_slot else vcli_slot) in
  if may_read V x vidt_page && all_of_context (may_write V x) save_at
  then saved (context_at V x save_at) (marked r (flag_word (v_vsti V x))) V else V.
Definition handled V x r target (vector : word) : view :=
  resumed (context_at V target (vidt_word V target vector)) (interrupted V x r).

(** Who is told of a fault, and of which: [c], or the first above it that can be told, of a double fault; the root last,
    twice. *)
Fixpoint told (fuel : nat) V c (vector : word) : option (page * word) :=
  match fuel with
  | O => None
  | S less =>
      if c =? 0 then None else
      if has_handler V c vector then Some (c, vector) else
      if c =? root_partition then (if has_handler V c double_fault then Some (c, double_fault) else None) else
      told less V (v_parent V c) double_fault
  end.

(** ** Small services *)
Definition getIntState_checks V x (child : word) : list (bool * status) := [(is_named V x child, NOT_A_CHILD)].
Definition physicalAddress_checks V x (va : word) : list (bool * status) :=
  [(x =? root_partition, NOT_ROOT); (may_read V x (page_number va), NOT_MAPPED)].

End Specification.
