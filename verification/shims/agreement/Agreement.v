(* SPDX-License-Identifier: Apache-2.0 *)
(** * The primitives on words (verification/words), extracted: what C shims and ACSL contracts are compared with

    Numbers become OCaml's 63-bit integers, which hold every number that these functions compute from words. *)
Require Import NArith List String Extraction ExtrOcamlBasic ExtrOcamlNativeString ExtrOcamlNatInt ExtrOcamlZInt.
From Pip.Translation.Kernel Require Import Project.
From Pip.Words Require Import Words WordMachine X86 Armv7.
Import ListNotations.

Extract Inlined Constant N.to_nat => "(fun n -> n)".
Extract Inlined Constant N.of_nat => "(fun n -> n)".
Extract Inlined Constant N.eqb => "(fun (a : int) b -> a = b)".
Extract Inlined Constant N.ltb => "(fun (a : int) b -> a < b)".
Extract Inlined Constant N.leb => "(fun (a : int) b -> a <= b)".
Extract Inlined Constant N.land => "(land)".
Extract Inlined Constant N.lor => "(lor)".
Extract Inlined Constant N.ldiff => "(fun a b -> a land lnot b)".
Extract Inlined Constant N.shiftr => "(lsr)".
Extract Inlined Constant N.shiftl => "(lsl)".
Extract Constant N.recursion =>
  "(fun start step n -> let rec go i x = if i >= n then x else go (i + 1) (step i x) in go 0 start)".

Definition spelling := kernel_syntax.
(** What load_register and store_register are made of: no primitives of their own, but their contracts are. *)
Definition parts `{Architecture} : list (string * primitive) := [
  ("read_byte"%string, of3 (fun p q o => numeric (read_byte p q o)));
  ("write_byte"%string, fun vs => match vs with
    | [Int p; Int q; Int o; Int x] => effect (write_byte p q o x) | _ => wfail end)
].
Extraction "primitives.ml" spelling parts pure_table primitive_table x86 armv7.
