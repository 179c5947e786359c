#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The printed C of the services, compiled by several compilers at several levels, in the host's tests: each result must
# agree with the model call by call. A wrong program among them must be noticed.
# usage: compilers_test.sh SUITE RANDOM_TEST SERVICES.c MACHINE.h HEADER.h... (the headers of pipcore/mal)
set -euo pipefail
suite=$PWD/$1
random=$PWD/$2
source=$(realpath "$3")
includes=()
for header in "${@:4}"; do
  includes+=(-I "$(dirname "$(dirname "$(realpath "$header")")")")
done
gcc=gcc
clang=$(realpath -s ../debian/clang)
library=$(basename "$(find _solib_*/ -name '*pipcore_Sservices*.so' | head -n 1)")
[ -n "$library" ] || { echo "FAIL the tests have no library of services that could be replaced"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# compile COMPILER LEVEL SOURCE: the services as the library that the tests load.
compile() {
  "$1" "$2" -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-unknown-pragmas -Werror -fPIC -shared \
    -I "$(dirname "$source")" "${includes[@]}" "$3" -o "$work/$library"
}

# Runs all cases, then random programs in lock step with the model.
agrees() {
  LD_LIBRARY_PATH=$work "$suite" --gtest_brief=1 >"$work/log" 2>&1 &&
    LD_LIBRARY_PATH=$work RC_PARAMS="seed=1 max_success=100" "$random" --gtest_brief=1 >>"$work/log" 2>&1
}

for compiler in "$gcc" "$clang"; do
  for level in -O0 -O2 -Os; do
    compile "$compiler" "$level" "$source"
    if agrees; then
      echo "$(basename "$compiler") $level: agrees with the model"
    else
      echo "FAIL $(basename "$compiler") $level:"
      tail -n 30 "$work/log"
      failures=$((failures + 1))
    fi
  done
done

# The tests do load this library: one refusal changed for another.
sed 's/PIP_NOT_WRITABLE/PIP_NOT_MAPPED/' "$source" >"$work/wrong.c"
cmp -s "$source" "$work/wrong.c" && { echo "FAIL there is nothing to change in $source"; exit 1; }
compile "$gcc" -O2 "$work/wrong.c"
if agrees; then
  echo "FAIL a wrong program passes"
  failures=$((failures + 1))
fi
[ "$failures" -eq 0 ] || exit 1
echo "PASS two compilers, three levels"
