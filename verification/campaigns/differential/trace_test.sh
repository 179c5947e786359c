#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Boots an image with the traced kernel, then follows its trace on the host and in the model.
# usage: trace_test.sh EMULATOR IMAGE REPLAY LEAST_CALLS SECONDS [OPTION...]: the options are the emulator's runner's.
set -euo pipefail
emulator=$1
image=$2
replay=$3
calls=$4
seconds=$5
shift 5
trace=$TEST_TMPDIR/trace
if ! "$emulator" --memory 16M --seconds "$seconds" "$@" "$image" >"$trace"; then
  echo "the traced run itself failed; its last lines:"
  tail -n 20 "$trace" | cut -c 1-200
  exit 1
fi
grep -v '^@' "$trace" | tail -n 1
"$replay" "$trace" "$calls"
