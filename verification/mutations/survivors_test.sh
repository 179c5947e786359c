#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: survivors_test.sh SURVIVORS REPORT
# Exactly the mutants that SURVIVORS allows survive, of those in REPORT; and REPORT has mutants at all. In SURVIVORS,
# lines that begin with # say why a mutant may survive.
set -eu
survivors=$1
report=$2

grep -q ': refuted by ' "$report" || { echo "no mutant was refuted"; exit 1; }
cat "$report"
status=0
sed -n 's/: SURVIVES$//p' "$report" > "$TEST_TMPDIR/survived"
while IFS= read -r mutant; do
  grep -qxF "$mutant" "$survivors" || { echo "survives, and must not: $mutant"; status=1; }
done < "$TEST_TMPDIR/survived"
while IFS= read -r mutant; do
  case $mutant in "#"* | "") continue ;; esac
  if grep -qF "$mutant: refuted by " "$report"; then echo "no longer survives: $mutant"; status=1; fi
done < "$survivors"
exit $status
