#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The comparison must notice: each line here is a trace with one thing changed, at one of its last calls.
# usage: refuses_test.sh EMULATOR IMAGE REPLAY
# shellcheck disable=SC2016 # awk's fields
set -euo pipefail
emulator=$1
image=$2
replay=$3
trace=$TEST_TMPDIR/trace
"$emulator" --memory 16M --seconds 240 --icount "$image" | grep '^@' >"$trace"
"$replay" "$trace" 100 | tail -n 1 | grep '^PASS '
failures=0

# refused WHAT AWK: the trace that this program makes of it must be refused.
refused() {
  awk "$2" "$trace" >"$TEST_TMPDIR/changed"
  if cmp -s "$trace" "$TEST_TMPDIR/changed"; then
    echo "$1: nothing was changed"
    failures=$((failures + 1))
  elif "$replay" "$TEST_TMPDIR/changed" 100 >"$TEST_TMPDIR/words"; then
    echo "$1: not noticed"
    failures=$((failures + 1))
  else
    grep "^FAIL" "$TEST_TMPDIR/words" | cut -c 1-100
  fi
}

# The 90th answer: its status, value, running partition, digest.
refused "status" '$1 == "@a" && ++n == 90 { $2 = $2 == 0 ? 1 : 0 } { print }'
refused "value" '$1 == "@a" && ++n == 90 { $3 = "ff" $3 } { print }'
refused "running partition" '$1 == "@a" && ++n == 90 { $4 = "ff" $4 } { print }'
refused "upper half of the digest" '$1 == "@a" && ++n == 90 { $5 = $5 == "1" ? "2" : "1" } { print }'
refused "lower half of the digest" '$1 == "@a" && ++n == 90 { $6 = $6 == "1" ? "2" : "1" } { print }'
# What user mode wrote, what the registers held, what was asked.
refused "a word of memory" '
  $1 == "@m" && m { m = 0; $9 = "ff" substr($9, 3) "1" }
  $1 == "@a" && ++n == 89 { m = 1 }
  { print }'
refused "a register" '$1 == "@c" && $2 == "addVAddr" && ++n == 5 { $NF = "77" } { print }'
refused "a call left out" '
  $1 == "@c" && $2 == "addVAddr" && ++n == 5 { skip = 2 }
  skip && /^@[ca]/ { --skip; next }
  { print }'
refused "memory of a kernel structure" '
  $1 == "@s" && !f { f = $2 }
  $1 == "@m" && !k && n > 80 { k = 1; $2 = f }
  $1 == "@a" { ++n }
  { print }'
refused "a root table with a page less" '$1 == "@s" && NF > 300 && !k { k = 1; NF -= 2 } { print }'
refused "a trace cut short" 'NR < 200 { print }'
exit $((failures != 0))
