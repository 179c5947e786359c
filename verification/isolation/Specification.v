(* SPDX-License-Identifier: Apache-2.0 *)
(** * The functional specification: what each service answers, and what it does to the abstract state

    For each service: its checks in order, each with the refusal that it means (the first that fails decides, and then
    nothing changes), and its effect, the new abstract state in terms of the old one.  No memory, no walks, no loops.
    Refinement.v proves that the code does this and nothing else; docs/services.md says it in words.  The conventions:
    [V] is the abstract state (View.v), [x] the running partition; an address is the byte address the caller gave. *)
From Pip.Isolation Require Export View.

(** The refusal of the first check that fails, or DONE. *)
Fixpoint first_failing (checks : list (bool * status)) : status :=
  match checks with
  | [] => DONE
  | (passed, refusal) :: others => if passed then first_failing others else refusal
  end.

Section Specification.
Context `{Params}.
Implicit Types (V : view) (a c ch d p q v w u x : N) (l : nat) (rd wr ex : bool).

(** ** What checks look at *)

(** The child whose descriptor the partition [x] maps at address [a]; 0 if there is none. *)
Definition child_of V x (a : word) : page :=
  if user_address a && gift_is_descriptor (v_gift V x (page_number a)) then pg V x (page_number a) else 0.
Definition is_named V x (a : word) : bool := negb (child_of V x a =? 0).

(** Whether [c] has tables down to the leaves for [v]. *)
Definition has_table V c v : bool := match v_table V c Mmu 0 (prefix v 0) with Some _ => true | None => false end.

(** Whether the page of [x] at [v] is given to no child. *)
Definition is_free V x v : bool := gift_child (v_gift V x v) =? 0.

(** The page of [x] at address [a] may become a kernel structure. *)
Definition offer_checks V x (a : word) : list (bool * status) :=
  let e := v_entry V x (page_number a) in
  [(user_address a, BAD_ADDRESS);
   (e_present e, NOT_MAPPED);
   (e_user e, NOT_ACCESSIBLE);
   (e_write e, NOT_WRITABLE);
   (ordinary_memory (e_frame e), NOT_ORDINARY_MEMORY);
   (is_free V x (page_number a), ALREADY_GIVEN)].

(** The level of the lowest table of [c] on the way to [v]: from that of the root table, [l], downwards. *)
Fixpoint lowest_level_from V c v l : nat :=
  match l with
  | O => O
  | S l' => match v_table V c Mmu l' (prefix v l') with Some _ => lowest_level_from V c v l' | None => S l' end
  end.
Definition lowest_level_of V c v : nat := lowest_level_from V c v top.

(** User mode of [c] may read page [v], or the 64 bytes at address [a]; may write them. *)
Definition may_read V c v : bool := is_user_page v && e_user (v_entry V c v).
Definition may_write_page V c v : bool := is_user_page v && (e_user (v_entry V c v) && e_write (v_entry V c v)).
Definition all_of_context (f : N -> bool) (a : word) : bool :=
  negb ((a =? 0) || negb (context_fits a)) && (f (page_number a)
    && (in_one_page a || f (page_number (context_end a)))).

(** The address that the VIDT of [c] has for [vector], and whether [c] can be told of it. *)
Definition vidt_word V c (vector : word) : word := v_data V (pg V c vidt_page) (vidt_index vector).
Definition has_handler V c (vector : word) : bool :=
  may_read V c vidt_page && all_of_context (may_read V c) (vidt_word V c vector).

(** ** createPartition *)
Definition createPartition_checks V x (a0 a1 a2 a3 a4 : word) : list (bool * status) :=
  [(negb (a0 =? 0), BAD_ADDRESS)] ++ offer_checks V x a0 ++ offer_checks V x a1 ++ offer_checks V x a2
  ++ offer_checks V x a3 ++ offer_checks V x a4
  ++ [(negb ((a0 =? a1) || (a0 =? a2) || (a0 =? a3) || (a0 =? a4) || (a1 =? a2) || (a1 =? a3) || (a1 =? a4)
        || (a2 =? a3) || (a2 =? a4) || (a3 =? a4)), SAME_PAGE)].

(** The view after the gifts of four pages. *)
Definition offered_up (x d w1 w2 w3 w4 : N) (V : view) : view :=
  let g := gift_of d in given x w4 g (given x w3 g (given x w2 g (given x w1 g V))).

(** What createPartition does to the view: [x] gives pages at five addresses, which become the partition called [d]. *)
Definition created (x d w1 w2 w3 w4 : N) (V : view) : view :=
  with_partition (pg V x d) (Descriptor (pg V x w1) (pg V x w2) (pg V x w3) (pg V x w4) x false)
    (given x d (descriptor_gift d) (offered_up x d w1 w2 w3 w4 V)).

(** ** countToMap: pages that [prepare] needs for one level after the other; [full]: the configuration list is *)
Definition child_checks V x (child va : word) : list (bool * status) :=
  [(is_named V x child, NOT_A_CHILD); (user_address va, BAD_ADDRESS)].

(** ** prepare: the next missing tables; pages form a list through their first words *)
Definition next_page V x (a : word) : word := v_data V (pg V x (page_number a)) 0.
Definition prepare_checks V x (full : bool) (child va first : word) : list (bool * status) :=
  child_checks V x child va ++
  if (lowest_level_of V (child_of V x child) (page_number va) =? 0)%nat then [] else
  let second := next_page V x first in let third := next_page V x second in let fourth := next_page V x third in
  offer_checks V x first ++ offer_checks V x second ++ offer_checks V x third
  ++ [(negb ((first =? second) || (first =? third) || (second =? third)), SAME_PAGE)]
  ++ if full then offer_checks V x fourth
       ++ [(negb ((first =? fourth) || (second =? fourth) || (third =? fourth)), SAME_PAGE)] else [].

(** Pages [p1], [p2], [p3] are the tables of [c] of level [l] on the way to [v]. *)
Definition linked c l v p1 p2 p3 V : view := let u := prefix v l in
  with_table c Shadow2 l u (Some p3) (with_table c Shadow1 l u (Some p2) (with_table c Mmu l u (Some p1) V)).

(** [x] gives the pages at [w1], [w2], [w3] to its child [c], called [d], for the tables of level [l] on the way to
    [v]. *)
Definition prepared x d c l v w1 w2 w3 V : view := let g := gift_of d in
  linked c l v (pg V x w1) (pg V x w2) (pg V x w3) (given x w3 g (given x w2 g (given x w1 g V))).

(** Before that, the page at [w4] for the configuration list. *)
Definition extended x d c w4 V : view := with_list c (v_list V c ++ [pg V x w4]) (given x w4 (gift_of d) V).

(** ** addVAddr *)
Definition addVAddr_checks V x (source child destination : word) rd wr ex : list (bool * status) :=
  let e := v_entry V x (page_number source) in let ch := child_of V x child in
  [(rd, UNREADABLE);
   (user_address source && user_address destination, BAD_ADDRESS);
   (is_named V x child, NOT_A_CHILD);
   (e_present e, NOT_MAPPED);
   (e_user e, NOT_ACCESSIBLE);
   (negb (wr && negb (e_write e) || ex && negb (e_execute e)), RIGHTS_EXCEEDED);
   (is_free V x (page_number source), ALREADY_GIVEN);
   (has_table V ch (page_number destination), NO_TABLE);
   (negb (e_present (v_entry V ch (page_number destination))), OCCUPIED)].

(** [a] gives its page at [w] to its child [ch], called [d], which maps it at [x]. *)
Definition added a w d ch x wr ex V : view :=
  with_entry ch x (user_entry (pg V a w) wr ex) (with_gift a w (gift_of d) (with_origin ch x w V)).

(** ** removeVAddr *)
Definition removeVAddr_checks V x (child va : word) : list (bool * status) :=
  let ch := child_of V x child in let e := v_entry V ch (page_number va) in
  [(user_address va, BAD_ADDRESS);
   (is_named V x child, NOT_A_CHILD);
   (e_present e, NOT_MAPPED);
   (e_user e, NOT_ACCESSIBLE);
   (is_free V ch (page_number va), ALREADY_GIVEN)].

(** [ch], a child of [a], loses its page at [x]; [a] had given it from [w]. *)
Definition removed a w ch x V : view :=
  with_gift a w no_gift (with_origin ch x 0 (with_entry ch x absent_entry V)).

(** ** mappedInChild *)
Definition mappedInChild_checks V x (va : word) : list (bool * status) :=
  [(user_address va, BAD_ADDRESS); (has_table V x (page_number va), NOT_MAPPED)].

(** ** deletePartition: the child [ch] of [x], called [d], and all below it *)

(** [V'] is [V] without the partitions [dead]; what [x] had given to [d] is its own again. *)
Record deletion V x d ch (dead : N -> bool) V' : Prop := {
  (* the child and all below it *)
  del_child : dead ch = true;
  del_below : forall c, is_Some (v_table V c Mmu top 0) -> c <> root_partition -> c <> ch ->
    dead c = dead (v_parent V c);
  del_alive : dead root_partition = false /\ dead x = false;
  (* nothing is left of them *)
  del_nothing : forall c, dead c = true -> (forall k l u, v_table V' c k l u = None) /\ v_list V' c = []
    /\ forall v, v_entry V' c v = absent_entry /\ v_gift V' c v = no_gift /\ v_origin V' c v = 0;
  (* the others have what they had *)
  del_others : forall c, dead c = false -> (forall k l u, v_table V' c k l u = v_table V c k l u)
    /\ v_list V' c = v_list V c /\ forall v, v_origin V' c v = v_origin V c v;
  del_parent : forall c, v_parent V' c = v_parent V c;
  del_vsti : forall c, v_vsti V' c = v_vsti V c;
  (* what [x] had given to the child: given to nobody, accessible, cleared if it was a kernel structure *)
  del_gift : forall c v, dead c = false -> v_gift V' c v =
    if decide (c = x /\ gift_child (v_gift V x v) = d) then no_gift else v_gift V c v;
  del_accessible : forall w, gift_child (v_gift V x w) = d -> e_user (v_entry V' x w) = true
    /\ (e_user (v_entry V x w) = false -> forall i, v_data V' (pg V x w) i = 0);
  (* no other page changes *)
  del_entry : forall c v, dead c = false -> v_entry V' c v = v_entry V c v
    \/ v_entry V' c v = set_user true (v_entry V c v) /\ exists w, gift_child (v_gift V x w) = d /\ pg V x w = pg V c v;
  del_data : forall p, v_data V' p = v_data V p
    \/ exists w, gift_child (v_gift V x w) = d /\ pg V x w = p /\ e_user (v_entry V x w) = false;
}.

(** ** collect: the lowest tables on the way, if they are empty *)
Definition is_empty V c l u : bool := N.recursion true (fun i b => b && negb
  match l with
  | O => e_present (v_entry V c (u * table_size + i))
  | S l' => match v_table V c Mmu l' (u * table_size + i) with Some _ => true | None => false end
  end) table_size.

(** [listed]: the configuration list knows where the pages came from.  Its records are no part of the abstract state:
    they are hints, which the kernel checks. *)
Definition collect_checks V x (listed : bool) (child va : word) : list (bool * status) :=
  let ch := child_of V x child in let v := page_number va in let l := lowest_level_of V ch v in
  child_checks V x child va ++
  [(negb (l =? top)%nat, NOTHING_TO_COLLECT); (is_empty V ch l (prefix v l), NOT_EMPTY); (listed, NOT_LISTED)].

Definition unlinked_all c l u V : view := unlinked c Shadow2 l u (unlinked c Shadow1 l u (unlinked c Mmu l u V)).

(** The page of [x] at [v] is ordinary memory again, with [w] in its first word and 0 in all others. *)
Definition linked_back (x v p w : N) (V : view) : view :=
  with_data p (update (fun _ => 0) 0 w) (returned x v p V).

Definition handed_over x v1 v2 v3 p1 p2 p3 V : view :=
  linked_back x v3 p3 0 (linked_back x v2 p2 (address_of v3) (linked_back x v1 p1 (address_of v2) V)).

(** The same when page [head] of the list of [c] goes too; [ls] is left. *)
Definition handed_over_spare x c v1 v2 v3 v4 p1 p2 p3 head (ls : list N) V : view :=
  linked_back x v4 head 0 (linked_back x v3 p3 (address_of v4)
    (with_list c ls (linked_back x v2 p2 (address_of v3) (linked_back x v1 p1 (address_of v2) V)))).

(** The three tables of one place, the first of which [x] maps at [v1], and the page of the list if it goes too, are
    pages of [x] again. *)
Definition collected V x c l u v1 V' : Prop := exists v2 v3 p1 p2 p3,
  (v_table V c Mmu l u = Some p1 /\ pres V x v1 /\ pg V x v1 = p1)
  /\ (v_table V c Shadow1 l u = Some p2 /\ pres V x v2 /\ pg V x v2 = p2)
  /\ (v_table V c Shadow2 l u = Some p3 /\ pres V x v3 /\ pg V x v3 = p3)
  /\ (V' = handed_over x v1 v2 v3 p1 p2 p3 (unlinked_all c l u V)
      \/ exists v4 head ls next, v_list V c = ls ++ [head] /\ last ls = Some next /\ pres V x v4 /\ pg V x v4 = head
        /\ V' = handed_over_spare x c v1 v2 v3 v4 p1 p2 p3 head ls (unlinked_all c l u V)).

(** ** Passing control: yield, interrupts, faults *)
(** User mode of [c] may write page [p]. *)
Definition may_write (V : view) (c p : N) : Prop :=
  exists v, e_user (v_entry V c v) = true /\ e_write (v_entry V c v) = true /\ pg V c v = p.

(** From [V] to [V'] only user data changed, and only in pages that [c] may write. *)
Definition stored (c : N) (V V' : view) : Prop :=
  exists data, V' = new_data data V /\ forall p, data p = v_data V p \/ may_write V c p.

Definition yield_target V x (child : word) : page := if child =? 0 then v_parent V x else child_of V x child.
Definition yieldTo_checks V x (child vector slot : word) : list (bool * status) :=
  let target := yield_target V x child in let save_at := vidt_word V x slot in
  [(is_vidt_index vector, INVALID_VECTOR);
   (is_vidt_index slot, INVALID_SAVE_SLOT);
   (negb (target =? 0), if child =? 0 then ROOT_HAS_NO_PARENT else NOT_A_CHILD);
   (may_read V x vidt_page, CALLER_VIDT_UNAVAILABLE);
   (may_read V target vidt_page, TARGET_VIDT_UNAVAILABLE);
   (all_of_context (may_read V target) (vidt_word V target vector), TARGET_CONTEXT_UNAVAILABLE);
   ((save_at =? 0) || all_of_context (may_write_page V x) save_at, CALLER_CONTEXT_UNAVAILABLE)].

(** Who is told of a fault: [c], or the first above it that can be told, of a double fault; the root last, twice. *)
Fixpoint told (fuel : nat) V c (vector : word) : option page :=
  match fuel with
  | O => None
  | S less =>
      if c =? 0 then None else
      if has_handler V c vector then Some c else
      if c =? root_partition then (if has_handler V c double_fault then Some c else None) else
      told less V (v_parent V c) double_fault
  end.

(** From [x] to [target]: user data of [x] that it may write itself takes the registers; the two interrupt states
    change; nothing else does. *)
Record passing V x target V' : Prop := {
  pass_data : forall p, v_data V' p = v_data V p \/ may_write V x p;
  pass_vsti : forall c, c <> x -> c <> target -> v_vsti V' c = v_vsti V c;
  pass_rest : v_table V' = v_table V /\ v_entry V' = v_entry V /\ v_gift V' = v_gift V /\ v_origin V' = v_origin V
    /\ v_parent V' = v_parent V /\ v_list V' = v_list V;
}.

(** ** Small services *)
Definition getIntState_checks V x (child : word) : list (bool * status) := [(is_named V x child, NOT_A_CHILD)].
Definition physicalAddress_checks V x (va : word) : list (bool * status) :=
  [(x =? root_partition, NOT_ROOT); (may_read V x (page_number va), NOT_MAPPED)].

End Specification.
