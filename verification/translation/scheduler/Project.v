(* SPDX-License-Identifier: Apache-2.0 *)
(** * The scheduler, for the translation: types, primitives, and their C syntax

    A name that is missing here makes the reifier stop; a wrong line of the tables of primitives makes a certificate
    fail.

    TRUSTED: [scheduler_syntax], the C syntax; and that the C of each primitive, in edf_primitives.h, does what the
    primitive of the same name does in scheduler-edf/services/State.v. *)
From Coq Require Import List String.
From elpi Require Import elpi.
From Pip.Edf.Services Require Import State.
From Pip.Translation Require Import Lang Print Reify.
Import ListNotations.
Local Open Scope string_scope.

(** ** Types *)
Elpi Numbers W32 task_number position.
Elpi Numbers W64 tick heap_entry.
Elpi Data scheduler_data heap event kind policy_name scheduler_status decision verdict.

#[export] Instance scheduler_language : language :=
  { state := State.scheduler; data_types := scheduler_data; without_literals := [] }.

(** Every type is called after its alias or name. *)
Definition scheduler_type_names : list (string * string) := [].

(** ** Pure primitives *)
Definition scheduler_syntax : list (string * syntax) := [
  ("READY", Same); ("TIMERS", Same); ("RELEASED", Same); ("MISSED", Same); ("SKIPPED", Same);
  ("PERIODIC", Same); ("SPORADIC", Same); ("SINGLE", Same); ("STOPPED", Same);
  ("EARLIEST_DEADLINE_FIRST", Same); ("FIXED_PRIORITY", Same);
  ("DONE", Same); ("TOO_MANY_TASKS", Same); ("ALREADY_STARTED", Same); ("BAD_BUDGET", Same); ("BAD_DEADLINE", Same);
  ("BAD_PERIOD", Same); ("BAD_OFFSET", Same); ("BAD_RANK", Same); ("NO_SUCH_TASK", Same); ("NOT_SPORADIC", Same);
  ("ALREADY_REQUESTED", Same); ("ACCEPTED", Same); ("OVERLOADED", Same); ("UNDECIDED", Same);
  ("Verdict", Struct "verdict_t" ["verdict_decision"; "verdict_length"; "verdict_demand"]);

  ("max_tasks", Same); ("key_limit", Same); ("max_period", Same); ("max_window", Same); ("admission_rounds", Same);
  ("longest_promise", Same);
  ("task_rounds", Same); ("heap_levels", Same); ("no_task", Same); ("first_task", Same); ("top", Same);
  ("nothing", Same); ("one_slot", Same);

  ("kind_eq", Infix "=="); ("policy_eq", Infix "=="); ("entry_key", Same); ("entry_task", Same)
].

Elpi Pure scheduler_pure scheduler_language scheduler_syntax.

(** ** Monadic primitives: C functions of the same name *)
Elpi Monadic scheduler_primitives scheduler_language
  tick_add tick_sub tick_mul tick_div parent left_child right_child left_or_right one_more one_less make_entry
  get_policy set_policy get_now get_running set_now set_running
  get_count set_count get_budget get_deadline get_period get_rank set_parameters get_kind set_kind
  get_earliest set_earliest is_armed set_armed is_active set_active get_due set_due get_left set_left
  get_size set_size get_entry put_entry get_reported get_report set_reported put_report.

(** ** What the scheduler's partition calls *)
Definition scheduler_entry_points : list string := [
  "edf_reset"; "edf_add_task"; "edf_request"; "edf_stop"; "edf_elect"; "edf_admit"; "demand_bound";
  "edf_admit_shared"; "supply_bound"; "edf_overhead"; "edf_budget_for"; "edf_deadline_for"; "edf_period_for"
].
