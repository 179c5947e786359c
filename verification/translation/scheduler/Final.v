(* SPDX-License-Identifier: Apache-2.0 *)
(** * The scheduler's C means the services

    [services_ok]: on any machine that is [faithful] to the model (CSem.v), every printed function, called with
    arguments that stand for those of the service, in a memory that stands for the state, returns what the service
    returns, whenever the service is defined.  The proofs in verification/schedule show that services are. *)
From Coq Require Import List String Bool NArith.
From Pip.Edf.Services Require Import State Elect.
From Pip.Translation Require Import Lang CSyn CSem SimStm SimProgram Reference.
From Pip.Translation.Scheduler Require Import Project Program.
Import ListNotations.
Local Open Scope string_scope.

(** The functions of edf_services.c. *)
Definition scheduler_functions (name : string) : option cfun := find name (c_prog scheduler_program).

Lemma scheduler_program_fits : program_fits scheduler_primitives scheduler_program = true.
Proof. vm_compute. reflexivity. Qed.

Section Machine.
Context {m : machine} {r : representation scheduler_language m}.
Hypothesis H_faithful : faithful r scheduler_pure scheduler_primitives.
Variable junk : locals m.

Theorem services_ok : implements_all (r := r) scheduler_functions junk scheduler_program_env.
Proof. exact (program_ok junk scheduler_program_cert scheduler_program_fits H_faithful). Qed.

(** Spelt out for the election. *)
Let task_number : ty := TNum (Number W32 "task_number") "task_number".

Corollary edf_elect_ok departed supplied departed' supplied' s c elected s' :
  related r TBool departed departed' -> related r TBool supplied supplied' -> r_state r s c ->
  edf_elect departed supplied s = Done elected s' ->
  exists elected' c',
    call m scheduler_functions junk "edf_elect" [departed'; supplied'] c elected' c'
    /\ related r task_number elected elected' /\ r_state r s' c'.
Proof. intros. apply (services_ok "edf_elect" _ eq_refl (departed, (supplied, tt)) _ s); simpl; auto. Qed.
End Machine.

(** The hypothesis can be met. *)
Theorem services_run_on_the_reference_machine junk :
  implements_all (r := itself scheduler_pure scheduler_primitives) scheduler_functions junk scheduler_program_env.
Proof. apply services_ok, reference_faithful. Qed.
