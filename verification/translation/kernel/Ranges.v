(* SPDX-License-Identifier: Apache-2.0 *)
(** * The kernel's numbers stay in their C types

    Frame numbers are below [frames], what the kernel's window shows; virtual pages below 2^20; positions in a table at
    most 1024; levels at most 1; offsets below 4096; words below 2^32: in every variable of the printed functions and in
    memory.  So no operation of the C wraps, no shift is too long, and no access leaves the window.

    Trusted: nothing. *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Model Require Import Primitives.
From Pip.Translation Require Import Lang SimStm SimProgram Reference Bounded.
From Pip.Translation.Kernel Require Import Project Program Final.
Import ListNotations.
Local Open Scope N_scope.

(** Machines of 32 bits with two levels of 1024 entries. *)
Record two_levels `{Params} (frames : N) : Prop := {
  T_size : table_size = 1024;
  T_top : top = 1%nat;
  T_list : list_capacity = 255;
  T_vidt : vidt_page < 1048576;
  T_root : root_partition < frames;
  T_pages : pages <= frames;
  T_literals : 256 <= frames;
  T_frames : frames <= 1048576
}.

(** ** What a run that ends met on its way *)
Ltac each := repeat match goal with |- Forall _ (_ :: _) => constructor | |- Forall _ [] => constructor end.
Lemma done_injective {A} (a b : A) (s t : Machine.state) : Done a s = Done b t -> a = b /\ s = t.
Proof. intros [= -> ->]. auto. Qed.

Ltac met H :=
  cbv beta iota zeta delta [level_below level_above next_index next_register vaddr_at next_table unreachable
    current_partition switch_to invalidate read_register write_register get_entry put_entry read_entry write_entry
    read_link write_link is_empty_table read_gift write_gift next_gift read_origin write_origin mmu_root
    shadow1_root shadow2_root config_list parent_of interrupt_state set_config_list set_interrupt_state
    next_list_page list_page_origin record_count lacks_room find_record record_mmu_origin record_shadow1_origin
    record_shadow2_origin add_record
    drop_last_record overwrite_record format_mmu format_shadow1 format_shadow2 format_list format_descriptor
    clear_page read_word write_word load_registers store_registers bind ret undefined in_table get put format
    get_descriptor get_record] in H;
  repeat match type of H with
  | context [match ?x with _ => _ end] =>
    lazymatch x with
    | context [match _ with _ => _ end] => fail
    | _ => destruct x eqn:?; cbv beta iota in H; try discriminate H
    end
  end;
  try (apply done_injective in H as [<- <-]);
  repeat match goal with E : Data _ = Data _ |- _ => injection E as -> end.
Ltac checks := repeat match goal with
  | H : _ && _ = true |- _ => apply andb_prop in H as [? ?]
  | H : negb _ = true |- _ => apply negb_true_iff in H
  | H : (_ =? _) = true |- _ => apply N.eqb_eq in H
  | H : (_ <? _) = true |- _ => apply N.ltb_lt in H
  | H : (_ =? _) = false |- _ => apply N.eqb_neq in H
  | H : (_ <=? _) = false |- _ => apply N.leb_gt in H
  | H : (_ <=? _) = true |- _ => apply N.leb_le in H
  end.

Section Ranges.
Context {P : Params}.
Variable frames : N.
Hypothesis T : two_levels frames.

Definition bound (k : number) : N :=
  if String.eqb (bounded_as k) "page" then frames
  else if String.eqb (bounded_as k) "vaddr" then 1048576
  else if String.eqb (bounded_as k) "index" then 1025
  else if String.eqb (bounded_as k) "level" then 2
  else if String.eqb (bounded_as k) "offset" then 4096
  else 4294967296.

Definition fits_page (n : N) : Prop := n < frames.
Definition fits_vaddr (n : N) : Prop := n < 1048576.
Definition fits_index (n : N) : Prop := n < 1025.
Definition fits_level (n : N) : Prop := n < 2.
Definition fits_offset (n : N) : Prop := n < 4096.
Definition fits_word (n : N) : Prop := n < 4294967296.

(** What services hold in variables; the kernel's own entries never get there. *)
Definition fits_entry (e : entry) : Prop := fits_page (e_frame e) /\ e_kernel e = false.
Definition fits_gift (g : gift) : Prop := fits_vaddr (gift_child g).
Definition fits_place (z : place) : Prop :=
  fits_page (place_table z) /\ fits_level (place_level z) /\ fits_page (place_parent z).
Definition fits_context (c : context) : Prop :=
  fits_page (context_partition c) /\ fits_page (context_first c) /\ fits_page (context_second c)
  /\ fits_offset (context_offset c).

Definition ranges : data_ranges := [
  range (L := kernel) "answer" (fun a => fits_word (answer_value a));
  range (L := kernel) "entry" fits_entry;
  range (L := kernel) "gift" fits_gift;
  range (L := kernel) "offer" (fun o => fits_page (offer_page o));
  range (L := kernel) "place" fits_place;
  range (L := kernel) "list_slot" (fun z => fits_page (slot_page z) /\ fits_index (slot_index z));
  range (L := kernel) "context" fits_context
].

Definition fits_descriptor (d : descriptor) : Prop :=
  fits_page (d_mmu d) /\ fits_page (d_shadow1 d) /\ fits_page (d_shadow2 d) /\ fits_page (d_list d)
  /\ fits_page (d_parent d).
Definition fits_header (h : list_header) : Prop :=
  fits_page (list_next h) /\ fits_vaddr (list_origin h) /\ list_count h <= 255.
Definition fits_record (r : table_record) : Prop :=
  fits_page (record_table r) /\ fits_vaddr (record_mmu r) /\ fits_vaddr (record_shadow1 r)
  /\ fits_vaddr (record_shadow2 r).

Definition fits_object (o : object) : Prop :=
  match o with
  | Data f => forall i, fits_word (f i)
  | DescriptorPage d => fits_descriptor d
  | Table _ t => forall i, fits_page (e_frame (t i))
  | Shadow1Leaf t => forall i, fits_gift (t i)
  | Shadow2Leaf t => forall i, fits_vaddr (t i)
  | ListPage h t => fits_header h /\ forall j, fits_record (t j)
  end.

Record fits_state (s : Machine.state) : Prop := {
  F_mem : forall p, fits_object (mem s p);
  F_current : fits_page (current s);
  F_registers : forall i, fits_word (registers s i)
}.

(** ** Primitives, one by one *)
Ltac unfits := unfold fits_entry, fits_gift, fits_place, fits_context, fits_descriptor, fits_header, fits_record,
  fits_page, fits_vaddr, fits_index, fits_level, fits_offset, fits_word in *.

Lemma fuel_fits : N.of_nat interior_levels < 4294967296 /\ N.of_nat page_fuel < 4294967296
  /\ N.of_nat table_fuel < 4294967296 /\ N.of_nat leaf_tables < 4294967296 /\ N.of_nat context_fuel < 4294967296.
Proof.
  unfold interior_levels, page_fuel, table_fuel, leaf_tables, context_fuel. rewrite !Nnat.N2Nat.id.
  pose proof context_in_page.
  destruct T as [E1 E2 _ _ _ ? _ ?]. rewrite E1, E2. change (1024 ^ N.of_nat 1) with 1024. lia.
Qed.

Local Opaque page_fuel table_fuel leaf_tables interior_levels context_fuel.
Lemma position_fits v l : position v l < 1025.
Proof.
  unfold position. destruct T as [E1 _ _ _ _ _ _ _]. rewrite E1. apply N.lt_trans with 1024; [|reflexivity].
  apply N.mod_lt. discriminate.
Qed.


Lemma quotient_fits a b c : b <> 0 -> a < b * c -> a / b < c.
Proof. apply N.div_lt_upper_bound. Qed.

Lemma pure_primitives_fit : Forall (fun p => pure_fits bound ranges (snd p)) (@kernel_pure P).
Proof.
  pose proof T as T'. destruct T'. pose proof fuel_fits as (?&?&?&?&?).
  pose proof context_in_page. pose proof context_flags_lt. pose proof context_valid_lt.
  unfold kernel_pure. each. all: intros a Ha; cbn in Ha |- *; unfits.
  all: try exact I; try reflexivity; try tauto; try assumption; try apply position_fits.
  all: unfold no_page, no_entry, absent_entry, top_level, end_of_table, page_number, address_of, page_offset,
    flag_word, vidt_index, context_end, no_context, pipflags_register, valid_register, physical_address, pages_needed,
    page_bytes;
    rewrite ?T_size0, ?T_top0; cbn [e_frame e_kernel context_partition context_first context_second context_offset].
  all: try (apply quotient_fits; [discriminate|tauto]); try reflexivity.
  all: try (eapply N.lt_le_trans; [apply N.mod_lt; discriminate|discriminate]).
  all: try (repeat split; lia).
  all: match goal with |- context [if ?b then _ else _] => destruct b end; try reflexivity; lia.
Qed.

(** ** Primitives that read and write *)
Lemma update_fits {A} (Q : A -> Prop) f i x : Q x -> (forall j, Q (f j)) -> forall j, Q (update f i x j).
Proof. intros Hx Hf j. unfold update. destruct (j =? i); auto. Qed.

Lemma put_fits s p o : fits_state s -> fits_object o ->
  fits_state (State (update (mem s) p o) (current s) (registers s) (tlb s)).
Proof. intros [] Ho. constructor; auto. simpl. apply (update_fits fits_object); auto. Qed.

(** What memory holds fits. *)
Ltac known Hs :=
  repeat match goal with
  | E : mem ?s ?p = ?o |- _ =>
    let F := fresh "F" in pose proof (F_mem _ Hs p) as F; rewrite E in F; cbn in F; revert E
  end; intros.

(** A fold keeps what its start and its steps have. *)
Lemma recursion_keeps (Q : N -> Prop) a (g : N -> N -> N) n :
  Q a -> (forall k x, Q x -> Q (g k x)) -> Q (N.recursion a g n).
Proof.
  intros Ha Hg. induction n as [|n IH] using N.peano_ind; [rewrite N.recursion_0; exact Ha|].
  rewrite (N.recursion_succ eq); [auto|reflexivity|intros ? ? -> ? ? ->; reflexivity].
Qed.

Lemma first_gift_fits t i child : first_gift t i child < 1025.
Proof.
  unfold first_gift. destruct T as [-> _ _ _ _ _ _ _]. apply (recursion_keeps (fun n => n < 1025)); [reflexivity|].
  intros k x Hx. cbv zeta. destruct (_ && _); [lia|exact Hx].
Qed.

Lemma first_record_fits t n table : n <= 255 -> first_record t n table < 1025.
Proof.
  intros Hn. unfold first_record. apply (recursion_keeps (fun n => n < 1025)); [lia|].
  intros k x Hx. cbv zeta. destruct (_ =? _); [lia|exact Hx].
Qed.

Lemma empty_table_fits k l : 0 < frames -> fits_object (empty_table k l).
Proof.
  intros Hf. unfold empty_table. destruct l, k; simpl; intros; try exact Hf; try reflexivity.
  all: destruct (_ && _); exact Hf.
Qed.

(** ** Bytes *)
Lemma get_byte_fits w b : get_byte w b < 256.
Proof. apply N.mod_lt. discriminate. Qed.

Lemma set_byte_fits w b x : w < 4294967296 -> b < 4 -> x < 256 -> set_byte w b x < 4294967296.
Proof.
  intros Hw Hb Hx. unfold set_byte, get_byte.
  assert (exists n, 256 ^ b <> 0 /\ n * (256 * 256 ^ b) = 4294967296) as (n&Hb0&Hn).
  { assert (b = 0 \/ b = 1 \/ b = 2 \/ b = 3) as [->|[->|[->| ->]]] by lia;
      [exists 16777216|exists 65536|exists 256|exists 1]; split; (discriminate || reflexivity). }
  set (e := 256 ^ b) in *. pose proof (N.div_mod w e Hb0). pose proof (N.mod_lt w e Hb0).
  pose proof (N.div_mod (w / e) 256 ltac:(discriminate)). pose proof (N.mod_lt (w / e) 256 ltac:(discriminate)).
  assert (w / e / 256 < n) as Hq.
  { rewrite N.div_div by (try discriminate; exact Hb0). apply N.div_lt_upper_bound; nia. }
  set (q := w / e / 256) in *. set (g := (w / e) mod 256) in *. set (r := w mod e) in *.
  assert (w - g * e = 256 * e * q + r) as -> by nia. nia.
Qed.

Lemma read_byte_fits p q o s v s' : read_byte p q o s = Done v s' -> v < 256 /\ s' = s.
Proof.
  unfold read_byte, read_word. intros H. met H; (split; [apply get_byte_fits|reflexivity]).
Qed.

Lemma write_byte_fits p q o x s v s' : fits_state s -> x < 256 -> write_byte p q o x s = Done v s' -> fits_state s'.
Proof.
  unfold write_byte, read_word. intros Hs Hx H. met H; known Hs.
  all: apply put_fits; [exact Hs|]; cbn [fits_object]; apply (update_fits fits_word); [|assumption].
  all: apply set_byte_fits; [match goal with F : forall i, fits_word _ |- _ => apply F end|apply N.mod_lt;
    discriminate|exact Hx].
Qed.

Lemma bind_done {A B} (m : K A) (k : A -> K B) s v s' :
  bind m k s = Done v s' -> exists a s1, m s = Done a s1 /\ k a s1 = Done v s'.
Proof. unfold bind. destruct (m s) as [a s1|]; [eauto|discriminate]. Qed.
Ltac unbind H := let a := fresh "x" in let s := fresh "t" in let E := fresh "E" in apply bind_done in H as (a&s&E&H).

Lemma load_register_fits p q o i s v s' : fits_state s -> load_register p q o i s = Done v s' -> fits_state s'.
Proof.
  unfold load_register, read_bytes. intros Hs H. unbind H. do 4 unbind E.
  repeat match goal with X : read_byte _ _ _ _ = Done _ _ |- _ => apply read_byte_fits in X as [? ->] end.
  met E. met H. destruct Hs as [Hm Hc Hr]. constructor; [exact Hm|exact Hc|].
  cbn [registers]. apply (update_fits fits_word); [unfold fits_word; lia|exact Hr].
Qed.

Lemma store_register_fits p q o i s v s' : fits_state s -> store_register p q o i s = Done v s' -> fits_state s'.
Proof.
  unfold store_register, write_bytes. intros Hs H. unbind H. met E. do 3 unbind H.
  eauto using write_byte_fits, get_byte_fits.
Qed.

Lemma copies_fit f o r : (forall i, fits_word (f i)) -> (forall i, fits_word (r i)) ->
  (forall i, fits_word (copy_in f o r i)) /\ forall i, fits_word (copy_out f o r i).
Proof.
  intros Hf Hr. unfold copy_in, copy_out. split; intros i; [destruct (_ <? _)|destruct (_ && _)]; auto.
Qed.

Lemma monadic_primitives_fit : Forall (fun q => monadic_fits bound ranges fits_state (snd q)) (@kernel_primitives P).
Proof.
  pose proof T as T'. destruct T'. pose proof context_in_page as Hcontext. assert (vaddr_limit = 1048576) as Hlimit.
  { unfold vaddr_limit. rewrite T_size0, T_top0. reflexivity. }
  unfold kernel_primitives. each.
  all: intros a s v s' Ha Hs H; cbn in Ha, H |- *.
  all: try (split; [exact I|]; first [eapply load_register_fits, H; exact Hs|eapply store_register_fits, H; exact Hs]).
  all: met H; try discriminate H; known Hs; checks; unfits.
  all: try (split; [exact I|]); try (split; [|exact Hs]).
  all: try (apply put_fits; [exact Hs|]).
  all: repeat match goal with X : _ /\ _ |- _ => destruct X end.
  all: try (apply empty_table_fits; lia); try apply first_gift_fits; try apply first_record_fits.
  all: simpl; unfits; simpl; auto; try lia.
  all: try (apply Hs).
  all: try (constructor; simpl; try apply Hs; unfits; auto).
  all: try (apply N.mod_lt; lia); try (apply copies_fit; first [assumption|apply Hs]).
  all: try (apply (update_fits (fun x => x < 4294967296)); [assumption|apply Hs]).
  all: try match goal with F : forall j, _ /\ _ |- _ => apply F end.
  all: try (intros j; unfold update; destruct (j =? _); cbn; auto; repeat split; auto; lia).
  all: try (rewrite Hlimit; apply N.mod_lt; discriminate).
  all: intros; repeat split; try assumption; lia.
Qed.

Theorem kernel_closed : closed (@kernel_pure P) (@kernel_primitives P) bound ranges fits_state.
Proof.
  constructor; [|exact pure_primitives_fit|exact monadic_primitives_fit].
  intros [w b]. unfold bound, has_literals. cbn [bounded_as without_literals kernel is_listed]. destruct T.
  destruct (String.eqb b "page"); [lia|]. destruct (String.eqb b "vaddr"); [lia|].
  destruct (String.eqb b "index"); [lia|]. destruct (String.eqb b "level"); [discriminate|].
  destruct (String.eqb b "offset"); lia.
Qed.

(** The hypothesis of the final theorem holds of a machine whose numbers are those of C. *)
Theorem services_run_on_a_bounded_machine junk :
  implements_all (r := bounded kernel_pure kernel_primitives bound ranges fits_state)
    kernel_functions junk kernel_program_env.
Proof. apply services_ok, bounded_faithful, kernel_closed. Qed.

Theorem services_keep_their_bounds f q :
  find f kernel_program_env = Some q -> monadic_fits bound ranges fits_state q.
Proof.
  exact (services_keep_bounds _ _ _ _ _ kernel_program_cert kernel_program_fits kernel_closed f q).
Qed.
End Ranges.
