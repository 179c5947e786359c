(* SPDX-License-Identifier: Apache-2.0 *)
(** * Pages that change their kind, the running partition, registers and user memory, on words *)
From Coq Require Import List String Bool NArith Lia.
From Pip.Translation.Kernel Require Import Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory Lists.
From Pip.Model Require Import Primitives.
Import ListNotations.
Local Open Scope N_scope.

Section Pages.
Context {arch : Architecture} {enc : Encoding arch} {sound : Sound}.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance page_params : Params := machine_of root_frame frame_count.
Notation stored := (stored directory).
Notation stands := (stands directory).
Notation simulates := (simulates directory).

Lemma sim_page (m : K unit) p f o : p < frames ->
  (forall s v s', m s = Done v s' -> s' = State (update (mem s) p o) (current s) (registers s) (tlb s)) ->
  (forall d, o <> DescriptorPage d) -> (forall g, (forall i, i < 1024 -> g i = f i) -> stored o g) ->
  simulates m (effect (wfill p f)) nothing.
Proof.
  intros Hp Hm Ho Hs s c v s' F R H. rewrite (Hm _ _ _ H). eexists _, _. split.
  { unfold effect. erewrite bind_is by now apply wfill_is. reflexivity. }
  split; [exact I|]. eapply stands_put; [exact R| | |intros d E; now destruct (Ho d)].
  - intros q j E. now rewrite (proj2 (N.eqb_neq _ _) E).
  - apply Hs. intros i Hi. now rewrite N.eqb_refl, (proj2 (N.ltb_lt _ _) Hi).
Qed.

Lemma sim_clear_page p : p < frames -> simulates (clear_page p) (effect (Words.clear_page p)) nothing.
Proof.
  intros Hp. apply (sim_page _ _ _ (Data (fun _ => 0))); auto; [intros s v s' H; now met H|discriminate].
Qed.

Lemma level_cases l : l < 2 -> l = 0 \/ l = 1.
Proof. lia. Qed.

(** A root table as it is made. *)
Lemma sim_format_root (m : K unit) k p f : p < frames ->
  (forall s v s', m s = Done v s' ->
     s' = State (update (mem s) p (empty_table k 1)) (current s) (registers s) (tlb s)) ->
  (forall i j, i < slots -> (k = Mmu -> Words.kernel_slot i = false) -> j < link_words -> f (link_words * i + j) = 0) ->
  (k = Mmu -> f = directory) -> simulates m (effect (wfill p f)) nothing.
Proof.
  intros Hp Hm Hz Hd. apply (sim_page _ _ _ (empty_table k 1)); [exact Hp|exact Hm|now destruct k|].
  intros g Hg. assert (forall i j, i < slots -> j < link_words -> g (link_words * i + j) = f (link_words * i + j)) as G
    by (intros; now apply Hg, link_in_table).
  destruct (L_room (Sound := sound)) as (Hw&_).
  destruct k; intros i Hi; unfold stored_link; cbn [e_kernel absent_entry];
    [|split; [reflexivity|intros j Hj; rewrite G, Hz by (assumption || discriminate); apply L_absent]..].
  change ((1 =? N.of_nat top) && kernel_slot i) with (Words.kernel_slot i). destruct (Words.kernel_slot i) eqn:E.
  - split; [reflexivity|]. specialize (G i 0 Hi Hw). rewrite N.add_0_r in G. rewrite G, Hd by reflexivity. apply K_same.
  - split; [reflexivity|]. intros j Hj. rewrite G, Hz by (assumption || now intros). apply L_absent.
Qed.

Lemma sim_format_mmu p l : p < frames -> l < 2 ->
  simulates (format_mmu p l) (effect (Words.format_mmu directory p l)) nothing.
Proof.
  intros Hp Hl. unfold Words.format_mmu. destruct (level_cases l Hl) as [-> | ->].
  - apply (sim_page _ _ _ (empty_table Mmu 0)); [exact Hp|intros s v s' H; now met H|discriminate|].
    intros g Hg i Hi. rewrite Hg by exact Hi. split; [reflexivity|apply E_absent].
  - apply (sim_format_root _ Mmu); [exact Hp|intros s v s' H; now met H| |reflexivity].
    intros i j Hi Hk. apply (B_kernel _ _ _ B i j Hi). now apply Hk.
Qed.
Lemma sim_format_shadow1 p l : p < frames -> l < 2 ->
  simulates (format_shadow1 p l) (effect (Words.clear_page p)) nothing.
Proof.
  intros Hp Hl. destruct (level_cases l Hl) as [-> | ->].
  - apply (sim_page _ _ _ (empty_table Shadow1 0)); [exact Hp|intros s v s' H; now met H|discriminate|].
    intros g Hg i Hi. rewrite Hg by exact Hi. now constructor.
  - apply (sim_format_root _ Shadow1); [exact Hp|intros s v s' H; now met H|reflexivity|discriminate].
Qed.
Lemma sim_format_shadow2 p l : p < frames -> l < 2 ->
  simulates (format_shadow2 p l) (effect (Words.clear_page p)) nothing.
Proof.
  intros Hp Hl. destruct (level_cases l Hl) as [-> | ->].
  - apply (sim_page _ _ _ (empty_table Shadow2 0)); [exact Hp|intros s v s' H; now met H|discriminate|].
    intros g Hg i Hi. now rewrite Hg by exact Hi.
  - apply (sim_format_root _ Shadow2); [exact Hp|intros s v s' H; now met H|reflexivity|discriminate].
Qed.

Lemma sim_format_list p origin next : p < frames -> origin < 1048576 -> next < frames ->
  simulates (format_list p origin next) (effect (Words.format_list p origin next)) nothing.
Proof.
  intros Hp Ho Hn%frames_fit s c v s' F R H. met H. unfold Words.format_list. eexists _, _. split.
  { unfold effect. erewrite bind_is; [|ran; apply wwrite_is; small]. reflexivity. }
  split; [exact I|]. cbn [Words.words saved running loaded_root].
  eapply stands_put; [exact R|intros; now rewrite !set_word_other| |discriminate].
  cbn [WordMachine.stored list_next list_origin list_count]. split; [cells; reflexivity|].
  split; [cells; reflexivity|]. split; [cells; reflexivity|]. intros j Hj. lia.
Qed.

Lemma sim_format_descriptor p q1 q2 q3 q4 q5 :
  p < frames -> q1 < frames -> q2 < frames -> q3 < frames -> q4 < frames -> q5 < frames ->
  simulates (format_descriptor p q1 q2 q3 q4 q5) (effect (Words.format_descriptor p q1 q2 q3 q4 q5)) nothing.
Proof.
  intros Hp H1%frames_fit H2%frames_fit H3%frames_fit H4%frames_fit H5%frames_fit s c v s' F R H. met H. checks.
  unfold Words.format_descriptor. eexists _, _. split.
  { unfold effect. erewrite bind_is; [|ran; apply wwrite_is; small]. reflexivity. }
  split; [exact I|]. cbn [Words.words saved running loaded_root].
  eapply stands_put; [exact R|intros; now rewrite !set_word_other| |intros d _ E; congruence].
  cbn [WordMachine.stored d_mmu d_shadow1 d_shadow2 d_list d_parent d_vsti].
  repeat (split; [cells; reflexivity|]). cells; reflexivity.
Qed.

(** ** The running partition and the registers *)
Lemma sim_current_partition : simulates current_partition (fun c => Some (Int (running c), c)) same_number.
Proof.
  intros s c v s' F R H. met H. eexists _, _. split; [reflexivity|]. split; [|exact R]. unfold same_number.
  now rewrite (R_running _ _ _ R).
Qed.

Lemma sim_switch_to p : p < frames -> simulates (switch_to p) (effect (Words.switch_to p)) nothing.
Proof.
  intros Hp s c v s' F R H. met H. view R p Hp X. destruct X as (X0&_). unfold Words.switch_to. eexists _, _. split.
  { unfold effect. erewrite bind_is; [|erewrite bind_is by (apply wread_is; small); reflexivity]. reflexivity. }
  split; [exact I|]. destruct R as [Rm Rr Rs Rl]. constructor; cbn [mem current registers words saved running
    loaded_root];
    auto. intros d' E. rewrite X0. f_equal. congruence.
Qed.

Lemma sim_invalidate v : simulates (invalidate v) (wret (Int 0)) nothing.
Proof.
  intros s c r s' F R H. met H. eexists _, _. split; [reflexivity|]. split; [exact I|].
  destruct R as [Rm Rr Rs Rl]. now constructor.
Qed.

Lemma sim_read_register i : simulates (read_register i) (numeric (Words.read_register i)) same_number.
Proof.
  intros s c v s' F R H. met H. change context_words with Words.context_words in *. eexists _, _. split.
  { unfold numeric, Words.read_register. erewrite bind_is.
    2: match goal with E : (_ <? _) = true |- _ => rewrite E end; reflexivity. reflexivity. }
  split; [|exact R]. unfold same_number. f_equal. apply (R_saved _ _ _ R). now apply N.ltb_lt.
Qed.

Lemma write_register_is i w s c v s' : stands s c -> w < word_limit -> write_register i w s = Done v s' ->
  exists c', Words.write_register i w c = Some (tt, c') /\ stands s' c'.
Proof.
  intros R Hw H. met H. change context_words with Words.context_words in *. unfold Words.write_register.
  rewrite (proj2 (N.ltb_lt _ _) Hw). match goal with E : (_ <? _) = true |- _ => rewrite E end.
  eexists. split; [reflexivity|]. destruct R as [Rm Rr Rs Rl]. constructor; auto. intros j Hj. cbn. unfold update.
  destruct (j =? i); auto.
Qed.
Lemma sim_write_register i w : w < word_limit ->
  simulates (write_register i w) (effect (Words.write_register i w)) nothing.
Proof.
  intros Hw s c v s' F R H. destruct (write_register_is _ _ _ _ _ _ R Hw H) as (c'&E&R'). eexists _, _.
  split; [unfold effect; erewrite bind_is by exact E; reflexivity|]. now split.
Qed.

(** ** User memory *)
Lemma sim_read_word p i : p < frames -> simulates (read_word p i) (numeric (wread p i)) same_number.
Proof.
  intros Hp s c v s' F R H. met H. checks. view R p Hp X. finish. split; [|exact R]. unfold same_number. f_equal.
  now apply X.
Qed.
Lemma sim_write_word p i w : p < frames -> w < word_limit ->
  simulates (write_word p i w) (effect (wwrite p i w)) nothing.
Proof.
  intros Hp Hw s c v s' F R H. met H. checks. view R p Hp X. finish. split; [exact I|].
  eapply stands_put; [exact R|intros; now apply set_word_other| |discriminate].
  intros j Hj. rewrite set_word_here. unfold update. destruct (j =? i); [reflexivity|now apply X].
Qed.

Lemma plain_offset o : is_plain_offset o = true -> N.shiftr o 2 = o / 4 /\ o / 4 + Words.context_words <= 1024.
Proof.
  unfold is_plain_offset. change (page_bytes - context_bytes) with (4096 - Words.context_bytes).
  intros [_ Ho%N.leb_le]%andb_prop. rewrite N.shiftr_div_pow2. split; [reflexivity|].
  pose proof Words.context_in_page. pose proof (N.mul_div_le o 4 ltac:(discriminate)). change (2 ^ 2) with 4. lia.
Qed.

Lemma sim_load_registers p o : p < frames ->
  simulates (load_registers p o) (effect (Words.load_registers p o)) nothing.
Proof.
  intros Hp s c v s' F R H. met H. view R p Hp X. destruct (plain_offset o) as [Eo Ho]; [assumption|].
  eexists _, _. split.
  { unfold effect, Words.load_registers. erewrite bind_is.
    2: rewrite Eo, (proj2 (N.ltb_lt _ _) Hp), (proj2 (N.leb_le _ _) Ho); reflexivity. reflexivity. }
  split; [exact I|]. destruct R as [Rm Rr Rs Rl]. constructor; auto. cbn [saved registers]. intros i Hi. unfold copy_in.
  change context_words with Words.context_words. rewrite (proj2 (N.ltb_lt _ _) Hi). apply X. lia.
Qed.

Lemma sim_store_registers p o : p < frames ->
  simulates (store_registers p o) (effect (Words.store_registers p o)) nothing.
Proof.
  intros Hp s c v s' F R H. met H. view R p Hp X. destruct (plain_offset o) as [Eo Ho]; [assumption|].
  eexists _, _. split.
  { unfold effect, Words.store_registers. erewrite bind_is.
    2: rewrite Eo, (proj2 (N.ltb_lt _ _) Hp), (proj2 (N.leb_le _ _) Ho); reflexivity. reflexivity. }
  split; [exact I|]. pose proof (R_saved _ _ _ R) as Rs. eapply stands_put; [exact R| | |discriminate].
  - intros q j E. now rewrite (proj2 (N.eqb_neq _ _) E).
  - intros j Hj. rewrite N.eqb_refl. cbn [andb]. unfold copy_out. change context_words with Words.context_words.
    destruct (N.leb_spec (o / 4) j), (N.ltb_spec j (o / 4 + Words.context_words)); cbn [andb];
      try (now apply X). apply Rs. lia.
Qed.
End Pages.
