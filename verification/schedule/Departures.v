(* SPDX-License-Identifier: Apache-2.0 *)
(** * The first half of edf_elect: who leaves the queue

    Retiring the head and dropping late heads are, on the arrays, what they are in the model; they never run out of fuel
    or of room for reports. *)
From Coq Require Import List ZArith Bool Lia Permutation.
Import ListNotations.
From Pip.Model Require Import Monad.
From Pip.Edf.Model Require Import Job Policy Queue.
From Pip.Edf.Services Require Import Types State Heap Elect.
From Pip.Schedule Require Import QueueFacts Runs ArrayHeap HeapServices Represents.
Local Open Scope N_scope.

(** ** Reports *)

(** The tasks in a list of reports. *)
Definition tasks_in (r : report_list) : list N := contents (reports r) (reported r).

Lemma tasks_in_length r : length (tasks_in r) = N.to_nat (reported r).
Proof. apply contents_length. Qed.

Theorem report_runs e i s : reported (report_of s e) < max_tasks ->
  exists r, report e i s = Done tt (with_report s e r) /\ tasks_in r = tasks_in (report_of s e) ++ [i].
Proof.
  intros L. unfold report. step read_runs. step write_at_runs. step one_more_runs.
  set (old := report_of s e) in *. eexists. split.
  - unfold set_reported, write. destruct e; reflexivity.
  - assert (E : forall r, report_of (with_report s e r) e = r) by (now destruct e). rewrite E.
    unfold tasks_in. cbn [reports reported]. rewrite contents_succ, update_same. f_equal.
    apply contents_ext. intros k K. apply update_other. lia.
Qed.

(** ** Departures *)

(** The state with fewer jobs and more reports of missed deadlines. *)
Definition after_departures (s : scheduler) (active : N -> bool) (ready : array_heap) (missed : report_list) :
  scheduler :=
  with_report (with_heap (with_jobs s active (s_due s) (s_left s)) READY ready) MISSED missed.

Lemma no_departures s : s = after_departures s (s_active s) (s_ready s) (s_missed s).
Proof. now destruct s. Qed.

(** A service that only makes jobs leave: [q'] is the queue that it leaves, [out] what it reports as missed. *)
Definition departs (m : Edf unit) (s : scheduler) (q' : queue) (out : list N) : Prop :=
  exists active ready missed, let s' := after_departures s active ready missed in
    m s = Done tt s' /\ represents s' q' /\ tasks_in missed = tasks_in (s_missed s) ++ out /\
    forall i, active i = true -> s_active s i = true.

Lemma nobody_departs s q : represents s q -> departs (ret tt) s q [].
Proof.
  intros R. exists (s_active s), (s_ready s), (s_missed s). rewrite <- no_departures, app_nil_r. auto.
Qed.

Lemma update_false (f : N -> bool) i k : update f i false k = true -> f k = true.
Proof. unfold update. destruct (k =? i); [discriminate|auto]. Qed.

Lemma top_departs s e q : represents s (e :: q) -> departs (remove_top (number (fst e))) s q [].
Proof.
  intros R. destruct (remove_top_runs s e q R) as (new & E & R').
  exists (update (s_active s) (number (fst e)) false), new, (s_missed s).
  rewrite app_nil_r. split; [exact E|]. split; [exact R'|]. split; [reflexivity|]. apply update_false.
Qed.

Definition was_running (s : scheduler) : bool := negb (s_running s =? no_task).

(** Reading the top of the queue. *)
Lemma read_top s e q : represents s (e :: q) -> (size (s_ready s) =? 0) = false /\
  get_entry READY top s = Done (packed (policy_of s) e) s /\
  entry_task (packed (policy_of s) e) = number (fst e) /\ number (fst e) < max_tasks.
Proof.
  intros R. pose proof (rep_size _ _ R) as Z. cbn [length] in Z.
  assert (L : number (fst e) < max_tasks) by (apply (rep_task _ _ R); simpl; auto).
  split; [apply N.eqb_neq; lia|]. split; [|split; auto].
  - rewrite get_entry_runs by reflexivity. now rewrite <- (rep_top _ _ R e q eq_refl).
  - apply entry_task_pack. now apply max_tasks_bits.
Qed.

Theorem retire_departs s q d : represents s q ->
  departs (retire d) s (Queue.retire (d && was_running s) q) [].
Proof.
  intros R. unfold retire, departs at 1. step read_runs. destruct q as [|e q].
  { rewrite (rep_size _ _ R). now apply nobody_departs. }
  destruct (read_top s e q R) as (-> & E1 & E2 & L). step E1. rewrite E2. step read_runs. step read_at_runs.
  pose proof (stands_left _ _ (rep_stands _ _ R e (or_introl eq_refl))) as El. simpl Queue.retire. rewrite El.
  replace (N.to_nat (s_left s (number (fst e))) =? 0)%nat with (s_left s (number (fst e)) =? 0).
  2:{ destruct (N.eqb_spec (s_left s (number (fst e))) 0), (Nat.eqb_spec (N.to_nat (s_left s (number (fst e)))) 0);
    lia. }
  fold (was_running s). destruct (_ || _); [now apply top_departs|now apply nobody_departs].
Qed.

Theorem drop_late_departs now fuel : forall s q, represents s q -> (length q <= fuel)%nat ->
  reported (s_missed s) + N.of_nat (length q) <= max_tasks ->
  departs (drop_late fuel now) s (Queue.drop_late (N.to_nat now) q) (map number (late (N.to_nat now) q)).
Proof.
  induction fuel as [|fuel IH]; intros s q R F Room.
  { destruct q; [now apply nobody_departs|simpl in F; lia]. }
  cbn [drop_late]. unfold departs. step read_runs. destruct q as [|e q].
  { rewrite (rep_size _ _ R). now apply nobody_departs. }
  destruct (read_top s e q R) as (-> & E1 & E2 & L). step E1. rewrite E2. step read_at_runs.
  set (i := number (fst e)) in *. cbn [length] in *.
  assert (Ed : deadline (fst e) = N.to_nat (s_due s i)).
  { pose proof (stands_job _ _ (rep_stands _ _ R e (or_introl eq_refl))) as S. now rewrite S at 1. }
  simpl Queue.drop_late. simpl late. rewrite Ed.
  destruct (N.ltb_spec now (s_due s i)) as [T|T], (Nat.leb_spec (N.to_nat (s_due s i)) (N.to_nat now)) as [T'|T'];
    try lia.
  { now apply nobody_departs. }
  destruct (report_runs MISSED i s) as (r & E3 & Er); [cbn; lia|]. step E3.
  set (s1 := with_report s MISSED r). assert (R1 : represents s1 (e :: q)) by now apply (represents_same s).
  destruct (top_departs s1 e q R1) as (active & ready & missed & E4 & R4 & M4 & A4). fold i in E4. step E4. clear E4.
  rewrite app_nil_r in M4. change (s_missed s1) with r in M4. cbn [report_of] in Er.
  set (s2 := after_departures s1 active ready missed) in *.
  destruct (IH s2 q R4 ltac:(lia)) as (active' & ready' & missed' & E5 & R5 & M5 & A5).
  { change (s_missed s2) with missed. pose proof (f_equal (@length N) M4) as Z. rewrite Er, app_length in Z.
    unfold tasks_in in Z. rewrite !contents_length in Z. simpl in Z. lia. }
  exists active', ready', missed'. split; [exact E5|]. split; [exact R5|]. split.
  - rewrite M5. change (s_missed s2) with missed. rewrite M4, Er, <- app_assoc. reflexivity.
  - intros k A. apply A4, (A5 k A).
Qed.
