(* SPDX-License-Identifier: Apache-2.0 *)
(** * Schedulers under a scheduler

    A scheduler under another one gets only some slots.  If it is promised [slots] of every [every], and
    edf_admit_shared accepted its tasks for that, it misses nothing.  The scheduler above keeps such promises with
    periodic tasks, one for each scheduler below: as long as it misses nothing itself, all are kept together.  So
    everything is kept at every depth, if edf_admit said yes at the root and edf_admit_shared everywhere below.
    Every scheduler calls edf_elect once for every slot, with [supplied] false for those that it did not get. *)
From Coq Require Import List ZArith Bool Lia.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Services Require Import Types State Sharing.
From Pip.Edf.Model Require Import Job Sporadic Resource.
From Pip.Schedule Require Import Represents Timers OneSlot Simulation Behaviour Machine Guarantees.
From Pip.Schedule Require Accounting Demand Supply SharingServices WorstCase.

(** ** On part of a processor *)
Section Shared.
  Variables (policy : policy_name) (start : scheduler).
  Hypothesis H_start : configured policy start.

  Theorem shared_admission every slots : exists v, edf_admit_shared every slots start = Done v start /\
    let supply := periodic_supply (N.to_nat every) (N.to_nat slots) in
    match verdict_decision v with
    | ACCEPTED => (1 <= slots <= every)%N /\ forall l, demand_bound (tasks start) l <= supply l
    | OVERLOADED => (1 <= slots <= every)%N /\ supply (N.to_nat (verdict_length v)) < N.to_nat (verdict_demand v) /\
        demand_bound (tasks start) (N.to_nat (verdict_length v)) = N.to_nat (verdict_demand v)
    | UNDECIDED => True
    end.
  Proof.
    destruct (configured_good _ _ H_start) as (G & _). pose proof (good_timers _ _ G) as T.
    exact (SharingServices.edf_admit_shared_runs start every slots (tm_count _ _ T) (tm_parameters _ _ T)).
  Qed.

  Theorem shared_answers every slots : exists v, edf_admit_shared every slots start = Done v start /\
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
  Proof.
    destruct (shared_admission every slots) as (v & E & K). exists v. split; [exact E|]. cbv zeta in K.
    pose proof (tasks_sensible policy start H_start) as O. destruct (verdict_decision v); [| |exact I].
    - destruct K as [Hs D]. apply WorstCase.fitting_is_feasible; auto. lia.
    - destruct K as (Hs & L & D). rewrite <- D in L |- *. split; [|auto].
      apply (WorstCase.overload_is_infeasible _ (N.to_nat every) (N.to_nat slots) O) with (2 := L). lia.
  Qed.

  Lemma shared_bound every slots : admitted_shared every slots start ->
    (1 <= slots <= every)%N /\
    forall l, demand_bound (tasks start) l <= periodic_supply (N.to_nat every) (N.to_nat slots) l.
  Proof.
    intros (v & E & A). destruct (shared_admission every slots) as (v' & E' & K). cbv zeta in K.
    rewrite E in E'. injection E' as <-. now rewrite A in K.
  Qed.

  Theorem shared_misses_nothing requests leaves sup (H_edf : policy = EARLIEST_DEADLINE_FIRST) every slots t :
    alive t -> admitted_shared every slots start -> gives (N.to_nat every) (N.to_nat slots) sup ->
    missed_tasks start requests leaves sup t = [].
  Proof.
    intros B A P. destruct (shared_bound _ _ A) as [Hs D].
    apply (no_miss_supplied _ _ H_start requests leaves sup H_edf _ t B) with (2 := D).
    apply Supply.promise_supplies; [lia|exact P].
  Qed.
End Shared.

(** ** A promise kept by the scheduler above *)
Section Server.
  Variable above : scheduler.
  Hypothesis H_above : configured EARLIEST_DEADLINE_FIRST above.
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply) (server every slots : N).
  Hypothesis H_server : serves above requests leaves sup server every slots.
  Notation answer := (answer above requests leaves sup).
  Notation arr := (arrivals_of above requests leaves sup).
  Notation sched := (schedule_of above requests leaves sup).
  Notation share := (share above requests leaves sup server).
  Notation first := (N.to_nat (s_earliest above server)).

  (** Who gets a slot, by number. *)
  Lemma sched_answer t j : sched t = Some j -> answer t = number j.
  Proof.
    unfold schedule_of. destruct (N.eqb_spec (answer t) no_task); [discriminate|]. intros [= <-].
    symmetry. apply N2Nat.id.
  Qed.

  Lemma server_job t : alive t -> In server (released_tasks above requests leaves sup t) ->
    exists j, In j (arr t) /\ number j = server.
  Proof.
    intros B I. exists (job_of (memory above requests leaves sup (S t)) server). split.
    - unfold arrivals_of. unfold alive in B. apply N.leb_le in B. rewrite B. now apply in_map.
    - apply N2Nat.id.
  Qed.

  Lemma service_share j t1 t2 : number j = server -> service sched j t1 t2 <= supplied share t1 t2.
  Proof.
    intros N. unfold service, supplied. induction (seq t1 (t2 - t1)) as [|t l IH]; [apply Nat.le_0_l|]. simpl.
    destruct (runs sched j t) eqn:R; [|destruct (share t); simpl; lia].
    apply Accounting.runs_spec, sched_answer in R. unfold Machine.share at 1. rewrite R, N, N.eqb_refl. simpl. lia.
  Qed.

  Theorem server_gets_its_share k (H_alive : alive (first + S k * N.to_nat every))
    (H_kept : missed_tasks above requests leaves sup (first + S k * N.to_nat every) = []) :
    N.to_nat slots <= supplied share (first + k * N.to_nat every) (first + S k * N.to_nat every).
  Proof.
    destruct H_server as [L K Pb Pd Pt St Le]. set (t := first + k * N.to_nat every).
    assert (B : alive t) by (unfold alive, t in *; lia).
    assert (I : In server (released_tasks above requests leaves sup t)).
    { pose proof (releases_in_time _ _ H_above requests leaves sup eq_refl server k L K St) as I.
      cbv zeta in I. rewrite Pt in I.
      replace (N.to_nat (s_earliest above server + N.of_nat k * every)) with t in I by (unfold t; lia).
      now apply I. }
    destruct (server_job t B I) as (j & J & N).
    pose proof (arrival_arrives _ _ H_above requests leaves sup t j J) as A.
    pose proof (arr_release _ _ _ _ _ _ A) as R. pose proof (arr_budget _ _ _ _ _ _ A) as Bu.
    pose proof (arr_due _ _ _ _ _ _ A) as D. rewrite N in Bu, D. rewrite Pb in Bu. rewrite Pd in D.
    assert (Ed : deadline j = first + S k * N.to_nat every) by (unfold t in D; lia).
    rewrite <- Ed in H_kept, H_alive |- *.
    destruct (served_left_or_reported _ _ H_above requests leaves sup eq_refl j) as [E|[(u & _ & Eu & Lu)|E]]; auto.
    - unfold released. now rewrite R.
    - rewrite Bu, R in E. rewrite <- E. now apply service_share.
    - apply sched_answer in Eu. rewrite Le in Lu; [discriminate|congruence].
    - rewrite H_kept in E. destruct E.
  Qed.
End Server.

(** ** Slots counted from another one *)
Lemma supplied_shifted sup n t1 t2 : supplied (fun t => sup (n + t)) t1 t2 = supplied sup (n + t1) (n + t2).
Proof.
  unfold supplied. replace (n + t2 - (n + t1)) with (t2 - t1) by lia. generalize (t2 - t1). intros len.
  revert t1. induction len as [|len IH]; intros t1; [reflexivity|]. cbn [seq filter].
  specialize (IH (S t1)). rewrite <- plus_n_Sm in IH. destruct (sup (n + t1)); cbn [length]; now rewrite IH.
Qed.

Lemma shifted_supplies sbf sup n : supplies sbf sup -> supplies sbf (fun t => sup (n + t)).
Proof.
  intros H t1 t2 L. rewrite supplied_shifted. specialize (H (n + t1) (n + t2) ltac:(lia)).
  now replace (n + t2 - (n + t1)) with (t2 - t1) in H by lia.
Qed.

(** A machine does not look at slots to come. *)
Lemma memory_until start requests leaves sup sup' t : (forall u, u < t -> sup u = sup' u) ->
  memory start requests leaves sup t = memory start requests leaves sup' t.
Proof.
  induction t as [|t IH]; intros H; [reflexivity|]. cbn [memory]. rewrite IH by (intros; apply H; lia).
  unfold step. now rewrite (H t) by lia.
Qed.

(** What is given in so many periods, and everything after. *)
Lemma give_after share every slots periods : 1 <= slots <= every ->
  (forall k, k < periods -> slots <= supplied share (k * every) (S k * every)) ->
  gives every slots (fun t => if t <? periods * every then share t else true).
Proof.
  intros Hs H k. destruct (Nat.lt_ge_cases k periods) as [C|C].
  - etransitivity; [apply (H k C)|]. unfold supplied. apply Nat.eq_le_incl. f_equal. apply filter_ext_in.
    intros t I. apply in_seq in I. destruct (Nat.ltb_spec t (periods * every)); [reflexivity|nia].
  - unfold supplied. rewrite (filter_ext_in _ whole_processor).
    + pose proof (Demand.supplied_whole (k * every) (S k * every)) as W. unfold supplied in W. rewrite W. lia.
    + intros t I. apply in_seq in I. unfold whole_processor.
      destruct (Nat.ltb_spec t (periods * every)); [nia|reflexivity].
Qed.

(** ** Both together *)
Section TwoSchedulers.
  Variables (above below : scheduler).
  Hypothesis H_above : configured EARLIEST_DEADLINE_FIRST above.
  Hypothesis H_below : configured EARLIEST_DEADLINE_FIRST below.

  (** The scheduler above, and the task in it that stands for the one below. *)
  Variables (requests : nat -> list request) (leaves : nat -> bool) (sup : supply) (server every slots : N).
  Hypothesis H_server : serves above requests leaves sup server every slots.
  Hypothesis H_admitted : admitted_shared every slots below.
  Notation share := (share above requests leaves sup server).
  Notation first := (N.to_nat (s_earliest above server)).

  (** The scheduler below, whose first slot is slot [start] above. *)
  Variables (requests' : nat -> list request) (leaves' : nat -> bool) (start : nat).
  Hypothesis H_start : first <= start.

  Theorem below_misses_nothing t (H_alive : alive (start + t + N.to_nat every))
    (H_kept : forall u, u <= start + t + N.to_nat every -> missed_tasks above requests leaves sup u = []) :
    missed_tasks below requests' leaves' (fun u => share (start + u)) t = [].
  Proof.
    destruct (shared_bound _ _ H_below _ _ H_admitted) as [Hs D]. set (n := N.to_nat every) in *.
    assert (Hn : 1 <= N.to_nat slots <= n) by (unfold n; lia).
    set (before := start + t - first). pose proof (Nat.div_mod before n ltac:(lia)) as E.
    pose proof (Nat.mod_upper_bound before n ltac:(lia)) as U.
    set (q := before / n) in *. set (periods := S q). set (r := before mod n) in *. clearbody q r.
    set (given := fun u => if u <? periods * n then share (first + u) else true).
    assert (P : gives n (N.to_nat slots) given).
    { apply give_after; [exact Hn|]. intros k K. rewrite supplied_shifted.
      assert (C : first + S k * n <= start + t + n) by (unfold before, periods in *; nia).
      apply (server_gets_its_share above H_above requests leaves sup server every slots H_server k).
      - unfold alive in *. fold n. lia.
      - now apply H_kept. }
    assert (M : missed_tasks below requests' leaves' (fun u => share (start + u)) t =
                missed_tasks below requests' leaves' (fun u => given (start - first + u)) t).
    { unfold missed_tasks. f_equal. f_equal. apply memory_until. intros u L. unfold given.
      destruct (Nat.ltb_spec (start - first + u) (periods * n)); [f_equal; lia|]. unfold before, periods in *. nia. }
    rewrite M. apply (no_miss_supplied _ _ H_below requests' leaves' _ eq_refl _ t) with (3 := D).
    - unfold alive in *. lia.
    - apply shifted_supplies. now apply Supply.promise_supplies.
  Qed.
End TwoSchedulers.
