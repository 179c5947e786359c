(* SPDX-License-Identifier: Apache-2.0 *)
(** * Interrupts and faults: the running partition stops, the root or an ancestor is told *)
From Pip.Services Require Export Context.
Open Scope monad_scope.

Section Deliver.
Context `{Params}.

(** Saves the registers of [source] to the context that [slot] of its VIDT names, if it can. *)
Definition save_at_slot (source vidt_frame : page) (slot : index) (flags : word) : K unit :=
  let! save_at := read_word vidt_frame slot in
  let! place := writable_context source save_at in
  if page_eq (context_first place) no_page then ret tt else
  save place flags.

(** The same with the slot and the flags that tell the interrupt state of [source]: 48 when it is VCLI, 49 when it is
    VSTI. *)
Definition save_interrupted (source : page) : K unit :=
  let! vsti := interrupt_state source in
  let! own_vidt := mapping source vidt in
  if negb (is_user own_vidt) then ret tt else
  if vsti then save_at_slot source (frame_of own_vidt) vsti_slot (flag_word true)
  else save_at_slot source (frame_of own_vidt) vcli_slot (flag_word false).

(** What [part] has ready for [vector]; no page if it cannot be told. *)
Definition handler_in (part : page) (vector : word) : K context :=
  let! its_vidt := mapping part vidt in
  if negb (is_user its_vidt) then ret (no_context part) else
  handler_context part (frame_of its_vidt) vector.

(** The same for [part] or the first of its ancestors that can be told; they are told of a double fault.  Nobody is
    above the root: if it cannot be told of [vector], it is told of a double fault itself, so no child stops the machine
    with a vector that the root did not think of. *)
Fixpoint handler_from (fuel : nat) (part : page) (vector : word) : K context :=
  match fuel with
  | O => ret (no_context no_page)
  | S less =>
      let! handler := handler_in part vector in
      if negb (page_eq (context_first handler) no_page) then ret handler else
      if page_eq part root then handler_in root double_fault else
      let! parent := parent_of part in
      handler_from less parent double_fault
  end.

(** The same.  [part] itself can nearly always be told: it is asked before the search begins. *)
Definition nearest_handler (part : page) (vector : word) : K context :=
  if page_eq part no_page then ret (no_context no_page) else
  let! handler := handler_in part vector in
  if page_eq (context_first handler) no_page then handler_from page_fuel part vector else
  ret handler.

(** Leaves the running partition for [handler]. *)
Definition interrupt_to (handler : context) : K status :=
  if page_eq (context_first handler) no_page then ret NO_HANDLER else
  let! source := current_partition in
  save_interrupted source ;;
  resume handler ;;
  ret DONE.

(** A hardware interrupt goes to the root partition. *)
Definition deliverInterrupt (vector : word) : K status :=
  let! handler := handler_in root vector in
  interrupt_to handler.

(** A fault or a software interrupt of the running partition goes to its parent. *)
Definition deliverFault (vector : word) : K status :=
  let! source := current_partition in
  let! parent := parent_of source in
  let! handler := nearest_handler parent vector in
  interrupt_to handler.

End Deliver.
