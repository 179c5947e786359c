(* SPDX-License-Identifier: Apache-2.0 *)
(** * Mini-C, and the translation from FIR to it

    One constructor for each C construct that is printed.

    Trusted: that each constructor is printed as its comment says (Print.v).  The translation [c_fun] itself is not
    trusted: SimProgram.v proves it. *)
From Coq Require Import List String Bool Arith.
From Pip.Translation Require Import Lang.
Import ListNotations.
Local Open Scope string_scope.

(** ** Abstract syntax *)
Inductive cstm :=
| CSkip
| CReturnVoid                                           (* return;                                *)
| CReturn     (e : expr)                                (* return e;                              *)
| CReturnCall (f : string) (es : list expr)             (* return f(es);                          *)
| CDecl       (t : ty) (x : string)                     (* T x;                                   *)
| CInit       (t : ty) (x : string) (e : expr)          (* const T x = e;                         *)
| CInitCall   (t : ty) (x f : string) (es : list expr)  (* const T x = f(es);                     *)
| CAssign     (x : string) (e : expr)                   (* x = e;                                 *)
| CAssignCall (x f : string) (es : list expr)           (* x = f(es);                             *)
| CCall       (t : ty) (f : string) (es : list expr)    (* f(es);  or (void)f(es); if t is not void *)
| CIf         (c : expr) (a b : cstm)                   (* if (c) { a } else { b }                *)
| CIfZero     (x : string) (a : cstm)                   (* if (x == 0U) { a }                     *)
| CPred       (y x : string)                            (* const uint32_t y = x - 1U;             *)
| CSeq        (a b : cstm)                              (* a b                                    *)
| CBlock      (a : cstm)                                (* { a }                                  *)
| CWhile      (x : string) (a : cstm)                   (* while (x > 0U) { x = x - 1U; a }       *)
| CContinue.                                            (* continue;                              *)

Record cfun := mkC { cf_params : ctx; cf_ret : ty; cf_body : cstm }.

(** ** Helpers *)
Definition is_unit (t : ty) : bool := match t with TUnit => true | _ => false end.
Definition mem (x : string) (l : list string) : bool := existsb (String.eqb x) l.
Fixpoint distinct (l : list string) : bool :=
  match l with [] => true | x :: l => negb (mem x l) && distinct l end.

Definition mentions (x : string) : expr -> bool :=
  fix go (e : expr) : bool :=
    match e with
    | EVar y => String.eqb x y
    | EUnit | EBool _ | ENat _ | ENum _ _ => false
    | EPrim _ es => existsb go es
    | ENot a => go a
    | EAnd a b | EOr a b | ECmp _ _ a b => go a || go b
    | ECond c a b => go c || go a || go b
    end.

Definition negated (e : expr) : expr := match e with ENot e => e | _ => ENot e end.

(** One statement of C, so that it reads well as a guard. *)
Definition small (s : stm) : bool :=
  match s with SRet _ | SCall _ _ | SSelf _ => true | _ => false end.

Fixpoint declares (s : cstm) : bool :=
  match s with
  | CDecl _ _ | CInit _ _ _ | CInitCall _ _ _ _ | CPred _ _ => true
  | CSeq a b => declares a || declares b
  | _ => false
  end.
(** The declarations in [s] end with it. *)
Definition scoped (s : cstm) : cstm := if declares s then CBlock s else s.

(** ** The parameters of a loop change at once
    Those that change are assigned one after the other if none is overwritten before its last use, otherwise through
    constants. *)
Definition move := ((string * ty) * expr)%type.
Definition target (m : move) : string := fst (fst m).
Definition temporary (x : string) : string := "next_" ++ x.
Definition identity (m : move) : bool :=
  match snd m with EVar y => String.eqb y (target m) | _ => false end.
Definition moves (ps : ctx) (es : list expr) : list move :=
  filter (fun m => negb (identity m)) (combine ps es).
Fixpoint ordered (l : list move) : bool :=
  match l with
  | [] => true
  | m :: l => negb (existsb (fun m' => mentions (target m) (snd m')) l) && ordered l
  end.
Fixpoint assigns (l : list move) : cstm :=
  match l with [] => CSkip | m :: l => CSeq (CAssign (target m) (snd m)) (assigns l) end.
Fixpoint inits (l : list move) : cstm :=
  match l with
  | [] => CSkip
  | m :: l => CSeq (CInit (snd (fst m)) (temporary (target m)) (snd m)) (inits l)
  end.
Definition from_temporaries (l : list move) : list move :=
  map (fun m => (fst m, EVar (temporary (target m)))) l.
Definition assign_parameters (ps : ctx) (es : list expr) : cstm :=
  let l := moves ps es in
  if ordered l then assigns l else CSeq (inits l) (assigns (from_temporaries l)).

(** ** Statements *)

(** Where the value of a statement goes, and what a self call becomes. *)
Inductive dest := DRet | DVar (x : string) | DVoid.
Inductive selfmode := NoSelf | Loop (ps : ctx) | Recur (f fuel : string).

Definition to_call (d : dest) (t : ty) (f : string) (es : list expr) : cstm :=
  match d with
  | DRet => if is_unit t then CSeq (CCall t f es) CReturnVoid else CReturnCall f es
  | DVar x => if is_unit t then CCall t f es else CAssignCall x f es
  | DVoid => CCall t f es
  end.

Definition to_ret (d : dest) (t : ty) (e : expr) : cstm :=
  match d with
  | DRet => if is_unit t then CReturnVoid else CReturn e
  | DVar x => if is_unit t then CSkip else CAssign x e
  | DVoid => CSkip
  end.

Definition to_self (sm : selfmode) (d : dest) (t : ty) (es : list expr) : cstm :=
  match sm with
  | NoSelf => CSkip
  | Loop ps => CSeq (assign_parameters ps es) CContinue
  | Recur f fuel => to_call d t f (EVar fuel :: es)
  end.

(** [const T x = self call;] *)
Definition to_bound_self (sm : selfmode) (t : ty) (x : string) (es : list expr) : cstm :=
  match sm with
  | Recur f fuel => CInitCall t x f (EVar fuel :: es)
  | _ => CSeq (CDecl t x) (scoped (to_self sm (DVar x) t es))
  end.

(** [a] and [b] are the translated branches of an [if] in FIR; where they return, the shorter one is a guard. *)
Definition to_if (d : dest) (c : expr) (a b : cstm) (b_is_guard : bool) : cstm :=
  match d with
  | DRet => if b_is_guard then CSeq (CIf (negated c) b CSkip) a else CSeq (CIf c a CSkip) b
  | _ => CIf c a b
  end.

Fixpoint to_c (sm : selfmode) (d : dest) (rt : ty) (s : stm) : cstm :=
  match s with
  | SRet e => to_ret d rt e
  | SCall f es => to_call d rt f es
  | SSelf es => to_self sm d rt es
  | SBind x t s k =>
    CSeq (if is_unit t then scoped (to_c sm DVoid t s)
          else match s with
               | SRet e => CInit t x e
               | SCall f es => CInitCall t x f es
               | SSelf es => to_bound_self sm t x es
               | _ => CSeq (CDecl t x) (scoped (to_c sm (DVar x) t s))
               end) (to_c sm d rt k)
  | SSeq t s k => CSeq (scoped (to_c sm DVoid t s)) (to_c sm d rt k)
  | SLet x t e k => CSeq (if is_unit t then CSkip else CInit t x e) (to_c sm d rt k)
  | SIf c a b => to_if d c (to_c sm d rt a) (to_c sm d rt b) (negb (small a) && small b)
  end.

Fixpoint nothing (s : cstm) : bool :=
  match s with CSkip => true | CSeq a b => nothing a && nothing b | _ => false end.

(** Leaves out the last [continue] of a loop's body, or the last [return] of a void function. *)
Fixpoint trim (in_loop : bool) (s : cstm) : cstm :=
  match s with
  | CContinue => if in_loop then CSkip else s
  | CReturnVoid => if in_loop then s else CSkip
  | CSeq a b => let b' := trim in_loop b in if nothing b' then trim in_loop a else CSeq a b'
  | CIf c a b => CIf c (trim in_loop a) (trim in_loop b)
  | s => s
  end.
Definition finish (rt : ty) (s : cstm) : cstm := if is_unit rt then trim false s else s.

(** ** Functions *)

Fixpoint no_self (s : stm) : bool :=
  match s with
  | SSelf _ => false
  | SRet _ | SCall _ _ => true
  | SBind _ _ s k | SSeq _ s k => no_self s && no_self k
  | SLet _ _ _ k => no_self k
  | SIf _ a b => no_self a && no_self b
  end.
(** Self calls in tail position only. *)
Fixpoint tail_only (s : stm) : bool :=
  match s with
  | SSelf _ | SRet _ | SCall _ _ => true
  | SBind _ _ s k | SSeq _ s k => no_self s && tail_only k
  | SLet _ _ _ k => tail_only k
  | SIf _ a b => tail_only a && tail_only b
  end.

Definition c_loop (f : rfn) : cstm :=
  CSeq (CWhile (rf_fuel f) (trim true (to_c (Loop (rf_params f)) DRet (rf_ret f) (rf_step f))))
       (to_c NoSelf DRet (rf_ret f) (rf_base f)).
Definition c_recursion (n : string) (f : rfn) : cstm :=
  CSeq (CIfZero (rf_fuel f) (to_c NoSelf DRet (rf_ret f) (rf_base f)))
       (CSeq (CPred (rf_pred f) (rf_fuel f)) (to_c (Recur n (rf_pred f)) DRet (rf_ret f) (rf_step f))).

Definition c_fun (n : string) (d : fundef) : cfun :=
  match d with
  | FPlain f => mkC (fn_params f) (fn_ret f) (finish (fn_ret f) (to_c NoSelf DRet (fn_ret f) (fn_body f)))
  | FRec f =>
    mkC ((rf_fuel f, TNat) :: rf_params f) (rf_ret f)
        (finish (rf_ret f) (if tail_only (rf_step f) then c_loop f else c_recursion n f))
  end.
Definition c_prog (p : prog) : list (string * cfun) :=
  map (fun nd => (fst nd, c_fun (fst nd) (snd nd))) p.

(** ** The check of names
    Those in scope are pairwise distinct, so that C's assignment means [let]; the constants through which a loop
    assigns its parameters are new. *)
Definition temporaries (sm : selfmode) : list string :=
  match sm with Loop ps => map (fun p => temporary (fst p)) ps | _ => [] end.
Definition is_new (sc : list string) (es : list expr) (x : string) : bool :=
  negb (mem x sc) && negb (existsb (mentions x) es).
Fixpoint fresh_ok (ts sc : list string) (s : stm) : bool :=
  match s with
  | SRet _ | SCall _ _ => true
  | SSelf es => forallb (is_new sc es) ts
  | SBind x _ s k => negb (mem x sc) && fresh_ok ts (x :: sc) s && fresh_ok ts (x :: sc) k
  | SSeq _ s k => fresh_ok ts sc s && fresh_ok ts sc k
  | SLet x _ _ k => negb (mem x sc) && fresh_ok ts (x :: sc) k
  | SIf _ a b => fresh_ok ts sc a && fresh_ok ts sc b
  end.
Definition names_ok (d : fundef) : bool :=
  match d with
  | FPlain f => let ps := map fst (fn_params f) in distinct ps && fresh_ok [] ps (fn_body f)
  | FRec f =>
    let ps := rf_pred f :: rf_fuel f :: map fst (rf_params f) in
    distinct ps && fresh_ok [] ps (rf_base f) && fresh_ok (temporaries (Loop (rf_params f))) ps (rf_step f)
  end.
Definition program_names_ok (p : prog) : bool :=
  forallb (fun nd => names_ok (snd nd)) p && distinct (map fst p).
