(* SPDX-License-Identifier: Apache-2.0 *)
(** * The machine of words as a machine of mini-C

    Values are words and structs of words; each primitive that a printed function may call is a function of Words.v.
    [represents] says which values and which memory stand for those of the typed model.  With CSem.v this is a meaning
    of the printed program on words, without any type in memory. *)
From Coq Require Import List String Bool NArith.
From Pip.Model Require Primitives.
From Pip.Translation Require Import Lang CSyn CSem Bounded.
From Pip.Translation.Kernel Require Import Project Ranges.
From Pip.Words Require Import Words.
Import ListNotations.
Open Scope N_scope.

(** ** Values and pure primitives *)
Inductive cvalue : Type := Int (n : N) | Struct (fields : list N).

Definition pure_function := list cvalue -> option cvalue.
Definition constant (n : N) : pure_function := fun vs => match vs with [] => Some (Int n) | _ => None end.
Definition unary (f : N -> N) : pure_function := fun vs => match vs with [Int a] => Some (Int (f a)) | _ => None end.
Definition binary (f : N -> N -> N) : pure_function :=
  fun vs => match vs with [Int a; Int b] => Some (Int (f a b)) | _ => None end.
Definition test (f : N -> bool) : pure_function := unary (fun a => bit (f a)).
Definition relation (f : N -> N -> bool) : pure_function := binary (fun a b => bit (f a b)).
(** A member of a struct; a struct of words. *)
Definition member (k : nat) : pure_function :=
  fun vs => match vs with [Struct l] => option_map Int (nth_error l k) | _ => None end.
Fixpoint ints (vs : list cvalue) : option (list N) :=
  match vs with
  | [] => Some []
  | Int a :: vs => option_map (cons a) (ints vs)
  | Struct _ :: _ => None
  end.
Definition struct : pure_function := fun vs => option_map Struct (ints vs).

(** How words stand for entries. *)
Class Encoding (A : Architecture) : Type := {
  entry_word : Types.entry -> N -> Prop;          (** a word of a leaf MMU table *)
  slots : N;                                (** links that a root table has room for; the kernel's others are nowhere *)
  link_word : Types.entry -> N -> N -> Prop;      (** the link of an entry, by its words' positions *)
  kernel_word : N -> N -> Prop;             (** the kernel's entry as boot made it, and as it is now *)
  closed : (N -> N) -> Prop;                (** the kernel's entries let user mode nowhere *)
}.
Section Machine.
Context `{A : Architecture}.
Variables root_frame frame_count : N.
(** The page directory that boot made: the kernel's entries. *)
Variable directory : N -> N.

Definition pure_table : list (string * pure_function) := [
  ("DONE"%string, constant 0); ("INVALID_VECTOR"%string, constant 1); ("INVALID_SAVE_SLOT"%string, constant 2);
  ("ROOT_HAS_NO_PARENT"%string, constant 3); ("NOT_A_CHILD"%string, constant 4);
  ("TARGET_VIDT_UNAVAILABLE"%string, constant 5); ("CALLER_VIDT_UNAVAILABLE"%string, constant 6);
  ("TARGET_CONTEXT_UNAVAILABLE"%string, constant 8); ("CALLER_CONTEXT_UNAVAILABLE"%string, constant 9);
  ("BAD_ADDRESS"%string, constant 10); ("NOT_MAPPED"%string, constant 11); ("NOT_ACCESSIBLE"%string, constant 12);
  ("ALREADY_GIVEN"%string, constant 13); ("NOT_ORDINARY_MEMORY"%string, constant 14);
  ("NOT_WRITABLE"%string, constant 15); ("SAME_PAGE"%string, constant 16); ("NO_TABLE"%string, constant 17);
  ("OCCUPIED"%string, constant 18); ("RIGHTS_EXCEEDED"%string, constant 19); ("UNREADABLE"%string, constant 20);
  ("NOT_EMPTY"%string, constant 21); ("NOTHING_TO_COLLECT"%string, constant 22); ("NOT_LISTED"%string, constant 23);
  ("NO_HANDLER"%string, constant 24); ("NOT_ROOT"%string, constant 25);

  ("Answer"%string, struct); ("answer_status"%string, member 0); ("answer_value"%string, member 1);
  ("Offer"%string, struct); ("offer_status"%string, member 0); ("offer_page"%string, member 1);
  ("Place"%string, struct); ("place_table"%string, member 0); ("place_level"%string, member 1);
  ("place_parent"%string, member 2);
  ("ListSlot"%string, struct); ("slot_page"%string, member 0); ("slot_index"%string, member 1);
  ("UserContext"%string, struct); ("context_partition"%string, member 0); ("context_first"%string, member 1);
  ("context_second"%string, member 2); ("context_offset"%string, member 3);

  ("page_eq"%string, relation N.eqb); ("vaddr_eq"%string, relation N.eqb); ("index_eq"%string, relation N.eqb);
  ("index_lt"%string, relation N.ltb); ("level_eq"%string, relation N.eqb); ("word_eq"%string, relation N.eqb);
  ("status_eq"%string, relation N.eqb);

  ("no_page"%string, constant 0); ("no_vaddr"%string, constant 0); ("zero"%string, constant 0);
  ("leaf_level"%string, constant 0); ("one_level"%string, constant 1); ("first_index"%string, constant 0);
  ("second_index"%string, constant 1); ("no_entry"%string, constant 0); ("nobody"%string, constant 0);
  ("vcli_slot"%string, constant 48); ("vsti_slot"%string, constant 49); ("double_fault"%string, constant 8);
  ("pipflags_register"%string, constant context_flags); ("valid_register"%string, constant context_valid);
  ("valid_mark"%string, constant 1); ("top_level"%string, constant 1); ("interior_levels"%string, constant 1);
  ("page_fuel"%string, constant frame_count); ("table_fuel"%string, constant 1024); ("leaf_tables"%string,
    constant 1024);
  ("context_fuel"%string, constant context_words); ("end_of_table"%string, constant 1024);
  ("root"%string, constant root_frame);
  ("vidt"%string, constant vidt);

  ("page_aligned"%string, test page_aligned); ("page_number"%string, unary page_of);
  ("address_of"%string, unary address); ("page_offset"%string, unary page_offset);
  ("is_present"%string, test is_present); ("is_user"%string, test is_user);
  ("is_writable"%string, test is_writable); ("is_executable"%string, test is_executable);
  ("frame_of"%string, unary page_of);
  ("user_entry"%string,
    fun vs => match vs with [Int p; Int w; Int x] => Some (Int (user_entry p w x)) | _ => None end);
  ("link_entry"%string, unary link_entry); ("shown"%string, unary shown); ("hidden"%string, unary hidden);
  ("given_to"%string, unary page_of); ("is_descriptor"%string, test (has 1)); ("gift_of"%string, unary address);
  ("descriptor_gift"%string, unary (fun v => plus (address v) 1));
  ("wants_interrupts"%string, test (fun a => negb (a =? 0)));
  ("flag_word"%string, unary (fun b => if b =? 0 then 0 else 1));
  ("is_vidt_index"%string, test (fun a => a <? 1023)); ("vidt_index"%string, unary (fun a => N.land a 1023));
  ("context_fits"%string, test (fun a => a <=? word_limit - context_bytes));
  ("in_one_page"%string, test (fun a => page_offset a <=? 4096 - context_bytes));
  ("context_end"%string, unary (fun a => plus a (context_bytes - 1)));
  ("no_context"%string, fun vs => match vs with [Int p] => Some (Struct [p; 0; 0; 0]) | _ => None end);
  ("is_plain_offset"%string, test (fun o => (N.land o 3 =? 0) && (o <=? 4096 - context_bytes)));
  ("physical_address"%string, binary (fun p o => plus (address p) o));
  ("pages_needed"%string, binary pages_needed);
  ("user_page"%string, test user_page);
  ("user_address"%string, test (fun a => page_aligned a && user_page (page_of a)));
  ("ordinary_memory"%string, test (fun p => (first_ordinary <=? p) && (p <? frame_count)));
  ("index_at"%string, fun vs => match vs with [Int v; Int l] => option_map Int (index_at v l) | _ => None end)
].

(** ** Primitives with memory *)
Definition primitive := list cvalue -> W cvalue.
Definition numeric (m : W N) : W cvalue := wbind m (fun n => wret (Int n)).
Definition truth_value (m : W bool) : W cvalue := wbind m (fun b => wret (Int (bit b))).
Definition effect (m : W unit) : W cvalue := wbind m (fun _ => wret (Int 0)).
Definition of1 (f : N -> W cvalue) : primitive := fun vs => match vs with [Int a] => f a | _ => wfail end.
Definition of2 (f : N -> N -> W cvalue) : primitive := fun vs => match vs with [Int a; Int b] => f a b | _ => wfail end.
Definition of3 (f : N -> N -> N -> W cvalue) : primitive :=
  fun vs => match vs with [Int a; Int b; Int c] => f a b c | _ => wfail end.

Definition primitive_table : list (string * primitive) := [
  ("level_below"%string, of1 (fun l => wret (Int (minus l 1))));
  ("level_above"%string, of1 (fun l => wret (Int (plus l 1))));
  ("next_index"%string, of1 (fun i => wret (Int (plus i 1))));
  ("next_register"%string, of1 (fun i => wret (Int (plus i 1))));
  ("vaddr_at"%string, of2 (fun base i => wret (Int (plus base i))));
  ("next_table"%string, of1 (fun base => wret (Int (N.land (plus base 1024) 1048575))));
  ("unreachable"%string, fun _ => wfail);
  ("current_partition"%string, fun vs => match vs with [] => fun c => Some (Int (running c), c) | _ => wfail end);
  ("switch_to"%string, of1 (fun p => effect (switch_to p)));
  ("invalidate"%string, of1 (fun _ => wret (Int 0)));
  ("read_register"%string, of1 (fun i => numeric (read_register i)));
  ("write_register"%string, of2 (fun i w => effect (write_register i w)));
  ("read_entry"%string, of2 (fun p i => numeric (wread p i)));
  ("write_entry"%string, of3 (fun p i e => effect (wwrite p i e)));
  ("read_link"%string, of3 (fun p v _ => numeric (read_link p v)));
  ("write_link"%string, fun vs => match vs with
    | [Int p; Int v; Int _; Int e] => effect (write_link p v e) | _ => wfail end);
  ("is_empty_table"%string, of1 (fun p => truth_value (is_empty_table p)));
  ("read_gift"%string, of2 (fun p i => numeric (wread p i)));
  ("write_gift"%string, of3 (fun p i g => effect (wwrite p i g)));
  ("next_gift"%string, of3 (fun p i child => numeric (next_gift p i child)));
  ("read_origin"%string, of2 (fun p i => numeric (read_page p i)));
  ("write_origin"%string, of3 (fun p i v => effect (write_page p i v)));
  ("mmu_root"%string, of1 (fun p => numeric (read_page p 0)));
  ("shadow1_root"%string, of1 (fun p => numeric (read_page p 1)));
  ("shadow2_root"%string, of1 (fun p => numeric (read_page p 2)));
  ("config_list"%string, of1 (fun p => numeric (read_page p 3)));
  ("parent_of"%string, of1 (fun p => numeric (read_page p 4)));
  ("interrupt_state"%string,
    of1 (fun p => truth_value (wbind (wread p 5) (fun w => wret (negb (w =? 0))))));
  ("set_config_list"%string, of2 (fun p q => effect (write_page p 3 q)));
  ("set_interrupt_state"%string, of2 (fun p b => effect (wwrite p 5 (if b =? 0 then 0 else 1))));
  ("next_list_page"%string, of1 (fun q => numeric (read_page q 0)));
  ("list_page_origin"%string, of1 (fun q => numeric (read_page q 1)));
  ("record_count"%string, of1 (fun q => numeric (record_count q)));
  ("lacks_room"%string, of2 (fun q l => truth_value (lacks_room q l)));
  ("find_record"%string, of2 (fun q table => numeric (find_record q table)));
  ("record_mmu_origin"%string, of2 (fun q j => numeric (record_word q j 1)));
  ("record_shadow1_origin"%string, of2 (fun q j => numeric (record_word q j 2)));
  ("record_shadow2_origin"%string, of2 (fun q j => numeric (record_word q j 3)));
  ("add_record"%string, fun vs => match vs with
    | [Int q; Int t; Int a; Int b; Int d] => effect (add_record q t a b d) | _ => wfail end);
  ("drop_last_record"%string, of1 (fun q => effect (drop_last_record q)));
  ("overwrite_record"%string, of3 (fun q j head => effect (overwrite_record q j head)));
  ("format_mmu"%string, of2 (fun p l => effect (format_mmu directory p l)));
  ("format_shadow1"%string, of2 (fun p _ => effect (clear_page p)));
  ("format_shadow2"%string, of2 (fun p _ => effect (clear_page p)));
  ("format_list"%string, of3 (fun p origin next => effect (format_list p origin next)));
  ("format_descriptor"%string, fun vs => match vs with
    | [Int p; Int a; Int b; Int d; Int l; Int q] => effect (format_descriptor p a b d l q) | _ => wfail end);
  ("clear_page"%string, of1 (fun p => effect (clear_page p)));
  ("read_word"%string, of2 (fun p i => numeric (wread p i)));
  ("write_word"%string, of3 (fun p i w => effect (wwrite p i w)));
  ("load_register"%string, fun vs => match vs with
    | [Int p; Int q; Int o; Int i] => effect (load_register p q o i) | _ => wfail end);
  ("store_register"%string, fun vs => match vs with
    | [Int p; Int q; Int o; Int i] => effect (store_register p q o i) | _ => wfail end);
  ("load_registers"%string, of2 (fun p o => effect (load_registers p o)));
  ("store_registers"%string, of2 (fun p o => effect (store_registers p o)))
].

Definition word_machine : machine := {|
  value := cvalue;
  memory := wstate;
  v_unit := Int 0;
  v_bool b := Int (bit b);
  v_nat n := Int (N.of_nat n);
  v_num _ n := Int n;
  truth_of v := match v with Int n => Some (negb (n =? 0)) | Struct _ => None end;
  is_zero v := match v with Int n => n =? 0 | Struct _ => false end;
  minus_one v := match v with Int n => Int (minus n 1) | Struct _ => v end;
  compares o v w := match v, w with Int a, Int b => Some (compare_num o a b) | _, _ => None end;
  c_pure f vs := match find f pure_table with Some g => g vs | None => None end;
  c_primitive f vs c := match find f primitive_table with Some g => g vs c | None => None end
|}.

(** ** What stands for what *)
Import Primitives.

Context {E : Encoding A}.

Record gift_word (g : gift) (w : N) : Prop := {
  G_word : w < word_limit;
  G_child : page_of w = gift_child g;
  G_descriptor : N.testbit w 0 = gift_is_descriptor g
}.

Definition encoding : Type := { name : string & data (L := kernel) name -> cvalue -> Prop }.
Definition encoded (name : string) (Q : data (L := kernel) name -> cvalue -> Prop) : encoding :=
  existT (fun name => data (L := kernel) name -> cvalue -> Prop) name Q.
Fixpoint encoded_by (l : list encoding) (name : string) : data (L := kernel) name -> cvalue -> Prop :=
  match l with
  | [] => fun _ _ => False
  | existT _ n Q :: l =>
    match string_dec n name with
    | left E => eq_rect n (fun n => data (L := kernel) n -> cvalue -> Prop) Q name E
    | right _ => encoded_by l name
    end
  end.
Definition encodings : list encoding := [
  encoded "status" (fun s v => v = Int (status_number s));
  encoded "answer" (fun a v => v = Struct [status_number (answer_status a); answer_value a]);
  encoded "entry" (fun e v => exists w, v = Int w /\ entry_word e w);
  encoded "gift" (fun g v => exists w, v = Int w /\ gift_word g w);
  encoded "offer" (fun o v => v = Struct [status_number (offer_status o); offer_page o]);
  encoded "place" (fun z v => v = Struct [place_table z; place_level z; place_parent z]);
  encoded "list_slot" (fun z v => v = Struct [slot_page z; slot_index z]);
  encoded "context"
    (fun c v => v = Struct [context_partition c; context_first c; context_second c; context_offset c])
].
Definition data_value : forall name, data (L := kernel) name -> cvalue -> Prop := encoded_by encodings.

(** An entry in slot [i] of a root table: the kernel's, from its directory; or a link, or nothing. *)
Definition stored_link (i : N) (e : entry) (f : N -> N) : Prop :=
  if e_kernel e then Words.kernel_slot i = true /\ kernel_word (directory (link_words * i)) (f (link_words * i))
  else is_link e = true /\ forall k, k < link_words -> link_word e k (f (link_words * i + k)).

Definition stored_record (r : table_record) (f : N -> N) (i : N) : Prop :=
  f i = record_table r * 4096 /\ f (i + 1) = record_mmu r * 4096 /\ f (i + 2) = record_shadow1 r * 4096
  /\ f (i + 3) = record_shadow2 r * 4096.

(** A page of words stands for an object. *)
Definition stored (o : object) (f : N -> N) : Prop :=
  match o with
  | Data g => forall i, i < 1024 -> f i = g i
  | DescriptorPage d =>
      f 0 = d_mmu d * 4096 /\ f 1 = d_shadow1 d * 4096 /\ f 2 = d_shadow2 d * 4096 /\ f 3 = d_list d * 4096
      /\ f 4 = d_parent d * 4096 /\ negb (f 5 =? 0) = d_vsti d
  | Table h t =>
      if h =? 0 then forall i, i < 1024 -> e_kernel (t i) = false /\ entry_word (t i) (f i)
      else forall i, i < slots -> stored_link i (t i) f
  | Shadow1Leaf t => forall i, i < 1024 -> gift_word (t i) (f i)
  | Shadow2Leaf t => forall i, i < 1024 -> f i = t i * 4096
  | ListPage h t =>
      f 0 = list_next h * 4096 /\ f 1 = list_origin h * 4096 /\ f 2 = list_count h
      /\ forall j, j < list_count h -> stored_record (t j) f (record_place j)
  end.

(** Memory, registers, the running partition and the loaded root of the processor stand for a state of the model. *)
Record stands (s : Machine.state) (c : wstate) : Prop := {
  R_memory : forall p, p < frames -> stored (mem s p) (words c p);
  R_running : running c = current s;
  R_saved : forall i, i < Words.context_words -> saved c i = registers s i;
  R_loaded : forall d, mem s (current s) = DescriptorPage d -> loaded_root c = d_mmu d * 4096
}.
Definition represents (s : Machine.state) (c : wstate) : Prop := fits_state frames s /\ stands s c.

(** What a value stands for, apart from its range. *)
Definition stands_for (t : ty) : tyD (L := kernel) t -> cvalue -> Prop :=
  match t with
  | TUnit => fun _ _ => True
  | TBool => fun b v => exists n, v = Int n /\ negb (n =? 0) = b
  | TNat => fun n v => v = Int (N.of_nat n)
  | TNum _ _ => fun n v => v = Int n
  | TData d => data_value d
  end.

Definition on_words : representation kernel word_machine :=
  Build_representation kernel word_machine
    (fun n v => N.of_nat n < word_limit /\ v = Int (N.of_nat n))
    (fun k n v => n < bound frames k /\ v = Int n)
    (fun d x v => in_ranges (ranges frames) d x /\ data_value d x v)
    represents.
End Machine.
