(* SPDX-License-Identifier: Apache-2.0 *)
(** * The types that services and C share

    Every number is an [N]; the aliases say what it counts, and become C types of the same name ([page] is [page_t]).
    Proofs unfold the aliases first, so that arithmetic tactics see [N]. *)
Require Export NArith.
Open Scope N_scope.

(** A physical page, named by its frame number; 0 is never a page of a partition. *)
Definition page : Type := N.
(** A virtual page number: a virtual address without its offset; 0 stands for "none". *)
Definition vaddr : Type := N.
(** A position in a table, at most the number of entries per table (which means "past the end"). *)
Definition index : Type := N.
(** A level of a table tree: leaves are at level 0. *)
Definition level : Type := N.
(** A machine word: an argument, a register, a word of user memory, a byte address. *)
Definition word : Type := N.
(** A byte within a page. *)
Definition offset : Type := N.

(** ** What a service answers

    The refusals of yield have the numbers that partitions know (docs/abi.md, "Results of yield"); the others follow. *)
Inductive status : Type :=
| DONE
| INVALID_VECTOR                (**  1: the vector is not an index of a VIDT *)
| INVALID_SAVE_SLOT             (**  2: the save slot is not an index of a VIDT *)
| ROOT_HAS_NO_PARENT            (**  3: the root yields to its parent *)
| NOT_A_CHILD                   (**  4: no child of the caller has its descriptor there *)
| TARGET_VIDT_UNAVAILABLE       (**  5: the target has no readable VIDT *)
| CALLER_VIDT_UNAVAILABLE       (**  6: the caller has no readable VIDT *)
| TARGET_MASKED                 (**  7: reserved by the interface, never answered *)
| TARGET_CONTEXT_UNAVAILABLE    (**  8: the target's VIDT names no readable context *)
| CALLER_CONTEXT_UNAVAILABLE    (**  9: the caller's VIDT names no writable place to save to *)
| BAD_ADDRESS                   (** 10: not page-aligned, or not an address of user space *)
| NOT_MAPPED                    (** 11: the address maps no page *)
| NOT_ACCESSIBLE                (** 12: the page there is a kernel structure of a descendant *)
| ALREADY_GIVEN                 (** 13: the page is given to a child *)
| NOT_ORDINARY_MEMORY           (** 14: device memory cannot hold kernel structures *)
| NOT_WRITABLE                  (** 15: a page that the caller may not write cannot become a kernel structure *)
| SAME_PAGE                     (** 16: one page is offered twice *)
| NO_TABLE                      (** 17: no table is prepared for the address in the child *)
| OCCUPIED                      (** 18: the child already has a page there *)
| RIGHTS_EXCEEDED               (** 19: the caller asks for a right that it has not itself *)
| UNREADABLE                    (** 20: a mapping without the right to read does not exist *)
| NOT_EMPTY                     (** 21: the table still maps something *)
| NOTHING_TO_COLLECT            (** 22: only the root table is left for that address *)
| NOT_LISTED                    (** 23: the configuration list does not know where the table came from *)
| NO_HANDLER                    (** 24: nobody up to the root can be told *)
| NOT_ROOT.                     (** 25: only the root partition may ask this *)

(** The number of a status at the interface. *)
Definition status_number (s : status) : N :=
  match s with
  | DONE => 0 | INVALID_VECTOR => 1 | INVALID_SAVE_SLOT => 2 | ROOT_HAS_NO_PARENT => 3 | NOT_A_CHILD => 4
  | TARGET_VIDT_UNAVAILABLE => 5 | CALLER_VIDT_UNAVAILABLE => 6 | TARGET_MASKED => 7
  | TARGET_CONTEXT_UNAVAILABLE => 8 | CALLER_CONTEXT_UNAVAILABLE => 9 | BAD_ADDRESS => 10 | NOT_MAPPED => 11
  | NOT_ACCESSIBLE => 12 | ALREADY_GIVEN => 13 | NOT_ORDINARY_MEMORY => 14 | NOT_WRITABLE => 15 | SAME_PAGE => 16
  | NO_TABLE => 17 | OCCUPIED => 18 | RIGHTS_EXCEEDED => 19 | UNREADABLE => 20 | NOT_EMPTY => 21
  | NOTHING_TO_COLLECT => 22 | NOT_LISTED => 23 | NO_HANDLER => 24 | NOT_ROOT => 25
  end.

(** A status and, where the service has one, a value (else 0). *)
Record answer : Type := Answer { answer_status : status; answer_value : word }.

(** ** What memory holds *)

(** An entry of an MMU table, or of an interior table of a shadow tree.  [e_kernel] marks the slots of a partition's
    top MMU table that belong to the kernel: no service reads or writes them. *)
Record entry : Type := Entry {
  e_frame : page;
  e_present : bool;
  e_user : bool;
  e_write : bool;
  e_execute : bool;
  e_kernel : bool;
}.

(** An entry of a leaf of shadow 1: the child that the page was given to, named by the virtual page of its descriptor
    (0: nobody), and whether this page is that descriptor. *)
Record gift : Type := Gift { gift_child : vaddr; gift_is_descriptor : bool }.

(** A record of a configuration list: the three tables that [prepare] linked at once, named by the page of the MMU
    table, with the virtual pages at which the parent maps them. *)
Record table_record : Type := TableRecord {
  record_table : page;
  record_mmu : vaddr;
  record_shadow1 : vaddr;
  record_shadow2 : vaddr;
}.

(** The header of a page of a configuration list: the next page (0: none), where the parent maps this page, and how
    many records it holds. *)
Record list_header : Type := ListHeader { list_next : page; list_origin : vaddr; list_count : index }.

(** A partition descriptor: the roots of its three trees, its configuration list, its parent (0 for the root
    partition), and its interrupt state (true: VSTI, interrupts are welcome). *)
Record descriptor : Type := Descriptor {
  d_mmu : page;
  d_shadow1 : page;
  d_shadow2 : page;
  d_list : page;
  d_parent : page;
  d_vsti : bool;
}.

(** ** Records that helper functions return *)

(** A page that a partition may give to the kernel, or the reason why not. *)
Record offer : Type := Offer { offer_status : status; offer_page : page }.

(** Where a walk ended: the lowest existing table on the way, its level, and the table that points to it. *)
Record place : Type := Place { place_table : page; place_level : level; place_parent : page }.

(** A record in a configuration list: the page and the position; page 0 if there is none. *)
Record list_slot : Type := ListSlot { slot_page : page; slot_index : index }.

(** A context in user memory: the partition, the one or two pages that hold it (first page 0: no such context), and the
    byte offset in the first. *)
Record context : Type := UserContext {
  context_partition : page;
  context_first : page;
  context_second : page;
  context_offset : offset;
}.
