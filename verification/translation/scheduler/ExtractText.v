(* SPDX-License-Identifier: Apache-2.0 *)
(** * Extraction of the C text of the scheduler's services, for write_c.ml

    TRUSTED: that extraction writes string constants faithfully. *)
From Coq Require Extraction ExtrOcamlBasic ExtrOcamlNativeString.
From Pip.Translation.Scheduler Require Import Text.

Definition files := (edf_services_h, edf_services_c).
Extraction "text.ml" files.
