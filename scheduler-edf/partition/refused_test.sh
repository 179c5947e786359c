#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What cannot be scheduled, or read, is refused with one last line that says why, and no job runs.
set -uo pipefail
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# refuses IMAGE LINE: the image must fail with that line, a regular expression.
refuses() {
  if "scheduler-edf/partition/$1" --icount --seconds 50 >"$output" 2>&1; then
    echo "FAIL $1 passes" >&2
    exit 1
  fi
  if ! tr -d '\r' <"$output" | grep -qx -- "$2"; then
    cat "$output" >&2
    echo "FAIL $1 does not say: $2" >&2
    exit 1
  fi
  if grep -q ' run ' "$output"; then
    echo "FAIL $1 runs a job" >&2
    exit 1
  fi
}
refuses overload_demo \
  'FAIL overload: refused: in the 8 ticks after a common release, 9 ticks of work fall due, 1 too many'
refuses missing-image_demo 'FAIL scheduler: no module is called nowhere'
refuses costly-ticks_demo 'FAIL scheduler: a tick costs up to [0-9]* us here; the workload allows for 1 us'
refuses broken_demo 'FAIL scheduler: workload, byte 0: this is not a workload image'
echo PASS
