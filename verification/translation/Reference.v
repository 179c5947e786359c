(* SPDX-License-Identifier: Apache-2.0 *)
(** * The hypotheses of the final theorem can be met

    For every project there is a machine that is faithful to it: its values are those of Gallina, its memory is the
    model's state, its primitives are the model's.  So the final theorem does not hold for want of machines.

    Trusted: nothing. *)
From Coq Require Import List String Bool Arith NArith.
From Pip.Model Require Import Monad.
From Pip.Translation Require Import Lang CSyn CSem SimExpr SimStm SimProgram.
Import ListNotations.

Section Reference.
Context {L : language}.
Variable P : penv.
Variable F : fenv.

(** A value carries its type. *)
Inductive any :=
| AUnit | ABool (b : bool) | ANat (n : nat) | ANum (k : number) (n : N) | AData (d : string) (x : data d).

Definition inject (t : ty) : tyD t -> any :=
  match t with
  | TUnit => fun _ => AUnit | TBool => ABool | TNat => ANat | TNum k _ => ANum k | TData d => AData d
  end.

Definition project (t : ty) (v : any) : option (tyD t) :=
  match t return option (tyD t) with
  | TUnit => Some tt
  | TBool => match v with ABool b => Some b | _ => None end
  | TNat => match v with ANat n => Some n | _ => None end
  | TNum k _ => match v with ANum k' n => if number_eq_dec k k' then Some n else None | _ => None end
  | TData d => match v with
               | AData d' x => match string_dec d' d with
                               | left E => Some (eq_rect _ data x _ E)
                               | right _ => None
                               end
               | _ => None
               end
  end.

Fixpoint projects (ts : list ty) (vs : list any) : option (tuple ts) :=
  match ts, vs with
  | [], [] => Some tt
  | t :: ts, v :: vs => match project t v, projects ts vs with Some x, Some xs => Some (x, xs) | _, _ => None end
  | _, _ => None
  end.

Definition reference : machine := {|
  value := any;
  memory := state;
  v_unit := AUnit;
  v_bool := ABool;
  v_nat := ANat;
  v_num := ANum;
  truth_of v := project TBool v;
  is_zero v := match v with ANat n => Nat.eqb n 0 | _ => false end;
  minus_one v := match v with ANat n => ANat (pred n) | _ => v end;
  compares o v w := match v, w with ANum _ a, ANum _ b => Some (compare_num o a b) | _, _ => None end;
  c_pure f vs :=
    match find f P with
    | Some p => option_map (fun a => inject _ (app _ (p_den p) a)) (projects (p_args p) vs)
    | None => None
    end;
  c_primitive f vs s :=
    match find f F with
    | Some p =>
      match projects (m_args p) vs with
      | Some a => match app _ (m_den p) a s with Done v s' => Some (inject _ v, s') | Undefined => None end
      | None => None
      end
    | None => None
    end
|}.

Definition itself : representation L reference :=
  Build_representation L reference
    (fun n v => v = ANat n) (fun k n v => v = ANum k n) (fun d x v => v = AData d x) (fun s c => s = c).

Lemma project_related t x v : related itself t x v -> project t v = Some x.
Proof.
  destruct t as [| | |k a|d]; simpl.
  - destruct x. auto.
  - auto.
  - intros ->. auto.
  - intros ->. destruct (number_eq_dec k k); congruence.
  - intros ->. destruct (string_dec d d) as [E|]; [|congruence].
    rewrite (Eqdep_dec.UIP_dec string_dec E eq_refl). auto.
Qed.

Lemma inject_related t x : related itself t x (inject t x).
Proof. destruct t; simpl; auto. Qed.

Lemma projects_related ts : forall a vs, all_related itself ts a vs -> projects ts vs = Some a.
Proof.
  induction ts as [|t ts IH]; intros a vs H; simpl in *.
  - subst vs. destruct a. reflexivity.
  - destruct vs as [|v vs]; [destruct H|]. destruct H as [H1 H2]. destruct a as [x a]. simpl in *.
    rewrite (project_related _ _ _ H1), (IH _ _ H2). reflexivity.
Qed.

Theorem reference_faithful : faithful itself P F.
Proof.
  constructor.
  - constructor; simpl; auto; intros; subst; auto.
  - intros f p Hf a vs Ha. simpl. rewrite Hf, (projects_related _ _ _ Ha). simpl.
    eexists; split; [reflexivity|apply inject_related].
  - intros f p Hf a vs s c v s' Ha <- H. simpl. rewrite Hf, (projects_related _ _ _ Ha), H.
    eexists _, _; split; [reflexivity|]. split; [apply inject_related|reflexivity].
Qed.
End Reference.
