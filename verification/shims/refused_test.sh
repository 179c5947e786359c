#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A wrong shim is refused, and the goal that fails is named.
#   PROVE FRAMA_C WHY3 HEADER FUNCTION RIGHT WRONG GOAL: in pip/HEADER.h, the text RIGHT in FUNCTION becomes WRONG.
set -uo pipefail
prove=$1 frama_c=$2 why3=$3 header=$4 function=$5 right=$6 wrong=$7 goal=$8

copy=$TEST_TMPDIR/include
cp -rL pipcore/mal/include "$copy" && chmod -R u+w "$copy"
awk -v function_name="$function" -v right="$right" -v wrong="$wrong" '
  index($0, "static inline") && index($0, " " function_name "(") { inside = 1 }
  inside && (place = index($0, right)) {
    $0 = substr($0, 1, place - 1) wrong substr($0, place + length(right)); inside = 0
  }
  /^}/ { inside = 0 }
  { print }
' "pipcore/mal/include/pip/$header.h" > "$copy/pip/$header.h"
if cmp -s "pipcore/mal/include/pip/$header.h" "$copy/pip/$header.h"; then
  echo "$function does not contain: $right"
  exit 1
fi

output=$("$prove" --frama-c="$frama_c" --why3="$why3" --machine=gcc_x86_32 --timeout=5 \
  --facts=verification/shims/facts.h --assumed=verification/shims/assumed.txt \
  --header="$copy/pip/$header.h" --function="$function" --source="verification/shims/$header.c" \
  --include=verification/shims --include=verification/shims/include --include="$copy" \
  --include=pipcore/mal/x86/include 2>&1)
status=$?
echo "$output"
if [ "$status" -eq 0 ] || ! grep -qE -- "$goal" <<<"$output"; then
  echo "expected a refusal with: $goal"
  exit 1
fi
