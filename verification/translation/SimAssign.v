(* SPDX-License-Identifier: Apache-2.0 *)
(** * Assigning the parameters of a loop one by one is as good as all at once

    A tail call gives all parameters new values at once; C assigns them one after the other, through constants where
    an old value is still needed.

    Trusted: nothing. *)
From Coq Require Import List String Bool Arith NArith.
From Pip.Translation Require Import Lang CSyn CSem SimExpr.
Import ListNotations.
Local Open Scope string_scope.
Local Open Scope nat_scope.

(** ** Lists of names *)
Lemma mem_in x l : mem x l = true <-> In x l.
Proof.
  unfold mem. rewrite existsb_exists. split.
  - intros (y & Hy & E). apply String.eqb_eq in E. subst; auto.
  - intros H. exists x. split; auto. apply String.eqb_refl.
Qed.
Lemma not_mem x l : mem x l = false -> ~ In x l.
Proof. intros H Q. apply mem_in in Q. congruence. Qed.
Lemma distinct_cons x l : distinct (x :: l) = true -> ~ In x l /\ distinct l = true.
Proof. simpl. intros H. apply andb_prop in H as [H1 H2]. split; auto. apply not_mem, negb_true_iff, H1. Qed.

Lemma targets L : map target L = map fst (map fst L).
Proof. rewrite map_map. auto. Qed.
Lemma existsb_snd x L : existsb (fun m : move => mentions x (snd m)) L = existsb (mentions x) (map snd L).
Proof. induction L as [|m L IH]; simpl; auto. rewrite IH; auto. Qed.

Lemma moves_in ps : forall es x, In x (map target (moves ps es)) -> In x (map fst ps).
Proof.
  unfold moves. induction ps as [|[x t] ps IH]; intros [|e es] y; simpl; try tauto.
  destruct (negb _); simpl; [intros [<-|H]; [left; auto|right; eauto]|right; eauto].
Qed.
Lemma moves_distinct ps : forall es, distinct (map fst ps) = true -> distinct (map target (moves ps es)) = true.
Proof.
  unfold moves. induction ps as [|[x t] ps IH]; intros [|e es] H; auto.
  apply distinct_cons in H as [Hx H]. simpl. destruct (negb _); [|auto]. simpl. rewrite IH by auto.
  rewrite andb_true_r. apply negb_true_iff. destruct (mem _ _) eqn:E; auto. apply mem_in in E.
  exfalso. apply Hx. exact (moves_in _ _ _ E).
Qed.

Section Assignments.
Variable m : machine.
Variable functions : string -> option cfun.
Variable junk : locals m.
Notation exec := (exec m functions junk).

(** ** Expressions do not see a variable that they do not mention *)
Lemma eval_agree l l' e : (forall x, mentions x e = true -> l' x = l x) -> eval m l' e = eval m l e.
Proof.
  induction e as [x| |b|n|w n|f es IH|a IHa|a b IHa IHb|a b IHa IHb|o w a b IHa IHb|c a b IHc IHa IHb]
    using expr_nested_ind; intros H; simpl; auto.
  - rewrite H; auto. simpl. apply String.eqb_refl.
  - enough (E : evals m (eval m l') es = evals m (eval m l) es) by (rewrite E; auto).
    assert (H' : forall x, existsb (mentions x) es = true -> l' x = l x) by (intros x Hx; apply H; exact Hx).
    clear H. induction IH as [|e es He _ IHes]; simpl in *; auto.
    rewrite He, IHes; auto; intros x Hx; apply H'; rewrite Hx; auto using orb_true_r.
  - rewrite IHa; auto.
  - rewrite IHa, IHb; auto; intros x Hx; apply H; simpl; rewrite Hx; auto using orb_true_r.
  - rewrite IHa, IHb; auto; intros x Hx; apply H; simpl; rewrite Hx; auto using orb_true_r.
  - rewrite IHa, IHb; auto; intros x Hx; apply H; simpl; rewrite Hx; auto using orb_true_r.
  - rewrite IHa, IHb, IHc; auto; intros x Hx; apply H; simpl; rewrite Hx; auto using orb_true_r.
    rewrite orb_true_r. auto.
Qed.

Lemma evals_update l x v es :
  existsb (mentions x) es = false -> evals m (eval m (update m l x v)) es = evals m (eval m l) es.
Proof.
  induction es as [|e es IH]; simpl; auto. intros H. apply orb_false_iff in H as [H1 H2].
  rewrite IH by auto. rewrite (eval_agree l (update m l x v) e); auto.
  intros y Hy. apply update_other. intros ->. congruence.
Qed.

(** ** One after the other *)
Lemma assigns_ok L : forall l ws c, distinct (map target L) = true -> ordered L = true ->
  evals m (eval m l) (map snd L) = Some ws ->
  exists l', exec (assigns L) l c ONorm l' c /\ forall y, l' y = bind_params m (map fst L) ws l y.
Proof.
  induction L as [|[[x t] e] L IH]; intros l ws c HD HO HE.
  - exists l. injection HE as <-. split; [constructor|auto].
  - simpl in HO, HE. cbn [map target fst] in HD. apply distinct_cons in HD as [Hx HD].
    apply andb_prop in HO as [HN HO]. unfold target in HN; simpl in HN. rewrite existsb_snd in HN.
    apply negb_true_iff in HN.
    destruct (eval m l e) as [v|] eqn:E1; [|discriminate].
    destruct (evals m (eval m l) (map snd L)) as [ws'|] eqn:E2; [|discriminate]. injection HE as <-.
    destruct (IH (update m l x v) ws' c HD HO) as (l' & X & A); [rewrite evals_update; auto|].
    exists l'. split; [eapply x_seq; [constructor; exact E1|exact X]|].
    intros y. rewrite A. simpl. rewrite targets in Hx. destruct (String.eqb_spec y x) as [->|N].
    + rewrite bind_params_other, !update_same; auto.
    + rewrite update_other by auto. apply bind_params_agree. apply update_other; auto.
Qed.

(** Leaving out what assigns a parameter to itself. *)
Lemma moves_ok ps : forall es vs l, distinct (map fst ps) = true -> evals m (eval m l) es = Some vs ->
  exists ws, evals m (eval m l) (map snd (moves ps es)) = Some ws
    /\ forall y, bind_params m (map fst (moves ps es)) ws l y = bind_params m ps vs l y.
Proof.
  unfold moves. induction ps as [|[x t] ps IH]; intros [|e es] vs l HD HE; simpl in *.
  - exists []. auto.
  - exists []. auto.
  - injection HE as <-. exists []. auto.
  - apply (distinct_cons x) in HD as [Hx HD].
    destruct (eval m l e) as [v|] eqn:E1; [|discriminate].
    destruct (evals m (eval m l) es) as [vs'|] eqn:E2; [|discriminate]. injection HE as <-.
    destruct (IH es vs' l HD E2) as (ws & W & A).
    destruct (identity ((x, t), e)) eqn:I; simpl.
    + exists ws. split; auto. intros y. rewrite A. destruct e; try discriminate.
      apply String.eqb_eq in I. unfold target in I; simpl in I. subst. injection E1 as <-.
      destruct (String.eqb_spec y x) as [->|N].
      * rewrite bind_params_other, update_same; auto.
      * rewrite update_other; auto.
    + exists (v :: ws). rewrite E1, W. split; auto. intros y. unfold update. rewrite A. auto.
Qed.

(** ** Through constants *)
Lemma inits_ok L : forall l ws c, distinct (map target L) = true ->
  (forall v, In v L -> existsb (mentions (temporary (target v))) (map snd L) = false) ->
  evals m (eval m l) (map snd L) = Some ws ->
  exists l', exec (inits L) l c ONorm l' c
    /\ (forall y, (forall x, In x (map target L) -> y <> temporary x) -> l' y = l y)
    /\ evals m (eval m l') (map snd (from_temporaries L)) = Some ws.
Proof.
  induction L as [|[[x t] e] L IH]; intros l ws c HD HM HE.
  - exists l. injection HE as <-. split; [constructor|auto].
  - simpl in HE. cbn [map] in HD. apply distinct_cons in HD as [Hx HD]. unfold target in Hx at 1; simpl in Hx.
    destruct (eval m l e) as [v|] eqn:E1; [|discriminate].
    destruct (evals m (eval m l) (map snd L)) as [ws'|] eqn:E2; [|discriminate]. injection HE as <-.
    assert (HM' : forall v, In v L -> existsb (mentions (temporary (target v))) (map snd L) = false).
    { intros w Hw. specialize (HM w (or_intror Hw)). simpl in HM. apply orb_false_iff in HM. tauto. }
    assert (Hxe : existsb (mentions (temporary x)) (map snd L) = false).
    { specialize (HM _ (or_introl eq_refl)). simpl in HM. apply orb_false_iff in HM. tauto. }
    destruct (IH (update m l (temporary x) v) ws' c HD HM') as (l' & X & A & W); [rewrite evals_update; auto|].
    exists l'. split; [eapply x_seq; [constructor; exact E1|exact X]|]. split.
    + intros y Hy. rewrite A by (intros z Hz; apply Hy; right; auto). apply update_other. apply Hy. left; auto.
    + change (match eval m l' (EVar (temporary x)), evals m (eval m l') (map snd (from_temporaries L)) with
        | Some v, Some vs => Some (v :: vs) | _, _ => None end = Some (v :: ws')).
      rewrite W. simpl. rewrite A, update_same; auto. intros z Hz Q. apply Hx. unfold temporary in Q. simpl in Q.
      injection Q as ->. exact Hz.
Qed.

Lemma from_temporaries_targets L : map target (from_temporaries L) = map target L.
Proof. unfold from_temporaries. rewrite map_map. auto. Qed.
Lemma from_temporaries_params L : map fst (from_temporaries L) = map fst L.
Proof. unfold from_temporaries. rewrite map_map. auto. Qed.

(** Assignments from constants are in order: no target is the name of such a constant. *)
Lemma from_temporaries_ordered L :
  (forall x y, In x (map target L) -> In y (map target L) -> x <> temporary y) -> ordered (from_temporaries L) = true.
Proof.
  induction L as [|v L IH]; intros H; auto. simpl.
  rewrite IH by (intros x y Hx Hy; apply H; right; auto). rewrite andb_true_r. apply negb_true_iff.
  match goal with |- ?b = false => destruct b eqn:E; auto end.
  apply existsb_exists in E as (w & Hw & E). unfold from_temporaries in Hw. apply in_map_iff in Hw as (w' & <- & Hw).
  simpl in E. apply String.eqb_eq in E. exfalso. unfold target in E at 1; simpl in E.
  apply (H (target v) (target w')); [left; auto|right; apply in_map; auto|exact E].
Qed.

Lemma temporaries_new ps es sc : forallb (is_new sc es) (temporaries (Loop ps)) = true ->
  forall x, In x (map target (moves ps es)) -> ~ In (temporary x) sc /\ existsb (mentions (temporary x)) es = false.
Proof.
  intros HN x Hx. apply moves_in in Hx. rewrite forallb_forall in HN.
  assert (Hx' : In (temporary x) (temporaries (Loop ps))).
  { simpl. apply in_map_iff in Hx as (p & <- & Hp). exact (in_map (fun p => temporary (fst p)) ps p Hp). }
  specialize (HN _ Hx'). apply andb_prop in HN as [N1 N2]. apply negb_true_iff in N1, N2.
  split; auto using not_mem.
Qed.

Lemma move_expressions ps es x :
  existsb (mentions x) es = false -> existsb (mentions x) (map snd (moves ps es)) = false.
Proof.
  intros H. destruct (existsb _ (map snd _)) eqn:E; auto. apply existsb_exists in E as (e & He & Me).
  apply in_map_iff in He as ([p e'] & <- & He). unfold moves in He. apply filter_In in He as [He _].
  apply in_combine_r in He. rewrite <- H. symmetry. apply existsb_exists. exists e'. auto.
Qed.

Theorem assign_parameters_ok ps es vs l c sc : distinct (map fst ps) = true -> incl (map fst ps) sc ->
  forallb (is_new sc es) (temporaries (Loop ps)) = true -> evals m (eval m l) es = Some vs ->
  exists l', exec (assign_parameters ps es) l c ONorm l' c /\ forall y, In y sc -> l' y = bind_params m ps vs l y.
Proof.
  intros HD HI HN HE. destruct (moves_ok ps es vs l HD HE) as (ws & W & A).
  assert (D := moves_distinct ps es HD). unfold assign_parameters.
  destruct (ordered (moves ps es)) eqn:O.
  - destruct (assigns_ok _ l ws c D O W) as (l' & X & A'). exists l'. split; auto. intros y _. rewrite A'. auto.
  - assert (New := temporaries_new ps es sc HN). set (L := moves ps es) in *.
    destruct (inits_ok L l ws c D) with (2 := W) as (l1 & X1 & A1 & W1).
    { intros v Hv. apply move_expressions. apply New. apply in_map; auto. }
    destruct (assigns_ok (from_temporaries L) l1 ws c) as (l2 & X2 & A2); auto.
    { rewrite from_temporaries_targets; auto. }
    { apply from_temporaries_ordered. intros x y Hx Hy ->. apply (New y Hy). apply HI. exact (moves_in _ _ _ Hx). }
    exists l2. split; [eapply x_seq; eauto|]. intros y Hy. rewrite A2, from_temporaries_params, <- A.
    apply bind_params_agree. apply A1. intros x Hx ->. destruct (New x Hx). contradiction.
Qed.
End Assignments.
