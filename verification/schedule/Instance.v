(* SPDX-License-Identifier: Apache-2.0 *)
(** * The hypotheses can be met

    A concrete task set is configured, admitted and run; the theorems of Main.v apply to it, and some of its slots are
    computed.  An overloaded set is refused with the right numbers, and does miss deadlines when it runs. *)
From Coq Require Import List NArith Lia.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Sporadic.
From Pip.Edf.Services Require Import Types State Tasks Admission.
From Pip.Schedule Require Import Timers Machine OneSlot Simulation AdmissionServices Main.
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
