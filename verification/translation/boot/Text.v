(* SPDX-License-Identifier: Apache-2.0 *)
(** * boot_check.h and boot_check.c, as strings

    Each is a list of pieces, a function's name with its text; a piece without a name is text only.  They are computed
    here, so that extraction only has constants to write.

    TRUSTED: the text that is not printed from the certified program: what stands between the pieces. *)
From Coq Require Import List String Bool.
From Pip.Translation Require Import Lang CSyn Print.
From Pip.Translation.Boot Require Import Project Program.
Import ListNotations.
Local Open Scope string_scope.

Lemma the_entry_points_exist : entry_points_exist boot_entry_points boot_program = true.
Proof. vm_compute. reflexivity. Qed.

Definition boot_check_h : list (string * string) := Eval vm_compute in
  header_file "PIP_BOOT_CHECK_H" ["pipcore/boot-check/boot_types.h"]
    (entries boot_type_names boot_entry_points (c_prog boot_program)).

Definition boot_check_c : list (string * string) := Eval vm_compute in
  source_file ["boot_check.h"; "pipcore/boot-check/boot_words.h"]
    (definitions boot_type_names boot_syntax boot_entry_points (c_prog boot_program)).
