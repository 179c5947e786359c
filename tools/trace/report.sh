#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# report TRACE FOLDER: writes into FOLDER what can be made of a scheduler trace. Runs in the runfiles of :report.
# Exit status: 0 promises kept, 1 broken, 2 the trace or the folder is wrong.
set -euo pipefail
[ $# -eq 2 ] || {
  echo "report: give a trace and a folder" >&2
  exit 2
}
trace=$1
folder=$2
mkdir -p "$folder"
status=0
tools/trace/trace verdict "$trace" >"$folder/verdict.txt" || status=$?
if [ "$status" -ge 2 ]; then
  rm -f "$folder/verdict.txt"
  exit "$status"
fi
tools/trace/trace perfetto "$trace" --output "$folder/perfetto.pftrace"
tools/trace/trace ctf "$trace" --output "$folder/ctf"
data=$(mktemp)
trap 'rm -f "$data"' EXIT
tools/trace/trace chart-data "$trace" --output "$data"
../debian/node tools/trace/draw.js ../echarts/echarts.min.js tools/trace/gantt.js tools/trace/report.html "$data" \
  "$folder/chart.svg" "$folder/report.html"
exit "$status"
