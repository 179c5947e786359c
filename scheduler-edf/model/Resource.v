(* SPDX-License-Identifier: Apache-2.0 *)
(** * Part of a processor: periodic resources

    A scheduler that runs under another one gets some of the slots.  Here it is promised [slots] of every [every] slots,
    somewhere in each period; Shin and Lee,
      "Periodic resource model for compositional real-time guarantees" (RTSS 2003).
    The worst that can happen is to get the first slots of one period and the last of the next: nothing for twice
    [every - slots]. *)
From Coq Require Import Arith.
From Pip.Edf.Model Require Import Job.

(** The promise: [slots] in each period, counted from slot 0. *)
Definition gives (every slots : nat) (sup : supply) : Prop :=
  forall k, slots <= supplied sup (k * every) (S k * every).

(** What is supplied in any interval of that length: after one gap, whole periods; in the rest,
  what exceeds another gap. *)
Definition periodic_supply (every slots length : nat) : nat :=
  let gap := every - slots in
  let rest := length - gap in
  rest / every * slots + (rest mod every - gap).
