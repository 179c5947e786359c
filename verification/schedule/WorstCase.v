(* SPDX-License-Identifier: Apache-2.0 *)
(** * The worst that a promise allows

    The supply bound function is exact: some supply keeps the promise, and from some slot on gives no more than the
    bound.  If all tasks begin to release their jobs there, then a demand above the bound cannot be met.  So the bound
    decides: tasks fit a promise if and only if their demand never exceeds it. *)
From Coq Require Import List Arith Bool Lia.
Import ListNotations.
From Pip.Edf.Model Require Import Job Sporadic Resource.
From Pip.Schedule Require Import Demand Optimality DemandBound Supply.

Lemma supplied_last sup t1 t2 : t1 <= t2 -> supplied sup t1 (S t2) = supplied sup t1 t2 + Nat.b2n (sup t2).
Proof.
  intros L. rewrite (supplied_split sup t1 t2 (S t2)) by lia. f_equal. unfold supplied.
  replace (S t2 - t2) with 1 by lia. simpl. now destruct (sup t2).
Qed.

Lemma supplied_nothing sup t : supplied sup t t = 0.
Proof. unfold supplied. now rewrite Nat.sub_diag. Qed.

(** ** The worst supply: at once in the first period, at the end of all others *)
Section Worst.
  Variables every slots : nat.
  Hypothesis H_slots : 1 <= slots <= every.
  Notation gap := (every - slots).

  Definition worst : supply := fun t => (t <? slots) || (every <=? t) && (gap <=? t mod every).

  Lemma worst_first u : u <= every -> supplied worst 0 u = Nat.min u slots.
  Proof.
    induction u as [|u IH]; intros L; [reflexivity|]. rewrite supplied_last, IH by lia. unfold worst.
    destruct (Nat.ltb_spec u slots), (Nat.leb_spec every u); cbn [orb andb Nat.b2n]; lia.
  Qed.

  Lemma worst_part k u : 1 <= k -> u <= every -> supplied worst (k * every) (k * every + u) = u - gap.
  Proof.
    intros K. induction u as [|u IH]; intros L; [rewrite Nat.add_0_r; apply supplied_nothing|].
    rewrite <- plus_n_Sm, supplied_last, IH by lia. unfold worst.
    rewrite (Nat.add_comm (k * every) u), Nat.mod_add, Nat.mod_small by lia.
    destruct (Nat.ltb_spec (u + k * every) slots), (Nat.leb_spec every (u + k * every)), (Nat.leb_spec gap u);
      cbn [orb andb Nat.b2n]; nia.
  Qed.

  Lemma worst_periods p : supplied worst every (every + p * every) = p * slots.
  Proof.
    induction p as [|p IH]; [rewrite Nat.add_0_r; apply supplied_nothing|].
    rewrite (supplied_split _ _ (every + p * every)) by lia. rewrite IH.
    pose proof (worst_part (S p) every ltac:(lia) ltac:(lia)) as W.
    replace (every + p * every) with (S p * every) by lia.
    replace (every + S p * every) with (S p * every + every) by lia. lia.
  Qed.

  Theorem worst_gives : gives every slots worst.
  Proof.
    intros [|k].
    - rewrite Nat.mul_0_l, Nat.mul_1_l, worst_first; lia.
    - replace (S (S k) * every) with (S k * every + every) by lia. rewrite worst_part; lia.
  Qed.

  Theorem worst_supplies l : supplied worst slots (slots + l) = periodic_supply every slots l.
  Proof.
    assert (Z : forall u, slots <= u <= every -> supplied worst slots u = 0).
    { intros u U. pose proof (supplied_split worst 0 slots u ltac:(lia)) as S.
      rewrite !worst_first in S by lia. lia. }
    destruct (Nat.le_gt_cases l gap) as [L|L]; [rewrite Z, supply_short; lia|].
    destruct (supply_parts every slots H_slots l ltac:(lia)) as (p & u & U & ->). rewrite supply_at by auto.
    replace (slots + (gap + p * every + u)) with (every + p * every + u) by lia.
    rewrite (supplied_split _ _ every), (supplied_split _ every (every + p * every)) by lia.
    rewrite Z, worst_periods by lia. pose proof (worst_part (S p) u ltac:(lia) ltac:(lia)) as W.
    replace (S p * every) with (every + p * every) in W by lia. lia.
  Qed.
End Worst.

(** ** The same arrivals, later *)
Section Later.
  Variable n : nat.

  Definition later (j : job) : job := Job (task j) (n + release j) (budget j) (n + deadline j).

  Definition delayed (arr : arrivals) : arrivals := fun t => if t <? n then [] else map later (arr (t - n)).

  Lemma later_inj j k : later j = later k -> j = k.
  Proof. destruct j, k. unfold later. cbn. intros [= -> E -> E']. f_equal; lia. Qed.

  Lemma delayed_in arr t j : In j (delayed arr t) <-> n <= t /\ exists k, j = later k /\ In k (arr (t - n)).
  Proof.
    unfold delayed. destruct (Nat.ltb_spec t n).
    - split; [intros []|lia].
    - rewrite in_map_iff. split; [intros (k & <- & I)|intros (_ & k & -> & I)]; eauto.
  Qed.

  Lemma delayed_released arr j : released (delayed arr) j -> exists k, j = later k /\ released arr k.
  Proof.
    intros R. apply delayed_in in R as (_ & k & -> & I). exists k. split; [reflexivity|]. unfold released. cbn in I.
    now replace (n + release k - n) with (release k) in I by lia.
  Qed.

  Lemma delayed_well_formed arr : well_formed arr -> well_formed (delayed arr).
  Proof.
    intros [A B D U N]. split.
    - intros t j I. apply delayed_in in I as (L & k & -> & I). cbn. rewrite (A _ _ I). lia.
    - intros j R. apply delayed_released in R as (k & -> & R). exact (B k R).
    - intros j R. apply delayed_released in R as (k & -> & R). cbn. specialize (D k R). lia.
    - intros j j' R R' T E. apply delayed_released in R as (k & -> & R), R' as (k' & -> & R'). cbn in T, E.
      f_equal. apply U; auto. lia.
    - intros t. unfold delayed. destruct (t <? n); [constructor|]. apply FinFun.Injective_map_NoDup; [|apply N].
      intros j k. apply later_inj.
  Qed.

  Theorem delayed_legal ts arr : legal ts arr -> legal ts (delayed arr).
  Proof.
    intros [W J S]. split; [now apply delayed_well_formed|..].
    - intros j R. apply delayed_released in R as (k & -> & R). destruct (J k R) as (x & E & B & D). exists x. cbn.
      repeat split; auto. lia.
    - intros i j k Ri Rj Ne T E L. apply delayed_released in Ri as (i' & -> & Ri), Rj as (j' & -> & Rj). cbn in *.
      assert (i' <> j') by congruence. specialize (S i' j' k Ri Rj ltac:(assumption) T E ltac:(lia)). lia.
  Qed.

  Theorem delayed_demand arr l : demand (delayed arr) n (n + l) = demand arr 0 l.
  Proof.
    unfold demand, released_in. rewrite Nat.sub_0_r, Nat.add_comm, Nat.add_sub.
    assert (E : flat_map (delayed arr) (seq n l) = map later (flat_map arr (seq 0 l))).
    { replace n with (n + 0) at 1 by lia. generalize 0. induction l as [|l IH]; intros b; [reflexivity|].
      cbn [seq flat_map]. rewrite map_app, plus_n_Sm, IH. f_equal. unfold delayed.
      destruct (Nat.ltb_spec (n + b) n); [lia|]. now replace (n + b - n) with b by lia. }
    rewrite E. generalize (flat_map arr (seq 0 l)). intros js. induction js as [|j js IH]; [reflexivity|].
    cbn [map filter]. replace (deadline (later j) <=? l + n) with (deadline j <=? l).
    - destruct (deadline j <=? l); [|exact IH]. cbn. unfold list_sum in IH. now rewrite IH.
    - cbn. destruct (Nat.leb_spec (deadline j) l), (Nat.leb_spec (n + deadline j) (l + n)); auto; lia.
  Qed.
End Later.

(** ** The bound decides *)
Section Decides.
  Variables (ts : list sporadic) (every slots : nat).
  Hypothesis H_tasks : Forall sensible ts.
  Hypothesis H_slots : 1 <= slots <= every.
  Notation sbf := (periodic_supply every slots).

  Theorem fitting_is_feasible : (forall l, demand_bound ts l <= sbf l) -> forall sup arr,
    gives every slots sup -> legal ts arr -> feasible arr sup.
  Proof.
    intros D sup arr G L. apply demand_iff_feasible; [apply (legal_well_formed _ _ L)|].
    apply (bound_fits_demand ts arr sup sbf); auto. now apply promise_supplies.
  Qed.

  Theorem overload_is_infeasible l : sbf l < demand_bound ts l -> exists sup arr,
    gives every slots sup /\ legal ts arr /\ ~ feasible arr sup.
  Proof.
    intros L. exists (worst every slots), (delayed slots (synchronous ts)).
    assert (G : legal ts (delayed slots (synchronous ts))) by now apply delayed_legal, synchronous_legal.
    split; [now apply worst_gives|]. split; [exact G|]. intros F.
    apply demand_necessary in F; [|apply (legal_well_formed _ _ G)]. specialize (F slots (slots + l) ltac:(lia)).
    rewrite worst_supplies, delayed_demand in F by exact H_slots.
    pose proof (synchronous_demand ts l H_tasks). lia.
  Qed.
End Decides.
