(* SPDX-License-Identifier: Apache-2.0 *)
(** * The scheduler's services as a certified program

    For each function [f] of scheduler-edf/services a term [f_ast] of FIR and [f_cert], which says that it means [f];
    and [scheduler_program_cert], which says this of all of them, called from one another.  This file does not compile
    if one certificate does not hold.

    Trusted: nothing. *)
From Coq Require Import List String.
From elpi Require Import elpi.
From Pip.Edf.Services Require Import State Heap FixedPriority Policy Tasks Elect Admission Sharing Overheads.
From Pip.Translation Require Import Lang Reify.
From Pip.Translation.Scheduler Require Import Project.

Elpi Reify scheduler_program scheduler_language scheduler_pure scheduler_primitives
  sift_up lesser_child sift_down heap_push heap_pop heap_replace
  fixed_priority_key job_key
  arm edf_reset edf_add_task edf_request edf_stop
  report remove_top retire drop_late release_job rearm release_due dispatch edf_elect
  task_demand task_requests add_demand add_requests demand_bound request_bound busy_window check_demand check_longest
  edf_admit
  supply_bound length_to_supply shared_window check_shared check_longest_shared edf_admit_shared
  edf_overhead edf_budget_for edf_deadline_for edf_period_for.
