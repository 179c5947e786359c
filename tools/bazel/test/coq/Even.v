(* SPDX-License-Identifier: Apache-2.0 *)
(** A sample for the tests of the rules: even numbers. *)
From Coq Require Import Arith.

Fixpoint even (n : nat) : bool := match n with 0 => true | 1 => false | S (S m) => even m end.

Lemma even_double n : even (n + n) = true.
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite Nat.add_succ_r. exact IH.
Qed.
