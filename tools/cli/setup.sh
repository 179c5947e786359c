#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: setup   installs what this machine lacks, and says what and why
#:
#: Everything comes from Debian 12's packages, three tools from npm (docs/dependencies.md). The other words do
#: this by themselves. As a normal user it calls sudo.
set -euo pipefail
. tools/cli/common.sh
[ $# -eq 0 ] || complain "setup takes no argument, but got: $1"
bash tools/setup/install.sh
echo "This machine has all that Pip needs."
