(* SPDX-License-Identifier: Apache-2.0 *)
(** * The check on words that can be counted: it accepts a boot, and each kind of broken boot has its answer

    Three machines: x86 and ARMv7, whose numbers the kernel's C has; and the small one, where the check is computed.
    The bits of entries are read here on their own: Machines.v of verification/words proves that they are those of the
    words there. *)
From stdpp Require Import gmap.
From Pip.Boot Require Import Theorems.
From Pip.Isolation Require Import X86 Armv7 Theorems.
Open Scope N_scope.

(** ** x86: entries as pipcore/mal/x86/include/pip/entries.h writes them (Intel SDM volume 3A, tables 4-5 and 4-6) *)

Definition x86_leaf (p : N) (w x : bool) : N := p * 4096 + 5 + (if w then 2 else 0) + (if x then 512 else 0).

(** Bits 5 and 6, accessed and dirty, are the hardware's. *)
Definition x86_same (a b : N) : bool := N.lor a 96 =? N.lor b 96.

(** [image] and [tables]: where the kernel stands, from the linker and from boot. *)
Definition x86_layout root frames (image tables : N * N) (H_window : frames <= x86_frames)
  : @Layout (x86_machine root x86_first_page frames) :=
  @Build_Layout (x86_machine root x86_first_page frames) x86_leaf 1 (fun p => x86_leaf p true true) (fun _ _ => 0)
    1024 0 (fun w => w / 4096) (fun w => N.testbit w 1) (fun w => N.testbit w 9)
    (fun w => N.testbit w 2) x86_same (fun p => (184 <=? p) && (p <? 192)) x86_frames
    image.1 image.2 tables.1 tables.2 ltac:(done) ltac:(done)
    ltac:(cbn; lia) ltac:(split; [exact H_window|cbn; intros; bool; lia]) (conj eq_refl eq_refl).

Section X86.
Context (root frames : N) (image tables : N * N) (H_window : frames <= x86_frames).
Local Instance this_machine : Params := x86_machine root x86_first_page frames.
Local Instance this_layout : Layout := x86_layout root frames image tables H_window.

(** On x86: isolation in every state that can be reached from a boot that the check accepted. *)
Theorem x86_isolation_from_boot s s' f registers (H_checked : check_boot s = Done f s') (H_answer : found f = SOUND) :
  exists m start, boots_into s m registers start
  /\ forall reached, steps_to start reached -> HI (mem reached) /\ VS (mem reached) /\ KDI (mem reached).
Proof. by eapply isolation_from_boot. Qed.
End X86.

(** ** ARMv7: entries as pipcore/mal/armv7/include/pip writes them (ARM DDI 0406C, section B3.5.1) *)

(** Memory, or a device; not writable, bit 9; never executed, bit 0. *)
Definition armv7_leaf (p : N) (w x : bool) : N :=
  p * 4096 + (if p <? armv7_memory_end then 2142 else 2070) + 32 + (if w then 0 else 512) + (if x then 0 else 1).

(** Four words lead to the four second-level tables in a page.  Above user space the processor uses the kernel's own
    table, so a top table has 256 slots, none of them the kernel's.  Devices may lie above memory. *)
Definition armv7_layout root frames (image : N * N) (H_devices : frames <= armv7_memory_end)
  : @Layout (armv7_machine root armv7_first_page frames) :=
  @Build_Layout (armv7_machine root armv7_first_page frames) armv7_leaf 4 (fun p => p * 4096 + 1)
    (fun p k => p * 4096 + k * 1024 + 1) armv7_user_slots 0 (fun w => w / 4096)
    (fun w => N.testbit w 1 && negb (N.testbit w 9)) (fun w => N.testbit w 1 && negb (N.testbit w 0))
    (fun w => N.testbit w 5) N.eqb
    (fun p => (armv7_memory_end <=? p) && (p <? 259072) || (p =? 262144)) armv7_frames
    image.1 image.2 0 0 ltac:(done) ltac:(done) ltac:(cbn; intros; by apply N.leb_le)
    ltac:(split; [cbn; lia|cbn; intros p [E|E]%orb_true_iff; bool; lia]) (conj eq_refl eq_refl).

Section Armv7.
Context (root frames : N) (image : N * N) (H_devices : frames <= armv7_memory_end).
Local Instance that_machine : Params := armv7_machine root armv7_first_page frames.
Local Instance that_layout : Layout := armv7_layout root frames image H_devices.

(** On ARMv7: isolation in every state that can be reached from a boot that the check accepted. *)
Theorem armv7_isolation_from_boot s s' f registers (H_checked : check_boot s = Done f s')
  (H_answer : found f = SOUND) : exists m start, boots_into s m registers start
  /\ forall reached, steps_to start reached -> HI (mem reached) /\ VS (mem reached) /\ KDI (mem reached).
Proof. by eapply isolation_from_boot. Qed.
End Armv7.

(** ** The small machine, its kernel in frame 30 and its window's tables in frame 31 *)
Definition small_layout : @Layout small := @Build_Layout small x86_leaf 1 (fun p => x86_leaf p true true) (fun _ _ => 0)
  8 0 (fun w => w / 4096) (fun w => N.testbit w 1) (fun w => N.testbit w 9) (fun w => N.testbit w 2) x86_same
  (fun _ => false) 32 30 31 31 32 ltac:(done) ltac:(done) ltac:(cbn; lia) ltac:(split; [done|discriminate])
  (conj eq_refl eq_refl).

(** The words of [small_plan] (isolation/Boot.v), as boot would leave them. *)
Definition small_words (p i : N) : N :=
  match @role_of small small_plan p with
  | Partition _ => nth (N.to_nat i) [2 * 4096; 3 * 4096; 4 * 4096; 5 * 4096] 0
  | TreeTable _ _ 0 _ =>
      match @boot_memory small small_plan p with
      | Table _ t => if e_present (t i) then x86_leaf (e_frame (t i)) (e_write (t i)) (e_execute (t i)) else 0
      | _ => 0
      end
  | TreeTable _ _ _ _ =>
      match @boot_memory small small_plan p with
      | Table _ t => if e_kernel (t i) then 3 else if e_present (t i) then x86_leaf (e_frame (t i)) true true else 0
      | _ => 0
      end
  | _ => 0
  end.

Definition small_boot : boot_words := BootWords small_words (fun i => if i =? 0 then 3 else 0) 1 8192 (fun _ => false).

(** The answer on these words, but for the word [i] of frame [p]. *)
Definition answer_with (p i w : N) : option fault :=
  let words q j := if (q =? p) && (j =? i) then w else small_words q j in
  match @check_boot small small_layout
    (BootWords words (directory small_boot) (running small_boot) (loaded small_boot) (taken small_boot)) with
  | Done f _ => Some (found f)
  | Undefined => None
  end.

Definition answer_of (s : boot_words) : option fault :=
  match @check_boot small small_layout s with Done f _ => Some (found f) | Undefined => None end.

Example accepts_the_boot : answer_of small_boot = Some SOUND.
Proof. vm_compute. reflexivity. Qed.

(** One word changed: frame, index, word. *)
Example a_leftover_entry : answer_with 6 5 (25 * 4096 + 5) = Some FRAME_TAKEN.
Proof. vm_compute. reflexivity. Qed.
Example a_mapped_table : answer_with 6 0 (2 * 4096 + 7) = Some FRAME_TAKEN.
Proof. vm_compute. reflexivity. Qed.
Example a_page_of_the_kernel : answer_with 6 0 (30 * 4096 + 7) = Some FRAME_TAKEN.
Proof. vm_compute. reflexivity. Qed.
Example no_such_frame : answer_with 6 0 (32 * 4096 + 7) = Some FRAME_OUTSIDE.
Proof. vm_compute. reflexivity. Qed.
Example a_supervisor_page : answer_with 6 0 (15 * 4096 + 3) = Some BAD_ENTRY.
Proof. vm_compute. reflexivity. Qed.
Example a_gift_to_nobody_known : answer_with 7 3 4096 = Some LEFTOVER_IN_SHADOW.
Proof. vm_compute. reflexivity. Qed.
Example an_origin : answer_with 8 3 4096 = Some LEFTOVER_IN_SHADOW.
Proof. vm_compute. reflexivity. Qed.
Example a_link_in_one_tree : answer_with 3 4 (9 * 4096 + 519) = Some BAD_LINK.
Proof. vm_compute. reflexivity. Qed.
Example two_links_to_one_table : answer_with 2 2 (6 * 4096 + 519) = Some FRAME_TAKEN.
Proof. vm_compute. reflexivity. Qed.
Example another_kernel_entry : answer_with 2 0 7 = Some KERNEL_ENTRY_CHANGED.
Proof. vm_compute. reflexivity. Qed.
Example a_parent : answer_with 1 4 4096 = Some BAD_DESCRIPTOR.
Proof. vm_compute. reflexivity. Qed.
Example interrupts_on : answer_with 1 5 1 = Some BAD_DESCRIPTOR.
Proof. vm_compute. reflexivity. Qed.
Example a_root_of_two_trees : answer_with 1 1 8192 = Some FRAME_TAKEN.
Proof. vm_compute. reflexivity. Qed.
Example a_record_in_the_list : answer_with 5 2 1 = Some BAD_LIST.
Proof. vm_compute. reflexivity. Qed.
Example an_open_kernel : answer_of (BootWords (fun p i => if (p =? 2) && (i =? 0) then 7 else small_words p i)
  (fun _ => 7) 1 8192 (fun _ => false)) = Some KERNEL_ENTRY_OPEN.
Proof. vm_compute. reflexivity. Qed.
Example another_partition : answer_of (BootWords small_words (directory small_boot) 2 8192 (fun _ => false))
  = Some NOT_THE_ROOT.
Proof. vm_compute. reflexivity. Qed.
Example another_table : answer_of (BootWords small_words (directory small_boot) 1 4096 (fun _ => false))
  = Some WRONG_TABLE_LOADED.
Proof. vm_compute. reflexivity. Qed.
