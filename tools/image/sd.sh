#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes what belongs on the SD card of a Raspberry Pi 2, beside its firmware: sd.sh OUTPUT_FOLDER FOLDER MANIFEST; the
# manifest of a pip_image for ARMv7 and the files that it names are in FOLDER.
set -euo pipefail
# shellcheck source=tools/bazel/emulator/image.sh
. tools/bazel/emulator/image.sh
[ $# -eq 3 ] || die "usage: sd.sh OUTPUT_FOLDER FOLDER MANIFEST"
output=$1
cd "$2"
known_architectures=armv7
read_options "$3"
mkdir -p "$output"
# The firmware loads kernel7.img to 0x8000 and starts it there.
cp "$packed" "$output/kernel7.img"
chmod u+w "$output/kernel7.img"
cat >"$output/config.txt" <<'CONFIG'
# Raspberry Pi 2: the clock of the serial port does not change, and it is on pins 14 and 15 of the header, 115200 baud.
kernel=kernel7.img
enable_uart=1
init_uart_clock=48000000
disable_commandline_tags=1
CONFIG
