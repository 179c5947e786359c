(* SPDX-License-Identifier: Apache-2.0 *)
(** * Extraction of the C text of the kernel's services, for write_c.ml

    TRUSTED: that extraction writes string constants faithfully. *)
From Coq Require Extraction ExtrOcamlBasic ExtrOcamlNativeString.
From Pip.Translation.Kernel Require Import Text.

Definition files := (services_h, services_c).
Extraction "text.ml" files.
