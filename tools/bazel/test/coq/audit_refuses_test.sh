#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The audit refuses what is unproved, wherever it is hidden, and lets the rest pass.
set -uo pipefail
audit=$1
folder=tools/bazel/test/coq
failures=0
printf '# none\n' >"$TEST_TMPDIR/none"
printf 'Assumed.anything  because the test says so\nStated.n\nGiven.wrong\n' >"$TEST_TMPDIR/some"

# expect STATUS WORDS ARGUMENT...: what the audit must answer.
expect() {
  local status=$1 words=$2 output
  shift 2
  output=$("$audit" "$@" 2>&1)
  local got=$?
  if [ "$got" -ne "$status" ] || ! grep -qF -- "$words" <<<"$output"; then
    printf '%s: expected status %s and "%s", got %s and:\n%s\n' "$*" "$status" "$words" "$got" "$output"
    failures=$((failures + 1))
  fi
}

of() {
  printf '%s\n' --assumptions "$folder/$1_assumptions.txt"
}

mapfile -t assumed < <(of Assumed)
mapfile -t given < <(of Given)
mapfile -t stated < <(of Stated)
mapfile -t unguarded < <(of Unguarded)
expect 1 'wrong rests on ' "${assumed[@]}" --allowed "$TEST_TMPDIR/none"
expect 1 'Assumed.v:1: Axiom anything' "${stated[@]}" --allowed "$TEST_TMPDIR/none" "$folder/Assumed.v"
expect 0 'anything' "${assumed[@]}" --allowed "$TEST_TMPDIR/some" "$folder/Assumed.v"
expect 1 'wrong rests on ' "${given[@]}" --allowed "$TEST_TMPDIR/none"
expect 1 'Given.v:1: Admitted' "${given[@]}" --allowed "$TEST_TMPDIR/some" "$folder/Given.v"
expect 0 'no axiom' "${stated[@]}" --allowed "$TEST_TMPDIR/none" "$folder/Stated.v"
expect 1 'assumed to be guarded' "${unguarded[@]}" --allowed "$TEST_TMPDIR/none"
expect 1 'Unset Guard Checking' "${stated[@]}" --allowed "$TEST_TMPDIR/none" "$folder/Unguarded.v"
: >"$TEST_TMPDIR/empty"
expect 1 'no theorem' --assumptions "$TEST_TMPDIR/empty" --allowed "$TEST_TMPDIR/none"
exit $((failures > 0))
