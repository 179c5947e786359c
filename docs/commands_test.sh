#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# commands_test.sh WORD: commands.py on the repository itself, to which Bazel gives the test a link.
set -euo pipefail
cd "$(dirname "$(readlink -f WORKSPACE)")"
exec python3 docs/commands.py "$1" .
