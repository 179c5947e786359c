(* SPDX-License-Identifier: Apache-2.0 *)
(** * The boot check's numbers stay in their C types

    Whatever words memory holds: frame numbers are below 2^20, positions in a table at most 1024, words below 2^32, in
    every variable of the printed functions.  So no operation of the C wraps, on x86 ([x86_fits]) and on ARMv7
    ([armv7_fits]).

    Trusted: nothing. *)
From Coq Require Import List String Bool NArith Lia.
From Pip.BootCheck Require Import Check.
From Pip.Translation Require Import Lang SimStm SimProgram Reference Bounded.
From Pip.Translation.Boot Require Import Project Program Final.
From Pip.Boot Require Import Examples.
From Pip.Model Require Machines.
Import ListNotations.
Local Open Scope N_scope.

Definition fits_page (n : N) : Prop := n < 1048576.
Definition fits_index (n : N) : Prop := n < 1025.
Definition fits_word (n : N) : Prop := n < 4294967296.

(** How an architecture writes entries of 32 bits, and where the kernel stands. *)
Record fits_layout `{Layout} : Prop := {
  C_size : table_size = 1024;
  C_pages : fits_page pages;
  C_root : fits_page root_partition;
  C_image_begin : fits_page image_begin;
  C_image_end : fits_page image_end;
  C_tables_begin : fits_page tables_begin;
  C_tables_end : fits_page tables_end;
  C_frame : forall e, fits_word e -> fits_page (word_frame e);
  C_leaf : forall p w x, fits_page p -> fits_word (leaf_word p w x);
  C_link : forall p, fits_page p -> fits_word (link_word p);
  C_absent : fits_word absent_word
}.

Ltac each := repeat match goal with |- Forall _ (_ :: _) => constructor | |- Forall _ [] => constructor end.
Lemma done_injective {A} (a b : A) (s t : boot_words) : Done a s = Done b t -> a = b /\ s = t.
Proof. intros [= -> ->]. auto. Qed.

Section Ranges.
Context `{Layout}.
Hypothesis C : fits_layout.

Definition bound (k : number) : N :=
  if String.eqb (bounded_as k) "page" then 1048576 else if String.eqb (bounded_as k) "index" then 1025 else 4294967296.

Definition ranges : data_ranges :=
  [range (L := boot_language) "finding" (fun f => fits_index (found_slot f) /\ fits_index (found_index f))].

Record fits_state (s : boot_words) : Prop := {
  F_words : forall p i, fits_word (word_at s p i);
  F_directory : forall i, fits_word (directory s i);
  F_running : fits_page (running s);
  F_loaded : fits_word (loaded s)
}.

Lemma fuel_fits :
  N.of_nat table_fuel < 4294967296 /\ N.of_nat slot_fuel < 4294967296 /\ N.of_nat page_fuel < 4294967296.
Proof.
  unfold table_fuel, slot_fuel, page_fuel. rewrite !Nnat.N2Nat.id. pose proof slots_in_table as [? _].
  destruct C as [E P _ _ _ _ _ _ _ _ _]. unfold fits_page in P. rewrite E in *. lia.
Qed.

Local Opaque table_fuel slot_fuel page_fuel.

Lemma pure_primitives_fit : Forall (fun p => pure_fits bound ranges (snd p)) (@boot_pure _ _).
Proof.
  pose proof C as C'. destruct C'. pose proof fuel_fits as (?&?&?). unfold boot_pure. each.
  all: intros a Ha; cbn in Ha |- *; unfold root in *; try exact I; try reflexivity; try tauto; try assumption.
  all: try (apply C_frame0; tauto); try (apply C_leaf0; tauto); try (apply C_link0; tauto).
  all: try (unfold named_frame, page_bytes; apply N.div_lt_upper_bound; [discriminate|]; simpl in *; lia).
  all: try (repeat split; tauto).
Qed.

Lemma monadic_primitives_fit : Forall (fun q => monadic_fits bound ranges fits_state (snd q)) (@boot_primitives _ _).
Proof.
  pose proof C as C'. destruct C'. unfold boot_primitives. each.
  all: intros a s v s' Ha Hs R; cbn in Ha, R |- *.
  all: cbv beta iota zeta delta [boot_entry boot_word boot_link link_follows directory_entry boot_partition loaded_table
    is_taken mark_taken frame_after index_after ret undefined] in R.
  all: repeat match type of R with context [if ?b then _ else _] => destruct b eqn:?; try discriminate R end.
  all: try (apply done_injective in R as [<- <-]).
  all: repeat match goal with X : (_ <? _) = true |- _ => apply N.ltb_lt in X end.
  all: split; try exact I; try exact Hs; try apply Hs; try (constructor; simpl; apply Hs).
  all: unfold fits_page, fits_index in *; cbn; try lia.
Qed.

Theorem boot_closed : closed boot_pure boot_primitives bound ranges fits_state.
Proof.
  constructor; [|exact pure_primitives_fit|exact monadic_primitives_fit].
  intros [w b] _. unfold bound. cbn [bounded_as]. destruct (String.eqb b "page"); [lia|].
  destruct (String.eqb b "index"); lia.
Qed.

(** The hypothesis of the final theorem holds of a machine whose numbers are those of C. *)
Theorem check_runs_on_a_bounded_machine junk :
  implements_all (r := bounded boot_pure boot_primitives bound ranges fits_state) boot_functions junk boot_program_env.
Proof. apply check_ok, bounded_faithful, boot_closed. Qed.

Theorem check_keeps_its_bounds f q :
  find f boot_program_env = Some q -> monadic_fits bound ranges fits_state q.
Proof. exact (services_keep_bounds _ _ _ _ _ boot_program_cert boot_program_fits boot_closed f q). Qed.
End Ranges.

(** ** The two machines *)
Definition fits_range (r : N * N) : Prop := fits_page (fst r) /\ fits_page (snd r).

Ltac layout := unfold fits_range, fits_page, fits_word in *; cbn in *; intros;
  repeat match goal with X : _ /\ _ |- _ => destruct X end;
  lazymatch goal with |- _ / _ < _ => apply N.div_lt_upper_bound; lia | _ => idtac end.

Lemma x86_fits root frames image tables H_window : fits_page root -> fits_range image -> fits_range tables ->
  @fits_layout _ (x86_layout root frames image tables H_window).
Proof.
  intros R I T. constructor; layout; unfold x86_leaf; try lia. destruct w, x; lia.
Qed.

Lemma armv7_fits root frames image H_devices : fits_page root -> fits_range image ->
  @fits_layout _ (armv7_layout root frames image H_devices).
Proof.
  intros R I. constructor; layout; unfold armv7_leaf; try lia. destruct (p <? Machines.armv7_memory_end), w, x; lia.
Qed.
