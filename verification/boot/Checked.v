(* SPDX-License-Identifier: Apache-2.0 *)
(** * Words that the check accepts are a sound plan

    From the words a [plan] is read (isolation/Boot.v), which is sound, and whose memory these words encode; so they are
    the words of a well-formed state. *)
From stdpp Require Import gmap.
From Pip.Boot Require Export Accepted.
Open Scope N_scope.

Section Checked.
Context `{Layout}.
Hypothesis H_two_levels : top = 1%nat.
Implicit Types (p i : N) (k : kind) (W : N -> N -> N).

(** ** What words say of typed memory, page by page *)

(** An entry of a leaf table, of an interior table. *)
Definition leaf_entry_word (e : entry) : N :=
  if e_present e then leaf_word (e_frame e) (e_write e) (e_execute e) else absent_word.
Definition interior_entry_word (e : entry) : N := if e_present e then link_word (e_frame e) else absent_word.

Definition words_of_descriptor (w : N -> N) (d : descriptor) : Prop :=
  (forall k, named_frame (w (tree_place k)) = root_of d k) /\ named_frame (w list_place) = d_list d
  /\ named_frame (w parent_place) = d_parent d /\ (w vsti_place = 0 <-> d_vsti d = false).

(** The words of the links in a top table, slot by slot: the kernel's entries, where it has any; else whole links. *)
Definition link_words_of (D w : N -> N) (t : N -> entry) : Prop := forall i, i < top_slots ->
  if e_kernel (t i) then same_mapping (w (link_place i)) (D i) = true /\ word_is_user (w (link_place i)) = false
  else w (link_place i) = interior_entry_word (t i)
       /\ forall j, 0 < j < link_words -> w (link_place i + j) = later_word (interior_entry_word (t i)) j.

(** The words [w] of a page, in a memory where the page has the role [r], are those of the object [o].  A page that
    boot uses for nothing is data. *)
Definition words_of (D w : N -> N) (r : role) (o : object) : Prop :=
  match r with
  | Partition _ => exists d, o = DescriptorPage d /\ words_of_descriptor w d
  | ListAt _ _ => exists h t, o = ListPage h t /\ named_frame (w next_place) = list_next h
      /\ named_frame (w origin_place) = list_origin h /\ w count_place = list_count h
  | TreeTable _ Mmu O _ => exists t, o = Table 0 t /\ forall i, i < table_size -> w i = leaf_entry_word (t i)
  | TreeTable _ Shadow1 O _ => exists t, o = Shadow1Leaf t /\ forall i, i < table_size -> w i = 0 /\ t i = no_gift
  | TreeTable _ Shadow2 O _ => exists t, o = Shadow2Leaf t /\ forall i, i < table_size -> w i = 0 /\ t i = 0
  | TreeTable _ _ _ _ => exists t, o = Table 1 t /\ link_words_of D w t
  | UserPage | Unused | Formatted _ | Lost => o = Data w
  end.

Section Plan.
Context (W : N -> N -> N) (D : N -> N) (A : accepted_words W D).

Definition plan_of : plan :=
  Plan (Descriptor (tree_of W Mmu) (tree_of W Shadow1) (tree_of W Shadow2) (list_of W) 0 false)
    (all_leaves W) (all_pages W) W.
Local Notation P := plan_of.

Lemma root_of_plan k : root_of (plan_descriptor P) k = tree_of W k.
Proof. by destruct k. Qed.

Lemma plan_frames : (frames P).*1 = structures W ++ (frame <$> all_pages W).
Proof.
  unfold frames, structures. rewrite !fmap_app, <- !app_assoc. cbn [app fmap list_fmap fst plan_of plan_descriptor
    d_list plan_leaves plan_mappings]. do 3 f_equal.
  f_equal; [|by rewrite <- list_fmap_compose]. induction (all_leaves W) as [|x l IH]; [done|].
  rewrite !bind_cons, fmap_app, IH. done.
Qed.

Lemma structure_frame_range p : structure_frame p -> 0 < p /\ p < pages.
Proof. unfold structure_frame, ordinary_memory. intros [E _]. pose proof frame_0_is_nobodys. bool. lia. Qed.

Lemma user_page_frame_range p : user_page_frame p -> 0 < p.
Proof.
  unfold user_page_frame, user_frame. intros [E _]. pose proof frame_0_is_nobodys as [F G].
  apply orb_true_iff in E as [E|E]; [bool; lia|].
  destruct (decide (p = 0)) as [->|]; [congruence|lia].
Qed.

Lemma frames_mapped p r : (p, r) ∈ frames P -> (r = UserPage /\ p ∈ frame <$> all_pages W) \/ p ∈ structures W.
Proof.
  assert (forall k, k ∈ kinds) as K by (intros []; unfold kinds; set_solver). unfold structures.
  intros [[-> _]|[[-> _]|[(k&->&_)|[(x&k&Hx&->&_)|(x&Hx&->&->)]]]]%frames_cases.
  - right. apply elem_of_app. left. by left.
  - right. apply elem_of_app. left. right. by left.
  - right. rewrite root_of_plan. apply elem_of_app. right. apply elem_of_app. left. by apply elem_of_list_fmap_1.
  - right. apply elem_of_app. right. apply elem_of_app. right. apply elem_of_list_bind. exists x. split; [|done].
    by apply (elem_of_list_fmap_1 (leaf_of x)).
  - left. split; [done|]. by apply elem_of_list_fmap_1.
Qed.

Lemma all_leaves_elem x : x ∈ all_leaves W <-> slot x < top_slots /\ kernel_slot (slot x) = false
  /\ W (tree_of W Mmu) (link_place (slot x)) <> absent_word
  /\ x = Leaves (slot x) (fun k => word_frame (W (tree_of W k) (link_place (slot x)))).
Proof.
  split.
  - intros E. pose proof E as F. apply elem_leaves_from in E as (L&K&N&_). unfold slot_fuel in L. split_and!; try done.
    + lia.
    + clear -F. unfold all_leaves in F. revert F. generalize 0. induction slot_fuel as [|n IH]; intros j; cbn.
      * by intros ?%not_elem_of_nil.
      * intros [E|E]%elem_of_app; [|by eapply IH]. unfold leaves_at_slot in E. destruct (_ || _).
        -- by apply not_elem_of_nil in E.
        -- by apply elem_of_list_singleton in E as ->.
  - intros (L&K&N&->). apply leaves_from_elem; [|done..]. unfold slot_fuel. cbn in *. lia.
Qed.

Lemma all_pages_elem y : y ∈ all_pages W <-> exists x i, x ∈ all_leaves W /\ i < table_size
  /\ W (leaf_of x Mmu) i <> absent_word /\ page_at W x i = [y].
Proof.
  unfold all_pages. rewrite elem_of_list_bind. split.
  - intros (x&(i&Hi&Hn&E)%elem_pages_from&Hx). exists x, i. split_and!; try done. unfold table_fuel in Hi. lia.
  - intros (x&i&Hx&Hi&Hn&E). exists x. split; [|done]. apply elem_pages_from. exists i. split_and!; try done; [lia|].
    unfold table_fuel. lia.
Qed.

Lemma addresses_once : NoDup (at_page <$> all_pages W).
Proof.
  unfold all_pages. assert (NoDup (slot <$> all_leaves W)) as S by apply leaves_from_NoDup.
  induction (all_leaves W) as [|x l IH]; [by constructor|]. rewrite bind_cons, fmap_app. cbn in S.
  apply NoDup_cons in S as [Sx Sl]. apply NoDup_app. split_and!; [| |by apply IH].
  - apply pages_from_NoDup. unfold table_fuel. lia.
  - intros v (y&->&Hy)%elem_of_list_fmap (z&E&Hz)%elem_of_list_fmap.
    apply elem_of_list_bind in Hz as (x'&Hz&Hx'). apply elem_pages_from in Hy as (i&Hi&_&Ei), Hz as (j&Hj&_&Ej).
    apply page_at_position in Ei, Ej. rewrite Ei, Ej in E. unfold table_fuel in *.
    apply split_inj in E as [E _]; [|lia..]. apply Sx. rewrite E. by apply elem_of_list_fmap_1.
Qed.

Lemma plan_sound : sound P.
Proof.
  split.
  - exact H_two_levels.
  - done.
  - rewrite plan_frames. apply A.
  - apply Forall_forall. intros [p r] [[E F]|F]%frames_mapped; cbn.
    + split; [|by left]. by apply user_page_frame_range, (proj1 (Forall_forall _ _) (users_ok _ _ A)).
    + apply (proj1 (Forall_forall _ _) (structures_ok _ _ A)), structure_frame_range in F as [? ?].
      split; [done|by right].
  - apply leaves_from_NoDup.
  - apply Forall_forall. intros x (L&K&_)%all_leaves_elem. pose proof (proj1 slots_in_table). split; [lia|done].
  - apply addresses_once.
  - apply Forall_forall. intros y (x&i&Hx&Hi&_&E)%all_pages_elem. apply page_at_position in E. rewrite E.
    rewrite split_div by done. by apply elem_of_list_fmap_1.
Qed.

(** No frame that boot uses is the kernel's. *)
Lemma plan_not_kernel p : role_of P p <> Unused -> kernel_frame p = false.
Proof.
  intros E. apply (role_frames P plan_sound p) in E. pose proof (proj1 E eq_refl) as F. clear E. rename F into E.
  apply frames_mapped in E as [[_ E]|E].
  - by apply (proj1 (Forall_forall _ _) (users_ok _ _ A)).
  - by apply (proj1 (Forall_forall _ _) (structures_ok _ _ A)).
Qed.

(** ** The words encode the plan's memory *)
Lemma entry_at_word x i : x ∈ all_leaves W -> i < table_size ->
  W (leaf_of x Mmu) i = leaf_entry_word (entry_at P (slot x * table_size + i)).
Proof.
  intros Hx Hi. destruct (decide (W (leaf_of x Mmu) i = absent_word)) as [E|E].
  - destruct (entry_at_cases P plan_sound (slot x * table_size + i)) as [->|(y&Hy&Ey&_)]; [done|]. exfalso.
    apply all_pages_elem in Hy as (x'&j&Hx'&Hj&Hn&Ej). apply page_at_position in Ej. rewrite Ej in Ey.
    apply split_inj in Ey as [Es ->]; [|done..].
    apply elem_leaves_from in Hx as (_&_&_&Ex), Hx' as (_&_&_&Ex'). rewrite Ex', Es, <- Ex in Hn. done.
  - pose proof (entry_there _ _ _ (pages_ok _ _ A x i Hx Hi) E) as Ew. set (w := W (leaf_of x Mmu) i) in *.
    assert (entry_at P (slot x * table_size + i) = user_entry (word_frame w) (word_writable w) (word_executable w))
      as ->; [|exact Ew].
    unfold entry_at. erewrite (elem_of_list_to_map_1 (M := gmap N)); [done| |].
    + rewrite <- list_fmap_compose. apply addresses_once.
    + apply elem_of_list_fmap. eexists. split; [|apply all_pages_elem; exists x, i; split_and!; try done].
      2: { unfold page_at. by rewrite (proj2 (N.eqb_neq _ _)). }
      done.
Qed.

Lemma root_entry_word k i : i < top_slots ->
  if e_kernel (root_entry P k i)
  then same_mapping (W (tree_of W k) (link_place i)) (D i) = true
       /\ word_is_user (W (tree_of W k) (link_place i)) = false
  else W (tree_of W k) (link_place i) = interior_entry_word (root_entry P k i).
Proof.
  intros Hi. pose proof (links_ok _ _ A i Hi) as [K N L _]. unfold root_entry.
  destruct (leaves_at P i) as [x|] eqn:E.
  - apply (leaves_at_Some P plan_sound) in E as [Hx <-]. apply elem_leaves_from in Hx as (_&Kx&Nx&Ex). cbn.
    by rewrite (L Kx Nx), Ex.
  - destruct (kernel_slot i) eqn:Ki.
    + destruct (K eq_refl) as (K1&K2&K3&K4). by destruct k.
    + destruct (decide (W (tree_of W Mmu) (link_place i) = absent_word)) as [Ea|Ea].
      { rewrite (N eq_refl Ea). by destruct k. }
      exfalso. assert (Leaves i (fun k => word_frame (W (tree_of W k) (link_place i))) ∈ all_leaves W) as Hx
        by (by apply all_leaves_elem).
      by rewrite (proj2 (leaves_at_Some P plan_sound i _) (conj Hx eq_refl)) in E.
Qed.

Lemma root_links k : link_words_of D (W (tree_of W k)) (root_entry P k).
Proof.
  intros i Hi. pose proof (root_entry_word k i Hi) as E. destruct (e_kernel _) eqn:Ek; [done|].
  split; [exact E|]. rewrite <- E. intros j Hj. apply (link_whole _ _ _ _ (links_ok _ _ A i Hi)); [|done]. intros ->.
  unfold root_entry in Ek. destruct (leaves_at P i) as [x|] eqn:Ex.
  - apply (leaves_at_Some P plan_sound) in Ex as [Hx <-]. by apply all_leaves_elem in Hx as (_&?&_).
  - by destruct (kernel_slot i).
Qed.

Lemma plan_encoded p : words_of D (W p) (role_of P p) (boot_memory P p).
Proof.
  unfold boot_memory. destruct (role_of P p) eqn:E; try done; apply (role_frames P plan_sound) in E; try done;
    apply frames_cases in E as [[-> [=]]|[[-> [=]]|[(k'&->&[=])|[(x&k'&Hx&->&[=])|(x&_&_&[=])]]]]; subst;
    cbn [words_of].
  - eexists. split; [done|]. split_and!; try done.
    + by intros [].
    + cbn. by rewrite (nobody_above _ _ A).
    + cbn. by rewrite (interrupts_off _ _ A).
  - rewrite root_of_plan. destruct k'; eexists; (split; [done|]); apply root_links.
  - destruct k'; cbn; eexists; (split; [done|]); intros i Hi.
    + by apply entry_at_word.
    + split; [apply (no_gift_there _ _ _ (pages_ok _ _ A x i Hx Hi))|done].
    + split; [apply (no_origin_there _ _ _ (pages_ok _ _ A x i Hx Hi))|done].
  - eexists _, _. split; [done|]. cbn. by rewrite !(list_empty _ _ A).
Qed.
End Plan.
End Checked.
