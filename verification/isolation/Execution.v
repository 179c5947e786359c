(* SPDX-License-Identifier: Apache-2.0 *)
(** * Executions: what partitions, the kernel and the outside world may do, in any order

    User mode reads, writes and executes what the hardware lets it: through an entry that the translation buffer may
    still hold or that the tables hold now (x86: Intel SDM volume 3A, sections 4.6 and 4.10; ARMv7: ARM DDI 0406C,
    sections B3.7.1, B3.7.2 and B3.9).  Access needs the user flag, a write also the write flag, a fetch also the right
    to execute where the machine has it; the buffer may be used instead of the tables.  Reads and fetches leave memory
    as it is; whatever they bring, registers may get any values at any moment.  At any moment the partition may call a
    service with any arguments, cause a fault, or be interrupted. *)
From Pip.Isolation Require Export Base.
From Pip.Services Require Import AddRemove CreatePartition Prepare Collect DeletePartition Yield Deliver State.

(** A way into the kernel, with whatever arguments. *)
Inductive call : Type :=
| CallCreatePartition (descriptor_at mmu_at shadow1_at shadow2_at list_at : word)
| CallCountToMap (child va : word)
| CallPrepare (child va first : word)
| CallAddVAddr (source child destination : word) (r w x : bool)
| CallRemoveVAddr (child va : word)
| CallMappedInChild (va : word)
| CallDeletePartition (child : word)
| CallCollect (child va : word)
| CallYield (child vector save_slot flags_on_yield flags_on_wake : word)
| CallGetIntState (child : word)
| CallSetIntState (flags : word)
| CallPhysicalAddress (va : word)
| Interrupt (vector : word)
| Fault (vector : word).

Section Execution.
Context `{Params}.

(** What a call answers: a status, and a value where the service has one. *)
Definition plain (m : K status) : K answer := let! st := m in ret (Answer st 0).
Definition run (c : call) : K answer :=
  match c with
  | CallCreatePartition d m s1 s2 l => plain (createPartition d m s1 s2 l)
  | CallCountToMap child va => countToMap child va
  | CallPrepare child va first => prepare child va first
  | CallAddVAddr source child destination r w x => plain (addVAddr source child destination r w x)
  | CallRemoveVAddr child va => plain (removeVAddr child va)
  | CallMappedInChild va => mappedInChild va
  | CallDeletePartition child => plain (deletePartition child)
  | CallCollect child va => collect child va
  | CallYield child vector slot f f' => plain (yieldTo child vector slot f f')
  | CallGetIntState child => getIntState child
  | CallSetIntState flags => plain (setIntState flags)
  | CallPhysicalAddress va => physicalAddress va
  | Interrupt vector => plain (deliverInterrupt vector)
  | Fault vector => plain (deliverFault vector)
  end.

(** What the kernel does then. *)
Definition outcome_of {A} (m : K A) : K unit := bind m (fun _ => ret tt).
Definition serve (c : call) : K unit := outcome_of (run c).

(** The entry that the hardware may use for page [v] of the running partition. *)
Definition translates (s : state) (v : N) (e : entry) : Prop :=
  e = tlb s v \/ e = mmu_entry (mem s) (current s) v.

(** What user mode does with a page, and what the hardware asks for it. *)
Inductive access : Type := Read | Write | Execute.
Definition permits (e : entry) (x : access) : bool :=
  e_user e && match x with Read => true | Write => e_write e | Execute => e_execute e end.

(** One step. *)
Inductive step_to : state -> state -> Prop :=
| kernel_step c s s' : serve c s = Done tt s' -> step_to s s'
| write_step s s' v e i w : translates s v e -> permits e Write = true ->
    write_word (e_frame e) i w s = Done tt s' -> step_to s s'
| register_step s r : step_to s (State (mem s) (current s) r (tlb s)).

Inductive steps_to : state -> state -> Prop :=
| steps_refl s : steps_to s s
| steps_next s s1 s2 : step_to s s1 -> steps_to s1 s2 -> steps_to s s2.

End Execution.
