(* SPDX-License-Identifier: Apache-2.0 *)
(** * Memory of words under typed memory: how one access to the one is one access to the other *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Translation.Kernel Require Import Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure.
From Pip.Model Require Import Primitives.
Import ListNotations.
Local Open Scope N_scope.

Section Memory.
Context {arch : Architecture} {enc : Encoding arch} {sound : Sound}.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance params : Params := machine_of root_frame frame_count.
Notation stored := (stored directory).
Notation stands := (stands directory).

(** Each run of [m] is a run of [w], with a value and in a memory that stand for those of [m]. *)
Definition simulates {A} (m : K A) (w : W cvalue) (Q : A -> cvalue -> Prop) : Prop := forall s c v s',
  fits_state frames s -> stands s c -> m s = Done v s' -> exists x c', w c = Some (x, c') /\ Q v x /\ stands s' c'.

Definition same_number (n : N) (x : cvalue) : Prop := x = Int n.
Definition same_truth (b : bool) (x : cvalue) : Prop := exists n, x = Int n /\ negb (n =? 0) = b.
Definition nothing (_ : unit) (_ : cvalue) : Prop := True.

Lemma stored_ext o f g : (forall j, f j = g j) -> stored o f -> stored o g.
Proof.
  intros E X. destruct o; simpl in *; rewrite <- ?E; auto.
  - intros. rewrite <- E. auto.
  - destruct (height =? 0); intros; [rewrite <- E; auto|]. specialize (X i ltac:(assumption)). unfold stored_link in *.
    rewrite <- E. destruct (e_kernel _); [exact X|]. destruct X as [L X]. split; [exact L|]. intros. rewrite <- E. auto.
  - intros. rewrite <- E. auto.
  - intros. rewrite <- E. auto.
  - destruct X as (?&?&?&X). repeat split; auto; intros; unfold stored_record; rewrite <- !E; apply X; assumption.
Qed.

(** Page [p] changed, nothing else. *)
Lemma stands_put s c p o f :
  stands s c -> (forall q j, q <> p -> f q j = words c q j) -> stored o (f p) ->
  (forall d, o = DescriptorPage d -> p = current s -> exists d0, mem s p = DescriptorPage d0 /\ d_mmu d0 = d_mmu d) ->
  stands (State (update (mem s) p o) (current s) (registers s) (tlb s)) (WState f (saved c) (running c) (loaded_root
    c)).
Proof.
  intros [Rm Rr Rs Rl] Hf Ho Hd. constructor; simpl; auto.
  - intros q Hq. unfold update. destruct (N.eqb_spec q p) as [->|E]; [exact Ho|].
    apply (stored_ext _ (words c q)); [intros j; symmetry; now apply Hf|now apply Rm].
  - intros d. unfold update. destruct (N.eqb_spec (current s) p) as [<-|E]; [|apply Rl].
    intros ->. destruct (Hd d eq_refl eq_refl) as (d0&E0&<-). now apply Rl.
Qed.

(** ** Runs on words *)
Lemma wread_is p i c : p < frames -> i < 1024 -> wread p i c = Some (words c p i, c).
Proof. intros Hp Hi. unfold wread. now rewrite (proj2 (N.ltb_lt _ _) Hp), (proj2 (N.ltb_lt _ _) Hi). Qed.
Lemma wwrite_is p i w c : p < frames -> i < 1024 -> w < word_limit ->
  wwrite p i w c = Some (tt, WState (set_word (words c) p i w) (saved c) (running c) (loaded_root c)).
Proof.
  intros Hp Hi Hw. unfold wwrite.
  now rewrite (proj2 (N.ltb_lt _ _) Hp), (proj2 (N.ltb_lt _ _) Hi), (proj2 (N.ltb_lt _ _) Hw).
Qed.
Lemma wfill_is p f c : p < frames -> wfill p f c =
  Some (tt, WState (fun q j => if (q =? p) && (j <? 1024) then f j else words c q j) (saved c) (running c)
    (loaded_root c)).
Proof. intros Hp. unfold wfill. now rewrite (proj2 (N.ltb_lt _ _) Hp). Qed.
Lemma write_page_is p i q c : p < frames -> i < 1024 -> q < 1048576 ->
  write_page p i q c = Some (tt, WState (set_word (words c) p i (q * 4096)) (saved c) (running c) (loaded_root c)).
Proof.
  intros Hp Hi Hq. unfold write_page. rewrite address_is by exact Hq. apply wwrite_is; auto. unfold word_limit. lia.
Qed.
Lemma read_page_is p i c n : p < frames -> i < 1024 -> words c p i = n * 4096 -> read_page p i c = Some (n, c).
Proof. intros Hp Hi E. unfold read_page, wbind. rewrite wread_is by assumption. unfold wret. now rewrite E,
  page_of_page. Qed.
Lemma bind_is {A C} (m : W A) (k : A -> W C) c a c' : m c = Some (a, c') -> wbind m k c = k a c'.
Proof. intros E. unfold wbind. now rewrite E. Qed.

Lemma set_word_other f p i w q j : q <> p -> set_word f p i w q j = f q j.
Proof. intros E. unfold set_word. now rewrite (proj2 (N.eqb_neq _ _) E). Qed.
Lemma set_word_here f p i w j : set_word f p i w p j = if j =? i then w else f p j.
Proof. unfold set_word. now rewrite N.eqb_refl. Qed.

Lemma frames_fit p : p < frames -> p < 1048576.
Proof. pose proof (S_frames (Sound := sound)). lia. Qed.

(** What page [p] holds, as words. *)
Ltac view R p Hp X := pose proof (R_memory _ _ _ R p Hp) as X;
  match goal with E : mem ?s p = _ |- _ => rewrite E in X; cbn [WordMachine.stored] in X end.
Ltac ran := repeat (erewrite bind_is; [|first [
    apply wread_is; assumption|apply wwrite_is; assumption|apply write_page_is; assumption]]; cbn beta).
Ltac finish := eexists _, _; split; [unfold numeric, truth_value, effect; ran; reflexivity|].
Ltac sizes := unfold word_limit, frames, fits_page, fits_vaddr, record_place in *; lia.
(** Which cell is it? *)
Ltac cell := repeat (rewrite set_word_here; match goal with |- context [?a =? ?b] =>
  destruct (N.eqb_spec a b); [try lia|try lia] end).

(** ** Tables *)
Lemma sim_read_entry p i : p < frames ->
  simulates (read_entry p i) (numeric (wread p i)) (fun e x => exists w, x = Int w /\ entry_word e w).
Proof.
  intros Hp s c v s' F R H. met H. checks. change table_size with 1024 in *. view R p Hp X. subst. finish.
  split; [|exact R]. eexists; split; [reflexivity|]. now apply X.
Qed.
Lemma sim_write_entry p i e w : p < frames -> e_kernel e = false -> entry_word e w ->
  simulates (write_entry p i e) (effect (wwrite p i w)) nothing.
Proof.
  intros Hp Hk He s c v s' F R H. met H. checks. change table_size with 1024 in *. view R p Hp X. subst.
  pose proof (E_word _ _ He). finish. split; [exact I|].
  apply (stands_put s c); [exact R|intros; now apply set_word_other| |discriminate].
  intros j Hj. rewrite set_word_here. unfold update. destruct (j =? i); [now split|now apply X].
Qed.

(** With two levels, the table on the way to a page is a root table. *)
Lemma root_position v l : v < 1048576 -> l < 2 -> l <> 0 -> l = 1 /\ Primitives.index_at v l = v / 1024.
Proof.
  intros Hv Hl Hz. assert (l = 1) as -> by lia. split; [reflexivity|].
  change (v / 1024 mod 1024 = v / 1024). apply N.mod_small, N.div_lt_upper_bound; [discriminate|exact Hv].
Qed.
(** Where the link on the way to a page of user space stands. *)
Lemma user_slot v : v < 1048576 -> is_user_page v = true ->
  v / 1024 < slots /\ Words.kernel_slot (v / 1024) = false /\ link_place v = link_words * (v / 1024).
Proof.
  intros Hv U. assert (v / 1024 < 1024) as Hs by (apply N.div_lt_upper_bound; [discriminate|exact Hv]).
  unfold is_user_page in U. apply andb_prop in U as [_ U%negb_true_iff].
  change (Words.kernel_slot ((v / 1024) mod 1024) = false) in U. rewrite N.mod_small in U by exact Hs.
  assert (v / 1024 < slots) as Hl.
  { destruct (N.lt_ge_cases (v / 1024) slots) as [L|L]; [exact L|]. apply L_elsewhere in L; [congruence|exact Hs]. }
  split; [exact Hl|]. split; [exact U|]. now apply L_place.
Qed.
Lemma link_in_table i k : i < slots -> k < link_words -> link_words * i + k < 1024.
Proof. destruct (L_room (Sound := sound)) as (?&?&?). nia. Qed.

Lemma sim_read_link p v l : p < frames -> v < 1048576 -> l < 2 ->
  simulates (read_link p v l) (numeric (Words.read_link p v)) (fun e x => exists w, x = Int w /\ entry_word e w).
Proof.
  intros Hp Hv Hl s c u s' F R H. met H. checks. view R p Hp X. subst.
  destruct (root_position v l) as [-> E]; [assumption..|]. rewrite E in *.
  destruct (user_slot v) as (Hs&_&Ev); [assumption..|]. destruct (L_room (Sound := sound)) as (Hw&_&_).
  specialize (X (v / 1024) Hs). unfold stored_link in X.
  match goal with K : e_kernel _ = false |- _ => rewrite K in X end. destruct X as [L X]. specialize (X 0 Hw).
  assert (link_words * (v / 1024) + 0 < 1024) as Hi by now apply link_in_table.
  unfold Words.read_link. rewrite Ev. rewrite N.add_0_r in *. eexists _, _. split.
  { unfold numeric. erewrite bind_is; [|erewrite bind_is by (now apply wread_is); reflexivity]. reflexivity. }
  split; [|exact R]. eexists; split; [reflexivity|]. now apply L_read.
Qed.

Lemma write_words_is p l : forall i c, p < frames -> i + N.of_nat (List.length l) <= 1024 ->
  Forall (fun w => w < word_limit) l ->
  exists f, write_words p i l c = Some (tt, WState f (saved c) (running c) (loaded_root c))
    /\ (forall q j, q <> p \/ j < i \/ i + N.of_nat (List.length l) <= j -> f q j = words c q j)
    /\ forall k w, nth_error l k = Some w -> f p (i + N.of_nat k) = w.
Proof.
  induction l as [|w l IH]; intros i c Hp Hi Hl; cbn [write_words List.length] in *.
  - exists (words c). destruct c. repeat split. intros k w. now destruct k.
  - inversion Hl as [|? ? Hw Hl']; subst. erewrite bind_is by (apply wwrite_is; (assumption || lia)).
    edestruct (IH (i + 1)) as (f&E&Hf&Hk); [exact Hp|lia|exact Hl'|]. exists f. split; [exact E|]. cbn [words] in *.
    split; [intros q j Hj|intros [|k] w' Hw'].
    + rewrite Hf by lia. unfold set_word. destruct (N.eqb_spec q p), (N.eqb_spec j i); try reflexivity. lia.
    + injection Hw' as <-. rewrite Hf by lia. rewrite N.add_0_r. unfold set_word. now rewrite !N.eqb_refl.
    + specialize (Hk k w' Hw'). rewrite <- Hk. f_equal. lia.
Qed.

Lemma sim_write_link p v l e w : p < frames -> v < 1048576 -> l < 2 -> e_kernel e = false -> entry_word e w ->
  simulates (write_link p v l e) (effect (Words.write_link p v w)) nothing.
Proof.
  intros Hp Hv Hl Hk He s c u s' F R H. met H. checks. view R p Hp X. subst.
  destruct (root_position v l) as [-> E]; [assumption..|]. rewrite E in *.
  destruct (user_slot v) as (Hs&_&Ev); [assumption..|]. destruct (L_room (Sound := sound)) as (Hw&Hr&_).
  pose proof (L_count (Sound := sound) w) as Hn. assert (link_words * (v / 1024) + link_words <= 1024) as Hi by nia.
  destruct (write_words_is p (words_of_link w) (link_words * (v / 1024)) c) as (f&Ef&Hf&Hx); [exact Hp|lia| |].
  { apply Forall_forall. intros x Hx. apply In_nth_error in Hx as [n Hx].
    assert (n < N.to_nat link_words)%nat as Hln by (rewrite <- Hn; apply nth_error_Some; congruence).
    destruct (L_written e w (N.of_nat n)) as (y&Ey&Hy&_); [assumption|assumption|lia|].
    rewrite Nnat.Nat2N.id in Ey. congruence. }
  unfold Words.write_link. rewrite Ev. eexists _, _. split.
  { unfold effect. erewrite bind_is by exact Ef. reflexivity. }
  split; [exact I|]. apply (stands_put s c); [exact R|intros; apply Hf; tauto| |discriminate].
  intros j Hj. unfold update. destruct (N.eqb_spec j (v / 1024)) as [->|Hne]; unfold stored_link.
  - rewrite Hk. split; [assumption|]. intros k Hkl. destruct (L_written e w k) as (y&Ey&_&Hy); [assumption..|].
    rewrite <- (Nnat.N2Nat.id k), (Hx _ _ Ey). now rewrite Nnat.N2Nat.id.
  - assert (forall k, k < link_words -> f p (link_words * j + k) = words c p (link_words * j + k)) as Hsame.
    { intros k Hkl. apply Hf. right. destruct (N.lt_total j (v / 1024)) as [?|[?|?]]; [left; nia|easy|right; nia]. }
    specialize (X j Hj). unfold stored_link in X. destruct (e_kernel (entries j)).
    + destruct X as [K X]. split; [exact K|]. specialize (Hsame 0 Hw). rewrite N.add_0_r in Hsame. now rewrite Hsame.
    + destruct X as [L X]. split; [exact L|]. intros k Hkl. rewrite Hsame by exact Hkl. auto.
Qed.

Lemma fold_same (g h : N -> bool) n : (forall i, i < n -> g i = h i) ->
  N.recursion true (fun i b => b && negb (g i)) n = N.recursion true (fun i b => b && negb (h i)) n.
Proof.
  induction n as [|n IH] using N.peano_ind; intros E; [reflexivity|].
  rewrite !(N.recursion_succ eq) by (try reflexivity; intros ? ? -> ? ? ->; reflexivity).
  rewrite IH, E by (intros; try apply E; lia). reflexivity.
Qed.

Lemma sim_is_empty_table p : p < frames -> simulates (is_empty_table p) (truth_value (Words.is_empty_table p))
  same_truth.
Proof.
  intros Hp s c v s' F R H. met H. view R p Hp X. unfold truth_value, wbind, Words.is_empty_table.
  rewrite (proj2 (N.ltb_lt _ _) Hp). eexists _, _. split; [reflexivity|]. split; [|exact R].
  eexists. split; [reflexivity|]. rewrite bit_truth. unfold has_no_entry. change table_size with 1024 in *.
  apply fold_same. intros i Hi. checks. change (height < 1) in Heqb. assert (height = 0) as -> by lia.
  now rewrite <- (E_present _ _ (proj2 (X i Hi))).
Qed.

Lemma sim_read_gift p i : p < frames ->
  simulates (read_gift p i) (numeric (wread p i)) (fun g x => exists w, x = Int w /\ gift_word g w).
Proof.
  intros Hp s c v s' F R H. met H. checks. change table_size with 1024 in *. view R p Hp X. finish.
  split; [|exact R]. eexists; split; [reflexivity|]. now apply X.
Qed.
Lemma sim_write_gift p i g w : p < frames -> gift_word g w ->
  simulates (write_gift p i g) (effect (wwrite p i w)) nothing.
Proof.
  intros Hp Hg s c v s' F R H. met H. checks. change table_size with 1024 in *. view R p Hp X.
  pose proof (G_word _ _ Hg). finish. split; [exact I|].
  apply (stands_put s c); [exact R|intros; now apply set_word_other| |discriminate].
  intros j Hj. rewrite set_word_here. unfold update. destruct (j =? i); [exact Hg|now apply X].
Qed.

Lemma sim_read_origin p i : p < frames -> simulates (read_origin p i) (numeric (read_page p i)) same_number.
Proof.
  intros Hp s c v s' F R H. met H. checks. change table_size with 1024 in *. view R p Hp X.
  eexists _, _. split; [unfold numeric; erewrite bind_is; [|apply read_page_is; [exact Hp|assumption|now apply X]];
    reflexivity|].
  now split.
Qed.
Lemma sim_write_origin p i v : p < frames -> v < 1048576 ->
  simulates (write_origin p i v) (effect (write_page p i v)) nothing.
Proof.
  intros Hp Hv s c r s' F R H. met H. checks. change table_size with 1024 in *. view R p Hp X. finish. split;
    [exact I|].
  apply (stands_put s c); [exact R|intros; now apply set_word_other| |discriminate].
  intros j Hj. rewrite set_word_here. unfold update. destruct (j =? i); [reflexivity|now apply X].
Qed.

(** ** Searches *)
Lemma fold_first (good : N -> bool) n x : x <= n ->
  let r := N.recursion n (fun k found => let j := n - 1 - k in if good j then j else found) x in
  n - x <= r <= n /\ (r < n -> good r = true) /\ forall k, n - x <= k < r -> good k = false.
Proof.
  cbv zeta. induction x as [|x IH] using N.peano_ind; intros Hx.
  - rewrite N.recursion_0. repeat split; intros; lia.
  - rewrite (N.recursion_succ eq) by (try reflexivity; intros ? ? -> ? ? ->; reflexivity).
    destruct (IH ltac:(lia)) as (A&G&Z). destruct (good (n - 1 - x)) eqn:E.
    + repeat split; intros; try lia. exact E.
    + repeat split; intros; try lia; [now apply G|]. destruct (N.eq_dec k (n - 1 - x)) as [->|]; [exact E|].
      apply Z. lia.
Qed.
Lemma search_first f place child n : forall i, let r := search f place child n i in
  i <= r <= i + N.of_nat n /\ (r < i + N.of_nat n -> page_of (f (place r)) = child)
  /\ forall k, i <= k < r -> page_of (f (place k)) <> child.
Proof.
  cbv zeta. induction n as [|n IH]; intros i; cbn [search]; [repeat split; intros; lia|].
  destruct (N.eqb_spec (page_of (f (place i))) child) as [E|E]; [repeat split; intros; (lia || exact E)|].
  destruct (IH (i + 1)) as (A&G&Z). repeat split; intros; try lia.
  destruct (N.eq_dec k i) as [->|]; [exact E|]. apply Z. lia.
Qed.

Lemma sim_next_gift p i child : p < frames -> i < 1025 ->
  simulates (next_gift p i child) (numeric (Words.next_gift p i child)) same_number.
Proof.
  intros Hp Hi s c v s' F R H. met H. view R p Hp X. unfold numeric, Words.next_gift, wbind.
  rewrite (proj2 (N.ltb_lt _ _) Hp), (proj2 (N.leb_le i 1024)) by lia. cbn [andb].
  eexists _, _. split; [reflexivity|]. split; [|exact R]. unfold same_number. f_equal.
  destruct (search_first (words c p) (fun j => j) child (N.to_nat (1024 - i)) i) as (A1&G1&Z1).
  unfold first_gift. change table_size with 1024.
  destruct (fold_first (fun j => (i <=? j) && (gift_child (gifts j) =? child)) 1024 1024) as (A2&G2&Z2); [lia|].
  cbv beta zeta in A2, G2, Z2. rewrite Nnat.N2Nat.id in *.
  set (a := search _ _ _ _ _) in *. set (b := @N.recursion N _ _ _) in *.
  assert (forall j, i <= j < 1024 -> (page_of (words c p j) =? child) = ((i <=? j) && (gift_child (gifts j) =? child)))
    as E.
  { intros j Hj. rewrite (proj2 (N.leb_le i j)), (G_child _ _ (X j ltac:(lia))) by lia. reflexivity. }
  destruct (N.lt_trichotomy a b) as [L|[L|L]]; [|exact L|].
  - specialize (Z2 a ltac:(lia)). rewrite <- E in Z2 by lia. apply N.eqb_neq in Z2. now destruct Z2; apply G1; lia.
  - specialize (G2 ltac:(lia)). assert (i <= b) by (apply N.leb_le; now apply andb_prop in G2).
    rewrite <- E in G2 by lia. apply N.eqb_eq in G2. now destruct (Z1 b ltac:(lia)).
Qed.

(** ** Descriptors *)
Lemma sim_descriptor_page p k (f : descriptor -> N) : p < frames -> k < 1024 ->
  (forall d g, stored (DescriptorPage d) g -> g k = f d * 4096) ->
  simulates (bind (get_descriptor p) (fun d => ret (f d))) (numeric (read_page p k)) same_number.
Proof.
  intros Hp Hk Hf s c v s' F R H. met H. view R p Hp X.
  eexists _, _. split; [unfold numeric; erewrite bind_is; [|apply read_page_is; [exact Hp|exact Hk|now apply Hf]];
    reflexivity|].
  now split.
Qed.

Lemma sim_interrupt_state p : p < frames -> simulates (interrupt_state p)
  (truth_value (wbind (wread p 5) (fun w => wret (negb (w =? 0))))) same_truth.
Proof.
  intros Hp s c v s' F R H. met H. view R p Hp X. destruct X as (_&_&_&_&_&X).
  assert (5 < 1024) by lia. unfold truth_value, wbind. rewrite wread_is by assumption. eexists _, _.
  split; [reflexivity|]. split; [|exact R]. eexists. split; [reflexivity|]. now rewrite bit_truth.
Qed.

Lemma sim_set_config_list p q : p < frames -> q < frames ->
  simulates (set_config_list p q) (effect (write_page p 3 q)) nothing.
Proof.
  intros Hp Hq%frames_fit s c v s' F R H. met H. view R p Hp X. assert (3 < 1024) by lia. finish. split; [exact I|].
  apply (stands_put s c); [exact R|intros; now apply set_word_other| |].
  - destruct X as (S0&S1&S2&S3&S4&S5). simpl. rewrite !set_word_here. simpl. repeat split; assumption.
  - intros d' [= <-] _. eauto.
Qed.

Lemma sim_set_interrupt_state p b n : p < frames -> negb (n =? 0) = b ->
  simulates (set_interrupt_state p b) (effect (wwrite p 5 (if n =? 0 then 0 else 1))) nothing.
Proof.
  intros Hp <- s c v s' F R H. met H. view R p Hp X. assert (5 < 1024) by lia.
  assert ((if n =? 0 then 0 else 1) < word_limit) by (destruct (n =? 0); reflexivity). finish. split; [exact I|].
  apply (stands_put s c); [exact R|intros; now apply set_word_other| |].
  - destruct X as (S0&S1&S2&S3&S4&S5). simpl. rewrite !set_word_here. simpl. repeat split; try assumption.
    now destruct (n =? 0).
  - intros d' [= <-] _. eauto.
Qed.
End Memory.
