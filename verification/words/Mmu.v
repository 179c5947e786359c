(* SPDX-License-Identifier: Apache-2.0 *)
(** * What the processor reads, and isolation on words

    [translate] is the translation of a linear address by 32-bit paging,
      as Intel SDM volume 3A describes it: section 4.3
    (the walk, tables 4-4 to 4-6), section 4.6 (rights of user mode).  [user_access]: in a well-formed state, user mode
    gets through it only to what the model's entries permit.  The second half states HI, VS and KDI of Safety.v on words
    alone. *)
From Pip.Isolation Require Import Theorems.
From Pip.Translation.Kernel Require Import Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory.
From Pip.Model Require Import Primitives.
Local Open Scope N_scope.

(** ** The processor *)
Record translation : Type := Translation { t_frame : N; t_user : bool; t_write : bool; t_global : bool }.

(** Bits of an entry: 0 present, 1 read/write, 2 user/supervisor, 7 page size (in the upper table, if CR4.PSE), 8 global
    (if CR4.PGE).  Access by user mode needs bit 2 in both tables, a write bit 1 in both.  There is no bit against
    execution: what user mode may read, it may execute. *)
Definition translate (f : N -> N -> N) (root linear : N) : option translation :=
  let upper := f (page_of root) (N.shiftr linear 22) in
  let user := N.testbit upper 2 in
  let write := N.testbit upper 1 in
  if N.testbit upper 0 then
    if N.testbit upper 7
    then Some (Translation (page_of upper / 1024 * 1024 + N.shiftr linear 12 mod 1024) user write (N.testbit upper 8))
    else
      let lower := f (page_of upper) (N.shiftr linear 12 mod 1024) in
      if N.testbit lower 0
      then Some (Translation (page_of lower) (user && N.testbit lower 2) (write && N.testbit lower 1) (N.testbit
        lower 8))
      else None
  else None.

(** What the processor writes to tables by itself, at any time, for it may walk ahead of what a program does: in an
    entry that it meets, bits 5 and 6, accessed and dirty (section 4.8).  [marks f root linear p i w]: word [i] of page
    [p] may become [w].  The kernel's own tables below its slots are nobody's structure, and not spoken of. *)
Definition is_mark (b : N) : Prop := b = 32 \/ b = 64 \/ b = 96.
Inductive marks (f : N -> N -> N) (root linear : N) : N -> N -> N -> Prop :=
| mark_upper b : is_mark b -> marks f root linear (page_of root) (N.shiftr linear 22)
    (N.lor (f (page_of root) (N.shiftr linear 22)) b)
| mark_lower b : let upper := f (page_of root) (N.shiftr linear 22) in
    is_mark b -> N.testbit upper 0 = true -> Words.kernel_slot (N.shiftr linear 22) = false ->
    marks f root linear (page_of upper) (N.shiftr linear 12 mod 1024)
      (N.lor (f (page_of upper) (N.shiftr linear 12 mod 1024)) b).

(** ** Tables on words *)
Section Statement.
Variable root_frame : N.
Variable f : N -> N -> N.
Implicit Types (a b c p q v d : N).

(** Trees are numbered: 0 the MMU's, 1 and 2 the shadows. *)
Definition w_root (k c : N) : N := page_of (f c k).
Definition w_table (k c i : N) : option N :=
  let e := f (w_root k c) i in if N.testbit e 0 then Some (page_of e) else None.
Definition w_leaf_word (k c v : N) : N :=
  if Words.user_page v
  then match w_table k c (v / 1024) with Some p => f p (v mod 1024) | None => 0 end
  else 0.

Inductive w_list c : N -> Prop :=
| w_head : w_list c (page_of (f c 3))
| w_tail q : w_list c q -> page_of (f q 0) <> 0 -> w_list c (page_of (f q 0)).

Definition w_structure c p : Prop :=
  p = c \/ (exists k, k < 3 /\ p = w_root k c)
  \/ (exists k i, k < 3 /\ i < 1024 /\ Words.kernel_slot i = false /\ w_table k c i = Some p) \/ w_list c p.
Definition w_mapped c p : Prop :=
  exists v, v < 1048576 /\ N.testbit (w_leaf_word 0 c v) 0 = true /\ page_of (w_leaf_word 0 c v) = p.
Definition w_accessible c p : Prop :=
  exists v, v < 1048576 /\ N.testbit (w_leaf_word 0 c v) 2 = true /\ page_of (w_leaf_word 0 c v) = p.
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
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance mmu_params : Params := x86 root_frame frame_count.
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

(** An interior entry that is not the kernel's, on words. *)
Lemma upper_on_words a n k i : ρ a = Partition n -> i < 1024 ->
  exists t, mem s (w_root f (number_of k) a) = Table 1 t /\ e_kernel (t i) = kernel_bit k 1 i
    /\ target_of (t i) = v_table V a k 0 i /\ stored_link directory i (t i) (f (w_root f (number_of k) a) i).
Proof.
  intros Ea Hi. destruct (root_on_words a n k Ea) as (d&_&->&T&_).
  destruct (table_ok_at _ _ _ _ _ _ _ _ R T) as (t&Et&Ht). exists t.
  assert (root_of d k < frames) as Hp.
  { apply page_in_window. exists a. unfold owner. by rewrite (table_role _ _ _ _ _ _ _ _ R T). }
  destruct (Ht i Hi) as [K E]. split; [exact Et|]. split; [exact K|]. split; [exact E|].
  pose proof (R_memory _ _ _ S _ Hp) as X. rewrite Et in X. by apply X.
Qed.

Lemma target_present (e : entry) p : target_of e = Some p -> p <> 0 -> e_present e = true /\ e_frame e = p.
Proof.
  unfold target_of. destruct (e_present e); [intros [= <-]; done|]. destruct (e_frame e =? 0); [done|].
  by intros [= <-].
Qed.

Lemma table_on_words a n k i : ρ a = Partition n -> i < 1024 -> Words.kernel_slot i = false ->
  w_table f (number_of k) a i = v_table V a k 0 i.
Proof.
  intros Ea Hi Hs. destruct (upper_on_words a n k i Ea Hi) as (t&_&K&E&W). unfold stored_link in W.
  assert (e_kernel (t i) = false) as K0.
  { rewrite K. unfold kernel_bit. destruct k; [|done..]. exact Hs. }
  rewrite K0 in W. destruct W as [_ W]. unfold w_table. rewrite (E_present _ _ W), (E_frame _ _ W).
  destruct (v_table V a k 0 i) as [q|] eqn:T.
  - destruct (target_present _ _ E) as [-> ->]; [by eapply table_nonzero|done].
  - unfold target_of in E. destruct (e_present (t i)); [discriminate|done].
Qed.

Lemma user_slot v : v < 1048576 -> Words.user_page v = true -> v / 1024 < 1024 /\ Words.kernel_slot (v / 1024) = false.
Proof.
  intros Hv U. assert (v / 1024 < 1024) as Hs by (apply N.div_lt_upper_bound; lia). split; [exact Hs|].
  rewrite (user_page_is root_frame frame_count) in U by exact Hv. unfold is_user_page in U.
  apply andb_true_iff in U as [_ U%negb_true_iff].
  change (Words.kernel_slot ((v / 1024) mod 1024) = false) in U. by rewrite N.mod_small in U by exact Hs.
Qed.

Lemma leaf_on_words a n k v : ρ a = Partition n -> v < 1048576 -> w_leaf_word f (number_of k) a v =
  match v_table V a k 0 (v / 1024) with Some p => f p (v mod 1024) | None => 0 end.
Proof.
  intros Ea Hv. unfold w_leaf_word. destruct (Words.user_page v) eqn:U.
  - destruct (user_slot v Hv U). by rewrite (table_on_words a n).
  - destruct (v_table V a k 0 (v / 1024)) as [p|] eqn:T; [|done].
    assert (is_user_page v = true) as U' by (eapply (table_user_page _ _ _ _ _ 0);
      [exact R|exact T|exact top_positive]).
    rewrite (user_page_is root_frame frame_count) in U by exact Hv. change (is_user_page v = false) in U. congruence.
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
  - rewrite (co_entry _ _ (proj1 R)) by exact T. apply zero_entry_word.
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
  intros Ea [->|[(k&Hk&->)|[(k&i&Hk&Hi&Hs&T)|L]]]; [by left|..].
  - right; left. assert (exists k', k = number_of k') as [k' ->].
    { assert (k = 0 \/ k = 1 \/ k = 2) as [->|[->| ->]] by lia; [by exists Mmu|by exists Shadow1|by exists Shadow2]. }
    exists k', top. destruct (root_on_words a n k' Ea) as (d&Ed&->&_). by apply tree_root.
  - right; left. assert (exists k', k = number_of k') as [k' ->].
    { assert (k = 0 \/ k = 1 \/ k = 2) as [->|[->| ->]] by lia; [by exists Mmu|by exists Shadow1|by exists Shadow2]. }
    exists k', 0%nat. rewrite (table_on_words a n k' i Ea Hi Hs) in T.
    destruct (upper_on_words a n k' i Ea Hi) as (t&Et&_&E&_). rewrite T in E.
    destruct (target_present _ _ E) as [P <-]; [by eapply table_nonzero|].
    destruct (root_on_words a n k' Ea) as (d&Ed&Ew&_). rewrite Ew in Et.
    eapply (tree_below _ _ _ 0%nat (root_of d k')); [exact (tree_root (mem s) a k' d Ed)|exact Et|exact Hi|exact P].
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

(** ** The processor gives user mode what the model's entries permit, and nothing else *)
Lemma access_on_words n linear t : ρ (current s) = Partition n -> linear < 4294967296 ->
  translate f (loaded_root c) linear = Some t -> t_user t = true ->
  let e := v_entry V (current s) (page_of linear) in
  e_user e = true /\ e_frame e = t_frame t /\ (t_write t = true -> e_write e = true) /\ t_global t = false.
Proof.
  intros Ea Hlin H U. cbv zeta. destruct (root_on_words _ n Mmu Ea) as (d&Ed&Ew&_&_&_&E0).
  set (v := page_of linear). assert (v < 1048576) as Hv by (by apply page_of_fits).
  assert (N.shiftr linear 22 = v / 1024 /\ N.shiftr linear 12 mod 1024 = v mod 1024) as [Eu El].
  { unfold v, page_of. split; [|done]. rewrite !N.shiftr_div_pow2, N.div_div by done. done. }
  assert (page_of (loaded_root c) = w_root f 0 (current s)) as Er.
  { rewrite (R_loaded _ _ _ S d Ed). unfold w_root. by rewrite E0. }
  unfold translate in H. rewrite Er, Eu, El in H. set (upper := f (w_root f 0 (current s)) (v / 1024)) in *.
  assert (v / 1024 < 1024) as Hs by (apply N.div_lt_upper_bound; lia).
  destruct (Words.kernel_slot (v / 1024)) eqn:K.
  { destruct (upper_on_words _ n Mmu _ Ea Hs) as (t0&_&K0&_&W). unfold stored_link in W.
    rewrite K0 in W. change (kernel_bit Mmu 1 (v / 1024)) with (Words.kernel_slot (v / 1024)) in W. rewrite K in W.
    destruct W as [_ W]. assert (N.testbit upper 2 = false) as Z.
    { pose proof (B_supervisor _ _ _ B (v / 1024)) as Z. apply (f_equal (fun w => N.testbit w 2)) in W.
      rewrite !N.lor_spec in W. cbn in W. rewrite !orb_false_r in W. rewrite <- Z. exact W. }
    rewrite Z in H.
    destruct (N.testbit upper 0); [|discriminate]. destruct (N.testbit upper 7).
    - injection H as <-. discriminate U.
    - destruct (N.testbit (f (page_of upper) (v mod 1024)) 0); [|discriminate]. injection H as <-. discriminate U. }
  pose proof (table_on_words _ n Mmu _ Ea Hs K) as T. unfold w_table in T. change (number_of Mmu) with 0 in T.
  change (f (w_root f 0 (current s)) (v / 1024)) with upper in T.
  destruct (upper_on_words _ n Mmu _ Ea Hs) as (t0&_&K0&_&W). unfold stored_link in W. rewrite K0 in W.
  change (kernel_bit Mmu 1 (v / 1024)) with (Words.kernel_slot (v / 1024)) in W. rewrite K in W.
  destruct W as [_ W]. change (entry_word (t0 (v / 1024)) upper) in W.
  destruct (E_plain _ _ W) as (_&_&Z7&_). rewrite Z7 in H.
  destruct (N.testbit upper 0); [|discriminate].
  pose proof (entry_on_words _ n v Ea Hv) as X. change 0 with (number_of Mmu) in X.
  rewrite (leaf_on_words _ n Mmu v Ea Hv), <- T in X. destruct (N.testbit (f (page_of upper) (v mod 1024)) 0);
    [|discriminate].
  injection H as <-. cbn [t_user t_frame t_write t_global] in *. apply andb_true_iff in U as [_ U].
  destruct (E_plain _ _ X) as (_&_&_&Z8). rewrite <- (E_user _ _ X), <- (E_frame _ _ X), <- (E_write _ _ X).
  split; [exact U|]. split; [done|]. split; [by intros [_ ?]%andb_true_iff|exact Z8].
Qed.

(** ** What the processor marks is nothing to the model *)
Lemma marked_word e w b : is_mark b -> entry_word e w -> entry_word e (N.lor w b).
Proof.
  intros Hb. assert (N.shiftr b 12 = 0 /\ b < 4294967296
    /\ forall k, k <> 5 -> k <> 6 -> N.testbit b k = false) as (Hs&Hl&Hk).
  { split; [|split]; try (destruct Hb as [->|[->| ->]]; done). intros k H5 H6.
    destruct Hb as [->|[->| ->]]; [apply (N.pow2_bits_false 5); lia|apply (N.pow2_bits_false 6); lia|].
    change 96 with (N.lor (2 ^ 5) (2 ^ 6)). by rewrite N.lor_spec, !N.pow2_bits_false by lia. }
  intros [Ew Ef E0 E1 E2 E9 (Z3&Z4&Z7&Z8)]. constructor; rewrite ?N.lor_spec, ?Hk, ?orb_false_r by done; try done.
  - by apply lor_word.
  - unfold page_of in *. by rewrite N.shiftr_lor, Hs, N.lor_0_r.
Qed.

Lemma marked_link i e w b : is_mark b -> stored_link directory i e w -> stored_link directory i e (N.lor w b).
Proof.
  intros Hb. assert (N.lor b 96 = 96) as Hm by by destruct Hb as [->|[->| ->]]. unfold stored_link.
  destruct (e_kernel e); [by rewrite <- N.lor_assoc, Hm|]. intros [L W]. split; [exact L|]. by apply marked_word.
Qed.

Lemma marked_table p i b h t : is_mark b -> p < frames -> i < 1024 -> mem s p = Table h t ->
  stands s (WState (set_word f p i (N.lor (f p i) b)) (saved c) (running c) (loaded_root c)).
Proof.
  intros Hb Hp Hi Et. destruct S as [Rm Rr Rs Rl]. constructor; cbn [words saved running loaded_root]; try done.
  intros q Hq. specialize (Rm q Hq). destruct (N.eqb_spec q p) as [->|Hne].
  - rewrite Et in *. intros j Hj. rewrite set_word_here. specialize (Rm j Hj).
    destruct (N.eqb_spec j i) as [->|]; [|done]. destruct (h =? 0); [|by apply marked_link].
    destruct Rm. split; [done|]. by apply marked_word.
  - eapply stored_ext; [|exact Rm]. intros j. symmetry. by apply set_word_other.
Qed.

Lemma marks_on_words n linear p i w : ρ (current s) = Partition n -> linear < 4294967296 ->
  marks f (loaded_root c) linear p i w ->
  stands s (WState (set_word f p i w) (saved c) (running c) (loaded_root c)).
Proof.
  intros Ea Hlin M. destruct (root_on_words _ n Mmu Ea) as (d&Ed&Ew&T&_&_&E0).
  set (v := page_of linear). assert (v < 1048576) as Hv by (by apply page_of_fits).
  assert (N.shiftr linear 22 = v / 1024 /\ N.shiftr linear 12 mod 1024 = v mod 1024) as [Eu El].
  { unfold v, page_of. split; [|done]. rewrite !N.shiftr_div_pow2, N.div_div by done. done. }
  assert (page_of (loaded_root c) = w_root f 0 (current s)) as Er.
  { rewrite (R_loaded _ _ _ S d Ed). unfold w_root. by rewrite E0. }
  assert (v / 1024 < 1024) as Hs by (apply N.div_lt_upper_bound; lia).
  destruct M as [b Hb|b upper Hb P K].
  - rewrite Er, Eu. destruct (upper_on_words _ n Mmu _ Ea Hs) as (t&Et&_). eapply marked_table; [done| |done|exact Et].
    change (number_of Mmu) with 0 in Ew. rewrite Ew. apply page_in_window. exists (current s). unfold owner.
    by rewrite (table_role _ _ _ _ _ _ _ _ R T).
  - unfold upper in *. rewrite Eu, El in *. rewrite Er in *. pose proof (table_on_words _ n Mmu _ Ea Hs K) as Tl.
    unfold w_table in Tl. change (number_of Mmu) with 0 in Tl. rewrite P in Tl. symmetry in Tl.
    destruct (table_ok_at _ _ _ _ _ _ _ _ R Tl) as (t&Et&_).
    eapply marked_table; [done|by eapply leaf_in_window|by apply N.mod_lt|exact Et].
Qed.
End Words.
