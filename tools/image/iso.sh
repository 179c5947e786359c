#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes a bootable CD and its checksum: iso.sh OUTPUT FOLDER MANIFEST; the manifest of a pip_image and the files that
# it names are in that folder. OUTPUT may be a CD, which is replaced when the new one is whole.
set -euo pipefail
# shellcheck source=tools/bazel/emulator/image.sh
. tools/bazel/emulator/image.sh
# shellcheck source=tools/bazel/emulator/iso.sh
. tools/bazel/emulator/iso.sh
[ $# -eq 3 ] || die "usage: iso.sh OUTPUT FOLDER MANIFEST"
output=$1
# A CD says so at the beginning of its second 32 KiB (ECMA-119, 8.1.2).
if [ -e "$output" ] && [ "$(dd if="$output" bs=1 skip=32769 count=5 status=none 2>&1)" != CD001 ]; then
  die "$output is there, and is no CD: it stays as it is"
fi
PIP_GRUB_MKRESCUE=$(program "${PIP_GRUB_MKRESCUE:-}" grub-mkrescue)
cd "$2"
known_architectures=x86
read_options "$3"
part=$(mktemp -d "$output.XXXXXX.part" 2>/dev/null) || die "$(dirname "$output") is no folder that can be written"
trap 'rm -rf "$part"' EXIT
trap 'exit 130' HUP INT TERM
name=$(basename "$output")
write_iso "$part/$name"
(cd "$part" && sha256sum "$name" >"$name.sha256")
mv "$part/$name" "$part/$name.sha256" "$(dirname "$output")"
