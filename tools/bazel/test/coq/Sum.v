(* SPDX-License-Identifier: Apache-2.0 *)
(** A sample for the tests of the rules: a file that requires another. *)
From Coq Require Import Arith FunctionalExtensionality.
From Pip.Tools.Bazel.Test.Coq Require Import Even.

(** Uses functional extensionality, which is allowed. *)
Lemma even_sum : (fun n => even (n + n)) = (fun _ => true).
Proof. extensionality n. apply even_double. Qed.
