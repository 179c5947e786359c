(* SPDX-License-Identifier: Apache-2.0 *)
(** * The machine: typed memory, virtual addresses, translation buffer

    Memory maps each frame to an object of one kind; writes to different frames cannot interfere, and reading a frame as
    the wrong kind is undefined.  All is generic in the number of entries per table and of levels. *)
Require Export NArith Bool.
From Pip.Model Require Export Monad Types.
Open Scope N_scope.

(** What an architecture and a boot choose. *)
Class Params := {
  table_size : N;                       (** entries per table *)
  table_size_gt_1 : 1 < table_size;
  top : nat;                            (** level of a root table; leaves are level 0 *)
  top_positive : (0 < top)%nat;
  kernel_slot : index -> bool;          (** slots of a top MMU table that belong to the kernel *)
  root_partition : page;                (** descriptor of the root partition *)
  first_page : page;                    (** lower frames are devices and firmware *)
  pages : N;                            (** frames from here on do not exist *)
  list_capacity : N;                    (** records per page of a configuration list *)
  list_capacity_pos : 0 < list_capacity;
  vidt_page : vaddr;                    (** where each partition has its virtual interrupt descriptor table *)
  context_bytes : N;                    (** bytes of a context; those after its words are reserved *)
  context_words : N;                    (** words of a context that are saved and loaded *)
  context_in_page : 4 * context_words <= context_bytes <= 4096;
  context_flags : index;                (** which word of a context is the interrupt state *)
  context_flags_lt : context_flags < context_words;
  context_valid : index;                (** which word marks a context that was saved *)
  context_valid_lt : context_valid < context_words;
}.

(** The three trees of a partition. *)
Inductive kind : Type := Mmu | Shadow1 | Shadow2.

(** What a frame holds. *)
Inductive object : Type :=
| Data (words : index -> word)                              (* user data: arbitrary words *)
| DescriptorPage (d : descriptor)
| Table (height : level) (entries : index -> entry)         (* MMU table of any level, interior shadow table *)
| Shadow1Leaf (gifts : index -> gift)
| Shadow2Leaf (origins : index -> vaddr)                    (* where the parent maps the page *)
| ListPage (header : list_header) (records : index -> table_record).

Definition memory : Type := page -> object.

(** [registers] are the user's registers as entry saved them, in the layout of a context.  [tlb] is a bound on what the
    translation buffer may hold for the running partition: the entry of each page when it was last flushed. *)
Record state : Type := State {
  mem : memory;
  current : page;
  registers : index -> word;
  tlb : vaddr -> entry;
}.

Definition update {A} (f : N -> A) (i : N) (x : A) : N -> A := fun j => if j =? i then x else f j.

Definition absent_entry : entry := Entry 0 false false false false false.
Definition kernel_entry : entry := Entry 0 false false false false true.
Definition no_gift : gift := Gift 0 false.
Definition no_record : table_record := TableRecord 0 0 0 0.

Section Addresses.
Context `{Params}.

(** [shifted v l] drops the [l] lowest indexes of [v]. *)
Fixpoint shifted (v : vaddr) (l : nat) : N :=
  match l with O => v | S less => shifted v less / table_size end.

(** The index of [v] in a table of level [l]. *)
Definition position (v : vaddr) (l : nat) : index := shifted v l mod table_size.

(** A page of user space: within the tree, and not in a slot of the kernel. *)
Definition is_user_page (v : vaddr) : bool :=
  (shifted v (S top) =? 0) && negb (kernel_slot (position v top)).

End Addresses.

(** ** What the tables say: the walk that the MMU makes, as a function of memory *)
Section Views.
Context `{Params}.

Definition root_of (d : descriptor) (k : kind) : page :=
  match k with Mmu => d_mmu d | Shadow1 => d_shadow1 d | Shadow2 => d_shadow2 d end.

Fixpoint walk_memory (m : memory) (p : page) (l : nat) (v : vaddr) : option page :=
  match l with
  | O => Some p
  | S less =>
      match m p with
      | Table _ t => if e_present (t (position v l)) then walk_memory m (e_frame (t (position v l))) less v else None
      | _ => None
      end
  end.

(** The leaf table of tree [k] of partition [c] for page [v]. *)
Definition leaf (m : memory) (c : page) (k : kind) (v : vaddr) : option page :=
  if is_user_page v then
    match m c with DescriptorPage d => walk_memory m (root_of d k) top v | _ => None end
  else None.

Definition mmu_entry (m : memory) (c : page) (v : vaddr) : entry :=
  match leaf m c Mmu v with
  | Some p => match m p with Table _ t => t (position v 0) | _ => absent_entry end
  | None => absent_entry
  end.

Definition gift_entry (m : memory) (c : page) (v : vaddr) : gift :=
  match leaf m c Shadow1 v with
  | Some p => match m p with Shadow1Leaf t => t (position v 0) | _ => no_gift end
  | None => no_gift
  end.

Definition origin_entry (m : memory) (c : page) (v : vaddr) : vaddr :=
  match leaf m c Shadow2 v with
  | Some p => match m p with Shadow2Leaf t => t (position v 0) | _ => 0 end
  | None => 0
  end.

Definition parent_entry (m : memory) (c : page) : page :=
  match m c with DescriptorPage d => d_parent d | _ => 0 end.

End Views.
