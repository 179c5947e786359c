#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A non-maskable interrupt comes while the root partition spins: the kernel's task of last resort says so and stops.
# usage: last_resort_test.sh IMAGE, which is a pip_image
set -uo pipefail
manifest=$1.image
kernel=$PWD/$(sed -n 's/^kernel\t\([^\t]*\)\t.*/\1/p' "$manifest")
root=$PWD/$(sed -n 's/^root\t\([^\t]*\)\t.*/\1/p' "$manifest")
qemu=$(realpath -s ../debian/qemu-system-i386)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The monitor's commands come one a second: the first finds the root running.
(for _ in 1 2 3 4 5 6 7 8; do sleep 1 && echo nmi; done) |
  timeout 30 "$qemu" -accel tcg -display none -monitor stdio -net none -no-reboot -serial "file:$work/serial" \
    -device isa-debug-exit,iobase=0xf4,iosize=0x04 -kernel "$kernel" -initrd "$root" >"$work/monitor" 2>&1
status=${PIPESTATUS[1]}
words=$(tr -d '\r' <"$work/serial")
if [ "$status" -ne 3 ] || ! grep -qxE 'Pip: non-maskable interrupt at 0x0070[0-9a-f]{4}, address 0x.*' <<<"$words"; then
  echo "FAIL exit code $status, last words: $words"
  exit 1
fi
echo "PASS: $words"
