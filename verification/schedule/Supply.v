(* SPDX-License-Identifier: Apache-2.0 *)
(** * The supply of a periodic resource

    The supply bound function of the model really bounds the supply of every resource that keeps its promise; it grows
    with the length; two intervals together supply no more than the one that they make up; and the shortest length that
    supplies a given amount has a closed form, which the admission test computes. *)
From Coq Require Import List Arith Bool Lia.
Import ListNotations.
From Pip.Edf.Model Require Import Job Sporadic Resource.

Section Supply.
  Variables every slots : nat.
  Hypothesis H_slots : 1 <= slots <= every.
  Notation gap := (every - slots).
  Notation sbf := (periodic_supply every slots).

  (** ** The function, by periods *)
  Lemma supply_short l : l <= gap -> sbf l = 0.
  Proof.
    intros L. unfold periodic_supply. replace (l - gap) with 0 by lia. rewrite Nat.div_0_l, Nat.mod_0_l by lia. lia.
  Qed.

  Lemma supply_at p u : u < every -> sbf (gap + p * every + u) = p * slots + (u - gap).
  Proof.
    intros L. unfold periodic_supply. replace (gap + p * every + u - gap) with (u + p * every) by lia.
    now rewrite Nat.div_add, Nat.mod_add, Nat.div_small, Nat.mod_small by lia.
  Qed.

  Lemma supply_parts l : gap <= l -> exists p u, u < every /\ l = gap + p * every + u.
  Proof.
    intros L. exists ((l - gap) / every), ((l - gap) mod every). pose proof (Nat.mod_upper_bound (l - gap) every).
    pose proof (Nat.div_mod (l - gap) every). nia.
  Qed.

  Lemma supply_mono l l' : l <= l' -> sbf l <= sbf l'.
  Proof.
    intros H. destruct (Nat.le_gt_cases l gap) as [L|L]; [rewrite supply_short; lia|].
    destruct (supply_parts l ltac:(lia)) as (p & u & U & ->), (supply_parts l' ltac:(lia)) as (q & v & V & ->).
    rewrite !supply_at by auto. assert (p < q \/ p = q /\ u <= v) as [D|[-> D]] by nia; nia.
  Qed.

  (** Two intervals, one after the other. *)
  Lemma supply_superadditive a b : sbf a + sbf b <= sbf (a + b).
  Proof.
    destruct (Nat.le_gt_cases a gap) as [A|A].
    { rewrite (supply_short a) by auto. apply supply_mono. lia. }
    destruct (Nat.le_gt_cases b gap) as [B|B].
    { rewrite (supply_short b) by auto. rewrite Nat.add_0_r. apply supply_mono. lia. }
    destruct (supply_parts a ltac:(lia)) as (p & u & U & ->), (supply_parts b ltac:(lia)) as (q & v & V & ->).
    rewrite !supply_at by auto. set (x := gap + u + v).
    replace (gap + p * every + u + (gap + q * every + v)) with (gap + (p + q) * every + x) by (unfold x; lia).
    assert (X : x < every \/ every <= x < 2 * every \/ 2 * every <= x < 3 * every) by (unfold x; lia).
    destruct X as [X|[X|X]].
    - rewrite supply_at by auto. unfold x in *. lia.
    - replace (gap + (p + q) * every + x) with (gap + (p + q + 1) * every + (x - every)) by lia.
      rewrite supply_at by lia. unfold x in *. lia.
    - replace (gap + (p + q) * every + x) with (gap + (p + q + 2) * every + (x - 2 * every)) by lia.
      rewrite supply_at by lia. unfold x in *. lia.
  Qed.

  (** ** The shortest length for a demand *)
  Definition shortest (demand : nat) : nat :=
    if demand =? 0 then 0 else
    let periods := (demand - 1) / slots in gap + gap + periods * every + (demand - periods * slots).

  Lemma shortest_parts demand : 1 <= demand -> exists p r, 1 <= r <= slots /\ demand = p * slots + r /\
    shortest demand = gap + gap + p * every + r.
  Proof.
    intros D. exists ((demand - 1) / slots), (demand - (demand - 1) / slots * slots).
    pose proof (Nat.mod_upper_bound (demand - 1) slots). pose proof (Nat.div_mod (demand - 1) slots).
    unfold shortest. destruct (Nat.eqb_spec demand 0); [lia|]. nia.
  Qed.

  Theorem shortest_supplies demand l : demand <= sbf l <-> shortest demand <= l.
  Proof.
    destruct (Nat.eq_dec demand 0) as [->|D]; [split; intros; [apply Nat.le_0_l|lia]|].
    destruct (shortest_parts demand ltac:(lia)) as (p & r & R & E & ->). split; intros H.
    - apply Nat.nlt_ge. intros L. pose proof (supply_mono l (gap + p * every + (gap + r - 1)) ltac:(lia)) as M.
      rewrite supply_at in M by lia. lia.
    - etransitivity; [|apply supply_mono, H].
      destruct (Nat.eq_dec r slots) as [->|Ne].
      + replace (gap + gap + p * every + slots) with (gap + (p + 1) * every + 0) by lia. rewrite supply_at; lia.
      + replace (gap + gap + p * every + r) with (gap + p * every + (gap + r)) by lia. rewrite supply_at; lia.
  Qed.

  Lemma supply_at_most_length l : sbf l <= l.
  Proof.
    destruct (Nat.le_gt_cases l gap) as [L|L]; [rewrite supply_short; lia|].
    destruct (supply_parts l ltac:(lia)) as (p & u & U & ->). rewrite supply_at by auto. nia.
  Qed.
End Supply.

(** ** The bound holds *)
Lemma supplied_split sup t1 t2 t3 : t1 <= t2 <= t3 -> supplied sup t1 t3 = supplied sup t1 t2 + supplied sup t2 t3.
Proof.
  intros. unfold supplied. replace (t3 - t1) with ((t2 - t1) + (t3 - t2)) by lia.
  rewrite seq_app, filter_app, app_length. now replace (t1 + (t2 - t1)) with t2 by lia.
Qed.

Lemma supplied_at_most sup t1 t2 : supplied sup t1 t2 <= t2 - t1.
Proof.
  unfold supplied. rewrite <- (seq_length (t2 - t1) t1) at 2. generalize (seq t1 (t2 - t1)). intros l.
  induction l as [|x l IH]; simpl; [lia|]. destruct (sup x); simpl; lia.
Qed.

Section Promise.
  Variables (every slots : nat) (sup : supply).
  Hypothesis H_slots : 1 <= slots <= every.
  Hypothesis H_gives : gives every slots sup.
  Notation gap := (every - slots).

  (** Inside a period at most the gap is missing. *)
  Lemma supplied_inside k t1 t2 : k * every <= t1 <= t2 -> t2 <= S k * every -> t2 - t1 - gap <= supplied sup t1 t2.
  Proof.
    intros A B. pose proof (H_gives k) as G.
    rewrite (supplied_split sup (k * every) t1), (supplied_split sup t1 t2) in G by lia.
    pose proof (supplied_at_most sup (k * every) t1). pose proof (supplied_at_most sup t2 (S k * every)). lia.
  Qed.

  Lemma supplied_periods k n : n * slots <= supplied sup (k * every) ((k + n) * every).
  Proof.
    induction n as [|n IH]; [lia|]. rewrite (supplied_split sup _ ((k + n) * every)) by nia.
    pose proof (H_gives (k + n)) as G. replace (S (k + n)) with (k + S n) in G by lia. lia.
  Qed.

  (** A piece of a period, whole periods, and another piece. *)
  Lemma supply_pieces m f g : 1 <= f <= every -> g < every ->
    periodic_supply every slots (m * every + f + g) <= (f - gap) + (m * slots + (g - gap)).
  Proof.
    intros F G. destruct (Nat.lt_ge_cases (f + g) gap) as [A|A].
    - destruct m as [|n]; [rewrite supply_short; lia|].
      replace (S n * every + f + g) with (gap + n * every + (every + f + g - gap)) by lia. rewrite supply_at by lia.
      lia.
    - destruct (Nat.lt_ge_cases (f + g) (gap + every)) as [B|B].
      + replace (m * every + f + g) with (gap + m * every + (f + g - gap)) by lia. rewrite supply_at by lia. lia.
      + replace (m * every + f + g) with (gap + S m * every + (f + g - gap - every)) by lia.
        rewrite supply_at by lia. lia.
  Qed.

  Theorem promise_supplies : supplies (periodic_supply every slots) sup.
  Proof.
    intros t1 t2 H. set (a := t1 / every). set (b := t2 / every).
    pose proof (Nat.div_mod t1 every ltac:(lia)) as E1. pose proof (Nat.mod_upper_bound t1 every ltac:(lia)) as U1.
    pose proof (Nat.div_mod t2 every ltac:(lia)) as E2. pose proof (Nat.mod_upper_bound t2 every ltac:(lia)) as U2.
    fold a in E1. fold b in E2. assert (AB : a <= b) by (apply Nat.div_le_mono; lia).
    destruct (Nat.eq_dec a b) as [Eab|Nab].
    - pose proof (supplied_inside a t1 t2 ltac:(nia) ltac:(nia)) as I. etransitivity; [|exact I].
      destruct (Nat.le_gt_cases (t2 - t1) gap) as [L|L]; [rewrite supply_short; lia|].
      replace (t2 - t1) with (gap + 0 * every + (t2 - t1 - gap)) at 1 by lia. rewrite supply_at by nia. lia.
    - rewrite (supplied_split sup t1 (S a * every)), (supplied_split sup (S a * every) (b * every) t2) by nia.
      pose proof (supplied_inside a t1 (S a * every) ltac:(nia) ltac:(nia)) as I1.
      pose proof (supplied_inside b (b * every) t2 ltac:(nia) ltac:(nia)) as I2.
      pose proof (supplied_periods (S a) (b - S a)) as I3. replace (S a + (b - S a)) with b in I3 by lia.
      set (f := S a * every - t1) in *. set (g := t2 - b * every) in *. set (m := b - S a) in *.
      assert (El : t2 - t1 = m * every + f + g) by nia. rewrite El.
      assert (Hf : 1 <= f <= every) by nia. assert (Hg : g < every) by nia. clearbody f g m.
      enough (periodic_supply every slots (m * every + f + g) <= (f - gap) + (m * slots + (g - gap))) by lia.
      now apply supply_pieces.
  Qed.
End Promise.
