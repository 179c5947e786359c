#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# demo.sh SUFFIX WORKLOAD FOLDER [--image NAME=FILE]... [OPTION...]: boots the scheduler with a workload; what it prints
# goes to FOLDER/trace.txt. An image is the program that the workload calls NAME; options are the emulator's. A workload
# that is a folder is a hierarchy: root.json, and NAME.json for each scheduler. SUFFIX is the architecture's, in the
# names of targets: empty, or _armv7. Runs in the runfiles of :demo.
# Exit status: 0 PASS, 1 FAIL, 2 a workload is wrong, or FOLDER cannot be written.
set -uo pipefail
suffix=$1
workload=$2
folder=$3
shift 3
manifest=$folder/demo.image
made=("$manifest" "$folder/errors.txt")
trap 'rm -f "${made[@]}"' EXIT

# pack FILE NAME: the compact form of a workload file, as a module.
pack() {
  made+=("$folder/$2.bin")
  tools/workload/workload image "$1" --output "$folder/$2.bin" || exit 2
  printf 'module\t%s\t%s\n' "$(realpath --relative-to=. "$folder/$2.bin")" "$2" >>"$manifest"
}

# The manifest of a sample's image, without its workloads.
if [ -d "$workload" ]; then
  awk -F '\t' '$1 != "packed" && ($1 != "module" || $3 == "scheduler" || $3 == "task")' \
    "scheduler-edf/hierarchy/two-schedulers${suffix}_demo.image" >"$manifest"
  pack "$workload/root.json" workload
  for file in "$workload"/*.json; do
    [ "$(basename "$file")" = root.json ] || pack "$file" "$(basename "$file" .json)"
  done
else
  awk -F '\t' '$1 != "packed" && ($1 != "module" || $3 != "workload")' \
    "scheduler-edf/partition/rosace${suffix}_demo.image" >"$manifest"
  pack "$workload" workload
fi

while [ "${1:-}" = --image ]; do
  printf 'module\t%s\t%s\n' "$(realpath --relative-to=. "${2#*=}")" "${2%%=*}" >>"$manifest"
  shift 2
done

# For people: who has the processor from when on, and what goes wrong. In a hierarchy, lines of a scheduler below the
# root begin with its name, and come when it has nothing better to do.
show() {
  awk '
    { who = "" }
    /^[^@ ]+: @ / { who = $1 " "; sub(/^[^ ]+ /, "") }
    !/^@/ { print; fflush(); next }
    $2 == "trace" { tick = $5; next }
    $2 == "task" { name[who $3] = who $NF; next }
    $2 == "admission" { $1 = ""; print (who ? who "scheduler:" : "scheduler:") $0; fflush(); next }
    { time = sprintf("%10.1f ms", $2 * tick / 1000); task = name[who $4] }
    $3 == "run" { printf "%s  %s #%d\n", time, task, $5 }
    $3 == "idle" { printf "%s  %s-\n", time, who }
    $3 == "exhausted" { printf "%s  ! %s #%d has used up its budget\n", time, task, $5 }
    $3 == "skip" { printf "%s  ! %s #%d is late and waits: the next one is not released\n", time, task, $5 }
    $3 == "crash" { printf "%s  ! %s #%d crashed\n", time, task, $5 }
    $3 == "miss" { printf "%s  ! %s #%d missed its deadline\n", time, task, $5 }
    { fflush() }'
}
# Instructions are the clock, so that the same workload gives the same run on every machine.
tools/bazel/emulator/qemu --icount "$@" "$manifest" 2>"$folder/errors.txt" | tr -d '\r' | tee "$folder/trace.txt" | show
statuses=("${PIPESTATUS[@]}")
status=${statuses[0]}
if [ "${statuses[2]}" -eq 1 ]; then
  echo "$folder/trace.txt: not all could be written: is the disk full?" >&2
  exit 2
fi
# A FAIL of the guest needs no further word; anything else that went wrong does.
[ "$status" -eq 0 ] || grep -q '^FAIL' "$folder/trace.txt" || cat "$folder/errors.txt" >&2
[ "$status" -eq 0 ] || exit 1
