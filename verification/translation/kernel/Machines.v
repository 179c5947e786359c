(* SPDX-License-Identifier: Apache-2.0 *)
(** * Both machines have the numbers that Ranges.v speaks of

    So no number of the services leaves its C type on x86, whose window shows 195,584 frames, nor on ARMv7, where
    devices end at frame 262,400.

    Trusted: nothing. *)
From Coq Require Import NArith Lia.
From Pip.Isolation Require Import X86 Armv7.
From Pip.Translation Require Import Lang Bounded.
From Pip.Translation.Kernel Require Import Project Program Ranges.
Local Open Scope N_scope.

Lemma x86_numbers root : root < x86_frames -> @two_levels (x86 root) x86_frames.
Proof. intros R. constructor; try reflexivity; try exact R; discriminate. Qed.

Lemma armv7_numbers root : root < armv7_frames -> @two_levels (armv7 root) armv7_frames.
Proof. intros R. constructor; try reflexivity; try exact R; discriminate. Qed.

Theorem x86_never_overflows root (R : root < x86_frames) f q :
  find f (@kernel_program_env (x86 root)) = Some q -> monadic_fits (bound x86_frames) (ranges x86_frames)
    (fits_state x86_frames) q.
Proof. exact (@services_keep_their_bounds (x86 root) x86_frames (x86_numbers root R) f q). Qed.

Theorem armv7_never_overflows root (R : root < armv7_frames) f q :
  find f (@kernel_program_env (armv7 root)) = Some q -> monadic_fits (bound armv7_frames) (ranges armv7_frames)
    (fits_state armv7_frames) q.
Proof. exact (@services_keep_their_bounds (armv7 root) armv7_frames (armv7_numbers root R) f q). Qed.
