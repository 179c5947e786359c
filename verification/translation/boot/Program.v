(* SPDX-License-Identifier: Apache-2.0 *)
(** * The boot check as a certified program

    For each function [f] of pipcore/boot-check a term [f_ast] of FIR and [f_cert], which says that it means [f]; and
    [boot_program_cert], which says this of all of them.  This file does not compile if one certificate does not hold.

    Trusted: nothing. *)
From Coq Require Import List String.
From elpi Require Import elpi.
From Pip.BootCheck Require Import Check.
From Pip.Translation Require Import Lang Reify.
From Pip.Translation.Boot Require Import Project.

Section Program.
Context `{Layout}.

Elpi Reify boot_program boot_language boot_pure boot_primitives
  reserve take take_user take_three check_link check_links check_page check_pages check_slot check_slots check_list
  check_trees check_root check_boot.

End Program.
