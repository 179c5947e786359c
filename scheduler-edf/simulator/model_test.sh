#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The generated scheduler decides as the model of the theory does: on all samples, and on random workloads of every
# utilisation, with tasks that crash and overrun, admitted or not. tools/trace checks the same traces on its own.
set -uo pipefail
readonly random_workloads=300
fail() {
  echo "FAIL $*" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# simulate FILE NAME: the trace goes to NAME.trace; a broken promise is a failure if anything was promised.
simulate() {
  local status=0
  scheduler-edf/simulator/simulator "$1" --trace "$work/$2.trace" || status=$?
  [ "$status" -lt 2 ] || fail "$2: the simulator refuses its own kind of file"
  if grep -q '^@ admission accepted' "$work/$2.trace"; then
    [ "$status" -eq 0 ] || fail "$2: admitted, and yet a deadline was missed (seed in the name)"
    admitted=$((admitted + 1))
  fi
  if grep -q ' end$' "$work/$2.trace"; then
    tools/trace/trace verdict "$work/$2.trace" >/dev/null || fail "$2: the trace breaks a promise"
  else
    rm "$work/$2.trace"  # refused, and nothing ran
  fi
}

admitted=0
for sample in scheduler-edf/workloads/*.json; do simulate "$sample" "$(basename "$sample" .json)"; done
for seed in $(seq "$random_workloads"); do
  policy=()
  [ $((seed % 4)) -ne 0 ] || policy=(--rate-monotonic)
  tools/workload/workload random --seed "$seed" --tasks $((seed % 23 + 1)) --utilisation "0.$((seed % 9 + 1))5" \
    --shortest-period-us 5000 --longest-period-us 200000 --duration-us 400000 --hostile "${policy[@]}" \
    --output "$work/random.json" || fail "seed $seed: no workload"
  simulate "$work/random.json" "seed-$seed"
done
scheduler-edf/simulator/oracle/oracle "$work"/*.trace || fail "model and scheduler differ"
[ "$admitted" -ge 50 ] || fail "only $admitted admitted: the random workloads show too little"
[ "$admitted" -lt "$random_workloads" ] || fail "nothing was refused: the random workloads show too little"
grep -lq "^@ [0-9]* skip" "$work"/*.trace || fail "no late job was ever waited for: fixed priorities are not tested"
echo "PASS $random_workloads random workloads, $admitted of all admitted"
