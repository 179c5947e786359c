(* SPDX-License-Identifier: Apache-2.0 *)
(** * Extraction of the C text of the sample, for write_c.ml *)
From Coq Require Extraction ExtrOcamlBasic ExtrOcamlNativeString.
From Pip.Translation.Sample Require Import Project.

Definition files := (sample_h, sample_c).
Extraction "text.ml" files.
