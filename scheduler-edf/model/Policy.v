(* SPDX-License-Identifier: Apache-2.0 *)
(** * Policies: a key for every job

    The scheduler always runs the pending job with the least key.  A policy is this key and nothing else.
    Equal keys are ordered by task number, and jobs of one task by release: the order is total, so every decision
    is determined. *)
From Coq Require Import Arith Bool.
From Pip.Edf.Model Require Import Job.

Definition policy : Type := job -> nat.

(** Job [j] goes first, or [j] and [k] are the same job. *)
Definition precedes (key : policy) (j k : job) : Prop :=
  key j < key k \/
  key j = key k /\ (task j < task k \/
                    task j = task k /\ release j <= release k).

(** The same as a test. *)
Definition goes_first (key : policy) (j k : job) : bool :=
  (key j <? key k) ||
  (key j =? key k) && ((task j <? task k) ||
                       (task j =? task k) && (release j <=? release k)).

(** Earliest deadline first. *)
Definition earliest_deadline_first : policy := deadline.
