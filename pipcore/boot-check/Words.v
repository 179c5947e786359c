(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the boot check reads: memory as words

    At boot nothing says yet what a frame is for, so the check does not read typed memory: it reads words, which exist
    whatever boot has done.  Each primitive is a C function or constant of the same name (boot_words.h, or a shim of
    pipcore/mal named in verification/translation/boot/Project.v), undefined outside its range. *)
From Coq Require Import List.
From Pip.Model Require Export Primitives.
Open Scope N_scope.
Open Scope monad_scope.

(** A word of an MMU table or of an interior shadow table. *)
Definition entry_word : Type := N.

(** How the architecture writes entries, and which frames the kernel itself stands in. *)
Class Layout `{Params} := {
  leaf_word : page -> bool -> bool -> entry_word;     (** of a leaf MMU table: frame, right to write, to execute *)
  link_words : N;                                     (** how many words of a top table make a link *)
  link_word : page -> entry_word;                     (** of an interior table: the first of them *)
  later_link_word : page -> N -> entry_word;          (** the others, by their position in the link *)
  top_slots : N;                                      (** slots that a top table has; the kernel's others are nowhere *)
  absent_word : entry_word;
  word_frame : entry_word -> page;                    (** the parts of a word, if it is one of these *)
  word_writable : entry_word -> bool;
  word_executable : entry_word -> bool;
  word_is_user : entry_word -> bool;                  (** user mode may pass: of a kernel's entry *)
  same_mapping : entry_word -> entry_word -> bool;    (** equal, but for what the MMU notes: accessed, dirty *)
  device_frame : page -> bool;                        (** devices that the root partition may map *)
  noted_frames : N;                                   (** frames of which the check can note that they are in use *)
  image_begin : page; image_end : page;               (** the kernel's text, data and stack *)
  tables_begin : page; tables_end : page;             (** tables that boot took for the kernel's window *)
  table_in_page : table_size <= 1024;
  slots_in_table : top_slots <= table_size /\ 0 < link_words /\ link_words * top_slots <= 1024;
  slots_elsewhere : forall i, top_slots <= i -> i < table_size -> kernel_slot i = true;
  all_noted : pages <= noted_frames /\ forall p, device_frame p = true -> p < noted_frames;
  frame_0_is_nobodys : 0 < first_page /\ device_frame 0 = false;
}.

Record boot_words : Type := BootWords {
  word_at : page -> index -> word;                    (* physical memory *)
  directory : index -> entry_word;                    (* the kernel's entries, as each top table must have them *)
  running : page;                                     (* the partition that user mode will run as *)
  loaded : word;                                      (* the top table that the MMU uses *)
  taken : page -> bool;                               (* frames that the check has seen in use *)
}.

Notation B := (M boot_words).

(** What is wrong; [SOUND]: nothing. *)
Inductive fault : Type :=
| SOUND
| KERNEL_RANGE_OUTSIDE        (** the kernel's own frames are not within memory *)
| NOT_THE_ROOT                (** another partition than the root would run *)
| WRONG_TABLE_LOADED          (** the MMU uses another table than the root partition's *)
| BAD_DESCRIPTOR              (** the root's descriptor names no pages, has a parent, or takes interrupts *)
| BAD_LIST                    (** the root's configuration list is not empty *)
| KERNEL_ENTRY_CHANGED        (** a slot of the kernel does not hold the kernel's entry *)
| KERNEL_ENTRY_OPEN           (** the kernel's entry lets user mode pass *)
| BAD_LINK                    (** an interior entry is neither absent nor a link, or not in all three trees *)
| BAD_ENTRY                   (** a leaf entry is neither absent nor a user page *)
| LEFTOVER_IN_SHADOW          (** a shadow table says something, though there is no child *)
| FRAME_OUTSIDE               (** a frame that does not exist, or may not be used like this *)
| FRAME_TAKEN.                (** a frame that already serves: twice mapped, a table, the kernel's *)

Definition fault_number (f : fault) : N :=
  match f with
  | SOUND => 0 | KERNEL_RANGE_OUTSIDE => 1 | NOT_THE_ROOT => 2 | WRONG_TABLE_LOADED => 3 | BAD_DESCRIPTOR => 4
  | BAD_LIST => 5 | KERNEL_ENTRY_CHANGED => 6 | KERNEL_ENTRY_OPEN => 7 | BAD_LINK => 8 | BAD_ENTRY => 9
  | LEFTOVER_IN_SHADOW => 10 | FRAME_OUTSIDE => 11 | FRAME_TAKEN => 12
  end.
Definition fault_eq (a b : fault) : bool := fault_number a =? fault_number b.

(** A fault, and where: the slot of the top tables, the position in the leaf tables. *)
Record finding : Type := Finding { found : fault; found_slot : index; found_index : index }.

Definition entry_word_eq (a b : entry_word) : bool := a =? b.
(** The frame that a word of a descriptor names. *)
Definition named_frame (w : word) : page := w / page_bytes.

(** Words of a descriptor and of a configuration list. *)
Definition mmu_place : index := 0.
Definition shadow1_place : index := 1.
Definition shadow2_place : index := 2.
Definition list_place : index := 3.
Definition parent_place : index := 4.
Definition vsti_place : index := 5.
Definition next_place : index := 0.
Definition origin_place : index := 1.
Definition count_place : index := 2.

Section Words.
Context `{Layout}.

Definition frame_exists (p : page) : bool := p <? pages.
(** A frame that user mode may have. *)
Definition user_frame (p : page) : bool := (first_page <=? p) && (p <? pages) || device_frame p.
Definition past (p limit : page) : bool := limit <=? p.
Definition is_kernel_slot (i : index) : bool := kernel_slot i.

(** Frames of the kernel: it does not see its own image through the window. *)
Definition kernel_frame (p : page) : bool :=
  (image_begin <=? p) && (p <? image_end) || (tables_begin <=? p) && (p <? tables_end).

Definition boot_word (p : page) (i : index) : B word := fun s =>
  if (p <? pages) && negb (kernel_frame p) && (i <? 1024) then Done (word_at s p i) s else Undefined.
Definition boot_entry (p : page) (i : index) : B entry_word := boot_word p i.
(** The link in slot [i] of a top table: its first word; and whether the others are, like that word [e], absent, or
    those of a link to the same table. *)
Definition slot_fuel : nat := N.to_nat top_slots.
Definition link_place (i : index) : index := link_words * i.
Definition boot_link (p : page) (i : index) : B entry_word :=
  if i <? top_slots then boot_word p (link_place i) else undefined.
Definition later_word (e : entry_word) (k : N) : entry_word :=
  if e =? absent_word then absent_word else later_link_word (word_frame e) k.
Definition later_words_are (w : index -> word) (i : index) (e : entry_word) : bool :=
  forallb (fun k => w (link_place i + N.of_nat k) =? later_word e (N.of_nat k)) (seq 1 (N.to_nat link_words - 1)).
Definition link_follows (p : page) (i : index) (e : entry_word) : B bool := fun s =>
  if (p <? pages) && negb (kernel_frame p) && (i <? top_slots) then Done (later_words_are (word_at s p) i e) s
  else Undefined.
Definition directory_entry (i : index) : B entry_word := fun s =>
  if i <? table_size then Done (directory s i) s else Undefined.
Definition boot_partition : B page := fun s => Done (running s) s.
Definition loaded_table : B word := fun s => Done (loaded s) s.
Definition is_taken (p : page) : B bool := fun s => if p <? noted_frames then Done (taken s p) s else Undefined.
Definition mark_taken (p : page) : B unit := fun s =>
  if p <? noted_frames
  then Done tt (BootWords (word_at s) (directory s) (running s) (loaded s) (update (taken s) p true))
  else Undefined.
Definition frame_after (p : page) : B page := if p <? pages then ret (p + 1) else undefined.
Definition index_after (i : index) : B index := if i <? table_size then ret (i + 1) else undefined.

End Words.
