(* SPDX-License-Identifier: Apache-2.0 *)
(** * The numbers of the machines that the kernel is built for

    All theorems hold for every [Params].  What x86 and ARMv7 fix of them stands here, once, for the theorems about each
    machine and for the oracle of the tests.  Boot picks the rest: the frame of the root partition's descriptor, the
    first frame that is not firmware's, and the frame at which memory ends.

    Numbers are abbreviations, so that proofs by arithmetic see them.  The C has its own (pip/layout.h), and so have the
    judges of tests that are to share nothing with what they judge. *)
From Pip.Model Require Export Machine.

(** ** x86: two levels of 1024 entries

    The kernel's slots are the first, which holds its image, and the window through which it sees all memory. *)
Notation x86_window_first := 832 (only parsing).
Notation x86_window_end := 1023 (only parsing).
(** The window shows so many frames, which therefore is all the memory there can be; firmware's and devices' come
    first. *)
Notation x86_frames := 195584 (only parsing).
Notation x86_first_page := 256 (only parsing).

(** Slots of a root table that are the kernel's: the first, and the window. *)
Definition x86_kernel_slot (i : index) : bool := (i =? 0) || (x86_window_first <=? i) && (i <? x86_window_end).

(** x86 with memory from frame [first] up to the frame [frames]. *)
Definition x86_machine (root first frames : page) : Params := {|
  table_size := 1024;
  table_size_gt_1 := eq_refl;
  top := 1;
  top_positive := le_n 1;
  kernel_slot := x86_kernel_slot;
  root_partition := root;
  first_page := first;
  pages := frames;
  list_capacity := 255;
  list_capacity_pos := eq_refl;
  vidt_page := 1048575;
  context_bytes := 64;
  context_words := 12;
  context_in_page := ltac:(split; vm_compute; discriminate);
  context_flags := 1;
  context_flags_lt := eq_refl;
  context_valid := 11;
  context_valid_lt := eq_refl;
|}.

(** ** ARMv7-A: two levels of 1024 entries

    The hardware's first-level table has an entry for each MiB, its second-level tables have 256 entries in 1 KiB.  Four
    second-level tables that follow each other fill a page: one table of 1024 entries, to which four first-level entries
    lead.  So no page is half empty, and the machine has the shape of x86.  User space is the first GiB, 256 slots
    of a root table; the others are not there. *)
Notation armv7_user_slots := 256 (only parsing).
(** Memory ends before the first device; the window shows the devices too. *)
Notation armv7_memory_end := 258048 (only parsing).
Notation armv7_frames := 262400 (only parsing).
Notation armv7_first_page := 8 (only parsing).

(** ARMv7-A with memory from frame [first] up to the frame [frames]. *)
Definition armv7_machine (root first frames : page) : Params := {|
  table_size := 1024;
  table_size_gt_1 := eq_refl;
  top := 1;
  top_positive := le_n 1;
  kernel_slot := fun i => armv7_user_slots <=? i;
  root_partition := root;
  first_page := first;
  pages := frames;
  list_capacity := 255;
  list_capacity_pos := eq_refl;
  vidt_page := 262143;
  context_bytes := 76;
  context_words := 19;
  context_in_page := ltac:(split; vm_compute; discriminate);
  context_flags := 17;
  context_flags_lt := eq_refl;
  context_valid := 18;
  context_valid_lt := eq_refl;
|}.
