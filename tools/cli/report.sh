#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: report TRACE [FOLDER]   draws a scheduler trace: Gantt chart (SVG, HTML), files for Perfetto and babeltrace2
#:
#: TRACE is what the simulator or the machine printed (./pip demo keeps it). FOLDER is where the files go; without it,
#: TRACE without its ending, with -report.
set -euo pipefail
. tools/cli/common.sh
case ${1:-} in
  -*) complain "unknown option $1 (./pip report --help)" ;;
  '') complain "report which trace? ./pip demo writes one (./pip report --help)" ;;
esac
[ $# -le 2 ] || complain "report takes a trace and a folder, and nothing else"
trace=$(user_file "$1")
[ -f "$trace" ] || complain "no such trace: $1"
[ -r "$trace" ] || complain "the trace $1 cannot be read: permission denied"
folder=$(user_file "${2:-${1%.*}-report}")
make_folder "$folder"
ensure_machine
call_bazel build --show_result=0 -- //tools/trace:report
status=0
bazel run --noshow_progress --show_result=0 --ui_event_filters=-info,-debug --curses=no -- \
  //tools/trace:report "$(realpath -- "$trace")" "$(realpath -- "$folder")" || status=$?
[ "$status" -lt 2 ] || exit "$status"
cat "$folder/verdict.txt"
printf 'Chart: %s and %s. For https://ui.perfetto.dev: %s; for babeltrace2: %s\n' \
  "$folder/report.html" "$folder/chart.svg" "$folder/perfetto.pftrace" "$folder/ctf"
exit "$status"
