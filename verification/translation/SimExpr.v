(* SPDX-License-Identifier: Apache-2.0 *)
(** * Expressions of mini-C mean what those of FIR mean

    Also: what the local variables of C have to do with the environment of FIR.

    Trusted: nothing. *)
From Coq Require Import List String Bool Arith NArith Eqdep_dec.
From Pip.Model Require Import Monad.
From Pip.Translation Require Import Lang CSyn CSem.
Import ListNotations.
Local Open Scope string_scope.
Local Open Scope nat_scope.

Lemma expr_nested_ind (Q : expr -> Prop) :
  (forall x, Q (EVar x)) -> Q EUnit -> (forall b, Q (EBool b)) -> (forall n, Q (ENat n)) ->
  (forall w n, Q (ENum w n)) -> (forall f es, Forall Q es -> Q (EPrim f es)) -> (forall a, Q a -> Q (ENot a)) ->
  (forall a b, Q a -> Q b -> Q (EAnd a b)) -> (forall a b, Q a -> Q b -> Q (EOr a b)) ->
  (forall o w a b, Q a -> Q b -> Q (ECmp o w a b)) -> (forall c a b, Q c -> Q a -> Q b -> Q (ECond c a b)) ->
  forall e, Q e.
Proof.
  intros Hvar Hunit Hbool Hnat Hnum Hprim Hnot Hand Hor Hcmp Hcond. fix IH 1.
  intros [x| |b|n|w n|f es|a|a b|a b|o w a b|c a b];
    [apply Hvar|apply Hunit|apply Hbool|apply Hnat|apply Hnum|apply Hprim|apply Hnot|apply Hand|apply Hor|apply Hcmp
    |apply Hcond]; auto.
  induction es as [|e es IHes]; constructor; [apply IH|exact IHes].
Qed.

(** ** Types *)
Section Types.
Context {L : language} {m : machine} {r : representation L m}.

Lemma some_injective {A} (a b : A) : Some a = Some b -> a = b.
Proof. congruence. Qed.

Lemma same_type_refl t : same_type t t = Some eq_refl.
Proof.
  destruct t as [| | |k a|d]; try reflexivity; simpl.
  { destruct (number_eq_dec k k); congruence. }
  destruct (string_dec d d) as [E|]; [|congruence].
  rewrite (UIP_dec string_dec E eq_refl). reflexivity.
Qed.

Lemma same_type_related t u (E : tyD t = tyD u) x v :
  same_type t u = Some E -> related r t x v -> related r u (eq_rect _ (fun T => T) x _ E) v.
Proof.
  destruct t as [| | |k a|d], u as [| | |k' a'|d']; simpl; try discriminate;
    try (intros Q; apply some_injective in Q as <-; exact (fun H => H)).
  - destruct (number_eq_dec k k') as [->|]; [|discriminate].
    intros Q. apply some_injective in Q as <-. auto.
  - destruct (string_dec d d') as [->|]; [|discriminate].
    intros Q. apply some_injective in Q as <-. auto.
Qed.

Lemma cast_related G (te : texp G) t d e v :
  cast te t = Some d -> related r (projT1 te) (projT2 te e) v -> related r t (d e) v.
Proof.
  unfold cast. destruct (same_type (projT1 te) t) as [E|] eqn:S; [|discriminate].
  intros [= <-]. apply same_type_related. exact S.
Qed.

Lemma transported_done {S A B : Type} (E : A = B) (c : M S A) s v s' : eq_rect _ (M S) c _ E s = Done v s' ->
  exists v0, c s = Done v0 s' /\ v = eq_rect _ (fun T => T) v0 _ E.
Proof. destruct E. simpl. eauto. Qed.

Lemma castM_done t u (c : M state (tyD t)) s v s' : castM t u c s = Done v s' ->
  exists v0, c s = Done v0 s' /\ forall w, related r t v0 w -> related r u v w.
Proof.
  unfold castM. destruct (same_type t u) as [E|] eqn:S; [|discriminate].
  intros H. apply transported_done in H as (v0 & Hc & ->). exists v0. split; auto.
  intros w. apply same_type_related. exact S.
Qed.

Lemma castM_same t (c : M state (tyD t)) : castM t t c = c.
Proof. unfold castM. rewrite same_type_refl. reflexivity. Qed.
End Types.

(** ** Local variables *)
Section Locals.
Context {L : language} {m : machine} {r : representation L m}.

Lemma update_same (l : locals m) x v : update m l x v x = v.
Proof. unfold update. rewrite String.eqb_refl. auto. Qed.
Lemma update_other (l : locals m) x v y : y <> x -> update m l x v y = l y.
Proof. unfold update. intros H. destruct (String.eqb_spec y x); congruence. Qed.

(** Each variable of the environment is where C has the variable of that name. *)
Definition represents (G : ctx) (e : env G) (l : locals m) : Prop :=
  forall x te, den_var G x = Some te -> related r (projT1 te) (projT2 te e) (l x).

Lemma den_var_in G x te : den_var G x = Some te -> In x (map fst G).
Proof.
  revert te. induction G as [|[y t] G IH]; intros te; simpl; [discriminate|].
  destruct (String.eqb_spec x y); [subst; auto|].
  destruct (den_var G x) as [[u d]|]; [|discriminate]. right. eapply IH; eauto.
Qed.

Lemma represents_agree G e l l' :
  represents G e l -> (forall y, In y (map fst G) -> l' y = l y) -> represents G e l'.
Proof. intros H A x te E. rewrite A; [apply H; auto|]. eapply den_var_in; eauto. Qed.

Lemma represents_cons G e l x t (v : tyD t) :
  represents G e l -> related r t v (l x) -> represents ((x, t) :: G) (v, e) l.
Proof.
  intros H Hv y te. simpl. destruct (String.eqb_spec y x).
  - subst. intros [= <-]. exact Hv.
  - specialize (H y). destruct (den_var G y) as [[u d]|]; [|discriminate].
    intros [= <-]. exact (H _ eq_refl).
Qed.

Lemma represents_params ps :
  forall (a : tuple (map snd ps)) vs l, all_related r (map snd ps) a vs -> represents ps a (bind_params m ps vs l).
Proof.
  induction ps as [|[x t] ps IH]; intros a vs l H.
  - intros y te. discriminate.
  - simpl in a. destruct a as [v e]. destruct vs as [|w vs]; [destruct H|]. destruct H as [H1 H2].
    intros y te. simpl. destruct (String.eqb_spec y x).
    + subst. intros [= <-]. simpl. rewrite update_same. auto.
    + specialize (IH e vs l H2 y). destruct (den_var ps y) as [[u d]|]; [|discriminate].
      intros [= <-]. rewrite update_other by auto. exact (IH _ eq_refl).
Qed.

Lemma bind_params_other ps : forall vs (l : locals m) y, ~ In y (map fst ps) -> bind_params m ps vs l y = l y.
Proof.
  induction ps as [|[x t] ps IH]; intros [|v vs] l y H; simpl in *; auto.
  rewrite update_other by intuition congruence. apply IH. tauto.
Qed.

Lemma bind_params_agree ps : forall vs (l l' : locals m) y,
  l' y = l y -> bind_params m ps vs l' y = bind_params m ps vs l y.
Proof.
  induction ps as [|[x t] ps IH]; intros [|v vs] l l' y H; simpl; auto.
  unfold update. rewrite (IH _ l l'); auto.
Qed.
End Locals.

Arguments represents {L m} r.

(** ** Evaluation *)
Section Evaluation.
Context {L : language} {m : machine} {r : representation L m} {P : penv}.
Hypothesis HV : faithful_values r.
Hypothesis HP : faithful_pure r P.


(** [e] evaluates to what it means. *)
Definition evaluates G (e : env G) (l : locals m) (x : expr) : Prop := forall te, den_expr P G x = Some te ->
  exists v, eval m l x = Some v /\ related r (projT1 te) (projT2 te e) v.

Lemma evaluates_at G e l x t d : evaluates G e l x -> den_at G (den_expr P G) t x = Some d ->
  exists v, eval m l x = Some v /\ related r t (d e) v.
Proof.
  unfold den_at. intros Hx. destruct (den_expr P G x) as [te|] eqn:E; [|discriminate].
  intros C. destruct (Hx _ E) as (v & Hv & HR). exists v. split; auto. eapply cast_related; eauto.
Qed.

Lemma evaluates_bool G e l x d : evaluates G e l x -> den_at G (den_expr P G) TBool x = Some d ->
  truth m (eval m l x) = Some (d e).
Proof. intros Hx E. destruct (evaluates_at _ _ _ _ _ _ Hx E) as (v & -> & HR). exact HR. Qed.

Lemma evaluates_args G e l es : Forall (evaluates G e l) es -> forall ts d,
  den_args G (den_expr P G) es ts = Some d ->
  exists vs, evals m (eval m l) es = Some vs /\ all_related r ts (d e) vs.
Proof.
  induction 1 as [|x es Hx _ IH]; intros [|t ts] d; simpl; try discriminate.
  - intros [= <-]. exists []. auto.
  - destruct (den_expr P G x) as [te|] eqn:E; [|discriminate].
    destruct (cast te t) as [d1|] eqn:E1; [|discriminate].
    destruct (den_args G (den_expr P G) es ts) as [ds|] eqn:E2; [|discriminate].
    intros [= <-]. destruct (Hx _ E) as (v & Hv & HR). destruct (IH _ _ E2) as (vs & Hvs & HRs).
    exists (v :: vs). rewrite Hv, Hvs. simpl. repeat split; auto. eapply cast_related; eauto.
Qed.

Lemma evaluates_and_or G e l a b : evaluates G e l a -> evaluates G e l b ->
  evaluates G e l (EAnd a b) /\ evaluates G e l (EOr a b).
Proof.
  intros Ha Hb. split; intros te; simpl;
    (destruct (den_at G (den_expr P G) TBool a) as [da|] eqn:Ea; [|discriminate]);
    (destruct (den_at G (den_expr P G) TBool b) as [db|] eqn:Eb; [|discriminate]); intros [= <-];
    rewrite (evaluates_bool _ _ _ _ _ Ha Ea), (evaluates_bool _ _ _ _ _ Hb Eb); simpl;
    destruct (da e); simpl; eexists; (split; [reflexivity|]); apply (H_bool _ HV).
Qed.

Lemma evaluates_cmp G e l o w a b : evaluates G e l a -> evaluates G e l b -> evaluates G e l (ECmp o w a b).
Proof.
  intros Ha Hb te. simpl.
  destruct (den_at G (den_expr P G) (TNum w "") a) as [da|] eqn:Ea; [|discriminate].
  destruct (den_at G (den_expr P G) (TNum w "") b) as [db|] eqn:Eb; [|discriminate]. intros [= <-].
  destruct (evaluates_at _ _ _ _ _ _ Ha Ea) as (x & -> & Hx), (evaluates_at _ _ _ _ _ _ Hb Eb) as (y & -> & Hy).
  simpl in Hx, Hy |- *. rewrite (H_compares _ HV _ _ _ _ _ _ Hx Hy). simpl.
  eexists; split; [reflexivity|apply (H_bool _ HV)].
Qed.

Lemma evaluates_cond G e l c a b : evaluates G e l c -> evaluates G e l a -> evaluates G e l b ->
  evaluates G e l (ECond c a b).
Proof.
  intros Hc Ha Hb te. simpl.
  destruct (den_at G (den_expr P G) TBool c) as [dc|] eqn:Ec; [|discriminate].
  destruct (den_expr P G a) as [ta|] eqn:Ea; [|discriminate].
  destruct (den_at G (den_expr P G) (projT1 ta) b) as [db|] eqn:Eb; [|discriminate]. intros [= <-].
  rewrite (evaluates_bool _ _ _ _ _ Hc Ec). simpl. destruct (dc e).
  - exact (Ha _ Ea).
  - exact (evaluates_at _ _ _ _ _ _ Hb Eb).
Qed.

Theorem eval_ok G e l : represents r G e l -> forall x, evaluates G e l x.
Proof.
  intros HE. induction x as [x| |b|n|w n|f es IH|a IHa|a b IHa IHb|a b IHa IHb|o w a b IHa IHb|c a b IHc IHa IHb]
    using expr_nested_ind.
  - intros te H; simpl in H. exists (l x). split; [reflexivity|]. apply HE; exact H.
  - intros te; simpl; intros [= <-]. exists (v_unit m). split; [reflexivity|exact I].
  - intros te; simpl; intros [= <-]. exists (v_bool m b). split; [reflexivity|apply (H_bool _ HV)].
  - intros te. simpl. destruct (Nat.ltb n 256) eqn:E; [|discriminate]. intros [= <-]. exists (v_nat m n).
    split; [reflexivity|]. apply (H_nat _ HV). apply Nat.ltb_lt; auto.
  - intros te. cbn [den_expr]. destruct (has_literals w) eqn:E1; [|discriminate].
    destruct (is_small n) eqn:E2; [|discriminate]. intros [= <-]. exists (v_num m w n). split;
      [reflexivity|apply (H_num _ HV); auto].
  - intros te. simpl. destruct (find f P) as [p|] eqn:Ef; [|discriminate].
    destruct (den_args G (den_expr P G) es (p_args p)) as [d|] eqn:Ed; [|discriminate].
    intros [= <-]. destruct (evaluates_args _ _ _ _ IH _ _ Ed) as (vs & -> & HRs).
    exact (HP _ _ Ef _ _ HRs).
  - intros te. simpl. destruct (den_at G (den_expr P G) TBool a) as [d|] eqn:E; [|discriminate]. intros [= <-].
    rewrite (evaluates_bool _ _ _ _ _ IHa E). simpl. eexists; split; [reflexivity|apply (H_bool _ HV)].
  - apply evaluates_and_or; auto.
  - apply evaluates_and_or; auto.
  - apply evaluates_cmp; auto.
  - apply evaluates_cond; auto.
Qed.

Corollary eval_at_ok G e l x t d : represents r G e l -> den_exp_at P G x t = Some d ->
  exists v, eval m l x = Some v /\ related r t (d e) v.
Proof. intros HE. apply evaluates_at. apply eval_ok; auto. Qed.

Lemma eval_negated l c v b : eval m l c = Some v -> truth_of m v = Some b ->
  exists v', eval m l (negated c) = Some v' /\ truth_of m v' = Some (negb b).
Proof.
  intros E T.
  assert (D : eval m l (ENot c) = Some (v_bool m (negb b))) by (simpl; rewrite E; simpl; rewrite T; auto).
  destruct c; try (exists (v_bool m (negb b)); split; [exact D|apply (H_bool _ HV)]).
  simpl in *. destruct (eval m l c) as [w|]; simpl in E; [|discriminate]. exists w. split; auto.
  destruct (truth_of m w) as [bw|]; simpl in E; [|discriminate]. injection E as <-.
  rewrite (H_bool _ HV) in T. injection T as <-. rewrite negb_involutive. auto.
Qed.
End Evaluation.
