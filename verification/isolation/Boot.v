(* SPDX-License-Identifier: Apache-2.0 *)
(** * The state after boot is well formed

    Boot (pipcore/arch/x86/root_partition.cc) takes frames and makes one partition of them: a descriptor, the roots of
    three trees, an empty configuration list, leaf tables for some slots, and pages of user data mapped in them.  A
    [plan] says which frames.  If the plan is [sound], which is decidable, then [boot_state] is well formed; so the
    hypotheses of all theorems can be met, and the two plans at the end meet them. *)
From stdpp Require Import gmap.
From Pip.Isolation Require Import X86 Inv.

(** The three leaf tables in a slot of the three root tables. *)
Record leaves : Type := Leaves { slot : N; leaf_of : kind -> N }.

(** A page of user data: where the root partition maps it, its frame, its rights. *)
Record mapping : Type := Mapping { at_page : N; frame : N; may_write : bool; may_execute : bool }.

Record plan : Type := Plan {
  plan_descriptor : descriptor;                       (* what the root's descriptor says *)
  plan_leaves : list leaves;
  plan_mappings : list mapping;
  plan_words : N -> N -> N;                           (* what user pages contain: anything *)
}.

Definition kinds : list kind := [Mmu; Shadow1; Shadow2].

Section Boot.
Context `{Params} (P : plan).
Implicit Types (p q c v u i : N) (k : kind) (l : nat).

Local Notation desc := (plan_descriptor P).
Local Notation R := root_partition.

(** ** Memory *)
Definition leaves_at u : option leaves := (list_to_map ((fun x => (slot x, x)) <$> plan_leaves P) : gmap N leaves) !! u.

Definition entry_of (x : mapping) : entry := user_entry (frame x) (may_write x) (may_execute x).

Definition entry_at v : entry :=
  default absent_entry ((list_to_map ((fun x => (at_page x, entry_of x)) <$> plan_mappings P) : gmap N entry) !! v).

(** The entry of a root table: the kernel's, a link to a leaf table, or nothing. *)
Definition root_entry k i : entry :=
  match leaves_at i with
  | Some x => link_entry (leaf_of x k)
  | None => match k with Mmu => if kernel_slot i then kernel_entry else absent_entry | _ => absent_entry end
  end.

Definition leaf_table k u : object :=
  match k with
  | Mmu => Table 0 (fun i => entry_at (u * table_size + i))
  | Shadow1 => Shadow1Leaf (fun _ => no_gift)
  | Shadow2 => Shadow2Leaf (fun _ => 0)
  end.

(** What each frame is for. *)
Definition frames : list (N * role) :=
  [(R, Partition 0); (d_list desc, ListAt R 0)]
  ++ ((fun k => (root_of desc k, TreeTable R k 1 0)) <$> kinds)
  ++ (plan_leaves P ≫= fun x => (fun k => (leaf_of x k, TreeTable R k 0 (slot x))) <$> kinds)
  ++ ((fun x => (frame x, UserPage)) <$> plan_mappings P).

Definition role_of p : role := default Unused ((list_to_map frames : gmap N role) !! p).

(** Frames that boot did not take hold whatever they held. *)
Definition boot_memory : memory := fun p =>
  match role_of p with
  | Partition _ => DescriptorPage desc
  | TreeTable _ k 0 u => leaf_table k u
  | TreeTable _ k _ _ => Table 1 (root_entry k)
  | ListAt _ _ => ListPage (ListHeader 0 0 0) (fun _ => no_record)
  | _ => Data (plan_words P p)
  end.

Definition boot_state (registers : N -> N) : state := State boot_memory R registers entry_at.

(** ** What boot has to see to; all of it can be computed *)
Record sound : Prop := {
  two_levels : top = 1%nat;
  no_parent : d_parent desc = 0;
  (* no frame is taken twice, none is frame 0, and structures are frames that exist *)
  frames_differ : NoDup frames.*1;
  frames_exist : Forall (fun x => 0 < x.1 /\ (x.2 = UserPage \/ x.1 < pages)) frames;
  (* leaf tables hang in different slots of the root table, which are not the kernel's *)
  slots_differ : NoDup (slot <$> plan_leaves P);
  slots_user : Forall (fun x => slot x < table_size /\ kernel_slot (slot x) = false) (plan_leaves P);
  (* a virtual page has one entry, and there is a table for it *)
  addresses_differ : NoDup (at_page <$> plan_mappings P);
  tables_exist : Forall (fun x => at_page x / table_size ∈ slot <$> plan_leaves P) (plan_mappings P);
}.

(** ** Looking things up *)
Lemma frames_cases p r : (p, r) ∈ frames <-> (p = R /\ r = Partition 0) \/ (p = d_list desc /\ r = ListAt R 0)
  \/ (exists k, p = root_of desc k /\ r = TreeTable R k 1 0)
  \/ (exists x k, x ∈ plan_leaves P /\ p = leaf_of x k /\ r = TreeTable R k 0 (slot x))
  \/ (exists x, x ∈ plan_mappings P /\ p = frame x /\ r = UserPage).
Proof.
  unfold frames. rewrite !elem_of_app, !elem_of_cons, elem_of_nil, !elem_of_list_fmap, elem_of_list_bind.
  setoid_rewrite elem_of_list_fmap. assert (forall k, k ∈ kinds) as K by (intros []; unfold kinds; set_solver). split.
  - intros [[E|[E|[]]]|[(k&E&_)|[(x&(k&E&_)&Hx)|(x&E&Hx)]]]; injection E as -> ->; eauto 10.
  - intros [[-> ->]|[[-> ->]|[(k&->&->)|[(x&k&Hx&->&->)|(x&Hx&->&->)]]]]; eauto 15.
Qed.

Context (S : sound).

Lemma role_frames p r : r <> Unused -> role_of p = r <-> (p, r) ∈ frames.
Proof.
  intros Hr. rewrite (elem_of_list_to_map (M := gmap N)) by apply S. unfold role_of.
  destruct (list_to_map frames !! p) as [r'|]; cbn; split; congruence.
Qed.

Lemma leaves_at_Some u x : leaves_at u = Some x <-> x ∈ plan_leaves P /\ slot x = u.
Proof.
  unfold leaves_at. rewrite <- (elem_of_list_to_map (M := gmap N)).
  - rewrite elem_of_list_fmap. split; [by intros (y&[= -> ->]&Hy)|intros [Hx <-]; by exists x].
  - rewrite <- list_fmap_compose. apply S.
Qed.

Lemma entry_at_cases v : entry_at v = absent_entry
  \/ exists x, x ∈ plan_mappings P /\ at_page x = v /\ entry_at v = entry_of x.
Proof.
  unfold entry_at. destruct (list_to_map _ !! v) as [e|] eqn:E; [right|by left].
  apply (elem_of_list_to_map (M := gmap N)) in E.
  - apply elem_of_list_fmap in E as (x&[= -> ->]&Hx). by exists x.
  - rewrite <- list_fmap_compose. apply S.
Qed.

(** ** The view, and the proof *)
Definition boot_view : view := View
  (fun c k l u => if decide (c = R) then
     match l with
     | O => (fun x => leaf_of x k) <$> leaves_at u
     | 1%nat => if decide (u = 0) then Some (root_of desc k) else None
     | _ => None
     end else None)
  (fun c v => if decide (c = R) then entry_at v else absent_entry)
  (fun _ _ => no_gift) (fun _ _ => 0) (fun _ => 0) (fun _ => d_vsti desc)
  (fun c => if decide (c = R) then [d_list desc] else []) (fun _ => Note 0 0 (fun _ => no_record)) (plan_words P).

Lemma role_partition c n : role_of c = Partition n <-> c = R /\ n = O.
Proof.
  rewrite role_frames, frames_cases by done. split; [|intros [-> ->]; by left].
  intros [[-> E]|[[_ E]|[(k&_&E)|[(x&k&_&_&E)|(x&_&_&E)]]]]; by inversion E.
Qed.

Lemma role_table c k l u p : v_table boot_view c k l u = Some p <-> role_of p = TreeTable c k l u.
Proof.
  rewrite role_frames, frames_cases by done. cbn. split.
  - case_decide as D; [subst c|done]. destruct l as [|[|l]]; [| |done].
    + intros (x&Hx%leaves_at_Some&->)%fmap_Some. destruct Hx as [Hx <-]. do 3 right. left. by exists x, k.
    + case_decide; [|done]. intros [= <-]. subst u. do 2 right. left. by exists k.
  - intros [[_ E]|[[_ E]|[(k'&->&E)|[(x&k'&Hx&->&E)|(x&_&_&E)]]]]; try done; injection E as -> -> -> ->; rewrite
      decide_True by done; [done|]. apply fmap_Some. exists x. split; [|done]. by apply leaves_at_Some.
Qed.

Lemma role_list c j p : v_list boot_view c !! j = Some p <-> role_of p = ListAt c j.
Proof.
  rewrite role_frames, frames_cases by done. cbn. split.
  - case_decide as D; [subst c|done]. intros [-> <-]%list_lookup_singleton_Some. right. by left.
  - intros [[_ E]|[[-> E]|[(k'&->&E)|[(x&k'&Hx&->&E)|(x&_&_&E)]]]]; try done. injection E as -> ->.
    by rewrite decide_True.
Qed.

Lemma frame_range p r : (p, r) ∈ frames -> p <> 0 /\ (r = UserPage \/ p < pages).
Proof. intros E. pose proof (proj1 (Forall_forall _ _) (frames_exist S) _ E) as [A B]. cbn in *. split; [lia|done]. Qed.

Lemma boot_coherent : coherent role_of boot_view.
Proof.
  pose proof (two_levels S) as T. assert (is_partition role_of R) as PR by (exists O; by apply role_partition). split.
  - destruct (role_of 0) eqn:E; [done|..]; apply role_frames in E; try done; by destruct (frame_range _ _ E).
  - intros p c. unfold owner.
    destruct (role_of p) eqn:E; try done; apply role_frames in E; try done; by destruct (frame_range _ _ E) as [_ [|]].
  - apply role_table.
  - intros c k l u p. cbn. case_decide as D; [subst c|done]. rewrite T. destruct l as [|[|l]]; [| |done].
    + intros (x&Hx%leaves_at_Some&_)%fmap_Some. destruct Hx as [Hx <-]. right.
      destruct (proj1 (Forall_forall _ _) (slots_user S) _ Hx) as [L K]. rewrite N.div_small by done.
      rewrite decide_True by done. eauto.
    + case_decide; [|done]. subst u. left. done.
  - intros c v. cbn. case_decide; [|done]. intros E%fmap_None. destruct (entry_at_cases v) as [->|(x&Hx&<-&_)]; [done|].
    apply (proj1 (Forall_forall _ _) (tables_exist S)) in Hx. apply elem_of_list_fmap in Hx as (y&Ey&Hy).
    rewrite prefix_0, Ey in E. assert (leaves_at (slot y) = Some y) by (by apply leaves_at_Some). congruence.
  - done.
  - done.
  - apply role_list.
  - intros c j p E. apply role_list in E. cbn in E. case_decide; [by subst|done].
  - intros c n [-> ->]%role_partition. done.
Qed.

Lemma boot_interior k : interior_ok boot_view R k 0 0 (Table 1 (root_entry k)).
Proof.
  exists (root_entry k). split; [done|]. intros i Hi. cbn. rewrite decide_True, N.add_0_l by done. unfold root_entry.
  destruct (leaves_at i) as [x|] eqn:E; cbn; unfold kernel_bit; rewrite (two_levels S); cbn.
  - apply leaves_at_Some in E as [Hx <-]. destruct (proj1 (Forall_forall _ _) (slots_user S) _ Hx) as [_ ->].
    by destruct k.
  - by destruct k; [destruct (kernel_slot i)|..].
Qed.

Lemma entry_at_flags v : e_kernel (entry_at v) = false /\ e_user (entry_at v) = e_present (entry_at v).
Proof. by destruct (entry_at_cases v) as [->|(x&_&_&->)]. Qed.

Lemma boot_rep : rep role_of boot_view boot_memory.
Proof.
  split; [apply boot_coherent|]. intros p. unfold page_ok, boot_memory. destruct (role_of p) eqn:E; try done.
  - apply role_partition in E as [-> ->]. exists desc. split; [done|]. cbn. rewrite (decide_True (P := R = R)) by done.
    split_and!; [|done|apply (no_parent S)|done]. intros k. rewrite (two_levels S). cbn. by rewrite !decide_True.
  - apply role_table in E. cbn in E. case_decide; [subst c|done]. destruct l as [|[|l]]; [| |done].
    + destruct k; cbn; [|by (eexists; split)..]. eexists. split; [done|]. intros i Hi. rewrite decide_True by done.
      split; [|done]. apply entry_at_flags.
    + case_decide; [subst u|done]. apply boot_interior.
  - apply role_list in E. cbn in E. case_decide; [subst c|done]. apply list_lookup_singleton_Some in E as [-> <-].
    split; [done|]. cbn. lia.
  - apply role_frames, frames_cases in E; [|done]. by destruct E as [[_ E]|[[_ E]|[(k&_&E)|[(x&k&_&_&E)|(x&_&_&E)]]]].
Qed.

Lemma boot_pres c v : pres boot_view c v ->
  c = R /\ exists x, x ∈ plan_mappings P /\ at_page x = v /\ pg boot_view c v = frame x.
Proof.
  unfold pres, pg. cbn. case_decide; [|done]. destruct (entry_at_cases v) as [->|(x&Hx&Ex&->)]; [done|]. eauto.
Qed.

Lemma boot_role c v : pres boot_view c v -> role_of (pg boot_view c v) = UserPage.
Proof. intros (_&x&Hx&_&->)%boot_pres. apply role_frames; [done|]. apply frames_cases. do 4 right. by exists x. Qed.

Lemma boot_once c v v' : pres boot_view c v -> pres boot_view c v' -> pg boot_view c v = pg boot_view c v' -> v = v'.
Proof.
  intros (_&x&Hx&<-&->)%boot_pres (_&y&Hy&<-&->)%boot_pres E. f_equal. pose proof (frames_differ S) as D.
  unfold frames in D. rewrite !fmap_app, !NoDup_app in D. destruct_and? D.
  match goal with D : NoDup ((_ <$> _).*1) |- _ => rename D into D1 end. rewrite <- list_fmap_compose in D1.
  apply elem_of_list_lookup in Hx as [i Hi], Hy as [j Hj]. assert (i = j) as <-; [|congruence].
  eapply (NoDup_lookup _ i j (frame x) D1); rewrite list_lookup_fmap, ?Hi, ?Hj; cbn; congruence.
Qed.

Lemma boot_inv : inv role_of boot_view.
Proof.
  assert (forall c v, e_user (v_entry boot_view c v) = true -> pres boot_view c v) as U.
  { intros c v. unfold pres. cbn. case_decide; [|done]. by destruct (entry_at_flags v) as [_ ->]. }
  split; try done.
  - by apply role_partition.
  - intros c k k' l u. cbn. case_decide; [|done]. destruct l as [|[|l]]; [|by case_decide; eauto|done].
    destruct (leaves_at u); cbn; eauto.
  - intros c v Pc E. by rewrite boot_role in E.
  - intros c v Uc. by apply boot_role, U.
  - by intros c v [-> _]%boot_pres.
  - by intros c v [-> _]%boot_pres.
  - apply boot_once.
  - intros p c Ho Hc. exfalso. apply Hc. unfold owner in Ho. destruct (role_of p) eqn:E; try done; injection Ho as <-.
    + by apply role_partition in E as [-> _].
    + apply role_table in E. cbn in E. by case_decide.
    + apply role_list in E. cbn in E. by case_decide.
  - intros p c v Ho Pc <-. unfold owner in Ho. by rewrite boot_role in Ho.
Qed.

Theorem boot_wf registers : wf (boot_state registers).
Proof.
  exists role_of, boot_view. split; [apply boot_rep|]. split; [apply boot_inv|]. split.
  - exists O. by apply role_partition.
  - intros v. cbn. by rewrite decide_True.
Qed.

End Boot.

(** ** Plans *)
Global Instance user_page_dec (r : role) : Decision (r = UserPage).
Proof. destruct r; (by left) || (by right). Defined.

(** Proves a plan sound by computation. *)
Ltac check_plan := split; [done|done|refine (bool_decide_unpack _ _); vm_compute; exact I..].

(** [n] pages from [v] on, in the frames from [p] on. *)
Definition run (v p : N) (n : nat) (w x : bool) : list mapping :=
  (fun i => Mapping (v + N.of_nat i) (p + N.of_nat i) w x) <$> seq 0 n.

(** Leaf tables in slot [i], in three frames from [p] on. *)
Definition three (i p : N) : leaves :=
  Leaves i (fun k => match k with Mmu => p | Shadow1 => p + 1 | Shadow2 => p + 2 end).

(** The small machine: tables for three slots, some ordinary memory, code that is not writable, a VIDT. *)
Definition small_plan : plan := Plan (Descriptor 2 3 4 5 0 false)
  [three 1 6; three 2 9; three 7 12]
  (run 8 15 2 false true ++ run 16 17 8 true true ++ run 63 25 1 true false) (fun _ _ => 0).

Lemma small_sound : @sound small small_plan.
Proof. check_plan. Qed.

Theorem small_boot_wf registers : @wf small (@boot_state small small_plan registers).
Proof. apply boot_wf, small_sound. Qed.

(** x86, with what root_partition.cc maps: boot information, two pages of stack and the VIDT at the end of the address
    space, VGA text memory, an image of 64 KiB at 7 MiB, and 1 MiB of free memory. *)
Definition x86_plan : plan := Plan (Descriptor 0x201 0x202 0x203 0x204 0 false)
  [three 1023 0x205; three 768 0x20C; three 1 0x20F; three 2 0x240]
  (run 0xFFFFC 0x208 4 true true ++ run 0xC00B8 0xB8 8 true false ++ run 0x700 0x220 16 true true
   ++ run 0x800 0x280 256 true true) (fun _ _ => 0).

Lemma x86_sound : @sound (x86 0x200) x86_plan.
Proof. check_plan. Qed.

Theorem x86_boot_wf registers : @wf (x86 0x200) (@boot_state (x86 0x200) x86_plan registers).
Proof. apply boot_wf, x86_sound. Qed.
