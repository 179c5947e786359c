(* SPDX-License-Identifier: Apache-2.0 *)
(** * The scheduler's memory and the primitives that generated C calls

    The state is a record of arrays, of fixed size, in preallocated memory.  Each primitive is one small C function of
    the same name in edf_primitives.h, undefined outside its range: pure ones first, then arithmetic, then
    those that read and write the state. *)
From Coq Require Export NArith Bool.
From Pip.Model Require Export Monad.
From Pip.Edf.Services Require Export Types.
Local Open Scope N_scope.

(** ** Sizes *)
Definition max_tasks : task_number := 10000.
(** Numbers of tasks fit the low bits of an entry, keys the others. *)
Definition task_bits : N := 16384.
Definition key_limit : tick := 1125899906842624.                      (* 2 ^ 50 *)
Definition word_limit : N := 4294967296.                              (* 2 ^ 32 *)
Definition tick_limit : N := 18446744073709551616.                    (* 2 ^ 64 *)
(** The longest period: 3 years of slots of 100 us. *)
Definition max_period : tick := 1099511627776.                        (* 2 ^ 40 *)
(** The longest busy window that the admission test considers, and how many rounds its loops make. *)
Definition max_window : tick := 281474976710656.                      (* 2 ^ 48 *)
Definition admission_rounds : nat := N.to_nat 1048576.
(** The longest period in which a share of a processor is promised. *)
Definition longest_promise : tick := 16384.
(** Bounds of loops: over all tasks; over the levels of a heap. *)
Definition task_rounds : nat := N.to_nat max_tasks.
Definition heap_levels : nat := 16.

(** ** Constants and tests *)
Definition no_task : task_number := 4294967295.
Definition first_task : task_number := 0.
Definition top : position := 0.
Definition nothing : tick := 0.
Definition one_slot : tick := 1.

Definition kind_eq (a b : kind) : bool :=
  match a, b with
  | PERIODIC, PERIODIC | SPORADIC, SPORADIC | SINGLE, SINGLE | STOPPED, STOPPED => true
  | _, _ => false
  end.
Definition policy_eq (a b : policy_name) : bool :=
  match a, b with
  | EARLIEST_DEADLINE_FIRST, EARLIEST_DEADLINE_FIRST | FIXED_PRIORITY, FIXED_PRIORITY => true
  | _, _ => false
  end.

Definition entry_key (e : heap_entry) : tick := e / task_bits.
Definition entry_task (e : heap_entry) : task_number := e mod task_bits.

(** ** The state *)

(** What add_task says of a task; it does not change afterwards. *)
Record parameters : Type := Parameters { p_budget : tick; p_deadline : tick; p_period : tick; p_rank : tick }.

(** A heap: its entries are those at positions below its size. *)
Record array_heap : Type := ArrayHeap { size : N; entries : N -> heap_entry }.

(** What happened in the current slot, kind by kind: a list of tasks. *)
Record report_list : Type := ReportList { reported : N; reports : N -> task_number }.

Record scheduler : Type := Scheduler {
  s_policy     : policy_name;
  s_now        : tick;                      (* the slot to come *)
  s_running    : task_number;               (* who had the slot before, or [no_task] *)
  s_count      : N;                         (* tasks in the table *)
  s_parameters : N -> parameters;
  s_kind       : N -> kind;
  s_earliest   : N -> tick;                 (* the earliest slot of the task's next release *)
  s_armed      : N -> bool;                 (* the task has a timer *)
  s_active     : N -> bool;                 (* the task has a job in the queue: *)
  s_due        : N -> tick;                 (*   its absolute deadline *)
  s_left       : N -> tick;                 (*   and what is left of its budget *)
  s_ready      : array_heap;
  s_timers     : array_heap;
  s_released   : report_list;
  s_missed     : report_list;
  s_skipped    : report_list }.

Definition heap_of (s : scheduler) (h : heap) : array_heap :=
  match h with READY => s_ready s | TIMERS => s_timers s end.
Definition report_of (s : scheduler) (e : event) : report_list :=
  match e with RELEASED => s_released s | MISSED => s_missed s | SKIPPED => s_skipped s end.

(** The scheduler's monad. *)
Notation Edf := (M scheduler).

(** *** Updates *)
Definition update {A : Type} (f : N -> A) (i : N) (x : A) : N -> A := fun k => if k =? i then x else f k.

Definition with_policy (s : scheduler) (policy : policy_name) : scheduler :=
  Scheduler policy (s_now s) (s_running s) (s_count s) (s_parameters s) (s_kind s) (s_earliest s) (s_armed s)
    (s_active s) (s_due s) (s_left s) (s_ready s) (s_timers s) (s_released s) (s_missed s) (s_skipped s).
Definition with_clock (s : scheduler) (now : tick) (running : task_number) : scheduler :=
  Scheduler (s_policy s) now running (s_count s) (s_parameters s) (s_kind s) (s_earliest s) (s_armed s)
    (s_active s) (s_due s) (s_left s) (s_ready s) (s_timers s) (s_released s) (s_missed s) (s_skipped s).
Definition with_table (s : scheduler) (count : N) (ps : N -> parameters) (kinds : N -> kind) : scheduler :=
  Scheduler (s_policy s) (s_now s) (s_running s) count ps kinds (s_earliest s) (s_armed s)
    (s_active s) (s_due s) (s_left s) (s_ready s) (s_timers s) (s_released s) (s_missed s) (s_skipped s).
Definition with_arming (s : scheduler) (earliest : N -> tick) (armed : N -> bool) : scheduler :=
  Scheduler (s_policy s) (s_now s) (s_running s) (s_count s) (s_parameters s) (s_kind s) earliest armed
    (s_active s) (s_due s) (s_left s) (s_ready s) (s_timers s) (s_released s) (s_missed s) (s_skipped s).
Definition with_jobs (s : scheduler) (active : N -> bool) (due unspent : N -> tick) : scheduler :=
  Scheduler (s_policy s) (s_now s) (s_running s) (s_count s) (s_parameters s) (s_kind s) (s_earliest s) (s_armed s)
    active due unspent (s_ready s) (s_timers s) (s_released s) (s_missed s) (s_skipped s).
Definition with_heaps (s : scheduler) (ready timers : array_heap) : scheduler :=
  Scheduler (s_policy s) (s_now s) (s_running s) (s_count s) (s_parameters s) (s_kind s) (s_earliest s) (s_armed s)
    (s_active s) (s_due s) (s_left s) ready timers (s_released s) (s_missed s) (s_skipped s).
Definition with_reports (s : scheduler) (released missed skipped : report_list) : scheduler :=
  Scheduler (s_policy s) (s_now s) (s_running s) (s_count s) (s_parameters s) (s_kind s) (s_earliest s) (s_armed s)
    (s_active s) (s_due s) (s_left s) (s_ready s) (s_timers s) released missed skipped.

Definition with_heap (s : scheduler) (h : heap) (a : array_heap) : scheduler :=
  match h with READY => with_heaps s a (s_timers s) | TIMERS => with_heaps s (s_ready s) a end.
Definition with_report (s : scheduler) (e : event) (r : report_list) : scheduler :=
  match e with
  | RELEASED => with_reports s r (s_missed s) (s_skipped s)
  | MISSED => with_reports s (s_released s) r (s_skipped s)
  | SKIPPED => with_reports s (s_released s) (s_missed s) r
  end.

(** ** Arithmetic, undefined where C would wrap *)
Definition when {A : Type} (defined : bool) (a : A) : Edf A := if defined then ret a else undefined.

Definition tick_add (a b : tick) : Edf tick := when (a + b <? tick_limit) (a + b).
Definition tick_sub (a b : tick) : Edf tick := when (b <=? a) (a - b).
Definition tick_mul (a b : tick) : Edf tick := when (a * b <? tick_limit) (a * b).
Definition tick_div (a b : tick) : Edf tick := when (negb (b =? 0)) (a / b).
Definition parent (i : position) : Edf position := when (negb (i =? 0)) ((i - 1) / 2).
Definition left_child (i : position) : Edf position := when (2 * i + 1 <? word_limit) (2 * i + 1).
Definition right_child (i : position) : Edf position := when (2 * i + 2 <? word_limit) (2 * i + 2).
(** The child at [left] or the one beside it: in C without a branch, which nobody could predict. *)
Definition left_or_right (right : bool) (left : position) : Edf position :=
  when (left + 1 <? word_limit) (if right then left + 1 else left).
Definition one_more (n : position) : Edf position := when (n + 1 <? word_limit) (n + 1).
Definition one_less (n : position) : Edf position := when (negb (n =? 0)) (n - 1).
Definition make_entry (key : tick) (i : task_number) : Edf heap_entry :=
  when ((key <? key_limit) && (i <? task_bits)) (key * task_bits + i).

(** ** Reading and writing *)
Definition read {A : Type} (f : scheduler -> A) : Edf A := fun s => Done (f s) s.
Definition read_at {A : Type} (f : scheduler -> N -> A) (i : N) : Edf A :=
  fun s => if i <? max_tasks then Done (f s i) s else Undefined.
Definition write (f : scheduler -> scheduler) : Edf unit := fun s => Done tt (f s).
Definition write_at (i : N) (f : scheduler -> scheduler) : Edf unit :=
  fun s => if i <? max_tasks then Done tt (f s) else Undefined.

(** *** The clock *)
Definition get_policy : Edf policy_name := read s_policy.
Definition set_policy (p : policy_name) : Edf unit := write (fun s => with_policy s p).
Definition get_now : Edf tick := read s_now.
Definition get_running : Edf task_number := read s_running.
Definition set_now (now : tick) : Edf unit := write (fun s => with_clock s now (s_running s)).
Definition set_running (i : task_number) : Edf unit := write (fun s => with_clock s (s_now s) i).

(** *** The table of tasks *)
Definition get_count : Edf task_number := read s_count.
Definition set_count (n : task_number) : Edf unit := write (fun s => with_table s n (s_parameters s) (s_kind s)).
Definition get_budget (i : task_number) : Edf tick := read_at (fun s i => p_budget (s_parameters s i)) i.
Definition get_deadline (i : task_number) : Edf tick := read_at (fun s i => p_deadline (s_parameters s i)) i.
Definition get_period (i : task_number) : Edf tick := read_at (fun s i => p_period (s_parameters s i)) i.
Definition get_rank (i : task_number) : Edf tick := read_at (fun s i => p_rank (s_parameters s i)) i.
Definition set_parameters (i : task_number) (c d t r : tick) : Edf unit :=
  write_at i (fun s => with_table s (s_count s) (update (s_parameters s) i (Parameters c d t r)) (s_kind s)).
Definition get_kind (i : task_number) : Edf kind := read_at s_kind i.
Definition set_kind (i : task_number) (k : kind) : Edf unit :=
  write_at i (fun s => with_table s (s_count s) (s_parameters s) (update (s_kind s) i k)).

(** *** Timers *)
Definition get_earliest (i : task_number) : Edf tick := read_at s_earliest i.
Definition set_earliest (i : task_number) (t : tick) : Edf unit :=
  write_at i (fun s => with_arming s (update (s_earliest s) i t) (s_armed s)).
Definition is_armed (i : task_number) : Edf bool := read_at s_armed i.
Definition set_armed (i : task_number) (b : bool) : Edf unit :=
  write_at i (fun s => with_arming s (s_earliest s) (update (s_armed s) i b)).

(** *** Jobs *)
Definition is_active (i : task_number) : Edf bool := read_at s_active i.
Definition set_active (i : task_number) (b : bool) : Edf unit :=
  write_at i (fun s => with_jobs s (update (s_active s) i b) (s_due s) (s_left s)).
Definition get_due (i : task_number) : Edf tick := read_at s_due i.
Definition set_due (i : task_number) (t : tick) : Edf unit :=
  write_at i (fun s => with_jobs s (s_active s) (update (s_due s) i t) (s_left s)).
Definition get_left (i : task_number) : Edf tick := read_at s_left i.
Definition set_left (i : task_number) (c : tick) : Edf unit :=
  write_at i (fun s => with_jobs s (s_active s) (s_due s) (update (s_left s) i c)).

(** *** Heaps *)
Definition get_size (h : heap) : Edf position := read (fun s => size (heap_of s h)).
Definition set_size (h : heap) (n : position) : Edf unit :=
  write (fun s => with_heap s h (ArrayHeap n (entries (heap_of s h)))).
Definition get_entry (h : heap) (i : position) : Edf heap_entry := read_at (fun s => entries (heap_of s h)) i.
Definition put_entry (h : heap) (i : position) (e : heap_entry) : Edf unit :=
  write_at i (fun s => with_heap s h (ArrayHeap (size (heap_of s h)) (update (entries (heap_of s h)) i e))).

(** *** Reports of the current slot *)
Definition get_reported (e : event) : Edf position := read (fun s => reported (report_of s e)).
Definition get_report (e : event) (k : position) : Edf task_number := read_at (fun s => reports (report_of s e)) k.
Definition set_reported (e : event) (n : position) : Edf unit :=
  write (fun s => with_report s e (ReportList n (reports (report_of s e)))).
Definition put_report (e : event) (k : position) (i : task_number) : Edf unit :=
  write_at k (fun s => with_report s e (ReportList (reported (report_of s e)) (update (reports (report_of s e)) k i))).
