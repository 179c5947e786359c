(* SPDX-License-Identifier: Apache-2.0 *)
(** * The isolation theorems

    Everything that a reader has to believe stands here, in Execution.v (what may happen) and in Safety.v (what HI, VS
    and KDI say about memory); the definitions of the machine are in pipcore/model.  [wf] is the invariant; that a boot
    state has it is shown in Boot.v, so no theorem is empty. *)
From Pip.Isolation Require Export Conservation Integrity Rights.

Section Theorems.
Context `{Params}.

(** ** Isolation: in every state that can be reached from a good one by any sequence of calls with any arguments,
    interrupts, faults, writes that the hardware permits and changes of registers,
    - HI: what two children of one partition use is disjoint,
    - VS: all that a child uses is mapped in its parent,
    - KDI: no page that a partition can access is a kernel structure of any partition. *)
Theorem isolation s s' (H_start : wf s) (H_reached : steps_to s s') : HI (mem s') /\ VS (mem s') /\ KDI (mem s').
Proof. eapply wf_safe, steps_keep_wf; eauto. Qed.

(** ** No undefined behaviour: whatever is called in a reachable state ends; no service ever reads a page as what it is
    not, leaves a table, or runs out of fuel. *)
Theorem never_undefined s s' c (H_start : wf s) (H_reached : steps_to s s') : exists s2, serve c s' = Done tt s2.
Proof.
  pose proof (serve_keeps_wf c s' (steps_keep_wf _ _ H_start H_reached)) as X. apply wp_done in X as ([]&s2&E&_). eauto.
Qed.

(** Nor can an access that the hardware permits, to read, write or execute, meet anything but user data. *)
Theorem user_accesses_data s s' v e x (H_start : wf s) (H_reached : steps_to s s') (H_entry : translates s' v e)
  (H_permitted : permits e x = true) : exists words, mem s' (e_frame e) = Data words.
Proof. eapply permitted_data; [|done..]. by eapply steps_keep_wf. Qed.

(** ** Integrity: whatever happens next, outside the subtree of the running partition (in its siblings, its ancestors
    and strangers) user data that it does not map keeps its contents; tables, notes, lists and interrupt states keep
    what they say, but that pages which it maps become accessible or inaccessible, and that the partition to which
    control passes takes its interrupt state from the context it is resumed with.  [confined] (Integrity.v) says it of
    memory with the functions of Machine.v: [mmu_entry m b v] is what the MMU finds for page [v] of [b] (frame, rights),
    [gift_entry] what shadow 1 notes there (the child that the page was given to), [origin_entry] what shadow 2 notes
    (where the parent maps it), [parent_entry m b] the partition above [b]; [set_user y e] is [e], accessible or not. *)
Theorem integrity s s1 s2 (H_start : wf s) (H_reached : steps_to s s1) (H_next : step_to s1 s2) : confined s1 s2.
Proof. apply step_confined; [|done]. by eapply steps_keep_wf. Qed.

(** ** Rights only shrink: what a partition may do with a page (access it at all, write, execute), each of its ancestors
    may do. *)
Theorem rights_only_shrink s s' a c p us wr ex (H_start : wf s) (H_reached : steps_to s s')
  (H_partition : partition (mem s') a) (H_below : descendant (mem s') a c)
  (H_rights : maps_with (mem s') c p us wr ex) : maps_with (mem s') a p us wr ex.
Proof. eapply rights_shrink; [|done..]. by eapply steps_keep_wf. Qed.

(** ** Translation buffer: in every reachable state it holds for each page what the tables say. *)
Theorem tlb_agrees s s' v (H_start : wf s) (H_reached : steps_to s s') : tlb s' v = mmu_entry (mem s') (current s') v.
Proof.
  destruct (steps_keep_wf _ _ H_start H_reached) as (ρ&V&R&_&[n Ec]&T). rewrite T. symmetry. by eapply mmu_entry_view.
Qed.

(** ** Refused means unchanged: a call, with any arguments, that answers something other than DONE leaves the whole
    state as it was. *)
Theorem refused_unchanged s s' c ans s2 (H_start : wf s) (H_reached : steps_to s s') (H_call : run c s' = Done ans s2)
  (H_refused : answer_status ans <> DONE) : s2 = s'.
Proof.
  destruct (steps_keep_wf _ _ H_start H_reached) as (ρ&V&Hs). pose proof (refinement ρ V s' c Hs) as X.
  apply wp_done in X as (ans'&s3&E&U&_). rewrite H_call in E. injection E as <- <-. by apply U.
Qed.

(** ** Functional specification: in every reachable state, every call with any arguments answers and does what
    Specification.v says; [specified] in Refinement.v lists it call by call, each effect as an equation. *)
Definition represents (V : view) (s : state) : Prop := exists ρ, holds ρ V s.

Theorem functional_specification s s' c (H_start : wf s) (H_reached : steps_to s s') :
  exists V ans s2 V', represents V s' /\ run c s' = Done ans s2 /\ represents V' s2
    /\ specified V (registers s') (current s') c ans (current s2) V'.
Proof.
  destruct (steps_keep_wf _ _ H_start H_reached) as (ρ&V&Hs). pose proof (refinement ρ V s' c Hs) as X.
  apply wp_done in X as (ans&s2&E&_&ρ'&V'&Hs'&S). exists V, ans, s2, V'. split_and!; try done; by eexists.
Qed.

(** ** Conservation, in Conservation.v and DeletePartition.v:
    - [lent_and_returned]: addVAddr and then removeVAddr of the same page is done, and leaves all as it was;
    - [collect_returns]: collect gives back the pages of the three tables that it takes, cleared;
    - [deletePartition_conserves]: deletePartition gives back every page of the whole subtree (what createPartition and
      prepare took included), accessible, given to nobody, and cleared if it was a kernel structure. *)

End Theorems.
