#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench [--plot FILE] [--quick]: measures, prints the table, draws the plot. Runs in the runfiles of :bench.
set -euo pipefail
plot=
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --plot)
      plot=$2
      shift
      ;;
    *) options+=("$1") ;;
  esac
  shift
done
data=$(mktemp)
trap 'rm -f "$data"' EXIT
scheduler-edf/bench/election --json "$data" "${options[@]}"
[ -z "$plot" ] || ../debian/node scheduler-edf/bench/plot.js ../echarts/echarts.min.js "$data" "$plot"
