(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the processor reads, and isolation on words

    [Processor]: what a processor's walk through a link and an entry must find (X86Mmu.v, Armv7Mmu.v).
    [translated]: in a well-formed state it finds for user mode exactly what the model's entries say.  HI, VS and KDI of
    Safety.v are stated here on words alone. *)
From Pip.Isolation Require Import Theorems.
From Pip.Translation.Kernel Require Import Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory.
From Pip.Model Require Import Primitives.
Local Open Scope N_scope.

(** ** The processor *)
Record translation : Type := Translation {
  t_frame : N; t_user : bool; t_write : bool; t_execute : bool; t_global : bool
}.

(** [translate f root linear]: memory is [f], the register of the root holds [root]. *)
Class Processor `{A : Architecture} {E : Encoding A} : Type := {
  translate : (N -> N -> N) -> N -> N -> option translation;
  executes : bool -> bool;                (** what an entry's right to execute means *)
  is_global : N -> bool;                  (** of a word of a leaf table: all address spaces have it *)
  mark : N -> N -> Prop;                  (** what a word of a table becomes by itself: accessed, dirty *)
  (* user space: through a link, what the entry says *)
  P_through : forall f root linear up e, linear < word_limit -> Words.user_page (page_of linear) = true ->
    is_link up = true -> e_present up = true ->
    (forall k, k < link_words -> link_word up k (f (page_of root) (link_place (page_of linear) + k))) ->
    entry_word e (f (e_frame up) (page_of linear mod 1024)) ->
    translate f root linear =
      if e_present e
      then Some (Translation (e_frame e) (e_user e) (e_write e) (executes (e_execute e))
                   (is_global (f (e_frame up) (page_of linear mod 1024))))
      else None;
  P_nothing : forall f root linear up, linear < word_limit -> Words.user_page (page_of linear) = true ->
    is_link up = true -> e_present up = false ->
    (forall k, k < link_words -> link_word up k (f (page_of root) (link_place (page_of linear) + k))) ->
    translate f root linear = None;
  (* the kernel's space: nothing for user mode *)
  P_kernel : forall f root linear directory t, linear < word_limit -> Words.user_page (page_of linear) = false ->
    closed directory ->
    (forall i, i < slots -> Words.kernel_slot i = true ->
      kernel_word (directory (link_words * i)) (f (page_of root) (link_words * i))) ->
    translate f root linear = Some t -> t_user t = false;
  P_mark_entry : forall e w w', entry_word e w -> mark w w' -> entry_word e w';
  P_mark_link : forall e k w w', link_word e k w -> mark w w' -> link_word e k w';
  P_mark_kernel : forall d w w', kernel_word d w -> mark w w' -> kernel_word d w';
}.

(** What the processor writes to tables by itself, at any time, for it may walk ahead of what a program does.  [marks f
    root p i w]: word [i] of page [p] may become [w].  The kernel's own tables below its slots are nobody's structure,
    and not spoken of. *)
Inductive marks `{Processor} (f : N -> N -> N) (root : N) : N -> N -> N -> Prop :=
| mark_upper i k w : i < slots -> k < link_words ->
    mark (f (page_of root) (link_words * i + k)) w -> marks f root (page_of root) (link_words * i + k) w
| mark_lower v w : let upper := f (page_of root) (link_place v) in
    v < 1048576 -> Words.user_page v = true -> N.testbit upper 0 = true -> mark (f (page_of upper) (v mod 1024)) w ->
    marks f root (page_of upper) (v mod 1024) w.

(** ** Tables on words *)
Section Statement.
Context {arch : Architecture}.
Variable root_frame : N.
Variable f : N -> N -> N.
Implicit Types (a b c p q v d : N).

(** Trees are numbered: 0 the MMU's, 1 and 2 the shadows. *)
Definition w_root (k c : N) : N := page_of (f c k).
(** The leaf table on the way to a page: bit 0 of a link, and of a gift to a descriptor, is set on all machines. *)
Definition w_table (k c v : N) : option N :=
  let e := f (w_root k c) (link_place v) in if N.testbit e 0 then Some (page_of e) else None.
Definition w_leaf_word (k c v : N) : N :=
  if Words.user_page v
  then match w_table k c v with Some p => f p (v mod 1024) | None => 0 end
  else 0.

Inductive w_list c : N -> Prop :=
| w_head : w_list c (page_of (f c 3))
| w_tail q : w_list c q -> page_of (f q 0) <> 0 -> w_list c (page_of (f q 0)).

Definition w_structure c p : Prop :=
  p = c \/ (exists k, k < 3 /\ p = w_root k c)
  \/ (exists k v, k < 3 /\ v < 1048576 /\ Words.user_page v = true /\ w_table k c v = Some p) \/ w_list c p.
Definition w_mapped c p : Prop :=
  exists v, v < 1048576 /\ Words.is_present (w_leaf_word 0 c v) = true /\ page_of (w_leaf_word 0 c v) = p.
Definition w_accessible c p : Prop :=
  exists v, v < 1048576 /\ Words.is_user (w_leaf_word 0 c v) = true /\ page_of (w_leaf_word 0 c v) = p.
Definition w_used c p : Prop := w_structure c p \/ w_mapped c p.
Definition w_child a c : Prop :=
  exists d, d < 1048576 /\ N.testbit (w_leaf_word 1 a d) 0 = true /\ page_of (w_leaf_word 0 a d) = c.
Inductive w_partition : N -> Prop :=
| w_partition_root : w_partition root_frame
| w_partition_child a c : w_partition a -> w_child a c -> w_partition c.

Definition w_HI : Prop := forall a c1 c2 p, w_partition a -> w_child a c1 -> w_child a c2 -> c1 <> c2 ->
  w_used c1 p -> w_used c2 p -> False.
Definition w_VS : Prop := forall a c p, w_partition a -> w_child a c -> w_used c p -> w_mapped a p.
Definition w_KDI : Prop := forall a b p, w_partition a -> w_partition b -> w_accessible a p -> w_structure b p -> False.
End Statement.

Section Words.
Context {arch : Architecture} {enc : Encoding arch} {sound : Sound}.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance mmu_params : Params := machine_of root_frame frame_count.
Notation stands := (stands directory).

Context (ρ : N -> role) (V : view) (s : Machine.state) (c : wstate).
Context (R : rep ρ V (mem s)) (I : inv ρ V) (F : fits_state frames s) (S : stands s c).
Notation f := (words c).

Definition number_of (k : kind) : N := match k with Mmu => 0 | Shadow1 => 1 | Shadow2 => 2 end.

Lemma page_in_window p : (exists a, owner ρ p = Some a) -> p < frames.
Proof.
  intros [a Ha]. apply (co_range _ _ (proj1 R)) in Ha. eapply N.lt_le_trans; [exact Ha|]. exact (B_count _ _ _ B).
Qed.

Lemma root_on_words a n k : ρ a = Partition n ->
  exists d, mem s a = DescriptorPage d /\ w_root f (number_of k) a = root_of d k
    /\ v_table V a k 1 0 = Some (root_of d k) /\ page_of (f a 3) = d_list d /\ last (v_list V a) = Some (d_list d)
    /\ f a 0 = d_mmu d * 4096.
Proof.
  intros Ea. destruct (descriptor_at _ _ _ _ _ R Ea) as (d&Ed&Hk&Hl&_).
  assert (a < frames) as Ha by (apply page_in_window; exists a; unfold owner; by rewrite Ea).
  pose proof (R_memory _ _ _ S a Ha) as X. rewrite Ed in X. destruct X as (X0&X1&X2&X3&_).
  exists d. split; [done|]. split; [|split; [by apply Hk|split; [|done]]].
  - unfold w_root. destruct k; cbn [number_of root_of]; [rewrite X0|rewrite X1|rewrite X2]; apply page_of_page.
  - rewrite X3. apply page_of_page.
Qed.

(** An interior entry, on words. *)
Lemma upper_on_words a n k i : ρ a = Partition n -> i < slots ->
  exists t, mem s (w_root f (number_of k) a) = Table 1 t /\ e_kernel (t i) = kernel_bit k 1 i
    /\ target_of (t i) = v_table V a k 0 i /\ stored_link directory i (t i) (f (w_root f (number_of k) a)).
Proof.
  intros Ea Hi. assert (i < 1024) as Hi' by (destruct (L_room (Sound := sound)) as (_&_&?); lia).
  destruct (root_on_words a n k Ea) as (d&_&->&T&_).
  destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&Et&Ht). exists t.
  assert (root_of d k < frames) as Hp.
  { apply page_in_window. exists a. unfold owner. by rewrite (table_role _ _ _ _ _ _ _ _ R T). }
  destruct (Ht i Hi') as [K E]. split; [exact Et|]. split; [exact K|]. split; [exact E|].
  pose proof (R_memory _ _ _ S _ Hp) as X. rewrite Et in X. exact (X i Hi).
Qed.

(** The link on the way to a page of user space. *)
Lemma link_on_words a n k v : ρ a = Partition n -> v < 1048576 -> Words.user_page v = true ->
  exists up, is_link up = true /\ e_kernel up = false /\ target_of up = v_table V a k 0 (v / 1024)
    /\ link_place v = link_words * (v / 1024) /\ v / 1024 < slots
    /\ forall j, j < link_words -> link_word up j (f (w_root f (number_of k) a) (link_place v + j)).
Proof.
  intros Ea Hv U. rewrite (S_user_page root_frame frame_count) in U by exact Hv.
  destruct (user_slot root_frame frame_count v Hv U) as (Hs&K&Ep).
  destruct (upper_on_words a n k _ Ea Hs) as (t&_&Kt&E&W). exists (t (v / 1024)).
  assert (e_kernel (t (v / 1024)) = false) as K0 by (rewrite Kt; unfold kernel_bit; destruct k; [exact K|done..]).
  unfold stored_link in W. rewrite K0 in W. destruct W as [L W]. rewrite Ep. done.
Qed.

Lemma target_present (e : entry) p : target_of e = Some p -> p <> 0 -> e_present e = true /\ e_frame e = p.
Proof.
  unfold target_of. destruct (e_present e); [intros [= <-]; done|]. destruct (e_frame e =? 0); [done|].
  by intros [= <-].
Qed.

Lemma table_on_words a n k v : ρ a = Partition n -> v < 1048576 -> Words.user_page v = true ->
  w_table f (number_of k) a v = v_table V a k 0 (v / 1024).
Proof.
  intros Ea Hv U. destruct (link_on_words a n k v Ea Hv U) as (up&L&_&E&_&_&W).
  specialize (W 0 (proj1 (L_room (Sound := sound)))). rewrite N.add_0_r in W.
  unfold w_table. rewrite (L_present _ _ L W), (L_target _ _ L W).
  destruct (v_table V a k 0 (v / 1024)) as [q|] eqn:T.
  - destruct (target_present _ _ E) as [-> ->]; [by eapply table_nonzero|done].
  - unfold target_of in E. destruct (e_present up); [discriminate|done].
Qed.

Lemma leaf_on_words a n k v : ρ a = Partition n -> v < 1048576 -> w_leaf_word f (number_of k) a v =
  match v_table V a k 0 (v / 1024) with Some p => f p (v mod 1024) | None => 0 end.
Proof.
  intros Ea Hv. unfold w_leaf_word. destruct (Words.user_page v) eqn:U; [by rewrite (table_on_words a n)|].
  destruct (v_table V a k 0 (v / 1024)) as [p|] eqn:T; [|done].
  assert (is_user_page v = true) as U' by (eapply (table_user_page _ _ _ _ _ 0);
    [exact R|exact T|exact top_positive]).
  rewrite (S_user_page root_frame frame_count) in U by exact Hv. change (is_user_page v = false) in U. congruence.
Qed.

Lemma leaf_in_window a k u p : v_table V a k 0 u = Some p -> p < frames.
Proof. intros T. apply page_in_window. exists a. unfold owner. by rewrite (table_role _ _ _ _ _ _ _ _ R T). Qed.

Lemma entry_on_words a n v : ρ a = Partition n -> v < 1048576 -> entry_word (v_entry V a v) (w_leaf_word f 0 a v).
Proof.
  intros Ea Hv. change 0 with (number_of Mmu). rewrite (leaf_on_words a n Mmu v Ea Hv).
  destruct (v_table V a Mmu 0 (v / 1024)) as [p|] eqn:T.
  - destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&Et&Ht).
    pose proof (R_memory _ _ _ S p (leaf_in_window _ _ _ _ T)) as X. rewrite Et in X.
    assert (v mod 1024 < 1024) as Hm by (apply N.mod_lt; done). specialize (X _ Hm). destruct (Ht _ Hm) as [K E].
    destruct X as [_ X]. rewrite E in X. change table_size with 1024 in X.
    replace (v / 1024 * 1024 + v mod 1024) with v in X; [exact X|]. pose proof (N.div_mod v 1024 ltac:(done)). lia.
  - rewrite (co_entry _ _ (proj1 R)) by exact T. apply E_absent.
Qed.

Lemma gift_on_words a n v : ρ a = Partition n -> v < 1048576 -> gift_word (v_gift V a v) (w_leaf_word f 1 a v).
Proof.
  intros Ea Hv. change 1 with (number_of Shadow1). rewrite (leaf_on_words a n Shadow1 v Ea Hv).
  destruct (v_table V a Shadow1 0 (v / 1024)) as [p|] eqn:T.
  - destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&Et&Ht).
    pose proof (R_memory _ _ _ S p (leaf_in_window _ _ _ _ T)) as X. rewrite Et in X.
    assert (v mod 1024 < 1024) as Hm by (apply N.mod_lt; done). specialize (X _ Hm). pose proof (Ht _ Hm) as E.
    rewrite E in X. change table_size with 1024 in X.
    replace (v / 1024 * 1024 + v mod 1024) with v in X; [exact X|]. pose proof (N.div_mod v 1024 ltac:(done)). lia.
  - rewrite (co_gift _ _ (proj1 R)) by exact T. by constructor.
Qed.

(** ** Statements on words follow from those on typed memory *)
Lemma structure_on_words a n p : ρ a = Partition n -> w_structure f a p -> structure (mem s) a p.
Proof.
  intros Ea [->|[(k&Hk&->)|[(k&v&Hk&Hv&U&T)|L]]]; [by left|..].
  - right; left. assert (exists k', k = number_of k') as [k' ->].
    { assert (k = 0 \/ k = 1 \/ k = 2) as [->|[->| ->]] by lia; [by exists Mmu|by exists Shadow1|by exists Shadow2]. }
    exists k', top. destruct (root_on_words a n k' Ea) as (d&Ed&->&_). by apply tree_root.
  - right; left. assert (exists k', k = number_of k') as [k' ->].
    { assert (k = 0 \/ k = 1 \/ k = 2) as [->|[->| ->]] by lia; [by exists Mmu|by exists Shadow1|by exists Shadow2]. }
    exists k', 0%nat. destruct (link_on_words a n k' v Ea Hv U) as (_&_&_&_&_&Hi&_).
    rewrite (table_on_words a n k' v Ea Hv U) in T. destruct (upper_on_words a n k' _ Ea Hi) as (t&Et&_&E&_).
    rewrite T in E. destruct (target_present _ _ E) as [P <-]; [by eapply table_nonzero|].
    destruct (root_on_words a n k' Ea) as (d&Ed&Ew&_). rewrite Ew in Et.
    eapply (tree_below _ _ _ 0%nat (root_of d k')); [exact (tree_root (mem s) a k' d Ed)|exact Et| |exact P].
    change table_size with 1024. by apply N.div_lt_upper_bound.
  - right; right. assert (list_page (mem s) a p /\ exists j, ρ p = ListAt a j) as [X _]; [|exact X].
    destruct (root_on_words a n Mmu Ea) as (d&Ed&_&_&El&Hl&_).
    induction L as [|q _ [IH [j Ej]] Hn].
    + rewrite El. split; [by apply list_first|]. rewrite last_lookup in Hl. eexists. by apply (co_list _ _ (proj1 R)).
    + pose proof (proj2 R q) as X. unfold page_ok in X. rewrite Ej in X.
      assert (exists h t, mem s q = ListPage h t /\ list_next h = after V a j) as (h&t&Eq&Hx)
        by (destruct X as [X _]; by eexists _, _). clear X.
      assert (q < frames) as Hq by (apply page_in_window; exists a; unfold owner; by rewrite Ej).
      pose proof (R_memory _ _ _ S q Hq) as X. rewrite Eq in X. destruct X as (X0&_). rewrite X0, page_of_page in *.
      split; [by eapply list_other|]. rewrite Hx in *. destruct j as [|j]; [done|]. exists j. cbn in *.
      destruct (v_list V a !! j) eqn:El'; [|done]. by apply (co_list _ _ (proj1 R)).
Qed.

Lemma mapped_on_words a n p : ρ a = Partition n -> w_mapped f a p <-> mapped (mem s) a p.
Proof.
  intros Ea. split.
  - intros (v&Hv&P&<-). pose proof (entry_on_words a n v Ea Hv) as W. exists v.
    rewrite (mmu_entry_view _ _ _ _ _ _ R Ea). by rewrite <- (E_present _ _ W), <- (E_frame _ _ W).
  - intros (v&P&<-). rewrite (mmu_entry_view _ _ _ _ _ _ R Ea) in *. assert (v < 1048576) as Hv.
    { pose proof (pres_user_page _ _ _ _ _ R P) as U. apply andb_true_iff in U as [U%N.eqb_eq _].
      change (v / 1024 / 1024 = 0) in U. rewrite N.div_div in U by done. by apply N.div_small_iff in U. }
    pose proof (entry_on_words a n v Ea Hv) as W. exists v. by rewrite (E_present _ _ W), (E_frame _ _ W).
Qed.

Lemma accessible_on_words a n p : ρ a = Partition n -> w_accessible f a p -> accessible (mem s) a p.
Proof.
  intros Ea (v&Hv&P&<-). pose proof (entry_on_words a n v Ea Hv) as W. exists v.
  rewrite (mmu_entry_view _ _ _ _ _ _ R Ea). by rewrite <- (E_user _ _ W), <- (E_frame _ _ W).
Qed.

Lemma child_on_words a n b : ρ a = Partition n -> w_child f a b -> child (mem s) a b.
Proof.
  intros Ea (d&Hd&G&<-). pose proof (entry_on_words a n d Ea Hd) as W. pose proof (gift_on_words a n d Ea Hd) as W'.
  exists d. destruct (views_agree _ _ _ _ _ R Ea) as (Hm&Hg&_). rewrite Hm, Hg.
  by rewrite <- (G_descriptor _ _ W'), <- (E_frame _ _ W).
Qed.

Lemma partition_on_words a : w_partition root_frame f a -> partition (mem s) a.
Proof.
  induction 1 as [|a b _ IH C]; [change (partition (mem s) root_partition);
    apply partition_root|]. destruct (partition_role _ _ _ R I _ IH) as [n Ea].
  eapply partition_child; [exact IH|]. by eapply child_on_words.
Qed.

Lemma used_on_words a n p : ρ a = Partition n -> w_used f a p -> used (mem s) a p.
Proof. intros Ea [U|U]; [left; by eapply structure_on_words|right; by eapply mapped_on_words]. Qed.

Lemma isolated_on_words : w_HI root_frame f /\ w_VS root_frame f /\ w_KDI root_frame f.
Proof.
  assert (forall a, w_partition root_frame f a -> is_partition ρ a) as Role
    by (intros; by eapply partition_role, partition_on_words).
  assert (forall a b, w_partition root_frame f a -> w_child f a b -> child (mem s) a b /\ is_partition ρ b) as Child.
  { intros a b Pa C. destruct (Role a Pa) as [n Ea]. split; [by eapply child_on_words|].
    apply Role. by eapply w_partition_child. }
  split; [|split].
  - intros a c1 c2 p Pa C1 C2 Hne U1 U2. destruct (Child _ _ Pa C1) as [D1 [n1 E1]], (Child _ _ Pa C2) as [D2 [n2 E2]].
    eapply (wf_HI ρ V (mem s) R I a c1 c2 p); [by apply partition_on_words|exact D1|exact D2|exact Hne|..];
      by eapply used_on_words.
  - intros a b p Pa C U. destruct (Role _ Pa) as [n Ea], (Child _ _ Pa C) as [D [n' E']].
    apply (mapped_on_words a n p Ea). eapply (wf_VS ρ V (mem s) R I a b p); [by apply partition_on_words|exact D|].
    by eapply used_on_words.
  - intros a b p Pa Pb A Str. destruct (Role _ Pa) as [n Ea], (Role _ Pb) as [n' Eb].
    eapply (wf_KDI ρ V (mem s) R I a b p); [by apply partition_on_words..|by eapply accessible_on_words|].
    by eapply structure_on_words.
Qed.

(** ** The processor gives user mode what the model's entries say, and nothing else *)
Context {P : Processor}.

Lemma root_loaded n : ρ (current s) = Partition n -> page_of (loaded_root c) = w_root f 0 (current s).
Proof.
  intros Ea. destruct (root_on_words _ n Mmu Ea) as (d&Ed&_&_&_&_&E0). rewrite (R_loaded _ _ _ S d Ed).
  unfold w_root. by rewrite E0.
Qed.

Lemma translated n linear : ρ (current s) = Partition n -> linear < word_limit ->
  Words.user_page (page_of linear) = true -> let e := v_entry V (current s) (page_of linear) in
  translate f (loaded_root c) linear =
    if e_present e
    then Some (Translation (e_frame e) (e_user e) (e_write e) (executes (e_execute e))
                 (is_global (w_leaf_word f 0 (current s) (page_of linear))))
    else None.
Proof.
  intros Ea Hl U. cbv zeta. set (v := page_of linear) in *. assert (v < 1048576) as Hv by (by apply page_of_fits).
  destruct (link_on_words _ n Mmu v Ea Hv U) as (up&L&_&E&_&_&W).
  change (number_of Mmu) with 0 in W. rewrite <- (root_loaded n Ea) in W.
  pose proof (entry_on_words _ n v Ea Hv) as X. change 0 with (number_of Mmu) in X.
  change 0 with (number_of Mmu). rewrite (leaf_on_words _ n Mmu v Ea Hv) in *.
  destruct (v_table V _ Mmu 0 (v / 1024)) as [q|] eqn:T.
  - destruct (target_present _ _ E) as [Pu <-]; [by eapply table_nonzero|]. by eapply P_through.
  - rewrite (co_entry _ _ (proj1 R)) by exact T. cbn. eapply P_nothing; try done.
    unfold target_of in E. by destruct (e_present up).
Qed.

Lemma not_translated n linear t : ρ (current s) = Partition n -> linear < word_limit ->
  Words.user_page (page_of linear) = false -> translate f (loaded_root c) linear = Some t -> t_user t = false.
Proof.
  intros Ea Hl U. eapply P_kernel; [done|done|exact (B_closed _ _ _ B)|]. intros i Hi K.
  rewrite (root_loaded n Ea). destruct (upper_on_words _ n Mmu i Ea Hi) as (t0&_&K0&_&W). unfold stored_link in W.
  rewrite K0 in W. change (kernel_bit Mmu 1 i) with (Words.kernel_slot i) in W. rewrite K in W. apply W.
Qed.

Lemma access_on_words n linear t : ρ (current s) = Partition n -> linear < word_limit ->
  translate f (loaded_root c) linear = Some t -> t_user t = true ->
  let e := v_entry V (current s) (page_of linear) in
  e_user e = true /\ e_frame e = t_frame t /\ (t_write t = true -> e_write e = true).
Proof.
  intros Ea Hl H U. cbv zeta. destruct (Words.user_page (page_of linear)) eqn:Up.
  - rewrite (translated n) in H by done. destruct (e_present _); [|done]. by injection H as <-.
  - rewrite (not_translated n linear t) in U by done. done.
Qed.

(** ** What the processor marks is nothing to the model *)
Lemma marked h t p i w : p < frames -> mem s p = Table h t ->
  mark (f p i) w ->
  stands s (WState (set_word f p i w) (saved c) (running c) (loaded_root c)).
Proof.
  intros Hp Et M. destruct S as [Rm Rr Rs Rl]. constructor; cbn [words saved running loaded_root]; try done.
  intros q Hq. specialize (Rm q Hq). destruct (N.eqb_spec q p) as [->|Hne].
  2: { eapply stored_ext; [|exact Rm]. intros j. symmetry. by apply set_word_other. }
  rewrite Et in *. cbn [stored] in *. destruct (N.eqb_spec h 0) as [->|Hh].
  - intros j Hjj. rewrite set_word_here. destruct (Rm j Hjj) as [K X]. split; [done|].
    destruct (N.eqb_spec j i) as [->|]; [by eapply P_mark_entry|done].
  - intros j Hjj. specialize (Rm j Hjj). unfold stored_link in *. rewrite !set_word_here. destruct (e_kernel _).
    + destruct Rm as [K X]. split; [done|].
      destruct (N.eqb_spec (link_words * j) i) as [<-|]; [by eapply P_mark_kernel|done].
    + destruct Rm as [L X]. split; [done|]. intros k Hk. rewrite set_word_here.
      destruct (N.eqb_spec (link_words * j + k) i) as [<-|]; [by eapply P_mark_link; [apply X|]|by apply X].
Qed.

Lemma marks_on_words n p i w : ρ (current s) = Partition n -> marks f (loaded_root c) p i w ->
  stands s (WState (set_word f p i w) (saved c) (running c) (loaded_root c)).
Proof.
  intros Ea M. pose proof (root_loaded n Ea) as Er. destruct M as [i k w Hi Hk M|v w upper Hv U Pu M].
  - rewrite Er in *. destruct (upper_on_words _ n Mmu i Ea Hi) as (t&Et&_). change (number_of Mmu) with 0 in Et.
    destruct (root_on_words _ n Mmu Ea) as (d&_&Ew&T&_). change (number_of Mmu) with 0 in Ew.
    eapply marked; [|exact Et|exact M].
    rewrite Ew. apply page_in_window. exists (current s). unfold owner. by rewrite (table_role _ _ _ _ _ _ _ _ R T).
  - unfold upper in *. rewrite Er in *. pose proof (table_on_words _ n Mmu _ Ea Hv U) as T.
    unfold w_table in T. change (number_of Mmu) with 0 in T. rewrite Pu in T. symmetry in T.
    destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&Et&_).
    eapply marked; [by eapply leaf_in_window|exact Et|exact M].
Qed.
End Words.
