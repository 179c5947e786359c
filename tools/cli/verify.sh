#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: verify [--quick | --fresh]   checks all proofs, and prints each theorem with what it rests on
#:
#: Runs the tests of verification/ and every test of assumptions, in whichever folder.  Then compiles the isolation
#: proofs once more file by file, has coqchk check them, and prints lines, time and memory beside the budgets.
#:
#:   --quick   only the theorems and what they rest on: no mutants, no campaigns, no contracts of the C primitives, no
#:             coqchk, no times
#:   --fresh   takes no result from a cache: also runs again what has not changed since it was checked
set -euo pipefail
. tools/cli/common.sh
fresh=
quick=
while [ $# -gt 0 ]; do
  case $1 in
    --fresh) fresh=yes ;;
    --quick) quick=yes ;;
    *) complain "unknown option $1; verify knows --quick and --fresh (./pip verify --help)" ;;
  esac
  shift
done
[ -z "$quick" ] || [ -z "$fresh" ] || complain "verify is either --quick or --fresh"
ensure_machine

options=()
if [ -n "$fresh" ]; then
  base=$(mktemp -d)
  trap 'bazel --output_base="$base" shutdown; chmod -R u+w "$base"; rm -rf "$base"' EXIT
  startup_options=(--output_base="$base")
  options=(--disk_cache=)
fi

audits=$(bazel "${startup_options[@]}" query --noshow_progress 'kind("_coq_audit_test", //...)' 2>/dev/null) ||
  complain "the BUILD files cannot be read: bazel query //... tells why"
[ -n "$audits" ] || complain "no coq_assumptions_test found: there is nothing to verify"
mapfile -t targets <<<"$audits"
folders=(//verification/...)
[ -z "$quick" ] || folders=()
status=0
call_bazel test "${options[@]}" -- "${folders[@]}" "${targets[@]}" || status=$?

logs=$(bazel "${startup_options[@]}" info bazel-testlogs 2>/dev/null)
echo
echo "Theorems, what they say, and what they rest on beside Coq itself"
for target in "${targets[@]}"; do
  case $target in //tools/bazel/test/*) continue ;; esac
  path=${target#//}
  sed -n 's/^\(Pip\.[^ :]*\): /\1: /p' "$logs/${path/:/\/}/test.log"
done | python3 tools/cli/theorems.py .
if [ -z "$quick" ]; then python3 tools/cli/proof_budgets.py . || status=1; fi
if [ "$status" -eq 0 ] && [ -n "$quick" ]; then
  echo "All theorems hold; mutants, campaigns and the C primitives were not looked at, nor did coqchk run."
elif [ "$status" -eq 0 ]; then
  echo "All proofs hold."
else
  echo "Not all proofs hold: see above."
fi
exit "$status"
