(* SPDX-License-Identifier: Apache-2.0 *)
(* Writes the extracted texts to files: write_c HEADER SOURCE GALLINA...
   Above each function stands the comment that it has in the Gallina sources given.
   TRUSTED: that it writes the texts as they are, and nothing but comments between them. *)

let fail message = prerr_endline ("write_c: " ^ message); exit 1

let read file =
  let channel = try open_in_bin file with Sys_error message -> fail message in
  let text = really_input_string channel (in_channel_length channel) in
  close_in channel;
  text

let is_name c = match c with 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' | '\'' -> true | _ -> false

(* The position after [word] at [at], if it stands there. *)
let after text at word =
  let n = String.length word in
  if at + n <= String.length text && String.sub text at n = word then Some (at + n) else None

let rec skip test text at = if at < String.length text && test text.[at] then skip test text (at + 1) else at
let is_space c = c = ' ' || c = '\n'

(* Where the comment that begins at [at] ends; comments nest. *)
let rec comment_end text at depth =
  match after text at "(*", after text at "*)" with
  | Some next, _ -> comment_end text next (depth + 1)
  | _, Some next -> if depth = 1 then next else comment_end text next (depth - 1)
  | None, None -> if at >= String.length text then at else comment_end text (at + 1) depth

(* The name defined at [at], if a definition stands there. *)
let defined text at =
  let name keyword =
    match after text at (keyword ^ " ") with
    | Some start -> Some (String.sub text start (skip is_name text start - start))
    | None -> None in
  match name "Definition" with None -> name "Fixpoint" | found -> found

(* The doc comments of a Gallina source that stand right above a definition, by name. *)
let comments text =
  let table = Hashtbl.create 64 in
  let rec scan at =
    if at < String.length text then
      match after text at "(*" with
      | Some _ ->
        let next = comment_end text at 0 in
        (match after text at "(** ", defined text (skip is_space text next) with
         | Some start, Some name -> Hashtbl.replace table name (String.sub text start (next - 2 - start))
         | _ -> ());
        scan next
      | None -> scan (at + 1) in
  scan 0;
  table

(* A comment of C with these words: lines of at most 100 characters. *)
let c_comment text =
  let text = Str.global_replace (Str.regexp_string "*/") "* /" text in
  let words = List.filter (fun w -> w <> "") (Str.split (Str.regexp "[ \n]+") text) in
  let add (lines, line) word =
    if line = "" then (lines, word)
    else if String.length line + String.length word + 7 > 100 then (line :: lines, word)
    else (lines, line ^ " " ^ word) in
  let lines, last = List.fold_left add ([], "") words in
  "/* " ^ String.concat "\n   " (List.rev (last :: lines)) ^ " */\n"

let write file pieces tables =
  let channel = open_out_bin file in
  let comment name =
    match List.find_opt (fun table -> Hashtbl.mem table name) tables with
    | Some table -> c_comment (Hashtbl.find table name)
    | None -> "" in
  List.iter (fun (name, text) ->
      if name <> "" then output_string channel ("\n" ^ comment name);
      output_string channel text) pieces;
  close_out channel

let () =
  match Array.to_list Sys.argv with
  | _ :: header :: source :: gallina ->
    let tables = List.map (fun file -> comments (read file)) gallina in
    let services_h, services_c = Text.files in
    write header services_h tables;
    write source services_c tables
  | _ -> fail "usage: write_c HEADER SOURCE GALLINA..."
