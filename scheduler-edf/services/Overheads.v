(* SPDX-License-Identifier: Apache-2.0 *)
(** * From time to slots, overheads included

    The work, the deadline and the period of a task are times, in any unit (nanoseconds, counts of a timer), and so is
    the length of a slot.  These functions say for how many slots to ask, so that the times are kept although every
    slot loses some time to the scheduler itself.  They answer 0 where there is no such number; edf_add_task refuses it
    as a budget. *)
From Pip.Edf.Services Require Export State.
Local Open Scope N_scope.
Local Open Scope monad_scope.

(** What a slot loses at most: to the tick, interrupt and election included; to the switch to the job; and to what is
    left to do of the fault or the completion of the job that had the slot before.  Costs that no slot has room for make
    an overhead that no slot has room for. *)
Definition edf_overhead (tick_cost switch_cost fault_cost : tick) : Edf tick :=
  if (key_limit <=? tick_cost) || (key_limit <=? switch_cost) || (key_limit <=? fault_cost) then ret key_limit else
  let! both := tick_add tick_cost switch_cost in
  tick_add both fault_cost.

(** The budget for that much work: the least number of slots that leaves room for it. *)
Definition edf_budget_for (work slot overhead : tick) : Edf tick :=
  if (key_limit <=? work) || (key_limit <=? slot) || (slot <=? overhead) then ret nothing else
  let! useful := tick_sub slot overhead in
  let! rest := tick_sub useful one_slot in
  let! rounded := tick_add work rest in
  tick_div rounded useful.

(** The relative deadline for work that must be done within [time].  The job of a sporadic task answers an event that
    may come at any time, and that the scheduler sees at the start of the next slot: one slot may pass before the
    release. *)
Definition edf_deadline_for (k : kind) (time slot : tick) : Edf tick :=
  if (slot =? 0) || (time <? slot) then ret nothing else
  let! slots := tick_div time slot in
  if kind_eq k SPORADIC then tick_sub slots one_slot else ret slots.

(** The period for releases every [time], which must be whole slots; or for events that are at least [time] apart. *)
Definition edf_period_for (k : kind) (time slot : tick) : Edf tick :=
  if slot =? 0 then ret nothing else
  let! slots := tick_div time slot in
  let! whole := tick_mul slots slot in
  if kind_eq k SPORADIC || (whole =? time) then ret slots else ret nothing.
