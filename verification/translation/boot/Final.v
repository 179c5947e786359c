(* SPDX-License-Identifier: Apache-2.0 *)
(** * The boot check's C means the boot check, and its answer can be believed

    [check_ok]: on any machine that is [faithful] to the model (CSem.v), each printed function returns what the Gallina
    returns, whenever that is defined.  The check always is, and C is deterministic: so what the C answers
    is the answer of the Gallina on the words of memory ([c_answer_is_the_answer]), of which verification/boot says
    what follows. *)
From Coq Require Import List String Bool NArith.
From Pip.BootCheck Require Import Check.
From Pip.Boot Require Import Theorems.
From Pip.Translation Require Import Lang CSyn CSem SimStm SimProgram Det Reference.
From Pip.Translation.Boot Require Import Project Program.
Import ListNotations.
Local Open Scope string_scope.

(** The functions of boot_check.c. *)
Definition boot_functions (name : string) : option cfun := find name (c_prog boot_program).

Lemma boot_program_fits `{Layout} : program_fits boot_primitives boot_program = true.
Proof. vm_compute. reflexivity. Qed.

Section Machine.
Context `{Layout} {m : machine} {r : representation boot_language m}.
Hypothesis H_faithful : faithful r boot_pure boot_primitives.
Variable junk : locals m.

Theorem check_ok : implements_all (r := r) boot_functions junk boot_program_env.
Proof. exact (program_ok junk boot_program_cert boot_program_fits H_faithful). Qed.

Theorem c_answer_is_the_answer s c answer c' (H_two_levels : top = 1%nat) (H_memory : r_state r s c)
  (H_run : call m boot_functions junk "check_boot" [] c answer c') :
  exists f s', check_boot s = Done f s' /\ related r (TData "finding") f answer.
Proof.
  destruct (check_is_defined s) as (f&s'&E). exists f, s'. split; [exact E|].
  destruct (check_ok "check_boot" _ eq_refl tt [] s c f s' eq_refl H_memory E) as (w&c2&Hc&R&_).
  destruct (call_deterministic _ _ _ _ _ _ _ _ _ _ Hc H_run) as [-> _]. exact R.
Qed.
End Machine.

(** The hypothesis can be met. *)
Theorem check_runs_on_the_reference_machine `{Layout} junk :
  implements_all (r := itself boot_pure boot_primitives) boot_functions junk boot_program_env.
Proof. apply check_ok, reference_faithful. Qed.
