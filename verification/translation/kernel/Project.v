(* SPDX-License-Identifier: Apache-2.0 *)
(** * The kernel, for the translation: types, primitives, and their C syntax

    A name that is missing here makes the reifier stop; a wrong line of the tables of primitives makes a certificate
    fail.

    TRUSTED: [kernel_type_names] and [kernel_syntax], the C names and syntax; and that the C of each primitive, in
    pipcore/mal, does what the primitive of the same name does in pipcore/model/Primitives.v. *)
From Coq Require Import List String.
From elpi Require Import elpi.
From Pip.Model Require Import Primitives.
From Pip.Translation Require Import Lang Print Reify.
Import ListNotations.
Local Open Scope string_scope.

(** ** Types *)
(** Each is a kind of its own: a page is never taken for a virtual page or for an index without a primitive. *)
Elpi Numbers W32 page.
Elpi Numbers W32 vaddr.
Elpi Numbers W32 index.
Elpi Numbers W32 level.
Elpi Numbers W32 word.
Elpi Numbers W32 offset.
Elpi Data kernel_data status answer entry gift offer place list_slot context.

(** There are two levels, so literals are not in the range of a level. *)
#[export] Instance kernel : language :=
  { state := Machine.state; data_types := kernel_data; without_literals := ["level"] }.

Definition kernel_type_names : list (string * string) := [
  ("status", "pip_status_t"); ("answer", "pip_answer_t")
].

(** ** Pure primitives *)
Definition kernel_syntax : list (string * syntax) := [
  ("DONE", Named "PIP_DONE"); ("INVALID_VECTOR", Named "PIP_INVALID_VECTOR");
  ("INVALID_SAVE_SLOT", Named "PIP_INVALID_SAVE_SLOT"); ("ROOT_HAS_NO_PARENT", Named "PIP_ROOT_HAS_NO_PARENT");
  ("NOT_A_CHILD", Named "PIP_NOT_A_CHILD"); ("TARGET_VIDT_UNAVAILABLE", Named "PIP_TARGET_VIDT_UNAVAILABLE");
  ("CALLER_VIDT_UNAVAILABLE", Named "PIP_CALLER_VIDT_UNAVAILABLE");
  ("TARGET_CONTEXT_UNAVAILABLE", Named "PIP_TARGET_CONTEXT_UNAVAILABLE");
  ("CALLER_CONTEXT_UNAVAILABLE", Named "PIP_CALLER_CONTEXT_UNAVAILABLE"); ("BAD_ADDRESS", Named "PIP_BAD_ADDRESS");
  ("NOT_MAPPED", Named "PIP_NOT_MAPPED"); ("NOT_ACCESSIBLE", Named "PIP_NOT_ACCESSIBLE");
  ("ALREADY_GIVEN", Named "PIP_ALREADY_GIVEN"); ("NOT_ORDINARY_MEMORY", Named "PIP_NOT_ORDINARY_MEMORY");
  ("NOT_WRITABLE", Named "PIP_NOT_WRITABLE"); ("SAME_PAGE", Named "PIP_SAME_PAGE"); ("NO_TABLE", Named "PIP_NO_TABLE");
  ("OCCUPIED", Named "PIP_OCCUPIED"); ("RIGHTS_EXCEEDED", Named "PIP_RIGHTS_EXCEEDED");
  ("UNREADABLE", Named "PIP_UNREADABLE"); ("NOT_EMPTY", Named "PIP_NOT_EMPTY");
  ("NOTHING_TO_COLLECT", Named "PIP_NOTHING_TO_COLLECT"); ("NOT_LISTED", Named "PIP_NOT_LISTED");
  ("NO_HANDLER", Named "PIP_NO_HANDLER"); ("NOT_ROOT", Named "PIP_NOT_ROOT");

  ("Answer", Struct "pip_answer_t" ["status"; "value"]);
  ("answer_status", Field "status"); ("answer_value", Field "value");
  ("Offer", Struct "offer_t" ["status"; "page"]); ("offer_status", Field "status"); ("offer_page", Field "page");
  ("Place", Struct "place_t" ["table"; "level"; "parent"]);
  ("place_table", Field "table"); ("place_level", Field "level"); ("place_parent", Field "parent");
  ("ListSlot", Struct "list_slot_t" ["page"; "index"]); ("slot_page", Field "page"); ("slot_index", Field "index");
  ("UserContext", Struct "context_t" ["partition"; "first"; "second"; "offset"]);
  ("context_partition", Field "partition"); ("context_first", Field "first"); ("context_second", Field "second");
  ("context_offset", Field "offset");

  ("page_eq", Infix "=="); ("vaddr_eq", Infix "=="); ("index_eq", Infix "=="); ("index_lt", Infix "<");
  ("level_eq", Infix "=="); ("word_eq", Infix "=="); ("status_eq", Infix "==");

  ("no_page", Same); ("no_vaddr", Same); ("zero", Same); ("leaf_level", Same); ("one_level", Same);
  ("first_index", Same); ("second_index", Same); ("no_entry", Same); ("nobody", Same);
  ("vcli_slot", Same); ("vsti_slot", Same); ("double_fault", Same);
  ("pipflags_register", Same); ("valid_register", Same); ("valid_mark", Same);
  ("top_level", Same); ("interior_levels", Same); ("page_fuel", Same); ("table_fuel", Same); ("leaf_tables", Same);
  ("context_fuel", Same); ("end_of_table", Same); ("root", Named "root_partition"); ("vidt", Same);

  ("page_aligned", Same); ("page_number", Same); ("address_of", Same); ("page_offset", Same);
  ("is_present", Same); ("is_user", Same); ("is_writable", Same); ("is_executable", Same); ("frame_of", Same);
  ("user_entry", Same); ("link_entry", Same); ("shown", Same); ("hidden", Same);
  ("given_to", Same); ("is_descriptor", Same); ("gift_of", Same); ("descriptor_gift", Same);
  ("wants_interrupts", Same); ("flag_word", Same); ("is_vidt_index", Same); ("vidt_index", Same);
  ("context_fits", Same); ("in_one_page", Same); ("context_end", Same); ("no_context", Same);
  ("is_plain_offset", Same); ("physical_address", Same); ("pages_needed", Same);
  ("user_page", Same); ("user_address", Same); ("ordinary_memory", Same);
  ("index_at", Same)
].

Section Tables.
Context `{Params}.

Elpi Pure kernel_pure kernel kernel_syntax.

(** ** Monadic primitives: C functions of the same name *)
Elpi Monadic kernel_primitives kernel
  level_below level_above next_index next_register vaddr_at next_table unreachable
  current_partition switch_to invalidate read_register write_register
  read_entry write_entry read_link write_link is_empty_table read_gift write_gift next_gift read_origin write_origin
  mmu_root shadow1_root shadow2_root config_list parent_of interrupt_state set_config_list set_interrupt_state
  next_list_page list_page_origin record_count lacks_room find_record
  record_mmu_origin record_shadow1_origin record_shadow2_origin add_record drop_last_record overwrite_record
  format_mmu format_shadow1 format_shadow2 format_list format_descriptor clear_page
  read_word write_word load_register store_register load_registers store_registers.

End Tables.

(** ** What the rest of the kernel calls *)
Definition kernel_entry_points : list string := [
  "createPartition"; "countToMap"; "prepare"; "addVAddr"; "removeVAddr"; "mappedInChild"; "deletePartition"; "collect";
  "yieldTo"; "getIntState"; "setIntState"; "physicalAddress"; "deliverInterrupt"; "deliverFault"
].
