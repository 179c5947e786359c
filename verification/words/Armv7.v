(* SPDX-License-Identifier: Apache-2.0 *)
(** * What ARMv7 chooses: the words of pipcore/mal/armv7; its numbers are those of pipcore/model/Machines.v

    Short descriptors (ARM DDI 0406C, section B3.5) with TTBCR.N = 2 and SCTLR.AFE = 1.  Four first-level entries lead
    to the four second-level tables that make a leaf table.  Of an entry bit 1 says present, bit 5 user mode, bit 9 not
    writable, bit 0 not executable; of a link bit 0 says present. *)
From Coq Require Import List Bool NArith.
From Pip.Model Require Import Machines.
From Pip.Words Require Import Words.
Import ListNotations.
Open Scope N_scope.

(** Present, accessed, not global: normal memory, write-back, write-allocate; a device. *)
Definition memory_bits : N := 2142.
Definition device_bits : N := 2070.
Definition first_device : N := armv7_memory_end.

Definition armv7_user_entry (p w x : N) : N :=
  let e := plus (address p) (if first_device <=? p then device_bits + 32 else memory_bits + 32) in
  let e := if w =? 0 then plus e 512 else e in
  if x =? 0 then plus e 1 else e.
(** A link as an entry; and the four words that stand in the table. *)
Definition armv7_link_entry (p : N) : N := plus (address p) 34.
Definition armv7_entry_of_link (w : N) : N := plus (address (page_of w)) (times (N.land w 1) 34).
Definition armv7_words_of_link (e : N) : list N :=
  let w := if has 2 e then plus (address (page_of e)) 1 else 0 in
  let step := if has 2 e then 1024 else 0 in
  [w; plus w step; plus w (times 2 step); plus w (times 3 step)].

(** User space is the first GiB, 256 links; the window shows memory and the devices beyond it. *)
Definition armv7 : Architecture := {|
  frames := armv7_frames;
  numbers := armv7_machine 0 armv7_first_page armv7_memory_end;
  user_page := fun v => v <? 262144;
  is_present := has 2;
  is_user := has 32;
  is_writable := fun e => has 2 e && negb (has 512 e);
  is_executable := fun e => has 2 e && negb (has 1 e);
  user_entry := armv7_user_entry;
  shown := fun e => N.lor e 32;
  hidden := fun e => N.land e 4294967263;
  link_entry := armv7_link_entry;
  link_place := fun v => N.land (N.shiftr v 8) 1020;
  link_words := 4;
  words_of_link := armv7_words_of_link;
  entry_of_link := armv7_entry_of_link;
|}.
