(* SPDX-License-Identifier: Apache-2.0 *)
(** * The abstract state: what memory says of every partition

    Partitions are named by the page of their descriptor.  [v_parent] is the tree of partitions; [v_entry] is what each
    maps, with which rights; [v_gift] is what it gave to which child, and [v_origin] where what it maps came from;
    [v_table] and [v_list] are the pages given for its tables and its configuration list, and [v_note] is what a page of
    a list says; [v_data] is the contents of user pages.  All are total functions: what does not exist is absent,
    nobody, 0 or empty. *)
From Pip.Isolation Require Export Base.

(** A page of a configuration list: where its partition's parent maps it, and its records. *)
Record note : Type := Note { note_origin : N; note_count : N; note_records : N -> table_record }.

(** Indexed by partition and virtual page; tables by tree, level and prefix. *)
Record view : Type := View {
  v_table : N -> kind -> nat -> N -> option N;
  v_entry : N -> N -> entry;
  v_gift : N -> N -> gift;
  v_origin : N -> N -> N;
  v_parent : N -> N;
  v_vsti : N -> bool;
  v_list : N -> list N;                               (* pages of the configuration list, last first *)
  v_note : N -> note;                                 (* what such a page says *)
  v_data : N -> N -> N;                               (* words of user pages *)
}.

(** [c] maps a page at [v]; which one. *)
Definition pres (V : view) (c v : N) : Prop := e_present (v_entry V c v) = true.
Definition pg (V : view) (c v : N) : N := e_frame (v_entry V c v).

Global Instance pres_dec V c v : Decision (pres V c v).
Proof. unfold pres. apply _. Defined.

(** ** One thing changed *)
Definition with_table (c : N) (k : kind) (l : nat) (u : N) (p : option N) (V : view) : view := View
  (fun c' k' l' u' => if decide (c' = c /\ k' = k /\ l' = l /\ u' = u) then p else v_table V c' k' l' u')
  (v_entry V) (v_gift V) (v_origin V) (v_parent V) (v_vsti V) (v_list V) (v_note V) (v_data V).
Definition with_entries (f : N -> N -> entry) (V : view) : view := View
  (v_table V) f (v_gift V) (v_origin V) (v_parent V) (v_vsti V) (v_list V) (v_note V) (v_data V).
Definition with_entry (c v : N) (e : entry) (V : view) : view := with_entries (set2 c v e (v_entry V)) V.
Definition with_gift (c v : N) (g : gift) (V : view) : view := View (v_table V) (v_entry V) (set2 c v g (v_gift V))
  (v_origin V) (v_parent V) (v_vsti V) (v_list V) (v_note V) (v_data V).
Definition with_origin (c v w : N) (V : view) : view := View (v_table V) (v_entry V) (v_gift V)
  (set2 c v w (v_origin V)) (v_parent V) (v_vsti V) (v_list V) (v_note V) (v_data V).
Definition with_vsti (c : N) (b : bool) (V : view) : view := View (v_table V) (v_entry V) (v_gift V) (v_origin V)
  (v_parent V) (update (v_vsti V) c b) (v_list V) (v_note V) (v_data V).
Definition with_list (c : N) (l : list N) (V : view) : view := View (v_table V) (v_entry V) (v_gift V) (v_origin V)
  (v_parent V) (v_vsti V) (update (v_list V) c l) (v_note V) (v_data V).
Definition with_note (q : N) (n : note) (V : view) : view := View (v_table V) (v_entry V) (v_gift V) (v_origin V)
  (v_parent V) (v_vsti V) (v_list V) (update (v_note V) q n) (v_data V).
Definition with_data (p : N) (f : N -> N) (V : view) : view := View (v_table V) (v_entry V) (v_gift V) (v_origin V)
  (v_parent V) (v_vsti V) (v_list V) (v_note V) (update (v_data V) p f).

(** ** A page accessible, or not, wherever it is mapped *)
Definition set_user (b : bool) (e : entry) : entry :=
  Entry (e_frame e) (e_present e) b (e_write e) (e_execute e) (e_kernel e).
Definition set_access (p : N) (b : bool) (V : view) : view :=
  with_entries (fun c v => if decide (pres V c v /\ pg V c v = p) then set_user b (v_entry V c v) else v_entry V c v) V.

(** The page of [c] at [v] becomes the kernel's, noted in shadow 1 as [g]. *)
Definition given (c v : N) (g : gift) (V : view) : view := with_gift c v g (set_access (pg V c v) false V).

(** Page [p], mapped by [c] at [v], is ordinary memory again. *)
Definition returned (c v p : N) (V : view) : view :=
  with_gift c v no_gift (set_access p true (with_data p (fun _ => 0) V)).

(** Nothing is left of the partitions [dead]. *)
Definition without (dead : N -> bool) (V : view) : view := View
  (fun c k l u => if dead c then None else v_table V c k l u)
  (fun c v => if dead c then absent_entry else v_entry V c v)
  (fun c v => if dead c then no_gift else v_gift V c v) (fun c v => if dead c then 0 else v_origin V c v)
  (v_parent V) (v_vsti V) (fun c => if dead c then [] else v_list V c) (v_note V) (v_data V).

Section Structures.
Context `{Params}.

(** Everything that partition [c] has under prefix [u] is now [x]. *)
Definition wipe {A} (c u : N) (x : A) (f : N -> N -> A) : N -> N -> A :=
  fun c' v => if decide (c' = c /\ prefix v 0 = u) then x else f c' v.

(** The view without the table of level [l] and prefix [u] in tree [k] of [c]. *)
Definition unlinked (c : N) (k : kind) (l : nat) (u : N) (V : view) : view :=
  let leaf k' := decide (k = k' /\ l = O) in View (v_table (with_table c k l u None V))
    (if leaf Mmu then wipe c u absent_entry (v_entry V) else v_entry V)
    (if leaf Shadow1 then wipe c u no_gift (v_gift V) else v_gift V)
    (if leaf Shadow2 then wipe c u 0 (v_origin V) else v_origin V)
    (v_parent V) (v_vsti V) (v_list V) (v_note V) (v_data V).

(** The view with a new partition, whose descriptor [d] is in page [p]; its list is one page with note [n]. *)
Definition with_partition (p : N) (d : descriptor) (n : note) (V : view) : view :=
  View (fun c k l u => if decide (c = p /\ l = top /\ u = 0) then Some (root_of d k) else v_table V c k l u)
    (v_entry V) (v_gift V) (v_origin V) (update (v_parent V) p (d_parent d)) (update (v_vsti V) p (d_vsti d))
    (update (v_list V) p [d_list d]) (update (v_note V) (d_list d) n) (v_data V).

End Structures.
Global Arguments wipe : simpl never.
