(* SPDX-License-Identifier: Apache-2.0 *)
(* Ends with 0 when the extracted function answers as it should. *)
let () = if Even.even 10 && not (Even.even 7) then print_endline "even works" else exit 1
