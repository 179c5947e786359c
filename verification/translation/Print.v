(* SPDX-License-Identifier: Apache-2.0 *)
(** * The printer: mini-C to C11 text, with line filling

    The project gives the C names of its types and the syntax of its pure primitives.

    TRUSTED: all of it; but for the compiler and the tests nothing checks the text. *)
From Coq Require Import List String Ascii Bool Arith NArith.
From Pip.Translation Require Import Lang CSyn.
Import ListNotations.
Local Open Scope string_scope.
Local Open Scope nat_scope.

(** How a pure primitive is written. *)
Inductive syntax :=
| Infix (op : string)                          (* a op b                                            *)
| Same                                         (* its own name: a constant, or f(a, b)              *)
| Named (c : string)                           (* another name: a constant, or c(a, b)              *)
| Field (f : string)                           (* a.f                                               *)
| Struct (t : string) (fs : list string).      (* (t){ .f = a, .g = b }                             *)

Definition newline := String (ascii_of_nat 10) "".

Section Print.
(** Types that are not called after their alias or name; the syntax of pure primitives. *)
Variable type_names : list (string * string).
Variable syntaxes : list (string * syntax).

Definition width := 100.
Fixpoint spaces (n : nat) : string := match n with 0 => "" | S n => " " ++ spaces n end.

(** ** Numbers and types *)
Definition digit (n : N) : string := String (ascii_of_N (48 + n)) "".
Fixpoint digits (fuel : nat) (n : N) : string :=
  match fuel with
  | 0 => ""
  | S fuel => (if (n <? 10)%N then "" else digits fuel (n / 10)%N) ++ digit (n mod 10)%N
  end.
Definition decimal (n : N) : string := digits 20 n.

Definition type_name (name : string) : string :=
  match find name type_names with Some c => c | None => name ++ "_t" end.
Definition type (t : ty) : string :=
  match t with
  | TUnit => "void" | TBool => "bool" | TNat => "uint32_t"
  | TNum _ alias => type_name alias | TData name => type_name name
  end.

(** ** Text as atoms; a line may be broken between two of them *)
Definition doc := list string.
Definition cat : doc -> doc -> doc := @List.app string.
Infix "+++" := cat (at level 60, right associativity).
Fixpoint glue (a b : doc) : doc :=
  match a, b with
  | [], _ => b
  | _, [] => a
  | [x], y :: b => (x ++ y) :: b
  | x :: a, _ => x :: glue a b
  end.
Definition parens (d : doc) : doc := glue ["("] (glue d [")"]).
Fixpoint commas (ds : list doc) : doc :=
  match ds with [] => [] | [d] => d | d :: ds => glue d [","] +++ commas ds end.
Fixpoint fill (indent column : nat) (acc : string) (d : doc) : string :=
  match d with
  | [] => acc
  | x :: d =>
    let n := String.length x in
    if width <? column + 1 + n
    then fill indent (indent + n) (acc ++ newline ++ spaces indent ++ x) d
    else fill indent (column + 1 + n) (acc ++ " " ++ x) d
  end.
Definition line (indent : nat) (d : doc) : string :=
  match d with
  | [] => ""
  | x :: d => fill (indent + 8) (indent + String.length x) (spaces indent ++ x) d ++ newline
  end.

(** ** Expressions, each with the strength of its outermost operator *)
Inductive strength := Atom | Unary | Comparison | Conjunction | Disjunction | Conditional.
Definition rank (s : strength) : nat :=
  match s with Atom => 0 | Unary => 1 | Comparison => 2 | Conjunction => 3 | Disjunction => 4 | Conditional => 5 end.
Definition at_most (s : strength) (sd : strength * doc) : doc :=
  if rank (fst sd) <=? rank s then snd sd else parens (snd sd).
(** Left operand of a chain of [&&] or of [||]. *)
Definition chained (s : strength) (sd : strength * doc) : doc :=
  if rank (fst sd) =? rank s then snd sd else at_most Comparison sd.

Definition infix (op : string) (a b : strength * doc) : strength * doc :=
  (Comparison, glue (at_most Unary a) [" " ++ op] +++ at_most Unary b).
Definition comparison_operator (o : comparison) : string :=
  match o with Equal => "==" | Less => "<" | AtMost => "<=" end.

Definition application (f : string) (ds : list doc) : doc :=
  match ds with [] => [f] | _ => glue [f] (parens (commas ds)) end.

Fixpoint print (e : expr) : strength * doc :=
  match e with
  | EVar x => (Atom, [x])
  | EUnit => (Atom, ["/* unit */"])
  | EBool b => (Atom, [if b then "true" else "false"])
  | ENat n => (Atom, [decimal (N.of_nat n) ++ "U"])
  | ENum k n => (Atom, [match number_width k with W64 => "UINT64_C(" ++ decimal n ++ ")" | _ => decimal n ++ "U" end])
  | ENot a =>
    let other := (Unary, glue ["!"] (at_most Atom (print a))) in
    match a with
    | ECmp Equal _ x y => infix "!=" (print x) (print y)
    | ECmp Less _ x y => infix ">=" (print x) (print y)
    | ECmp AtMost _ x y => infix ">" (print x) (print y)
    | EPrim f [x; y] =>
      match find f syntaxes with
      | Some (Infix op) => if String.eqb op "==" then infix "!=" (print x) (print y) else other
      | _ => other
      end
    | _ => other
    end
  | EAnd a b => (Conjunction, glue (chained Conjunction (print a)) [" &&"] +++ at_most Comparison (print b))
  | EOr a b => (Disjunction, glue (chained Disjunction (print a)) [" ||"] +++ at_most Comparison (print b))
  | ECmp o _ a b => infix (comparison_operator o) (print a) (print b)
  | ECond c a b =>
    (Conditional, glue (at_most Unary (print c)) [" ?"] +++ glue (at_most Comparison (print a)) [" :"]
                  +++ at_most Comparison (print b))
  | EPrim f es =>
    let ds := map (fun e => snd (print e)) es in
    match find f syntaxes, es with
    | Some (Infix op), [a; b] => infix op (print a) (print b)
    | Some Same, _ => (Atom, application f ds)
    | Some (Named c), _ => (Atom, application c ds)
    | Some (Field f), [a] => (Atom, glue (at_most Atom (print a)) ["." ++ f])
    | Some (Struct t fs), _ =>
      (Atom, glue ["(" ++ t ++ "){ "]
               (glue (commas (map (fun p => glue ["." ++ fst p ++ " = "] (snd p)) (combine fs ds))) [" }"]))
    | _, _ => (Atom, ["#error unknown primitive " ++ f])
    end
  end.
Definition expression (e : expr) : doc := snd (print e).
Definition call (f : string) (es : list expr) : doc := glue [f] (parens (commas (map expression es))).
Definition semicolon (d : doc) : doc := glue d [";"].

(** ** Statements *)
Definition if_head (c : expr) : doc := glue ["if ("] (glue (expression c) [") {"]).

(** [lead] stands before an [if]: nothing, or the end of the branch before it. *)
Fixpoint statement (indent : nat) (lead : string) (s : cstm) : string :=
  let inner := statement (indent + 4) "" in
  match s with
  | CSkip => ""
  | CReturnVoid => line indent ["return;"]
  | CReturn e => line indent (semicolon (["return"] +++ expression e))
  | CReturnCall f es => line indent (semicolon (["return"] +++ call f es))
  | CDecl t x => line indent [type t ++ " " ++ x ++ ";"]
  | CInit t x e => line indent (semicolon (["const " ++ type t ++ " " ++ x ++ " ="] +++ expression e))
  | CInitCall t x f es => line indent (semicolon (["const " ++ type t ++ " " ++ x ++ " ="] +++ call f es))
  | CAssign x e => line indent (semicolon ([x ++ " ="] +++ expression e))
  | CAssignCall x f es => line indent (semicolon ([x ++ " ="] +++ call f es))
  | CCall t f es => line indent (semicolon (glue [if is_unit t then "" else "(void)"] (call f es)))
  | CIf c CSkip b => line indent (glue [lead] (if_head (negated c))) ++ inner b ++ line indent ["}"]
  | CIf c a b =>
    line indent (glue [lead] (if_head c)) ++ inner a
    ++ match b with
       | CSkip => line indent ["}"]
       | CIf _ _ _ => statement indent "} else " b
       | _ => line indent ["} else {"] ++ inner b ++ line indent ["}"]
       end
  | CIfZero x a => line indent ["if (" ++ x ++ " == 0U) {"] ++ inner a ++ line indent ["}"]
  | CPred y x => line indent ["const uint32_t " ++ y ++ " = " ++ x ++ " - 1U;"]
  | CSeq a b => statement indent "" a ++ statement indent "" b
  | CBlock a => line indent ["{"] ++ inner a ++ line indent ["}"]
  | CWhile x a => line indent ["while (" ++ x ++ " > 0U) {"] ++ line (indent + 4) [x ++ " = " ++ x ++ " - 1U;"]
                  ++ inner a ++ line indent ["}"]
  | CContinue => line indent ["continue;"]
  end.

(** ** Functions *)

(** Parameters that the C does not mention get a [(void)] statement. *)
Fixpoint uses (x : string) (s : cstm) : bool :=
  match s with
  | CSkip | CReturnVoid | CDecl _ _ | CContinue => false
  | CReturn e | CInit _ _ e | CAssign _ e => mentions x e
  | CReturnCall _ es | CInitCall _ _ _ es | CAssignCall _ _ es | CCall _ _ es => existsb (mentions x) es
  | CIf c a b => mentions x c || uses x a || uses x b
  | CIfZero y a | CWhile y a => String.eqb x y || uses x a
  | CPred _ y => String.eqb x y
  | CSeq a b => uses x a || uses x b
  | CBlock a => uses x a
  end.
Definition unused (f : cfun) : string :=
  concat "" (map (fun p => if uses (fst p) (cf_body f) then "" else line 4 ["(void)" ++ fst p ++ ";"]) (cf_params f)).

Definition head (name : string) (f : cfun) : doc :=
  glue [type (cf_ret f) ++ " " ++ name]
       (parens (match cf_params f with
                | [] => ["void"]
                | l => commas (map (fun p => [type (snd p) ++ " " ++ fst p]) l)
                end)).
Definition prototype (name : string) (f : cfun) : string := line 0 (semicolon (head name f)).
(** A function that is not an entry point is for this file only. *)
Definition definition (entry : bool) (name : string) (f : cfun) : string :=
  line 0 (glue [if entry then "" else "static inline "] (head name f))
  ++ "{" ++ newline ++ unused f ++ statement 4 "" (cf_body f) ++ "}" ++ newline.

(** ** Programs: one text for each function, with its name *)
Definition entries (entry_points : list string) (p : list (string * cfun)) : list (string * string) :=
  map (fun nf => (fst nf, prototype (fst nf) (snd nf))) (filter (fun nf => mem (fst nf) entry_points) p).
Definition definitions (entry_points : list string) (p : list (string * cfun)) : list (string * string) :=
  map (fun nf => (fst nf, definition (mem (fst nf) entry_points) (fst nf) (snd nf))) p.
End Print.

(** ** Files *)
Definition quote := String (ascii_of_nat 34) "".
Definition include (file : string) : string := "#include " ++ quote ++ file ++ quote ++ newline.
Definition banner : string := "/* Generated from Gallina, with a certificate in Coq for every function. */" ++ newline.
Definition piece (text : string) : string * string := ("", text).

Definition header_file (guard : string) (includes : list string) (prototypes : list (string * string)) :=
  piece (banner ++ "#ifndef " ++ guard ++ newline ++ "#define " ++ guard ++ newline ++ newline
         ++ concat "" (map include includes) ++ newline ++ "#ifdef __cplusplus" ++ newline ++ "extern " ++ quote ++ "C"
         ++ quote ++ " {" ++ newline ++ "#endif" ++ newline)
  :: (prototypes ++ [piece (newline ++ "#ifdef __cplusplus" ++ newline ++ "}" ++ newline ++ "#endif" ++ newline
             ++ newline ++ "#endif" ++ newline)])%list.
Definition source_file (includes : list string) (functions : list (string * string)) :=
  piece (banner ++ concat "" (map include includes)) :: functions.

(** Every entry point is a function of the program. *)
Definition entry_points_exist (entry_points : list string) (p : prog) : bool :=
  forallb (fun n => mem n (map fst p)) entry_points.
