(* SPDX-License-Identifier: Apache-2.0 *)
(** * The theorem: a certified program and the C printed from it agree

    [program_ok]: if the machine is faithful to the model's values and primitives, then every function of a certified
    program, called in C with related arguments in a related state, returns a related value in a related state whenever
    the Gallina returns at all.  Det.v adds that the C can do nothing else.

    Trusted: nothing. *)
From Coq Require Import List String Bool Arith NArith Eqdep_dec.
From Pip.Model Require Import Monad.
From Pip.Translation Require Import Lang CSyn CSem SimExpr SimAssign SimStm.
Import ListNotations.
Local Open Scope string_scope.
Local Open Scope nat_scope.

Section Programs.
Context {L : language} {m : machine} {r : representation L m} {P : penv}.
Variable functions : string -> option cfun.
Variable junk : locals m.
Hypothesis HV : faithful_values r.
Hypothesis HP : faithful_pure r P.
Notation exec := (exec m functions junk).
Notation call := (call m functions junk).
Notation implements := (implements (r := r) functions junk).
Notation implements_all := (implements_all (r := r) functions junk).

(** ** The last [continue] or [return] *)
Lemma nothing_happens s l c o l' c' : nothing s = true -> exec s l c o l' c' -> o = ONorm /\ l' = l /\ c' = c.
Proof.
  revert l c o l' c'. induction s; intros l0 c0 o l' c' H X; try discriminate; simpl in H.
  - inversion X; auto.
  - apply andb_prop in H as [H1 H2]. inversion X; subst.
    + match goal with Ha : exec s1 _ _ _ _ _ |- _ => destruct (IHs1 _ _ _ _ _ H1 Ha) as (_ & -> & ->) end.
      eapply IHs2; eauto.
    + match goal with Ha : exec s1 _ _ _ _ _ |- _ => destruct (IHs1 _ _ _ _ _ H1 Ha) as (Q & _) end. contradiction.
Qed.

Lemma trim_ok in_loop s : forall l c o l' c', exec s l c o l' c' ->
  exists o', exec (trim in_loop s) l c o' l' c'
    /\ (o' = o \/ o' = ONorm /\ o = if in_loop then OCont else ORet (v_unit m)).
Proof.
  induction s as [| | | | | | | | | |e s1 IH1 s2 IH2| | |s1 IH1 s2 IH2| | |];
    intros l c o l' c' X; try (exists o; split; [exact X|auto]; fail).
  - simpl. inversion X; subst. destruct in_loop; eexists; (split; [constructor|]); auto.
  - inversion X; subst. simpl. destruct t.
    + edestruct IH1 as (o' & X' & Q); [eassumption|]. exists o'. split; auto. eapply x_if; eauto.
    + edestruct IH2 as (o' & X' & Q); [eassumption|]. exists o'. split; auto. eapply x_if; eauto.
  - simpl. destruct (nothing (trim in_loop s2)) eqn:N; inversion X; subst.
    + edestruct IH1 as (o1 & X1 & Q1); [eassumption|]. edestruct IH2 as (o2 & X2 & Q2); [eassumption|].
      destruct (nothing_happens _ _ _ _ _ _ N X2) as (-> & -> & ->). exists ONorm. split; auto.
      destruct Q1 as [->|[-> _]]; exact X1.
    + edestruct IH1 as (o1 & X1 & Q); [eassumption|]. eauto.
    + edestruct IH2 as (o' & X' & Q); [eassumption|]. exists o'. split; auto. eapply x_seq; eauto.
    + exists o. split; auto. apply x_seq_stop; auto.
  - simpl. inversion X; subst. destruct in_loop; eexists; (split; [constructor|]); auto.
Qed.

Lemma call_body f fn body vs c v l' c' : functions f = Some fn -> cf_body fn = finish (cf_ret fn) body ->
  exec body (bind_params m (cf_params fn) vs junk) c (ORet v) l' c' -> call f vs c v c'.
Proof.
  intros Hf Hb X. unfold finish in Hb. destruct (is_unit (cf_ret fn)) eqn:U.
  - destruct (trim_ok false _ _ _ _ _ _ X) as (o' & X' & [->|[-> Q]]); rewrite <- Hb in X'.
    + eapply call_function; eauto.
    + injection Q as ->. eapply call_falls_through; eauto.
  - rewrite <- Hb in X. eapply call_function; eauto.
Qed.

Lemma app_lam A ts : forall (h : tuple ts -> A) a, app ts (lam ts h) a = h a.
Proof.
  induction ts as [|t ts IH]; intros h a; simpl in *; [destruct a; auto|]. destruct a. rewrite IH. auto.
Qed.

Variable F : fenv.
Hypothesis HF : implements_all F.

(** A body without self calls returns. *)
Lemma body_ok params rt s sc (a : tuple (map snd params)) l st c v st' :
  incl (map fst params) sc -> fresh_ok [] sc s = true -> represents r params a l -> r_state r st c ->
  app (map snd params) (den_body P F None params rt s) a st = Done v st' ->
  exists w l' c', exec (to_c NoSelf DRet rt s) l c (ORet w) l' c' /\ related r rt v w /\ r_state r st' c'.
Proof.
  intros HI HN HE HS H. unfold den_body in H. rewrite app_lam in H.
  destruct (to_c_ok functions junk HV HP F HF NoSelf None TUnit s params rt DRet sc a l st c v st')
    as (o & l' & c' & X & Po); try assumption; try exact I; try reflexivity.
  destruct o; simpl in Po.
  - destruct Po as [? _]; congruence.
  - destruct Po as (_ & ? & ?). eauto 10.
  - destruct Po as (_ & ? & ? & ? & ? & ? & _). discriminate.
Qed.

Lemma plain_ok f n : functions n = Some (c_fun n (FPlain f)) -> names_ok (FPlain f) = true ->
  implements n [] (den_def P F (FPlain f)).
Proof.
  intros Hn HN a vs s c v s' Ha HS H. simpl in *.
  apply andb_prop in HN as [_ HN].
  destruct (body_ok (fn_params f) (fn_ret f) (fn_body f) (map fst (fn_params f)) a
    (bind_params m (fn_params f) vs junk) s c v s') as (w & l' & c' & X & HR & HS'); auto using incl_refl.
  { apply represents_params; auto. }
  exists w, c'. split; auto. eapply call_body; eauto. reflexivity.
Qed.

(** ** Functions with fuel *)
Section Recursive.
Variable f : rfn.
Let ps := rf_params f.
Let sc := rf_pred f :: rf_fuel f :: map fst ps.

(** What [names_ok] says of them. *)
Record names_fit : Prop := {
  N_distinct : distinct (map fst ps) = true;
  N_fuel : ~ In (rf_fuel f) (map fst ps);
  N_pred : rf_pred f <> rf_fuel f;
  N_pred_new : ~ In (rf_pred f) (map fst ps);
  N_base : fresh_ok [] sc (rf_base f) = true;
  N_step : fresh_ok (temporaries (Loop ps)) sc (rf_step f) = true
}.
Lemma names_do_fit : names_ok (FRec f) = true -> names_fit.
Proof.
  intros H. cbn [names_ok] in H. fold ps in H. fold sc in H.
  apply andb_prop in H as [H HNs]. apply andb_prop in H as [H HNb].
  unfold sc in H at 1. apply distinct_cons in H as [Hp H]. apply distinct_cons in H as [Hf H].
  constructor; auto; intros Q; apply Hp; [left|right]; auto.
Qed.

Hypothesis HN : names_fit.

Lemma params_in_scope : incl (map fst ps) sc.
Proof. intros y Hy. right; right; auto. Qed.

Lemma base_ok (a : tuple (map snd ps)) l s c v s' : represents r ps a l -> r_state r s c ->
  app (map snd ps) (den_base P F f) a s = Done v s' ->
  exists w l' c', exec (to_c NoSelf DRet (rf_ret f) (rf_base f)) l c (ORet w) l' c'
    /\ related r (rf_ret f) v w /\ r_state r s' c'.
Proof. apply (body_ok ps (rf_ret f) (rf_base f) sc); [apply params_in_scope|apply (N_base HN)]. Qed.

Lemma represents_other (a : tuple (map snd ps)) l x v : ~ In x (map fst ps) ->
  represents r ps a l -> represents r ps a (update m l x v).
Proof.
  intros Hx HE. eapply represents_agree; eauto. intros y Hy. apply update_other. intros ->; auto.
Qed.

(** One round of a loop returns, or goes on with other arguments, less fuel and the same result. *)
Lemma round_ok k (a : tuple (map snd ps)) l s c v s' : tail_only (rf_step f) = true ->
  represents r ps a l -> r_state r s c -> app (map snd ps) (den_rfn P F f (S k)) a s = Done v s' ->
  exists o l' c', exec (trim true (to_c (Loop ps) DRet (rf_ret f) (rf_step f))) l c o l' c' /\
    ((exists w, o = ORet w /\ related r (rf_ret f) v w /\ r_state r s' c')
     \/ ((o = ONorm \/ o = OCont) /\ l' (rf_fuel f) = l (rf_fuel f) /\
         exists a' s1, represents r ps a' l' /\ r_state r s1 c'
           /\ app (map snd ps) (den_rfn P F f k) a' s1 = Done v s')).
Proof.
  intros TO HE HS H. simpl in H. unfold den_step, den_body in H. rewrite app_lam in H. fold ps in H.
  destruct (to_c_ok functions junk HV HP F HF (Loop ps) (Some (mkM (map snd ps) (rf_ret f) (den_rfn P F f k)))
    (rf_ret f) (rf_step f) ps (rf_ret f) DRet sc a l s c v s') as (o & l' & c' & X & Po); auto using params_in_scope.
  { apply (N_step HN). } { simpl; auto. } { simpl. eauto using (N_distinct HN), params_in_scope. }
  destruct (trim_ok true _ _ _ _ _ _ X) as (o' & X' & Ho). exists o', l', c'. split; auto.
  destruct o; simpl in Po.
  - destruct Po as [? _]; congruence.
  - destruct Po as (_ & ? & ?). left. exists v0. destruct Ho as [->|[_ Q]]; [auto|discriminate].
  - right. split; [destruct Ho as [->|[-> _]]; auto|].
    destruct Po as (_ & ps' & g & a' & s1 & Q1 & Q2 & HE' & A & HS1 & Hg).
    injection Q1 as <-. injection Q2 as Q2. apply inj_pair2_eq_dec in Q2; [|apply (list_eq_dec ty_eq_dec)].
    apply inj_pair2_eq_dec in Q2; [|apply ty_eq_dec]. subst g.
    split; [apply A; [right; left; auto|apply (N_fuel HN)]|eauto].
Qed.

Lemma while_ok (TO : tail_only (rf_step f) = true) k : forall (a : tuple (map snd ps)) l s c v s',
  r_nat r k (l (rf_fuel f)) -> represents r ps a l -> r_state r s c ->
  app (map snd ps) (den_rfn P F f k) a s = Done v s' ->
  exists w l' c', exec (c_loop f) l c (ORet w) l' c' /\ related r (rf_ret f) v w /\ r_state r s' c'.
Proof.
  unfold c_loop. fold ps. induction k as [|k IH]; intros a l s c v s' Hk HE HS H.
  - destruct (base_ok _ _ _ _ _ _ HE HS H) as (w & l' & c' & X & ? & ?). exists w, l', c'. split; auto.
    eapply x_seq; [apply x_while_end; rewrite (H_is_zero _ HV _ _ Hk); auto|exact X].
  - assert (Z : is_zero m (l (rf_fuel f)) = false) by (rewrite (H_is_zero _ HV _ _ Hk); auto).
    set (l1 := update m l (rf_fuel f) (minus_one m (l (rf_fuel f)))).
    destruct (round_ok k a l1 s c v s')
      as (o & l2 & c2 & X & [(w & -> & HR & HS')|(Ho & Hl & a' & s1 & HE' & HS1 & H1)]);
      auto.
    { apply represents_other; auto. apply (N_fuel HN). }
    + exists w, l2, c2. split; auto. apply x_seq_stop; [discriminate|]. eapply x_while_return; eauto.
    + destruct (IH a' l2 s1 c2 v s') as (w & l3 & c3 & X3 & ? & ?); auto.
      { rewrite Hl. unfold l1. rewrite update_same. apply (H_minus_one _ HV); auto. }
      exists w, l3, c3. split; auto. inversion X3; subst.
      * eapply x_seq; [|eauto]. eapply x_while_next; eauto.
      * apply x_seq_stop; auto. eapply x_while_next; eauto.
Qed.

(** The parameters at the start of a call: the fuel, then the others. *)
Lemma start w0 (a : tuple (map snd ps)) vs : all_related r (map snd ps) a vs ->
  let l := bind_params m ((rf_fuel f, TNat) :: ps) (w0 :: vs) junk in l (rf_fuel f) = w0 /\ represents r ps a l.
Proof.
  intros Ha. simpl. split; [apply update_same|].
  apply represents_other; [apply (N_fuel HN)|apply represents_params; auto].
Qed.

Variable n : string.
Hypothesis Hn : functions n = Some (c_fun n (FRec f)).

Lemma loop_function_ok : tail_only (rf_step f) = true -> implements n [] (den_def P F (FRec f)).
Proof.
  intros TO [k a] vs s c v s' Ha HS H. destruct vs as [|w0 vs]; [destruct Ha|]. simpl in Ha, H. destruct Ha as [Hk Ha].
  destruct (start w0 a vs Ha) as [E0 HE].
  destruct (while_ok TO k a (bind_params m ((rf_fuel f, TNat) :: ps) (w0 :: vs) junk) s c v s')
    as (w & l' & c' & X & ? & ?); auto.
  { rewrite E0. exact Hk. }
  exists w, c'. split; auto. eapply call_body; [eauto|reflexivity|]. simpl. rewrite TO. exact X.
Qed.

Lemma fresh_without_temporaries ts s : forall sc, fresh_ok ts sc s = true -> fresh_ok [] sc s = true.
Proof.
  induction s; intros sc' H; simpl in *; auto; repeat (apply andb_prop in H as [H ?]);
    repeat (apply andb_true_intro; split); auto.
Qed.

Lemma recursion_ok (TO : tail_only (rf_step f) = false) k : forall w0, r_nat r k w0 ->
  implements n [w0] (mkM (map snd ps) (rf_ret f) (den_rfn P F f k)).
Proof.
  induction k as [|k IH]; intros w0 Hk a vs s c v s' Ha HS H; simpl in Ha, H; destruct (start w0 a vs Ha) as [E0 HE].
  all: set (l0 := bind_params m ((rf_fuel f, TNat) :: ps) (w0 :: vs) junk) in *.
  - destruct (base_ok _ _ _ _ _ _ HE HS H) as (w & l' & c' & X & ? & ?). exists w, c'. split; auto.
    eapply call_body; [eauto|reflexivity|]. simpl. rewrite TO. apply x_seq_stop; [discriminate|].
    apply x_if_zero; [|exact X]. fold l0. change (is_zero m (l0 (rf_fuel f)) = true).
    rewrite E0, (H_is_zero _ HV _ _ Hk). auto.
  - unfold den_step, den_body in H. rewrite app_lam in H. fold ps in H.
    assert (Z : is_zero m (l0 (rf_fuel f)) = false) by (rewrite E0, (H_is_zero _ HV _ _ Hk); auto).
    set (l1 := update m l0 (rf_pred f) (minus_one m (l0 (rf_fuel f)))).
    destruct (to_c_ok functions junk HV HP F HF (Recur n (rf_pred f))
      (Some (mkM (map snd ps) (rf_ret f) (den_rfn P F f k))) TUnit (rf_step f) ps (rf_ret f) DRet sc a l1 s c v s')
      as (o & l' & c' & X & Po); auto using params_in_scope.
    { eapply fresh_without_temporaries. apply (N_step HN). } { simpl; auto. }
    { simpl. split; [left; auto|]. eexists; split; [reflexivity|]. apply IH. unfold l1.
      rewrite update_same, E0. apply (H_minus_one _ HV); auto. }
    { apply represents_other; auto. apply (N_pred_new HN). }
    destruct o; simpl in Po; [destruct Po; congruence| |destruct Po as (_ & ? & ? & ? & ? & Q & _); discriminate].
    destruct Po as (_ & ? & ?). exists v0, c'. split; auto.
    eapply call_body; [eauto|reflexivity|]. simpl. rewrite TO.
    eapply x_seq; [apply x_if_not_zero; exact Z|]. eapply x_seq; [apply x_pred; exact Z|]. exact X.
Qed.

Lemma recursive_ok : implements n [] (den_def P F (FRec f)).
Proof.
  destruct (tail_only (rf_step f)) eqn:TO; [apply loop_function_ok; auto|].
  intros [k a] vs s c v s' Ha HS H. destruct vs as [|w0 vs]; [destruct Ha|]. simpl in Ha, H. destruct Ha as [Hk Ha].
  exact (recursion_ok TO k w0 Hk a vs s c v s' Ha HS H).
Qed.
End Recursive.
End Programs.

(** ** Programs *)
Section Linked.
Context {L : language} {m : machine} {r : representation L m} {P : penv}.
Variable functions : string -> option cfun.
Variable junk : locals m.
Hypothesis HV : faithful_values r.
Hypothesis HP : faithful_pure r P.

Lemma link_ok p : forall F, implements_all (r := r) functions junk F ->
  (forall n d, In (n, d) p -> functions n = Some (c_fun n d) /\ names_ok d = true) ->
  implements_all (r := r) functions junk (link P F p).
Proof.
  induction p as [|[n d] p IH]; intros F HF Hp; simpl; auto.
  apply IH; [|intros; apply Hp; right; auto].
  intros f q. simpl. destruct (String.eqb_spec f n); [|apply HF].
  intros [= <-]. subst. destruct (Hp n d (or_introl eq_refl)) as [Q1 Q2].
  destruct d; [apply plain_ok; auto|]. apply recursive_ok; auto. apply names_do_fit; auto.
Qed.
End Linked.

Lemma find_function p n d : distinct (map fst p) = true -> In (n, d) p -> find n (c_prog p) = Some (c_fun n d).
Proof.
  induction p as [|[n' d'] p IH]; intros HD Hin; simpl in *; [contradiction|].
  apply (distinct_cons n') in HD as [H1 H2]. destruct Hin as [[= -> ->]|Hin].
  - rewrite String.eqb_refl. auto.
  - destruct (String.eqb_spec n n') as [->|]; auto.
    exfalso. apply H1. change n' with (fst (n', d)). apply in_map; auto.
Qed.

Lemma find_in {A} f (l : list (string * A)) x : find f l = Some x -> In f (map fst l).
Proof.
  induction l as [|[y a] l IH]; simpl; [discriminate|]. destruct (String.eqb_spec f y); auto.
Qed.

(** The check that the C is well formed as far as names go, by computation: in each function they are distinct, and no
    function has the name of another or of a primitive. *)
Definition program_fits {L : language} (F : fenv) (p : prog) : bool :=
  program_names_ok p && forallb (fun n => negb (mem n (map fst p))) (map fst F).

Lemma primitives_ok {L : language} {m : machine} {r : representation L m} {F p} junk : faithful_primitives r F ->
  forallb (fun n => negb (mem n (map fst p))) (map fst F) = true ->
  implements_all (r := r) (fun n => find n (c_prog p)) junk F.
Proof.
  intros HF HN f q Hf a vs s c v s' Ha HS H.
  destruct (HF f q Hf a vs s c v s' Ha HS H) as (w & c' & Hc & HR & HS').
  exists w, c'. split; auto. apply call_primitive; auto.
  rewrite forallb_forall in HN. specialize (HN f (find_in f F q Hf)).
  destruct (find f (c_prog p)) eqn:E; auto. exfalso. apply find_in in E. unfold c_prog in E. rewrite map_map in E.
  apply negb_true_iff in HN. apply (not_mem f (map fst p)); auto.
Qed.

(** The final theorem: [E] is what the project's functions are in Gallina, [c_prog p] is what is printed. *)
Theorem program_ok {L : language} {m : machine} {r : representation L m} {P F p E} (junk : locals m)
  (H_certified : link P F p = E)
  (H_names : program_fits F p = true)
  (H_faithful : faithful r P F) :
  implements_all (r := r) (fun n => find n (c_prog p)) junk E.
Proof.
  unfold program_fits, program_names_ok in H_names.
  apply andb_prop in H_names as [HN HF]. apply andb_prop in HN as [HN HD].
  destruct H_faithful as [HV HP HM]. rewrite <- H_certified.
  apply link_ok; auto using primitives_ok. intros n d Hin. split.
  - apply find_function; auto.
  - rewrite forallb_forall in HN. apply (HN _ Hin).
Qed.
