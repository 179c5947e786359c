(* SPDX-License-Identifier: Apache-2.0 *)
(** * Wrong versions of the kernel's services are refused

    Every single change of these certified programs, at every position, must fail to be certified; the right ones must
    not.  This file does not compile otherwise.  (../sample/Refused.v does this for a program with all constructs.) *)
From elpi Require Import elpi.
From Pip.Model Require Import Primitives.
From Pip.Translation Require Import Lang Mutants Reify.
From Pip.Translation.Kernel Require Import Project Program.

Section Refused.
Context `{Params}.

Definition kernel_mutants : fundef -> list fundef := mutants kernel_pure.

Elpi Refuse kernel kernel_pure kernel_mutants walk.
Elpi Refuse kernel kernel_pure kernel_mutants hide.
Elpi Refuse kernel kernel_pure kernel_mutants mappedInChild.
End Refused.
