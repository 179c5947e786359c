# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For tests of images that must fail: fails and refuses.
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# fails IMAGE LINE: the image must fail with that line, a regular expression.
fails() {
  if "scheduler-edf/$1" --icount --seconds 50 >"$output" 2>&1; then
    echo "FAIL $1 passes" >&2
    exit 1
  fi
  if ! grep -qx -- "$2" <(tr -d '\r' <"$output"); then
    cat "$output" >&2
    echo "FAIL $1 does not say: $2" >&2
    exit 1
  fi
}
# refuses IMAGE LINE: and no job may run.
refuses() {
  fails "$@"
  if grep -q ' run ' "$output"; then
    echo "FAIL $1 runs a job" >&2
    exit 1
  fi
}
