#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every way in which a run in QEMU can go wrong is seen, and said.
set -uo pipefail
# shellcheck source=tools/bazel/test/refuses.sh
. tools/bazel/test/refuses.sh

run pass 0 'PASS as told' --seconds 20
run pass 1 'no line matches: ^never$' --seconds 20 --must-print '^never$'
run pass 1 'should have stopped the machine' --seconds 20 --expect last_words
run fail 1 'the guest says: FAIL as told' --seconds 20
run fail 1 'last words of the kernel expected' --seconds 20 --expect last_words
run lie 1 'did not power off' --seconds 20
run words 1 'neither PASS nor FAIL' --seconds 20
run words 0 'kernel: last words' --seconds 20 --expect last_words
run words 1 'do not match' --seconds 20 --expect last_words --last-words 'something else'
run reset 1 'reset itself' --seconds 20
run off 1 'neither PASS nor FAIL' --seconds 20
run hang 1 'still running after 2 s' --seconds 2
run hang 2 'unknown option --fast' --fast
run hang 2 'is pass or last_words' --expect nothing
run hang 2 'has no room for the kernel, which stands from 1 MiB on: Pip needs 8M' --memory 1M
run hang 2 'is a number with M or G, such as 64M, not 512K' --memory 512K
run hang 2 'is a number with M or G, such as 64M, not 0M' --memory 0M
run pass 0 'PASS as told' --seconds 20 --memory 2M
run absent 2 'no such image'
TMPDIR=/nowhere run pass 2 'can be made in /nowhere'
if output=$("$emulator" tools/bazel/test/pass_image.image 2>&1 >/dev/full) ||
  ! grep -q 'cannot all be written' <<<"$output"; then
  echo "a run whose output cannot be written says: $output"
  failures=$((failures + 1))
fi
PIP_QEMU=/bin/true run pass 1 'reset itself'
PIP_QEMU=/bin/false run pass 1 'emulator itself failed'
exit $((failures > 0))
