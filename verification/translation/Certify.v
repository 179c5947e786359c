(* SPDX-License-Identifier: Apache-2.0 *)
(** * The tactic that proves certificates

    It normalises both sides of [den_def ... = f] down to the monad, the primitives and the callees, never inside them,
    and then demands that they are the same term: a tenth of a second, also for the refusal of a wrong program.
    What it must not look into is opaque while it runs: Reify.v sees to that.

    Trusted: nothing; the kernel checks each certificate again. *)
From Coq Require Import String.
From Pip.Translation Require Import Lang.

(** When the kernel checks a certificate by conversion, it unfolds the denotation first. *)
Global Strategy -100 [den_def den_fn den_rfn den_base den_step den_body den_stm den_call den_exp_at den_at den_expr
  den_args den_var compare_num cast castM same_type number_eq_dec is_listed has_literals is_small without_literals
  number_width bounded_as tex app lam Lang.find tyD data state data_types m_args m_ret m_den p_args p_ret p_den
    fn_params fn_ret fn_body rf_params
  rf_ret rf_base rf_step string_dec String.eqb List.map fst snd projT1 projT2].

Ltac same_term := cbv; match goal with |- ?a = ?b => constr_eq a b end; exact eq_refl.

Ltac certify :=
  match goal with
  | |- den_def _ _ ?d = _ =>
    let d' := eval hnf in d in
    lazymatch d' with
    | FPlain _ => same_term
    | FRec _ => apply recursive_certificate; [same_term | intro; same_term]
    end
  end.
