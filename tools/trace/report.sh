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
# shellcheck source=tools/trace/stage.sh
. tools/trace/stage.sh
stage_for "$(realpath -m -- "$2")"
data=$(mktemp)
trap 'rm -rf "$stage" "$data"' EXIT
status=0
tools/trace/trace verdict "$trace" >"$stage/verdict.txt" || status=$?
if [ "$status" -ge 2 ]; then
  [ ! -s "$stage/verdict.txt" ] || incomplete
  exit "$status"
fi
tools/trace/trace perfetto "$trace" --output "$stage/perfetto.pftrace" || incomplete
tools/trace/trace ctf "$trace" --output "$stage/ctf" || incomplete
tools/trace/trace chart-data "$trace" --output "$data" || incomplete
../debian/node tools/trace/draw.js ../echarts/echarts.min.js tools/trace/gantt.js tools/trace/report.html "$data" \
  "$stage/chart.svg" "$stage/report.html" || incomplete
publish
exit "$status"
