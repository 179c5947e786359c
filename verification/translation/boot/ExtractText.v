(* SPDX-License-Identifier: Apache-2.0 *)
(** * Extraction of the C text of the boot check, for write_c.ml

    TRUSTED: that extraction writes string constants faithfully. *)
From Coq Require Extraction ExtrOcamlBasic ExtrOcamlNativeString.
From Pip.Translation.Boot Require Import Text.

Definition files := (boot_check_h, boot_check_c).
Extraction "text.ml" files.
