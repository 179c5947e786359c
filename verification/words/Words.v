(* SPDX-License-Identifier: Apache-2.0 *)
(** * A machine of 32-bit words: memory, and the primitives of pipcore/mal on it

    Memory is [frames] pages of 1024 words.  Each function here is the C function of the same name in pipcore/mal,
    statement by statement: an access outside memory, a word that 32 bits do not hold or a shift that is too long has no
    result.  What an architecture chooses is in X86.v and Armv7.v. *)
From Coq Require Import List String Bool NArith.
From Pip.Model Require Import Types.
From Pip.Model Require Machine.
Import ListNotations.
Open Scope N_scope.

Definition word_limit : N := 4294967296.

(** What an architecture chooses: its machine, and what its words mean. *)
Class Architecture : Type := {
  frames : N;                           (** frames that the kernel's window shows *)
  numbers : Machine.Params;             (** its numbers; where the root partition is and memory ends, boot decides *)
  user_page : N -> bool;
  is_present : N -> bool;               (** words of leaf tables *)
  is_user : N -> bool;
  is_writable : N -> bool;
  is_executable : N -> bool;
  user_entry : N -> N -> N -> N;
  shown : N -> N;
  hidden : N -> N;
  link_entry : N -> N;
  link_place : N -> N;                  (** where in a root table the link on the way to a page is *)
  link_words : N;                       (** how many words it has *)
  words_of_link : N -> list N;          (** these, of a link as an entry; and back, from the first of them *)
  entry_of_link : N -> N;
}.

Notation first_ordinary := (@Machine.first_page numbers) (only parsing).
Notation kernel_slot := (@Machine.kernel_slot numbers) (only parsing).
Notation vidt := (@Machine.vidt_page numbers) (only parsing).
Notation context_bytes := (@Machine.context_bytes numbers) (only parsing).
Notation context_words := (@Machine.context_words numbers) (only parsing).
Notation context_in_page := (@Machine.context_in_page numbers) (only parsing).
Notation context_flags := (@Machine.context_flags numbers) (only parsing).
Notation context_valid := (@Machine.context_valid numbers) (only parsing).

(** The machines that the kernel boots on: where boot put the root partition's descriptor, how many frames there are. *)
Definition machine_of `{Architecture} (root count : N) : Machine.Params := {|
  Machine.table_size := 1024;
  Machine.table_size_gt_1 := eq_refl;
  Machine.top := 1;
  Machine.top_positive := le_n 1;
  Machine.kernel_slot := kernel_slot;
  Machine.root_partition := root;
  Machine.first_page := first_ordinary;
  Machine.pages := count;
  Machine.list_capacity := 255;
  Machine.list_capacity_pos := eq_refl;
  Machine.vidt_page := vidt;
  Machine.context_bytes := context_bytes;
  Machine.context_words := context_words;
  Machine.context_in_page := context_in_page;
  Machine.context_flags := context_flags;
  Machine.context_flags_lt := @Machine.context_flags_lt numbers;
  Machine.context_valid := context_valid;
  Machine.context_valid_lt := @Machine.context_valid_lt numbers;
|}.

(** What shims work on: physical_memory, registers, running_partition, and what was last loaded as the processor's root
    (CR3, TTBR0). *)
Record wstate : Type := WState {
  words : N -> N -> N;
  saved : N -> N;
  running : N;
  loaded_root : N;
}.

Definition W (A : Type) : Type := wstate -> option (A * wstate).
Definition wret {A} (a : A) : W A := fun c => Some (a, c).
Definition wbind {A B} (m : W A) (k : A -> W B) : W B := fun c => match m c with Some (a,
  c') => k a c' | None => None end.
Definition wfail {A} : W A := fun _ => None.
Declare Scope w_scope.
Notation "'do' x <- m 'in' k" := (wbind m (fun x => k)) (at level 200, x name, m at level 100,
  k at level 200) : w_scope.
Notation "m1 ';;;' m2" := (wbind m1 (fun _ => m2)) (at level 100, m2 at level 200, right associativity) : w_scope.
Open Scope w_scope.

(** ** Words without memory *)
Definition bit (b : bool) : N := if b then 1 else 0.
(** The C expression (w & m) != 0. *)
Definition has (m w : N) : bool := negb (N.land w m =? 0).

(** The C operators on uint32_t. *)
Definition plus (a b : N) : N := (a + b) mod word_limit.
Definition minus (a b : N) : N := (a + word_limit - b) mod word_limit.
Definition times (a b : N) : N := (a * b) mod word_limit.
Definition shift_right (a n : N) : option N := if n <? 32 then Some (N.shiftr a n) else None.
Definition shift_left (a n : N) : N := N.shiftl a n mod word_limit.
Definition page_of (w : N) : N := N.shiftr w 12.
Definition address (p : N) : N := times p 4096.

Definition page_aligned (a : N) : bool := N.land a 4095 =? 0.
Definition page_offset (a : N) : N := N.land a 4095.
Definition index_at (v l : N) : option N := option_map (fun x => N.land x 1023) (shift_right v (times 10 l)).
Definition pages_needed (l more : N) : N := if more =? 0 then times 3 l else plus (times 3 l) 1.

Section Memory.
Context `{Architecture}.

(** ** Memory *)
Definition wread (p i : N) : W N :=
  fun c => if (p <? frames) && (i <? 1024) then Some (words c p i, c) else None.
Definition set_word (f : N -> N -> N) (p i w : N) : N -> N -> N :=
  fun q j => if (q =? p) && (j =? i) then w else f q j.
Definition wwrite (p i w : N) : W unit := fun c =>
  if (p <? frames) && (i <? 1024) && (w <? word_limit)
  then Some (tt, WState (set_word (words c) p i w) (saved c) (running c) (loaded_root c)) else None.
(** All words of page [p] become those of [f]: a loop over the page. *)
Definition wfill (p : N) (f : N -> N) : W unit := fun c =>
  if p <? frames
  then Some (tt, WState (fun q j => if (q =? p) && (j <? 1024) then f j else words c q j)
                   (saved c) (running c) (loaded_root c)) else None.

(** *** Tables *)
Definition read_page (p i : N) : W N := do w <- wread p i in wret (page_of w).
Definition write_page (p i q : N) : W unit := wwrite p i (address q).
(** Interior tables are root tables. *)
Fixpoint write_words (p i : N) (l : list N) : W unit :=
  match l with [] => wret tt | w :: l => wwrite p i w ;;; write_words p (i + 1) l end.
Definition read_link (p v : N) : W N := do w <- wread p (link_place v) in wret (entry_of_link w).
Definition write_link (p v e : N) : W unit := write_words p (link_place v) (words_of_link e).
(** The first position from [i] on whose word names [child]; [n] positions are left. *)
Fixpoint search (f : N -> N) (place : N -> N) (child : N) (n : nat) (i : N) : N :=
  match n with
  | O => i
  | S less => if page_of (f (place i)) =? child then i else search f place child less (i + 1)
  end.
Definition next_gift (p i child : N) : W N := fun c =>
  if (p <? frames) && (i <=? 1024)
  then Some (search (words c p) (fun j => j) child (N.to_nat (1024 - i)) i, c) else None.
(** That no word has the present bit, nor has the disjunction of all. *)
Definition is_empty_table (p : N) : W bool := fun c =>
  if p <? frames
  then Some (N.recursion true (fun i b => b && negb (is_present (words c p i))) 1024, c) else None.

(** *** Configuration lists: words 0 to 2 are the header, record [j] begins at word 4 + 4j *)
Definition record_place (j : N) : N := 4 + 4 * j.
Definition record_count (q : N) : W N := wread q 2.
Definition lacks_room (q l : N) : W bool := do n <- wread q 2 in wret (255 <? plus n l).
Definition find_record (q table : N) : W N := do n <- wread q 2 in fun c =>
  if n <=? 255 then Some (search (words c q) record_place table (N.to_nat n) 0, c) else None.
Definition record_word (q j k : N) : W N := read_page q (record_place j + k).
Definition add_record (q table mmu shadow1 shadow2 : N) : W unit :=
  do n <- wread q 2 in
  write_page q (record_place n) table ;;; write_page q (record_place n + 1) mmu ;;;
  write_page q (record_place n + 2) shadow1 ;;; write_page q (record_place n + 3) shadow2 ;;;
  wwrite q 2 (plus n 1).
Definition drop_last_record (q : N) : W unit := do n <- wread q 2 in wwrite q 2 (minus n 1).
Definition copy_word (q i p j : N) : W unit := do w <- wread p j in wwrite q i w.
Definition overwrite_record (q j head : N) : W unit :=
  do n <- wread head 2 in
  let from := record_place (minus n 1) in
  let to := record_place j in
  copy_word q to head from ;;; copy_word q (to + 1) head (from + 1) ;;;
  copy_word q (to + 2) head (from + 2) ;;; copy_word q (to + 3) head (from + 3).

(** *** Pages that change their kind *)
Definition clear_page (p : N) : W unit := wfill p (fun _ => 0).
Definition format_mmu (directory : N -> N) (p l : N) : W unit := if l =? 1 then wfill p directory else clear_page p.
Definition format_list (p origin next : N) : W unit :=
  write_page p 0 next ;;; write_page p 1 origin ;;; wwrite p 2 0.
Definition format_descriptor (p mmu shadow1 shadow2 list parent : N) : W unit :=
  write_page p 0 mmu ;;; write_page p 1 shadow1 ;;; write_page p 2 shadow2 ;;; write_page p 3 list ;;;
  write_page p 4 parent ;;; wwrite p 5 0.

(** *** The running partition and the saved registers *)
Definition switch_to (p : N) : W unit :=
  do w <- wread p 0 in fun c => Some (tt, WState (words c) (saved c) p w).
Definition read_register (i : N) : W N := fun c => if i <? context_words then Some (saved c i, c) else None.
Definition write_register (i w : N) : W unit := fun c =>
  if (i <? context_words) && (w <? word_limit)
  then Some (tt, WState (words c) (fun j => if j =? i then w else saved c j) (running c) (loaded_root c)) else None.

(** *** Bytes *)
Definition byte_page (p q o : N) : N := if 4096 <=? o then q else p.
Definition byte_word (o : N) : N := N.land (N.shiftr o 2) 1023.
Definition byte_shift (o : N) : N := times 8 (N.land o 3).
Definition read_byte (p q o : N) : W N :=
  do w <- wread (byte_page p q o) (byte_word o) in wret (N.land (N.shiftr w (byte_shift o)) 255).
Definition write_byte (p q o x : N) : W unit :=
  do w <- wread (byte_page p q o) (byte_word o) in
  wwrite (byte_page p q o) (byte_word o)
    (N.lor (N.ldiff w (shift_left 255 (byte_shift o))) (shift_left x (byte_shift o))).
Definition load_register (p q o i : N) : W unit :=
  let at_ := plus o (times 4 i) in
  do a <- read_byte p q at_ in do b <- read_byte p q (plus at_ 1) in
  do c <- read_byte p q (plus at_ 2) in do d <- read_byte p q (plus at_ 3) in
  write_register i (N.lor (N.lor (N.lor a (shift_left b 8)) (shift_left c 16)) (shift_left d 24)).
Definition store_register (p q o i : N) : W unit :=
  let at_ := plus o (times 4 i) in
  do w <- read_register i in
  write_byte p q at_ (N.land w 255) ;;; write_byte p q (plus at_ 1) (N.land (N.shiftr w 8) 255) ;;;
  write_byte p q (plus at_ 2) (N.land (N.shiftr w 16) 255) ;;; write_byte p q (plus at_ 3) (N.shiftr w 24).
(** All words of a context from or to offset [o] of page [p]. *)
Definition load_registers (p o : N) : W unit := fun c =>
  if (p <? frames) && (N.shiftr o 2 + context_words <=? 1024)
  then Some (tt, WState (words c) (fun i => if i <? context_words then words c p (N.shiftr o 2 + i) else saved c i)
                   (running c) (loaded_root c)) else None.
Definition store_registers (p o : N) : W unit := fun c =>
  if (p <? frames) && (N.shiftr o 2 + context_words <=? 1024)
  then Some (tt, WState (fun q j => if (q =? p) && ((N.shiftr o 2 <=? j) && (j <? N.shiftr o 2 + context_words))
                                    then saved c (j - N.shiftr o 2) else words c q j)
                   (saved c) (running c) (loaded_root c)) else None.
End Memory.
