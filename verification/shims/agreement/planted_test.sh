#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A contract that says too much, too little or something else, a shim or a primitive on words that does something else:
# each is noticed, and named.
set -euo pipefail
here=verification/shims/agreement
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
headers=$work/include
cp -rL pipcore/mal/include "$headers"
cp -rL pipcore/mal/x86/include/. "$headers"
chmod -R u+w "$headers"
failures=0

# plant HEADER RIGHT WRONG: the one place of HEADER with the text RIGHT gets the text WRONG.
plant() {
  python3 - "$headers/pip/$1" "$2" "$3" <<'END'
import sys
path, right, wrong = sys.argv[1:]
text = open(path, encoding="utf-8").read()
if text.count(right) != 1:
    sys.exit(f"{path} has {text.count(right)} places with: {right}")
open(path, "w", encoding="utf-8").write(text.replace(right, wrong))
END
}

# expect WORDS: the log has them.
expect() {
  if grep -qF -- "$1" "$work/log"; then
    echo "PASS noticed: $1"
  else
    echo "FAIL not noticed: $1"
    failures=1
  fi
}

contracts() { python3 $here/contracts_to_cpp.py PIP_MAXIMUM_FRAMES=4U "$headers"/pip/*.h; }

# A function whose contract is gone.
cp "$headers/pip/words.h" "$work/words.h"
plant words.h '/*@ assigns \nothing; ensures user: (\result != 0) <==> (e & PIP_ENTRY_USER) != 0; */' ''
contracts >/dev/null 2>"$work/log" && echo "is_user without contract" >"$work/log"
expect "a function has no contract"
cp "$work/words.h" "$headers/pip/words.h"

# Contracts: another bit; the first position not said; a whole page free to change; no call allowed.
plant words.h '\result == (e & ~PIP_ENTRY_USER)' '\result == (e & ~PIP_ENTRY_WRITABLE)'
plant tables.h 'ensures first: \forall integer j; i <= j < \result ==> physical_memory[p][j] >> 12 != child;' ''
plant user_memory.h 'assigns physical_memory[p][(o >> 2) .. (o >> 2) + PIP_CONTEXT_WORDS - 1];
    ensures' 'assigns physical_memory[p][0 .. PIP_TABLE_SIZE - 1]; ensures'
plant words.h '/*@ requires i < PIP_TABLE_SIZE; assigns \nothing; ensures next: \result == i + 1; */' \
  '/*@ requires i < 0; assigns \nothing; ensures next: \result == i + 1; */'
# Shims: the next word; one word not cleared.
plant tables.h 'static inline gift_t read_gift(page_t p, index_t i) { return page_words(p)[i]; }' \
  'static inline gift_t read_gift(page_t p, index_t i) { return page_words(p)[(i + 1U) & 0x3FFU]; }'
plant tables.h 'q * PIP_PAGE_BYTES; }' 'q * PIP_PAGE_BYTES | 1U; }'
# A primitive without a shim; a shim that is no primitive; a constant.
plant words.h 'static inline word_t flag_word(' 'static inline word_t flag_of('
plant words.h 'static const index_t vsti_slot = 49U;' 'static const index_t vsti_slot = 50U;'

contracts >"$work/contracts.inc"
g++ -std=c++20 -O0 -DPIP_MAXIMUM_FRAMES=4U -I"$work" -I. -I"$headers" -Iverification/shims/include \
  $here/agreement_test.cc pipcore/arch/host/oracle_process.cc -I/usr/src/googletest/googletest/include \
  -I/usr/src/googletest/googletest /usr/src/googletest/googletest/src/gtest-all.cc \
  /usr/src/googletest/googletest/src/gtest_main.cc -lpthread -o "$work/planted"
export PIP_LAYOUT=x86
functions='hidden|next_gift|store_registers|next_index|read_gift|set_config_list'
filter="*Contract:*/${functions//|/:*/}"
"$work/planted" --gtest_filter="$filter" --gtest_brief=1 >"$work/log" 2>&1 && echo "all tests pass" >>"$work/log"
expect "hidden: a clause of its contract does not hold"
expect "next_gift: the contract also accepts the result"
expect "store_registers: the contract also accepts another word"
expect "next_index: its contract allows hardly any call"
expect "read_gift: shim and words differ in the result"
expect "set_config_list: shim and words differ in what they write"
expect "flag_word has no contract"
expect "flag_of has a contract, but Coq knows no such primitive"
expect "vsti_slot"

# Words: those of another machine.
PIP_LAYOUT=armv7 $here/x86_agreement_test --gtest_filter='*/user_entry:*/is_present:*/user_page' --gtest_brief=1 \
  >"$work/log" 2>&1 && echo "all tests pass" >>"$work/log"
for function in user_entry is_present user_page; do
  expect "$function: shim and words differ in the result"
done
exit "$failures"
