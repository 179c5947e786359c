(* SPDX-License-Identifier: Apache-2.0 *)
(** * The bytes of a word, as ACSL sees them: the model's functions, on integers *)
Require Import ZArith.
From Pip.Model Require Import Primitives.
Open Scope Z_scope.

Definition get_byte (w b : Z) : Z := Z.of_N (Primitives.get_byte (Z.to_N w) (Z.to_N b)).
Definition set_byte (w b x : Z) : Z := Z.of_N (Primitives.set_byte (Z.to_N w) (Z.to_N b) (Z.to_N x)).
