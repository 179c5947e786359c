(* SPDX-License-Identifier: Apache-2.0 *)
(** * The kernel's services as a certified program

    For each function [f] of pipcore/services a term [f_ast] of FIR and [f_cert], which says that it means [f]; and
    [kernel_program_cert], which says this of all of them, called from one another.  This file does not compile if one
    certificate does not hold.

    Trusted: nothing. *)
From Coq Require Import List String.
From elpi Require Import elpi.
From Pip.Model Require Import Primitives.
From Pip.Services Require Import Walk Give AddRemove CreatePartition Prepare Collect DeletePartition Context Yield
  Deliver State.
From Pip.Translation Require Import Lang Reify.
From Pip.Translation.Kernel Require Import Project.

Section Program.
Context `{Params}.

Elpi Reify kernel_program kernel kernel_pure kernel_primitives
  walk leaf_mmu leaf_shadow1 leaf_shadow2 descend lowest_mmu lowest_shadow1 lowest_shadow2
  child_at offered mapping readable_page writable_page
  hide show set_gift give give_back
  addVAddr removeVAddr mappedInChild
  createPartition
  countToMap next_in_list extend_list link_tables prepare
  find_in_list maps_at is_spare give_back_linked collect
  release release_table release_tables deletePartition
  readable_context writable_context load_slowly store_slowly resume save handler_context
  leave yieldTo
  save_at_slot save_interrupted handler_in handler_from nearest_handler interrupt_to deliverInterrupt deliverFault
  getIntState setIntState physicalAddress.

End Program.
