(* SPDX-License-Identifier: Apache-2.0 *)
(** A sample for the tests of the rules: extraction. *)
From Coq Require Extraction ExtrOcamlNatInt.
From Pip.Tools.Bazel.Test.Coq Require Import Even.

Extraction "even.ml" even.
