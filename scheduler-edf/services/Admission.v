(* SPDX-License-Identifier: Apache-2.0 *)
(** * edf_admit: can the tasks in the table miss a deadline under EDF?

    The demand of the tasks in an interval must not exceed its length.  First a window is sought in which all that is
    released is also done (then only shorter intervals matter); then the intervals below are checked from the longest
    down, in the order of Zhang and Burns' quick processor-demand analysis (IEEE Transactions on Computers 58(9), 2009),
    simplified: the next length to check is one less than the demand of this one. *)
From Pip.Edf.Services Require Export State.
Local Open Scope N_scope.
Local Open Scope monad_scope.

(** What task [i] can demand in an interval of that length: jobs released and due there. *)
Definition task_demand (i : task_number) (length : tick) : Edf tick :=
  let! deadline := get_deadline i in
  if length <? deadline then ret nothing else
  let! budget := get_budget i in
  let! period := get_period i in
  let! rest := tick_sub length deadline in
  let! periods := tick_div rest period in
  let! jobs := tick_add periods one_slot in
  tick_mul jobs budget.

(** What task [i] can ask for in an interval of positive length: jobs released there. *)
Definition task_requests (i : task_number) (length : tick) : Edf tick :=
  let! budget := get_budget i in
  let! period := get_period i in
  let! rest := tick_sub length one_slot in
  let! periods := tick_div rest period in
  let! jobs := tick_add periods one_slot in
  tick_mul jobs budget.

(** The same for tasks from [i] on, added to [sum]. *)
Fixpoint add_demand (fuel : nat) (i : task_number) (length sum : tick) : Edf tick :=
  match fuel with
  | O => ret sum
  | S less =>
    let! n := get_count in
    if n <=? i then ret sum else
    let! x := task_demand i length in
    let! more := tick_add sum x in
    let! next := one_more i in
    add_demand less next length more
  end.

Fixpoint add_requests (fuel : nat) (i : task_number) (length sum : tick) : Edf tick :=
  match fuel with
  | O => ret sum
  | S less =>
    let! n := get_count in
    if n <=? i then ret sum else
    let! x := task_requests i length in
    let! more := tick_add sum x in
    let! next := one_more i in
    add_requests less next length more
  end.

(** The demand bound function of the table, and its request bound function. *)
Definition demand_bound (length : tick) : Edf tick := add_demand task_rounds first_task length nothing.
Definition request_bound (length : tick) : Edf tick := add_requests task_rounds first_task length nothing.

(** A window, at least [window] long, whose requests fit into it; 0 if there is none that is short enough, or if that
    takes too many rounds. *)
Fixpoint busy_window (fuel : nat) (window : tick) : Edf tick :=
  match fuel with
  | O => ret nothing
  | S less =>
    let! r := request_bound window in
    if r <=? window then ret window else
    if max_window <? r then ret nothing else
    busy_window less r
  end.

(** Checks the intervals up to [length], from the longest down. *)
Fixpoint check_demand (fuel : nat) (length : tick) : Edf verdict :=
  match fuel with
  | O => ret (Verdict UNDECIDED nothing nothing)
  | S less =>
    let! demand := demand_bound length in
    if length <? demand then ret (Verdict OVERLOADED length demand) else
    if demand =? 0 then ret (Verdict ACCEPTED nothing nothing) else
    let! shorter := tick_sub demand one_slot in
    check_demand less shorter
  end.

(** No short window: tasks that want more than the whole processor show it in the longest one. *)
Definition check_longest : Edf verdict :=
  let! demand := demand_bound max_window in
  if max_window <? demand then ret (Verdict OVERLOADED max_window demand) else
  ret (Verdict UNDECIDED nothing nothing).

Definition edf_admit : Edf verdict :=
  let! n := get_count in
  if n =? 0 then ret (Verdict ACCEPTED nothing nothing) else
  let! window := busy_window admission_rounds one_slot in
  if window =? 0 then check_longest else
  let! length := tick_sub window one_slot in
  check_demand admission_rounds length.
