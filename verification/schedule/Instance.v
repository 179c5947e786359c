(* SPDX-License-Identifier: Apache-2.0 *)
(** * The hypotheses can be met

    A concrete task set is configured, admitted and run; the theorems of Main.v apply to it, and some of its slots are
    computed.  An overloaded set is refused with the right numbers, and does miss deadlines when it runs.  The same for
    two schedulers under a root, and for a processor that spends time on ticks and switches. *)
From Coq Require Import List Arith NArith Lia.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Sporadic.
From Pip.Edf.Services Require Import Types State Tasks Admission Sharing Overheads.
From Pip.Schedule Require Import Represents Timers Machine OneSlot Simulation RealTime Main.
From Pip.Schedule Require TaskServices.
Local Open Scope N_scope.

(** Memory before anything runs. *)
Definition blank : scheduler :=
  let heap := ArrayHeap 0 (fun _ => 0) in
  let list := ReportList 0 (fun _ => 0) in
  Scheduler EARLIEST_DEADLINE_FIRST 0 0 0 (fun _ => Parameters 0 0 0 0) (fun _ => STOPPED) (fun _ => 0)
    (fun _ => false) (fun _ => false) (fun _ => 0) (fun _ => 0) heap heap list list list.

(** The state that a service leaves. *)
Definition after {A} (m : Edf A) (s : scheduler) : scheduler := match m s with Done _ s' => s' | Undefined => s end.

Definition add (k : kind) (budget deadline period : N) : scheduler -> scheduler :=
  after (edf_add_task k budget deadline period 0 0).

Lemma reset_configured policy m : configured policy (after (edf_reset policy) m).
Proof. exact (configured_reset policy m _ eq_refl). Qed.

Lemma add_configured policy s k c d t : configured policy s -> configured policy (add k c d t s).
Proof.
  intros H. destruct (configured_good _ _ H) as (G & _). unfold add, after.
  destruct (TaskServices.edf_add_task_runs s k c d t 0 0 G) as (st & s' & E & _). rewrite E.
  exact (configured_add _ _ _ _ _ _ _ _ _ _ H E).
Qed.

(** ** A set that is admitted: budget, relative deadline, period; utilisation 0.76 *)
Definition some_tasks : scheduler :=
  add SPORADIC 1 6 9 (add PERIODIC 2 5 5 (add PERIODIC 1 2 4 (after (edf_reset EARLIEST_DEADLINE_FIRST) blank))).

Lemma some_tasks_configured : configured EARLIEST_DEADLINE_FIRST some_tasks.
Proof. repeat apply add_configured. apply reset_configured. Qed.

(** The verdict of the test. *)
Definition judge (s : scheduler) : option verdict :=
  match edf_admit s with Done v _ => Some v | Undefined => None end.

Lemma judged s v : configured EARLIEST_DEADLINE_FIRST s -> judge s = Some v -> edf_admit s = Done v s.
Proof.
  intros H. destruct (admission_answers _ _ H) as (v' & E & _). unfold judge. rewrite E. congruence.
Qed.

Lemma some_tasks_admitted : admitted some_tasks.
Proof.
  exists (Verdict ACCEPTED 0 0). split; [|reflexivity]. apply (judged _ _ some_tasks_configured).
  vm_compute. reflexivity.
Qed.

(** Nothing is missed, whatever is requested and whoever leaves. *)
Example some_tasks_never_miss requests leaves t : alive t ->
  missed_tasks some_tasks requests leaves whole_processor t = [].
Proof.
  intros B. apply (admitted_never_misses _ _ some_tasks_configured); auto. exact some_tasks_admitted.
Qed.

(** The first twelve slots, if nobody leaves and the sporadic task, number 2, asks before slots 0 and 3: its second job
    must wait for slot 9. *)
Definition asks (t : nat) : list request := match t with 0%nat | 3%nat => [Request 2] | _ => [] end.
Definition stays (t : nat) : bool := false.

Example some_tasks_run :
  map (answer some_tasks asks stays whole_processor) (seq 0 12) = [0; 1; 1; 2; 0; 1; 1; no_task; 0; 2; 1; 1].
Proof. vm_compute. reflexivity. Qed.

Example some_tasks_releases :
  map (released_tasks some_tasks asks stays whole_processor) (seq 0 11) =
  [[0; 1; 2]; []; []; []; [0]; [1]; []; []; [0]; [2]; [1]].
Proof. vm_compute. reflexivity. Qed.

(** ** A set that is refused: in 3 slots 4 are demanded *)
Definition too_many : scheduler :=
  add PERIODIC 2 3 3 (add PERIODIC 2 3 3 (after (edf_reset EARLIEST_DEADLINE_FIRST) blank)).

Example too_many_refused : judge too_many = Some (Verdict OVERLOADED max_window 375299968947540).
Proof. vm_compute. reflexivity. Qed.

Example too_many_misses : map (missed_tasks too_many (fun _ => []) stays whole_processor) (seq 0 7) =
  [[]; []; []; [1]; []; []; [1]].
Proof. vm_compute. reflexivity. Qed.

(** ** Two schedulers under a root, which promises 2 and 1 of every 4 slots *)
Definition nobody (t : nat) : list request := [].

Definition root : scheduler :=
  add PERIODIC 1 4 4 (add PERIODIC 2 4 4 (after (edf_reset EARLIEST_DEADLINE_FIRST) blank)).
Definition left_child : scheduler :=
  add SPORADIC 1 8 8 (add PERIODIC 1 6 12 (after (edf_reset EARLIEST_DEADLINE_FIRST) blank)).
Definition right_child : scheduler :=
  add PERIODIC 1 9 9 (after (edf_reset EARLIEST_DEADLINE_FIRST) blank).
Definition greedy_child : scheduler :=
  add PERIODIC 1 6 6 (after (edf_reset EARLIEST_DEADLINE_FIRST) blank).

Definition judge_shared (every slots : N) (s : scheduler) : option verdict :=
  match edf_admit_shared every slots s with Done v _ => Some v | Undefined => None end.

Lemma judged_shared every slots s v : configured EARLIEST_DEADLINE_FIRST s -> judge_shared every slots s = Some v ->
  verdict_decision v = ACCEPTED -> admitted_shared every slots s.
Proof.
  intros H J A. exists v. split; [|exact A]. destruct (shared_admission_answers _ _ H every slots) as (v' & E & _).
  unfold judge_shared in J. rewrite E in J |- *. congruence.
Qed.

Lemma root_admitted : admitted root.
Proof.
  exists (Verdict ACCEPTED 0 0). split; [|reflexivity].
  apply judged; [repeat apply add_configured; apply reset_configured|]. vm_compute. reflexivity.
Qed.

Lemma left_admitted : admitted_shared 4 2 left_child.
Proof.
  apply (judged_shared _ _ _ (Verdict ACCEPTED 0 0)); [|vm_compute; reflexivity|reflexivity].
  repeat apply add_configured. apply reset_configured.
Qed.

(** In some 6 slots none is supplied. *)
Example greedy_refused : judge_shared 4 1 greedy_child = Some (Verdict OVERLOADED 6 1).
Proof. vm_compute. reflexivity. Qed.

(** The left child is the root's task 0: it misses nothing, whatever its tasks do. *)
Example left_never_misses requests leaves t : alive (t + 4) ->
  missed_tasks left_child requests leaves (fun t => share root nobody stays whole_processor 0 (0 + t)%nat) t = [].
Proof.
  intros B. apply (hierarchy_never_misses root left_child) with (every := 4) (slots := 2); auto.
  1, 2: repeat apply add_configured; apply reset_configured.
  - split; try reflexivity. intros u [].
  - exact left_admitted.
  - exact root_admitted.
Qed.

(** Who has the first slots, in the root and in both children. *)
Example shared_run :
  let given i := share root nobody stays whole_processor i in
  map (answer root nobody stays whole_processor) (seq 0 9) = [0; 0; 1; no_task; 0; 0; 1; no_task; 0] /\
  map (answer left_child nobody stays (given 0)) (seq 0 5) = [0; no_task; no_task; no_task; no_task] /\
  map (answer right_child nobody stays (given 1)) (seq 0 3) = [no_task; no_task; 0].
Proof. vm_compute. auto. Qed.

(** ** A processor that keeps to its costs: a slot of 10 units, of which tick and switch take 1 each *)
Local Open Scope nat_scope.

Section RealTime.
  Variable start : scheduler.
  Variables (requests : nat -> list request) (leaves : nat -> bool).
  Notation sched := (schedule_of start requests leaves whole_processor).

  Definition does (x : nat) : activity :=
    match sched (x / 10), (x mod 10) with
    | None, _ => Waits
    | _, 0 => Ticks
    | _, 1 => Switches
    | Some j, _ => Works j
    end.

  Lemma seq_from a n b : seq (a + b) n = map (Nat.add a) (seq b n).
  Proof. revert b. induction n as [|n IH]; intros b; [reflexivity|]. cbn [seq map]. now rewrite plus_n_Sm, IH. Qed.

  Lemma slot_units t : seq (t * 10) (S t * 10 - t * 10) = map (Nat.add (t * 10)) (seq 0 10).
  Proof. rewrite <- seq_from, Nat.add_0_r. f_equal. lia. Qed.

  Lemma does_in t k : (k < 10) -> does (t * 10 + k) =
    match sched t, k with None, _ => Waits | _, 0 => Ticks | _, 1 => Switches | Some j, _ => Works j end.
  Proof.
    intros L. unfold does. rewrite (Nat.add_comm (t * 10)), Nat.div_add, Nat.mod_add by lia.
    now rewrite Nat.div_small, Nat.mod_small by exact L.
  Qed.

  Example processor_as_measured t j : sched t = Some j -> slot_as_measured does 10 1 1 1 t j.
  Proof.
    intros E. set (plan := fun k => match k with 0 => Ticks | 1 => Switches | _ => Works j end).
    assert (D : forall k, k < 10 -> does (t * 10 + k) = plan k).
    { intros k L. rewrite does_in, E by exact L. now destruct k as [|[|k]]. }
    assert (C : forall a, spent does a (t * 10) (S t * 10) = length (filter (fun k =>
      if activity_eq_dec (plan k) a then true else false) (seq 0 10))).
    { intros a. unfold spent. rewrite slot_units. assert (I : forall k, In k (seq 0 10) -> k < 10).
      { intros k I. apply in_seq in I. lia. }
      induction (seq 0 10) as [|k l IH]; [reflexivity|]. specialize (IH (fun u U => I u (or_intror U))).
      cbn [map filter]. rewrite (D k (I k (or_introl eq_refl))).
      destruct (activity_eq_dec (plan k) a); cbn [length]; now rewrite IH. }
    split; rewrite ?C; try (apply Nat.leb_le; reflexivity).
    intros x B. replace x with (t * 10 + (x - t * 10)) by lia. rewrite D by lia.
    destruct (x - t * 10) as [|[|k]]; simpl; tauto.
  Qed.
End RealTime.

(** A task that needs 7 units of work within 20 of its release has 1 slot within 2. *)
Example computed : (edf_overhead 1 1 1 blank = Done 3 blank /\
  edf_budget_for 7 10 3 blank = Done 1 blank /\ edf_deadline_for PERIODIC 20 10 blank = Done 2 blank)%N.
Proof. now vm_compute. Qed.

(** Task 0 of the admitted set is such a task; if its jobs leave only after 7 units, they have had them in time. *)
Example some_work_in_real_time requests leaves j :
  let sched := schedule_of some_tasks requests leaves whole_processor in
  let does := does some_tasks requests leaves in
  released (arrivals_of some_tasks requests leaves whole_processor) j -> number j = 0%N ->
  alive (deadline j) ->
  (forall t, sched t = Some j -> leaves (S t) = true -> 7 <= spent does (Works j) (release j * 10) (S t * 10)) ->
  7 <= spent does (Works j) (release j * 10) (release j * 10 + 20).
Proof.
  intros s d R N B L. pose proof computed as (C1 & C2 & C3).
  apply (deadlines_kept_in_real_time some_tasks some_tasks_configured requests leaves whole_processor d
    10%N 1%N 1%N 1%N 3%N (ex_intro _ blank C1)) with (i := 0%N) (work := 7%N) (time := 20%N); auto.
  - intros t k _ E _. now apply processor_as_measured.
  - now exists blank.
  - now exists blank.
  - now apply some_tasks_never_miss.
  - reflexivity.
Qed.
