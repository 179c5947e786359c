(* SPDX-License-Identifier: Apache-2.0 *)
(** * The oracle: the services of the kernel, extracted to OCaml

    The model runs as it stands, over the parameters of x86.  Numbers become OCaml's 63-bit integers, which hold every
    number that the model computes from words of 32 bits.  Two functions are replaced: recursion on N (a loop), and
    [update], which also notes the argument that it changes, so that the driver can tell what a call touched. *)
Require Import NArith Extraction ExtrOcamlBasic ExtrOcamlNatInt ExtrOcamlZInt.
From Pip.Model Require Import Primitives.
From Pip.Services Require Import CreatePartition Prepare AddRemove DeletePartition Collect Yield Deliver State.

Definition x86_kernel_slot (i : index) : bool := (i =? 0) || (832 <=? i) && (i <=? 1022).

(** A machine with frames below [frames], of which those below [memory_begin] are devices, and the root partition's
    descriptor at [root]. *)
Definition x86_machine (root memory_begin frames : page) : Params := {|
  table_size := 1024;
  table_size_gt_1 := eq_refl;
  top := 1;
  top_positive := le_n 1;
  kernel_slot := x86_kernel_slot;
  root_partition := root;
  first_page := memory_begin;
  pages := frames;
  list_capacity := 255;
  list_capacity_pos := eq_refl;
  vidt_page := 1048575;
  context_bytes := 64;
  context_words := 12;
  context_in_page := ltac:(split; vm_compute; discriminate);
  context_flags := 1;
  context_flags_lt := eq_refl;
  context_valid := 11;
  context_valid_lt := eq_refl;
|}.

Extract Inlined Constant N.to_nat => "(fun n -> n)".
Extract Inlined Constant N.of_nat => "(fun n -> n)".
Extract Inlined Constant N.eqb => "(fun (a : int) b -> a = b)".
Extract Inlined Constant N.ltb => "(fun (a : int) b -> a < b)".
Extract Inlined Constant N.leb => "(fun (a : int) b -> a <= b)".
Extract Inlined Constant N.div => "(fun a b -> if b = 0 then 0 else a / b)".
Extract Inlined Constant N.modulo => "(fun a b -> if b = 0 then a else a mod b)".
Extract Constant N.recursion =>
  "(fun start step n -> let rec go i x = if i >= n then x else go (i + 1) (step i x) in go 0 start)".
Extract Constant N.pow => "(fun base n -> let rec go i x = if i >= n then x else go (i + 1) (x * base) in go 0 1)".
Extract Constant update => "(fun f i x -> Journal.note i; fun j -> if j = i then x else f j)".

Extraction "model.ml" x86_machine status_number update empty_table mmu_entry is_user_page
  createPartition countToMap prepare addVAddr removeVAddr mappedInChild deletePartition collect yieldTo
  deliverInterrupt deliverFault getIntState setIntState physicalAddress.
