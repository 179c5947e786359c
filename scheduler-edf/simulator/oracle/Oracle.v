(* SPDX-License-Identifier: Apache-2.0 *)
(** * The scheduler's model as a program

    The definitions of scheduler-edf/model/Queue.v, over the machine's integers, for oracle.ml. *)
From Coq Require Import List Extraction ExtrOcamlBasic ExtrOcamlNatInt.
From Pip.Edf.Model Require Import Job Policy FixedPriority Queue.

(** One slot: the jobs reported late, and the queue from which the head is elected. *)
Definition slot (key : policy) (gone : bool) (now : nat) (new : list job) (q : queue) : list job * queue :=
  let q := retire gone q in (late now q, enqueue key new (drop_late now q)).

Extraction "model.ml" slot earliest_deadline_first fixed_priority charge head_job.
