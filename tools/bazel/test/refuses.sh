# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of the emulators' runners share: the runner is the test's first argument.
emulator=$1
failures=0

# run WAY STATUS WORDS OPTION...: boots the guest that ends in this way.
run() {
  local way=$1 expected=$2 words=$3 output status
  shift 3
  output=$("$emulator" "$@" "tools/bazel/test/${way}_image.image" 2>&1)
  status=$?
  if [ "$status" -ne "$expected" ] || ! grep -qF -- "$words" <<<"$output"; then
    printf '%s %s: expected status %s and "%s", got %s and:\n%s\n' "$way" "$*" "$expected" "$words" "$status" "$output"
    failures=$((failures + 1))
  fi
}
