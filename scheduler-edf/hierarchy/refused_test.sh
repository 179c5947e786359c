#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shares or tasks that do not fit are refused with one last line that says whose and why, and no job runs; a promise
# that was not kept is a FAIL that says whose.
set -uo pipefail
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# fails IMAGE LINE: the image must fail with that line, a regular expression.
fails() {
  if "scheduler-edf/hierarchy/$1" --icount --seconds 20 >"$output" 2>&1; then
    echo "FAIL $1 passes" >&2
    exit 1
  fi
  if ! tr -d '\r' <"$output" | grep -qx -- "$2"; then
    cat "$output" >&2
    echo "FAIL $1 does not say: $2" >&2
    exit 1
  fi
}
refuses() {
  fails "$@"
  if grep -q ' run ' "$output"; then
    echo "FAIL $1 runs a job" >&2
    exit 1
  fi
}
refuses refused-shares_demo \
  'FAIL the sharing of refused-shares: refused: in the [0-9]* ticks after a common release, [0-9]* ticks of work .*'
refuses refused-tasks_demo \
  'FAIL refused-tasks: scheduler payload: refused: in the 16 ticks .*, 5 ticks of work fall due, .* for 3 of every 8'
fails broken-promise_demo 'FAIL broken-promise: all 2 schedulers admitted; .*; flight did not keep its promises'
echo PASS
