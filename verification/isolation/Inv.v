(* SPDX-License-Identifier: Apache-2.0 *)
(** * Roles, views, and the invariant

    Three layers (docs/proof.md):
    - ghost *roles* say what each page is for; being a function, they keep trees from overlapping;
    - the *view* is all that the tables, descriptors and user pages say, as total functions; [rep] ties roles, view and
      memory together page by page, without walking anything;
    - the *invariant* [inv] is about roles and view only: first order, no memory, no code. *)
From Pip.Isolation Require Export View.

(** What a page is for. *)
Inductive role : Type :=
| Unused                                              (* not memory of any partition *)
| UserPage                                            (* user data of some partitions *)
| Partition (depth : nat)                             (* the descriptor of a partition; the root has depth 0 *)
| TreeTable (c : N) (k : kind) (l : nat) (u : N)      (* of partition [c], tree [k], level [l], prefix [u] *)
| ListAt (c : N) (j : nat)                            (* of the list of [c], the [j]-th page from the end *)
| Formatted (o : object)                              (* holds just that, and is about to be linked *)
| Lost.                                               (* kernel data that no partition uses: to be cleared *)

Section Invariant.
Context `{Params}.
Implicit Types (ρ : N -> role) (V : view) (m : memory) (a c p q v w u i : N) (k : kind) (l j n : nat).

(** The partition that [p] is a kernel structure of. *)
Definition owner ρ p : option N :=
  match ρ p with
  | Partition _ => Some p
  | TreeTable c _ _ _ => Some c
  | ListAt c _ => Some c
  | Unused | UserPage | Formatted _ | Lost => None
  end.

Definition is_partition ρ c : Prop := exists n, ρ c = Partition n.

(** ** Roles and view agree: pure, whatever memory holds *)
Record coherent ρ V : Prop := {
  co_zero : ρ 0 = Unused;
  co_range : forall p c, owner ρ p = Some c -> p < pages;
  (* each table of the view is the one page with that role *)
  co_table : forall c k l u p, v_table V c k l u = Some p <-> ρ p = TreeTable c k l u;
  (* below the root, a table hangs in the table above, in a slot that is not the kernel's *)
  co_upper : forall c k l u p, v_table V c k l u = Some p ->
    (l = top /\ u = 0 /\ is_partition ρ c)
    \/ ((l < top)%nat /\ is_Some (v_table V c k (S l) (u / table_size)) /\ (S l = top -> kernel_slot u = false));
  (* where there is no leaf table there is nothing *)
  co_entry : forall c v, v_table V c Mmu 0 (prefix v 0) = None -> v_entry V c v = absent_entry;
  co_gift : forall c v, v_table V c Shadow1 0 (prefix v 0) = None -> v_gift V c v = no_gift;
  co_origin : forall c v, v_table V c Shadow2 0 (prefix v 0) = None -> v_origin V c v = 0;
  co_list : forall c j p, v_list V c !! j = Some p <-> ρ p = ListAt c j;
  co_list_owner : forall c j p, ρ p = ListAt c j -> is_partition ρ c;
  co_parent : forall c n, ρ c = Partition n ->
    match n with
    | O => c = root_partition /\ v_parent V c = 0
    | S n' => c <> root_partition /\ ρ (v_parent V c) = Partition n'
    end;
}.

(** ** Memory holds what roles and view say, page by page *)

(** Which entries of a table belong to the kernel. *)
Definition kernel_bit k l i : bool := match k with Mmu => (l =? top)%nat && kernel_slot i | _ => false end.

(** The table behind an interior entry; an absent entry names no page. *)
Definition target_of (e : entry) : option N :=
  if e_present e then Some (e_frame e) else if e_frame e =? 0 then None else Some 0.

Definition interior_ok V c k l u (o : object) : Prop :=
  exists t, o = Table (N.of_nat (S l)) t /\ forall i, i < table_size ->
    e_kernel (t i) = kernel_bit k (S l) i /\ target_of (t i) = v_table V c k l (u * table_size + i).

Definition leaf_ok V c k u (o : object) : Prop :=
  match k with
  | Mmu => exists t, o = Table 0 t /\ forall i, i < table_size ->
             e_kernel (t i) = false /\ t i = v_entry V c (u * table_size + i)
  | Shadow1 => exists t, o = Shadow1Leaf t /\ forall i, i < table_size -> t i = v_gift V c (u * table_size + i)
  | Shadow2 => exists t, o = Shadow2Leaf t /\ forall i, i < table_size -> t i = v_origin V c (u * table_size + i)
  end.

Definition table_ok V c k l u (o : object) : Prop :=
  match l with O => leaf_ok V c k u o | S l' => interior_ok V c k l' u o end.

Definition descriptor_ok V c (o : object) : Prop :=
  exists d, o = DescriptorPage d /\ (forall k, v_table V c k top 0 = Some (root_of d k))
    /\ last (v_list V c) = Some (d_list d) /\ d_parent d = v_parent V c /\ d_vsti d = v_vsti V c.

(** The page after the [j]-th from the end. *)
Definition after V c j : N := match j with O => 0 | S j' => default 0 (v_list V c !! j') end.

Definition list_page V c j (n : note) : object :=
  ListPage (ListHeader (after V c j) (note_origin n) (note_count n)) (note_records n).

Definition page_ok ρ V m p : Prop :=
  match ρ p with
  | Unused | Lost => True
  | UserPage => m p = Data (v_data V p)
  | Partition _ => descriptor_ok V p (m p)
  | TreeTable c k l u => table_ok V c k l u (m p)
  | ListAt c j => m p = list_page V c j (v_note V p) /\ note_count (v_note V p) <= list_capacity
  | Formatted o => m p = o
  end.

Definition rep ρ V m : Prop := coherent ρ V /\ forall p, page_ok ρ V m p.

(** ** The isolation invariant *)

(** [a] maps page [p] at [w], and gave it to its child [c]. *)
Definition gives V a w p c : Prop :=
  pres V a w /\ pg V a w = p /\ gift_child (v_gift V a w) <> 0
  /\ gift_is_descriptor (v_gift V a (gift_child (v_gift V a w))) = true
  /\ pg V a (gift_child (v_gift V a w)) = c.

(** What [e] lets user mode do, access, write, execute, [e'] lets it do too. *)
Definition rights_le (e e' : entry) : Prop :=
  (e_user e = true -> e_user e' = true) /\ (e_write e = true -> e_write e' = true)
  /\ (e_execute e = true -> e_execute e' = true).

Record inv ρ V : Prop := {
  inv_root : ρ root_partition = Partition 0;
  (* the three trees of a partition have the same tables *)
  inv_sync : forall c k k' l u, is_Some (v_table V c k l u) -> is_Some (v_table V c k' l u);
  (* only present entries say something *)
  inv_user : forall c v, e_user (v_entry V c v) = true -> pres V c v;
  inv_gift : forall c v, gift_child (v_gift V c v) <> 0 -> pres V c v;
  (* what is mapped is memory, and what user mode can touch is user data *)
  inv_mapped : forall c v, pres V c v -> ρ (pg V c v) <> Unused;
  inv_kernel : forall c v, e_user (v_entry V c v) = true -> ρ (pg V c v) = UserPage;
  (* all that a child maps its parent gave it, and no right was gained *)
  inv_parent : forall c v, pres V c v -> c <> root_partition ->
    gives V (v_parent V c) (v_origin V c v) (pg V c v) c;
  inv_rights : forall c v, pres V c v -> c <> root_partition ->
    rights_le (v_entry V c v) (v_entry V (v_parent V c) (v_origin V c v));
  (* no page is mapped twice *)
  inv_once : forall c v v', pres V c v -> pres V c v' -> pg V c v = pg V c v' -> v = v';
  (* kernel structures come from the parent, and their partition does not map them *)
  inv_structure : forall p c, owner ρ p = Some c -> c <> root_partition -> exists w, gives V (v_parent V c) w p c;
  inv_unmapped : forall p c v, owner ρ p = Some c -> pres V c v -> pg V c v <> p;
  (* what shadow 1 calls a descriptor is the descriptor of a child *)
  inv_child : forall a d, gift_is_descriptor (v_gift V a d) = true ->
    gift_child (v_gift V a d) <> 0 /\ d <> 0 /\ is_partition ρ (pg V a d)
    /\ v_parent V (pg V a d) = a /\ pg V a d <> root_partition;
}.

(** The state is as it should be between two services. *)
Definition holds ρ V (s : state) : Prop :=
  rep ρ V (mem s) /\ inv ρ V /\ is_partition ρ (current s) /\ forall v, tlb s v = v_entry V (current s) v.

Definition wf (s : state) : Prop := exists ρ V, holds ρ V s.

End Invariant.
