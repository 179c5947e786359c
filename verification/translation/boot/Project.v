(* SPDX-License-Identifier: Apache-2.0 *)
(** * The boot check, for the translation: types, primitives, and their C syntax

    TRUSTED: [boot_syntax] and [boot_type_names], the C names and syntax; and that the C of each primitive, in
    pipcore/boot-check/boot_words.h and pipcore/mal, does what the primitive of pipcore/boot-check/Words.v does. *)
From Coq Require Import List String.
From elpi Require Import elpi.
From Pip.BootCheck Require Import Check.
From Pip.Translation Require Import Lang Print Reify.
Import ListNotations.
Local Open Scope string_scope.

Elpi Numbers W32 page.
Elpi Numbers W32 index.
Elpi Numbers W32 word entry_word.
Elpi Data boot_data fault finding.

#[export] Instance boot_language : language :=
  { state := Words.boot_words; data_types := boot_data; without_literals := [] }.

Definition boot_type_names : list (string * string) := [
  ("entry_word", "entry_t"); ("fault", "boot_fault_t"); ("finding", "boot_finding_t")
].

Definition boot_syntax : list (string * syntax) := [
  ("SOUND", Named "BOOT_SOUND"); ("KERNEL_RANGE_OUTSIDE", Named "BOOT_KERNEL_RANGE_OUTSIDE");
  ("NOT_THE_ROOT", Named "BOOT_NOT_THE_ROOT"); ("WRONG_TABLE_LOADED", Named "BOOT_WRONG_TABLE_LOADED");
  ("BAD_DESCRIPTOR", Named "BOOT_BAD_DESCRIPTOR"); ("BAD_LIST", Named "BOOT_BAD_LIST");
  ("KERNEL_ENTRY_CHANGED", Named "BOOT_KERNEL_ENTRY_CHANGED"); ("KERNEL_ENTRY_OPEN", Named "BOOT_KERNEL_ENTRY_OPEN");
  ("BAD_LINK", Named "BOOT_BAD_LINK"); ("BAD_ENTRY", Named "BOOT_BAD_ENTRY");
  ("LEFTOVER_IN_SHADOW", Named "BOOT_LEFTOVER_IN_SHADOW"); ("FRAME_OUTSIDE", Named "BOOT_FRAME_OUTSIDE");
  ("FRAME_TAKEN", Named "BOOT_FRAME_TAKEN");
  ("Finding", Struct "boot_finding_t" ["fault"; "slot"; "index"]);
  ("found", Field "fault"); ("found_slot", Field "slot"); ("found_index", Field "index");

  ("page_eq", Infix "=="); ("word_eq", Infix "=="); ("entry_word_eq", Infix "=="); ("fault_eq", Infix "==");

  ("zero", Same); ("first_index", Same); ("root", Named "root_partition"); ("table_fuel", Same); ("slot_fuel", Same);
  ("page_fuel", Same);
  ("mmu_place", Same); ("shadow1_place", Same); ("shadow2_place", Same); ("list_place", Same); ("parent_place", Same);
  ("vsti_place", Same); ("next_place", Same); ("origin_place", Same); ("count_place", Same);
  ("image_begin", Same); ("image_end", Same); ("tables_begin", Same); ("tables_end", Same);

  ("page_aligned", Same); ("named_frame", Named "page_number"); ("ordinary_memory", Same);
  ("user_frame", Same); ("frame_exists", Same); ("past", Same); ("is_kernel_slot", Same);
  ("absent_word", Named "no_entry"); ("leaf_word", Named "user_entry"); ("link_word", Same);
  ("word_frame", Named "frame_of"); ("word_writable", Named "is_writable"); ("word_executable", Named "is_executable");
  ("word_is_user", Named "is_user"); ("same_mapping", Same)
].

Section Tables.
Context `{Layout}.

Elpi Pure boot_pure boot_language boot_syntax.

(** ** Monadic primitives: C functions of the same name *)
Elpi Monadic boot_primitives boot_language
  boot_word boot_entry boot_link link_follows directory_entry boot_partition loaded_table is_taken mark_taken
  frame_after index_after.

End Tables.

(** ** What the kernel calls *)
Definition boot_entry_points : list string := ["check_boot"].
