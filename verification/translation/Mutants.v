(* SPDX-License-Identifier: Apache-2.0 *)
(** * Wrong programs, for negative tests

    [mutants P d] are the programs that differ from [d] in one place: at every position of every statement and
    expression one plausible change or more, such as another variable of the same type, another constant, branches
    swapped, a statement left out.

    Trusted: nothing. *)
From Coq Require Import List String Bool Arith NArith.
From Pip.Translation Require Import Lang.
Import ListNotations.
Local Open Scope string_scope.

Section Mutants.
Context {L : language}.
Variable P : penv.

Definition same (t u : ty) : bool := if ty_eq_dec t u then true else false.
Definition type_of (x : string) (G : ctx) : ty := match find x G with Some t => t | None => TUnit end.

(** Another variable of the type of [x]; nonsense if there is none. *)
Definition other_variables (G : ctx) (x : string) : list expr :=
  match filter (fun v => same (snd v) (type_of x G) && negb (String.eqb (fst v) x)) G with
  | [] => [EUnit]
  | vs => map (fun v => EVar (fst v)) vs
  end.

(** Another constant of the type of [f]; nonsense if there is none. *)
Definition other_constants (f : string) : list expr :=
  match find f P with
  | None => [EUnit]
  | Some p =>
    match filter (fun q => match p_args (snd q) with
                           | [] => same (p_ret (snd q)) (p_ret p) && negb (String.eqb (fst q) f)
                           | _ => false
                           end) P with
    | q :: _ => [EPrim (fst q) []]
    | [] => [EUnit]
    end
  end.

(** One member changed. *)
Section Members.
Variable change : expr -> list expr.
Fixpoint change_one (es : list expr) : list (list expr) :=
  match es with
  | [] => []
  | e :: es => map (fun e' => e' :: es) (change e) ++ map (cons e) (change_one es)
  end.
End Members.

Fixpoint change_expr (G : ctx) (e : expr) : list expr :=
  match e with
  | EVar x => other_variables G x
  | EUnit => [EBool true]
  | EBool b => [EBool (negb b)]
  | ENat n => [ENat (S n)]
  | ENum k n => [ENum k (N.succ n)]
  | EPrim f [] => other_constants f
  | EPrim f es => map (EPrim f) (change_one (change_expr G) es)
  | ENot a => a :: map ENot (change_expr G a)
  | EAnd a b => EOr a b :: map (fun a => EAnd a b) (change_expr G a) ++ map (EAnd a) (change_expr G b)
  | EOr a b => EAnd a b :: map (fun a => EOr a b) (change_expr G a) ++ map (EOr a) (change_expr G b)
  | ECmp o w a b =>
    ECmp match o with Equal => Less | Less => AtMost | AtMost => Equal end w a b
    :: map (fun a => ECmp o w a b) (change_expr G a) ++ map (ECmp o w a) (change_expr G b)
  | ECond c a b =>
    ECond c b a :: map (fun c => ECond c a b) (change_expr G c) ++ map (fun a => ECond c a b) (change_expr G a)
    ++ map (ECond c a) (change_expr G b)
  end.

Fixpoint change_stm (G : ctx) (s : stm) : list stm :=
  match s with
  | SRet e => map SRet (change_expr G e)
  | SCall f es => SCall "no_such_function" es :: map (SCall f) (change_one (change_expr G) es)
  | SSelf es => SRet EUnit :: map SSelf (change_one (change_expr G) es)
  | SBind x t s k => map (fun s => SBind x t s k) (change_stm G s) ++ map (SBind x t s) (change_stm ((x, t) :: G) k)
  | SSeq t s k => k :: map (fun s => SSeq t s k) (change_stm G s) ++ map (SSeq t s) (change_stm G k)
  | SLet x t e k => map (fun e => SLet x t e k) (change_expr G e) ++ map (SLet x t e) (change_stm ((x, t) :: G) k)
  | SIf c a b =>
    SIf c b a :: map (fun c => SIf c a b) (change_expr G c) ++ map (fun a => SIf c a b) (change_stm G a)
    ++ map (SIf c a) (change_stm G b)
  end.

Definition with_body (f : fn) (s : stm) : fundef :=
  FPlain {| fn_params := fn_params f; fn_ret := fn_ret f; fn_body := s |}.
Definition with_base_and_step (f : rfn) (base step : stm) : fundef :=
  FRec {| rf_fuel := rf_fuel f; rf_pred := rf_pred f; rf_params := rf_params f; rf_ret := rf_ret f;
          rf_base := base; rf_step := step |}.

Definition mutants (d : fundef) : list fundef :=
  match d with
  | FPlain f => map (with_body f) (change_stm (fn_params f) (fn_body f))
  | FRec f =>
    map (fun s => with_base_and_step f s (rf_step f)) (change_stm (rf_params f) (rf_base f))
    ++ map (with_base_and_step f (rf_base f)) (change_stm (rf_params f) (rf_step f))
  end.
End Mutants.
