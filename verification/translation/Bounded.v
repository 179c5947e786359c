(* SPDX-License-Identifier: Apache-2.0 *)
(** * No number leaves its type in C

    Each kind of numbers has a bound, what a variable of C can hold.  If the primitives of a project keep the bounds
    ([closed]), then the reference machine is faithful even when it only has numbers within them
    ([bounded_faithful]): the hypothesis of the final theorem can be met by a machine of fixed width, and no variable of
    a printed function ever overflows.  In particular the services keep the bounds ([services_keep_bounds]).

    Trusted: nothing. *)
From Coq Require Import List String Bool Arith NArith Lia.
From Pip.Model Require Import Monad.
From Pip.Translation Require Import Lang CSyn CSem SimStm SimProgram Reference.
Import ListNotations.

(** What bounds the numbers in data: a property for each type that has some. *)
Definition data_ranges {L : language} : Type := list { name : string & data name -> Prop }.
Definition range {L : language} (name : string) (Q : data name -> Prop) : { name : string & data name -> Prop } :=
  existT (fun name => data name -> Prop) name Q.
Fixpoint in_ranges {L : language} (l : data_ranges) (name : string) : data name -> Prop :=
  match l with
  | [] => fun _ => True
  | existT _ n Q :: l =>
    match string_dec n name with
    | left E => eq_rect n (fun n => data n -> Prop) Q name E
    | right _ => in_ranges l name
    end
  end.

Section Bounded.
Context {L : language}.
Variables (P : penv) (F : fenv).
Variable bound : number -> N.
Variable ranges : data_ranges.
Variable fits_state : state -> Prop.

(** What a value of C can hold; fuel is a [uint32_t]. *)
Definition fits (t : ty) : tyD t -> Prop :=
  match t with
  | TUnit | TBool => fun _ => True
  | TNat => fun n => (N.of_nat n < 4294967296)%N
  | TNum k _ => fun n => (n < bound k)%N
  | TData d => in_ranges ranges d
  end.
Fixpoint all_fit (ts : list ty) : tuple ts -> Prop :=
  match ts with
  | [] => fun _ => True
  | t :: ts => fun a => fits t (fst a) /\ all_fit ts (snd a)
  end.

(** Primitives keep the bounds. *)
Definition pure_fits (p : pfun) : Prop := forall a, all_fit (p_args p) a -> fits (p_ret p) (app _ (p_den p) a).
Definition monadic_fits (q : mfun) : Prop := forall a s v s',
  all_fit (m_args q) a -> fits_state s -> app _ (m_den q) a s = Done v s' -> fits (m_ret q) v /\ fits_state s'.

Record closed : Prop := {
  H_literals : forall k, has_literals k = true -> (256 <= bound k)%N;
  H_pure_fits : Forall (fun p => pure_fits (snd p)) P;
  H_monadic_fits : Forall (fun q => monadic_fits (snd q)) F
}.

(** The representation of the reference machine, within the bounds. *)
Definition bounded : representation L (reference P F) :=
  Build_representation L (reference P F)
    (fun n v => v = ANat n /\ fits TNat n) (fun k n v => v = ANum k n /\ (n < bound k)%N)
    (fun d x v => v = AData d x /\ in_ranges ranges d x) (fun s c => s = c /\ fits_state s).

Lemma bounded_related t x v : related bounded t x v -> related (itself P F) t x v /\ fits t x.
Proof. destruct t; simpl; auto; intros []; auto. Qed.
Lemma related_bounded t x v : related (itself P F) t x v -> fits t x -> related bounded t x v.
Proof. destruct t; simpl; auto. Qed.

Lemma all_bounded_related ts : forall a vs, all_related bounded ts a vs ->
  all_related (itself P F) ts a vs /\ all_fit ts a.
Proof.
  induction ts as [|t ts IH]; intros a vs H; simpl in *; auto.
  destruct vs as [|v vs]; [destruct H|]. destruct H as [H1 H2].
  apply bounded_related in H1 as [H1 H3]. apply IH in H2 as [H2 H4]. auto.
Qed.

(** Every tuple of values in bounds is represented. *)
Lemma all_inject ts : forall a, all_fit ts a -> exists vs, all_related bounded ts a vs.
Proof.
  induction ts as [|t ts IH]; intros a H; simpl in *; [exists []; auto|].
  destruct H as [H1 H2]. destruct (IH _ H2) as (vs & Hvs). exists (inject t (fst a) :: vs). split; auto.
  apply related_bounded; auto. apply inject_related.
Qed.

Lemma found {A} (Q : A -> Prop) f (l : list (string * A)) x :
  Forall (fun y => Q (snd y)) l -> find f l = Some x -> Q x.
Proof.
  induction 1 as [|[y z] l H _ IH]; simpl; [discriminate|].
  destruct (String.eqb f y); auto. intros [= <-]. exact H.
Qed.

Theorem bounded_faithful : closed -> faithful bounded P F.
Proof.
  intros [HL HP HM]. destruct (reference_faithful P F) as [HV HP' HM']. constructor.
  - constructor.
    + apply (H_bool _ HV).
    + intros n Hn. split; [reflexivity|]. simpl. lia.
    + intros n v [H _]. apply (H_is_zero _ HV). exact H.
    + intros n v [H Hn]. split; [apply (H_minus_one _ HV); exact H|]. simpl in *. lia.
    + intros k n Hk Hn. split; [reflexivity|]. apply N.lt_le_trans with 256%N; [|apply HL; exact Hk].
      unfold is_small in Hn. destruct (N.compare_spec n 256); [discriminate|assumption|discriminate].
    + intros o k a b x y [Hx _] [Hy _]. exact (H_compares _ HV o k a b x y Hx Hy).
  - intros f p Hf a vs Ha. apply all_bounded_related in Ha as [Ha Hfit].
    destruct (HP' f p Hf a vs Ha) as (v & Hv & HR). exists v. split; auto.
    apply related_bounded; auto. exact (found pure_fits f P p HP Hf a Hfit).
  - intros f q Hf a vs s c v s' Ha [Hs Hfs] H. apply all_bounded_related in Ha as [Ha Hfit].
    destruct (HM' f q Hf a vs s c v s' Ha Hs H) as (w & c' & Hw & HR & HS). exists w, c'.
    destruct (found monadic_fits f F q HM Hf a s v s' Hfit Hfs H) as [Hv Hs'].
    split; auto. split; [apply related_bounded; auto|split; auto].
Qed.

Theorem services_keep_bounds {p E} (H_certified : link P F p = E) (H_names : program_fits F p = true) (H : closed) :
  forall f q, find f E = Some q -> monadic_fits q.
Proof.
  intros f q Hf a s v s' Ha Hs Hrun. destruct (all_inject _ _ Ha) as (vs & Hvs).
  set (junk := (fun _ => AUnit) : locals (reference P F)).
  assert (C := program_ok junk H_certified H_names (bounded_faithful H)).
  destruct (C f q Hf a vs s s v s') as (w & c' & _ & HR & HS); auto.
  - split; auto.
  - apply bounded_related in HR as [_ HR]. destruct HS as [_ HS]. auto.
Qed.
End Bounded.
