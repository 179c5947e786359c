#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stress.sh IMAGE ARGUMENTS [OPTION...]: boots the nanny with these arguments; the options are the emulator's runner's.
set -euo pipefail
if [ $# -lt 2 ]; then
  echo "stress needs the nanny's arguments: ./pip stress gives them" >&2
  exit 2
fi
image=$1
arguments=$2
shift 2
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
awk -F '\t' -v OFS='\t' -v arguments="$arguments" \
  '$1 == "packed" { next } $1 == "root" { $3 = arguments } { print }' "$image" >"$manifest"
./tools/bazel/emulator/qemu "$@" "$manifest"
