(* SPDX-License-Identifier: Apache-2.0 *)
(** * The scheduler, one step per slot

    The scheduler keeps a queue of the jobs that it has not finished with, in the order of the policy, each with what
    is left of its budget.  At the start of a slot it
    - removes the head, if that is the job that had the slot before and left (done or crashed), or if no budget is left;
    - drops and reports heads whose deadline has come;
    - inserts the jobs released now;
    and the job then at the head has the slot, if the slot is supplied, and pays for it.
    So a job that had a slot stays at the head until the next step: there is no separate "running" job, and nothing is
    ever removed from the middle. *)
From Coq Require Import List Arith Bool.
Import ListNotations.
From Pip.Edf.Model Require Import Job Policy.

(** A job in the queue, and what is left of its budget. *)
Definition entry : Type := job * nat.
Definition queue : Type := list entry.

(** ** The parts of a step *)

(** Puts an entry where the policy wants it. *)
Fixpoint insert (key : policy) (e : entry) (q : queue) : queue :=
  match q with
  | [] => [e]
  | x :: rest => if goes_first key (fst e) (fst x) then e :: q else x :: insert key e rest
  end.

(** Inserts new jobs, with their whole budgets. *)
Definition enqueue (key : policy) (new : list job) (q : queue) : queue :=
  fold_left (fun q j => insert key (j, budget j) q) new q.

(** Removes the head if its job has left or has no budget left. *)
Definition retire (gone : bool) (q : queue) : queue :=
  match q with
  | [] => []
  | e :: rest => if gone || (snd e =? 0) then rest else q
  end.

(** Drops heads whose deadline has come. *)
Fixpoint drop_late (now : nat) (q : queue) : queue :=
  match q with
  | [] => []
  | e :: rest => if deadline (fst e) <=? now then drop_late now rest else q
  end.

(** The jobs that [drop_late] drops. *)
Fixpoint late (now : nat) (q : queue) : list job :=
  match q with
  | [] => []
  | e :: rest => if deadline (fst e) <=? now then fst e :: late now rest else []
  end.

(** The head pays for a slot. *)
Definition charge (q : queue) : queue :=
  match q with
  | [] => []
  | (j, unspent) :: rest => (j, pred unspent) :: rest
  end.

(** The job at the head. *)
Definition head_job (q : queue) : option job := option_map fst (hd_error q).

(** ** Runs *)
Section Run.
  Variable key : policy.
  Variable arr : arrivals.
  Variable sup : supply.

  (** [leaves t]: the job that had slot [t - 1] is gone at the start of slot [t], whether done or crashed. *)
  Variable leaves : nat -> bool.

  (** Someone had the slot before [t] and has left. *)
  Definition departed (t : nat) : bool :=
    match t with 0 => false | S u => sup u && leaves t end.

  (** The queue at the start of slot [t], after the one that left; after the late ones; and after the arrivals. *)
  Fixpoint queue_at (t : nat) : queue :=
    match t with
    | 0 => []
    | S u => let ready := enqueue key (arr u) (drop_late u (retire (departed u) (queue_at u))) in
             if sup u then charge ready else ready
    end.
  Definition remaining (t : nat) : queue := retire (departed t) (queue_at t).
  Definition ready (t : nat) : queue := enqueue key (arr t) (drop_late t (remaining t)).

  (** The job that has slot [t]. *)
  Definition elected : schedule := fun t => if sup t then head_job (ready t) else None.

  (** The jobs reported in slot [t] as having missed their deadlines. *)
  Definition missed (t : nat) : list job := late t (remaining t).
End Run.
