(* SPDX-License-Identifier: Apache-2.0 *)
(** * Statements of mini-C mean what those of FIR mean

    If a statement of FIR ends with a value, its translation ends in a related state and puts a related value where it
    should go ([outcome_ok]).  One lemma for each construct, and [to_c_ok] for all.

    Trusted: nothing. *)
From Coq Require Import List String Bool Arith NArith.
From Pip.Model Require Import Monad.
From Pip.Translation Require Import Lang CSyn CSem SimExpr SimAssign.
Import ListNotations.
Local Open Scope string_scope.
Local Open Scope nat_scope.

Section Statements.
Context {L : language} {m : machine} {r : representation L m} {P : penv}.
Variable functions : string -> option cfun.
Variable junk : locals m.
Hypothesis HV : faithful_values r.
Hypothesis HP : faithful_pure r P.
Notation exec := (exec m functions junk).
Notation call := (call m functions junk).

(** The C function [f], given [before] as first arguments, does what [q] does whenever that is defined. *)
Definition implements (f : string) (before : list (value m)) (q : mfun) : Prop := forall a vs s c v s',
  all_related r (m_args q) a vs -> r_state r s c -> app _ (m_den q) a s = Done v s' ->
  exists w c', call f (before ++ vs)%list c w c' /\ related r (m_ret q) v w /\ r_state r s' c'.
Definition implements_all (F : fenv) : Prop := forall f q, find f F = Some q -> implements f [] q.

Variable F : fenv.
Hypothesis HF : implements_all F.

Variables (sm : selfmode) (self : option mfun) (frt : ty).   (* of the function that the statement is in *)

(** The self call means what the translation makes of it. *)
Definition self_ok (sc : list string) (l : locals m) : Prop :=
  match sm with
  | NoSelf => self = None
  | Loop ps => distinct (map fst ps) = true /\ incl (map fst ps) sc /\ exists g, self = Some (mkM (map snd ps) frt g)
  | Recur f y => In y sc /\ exists q, self = Some q /\ implements f [l y] q
  end.

(** In a loop, self calls are in tail position. *)
Definition tail_ok (d : dest) (rt : ty) (s : stm) : Prop :=
  match sm with
  | Loop _ => match d with DRet => rt = frt /\ tail_only s = true | _ => no_self s = true end
  | _ => True
  end.

(** How the C may end when FIR ends with [v] in [s']; [sc] are the variables in scope, which keep their values. *)
Definition outcome_ok (d : dest) (rt : ty) (sc : list string) (l : locals m) (v : tyD rt) (s' : state)
    (o : out m) (l' : locals m) (c' : memory m) : Prop :=
  match o with
  | ONorm => d <> DRet /\ r_state r s' c' /\ (forall y, In y sc -> d <> DVar y -> l' y = l y)
      /\ match d with DVar x => related r rt v (l' x) | _ => True end
  | ORet w => d = DRet /\ related r rt v w /\ r_state r s' c'
  | OCont => d = DRet /\ exists ps g a s1, sm = Loop ps /\ self = Some (mkM (map snd ps) rt g)
      /\ represents r ps a l' /\ (forall y, In y sc -> ~ In y (map fst ps) -> l' y = l y)
      /\ r_state r s1 c' /\ app (map snd ps) g a s1 = Done v s'
  end.

Definition statement_ok (s : stm) : Prop := forall G rt d sc e l st c v st',
  incl (map fst G) sc -> fresh_ok (temporaries sm) sc s = true -> tail_ok d rt s -> self_ok sc l ->
  represents r G e l -> r_state r st c -> den_stm P F self G rt s e st = Done v st' ->
  exists o l' c', exec (to_c sm d rt s) l c o l' c' /\ outcome_ok d rt sc l v st' o l' c'.

(** ** Scopes *)
Lemma scoped_ok s l c o l' c' : exec s l c o l' c' -> exec (scoped s) l c o l' c'.
Proof. unfold scoped. destruct (declares s); auto. apply x_block. Qed.

Lemma self_ok_agree sc sc' l l' :
  self_ok sc l -> (forall y, In y sc -> l' y = l y) -> incl sc sc' -> self_ok sc' l'.
Proof.
  unfold self_ok. intros H A I. destruct sm; auto.
  - destruct H as (H1 & H2 & H3). repeat split; auto. intros y Hy; auto.
  - destruct H as [Hy (q & Hq & HR)]. split; auto. exists q. rewrite A; auto.
Qed.

Lemma not_in_scope x sc : negb (mem x sc) = true -> ~ In x sc.
Proof. intros H. apply not_mem, negb_true_iff, H. Qed.

Lemma grows (x : string) (sc : list string) : incl sc (x :: sc).
Proof. intros y Hy; right; exact Hy. Qed.

(** What holds after the second of two statements holds after both. *)
Lemma outcome_after d rt sc sc' l l1 v s' o l' c' : incl sc sc' -> (forall y, In y sc -> l1 y = l y) ->
  outcome_ok d rt sc' l1 v s' o l' c' -> outcome_ok d rt sc l v s' o l' c'.
Proof.
  intros I A Po. destruct o; simpl in *; auto.
  - destruct Po as (Q0 & Q1 & Q2 & Q3). repeat split; auto. intros y Hy Hd. rewrite Q2; auto.
  - destruct Po as (Q0 & ps & g & a & s1 & Q1 & Q2 & Q3 & Q4 & Q5). split; auto.
    exists ps, g, a, s1. repeat (split; auto). intros y Hy Hn. rewrite Q4; auto.
Qed.

Lemma tail_ok_first d rt d' t s k (joined : tail_ok d rt (SSeq t s k)) : d' <> DRet -> tail_ok d' t s.
Proof.
  unfold tail_ok in *. intros Hd. destruct sm; auto.
  destruct d; simpl in joined; [destruct joined as [_ joined]| |]; apply andb_prop in joined;
    destruct d'; tauto.
Qed.
Lemma tail_ok_rest d rt t s k : tail_ok d rt (SSeq t s k) -> tail_ok d rt k.
Proof.
  unfold tail_ok. intros H. destruct sm; auto.
  destruct d; simpl in H; [destruct H as [Q H]| |]; apply andb_prop in H; tauto.
Qed.
Lemma tail_ok_branches d rt b x y : tail_ok d rt (SIf b x y) -> tail_ok d rt x /\ tail_ok d rt y.
Proof.
  unfold tail_ok. intros H. destruct sm; auto.
  destruct d; simpl in H; [destruct H as [Q H]| |]; apply andb_prop in H; tauto.
Qed.

(** ** Calls *)
Lemma all_evaluate G e l es : represents r G e l -> Forall (evaluates (r := r) (P := P) G e l) es.
Proof. intros HE. apply Forall_forall. intros x _. apply eval_ok; auto. Qed.

Lemma called_ok G e l f before q es rt s c v s' : represents r G e l -> r_state r s c ->
  (forall g, q = Some g -> implements f before g) ->
  den_call P G q es rt e s = Done v s' ->
  exists vs w c', evals m (eval m l) es = Some vs /\ call f (before ++ vs)%list c w c'
    /\ related r rt v w /\ r_state r s' c'.
Proof.
  intros HE Hs Hq. unfold den_call. destruct q as [g|]; [|discriminate].
  destruct (den_args G (den_expr P G) es (m_args g)) as [d|] eqn:E; [|discriminate].
  intros H. apply (castM_done (r := r)) in H as (v0 & H & HR).
  destruct (evaluates_args _ _ _ _ (all_evaluate _ _ _ es HE) _ _ E) as (vs & Hvs & HRs).
  destruct (Hq _ eq_refl _ _ _ _ _ _ HRs Hs H) as (w & c' & Hc & Hw & HS).
  exists vs, w, c'. auto.
Qed.

Lemma to_call_ok d rt f es sc l c vs v w s' c' :
  evals m (eval m l) es = Some vs -> call f vs c w c' -> related r rt v w -> r_state r s' c' ->
  exists o l', exec (to_call d rt f es) l c o l' c' /\ outcome_ok d rt sc l v s' o l' c'.
Proof.
  intros Hvs Hc HR HS. unfold to_call. destruct d as [|x|]; destruct (is_unit rt) eqn:U.
  - exists (ORet (v_unit m)), l. split; [eapply x_seq; [eapply x_call; eauto|apply x_return_void]|].
    simpl. destruct rt; try discriminate. simpl; auto.
  - exists (ORet w), l. split; [eapply x_return_call; eauto|]. simpl; auto.
  - exists ONorm, l. split; [eapply x_call; eauto|]. simpl. repeat split; auto; try discriminate.
    destruct rt; try discriminate. exact I.
  - exists ONorm, (update m l x w). split; [eapply x_assign_call; eauto|]. simpl. repeat split; auto; try discriminate.
    + intros y _ H. apply update_other. congruence.
    + rewrite update_same; auto.
  - exists ONorm, l. split; [eapply x_call; eauto|]. simpl. repeat split; auto; discriminate.
  - exists ONorm, l. split; [eapply x_call; eauto|]. simpl. repeat split; auto; discriminate.
Qed.

(** ** One lemma for each construct *)
Lemma ret_ok x : statement_ok (SRet x).
Proof.
  intros G rt d sc e l st c v st' HG HN HT HSf HE HS H. simpl in H |- *.
  destruct (den_exp_at P G x rt) as [de|] eqn:E; [|discriminate]. injection H as <- <-.
  destruct (eval_at_ok HV HP _ _ _ _ _ _ HE E) as (w & Hw & HR).
  destruct d as [|y|]; simpl; [destruct (is_unit rt) eqn:U|destruct (is_unit rt) eqn:U|].
  - exists (ORet (v_unit m)), l, c. split; [constructor|]. simpl. destruct rt; try discriminate. simpl; auto.
  - exists (ORet w), l, c. split; [constructor; auto|]. simpl; auto.
  - exists ONorm, l, c. split; [constructor|]. simpl. repeat split; auto; try discriminate.
    destruct rt; try discriminate. exact I.
  - exists ONorm, (update m l y w), c. split; [constructor; auto|]. simpl. repeat split; auto; try discriminate.
    + intros z _ Hz. apply update_other. congruence.
    + rewrite update_same; auto.
  - exists ONorm, l, c. split; [constructor|]. simpl. repeat split; auto; discriminate.
Qed.

Lemma call_ok f es : statement_ok (SCall f es).
Proof.
  intros G rt d sc e l st c v st' HG HN HT HSf HE HS H. simpl in H |- *.
  destruct (called_ok _ _ _ f [] _ _ _ _ _ _ _ HE HS (fun q E => HF f q E) H) as (vs & w & c' & Hvs & Hc & HR & HS').
  destruct (to_call_ok d rt f es sc l c vs v w st' c' Hvs Hc HR HS') as (o & l' & X & Po).
  exists o, l', c'. auto.
Qed.

Lemma loop_ok ps es G sc e l st c v st' : sm = Loop ps -> incl (map fst G) sc ->
  forallb (is_new sc es) (temporaries (Loop ps)) = true -> self_ok sc l ->
  represents r G e l -> r_state r st c -> den_call P G self es frt e st = Done v st' ->
  exists o l' c', exec (to_self (Loop ps) DRet frt es) l c o l' c' /\ outcome_ok DRet frt sc l v st' o l' c'.
Proof.
  intros Esm HG HN HSf HE HS H. unfold self_ok in HSf. rewrite Esm in HSf. destruct HSf as (Dps & Ips & g & Eg).
  rewrite Eg in H. unfold den_call in H. simpl in H.
  destruct (den_args G (den_expr P G) es (map snd ps)) as [da|] eqn:E; [|discriminate].
  rewrite castM_same in H.
  destruct (evaluates_args _ _ _ _ (all_evaluate _ _ _ es HE) _ _ E) as (vs & Hvs & HRs).
  destruct (assign_parameters_ok m functions junk ps es vs l c sc Dps Ips HN Hvs) as (l' & X & A).
  exists OCont, l', c. split; [eapply x_seq; [exact X|apply x_continue]|].
  simpl. split; auto. exists ps, g, (da e), st. repeat (split; auto).
  - apply (represents_agree _ _ (bind_params m ps vs l)); [apply represents_params; auto|]. intros y Hy. apply A; auto.
  - intros y Hy Hn. rewrite A by auto. apply bind_params_other; auto.
Qed.

Lemma self_call_ok es : statement_ok (SSelf es).
Proof.
  intros G rt d sc e l st c v st' HG HN HT HSf HE HS H. simpl in H, HN |- *.
  unfold tail_ok in HT. destruct sm as [|ps|f y] eqn:Esm.
  - unfold self_ok in HSf. rewrite Esm in HSf. rewrite HSf in H. discriminate.
  - destruct d; simpl in HT; try discriminate. destruct HT as [-> _].
    rewrite <- Esm in *. rewrite Esm. eapply loop_ok; eauto. rewrite <- Esm. exact HN.
  - unfold self_ok in HSf. rewrite Esm in HSf. destruct HSf as [Hy (q & Eq & Hq)]. rewrite Eq in H.
    assert (Hq' : forall g, Some q = Some g -> implements f [l y] g) by (intros g [= <-]; exact Hq).
    destruct (called_ok _ _ _ f [l y] _ _ _ _ _ _ _ HE HS Hq' H) as (vs & w & c' & Hvs & Hc & HR & HS').
    assert (Hvs' : evals m (eval m l) (EVar y :: es) = Some (l y :: vs)) by (simpl; rewrite Hvs; auto).
    destruct (to_call_ok d rt f (EVar y :: es) sc l c _ v w st' c' Hvs' Hc HR HS') as (o & l' & X & Po).
    exists o, l', c'. auto.
Qed.
(** The first half of a sequence or of a binding without a value, wherever its value goes. *)
Lemma effect_ok s t G sc e l st c v st' : statement_ok s -> incl (map fst G) sc ->
  fresh_ok (temporaries sm) sc s = true -> tail_ok DVoid t s -> self_ok sc l -> represents r G e l ->
  r_state r st c -> den_stm P F self G t s e st = Done v st' ->
  exists l' c', exec (scoped (to_c sm DVoid t s)) l c ONorm l' c' /\ r_state r st' c'
    /\ forall y, In y sc -> l' y = l y.
Proof.
  intros IH HG HN HT HSf HE HS H.
  destruct (IH G t DVoid sc e l st c v st') as (o & l' & c' & X & Po); auto.
  destruct o; simpl in Po; try (destruct Po; discriminate). destruct Po as (_ & Q1 & Q2 & _).
  exists l', c'. repeat split; auto using scoped_ok. intros y Hy. apply Q2; auto. discriminate.
Qed.

Lemma seq_ok t s k : statement_ok s -> statement_ok k -> statement_ok (SSeq t s k).
Proof.
  intros IHs IHk G rt d sc e l st c v st' HG HN HT HSf HE HS H. simpl in H, HN |- *.
  apply andb_prop in HN as [HNs HNk]. unfold bind in H.
  destruct (den_stm P F self G t s e st) as [v1 st1|] eqn:E1; [|discriminate].
  destruct (effect_ok s t G sc e l st c v1 st1) as (l1 & c1 & X1 & S1 & A1); auto.
  { apply (tail_ok_first d rt DVoid t s k HT). discriminate. }
  destruct (IHk G rt d sc e l1 st1 c1 v st') as (o & l2 & c2 & X2 & Po); auto.
  { exact (tail_ok_rest d rt t s k HT). }
  { eapply self_ok_agree; [eassumption|auto|apply incl_refl]. }
  { eapply represents_agree; eauto. }
  exists o, l2, c2. split; [eapply x_seq; eauto|]. eapply outcome_after; [apply incl_refl|exact A1|exact Po].
Qed.

(** What becomes of [let! x := s], before the rest. *)
Definition bound (x : string) (t : ty) (s : stm) : cstm :=
  if is_unit t then scoped (to_c sm DVoid t s)
  else match s with
       | SRet e => CInit t x e
       | SCall f es => CInitCall t x f es
       | SSelf es => to_bound_self sm t x es
       | _ => CSeq (CDecl t x) (scoped (to_c sm (DVar x) t s))
       end.

(** What assigns a declared variable also initialises it. *)
Lemma initialises x t s l c l' c' : is_unit t = false ->
  exec (to_c sm (DVar x) t s) l c ONorm l' c' -> exec (bound x t s) l c ONorm l' c'.
Proof.
  intros U X. unfold bound. rewrite U.
  assert (D : exec (CSeq (CDecl t x) (scoped (to_c sm (DVar x) t s))) l c ONorm l' c')
    by (eapply x_seq; [apply x_decl|apply scoped_ok; exact X]).
  destruct s; try exact D.
  - simpl in X. rewrite U in X. inversion X; subst. econstructor; eauto.
  - simpl in X. unfold to_call in X. rewrite U in X. inversion X; subst. econstructor; eauto.
  - unfold to_bound_self. destruct sm; try exact D.
    simpl in X. unfold to_call in X. rewrite U in X. inversion X; subst. econstructor; eauto.
Qed.

Lemma bound_ok x t s G sc e l st c v st' : statement_ok s -> incl (map fst G) sc -> ~ In x sc ->
  fresh_ok (temporaries sm) (x :: sc) s = true -> (forall d, d <> DRet -> tail_ok d t s) -> self_ok sc l ->
  represents r G e l -> r_state r st c -> den_stm P F self G t s e st = Done v st' ->
  exists l' c', exec (bound x t s) l c ONorm l' c' /\ r_state r st' c' /\ related r t v (l' x)
    /\ forall y, In y sc -> l' y = l y.
Proof.
  intros IH HG Hx HN HT HSf HE HS H.
  assert (HG' : incl (map fst G) (x :: sc)) by (intros y Hy; right; auto).
  assert (HSf' : self_ok (x :: sc) l) by (eapply self_ok_agree; [eassumption|auto|apply grows]).
  destruct (is_unit t) eqn:U.
  - destruct (effect_ok s t G (x :: sc) e l st c v st') as (l' & c' & X & S & A); auto.
    { apply HT. discriminate. }
    exists l', c'. unfold bound. rewrite U. repeat split; auto.
    + destruct t; try discriminate. exact I.
    + intros y Hy. apply A. right; auto.
  - destruct (IH G t (DVar x) (x :: sc) e l st c v st') as (o & l' & c' & X & Po); auto.
    { apply HT. discriminate. }
    destruct o; simpl in Po; try (destruct Po; discriminate). destruct Po as (_ & Q1 & Q2 & Q3).
    exists l', c'. repeat split; auto using initialises.
    intros y Hy. apply Q2; [right; auto|]. intros [= ->]; auto.
Qed.

(** The rest of a binding or of a [let], in the larger scope. *)
Lemma rest_ok x t k G rt d sc e l l1 st1 c1 v1 v st' : statement_ok k -> incl (map fst G) sc ->
  fresh_ok (temporaries sm) (x :: sc) k = true -> tail_ok d rt k -> self_ok sc l -> represents r G e l ->
  r_state r st1 c1 -> related r t v1 (l1 x) -> (forall y, In y sc -> l1 y = l y) ->
  den_stm P F self ((x, t) :: G) rt k (v1, e) st1 = Done v st' ->
  exists o l' c', exec (to_c sm d rt k) l1 c1 o l' c' /\ outcome_ok d rt sc l v st' o l' c'.
Proof.
  intros IH HG HN HT HSf HE HS HR A H.
  destruct (IH ((x, t) :: G) rt d (x :: sc) (v1, e) l1 st1 c1 v st') as (o & l2 & c2 & X2 & Po); auto.
  { intros y [<-|Hy]; [left; auto|right; auto]. }
  { eapply self_ok_agree; [eassumption|auto|apply grows]. }
  { apply represents_cons; [eapply represents_agree; eauto|assumption]. }
  exists o, l2, c2. split; auto. eapply outcome_after; [apply (grows x)|exact A|exact Po].
Qed.

Lemma bind_ok x t s k : statement_ok s -> statement_ok k -> statement_ok (SBind x t s k).
Proof.
  intros IHs IHk G rt d sc e l st c v st' HG HN HT HSf HE HS H. simpl in H, HN |- *.
  apply andb_prop in HN as [HN HNk]. apply andb_prop in HN as [Hx HNs]. unfold bind in H.
  destruct (den_stm P F self G t s e st) as [v1 st1|] eqn:E1; [|discriminate].
  destruct (bound_ok x t s G sc e l st c v1 st1) as (l1 & c1 & X1 & S1 & R1 & A1); auto using not_in_scope.
  { intros d' Hd. exact (tail_ok_first d rt d' t s k HT Hd). }
  destruct (rest_ok x t k G rt d sc e l l1 st1 c1 v1 v st') as (o & l2 & c2 & X2 & Po); auto.
  { exact (tail_ok_rest d rt t s k HT). }
  exists o, l2, c2. split; auto. eapply x_seq; [exact X1|exact X2].
Qed.

Lemma let_ok x t a k : statement_ok k -> statement_ok (SLet x t a k).
Proof.
  intros IHk G rt d sc e l st c v st' HG HN HT HSf HE HS H. simpl in H, HN |- *.
  apply andb_prop in HN as [Hx HNk]. apply not_in_scope in Hx.
  destruct (den_exp_at P G a t) as [de|] eqn:E; [|discriminate].
  destruct (eval_at_ok HV HP _ _ _ _ _ _ HE E) as (w & Hw & HR).
  assert (Q : exists l1, exec (if is_unit t then CSkip else CInit t x a) l c ONorm l1 c
    /\ related r t (de e) (l1 x) /\ forall y, In y sc -> l1 y = l y).
  { destruct (is_unit t) eqn:U.
    - exists l. repeat split; [constructor|]. destruct t; try discriminate. exact I.
    - exists (update m l x w). split; [constructor; auto|]. rewrite update_same. split; auto.
      intros y Hy. apply update_other. intros ->; auto. }
  destruct Q as (l1 & X1 & R1 & A1).
  destruct (rest_ok x t k G rt d sc e l l1 st c (de e) v st') as (o & l2 & c2 & X2 & Po); auto.
  exists o, l2, c2. split; auto. eapply x_seq; [exact X1|exact X2].
Qed.

(** A guard and what follows it are the two branches of an [if]. *)
Lemma to_if_ok d x a b guard v (t : bool) l c o l' c' : (d = DRet -> o <> ONorm) ->
  eval m l x = Some v -> truth_of m v = Some t -> exec (if t then a else b) l c o l' c' ->
  exec (to_if d x a b guard) l c o l' c'.
Proof.
  intros Hd Hv Ht X. unfold to_if. destruct d; [|eapply x_if; eauto|eapply x_if; eauto].
  specialize (Hd eq_refl). destruct guard.
  - destruct (eval_negated (r := r) HV _ _ _ _ Hv Ht) as (v' & Hv' & Ht'). destruct t.
    + eapply x_seq; [|exact X]. eapply x_if; eauto. constructor.
    + apply x_seq_stop; auto. eapply x_if; eauto.
  - destruct t.
    + apply x_seq_stop; auto. eapply x_if; eauto.
    + eapply x_seq; [|exact X]. eapply x_if; eauto. constructor.
Qed.

Lemma if_ok x a b : statement_ok a -> statement_ok b -> statement_ok (SIf x a b).
Proof.
  intros IHa IHb G rt d sc e l st c v st' HG HN HT HSf HE HS H. simpl in H, HN |- *.
  apply andb_prop in HN as [HNa HNb]. apply tail_ok_branches in HT as [HTa HTb].
  destruct (den_exp_at P G x TBool) as [dc|] eqn:E; [|discriminate].
  destruct (eval_at_ok HV HP _ _ _ _ _ _ HE E) as (w & Hw & HR). simpl in HR.
  assert (X : exists o l' c', exec (if dc e then to_c sm d rt a else to_c sm d rt b) l c o l' c'
    /\ outcome_ok d rt sc l v st' o l' c') by (destruct (dc e); [eapply IHa|eapply IHb]; eauto).
  destruct X as (o & l' & c' & X & Po). exists o, l', c'. split; auto.
  eapply to_if_ok; eauto. intros ->. destruct o; simpl in Po; try discriminate. destruct Po; congruence.
Qed.

Theorem to_c_ok s : statement_ok s.
Proof.
  induction s; auto using ret_ok, call_ok, self_call_ok, bind_ok, seq_ok, let_ok, if_ok.
Qed.
End Statements.
