(* SPDX-License-Identifier: Apache-2.0 *)
(** * The oracle: the services of the kernel, extracted to OCaml

    The model runs as it stands, on the machine of the theorems about x86 (Machines.v), but that memory may begin and
    end elsewhere: so tests compare the C with what is proved, its numbers included.  Numbers become OCaml's 63-bit
    integers, which hold every number that the model computes from words of 32 bits.  Two functions are replaced:
    recursion on N (a loop), and [update], which also notes the argument that it changes, so that the driver can tell
    what a call touched. *)
Require Import NArith Extraction ExtrOcamlBasic ExtrOcamlNatInt ExtrOcamlZInt.
From Pip.Model Require Import Machines Primitives.
From Pip.Services Require Import CreatePartition Prepare AddRemove DeletePartition Collect Yield Deliver State.

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
