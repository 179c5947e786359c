#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Good names make a folder without a trace of the template's own name; bad ones make one line and nothing else.
set -euo pipefail
tool=$PWD/tools/new-partition/new_partition.sh
cd "$(mktemp -d)"
failures=0

wrong() {
  echo "$*" >&2
  failures=$((failures + 1))
}

# refused TEXT ARGUMENT...: one line with TEXT, exit status 2, nothing written.
refused() {
  local text=$1 status=0 before after output
  shift
  before=$(ls -A)
  output=$("$tool" "$@" 2>&1) || status=$?
  after=$(ls -A)
  [ "$status" -eq 2 ] || wrong "new_partition $*: status $status"
  [ "$(wc -l <<<"$output")" -eq 1 ] || wrong "new_partition $*: more than a line: $output"
  grep -qF -- "$text" <<<"$output" || wrong "new_partition $*: says: $output"
  [ "$before" = "$after" ] || wrong "new_partition $*: left something behind"
}

refused "takes one name"
refused "takes one name" one two
refused "empty" ""
long=a$(printf 'b%.0s' {1..40})
refused "too long" "$long"
refused "unknown option --full" hello --full
refused "takes one name" --empty
for name in Hello 9lives -x a_b a/b ../a . .. 'a b' 'a;b' "a'b" 'a&b' $'a\nb' "\$HOME" ä; do
  refused "is no name" "$name"
done
refused "Bazel" bazel-bin
refused "Bazel" external
touch taken
mkdir folder
ln -s nowhere link
for name in taken folder link; do refused "exists" "$name"; done

for name in hello a x86-demo2 "${long%b}" hollow; do
  options=()
  [ "$name" != hollow ] || options=(--empty)
  "$tool" "${options[@]}" "$name" >/dev/null || wrong "$name is a good name"
  for file in BUILD README.md main.cc; do
    [ -s "$name/$file" ] || wrong "$name/$file is missing"
  done
  if grep -r template_ "$name"; then wrong "$name: the template's name is left"; fi
  grep -q "exit_pass(\"$name: " "$name/main.cc" || wrong "$name/main.cc does not say its name"
  if [ "$name" != hollow ] && ! grep -q ChildBuilder "$name/main.cc"; then wrong "$name/main.cc makes no child"; fi
  if [ "$name" = hollow ] && grep -q ChildBuilder "$name/main.cc"; then wrong "--empty is not empty"; fi
done

[ "$failures" -eq 0 ] || exit 1
echo "all names judged as they should be"
