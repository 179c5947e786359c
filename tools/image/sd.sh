#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes what belongs on the SD card of a Raspberry Pi 2, beside its firmware: sd.sh OUTPUT_FOLDER FOLDER MANIFEST; the
# manifest of a pip_image for ARMv7 and the files that it names are in FOLDER. Files of the same names are replaced if
# they were written here.
set -euo pipefail
# shellcheck source=tools/bazel/emulator/image.sh
. tools/bazel/emulator/image.sh
[ $# -eq 3 ] || die "usage: sd.sh OUTPUT_FOLDER FOLDER MANIFEST"
output=$1
cd "$2"
known_architectures=armv7
read_options "$3"
clock='the clock of the serial port does not change, and it is on pins 14 and 15 of the header, 115200 baud.'
# A card may be another system's.
for file in kernel7.img config.txt; do
  if [ -e "$output/$file" ] && ! grep -qF -- "$clock" "$output/config.txt" 2>/dev/null; then
    die "$output has a $file that was not written here: it stays as it is"
  fi
done
failed() {
  die "the files cannot be written to $output: ${reason##*: }"
}
made=
[ -d "$output" ] || made=$output
reason=$(LC_ALL=C mkdir -p -- "$output" 2>&1) || failed
# Whole, or as they were.
part=$(LC_ALL=C mktemp -d "$output/.XXXXXX.part" 2>&1) || { reason=$part && failed; }
trap 'rm -rf "$part"; [ -z "$made" ] || rmdir -- "$made" 2>/dev/null || true' EXIT
trap 'exit 130' HUP INT TERM
# The firmware loads kernel7.img to 0x8000 and starts it there.
reason=$(LC_ALL=C cp -- "$packed" "$part/kernel7.img" 2>&1) || failed
chmod u+w "$part/kernel7.img"
reason=$(
  LC_ALL=C cat 2>&1 >"$part/config.txt" <<CONFIG
# Raspberry Pi 2: $clock
kernel=kernel7.img
enable_uart=1
init_uart_clock=48000000
disable_commandline_tags=1
CONFIG
) || failed
reason=$(LC_ALL=C mv -f -- "$part/kernel7.img" "$part/config.txt" "$output" 2>&1) || failed
