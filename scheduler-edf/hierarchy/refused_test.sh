#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shares or tasks that do not fit are refused with one last line that says whose and why, and no job runs; a promise
# that was not kept is a FAIL that says whose. usage: refused_test.sh SUFFIX, as the machine's images have it
set -euo pipefail
. scheduler-edf/partition/refused.sh
refuses "hierarchy/refused-shares$1_demo" \
  'FAIL the sharing of refused-shares: refused: in the [0-9]* ticks after a common release, [0-9]* ticks of work .*'
refuses "hierarchy/refused-tasks$1_demo" \
  'FAIL refused-tasks: scheduler payload: refused: in the 16 ticks .*, 5 ticks of work fall due, .* for 3 of every 8'
fails "hierarchy/broken-promise$1_demo" \
  'FAIL broken-promise: all 2 schedulers admitted; .*; flight did not keep its promises'
echo PASS
