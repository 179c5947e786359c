#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: bench [scheduler] [OPTION...]   counts guest instructions per service; times the scheduler
#:
#: Boots the benchmark partition in QEMU, which counts instructions, and prints them beside the budgets of
#: docs/performance.md, with the changes of address space and the invalidations per call.
#:
#:   --arch ARCH   x86 (unless said) or armv7
#:   --tsv FILE    writes the table there as well, tab-separated
#:
#: `bench scheduler` measures on this machine what a tick of the EDF scheduler costs, by number of jobs:
#:
#:   --plot FILE   draws the cost against the number of jobs (SVG)
#:   --quick       only to see that it runs: a second instead of half a minute
set -euo pipefail
. tools/cli/common.sh
target=//bench
known='--arch ARCH and --tsv FILE'
if [ "${1:-}" = scheduler ]; then
  target=//scheduler-edf/bench
  known='--plot FILE and --quick'
  shift
fi
options=()
while [ $# -gt 0 ]; do
  case $target$1 in
    //bench*--tsv | //scheduler-edf/bench--plot)
      [ -n "${2:-}" ] || complain "$1 needs a file name"
      file=$(user_file "$2")
      [ -d "$(dirname "$file")" ] || complain "$1 $2: there is no folder $(dirname "$2")"
      [ ! -d "$file" ] || complain "$1 $2: this is a folder"
      options+=("$1" "$(realpath -- "$file")")
      shift
      ;;
    //bench*--arch)
      arch=$(arch_name "$1" "${2:-}")
      [ "$arch" = x86 ] || target=//bench:bench_$arch
      shift
      ;;
    //scheduler-edf/bench--quick) options+=("$1") ;;
    *--*) complain "unknown option $1; here it knows $known (./pip bench --help)" ;;
    *) complain "bench knows scheduler, not $1 (./pip bench --help)" ;;
  esac
  shift
done
ensure_machine
call_bazel build -- "$target"
bazel run --noshow_progress --ui_event_filters=-info,-debug --curses=no -- "$target" "${options[@]}"
