(* SPDX-License-Identifier: Apache-2.0 *)
(** * The kernel's C means the services

    [services_ok]: on any machine that is [faithful] to the model (CSem.v), every printed function, called with
    arguments that stand for those of the service, in a memory that stands for the state, returns what the service
    returns, whenever the service is defined.  The proof of isolation shows that services are.

    Neither FIR nor the reifier appears in the statement: [kernel_program_env] is the list of the services, and
    [c_prog kernel_program] what is printed. *)
From Coq Require Import List String Bool NArith.
From Pip.Model Require Import Primitives.
From Pip.Services Require Import AddRemove.
From Pip.Translation Require Import Lang CSyn CSem SimStm SimProgram Det Reference.
From Pip.Translation.Kernel Require Import Project Program.
Import ListNotations.
Local Open Scope string_scope.

(** The functions of services.c. *)
Definition kernel_functions (name : string) : option cfun := find name (c_prog kernel_program).

Lemma kernel_program_fits {H : Params} : program_fits kernel_primitives kernel_program = true.
Proof. vm_compute. reflexivity. Qed.

Section Machine.
Context {H : Params} {m : machine} {r : representation kernel m}.
Hypothesis H_faithful : faithful r kernel_pure kernel_primitives.
Variable junk : locals m.

Theorem services_ok : implements_all (r := r) kernel_functions junk kernel_program_env.
Proof. exact (program_ok junk kernel_program_cert kernel_program_fits H_faithful). Qed.

(** Spelt out for one service. *)
Let word : ty := TNum (Number W32 "word") "word".

Corollary addVAddr_ok source child destination read write execute
    source' child' destination' read' write' execute' s c answer s' :
  related r word source source' -> related r word child child' -> related r word destination destination' ->
  related r TBool read read' -> related r TBool write write' -> related r TBool execute execute' -> r_state r s c ->
  addVAddr source child destination read write execute s = Done answer s' ->
  exists answer' c',
    call m kernel_functions junk "addVAddr" [source'; child'; destination'; read'; write'; execute'] c answer' c'
    /\ related r (TData "status") answer answer' /\ r_state r s' c'.
Proof.
  intros. apply (services_ok "addVAddr" _ eq_refl (source, (child, (destination, (read, (write, (execute, tt)))))) _ s);
    simpl; auto 10.
Qed.
End Machine.

(** The hypothesis can be met. *)
Theorem services_run_on_the_reference_machine {H : Params} junk :
  implements_all (r := itself kernel_pure kernel_primitives) kernel_functions junk kernel_program_env.
Proof. apply services_ok, reference_faithful. Qed.
