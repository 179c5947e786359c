#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every way in which a run in Bochs can go wrong is seen, and said.
set -uo pipefail
# shellcheck source=tools/bazel/test/refuses.sh
. tools/bazel/test/refuses.sh

run pass 0 'PASS as told' --seconds 60
run pass 1 'no line matches: ^never$' --seconds 60 --must-print '^never$'
run fail 1 'the guest says: FAIL as told' --seconds 60
run words 0 'kernel: last words' --seconds 60 --expect last_words --last-words '^kernel: '
run words 1 'still running after 5 s' --seconds 5
run off 1 'neither PASS nor FAIL' --seconds 60
run reset 1 'reset itself' --seconds 60
run hang 1 'still running after 5 s' --seconds 5
TMPDIR=/nowhere run pass 2 'can be made in /nowhere'
exit $((failures > 0))
