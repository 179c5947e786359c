(* SPDX-License-Identifier: Apache-2.0 *)
(** * createPartition: five pages of the caller become a child *)
From Pip.Services Require Export Give.
Open Scope monad_scope.

Section CreatePartition.
Context `{Params}.

(** Whether two of five addresses are equal. *)
Definition repeats (a b c d e : word) : bool :=
  word_eq a b || word_eq a c || word_eq a d || word_eq a e || word_eq b c || word_eq b d || word_eq b e
  || word_eq c d || word_eq c e || word_eq d e.

(** Checks: the child's name is not 0, which means "nobody"; the pages from first to last, each as [offered] says; that
    they differ. *)
Definition createPartition (descriptor_at mmu_at shadow1_at shadow2_at list_at : word) : K status :=
  if word_eq descriptor_at zero then ret BAD_ADDRESS else
  let! caller := current_partition in
  let! new := offered caller descriptor_at in
  if negb (status_eq (offer_status new) DONE) then ret (offer_status new) else
  let! mmu := offered caller mmu_at in
  if negb (status_eq (offer_status mmu) DONE) then ret (offer_status mmu) else
  let! shadow1 := offered caller shadow1_at in
  if negb (status_eq (offer_status shadow1) DONE) then ret (offer_status shadow1) else
  let! shadow2 := offered caller shadow2_at in
  if negb (status_eq (offer_status shadow2) DONE) then ret (offer_status shadow2) else
  let! list := offered caller list_at in
  if negb (status_eq (offer_status list) DONE) then ret (offer_status list) else
  if repeats descriptor_at mmu_at shadow1_at shadow2_at list_at then ret SAME_PAGE else
  let name := page_number descriptor_at in
  give caller (page_number mmu_at) (gift_of name) ;;
  give caller (page_number shadow1_at) (gift_of name) ;;
  give caller (page_number shadow2_at) (gift_of name) ;;
  give caller (page_number list_at) (gift_of name) ;;
  give caller name (descriptor_gift name) ;;
  format_mmu (offer_page mmu) top_level ;;
  format_shadow1 (offer_page shadow1) top_level ;;
  format_shadow2 (offer_page shadow2) top_level ;;
  format_list (offer_page list) (page_number list_at) no_page ;;
  format_descriptor (offer_page new) (offer_page mmu) (offer_page shadow1) (offer_page shadow2) (offer_page list)
    caller ;;
  ret DONE.

End CreatePartition.
