#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a checker over all source files of one kind: files.sh KIND CHECKER [OPTION...]
#
# A lint test is about the whole repository, new files included, so it reads the repository itself and not what
# Bazel copied; it runs each time, and is quick.
set -euo pipefail
kind=$1
checker=$(realpath -s "$2")
shift 2
# Bazel gives the test a link to this file of the repository.
cd "$(dirname "$(readlink -f WORKSPACE)")"

all_files() {
  git ls-files --cached --others --exclude-standard | while read -r file; do
    if [ -f "$file" ]; then printf '%s\n' "$file"; fi
  done
}

is_shell() {
  case $1 in *.sh) return 0 ;; *.*) return 1 ;; esac
  head -n 1 -- "$1" | grep -qaE '^#!.*\b(ba)?sh\b'
}

case $kind in
  bazel) files=$(all_files | grep -E '(^|/)(BUILD|WORKSPACE)$|\.(BUILD|bzl)$') ;;
  c++) files=$(all_files | grep -E '\.(h|c|cc)$') ;;
  coq) files=$(all_files | grep -E '\.v$') ;;
  shell) files=$(all_files | while read -r file; do if is_shell "$file"; then printf '%s\n' "$file"; fi; done) ;;
  all) files=$(all_files) ;;
  *)
    echo "files.sh: unknown kind of file: $kind" >&2
    exit 2
    ;;
esac
[ -n "$files" ] || {
  echo "no $kind file found: what is there to check?" >&2
  exit 1
}
mapfile -t list <<<"$files"
echo "${#list[@]} files"
"$checker" "$@" "${list[@]}"
