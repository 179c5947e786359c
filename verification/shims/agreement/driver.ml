(* SPDX-License-Identifier: Apache-2.0 *)
(* The primitives on words as a process: reads one command per line, answers one line.  All numbers are decimal.
     machine LAYOUT ROOT FRAMES   x86 or armv7; memory, registers and the kernel's directory are 0
     fill PAGE VALUE...           all words of a page
     word PAGE INDEX VALUE, register INDEX VALUE, directory INDEX VALUE, running PAGE
     primitives                   the names of all, each with how the printed C writes it: "NAME=SYNTAX ..."
     call NAME ARGUMENT...        "result VALUE..." and what is different now: " w PAGE INDEX VALUE",
                                  " r INDEX VALUE", " running PAGE", " loaded ADDRESS"; or "undefined"
   The other commands answer "done". *)

open Primitives

let pages = 4
let page_words = 1024
let register_count = 19
let memory = Array.make (pages * page_words) 0
let registers = Array.make register_count 0
let directory = Array.make page_words 0
let running_page = ref 0
let loaded = ref 0
let pure = ref []
let with_memory = ref []

exception Wrong of string

let start layout root frames =
  List.iter (fun a -> Array.fill a 0 (Array.length a) 0) [ memory; registers; directory ];
  running_page := 0;
  loaded := 0;
  let entry i = if i < page_words then directory.(i) else 0 in
  let machine = match layout with "x86" -> x86 | "armv7" -> armv7 | _ -> raise (Wrong layout) in
  pure := pure_table machine root frames;
  with_memory := parts machine @ primitive_table machine entry

let state () =
  { words = (fun p i -> if p < pages && i < page_words then memory.((p * page_words) + i) else 0);
    saved = (fun i -> if i < register_count then registers.(i) else 0);
    running = !running_page; loaded_root = !loaded }

let text_of_value v =
  match v with
  | Int n -> string_of_int n
  | Struct0 l -> String.concat " " (List.map string_of_int l)

(* Puts the new state in place of the old one, and says what changed. *)
let commit before after out =
  let note format = Printf.bprintf out format in
  if after.words != before.words then begin
    let now = Array.init (pages * page_words) (fun k -> after.words (k / page_words) (k mod page_words)) in
    Array.iteri
      (fun k w ->
        if w <> memory.(k) then begin
          note " w %d %d %d" (k / page_words) (k mod page_words) w;
          memory.(k) <- w
        end)
      now
  end;
  let saved_now = Array.init register_count after.saved in
  Array.iteri
    (fun i w ->
      if w <> registers.(i) then begin
        note " r %d %d" i w;
        registers.(i) <- w
      end)
    saved_now;
  if after.running <> !running_page then note " running %d" after.running;
  if after.loaded_root <> !loaded then note " loaded %d" after.loaded_root;
  running_page := after.running;
  loaded := after.loaded_root

let call name arguments =
  let values = List.map (fun n -> Int n) arguments in
  match List.assoc_opt name !pure with
  | Some f -> ( match f values with Some v -> "result " ^ text_of_value v | None -> "undefined")
  | None -> (
      match List.assoc_opt name !with_memory with
      | None -> raise (Wrong name)
      | Some f -> (
          let before = state () in
          match f values before with
          | None -> "undefined"
          | Some (v, after) ->
              let out = Buffer.create 64 in
              Buffer.add_string out ("result " ^ text_of_value v);
              commit before after out;
              Buffer.contents out))

let text_of_syntax s =
  match s with
  | Same -> "same"
  | Named c -> "named:" ^ c
  | Infix c -> "infix:" ^ c
  | Field c -> "field:" ^ c
  | Struct (_, fields) -> "struct:" ^ string_of_int (List.length fields)

let primitives () =
  let name_of (name, _) = name in
  let written name = match List.assoc_opt name spelling with Some s -> text_of_syntax s | None -> "same" in
  let names = List.sort_uniq compare (List.map name_of !pure @ List.map name_of !with_memory) in
  String.concat " " (List.map (fun name -> name ^ "=" ^ written name) names)

let answer line =
  let number = int_of_string in
  match String.split_on_char ' ' line with
  | [ "machine"; layout; root; frames ] -> start layout (number root) (number frames); "done"
  | [ "word"; p; i; w ] -> memory.((number p * page_words) + number i) <- number w; "done"
  | "fill" :: p :: all -> List.iteri (fun i w -> memory.((number p * page_words) + i) <- number w) all; "done"
  | [ "register"; i; w ] -> registers.(number i) <- number w; "done"
  | [ "directory"; i; w ] -> directory.(number i) <- number w; "done"
  | [ "running"; p ] -> running_page := number p; "done"
  | [ "primitives" ] -> primitives ()
  | "call" :: name :: arguments -> call name (List.map number arguments)
  | _ -> raise (Wrong line)

let () =
  try
    while true do
      let line = read_line () in
      print_endline (try answer line with Wrong what -> "wrong: " ^ what | Failure what -> "wrong: " ^ what)
    done
  with End_of_file -> ()
