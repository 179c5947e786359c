#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A launcher that was booted without its child says so on its last line, and the run fails.
set -uo pipefail
output=$(launcher/alone 2>/dev/null)
status=$?
printf '%s\n' "$output"
if [ "$status" -eq 0 ]; then
  echo "the run should have failed" >&2
  exit 1
fi
last=$(tr -d '\r' <<<"$output" | tail -n 1)
if [[ $last != "FAIL launcher: no module"* ]]; then
  echo "unexpected last line: $last" >&2
  exit 1
fi
