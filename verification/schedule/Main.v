(* SPDX-License-Identifier: Apache-2.0 *)
(** * The scheduler's theorems, for the function that runs

    The machine is Machine.v's: edf_reset, any calls of edf_add_task, then in every slot any requests and stops and one
    call of edf_elect, over the arrays that the generated C has.  [requests], [leaves] and [sup] are arbitrary: who asks
    for jobs, who is done or crashes, which slots there are to give away.  A slot is [alive] up to number 2^49.
    [arr] are the jobs that the machine releases, [sched] is the schedule that it makes (Machine.v); what it means that
    a job is pending or misses its deadline is said in scheduler-edf/model/Job.v, without any queue. *)
From Coq Require Import List Arith NArith.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Admission Sharing Overheads.
From Pip.Edf.Model Require Import Job Policy Queue Sporadic Resource.
From Pip.Schedule Require Import Represents Timers Machine RealTime.
From Pip.Schedule Require Optimality BusyWindow Simulation Behaviour AdmissionServices AdmissionTheory Guarantees.
From Pip.Schedule Require FixedPriority Hierarchy OverheadServices.

Section Machine.
  Variable policy : policy_name.
  Variable start : scheduler.
  Hypothesis H_configured : configured policy start.
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).
  Notation memory := (memory start requests leaves sup).
  Notation arr := (arrivals_of start requests leaves sup).
  Notation sched := (schedule_of start requests leaves sup).
  Notation missed := (missed_tasks start requests leaves sup).
  Notation skipped := (skipped_tasks start requests leaves sup).

  (** ** For every policy *)

  (** edf_elect always ends: it never leaves an array, never overflows, never runs out of fuel. *)
  Theorem machine_is_defined t (H_alive : alive t) :
    step requests leaves sup t (memory t) = Done (answer start requests leaves sup t) (memory (S t)).
  Proof.
    destruct (Simulation.always_happens policy start H_configured requests leaves sup t H_alive) as (before & H).
    apply (Simulation.hap_run _ _ _ _ _ _ H).
  Qed.

  (** No wrap: the clock is the number of the slot, and all times in use are below 2^50. *)
  Theorem machine_never_wraps t (H_alive : alive t) :
    s_now (memory t) = N.of_nat t /\
    forall i, (i < s_count (memory t))%N -> (s_earliest (memory t) i < key_limit)%N /\
      (s_active (memory t) i = true -> (s_due (memory t) i < key_limit)%N).
  Proof. exact (Guarantees.times_in_range policy start H_configured requests leaves sup t H_alive). Qed.

  (** What the machine releases is legal for the tasks in its table, whatever is requested. *)
  Theorem machine_releases_legally : legal (tasks start) arr.
  Proof. exact (Behaviour.arrivals_legal policy start H_configured requests leaves sup). Qed.

  (** Policy: who has the slot is pending, and no pending job goes before it, ties included. *)
  Theorem machine_follows_policy t j (H_alive : alive t) (H_elected : sched t = Some j) :
    pending arr sched leaves j t /\
    forall k, pending arr sched leaves k t -> precedes (policy_of start) j k.
  Proof. exact (Guarantees.elected_first policy start H_configured requests leaves sup t j H_alive H_elected). Qed.

  (** A supplied slot is idle only if nobody is pending; a slot that is not supplied is not used. *)
  Theorem machine_wastes_nothing t (H_alive : alive t) :
    (sup t = true -> sched t = None -> forall k, ~ pending arr sched leaves k t) /\ (sup t = false -> sched t = None).
  Proof. exact (Guarantees.idle_only_if_none policy start H_configured requests leaves sup t H_alive). Qed.

  (** Containment: no job ever gets more than its budget, whatever it does. *)
  Theorem machine_contains t j (H_alive : alive t) (H_released : released arr j) : service sched j 0 t <= budget j.
  Proof. exact (Guarantees.contained policy start H_configured requests leaves sup t j H_alive H_released). Qed.

  (** Reports are true: a task reported has a job that came to its deadline without its budget.  (Under a policy other
      than EDF it may be reported later than at its deadline, when it comes to the head of the queue.) *)
  Theorem machine_reports_are_true t i (H_alive : alive t) (H_missed : In i (missed t)) :
    exists j, number j = i /\ released arr j /\ deadline j <= t /\ service sched j (release j) (deadline j) < budget j.
  Proof. exact (Guarantees.reports_true policy start H_configured requests leaves sup t i H_alive H_missed). Qed.

  (** ** For earliest deadline first *)
  Section EarliestDeadlineFirst.
    Hypothesis H_edf : policy = EARLIEST_DEADLINE_FIRST.

    (** Honesty: the tasks reported as having missed a deadline are exactly those with a job that misses its deadline
        now, and no release is ever skipped. *)
    Theorem machine_is_honest t (H_alive : alive t) :
      (forall i, In i (missed t) <-> exists j, number j = i /\ deadline j = t /\ misses arr sched leaves j) /\
      skipped t = [].
    Proof. exact (Guarantees.honest policy start H_configured requests leaves sup H_edf t H_alive). Qed.

    (** By its deadline a job has had its whole budget, or has left by itself, or its task is reported. *)
    Theorem machine_serves_or_reports j (H_released : released arr j) (H_alive : alive (deadline j)) :
      service sched j (release j) (deadline j) = budget j \/ left_by sched leaves j (deadline j) \/
      In (number j) (missed (deadline j)).
    Proof.
      exact (Guarantees.served_left_or_reported policy start H_configured requests leaves sup H_edf j H_released
        H_alive).
    Qed.

    (** Optimality: if any schedule meets the deadlines of all jobs that the machine releases, the machine misses
        none. *)
    Theorem machine_is_optimal t (H_alive : alive t) (H_feasible : feasible arr sup) : missed t = [].
    Proof. exact (Guarantees.optimal policy start H_configured requests leaves sup H_edf t H_alive H_feasible). Qed.

    (** Recovery: after an idle slot nothing is missed any more, if the later demand fits. *)
    Theorem machine_recovers t0 t (H_alive : alive t) (H_later : t0 < t) (H_idle : sup t0 = true /\ sched t0 = None)
      (H_demand : forall t1 t2, t0 < t1 <= t2 -> demand arr t1 t2 <= supplied sup t1 t2) : missed t = [].
    Proof.
      exact (Guarantees.recovers policy start H_configured requests leaves sup H_edf t0 t H_alive H_later H_idle
        H_demand).
    Qed.

    (** A periodic task that nobody stops releases a job every period, from its first release on. *)
    Theorem machine_releases_in_time i n (H_task : (i < s_count start)%N) (H_kind : s_kind start i = PERIODIC)
      (H_stop : forall t, ~ In (Stop i) (requests t)) :
      let t := N.to_nat (s_earliest start i + N.of_nat n * p_period (s_parameters start i)) in
      alive t -> In i (released_tasks start requests leaves sup t).
    Proof.
      exact (Guarantees.releases_in_time policy start H_configured requests leaves sup H_edf i n H_task H_kind H_stop).
    Qed.

    (** ** Admission *)

    (** Accepted, on the whole processor: nothing is ever missed, whatever the tasks do. *)
    Theorem admitted_never_misses t (H_alive : alive t) (H_admitted : admitted start)
      (H_whole : sup = whole_processor) : missed t = [].
    Proof.
      exact (Guarantees.no_miss policy start H_configured requests leaves sup H_edf t H_alive H_admitted H_whole).
    Qed.

    (** A job that leaves only when it has had [need] slots, no more than its budget, has them by its deadline. *)
    Theorem admitted_serves_need j need (H_released : released arr j) (H_alive : alive (deadline j))
      (H_admitted : admitted start) (H_whole : sup = whole_processor) (H_need : need <= budget j)
      (H_leaves : forall t, sched t = Some j -> leaves (S t) = true -> need <= service sched j (release j) (S t)) :
      need <= service sched j (release j) (deadline j).
    Proof.
      exact (Guarantees.serves_need policy start H_configured requests leaves sup H_edf j need H_released H_alive
        H_admitted H_whole H_need H_leaves).
    Qed.

    (** On part of a processor: if the demand bound function fits a bound on the supply, nothing is missed. *)
    Theorem supplied_never_misses sbf t (H_alive : alive t) (H_supplies : supplies sbf sup)
      (H_bound : forall l, demand_bound (tasks start) l <= sbf l) : missed t = [].
    Proof.
      exact (Guarantees.no_miss_supplied policy start H_configured requests leaves sup H_edf sbf t H_alive H_supplies
        H_bound).
    Qed.

    (** In particular, if the supply keeps a promise for which edf_admit_shared accepted the tasks. *)
    Theorem shared_never_misses every slots t (H_alive : alive t) (H_admitted : admitted_shared every slots start)
      (H_promise : gives (N.to_nat every) (N.to_nat slots) sup) : missed t = [].
    Proof.
      exact (Hierarchy.shared_misses_nothing policy start H_configured requests leaves sup H_edf every slots t H_alive
        H_admitted H_promise).
    Qed.
  End EarliestDeadlineFirst.

  (** The test always answers.  Accepted: every legal sequence of releases of these tasks is feasible.  Overloaded: some
      legal sequence is not, and demands that much in an interval of that length.  Undecided: no window of at most
      2^48 slots with fewer than 2^20 jobs has room for all that is released in it. *)
  Theorem admission_answers : exists v, edf_admit start = Done v start /\
    match verdict_decision v with
    | ACCEPTED => forall arr, legal (tasks start) arr -> feasible arr whole_processor
    | OVERLOADED => exists arr, legal (tasks start) arr /\ ~ feasible arr whole_processor /\
        N.to_nat (verdict_length v) < N.to_nat (verdict_demand v) <= demand arr 0 (N.to_nat (verdict_length v))
    | UNDECIDED => forall w, ~ AdmissionServices.small_window start w
    end.
  Proof. exact (AdmissionTheory.answers policy start H_configured). Qed.

  (** The test decides for all tasks whose periods have a common multiple that is small in this sense. *)
  Theorem admission_decides h (H_multiple : forall k, In k (tasks start) -> Nat.divide (period k) (N.to_nat h))
    (H_small : (1 <= h <= max_window)%N /\
      BusyWindow.number_released (tasks start) (N.to_nat h) + 2 <= admission_rounds) :
    admitted start <-> forall arr, legal (tasks start) arr -> feasible arr whole_processor.
  Proof. exact (AdmissionTheory.decides policy start H_configured h H_multiple H_small). Qed.

  (** The test for part of a processor always answers.  Accepted: every legal sequence of releases is feasible on every
      supply that keeps the promise.  Overloaded: some sequence is not, on some supply, and here is a length in which
      more can be demanded than is supplied in any case. *)
  Theorem shared_admission_answers every slots : exists v, edf_admit_shared every slots start = Done v start /\
    match verdict_decision v with
    | ACCEPTED => forall sup arr, gives (N.to_nat every) (N.to_nat slots) sup -> legal (tasks start) arr ->
        feasible arr sup
    | OVERLOADED => (exists sup arr, gives (N.to_nat every) (N.to_nat slots) sup /\ legal (tasks start) arr /\
          ~ feasible arr sup) /\
        periodic_supply (N.to_nat every) (N.to_nat slots) (N.to_nat (verdict_length v)) <
          N.to_nat (verdict_demand v) /\
        N.to_nat (verdict_demand v) = demand_bound (tasks start) (N.to_nat (verdict_length v))
    | UNDECIDED => True
    end.
  Proof. exact (Hierarchy.shared_answers policy start H_configured every slots). Qed.
End Machine.

(** ** The second policy *)

(** Under fixed priorities, no pending job's task has a lesser rank than the one that has the slot, nor the same rank
    and a lesser number. *)
Theorem fixed_priority_elects_least_rank start requests leaves sup t j k :
  let arr := arrivals_of start requests leaves sup in let sched := schedule_of start requests leaves sup in
  let rank := FixedPriority.rank_of start in
  forall (H_configured : configured FIXED_PRIORITY start) (H_alive : alive t) (H_elected : sched t = Some j)
    (H_pending : pending arr sched leaves k t),
  rank (task j) < rank (task k) \/ rank (task j) = rank (task k) /\ task j <= task k.
Proof. exact (FixedPriority.elects_least_rank start requests leaves sup t j k). Qed.

(** ** A scheduler under a scheduler *)
Section Hierarchy.
  Variables (above below : scheduler).
  Hypothesis H_above : configured EARLIEST_DEADLINE_FIRST above.
  Hypothesis H_below : configured EARLIEST_DEADLINE_FIRST below.

  (** The scheduler above, and the task in it that stands for the one below ([serves], in Machine.v). *)
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).
  Variables (server : task_number) (every slots : tick).
  Hypothesis H_server : serves above requests leaves sup server every slots.

  (** The scheduler below, whose first slot is slot [first] above, not before the first release of that task. *)
  Variables (requests' : nat -> list request) (leaves' : nat -> bool) (first : nat).
  Hypothesis H_first : N.to_nat (s_earliest above server) <= first.
  Hypothesis H_admitted : admitted_shared every slots below.
  Notation given := (fun t => share above requests leaves sup server (first + t)).

  (** On the slots that it is given, the one below misses nothing, if the one above does not.  At any depth, then. *)
  Theorem below_never_misses t (H_alive : alive (first + t + N.to_nat every))
    (H_kept : forall u, u <= first + t + N.to_nat every -> missed_tasks above requests leaves sup u = []) :
    missed_tasks below requests' leaves' given t = [].
  Proof.
    exact (Hierarchy.below_misses_nothing above below H_above H_below requests leaves sup server every slots H_server
      H_admitted requests' leaves' first H_first t H_alive H_kept).
  Qed.

  (** So if both tests said yes, for the scheduler above on the whole processor, nothing is missed. *)
  Theorem hierarchy_never_misses t (H_alive : alive (first + t + N.to_nat every)) (H_root : admitted above)
    (H_whole : sup = whole_processor) : missed_tasks below requests' leaves' given t = [].
  Proof.
    apply below_never_misses; [exact H_alive|]. intros u L.
    apply (admitted_never_misses _ above H_above requests leaves sup eq_refl u); auto.
    exact (Guarantees.alive_le _ _ L H_alive).
  Qed.
End Hierarchy.

(** ** In real time *)
Section RealTime.
  Variable start : scheduler.
  Hypothesis H_configured : configured EARLIEST_DEADLINE_FIRST start.
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply).
  Notation arr := (arrivals_of start requests leaves sup).
  Notation sched := (schedule_of start requests leaves sup).

  (** What the processor does in each unit of time: in a slot whose job stays, it works for the job, and for the
      scheduler no longer than was measured (RealTime.v).  All costs and times are in these units. *)
  Variable does : history.
  Variables slot tick_cost switch_cost fault_cost overhead : tick.
  Hypothesis H_overhead : exists m, edf_overhead tick_cost switch_cost fault_cost m = Done overhead m.
  Hypothesis H_measured : forall t j, alive t -> sched t = Some j -> leaves (S t) = false ->
    slot_as_measured does (N.to_nat slot) (N.to_nat tick_cost) (N.to_nat switch_cost) (N.to_nat fault_cost) t j.

  (** A task whose jobs need [work] within [time], with the budget and the deadline that the services answer. *)
  Variables i work time : tick.
  Hypothesis H_budget : exists m, edf_budget_for work slot overhead m = Done (p_budget (s_parameters start i)) m.
  Hypothesis H_deadline : exists m,
    edf_deadline_for (s_kind start i) time slot m = Done (p_deadline (s_parameters start i)) m.

  (** A job of this task, if it leaves only when its work is done, has done it within [time] after its event, if the
      machine does not report it; which it does not do for admitted tasks. *)
  Theorem deadlines_kept_in_real_time j x (H_released : released arr j) (H_task : number j = i)
    (H_alive : alive (deadline j)) (H_kept : missed_tasks start requests leaves sup (deadline j) = [])
    (H_event : answers (s_kind start i) (N.to_nat slot) j x)
    (H_leaves : forall t, sched t = Some j -> leaves (S t) = true ->
      N.to_nat work <= spent does (Works j) (release j * N.to_nat slot) (S t * N.to_nat slot)) :
    N.to_nat work <= spent does (Works j) x (x + N.to_nat time).
  Proof.
    exact (kept_in_real_time start H_configured requests leaves sup does slot tick_cost switch_cost fault_cost overhead
      H_overhead H_measured i work time H_budget H_deadline j x H_released H_task H_alive H_kept H_event H_leaves).
  Qed.
End RealTime.

(** Events of a sporadic task that are far enough apart are seen far enough apart: no release is put off. *)
Theorem events_are_not_put_off time slot period x y r q m
  (H_period : edf_period_for SPORADIC time slot m = Done period m) (H_time : (period <> 0 /\ time < tick_limit)%N)
  (H_apart : x + N.to_nat time <= y) (H_first : x <= r * N.to_nat slot < x + N.to_nat slot)
  (H_second : y <= q * N.to_nat slot < y + N.to_nat slot) : r + N.to_nat period <= q.
Proof.
  destruct (OverheadServices.edf_period_for_runs m SPORADIC time slot (proj2 H_time)) as (p & E & K).
  rewrite H_period in E. injection E as <-.
  exact (events_apart _ _ _ x y r q (K (proj1 H_time)) H_apart H_first H_second).
Qed.

(** ** Job sets of any kind: arbitrary arrivals, any supply *)

(** The demand criterion is necessary and sufficient. *)
Theorem demand_criterion arr sup (H_arrivals : well_formed arr) : demand_fits arr sup <-> feasible arr sup.
Proof. exact (Optimality.demand_iff_feasible arr sup H_arrivals). Qed.

(** EDF is optimal: if any schedule meets all deadlines, EDF reports no miss, whoever leaves early, and gives every job
    its whole budget in time if nobody does. *)
Theorem edf_is_optimal arr sup (H_arrivals : well_formed arr) (H_feasible : feasible arr sup) :
  (forall leaves t, Queue.missed earliest_deadline_first arr sup leaves t = []) /\
  (forall j, released arr j -> meets (elected earliest_deadline_first arr sup (fun _ => false)) j).
Proof. exact (Optimality.edf_optimal arr sup H_arrivals H_feasible). Qed.
