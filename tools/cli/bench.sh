#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: bench [--tsv FILE]   counts guest instructions per service
#:
#: Boots the benchmark partition in QEMU, which counts instructions, and prints them beside the budgets of
#: docs/performance.md, with the writes of CR3 and the invalidations per call.
#:
#:   --tsv FILE   writes the table there as well, tab-separated
set -euo pipefail
. tools/cli/common.sh
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --tsv)
      [ -n "${2:-}" ] || complain "--tsv needs a file name"
      [ -d "$(dirname "$2")" ] || complain "--tsv $2: there is no folder $(dirname "$2")"
      options+=("$1" "$(realpath "$2")")
      shift
      ;;
    *) complain "unknown option $1; bench knows --tsv FILE (./pip bench --help)" ;;
  esac
  shift
done
ensure_machine
call_bazel build -- //bench
bazel run --noshow_progress --ui_event_filters=-info,-debug --curses=no -- //bench "${options[@]}"
