#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# demo.sh WORKLOAD FOLDER [--image NAME=FILE]... [OPTION...]: boots the scheduler with a workload; what it prints goes
# to FOLDER/trace.txt. An image is the program that the workload calls NAME; options are the emulator's. Runs in the
# runfiles of :demo. Exit status: 0 PASS, 1 FAIL, 2 the workload is wrong.
set -uo pipefail
workload=$1
folder=$2
shift 2
bytes=$folder/workload.bin
tools/workload/workload image "$workload" --output "$bytes" || exit 2

# The manifest of a sample's image, with this workload instead.
manifest=$folder/demo.image
awk -F '\t' -v OFS='\t' -v path="$(realpath --relative-to=. "$bytes")" \
  '$1 == "module" && $3 == "workload" { $2 = path } { print }' scheduler-edf/partition/rosace_demo.image >"$manifest"

while [ "${1:-}" = --image ]; do
  printf 'module\t%s\t%s\n' "$(realpath --relative-to=. "${2#*=}")" "${2%%=*}" >>"$manifest"
  shift 2
done

# For people: who has the processor from when on, and what goes wrong.
show() {
  awk '
    !/^@/ { print; fflush(); next }
    $2 == "trace" { tick = $5; next }
    $2 == "task" { name[$3] = $NF; next }
    $2 == "admission" { $1 = ""; print "scheduler:" $0; fflush(); next }
    { time = sprintf("%10.1f ms", $2 * tick / 1000) }
    $3 == "run" { printf "%s  %s #%d\n", time, name[$4], $5 }
    $3 == "idle" { printf "%s  -\n", time }
    $3 == "exhausted" { printf "%s  ! %s #%d has used up its budget\n", time, name[$4], $5 }
    $3 == "skip" { printf "%s  ! %s #%d is late and waits: the next one is not released\n", time, name[$4], $5 }
    $3 == "crash" { printf "%s  ! %s #%d crashed\n", time, name[$4], $5 }
    $3 == "miss" { printf "%s  ! %s #%d missed its deadline\n", time, name[$4], $5 }
    { fflush() }'
}
# Instructions are the clock, so that the same workload gives the same run on every machine.
tools/bazel/emulator/qemu --icount "$@" "$manifest" 2>"$folder/errors.txt" | tr -d '\r' | tee "$folder/trace.txt" | show
status=${PIPESTATUS[0]}
# A FAIL of the guest needs no further word; anything else that went wrong does.
[ "$status" -eq 0 ] || grep -q '^FAIL' "$folder/trace.txt" || cat "$folder/errors.txt" >&2
rm -f "$bytes" "$manifest" "$folder/errors.txt"
[ "$status" -eq 0 ] || exit 1
