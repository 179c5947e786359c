(* SPDX-License-Identifier: Apache-2.0 *)
(** * The key of a job, by policy

    The only place that knows which policy is in force.  A policy is a key: the least goes first, equal keys by number
    of task. *)
From Pip.Edf.Services Require Export State.
From Pip.Edf.Services Require Import FixedPriority.
Local Open Scope monad_scope.

(** The key of the job of task [i] with absolute deadline [due]. *)
Definition job_key (i : task_number) (due : tick) : Edf tick :=
  let! policy := get_policy in
  if policy_eq policy FIXED_PRIORITY then fixed_priority_key i due else
  ret due.
