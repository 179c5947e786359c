(* SPDX-License-Identifier: Apache-2.0 *)
(** * The scheduler's numbers stay in their C types

    Times are below 2^64, numbers of tasks and positions below 2^32, in every variable of the printed functions and in
    the scheduler's memory: no operation of the C wraps.

    Trusted: nothing. *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Edf.Services Require Import State.
From Pip.Translation Require Import Lang SimStm SimProgram Reference Bounded.
From Pip.Translation.Scheduler Require Import Project Program Final.
Import ListNotations.
Local Open Scope N_scope.

Definition bound (k : number) : N := match number_width k with W64 => 18446744073709551616 | _ => 4294967296 end.

Definition fits_tick (t : tick) : Prop := t < 18446744073709551616.
Definition fits_number (n : N) : Prop := n < 4294967296.

Definition fits_verdict (v : verdict) : Prop := fits_tick (verdict_length v) /\ fits_tick (verdict_demand v).
Definition ranges : data_ranges := [range "verdict" fits_verdict].

Record fits_parameters (p : parameters) : Prop := {
  F_budget : fits_tick (p_budget p); F_deadline : fits_tick (p_deadline p);
  F_period : fits_tick (p_period p); F_rank : fits_tick (p_rank p)
}.
Record fits_heap (h : array_heap) : Prop :=
  { F_size : fits_number (size h); F_entries : forall i, fits_tick (entries h i) }.
Record fits_report (r : report_list) : Prop :=
  { F_reported : fits_number (reported r); F_reports : forall i, fits_number (reports r i) }.

Record fits_state (s : scheduler) : Prop := {
  F_now : fits_tick (s_now s);
  F_running : fits_number (s_running s);
  F_count : fits_number (s_count s);
  F_parameters : forall i, fits_parameters (s_parameters s i);
  F_earliest : forall i, fits_tick (s_earliest s i);
  F_due : forall i, fits_tick (s_due s i);
  F_left : forall i, fits_tick (s_left s i);
  F_ready : fits_heap (s_ready s);
  F_timers : fits_heap (s_timers s);
  F_released : fits_report (s_released s);
  F_missed : fits_report (s_missed s);
  F_skipped : fits_report (s_skipped s)
}.


(** ** Primitives, one by one *)
Ltac each := repeat match goal with |- Forall _ (_ :: _) => constructor | |- Forall _ [] => constructor end.

Lemma entry_parts_fit e : fits_tick e -> fits_tick (entry_key e) /\ fits_number (entry_task e).
Proof.
  unfold fits_tick, fits_number, entry_key, entry_task, task_bits. intros H. split.
  - apply N.le_lt_trans with e; auto. apply N.div_le_upper_bound; lia.
  - apply N.lt_trans with 16384; [apply N.mod_lt; discriminate|reflexivity].
Qed.

Lemma fuel_fits : N.of_nat admission_rounds < 4294967296 /\ N.of_nat task_rounds < 4294967296.
Proof. unfold admission_rounds, task_rounds. rewrite !Nnat.N2Nat.id. split; reflexivity. Qed.
(** Nothing computes the fuel in unary. *)
Local Opaque admission_rounds task_rounds.

Lemma pure_primitives_fit : Forall (fun p => pure_fits bound ranges (snd p)) scheduler_pure.
Proof.
  unfold scheduler_pure. each. all: intros a Ha; cbn in Ha |- *.
  all: match goal with
       | |- True => exact I
       | |- N.of_nat admission_rounds < _ => exact (proj1 fuel_fits)
       | |- N.of_nat task_rounds < _ => exact (proj2 fuel_fits)
       | |- entry_key _ < _ => apply entry_parts_fit; apply Ha
       | |- entry_task _ < _ => apply entry_parts_fit; apply Ha
       | |- _ < _ => reflexivity
       | _ => idtac
       end.
  unfold fits_verdict, fits_tick. simpl. tauto.
Qed.

Lemma quotient_le a b : a / b <= a.
Proof.
  destruct (N.eq_dec b 0) as [->|Hb]; [destruct a; apply N.le_0_l|]. apply N.div_le_upper_bound; auto. nia.
Qed.

Lemma done_injective {A} (a b : A) (s t : scheduler) : Done a s = Done b t -> a = b /\ s = t.
Proof. intros [= -> ->]. auto. Qed.

(** Writing what fits into what fits. *)
Lemma update_fits {A} (Q : A -> Prop) f i x : Q x -> (forall j, Q (f j)) -> forall j, Q (update f i x j).
Proof. intros Hx Hf j. unfold update. destruct (j =? i); auto. Qed.
Lemma heap_of_fits s h : fits_state s -> fits_heap (heap_of s h).
Proof. intros []. destruct h; auto. Qed.
Lemma report_of_fits s e : fits_state s -> fits_report (report_of s e).
Proof. intros []. destruct e; auto. Qed.
Lemma with_heap_fits s h a : fits_state s -> fits_heap a -> fits_state (with_heap s h a).
Proof. intros [] Ha. destruct h; constructor; auto. Qed.
Lemma with_report_fits s e r : fits_state s -> fits_report r -> fits_state (with_report s e r).
Proof. intros [] Hr. destruct e; constructor; auto. Qed.

(** What a primitive returns and leaves behind, where it is defined. *)
Ltac run H :=
  unfold tick_add, tick_sub, tick_mul, tick_div, parent, left_child, right_child, left_or_right, one_more, one_less,
    make_entry, get_policy, set_policy, get_now, get_running, set_now, set_running, get_count, set_count, get_budget,
    get_deadline, get_period, get_rank, set_parameters, get_kind, set_kind, get_earliest, set_earliest, is_armed,
    set_armed, is_active, set_active, get_due, set_due, get_left, set_left, get_size, set_size, get_entry, put_entry,
    get_reported, get_report, set_reported, put_report, read, read_at, write, write_at, when, ret, undefined in H;
  repeat match type of H with context [if ?b then _ else _] => destruct b eqn:?; try discriminate H end;
  apply done_injective in H as [<- <-].
Ltac checks := repeat match goal with
  | H : (_ <? _) = true |- _ => apply N.ltb_lt in H
  | H : (_ <=? _) = true |- _ => apply N.leb_le in H
  | H : (_ && _)%bool = true |- _ => apply andb_prop in H as [? ?]
  end.

Lemma monadic_primitives_fit : Forall (fun q => monadic_fits bound ranges fits_state (snd q)) scheduler_primitives.
Proof.
  unfold scheduler_primitives. each. all: intros a s v s' Ha Hs H; cbn in Ha, H |- *; run H.
  all: assert (HH := fun h => heap_of_fits s h Hs); assert (HR := fun e => report_of_fits s e Hs).
  all: split; try exact I; try exact Hs.
  all: try (apply with_heap_fits; [exact Hs|]); try (apply with_report_fits; [exact Hs|]).
  all: try (constructor; simpl; try apply update_fits; intros; try apply Hs; try apply HH; try apply HR; apply Ha).
  all: try apply Hs; try apply HH; try apply HR; try (apply (F_parameters s Hs)).
  all: try (eapply N.le_lt_trans; [apply quotient_le|]; lia).
  all: try (unfold tick_limit, word_limit, key_limit, task_bits in *; checks; lia).
  destruct Hs. constructor; auto. simpl. apply update_fits; auto. constructor; apply Ha.
Qed.

Theorem scheduler_closed : closed scheduler_pure scheduler_primitives bound ranges fits_state.
Proof.
  constructor; [|exact pure_primitives_fit|exact monadic_primitives_fit].
  intros [w b] _. unfold bound. simpl. destruct w; discriminate.
Qed.

(** The hypothesis of the final theorem holds of a machine whose numbers are those of C. *)
Corollary services_run_on_a_bounded_machine junk :
  implements_all (r := bounded scheduler_pure scheduler_primitives bound ranges fits_state)
    scheduler_functions junk scheduler_program_env.
Proof. apply services_ok, bounded_faithful, scheduler_closed. Qed.

Corollary services_keep_their_bounds f q :
  find f scheduler_program_env = Some q -> monadic_fits bound ranges fits_state q.
Proof.
  exact (services_keep_bounds _ _ _ _ _ scheduler_program_cert scheduler_program_fits scheduler_closed f q).
Qed.
