#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: demo [WORKLOAD]   boots the EDF scheduler with a workload, shows who ran when
#:
#: WORKLOAD is a workload file; without it, scheduler-edf/workloads/rosace.json, a flight controller. Or a folder, which
#: is a hierarchy: schedulers, each with its own tasks, under a root that shares time between them, such as
#: scheduler-edf/hierarchy/two-schedulers (the word hierarchy for short); its README.md says how. The machine is
#: QEMU, with instructions as its clock. Keeps the trace and writes a Gantt chart (SVG, HTML) and files for Perfetto and
#: babeltrace2 (CTF).
#: The last line is PASS ... or FAIL ...: what was promised was kept, or not; the exit status is 0 or 1, and 2 if the
#: file or an option is wrong.
#:
#:   --arch x86        the architecture: x86 or armv7
#:   --output FOLDER   where the files go; without it, a folder pip-demo beside the repository's files
#:   --image NAME=FILE  the program that the workload calls NAME, a flat image such as new-partition makes
#:   --memory 64M      RAM of the machine
#:   --seconds 300     how long it may run
set -euo pipefail
. tools/cli/common.sh
workload=
folder=
arch=x86
memory=64M
seconds=300
images=()
while [ $# -gt 0 ]; do
  case $1 in
    --arch)
      arch=$(arch_name "$1" "${2:-}")
      shift
      ;;
    --output)
      [ -n "${2:-}" ] || complain "--output needs a folder"
      folder=$(user_file "$2")
      shift
      ;;
    --image)
      [[ ${2:-} =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,30}=.+$ ]] || complain "--image is NAME=FILE, not ${2:-empty}"
      file=$(user_file "${2#*=}")
      [ -f "$file" ] || complain "--image $2: there is no file ${2#*=}"
      [ -s "$file" ] || complain "--image $2: ${2#*=} is empty"
      images+=(--image "${2%%=*}=$(realpath -- "$file")")
      shift
      ;;
    --memory)
      memory=$(memory_size "$1" "${2:-}")
      shift
      ;;
    --seconds)
      seconds=$(whole_number "$1" "${2:-}")
      shift
      ;;
    -*) complain "unknown option $1; demo knows --arch --output --image --memory --seconds (./pip demo --help)" ;;
    *)
      [ -z "$workload" ] || complain "demo takes one workload, not both $workload and $1"
      workload=$1
      [ -n "$1" ] || complain "the workload's name is empty; samples are in scheduler-edf/workloads"
      ;;
  esac
  shift
done
case $workload in
  '') workload=scheduler-edf/workloads/rosace.json ;;
  hierarchy) workload=scheduler-edf/hierarchy/two-schedulers ;;
  *) workload=$(user_file "$workload") ;;
esac
[ -e "$workload" ] || complain "no such workload: $workload; samples are in $PWD/scheduler-edf/workloads"
if [ -d "$workload" ] && [ -f "$workload/root.json" ]; then
  [ ${#images[@]} -eq 0 ] || complain "--image does not go with a hierarchy: its tasks are the built-in program"
elif [ ! -f "$workload" ] || [ ! -r "$workload" ]; then
  complain "$workload is not a file that can be read, nor a folder with root.json"
fi
name=$(basename "$workload" .json)
folder=${folder:-pip-demo/$name}
make_folder "$folder"
ensure_machine
call_bazel build --show_result=0 -- //scheduler-edf/partition:demo //tools/trace:report
run() {
  bazel run --noshow_progress --show_result=0 --ui_event_filters=-info,-debug,-error --curses=no -- "$@"
}
status=0
suffix=
[ "$arch" = x86 ] || suffix=_$arch
run //scheduler-edf/partition:demo "$suffix" "$(realpath -- "$workload")" "$(realpath -- "$folder")" "${images[@]}" \
  --memory "$memory" --seconds "$seconds" || status=$?
[ "$status" -lt 2 ] || exit "$status"
checked=0
run //tools/trace:report "$(realpath -- "$folder/trace.txt")" "$(realpath -- "$folder")" || checked=$?
[ "$checked" -eq 0 ] || status=1
[ "$checked" -ge 2 ] || printf 'Chart: %s and %s. For https://ui.perfetto.dev: %s; for babeltrace2: %s\n' \
  "$folder/report.html" "$folder/chart.svg" "$folder/perfetto.pftrace" "$folder/ctf"
# The guest's verdict stands only if the trace bears it out.
verdict=$(grep -E '^(PASS|FAIL) ' "$folder/trace.txt" 2>/dev/null | tail -n 1) || true
case $status$verdict in
  0PASS* | 1FAIL*) printf '%s\n' "$verdict" ;;
  *) printf 'FAIL %s: the trace does not bear out the verdict: %s\n' "$name" "${verdict:-none}" ;;
esac
exit "$status"
