#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes a bootable CD and its checksum: iso.sh OUTPUT FOLDER MANIFEST; the manifest of a pip_image and the files that
# it names are in that folder.
set -euo pipefail
# shellcheck source=tools/bazel/emulator/image.sh
. tools/bazel/emulator/image.sh
# shellcheck source=tools/bazel/emulator/iso.sh
. tools/bazel/emulator/iso.sh
[ $# -eq 3 ] || die "usage: iso.sh OUTPUT FOLDER MANIFEST"
output=$1
PIP_GRUB_MKRESCUE=$(program "${PIP_GRUB_MKRESCUE:-}" grub-mkrescue)
cd "$2"
known_architectures=x86
read_options "$3"
write_iso "$output"
cd "$(dirname "$output")"
sha256sum "$(basename "$output")" >"$(basename "$output").sha256"
