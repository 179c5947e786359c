(* SPDX-License-Identifier: Apache-2.0 *)
(** * Isolation on words

    [w_step] is what may happen on a machine of words: the printed kernel serves a call, an interrupt or a fault; user
    mode writes a word through the processor's translation; the processor marks entries as accessed or dirty; user mode
    changes its registers.  In every memory that can
    be reached from a good one HI, VS and KDI hold of the words ([words_isolated]),
      the kernel's program never gets stuck
    ([words_served]), and user mode reaches what its entries permit ([words_reached],
    [words_translated]) and nothing else ([words_closed]).  For x86 and for ARMv7: Machines.v. *)
From Coq Require Import String List.
From Pip.Isolation Require Import Theorems.
From Pip.Translation Require Import Lang CSem SimStm Bounded Det.
From Pip.Translation.Kernel Require Import Program Final Ranges.
From Pip.Words Require Import Words WordMachine Bits Pure Memory Lists Pages Octets Faithful Mmu.
From Pip.Model Require Import Primitives.
Import ListNotations.
Local Open Scope N_scope.

Section Theorems.
Context {arch : Architecture} {enc : Encoding arch} {sound : Sound} {proc : Processor}.
Variables root_frame frame_count : N.
Variable directory : N -> N.
Hypothesis B : sound_boot root_frame frame_count directory.

#[local] Instance theorem_params : Params := machine_of root_frame frame_count.
Notation machine := (word_machine root_frame frame_count directory).
Notation on_words := (on_words root_frame frame_count directory).
Notation represents := (represents directory).
Variable junk : locals machine.

(** A call as the entry code makes it: a function of services.c, and words. *)
Definition entry_point (k : Execution.call) : string * list N :=
  match k with
  | CallCreatePartition d m s1 s2 l => ("createPartition"%string, [d; m; s1; s2; l])
  | CallCountToMap child va => ("countToMap"%string, [child; va])
  | CallPrepare child va first => ("prepare"%string, [child; va; first])
  | CallAddVAddr source child destination r w x =>
      ("addVAddr"%string, [source; child; destination; bit r; bit w; bit x])
  | CallRemoveVAddr child va => ("removeVAddr"%string, [child; va])
  | CallMappedInChild va => ("mappedInChild"%string, [va])
  | CallDeletePartition child => ("deletePartition"%string, [child])
  | CallCollect child va => ("collect"%string, [child; va])
  | CallYield child vector slot f f' => ("yieldTo"%string, [child; vector; slot; f; f'])
  | CallGetIntState child => ("getIntState"%string, [child])
  | CallSetIntState flags => ("setIntState"%string, [flags])
  | CallPhysicalAddress va => ("physicalAddress"%string, [va])
  | Interrupt vector => ("deliverInterrupt"%string, [vector])
  | Fault vector => ("deliverFault"%string, [vector])
  end.
Definition are_words (l : list N) : Prop := Forall (fun n => n < word_limit) l.

Definition serves (k : Execution.call) (c c' : wstate) : Prop :=
  exists v, call machine kernel_functions junk (fst (entry_point k)) (map Int (snd (entry_point k))) c v c'.

Lemma outcome_done {A} (m : K A) s s' : outcome_of m s = Done tt s' -> exists a, m s = Done a s'.
Proof. unfold outcome_of. intros H. apply bind_done in H as (a&s1&E&H). injection H as <-. by exists a. Qed.

Lemma plain_done m s ans s' : plain m s = Done ans s' -> exists a, m s = Done a s'.
Proof. unfold plain. intros H. apply bind_done in H as (a&s1&E&H). injection H as _ <-. by exists a. Qed.

Lemma printed_run f q (Hf : find f kernel_program_env = Some q) a vs s c v s' : all_related on_words (m_args q) a vs ->
  represents s c -> app _ (m_den q) a s = Done v s' ->
  exists c', (exists w, call machine kernel_functions junk f vs c w c') /\ represents s' c'.
Proof.
  intros Ha R H. destruct (words_ok _ _ _ B junk f q Hf a vs s c v s' Ha R H) as (w&c'&E&_&R').
  exists c'. split; [by exists w|exact R'].
Qed.

(** What the model does in a call, the printed program does on words. *)
Lemma serve_on_words k s c s' : are_words (snd (entry_point k)) -> represents s c -> serve k s = Done tt s' ->
  exists c', serves k c c' /\ represents s' c'.
Proof.
  intros A R H. unfold serves, are_words, serve in *.
  destruct k; cbn [run entry_point fst snd map] in *; apply outcome_done in H as [a H];
    try (lazymatch type of H with plain _ _ = _ => apply plain_done in H as [b H]; clear a; rename b into a end);
    rewrite ?Forall_cons in A; destruct_and? A.
  - refine (printed_run "createPartition" _ eq_refl (descriptor_at, (mmu_at, (shadow1_at, (shadow2_at, (list_at,
    tt))))) _ s c a s' _ R H);
      repeat split; assumption.
  - refine (printed_run "countToMap" _ eq_refl (child, (va, tt)) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "prepare" _ eq_refl (child, (va, (first, tt))) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "addVAddr" _ eq_refl (source, (child, (destination, (r, (w, (x, tt)))))) _ s c a s' _ R H);
      repeat split; try assumption; cbn; by rewrite bit_truth.
  - refine (printed_run "removeVAddr" _ eq_refl (child, (va, tt)) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "mappedInChild" _ eq_refl (va, tt) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "deletePartition" _ eq_refl (child, tt) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "collect" _ eq_refl (child, (va, tt)) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "yieldTo" _ eq_refl (child, (vector, (save_slot, (flags_on_yield, (flags_on_wake,
    tt))))) _ s c a s' _ R H);
      repeat split; assumption.
  - refine (printed_run "getIntState" _ eq_refl (child, tt) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "setIntState" _ eq_refl (flags, tt) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "physicalAddress" _ eq_refl (va, tt) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "deliverInterrupt" _ eq_refl (vector, tt) _ s c a s' _ R H); repeat split; assumption.
  - refine (printed_run "deliverFault" _ eq_refl (vector, tt) _ s c a s' _ R H); repeat split; assumption.
Qed.

(** ** Steps of the machine of words *)

(** Memory of words that is good: some well-formed typed state stands behind it. *)
Definition good (c : wstate) : Prop := exists s, wf s /\ represents s c.

Inductive w_step : wstate -> wstate -> Prop :=
| w_kernel k c c' : are_words (snd (entry_point k)) -> serves k c c' -> w_step c c'
| w_write c linear t i w : linear < word_limit -> translate (words c) (loaded_root c) linear = Some t ->
    t_user t = true -> t_write t = true -> i < 1024 -> w < word_limit ->
    w_step c (WState (set_word (words c) (t_frame t) i w) (saved c) (running c) (loaded_root c))
| w_mark c p i w : marks (words c) (loaded_root c) p i w ->
    w_step c (WState (set_word (words c) p i w) (saved c) (running c) (loaded_root c))
| w_register c r : (forall i, r i < word_limit) -> w_step c (WState (words c) r (running c) (loaded_root c)).

Inductive w_steps : wstate -> wstate -> Prop :=
| w_refl c : w_steps c c
| w_next c c1 c2 : w_step c c1 -> w_steps c1 c2 -> w_steps c c2.

(** User mode reaches what its entries permit. *)
Lemma access_ok s c linear t : wf s -> represents s c -> linear < word_limit ->
  translate (words c) (loaded_root c) linear = Some t -> t_user t = true ->
  let e := mmu_entry (mem s) (current s) (page_of linear) in
  e_user e = true /\ e_frame e = t_frame t /\ (t_write t = true -> e_write e = true).
Proof.
  intros (ρ&V&R&I&[n Ec]&T) [F S] Hl H U. cbv zeta. rewrite (mmu_entry_view _ _ _ _ _ _ R Ec).
  eapply access_on_words; eassumption.
Qed.

Lemma write_keeps_good c linear t i w : good c -> linear < word_limit ->
  translate (words c) (loaded_root c) linear = Some t -> t_user t = true -> t_write t = true -> i < 1024 ->
  w < word_limit -> good (WState (set_word (words c) (t_frame t) i w) (saved c) (running c) (loaded_root c)).
Proof.
  intros (s&Hs&R) Hl H U Hw Hi Hn. destruct (access_ok s c linear t Hs R Hl H U) as (Eu&Ef&Ew).
  assert (translates s (page_of linear) (mmu_entry (mem s) (current s) (page_of linear))) as Ht by by right.
  assert (permits (mmu_entry (mem s) (current s) (page_of linear)) Write = true) as P
    by (unfold permits; by rewrite Eu, Ew).
  destruct (permitted_data s _ _ Write Hs Ht P) as [g Eg].
  assert (wp (write_word (e_frame (mmu_entry (mem s) (current s) (page_of linear))) i w) (fun _ _ => True) s) as X.
  { unfold write_word. rewrite (proj2 (N.ltb_lt _ _) Hi). apply wp_bind, wp_get. rewrite Eg. by apply wp_put. }
  apply wp_done in X as ([]&s2&E&_).
  assert (wf s2) as Hs2 by (eapply step_keeps_wf; [exact Hs|by eapply write_step]).
  exists s2. split; [exact Hs2|].
  destruct R as [F S]. rewrite Ef in E.
  assert (t_frame t < frames) as Hp.
  { assert (0 < frames) as Z by (pose proof (S_frames (Sound := sound)); lia). rewrite <- Ef. unfold mmu_entry.
    destruct (leaf _ _ _ _) as [p|]; [|done]. pose proof (F_mem _ _ F p) as X. destruct (mem s p); try done. apply X. }
  assert (exists x c', effect (wwrite (t_frame t) i w) c = Some (x, c') /\ stands directory s2 c') as (x&c'&W&S').
  { assert (simulates directory (write_word (t_frame t) i w) (effect (wwrite (t_frame t) i w)) nothing) as X
      by (by apply sim_write_word).
    destruct (X s c tt s2 F S E) as (x&c'&W&_&S'). by exists x, c'. }
  unfold effect in W.
  erewrite bind_is in W by (apply wwrite_is; assumption). injection W as _ <-. split; [|exact S'].
  destruct (found _ "write_word"%string _ _ (monadic_primitives_fit frames (two_levels_here _ _ _ B)) eq_refl
    (t_frame t, (i, (w, tt))) s tt s2) as [_ X]; [|exact F|exact E|exact X].
  repeat split; [exact Hp|cbn; lia|exact Hn].
Qed.

Lemma step_keeps_good c c' : good c -> w_step c c' -> good c'.
Proof.
  intros G X. revert G.
  destruct X as [k c c' A [v E]|c linear t i w Hl H U Hw Hi Hn|c p i w M|c r Hr]; intros G.
  - destruct G as (s&Hs&R). destruct (never_undefined s s k Hs (steps_refl s)) as [s2 D].
    destruct (serve_on_words k s c s2 A R D) as (c2&[v2 E2]&R2).
    destruct (call_deterministic _ _ _ _ _ _ _ _ _ _ E E2) as [_ ->].
    exists s2. split; [|exact R2]. eapply step_keeps_wf; [exact Hs|]. by eapply kernel_step.
  - exact (write_keeps_good c linear t i w G Hl H U Hw Hi Hn).
  - destruct G as (s&Hs&[F S]). exists s. split; [exact Hs|].
    destruct Hs as (ρ&V&R&I&[n Ec]&_). split; [exact F|].
    eapply marks_on_words; eassumption.
  - destruct G as (s&Hs&[F S]). exists (State (mem s) (current s) r (tlb s)).
    split; [eapply step_keeps_wf; [exact Hs|apply register_step]|]. split; [destruct F|destruct S]; by constructor.
Qed.

Lemma steps_keep_good c c' : good c -> w_steps c c' -> good c'.
Proof. intros G X. revert G. induction X; eauto using step_keeps_good. Qed.

(** ** The theorems *)

(** Whatever user mode, the processor and calls of the kernel do from a good memory on: HI, VS and KDI hold of its
    words. *)
Theorem words_isolated c c' : good c -> w_steps c c' ->
  w_HI root_frame (words c') /\ w_VS root_frame (words c') /\ w_KDI root_frame (words c').
Proof.
  intros G X. destruct (steps_keep_good c c' G X) as (s&(ρ&V&R&I&_)&[F S]).
  by apply (isolated_on_words root_frame frame_count directory B ρ V s c').
Qed.

(** The printed kernel answers every call with any words, in every memory that can be reached: it never gets stuck. *)
Theorem words_served c c' k : good c -> w_steps c c' -> are_words (snd (entry_point k)) -> exists c2, serves k c' c2.
Proof.
  intros G X A. destruct (steps_keep_good c c' G X) as (s&Hs&R).
  destruct (never_undefined s s k Hs (steps_refl s)) as [s2 D].
  destruct (serve_on_words k s c' s2 A R D) as (c2&E&_). by exists c2.
Qed.

(** What user mode can touch, the running partition's own entry permits. *)
Theorem words_reached c c' linear t : good c -> w_steps c c' -> linear < word_limit ->
  translate (words c') (loaded_root c') linear = Some t -> t_user t = true ->
  w_accessible (words c') (running c') (t_frame t).
Proof.
  intros G X Hl H U. destruct (steps_keep_good c c' G X) as (s&Hs&R).
  destruct (access_ok s c' linear t Hs R Hl H U) as (Eu&Ef&_).
  destruct Hs as (ρ&V&RV&I&[n Ec]&_), R as [F S]. rewrite (mmu_entry_view _ _ _ _ _ _ RV Ec) in *.
  exists (page_of linear). assert (page_of linear < 1048576) as Hv by (by apply page_of_fits).
  assert (entry_word (v_entry V (current s) (page_of linear))
    (w_leaf_word (words c') 0 (current s) (page_of linear))) as W by (by eapply entry_on_words).
  rewrite (R_running _ _ _ S). split; [exact Hv|]. by rewrite (E_user _ _ W), (E_frame _ _ W).
Qed.

(** And all of it: in user space, the processor's walk finds the entry with all its rights, and nothing else; [e] is
    the model's entry. *)
Theorem words_translated c c' linear : good c -> w_steps c c' -> linear < word_limit ->
  Words.user_page (page_of linear) = true ->
  let w := w_leaf_word (words c') 0 (running c') (page_of linear) in (exists e, entry_word e w) /\
  translate (words c') (loaded_root c') linear =
    if Words.is_present w
    then Some (Translation (page_of w) (Words.is_user w) (Words.is_writable w) (executes (Words.is_executable w))
                 (is_global w))
    else None.
Proof.
  intros G X Hl U. cbv zeta. destruct (steps_keep_good c c' G X) as (s&(ρ&V&RV&I&[n Ec]&_)&[F S]).
  assert (page_of linear < 1048576) as Hv by (by apply page_of_fits).
  assert (entry_word (v_entry V (current s) (page_of linear))
    (w_leaf_word (words c') 0 (current s) (page_of linear))) as W by (by eapply entry_on_words).
  rewrite (R_running _ _ _ S). split; [by eexists|].
  rewrite (E_present _ _ W), (E_frame _ _ W), (E_user _ _ W), (E_write _ _ W), (E_execute _ _ W). by eapply translated.
Qed.

(** Beyond user space it finds nothing for user mode. *)
Theorem words_closed c c' linear t : good c -> w_steps c c' -> linear < word_limit ->
  Words.user_page (page_of linear) = false -> translate (words c') (loaded_root c') linear = Some t -> t_user t = false.
Proof.
  intros G X. destruct (steps_keep_good c c' G X) as (s&(ρ&V&RV&I&[n Ec]&_)&[F S]). by eapply not_translated.
Qed.
End Theorems.
