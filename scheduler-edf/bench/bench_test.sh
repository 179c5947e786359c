#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The benchmark runs, gets into every state that it wants to measure, and draws its plot. No figure is judged.
set -uo pipefail
fail() {
  printf 'FAIL %s\n' "$*" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scheduler-edf/bench/bench --quick --plot "$work/plot.svg" >"$work/table" || fail "it does not run"
cat "$work/table"
# Every budget of docs/performance.md has a line that says whether it is met.
for row in 'quiet tick +10000' 'one arrival.*most urgent +1000' 'one arrival.*most urgent +10000' \
  'one arrival.*in turn +1000' 'one arrival.*in turn +9488' 'all jobs arrive at once +10000' 'admission test +100'; do
  grep -qE "^$row .* (met|missed)\$" "$work/table" || fail "no line: $row"
done
grep -q '^<svg' "$work/plot.svg" || fail "no plot"
[ "$(grep -o '<path' "$work/plot.svg" | wc -l)" -ge 5 ] || fail "the plot has fewer than five curves"
scheduler-edf/bench/bench --nonsense >/dev/null 2>&1 && fail "an unknown option is taken"
echo PASS
