(* SPDX-License-Identifier: Apache-2.0 *)
(** * A second policy: the key of a job is the rank of its task *)
From Pip.Edf.Services Require Export State.

Definition fixed_priority_key (i : task_number) (due : tick) : Edf tick := get_rank i.
