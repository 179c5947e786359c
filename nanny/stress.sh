#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stress.sh ARGUMENTS [OPTION...]: boots the nanny with these arguments; the options are the emulator's runner's.
set -euo pipefail
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
awk -F '\t' -v OFS='\t' -v arguments="$1" '$1 == "root" { $3 = arguments } { print }' nanny/image.image >"$manifest"
shift
./tools/bazel/emulator/qemu "$@" "$manifest"
