(* SPDX-License-Identifier: Apache-2.0 *)
(** * The demand bound function is the demand of the worst legal arrivals

    No legal sequence of releases demands more in an interval than the demand bound function says of its length, and
    the synchronous periodic one demands just that from slot 0 on.  So "demand_bound ts l <= l for all l" decides
    whether every legal sequence is schedulable. *)
From Coq Require Import List Arith Bool Lia Permutation.
Import ListNotations.
From Pip.Edf.Model Require Import Job Policy Queue Sporadic.
From Pip.Schedule Require Import QueueFacts Accounting Demand Optimality.

Lemma nodup_map_on {A B} (f : A -> B) l : NoDup l ->
  (forall x y, In x l -> In y l -> f x = f y -> x = y) -> NoDup (map f l).
Proof.
  induction 1 as [|x l Hx N IH]; intros H; simpl; constructor.
  - intros C. apply in_map_iff in C as (y & E & Hy). apply Hx. rewrite <- (H y x); simpl; auto.
  - apply IH. intros; apply H; simpl; auto.
Qed.

(** ** Counting releases that keep a distance *)
Lemma far_apart_quotients T x y : 1 <= T -> x + T <= y -> x / T <> y / T.
Proof.
  intros HT H. assert ((x + 1 * T) / T <= y / T) by (apply Nat.div_le_mono; lia).
  rewrite Nat.div_add in *; lia.
Qed.

Lemma count_separated (l : list job) T a b : 1 <= T -> NoDup l -> (forall j, In j l -> a <= release j <= b) ->
  (forall i j, In i l -> In j l -> i <> j -> release i <= release j -> release i + T <= release j) ->
  length l <= (b - a) / T + 1.
Proof.
  intros HT N Hb Hs. rewrite <- (map_length (fun j => (release j - a) / T) l).
  rewrite <- (seq_length ((b - a) / T + 1) 0). apply NoDup_incl_length.
  - apply nodup_map_on; auto. intros i j Hi Hj E. pose proof (Hb i Hi). pose proof (Hb j Hj).
    destruct (job_eq_dec i j) as [|D]; auto. exfalso. destruct (Nat.le_ge_cases (release i) (release j)) as [L|L].
    + pose proof (Hs i j Hi Hj D L). apply (far_apart_quotients T (release i - a) (release j - a)); auto; lia.
    + pose proof (Hs j i Hj Hi (not_eq_sym D) L).
      apply (far_apart_quotients T (release j - a) (release i - a)); auto; lia.
  - intros v Hv. apply in_map_iff in Hv as (j & <- & Hj). apply in_seq. specialize (Hb j Hj).
    assert ((release j - a) / T <= (b - a) / T) by (apply Nat.div_le_mono; lia). lia.
Qed.

(** ** Sums over jobs and over tasks *)

(** The jobs of task [i]. *)
Definition of_task (i : nat) (l : list job) : list job := filter (fun j => task j =? i) l.

(** For the tasks from number [i] on: cost times number of jobs. *)
Fixpoint cost_of_jobs (ts : list sporadic) (i : nat) (l : list job) : nat :=
  match ts with [] => 0 | k :: ts => length (of_task i l) * cost k + cost_of_jobs ts (S i) l end.

Definition cost_of_task (ts : list sporadic) (i : nat) (j : job) : nat :=
  if i <=? task j then match nth_error ts (task j - i) with Some k => cost k | None => 0 end else 0.

Lemma cost_of_jobs_cons j l : forall ts i,
  cost_of_jobs ts i (j :: l) = cost_of_jobs ts i l + cost_of_task ts i j.
Proof.
  unfold cost_of_task. induction ts as [|k ts IH]; intros i; simpl cost_of_jobs.
  - destruct (i <=? task j); auto. destruct (task j - i); auto.
  - rewrite IH. unfold of_task. simpl filter. destruct (Nat.eqb_spec (task j) i) as [->|Ne].
    + rewrite Nat.leb_refl, Nat.sub_diag. simpl nth_error. destruct (Nat.leb_spec (S i) i); [lia|]. simpl length. lia.
    + destruct (Nat.leb_spec i (task j)), (Nat.leb_spec (S i) (task j)); try lia.
      replace (task j - i) with (S (task j - S i)) by lia. simpl nth_error. lia.
Qed.

Lemma budgets_at_most_costs ts l :
  (forall j, In j l -> exists k, nth_error ts (task j) = Some k /\ budget j <= cost k) ->
  list_sum (map budget l) <= cost_of_jobs ts 0 l.
Proof.
  induction l as [|j l IH]; intros H; [simpl; lia|]. rewrite cost_of_jobs_cons. unfold cost_of_task. cbn [map].
  change (list_sum (budget j :: map budget l)) with (budget j + list_sum (map budget l)).
  rewrite Nat.sub_0_r. destruct (H j (or_introl eq_refl)) as (k & -> & Hk).
  specialize (IH (fun i I => H i (or_intror I))). cbn [Nat.leb]. lia.
Qed.

Lemma costs_at_most_budgets ts l :
  (forall j k, In j l -> nth_error ts (task j) = Some k -> cost k <= budget j) ->
  cost_of_jobs ts 0 l <= list_sum (map budget l).
Proof.
  induction l as [|j l IH]; intros H.
  - assert (E : forall ts i, cost_of_jobs ts i [] = 0); [|rewrite E; lia].
    clear. induction ts as [|k ts IHt]; intros i; simpl; auto.
  - rewrite cost_of_jobs_cons. unfold cost_of_task. cbn [map].
    change (list_sum (budget j :: map budget l)) with (budget j + list_sum (map budget l)).
    rewrite Nat.sub_0_r. pose proof (H j) as Hj. specialize (IH (fun i k I => H i k (or_intror I))).
    cbn [Nat.leb]. destruct (nth_error ts (task j)) as [k|]; [specialize (Hj k (or_introl eq_refl) eq_refl)|]; lia.
Qed.

(** Comparing the sums task by task. *)
Lemma cost_of_jobs_total (R : nat -> nat -> Prop) f l :
  R 0 0 -> (forall a b c d, R a b -> R c d -> R (a + c) (b + d)) ->
  forall ts i, (forall m k, nth_error ts m = Some k -> R (length (of_task (i + m) l) * cost k) (f k)) ->
  R (cost_of_jobs ts i l) (total f ts).
Proof.
  intros R0 RS. induction ts as [|k ts IH]; intros i H; [exact R0|].
  change (total f (k :: ts)) with (f k + total f ts). simpl cost_of_jobs. apply RS.
  - specialize (H 0 k eq_refl). now rewrite Nat.add_0_r in H.
  - apply IH. intros m k' E. rewrite Nat.add_succ_comm. apply (H (S m) k' E).
Qed.

(** ** The bound *)
Lemma jobs_of_task_due ts arr t1 t2 m k l : Forall sensible ts -> legal ts arr -> nth_error ts m = Some k ->
  NoDup l -> (forall j, In j l -> released arr j /\ t1 <= release j /\ deadline j <= t2) ->
  length (of_task m l) <= jobs_due k (t2 - t1).
Proof.
  intros O G Hm N Hl. rewrite Forall_forall in O. destruct (O k (nth_error_In _ _ Hm)) as [_ HT].
  assert (I : forall j, In j (of_task m l) -> In j l /\ task j = m /\ deadline j = release j + relative_deadline k).
  { intros j Hj. apply filter_In in Hj as [Hj E]. apply Nat.eqb_eq in E.
    destruct (legal_job _ _ G j) as (k' & Hk' & _ & Hd); [now apply Hl|].
    rewrite E, Hm in Hk'. injection Hk' as <-. auto. }
  unfold jobs_due. destruct (Nat.ltb_spec (t2 - t1) (relative_deadline k)) as [Hd|Hd].
  - destruct (of_task m l) as [|j l'] eqn:E; [simpl; lia|].
    destruct (I j) as (Hj & _ & Ed); [simpl; auto|]. apply Hl in Hj. lia.
  - replace (t2 - t1 - relative_deadline k) with ((t2 - relative_deadline k) - t1) by lia. apply count_separated.
    + exact HT.
    + now apply NoDup_filter.
    + intros j Hj. apply I in Hj as (Hj & _ & Ed). apply Hl in Hj. lia.
    + intros i j Hi Hj Ne Le. apply I in Hi as (Hi & Ei & _), Hj as (Hj & Ej & _).
      apply (legal_separation _ _ G i j); auto; try (now apply Hl); congruence.
Qed.

Theorem legal_demand ts arr t1 t2 : Forall sensible ts -> legal ts arr -> t1 <= t2 ->
  demand arr t1 t2 <= demand_bound ts (t2 - t1).
Proof.
  intros O G Ht. pose proof (legal_well_formed _ _ G) as W. unfold demand. set (l := filter _ _).
  assert (Hl : forall j, In j l -> released arr j /\ t1 <= release j /\ deadline j <= t2).
  { intros j Hj. apply filter_In in Hj as [Hj Hd]. apply Nat.leb_le in Hd.
    apply (released_in_spec _ _ _ _ W) in Hj as [R L]. repeat split; auto; lia. }
  assert (N : NoDup l) by (apply NoDup_filter, released_in_nodup, W).
  clearbody l. transitivity (cost_of_jobs ts 0 l).
  - apply budgets_at_most_costs. intros j Hj.
    destruct (legal_job _ _ G j) as (k & Hk & Hc & _); [now apply Hl|]. eauto.
  - apply (cost_of_jobs_total le); [lia..|]. intros m k Hm.
    apply Nat.mul_le_mono_r. now apply (jobs_of_task_due ts arr).
Qed.

(** Tasks whose demand bound fits the supply are schedulable, however they release their jobs. *)
Theorem bound_fits_demand ts arr sup sbf : Forall sensible ts -> legal ts arr -> supplies sbf sup ->
  (forall l, demand_bound ts l <= sbf l) -> demand_fits arr sup.
Proof.
  intros O G S H t1 t2 L. etransitivity; [now apply (legal_demand ts)|]. etransitivity; [apply H|now apply S].
Qed.

Lemma whole_supplies : supplies (fun l => l) whole_processor.
Proof. intros t1 t2 _. rewrite supplied_whole. lia. Qed.

(** ** The synchronous periodic arrivals *)
Notation nth_task ts i := (nth i ts (Sporadic 1 1 1)).

Lemma synchronous_in ts t j : In j (synchronous ts t) <->
  exists i, i < length ts /\ t mod period (nth_task ts i) = 0 /\ j = periodic_job ts t i.
Proof.
  unfold synchronous. rewrite in_map_iff. split.
  - intros (i & <- & H). apply filter_In in H as [H E]. apply in_seq in H. apply Nat.eqb_eq in E.
    exists i. repeat split; auto; lia.
  - intros (i & H & E & ->). exists i. split; auto. apply filter_In. rewrite in_seq, Nat.eqb_eq.
    repeat split; auto; lia.
Qed.

Lemma multiples_apart T x y : 1 <= T -> x mod T = 0 -> y mod T = 0 -> x < y -> x + T <= y.
Proof.
  intros HT Hx Hy L. apply Nat.div_exact in Hx, Hy; try lia. revert Hx Hy.
  generalize (x / T), (y / T). intros a b -> ->. assert (a < b) by nia. nia.
Qed.

Lemma synchronous_well_formed ts : Forall sensible ts -> well_formed (synchronous ts).
Proof.
  rewrite Forall_forall. intros O.
  assert (K : forall i, i < length ts -> sensible (nth_task ts i)) by (intros; apply O, nth_In; auto).
  split.
  - intros t j H. apply synchronous_in in H as (i & _ & _ & ->). reflexivity.
  - intros j H. apply synchronous_in in H as (i & Hi & _ & ->). destruct (K i Hi). simpl. lia.
  - intros j H. apply synchronous_in in H as (i & Hi & _ & ->). destruct (K i Hi). simpl. lia.
  - intros j k Hj Hk. apply synchronous_in in Hj as (i & Hi & _ & ->), Hk as (i' & Hi' & _ & ->).
    simpl. intros -> ->. reflexivity.
  - intros t. apply nodup_map_on; [apply NoDup_filter, seq_NoDup|]. intros x y _ _ E. now injection E.
Qed.

Theorem synchronous_legal ts : Forall sensible ts -> legal ts (synchronous ts).
Proof.
  intros O. split; [now apply synchronous_well_formed|..]; rewrite Forall_forall in O.
  - intros j H. apply synchronous_in in H as (i & Hi & _ & ->). simpl. exists (nth_task ts i).
    split; [now apply nth_error_nth'|auto].
  - intros i j k Hi Hj Ne Et Ek Le. apply synchronous_in in Hi as (x & Hx & Mx & Ei), Hj as (y & Hy & My & Ej).
    rewrite Ei, Ej in Et. simpl in Et. subst y. rewrite Ei in Ek. simpl in Ek.
    rewrite (nth_error_nth' _ (Sporadic 1 1 1) Hx) in Ek. injection Ek as Ek.
    destruct (O (nth_task ts x) (nth_In _ _ Hx)) as [_ HT].
    rewrite Ek in *. apply multiples_apart; auto. assert (release i <> release j) by congruence. lia.
Qed.

Lemma synchronous_jobs ts m k L : Forall sensible ts -> nth_error ts m = Some k ->
  jobs_due k L <= length (of_task m (filter (fun j => deadline j <=? L) (released_in (synchronous ts) 0 L))).
Proof.
  intros O Hm. assert (Hx : m < length ts) by (apply nth_error_Some; congruence).
  rewrite (nth_error_nth' _ (Sporadic 1 1 1) Hx) in Hm. injection Hm as Ek.
  rewrite Forall_forall in O. destruct (O (nth_task ts m) (nth_In _ _ Hx)) as [HC HT]. rewrite Ek in HC, HT.
  unfold jobs_due. destruct (Nat.ltb_spec L (relative_deadline k)) as [|HL]; [lia|].
  set (n := (L - relative_deadline k) / period k + 1).
  rewrite <- (seq_length n 0), <- (map_length (fun v => periodic_job ts (v * period k) m)). apply NoDup_incl_length.
  - apply nodup_map_on; [apply seq_NoDup|]. intros x y _ _ E. injection E as E _. nia.
  - intros j Hj. apply in_map_iff in Hj as (v & <- & Hv). apply in_seq in Hv.
    assert (Hb : v * period k <= L - relative_deadline k).
    { pose proof (Nat.mul_div_le (L - relative_deadline k) (period k) ltac:(lia)). unfold n in Hv. nia. }
    apply filter_In. split; [|simpl; apply Nat.eqb_refl]. apply filter_In. split.
    + apply in_flat_map. exists (v * period k). split; [apply in_seq; lia|].
      apply synchronous_in. exists m. rewrite Ek. split; auto. split; auto. apply Nat.mod_mul. lia.
    + apply Nat.leb_le. simpl. rewrite Ek. lia.
Qed.

Theorem synchronous_demand ts L : Forall sensible ts -> demand_bound ts L <= demand (synchronous ts) 0 L.
Proof.
  intros O. unfold demand. set (l := filter _ _). transitivity (cost_of_jobs ts 0 l).
  - apply (cost_of_jobs_total (fun a b => b <= a)); [lia..|]. intros m k Hm.
    apply Nat.mul_le_mono_r. now apply synchronous_jobs.
  - apply costs_at_most_budgets. intros j k Hj Hk. apply filter_In in Hj as [Hj _].
    apply in_flat_map in Hj as (u & _ & Hj). apply synchronous_in in Hj as (i & Hi & _ & ->).
    simpl in *. rewrite (nth_error_nth' _ (Sporadic 1 1 1) Hi) in Hk. injection Hk as ->. auto.
Qed.

(** The criterion for a task set on the whole processor. *)
Theorem bound_iff_schedulable ts : Forall sensible ts ->
  (forall l, demand_bound ts l <= l) <-> (forall arr, legal ts arr -> feasible arr whole_processor).
Proof.
  intros O. split.
  - intros H arr G. apply demand_iff_feasible; [apply (legal_well_formed _ _ G)|].
    apply (bound_fits_demand ts arr whole_processor (fun l => l)); auto using whole_supplies.
  - intros H l. specialize (H _ (synchronous_legal ts O)).
    apply demand_necessary in H; [|now apply synchronous_well_formed].
    specialize (H 0 l ltac:(lia)). rewrite supplied_whole in H. pose proof (synchronous_demand ts l O). lia.
Qed.
