(* SPDX-License-Identifier: Apache-2.0 *)
(** * ARMv7-A: the machine of pipcore/arch/armv7, about which all theorems speak too (pipcore/model/Machines.v) *)
From Pip.Isolation Require Export Base.
From Pip.Model Require Export Machines.

(** With as much memory as lies before the first device. *)
Definition armv7 (root : N) : Params := armv7_machine root armv7_first_page armv7_memory_end.

Local Transparent position.

(** A configuration page of 4096 bytes is full: a header and 255 records, of four words each. *)
Lemma armv7_list_page root : 16 * (1 + @list_capacity (armv7 root)) = page_bytes.
Proof. done. Qed.

(** Memory ends before the first device. *)
Lemma armv7_pages root : @pages (armv7 root) * page_bytes = 0x3F000000.
Proof. done. Qed.

(** User space is the first GiB; the VIDT is its last page. *)
Lemma armv7_user_page root v : @is_user_page (armv7 root) v = true <-> v < 0x40000.
Proof.
  unfold is_user_page, position. cbn -[N.div N.modulo N.leb N.ltb N.eqb]. unalias.
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
