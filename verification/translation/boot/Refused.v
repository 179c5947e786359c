(* SPDX-License-Identifier: Apache-2.0 *)
(** * Wrong versions of the boot check are refused

    Every single change of these certified programs, at every position, must fail to be certified; the right ones must
    not.  This file does not compile otherwise. *)
From elpi Require Import elpi.
From Pip.BootCheck Require Import Check.
From Pip.Translation Require Import Lang Mutants Reify.
From Pip.Translation.Boot Require Import Project Program.

Section Refused.
Context `{Layout}.

Definition boot_mutants : fundef -> list fundef := mutants boot_pure.

Elpi Refuse boot_language boot_pure boot_mutants take.
Elpi Refuse boot_language boot_pure boot_mutants check_links.
Elpi Refuse boot_language boot_pure boot_mutants check_page.
End Refused.
