(* SPDX-License-Identifier: Apache-2.0 *)
(** * Mini-C is deterministic

    So the "there is a result" of SimProgram.v means "the result", and that the C terminates.

    Trusted: nothing. *)
From Coq Require Import List String Bool Arith.
From Pip.Translation Require Import Lang CSyn CSem.

Section Determinism.
Variable m : machine.
Variable functions : string -> option cfun.
Variable junk : locals m.

Scheme exec_mutual := Minimality for CSem.exec Sort Prop with call_mutual := Minimality for CSem.call Sort Prop.
Combined Scheme exec_call_mutual from exec_mutual, call_mutual.

(** Uses what two runs share: equal results of functions, then the induction hypotheses. *)
Ltac same_run := repeat match goal with
  | H : ?a = Some _, H' : ?a = Some _ |- _ => rewrite H in H'; injection H' as H'; subst
  | H : ?a = Some _, H' : ?a = None |- _ => rewrite H in H'; discriminate
  | H : ?a = true, H' : ?a = false |- _ => rewrite H in H'; discriminate
  | IH : forall o l' c', CSem.exec _ _ _ ?s ?l ?c o l' c' -> _, H : CSem.exec _ _ _ ?s ?l ?c _ _ _ |- _ =>
      destruct (IH _ _ _ H) as (? & ? & ?); clear IH; subst
  | IH : forall v c', CSem.call _ _ _ ?f ?vs ?c v c' -> _, H : CSem.call _ _ _ ?f ?vs ?c _ _ |- _ =>
      destruct (IH _ _ H) as (? & ?); clear IH; subst
  | H : _ \/ _ |- _ => destruct H
  | H : ORet _ = ORet _ |- _ => injection H as H; subst
  end; try discriminate; try congruence; auto.

Theorem deterministic :
  (forall s l c o l' c', exec m functions junk s l c o l' c' ->
     forall o2 l2 c2, exec m functions junk s l c o2 l2 c2 -> o = o2 /\ l' = l2 /\ c' = c2) /\
  (forall f vs c v c', call m functions junk f vs c v c' ->
     forall v2 c2, call m functions junk f vs c v2 c2 -> v = v2 /\ c' = c2).
Proof.
  apply exec_call_mutual; intros;
    match goal with
    | H : exec _ _ _ _ _ _ ?o2 ?l2 ?c2 |- _ = ?o2 /\ _ = ?l2 /\ _ = ?c2 => inversion H; subst; same_run
    | H : call _ _ _ _ _ _ ?v ?c |- _ = ?v /\ _ = ?c => inversion H; subst; same_run
    end.
Qed.

Corollary call_deterministic f vs c v c' v2 c2 :
  call m functions junk f vs c v c' -> call m functions junk f vs c v2 c2 -> v = v2 /\ c' = c2.
Proof. intros H. exact (proj2 deterministic _ _ _ _ _ H v2 c2). Qed.
End Determinism.
