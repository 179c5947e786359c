(* SPDX-License-Identifier: Apache-2.0 *)
(** * The reifier: reads Gallina, writes FIR, proves the certificates

    Commands in coq-elpi, for the files of a project:

    [Elpi Numbers W32 page frame.]  these aliases of [N] are numbers of 32 bits, of the same kind: each may stand for
                                    the other, but not for numbers of another kind
    [Elpi Data table T U.]          [table] lists the enumerations and records [T], [U]
    [Elpi Pure table L syntax.]     [table : penv] has the pure primitives that [syntax] has a C syntax for
    [Elpi Monadic table L f g.]     [table : fenv] has the monadic primitives [f], [g]
    [Elpi Reify program L pure monadic f g.]
       adds for each function, in the order given: [f_ast]; [f_m], which is [f] with its signature; [f_env], the
       functions up to [f]; [f_cert : den_def pure env f_ast = f_m];
       and [program], [program_env], [program_cert : link pure monadic program = program_env].

    [L] is the project's [language].  Arguments of functions that are neither numbers nor data, such as a class of
    machine parameters, must be variables of the section in which these commands stand.

    Trusted: nothing; a wrong reading makes a certificate fail. *)
From elpi Require Import elpi.
From Coq Require Import List String Bool Arith NArith.
From Pip.Model Require Import Monad.
From Pip.Translation Require Import Lang Certify.

Elpi Db reify.db lp:{{
  pred tycode i:term, o:term.                  % a type and its code
  tycode {{unit}} {{TUnit}}.
  tycode {{bool}} {{TBool}}.
  tycode {{nat}} {{TNat}}.
  pred lvar i:term, o:term, o:term.            % a local variable: its name, a Coq string, and its type code
  pred self i:term, i:term, o:list term, o:term. % fix variable, predecessor of the fuel; arguments, result

  % ---- strings
  pred bit i:int, o:int, o:term.
  bit N M {{true}}  :- 1 is N mod 2, !, M is N div 2.
  bit N M {{false}} :- M is N div 2.
  pred ascii i:int, o:term.
  ascii N {{Ascii.Ascii lp:A lp:B lp:C lp:D lp:E lp:F lp:G lp:H}} :-
    bit N N1 A, bit N1 N2 B, bit N2 N3 C, bit N3 N4 D,
    bit N4 N5 E, bit N5 N6 F, bit N6 N7 G, bit N7 _ H.
  pred cstring i:string, o:term.
  cstring S {{EmptyString}} :- 0 is size S, !.
  cstring S {{String lp:A lp:R}} :-
    C is substring S 0 1, N is rhc C, ascii N A,
    L is size S - 1, T is substring S 1 L, cstring T R.
  pred bit-of i:term, o:int.
  bit-of {{true}} 1.
  bit-of {{false}} 0.
  pred string-of i:term, o:string.
  string-of {{EmptyString}} "".
  string-of {{String (Ascii.Ascii lp:A lp:B lp:C lp:D lp:E lp:F lp:G lp:H) lp:R}} S :-
    std.map [A,B,C,D,E,F,G,H] bit-of [A1,B1,C1,D1,E1,F1,G1,H1],
    X is chr (A1 + 2 * B1 + 4 * C1 + 8 * D1 + 16 * E1 + 32 * F1 + 64 * G1 + 128 * H1),
    string-of R T, S is X ^ T.
  pred gstring i:gref, o:term.
  gstring GR S :- coq.gref->id GR ID, cstring ID S.

  % ---- lists
  pred clist i:term, i:list term, o:term.
  clist T [] {{@nil lp:T}}.
  clist T [X|XS] {{@cons lp:T lp:X lp:R}} :- clist T XS R.
  pred names-of i:term, o:list string.         % the names in a list of pairs, the second left alone
  names-of {{@nil _}} [].
  names-of {{@cons _ (@pair _ _ lp:S _) lp:L}} [N|NS] :- string-of S N, names-of L NS.

  % ---- parameters that are variables of the section
  pred config o:term, i:term.
  config (global (const C)) T :- coq.env.section CL, std.mem CL C, coq.env.typeof (const C) T.
  pred is-config i:term.
  is-config (global (const C)) :- coq.env.section CL, std.mem! CL C.
  pred configured-type i:term, o:term.
  configured-type (prod _ T B) R :- config X T, !, configured-type (B X) R.
  configured-type T T.
  pred configured i:gref, o:term.
  configured GR T :- coq.env.typeof GR Ty, configured.aux Ty XS,
    (XS = [], !, T = global GR ; T = app [global GR|XS]).
  pred configured.aux i:term, o:list term.
  configured.aux (prod _ T B) [X|XS] :- config X T, !, configured.aux (B X) XS.
  configured.aux _ [].

  % ---- signatures
  pred monadic-type i:term, o:term.            % M S A, also through definitions
  monadic-type {{Monad.M _ lp:A}} A :- !.
  monadic-type (app [global (const C)|AS]) A :- !, coq.env.const-body C (some Bo),
    coq.subst-fun AS Bo T, monadic-type T A.
  pred arrows i:term, o:list term, o:term.
  arrows (prod _ A B) [TA|L] R :- !, tycode A TA, (pi x\ arrows (B x) L R).
  arrows R [] R.
  pred signature i:gref, o:list term, o:term.
  signature GR AS R :- coq.env.typeof GR Ty, configured-type Ty T, arrows T AS R.
  pred pure-signature i:gref, o:list term, o:term.
  pure-signature GR AS R :- signature GR AS T, tycode T R.
  pred monadic-signature i:gref, o:list term, o:term.
  monadic-signature GR AS R :- signature GR AS T, monadic-type T A, tycode A R.

  % add a constant, typed first by the elaborator
  pred add i:string, i:term, i:term, o:term.
  add Name T Ty (global (const C)) :-
    std.assert-ok! (coq.typecheck T Ty) "Reify: ill-typed",
    coq.env.add-const Name T Ty @transparent! C.
  pred locate i:string, o:gref.
  locate S GR :- coq.locate S GR, !.
  locate S _ :- coq.error "Reify: unknown name" S.

  % ---- tables: what a table of primitives or an environment holds, name by name
  pred body-of i:term, o:term.
  body-of (global (const C)) B' :- !, coq.env.const-body C (some B), without-config B B'.
  body-of (app [global (const C)|_]) B' :- coq.env.const-body C (some B), without-config B B'.
  pred without-config i:term, o:term.
  without-config (fun _ T B) R :- config X T, !, without-config (B X) R.
  without-config T T.
  pred meaning i:term, o:gref.                 % of an entry of a table
  meaning {{@mkP _ _ _ lp:G}} GR :- !, head G GR.
  meaning {{@mkM _ _ _ lp:G}} GR :- !, head G GR.
  meaning T GR :- body-of T B, meaning B GR.
  pred head i:term, o:gref.
  head (global GR) GR :- !.
  head (app [global GR|_]) GR.
  pred table i:term, o:list string, o:list gref.
  table {{@nil _}} [] [] :- !.
  table {{@cons _ (@pair _ _ lp:S lp:M) lp:L}} [N|NS] [GR|GS] :- !, string-of S N, meaning M GR, table L NS GS.
  table T NS GS :- body-of T B, table B NS GS.

  % ---- certificates: what they do not look into; the proof, by the Ltac tactic of Certify.v
  pred constants i:list gref, o:list constant.
  constants [] [].
  constants [const C|L] [C|CS] :- coq.env.const-body C (some _), !, constants L CS.
  constants [_|L] CS :- constants L CS.        % a constructor: nothing to unfold
  pred opaque-in i:list term, o:list constant.
  opaque-in Tables CS :-
    std.map [{{@Monad.bind}}, {{@Monad.ret}}, {{@Monad.undefined}}, {{negb}}, {{andb}}, {{orb}}, {{N.eqb}}, {{N.ltb}},
      {{N.leb}}] head Base,
    std.map Tables (t\ gs\ table t _ gs) GSS, std.flatten GSS GS, std.append Base GS All, constants All CS.
  pred prove i:term, o:term.
  prove Stmt Pr :- std.assert-ok! (coq.typecheck Pr Stmt) "Reify: ill-typed certificate",
    coq.ltac.collect-goals Pr [G] _,
    coq.ltac.open (coq.ltac.call-ltac1 "certify") G [], !.
}}.

Elpi Command Numbers.
Elpi Accumulate Db reify.db.
Elpi Accumulate lp:{{
  main [str W|L] :- coq.locate W GR, L = [str K|_], cstring K CK,
    std.forall L (x\ sigma S T CS\
    x = str S, locate S T, gstring T CS,
    coq.elpi.accumulate _ "reify.db" (clause _ _ (tycode (global T) {{TNum (Number lp:{{global GR}} lp:CK) lp:CS}}))).
}}.
Elpi Typecheck.

Elpi Command Data.
Elpi Accumulate Db reify.db.
Elpi Accumulate lp:{{
  pred pairs i:list argument, o:list term.
  pairs [] [].
  pairs [str S|L] [{{@pair string Type lp:CS lp:{{global T}}}}|R] :-
    locate S T, gstring T CS,
    coq.elpi.accumulate _ "reify.db" (clause _ _ (tycode (global T) {{TData lp:CS}})),
    pairs L R.
  main [str Table|L] :- pairs L PS, clist {{prod string Type}} PS T, add Table T {{list (prod string Type)}} _.
}}.
Elpi Typecheck.

Elpi Command Pure.
Elpi Accumulate Db reify.db.
Elpi Accumulate lp:{{
  pred entry i:term, i:string, o:term.
  entry L S {{@pair string (@pfun lp:L) lp:CS (@mkP lp:L lp:TS lp:R lp:G)}} :-
    locate S GR, gstring GR CS, pure-signature GR AS R, clist {{ty}} AS TS, configured GR G, !.
  entry _ S _ :- coq.error "Pure: cannot be a pure primitive, some type has no code:" S.
  main [str Table, str L, str Syntax] :-
    locate L GL, locate Syntax (const SC), coq.env.const-body SC (some SB),
    coq.reduction.vm.norm SB _ Norm, names-of Norm NS,
    std.map NS (entry (global GL)) ES, clist {{prod string (@pfun lp:{{global GL}})}} ES T,
    add Table T {{@penv lp:{{global GL}}}} _.
}}.
Elpi Typecheck.

Elpi Command Monadic.
Elpi Accumulate Db reify.db.
Elpi Accumulate lp:{{
  pred entry i:term, i:argument, o:term.
  entry L (str S) {{@pair string (@mfun lp:L) lp:CS (@mkM lp:L lp:TS lp:R lp:G)}} :-
    locate S GR, gstring GR CS, monadic-signature GR AS R, clist {{ty}} AS TS, configured GR G, !.
  entry _ (str S) _ :- coq.error "Monadic: cannot be a monadic primitive, some type has no code:" S.
  main [str Table, str L|Names] :-
    locate L GL, std.map Names (entry (global GL)) ES,
    clist {{prod string (@mfun lp:{{global GL}})}} ES T, add Table T {{@fenv lp:{{global GL}}}} _.
}}.
Elpi Typecheck.

Elpi Command Reify.
Elpi Accumulate Db reify.db.
Elpi Accumulate lp:{{
  % ---- names: keep the binder's, add a number if it is in scope
  pred reserved i:string.
  reserved S :- std.mem! ["auto","break","case","char","const","continue","default","do","double",
    "else","enum","extern","float","for","goto","if","inline","int","long","register","restrict",
    "return","short","signed","sizeof","static","struct","switch","typedef","union","unsigned",
    "void","volatile","while","bool","true","false","main","asm"] S.
  pred called o:string.                        % functions and primitives of the project
  pred fresh i:name, i:list string, o:string.
  fresh N Sc R :- coq.name->id N ID, fresh.aux ID ID 1 Sc R.
  pred fresh.aux i:string, i:string, i:int, i:list string, o:string.
  fresh.aux Base Cand N Sc R :- (std.mem! Sc Cand ; reserved Cand ; called Cand), !,
    N1 is N + 1, C1 is Base ^ "_" ^ {std.any->string N1}, fresh.aux Base C1 N1 Sc R.
  fresh.aux _ Cand _ _ Cand.

  % ---- expressions: the term, the type code expected (if known), the FIR, the type code found
  pred is-nat i:term.
  is-nat {{O}}.
  is-nat {{S lp:N}} :- is-nat N.
  pred is-N i:term.
  is-N {{N0}}.
  is-N {{Npos _}}.
  pred comparison i:term, o:term, o:term, o:term.
  comparison {{N.eqb lp:A lp:B}} {{Equal}} A B.
  comparison {{N.ltb lp:A lp:B}} {{Less}} A B.
  comparison {{N.leb lp:A lp:B}} {{AtMost}} A B.
  pred expr i:term, i:option term, o:term, o:term.
  expr X _ {{EVar lp:S}} T :- lvar X S T, !.
  expr {{tt}} _ {{EUnit}} {{TUnit}} :- !.
  expr {{true}} _ {{EBool true}} {{TBool}} :- !.
  expr {{false}} _ {{EBool false}} {{TBool}} :- !.
  expr N _ {{ENat lp:N}} {{TNat}} :- is-nat N, !.
  expr N E {{ENum lp:W lp:N}} {{TNum lp:W lp:A}} :- is-N N, !, E = some {{TNum lp:W lp:A}}.
  expr {{negb lp:A}} _ {{ENot lp:X}} {{TBool}} :- !, expr A none X _.
  expr {{andb lp:A lp:B}} _ {{EAnd lp:X lp:Y}} {{TBool}} :- !, expr A none X _, expr B none Y _.
  expr {{orb lp:A lp:B}} _ {{EOr lp:X lp:Y}} {{TBool}} :- !, expr A none X _, expr B none Y _.
  expr T _ {{ECmp lp:O lp:W lp:X lp:Y}} {{TBool}} :- comparison T O A B, !,
    if (is-N A) (expr B none Y TY, expr A (some TY) X TX) (expr A none X TX, expr B (some TX) Y TY),
    TX = {{TNum lp:W _}}, TY = {{TNum lp:W _}}.
  expr (match C (fun _ {{bool}} _) [A,B]) E {{ECond lp:X lp:Y lp:Z}} T :- !,
    expr C none X _, expr A E Y T, expr B (some T) Z _.
  expr (app [F|AS]) E X T :- unfolds F AS B, !, expr B E X T.
  expr (global GR) _ {{EPrim lp:S (@nil expr)}} T :- !,
    coq.gref->id GR ID, called ID, gstring GR S, pure-signature GR [] T.
  expr (app [global GR|AS]) _ {{EPrim lp:S lp:ES}} T :- !, coq.gref->id GR ID, called ID,
    gstring GR S, pure-signature GR TS T,
    std.filter AS (a\ not (is-config a)) BS, exprs BS TS XS, clist {{expr}} XS ES.
  pred unfolds i:term, i:list term, o:term.    % a pure definition of the services, written out
  unfolds (global (const C)) AS T :- coq.gref->id (const C) ID, not (called ID),
    coq.env.const-body C (some Bo), coq.subst-fun AS Bo T, not (T = app [Bo|_]).
  pred exprs i:list term, i:list term, o:list term.
  exprs [] [] [].
  exprs [A|AS] [T|TS] [X|XS] :- expr A (some T) X _, exprs AS TS XS.
  pred expr! i:term, i:option term, o:term, o:term.
  expr! A E X T :- expr A E X T, !.
  expr! A _ _ _ :- coq.error "Reify: not an expression:" {coq.term->string A}.
  pred exprs! i:list term, i:list term, o:term.
  exprs! AS TS ES :- exprs AS TS XS, !, clist {{expr}} XS ES.
  exprs! AS _ _ :- coq.error "Reify: not arguments:" {std.map AS coq.term->string}.

  % ---- the type code of a computation
  pred computes i:term, o:term.
  computes {{@bind _ _ _ _ lp:F}} T :- !, F = fun _ A K,
    (tycode A TA, ! ; TA = {{TUnit}}), (pi x\ lvar x {{EmptyString}} TA => computes (K x) T).
  computes {{@ret _ _ lp:E}} T :- !, expr E none _ T.
  computes (let _ _ _ K) T :- !, pi x\ computes (K x) T.
  computes (match _ (fun _ {{bool}} _) [A,B]) T :- !, (computes A T ; computes B T).
  computes (app [F,N|_]) T :- self F N _ T, !.
  computes (app [global GR|_]) T :- !, monadic-signature GR _ T.
  computes (global GR) T :- monadic-signature GR _ T.
  pred binder-type i:term, i:term, o:term.
  binder-type A _ T :- tycode A T, !.
  binder-type _ M T :- computes M T, !.
  binder-type _ M _ :- coq.error "Reify: no type code for the value of" {coq.term->string M}.

  % ---- statements
  pred known i:gref.
  known GR :- coq.gref->id GR ID, called ID, !.
  known GR :- coq.error "Reify: neither a primitive nor an earlier function:" {coq.gref->id GR}.
  pred stm i:term, i:list string, i:term, o:term.
  stm {{@ret _ _ lp:E}} _ Rt {{SRet lp:X}} :- !, expr! E (some Rt) X _.
  stm {{@bind _ lp:A _ lp:M lp:F}} Sc Rt R :- !,
    binder-type A M TA, F = fun N _ K,
    if (K = (_\ K'))                  % unused: no C variable
       (stm M Sc TA SM, stm K' Sc Rt SK', R = {{SSeq lp:TA lp:SM lp:SK'}})
       (fresh N Sc X, cstring X CX,
        stm M [X|Sc] TA SM,
        (pi x\ lvar x CX TA => stm (K x) [X|Sc] Rt (SK x)), SK = (_\ SK'),
        R = {{SBind lp:CX lp:TA lp:SM lp:SK'}}).
  stm (let N T E K) Sc Rt {{SLet lp:CX lp:TT lp:SE lp:SK}} :- !,
    (if (tycode T TT) (expr! E (some TT) SE _) (expr! E none SE TT)), fresh N Sc X, cstring X CX,
    (pi x\ lvar x CX TT => stm (K x) [X|Sc] Rt (SK' x)), SK' = (_\ SK).
  stm (match C (fun _ {{bool}} _) [A,B]) Sc Rt {{SIf lp:SC lp:SA lp:SB}} :- !,
    expr! C none SC _, stm A Sc Rt SA, stm B Sc Rt SB.
  stm (app [F,N|AS]) _ _ {{SSelf lp:ES}} :- self F N TS _, !, exprs! AS TS ES.
  stm (global GR) _ _ {{SCall lp:S (@nil expr)}} :- !, known GR, gstring GR S.
  stm (app [global GR|AS]) _ _ {{SCall lp:S lp:ES}} :- monadic-signature GR TS _, !,
    known GR, gstring GR S, std.filter AS (a\ not (is-config a)) BS, exprs! BS TS ES.
  stm T _ _ _ :- coq.error "Reify: not a statement:" {coq.term->string T}.

  % ---- functions
  pred params i:term, i:list string, i:list term, i:(term -> list string -> list term -> prop).
  params (fun N T B) Sc Ps K :- tycode T TT, !,
    fresh N Sc X, cstring X CX,
    pi x\ lvar x CX TT => params (B x) [X|Sc] [{{@pair string ty lp:CX lp:TT}}|Ps] K.
  params (fun N T _) _ _ _ :- !, coq.error "Reify: parameter" N "has no type code:" {coq.term->string T}.
  params T Sc Ps K :- K T Sc Ps.

  pred plist i:list term, o:term.
  plist Rev Ps :- std.rev Rev L, clist {{prod string ty}} L Ps.

  pred fundef i:term, i:list term, i:term, o:term.
  fundef (fix _ 0 _ Bo) TS RT {{FRec (Build_rfn lp:FU lp:FP lp:Ps lp:RT lp:SB lp:SS)}} :- !,
    (pi f\ sigma FB N B FS\ Bo f = fun N {{nat}} B, fresh N [] FS, cstring FS FU,
      pi n\ params (B n) [FS] []
       (t\ sc\ ps\ sigma Base Step NP FPS\
          t = match n _ [Base, (fun NP _ Step)], fresh NP sc FPS, cstring FPS FP,
          stm Base sc RT SB,
          (pi m\ self f m TS RT => stm (Step m) [FPS|sc] RT SS),
          plist ps Ps)).
  fundef Bo _ RT {{FPlain (Build_fn lp:Ps lp:RT lp:S)}} :-
    params Bo [] [] (t\ sc\ ps\ stm t sc RT S, plist ps Ps).

  pred reify i:constant, o:term, o:list term, o:term.
  reify C T TS RT :-
    coq.env.const C (some Bo) _, monadic-signature (const C) TS RT, !, without-config Bo Bo',
    (Bo' = fix _ _ _ _, TS = [_|TS'] ; TS' = TS), !,
    fundef Bo' TS' RT T.
  reify C _ _ _ :- coq.error "Reify: some type in the signature has no code:" {coq.gref->id (const C)}.

  % certify one function in environment F; the new environment and the pieces for linking
  pred certify i:term, i:term, i:string, i:term, o:term, o:term, o:pair term term, o:pair term term.
  certify L P S F F' Pair Cert Cert2 :-
    locate S (const C), coq.gref->id (const C) ID, cstring ID CID,
    reify C T TS RT, add {calc (ID ^ "_ast")} T {{fundef}} Ast,
    clist {{ty}} TS TL, configured (const C) G,
    add {calc (ID ^ "_m")} {{@mkM lp:L lp:TL lp:RT lp:G}} {{@mfun lp:L}} Mf,
    add {calc (ID ^ "_env")}
      {{@cons (prod string (@mfun lp:L)) (@pair string (@mfun lp:L) lp:CID lp:Mf) lp:F}} {{@fenv lp:L}} F',
    Stmt = {{@eq (@mfun lp:L) (@den_def lp:L lp:P lp:F lp:Ast) lp:Mf}},
    (prove Stmt Pr ; coq.error "Reify: the certificate does not hold:" ID), !,
    coq.env.add-const {calc (ID ^ "_cert")} Pr Stmt @opaque! CC,
    coq.strategy.set [C] opaque,          % callers' certificates do not look inside
    Cert = pr CID Ast, Cert2 = pr Mf (global (const CC)),
    Pair = {{@pair string fundef lp:CID lp:Ast}}.

  pred all i:term, i:term, i:list argument, i:term, o:term, o:list term,
           o:list (pair (pair term term) (pair term term)).
  all _ _ [] F F [] [].
  all L P [str S|LS] F F'' [Pa|PS] [pr C C2|CS] :- certify L P S F F' Pa C C2, all L P LS F' F'' PS CS.
  pred chain i:term, i:term, i:term, i:list (pair (pair term term) (pair term term)), i:list term, i:term, o:term.
  chain L _ _ [] [] R {{@eq_refl (@fenv lp:L) lp:R}}.
  chain L P F [pr (pr CID Ast) (pr Mf Cert)|CS] [_|PS] R
      {{@link_step lp:L lp:P lp:F lp:CID lp:Ast lp:Rest lp:Mf lp:R lp:Cert lp:X}} :-
    clist {{prod string fundef}} PS Rest,
    F' = {{@cons (prod string (@mfun lp:L)) (@pair string (@mfun lp:L) lp:CID lp:Mf) lp:F}},
    chain L P F' CS PS R X.

  pred reify-all i:string, i:term, i:term, i:term, i:list argument.
  reify-all Prog L P M LS :-
    opaque-in [P, M] Opaque,
    coq.strategy.set Opaque opaque,
    all L P LS M F PS CS,
    coq.strategy.set Opaque (level 0),
    std.forall LS (s\ sigma S C\ s = str S, coq.locate S (const C), coq.strategy.set [C] (level 0)),
    clist {{prod string fundef}} PS PL, add Prog PL {{prog}} PR,
    chain L P M CS PS F Pr,
    add {calc (Prog ^ "_env")} F {{@fenv lp:L}} FE,
    Stmt = {{@eq (@fenv lp:L) (@link lp:L lp:P lp:M lp:PR) lp:FE}},
    std.assert-ok! (coq.typecheck Pr Stmt) "Reify: the certificates do not fit together",
    coq.env.add-const {calc (Prog ^ "_cert")} Pr Stmt @opaque! _.

  main [str Prog, str SL, str SP, str SM|LS] :-
    locate SL GL, locate SP GP, locate SM GM, configured GP P, configured GM M,
    table P PN _, table M MN _, std.append PN MN Prims,
    std.map LS (a\ s\ a = str s) FN, std.append Prims FN Called,
    std.map Called (s\ c\ c = called s) Clauses,
    Clauses => reify-all Prog (global GL) P M LS.
}}.
Elpi Typecheck.

(** ** Negative tests

    [Elpi Refuse L pure mutants f.]  [mutants : fundef -> list fundef] changes the certified [f_ast] in many ways; this
       fails unless the certificate holds for [f_ast] itself and for none of the others. *)
Elpi Command Refuse.
Elpi Accumulate Db reify.db.
Elpi Accumulate lp:{{
  pred members i:term, o:list term.
  members {{@nil _}} [].
  members {{@cons _ lp:X lp:L}} [X|XS] :- members L XS.
  pred refuse-all i:term, i:term, i:term, i:term, i:string, i:list term, i:int, o:int.
  refuse-all _ _ _ _ _ [] N N.
  refuse-all L P F Mf S [X|XS] N R :-
    not (prove {{@eq (@mfun lp:L) (@den_def lp:L lp:P lp:F lp:X) lp:Mf}} _), !,
    N1 is N + 1, refuse-all L P F Mf S XS N1 R.
  refuse-all _ _ _ _ S [X|_] N _ :-
    coq.error "Refuse: a wrong program was certified for" S ", number" N {coq.term->string X}.
  main [str SL, str SP, str SX, str S] :-
    locate SL GL, L = global GL, locate SP GP, configured GP P, locate SX GX,
    locate {calc (S ^ "_ast")} GA, locate {calc (S ^ "_m")} GM, configured GM Mf,
    locate {calc (S ^ "_env")} GE, configured GE E, body-of E {{@cons _ _ lp:F}},
    opaque-in [P, F] Opaque,
    coq.strategy.set Opaque opaque,
    std.assert! (prove {{@eq (@mfun lp:L) (@den_def lp:L lp:P lp:F lp:{{global GA}}) lp:Mf}} _)
      "Refuse: the right program was refused",
    coq.reduction.vm.norm (app [global GX, global GA]) _ Norm, members Norm XS,
    refuse-all L P F Mf S XS 0 N,
    coq.strategy.set Opaque (level 0),
    std.assert! (N > 0) "Refuse: nothing to refuse",
    coq.say S ":" N "wrong programs refused".
}}.
Elpi Typecheck.
