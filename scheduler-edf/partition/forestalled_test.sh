#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A task that yields to the entry of the timer when a tick is about to come harms only itself.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  cat "$work/printed"
  echo "FAIL $*" >&2
  exit 1
}
status=0
scheduler-edf/partition/forestalled_demo --icount --memory 64M --seconds 50 >"$work/serial" 2>&1 || status=$?
tr -d '\r' <"$work/serial" >"$work/printed"
[ "$status" -eq 0 ] || fail "the machine says no"
grep -Eqx 'victim +30 +30 +[0-9]+ +0 +0 +0' "$work/printed" || fail "the victim noticed"
# Too early, it crashes; too late, or in time, its budget is used up.
read -r overruns crashes < <(awk '$1 == "forestaller" { print $6, $7 }' "$work/printed")
if [ "$overruns" -lt 5 ] || [ "$crashes" -lt 5 ]; then
  fail "the attack did not meet the tick: $overruns, $crashes"
fi
tools/trace/trace verdict "$work/printed" || fail "the trace breaks a promise"
