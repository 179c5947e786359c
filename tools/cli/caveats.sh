#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: caveats [--check]   writes CAVEATS.md anew: what is trusted, with lines and reasons
#:
#: From verification/audit/trusted.txt (a reason for each trusted file), caveats.md beside it, and the sources. A test
#: fails when CAVEATS.md is out of date, or when a trusted file has no reason.
#:
#:   --check   only says whether it is up to date
set -euo pipefail
. tools/cli/common.sh
case ${1:-} in
  '' | --check) ;;
  *) complain "unknown option $1; caveats knows --check (./pip caveats --help)" ;;
esac
exec python3 verification/audit/caveats.py "$@"
