#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What users get wrong with workloads and traces: exit status 2, and a line that says where and what would be right.
set -uo pipefail
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong() {
  printf '%s\n' "$*" >&2
  failures=$((failures + 1))
}
# refused STATUS PATTERN COMMAND...: that status, and a line of standard error that is PATTERN, a regular expression.
refused() {
  local expected=$1 pattern=$2 status=0
  shift 2
  "$@" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq "$expected" ] || wrong "$*: status $status, not $expected: $(cat "$work/err")"
  grep -qE -- "$pattern" "$work/err" "$work/out" || wrong "$*: no line '$pattern' in: $(cat "$work/err" "$work/out")"
}
# file MEMBERS: a workload with one task, on line 4, that has these members.
file() {
  cat >"$work/w.json" <<JSON
{ "format": "pip-workload/1", "name": "w", "tick_us": 1000, "overhead_us": 100,
  "duration_us": ${2:-100000},
  "periodic_tasks": [
    { "name": "t", $1 }
] }
JSON
}
check=(tools/workload/workload check)
simulate=(scheduler-edf/simulator/simulator)

for program in "${check[*]}" "${simulate[*]}" "tools/workload/workload image"; do
  # shellcheck disable=SC2086  # a program and its first argument
  {
    refused 2 'nowhere.json: .+' $program "$work/nowhere.json"
    refused 2 "$work: .+" $program "$work"
    printf '{ "format": "pip-workload/1",\n  "name": }\n' >"$work/w.json"
    refused 2 'w.json:2:11: this is not JSON' $program "$work/w.json"
    : >"$work/w.json"
    refused 2 'w.json:1:1: .+' $program "$work/w.json"
    head -c 4096 /dev/urandom >"$work/w.json"
    refused 2 'w.json:.+' $program "$work/w.json"
    file '"period_us": 0, "relative_deadline_us": 1000, "budget_us": 900'
    refused 2 'w.json:4:[0-9]+: "period_us" is 0; expected' $program "$work/w.json"
    file '"period_us": 99999999999999999999, "relative_deadline_us": 1000, "budget_us": 900'
    refused 2 'w.json:4:[0-9]+: "period_us" is .+; expected' $program "$work/w.json"
    file '"period_us": 10000, "relative_deadline_us": 1000, "budget_us": 1000'
    refused 2 'w.json:4:[0-9]+: the budget of 1000 us, .+ at most 900' $program "$work/w.json"
    file '"period_us": 10000, "relative_deadline_us": 1000, "budget_us": -1'
    refused 2 'w.json:4:[0-9]+: "budget_us" is -1; expected' $program "$work/w.json"
    file '"period_us": 10000, "relative_deadline_us": 10500, "budget_us": 900'
    refused 2 'w.json:4:[0-9]+: .+not a multiple of the tick' $program "$work/w.json"
    file '"period_us": 10000, "deadline_us": 1000, "budget_us": 900'
    refused 2 'w.json:4:[0-9]+: "deadline_us" is not known' $program "$work/w.json"
    file '"period_us": 10000, "relative_deadline_us": 1000, "budget_us": 900' 0
    refused 2 'w.json:2:[0-9]+: "duration_us" is 0; expected' $program "$work/w.json"
    refused 2 '.+' $program "$work/w.json" --fast
    refused 2 '.+' $program
  }
done
file '"period_us": 2000, "relative_deadline_us": 1000, "budget_us": 900'
refused 0 'admitted' "${check[@]}" "$work/w.json"
refused 2 '/dev/zero: has more than 1 GiB' "${check[@]}" /dev/zero
refused 2 '/dev/zero: has more than 1 GiB' tools/trace/trace verdict /dev/zero
refused 2 'standard output: not all could be written' bash -c "${check[*]} $work/w.json >/dev/full"
refused 2 'standard output: not all could be written' bash -c "${check[*]} $work/w.json >&-"
refused 2 'cannot be written' "${simulate[@]}" "$work/w.json" --trace "$work/nowhere/trace"
refused 2 'cannot be written' tools/workload/workload image "$work/w.json" --output "$work/nowhere/image"
refused 2 '.+' tools/workload/workload random --tasks 0
refused 2 '.+' tools/workload/workload random --tasks many
for number in -1 99999999999999999999 1.5 0x10 many; do
  refused 2 'no whole number' tools/workload/workload random --seed="$number"
  refused 2 'no whole number' tools/workload/workload random --duration-us="$number"
done
refused 2 '.+' tools/workload/workload dance
refused 1 'refused: in the 8.000 ms after a common release, 9.000 ms of work fall due' \
  "${check[@]}" scheduler-edf/workloads/overload.json

trace=(tools/trace/trace verdict)
refused 2 'nowhere: .+' "${trace[@]}" "$work/nowhere"
: >"$work/trace"
refused 2 'trace:1:1: there is no trace' "${trace[@]}" "$work/trace"
"${simulate[@]}" "$work/w.json" --trace "$work/trace" || wrong 'the simulator does not run the good file'
refused 0 '^PASS w' "${trace[@]}" "$work/trace"
sed -i 's/^@ 0 run 0 0$/@ 0 run 7 0/' "$work/trace"
refused 2 'trace:5:9: "7"; expected a number from 0 to 0' "${trace[@]}" "$work/trace"
sed -i 's/^@ 0 run 7 0$/@ 0 idle/' "$work/trace"
refused 1 'trace:5:1: nothing runs, but t #0 waits' "${trace[@]}" "$work/trace"
refused 2 '.+' tools/trace/trace draw "$work/trace"
exit $((failures > 0))
