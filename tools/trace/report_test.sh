#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The report of every sample: the simulator runs it, the report is made, and a browser shows chart and table.
set -euo pipefail
fail() {
  echo "FAIL $*" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work

for sample in scheduler-edf/workloads/*.json; do
  name=$(basename "$sample" .json)
  scheduler-edf/simulator/simulator "$sample" --trace "$work/$name.trace" || [ "$name" = overload ] ||
    fail "$name: the simulator says no"
  tools/trace/report.sh "$work/$name.trace" "$work/$name" || [ "$name" = overload ] || fail "$name: no report"
  for file in verdict.txt perfetto.pftrace chart.svg report.html; do
    [ -s "$work/$name/$file" ] || fail "$name: $file is missing or empty"
  done
  grep -v '^@' "$work/$name.trace" | cmp - "$work/$name/verdict.txt" || fail "$name: two verdicts"
  # A refused workload has none.
  events=$(grep -cE '^@ [0-9]+ (release|done|exhausted|crash|miss|skip|run|idle)' "$work/$name.trace" || true)
  seen=$(../debian/babeltrace2 "$work/$name/ctf" | wc -l) || fail "$name: babeltrace2 does not open it"
  [ "$seen" -eq "$events" ] || fail "$name: CTF has $seen events, not $events"
  # A slice with two ends for each time that somebody had the processor, a mark for each release.
  ../debian/protoc --decode=pip.perfetto.Trace tools/trace/track_event.proto <"$work/$name/perfetto.pftrace" \
    >"$work/decoded" || fail "$name: protoc does not read the trace for Perfetto"
  [ "$(grep -c 'name: "release"' "$work/decoded")" -eq "$(grep -cE '^@ [0-9]+ release' "$work/$name.trace")" ] ||
    fail "$name: releases in the trace for Perfetto"
  [ "$(grep -c 'TYPE_SLICE_BEGIN' "$work/decoded")" -eq "$(grep -c 'TYPE_SLICE_END' "$work/decoded")" ] ||
    fail "$name: slices in the trace for Perfetto"
done

# Where not all can be written, as on a full disk (here: no file grows beyond a KiB), nothing new is there, and what was
# there stays.
refuses_to_be_partial() {
  local status=0
  (trap '' XFSZ && ulimit -f 1 && tools/trace/report.sh "$work/random-50.trace" "$1") 2>"$work/errors" || status=$?
  [ "$status" -eq 2 ] || fail "a full disk: status $status"
  grep -q 'not all could be written: File too large' "$work/errors" || fail "a full disk: $(cat "$work/errors")"
  grep -qxF "Nothing new is in $1: its files come all or not at all." "$work/errors" || fail "$(cat "$work/errors")"
}
refuses_to_be_partial "$work/full"
[ -z "$(ls -A "$work/full")" ] || fail "a full disk: left is $(ls -A "$work/full")"
cp -a "$work/misbehaving" "$work/before"
refuses_to_be_partial "$work/misbehaving"
diff -r "$work/before" "$work/misbehaving" || fail "a full disk: what was there is other now"
tools/trace/report.sh "$work/random-50.trace" "$work/misbehaving" || fail "no report where one is"
diff -r "$work/random-50" "$work/misbehaving" || fail "a second report in a folder is another"
cp -a "$work/before/." "$work/misbehaving"

if grep -qE '<(script|img)[^>]* src=|<link' tools/trace/report.html; then fail "the page needs other files"; fi

for name in misbehaving random-50; do
  timeout 100 ../debian/chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=10000 \
    --dump-dom "file://$work/$name/report.html" >"$work/dom" 2>"$work/errors" || {
    cat "$work/errors" >&2
    fail "$name: the browser failed"
  }
  grep -q 'data-ready="yes"' "$work/dom" || fail "$name: the page's script did not reach its end"
  grep -q '<svg' "$work/dom" || fail "$name: the browser shows no chart"
  rows=$(sed -n '/<tbody>/,/<\/tbody>/p' "$work/dom" | grep -o '<tr>' | wc -l)
  tasks=$(grep -c '^@ task' "$work/$name.trace")
  [ "$rows" -eq "$tasks" ] || fail "$name: $rows rows for $tasks tasks"
done
echo "PASS"
