(* SPDX-License-Identifier: Apache-2.0 *)
(** * FIR, the language of translatable programs: syntax, meaning, linking

    A service is ordinary Gallina.  The reifier writes it down as a term of FIR, and a certificate says that the
    meaning of this term, in the very monad of the service, is the service.  From FIR on everything is a Coq function
    with a theorem (CSyn.v, SimProgram.v).

    Trusted: nothing; the end-to-end theorem does not mention FIR.
    Generic in the [language] of a project: the state of its monad and its data types. *)
From Coq Require Import List String Bool Arith NArith.
From Coq Require Import FunctionalExtensionality.
From Pip.Model Require Import Monad.
Import ListNotations.
Local Open Scope string_scope.

(** ** Types *)

(** The size of a machine number. *)
Inductive width := W8 | W16 | W32 | W64.

(** A kind of numbers: a size in C, and a name, for what bounds them (frame numbers, positions in a table, ...). *)
Record number := Number { number_width : width; bounded_as : string }.

Definition number_eq_dec (a b : number) : {a = b} + {a <> b}.
Proof. repeat decide equality. Defined.

(** A type code.  Numbers are [N] in Gallina; [alias] is the name that the service gives them ([page], [index], ...)
    and that C gets; it has no meaning.  Data types (enumerations, records) are told apart by their name. *)
Inductive ty := TUnit | TBool | TNat | TNum (k : number) (alias : string) | TData (name : string).

Definition ty_eq_dec (a b : ty) : {a = b} + {a <> b}.
Proof. repeat decide equality. Defined.

(** What a project says of itself. *)
Class language := {
  state : Type;                               (* the state of its monad *)
  data_types : list (string * Type);          (* its enumerations and records, by name *)
  without_literals : list string              (* kinds of numbers, by [bounded_as], with less than 256 numbers *)
}.

(** Literals are small, so that every other kind has them.  Without [negb], [andb], [N.ltb], which certificates do not
    look into. *)
Fixpoint is_listed (x : string) (l : list string) : bool :=
  match l with [] => false | y :: l => if String.eqb x y then true else is_listed x l end.
Definition has_literals {L : language} (k : number) : bool :=
  if is_listed (bounded_as k) without_literals then false else true.
Definition is_small (n : N) : bool := match N.compare n 256 with Lt => true | _ => false end.

Fixpoint find {A} (x : string) (l : list (string * A)) : option A :=
  match l with
  | [] => None
  | (y, a) :: l => if String.eqb x y then Some a else find x l
  end.

(** ** Syntax *)

Inductive comparison := Equal | Less | AtMost.

Inductive expr :=
| EVar  (x : string)
| EUnit
| EBool (b : bool)
| ENat  (n : nat)                                (* small literals only: fuel *)
| ENum  (k : number) (n : N)                       (* small literals only *)
| EPrim (f : string) (es : list expr)            (* pure primitive, constant, constructor or field *)
| ENot  (e : expr)
| EAnd  (a b : expr)
| EOr   (a b : expr)
| ECmp  (o : comparison) (k : number) (a b : expr)
| ECond (c a b : expr).

(** A computation. *)
Inductive stm :=
| SRet  (e : expr)
| SCall (f : string) (es : list expr)            (* monadic primitive or earlier function *)
| SSelf (es : list expr)                         (* recursive call; the fuel is implicit *)
| SBind (x : string) (t : ty) (s k : stm)
| SSeq  (t : ty) (s k : stm)
| SLet  (x : string) (t : ty) (e : expr) (k : stm)
| SIf   (c : expr) (a b : stm).

Definition ctx := list (string * ty).
Record fn := { fn_params : ctx; fn_ret : ty; fn_body : stm }.

(** [match fuel with 0 => base | S pred => step end] *)
Record rfn := { rf_fuel : string; rf_pred : string; rf_params : ctx; rf_ret : ty; rf_base : stm; rf_step : stm }.

Inductive fundef := FPlain (f : fn) | FRec (f : rfn).

(** Definitions in order; each calls only earlier ones. *)
Definition prog := list (string * fundef).

(** ** Meaning *)
Section Meaning.
Context {L : language}.

Definition data (name : string) : Type :=
  match find name data_types with Some T => T | None => Empty_set end.

Definition tyD (t : ty) : Type :=
  match t with
  | TUnit => unit | TBool => bool | TNat => nat | TNum _ _ => N | TData d => data d
  end.

(** Types between which values pass as they are: an alias of numbers does not matter, the kind does. *)
Definition same_type (t u : ty) : option (tyD t = tyD u) :=
  match t, u with
  | TUnit, TUnit | TBool, TBool | TNat, TNat => Some eq_refl
  | TNum k _, TNum k' _ => if number_eq_dec k k' then Some eq_refl else None
  | TData a, TData b => match string_dec a b with left E => Some (f_equal data E) | right _ => None end
  | _, _ => None
  end.

Fixpoint tuple (ts : list ty) : Type :=
  match ts with [] => unit | t :: ts => tyD t * tuple ts end.
Fixpoint curry (ts : list ty) (R : Type) : Type :=
  match ts with [] => R | t :: ts => tyD t -> curry ts R end.
Fixpoint app {R} (ts : list ty) : curry ts R -> tuple ts -> R :=
  match ts with
  | [] => fun f _ => f
  | t :: ts => fun f a => app ts (f (fst a)) (snd a)
  end.
Fixpoint lam {R} (ts : list ty) : (tuple ts -> R) -> curry ts R :=
  match ts with
  | [] => fun f => f tt
  | t :: ts => fun f x => lam ts (fun a => f (x, a))
  end.

(** A pure primitive and a monadic function, each with its signature. *)
Record pfun := mkP { p_args : list ty; p_ret : ty; p_den : curry p_args (tyD p_ret) }.
Record mfun := mkM { m_args : list ty; m_ret : ty; m_den : curry m_args (M state (tyD m_ret)) }.
Definition penv := list (string * pfun).
Definition fenv := list (string * mfun).

Definition env (G : ctx) : Type := tuple (map snd G).

(** The meaning of an expression in context [G], with its type; ill-typed ones have none. *)
Definition texp (G : ctx) := { t : ty & env G -> tyD t }.
Definition tex {G} (t : ty) (d : env G -> tyD t) : texp G := existT (fun t => env G -> tyD t) t d.

Definition cast {G} (e : texp G) (t : ty) : option (env G -> tyD t) :=
  match same_type (projT1 e) t with
  | Some E => Some (fun r => eq_rect _ (fun T => T) (projT2 e r) _ E)
  | None => None
  end.
Definition castM (t u : ty) (m : M state (tyD t)) : M state (tyD u) :=
  match same_type t u with
  | Some E => eq_rect _ (M state) m _ E
  | None => undefined
  end.

Fixpoint den_var (G : ctx) (x : string) : option (texp G) :=
  match G with
  | [] => None
  | (y, t) :: G' =>
    if String.eqb x y then Some (@tex ((y, t) :: G') t (fun r => fst r))
    else match den_var G' x with
         | Some (existT _ u d) => Some (@tex ((y, t) :: G') u (fun r => d (snd r)))
         | None => None
         end
  end.

Definition compare_num (o : comparison) : N -> N -> bool :=
  match o with Equal => N.eqb | Less => N.ltb | AtMost => N.leb end.

Section Expressions.
Variable P : penv.

Section Arguments.
Variable G : ctx.
Variable den : expr -> option (texp G).
Fixpoint den_args (es : list expr) (ts : list ty) : option (env G -> tuple ts) :=
  match es, ts with
  | [], [] => Some (fun _ => tt)
  | e :: es, t :: ts =>
    match den e with
    | Some d => match cast d t, den_args es ts with
                | Some d, Some ds => Some (fun r => (d r, ds r))
                | _, _ => None
                end
    | None => None
    end
  | _, _ => None
  end.
Definition den_at (t : ty) (e : expr) : option (env G -> tyD t) :=
  match den e with Some d => cast d t | None => None end.
End Arguments.

Fixpoint den_expr (G : ctx) (e : expr) : option (texp G) :=
  match e with
  | EVar x => den_var G x
  | EUnit => Some (tex TUnit (fun _ => tt))
  | EBool b => Some (tex TBool (fun _ => b))
  | ENat n => if Nat.ltb n 256 then Some (tex TNat (fun _ => n)) else None
  | ENum k n =>
    if has_literals k then if is_small n then Some (tex (TNum k "") (fun _ => n)) else None else None
  | EPrim f es =>
    match find f P with
    | Some p => match den_args G (den_expr G) es (p_args p) with
                | Some a => Some (tex (p_ret p) (fun r => app _ (p_den p) (a r)))
                | None => None
                end
    | None => None
    end
  | ENot a => match den_at G (den_expr G) TBool a with
              | Some a => Some (tex TBool (fun r => negb (a r)))
              | None => None
              end
  | EAnd a b => match den_at G (den_expr G) TBool a, den_at G (den_expr G) TBool b with
                | Some a, Some b => Some (tex TBool (fun r => andb (a r) (b r)))
                | _, _ => None
                end
  | EOr a b => match den_at G (den_expr G) TBool a, den_at G (den_expr G) TBool b with
               | Some a, Some b => Some (tex TBool (fun r => orb (a r) (b r)))
               | _, _ => None
               end
  | ECmp o k a b => match den_at G (den_expr G) (TNum k "") a, den_at G (den_expr G) (TNum k "") b with
                    | Some a, Some b => Some (tex TBool (fun r => compare_num o (a r) (b r)))
                    | _, _ => None
                    end
  | ECond c a b => match den_at G (den_expr G) TBool c, den_expr G a with
                   | Some c, Some a =>
                     match den_at G (den_expr G) (projT1 a) b with
                     | Some b => Some (tex (projT1 a) (fun r => if c r then projT2 a r else b r))
                     | None => None
                     end
                   | _, _ => None
                   end
  end.
Definition den_exp_at G e t : option (env G -> tyD t) := den_at G (den_expr G) t e.

Section Statements.
Variable F : fenv.
Variable self : option mfun.

Definition den_call G (f : option mfun) (es : list expr) (rt : ty) : env G -> M state (tyD rt) :=
  match f with
  | Some m => match den_args G (den_expr G) es (m_args m) with
              | Some a => fun r => castM (m_ret m) rt (app _ (m_den m) (a r))
              | None => fun _ => undefined
              end
  | None => fun _ => undefined
  end.

Fixpoint den_stm (G : ctx) (rt : ty) (s : stm) : env G -> M state (tyD rt) :=
  match s with
  | SRet e => match den_exp_at G e rt with
              | Some d => fun r => ret (d r)
              | None => fun _ => undefined
              end
  | SCall f es => den_call G (find f F) es rt
  | SSelf es => den_call G self es rt
  | SBind x t s k =>
    fun r => bind (den_stm G t s r) (fun v => den_stm ((x, t) :: G) rt k (v, r))
  | SSeq t s k => fun r => bind (den_stm G t s r) (fun _ => den_stm G rt k r)
  | SLet x t e k =>
    match den_exp_at G e t with
    | Some d => fun r => let v := d r in den_stm ((x, t) :: G) rt k (v, r)
    | None => fun _ => undefined
    end
  | SIf c a b =>
    match den_exp_at G c TBool with
    | Some d => fun r => if d r then den_stm G rt a r else den_stm G rt b r
    | None => fun _ => undefined
    end
  end.
End Statements.
End Expressions.

Definition den_body P F self params rt s : curry (map snd params) (M state (tyD rt)) :=
  lam (map snd params) (den_stm P F self params rt s).
Definition den_fn P F (f : fn) : curry (map snd (fn_params f)) (M state (tyD (fn_ret f))) :=
  den_body P F None (fn_params f) (fn_ret f) (fn_body f).

Definition rf_sig (f : rfn) := curry (map snd (rf_params f)) (M state (tyD (rf_ret f))).
Definition den_base P F (f : rfn) : rf_sig f :=
  den_body P F None (rf_params f) (rf_ret f) (rf_base f).
Definition den_step P F (f : rfn) (g : rf_sig f) : rf_sig f :=
  den_body P F (Some (mkM (map snd (rf_params f)) (rf_ret f) g)) (rf_params f) (rf_ret f) (rf_step f).
Fixpoint den_rfn P F (f : rfn) (n : nat) : rf_sig f :=
  match n with 0 => den_base P F f | S n => den_step P F f (den_rfn P F f n) end.

Definition den_def P F (d : fundef) : mfun :=
  match d with
  | FPlain f => mkM (map snd (fn_params f)) (fn_ret f) (den_fn P F f)
  | FRec f => mkM (TNat :: map snd (rf_params f)) (rf_ret f) (den_rfn P F f)
  end.

(** ** Linking *)

Fixpoint link P (F : fenv) (p : prog) : fenv :=
  match p with
  | [] => F
  | (n, d) :: p => link P ((n, den_def P F d) :: F) p
  end.

(** A certificate for a recursive function needs two conversions only: its base and its step. *)
Lemma recursive_steps P F (f : rfn) (g : nat -> rf_sig f) :
  den_base P F f = g 0 -> (forall n, den_step P F f (g n) = g (S n)) -> forall n, den_rfn P F f n = g n.
Proof. intros H0 HS n. induction n as [|n IH]; simpl; [exact H0|rewrite IH; apply HS]. Qed.

Lemma recursive_certificate P F (f : rfn) (g : nat -> rf_sig f) :
  den_base P F f = g 0 -> (forall n, den_step P F f (g n) = g (S n)) ->
  den_def P F (FRec f) = mkM (TNat :: map snd (rf_params f)) (rf_ret f) g.
Proof.
  intros H0 HS. simpl. f_equal. apply functional_extensionality. exact (recursive_steps P F f g H0 HS).
Qed.

(** Linking the certificates one by one gives the whole program. *)
Lemma link_step P F n d p m R :
  den_def P F d = m -> link P ((n, m) :: F) p = R -> link P F ((n, d) :: p) = R.
Proof. intros <- <-. reflexivity. Qed.

End Meaning.
