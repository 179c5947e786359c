#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What cannot be scheduled, or read, is refused with one last line that says why, and no job runs.
set -euo pipefail
. scheduler-edf/partition/refused.sh
refuses partition/overload_demo \
  'FAIL overload: refused: in the 8 ticks after a common release, 9 ticks of work fall due, 1 too many'
refuses partition/missing-image_demo 'FAIL scheduler: no module is called nowhere'
refuses partition/crowded_demo 'FAIL scheduler: no memory is left for task [a-z0-9-]*'
refuses partition/costly-ticks_demo 'FAIL scheduler: a tick costs up to [0-9]* us here; the workload allows for 1 us'
refuses partition/broken_demo 'FAIL scheduler: workload, byte 0: this is not a workload image'
echo PASS
