(* SPDX-License-Identifier: Apache-2.0 *)
(** * What x86 chooses: the words of pipcore/mal/x86; its numbers are those of pipcore/model/Machines.v

    32-bit paging (Intel SDM volume 3A, section 4.3).  A link is one entry; of an entry bit 0 says present, bit 1
    writable, bit 2 user mode, and bit 9, which the processor ignores, executable. *)
From Coq Require Import List Bool NArith.
From Pip.Model Require Import Machines.
From Pip.Words Require Import Words.
Import ListNotations.
Open Scope N_scope.

Definition x86_user_page (v : N) : bool :=
  let slot := N.shiftr v 10 in (minus slot 1 <? 831) || (slot =? 1023).
Definition x86_user_entry (p w x : N) : N :=
  let e := plus (address p) 5 in
  let e := if w =? 0 then e else N.lor e 2 in
  if x =? 0 then e else N.lor e 512.

Definition x86 : Architecture := {|
  frames := x86_frames;
  numbers := x86_machine 0 x86_first_page x86_frames;
  user_page := x86_user_page;
  is_present := has 1;
  is_user := has 4;
  is_writable := has 2;
  is_executable := has 512;
  user_entry := x86_user_entry;
  shown := fun e => N.lor e 4;
  hidden := fun e => N.land e 4294967291;
  link_entry := fun p => plus (address p) 519;
  link_place := fun v => N.shiftr v 10;
  link_words := 1;
  words_of_link := fun e => [e];
  entry_of_link := fun w => w;
|}.
