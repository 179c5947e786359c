(* SPDX-License-Identifier: Apache-2.0 *)
(** * Contexts: the registers of a partition, saved to and loaded from its own memory

    A context stands anywhere in user memory: at any alignment, perhaps across two pages.  Whatever stands there is
    loaded; user memory is never trusted to be well formed. *)
From Pip.Services Require Export Walk.
Open Scope monad_scope.

Section Context_.
Context `{Params}.

(** The context at address [a] of [part], for reading; its first page is no page if user mode cannot read all of it. *)
Definition readable_context (part : page) (a : word) : K context :=
  if word_eq a zero then ret (no_context part) else
  let! p := readable_page part (page_number a) in
  if page_eq p no_page then ret (no_context part) else
  if in_one_page a then ret (UserContext part p p (page_offset a)) else
  if negb (context_fits a) then ret (no_context part) else
  let! q := readable_page part (page_number (context_end a)) in
  if page_eq q no_page then ret (no_context part) else
  ret (UserContext part p q (page_offset a)).

(** The same for writing. *)
Definition writable_context (part : page) (a : word) : K context :=
  if word_eq a zero then ret (no_context part) else
  let! p := writable_page part (page_number a) in
  if page_eq p no_page then ret (no_context part) else
  if in_one_page a then ret (UserContext part p p (page_offset a)) else
  if negb (context_fits a) then ret (no_context part) else
  let! q := writable_page part (page_number (context_end a)) in
  if page_eq q no_page then ret (no_context part) else
  ret (UserContext part p q (page_offset a)).

(** Registers from [i] on, one by one: for a context that is not aligned or lies in two pages. *)
Fixpoint load_slowly (fuel : nat) (p q : page) (o : offset) (i : index) : K unit :=
  match fuel with
  | O => ret tt
  | S less =>
      load_register p q o i ;;
      let! next := next_register i in
      load_slowly less p q o next
  end.

Fixpoint store_slowly (fuel : nat) (p q : page) (o : offset) (i : index) : K unit :=
  match fuel with
  | O => ret tt
  | S less =>
      store_register p q o i ;;
      let! next := next_register i in
      store_slowly less p q o next
  end.

(** Makes [c]'s partition the running one, with the registers and the interrupt state of the context. *)
Definition resume (c : context) : K unit :=
  (if is_plain_offset (context_offset c) then load_registers (context_first c) (context_offset c)
   else load_slowly context_fuel (context_first c) (context_second c) (context_offset c) first_index) ;;
  let! flags := read_register pipflags_register in
  set_interrupt_state (context_partition c) (wants_interrupts flags) ;;
  switch_to (context_partition c).

(** Saves the registers to [c], with [flags] as the interrupt state to wake up with. *)
Definition save (c : context) (flags : word) : K unit :=
  write_register pipflags_register flags ;;
  write_register valid_register valid_mark ;;
  if is_plain_offset (context_offset c) then store_registers (context_first c) (context_offset c)
  else store_slowly context_fuel (context_first c) (context_second c) (context_offset c) first_index.

(** The context that [part]'s VIDT names at [i]. *)
Definition handler_context (part : page) (vidt_frame : page) (i : word) : K context :=
  let! a := read_word vidt_frame (vidt_index i) in
  readable_context part a.

End Context_.
