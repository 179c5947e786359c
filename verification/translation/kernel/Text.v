(* SPDX-License-Identifier: Apache-2.0 *)
(** * services.h and services.c of the kernel, as strings

    Each is a list of pieces, a function's name with its text; a piece without a name is text only.  They are computed
    here, so that extraction only has constants to write.

    TRUSTED: the text that is not printed from the certified program: what stands between the pieces. *)
From Coq Require Import List String Bool.
From Pip.Translation Require Import Lang CSyn Print.
From Pip.Translation.Kernel Require Import Project Program.
Import ListNotations.
Local Open Scope string_scope.

Lemma the_entry_points_exist : entry_points_exist kernel_entry_points kernel_program = true.
Proof. vm_compute. reflexivity. Qed.

Definition services_h : list (string * string) := Eval vm_compute in
  header_file "PIP_SERVICES_H" ["pip/types.h"]
    (entries kernel_type_names kernel_entry_points (c_prog kernel_program)).

Definition services_c : list (string * string) := Eval vm_compute in
  source_file ["services.h"; "pip/mal.h"]
    (definitions kernel_type_names kernel_syntax kernel_entry_points (c_prog kernel_program)).
