(* SPDX-License-Identifier: Apache-2.0 *)
(** * What mini-C means, and what is asked of the machine

    [exec] and [call] are the big-step semantics.  [faithful] says which C value stands for which value of Gallina, and
    that each primitive of C does what the primitive of the model does.

    TRUSTED: [exec] and [call] as a reading of C (local variables as a map; no pointers, no interrupts, no bound on the
    stack); [faithful] is the hypothesis of the final theorem, to be met by the shims. *)
From Coq Require Import List String Bool Arith NArith.
From Pip.Model Require Import Monad.
From Pip.Translation Require Import Lang CSyn.
Import ListNotations.
Local Open Scope string_scope.
Local Open Scope nat_scope.

(** ** A machine: its values, its memory, its primitives *)
Record machine := {
  value : Type;
  memory : Type;
  v_unit : value;
  v_bool : bool -> value;
  v_nat : nat -> value;
  v_num : number -> N -> value;
  truth_of : value -> option bool;
  is_zero : value -> bool;
  minus_one : value -> value;
  compares : comparison -> value -> value -> option bool;
  c_pure : string -> list value -> option value;
  c_primitive : string -> list value -> memory -> option (value * memory)
}.

Section Execution.
Variable m : machine.
Variable functions : string -> option cfun.

Definition locals := string -> value m.
Variable junk : locals.                          (* what local variables hold before they are set *)

Definition update (l : locals) (x : string) (v : value m) : locals := fun y => if String.eqb y x then v else l y.
Fixpoint bind_params (ps : ctx) (vs : list (value m)) (l : locals) : locals :=
  match ps, vs with
  | (x, _) :: ps, v :: vs => update (bind_params ps vs l) x v
  | _, _ => l
  end.

Section Arguments.
Variable ev : expr -> option (value m).
Fixpoint evals (es : list expr) : option (list (value m)) :=
  match es with
  | [] => Some []
  | e :: es => match ev e, evals es with Some v, Some vs => Some (v :: vs) | _, _ => None end
  end.
End Arguments.

Definition truth (v : option (value m)) : option bool := match v with Some v => truth_of m v | None => None end.

Fixpoint eval (l : locals) (e : expr) : option (value m) :=
  match e with
  | EVar x => Some (l x)
  | EUnit => Some (v_unit m)
  | EBool b => Some (v_bool m b)
  | ENat n => Some (v_nat m n)
  | ENum k n => Some (v_num m k n)
  | EPrim f es => match evals (eval l) es with Some vs => c_pure m f vs | None => None end
  | ENot a => option_map (fun b => v_bool m (negb b)) (truth (eval l a))
  | EAnd a b => match truth (eval l a) with
                | Some true => option_map (v_bool m) (truth (eval l b))
                | Some false => Some (v_bool m false)
                | None => None
                end
  | EOr a b => match truth (eval l a) with
               | Some true => Some (v_bool m true)
               | Some false => option_map (v_bool m) (truth (eval l b))
               | None => None
               end
  | ECmp o _ a b => match eval l a, eval l b with
                    | Some x, Some y => option_map (v_bool m) (compares m o x y)
                    | _, _ => None
                    end
  | ECond c a b => match truth (eval l c) with
                   | Some true => eval l a
                   | Some false => eval l b
                   | None => None
                   end
  end.

(** How a statement ends: it falls through, returns, or goes on with the loop. *)
Inductive out := ONorm | ORet (v : value m) | OCont.

Inductive exec : cstm -> locals -> memory m -> out -> locals -> memory m -> Prop :=
| x_skip l c : exec CSkip l c ONorm l c
| x_return_void l c : exec CReturnVoid l c (ORet (v_unit m)) l c
| x_return e v l c : eval l e = Some v -> exec (CReturn e) l c (ORet v) l c
| x_return_call f es vs v l c c' :
    evals (eval l) es = Some vs -> call f vs c v c' -> exec (CReturnCall f es) l c (ORet v) l c'
| x_decl t x l c : exec (CDecl t x) l c ONorm l c
| x_init t x e v l c : eval l e = Some v -> exec (CInit t x e) l c ONorm (update l x v) c
| x_init_call t x f es vs v l c c' :
    evals (eval l) es = Some vs -> call f vs c v c' -> exec (CInitCall t x f es) l c ONorm (update l x v) c'
| x_assign x e v l c : eval l e = Some v -> exec (CAssign x e) l c ONorm (update l x v) c
| x_assign_call x f es vs v l c c' :
    evals (eval l) es = Some vs -> call f vs c v c' -> exec (CAssignCall x f es) l c ONorm (update l x v) c'
| x_call t f es vs v l c c' :
    evals (eval l) es = Some vs -> call f vs c v c' -> exec (CCall t f es) l c ONorm l c'
| x_if e a b v (t : bool) l c o l' c' :
    eval l e = Some v -> truth_of m v = Some t -> exec (if t then a else b) l c o l' c' ->
    exec (CIf e a b) l c o l' c'
| x_if_zero x a l c o l' c' :
    is_zero m (l x) = true -> exec a l c o l' c' -> exec (CIfZero x a) l c o l' c'
| x_if_not_zero x a l c : is_zero m (l x) = false -> exec (CIfZero x a) l c ONorm l c
| x_pred y x l c : is_zero m (l x) = false -> exec (CPred y x) l c ONorm (update l y (minus_one m (l x))) c
| x_seq a b l c l1 c1 o l2 c2 :
    exec a l c ONorm l1 c1 -> exec b l1 c1 o l2 c2 -> exec (CSeq a b) l c o l2 c2
| x_seq_stop a b l c o l1 c1 : o <> ONorm -> exec a l c o l1 c1 -> exec (CSeq a b) l c o l1 c1
| x_block a l c o l' c' : exec a l c o l' c' -> exec (CBlock a) l c o l' c'
| x_while_end x a l c : is_zero m (l x) = true -> exec (CWhile x a) l c ONorm l c
| x_while_return x a v l c l1 c1 :
    is_zero m (l x) = false -> exec a (update l x (minus_one m (l x))) c (ORet v) l1 c1 ->
    exec (CWhile x a) l c (ORet v) l1 c1
| x_while_next x a o1 l c l1 c1 o l2 c2 :
    is_zero m (l x) = false -> exec a (update l x (minus_one m (l x))) c o1 l1 c1 -> o1 = ONorm \/ o1 = OCont ->
    exec (CWhile x a) l1 c1 o l2 c2 -> exec (CWhile x a) l c o l2 c2
| x_continue l c : exec CContinue l c OCont l c

with call : string -> list (value m) -> memory m -> value m -> memory m -> Prop :=
| call_primitive f vs c v c' : functions f = None -> c_primitive m f vs c = Some (v, c') -> call f vs c v c'
| call_function f fn vs c v l' c' :
    functions f = Some fn -> exec (cf_body fn) (bind_params (cf_params fn) vs junk) c (ORet v) l' c' ->
    call f vs c v c'
| call_falls_through f fn vs c l' c' :
    functions f = Some fn -> is_unit (cf_ret fn) = true ->
    exec (cf_body fn) (bind_params (cf_params fn) vs junk) c ONorm l' c' -> call f vs c (v_unit m) c'.

End Execution.

Arguments ONorm {m}.
Arguments ORet {m} v.
Arguments OCont {m}.

(** ** Which C values and memories stand for those of Gallina *)
Record representation (L : language) (m : machine) := {
  r_nat : nat -> value m -> Prop;
  r_num : number -> N -> value m -> Prop;
  r_data : forall name, data name -> value m -> Prop;
  r_state : state -> memory m -> Prop
}.
Arguments r_nat {L m}.
Arguments r_num {L m}.
Arguments r_data {L m}.
Arguments r_state {L m}.

Section Faithful.
Context {L : language} {m : machine}.
Variable r : representation L m.

Definition related (t : ty) : tyD t -> value m -> Prop :=
  match t with
  | TUnit => fun _ _ => True
  | TBool => fun b v => truth_of m v = Some b
  | TNat => r_nat r
  | TNum k _ => r_num r k
  | TData d => r_data r d
  end.
Fixpoint all_related (ts : list ty) : tuple ts -> list (value m) -> Prop :=
  match ts with
  | [] => fun _ vs => vs = []
  | t :: ts => fun a vs =>
    match vs with v :: vs => related t (fst a) v /\ all_related ts (snd a) vs | [] => False end
  end.

(** The values of C behave like those of Gallina. *)
Record faithful_values : Prop := {
  H_bool : forall b, truth_of m (v_bool m b) = Some b;
  H_nat : forall n, n < 256 -> r_nat r n (v_nat m n);
  H_is_zero : forall n v, r_nat r n v -> is_zero m v = (n =? 0);
  H_minus_one : forall n v, r_nat r (S n) v -> r_nat r n (minus_one m v);
  H_num : forall k n, has_literals k = true -> is_small n = true -> r_num r k n (v_num m k n);
  H_compares : forall o k a b x y, r_num r k a x -> r_num r k b y -> compares m o x y = Some (compare_num o a b)
}.

(** Each pure primitive of C computes what that of Gallina does. *)
Definition faithful_pure (P : penv) : Prop :=
  forall f p, find f P = Some p -> forall a vs, all_related (p_args p) a vs ->
  exists v, c_pure m f vs = Some v /\ related (p_ret p) (app _ (p_den p) a) v.

(** Each monadic primitive of C ends as that of Gallina does, whenever that one is defined. *)
Definition faithful_primitives (F : fenv) : Prop :=
  forall f p, find f F = Some p -> forall a vs s c v s',
  all_related (m_args p) a vs -> r_state r s c -> app _ (m_den p) a s = Done v s' ->
  exists w c', c_primitive m f vs c = Some (w, c') /\ related (m_ret p) v w /\ r_state r s' c'.

Record faithful (P : penv) (F : fenv) : Prop := {
  H_values : faithful_values;
  H_pure : faithful_pure P;
  H_primitives : faithful_primitives F
}.

End Faithful.
