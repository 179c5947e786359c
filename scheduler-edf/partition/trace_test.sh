#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# trace_test.sh IMAGE WORKLOAD: the machine's trace is the simulator's, and keeps what the scheduler promises.
set -uo pipefail
image=$1
workload=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "FAIL $*" >&2
  exit 1
}
scheduler-edf/simulator/simulator "$workload" --trace "$work/simulated" || fail "the simulator says no"
"./$image" --icount --memory 64M --seconds 250 >"$work/serial" 2>&1 || {
  cat "$work/serial" >&2
  fail "the machine says no"
}
tr -d '\r' <"$work/serial" >"$work/printed"
diff <(grep '^@' "$work/simulated") <(grep '^@' "$work/printed") >"$work/difference" || {
  head -n 20 "$work/difference" >&2
  fail "simulator (<) and machine (>) differ"
}
# The table, the misses and the verdict too; lines of the partition itself begin with its name.
diff <(grep -v '^@' "$work/simulated") <(grep -v -e '^@' -e '^scheduler: ' "$work/printed") >&2 || fail "two verdicts"
tools/trace/trace verdict "$work/printed" || fail "the trace breaks a promise"
grep '^scheduler: ' "$work/printed"
