#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The container image with the tree, all tools and a warm build: oci.sh OUTPUT CACHE SOURCES, the last two may be empty.
# Runs at the top of the repository, as root.
set -euo pipefail
. tools/image/common.sh
. tools/image/system.sh
output=$1 cache=$2 sources=$3
check_system
need umoci umoci
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
open_work "$output"
room "$(dirname "$output")" 25
make_system "$work/root" "$sources" "$cache"
step "the container image"
bash tools/image/pack_oci.sh "$work/root" "$output" pip "${home#/}"
step "done"
tell "$output"
