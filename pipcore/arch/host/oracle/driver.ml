(* SPDX-License-Identifier: Apache-2.0 *)
(* The oracle's driver: reads one command per line, runs the extracted model, answers one line.

   All numbers are decimal.  Commands:
     machine ROOT MEMORY_BEGIN FRAMES    a machine whose frames are all cleared user data
     frame NUMBER KIND [INDEX:WORD]...   what a frame holds, in the words of pip/layout.h; the other words are 0
     current PARTITION                   the running partition
     registers WORD...                   its registers, in the order of a context
     keep NAME, restore NAME             remember the present state; return to it
     load ADDRESS, store ADDRESS WORD    what user mode does: "word W", "done" or "fault"
     data FRAME INDEX WORD...            user mode changed words of a frame, from this index on: "done", or "undefined"
                                         where the frame is no user data
     SERVICE ARGUMENT...                a call: "answer STATUS VALUE CURRENT REGISTERS [FRAME KIND DIGEST]...", with the
                                         digest of the registers, and each frame that the call changed with the
                                         digest of the words that mean something; or "undefined"
   Kinds: d user data, p descriptor, t top MMU table, s top shadow table, m leaf MMU table, 1 and 2 shadow leaves,
   l configuration list.  The other commands answer "done". *)

open Model

let page_words = 1024
let page_bytes = 4096

(* Bits of an entry, as pip/layout.h has them. *)
let present = 1
let writable = 2
let user = 4
let executable = 0x200

(* The kernel's entries are not the model's business; their digest is that of 0. *)
let kernel_word = 0

exception Wrong of string

(* ---- objects and words ---- *)

let flag bit set = if set then bit else 0

let word_of_entry e =
  if e.e_kernel then kernel_word
  else
    (e.e_frame * page_bytes) lor flag present e.e_present lor flag writable e.e_write lor flag user e.e_user
    lor flag executable e.e_execute

let entry_of_word w =
  if w = 0 then absent_entry
  else
    { e_frame = w / page_bytes; e_present = w land present <> 0; e_user = w land user <> 0;
      e_write = w land writable <> 0; e_execute = w land executable <> 0; e_kernel = false }

let word_of_gift g = (g.gift_child * page_bytes) lor flag 1 g.gift_is_descriptor
let gift_of_word w = { gift_child = w / page_bytes; gift_is_descriptor = w land 1 <> 0 }

let word_of_descriptor d i =
  match i with
  | 0 -> d.d_mmu * page_bytes
  | 1 -> d.d_shadow1 * page_bytes
  | 2 -> d.d_shadow2 * page_bytes
  | 3 -> d.d_list * page_bytes
  | 4 -> d.d_parent * page_bytes
  | 5 -> flag 1 d.d_vsti
  | _ -> 0

let word_of_list header records i =
  if i = 0 then header.list_next * page_bytes
  else if i = 1 then header.list_origin * page_bytes
  else if i = 2 then header.list_count
  else if i = 3 then 0
  else
    let r = records ((i - 4) / 4) in
    page_bytes
    * (match i land 3 with
      | 0 -> r.record_table
      | 1 -> r.record_mmu
      | 2 -> r.record_shadow1
      | _ -> r.record_shadow2)

let is_top_table entries = (entries 0).e_kernel

let kind_of = function
  | Data _ -> 'd'
  | DescriptorPage _ -> 'p'
  | Table (0, _) -> 'm'
  | Table (_, entries) -> if is_top_table entries then 't' else 's'
  | Shadow1Leaf _ -> '1'
  | Shadow2Leaf _ -> '2'
  | ListPage _ -> 'l'

(* How many words of a page mean something: descriptors and list pages keep old words where they have no use for any. *)
let meaningful_words = function
  | DescriptorPage _ -> 6
  | ListPage (header, _) -> 4 + (4 * header.list_count)
  | _ -> page_words

let words_of = function
  | Data words -> words
  | DescriptorPage d -> word_of_descriptor d
  | Table (_, entries) -> fun i -> word_of_entry (entries i)
  | Shadow1Leaf gifts -> fun i -> word_of_gift (gifts i)
  | Shadow2Leaf origins -> fun i -> origins i * page_bytes
  | ListPage (header, records) -> word_of_list header records

let object_of kernel_slot kind words =
  let frame i = words i / page_bytes in
  match kind with
  | 'd' -> Data words
  | 'p' ->
      DescriptorPage
        { d_mmu = frame 0; d_shadow1 = frame 1; d_shadow2 = frame 2; d_list = frame 3; d_parent = frame 4;
          d_vsti = words 5 <> 0 }
  | 't' -> Table (1, fun i -> if kernel_slot i then kernel_entry else entry_of_word (words i))
  | 's' -> Table (1, fun i -> entry_of_word (words i))
  | 'm' -> Table (0, fun i -> entry_of_word (words i))
  | '1' -> Shadow1Leaf (fun i -> gift_of_word (words i))
  | '2' -> Shadow2Leaf frame
  | 'l' ->
      ListPage
        ( { list_next = frame 0; list_origin = frame 1; list_count = words 2 },
          fun j ->
            { record_table = frame (4 + (4 * j)); record_mmu = frame (5 + (4 * j));
              record_shadow1 = frame (6 + (4 * j)); record_shadow2 = frame (7 + (4 * j)) } )
  | _ -> raise (Wrong "kind")

(* ---- keeping functions short: each call leaves a chain of updates, which becomes an array ---- *)

let flat n f =
  let a = Array.init n f in
  fun i -> Array.get a i

let list_records = 255

let flatten = function
  | Data words -> Data (flat page_words words)
  | DescriptorPage d -> DescriptorPage d
  | Table (height, entries) -> Table (height, flat page_words entries)
  | Shadow1Leaf gifts -> Shadow1Leaf (flat page_words gifts)
  | Shadow2Leaf origins -> Shadow2Leaf (flat page_words origins)
  | ListPage (header, records) -> ListPage (header, flat list_records records)

(* The same in lock_step.cc: modulo 2^62, so that it fits OCaml's integers. *)
let digest n words =
  let h = ref 0 in
  for i = 0 to n - 1 do
    h := (!h + words i + 1) * 0x9E3779B97F4A7C1
  done;
  !h land 0x3FFFFFFFFFFFFFFF

(* ---- the machine ---- *)

let cleared = flatten (Data (fun _ -> 0))

(* What a machine is between two calls; the array of registers is never changed in place. *)
type machine = { params : params; objects : object0 array; mutable current : int; mutable registers : int array }

let new_machine root memory_begin frames =
  let params = x86_machine root memory_begin frames in
  { params; objects = Array.make frames cleared; current = 0; registers = Array.make params.context_words 0 }

let machine = ref (new_machine 0 0 0)
let kept : (string, machine) Hashtbl.t = Hashtbl.create 8

let keep name = Hashtbl.replace kept name { !machine with objects = Array.copy !machine.objects }

let restore name =
  let m = Hashtbl.find kept name in
  machine := { m with objects = Array.copy m.objects }

let state () =
  let objects = !machine.objects and r = !machine.registers in
  let memory p = objects.(p) in
  { mem = memory; current = !machine.current; registers = (fun i -> r.(i)); tlb = (fun _ -> absent_entry) }

(* Takes over the state after a call, and tells what changed. *)
let settle s =
  let objects = !machine.objects in
  let numbers = List.sort_uniq compare (List.filter (fun i -> i < Array.length objects) !Journal.noted) in
  let changed = List.filter (fun i -> s.mem i != objects.(i)) numbers in
  let flattened = List.map (fun i -> (i, flatten (s.mem i))) changed in
  List.iter (fun (i, o) -> objects.(i) <- o) flattened;
  !machine.registers <- Array.init !machine.params.context_words s.registers;
  !machine.current <- s.current;
  flattened

let answer status value s =
  let b = Buffer.create 256 in
  let changed = settle s in
  Printf.bprintf b "answer %d %d %d %d" (status_number status) value !machine.current
    (digest !machine.params.context_words (Array.get !machine.registers));
  List.iter
    (fun (i, o) -> Printf.bprintf b " %d %c %d" i (kind_of o) (digest (meaningful_words o) (words_of o)))
    changed;
  Buffer.contents b

let run service =
  Journal.noted := [];
  match service (state ()) with
  | Undefined -> "undefined"
  | Done (a, s) -> a s
  | exception Invalid_argument _ -> "undefined"

let run_status service =
  run (fun s -> match service s with Done (x, s') -> Done (answer x 0, s') | Undefined -> Undefined)

let run_answer service =
  run (fun s ->
      match service s with
      | Done (x, s') -> Done (answer x.answer_status x.answer_value, s')
      | Undefined -> Undefined)

let user_word address access =
  let v = address / page_bytes in
  let e = mmu_entry !machine.params (fun p -> !machine.objects.(p)) !machine.current v in
  if not (e.e_user && (access = `Load || e.e_write)) then None
  else Some (e.e_frame, address mod page_bytes / 4)

let load address =
  match user_word address `Load with
  | None -> "fault"
  | Some (frame, i) -> (
      match !machine.objects.(frame) with Data words -> Printf.sprintf "word %d" (words i) | _ -> "undefined")

let store address word =
  match user_word address `Store with
  | None -> "fault"
  | Some (frame, i) -> (
      match !machine.objects.(frame) with
      | Data words ->
          !machine.objects.(frame) <- flatten (Data (update words i word));
          "done"
      | _ -> "undefined")

let set_frame number kind words =
  let a = Array.make page_words 0 in
  List.iter (fun s -> Scanf.sscanf s "%d:%d" (fun i w -> a.(i) <- w)) words;
  !machine.objects.(number) <- flatten (object_of !machine.params.kernel_slot kind (Array.get a))

let set_data number first words =
  match !machine.objects.(number) with
  | Data old ->
      let a = Array.init page_words old in
      List.iteri (fun i w -> a.(first + i) <- w) words;
      !machine.objects.(number) <- Data (Array.get a);
      "done"
  | _ -> "undefined"

let done_ action =
  action ();
  "done"

let command line =
  let p = !machine.params in
  let n = int_of_string in
  match String.split_on_char ' ' line with
  | [ "createPartition"; a; b; c; d; e ] -> run_status (createPartition p (n a) (n b) (n c) (n d) (n e))
  | [ "countToMap"; c; v ] -> run_answer (countToMap p (n c) (n v))
  | [ "prepare"; c; v; f ] -> run_answer (prepare p (n c) (n v) (n f))
  | [ "addVAddr"; s; c; d; r; w; x ] -> run_status (addVAddr p (n s) (n c) (n d) (r <> "0") (w <> "0") (x <> "0"))
  | [ "removeVAddr"; c; v ] -> run_status (removeVAddr p (n c) (n v))
  | [ "mappedInChild"; v ] -> run_answer (mappedInChild p (n v))
  | [ "deletePartition"; c ] -> run_status (deletePartition p (n c))
  | [ "collect"; c; v ] -> run_answer (collect p (n c) (n v))
  | [ "yieldTo"; c; v; s; y; w ] -> run_status (yieldTo p (n c) (n v) (n s) (n y) (n w))
  | [ "getIntState"; c ] -> run_answer (getIntState p (n c))
  | [ "setIntState"; f ] -> run_status (setIntState (n f))
  | [ "physicalAddress"; v ] -> run_answer (physicalAddress p (n v))
  | [ "deliverInterrupt"; v ] -> run_status (deliverInterrupt p (n v))
  | [ "deliverFault"; v ] -> run_status (deliverFault p (n v))
  | [ "load"; a ] -> load (n a)
  | [ "store"; a; w ] -> store (n a) (n w)
  | "data" :: number :: first :: words -> set_data (n number) (n first) (List.map n words)
  | "registers" :: words -> done_ (fun () -> !machine.registers <- Array.of_list (List.map n words))
  | [ "current"; c ] -> done_ (fun () -> !machine.current <- n c)
  | [ "machine"; root; first; frames ] -> done_ (fun () -> machine := new_machine (n root) (n first) (n frames))
  | "frame" :: number :: kind :: words -> done_ (fun () -> set_frame (n number) kind.[0] words)
  | [ "keep"; name ] -> done_ (fun () -> keep name)
  | [ "restore"; name ] -> done_ (fun () -> restore name)
  | _ -> raise (Wrong "command")

let () =
  try
    while true do
      let line = input_line stdin in
      print_endline
        (try command line with
        | Wrong what -> "wrong " ^ what ^ ": " ^ line
        | Not_found -> "wrong name: " ^ line
        | Failure why | Scanf.Scan_failure why | Invalid_argument why -> "wrong " ^ why ^ ": " ^ line)
    done
  with End_of_file -> ()
