(* SPDX-License-Identifier: Apache-2.0 *)
(** * Weakest preconditions

    [wp m Q s]: run from [s], [m] is not undefined, and [Q] holds of its value and the state after it.  One rule per
    operation of the monad; a proof about a service applies them from its first line to its last. *)
From Pip.Isolation Require Export Specification Facts.

Definition wp {A} (m : K A) (Q : A -> state -> Prop) (s : state) : Prop :=
  match m s with Done a s' => Q a s' | Undefined => False end.

Lemma wp_bind {A B} (m : K A) (f : A -> K B) (Q : B -> state -> Prop) s :
  wp m (fun a s' => wp (f a) Q s') s -> wp (bind m f) Q s.
Proof. unfold wp, bind. by destruct (m s). Qed.

Lemma wp_ret {A} (a : A) (Q : A -> state -> Prop) s : Q a s -> wp (ret a) Q s.
Proof. done. Qed.

Lemma wp_mono {A} (m : K A) (Q Q' : A -> state -> Prop) s : wp m Q s -> (forall a s', Q a s' -> Q' a s') -> wp m Q' s.
Proof. unfold wp. destruct (m s); auto. Qed.

Lemma wp_done {A} (m : K A) (Q : A -> state -> Prop) s : wp m Q s <-> exists a s', m s = Done a s' /\ Q a s'.
Proof. unfold wp. split; [destruct (m s); eauto; done|]. by intros (a&s'&->&?). Qed.

Lemma wp_get p (Q : object -> state -> Prop) s : Q (mem s p) s -> wp (get p) Q s.
Proof. done. Qed.

Lemma wp_put p o (Q : unit -> state -> Prop) s :
  Q tt (State (update (mem s) p o) (current s) (registers s) (tlb s)) -> wp (put p o) Q s.
Proof. done. Qed.

Lemma wp_in_table `{Params} i (Q : unit -> state -> Prop) s : i < table_size -> Q tt s -> wp (in_table i) Q s.
Proof. unfold in_table. by intros ->%N.ltb_lt. Qed.

Lemma wp_current_partition (Q : page -> state -> Prop) s : Q (current s) s -> wp current_partition Q s.
Proof. done. Qed.

Lemma wp_invalidate `{Params} v (Q : unit -> state -> Prop) s :
  Q tt (State (mem s) (current s) (registers s) (update (tlb s) v (mmu_entry (mem s) (current s) v))) ->
  wp (invalidate v) Q s.
Proof. done. Qed.

Lemma wp_read_register `{Params} i (Q : word -> state -> Prop) s : i < context_words -> Q (registers s i) s ->
  wp (read_register i) Q s.
Proof. unfold wp, read_register. by intros ->%N.ltb_lt. Qed.

Lemma wp_write_register `{Params} i w (Q : unit -> state -> Prop) s : i < context_words ->
  Q tt (State (mem s) (current s) (update (registers s) i w) (tlb s)) -> wp (write_register i w) Q s.
Proof. unfold wp, write_register. by intros ->%N.ltb_lt. Qed.

Lemma wp_level_below l (Q : level -> state -> Prop) s : Q (N.of_nat l) s -> wp (level_below (N.of_nat (S l))) Q s.
Proof.
  unfold level_below. rewrite (proj2 (N.eqb_neq _ 0)) by lia. by replace (N.of_nat (S l) - 1) with (N.of_nat l) by lia.
Qed.

Lemma wp_level_above `{Params} l (Q : level -> state -> Prop) s : (l < top)%nat -> Q (N.of_nat (S l)) s ->
  wp (level_above (N.of_nat l)) Q s.
Proof.
  intros Hl. unfold level_above. rewrite (proj2 (N.leb_gt _ _)) by lia.
  by replace (N.of_nat l + 1) with (N.of_nat (S l)) by lia.
Qed.

Lemma wp_next_index `{Params} i (Q : index -> state -> Prop) s : i < table_size -> Q (i + 1) s -> wp (next_index i) Q s.
Proof. unfold next_index. by intros ->%N.ltb_lt. Qed.

Lemma wp_next_register `{Params} i (Q : index -> state -> Prop) s : i < context_words -> Q (i + 1) s ->
  wp (next_register i) Q s.
Proof. unfold next_register. by intros ->%N.ltb_lt. Qed.

(** ** Reading: [m] gives [a] and changes nothing *)
Definition gets {A} (m : K A) (s : state) (a : A) : Prop := m s = Done a s.

Lemma wp_gets {A} (m : K A) s a (Q : A -> state -> Prop) : gets m s a -> Q a s -> wp m Q s.
Proof. unfold gets, wp. by intros ->. Qed.

Lemma gets_wp {A} (m : K A) s a : wp m (fun b s' => b = a /\ s' = s) s -> gets m s a.
Proof. intros (b&s'&E&->&->)%wp_done. exact E. Qed.

Lemma gets_ret {A} (a : A) s : gets (ret a) s a.
Proof. done. Qed.

Lemma gets_in_table `{Params} i s : i < table_size -> gets (in_table i) s tt.
Proof. unfold in_table. by intros ->%N.ltb_lt. Qed.

Lemma gets_bind {A B} (m : K A) (k : A -> K B) s a b : gets m s a -> gets (k a) s b -> gets (bind m k) s b.
Proof. unfold gets, bind. by intros ->. Qed.

Global Opaque wp bind ret.

(** ** What a service must do: answer as expected, and change nothing if that is a refusal *)
Definition decides (expected st : status) (s s' : state) (done : Prop) : Prop :=
  st = expected /\ (st = DONE -> done) /\ (st <> DONE -> s' = s).

Lemma status_eq_refl a : status_eq a a = true.
Proof. apply N.eqb_refl. Qed.

Lemma status_eq_ne a b : a <> b -> status_eq a b = false.
Proof. intros Hn. apply N.eqb_neq. intros E. apply Hn. by destruct a, b. Qed.

Global Opaque status_eq.

Lemma first_failing_app l l' : (forall b st, (b, st) ∈ l -> st <> DONE) -> first_failing (l ++ l') =
  if status_eq (first_failing l) DONE then first_failing l' else first_failing l.
Proof.
  intros Hl. induction l as [|[b st] l IH]; cbn; [by rewrite status_eq_refl|].
  assert (st <> DONE) as Hst by (eapply Hl; left). destruct b; [|by rewrite status_eq_ne]. apply IH. intros b' st' E.
  eapply Hl. by right.
Qed.

(** A refusal: nothing was done. *)
Ltac refuse := solve [apply wp_ret; split; [reflexivity | split; [cbn; congruence | reflexivity]]].

(** A service done: its effect remains to be proved. *)
Ltac accept := split; [reflexivity | split; [intros _ | cbn; congruence]].
