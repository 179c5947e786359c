(* SPDX-License-Identifier: Apache-2.0 *)
(* oracle TRACE...: does the model of the theory take the same decisions?  What a trace says of the world (releases,
   jobs that are done or crash) goes into the extracted model; what the scheduler decided (who runs, who is late, whose
   budget is used up) must come out, in the same slots. *)
open Model

type tick = { mutable releases : job list; mutable departs : bool; mutable decided : string list }

let fail format = Printf.ksprintf (fun text -> prerr_endline ("FAIL " ^ text); exit 1) format

let words line = List.filter (fun word -> word <> "") (String.split_on_char ' ' (String.trim line))

(* Budgets by task, and what happened in each tick. *)
let read name =
  let channel = open_in name in
  let budgets = Hashtbl.create 16 and ranks = Hashtbl.create 16 in
  let ticks = Hashtbl.create 256 and duration = ref 0 and policy = ref earliest_deadline_first in
  let at t =
    match Hashtbl.find_opt ticks t with
    | Some tick -> tick
    | None ->
      let tick = { releases = []; departs = false; decided = [] } in
      Hashtbl.add ticks t tick;
      tick in
  let decide t text = (at t).decided <- text :: (at t).decided in
  let event t = function
    | [ "release"; task; _; due ] ->
      let task = int_of_string task in
      let job = { task; release = t; budget = Hashtbl.find budgets task; deadline = int_of_string due } in
      (at t).releases <- job :: (at t).releases
    | [ ("done" | "crash"); _; _ ] -> (at t).departs <- true
    | [ ("exhausted" | "miss" | "run") as what; task; _ ] -> decide t (what ^ " " ^ task)
    | [ "idle" ] -> decide t "idle"
    | [ "skip"; _; _ ] -> ()
    | [ "end" ] -> ()
    | other -> fail "%s: %s" name (String.concat " " other) in
  (try
    while true do
      match words (input_line channel) with
      | "@" :: "trace" :: "1" :: _ :: _ :: _ :: ticks :: _ -> duration := int_of_string ticks
      | "@" :: "task" :: number :: _ :: _ :: _ :: _ :: _ :: _ :: budget :: rest ->
        Hashtbl.replace budgets (int_of_string number) (int_of_string budget);
        (match rest with
        | "rank" :: rank :: _ -> Hashtbl.replace ranks (int_of_string number) (int_of_string rank)
        | _ -> ())
      | [ "@"; "policy"; "fixed_priority" ] -> policy := fixed_priority (Hashtbl.find ranks)
      | "@" :: "admission" :: _ -> ()
      | "@" :: t :: rest -> event (int_of_string t) rest
      | _ -> ()
    done
  with End_of_file -> close_in channel);
  (!policy, !duration, ticks)

(* What the model decides in a tick: an exhausted head, late jobs, and who runs if that is another job than before. *)
let decisions departs q missed before after =
  let exhausted = match q with
    | (job, 0) :: _ when not departs -> [ Printf.sprintf "exhausted %d" job.task ]
    | _ -> [] in
  let missed = List.map (fun job -> Printf.sprintf "miss %d" job.task) missed in
  let runs = if before = Some after then [] else
    match after with Some job -> [ Printf.sprintf "run %d" job.task ] | None -> [ "idle" ] in
  exhausted @ missed @ runs

let check name =
  let policy, duration, ticks = read name in
  let rec go t q before =
    if t < duration then begin
      let tick = match Hashtbl.find_opt ticks t with
        | Some tick -> tick
        | None -> { releases = []; departs = false; decided = [] } in
      let missed, ready = slot policy tick.departs t (List.rev tick.releases) q in
      let after = head_job ready in
      let expected = decisions tick.departs q missed before after in
      let found = List.rev tick.decided in
      if expected <> found then
        fail "%s, tick %d: the model says [%s], the trace [%s]" name t
          (String.concat "; " expected) (String.concat "; " found);
      go (t + 1) (charge ready) (Some after)
    end in
  go 0 [] None

let () = Array.iteri (fun i name -> if i > 0 then check name) Sys.argv
