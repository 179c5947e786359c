#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: stress [--seed N] [--calls N]   lets the nanny make random calls against the kernel in QEMU
#:
#: Random partitions of a random tree call all services with sensible and with hostile arguments; a reference says what
#: must come of each. The last line is PASS or FAIL with the seed and the number of the call; the same seed and calls
#: repeat the run exactly, because the machine counts instructions instead of time.
#:
#:   --arch x86    the architecture: x86 or armv7
#:   --seed N      where the random numbers begin; otherwise chosen and printed
#:   --calls N     how many calls; 100000 unless said
#:   --seconds N   how long the machine may run; 3600 unless said
set -euo pipefail
. tools/cli/common.sh
seed=$((RANDOM * 32768 + RANDOM))
calls=100000
seconds=3600
target=//nanny:stress
number() {
  [[ ${2:-} =~ ^(0|[1-9][0-9]{0,8})$ ]] || complain "$1 is a whole number below 1000000000, not ${2:-empty}"
}
while [ $# -gt 0 ]; do
  case $1 in
    --arch)
      arch=$(arch_name "$1" "${2:-}")
      [ "$arch" = x86 ] || target=//nanny:stress_$arch
      ;;
    --seed) number "$@" && seed=$2 ;;
    --calls) number "$@" && calls=$2 ;;
    --seconds) number "$@" && seconds=$2 ;;
    *) complain "unknown option $1; known: --arch --seed --calls --seconds (./pip stress --help)" ;;
  esac
  shift 2
done
ensure_machine
call_bazel build --show_result=0 -- "$target"
bazel run --noshow_progress --show_result=0 --ui_event_filters=-info,-debug --curses=no -- "$target" \
  "beaver seed=$seed calls=$calls" --seconds "$seconds" --icount
