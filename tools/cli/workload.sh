#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: workload check FILE   checks a workload file, and whether its tasks can miss a deadline
#:
#: Exit status: 0 admitted, 1 refused by the admission test, 2 the file or an option is wrong.
#: Further words, with --help of their own:
#:
#:   workload simulate FILE      runs it without a machine and prints the trace
#:   workload from-rt-app FILE   makes a workload file of an rt-app file
#:   workload random             makes a random one
#:   workload image FILE         writes the form that the partition reads
#:
#: scheduler-edf/workloads/README.md describes the files.
set -euo pipefail
. tools/cli/common.sh
[ $# -gt 0 ] || complain "workload what? For instance: ./pip workload check scheduler-edf/workloads/rosace.json"
ensure_machine
call_bazel build --show_result=0 -- //tools/workload //scheduler-edf/simulator
binaries=$(bazel info --ui_event_filters=-info bazel-bin 2>/dev/null)
# The programs' arguments are the user's, and so is the folder that they begin in.
cd "${PIP_CALLED_FROM:-.}"
if [ "$1" = simulate ]; then
  shift
  exec "$binaries/scheduler-edf/simulator/simulator" "$@"
fi
exec "$binaries/tools/workload/workload" "$@"
