(* SPDX-License-Identifier: Apache-2.0 *)
(** * edf_services.h and edf_services.c of the scheduler, as strings

    Each is a list of pieces, a function's name with its text; a piece without a name is text only.  They are computed
    here, so that extraction only has constants to write.

    TRUSTED: the text that is not printed from the certified program: what stands between the pieces. *)
From Coq Require Import List String Bool.
From Pip.Translation Require Import Lang CSyn Print.
From Pip.Translation.Scheduler Require Import Project Program.
Import ListNotations.
Local Open Scope string_scope.

Lemma the_entry_points_exist : entry_points_exist scheduler_entry_points scheduler_program = true.
Proof. vm_compute. reflexivity. Qed.

Definition edf_services_h : list (string * string) := Eval vm_compute in
  header_file "PIP_EDF_SERVICES_H" ["edf_types.h"]
    (entries scheduler_type_names scheduler_entry_points (c_prog scheduler_program)).

Definition edf_services_c : list (string * string) := Eval vm_compute in
  source_file ["edf_services.h"; "edf_primitives.h"]
    (definitions scheduler_type_names scheduler_syntax scheduler_entry_points (c_prog scheduler_program)).
