(* SPDX-License-Identifier: Apache-2.0 *)
(** * Executions: what partitions, the kernel and the outside world may do, in any order

    User mode reads, writes and executes what the hardware lets it: through an entry that the translation buffer may
    still hold or that the tables hold now (x86: Intel SDM volume 3A, sections 4.6 and 4.10; ARMv7: ARM DDI 0406C,
    sections B3.7.1, B3.7.2 and B3.9).  Access needs the user flag, a write also the write flag, a fetch also the right
    to execute where the machine has it; the buffer may be used instead of the tables.  Reads and fetches leave memory
    as it is; whatever they bring, registers may get any values at any moment.  At any moment the partition may call a
    service with any arguments, cause a fault, or be interrupted. *)
From Pip.Isolation Require Export AddRemove Create Prepare Collect DeletePartition Yield Safety.
From Pip.Services Require Import AddRemove CreatePartition Prepare Collect DeletePartition Yield Deliver State.

(** A way into the kernel, with whatever arguments. *)
Inductive call : Type :=
| CallCreatePartition (descriptor_at mmu_at shadow1_at shadow2_at list_at : word)
| CallCountToMap (child va : word)
| CallPrepare (child va first : word)
| CallAddVAddr (source child destination : word) (r w x : bool)
| CallRemoveVAddr (child va : word)
| CallMappedInChild (va : word)
| CallDeletePartition (child : word)
| CallCollect (child va : word)
| CallYield (child vector save_slot flags_on_yield flags_on_wake : word)
| CallGetIntState (child : word)
| CallSetIntState (flags : word)
| CallPhysicalAddress (va : word)
| Interrupt (vector : word)
| Fault (vector : word).

Section Execution.
Context `{Params}.

Definition outcome_of {A} (m : K A) : K unit := bind m (fun _ => ret tt).

(** What the kernel does then. *)
Definition serve (c : call) : K unit :=
  match c with
  | CallCreatePartition d m s1 s2 l => outcome_of (createPartition d m s1 s2 l)
  | CallCountToMap child va => outcome_of (countToMap child va)
  | CallPrepare child va first => outcome_of (prepare child va first)
  | CallAddVAddr source child destination r w x => outcome_of (addVAddr source child destination r w x)
  | CallRemoveVAddr child va => outcome_of (removeVAddr child va)
  | CallMappedInChild va => outcome_of (mappedInChild va)
  | CallDeletePartition child => outcome_of (deletePartition child)
  | CallCollect child va => outcome_of (collect child va)
  | CallYield child vector slot f f' => outcome_of (yieldTo child vector slot f f')
  | CallGetIntState child => outcome_of (getIntState child)
  | CallSetIntState flags => outcome_of (setIntState flags)
  | CallPhysicalAddress va => outcome_of (physicalAddress va)
  | Interrupt vector => outcome_of (deliverInterrupt vector)
  | Fault vector => outcome_of (deliverFault vector)
  end.

(** The entry that the hardware may use for page [v] of the running partition. *)
Definition translates (s : state) (v : N) (e : entry) : Prop :=
  e = tlb s v \/ e = mmu_entry (mem s) (current s) v.

(** What user mode does with a page, and what the hardware asks for it. *)
Inductive access : Type := Read | Write | Execute.
Definition permits (e : entry) (x : access) : bool :=
  e_user e && match x with Read => true | Write => e_write e | Execute => e_execute e end.

(** One step. *)
Inductive step_to : state -> state -> Prop :=
| kernel_step c s s' : serve c s = Done tt s' -> step_to s s'
| write_step s s' v e i w : translates s v e -> permits e Write = true ->
    write_word (e_frame e) i w s = Done tt s' -> step_to s s'
| register_step s r : step_to s (State (mem s) (current s) r (tlb s)).

Inductive steps_to : state -> state -> Prop :=
| steps_refl s : steps_to s s
| steps_next s s1 s2 : step_to s s1 -> steps_to s1 s2 -> steps_to s s2.

(** ** Every step keeps the invariant, and none is undefined *)

Lemma wp_outcome {A} (m : K A) (Q : state -> Prop) s :
  wp m (fun _ s' => Q s') s -> wp (outcome_of m) (fun _ s' => Q s') s.
Proof. intros W. apply wp_bind. eapply wp_mono; [exact W|]. intros a s' ?. by apply wp_ret. Qed.

Lemma passed_wf ρ V c target s : passed ρ V c target s -> wf s.
Proof. intros (V1&f&_&_&Hs&_). by eexists _, _. Qed.

(** Any call, with any arguments, in any state that is as it should be, ends, in such a state again. *)
Theorem serve_keeps_wf c s : wf s -> wp (serve c) (fun _ s' => wf s') s.
Proof.
  intros W. pose proof W as (ρ&V&Hs). destruct c; cbn [serve]; apply wp_outcome.
  - eapply wp_mono; [by apply createPartition_keeps_wf|]. by intros ? ? [].
  - eapply wp_mono; [by eapply countToMap_spec|]. by intros ? ? ->.
  - eapply wp_mono; [by apply prepare_keeps_wf|]. by intros ? ? [].
  - eapply wp_mono; [by apply addVAddr_keeps_wf|]. by intros ? ? [].
  - eapply wp_mono; [by apply removeVAddr_keeps_wf|]. by intros ? ? [].
  - eapply wp_mono; [by eapply mappedInChild_spec|]. by intros ? ? [-> _].
  - eapply wp_mono; [by apply deletePartition_keeps_wf|]. by intros ? ? [].
  - eapply wp_mono; [by apply collect_keeps_wf|]. by intros ? ? [].
  - eapply wp_mono; [by eapply yieldTo_spec|]. cbn beta. intros st s' D. eapply decides_wf; [exact Hs|].
    eapply decides_mono; [exact D|]. intros (a&P&_). by eapply passed_wf.
  - eapply wp_mono; [by eapply getIntState_spec|]. by intros ? ? [-> _].
  - eapply wp_mono; [by eapply setIntState_spec|]. cbn beta. intros st s' (_&_&Hs'). by eexists _, _.
  - eapply wp_mono; [by eapply physicalAddress_spec|]. by intros ? ? ->.
  - eapply wp_mono; [by eapply deliverInterrupt_spec|]. cbn beta. intros st s' D. eapply decides_wf; [exact Hs|].
    eapply decides_mono; [exact D|]. apply passed_wf.
  - eapply wp_mono; [by eapply deliverFault_spec|]. cbn beta. intros st s' D. eapply decides_wf; [exact Hs|].
    eapply decides_mono; [exact D|]. intros (a&_&P). by eapply passed_wf.
Qed.

(** The translation buffer and the tables agree, so it does not matter which the hardware uses. *)
Lemma translates_view ρ V s v e : holds ρ V s -> translates s v e -> e = v_entry V (current s) v.
Proof.
  intros (R&_&[n Ec]&T) [-> | ->]; [apply T|]. by eapply mmu_entry_view.
Qed.

(** Whatever user mode may access is user data. *)
Lemma permitted_data s v e x : wf s -> translates s v e -> permits e x = true -> exists f, mem s (e_frame e) = Data f.
Proof.
  intros (ρ&V&Hs) Ht [U _]%andb_true_iff. pose proof (translates_view _ _ _ _ _ Hs Ht) as ->.
  destruct Hs as (R&I&_). eexists. eapply user_data; [exact R|]. by apply (inv_kernel _ _ I).
Qed.

(** What user mode writes goes there. *)
Lemma user_write_wf s v e i w : wf s -> translates s v e -> e_user e = true -> i < 1024 ->
  wp (write_word (e_frame e) i w) (fun _ s' => wf s') s.
Proof.
  intros (ρ&V&Hs) Ht U Hi. pose proof (translates_view _ _ _ _ _ Hs Ht) as ->. destruct Hs as (R&I&[n Ec]&T).
  destruct s as [m x r t]. cbn in *. pose proof (inv_kernel _ _ I _ _ U) as K.
  eapply wp_write_word; [exact R|exact K|exact Hi|]. intros m' R' _. eexists ρ, _.
  split_and!; [exact R'| |by exists n|exact T].
  destruct I. by split.
Qed.

Theorem step_keeps_wf s s' : wf s -> step_to s s' -> wf s'.
Proof.
  intros W. destruct 1 as [c s s' E|s s' v e i w Ht [U Hw]%andb_true_iff E|s r].
  - pose proof (serve_keeps_wf c s W) as X. apply wp_done in X as (a&s2&E'&X). congruence.
  - assert (i < 1024) as Hi.
    { unfold write_word in E. destruct (i <? 1024) eqn:B; [by apply N.ltb_lt|done]. }
    pose proof (user_write_wf s v e i w W Ht U Hi) as X. apply wp_done in X as (a&s2&E'&X). congruence.
  - destruct W as (ρ&V&R&I&P&T). by exists ρ, V.
Qed.

Theorem steps_keep_wf s s' : wf s -> steps_to s s' -> wf s'.
Proof. intros W. induction 1; eauto using step_keeps_wf. Qed.

End Execution.
