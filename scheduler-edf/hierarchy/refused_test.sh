#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shares or tasks that do not fit are refused with one last line that says whose and why, and no job runs.
set -uo pipefail
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# refuses IMAGE LINE: the image must fail with that line, a regular expression.
refuses() {
  if "scheduler-edf/hierarchy/$1" --icount --seconds 25 >"$output" 2>&1; then
    echo "FAIL $1 passes" >&2
    exit 1
  fi
  if ! tr -d '\r' <"$output" | grep -qx -- "$2" || grep -q ' run ' "$output"; then
    cat "$output" >&2
    echo "FAIL $1 runs a job, or does not say: $2" >&2
    exit 1
  fi
}
refuses refused-shares_demo \
  'FAIL the sharing of refused-shares: refused: in the [0-9]* ticks after a common release, [0-9]* ticks of work .*'
refuses refused-tasks_demo \
  'FAIL refused-tasks: scheduler payload: refused: in the 16 ticks .*, 5 ticks of work fall due, .* for 3 of every 8'
echo PASS
