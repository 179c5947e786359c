#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The production kernel has nothing of the tracing: no function around a service, no digest, no trace; the traced kernel
# has all of these, so that this test would see them.
# usage: production_test.sh KERNEL TRACED_KERNEL
set -euo pipefail
failures=0
for mark in __wrap_addVAddr pip12differential StateDigest traced_services; do
  if grep -qaF "$mark" "$1"; then
    echo "$1 has $mark"
    failures=$((failures + 1))
  fi
  if ! grep -qaF "$mark" "$2"; then
    echo "$2 has no $mark: this test does not know what tracing looks like"
    failures=$((failures + 1))
  fi
done
exit $((failures != 0))
