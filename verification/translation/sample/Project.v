(* SPDX-License-Identifier: Apache-2.0 *)
(** * The sample, translated and certified *)
From Coq Require Import List String.
From elpi Require Import elpi.
From Pip.Translation Require Import Lang CSyn Print Reify SimProgram.
From Pip.Translation.Sample Require Import Sample.
Import ListNotations.
Local Open Scope string_scope.

Elpi Numbers W32 cell count.
Elpi Data sample_data answer pair.

#[export] Instance sample : language :=
  { state := Sample.memory; data_types := sample_data; without_literals := [] }.

Definition sample_syntax : list (string * syntax) := [
  ("FOUND", Same); ("MISSING", Same); ("Pair", Struct "pair_t" ["answer"; "cell"]);
  ("pair_answer", Field "answer"); ("pair_cell", Field "cell");
  ("cells", Named "CELLS"); ("all_cells", Named "CELLS"); ("cell_eq", Infix "=="); ("answer_eq", Infix "==")
].

Elpi Pure sample_pure sample sample_syntax.
Elpi Monadic sample_primitives sample get put succ.
Elpi Reify sample_program sample sample_pure sample_primitives distance turn_round exchange find_cell point.

Lemma sample_program_fits : program_fits sample_primitives sample_program = true.
Proof. vm_compute. reflexivity. Qed.

Definition sample_entry_points : list string := ["distance"; "turn_round"; "exchange"; "find_cell"; "point"].
Definition sample_h : list (string * string) := Eval vm_compute in
  header_file "SAMPLE_H" ["sample_primitives.h"] (entries [] sample_entry_points (c_prog sample_program)).
Definition sample_c : list (string * string) := Eval vm_compute in
  source_file ["sample.h"] (definitions [] sample_syntax sample_entry_points (c_prog sample_program)).
