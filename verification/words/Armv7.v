(* SPDX-License-Identifier: Apache-2.0 *)
(** * The primitives of pipcore/mal on words where ARMv7 differs from x86

    Short descriptors (ARM DDI 0406C, section B3.5) with TTBCR.N = 2 and SCTLR.AFE = 1, statement by statement as in
    pipcore/mal/armv7.  Four first-level entries lead to the four second-level tables that make a leaf table.  The
    tables at the end are those of WordMachine.v with these in front.  Memory is the same window of words as in
    Words.v. *)
From Coq Require Import List String Bool NArith.
From Pip.Words Require Import Words WordMachine.
Import ListNotations.
Open Scope N_scope.
Open Scope w_scope.

Definition present_bit : N := 2.
Definition user_bit : N := 32.
Definition read_only_bit : N := 512.
Definition never_execute_bit : N := 1.
(** Present, accessed, not global: normal memory, write-back, write-allocate; a device. *)
Definition memory_bits : N := 2142.
Definition device_bits : N := 2070.
Definition first_device : N := 258048.

(** ** Words without memory *)
Definition user_page (v : N) : bool := v <? 262144.
Definition is_writable (e : N) : bool := has present_bit e && negb (has read_only_bit e).
Definition is_executable (e : N) : bool := has present_bit e && negb (has never_execute_bit e).
Definition user_entry (p w x : N) : N :=
  let e := plus (address p) (if first_device <=? p then device_bits + user_bit else memory_bits + user_bit) in
  let e := if w =? 0 then plus e read_only_bit else e in
  if x =? 0 then plus e never_execute_bit else e.
Definition link_entry (p : N) : N := plus (address p) (present_bit + user_bit).
Definition shown (e : N) : N := N.lor e user_bit.
Definition hidden (e : N) : N := N.land e 4294967263.

(** ** Links *)
Definition link_place (v : N) : N := N.land (N.shiftr v 8) 1020.
Definition entry_of_link (w : N) : N := plus (address (page_of w)) (times (N.land w 1) (present_bit + user_bit)).
Definition read_link (p v : N) : W N := do w <- wread p (link_place v) in wret (entry_of_link w).
Definition write_link (p v e : N) : W unit :=
  let first := link_place v in
  let w := if has present_bit e then plus (address (page_of e)) 1 else 0 in
  let step := if has present_bit e then 1024 else 0 in
  wwrite p first w ;;; wwrite p (first + 1) (plus w step) ;;; wwrite p (first + 2) (plus w (times 2 step)) ;;;
  wwrite p (first + 3) (plus w (times 3 step)).
Definition is_empty_table (p : N) : W bool := fun c =>
  if p <? frames
  then Some (N.recursion true (fun i b => b && negb (has present_bit (words c p i))) 1024, c) else None.

(** ** Contexts: 19 words *)
Definition read_register (i : N) : W N := fun c => if i <? 19 then Some (saved c i, c) else None.
Definition write_register (i w : N) : W unit := fun c =>
  if (i <? 19) && (w <? word_limit)
  then Some (tt, WState (words c) (fun j => if j =? i then w else saved c j) (running c) (loaded_root c)) else None.
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
Definition load_registers (p o : N) : W unit := fun c =>
  if (p <? frames) && (N.shiftr o 2 + 19 <=? 1024)
  then Some (tt, WState (words c) (fun i => if i <? 19 then words c p (N.shiftr o 2 + i) else saved c i)
                   (running c) (loaded_root c)) else None.
Definition store_registers (p o : N) : W unit := fun c =>
  if (p <? frames) && (N.shiftr o 2 + 19 <=? 1024)
  then Some (tt, WState (fun q j => if (q =? p) && ((N.shiftr o 2 <=? j) && (j <? N.shiftr o 2 + 19))
                                    then saved c (j - N.shiftr o 2) else words c q j)
                   (saved c) (running c) (loaded_root c)) else None.

(** ** The tables of primitives *)
Definition armv7_pure_table (root_frame frame_count : N) : list (string * pure_function) := [
  ("pipflags_register"%string, constant 17); ("valid_register"%string, constant 18);
  ("context_fuel"%string, constant 19); ("vidt"%string, constant 262143);
  ("is_present"%string, test (has present_bit)); ("is_user"%string, test (has user_bit));
  ("is_writable"%string, test is_writable); ("is_executable"%string, test is_executable);
  ("user_entry"%string,
    fun vs => match vs with [Int p; Int w; Int x] => Some (Int (user_entry p w x)) | _ => None end);
  ("link_entry"%string, unary link_entry); ("shown"%string, unary shown); ("hidden"%string, unary hidden);
  ("context_fits"%string, test (fun a => a <=? 4294967220));
  ("in_one_page"%string, test (fun a => page_offset a <=? 4020));
  ("context_end"%string, unary (fun a => plus a 75));
  ("is_plain_offset"%string, test (fun o => (N.land o 3 =? 0) && (o <=? 4020)));
  ("user_page"%string, test user_page);
  ("user_address"%string, test (fun a => page_aligned a && user_page (page_of a)));
  ("ordinary_memory"%string, test (fun p => (8 <=? p) && (p <? frame_count)))
] ++ pure_table root_frame frame_count.

Definition armv7_primitive_table (directory : N -> N) : list (string * primitive) := [
  ("read_register"%string, of1 (fun i => numeric (read_register i)));
  ("write_register"%string, of2 (fun i w => effect (write_register i w)));
  ("read_link"%string, of3 (fun p v _ => numeric (read_link p v)));
  ("write_link"%string, fun vs => match vs with
    | [Int p; Int v; Int _; Int e] => effect (write_link p v e) | _ => wfail end);
  ("is_empty_table"%string, of1 (fun p => truth_value (is_empty_table p)));
  ("load_register"%string, fun vs => match vs with
    | [Int p; Int q; Int o; Int i] => effect (load_register p q o i) | _ => wfail end);
  ("store_register"%string, fun vs => match vs with
    | [Int p; Int q; Int o; Int i] => effect (store_register p q o i) | _ => wfail end);
  ("load_registers"%string, of2 (fun p o => effect (load_registers p o)));
  ("store_registers"%string, of2 (fun p o => effect (store_registers p o)))
] ++ primitive_table directory.
