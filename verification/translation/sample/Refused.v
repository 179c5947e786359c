(* SPDX-License-Identifier: Apache-2.0 *)
(** * Wrong programs are refused

    Every single change of a certified program of the sample, at every position of every function, must fail to be
    certified; the right program must not.  This file does not compile otherwise. *)
From elpi Require Import elpi.
From Pip.Translation Require Import Lang Mutants Reify.
From Pip.Translation.Sample Require Import Sample Project.

Definition sample_mutants : fundef -> list fundef := mutants sample_pure.

Elpi Refuse sample sample_pure sample_mutants distance.
Elpi Refuse sample sample_pure sample_mutants turn_round.
Elpi Refuse sample sample_pure sample_mutants exchange.
Elpi Refuse sample sample_pure sample_mutants find_cell.
Elpi Refuse sample sample_pure sample_mutants point.
