(* SPDX-License-Identifier: Apache-2.0 *)
(** * A second policy: fixed priorities

    The key of a job is the rank of its task, least rank first.  With the task's period as its rank the policy is
    rate-monotonic; with its relative deadline, deadline-monotonic. *)
From Pip.Edf.Model Require Import Job Policy.

Definition fixed_priority (rank : nat -> nat) : policy := fun j => rank (task j).
