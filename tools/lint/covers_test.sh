#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every C and C++ source of the repository is among those that clang-tidy checks: covers_test.sh LIST, or in the folder
# of a pip_partition, which has a test of its own. The files of verification/shims only include headers for Frama-C.
set -euo pipefail
list=$(realpath "$1")
cd "$(dirname "$(readlink -f WORKSPACE)")"
sources() {
  git ls-files --cached --others --exclude-standard '*.c' '*.cc' ':!verification/shims' |
    while read -r file; do
      if [ -f "$file" ] && ! grep -Eqs '^(\[| +)?pip_partition\(' "${file%/*}/BUILD"; then printf '%s\n' "$file"; fi
    done
}
missing=$(comm -23 <(sources | sort) <(sort "$list"))
if [ -n "$missing" ]; then
  printf 'clang-tidy does not see these; add a target that has them to //tools/lint:clang_tidy_test:\n%s\n' "$missing"
  exit 1
fi
