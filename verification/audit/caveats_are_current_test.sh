#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# CAVEATS.md is what ./pip caveats would write now. Reads the repository itself, as the lint tests do.
set -euo pipefail
cd "$(dirname "$(readlink -f WORKSPACE)")"
exec python3 verification/audit/caveats.py --check
