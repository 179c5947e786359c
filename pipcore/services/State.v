(* SPDX-License-Identifier: Apache-2.0 *)
(** * getIntState, setIntState, physicalAddress: small services without a loop *)
From Pip.Services Require Export Walk.
Open Scope monad_scope.

Section State_.
Context `{Params}.

(** The interrupt state of a child: 0 is VCLI, 1 is VSTI. *)
Definition getIntState (child : word) : K answer :=
  let! caller := current_partition in
  let! part := child_at caller child in
  if page_eq part no_page then ret (Answer NOT_A_CHILD zero) else
  let! vsti := interrupt_state part in
  ret (Answer DONE (flag_word vsti)).

(** The caller's own interrupt state: 0 is VCLI, anything else VSTI. *)
Definition setIntState (flags : word) : K status :=
  let! caller := current_partition in
  set_interrupt_state caller (wants_interrupts flags) ;;
  ret DONE.

(** The physical address behind [va], for devices that the root programs. *)
Definition physicalAddress (va : word) : K answer :=
  let! caller := current_partition in
  if negb (page_eq caller root) then ret (Answer NOT_ROOT zero) else
  let! p := readable_page caller (page_number va) in
  if page_eq p no_page then ret (Answer NOT_MAPPED zero) else
  ret (Answer DONE (physical_address p (page_offset va))).

End State_.
