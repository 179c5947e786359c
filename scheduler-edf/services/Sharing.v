(* SPDX-License-Identifier: Apache-2.0 *)
(** * edf_admit_shared: admission on part of a processor

    The admission test for a scheduler that is promised [slots] of every [every] slots, counted from any slot on.  The
    same search as edf_admit's, except that it compares a demand with what is supplied in any case, and goes on from the
    shortest interval in which as much as the demand is supplied. *)
From Pip.Edf.Services Require Export State.
From Pip.Edf.Services Require Import Admission.
Local Open Scope N_scope.
Local Open Scope monad_scope.

(** The supply bound function: what is supplied in any case in an interval of that length, after one gap, whole periods,
    and what exceeds another gap.  A promise of more than there is, or in no time, is none. *)
Definition supply_bound (every slots length : tick) : Edf tick :=
  if (every =? 0) || (every <? slots) then ret nothing else
  let! gap := tick_sub every slots in
  if length <=? gap then ret nothing else
  let! rest := tick_sub length gap in
  let! periods := tick_div rest every in
  let! served := tick_mul periods slots in
  let! whole := tick_mul periods every in
  let! last := tick_sub rest whole in
  if last <=? gap then ret served else
  let! part := tick_sub last gap in
  tick_add served part.

(** The least length of an interval in which at least [demand] slots are supplied in any case. *)
Definition length_to_supply (every slots demand : tick) : Edf tick :=
  if demand =? 0 then ret nothing else
  let! gap := tick_sub every slots in
  let! before := tick_sub demand one_slot in
  let! periods := tick_div before slots in
  let! served := tick_mul periods slots in
  let! rest := tick_sub demand served in
  let! whole := tick_mul periods every in
  let! gaps := tick_add gap gap in
  let! waited := tick_add gaps whole in
  tick_add waited rest.

(** A window, at least [window] long, in which the requests made in it are supplied; 0 if there is none that is short
    enough, or if that takes too many rounds. *)
Fixpoint shared_window (fuel : nat) (every slots window : tick) : Edf tick :=
  match fuel with
  | O => ret nothing
  | S less =>
    let! r := request_bound window in
    if max_window <? r then ret nothing else
    let! length := length_to_supply every slots r in
    if length <=? window then ret window else
    if max_window <? length then ret nothing else
    shared_window less every slots length
  end.

(** Checks the intervals up to [length], from the longest down. *)
Fixpoint check_shared (fuel : nat) (every slots length : tick) : Edf verdict :=
  match fuel with
  | O => ret (Verdict UNDECIDED nothing nothing)
  | S less =>
    let! demand := demand_bound length in
    if length <? demand then ret (Verdict OVERLOADED length demand) else
    if demand =? 0 then ret (Verdict ACCEPTED nothing nothing) else
    let! needed := length_to_supply every slots demand in
    if length <? needed then ret (Verdict OVERLOADED length demand) else
    let! shorter := tick_sub needed one_slot in
    check_shared less every slots shorter
  end.

(** No short window: tasks that want more than their share show it in the longest one. *)
Definition check_longest_shared (every slots : tick) : Edf verdict :=
  let! demand := demand_bound max_window in
  let! supply := supply_bound every slots max_window in
  if supply <? demand then ret (Verdict OVERLOADED max_window demand) else
  ret (Verdict UNDECIDED nothing nothing).

(** Can the tasks in the table miss a deadline under EDF, on [slots] of every [every] slots?  A promise of nothing, of
    more than there is, or in periods longer than [longest_promise] decides nothing. *)
Definition edf_admit_shared (every slots : tick) : Edf verdict :=
  if (slots =? 0) || (every <? slots) || (longest_promise <? every) then ret (Verdict UNDECIDED nothing nothing) else
  let! n := get_count in
  if n =? 0 then ret (Verdict ACCEPTED nothing nothing) else
  let! window := shared_window admission_rounds every slots one_slot in
  if window =? 0 then check_longest_shared every slots else
  let! length := tick_sub window one_slot in
  check_shared admission_rounds every slots length.
