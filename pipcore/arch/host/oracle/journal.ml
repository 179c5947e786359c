(* SPDX-License-Identifier: Apache-2.0 *)
(* What the model's [update] was asked to change since the journal was last emptied: frames, but also indexes in pages;
   the driver asks for every noted number whether the frame of that number is another object now. *)
let noted : int list ref = ref []
let note i = noted := i :: !noted
