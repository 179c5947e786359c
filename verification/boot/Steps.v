(* SPDX-License-Identifier: Apache-2.0 *)
(** * What each step of the boot check establishes

    [wp]: a run is defined, and then [Q] holds.  [grows s s' fs]: between [s] and [s'] the check has marked the frames
    [fs], each of which nobody had before, and changed nothing else. *)
From stdpp Require Import gmap.
From Pip.Isolation Require Export Inv Boot.
From Pip.BootCheck Require Export Check.

Definition wp {A} (m : B A) (Q : A -> boot_words -> Prop) (s : boot_words) : Prop :=
  match m s with Done a s' => Q a s' | Undefined => False end.

Lemma wp_bind {A A'} (m : B A) (f : A -> B A') (Q : A' -> boot_words -> Prop) s :
  wp m (fun a s' => wp (f a) Q s') s -> wp (bind m f) Q s.
Proof. unfold wp, bind. by destruct (m s). Qed.

Lemma wp_ret {A} (a : A) (Q : A -> boot_words -> Prop) s : Q a s -> wp (ret a) Q s.
Proof. done. Qed.

Lemma wp_mono {A} (m : B A) (Q Q' : A -> boot_words -> Prop) s :
  wp m Q s -> (forall a s', Q a s' -> Q' a s') -> wp m Q' s.
Proof. unfold wp. destruct (m s); auto. Qed.

Lemma wp_done {A} (m : B A) (Q : A -> boot_words -> Prop) s : wp m Q s -> exists a s', m s = Done a s' /\ Q a s'.
Proof. unfold wp. destruct (m s); [eauto|done]. Qed.

Lemma fault_eq_SOUND f : fault_eq f SOUND = true <-> f = SOUND.
Proof. by destruct f. Qed.

Record grows (s s' : boot_words) (fs : list N) : Prop := {
  grows_words : word_at s' = word_at s;
  grows_directory : directory s' = directory s;
  grows_running : running s' = running s;
  grows_loaded : loaded s' = loaded s;
  grows_once : NoDup fs;
  grows_new : Forall (fun p => taken s p = false) fs;
  grows_taken : forall p, taken s' p = true <-> taken s p = true \/ p ∈ fs;
}.

Lemma grows_nothing s : grows s s [].
Proof. split; try done; [by constructor..|]. intros p. set_solver. Qed.

Lemma grows_more s s1 s2 fs gs : grows s s1 fs -> grows s1 s2 gs -> grows s s2 (fs ++ gs).
Proof.
  intros [W1 D1 R1 L1 O1 N1 T1] [W2 D2 R2 L2 O2 N2 T2].
  assert (forall p, p ∈ gs -> taken s p = false /\ p ∉ fs) as X.
  { intros p Hp. apply (proj1 (Forall_forall _ _) N2) in Hp. split.
    - apply not_true_is_false. intros E. rewrite (proj2 (T1 p)) in Hp by (by left). done.
    - intros E. rewrite (proj2 (T1 p)) in Hp by (by right). done. }
  split; try congruence.
  - apply NoDup_app. split_and!; [done| |done]. intros p Hp Hq. by apply (X p Hq).
  - apply Forall_app. split; [done|]. apply Forall_forall. intros p Hp. by apply X.
  - intros p. rewrite T2, T1, elem_of_app. tauto.
Qed.

Section Steps.
Context `{Layout}.
Implicit Types (s : boot_words) (p i : N) (fs : list N).

(** The kernel's own frames are marked. *)
Definition reserved s : Prop := forall p, kernel_frame p = true -> taken s p = true.

Lemma grows_reserved s s' fs : reserved s -> grows s s' fs -> reserved s'.
Proof. intros R G p Hp. apply (grows_taken _ _ _ G). left. auto. Qed.

(** A frame whose words the check may read: it exists, and is not the kernel's. *)
Definition visible p : Prop := p < pages /\ kernel_frame p = false.
Definition structure_frame p : Prop := ordinary_memory p = true /\ kernel_frame p = false.
Definition user_page_frame p : Prop := user_frame p = true /\ kernel_frame p = false.

Lemma structure_visible p : structure_frame p -> visible p.
Proof. unfold structure_frame, ordinary_memory, visible. intros [E K]. by bool. Qed.

Lemma reserved_not_kernel s p : reserved s -> taken s p = false -> kernel_frame p = false.
Proof. intros R E. apply not_true_is_false. intros K%R. congruence. Qed.

(** ** Primitives *)
Lemma wp_boot_word p i (Q : word -> boot_words -> Prop) s : visible p -> i < 1024 -> Q (word_at s p i) s ->
  wp (boot_word p i) Q s.
Proof. intros [L%N.ltb_lt K] I%N.ltb_lt Hq. unfold wp, boot_word. by rewrite L, K, I. Qed.

Lemma wp_boot_entry p i (Q : word -> boot_words -> Prop) s : visible p -> i < table_size -> Q (word_at s p i) s ->
  wp (boot_entry p i) Q s.
Proof. intros V I. apply wp_boot_word; [done|]. pose proof table_in_page. lia. Qed.

Lemma wp_boot_link p i (Q : word -> boot_words -> Prop) s : visible p -> i < top_slots ->
  Q (word_at s p (link_place i)) s -> wp (boot_link p i) Q s.
Proof.
  intros V I Hq. unfold boot_link. rewrite (proj2 (N.ltb_lt _ _) I). apply wp_boot_word; [done| |done].
  pose proof slots_in_table. unfold link_place. nia.
Qed.

Lemma wp_link_follows p i e (Q : bool -> boot_words -> Prop) s : visible p -> i < top_slots ->
  Q (later_words_are (word_at s p) i e) s -> wp (link_follows p i e) Q s.
Proof. intros [L%N.ltb_lt K] I%N.ltb_lt Hq. unfold wp, link_follows. by rewrite L, K, I. Qed.

Lemma later_words w i e : later_words_are w i e = true ->
  forall k, 0 < k < link_words -> w (link_place i + k) = later_word e k.
Proof.
  intros E k Hk. unfold later_words_are in E. rewrite forallb_forall in E. specialize (E (N.to_nat k)).
  rewrite N2Nat.id in E. apply N.eqb_eq, E, in_seq. lia.
Qed.

Lemma wp_directory_entry i (Q : word -> boot_words -> Prop) s : i < table_size -> Q (directory s i) s ->
  wp (directory_entry i) Q s.
Proof. intros I%N.ltb_lt Hq. unfold wp, directory_entry. by rewrite I. Qed.

Lemma wp_index_after i (Q : index -> boot_words -> Prop) s : i < table_size -> Q (i + 1) s -> wp (index_after i) Q s.
Proof. intros I%N.ltb_lt Hq. unfold wp, index_after. by rewrite I. Qed.

(** ** Taking frames *)
Lemma wp_mark p (Q : fault -> boot_words -> Prop) s : p < noted_frames -> taken s p = false ->
  (forall s', grows s s' [p] -> Q SOUND s') -> wp (mark_taken p ;; ret SOUND) Q s.
Proof.
  intros L E Hq. apply wp_bind. unfold wp at 1, mark_taken. rewrite (proj2 (N.ltb_lt _ _) L). apply wp_ret, Hq.
  split; try done; [by apply NoDup_singleton|by apply Forall_singleton|]. intros q. cbn. rewrite elem_of_list_singleton.
  destruct (decide (q = p)) as [->|Hn]; [rewrite update_eq|rewrite update_ne by done]; tauto.
Qed.

Lemma wp_take_if (test : bool) p (Q : fault -> boot_words -> Prop) s :
  reserved s -> (test = true -> p < noted_frames) ->
  (forall s', test = true -> kernel_frame p = false -> grows s s' [p] -> Q SOUND s') ->
  (forall f, f <> SOUND -> Q f s) ->
  wp (if negb test then ret FRAME_OUTSIDE else
      bind (is_taken p) (fun b => if b then ret FRAME_TAKEN else mark_taken p ;; ret SOUND)) Q s.
Proof.
  intros R L Hq Hf. destruct test; cbn [negb]; [|by apply wp_ret, Hf]. specialize (L eq_refl).
  apply wp_bind. unfold wp at 1, is_taken. rewrite (proj2 (N.ltb_lt _ _) L). destruct (taken s p) eqn:E.
  - by apply wp_ret, Hf.
  - apply wp_mark; [done..|]. intros s' G. apply Hq; [done| |done]. by eapply reserved_not_kernel.
Qed.

Lemma wp_take p (Q : fault -> boot_words -> Prop) s : reserved s ->
  (forall s', structure_frame p -> grows s s' [p] -> Q SOUND s') -> (forall f, f <> SOUND -> Q f s) ->
  wp (take p) Q s.
Proof.
  intros R Hq. apply wp_take_if; [done| |].
  - unfold ordinary_memory. intros E. pose proof (proj1 all_noted). bool. lia.
  - intros s' E K. apply Hq. by split.
Qed.

Lemma wp_take_user p (Q : fault -> boot_words -> Prop) s : reserved s ->
  (forall s', user_page_frame p -> grows s s' [p] -> Q SOUND s') -> (forall f, f <> SOUND -> Q f s) ->
  wp (take_user p) Q s.
Proof.
  intros R Hq. apply wp_take_if; [done| |].
  - unfold user_frame. intros [E|E]%orb_true_iff; [pose proof (proj1 all_noted); bool; lia|by apply all_noted].
  - intros s' E K. apply Hq. by split.
Qed.

(** A fault passes through; after [SOUND] the check goes on. *)
Lemma wp_if_sound {A} f (a : A) (k : B A) (Q : A -> boot_words -> Prop) s :
  (f <> SOUND -> Q a s) -> (f = SOUND -> wp k Q s) -> wp (if negb (fault_eq f SOUND) then ret a else k) Q s.
Proof.
  intros Hn Hy. destruct (fault_eq f SOUND) eqn:E.
  - by apply Hy, fault_eq_SOUND.
  - apply wp_ret, Hn. intros X. by rewrite (proj2 (fault_eq_SOUND f) X) in E.
Qed.

Lemma wp_take_three a b c (Q : fault -> boot_words -> Prop) s : reserved s ->
  (forall s', Forall structure_frame [a; b; c] -> grows s s' [a; b; c] -> Q SOUND s') ->
  (forall f s', f <> SOUND -> Q f s') -> wp (take_three a b c) Q s.
Proof.
  intros R Hq Hf. unfold take_three. apply wp_bind, wp_take; [done| |intros; apply wp_if_sound; auto; done].
  intros s1 A G1. apply wp_if_sound; [done|intros _]. apply wp_bind, wp_take; [by eapply grows_reserved| |].
  2: { intros; apply wp_if_sound; auto; done. }
  intros s2 A2 G2. apply wp_if_sound; [done|intros _]. pose proof (grows_more _ _ _ _ _ G1 G2) as G.
  apply wp_take; [by eapply grows_reserved| |by auto]. intros s3 A3 G3.
  apply Hq; [by rewrite !Forall_cons, Forall_nil|]. exact (grows_more _ _ _ _ _ G G3).
Qed.

(** ** The kernel's frames *)
Lemma wp_reserve fuel p limit (Q : bool -> boot_words -> Prop) s :
  (forall s' b, word_at s' = word_at s -> directory s' = directory s -> running s' = running s ->
    loaded s' = loaded s -> (forall q, taken s q = true -> taken s' q = true) ->
    (b = true -> forall q, p <= q < limit -> taken s' q = true) -> Q b s') -> wp (reserve fuel p limit) Q s.
Proof.
  revert p s. induction fuel as [|fuel IH]; intros p s Hq; cbn [reserve].
  { apply wp_ret, Hq; done. }
  unfold past. destruct (limit <=? p) eqn:E; bool.
  { apply wp_ret, Hq; try done. intros _ q ?. lia. }
  unfold frame_exists. destruct (p <? pages) eqn:L; cbn [negb]; [|by apply wp_ret, Hq].
  apply wp_bind. unfold wp at 1, mark_taken. rewrite (proj2 (N.ltb_lt p noted_frames)) by
    (apply N.ltb_lt in L; pose proof (proj1 all_noted); lia). apply wp_bind. unfold wp at 1, frame_after. rewrite L.
  apply (IH (p + 1)). cbn. intros s' b W D R Lo T X. apply Hq; try done.
  - intros q Hq'. apply T. destruct (decide (q = p)) as [->|]; [apply update_eq|by rewrite update_ne].
  - intros -> q Hr. destruct (decide (q = p)) as [->|]; [apply T, update_eq|apply X; [done|lia]].
Qed.

End Steps.
Global Opaque wp bind ret.
