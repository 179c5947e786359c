(* SPDX-License-Identifier: Apache-2.0 *)
(** * The machines that the theorems are about: x86, and one small enough to read

    All theorems hold for every [Params].  Here are the two instances that the rest names: the one the kernel boots, and
    one whose pages can be counted on fingers ([Boot.v] builds its memory).  The root partition's descriptor is a frame
    that boot picks, hence an argument. *)
From Pip.Isolation Require Export Base.
From Pip.Model Require Export Machines.

(** ** x86 (pipcore/model/Machines.v), with as much memory as its window shows *)
Definition x86 (root : N) : Params := x86_machine root x86_first_page x86_frames.

Local Transparent position.

(** The window shows each frame, and no more. *)
Lemma x86_pages root : @pages (x86 root) = (x86_window_end - x86_window_first) * 1024.
Proof. done. Qed.

(** A configuration page of 4096 bytes is full: a header and 255 records, of four words each. *)
Lemma x86_list_page root : 16 * (1 + @list_capacity (x86 root)) = page_bytes.
Proof. done. Qed.

(** User space is what lies between kernel and window, and the slot after the window; the VIDT is its last page. *)
Lemma x86_user_page root v : @is_user_page (x86 root) v = true <-> 0x400 <= v < 0xD0000 \/ 0xFFC00 <= v < 0x100000.
Proof.
  unfold is_user_page, position. cbn -[N.div N.modulo N.leb N.ltb N.eqb].
  unfold x86_kernel_slot. unalias. rewrite N.div_div by done.
  change (1024 * 1024) with 1048576. assert (v / 1048576 = 0 <-> v < 1048576) as E by (apply N.div_small_iff; done).
  assert (v / 1024 < 1024 <-> v < 1048576) as F.
  { split; intros L; [apply N.nle_gt; intros G|apply N.div_lt_upper_bound; lia].
    apply (N.div_le_mono _ _ 1024) in G; [|done]. change (1048576 / 1024) with 1024 in G; lia. }
  pose proof (N.div_mod v 1024 ltac:(done)). pose proof (N.mod_lt v 1024 ltac:(done)).
  rewrite andb_true_iff, negb_true_iff, orb_false_iff, andb_false_iff, N.eqb_eq, N.eqb_neq, N.leb_gt, N.ltb_ge.
  generalize dependent (v mod 1024). generalize dependent (v / 1024). intros q F r D Hr. split.
  - intros [L K]. apply E in L. rewrite N.mod_small in K by (by apply F). lia.
  - intros L. split; [apply E; lia|]. rewrite N.mod_small by (apply F; lia). lia.
Qed.

Lemma x86_vidt root : @is_user_page (x86 root) (@vidt_page (x86 root)) = true.
Proof. done. Qed.

(** A context in one page of user space ends before the address space does. *)
Lemma x86_context_fits root a : @is_user_page (x86 root) (page_number a) = true -> @in_one_page (x86 root) a = true ->
  @context_fits (x86 root) a = true.
Proof.
  intros L%x86_user_page O. unfold in_one_page, context_fits, page_offset, page_number, page_bytes in *.
  cbn -[N.div N.modulo N.leb] in *. apply N.leb_le in O. apply N.leb_le. pose proof (N.div_mod a 4096 ltac:(done)). lia.
Qed.

(** ** A machine of 32 frames: two levels of 8 entries, the first slot of a root table the kernel's *)
Definition small : Params := {|
  table_size := 8;
  table_size_gt_1 := eq_refl;
  top := 1;
  top_positive := le_n 1;
  kernel_slot := fun i => i =? 0;
  root_partition := 1;
  first_page := 1;
  pages := 32;
  list_capacity := 2;
  list_capacity_pos := eq_refl;
  vidt_page := 63;
  context_bytes := 64;
  context_words := 12;
  context_in_page := ltac:(split; vm_compute; discriminate);
  context_flags := 1;
  context_flags_lt := eq_refl;
  context_valid := 11;
  context_valid_lt := eq_refl;
|}.
