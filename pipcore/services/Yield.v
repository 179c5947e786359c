(* SPDX-License-Identifier: Apache-2.0 *)
(** * yield: control passes to a child or to the parent *)
From Pip.Services Require Export Context.
Open Scope monad_scope.

Section Yield.
Context `{Params}.

(** The last check, and the switch: the caller's registers go to the context at [save_at] (0: nowhere). *)
Definition leave (caller : page) (target : context) (save_at flags_on_yield flags_on_wake : word) : K status :=
  if word_eq save_at zero then
    set_interrupt_state caller (wants_interrupts flags_on_yield) ;;
    resume target ;;
    ret DONE
  else
    let! place := writable_context caller save_at in
    if page_eq (context_first place) no_page then ret CALLER_CONTEXT_UNAVAILABLE else
    save place flags_on_wake ;;
    set_interrupt_state caller (wants_interrupts flags_on_yield) ;;
    resume target ;;
    ret DONE.

(** Resumes the child whose descriptor is at [child], or the parent if [child] is 0, with the context at [vector] of its
    VIDT; saves the caller's registers to the context at [save_slot] of its own.  The order of the checks is that of the
    interface (docs/abi.md, "Results of yield"). *)
Definition yieldTo (child vector save_slot flags_on_yield flags_on_wake : word) : K status :=
  if negb (is_vidt_index vector) then ret INVALID_VECTOR else
  if negb (is_vidt_index save_slot) then ret INVALID_SAVE_SLOT else
  let! caller := current_partition in
  let! target := (if word_eq child zero then parent_of caller else child_at caller child) in
  if page_eq target no_page then
    (if word_eq child zero then ret ROOT_HAS_NO_PARENT else ret NOT_A_CHILD)
  else
  let! caller_vidt := mapping caller vidt in
  if negb (is_user caller_vidt) then ret CALLER_VIDT_UNAVAILABLE else
  let! target_vidt := mapping target vidt in
  if negb (is_user target_vidt) then ret TARGET_VIDT_UNAVAILABLE else
  let! context := handler_context target (frame_of target_vidt) vector in
  if page_eq (context_first context) no_page then ret TARGET_CONTEXT_UNAVAILABLE else
  let! save_at := read_word (frame_of caller_vidt) (vidt_index save_slot) in
  leave caller context save_at flags_on_yield flags_on_wake.

End Yield.
