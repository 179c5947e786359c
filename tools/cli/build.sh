#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: build [TARGET...]   builds everything, or Bazel targets such as //launcher:image
set -euo pipefail
. tools/cli/common.sh
for target in "$@"; do
  case $target in -*) complain "build takes Bazel targets, not the option $target; call bazel itself for those" ;; esac
done
ensure_machine
[ $# -gt 0 ] || set -- //...
call_bazel build -- "$@"
