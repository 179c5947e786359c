(* SPDX-License-Identifier: Apache-2.0 *)
(** * ARMv7-A: the machine of pipcore/arch/armv7, about which all theorems speak too

    The hardware's first-level table has an entry for each MiB, its second-level tables have 256 entries in 1 KiB.  Four
    second-level tables that follow each other fill a page: one table of 1024 entries, to which four first-level entries
    lead.  So no page is half empty, and the machine has the shape of x86: two levels of 1024 entries.  User space is
    the first GiB (TTBCR.N = 2), 256 slots of a root table; the others are not there. *)
From Pip.Isolation Require Export Base.

Definition armv7_user_slots : N := 256.

Local Transparent position.

Definition armv7 (root : N) : Params := {|
  table_size := 1024;
  table_size_gt_1 := eq_refl;
  top := 1;
  top_positive := le_n 1;
  kernel_slot := fun i => armv7_user_slots <=? i;
  root_partition := root;
  first_page := 8;
  pages := 258048;
  list_capacity := 255;
  list_capacity_pos := eq_refl;
  vidt_page := 262143;
  context_bytes := 76;
  context_words := 19;
  context_in_page := ltac:(split; vm_compute; discriminate);
  context_flags := 17;
  context_flags_lt := eq_refl;
  context_valid := 18;
  context_valid_lt := eq_refl;
|}.

(** A configuration page of 4096 bytes is full: a header and 255 records, of four words each. *)
Lemma armv7_list_page root : 16 * (1 + @list_capacity (armv7 root)) = page_bytes.
Proof. done. Qed.

(** Memory ends before the first device. *)
Lemma armv7_pages root : @pages (armv7 root) * page_bytes = 0x3F000000.
Proof. done. Qed.

(** User space is the first GiB; the VIDT is its last page. *)
Lemma armv7_user_page root v : @is_user_page (armv7 root) v = true <-> v < 0x40000.
Proof.
  unfold is_user_page, position. cbn -[N.div N.modulo N.leb N.ltb N.eqb]. unfold armv7_user_slots. unalias.
  rewrite N.div_div by done. change (1024 * 1024) with 1048576.
  rewrite andb_true_iff, negb_true_iff, N.eqb_eq, N.leb_gt. split.
  - intros [L K]. apply N.div_small_iff in L; [|done]. rewrite N.mod_small in K by (apply N.div_lt_upper_bound; lia).
    pose proof (N.div_mod v 1024 ltac:(done)). pose proof (N.mod_lt v 1024 ltac:(done)). lia.
  - intros L. assert (v / 1024 < 256) by (apply N.div_lt_upper_bound; lia). split; [apply N.div_small; lia|].
    by rewrite N.mod_small by lia.
Qed.

Lemma armv7_vidt root : @is_user_page (armv7 root) (@vidt_page (armv7 root)) = true.
Proof. done. Qed.

(** A context in one page of user space ends before the address space does. *)
Lemma armv7_context_fits root a : @is_user_page (armv7 root) (page_number a) = true ->
  @in_one_page (armv7 root) a = true -> @context_fits (armv7 root) a = true.
Proof.
  intros L%armv7_user_page O. unfold in_one_page, context_fits, page_offset, page_number, page_bytes in *.
  cbn -[N.div N.modulo N.leb] in *. apply N.leb_le in O. apply N.leb_le. pose proof (N.div_mod a 4096 ltac:(done)). lia.
Qed.
